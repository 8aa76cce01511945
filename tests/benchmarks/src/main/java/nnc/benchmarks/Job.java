package nnc.benchmarks;

/** What an engine does over and over while it is timed: a training step, a prediction, a product. */
interface Job extends AutoCloseable {

  /** How many training steps' losses are compared. */
  int PROOF_STEPS = 4;

  /** Does it once. */
  void run();

  /**
   * Numbers that every engine must compute alike, from the start on: the losses of the first training steps, or the values of an
   * output. Called once, before anything else.
   */
  float[] proof();

  /**
   * Begins again from the weights it was given, the optimizer's memory empty. A net that has learnt its one batch by heart computes with
   * ever smaller numbers, at last with subnormal ones, on which processors are many times slower.
   */
  default void restart() {}

  /** Whether the work is done by threads of the engine's own while the caller waits. */
  default boolean elsewhere() {
    return false;
  }

  @Override
  default void close() {}
}
