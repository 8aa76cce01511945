package nnc.playground;

/** The part of the plane that is drawn. */
record Plane(double left, double right, double bottom, double top) {
  /** That of TensorFlow Playground. */
  static final Plane USUAL = new Plane(-6, 6, -6, 6);

  /** What points of the user's need, with some room around them. */
  static Plane around(double[] points) {
    double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (int i = 0; i < points.length; i++) {
      if (Double.isFinite(points[i])) {
        low[i % 2] = Math.min(low[i % 2], points[i]);
        high[i % 2] = Math.max(high[i % 2], points[i]);
      }
    }
    if (low[0] >= USUAL.left && high[0] <= USUAL.right && low[1] >= USUAL.bottom && high[1] <= USUAL.top && (high[0] - low[0] > 2 || high[1] - low[1] > 2)) {
      return USUAL;
    }
    double room = 0.08;
    double x = spread(low[0], high[0]);
    double y = spread(low[1], high[1]);
    return low[0] > high[0] ? USUAL : new Plane(low[0] - room * x, high[0] + room * x, low[1] - room * y, high[1] + room * y);
  }

  private static double spread(double low, double high) {
    return high > low ? high - low : Math.max(1, Math.abs(high));
  }

  /** The middles of {@code side} by {@code side} squares, row by row from the top left, x and y of each. */
  float[] grid(int side) {
    float[] points = new float[2 * side * side];
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        points[2 * (row * side + column)] = (float) (left + (column + 0.5) / side * (right - left));
        points[2 * (row * side + column) + 1] = (float) (top - (row + 0.5) / side * (top - bottom));
      }
    }
    return points;
  }
}
