package nnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.Allocated;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.Perceptron;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.cli.TrainCommand;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
  @TempDir
  Path folder;

  private Said said;

  private static Source number(double value) {
    return new Source("number", List.of(), Map.of(), value, 12);
  }

  private static Source gauss(int count, int seed) {
    return new Source("gauss", List.of(number(count)), Map.of("seed", number(seed)), null, 12);
  }

  private static Source split(String of, double share) {
    return new Source("split", List.of(new Source("name", List.of(), Map.of(), of, 13), number(share)), Map.of(), null, 13);
  }

  private static Map<String, Source> data() {
    Map<String, Source> data = new LinkedHashMap<>();
    data.put("train", gauss(100, 1));
    data.put("test", gauss(50, 2));
    return data;
  }

  private static Model model() {
    return Perceptron.model(data(), Map.of("batch", 32.0, "epochs", 5.0, "seed", 3.0));
  }

  private int run(Model model, String... arguments) {
    said = Said.byNetwork(model, folder, arguments);
    return said.code();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private List<String> lines() {
    return said.out().lines().toList();
  }

  private String faults() {
    return said.err();
  }

  private static void assertSame(Map<String, Tensor> a, Map<String, Tensor> b) {
    assertThat(a.keySet()).isEqualTo(b.keySet());
    for (String name : a.keySet()) {
      assertThat(a.get(name).toDoubles()).describedAs(name).isEqualTo(b.get(name).toDoubles());
    }
  }

  @Test
  void learnsAndTellsOfEachEpochAndOfTheTest() {
    assertThat(run(model(), "train", "--out", path("w.npz"))).isZero();
    assertThat(lines().getFirst()).startsWith("perceptron: 3 parameters; 100 examples of gauss, 4 steps of 32 an epoch; memory ");
    assertThat(lines().stream().filter(line -> line.startsWith("epoch ")).count()).isEqualTo(5);
    assertThat(lines()).contains("saved " + path("w.npz"));
    assertThat(lines().getLast()).startsWith("test  loss 0.0").contains("accuracy 1.0000");
    assertThat(Npz.read(folder.resolve("w.npz"))).containsKeys("dense.W", "dense.b", "optimizer.dense.W.m", "nnc.position");
  }

  @Test
  void stepsAllocateNothing() {
    var model = model().initialised(3);
    var data = new nnc.runtime.data.Data(model.spec(), new nnc.runtime.data.Folder(folder, null, null));
    var table = data.table("train");
    try (var threads = new Threads(2)) {
      var feeder = new BatchFeeder(model, "train", table, 32, threads);
      var tally = new MetricTally(model, feeder.context(), 100_000, threads);
      long before = 0;
      for (int step = 0; step < 3000; step++) {
        before = step == 2000 ? Allocated.here() : before;
        feeder.feed(table.rows(), step % 60, step % 2 == 0 ? 32 : 7);
        feeder.context().counters(step + 1, 0);
        feeder.context().run();
        tally.add(32);
      }
      assertThat(Allocated.here() - before).isLessThan(4000);
    }
  }

  @Test
  void sameSeedSameBits() throws IOException {
    run(model(), "train", "--out", path("a.npz"), "--threads", "1");
    run(model(), "train", "--out", path("b.npz"), "--threads", "2");
    assertThat(Files.readAllBytes(folder.resolve("a.npz"))).isEqualTo(Files.readAllBytes(folder.resolve("b.npz")));
    run(model(), "train", "--out", path("c.npz"), "--seed", "4");
    assertThat(Npz.read(folder.resolve("c.npz")).get("dense.W").toDoubles())
        .isNotEqualTo(Npz.read(folder.resolve("a.npz")).get("dense.W").toDoubles());
  }

  @Test
  void resumedAfterAnEpochGivesTheSameBits() {
    run(model(), "train", "--out", path("whole.npz"));
    run(model(), "train", "--out", path("part.npz"), "--epochs", "2");
    assertThat(run(model(), "train", "--resume", path("part.npz"), "--epochs", "5")).isZero();
    assertSame(Npz.read(folder.resolve("part.npz")), Npz.read(folder.resolve("whole.npz")));
  }

  @Test
  void resumedInTheMiddleOfAnEpochGivesTheSameBits() {
    run(model(), "train", "--out", path("whole.npz"));
    String[] epochs = lines().stream().filter(line -> line.startsWith("epoch ")).map(line -> line.replaceAll("  [0-9.]+ s .*", "")).toArray(String[]::new);
    for (int steps : new int[] {1, 4, 7, 8, 13}) {
      var interrupt = new Interrupt();
      var settings = TrainingSettings.of(model().spec());
      var model = model().initialised(3);
      var data = new nnc.runtime.data.Data(model.spec(), new nnc.runtime.data.Folder(folder, null, null));
      var trainer = new Trainer(model, data, settings, TrainingFiles.of(folder.resolve("part.npz")), new RunEnvironment(new StopAfter(interrupt, steps), interrupt, new Threads(1)));
      assertThat(trainer.run()).isEqualTo(Trainer.Ending.INTERRUPTED);
      assertThat(Npz.read(folder.resolve("part.npz")).get("nnc.position").get(2)).isEqualTo(steps);

      assertThat(run(model(), "train", "--resume", path("part.npz"))).isZero();
      assertSame(Npz.read(folder.resolve("part.npz")), Npz.read(folder.resolve("whole.npz")));
      List<String> resumed = lines().stream().filter(line -> line.startsWith("epoch ")).map(line -> line.replaceAll("  [0-9.]+ s .*", "")).toList();
      assertThat(resumed).isEqualTo(List.of(epochs).subList(5 - resumed.size(), 5));
    }
  }

  @Test
  void aFileWithoutPositionOrOfAnotherSeedIsNotResumed() {
    run(model(), "train", "--out", path("w.npz"), "--epochs", "1");
    assertThat(run(model(), "train", "--resume", path("w.npz"), "--seed", "9")).isEqualTo(1);
    assertThat(faults()).contains("cannot go on to the same result").contains("--init");
    Map<String, Tensor> arrays = Npz.read(folder.resolve("w.npz"));
    arrays.remove("nnc.position");
    Npz.write(folder.resolve("bare.npz"), arrays);
    assertThat(run(model(), "train", "--resume", path("bare.npz"))).isEqualTo(1);
    assertThat(faults()).contains("has no training position to resume from");
  }

  @Test
  void stopsEarlyAndGoesBackToTheBest() {
    var data = data();
    data.put("validate", split("train", 0.3));
    var model = Perceptron.model(data, Map.of("batch", 8.0, "epochs", 400.0, "early_stopping", 3.0, "min_delta", 0.01));
    assertThat(run(model, "train", "--out", path("w.npz"), "--json")).isZero();
    String all = said.out();
    assertThat(all).contains("\"event\":\"early_stopping\"").contains("\"val_loss\":");
    double best = Npz.read(folder.resolve("w.npz")).get("nnc.watch").get(0);
    run(model, "evaluate", "--weights", path("w.npz"), "--on", "validate", "--json");
    assertThat(lines().getLast()).contains("\"loss\":" + best);
  }

  @Test
  void earlyStoppingWithoutValidationDataIsAFault() {
    assertThat(run(Perceptron.model(data(), Map.of("early_stopping", 3.0)), "train", "--out", path("w.npz"))).isEqualTo(1);
    assertThat(faults()).contains("early_stopping needs validation data").contains("split(train, 0.1)");
  }

  @Test
  void aLossThatIsNotFiniteNamesStepAndPlaceAndKeepsTheLastGoodWeights() {
    var model = Perceptron.model(data(), Map.of("batch", 50.0, "epochs", 50.0), 1e38);
    assertThat(run(model, "train", "--out", path("w.npz"))).isEqualTo(1);
    assertThat(faults()).containsPattern("error: the loss became (NaN|Infinity): at step \\d+ \\(epoch \\d+\\) first perceptron.nn:\\d: ")
        .contains("clip_norm").doesNotContain("\tat ");
    for (var array : Npz.read(folder.resolve("w.npz")).entrySet()) {
      if (!array.getKey().startsWith("nnc.")) {
        for (double value : array.getValue().toDoubles()) {
          assertThat(value).describedAs(array.getKey()).isFinite();
        }
      }
    }
  }

  @Test
  void checkpointsAreKeptUpToTheirNumber() throws IOException {
    var model = Perceptron.model(data(), Map.of("batch", 10.0, "epochs", 2.0, "checkpoint_steps", 4.0, "keep", 2.0));
    assertThat(run(model, "train", "--out", path("w.npz"))).isZero();
    List<String> names = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder)) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    assertThat(names).containsExactlyInAnyOrder("w.npz", "w-step00000016.npz", "w-step00000020.npz");
  }

  @Test
  void stopsAtTheFirstRiseWhenAskedTo() {
    var data = data();
    data.put("train", new Source("xor", List.of(number(100)), Map.of("seed", number(1)), null, 12));
    data.put("validate", split("train", 0.3));
    var model = Perceptron.model(data, Map.of("batch", 8.0, "epochs", 400.0, "early_stopping", 1.0, "compare", "last", "restore_best", false));
    assertThat(run(model, "train", "--out", path("w.npz"), "--log", path("log.csv"))).isZero();
    double[] losses = column("log.csv", "val_loss");
    for (int i = 1; i < losses.length - 1; i++) {
      assertThat(losses[i]).isLessThan(losses[i - 1]);
    }
    assertThat(losses[losses.length - 1]).isGreaterThanOrEqualTo(losses[losses.length - 2]);
    run(model, "evaluate", "--weights", path("w.npz"), "--on", "validate", "--json");
    assertThat(lines().getLast()).contains("\"loss\":" + losses[losses.length - 1]);
  }

  private double[] column(String file, String name) {
    try {
      List<String> csv = Files.readAllLines(folder.resolve(file));
      int place = List.of(csv.getFirst().split(",")).indexOf(name);
      return csv.stream().skip(1).mapToDouble(line -> Double.parseDouble(line.split(",")[place])).toArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void watchesAMetricAndEndsWithItsBestEpoch() {
    var data = data();
    data.put("validate", split("train", 0.5));
    var model = Perceptron.model(data, Map.of("batch", 10.0, "epochs", 12.0, "monitor", "accuracy", "restore_best", true), 3);
    assertThat(run(model, "train", "--out", path("w.npz"), "--log", path("log.csv"))).isZero();
    double best = java.util.Arrays.stream(column("log.csv", "val_accuracy")).max().orElseThrow();
    run(model, "evaluate", "--weights", path("w.npz"), "--on", "validate", "--json");
    assertThat(lines().getLast()).contains("\"accuracy\":" + (best == 1 ? "1" : "" + best));
  }

  @Test
  void settingsThatMakeNoSenseAreFaults() {
    var data = data();
    data.put("validate", split("train", 0.5));
    assertThat(run(Perceptron.model(data, Map.of("early_stopping", 1.0, "monitor", "f1")), "train", "--out", path("w.npz"))).isEqualTo(1);
    assertThat(faults()).contains("nothing is called f1").contains("loss, accuracy");
    assertThat(run(Perceptron.model(data, Map.of("mode", "up")), "train", "--out", path("w.npz"))).isEqualTo(1);
    assertThat(faults()).contains("perceptron.nn: train: mode must be \"min\" or \"max\", not up");
  }

  @Test
  void optionsTakeTheSettingsPlace() throws IOException {
    run(model(), "train", "--out", path("a.npz"), "--batch", "10", "--epochs", "2", "--checkpoint-steps", "5", "--keep", "1");
    assertThat(files()).containsExactlyInAnyOrder("a.npz", "a-step00000020.npz");
    assertThat(run(model(), "train", "--out", path("a.npz"), "--early-stopping", "2")).isEqualTo(1);
    assertThat(faults()).contains("early_stopping needs validation data");
    assertThat(run(model(), "train", "--min-delta", "-1")).isEqualTo(2);
  }

  @Test
  void aResumedTrainingCountsTheCheckpointsThatAreThere() throws IOException {
    var settings = new String[] {"--batch", "10", "--checkpoint-steps", "4", "--keep", "2"};
    run(model(), join(new String[] {"train", "--out", path("w.npz"), "--epochs", "1"}, settings));
    assertThat(files()).containsExactlyInAnyOrder("w.npz", "w-step00000004.npz", "w-step00000008.npz");
    Files.copy(folder.resolve("w.npz"), folder.resolve("w-step99999999.npz"));
    run(model(), join(new String[] {"train", "--resume", path("w.npz"), "--epochs", "2"}, settings));
    assertThat(files()).containsExactlyInAnyOrder("w.npz", "w-step00000016.npz", "w-step00000020.npz", "w-step99999999.npz");
  }

  private static String[] join(String[] a, String[] b) {
    return java.util.stream.Stream.of(a, b).flatMap(java.util.Arrays::stream).toArray(String[]::new);
  }

  private List<String> files() throws IOException {
    List<String> names = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder)) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    return names;
  }

  @Test
  void initTakesWhatFitsAndTellsOfTheRest() {
    run(model(), "train", "--out", path("w.npz"));
    Map<String, Tensor> arrays = Npz.read(folder.resolve("w.npz"));
    double[] trained = arrays.get("dense.W").toDoubles();
    arrays.put("dense.b", new Tensor(new int[] {4}, new float[4]));
    arrays.put("head.W", new Tensor(new int[] {1}, new float[1]));
    Npz.write(folder.resolve("half.npz"), arrays);
    assertThat(run(model(), "train", "--init", path("half.npz"), "--out", path("v.npz"), "--epochs", "0")).isZero();
    assertThat(lines().subList(0, 3)).containsExactly("1 of 2 weights from " + path("half.npz"),
        "  of another shape, new: dense.b ([4] there, [1] here)", "  in the file, not used: head.W ([1])");
    assertThat(Npz.read(folder.resolve("v.npz")).get("dense.W").toDoubles()).isEqualTo(trained);
    arrays.remove("dense.b");
    Npz.write(folder.resolve("half.npz"), arrays);
    run(model(), "train", "--init", path("half.npz"), "--out", path("v.npz"), "--epochs", "0", "--json");
    assertThat(lines().getFirst()).contains("\"taken\":[\"dense.W\"],\"missing\":[\"dense.b\"],\"other_shape\":[],\"unused\":[\"head.W ([1])\"]");
    arrays.remove("dense.W");
    Npz.write(folder.resolve("half.npz"), arrays);
    assertThat(run(model(), "train", "--init", path("half.npz"), "--out", path("v.npz"))).isEqualTo(1);
    assertThat(faults()).contains("none of its arrays is a weight of the network").contains("the file has head.W ([1])");
  }

  @Test
  void logsALineAnEpoch() throws IOException {
    run(model(), "train", "--out", path("w.npz"), "--log", path("log.csv"), "--epochs", "2");
    run(model(), "train", "--resume", path("w.npz"), "--log", path("log.csv"), "--epochs", "3");
    List<String> csv = Files.readAllLines(folder.resolve("log.csv"));
    assertThat(csv).hasSize(4);
    assertThat(csv.getFirst()).isEqualTo("epoch,step,seconds,loss,accuracy");
    assertThat(csv.getLast()).startsWith("3,12,");
    run(model(), "train", "--out", path("w.npz"), "--log", path("log.jsonl"), "--epochs", "1");
    assertThat(Files.readAllLines(folder.resolve("log.jsonl")).getFirst()).startsWith("{\"epoch\":1,\"step\":4,\"seconds\":");
  }

  @Test
  void predictsAnyNumberOfRows() {
    run(model(), "train", "--out", path("w.npz"), "--epochs", "1");
    for (int rows : new int[] {0, 1, 256, 700}) {
      float[] points = new float[2 * rows];
      for (int i = 0; i < points.length; i++) {
        points[i] = i % 13 - 6;
      }
      Npz.write(folder.resolve("in.npz"), Map.of("point", new Tensor(new int[] {rows, 2}, points)));
      assertThat(run(model(), "predict", "--weights", path("w.npz"), "--in", path("in.npz"), "--out", path("o.npz"))).isZero();
      Tensor score = Npz.read(folder.resolve("o.npz")).get("score");
      assertThat(score.shape()).containsExactly(rows);
      var w = Npz.read(folder.resolve("w.npz"));
      for (int i = 0; i < rows; i++) {
        float expected = points[2 * i] * (float) w.get("dense.W").get(0) + points[2 * i + 1] * (float) w.get("dense.W").get(1)
            + (float) w.get("dense.b").get(0);
        assertThat((float) score.get(i)).isEqualTo(expected);
      }
    }
  }

  @Test
  void faultsOfPredictNameFileArrayAndShapes() {
    run(model(), "train", "--out", path("w.npz"), "--epochs", "1");
    Npz.write(folder.resolve("in.npz"), Map.of("points", new Tensor(new int[] {2, 2}, new float[4])));
    assertThat(run(model(), "predict", "--weights", path("w.npz"), "--in", path("in.npz"), "--out", path("o.npz"))).isEqualTo(1);
    assertThat(faults()).isEqualTo("error: " + path("in.npz") + ": no array point for input point: float[N, 2]; it has points\n");
    Npz.write(folder.resolve("in.npz"), Map.of("point", new Tensor(new int[] {2, 3}, new float[6])));
    assertThat(run(model(), "predict", "--weights", path("w.npz"), "--in", path("in.npz"), "--out", path("o.npz"))).isEqualTo(1);
    assertThat(faults()).contains("input point: float32[2, 3] given, float[N, 2] declared");
    assertThat(run(model(), "predict", "--in", path("in.npz"), "--out", path("o.npz"))).isEqualTo(1);
    assertThat(faults()).contains("the network perceptron has no weights").contains("--weights FILE");
    assertThat(run(model(), "predict", "--weights", path("absent.npz"), "--in", path("in.npz"), "--out", path("o.npz"))).isEqualTo(1);
    assertThat(faults()).isEqualTo("error: " + path("absent.npz") + ": no such file\n");
  }

  @Test
  void weightsOfAnotherNetworkAreRefused() {
    Npz.write(folder.resolve("w.npz"), Map.of("dense.W", new Tensor(new int[] {3, 1}, new float[3]), "other.W",
        new Tensor(new int[] {1}, new float[1])));
    assertThat(run(model(), "evaluate", "--weights", path("w.npz"))).isEqualTo(1);
    assertThat(faults()).contains("does not fit the network perceptron").contains("array dense.W is float32[3, 1], the network's is [2, 1]")
        .contains("no array dense.b").contains("the file has other.W ([1])");
  }

  @Test
  void wrongUsageGivesExitCodeTwoAndASuggestion() {
    assertThat(run(model(), "train", "--epoch", "3")).isEqualTo(2);
    assertThat(faults()).startsWith("error: unknown option --epoch; did you mean --epochs?");
    assertThat(run(model(), "tain")).isEqualTo(2);
    assertThat(faults()).startsWith("error: unknown command 'tain'; did you mean train?");
    assertThat(run(model(), "train", "--epochs", "many")).isEqualTo(2);
    assertThat(faults()).startsWith("error: --epochs must be a whole number, not 'many'");
    assertThat(run(model(), "train", "--batch", "99999999999")).isEqualTo(2);
    assertThat(faults()).startsWith("error: --batch must be at most 2147483647, not 99999999999");
    assertThat(run(model(), "train", "--batch", "99999999999999999999")).isEqualTo(2);
    assertThat(faults()).startsWith("error: --batch must be at most 9223372036854775807, not 99999999999999999999");
    assertThat(run(model(), "predict", "--out", "x")).isEqualTo(2);
    assertThat(faults()).startsWith("error: --in is missing");
    assertThat(run(model())).isEqualTo(2);
  }

  @Test
  void helpListsEveryOption() {
    assertThat(run(model(), "--help")).isZero();
    assertThat(lines()).anyMatch(line -> line.contains("bundle"));
    assertThat(run(model(), "train", "--help")).isZero();
    for (var flag : TrainCommand.FLAGS) {
      assertThat(lines()).anyMatch(line -> line.contains(flag.name()));
    }
  }

  @Test
  void summaryCountsParameters() {
    assertThat(run(model(), "summary")).isZero();
    assertThat(lines().getLast()).isEqualTo("total 3 parameters (12 B): 3 learned, 0 frozen");
    assertThat(run(model(), "info")).isZero();
    assertThat(lines()).contains("input  point: float[N, 2]", "target label: float[N]", "output score: float[N]");
  }
}
