package nnc.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.FeatureStatistics;
import nnc.runtime.train.Figure;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.RunEnvironment;
import nnc.runtime.train.StepLog;
import nnc.runtime.train.Trainer;
import nnc.runtime.train.TrainingFiles;
import nnc.runtime.train.TrainingSettings;

/** Trains a network whose rate grows from step to step, and reads its losses. */
public final class RateFinder {
  /** The losses are read from the log of steps; nothing else that is written is wanted. */
  private static final String LOG = "steps.csv", WEIGHTS = "weights.npz";

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
    try {
      var folder = Files.createTempDirectory("nnc");
      try {
        train(model.initialised(seed), data, range, new Place(folder, seed), threads);
        var losses = losses(folder.resolve(LOG));
        return new RateCurve(IntStream.range(0, range.steps).mapToObj(range::rate).toList(), losses.subList(0, Math.min(range.steps, losses.size())));
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new Fault("the folder for temporary files cannot be written: " + e.getMessage(), "", e);
    }
  }

  private record Place(Path folder, long seed) {}

  private static void train(Model model, Data data, Range range, Place place, Threads threads) {
    FeatureStatistics.fit(model, data, List.of());
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
    Map<Setting, Object> instead = new EnumMap<>(Setting.class);
    instead.put(Setting.EPOCHS, range.steps);
    instead.put(Setting.SEED, place.seed);
    instead.put(Setting.EARLY_STOPPING, 0);
    instead.put(Setting.RESTORE_BEST, false);
    instead.put(Setting.CHECKPOINT_STEPS, 0);
    instead.put(Setting.CHECKPOINT_MINUTES, 0.0);
    var files = new TrainingFiles(place.folder.resolve(WEIGHTS), null, StepLog.begin(place.folder.resolve(LOG), 1));
    var trainer = new Trainer(model, data, TrainingSettings.of(model.spec(), instead), files, new RunEnvironment(progress, interrupt, threads));
    try {
      trainer.run();
    } catch (Fault fault) {
      // a rate at which training diverges is what is looked for
      if (!Files.exists(place.folder.resolve(LOG)) || losses(place.folder.resolve(LOG)).isEmpty()) {
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

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
