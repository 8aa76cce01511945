package nnc.runtime.data;

import static nnc.runtime.data.Sources.source;
import static nnc.runtime.data.Sources.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
  @TempDir
  Path folder;

  private Table table(Map<String, ?> named, String name) {
    return Sources.table(folder, source("images", named, name));
  }

  private Path write(String name, byte[] bytes) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    return Files.write(folder.resolve(name), bytes);
  }

  /** The pixels of a file alone: channels, height, width. */
  private Column pixels(String name, byte[] bytes, Map<String, ?> named) throws IOException {
    Path file = write("alone/a/" + name, bytes);
    Column image = table(named, "alone").column("image");
    Files.delete(file);
    return image;
  }

  // ---- sizes and classes

  private void picture(String file, int width, int height, int rgb) throws IOException {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, rgb + x);
      }
    }
    Files.createDirectories(folder.resolve(file).getParent());
    ImageIO.write(image, "png", folder.resolve(file).toFile());
  }

  @Test
  void imagesAreChannelsFirstAndResizedByTheMean() throws IOException {
    picture("pets/cat/1.png", 4, 2, 0x102030);
    picture("pets/dog/1.png", 4, 2, 0x405060);
    Table table = table(Map.of(), "pets");
    assertThat(table.column("image").shape()).containsExactly(3, 2, 4);
    assertThat(Arrays.copyOf(values(table.column("image")), 24)).startsWith(0x10, 0x10).endsWith(0x30, 0x31, 0x32, 0x33);
    assertThat(values(table.column("label"))).containsExactly(0, 1);
    Table small = table(Map.of("resize", List.of(1, 2)), "pets");
    assertThat(small.column("image").shape()).containsExactly(3, 1, 2);
    assertThat(Arrays.copyOf(values(small.column("image")), 6)).containsExactly(0x10, 0x10, 0x20, 0x20, 0x31, 0x33);
    Table large = table(Map.of("resize", List.of(4, 8)), "pets");
    assertThat(Arrays.copyOfRange(values(large.column("image")), 64, 72)).containsExactly(0x30, 0x30, 0x31, 0x31, 0x32, 0x32, 0x33, 0x33);
    Table grey = table(Map.of("channels", 1), "pets");
    assertThat(grey.column("image").shape()).containsExactly(1, 2, 4);
    picture("pets/dog/2.png", 5, 2, 0);
    assertThatThrownBy(() -> table(Map.of(), "pets")).isInstanceOf(Fault.class).hasMessageContaining("2 x 5 pixels");
  }

  @Test
  void sizesThatAreNoneAreRefused() throws IOException {
    picture("pets/cat/1.png", 4, 2, 0x102030);
    for (Object size : List.of(List.of(1, 2, 3), List.of())) {
      assertThatThrownBy(() -> table(Map.of("resize", size), "pets")).hasMessage("net.nn:3: images: resize must be a size or [height, width]");
    }
    assertThatThrownBy(() -> table(Map.of("resize", 1.5), "pets"))
        .hasMessage("net.nn:3: images: resize must be a whole number of at least 1, not 1.5");
    assertThatThrownBy(() -> table(Map.of("channels", 1.5), "pets")).hasMessage("net.nn:3: images: channels must be a whole number, not 1.5");
  }

  // ---- PNG

  /** Every colour type, depth and order of PNG gives the samples that were written. */
  @Test
  void everyKindOfPngKeepsItsNumbers() throws IOException {
    var random = new Random(1);
    for (int type : new int[] {Pngs.GREY, Pngs.RGB, Pngs.PALETTE, Pngs.GREY_ALPHA, Pngs.RGB_ALPHA}) {
      for (int bits : new int[] {1, 2, 4, 8, 16}) {
        boolean allowed = type == Pngs.GREY || (type == Pngs.PALETTE ? bits <= 8 : bits >= 8);
        for (int kind = 0; allowed && kind < 4; kind++) {
          check(type, bits, kind % 2 == 1, kind > 1, random);
        }
      }
    }
  }

  private void check(int type, int bits, boolean interlaced, boolean clear, Random random) throws IOException {
    int width = 1 + random.nextInt(20);
    int height = 1 + random.nextInt(20);
    int[] palette = type == Pngs.PALETTE ? random.ints(1 << bits, 0, 1 << 24).toArray() : null;
    int[][][] samples = new int[height][width][Pngs.channels(type)];
    for (int[][] row : samples) {
      for (int[] pixel : row) {
        Arrays.setAll(pixel, i -> random.nextInt(1 << bits));
      }
    }
    byte[] marked = !clear ? null : type == Pngs.PALETTE ? new byte[] {0, 100} : type == Pngs.GREY ? new byte[] {0, (byte) samples[0][0][0]}
        : type == Pngs.RGB ? new byte[] {0, 1, 0, 2, 0, 3} : null;
    byte[] file = Pngs.png(type, bits, interlaced, samples, palette, marked);
    boolean grey = type == Pngs.GREY || type == Pngs.GREY_ALPHA;
    String what = "type " + type + ", " + bits + " bits" + (interlaced ? ", interlaced" : "") + (clear ? ", tRNS" : "");
    Column image = pixels("a.png", file, Map.of());
    assertThat(image.shape()).describedAs(what).containsExactly(grey ? 1 : 3, height, width);
    Column colours = pixels("a.png", file, Map.of("channels", 3));
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          int sample = palette != null ? palette[samples[y][x][0]] >> 16 - 8 * c & 0xff : spread(samples[y][x][grey ? 0 : c], bits);
          assertThat(colours.get((c * height + y) * width + x)).describedAs(what).isEqualTo(sample);
        }
        if (grey) {
          assertThat(image.get(y * width + x)).describedAs(what).isEqualTo(spread(samples[y][x][0], bits));
        }
      }
    }
  }

  private static int spread(int sample, int bits) {
    return bits == 16 ? sample >> 8 : sample * 255 / ((1 << bits) - 1);
  }

  // ---- JPEG

  private static byte[] jpeg(Object picture) throws IOException {
    var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    var settings = writer.getDefaultWriteParam();
    settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    settings.setCompressionQuality(1);
    var out = new ByteArrayOutputStream();
    try (var stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, picture instanceof Raster raster ? new IIOImage(raster, null, null) : new IIOImage((BufferedImage) picture, null, null),
          settings);
    }
    return out.toByteArray();
  }

  /** With a segment behind the first marker. */
  private static byte[] with(byte[] jpeg, int marker, byte[] segment) {
    var out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.writeBytes(new byte[] {(byte) 0xff, (byte) marker, (byte) (segment.length + 2 >> 8), (byte) (segment.length + 2)});
    out.writeBytes(segment);
    out.write(jpeg, 2, jpeg.length - 2);
    return out.toByteArray();
  }

  private static byte[] inks(int[] values, int transform) throws IOException {
    var raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 8, 8, 4, null);
    for (int i = 0; i < 64; i++) {
      raster.setPixel(i % 8, i / 8, values);
    }
    byte[] file = jpeg(raster);
    return transform < 0 ? file : with(file, 0xee, new byte[] {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform});
  }

  /** {@code R = (255 - C) (255 - K) / 255}; what Photoshop writes has 255 less each, and perhaps YCC of the first three. */
  @Test
  void inksBecomeColours() throws IOException {
    int[] inks = {30, 100, 200, 50};
    double[] wanted = new double[3];
    int[] inverted = new int[4];
    for (int c = 0; c < 4; c++) {
      inverted[c] = 255 - inks[c];
      if (c < 3) {
        wanted[c] = (255 - inks[c]) * (255 - inks[3]) / 255.0;
      }
    }
    // YCC of what is left of the light, as for RGB; libjpeg calls that 255 less the inverted inks
    double luma = 0.299 * inks[0] + 0.587 * inks[1] + 0.114 * inks[2];
    int[] ycck = {(int) Math.round(luma), (int) Math.round(128 + (inks[2] - luma) / 1.772), (int) Math.round(128 + (inks[0] - luma) / 1.402),
        inverted[3]};
    for (byte[] file : List.of(inks(inks, -1), inks(inverted, 0), inks(ycck, 2))) {
      Column image = pixels("a.jpg", file, Map.of());
      assertThat(image.shape()).containsExactly(3, 8, 8);
      for (int c = 0; c < 3; c++) {
        assertThat(image.get(64 * c + 9)).isBetween(wanted[c] - 2.5, wanted[c] + 2.5);
      }
    }
  }

  @Test
  void photosAreUpright() throws IOException {
    var image = new BufferedImage(16, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 16; x++) {
        image.getRaster().setSample(x, y, 0, 10 * x + 3 * y);
      }
    }
    // which pixel of the file is above on the left, and on the right of that one, as the Exif standard draws it
    int[][] corners = {{0, 0, 1, 0}, {15, 0, 14, 0}, {15, 7, 14, 7}, {0, 7, 1, 7}, {0, 0, 0, 1}, {0, 7, 0, 6}, {15, 7, 15, 6}, {15, 0, 15, 1}};
    for (int way = 1; way <= 8; way++) {
      for (boolean little : new boolean[] {true, false}) {
        Column turned = pixels("a.jpg", with(jpeg(image), 0xe1, exif(way, little)), Map.of());
        assertThat(turned.shape()).containsExactly(1, way > 4 ? 16 : 8, way > 4 ? 8 : 16);
        int[] corner = corners[way - 1];
        assertThat(turned.get(0)).isBetween(10.0 * corner[0] + 3 * corner[1] - 3, 10.0 * corner[0] + 3 * corner[1] + 3);
        assertThat(turned.get(1)).isBetween(10.0 * corner[2] + 3 * corner[3] - 3, 10.0 * corner[2] + 3 * corner[3] + 3);
      }
    }
    assertThat(pixels("a.jpg", with(jpeg(image), 0xe1, exif(9, true)), Map.of()).shape()).containsExactly(1, 8, 16);
  }

  private static byte[] exif(int way, boolean little) {
    byte[] ends = little ? new byte[] {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte) way, 0, 0, 0}
        : new byte[] {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte) way, 0, 0};
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {'E', 'x', 'i', 'f', 0, 0});
    out.writeBytes(ends);
    out.writeBytes(new byte[4]);
    return out.toByteArray();
  }

  @Test
  void jpegIsReadToo() throws IOException {
    var image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64; i++) {
      image.setRGB(i % 8, i / 8, 0x6496c8);
    }
    Column column = pixels("a.JPEG", jpeg(image), Map.of("resize", 2));
    assertThat(column.shape()).containsExactly(3, 2, 2);
    double[] expected = {0x64, 0x64, 0x64, 0x64, 0x96, 0x96, 0x96, 0x96, 0xc8, 0xc8, 0xc8, 0xc8};
    for (int i = 0; i < 12; i++) {
      assertThat(column.get(i)).isBetween(expected[i] - 4, expected[i] + 4);
    }
  }

  // ---- what is damaged or hostile

  @Test
  void damagedPicturesAreRefused() throws IOException {
    var random = new Random(2);
    var image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 1024; i++) {
      image.setRGB(i % 32, i / 32, random.nextInt(1 << 24));
    }
    byte[] jpeg = jpeg(image);
    for (int length : new int[] {2, 20, 300, jpeg.length / 2, jpeg.length - 2}) {
      assertThatThrownBy(() -> pixels("a.jpg", Arrays.copyOf(jpeg, length), Map.of())).isInstanceOf(Fault.class)
          .hasMessageStartingWith(folder.resolve("alone/a/a.jpg") + ": ");
      Files.delete(folder.resolve("alone/a/a.jpg"));
    }
    byte[] more = Arrays.copyOf(jpeg, jpeg.length + 2);
    more[jpeg.length - 2] = more[jpeg.length - 1] = 0;
    more[jpeg.length] = (byte) 0xff;
    more[jpeg.length + 1] = (byte) 0xd9;
    var said = new ByteArrayOutputStream();
    write("more/a/a.jpg", more);
    Sources.data(folder, Map.of("train", source("images", Map.of(), "more")), new PrintStream(said)).table("train");
    assertThat(said.toString()).contains("warning: ").contains("extraneous bytes");
  }

  @Test
  void picturesThatClaimMoreThanTheyHoldAreRefused() throws IOException {
    byte[] file = png(Pngs.header(12582921, 7, 8, Pngs.RGB, false), Pngs.deflated(new byte[200]));
    assertThatThrownBy(() -> pixels("a.png", file, Map.of())).isInstanceOf(Fault.class)
        .hasMessage(folder.resolve("alone/a/a.png") + ": damaged: it claims 12582921 x 7 pixels, more than its bytes can hold");
    byte[] bomb = png(Pngs.header(30000, 30000, 1, Pngs.GREY, false), Pngs.deflated(new byte[30000 * 3751]));
    assertThatThrownBy(() -> pixels("a.png", bomb, Map.of("resize", 8))).isInstanceOf(Fault.class)
        .hasMessage(folder.resolve("alone/a/a.png") + ": 30000 x 30000 pixels are too many to decode");
    byte[] jpeg = jpeg(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB));
    int frame = frame(jpeg);
    jpeg[frame + 5] = jpeg[frame + 6] = jpeg[frame + 7] = jpeg[frame + 8] = (byte) 0xff;
    assertThatThrownBy(() -> pixels("a.png", jpeg, Map.of())).isInstanceOf(Fault.class)
        .hasMessage(folder.resolve("alone/a/a.png") + ": damaged: it claims 65535 x 65535 pixels, more than its bytes can hold");
  }

  private static int frame(byte[] jpeg) {
    int at = 0;
    while (jpeg[at] != (byte) 0xff || jpeg[at + 1] != (byte) 0xc0) {
      at++;
    }
    return at;
  }

  private static byte[] png(byte[] header, byte[] data) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    Pngs.chunk(out, "IHDR", header);
    Pngs.chunk(out, "IDAT", data);
    Pngs.chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  @Test
  void otherFormatsAreNone() throws IOException {
    for (String format : List.of("gif", "bmp", "tiff")) {
      var out = new ByteArrayOutputStream();
      ImageIO.write(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY), format, out);
      assertThatThrownBy(() -> pixels("a.png", out.toByteArray(), Map.of())).isInstanceOf(Fault.class)
          .hasMessage(folder.resolve("alone/a/a.png") + ": not a PNG or JPEG file");
    }
  }
}
