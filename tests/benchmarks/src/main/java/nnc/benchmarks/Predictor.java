package nnc.benchmarks;

/** An engine with a network, its weights and a fixed batch: Java array in, Java array out. */
interface Predictor {
  void predict(float[] x, float[] y);
}
