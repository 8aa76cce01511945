package nnc.runtime.train;

import java.util.List;
import java.util.function.Supplier;
import nnc.runtime.files.WeightFile;

/** Of trainings that run beside each other, each tells its result alone. */
public class QuietProgress implements Progress {
  @Override
  public void begin(String summary) {}

  @Override
  public void initialised(String file, WeightFile.Fit fit) {}

  @Override
  public void step(int epoch, int epochs, int done, int examples, double seconds, Supplier<List<Figure>> soFar) {}

  @Override
  public void epoch(Epoch epoch) {}

  @Override
  public void note(String kind, String text) {}

  @Override
  public void results(String role, int examples, double seconds, List<Figure> figures, List<String> classes) {}
}
