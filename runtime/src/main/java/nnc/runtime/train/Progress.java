package nnc.runtime.train;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import nnc.runtime.base.Fault;
import nnc.runtime.files.WeightFile;

/** Who is told how training goes. */
public interface Progress {
  /** What an epoch has come to; {@code validation} is null if there is no validation data. */
  record Epoch(int number, int epochs, int step, int examples, double seconds, List<Figure> training, List<Figure> validation, boolean best) {}

  /** Training begins. */
  void begin(String summary);

  /** Training starts from the weights of a file, where they fit. */
  void initialised(String file, WeightFile.Fit fit);

  /** A step is done: {@code done} of {@code examples} examples of the epoch; called often. What it has come to so far is told if asked for. */
  void step(int epoch, int epochs, int done, int examples, double seconds, Supplier<List<Figure>> soFar);

  /** An epoch is done. */
  void epoch(Epoch epoch);

  /** A checkpoint is written. */
  default void checkpoint(Path file) {
    note("checkpoint", "checkpoint " + file);
  }

  /** A checkpoint, or what is saved now and then, could not be written; training goes on. */
  default void failed(Fault fault) {
    note("checkpoint_failed", fault.getMessage() + "; " + fault.hint());
  }

  /** Something else worth a line; {@code kind} names it for programs that read along. */
  void note(String kind, String text);

  /** Results of an evaluation; {@code classes} are the names of classes by number, none if the data has none. */
  void results(String role, int examples, double seconds, List<Figure> figures, List<String> classes);
}
