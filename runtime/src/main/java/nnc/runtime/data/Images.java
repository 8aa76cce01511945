package nnc.runtime.data;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.Polynomials;

/**
 * A folder with a sub-folder of PNG or JPEG files for each class: columns {@code image: [channels, height, width]} of bytes and
 * {@code label}, the class's place in alphabetical order. {@code resize} is a size or {@code [height, width]}; {@code channels} is 1 or 3,
 * by default those of the first file. Photos are upright, as their camera says (Exif).
 */
final class Images implements SourceReader, PictureRows {
  private static final String IMAGE = "image";
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

  /** Bytes of pixels that are in memory together where pictures are read part by part. */
  private static final long PART = 1 << 26;

  /**
   * What pictures are brought to.
   *
   * @param like the file whose size others must have; null if all are resized
   */
  private record Form(int channels, int height, int width, Path like) {
    /** Bytes of a picture. */
    long size() {
      return (long) channels * height * width;
    }

    int[] shape() {
      return new int[] {channels, height, width};
    }
  }

  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    Path root = folder.find(arguments.text("folder"));
    int[] resize = arguments.namedSizes("resize");
    boolean stream = arguments.namedFlag(SourceReaders.STREAM, false);
    int channels = channels(arguments);
    var classes = ClassFolders.of(root, ENDINGS, "PNG or JPEG files");
    Form form = form(classes.files().get(0), resize, channels, folder.log());
    Column image = stream ? new Column(IMAGE, form.shape(), new Pictures(classes.files(), form, folder.log()), (row, element) -> classes.files().get(row).toString())
        : decode(root, classes.files(), form, folder.log());
    return Table.of(root.toString(), List.of(image, classes.label()));
  }

  private static int channels(SourceArguments arguments) {
    long channels = arguments.namedWhole("channels", 0);
    arguments.end();
    if (channels != 0 && channels != 1 && channels != 3) {
      throw arguments.fault("channels must be 1 or 3");
    }
    return (int) channels;
  }

  @Override
  public void read(ModelSpec spec, Map<String, Feed> feeds, Path folder, int most, PrintStream log, Sink sink) throws IOException {
    Source source = SourceReaders.first(List.of("images"), spec.data().values());
    if (source == null) {
      throw new Fault(folder + ": is a folder, and the program's data are no pictures", "a folder is taken where the data block has images(...)");
    }
    for (String name : feeds.keySet()) {
      if (!name.equals(IMAGE)) {
        throw new Fault(folder + ": pictures feed the input " + IMAGE + ", and outputs depend on " + name + " too", "give an npz file with an array for each input");
      }
    }
    read(new SourceArguments(source, spec.name() + ".nn"), folder, declared(feeds.get(IMAGE)), most, log, sink);
  }

  /** The channels that an input declares; 0 if it does not. */
  private static int declared(Feed feed) {
    if (feed == null || feed.shape().size() != 4 || !Polynomials.isConstant(feed.shape().get(1))) {
      return 0;
    }
    long declared = Polynomials.value(feed.shape().get(1), new int[0]);
    return declared == 1 || declared == 3 ? (int) declared : 0;
  }

  private static void read(SourceArguments arguments, Path folder, int declared, int most, PrintStream log, Sink sink) throws IOException {
    arguments.text("folder");
    int[] resize = arguments.namedSizes("resize");
    arguments.namedFlag(SourceReaders.STREAM, false);
    int channels = channels(arguments);
    List<Path> files = new ArrayList<>();
    collect(folder, files);
    if (files.isEmpty()) {
      throw new Fault(folder + ": no PNG or JPEG files");
    }
    Form form = form(files.get(0), resize, channels != 0 ? channels : declared, log);
    int part = most == Integer.MAX_VALUE ? files.size() : (int) Math.max(1, Math.min(most, PART / form.size()));
    for (int from = 0; from < files.size(); from += part) {
      List<Path> some = files.subList(from, Math.min(files.size(), from + part));
      List<String> names = new ArrayList<>();
      for (Path file : some) {
        names.add(folder.relativize(file).toString().replace('\\', '/'));
      }
      sink.accept(Table.of(folder.toString(), List.of(decode(folder, some, form, log))), names);
    }
  }

  /** A folder's pictures, and then those of its sub-folders. */
  private static void collect(Path folder, List<Path> files) {
    files.addAll(ClassFolders.list(folder, ENDINGS, false));
    for (Path inner : ClassFolders.list(folder, ENDINGS, true)) {
      collect(inner, files);
    }
  }

  /** The form that the first of some pictures has, but for what is said otherwise. */
  private static Form form(Path first, int[] resize, int channels, PrintStream log) {
    Picture picture = Picture.read(first, log);
    boolean kept = resize.length == 0;
    return new Form(channels != 0 ? channels : picture.isGrey() ? 1 : 3, kept ? picture.height() : resize[0],
        kept ? picture.width() : resize[resize.length - 1], kept ? first : null);
  }

  private static Column decode(Path root, List<Path> files, Form form, PrintStream log) {
    if ((double) files.size() * form.size() > Integer.MAX_VALUE - 8) {
      throw new Fault(root + ": " + files.size() + " pictures of " + form.height() + " x " + form.width() + " are too many to hold", "resize them");
    }
    int size = (int) form.size();
    byte[] pixels = new byte[files.size() * size];
    for (int i = 0; i < files.size(); i++) {
      decode(files.get(i), form, log, pixels, i * size);
    }
    return new Column(IMAGE, form.shape(), pixels);
  }

  private static void decode(Path file, Form form, PrintStream log, byte[] pixels, int at) {
    Picture picture = Picture.read(file, log);
    if (form.like() != null && (picture.height() != form.height() || picture.width() != form.width())) {
      throw new Fault(file + ": " + picture.height() + " x " + picture.width() + " pixels, " + form.like() + " has " + form.height() + " x "
          + form.width(), "give images a size: resize = " + form.height());
    }
    new Resampled(picture, form.channels(), form.height(), form.width()).put(pixels, at);
  }

  /** Pictures that are decoded when they are asked for. */
  private static final class Pictures implements RowReader {
    private final List<Path> files;
    private final Form form;
    private final PrintStream log;
    /** Which were decoded before: what may be wrong with a file is told once. */
    private final BitSet known = new BitSet();

    Pictures(List<Path> files, Form form, PrintStream log) {
      this.files = files;
      this.form = form;
      this.log = log;
    }

    private synchronized PrintStream log(int row) {
      boolean told = known.get(row);
      known.set(row);
      return told ? new PrintStream(OutputStream.nullOutputStream()) : log;
    }

    @Override
    public int rows() {
      return files.size();
    }

    @Override
    public void read(int row, Object memory, int to) {
      byte[] pixels = new byte[(int) form.size()];
      decode(files.get(row), form, log(row), pixels, 0);
      for (int i = 0; i < pixels.length; i++) {
        NumericArrays.set(memory, to + i, pixels[i] & 0xff);
      }
    }
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
