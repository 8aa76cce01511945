package nnc.runtime.train;

import java.util.List;
import java.util.function.Supplier;

/** Asks a training for an end after some steps, and tells nothing. */
final class StopAfter extends QuietProgress {
  private final Interrupt interrupt;
  private int left;

  StopAfter(Interrupt interrupt, int steps) {
    this.interrupt = interrupt;
    left = steps;
  }

  @Override
  public void step(int epoch, int epochs, int done, int examples, double seconds, Supplier<List<Figure>> soFar) {
    left--;
    if (left == 0) {
      interrupt.request();
    }
  }
}
