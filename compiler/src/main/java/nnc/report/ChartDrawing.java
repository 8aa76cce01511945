package nnc.report;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.draw.Svg;
import nnc.runtime.base.Text;

/** A report's charts as SVG, in the colours of the page around them. */
final class ChartDrawing {
  private static final int WIDTH = 460, HEIGHT = 340, LEFT = 58, RIGHT = 14, TOP = 34, BOTTOM = 46, TICKS = 5;

  private final double[] x;
  private final double[] y;
  private final Svg out = new Svg();

  /** @param x from and to of what lies across, y of what lies upwards */
  private ChartDrawing(double[] x, double[] y) {
    this.x = widened(x);
    this.y = widened(y);
  }

  private static double[] widened(double[] range) {
    return range[0] == range[1] ? new double[] {range[0] - 0.5, range[1] + 0.5} : range;
  }

  static String svg(ReportChart chart) {
    return switch (chart) {
      case ReportChart.Curves curves -> new ChartDrawing(new double[] {0, 1}, new double[] {0, 1}).curves(curves);
      case ReportChart.Reliability reliability -> new ChartDrawing(new double[] {0, 1}, new double[] {0, 1}).reliability(reliability);
      case ReportChart.Histogram histogram -> new ChartDrawing(new double[] {histogram.edges()[0], histogram.edges()[histogram.edges().length - 1]},
          new double[] {0, DoubleStream.of(histogram.counts()).max().orElse(1)}).histogram(histogram);
      case ReportChart.Scatter scatter -> new ChartDrawing(range(scatter.x()), range(scatter.y())).scatter(scatter);
    };
  }

  private static double[] range(double[] values) {
    return new double[] {DoubleStream.of(values).min().orElse(0), DoubleStream.of(values).max().orElse(1)};
  }

  private double across(double value) {
    return LEFT + (value - x[0]) / (x[1] - x[0]) * (WIDTH - LEFT - RIGHT);
  }

  private double up(double value) {
    return HEIGHT - BOTTOM - (value - y[0]) / (y[1] - y[0]) * (HEIGHT - TOP - BOTTOM);
  }

  private void begin(String title, String across, String up) {
    out.line("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\">", WIDTH, HEIGHT, WIDTH);
    out.line("<text x=\"%d\" y=\"18\" style=\"font-weight: bold\">%s</text>", LEFT, Svg.escaped(title));
    for (int i = 0; i < TICKS; i++) {
      double right = x[0] + (x[1] - x[0]) * i / (TICKS - 1);
      double high = y[0] + (y[1] - y[0]) * i / (TICKS - 1);
      out.line("<path d=\"M%.1f %d V%d M%d %.1f H%d\" stroke=\"var(--line)\"/>", across(right), TOP, HEIGHT - BOTTOM, LEFT, up(high), WIDTH - RIGHT);
      out.line("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", across(right), HEIGHT - BOTTOM + 16, label(right, x));
      out.line("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 6, up(high) + 4, label(high, y));
    }
    out.line("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, Svg.escaped(across));
    out.line("<text text-anchor=\"middle\" transform=\"translate(12 %d) rotate(-90)\">%s</text>", (TOP + HEIGHT - BOTTOM) / 2, Svg.escaped(up));
  }

  private static String label(double value, double[] range) {
    double size = Math.max(Math.abs(range[0]), Math.abs(range[1]));
    return size >= 100 && size < 1e6 ? Long.toString(Math.round(value)) : size >= 0.1 && size < 1e6 ? Text.fixed(value, 2) : Text.number(value);
  }

  private void diagonal() {
    out.line("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"var(--soft)\" stroke-dasharray=\"4 3\"/>", across(0), up(0), across(1), up(1));
  }

  private String curves(ReportChart.Curves curves) {
    begin(curves.title(), curves.across(), curves.up());
    if (curves.across().startsWith("false")) {
      diagonal();
    }
    for (int i = 0; i < curves.lines().size(); i++) {
      var line = curves.lines().get(i);
      var points = IntStream.range(0, line.x().length).mapToObj(k -> String.format(Locale.ROOT, "%.1f,%.1f", across(line.x()[k]), up(line.y()[k]))).collect(Collectors.joining(" "));
      out.line("<polyline points=\"%s\" fill=\"none\" stroke=\"var(--c%d)\" stroke-width=\"1.5\"><title>%s</title></polyline>", points, i % 10, Svg.escaped(line.name()));
      if (curves.lines().size() > 1) {
        out.line("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" style=\"fill: var(--c%d)\">%s</text>", WIDTH - RIGHT - 6, HEIGHT - BOTTOM - 8 - 15 * (curves.lines().size() - 1 - i), i % 10,
            Svg.escaped(line.name()));
      }
    }
    return out.end();
  }

  /** Bars as wide as their bins, a dot where the bin's mean probability is. */
  private String reliability(ReportChart.Reliability reliability) {
    begin(reliability.title(), "probability", "share");
    var calibration = reliability.calibration();
    int bins = calibration.counts().length;
    for (int i = 0; i < bins; i++) {
      if (calibration.counts()[i] > 0) {
        bar((double) i / bins, (double) (i + 1) / bins, calibration.happened()[i], ReportNumbers.count(calibration.counts()[i]) + " examples: "
            + ReportNumbers.of(calibration.said()[i]) + " said, " + ReportNumbers.of(calibration.happened()[i]) + " so");
        out.line("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"var(--other)\"/>", across(calibration.said()[i]), up(calibration.happened()[i]));
      }
    }
    diagonal();
    return out.end();
  }

  private String histogram(ReportChart.Histogram histogram) {
    begin(histogram.title(), histogram.across(), "elements");
    for (int i = 0; i < histogram.counts().length; i++) {
      bar(histogram.edges()[i], histogram.edges()[i + 1], histogram.counts()[i], ReportNumbers.of(histogram.edges()[i]) + " to " + ReportNumbers.of(histogram.edges()[i + 1]) + ": "
          + ReportNumbers.count(histogram.counts()[i]));
    }
    return out.end();
  }

  private void bar(double from, double to, double height, String told) {
    out.line("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"var(--main)\" fill-opacity=\"0.6\" stroke=\"var(--page)\"><title>%s</title></rect>", across(from), up(height),
        across(to) - across(from), up(0) - up(height), Svg.escaped(told));
  }

  private String scatter(ReportChart.Scatter scatter) {
    begin(scatter.title(), scatter.across(), scatter.up());
    if (y[0] < 0 && y[1] > 0) {
      out.line("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"var(--soft)\"/>", LEFT, up(0), WIDTH - RIGHT, up(0));
    }
    for (int i = 0; i < scatter.x().length; i++) {
      out.line("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"var(--main)\" fill-opacity=\"0.5\"/>", across(scatter.x()[i]), up(scatter.y()[i]));
    }
    return out.end();
  }
}
