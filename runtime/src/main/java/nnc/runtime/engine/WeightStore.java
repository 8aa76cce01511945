package nnc.runtime.engine;

/** Parameters, states and tables that several executors read, and one at a time may change. */
public final class WeightStore {
  private final Object weights;
  private volatile int version;

  /** @param weights all of them behind each other, a {@code float[]} or {@code double[]}; null if there are none */
  public WeightStore(Object weights) {
    this.weights = weights;
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
