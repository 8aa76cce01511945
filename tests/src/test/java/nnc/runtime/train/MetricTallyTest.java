package nnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import nnc.Allocated;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.endtoend.Programs;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What batches come to: interrupted and resumed, without a new object a step, and where a network mixes the rows of a batch. */
class MetricTallyTest {
  private static final String RANKED = """
      input point: float[N, 2]
      target label: float[N]
      logit = point |> dense(4, tanh) |> dropout(0.2) |> dense(1) |> squeeze(1)
      loss sum((1 + label) * (softplus(logit) - logit * label)) / sum(1 + label)
      metric auc = roc_auc(logit, label > 0.5)
      metric f1 = f1(logit > 0, label > 0.5)
      metric top = max(logit)
      data { train = circle(100, noise = 0.2)  validate = circle(30, noise = 0.2, seed = 4) }
      train { optimizer = adam(0.01)  batch = 32  epochs = 3  seed = 3 }
      """;

  @TempDir
  Path folder;

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private Said run(Model model, String... arguments) {
    var said = Said.byNetwork(model, folder, arguments);
    assertThat(said.code()).as(said.all()).isZero();
    return said;
  }

  private static List<String> epochs(Said said) {
    return said.out().lines().filter(line -> line.contains("\"event\":\"epoch\"")).map(line -> line.replaceAll("\"seconds\":[^,]*,", "")).toList();
  }

  @Test
  void anEpochThatWasInterruptedIsToldToTheSameBits() {
    for (int precision : new int[] {32, 64}) {
      var compiled = Compiler.load(Programs.compile(RANKED, precision));
      assertThat(compiled.spec().formulas()).containsOnlyKeys("evaluate", "train");
      var whole = epochs(run(compiled, "train", "--out", path("whole.npz"), "--json"));
      for (int steps : new int[] {1, 3, 4, 6, 11}) {
        var model = compiled.initialised(3);
        var interrupt = new Interrupt();
        var trainer = new Trainer(model, new Data(model.spec(), new Folder(folder, null, null)), TrainingSettings.of(model.spec()), TrainingFiles.of(folder.resolve("part.npz")),
            new RunEnvironment(new StopAfter(interrupt, steps), interrupt, new Threads(1)));
        assertThat(trainer.run()).isEqualTo(Trainer.Ending.INTERRUPTED);
        var arrays = Npz.read(folder.resolve("part.npz"));
        var kept = arrays.entrySet().stream().filter(array -> array.getKey().startsWith("nnc.rows.")).mapToInt(array -> array.getValue().size()).sum();
        assertThat(kept).as("of the epoch's examples alone, a score and whether it is of class 1").isEqualTo(2 * (steps % 4 == 0 ? 100 : 32 * (steps % 4)));
        var resumed = epochs(run(compiled, "train", "--resume", path("part.npz"), "--threads", "2", "--json"));
        assertThat(resumed).as("after %d steps", steps).isEqualTo(whole.subList(3 - resumed.size(), 3));
      }
    }
  }

  @Test
  void stepsAllocateNothingWhereRowsAreKept() {
    var model = Compiler.load(Programs.compile(RANKED, 32)).initialised(3);
    var table = new Data(model.spec(), new Folder(folder, null, null)).table("train");
    try (var threads = new Threads(2)) {
      var feeder = new BatchFeeder(model, "train", table, 32, threads);
      var tally = new MetricTally(model, feeder.context(), 40_000, threads);
      long before = 0;
      for (int step = 0; step < 3000; step++) {
        before = step == 2000 ? Allocated.here() : before;
        int count = step % 2 == 0 ? 12 : 7;
        feeder.feed(table.rows(), step % 60, count);
        feeder.context().counters(step + 1, 0);
        feeder.context().run();
        tally.add(count);
      }
      assertThat(Allocated.here() - before).isLessThan(4000);
    }
  }

  // ---- networks that mix rows

  private Map<?, ?> told(String source, String event, String... arguments) {
    var said = run(Compiler.load(Programs.compile(source, 64)), arguments);
    return said.out().lines().map(line -> (Map<?, ?>) JsonReader.read(line)).filter(line -> line.get("event").equals(event)).findFirst().orElseThrow();
  }

  private double[] rows(int count) {
    var random = new Random(8);
    var x = IntStream.range(0, count).mapToDouble(i -> random.nextGaussian() + i / 20.0).toArray();
    var y = IntStream.range(0, count).mapToDouble(i -> i % 3 == 0 ? 1 : 0).toArray();
    Npz.write(folder.resolve("rows.npz"), Map.of("x", new Tensor(new int[] {count}, x), "y", new Tensor(new int[] {count}, y)));
    return x;
  }

  /** Batches are normalised each by itself, and what the network says of an example so counts for the metric of all. */
  @Test
  void aNormalisedBatchCountsAsItWasSeen() {
    int count = 50;
    int batch = 16;
    var x = rows(count);
    var line = told("""
        input x: float[N]
        target y: float[N]
        z = expand(x, 1) |> batch_norm |> squeeze(1)
        loss mse(z, y)
        metric precision = precision(z > 0.3, y > 0.5)
        data { train = npz("rows.npz") }
        train { optimizer = sgd(0)  batch = 16  epochs = 1  shuffle = false }
        """, "epoch", "train", "--out", path("w.npz"), "--json");
    double hits = 0;
    double guesses = 0;
    for (int from = 0; from < count; from += batch) {
      var part = java.util.Arrays.copyOfRange(x, from, Math.min(count, from + batch));
      double mean = java.util.Arrays.stream(part).average().orElseThrow();
      double variance = java.util.Arrays.stream(part).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
      for (int i = 0; i < part.length; i++) {
        boolean guess = (part[i] - mean) / Math.sqrt(variance + 1e-5) > 0.3;
        guesses += guess ? 1 : 0;
        hits += guess && (from + i) % 3 == 0 ? 1 : 0;
      }
    }
    assertThat((Double) line.get("precision")).isEqualTo(hits / guesses, within(1e-12));
  }

  /** What the network makes of all rows together is evaluated so. */
  @Test
  void aNetworkThatMixesRowsIsEvaluatedForAllOfThem() {
    int count = 700;
    var x = rows(count);
    var source = """
        input x: float[N]
        target y: float[N]
        param w: float = constant(2)
        z = (x - mean(x)) * w
        loss mse(z, y)
        metric share = mean(z > 0.5)
        metric f1 = f1(z > 0.5, y > 0.5)
        data { train = npz("rows.npz") }
        train { optimizer = sgd(0)  batch = 100 }
        """;
    run(Compiler.load(Programs.compile(source, 64)), "train", "--epochs", "0", "--out", path("w.npz"));
    var line = told(source, "results", "evaluate", "--weights", path("w.npz"), "--json");
    double mean = java.util.Arrays.stream(x).average().orElseThrow();
    double loss = IntStream.range(0, count).mapToDouble(i -> Math.pow(2 * (x[i] - mean) - (i % 3 == 0 ? 1 : 0), 2)).sum() / count;
    double guesses = IntStream.range(0, count).filter(i -> 2 * (x[i] - mean) > 0.5).count();
    double hits = IntStream.range(0, count).filter(i -> i % 3 == 0 && 2 * (x[i] - mean) > 0.5).count();
    assertThat((Double) line.get("loss")).isEqualTo(loss, within(1e-9));
    assertThat((Double) line.get("share")).isEqualTo(guesses / count, within(1e-12));
    assertThat((Double) line.get("f1")).isEqualTo(2 * hits / (guesses + (count + 2) / 3), within(1e-12));
  }
}
