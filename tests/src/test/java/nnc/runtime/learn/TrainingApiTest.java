package nnc.runtime.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nnc.Allocated;
import nnc.Compiler;
import nnc.Said;
import nnc.endtoend.Programs;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training from Java; oracle: the command line, to the last bit. */
class TrainingApiTest {
  private static final String NETWORK = """
      input point: float[N, 2]
      target label: float[N]
      logit = point |> standardize |> dense(5, tanh) |> dropout(0.2) |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss binary_cross_entropy(logit, label)
      regularize l2(0.01) on "*.W"
      metric accuracy = mean((logit > 0) == (label > 0.5))
      metric auc = roc_auc(logit, label > 0.5)
      data { %s }
      train { optimizer = adam(0.01)  batch = 16  epochs = 3  seed = 5 }
      """;
  private static final String CIRCLE = "train = circle(90, noise = 0.2)  validate = split(train, 0.2)";
  private static final int STEPS = 5;

  @TempDir
  Path folder;

  private final Model model = load(CIRCLE);

  private static Model load(String data) {
    return Compiler.load(Programs.compile(NETWORK.formatted(data), 32));
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(file(name));
  }

  private void train(Model model, String... options) {
    var arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(List.of(options));
    var said = Said.byNetwork(model, folder, arguments.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
  }

  private Map<String, Tensor> circle() {
    var table = new Data(model.spec(), new Folder(folder, null, null)).table("train");
    var whole = table.select(java.util.stream.IntStream.range(0, 90).toArray());
    var points = new double[180];
    var labels = new double[90];
    for (int i = 0; i < 90; i++) {
      points[2 * i] = whole.column("point").get(2 * i);
      points[2 * i + 1] = whole.column("point").get(2 * i + 1);
      labels[i] = whole.column("label").get(i);
    }
    return Map.of("point", new Tensor(new int[] {90, 2}, points), "label", new Tensor(new int[] {90}, labels));
  }

  @Test
  void theProgramsDataGiveTheCommandLinesBits() throws IOException {
    train(model, "--out", file("cli.npz").toString(), "--log", file("cli.csv").toString(), "--log-steps", "2", "--epochs", "4", "--batch", "20");
    var run = Training.of(model).epochs(4).batch(20).threads(2).save(file("api.npz")).log(file("api.csv")).logSteps(2).run();
    assertThat(run.ending()).isEqualTo(TrainingRun.Ending.COMPLETED);
    assertThat(bytes("api.npz")).isEqualTo(bytes("cli.npz"));
    assertThat(bytes("api-steps.csv")).isEqualTo(bytes("cli-steps.csv"));
    assertThat(run.epochs()).hasSize(4);
    var lines = Files.readAllLines(file("cli.csv"));
    var names = List.of(lines.getFirst().split(","));
    for (var epoch : run.epochs()) {
      var fields = lines.get(epoch.number()).split(",");
      assertThat(epoch.training("loss")).isEqualTo(Double.parseDouble(fields[names.indexOf("loss")]));
      assertThat(epoch.training("penalty")).isEqualTo(Double.parseDouble(fields[names.indexOf("penalty")]));
      assertThat(epoch.validation("auc")).isEqualTo(Double.parseDouble(fields[names.indexOf("val_auc")]));
      assertThat(epoch.step()).isEqualTo(Integer.parseInt(fields[1]));
    }
    assertThat(model.hasWeights()).as("the model that was given").isFalse();
    assertThat(run.model().weight("dense.W").toDoubles()).isEqualTo(Npz.read(file("cli.npz")).get("dense.W").toDoubles());
  }

  /** The same numbers in memory: a part held back as a program does it, a part given, and a file. */
  @Test
  void arraysGiveTheBitsOfAFile() throws IOException {
    Npz.write(file("points.npz"), circle());
    Npz.write(file("all.npz"), circle());
    var byFile = load("train = npz(\"points.npz\")  validate = split(train, 0.3)  test = npz(\"all.npz\")");
    train(byFile, "--out", file("cli.npz").toString());
    var examples = Examples.of(circle());
    assertThat(examples.size()).isEqualTo(90);
    var without = load("train = npz(\"absent.npz\")");
    var held = Training.of(without).train(examples).validate(0.3).save(file("held.npz")).run();
    assertThat(bytes("held.npz")).isEqualTo(bytes("cli.npz"));
    Training.of(byFile).train(examples).save(file("own.npz")).run();
    assertThat(bytes("own.npz")).as("the program's own split of what is given").isEqualTo(bytes("cli.npz"));
    var said = Said.byNetwork(byFile, folder, "evaluate", "--weights", file("cli.npz").toString(), "--json").out();
    var figures = Evaluation.of(held.model(), examples);
    assertThat(said).contains("\"loss\":" + figures.get("loss").get(0)).contains("\"auc\":" + figures.get("auc").get(0));
    var both = Training.of(without).train(examples).validate(examples).epochs(1).run();
    assertThat(both.epochs().getFirst().validation("loss")).isEqualTo(Evaluation.of(both.model(), examples).get("loss").get(0));
    assertThat(both.epochs().getFirst().examples()).isEqualTo(90);
  }

  /** Numbers of arrays, read when asked for; the readings are counted. */
  private static class Counted implements ExampleSource {
    final Map<String, Tensor> arrays;
    final List<Integer> read = new ArrayList<>();

    Counted(Map<String, Tensor> arrays) {
      this.arrays = arrays;
    }

    @Override
    public int size() {
      return arrays.get("label").size();
    }

    @Override
    public Map<String, int[]> shapes() {
      return Map.of("point", new int[] {2}, "label", new int[] {});
    }

    @Override
    public void read(int example, Map<String, double[]> into) {
      read.add(example);
      into.get("point")[0] = arrays.get("point").get(2 * example);
      into.get("point")[1] = arrays.get("point").get(2 * example + 1);
      into.get("label")[0] = arrays.get("label").get(example);
    }
  }

  /** All arrays but the check sums, which are of some rows where these are read when asked for. */
  private Map<String, String> learned(String name) {
    Map<String, String> learned = new TreeMap<>();
    Npz.read(file(name)).forEach((array, tensor) -> learned.put(array, Arrays.toString(tensor.toDoubles())));
    learned.keySet().removeIf(array -> array.startsWith("nnc.data."));
    return learned;
  }

  @Test
  void whatIsStreamedGivesTheBitsOfWhatIsInMemory() throws IOException {
    Training.of(model).train(Examples.of(circle())).validate(0.3).save(file("memory.npz")).run();
    for (int threads = 1; threads < 3; threads++) {
      var source = new Counted(circle());
      var streamed = Examples.of(source);
      assertThat(source.read).isEmpty();
      var run = Training.of(model).train(streamed).validate(0.3).threads(threads).save(file("streamed.npz")).prepare();
      source.read.clear();
      run.run();
      assertThat(learned("streamed.npz")).isEqualTo(learned("memory.npz"));
      assertThat(source.read).as("each example once for all columns: three epochs of 63, and the 27 of the validation, which are one batch").hasSize(3 * 63 + 27);
      assertThat(Evaluation.of(run.model(), streamed).get("auc").get(0)).isEqualTo(Evaluation.of(run.model(), Examples.of(circle())).get("auc").get(0));
    }
  }

  @Test
  void faultsOfASource() {
    var classes = Compiler.load(Programs.compile("""
        input point: float[N, 2]
        target label: int[N]
        loss cross_entropy(point |> dense(3), label)
        train { optimizer = sgd(0.1)  batch = 7  epochs = 2  shuffle = false }
        """, 32));
    var labels = new double[20];
    labels[11] = 3;
    var arrays = Map.of("point", new Tensor(new int[] {20, 2}, new double[40]), "label", new Tensor(new int[] {20}, labels));
    var run = Training.of(classes).train(Examples.of(new Counted(arrays))).prepare();
    assertThatThrownBy(run::run).isInstanceOf(Fault.class).hasMessageContaining("3").hasMessageContaining("row 11 of the examples given")
        .hasMessageContaining("at step 2 (epoch 1); the weights before that step are the model's");
    var failing = new Counted(arrays) {
      @Override
      public void read(int example, Map<String, double[]> into) {
        if (example == 17) {
          throw new java.io.UncheckedIOException(new IOException("gone"));
        }
        super.read(example, into);
        into.get("label")[0] = 1;
      }
    };
    var broken = Training.of(classes).train(Examples.of(failing)).prepare();
    assertThatThrownBy(broken::run).isInstanceOf(java.io.UncheckedIOException.class);
    assertThat(broken.step()).isEqualTo(2);
    arrays = Map.of("point", new Tensor(new int[] {0, 2}, new double[0]), "label", new Tensor(new int[] {0}, new double[0]));
    var none = new Counted(arrays);
    assertThatThrownBy(() -> Examples.of(none)).isInstanceOf(Fault.class).hasMessageContaining("no rows");
  }

  // ---- listeners

  private static final class Diary implements TrainingListener {
    final List<String> lines = new ArrayList<>();

    @Override
    public void started(TrainingRun run) {
      assertThat(run.loss()).isNaN();
      lines.add("started at step " + run.step() + " epoch " + run.epoch());
    }

    @Override
    public void stepped(TrainingRun run) {
      assertThat(run.loss()).isFinite();
      assertThat(run.soFar()).containsKeys("loss", "penalty", "accuracy");
      lines.add(run.epoch() + "." + run.step());
    }

    @Override
    public void epochEnded(TrainingRun run, EpochResult epoch) {
      lines.add("epoch " + epoch.number() + " of step " + epoch.step() + " = " + run.step());
    }

    @Override
    public void checkpointed(TrainingRun run, Path file) {
      assertThat(file).exists();
      lines.add(file.getFileName().toString());
    }

    @Override
    public void ended(TrainingRun run) {
      lines.add("ended " + run.ending() + " in epoch " + run.epoch());
    }
  }

  @Test
  void listenersAreToldInOrder() {
    var diary = new Diary();
    var second = new Diary();
    Training.of(model).epochs(2).checkpoints(4, 1).save(file("w.npz")).listener(diary).listener(second).run();
    assertThat(diary.lines).containsExactly("started at step 0 epoch 1", "1.1", "1.2", "1.3", "1.4", "w-step00000004.npz", "1.5", "epoch 1 of step 5 = 5",
        "2.6", "2.7", "2.8", "w-step00000008.npz", "2.9", "2.10", "epoch 2 of step 10 = 10", "ended COMPLETED in epoch 2");
    assertThat(second.lines).isEqualTo(diary.lines);
    var resumed = new Diary();
    Training.of(model).epochs(3).resume(file("w-step00000008.npz")).listener(resumed).run();
    assertThat(resumed.lines).containsExactly("started at step 8 epoch 2", "2.9", "2.10", "epoch 2 of step 10 = 10", "3.11", "3.12", "3.13", "3.14", "3.15",
        "epoch 3 of step 15 = 15", "ended COMPLETED in epoch 3");
  }

  /** Where each stops: before the first step, after some step, after the last of an epoch, at an epoch's end; and one that throws there instead. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5, 8, 15, -1, -2})
  void whatIsStoppedGoesOnToTheSameBits(int when) throws IOException {
    train(model, "--out", file("whole.npz").toString());
    for (boolean throwing : new boolean[] {false, true}) {
      var listener = new TrainingListener() {
        private void now(TrainingRun run) {
          if (throwing) {
            throw new IllegalStateException("enough");
          }
          run.stop();
        }

        @Override
        public void started(TrainingRun run) {
          if (when == 0) {
            now(run);
          }
        }

        @Override
        public void stepped(TrainingRun run) {
          assertThat(run.step()).isLessThanOrEqualTo(when < 0 ? -when * STEPS : when);
          if (run.step() == when) {
            now(run);
          }
        }

        @Override
        public void epochEnded(TrainingRun run, EpochResult epoch) {
          if (epoch.number() == -when) {
            now(run);
          }
        }
      };
      var run = Training.of(model).save(file("part.npz")).listener(listener).prepare();
      if (throwing) {
        assertThatThrownBy(run::run).isInstanceOf(IllegalStateException.class).hasMessage("enough");
        assertThat(run.ending()).isNotEqualTo(TrainingRun.Ending.COMPLETED);
      } else {
        assertThat(run.run().ending()).isEqualTo(TrainingRun.Ending.STOPPED);
      }
      assertThat(run.step()).isEqualTo(when < 0 ? -when * STEPS : when);
      assertThat(run.model().weight("dense.W").toDoubles()).isEqualTo(Npz.read(file("part.npz")).get("dense.W").toDoubles());
      if (throwing) {
        train(model, "--resume", file("part.npz").toString());
      } else {
        Training.of(model).resume(file("part.npz")).save(file("part.npz")).run();
      }
      assertThat(bytes("part.npz")).isEqualTo(bytes("whole.npz"));
    }
  }

  @Test
  void anotherThreadMayStopIt() {
    var run = Training.of(model).epochs(10_000).prepare();
    var other = new Thread(run::stop);
    other.start();
    assertThat(run.run().ending()).isEqualTo(TrainingRun.Ending.STOPPED);
    assertThatThrownBy(run::run).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void stepsAllocateNothingWithAListener() {
    long[] marks = new long[2];
    Training.of(model).epochs(1).batch(1).threads(1).train(Examples.of(many(6000))).validate(0.01).listener(new TrainingListener() {
      @Override
      public void stepped(TrainingRun run) {
        if (run.step() == 3000) {
          marks[0] = Allocated.here();
        } else if (run.step() == 5000 && run.loss() < 1e30) {
          marks[1] = Allocated.here();
        }
      }
    }).run();
    assertThat(marks[1] - marks[0]).isLessThan(20_000);
  }

  private static Map<String, Tensor> many(int count) {
    return Map.of("point", new Tensor(new int[] {count, 2}, new java.util.Random(1).doubles(2L * count).toArray()), "label",
        new Tensor(new int[] {count}, new byte[count], true));
  }

  @Test
  void endsEarlyWithTheBestWeights() {
    var run = Training.of(model).epochs(500).set(Setting.MIN_DELTA, 0.02).earlyStopping(2).run();
    assertThat(run.ending()).isEqualTo(TrainingRun.Ending.EARLY);
    var best = run.epochs().stream().filter(EpochResult::best).toList().getLast();
    assertThat(run.epochs().getLast().number()).isEqualTo(best.number() + 2);
    var validate = new Data(model.spec(), new Folder(folder, null, null)).table("validate");
    var told = new nnc.runtime.train.Evaluator(run.model(), validate, 1, nnc.runtime.base.Threads.shared()).run(new nnc.runtime.train.Interrupt());
    assertThat(told.getFirst().values()[0]).isEqualTo(best.validation("loss"));
  }

  @Test
  void startsFromWeightsThatFit() {
    var first = Training.of(model).run();
    var same = Training.of(model).init(first.model()).epochs(0).run();
    assertThat(same.taken()).contains("dense.W", "dense_2.b");
    assertThat(same.model().weight("dense.W").toDoubles()).isEqualTo(first.model().weight("dense.W").toDoubles());
    first.model().save(file("w.npz"));
    var byFile = Training.of(model).init(file("w.npz")).seed(9).epochs(0).run();
    assertThat(byFile.model().weight("dense.W").toDoubles()).isEqualTo(first.model().weight("dense.W").toDoubles());
  }

  @Test
  void faultsSayWhatToDo() {
    assertFault(Training.of(model).checkpoints(3, 1), "checkpoints stand beside the weights that are saved, and none are");
    assertFault(Training.of(model).init(file("a.npz")).resume(file("b.npz")), "exclude each other");
    assertFault(Training.of(model).resume(file("absent.npz")), "absent.npz: no such file");
    assertFault(Training.of(model).logSteps(3), "a log of steps stands beside one of epochs");
    assertFault(Training.of(model).threads(-1), "threads must be at least 1, not -1");
    assertFault(Training.of(model).batch(0), "batch must be a whole number of at least 1, not 0");
    assertFault(Training.of(model).set(Setting.SHUFFLE, 3), "shuffle must be true or false");
    assertFault(Training.of(load("train = circle(9)")).earlyStopping(3), "early_stopping needs validation data");
    assertFault(Training.of(model).train(Examples.of(Map.of("point", new Tensor(new int[] {20, 3}, new float[60]), "label", new Tensor(new int[] {20}, new int[20])))),
        "column point [3] of the examples given has no 2 places on axis 1");
    assertFault(Training.of(model).train(Examples.of(Map.of("point", new Tensor(new int[] {20, 2}, new float[40])))), "the examples given has no column label");
    assertThatThrownBy(() -> Examples.of(Map.of())).isInstanceOf(Fault.class).hasMessageContaining("no rows");
    assertThatThrownBy(() -> Examples.of(Map.of("x", new Tensor(new int[0], new float[1])))).hasMessageContaining("x: a single number given");
    assertThatThrownBy(() -> Training.of(model).validate(1.5)).hasMessageContaining("must be between 0 and 1, not 1.5");
    var predictor = Compiler.load(Programs.compile("input x: float[N]\noutput y = 2 * x", 32));
    assertFault(Training.of(predictor).train(Examples.of(Map.of("x", new Tensor(new int[] {2}, new float[2])))), "was not compiled to train");
  }

  private static void assertFault(Training training, String message) {
    assertThatThrownBy(training::prepare).isInstanceOf(Fault.class).hasMessageContaining(message);
  }

  /** What diverges leaves the last good weights in the model. */
  @Test
  void divergenceLeavesTheLastGoodWeights() {
    var wild = Compiler.load(Programs.compile("""
        input x: float[N]
        target y: float[N]
        param w: float = ones
        loss mse(w * x, y)
        train { optimizer = sgd(1000)  batch = 2  epochs = 50 }
        """, 32));
    var run = Training.of(wild).train(Examples.of(Map.of("x", new Tensor(new int[] {4}, new float[] {1, 2, 3, 4}), "y", new Tensor(new int[] {4}, new float[4]))))
        .prepare();
    assertThatThrownBy(run::run).isInstanceOf(Fault.class).hasMessageContaining("the weights before that step are the model's");
    assertThat(run.model().weight("w").get(0)).isFinite();
    assertThat(run.ending()).isNull();
  }
}
