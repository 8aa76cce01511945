package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import nnc.driver.CompiledProgram;
import nnc.optimizations.Optimization;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Repeat;
import nnc.runtime.spec.Polynomials;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loops that run side by side. Oracles: any number of threads, branches in other orders, and the same program whose loops follow one another. */
class IndependentLoopsTest {
  private static Plan plan(CompiledProgram compiled, String name) {
    return compiled.spec().plans().stream().filter(plan -> plan.name().equals(name)).findFirst().orElseThrow();
  }

  private static List<Integer> branches(CompiledProgram compiled, String plan) {
    return plan(compiled, plan).branches().stream().map(one -> one.size() - 1).toList();
  }

  /** Plans whose branches stand in another order, one behind the other. */
  private static ModelSpec inOtherOrder(ModelSpec spec, long seed) {
    return plans(spec, plan -> {
      var order = new ArrayList<Integer>();
      int at = 0;
      for (var one : plan.branches()) {
        IntStream.range(at, one.getFirst()).forEach(order::add);
        var branches = new ArrayList<>(IntStream.range(1, one.size()).boxed().toList());
        Collections.shuffle(branches, new Random(seed));
        branches.forEach(i -> IntStream.range(one.get(i - 1), one.get(i)).forEach(order::add));
        at = one.getLast();
      }
      IntStream.range(at, plan.calls().size()).forEach(order::add);
      var repeats = new ArrayList<Repeat>();
      for (var repeat : plan.repeats()) {
        int from = order.indexOf(repeat.from());
        repeats.add(new Repeat(repeat.turn(), repeat.turns(), from, from + repeat.to() - repeat.from(), repeat.going()));
      }
      repeats.sort((a, b) -> a.from() == b.from() ? Integer.compare(b.to(), a.to()) : Integer.compare(a.from(), b.from()));
      // what polynomials refer to is told by the order of repeats: of some that are empty
      repeats.addAll(0, plan.repeats().stream().map(repeat -> new Repeat(repeat.turn(), Polynomials.constant(0), 0, 0, null)).toList());
      return with(plan, order.stream().map(plan.calls()::get).toList(), repeats);
    });
  }

  private static ModelSpec plans(ModelSpec spec, UnaryOperator<Plan> change) {
    return new ModelSpec(spec.name(), spec.precision(), spec.source(), spec.inputs(), spec.weights(), spec.weightCount(), spec.plans().stream().map(change).toList(), spec.data(), spec.training(),
        spec.layers(), spec.formulas());
  }

  private static Plan with(Plan plan, List<ModelSpec.Call> calls, List<Repeat> repeats) {
    return new Plan(plan.name(), plan.kernels(), plan.dims(), plan.quotients(), plan.batch(), plan.slots(), plan.bits(), plan.scratch(), calls, plan.prepared(), plan.tiling(), plan.learns(),
        plan.inputs(), plan.unread(), plan.results(), plan.counters(), plan.needs(), repeats, List.of());
  }

  private static void check(CompiledProgram compiled, CompiledProgram plain, int n, int length, long seed, String what) {
    var width = Agreement.widths(seed).get((int) Math.floorMod(seed, 2L));
    var expected = OpenLoopsTest.run(plain, width, 1, n, length);
    for (int threads : new int[] {1, 2, 4}) {
      long before = workers();
      assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(compiled, width, threads, n, length), expected, 0)).as("%s, %d threads, length %d of %s", width, threads, length, what).isEmpty();
      assertThat(workers() - before).as("worker threads that were worth starting for %d threads", threads).isGreaterThanOrEqualTo(threads - 1);
    }
    var turned = new CompiledProgram(inOtherOrder(compiled.spec(), seed), compiled.classes(), compiled.stages(), compiled.warnings());
    assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(turned, width, 1, n, length), expected, 0)).as("%s, in another order, length %d of %s", width, length, what).isEmpty();
  }

  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().matches("nnc-\\d+")).count();
  }

  private static void checkRandom(long seed) {
    var program = new RandomLoopsTest.Drawn(seed).apart().formatted("T");
    var compiled = Programs.compile(program, 64);
    assertThat(plan(compiled, "train").branches()).as("%d%n%s", seed, program).isNotEmpty();
    var plain = Programs.compile(program, 64, Optimization.INDEPENDENT_LOOPS);
    assertThat(plan(plain, "train").branches()).isEmpty();
    check(compiled, plain, 7, 40, seed, program);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bitsAreThoseOfOneAfterTheOther(long seed) {
    checkRandom(seed);
  }

  @Tag("slow")
  @Test
  void manyAre() {
    for (long seed = 4; seed < 60; seed++) {
      checkRandom(seed);
    }
  }

  @ParameterizedTest
  @CsvSource({"rnn, true", "lstm, true", "gru, true", "lstm, false"})
  void directionsRunSideBySide(String layer, boolean sequences) {
    var program = """
        input x: float[N, T, 5]
        target z: float[N, 2]
        h = x |> %1$s(20, bidirectional = true) |> %1$s(19, bidirectional = true, sequences = %2$b)
        y = %3$s |> dense(2)
        output y
        loss mse(y, z)
        train { optimizer = adam(0.01) }
        """.formatted(layer, sequences, sequences ? "mean(h, axis = 1)" : "h");
    var compiled = Programs.compile(program, 32);
    assertThat(branches(compiled, "predict")).containsExactly(2, 2);
    assertThat(branches(compiled, "train")).containsExactly(2, 2, 2, 2);
    check(compiled, Programs.compile(program, 32, Optimization.INDEPENDENT_LOOPS), 7, 40, layer.hashCode(), program);
  }

  /** Loops of one cell read the same weights, a copy of which is made before both. */
  @Test
  void loopsShareCopiesOfWeights() {
    var program = """
        input x: float[N, T, 40]
        target z: float[N, 96]
        cell = rnn_cell(96)
        first = cell(x[:, 0], zeros(N, 96))
        a = first
        for t in 0..T { a = cell(x[:, t], a) }
        b = first * 0.5
        for t in 0..T { b = cell(x[:, t], b) }
        c = first * 0.1
        for t in 0..T { c = cell(0.5 * x[:, t], c) }
        output y = a + b + c
        loss mse(a + b * c, z)
        train { optimizer = sgd(0.01) }
        """;
    var compiled = Programs.compile(program, 32);
    assertThat(branches(compiled, "train")).containsExactly(3, 3);
    var plan = plan(compiled, "train");
    for (int call = 0; call < plan.calls().size(); call++) {
      int number = call;
      assertThat(plan.calls().get(call).label().startsWith("copies a factor") && plan.branches().stream().anyMatch(one -> one.getFirst() <= number && number < one.getLast())).isFalse();
    }
    assertThat(plan.calls().stream().map(ModelSpec.Call::label).filter(label -> label.startsWith("copies a factor"))).isNotEmpty();
    check(compiled, Programs.compile(program, 32, Optimization.INDEPENDENT_LOOPS), 24, 5, 2, program);
  }

  /** Columns that are summed in parts leave these where no other branch does. */
  @Test
  void partsOfSumsAreApart() {
    var program = """
        input x: float[N, T, 96, 6]
        target z: float[N, 96, 70]
        param u: float[70] = normal(0.3)
        param v: float[70] = normal(0.3)
        project = dense(70)
        a = zeros(N, 96, 70)
        b = zeros(N, 96, 70)
        i = project(x[:, 0])
        for t in 0..T { a = tanh(a * u + i + mean(x[:, t])) }
        for t in 0..T { b = tanh(b * v - i + mean(x[:, t])) }
        output y = a + b
        loss mse(a + b, z)
        train { optimizer = sgd(0.01) }
        """;
    var compiled = Programs.compile(program, 32);
    var plan = plan(compiled, "train");
    assertThat(branches(compiled, "train")).containsExactly(2, 2);
    var totals = IntStream.range(plan.branches().getLast().getFirst(), plan.branches().getLast().getLast()).filter(call -> plan.calls().get(call).label().startsWith("totals of")).count();
    assertThat(totals).isPositive();
    check(compiled, Programs.compile(program, 32, Optimization.INDEPENDENT_LOOPS), 3, 5, 3, program);
  }

  @Test
  void whatNeedsAnotherDoesNot() {
    var program = """
        input x: float[N, T, 4]
        h = x |> rnn(4) |> rnn(4)
        a = zeros(N, 4)
        for t in 0..T { a = tanh(a + h[:, t]) }
        b = zeros(N, 4)
        for t in 0..T { b = tanh(a * b + x[:, t]) }
        output b
        """;
    assertThat(branches(Programs.compile(program, 32), "predict")).isEmpty();
  }
}
