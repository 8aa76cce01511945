package nnc.runtime.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import nnc.runtime.base.Fault;

/**
 * A decoded picture, upright, as rows of 0xRRGGBB: the numbers of the file without a change of colour space, of 16 bits the upper eight, of
 * fewer than eight spread over 0 to 255. What is transparent has the colours that the file gives it.
 */
final class Picture {
  private final PictureHead head;
  private final Raster raster;
  /** Colours of a palette; null if there is none. */
  private final int[] palette;
  private final int[] row;
  private int[] samples;
  private int decoded = -1;

  private Picture(PictureHead head, Raster raster, int[] palette) {
    this.head = head;
    this.raster = raster;
    this.palette = palette;
    row = new int[width()];
  }

  /**
   * Reads a PNG or JPEG file.
   *
   * @param log takes what may be wrong with a file whose pixels are all there
   * @throws Fault if it cannot be read, or is damaged
   */
  static Picture read(Path file, PrintStream log) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return decode(PictureHead.of(bytes, file), bytes, file, log);
    } catch (IOException | RuntimeException e) {
      throw e instanceof Fault fault ? fault : new Fault(file + ": cannot be decoded: " + e.getMessage(), "", e);
    } catch (OutOfMemoryError e) {
      throw new Fault(file + ": not enough memory to decode it", "give Java more memory with -Xmx", e);
    }
  }

  private static Picture decode(PictureHead head, byte[] bytes, Path file, PrintStream log) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName(head.components() == 0 ? "png" : "jpeg").next();
    Set<String> warnings = new LinkedHashSet<>();
    try {
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), true, true);
      Raster raster;
      int[] palette = null;
      if (head.components() == 4) {
        raster = reader.readRaster(0, null);
      } else {
        BufferedImage image = reader.read(0);
        raster = image.getRaster();
        palette = image.getColorModel() instanceof IndexColorModel colours ? palette(colours) : null;
      }
      tell(warnings, file, log);
      if (raster.getWidth() != head.width() || raster.getHeight() != head.height()) {
        throw new Fault(file + ": damaged: it claims two sizes");
      }
      return new Picture(head, raster, palette);
    } finally {
      reader.dispose();
    }
  }

  private static int[] palette(IndexColorModel colours) {
    int[] palette = new int[1 << colours.getPixelSize()];
    colours.getRGBs(palette);
    return palette;
  }

  /** JPEG's decoder warns of what is damaged and goes on. Some cameras leave bytes between two markers, which need not change a pixel. */
  private static void tell(Set<String> warnings, Path file, PrintStream log) {
    for (String warning : warnings) {
      if (warning.contains("extraneous bytes")) {
        log.println("warning: " + file + ": " + warning);
      } else if (warning.startsWith("Corrupt") || warning.startsWith("Truncated") || warning.startsWith("Inconsistent progression")
          || warning.startsWith("Invalid SOS")) {
        throw new Fault(file + ": damaged: " + warning);
      }
    }
  }

  // ---- what is in it

  private boolean turned() {
    return head.orientation() > 4;
  }

  int width() {
    return turned() ? head.height() : head.width();
  }

  int height() {
    return turned() ? head.width() : head.height();
  }

  boolean isGrey() {
    return head.grey();
  }

  /** The pixels of a row as 0xRRGGBB; valid until another is asked for. */
  int[] row(int y) {
    if (y != decoded) {
      int way = head.orientation();
      boolean fromEnd = way == 3 || way == 4 || way == 7 || way == 8;
      boolean backwards = way == 2 || way == 3 || way == 6 || way == 7;
      int line = fromEnd ? height() - 1 - y : y;
      samples = turned() ? raster.getPixels(line, 0, 1, row.length, samples) : raster.getPixels(0, line, row.length, 1, samples);
      int bands = raster.getNumBands();
      for (int i = 0; i < row.length; i++) {
        row[backwards ? row.length - 1 - i : i] = colour(i * bands, bands);
      }
      decoded = y;
    }
    return row;
  }

  private int colour(int at, int bands) {
    if (palette != null) {
      return palette[samples[at]] & 0xffffff;
    } else if (head.components() == 4) {
      return inks(samples[at], samples[at + 1], samples[at + 2], samples[at + 3]);
    }
    int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - 8);
    return bands < 3 ? (samples[at] >> shift) * 0x010101 : rgb(samples[at] >> shift, samples[at + 1] >> shift, samples[at + 2] >> shift);
  }

  private static int rgb(int red, int green, int blue) {
    return red << 16 | green << 8 | blue;
  }

  /** Of cyan, magenta, yellow and black what is not absorbed. Adobe's marker says that what is not printed is given, and perhaps as YCC. */
  private int inks(int a, int b, int c, int black) {
    int cyan = a;
    int magenta = b;
    int yellow = c;
    if (head.transform() == 2) {
      cyan = bounded(255 - (a + 1.402 * (c - 128)));
      magenta = bounded(255 - (a - 0.344136 * (b - 128) - 0.714136 * (c - 128)));
      yellow = bounded(255 - (a + 1.772 * (b - 128)));
    }
    int paper = head.transform() < 0 ? 255 : 0;
    int light = Math.abs(paper - black);
    return rgb(light(Math.abs(paper - cyan), light), light(Math.abs(paper - magenta), light), light(Math.abs(paper - yellow), light));
  }

  private static int light(int ink, int black) {
    return (ink * black + 127) / 255;
  }

  private static int bounded(double value) {
    return (int) Math.max(0, Math.min(255, Math.round(value)));
  }
}
