package nnc.report;

import java.util.List;

/** What a report draws, as numbers. */
sealed interface ReportChart {
  String title();

  /** A curve: its points in turn. */
  record Line(String name, double[] x, double[] y) {
    /** More points than this look no different. */
    private static final int MOST = 500;

    /** Without points between two others on a line, and at most so many: these are left out evenly, but for the ends. */
    Line thinned() {
      var kept = new int[x.length];
      int count = 0;
      for (int i = 0; i < x.length; i++) {
        if (i == 0 || i == x.length - 1 || !isBetween(kept[count - 1], i)) {
          kept[count++] = i;
        }
      }
      int some = Math.min(count, MOST);
      var fewerX = new double[some];
      var fewerY = new double[some];
      for (int i = 0; i < some; i++) {
        int at = kept[some == 1 ? 0 : (int) ((long) i * (count - 1) / (some - 1))];
        fewerX[i] = x[at];
        fewerY[i] = y[at];
      }
      return new Line(name, fewerX, fewerY);
    }

    /** Whether a point is on the level or upright line from one before it to the next. */
    private boolean isBetween(int before, int at) {
      return x[before] == x[at] && x[at] == x[at + 1] || y[before] == y[at] && y[at] == y[at + 1];
    }
  }

  /** Curves in the unit square. */
  record Curves(String title, String across, String up, List<Line> lines) implements ReportChart {}

  /** How often what is said with some probability is so. */
  record Reliability(String title, Calibration calibration) implements ReportChart {}

  /** Counts between edges. */
  record Histogram(String title, String across, double[] edges, double[] counts) implements ReportChart {}

  /** Points about zero. */
  record Scatter(String title, String across, String up, double[] x, double[] y) implements ReportChart {}
}
