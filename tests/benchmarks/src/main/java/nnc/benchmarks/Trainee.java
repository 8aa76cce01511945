package nnc.benchmarks;

/** One side of a comparison: an engine with a network, its weights and one batch in memory. */
interface Trainee {

  /** One training step on the batch; gives the loss before it if asked (reading it may cost the engine a wait), else NaN. */
  double step(boolean wantLoss);
}
