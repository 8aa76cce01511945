package nnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.endtoend.Programs;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.learn.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A predictor gives what a context of one's own gives, whoever asks and however; oracle: such a context. */
class PredictorTest {
  private static final String PROGRAM = """
      input size:   float[N, 1]
      input places: float[N, 3]
      input count:  int[N, 1]
      input is_new: bool[N, 1]
      features = concat([size, places, 1.0 * count, where(is_new, 1.0, 0.0)])
      output score = dense(5, tanh)(features)
      output best = argmax(score)
      """;

  /** Of open length. */
  private static final String WORDS = """
      input words: int[N, T]
      output mean = embedding(50, 4)(words) |> mean(axis = 1)
      """;

  record House(float size, double[] places, long count, boolean is_new, String remark) {}

  private static Model model(String program, long seed) {
    return Compiler.load(Programs.compile(program, 32)).initialised(seed);
  }

  private static float[] expected(Model model, Map<String, Tensor> batch, String output) {
    var context = model.context("predict", batch.values().iterator().next().shape()[0]);
    batch.forEach((name, tensor) -> context.input(name).set(tensor));
    context.run();
    return (float[]) context.output(output).tensor().data();
  }

  private static House house(Random random) {
    return new House(random.nextFloat(), new double[] {random.nextFloat(), random.nextFloat(), random.nextFloat()}, random.nextInt(9), random.nextBoolean(), "a");
  }

  private static Map<String, Tensor> batch(House house) {
    return Map.of("size", new Tensor(new int[] {1}, new float[] {house.size}), "places", new Tensor(new int[] {1, 3}, house.places), "count",
        new Tensor(new int[] {1}, new long[] {house.count}), "is_new", new Tensor(new int[] {1}, new boolean[] {house.is_new}));
  }

  @Test
  void allWaysToAskGiveTheSame() {
    var model = model(PROGRAM, 3);
    var predictor = Predictor.of(model);
    var random = new Random(1);
    for (int i = 0; i < 20; i++) {
      var house = house(random);
      var expected = expected(model, batch(house), "score");
      var places = List.of(house.places[0], house.places[1], house.places[2]);
      var asked = List.of(predictor.predict(house),
          predictor.predict(Map.of("size", house.size, "places", house.places, "count", (int) house.count, "is_new", house.is_new)),
          predictor.predict(Map.of("size", (double) house.size, "places", places, "count", (short) house.count, "is_new", house.is_new ? 1 : 0)),
          predictor.predict(house.size, new Tensor(new int[] {3}, house.places), house.count, house.is_new));
      for (var answer : asked) {
        assertThat(answer.tensor("score").shape()).containsExactly(5);
        assertThat((float[]) answer.tensor("score").data()).isEqualTo(expected);
        assertThat(expected[(int) answer.number("best")]).isEqualTo(max(expected));
      }
      assertThat((float[]) predictor.predictBatch(batch(house)).get("score").data()).isEqualTo(expected);
    }
  }

  /** More than are computed at a time, and what has to do with each other, all at once. */
  @Test
  void manyAreAnsweredAsOneByOne() {
    var model = model(PROGRAM, 3);
    var predictor = Predictor.of(model);
    var random = new Random(6);
    var asked = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < 700; i++) {
      var house = house(random);
      asked.add(Map.of("size", house.size, "places", house.places, "count", house.count, "is_new", house.is_new));
    }
    var said = predictor.predictAll(asked);
    assertThat(said).hasSize(700);
    for (int i = 0; i < 700; i++) {
      assertThat((float[]) said.get(i).tensor("score").data()).as("example %d", i).isEqualTo((float[]) predictor.predict(asked.get(i)).tensor("score").data());
    }
    assertThat(predictor.predictAll(List.of())).isEmpty();
    asked.set(300, with(new HashMap<>(asked.get(300)), "size", Double.NaN));
    assertThatThrownBy(() -> predictor.predictAll(asked)).isInstanceOf(Fault.class).hasMessageContaining("example 300: input size: NaN given");

    var together = Predictor.of(model("input x: float[N]\noutput share = x / sum(x)\n", 1)).predictAll(List.of(Map.of("x", 1), Map.of("x", 2), Map.of("x", 5)));
    assertThat(together.stream().map(one -> one.number("share"))).containsExactly(0.125, 0.25, 0.625);
    var alone = Predictor.of(model("input x: float[2]\noutput y = 2.0 * x\n", 1)).predictAll(List.of(Map.of("x", new float[] {1, 2}), Map.of("x", new float[] {3, 4})));
    assertThat(alone.stream().map(one -> one.tensor("y").toArrays())).containsExactly(new float[] {2, 4}, new float[] {6, 8});
  }

  @Test
  void examplesOfOtherLengthsAreNotTakenTogether() {
    var predictor = Predictor.of(model(WORDS, 5));
    assertThat(predictor.predictAll(List.of(Map.of("words", new int[] {1, 2}), Map.of("words", new int[] {3, 4})))).hasSize(2);
    assertThatThrownBy(() -> predictor.predictAll(List.of(Map.of("words", new int[] {1, 2}), Map.of("words", new int[] {3})))).isInstanceOf(Fault.class)
        .hasMessageContaining("example 1: input words has other sizes than in the examples before");
  }

  /** What has noise goes on drawing from part to part. */
  @Test
  void drawsGoOnFromPartToPart() {
    var predictor = Predictor.of(model("input x: float[N]\noutput y = x + normal(0, 1, [N])\n", 1));
    var asked = java.util.Collections.nCopies(600, Map.of("x", 0));
    var drawn = predictor.predictAll(asked).stream().map(one -> one.number("y")).toList();
    assertThat(drawn.stream().distinct()).hasSizeGreaterThan(590);
    var batch = predictor.predictBatch(Map.of("x", new Tensor(new int[] {600}, new float[600]))).get("y");
    assertThat(drawn).isEqualTo(java.util.stream.DoubleStream.of(batch.toDoubles()).boxed().toList());
  }

  private static float max(float[] values) {
    float most = values[0];
    for (float value : values) {
      most = Math.max(most, value);
    }
    return most;
  }

  /** Each refusal names the input, and the next request is answered. */
  @Test
  void whatDoesNotFitIsRefused() {
    var model = model(PROGRAM, 3);
    var predictor = Predictor.of(model);
    var right = new HashMap<String, Object>(Map.of("size", 1, "places", new float[] {1, 2, 3}, "count", 4, "is_new", true));
    var answer = (float[]) predictor.predict(right).tensor("score").data();
    var wrong = new ArrayList<Map<String, Object>>();
    var said = List.of("size: NaN", "places: NaN given at place 1", "places: float64[1, 2]", "places: rows of different sizes", "count", "count: 9007199254740993", "is_new", "size: null",
        "size: the text 'large'", "size: java.lang.Object given", "not given: input places, input count", "no input colour");
    wrong.add(with(right, "size", Double.NaN));
    wrong.add(with(right, "places", new float[] {1, Float.NaN, 3}));
    wrong.add(with(right, "places", new float[] {1, 2}));
    wrong.add(with(right, "places", List.of(1, List.of(2), 3)));
    wrong.add(with(right, "count", 1.5));
    wrong.add(with(right, "count", (1L << 53) + 1));
    wrong.add(with(right, "is_new", 2));
    wrong.add(with(right, "size", null));
    wrong.add(with(right, "size", "large"));
    wrong.add(with(right, "size", new Object()));
    wrong.add(new HashMap<>(Map.of("size", 1, "is_new", true)));
    wrong.add(with(right, "colour", 1));
    for (int i = 0; i < said.size(); i++) {
      var example = wrong.get(i);
      assertThatThrownBy(() -> predictor.predict(example)).isInstanceOf(Fault.class).hasMessageContaining(said.get(i));
      assertThat((float[]) predictor.predict(right).tensor("score").data()).as("after " + said.get(i)).isEqualTo(answer);
    }
    assertThatThrownBy(() -> predictor.predict(1, 2)).isInstanceOf(Fault.class).hasMessageContaining("2 values given for 4 inputs: size, places, count, is_new");
    assertThatThrownBy(() -> predictor.predict(right).tensor("scores")).isInstanceOf(Fault.class).hasMessageContaining("there are score, best");
    assertThatThrownBy(() -> predictor.predict(right).number("score")).isInstanceOf(Fault.class).hasMessageContaining("5 elements");
    assertThatThrownBy(() -> predictor.predict(right).text("best")).isInstanceOf(Fault.class).hasMessageContaining("no category");
    assertThatThrownBy(() -> Predictor.of(Compiler.load(Programs.compile(PROGRAM, 32)))).isInstanceOf(Fault.class);
  }

  private static Map<String, Object> with(Map<String, Object> right, String name, Object value) {
    var changed = new HashMap<>(right);
    changed.put(name, value);
    return changed;
  }

  @Test
  void lengthsMayDiffer() {
    var model = model(WORDS, 5);
    var predictor = Predictor.of(model);
    var random = new Random(2);
    for (int length : new int[] {3, 1, 40, 7, 41, 2}) {
      int[] words = random.ints(length, 0, 50).toArray();
      var context = model.context("predict", Map.of("N", 1, "T", length), nnc.runtime.base.Threads.shared());
      context.input("words").set(new Tensor(new int[] {1, length}, words));
      context.run();
      assertThat((float[]) predictor.predict(words).tensor("mean").data()).as("%d words", length).isEqualTo((float[]) context.output("mean").tensor().data());
    }
  }

  /** Requests of many threads while the weights change: each answer is that of one set of weights, as a whole. */
  @Test
  void weightsAreReloadedUnderLoad(@TempDir Path folder) throws Exception {
    var one = model(PROGRAM, 1);
    var other = model(PROGRAM, 2);
    one.save(folder.resolve("1.npz"));
    other.save(folder.resolve("2.npz"));
    var house = house(new Random(4));
    var answers = List.of(expected(one, batch(house), "score"), expected(other, batch(house), "score"));
    var predictor = Predictor.of(one);
    var ended = new AtomicBoolean();
    try (var pool = Executors.newFixedThreadPool(5)) {
      var all = new ArrayList<Callable<Integer>>();
      for (int thread = 0; thread < 4; thread++) {
        all.add(() -> {
          int seen = 0;
          while (!ended.get()) {
            var answer = (float[]) predictor.predict(house).tensor("score").data();
            int which = Arrays.equals(answer, answers.get(0)) ? 1 : Arrays.equals(answer, answers.get(1)) ? 2 : 4;
            seen |= which;
          }
          return seen;
        });
      }
      all.add(() -> {
        for (int i = 0; i < 200; i++) {
          predictor.reload(folder.resolve(i % 2 == 0 ? "2.npz" : "1.npz"));
        }
        ended.set(true);
        return 0;
      });
      int seen = 0;
      for (var result : pool.invokeAll(all)) {
        seen |= result.get();
      }
      assertThat(seen).as("both sets of weights, and nothing else").isEqualTo(3);
    }
    assertThatThrownBy(() -> predictor.reload(folder.resolve("none.npz"))).isInstanceOf(Fault.class);
    assertThat((float[]) predictor.predict(house).tensor("score").data()).as("the last weights that fitted").isEqualTo(answers.get(0));
  }

  /** Texts, what is missing, and answers by name, as the program's own file has them. */
  @Test
  void categoriesHaveTheirNames() throws Exception {
    var folder = Path.of("..", "samples", "tables");
    var model = Compiler.load(Compiler.compile(folder.resolve("titanic.nn"), CompilerOptions.standard()));
    var predictor = Predictor.of(Training.of(model).folder(folder).epochs(1).run().model());
    var example = new HashMap<String, Object>(Map.of("class", "1", "sex", "female", "port", "S", "family", new float[] {1, 0}, "fare", 71.28));
    example.put("age", null);
    var answer = predictor.predict(example);
    var csv = predictor.predictCsv("Pclass,Sex,Embarked,Age,SibSp,Parch,Fare\n1,female,S,,1,0,71.28\n3,male,Q,30,0,0,7\n");
    assertThat(csv).hasSize(2);
    assertThat((float[]) answer.tensor("chance").data()).isEqualTo((float[]) csv.get(0).tensor("chance").data());
    assertThat(answer.byClass("chance").keySet()).containsExactly("0", "1");
    assertThat(answer.text("chosen")).isEqualTo(answer.text("chance"));
    assertThatThrownBy(() -> predictor.predict(with(example, "sex", "unknown"))).isInstanceOf(Fault.class).hasMessageContaining("unknown");
    assertThatThrownBy(() -> predictor.predictCsv("Pclass,Sex\n1,female\n")).isInstanceOf(Fault.class);
    assertThatThrownBy(() -> predictor.predictCsv("")).isInstanceOf(Fault.class);
  }
}
