package nnc.explain;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import nnc.draw.Raster;
import nnc.interpret.Array;

/**
 * Pictures side by side: a column an array of them, a row an example. The least of all values is black and the largest white, each channel alike; what is
 * no number is red.
 */
public final class PictureGrid {
  private static final int GAP = 2;
  /** Pixels to which the smaller pictures are enlarged, each of theirs to a square. */
  private static final int WANTED = 96;
  private static final int NO_NUMBER = 0xff0000;
  private static final int BETWEEN = 0x808080;

  private final List<Array> columns;
  private final int examples;
  private final int channels;
  private final int height;
  private final int width;
  private final int scale;
  private final double black;
  private final double white;

  /** @param columns each float[N, H, W] or float[N, C, H, W] of one or three channels, all of one shape */
  public PictureGrid(List<Array> columns) {
    this.columns = List.copyOf(columns);
    int[] shape = columns.getFirst().shape();
    examples = shape[0];
    channels = shape.length == 3 ? 1 : shape[1];
    height = shape[shape.length - 2];
    width = shape[shape.length - 1];
    scale = Math.max(1, WANTED / Math.max(height, width));
    var range = columns.stream().flatMapToDouble(column -> DoubleStream.of(column.values())).filter(Double::isFinite).summaryStatistics();
    black = range.getCount() == 0 ? 0 : range.getMin();
    white = range.getCount() == 0 ? 1 : range.getMax();
  }

  /** The least of all values. */
  public double black() {
    return black;
  }

  /** The largest of all values. */
  public double white() {
    return white;
  }

  /** The colour of a pixel, 0xRRGGBB. */
  int pixel(int x, int y) {
    int column = x / (width * scale + GAP);
    int row = y / (height * scale + GAP);
    int j = x % (width * scale + GAP) / scale;
    int i = y % (height * scale + GAP) / scale;
    if (i >= height || j >= width) {
      return BETWEEN;
    }
    int rgb = 0;
    for (int channel = 0; channel < 3; channel++) {
      double value = columns.get(column).values()[((row * channels + channel % channels) * height + i) * width + j];
      if (!Double.isFinite(value)) {
        return NO_NUMBER;
      }
      rgb = rgb << 8 | (white > black ? (int) Math.rint(255 * ((value - black) / (white - black))) : 0);
    }
    return rgb;
  }

  int pixelsAcross() {
    return columns.size() * (width * scale + GAP) - GAP;
  }

  int pixelsDown() {
    return examples * (height * scale + GAP) - GAP;
  }

  /** Writes a PNG file of eight bits a colour. */
  public void write(Path file) {
    new Raster(pixelsAcross(), pixelsDown(), this::pixel).write(file);
  }
}
