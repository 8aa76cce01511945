package nnc.runtime.data;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * A folder with a sub-folder of PNG or JPEG files for each class: columns {@code image: [channels, height, width]} of bytes and
 * {@code label}, the class's place in alphabetical order. {@code resize} is a size or {@code [height, width]}; {@code channels} is 1 or 3,
 * by default those of the first file. Photos are upright, as their camera says (Exif).
 */
final class Images implements SourceReader {
  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    Path root = folder.find(arguments.text("folder"));
    int[] resize = arguments.namedSizes("resize");
    long channels = arguments.namedWhole("channels", 0);
    arguments.end();
    if (channels != 0 && channels != 1 && channels != 3) {
      throw arguments.fault("channels must be 1 or 3");
    }
    List<Path> classes = list(root, true);
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int label = 0; label < classes.size(); label++) {
      for (Path file : list(classes.get(label), false)) {
        files.add(file);
        labels.add(label);
      }
    }
    if (files.isEmpty()) {
      throw new Fault(root + (classes.isEmpty() ? ": no sub-folders" : ": no PNG or JPEG files in its sub-folders"),
          "images wants one sub-folder a class, with PNG or JPEG files in it");
    }
    int[] numbers = new int[labels.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = labels.get(i);
    }
    List<String> names = new ArrayList<>();
    for (Path one : classes) {
      names.add(one.getFileName().toString());
    }
    var image = decode(root, files, resize, (int) channels, folder.log());
    return Table.of(root.toString(), List.of(image, new Column("label", new int[0], numbers, null, names)));
  }

  private static List<Path> list(Path folder, boolean folders) {
    List<Path> found = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean picture = name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
        if (!name.startsWith(".") && (folders ? Files.isDirectory(entry) : picture)) {
          found.add(entry);
        }
      }
    } catch (IOException e) {
      throw new Fault(folder + ": cannot be read: " + e.getMessage(), "", e);
    }
    found.sort(null);
    return found;
  }

  private static Column decode(Path root, List<Path> files, int[] resize, int wantedChannels, PrintStream log) {
    Picture first = Picture.read(files.getFirst(), log);
    int height = resize.length == 0 ? first.height() : resize[0];
    int width = resize.length == 0 ? first.width() : resize[resize.length - 1];
    int channels = wantedChannels != 0 ? wantedChannels : first.isGrey() ? 1 : 3;
    if ((double) files.size() * channels * height * width > Integer.MAX_VALUE - 8) {
      throw new Fault(root + ": " + files.size() + " pictures of " + height + " x " + width + " are too many to hold", "resize them");
    }
    int size = channels * height * width;
    byte[] pixels = new byte[files.size() * size];
    for (int i = 0; i < files.size(); i++) {
      Picture picture = i == 0 ? first : Picture.read(files.get(i), log);
      if (resize.length == 0 && (picture.height() != height || picture.width() != width)) {
        throw new Fault(files.get(i) + ": " + picture.height() + " x " + picture.width() + " pixels, " + files.getFirst() + " has "
            + height + " x " + width, "give images a size: resize = " + height);
      }
      new Resampled(picture, channels, height, width).put(pixels, i * size);
    }
    return new Column("image", new int[] {channels, height, width}, pixels);
  }

  /** A picture of another size: the mean over each target pixel's area, which for an equal size is the pixel itself. */
  private static final class Resampled {
    private final Picture picture;
    private final int channels;
    private final int height;
    private final int width;
    /** Of a row of target pixels: the sums of three colours and the area that they are over. */
    private final double[] sums;
    private final double[] areas;

    Resampled(Picture picture, int channels, int height, int width) {
      this.picture = picture;
      this.channels = channels;
      this.height = height;
      this.width = width;
      sums = new double[3 * width];
      areas = new double[width];
    }

    void put(byte[] pixels, int at) {
      double scale = (double) picture.height() / height;
      for (int y = 0; y < height; y++) {
        sum(y * scale, (y + 1) * scale);
        for (int x = 0; x < width; x++) {
          double red = sums[3 * x] / areas[x];
          double green = sums[3 * x + 1] / areas[x];
          double blue = sums[3 * x + 2] / areas[x];
          if (channels == 1) {
            pixels[at + y * width + x] = (byte) Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
          } else {
            pixels[at + y * width + x] = (byte) Math.round(red);
            pixels[at + (height + y) * width + x] = (byte) Math.round(green);
            pixels[at + (2 * height + y) * width + x] = (byte) Math.round(blue);
          }
        }
      }
    }

    /** Sums over the rows of the picture between two heights. */
    private void sum(double top, double bottom) {
      Arrays.fill(sums, 0);
      Arrays.fill(areas, 0);
      double scale = (double) picture.width() / width;
      int lastY = (int) Math.ceil(bottom - 1e-9);
      for (int y = (int) top; y < lastY; y++) {
        int[] row = picture.row(y);
        double high = Math.min(bottom, y + 1) - Math.max(top, y);
        for (int x = 0; x < width; x++) {
          add(row, high, x * scale, (x + 1) * scale, x);
        }
      }
    }

    private void add(int[] row, double high, double left, double right, int to) {
      int lastX = (int) Math.ceil(right - 1e-9);
      for (int x = (int) left; x < lastX; x++) {
        double share = high * (Math.min(right, x + 1) - Math.max(left, x));
        sums[3 * to] += share * (row[x] >> 16 & 0xff);
        sums[3 * to + 1] += share * (row[x] >> 8 & 0xff);
        sums[3 * to + 2] += share * (row[x] & 0xff);
        areas[to] += share;
      }
    }
  }
}
