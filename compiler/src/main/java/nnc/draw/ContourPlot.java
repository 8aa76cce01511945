package nnc.draw;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** A surface from above: its height as colour, and lines of equal height. */
public final class ContourPlot {
  private static final int SIDE = 220, LINES = 14;
  /** Heights whose ratio is larger are seen by ratios. */
  private static final double STEEP = 20;

  private final double[][] heights;
  private final double floor;
  private final Scale scale;

  private ContourPlot(double[][] heights) {
    this.heights = heights;
    var finite = Stream.of(heights).flatMapToDouble(DoubleStream::of).filter(Double::isFinite).summaryStatistics();
    double low = finite.getCount() == 0 ? 0 : finite.getMin();
    double high = finite.getCount() == 0 ? 1 : finite.getMax();
    boolean signed = low < 0;
    double middle = median(heights);
    // of a deep valley in high mountains nothing else would be seen
    boolean ratios = !signed && high - low > STEEP * Math.max(middle - low, 1e-300);
    floor = ratios ? low - (high - low) / 1e3 : 0;
    scale = ratios ? new Scale(low - floor, high - floor, Scale.Spread.RATIOS) : Scale.even(low, high);
  }

  private static double median(double[][] heights) {
    var sorted = Stream.of(heights).flatMapToDouble(DoubleStream::of).filter(Double::isFinite).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 4];
  }

  /**
   * Draws it over a plot.
   *
   * @param heights by row from the lower edge on, then by column, at equal distances from edge to edge
   */
  public static void draw(Plot plot, double[][] heights) {
    var contours = new ContourPlot(heights);
    plot.out().image(plot.area(), new Raster(SIDE, SIDE, (x, y) -> contours.colour((x + 0.5) / SIDE, 1 - (y + 0.5) / SIDE)).png());
    for (int i = 1; i < LINES; i++) {
      contours.line(plot, contours.scale.value((double) i / LINES) + contours.floor);
    }
  }

  private int colour(double across, double up) {
    double height = at(across, up);
    return ColourMap.SEQUENTIAL.at(Double.isFinite(height) ? 1 - scale.place(Math.max(height - floor, scale.low())) : 0);
  }

  /** Between four heights each in proportion. */
  private double at(double across, double up) {
    double x = across * (heights[0].length - 1);
    double y = up * (heights.length - 1);
    int j = Math.min((int) x, heights[0].length - 2);
    int i = Math.min((int) y, heights.length - 2);
    double lower = heights[i][j] + (heights[i][j + 1] - heights[i][j]) * (x - j);
    double upper = heights[i + 1][j] + (heights[i + 1][j + 1] - heights[i + 1][j]) * (x - j);
    return lower + (upper - lower) * (y - i);
  }

  /** Pieces of a line of equal height, a square at a time (marching squares, Maple 2003). */
  private void line(Plot plot, double level) {
    var path = new StringBuilder();
    for (int i = 0; i + 1 < heights.length; i++) {
      for (int j = 0; j + 1 < heights[0].length; j++) {
        var cuts = cuts(i, j, level);
        for (int k = 0; k + 1 < cuts.size(); k += 2) {
          path.append(String.format(Locale.ROOT, "M%.1f %.1fL%.1f %.1f", px(plot, cuts.get(k)[0]), py(plot, cuts.get(k)[1]), px(plot, cuts.get(k + 1)[0]), py(plot, cuts.get(k + 1)[1])));
        }
      }
    }
    plot.out().line("<path d=\"%s\" fill=\"none\" stroke=\"#ffffff\" stroke-opacity=\"0.4\" stroke-width=\"0.8\"/>", path);
  }

  private double px(Plot plot, double column) {
    return plot.area().left() + column / (heights[0].length - 1) * plot.area().width();
  }

  private double py(Plot plot, double row) {
    return plot.area().bottom() - row / (heights.length - 1) * plot.area().height();
  }

  /** Where the edges of a square, in turn, are cut: two points a piece. */
  private List<double[]> cuts(int i, int j, double level) {
    int[][] corners = {{i, j}, {i, j + 1}, {i + 1, j + 1}, {i + 1, j}};
    var cuts = new ArrayList<double[]>();
    for (int k = 0; k < 4; k++) {
      int[] a = corners[k];
      int[] b = corners[(k + 1) % 4];
      double from = heights[a[0]][a[1]];
      double to = heights[b[0]][b[1]];
      if (from < level != to < level && Double.isFinite(from) && Double.isFinite(to)) {
        double share = (level - from) / (to - from);
        cuts.add(new double[] {a[1] + share * (b[1] - a[1]), a[0] + share * (b[0] - a[0])});
      }
    }
    return cuts;
  }
}
