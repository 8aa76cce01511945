package nnc.benchmarks;

/** What transformers add to their embeddings: sines and cosines of each place of a sequence, as nnc's {@code positional}. */
final class Positions {
  private Positions() {}

  /** {@code [length, width]}. */
  static Array array(int length, int width) {
    var values = new float[length * width];
    for (int t = 0; t < length; t++) {
      for (int i = 0; i < width; i += 2) {
        var angle = t / Math.pow(10000, (double) i / width);
        values[t * width + i] = (float) Math.sin(angle);
        values[t * width + i + 1] = (float) Math.cos(angle);
      }
    }
    return new Array(values, length, width);
  }
}
