package nnc.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.files.ScratchFolder;
import nnc.runtime.learn.Training;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.Figure;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.QuietProgress;
import nnc.runtime.train.RunEnvironment;
import nnc.runtime.train.StepLog;

/** Trains a network whose rate grows from step to step, and reads its losses. */
public final class RateFinder {
  /** The losses are read from the log of steps beside it. */
  private static final String LOG = "run.csv";

  private RateFinder() {}

  /**
   * What is run.
   *
   * @param from the first step's rate
   * @param to   the last step's
   */
  public record Range(double from, double to, int steps) {
    double rate(int step) {
      return from * Math.pow(to / from, step / (steps - 1.0));
    }
  }

  /**
   * Runs the steps.
   *
   * @param model whose rate grows over the range, without weights
   */
  public static RateCurve run(Model model, Data data, Range range, long seed, Threads threads) {
    try (var folder = ScratchFolder.make()) {
      var log = folder.file(LOG);
      var steps = folder.file(StepLog.beside(log).getFileName().toString());
      train(Training.of(model).seed(seed).log(log).logSteps(1), data, range, steps, threads);
      var losses = losses(steps);
      return new RateCurve(IntStream.range(0, range.steps).mapToObj(range::rate).toList(), losses.subList(0, Math.min(range.steps, losses.size())));
    } catch (IOException e) {
      throw new Fault("the folder for temporary files cannot be written: " + e.getMessage(), "", e);
    }
  }

  private static void train(Training training, Data data, Range range, Path log, Threads threads) {
    var interrupt = new Interrupt();
    var progress = new QuietProgress() {
      private int steps;

      @Override
      public void step(int epoch, int epochs, int done, int examples, double seconds, Supplier<List<Figure>> soFar) {
        if (++steps >= range.steps) {
          interrupt.request();
        }
      }
    };
    training.epochs(range.steps).earlyStopping(0).set(Setting.RESTORE_BEST, false).set(Setting.CHECKPOINT_STEPS, 0).set(Setting.CHECKPOINT_MINUTES, 0.0);
    var run = training.prepare(data, new RunEnvironment(progress, interrupt, threads));
    try {
      run.run();
    } catch (Fault fault) {
      // a rate at which training diverges is what is looked for
      if (!Files.exists(log) || losses(log).isEmpty()) {
        throw fault;
      }
    }
  }

  private static List<Double> losses(Path log) {
    try {
      var lines = Files.readAllLines(log);
      var losses = new ArrayList<Double>();
      int column = lines.isEmpty() ? -1 : List.of(lines.getFirst().split(",")).indexOf("loss");
      for (var line : lines.subList(Math.min(1, lines.size()), lines.size())) {
        var cell = column < 0 ? "" : line.split(",", -1)[column];
        losses.add(cell.isEmpty() ? Double.NaN : Double.parseDouble(cell));
      }
      return losses;
    } catch (IOException e) {
      throw new Fault("the log of steps cannot be read: " + e.getMessage(), "", e);
    }
  }
}
