package nnc.runtime.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import nnc.runtime.Fault;

/**
 * A folder with a sub-folder of PNG or JPEG files for each class: columns {@code image: [channels, height, width]} of bytes and
 * {@code label}, the class's place in alphabetical order. {@code resize} is a size or {@code [height, width]}; {@code channels} is 1 or 3,
 * by default those of the first file.
 */
final class Images {
  private Images() {}

  static Table load(Arguments arguments, Folder folder) {
    Path root = folder.find(arguments.text("folder"));
    int[] resize = arguments.namedSizes("resize");
    int channels = (int) arguments.namedNumber("channels", 0);
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
    return decode(root, files, labels, resize, channels);
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

  private static Table decode(Path root, List<Path> files, List<Integer> labels, int[] resize, int wantedChannels) {
    BufferedImage first = read(files.getFirst());
    int height = resize.length == 0 ? first.getHeight() : resize[0];
    int width = resize.length == 0 ? first.getWidth() : resize[resize.length - 1];
    int channels = wantedChannels != 0 ? wantedChannels : first.getRaster().getNumBands() < 3 && !indexed(first) ? 1 : 3;
    long size = (long) files.size() * channels * height * width;
    if (size > Integer.MAX_VALUE - 8) {
      throw new Fault(root + ": " + files.size() + " pictures of " + height + " x " + width + " are too many to hold", "resize them");
    }
    byte[] pixels = new byte[(int) size];
    int[] classes = new int[files.size()];
    for (int i = 0; i < files.size(); i++) {
      BufferedImage image = i == 0 ? first : read(files.get(i));
      if (resize.length == 0 && (image.getHeight() != height || image.getWidth() != width)) {
        throw new Fault(files.get(i) + ": " + image.getHeight() + " x " + image.getWidth() + " pixels, " + files.getFirst() + " has "
            + height + " x " + width, "give images a size: resize = " + height);
      }
      put(image, channels, height, width, pixels, i * channels * height * width);
      classes[i] = labels.get(i);
    }
    return Table.of(root.toString(), List.of(new Column("image", new int[] {channels, height, width}, pixels),
        new Column("label", new int[0], classes)));
  }

  private static BufferedImage read(Path file) {
    try {
      BufferedImage image = ImageIO.read(file.toFile());
      if (image == null) {
        throw new Fault(file + (Files.size(file) == 0 ? ": empty" : ": not a PNG or JPEG file"));
      }
      return image;
    } catch (IOException e) {
      throw new Fault(file + ": cannot be decoded: " + e.getMessage(), "", e);
    }
  }

  private static boolean indexed(BufferedImage image) {
    return image.getColorModel() instanceof java.awt.image.IndexColorModel;
  }

  /** Resamples by the mean over each target pixel's area, which for an equal size is the pixel itself. */
  private static void put(BufferedImage image, int channels, int height, int width, byte[] pixels, int at) {
    double scaleY = (double) image.getHeight() / height;
    double scaleX = (double) image.getWidth() / width;
    int[] rgb = colours(image);
    double[] sum = new double[3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        mean(rgb, image.getWidth(), y * scaleY, (y + 1) * scaleY, x * scaleX, (x + 1) * scaleX, sum);
        if (channels == 1) {
          pixels[at + y * width + x] = (byte) Math.round(0.299 * sum[0] + 0.587 * sum[1] + 0.114 * sum[2]);
        } else {
          for (int c = 0; c < 3; c++) {
            pixels[at + (c * height + y) * width + x] = (byte) Math.round(sum[c]);
          }
        }
      }
    }
  }

  /** Pixels as 0xRRGGBB; grey ones as they stand in the file, without a change of colour space, and of 16 bits the upper eight. */
  private static int[] colours(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    if (image.getColorModel().getColorSpace().getType() != ColorSpace.TYPE_GRAY || indexed(image)) {
      return image.getRGB(0, 0, width, height, null, 0, width);
    }
    int[] grey = image.getRaster().getSamples(0, 0, width, height, 0, (int[]) null);
    int bits = image.getSampleModel().getSampleSize(0);
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (bits > 8 ? grey[i] >> bits - 8 : grey[i]) * 0x010101;
    }
    return grey;
  }

  private static void mean(int[] rgb, int stride, double top, double bottom, double left, double right, double[] sum) {
    double area = 0;
    sum[0] = sum[1] = sum[2] = 0;
    int lastY = (int) Math.ceil(bottom - 1e-9);
    int lastX = (int) Math.ceil(right - 1e-9);
    for (int y = (int) top; y < lastY; y++) {
      double high = Math.min(bottom, y + 1) - Math.max(top, y);
      for (int x = (int) left; x < lastX; x++) {
        double share = high * (Math.min(right, x + 1) - Math.max(left, x));
        int colour = rgb[y * stride + x];
        sum[0] += share * (colour >> 16 & 0xff);
        sum[1] += share * (colour >> 8 & 0xff);
        sum[2] += share * (colour & 0xff);
        area += share;
      }
    }
    for (int c = 0; c < 3; c++) {
      sum[c] /= area;
    }
  }
}
