package nnc.lower.conv;

import java.util.stream.IntStream;

/**
 * Toom's and Cook's way to correlate with few multiplications, which Winograd took to convolutions: {@code out} results of {@code taps} terms
 * take {@code out + taps - 1} products instead of {@code out * taps}. {@code y = results ((filters w) * (inputs x))}, where x are the
 * {@code out + taps - 1} neighbours that the results are made of. See Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015).
 *
 * @param results [out, products]: the product of two polynomials from its values at points
 * @param filters [products, taps]: the filter's values at the points, divided by Lagrange's denominators
 * @param inputs  [products, products]: the transposed interpolation
 */
record WinogradMatrices(int out, int taps, double[][] results, double[][] filters, double[][] inputs) {

  /**
   * Points where polynomials are evaluated, and the point at infinity beside them. As many as can be had at about twice the rounding errors of
   * a plain sum; 2 with -1/2 costs fewer digits than with -2 or 1/2 (Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd
   * Convolution", 2018).
   */
  private static final double[] POINTS = {0, 1, -1, 2, -0.5};

  /** The most products that there are points for. */
  static final int MAX_PRODUCTS = POINTS.length + 1;

  /** @throws IllegalArgumentException if it takes more than {@link #MAX_PRODUCTS} products */
  static WinogradMatrices of(int out, int taps) {
    int products = out + taps - 1;
    if (products > MAX_PRODUCTS) {
      throw new IllegalArgumentException("points for " + products + " products");
    }
    int finite = products - 1;
    var results = new double[out][products];
    var filters = new double[products][taps];
    var inputs = new double[products][];
    for (int k = 0; k < finite; k++) {
      for (int j = 0; j < out; j++) {
        results[j][k] = Math.pow(POINTS[k], j);
      }
      double denominator = denominator(k, finite);
      for (int i = 0; i < taps; i++) {
        filters[k][i] = Math.pow(POINTS[k], i) / denominator;
      }
      inputs[k] = vanishing(k, finite, products);
    }
    results[out - 1][finite] = 1;
    filters[finite][taps - 1] = 1;
    inputs[finite] = vanishing(finite, finite, products);
    return new WinogradMatrices(out, taps, results, filters, inputs);
  }

  int products() {
    return out + taps - 1;
  }

  private static double denominator(int k, int points) {
    return IntStream.range(0, points).filter(j -> j != k).mapToDouble(j -> POINTS[k] - POINTS[j]).reduce(1, (a, b) -> a * b);
  }

  /** The coefficients of the polynomial that is zero at all points but one, the constant first. */
  private static double[] vanishing(int but, int points, int length) {
    var coefficients = new double[length];
    coefficients[0] = 1;
    for (int j = 0; j < points; j++) {
      if (j != but) {
        for (int i = length - 1; i >= 0; i--) {
          coefficients[i] = (i > 0 ? coefficients[i - 1] : 0) - POINTS[j] * coefficients[i];
        }
      }
    }
    return coefficients;
  }
}
