package nnc.spark;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.learn.Training;
import nnc.runtime.learn.TrainingRun;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.Figure;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.QuietProgress;
import nnc.runtime.train.RunEnvironment;

/**
 * A training of a search that a task does as {@code nnc train} would.
 *
 * @param base    where the program is, by whose folder data files are found
 * @param data    where they are instead; empty if nothing says so
 * @param before  a weight file that it goes on from; empty if it begins
 * @param role    of the data that it is evaluated on
 * @param threads of the training
 */
record TrialOrder(byte[] jar, String base, String data, long seed, int epochs, byte[] before, String role, int threads) implements Serializable {
  /**
   * What came of it.
   *
   * @param figures those that are one number
   * @param failure what is wrong with the training; empty if it came to its end
   * @param weights a weight file; null if it failed
   */
  record Result(Map<String, Double> figures, String failure, String hint, byte[] weights) implements Serializable {}

  /** Trains and evaluates. What is wrong is a result: it would be wrong again. */
  Result run() {
    try {
      Path folder = Files.createTempDirectory("nnc-trial-");
      Path learned = folder.resolve("learned.npz");
      Path begun = folder.resolve("begun.npz");
      try {
        return in(learned, begun);
      } catch (Fault fault) {
        // the file is gone with this task
        return new Result(Map.of(), fault.getMessage().replace("; the weights before that step are in " + learned, ""), fault.hint(), null);
      } catch (OutOfMemoryError e) {
        return new Result(Map.of(), "not enough memory", "", null);
      } finally {
        Files.deleteIfExists(learned);
        Files.deleteIfExists(begun);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Result in(Path learned, Path begun) throws IOException {
    Model network = Model.load(new ByteArrayInputStream(jar), "the program's jar");
    Data all = new Data(network.spec(), new Folder(Path.of(base), data.isEmpty() ? null : Path.of(data), System.err));
    if (before.length > 0) {
      Files.write(begun, before);
    }
    try (var team = new Threads(threads)) {
      var never = new Interrupt();
      TrainingRun run = Training.of(network).epochs(epochs).seed(seed).set(Setting.CHECKPOINT_STEPS, 0).set(Setting.CHECKPOINT_MINUTES, 0.0).save(learned)
          .resume(before.length > 0 ? begun : null).prepare(all, new RunEnvironment(new QuietProgress(), never, team));
      // what it needs is found to be missing before the first step, not after the last one
      var evaluator = new Evaluator(run.model(), all.table(role), 1, team);
      run.run();
      return new Result(numbers(evaluator.run(never)), "", "", Files.readAllBytes(learned));
    }
  }

  private static Map<String, Double> numbers(List<Figure> figures) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    for (Figure figure : figures) {
      if (figure.values().length == 1) {
        numbers.put(figure.name(), figure.values()[0]);
      }
    }
    return numbers;
  }
}
