package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.driver.CompiledProgram;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Loops over an open length compute what the same programs compute whose length is a number, turns unrolled. */
class OpenLoopsTest {
  private static final String EVALUATED = "evaluate loss";

  /** The cell of a recurrence in its own words, with what a turn collects. */
  private static final String OWN = """
      input x: float[N, %1$s, 3]
      target y: float[N, %1$s, 4]
      cell = rnn_cell(4)
      h = zeros(N, 4)
      steps = []
      for t in 0..shape(x)[1] {
        h = cell(x[:, t], h)
        steps = steps + [h]
      }
      output all = stack(steps, axis = 1)
      output last = h
      loss mse(stack(steps, axis = 1), y)
      train { optimizer = adam(0.1) }
      """;

  private static String library(String layers) {
    return """
        input x: float[N, %%1$s, 3]
        input there: float[N, %%1$s]
        target y: float[N, 2]
        mask = there > -0.5
        z = %s
        output p = z |> dense(2)
        loss mse(p, y)
        train { optimizer = sgd(0.1) }
        """.formatted(layers);
  }

  static Stream<String> programs() {
    return Stream.of(OWN,
        library("x |> rnn(5, sequences = false)"),
        library("lstm(4, bidirectional = true, sequences = false)(x, mask)"),
        library("x |> lstm(4, bidirectional = true) |> gru(3, sequences = false)"),
        library("gru(6)(x, mask) |> mean(axis = 1)"),
        """
        fn neighbours(x) {
          s = zeros(shape(x)[0], 3)
          k = 0
          for t in 1..shape(x)[1] {
            s = 0.5 * s + x[:, t] * x[:, t - 1] - x[:, shape(x)[1] - 1 - t] / (t + 1)
            k = k + 1
          }
          return s * k
        }
        """ + library("neighbours(x)"),
        """
        fn pairs(x, w) {
          s = zeros(shape(x)[0], 3)
          for t in 0..shape(x)[1] {
            r = zeros(shape(x)[0], 3)
            for u in 0..shape(x)[1] { r = tanh(w(r) + x[:, u] * x[:, t]) }
            s = s + r * t
          }
          return s
        }
        """ + library("pairs(x, dense(3))"),
        // what turns read in other ways than one place each, states in a list, a gradient of a gradient
        """
        fn walk(x, w) {
          state = [zeros(shape(x)[0], 3), ones(shape(x)[0], 3)]
          seen = []
          for t in 0..shape(x)[1] {
            state = [state[1], tanh(w(state[0]) + mean(x * x[:, t:t + 1], axis = 1))]
            seen = [state[0] * x[:, t]] + seen
          }
          return sum(stack(seen, axis = -1) ^ 2, axis = -1) + state[1]
        }
        """ + library("grad(sum(walk(x, dense(3)) ^ 2), x) |> mean(axis = 1)"));
  }

  /** All results of a run of each purpose, and the weights after some steps. */
  static Map<String, double[]> run(CompiledProgram compiled, String width, int threads, int n, int length) {
    var all = new LinkedHashMap<String, double[]>();
    for (var purpose : List.of("predict", "evaluate", "train")) {
      var model = Agreement.load(compiled, width).initialised(3);
      var sizes = Map.of("N", n, "T", length);
      var context = model.context(purpose, sizes, new Threads(threads));
      context.executor().plan().dims().forEach(name -> context.dim(name, sizes.get(name)));
      for (int step = 1; step <= (purpose.equals("train") ? 2 : 1); step++) {
        context.counters(step, 0);
        feed(context);
        context.run();
      }
      for (var role : List.of(Role.OUTPUT, Role.LOSS)) {
        context.results(role).forEach(result -> all.put(purpose + " " + result.name(), result.tensor().toDoubles()));
      }
      model.spec().weights().stream().filter(weight -> !weight.path().startsWith("table.")).forEach(weight -> all.put(purpose + " " + weight.path(), model.weight(weight.path()).toDoubles()));
    }
    return all;
  }

  /** As {@link #differing}, of two programs: an evaluation's loss that is made of what several batches give is no result of one, and is left out where either makes it so. */
  static List<String> differingBetween(Map<String, double[]> looped, Map<String, double[]> unrolled, double tolerance) {
    var actual = new LinkedHashMap<>(looped);
    var expected = new LinkedHashMap<>(unrolled);
    if (!looped.containsKey(EVALUATED) || !unrolled.containsKey(EVALUATED)) {
      actual.remove(EVALUATED);
      expected.remove(EVALUATED);
    }
    return differing(actual, expected, tolerance);
  }

  static void feed(Context context) {
    for (var input : context.inputs()) {
      input.set(new Random(input.name().hashCode()).doubles(input.size(), -1, 1).map(value -> (float) value).toArray());
    }
  }

  /** What is further from what is expected than a part of the largest of the same array, or of one, and where first. */
  static List<String> differing(Map<String, double[]> actual, Map<String, double[]> expected, double tolerance) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    return expected.keySet().stream().flatMap(name -> {
      var is = actual.get(name);
      var right = expected.get(name);
      assertThat(is).as(name).hasSameSizeAs(right);
      double allowed = tolerance * Math.max(1, Arrays.stream(right).map(Math::abs).max().orElse(0));
      return IntStream.range(0, is.length).filter(i -> !(Math.abs(is[i] - right[i]) <= allowed)).mapToObj(i -> name + "[" + i + "] " + is[i] + " is not " + right[i]).limit(1);
    }).toList();
  }

  @Test
  void openIsWhatUnrolledIs() {
    openIsWhatUnrolledIs(programs().toList().get(2), 3);
  }

  /** A context for long sequences takes shorter ones, and none: what is carried then is what it was before the loop. */
  @Test
  void aContextTakesAnyLengthUpToItsOwn() {
    var model = Agreement.load(Programs.compile(OWN.formatted("T"), 64), "Scalar").initialised(3);
    var long7 = model.context("predict", Map.of("N", 2, "T", 7), new Threads(1));
    for (int length : new int[] {7, 3, 0, 5}) {
      var own = model.context("predict", Map.of("N", 2, "T", length), new Threads(1));
      for (var context : List.of(long7, own)) {
        context.dim("N", 2);
        context.dim("T", length);
        feed(context);
        context.run();
      }
      for (var output : List.of("all", "last")) {
        assertThat(long7.output(output).tensor().toDoubles()).as("%s at length %d", output, length).isEqualTo(own.output(output).tensor().toDoubles());
      }
      assertThat(own.output("all").tensor().toDoubles()).hasSize(2 * length * 4);
    }
    long7.dim("T", 0);
    long7.run();
    assertThat(long7.output("last").tensor().toDoubles()).containsOnly(0);
  }

  /** Each turn draws for itself, and the same on any number of threads and at any width. */
  @Test
  void turnsDrawForThemselves() {
    var program = """
        input x: float[N, T, 3]
        target y: float[N, 3]
        seen = []
        for t in 0..T { seen = seen + [dropout(x[:, t] * 0 + 1, 0.5)] }
        kept = stack(seen, axis = 1)
        output p = kept
        loss mean(kept) + 0 * sum(y) + 0 * sum(dense(1)(x[:, 0]))
        train { optimizer = sgd(0.1) }
        """;
    var compiled = Programs.compile(program, 64);
    var plain = run(compiled, "Scalar", 1, 4, 50);
    assertThat(differing(run(compiled, Agreement.vectors(1).getFirst(), 3, 4, 50), plain, 0)).isEmpty();
    double mean = plain.entrySet().stream().filter(entry -> entry.getKey().startsWith("train ")).filter(entry -> entry.getValue().length == 1).findFirst().orElseThrow().getValue()[0];
    // 600 draws of 0 or 2, a turn's own: with one for all turns there would be but 12
    assertThat(mean).isBetween(0.85, 1.15).isNotEqualTo(1);
  }

  /** An example's results do not depend on the others of its batch. */
  @Test
  void examplesAreApart() {
    var model = Agreement.load(Programs.compile("input x: float[N, T, 3]\noutput p = x |> lstm(4) |> gru(3, sequences = false)\n", 64), "Scalar").initialised(3);
    var values = new Random(1).doubles(5 * 6 * 3, -1, 1).toArray();
    var all = predicted(model, values, 5, 6);
    for (int n = 0; n < 5; n++) {
      assertThat(predicted(model, Arrays.copyOfRange(values, n * 18, (n + 1) * 18), 1, 6)).isEqualTo(Arrays.copyOfRange(all, n * 3, (n + 1) * 3));
    }
  }

  private static double[] predicted(Model model, double[] values, int n, int length) {
    var context = model.context("predict", Map.of("N", n, "T", length), new Threads(1));
    context.dim("N", n);
    context.dim("T", length);
    context.inputs().getFirst().set(values);
    context.run();
    return context.output("p").tensor().toDoubles();
  }

  /** None is overwritten by what is handed on before it has been handed on itself. */
  @Test
  void carriedValuesMayChangePlaces() {
    openIsWhatUnrolledIs("""
        input x: float[N, %s, 3]
        w = dense(3)
        a = zeros(N, 3)
        b = ones(N, 3)
        c = x[:, 0]
        for t in 0..shape(x)[1] {
          old = a
          a = tanh(w(x[:, t] + b))
          b = c
          c = old
        }
        output p = a - 2 * b + 3 * c
        loss mean((a - 2 * b + 3 * c) ^ 2)
        train { optimizer = sgd(0.1) }
        """, 5);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("programs")
  void openIsWhatUnrolledIsForLong(String program) {
    openIsWhatUnrolledIs(program, 4, 1, 2);
  }

  private static void openIsWhatUnrolledIs(String program, int... lengths) {
    var open = Programs.compile(program.formatted("T"), 64);
    for (int length : lengths) {
      var unrolled = run(Programs.compile(program.formatted(length), 64), "Scalar", 1, 3, length);
      var looped = run(open, "Scalar", 1, 3, length);
      assertThat(differingBetween(looped, unrolled, 1e-12)).as("length %d of%n%s", length, program).isEmpty();
      assertThat(differing(run(open, Agreement.vectors(length).getFirst(), 2, 3, length), looped, 0)).as("bits at length %d of%n%s", length, program).isEmpty();
    }
  }

  @Tag("slow")
  @Test
  void floatsToo() {
    var program = programs().toList().get(3);
    var looped = run(Programs.compile(program.formatted("T"), 32), Agreement.vectors(1).getFirst(), 2, 17, 40);
    assertThat(differing(looped, run(Programs.compile(program.formatted(40), 32), "Scalar", 1, 17, 40), 1e-4)).isEmpty();
  }
}
