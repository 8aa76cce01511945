package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.driver.CompiledProgram;
import nnc.graph.Op;
import nnc.optimizations.Optimization;
import nnc.runtime.Model;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.schedule.Kernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that change a few rows of a large table: which leave the others alone, and that all mean what the plain step does. */
class SparseUpdatesTest {
  private static final int ROWS = 40_000;
  private static final int BATCH = 24;
  private static final String PROGRAM = """
      input id: int[N]
      target t: float[N, 2]
      e = embedding(40000, 2)(id)
      loss %s
      train { %s }
      """;

  /** Whether the table is changed by additions to the rows that are looked up, in place. */
  private static boolean isSparse(CompiledProgram compiled) {
    return compiled.stages().get("train").schedule().kernels().stream().anyMatch(kernel -> kernel.nodes().size() == 2
        && kernel.nodes().getFirst().op() instanceof Op.ScatterAdd
        && kernel.writes().stream().allMatch(write -> write.target() instanceof Kernel.Target.Update(var path) && path.equals("embedding.W")));
  }

  private static double[] trained(CompiledProgram compiled, String width) {
    Model model = Agreement.load(compiled, width).initialised(7);
    var random = new Random(11);
    var context = model.context("train", BATCH);
    for (int number = 1; number <= 5; number++) {
      context.input("id").set(ids(number));
      context.input("t").set(random.doubles(2 * BATCH, -1, 1).toArray());
      context.counters(number, 0);
      context.run();
    }
    return model.weight("embedding.W").toDoubles();
  }

  /** Some more than once, the first and the last among them. */
  private static double[] ids(int number) {
    var random = new Random(number);
    return IntStream.range(0, BATCH).mapToDouble(i -> i % 5 == 0 ? 3 : i == 1 ? 0 : i == 2 ? ROWS - 1 : random.nextInt(ROWS)).toArray();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "mse(e, t)|optimizer = sgd(0.5)|32|true",
      "mse(e, t)|optimizer = sgd(0.5)|64|true",
      "mse(e, t)|optimizer = sgd(0.5 * step_decay(2, 0.5))|32|true",
      "sum(e^2) + 0 * sum(t)|optimizer = sgd(0.1)|32|true",
      "mse(e, t)|optimizer = sgd(0.5) clip_value = 0.001|32|false",
      "mse(e, t)|optimizer = sgd(0.5) clip_global_norm = 0.01|64|false",
      "mse(e, t)|optimizer = momentum(0.1)|32|false",
      "mse(e, t)|optimizer = adam(0.1)|32|false",
  })
  void aStepMeansWhatItMeansForAllRows(String loss, String settings, int precision, boolean sparse) {
    var program = PROGRAM.formatted(loss, settings);
    var compiled = Programs.compile(program, precision);
    var plain = Programs.compile(program, precision, Optimization.SPARSE_UPDATES);
    assertThat(isSparse(compiled)).as(program).isEqualTo(sparse);
    assertThat(isSparse(plain)).as("switched off").isFalse();
    var expected = trained(plain, "Scalar");
    var initial = Agreement.load(plain, "Scalar").initialised(7).weight("embedding.W").toDoubles();
    var actual = trained(compiled, "Scalar");
    Set<Integer> touched = IntStream.rangeClosed(1, 5).boxed().flatMap(number -> IntStream.range(0, BATCH).mapToObj(i -> (int) ids(number)[i])).collect(Collectors.toSet());
    double tolerance = precision == 32 ? 2e-6 : 1e-14;
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i])).as("element %d: %s and %s", i, actual[i], expected[i]).isLessThanOrEqualTo(tolerance);
      if (!touched.contains(i / 2)) {
        assertThat(actual[i]).isEqualTo(initial[i]);
      }
    }
    assertThat(actual).isNotEqualTo(initial).isEqualTo(trained(compiled, "512"));
  }

  /** A state's counts grow in place too, unless the old ones are asked for after others have been added. */
  @ParameterizedTest
  @ValueSource(strings = {"take(seen, x)", "take(seen, x) + 0 * mean(exp(cumsum(0 * seen)))", "take(seen, x + cast(0 * floor(cumsum(ones(N))), \"int\"))"})
  void whoReadsTheOldTableFindsIt(String old) {
    var compiled = Programs.compile("""
        input id: int[N]
        layer counter()(x: int[N]) {
          state seen: float[70000] = 5
          before = %s
          seen <- scatter_add(seen, x, ones(N))
          return before
        }
        c = counter()(id)
        param w: float = 1
        loss mean((w * c - 1)^2)
        train { optimizer = sgd(0) }
        """.formatted(old), 32);
    Model model = Agreement.load(compiled, "Scalar").initialised(7);
    var context = model.context("train", BATCH);
    context.input("id").set(ids(1));
    context.counters(1, 0);
    context.run();
    var expected = new double[70_000];
    Arrays.fill(expected, 5);
    for (double id : ids(1)) {
      expected[(int) id]++;
    }
    assertThat(model.weight("counter.seen").toDoubles()).isEqualTo(expected);
    assertThat(context.result(Role.LOSS, "loss").get(0)).isEqualTo(16);
  }

  /** The next value of one state may be another one's, with additions; and of both. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsAddedToAnotherStateIsThatOnes(boolean both) {
    var compiled = Programs.compile("""
        input id: int[N]
        layer counter()(x: int[N]) {
          state seen: float[70000] = 5
          state later: float[70000] = 1
          more = scatter_add(seen, x, ones(N))
          later <- more
          %s
          return cast(x, "float")
        }
        c = counter()(id)
        param w: float = 1
        loss mean((w * c - 1)^2)
        train { optimizer = sgd(0) }
        """.formatted(both ? "seen <- more" : ""), 32);
    Model model = Agreement.load(compiled, "Scalar").initialised(7);
    var context = model.context("train", BATCH);
    context.input("id").set(ids(1));
    context.counters(1, 0);
    context.run();
    var expected = new double[70_000];
    Arrays.fill(expected, 5);
    var before = expected.clone();
    for (double id : ids(1)) {
      expected[(int) id]++;
    }
    assertThat(model.weight("counter.seen").toDoubles()).as("the other").isEqualTo(both ? expected : before);
    assertThat(model.weight("counter.later").toDoubles()).as("the one").isEqualTo(expected);
  }

  @Test
  void smallTablesSumFirst() {
    assertThat(isSparse(Programs.compile(PROGRAM.replace("40000", "30000").formatted("mse(e, t)", "optimizer = sgd(0.5)"), 32))).isFalse();
  }
}
