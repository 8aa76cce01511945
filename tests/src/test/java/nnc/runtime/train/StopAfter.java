package nnc.runtime.train;

import java.util.List;
import java.util.function.Supplier;
import nnc.runtime.files.WeightFile;

/** Asks a training for an end after some steps, and tells nothing. */
final class StopAfter implements Progress {
  private final Interrupt interrupt;
  private int left;

  StopAfter(Interrupt interrupt, int steps) {
    this.interrupt = interrupt;
    left = steps;
  }

  @Override
  public void begin(String summary) {}

  @Override
  public void initialised(String file, WeightFile.Fit fit) {}

  @Override
  public void step(int epoch, int epochs, int done, int examples, double seconds, Supplier<List<Figure>> soFar) {
    left--;
    if (left == 0) {
      interrupt.request();
    }
  }

  @Override
  public void epoch(Epoch epoch) {}

  @Override
  public void note(String kind, String text) {}

  @Override
  public void results(String role, int examples, double seconds, List<Figure> figures, List<String> classes) {}
}
