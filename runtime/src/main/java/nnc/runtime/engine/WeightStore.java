package nnc.runtime.engine;

import nnc.runtime.spec.Vocabulary;

/** Parameters, states and tables that several executors read, and one at a time may change. */
public final class WeightStore {
  private final Object weights;
  private final Vocabulary vocabulary;
  private volatile int version;

  /** @param weights all of them behind each other, a {@code float[]} or {@code double[]}; null if there are none; {@code vocabulary} what goes with them */
  public WeightStore(Object weights, Vocabulary vocabulary) {
    this.weights = weights;
    this.vocabulary = vocabulary;
  }

  /** The categories that inputs know, as they were learned with the weights. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** The array, to be read. */
  public Object weights() {
    return weights;
  }

  /** How many times they may have changed: what was computed from them alone holds for one version. */
  int version() {
    return version;
  }

  /** Tells that they may change: what follows from them alone is computed anew. */
  public void changed() {
    version++;
  }
}
