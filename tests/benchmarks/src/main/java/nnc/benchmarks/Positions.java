package nnc.benchmarks;

/** What the transformer adds to its embeddings: sines and cosines of each place of a sequence, as nnc's {@code positional}. */
final class Positions {
  private Positions() {}

  private static final int LENGTH = 64;
  private static final int WIDTH = 128;

  /** {@code [length, width]}. */
  static Array array() {
    var values = new float[LENGTH * WIDTH];
    for (int t = 0; t < LENGTH; t++) {
      for (int i = 0; i < WIDTH; i += 2) {
        var angle = t / Math.pow(10000, (double) i / WIDTH);
        values[t * WIDTH + i] = (float) Math.sin(angle);
        values[t * WIDTH + i + 1] = (float) Math.cos(angle);
      }
    }
    return new Array(values, LENGTH, WIDTH);
  }
}
