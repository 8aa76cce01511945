package nnc.runtime.engine;

/** Parameters, states and tables that several executors read, and one at a time may change. */
public interface WeightStore {
  /** All of them behind each other: a {@code float[]} or {@code double[]}. */
  Object weights();

  /** How many times they may have changed: what was computed from them alone holds for one version. */
  int version();

  /** Tells that they may change. */
  void changed();
}
