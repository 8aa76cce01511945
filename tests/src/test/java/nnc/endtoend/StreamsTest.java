package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.files.Npz;
import nnc.runtime.learn.Evaluation;
import nnc.runtime.learn.Examples;
import nnc.runtime.learn.Learner;
import nnc.runtime.learn.Training;
import nnc.runtime.learn.TrainingListener;
import nnc.runtime.learn.TrainingRun;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Setting;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * States that rows carry from batch to batch: truncated back-propagation through time. Oracles: the same state fed and taken by hand; all windows in one program, with
 * {@code stop_gradient} where each begins.
 */
class StreamsTest {
  private static final int STEPS = 4, STREAMS = 3, WINDOWS = 10;

  /** The same cell under the same paths, whatever its beginning. */
  private static final String CELL = """
      cell = gru_cell(5)
      head = dense(1)
      fn read(x, begin) {
        h = begin
        steps = []
        for t in 0..shape(x)[1] {
          h = cell(x[:, t], h)
          steps = steps + [squeeze(head(h), 1)]
        }
        return stack(steps, axis = 1), h
      }
      """;
  private static final String CARRIED = """
      input x: float[N, T, 2]
      target y: float[N, T]
      %s
      layer remembering()(x: float[N, T, 2]) {
        state h: float[N, 5] = zeros
        guess, last = read(x, h)
        h <- last
        return guess
      }
      guess = remembering()(x)
      output guess
      loss mse(guess, y)
      train { optimizer = %s  batch = 3  epochs = 2  seed = 4 %s }
      """;
  private static final String BY_HAND = """
      input x: float[N, T, 2]
      target y: float[N, T]
      input begin: float[N, 5]
      %s
      guess, last = read(x, begin)
      output guess
      output last
      loss mse(guess, y)
      train { optimizer = %s  batch = 3  seed = 4 }
      """;

  private static final Model ADAM = Compiler.load(carried("adam(0.02)", ""));

  @TempDir
  Path folder;

  private static CompiledProgram carried(String optimizer, String settings) {
    return Programs.compile(CARRIED.formatted(CELL, optimizer, settings), 64);
  }

  private static Examples windows(int count) {
    return Examples.of(Map.of("x", new Tensor(new int[] {count, STEPS, 2}, numbers(count * STEPS * 2, 1)), "y", new Tensor(new int[] {count, STEPS}, numbers(count * STEPS, 2))));
  }

  private static double[] numbers(int count, long seed) {
    return new Random(seed).doubles(count, -1, 1).toArray();
  }

  private static double[] weights(Model model) {
    return ((double[]) model.weights()).clone();
  }

  /** Ten windows are three streams, the first a window longer. */
  private static int window(int batch, int row) {
    return row * (WINDOWS / STREAMS) + Math.min(row, WINDOWS % STREAMS) + batch;
  }

  private static double[] part(double[] all, int batch, int rows, int each) {
    double[] part = new double[rows * each];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(all, window(batch, row) * each, part, row * each, each);
    }
    return part;
  }

  @Test
  void rowsGoOnWhereTheyHaveEndedAsTheyDoByHand() {
    var model = Training.of(ADAM.initialised(4)).train(windows(WINDOWS)).run().model();

    var hand = Compiler.load(Programs.compile(BY_HAND.formatted(CELL, "adam(0.02)"), 64)).initialised(4);
    var learner = Learner.of(hand, Map.of("N", STREAMS, "T", STEPS), Threads.shared());
    double[] x = numbers(WINDOWS * STEPS * 2, 1);
    double[] y = numbers(WINDOWS * STEPS, 2);
    for (int epoch = 0; epoch < 2; epoch++) {
      double[] begin = new double[STREAMS * 5];
      for (int batch = 0; batch < 4; batch++) {
        int rows = batch < 3 ? STREAMS : 1;
        begin = Arrays.copyOf(begin, rows * 5);
        // what the weights before the step leave is what the rows carry
        var context = hand.context("predict", Map.of("N", rows, "T", STEPS), Threads.shared());
        context.input("x").set(new Tensor(new int[] {rows, STEPS, 2}, part(x, batch, rows, STEPS * 2)));
        context.input("begin").set(new Tensor(new int[] {rows, 5}, begin));
        context.run();
        learner.epoch(epoch);
        learner.set("x", new Tensor(new int[] {rows, STEPS, 2}, part(x, batch, rows, STEPS * 2)));
        learner.set("y", new Tensor(new int[] {rows, STEPS}, part(y, batch, rows, STEPS)));
        learner.set("begin", new Tensor(new int[] {rows, 5}, begin));
        learner.step();
        begin = context.output("last").tensor().toDoubles();
      }
    }
    assertThat(weights(model)).containsExactly(weights(hand), within(1e-14));
  }

  /** As many windows as an update has to come: all at once, with the gradient stopped between them. */
  @Test
  void gradientsStopWhereAWindowBegins() {
    int count = 3;
    var model = Training.of(Compiler.load(carried("sgd(0.5)", "accumulate = 3")).initialised(4)).train(windows(STREAMS * count)).epochs(1).run().model();
    var source = """
        input x: float[N, 12, 2]
        target y: float[N, 12]
        %s
        h = zeros(N, 5)
        parts = []
        for w in 0..3 {
          guess, last = read(x[:, 4 * w:4 * w + 4], %s)
          h = last
          parts = parts + [guess]
        }
        guess = concat(parts, axis = 1)
        output guess
        loss mse(guess, y)
        train { optimizer = sgd(0.5)  batch = 3  seed = 4 }
        """;
    // three streams of three windows each, one behind the other, are three rows of twelve places
    var rows = Examples.of(Map.of("x", new Tensor(new int[] {STREAMS, 12, 2}, numbers(STREAMS * 24, 1)), "y", new Tensor(new int[] {STREAMS, 12}, numbers(STREAMS * 12, 2))));
    var stopped = trainedInOrder(source.formatted(CELL, "stop_gradient(h)"), rows);
    var flowing = trainedInOrder(source.formatted(CELL, "h"), rows);
    for (var weight : stopped.spec().weights()) {
      var learned = model.spec().weights().stream().filter(other -> other.path().equals(weight.path())).findFirst();
      if (learned.isPresent()) {
        for (int i = 0; i < weight.size(); i++) {
          assertThat(weights(model)[learned.get().offset() + i]).as(weight.path()).isCloseTo(weights(stopped)[weight.offset() + i], within(1e-12));
        }
      }
    }
    assertThat(weights(flowing)).as("what the gradient brings that is cut off").isNotEqualTo(weights(stopped));
  }

  private static Model trainedInOrder(String source, Examples rows) {
    return Training.of(Compiler.load(Programs.compile(source, 64)).initialised(4)).train(rows).set(Setting.SHUFFLE, false).epochs(1).run().model();
  }

  /** The loss of one long row. */
  @Test
  void evaluationReadsAllRowsAsOne() {
    var model = ADAM.initialised(4);
    double told = Evaluation.of(model, windows(WINDOWS)).get("loss").get(0);
    var whole = Compiler.load(Programs.compile(BY_HAND.formatted(CELL, "adam(0.02)"), 64)).initialised(4);
    int places = WINDOWS * STEPS;
    double one = Evaluation.of(whole, Examples.of(Map.of("x", new Tensor(new int[] {1, places, 2}, numbers(places * 2, 1)), "y", new Tensor(new int[] {1, places}, numbers(places, 2)),
        "begin", new Tensor(new int[] {1, 5}, new double[5])))).get("loss").get(0);
    assertThat(told).isCloseTo(one, within(1e-14));
    assertThat(Evaluation.of(model, windows(WINDOWS)).get("loss").get(0)).as("begins anew each time").isEqualTo(told);
  }

  /** Between two batches, before the short last one, at an epoch's end, in the second epoch. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 6})
  void whatIsStoppedGoesOnToTheSameBits(int when) {
    var whole = Training.of(ADAM.initialised(4)).train(windows(WINDOWS)).run().model();
    var file = folder.resolve("part.npz");
    Training.of(ADAM.initialised(4)).train(windows(WINDOWS)).save(file).listener(new TrainingListener() {
      @Override
      public void stepped(TrainingRun run) {
        if (run.step() == when) {
          run.stop();
        }
      }
    }).run();
    var resumed = Training.of(ADAM).train(windows(WINDOWS)).resume(file).run().model();
    assertThat(weights(resumed)).isEqualTo(weights(whole));
  }

  /** The weights before the step that spoils them go on to the same fault, at the same step. */
  @Test
  void whatDivergesIsFoundAgainFromWhatRowsHadLeft() {
    var model = Compiler.load(carried("sgd(0.1 * where(step > 2, infinity, 1))", "")).initialised(4);
    var file = folder.resolve("good.npz");
    assertThatThrownBy(() -> Training.of(model).train(windows(WINDOWS)).save(file).run()).isInstanceOf(Fault.class).hasMessageContaining("at step 3 (epoch 1)");
    var plain = Compiler.load(carried("sgd(0.1)", "")).initialised(4);
    var other = folder.resolve("plain.npz");
    Training.of(plain).train(windows(WINDOWS)).save(other).listener(new TrainingListener() {
      @Override
      public void stepped(TrainingRun run) {
        if (run.step() == 2) {
          run.stop();
        }
      }
    }).run();
    var left = Npz.read(file).get("nnc.carried.remembering.h");
    assertThat(left.toDoubles()).isEqualTo(Npz.read(other).get("nnc.carried.remembering.h").toDoubles());
  }

  @Test
  void theLibrarysLstmCarriesBothItsStates() {
    carriesItsStates("lstm");
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"rnn", "gru"})
  void layersOfTheLibraryCarryTheirStates(String layer) {
    carriesItsStates(layer);
  }

  /** What the library's layers carry: {@code stateful = true}, to the loss of one long row. */
  private static void carriesItsStates(String layer) {
    var source = """
        input x: float[N, T, 2]
        target y: float[N, T]
        guess = squeeze(x |> %s(5%s) |> dense(1), 2)
        output guess
        loss mse(guess, y)
        train { optimizer = adam(0.01)  batch = 3  seed = 4 }
        """;
    var carried = Compiler.load(Programs.compile(source.formatted(layer, ", stateful = true"), 64)).initialised(4);
    var plain = Compiler.load(Programs.compile(source.formatted(layer, ""), 64)).initialised(4);
    int places = WINDOWS * STEPS;
    double one = Evaluation.of(plain, Examples.of(Map.of("x", new Tensor(new int[] {1, places, 2}, numbers(places * 2, 1)), "y", new Tensor(new int[] {1, places}, numbers(places, 2))))).get("loss").get(0);
    assertThat(Evaluation.of(carried, windows(WINDOWS)).get("loss").get(0)).isCloseTo(one, within(1e-14));
    assertThat(Evaluation.of(plain, windows(WINDOWS)).get("loss").get(0)).isNotCloseTo(one, within(1e-6));
    assertThat(Training.of(carried).train(windows(WINDOWS)).run().loss()).isFinite();
    assertThat(carried.code("predict").plan.results()).as("predictions begin anew").noneMatch(result -> result.role() == Role.CARRIED);
  }

  @Test
  void whoFeedsAloneBeginsAnew() {
    var model = Compiler.load(carried("sgd(0.000000000001)", "")).initialised(4);
    var learner = Learner.of(model, Map.of("N", 2, "T", STEPS), Threads.shared());
    var losses = new ArrayList<Double>();
    for (int i = 0; i < 3; i++) {
      if (i == 2) {
        learner.restart();
      }
      learner.set("x", new Tensor(new int[] {1, STEPS, 2}, numbers(STEPS * 2, 1)));
      learner.set("y", new Tensor(new int[] {1, STEPS}, numbers(STEPS, 2)));
      losses.add(learner.step());
    }
    assertThat(losses.get(1)).isNotCloseTo(losses.get(0), within(1e-6));
    assertThat(losses.get(2)).isCloseTo(losses.get(0), within(1e-9));
    learner.set("x", new Tensor(new int[] {2, STEPS, 2}, numbers(STEPS * 4, 1)));
    learner.set("y", new Tensor(new int[] {2, STEPS}, numbers(STEPS * 2, 2)));
    assertThatThrownBy(learner::step).isInstanceOf(Fault.class).hasMessageContaining("state remembering.h is carried from a run of [1, 5], and this one is of [2, 5]");
  }

  @Test
  void whatHasNoNextRowIsRefused() {
    var model = ADAM.initialised(4);
    assertThatThrownBy(() -> Training.of(model).train(windows(WINDOWS)).set(Setting.SHUFFLE, true).run()).isInstanceOf(Fault.class).hasMessageContaining("shuffle = true, and rows of a batch go on");
    assertThatThrownBy(() -> Training.of(model).train(windows(WINDOWS)).validate(0.2).run()).isInstanceOf(Fault.class).hasMessageContaining("do not follow each other");
    assertThatThrownBy(() -> Training.of(Compiler.load(carried("lbfgs()", "")).initialised(4)).train(windows(WINDOWS)).run()).isInstanceOf(Fault.class)
        .hasMessageContaining("runs a batch several times");
    var refused = Map.of("state h: float[N, 5] = ones", "begins with zeros", "state h: int[N, 5] = zeros", "is of floats", "state h: float[N, T] = zeros", "open in the number of rows alone",
        "state h: float[T, 5] = zeros", "what is kept has no open dimension");
    refused.forEach((state, message) -> assertThat(Programs.faults(CARRIED.formatted(CELL, "adam(0.02)", "").replace("state h: float[N, 5] = zeros", state))).contains(message));
    assertThat(Programs.faults(CARRIED.formatted(CELL, "adam(0.02)", "step { loss = mse(guess, y) }  step { loss = mse(guess, 0 * y)  every = 2 }"))).contains("several steps in turn");
    assertThat(Programs.faults("input x: float[N, T, 2]\noutput y = x |> gru(3, stateful = true, bidirectional = true)")).contains("exclude each other");
  }
}
