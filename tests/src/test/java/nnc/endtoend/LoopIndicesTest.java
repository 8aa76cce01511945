package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import nnc.runtime.Context;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Indices that are data in the turns of loops: they are looked up there, and looked at as all others are. */
class LoopIndicesTest {
  private static Context context(String program, int n, int length) {
    var context = Agreement.load(Programs.compile(program, 64), "Scalar").initialised(1).context("predict", Map.of("N", n, "T", length), new Threads(1));
    context.executor().plan().dims().forEach(name -> context.dim(name, name.equals("N") ? n : length));
    return context;
  }

  private static void set(Context context, String input, double... values) {
    IntStream.range(0, values.length).forEach(i -> context.input(input).set(i, values[i]));
  }

  /** From place to place, as each says where to go next. */
  @Test
  void aChainIsFollowed() {
    var context = context("""
        input next: int[N, T]
        at = cast(zeros(N), "int")
        way = []
        for t in 0..T {
          at = squeeze(gather(next, expand(at, 1), axis = 1), 1)
          way = way + [at]
        }
        output way = stack(way, axis = 1)
        """, 2, 4);
    set(context, "next", 2, 0, 3, 1, 1, 1, 0, 0);
    context.run();
    assertThat(context.output("way").tensor().toDoubles()).containsExactly(2, 3, 1, 0, 1, 1, 1, 1);
  }

  @Test
  void anIndexOutsideIsAFaultOfTheRun() {
    for (var outside : new double[] {4, -1, 1000}) {
      var context = context("""
          input step: int[N, T]
          input x: float[N, 4]
          at = cast(zeros(N), "int")
          s = zeros(N)
          for t in 0..T {
            at = at + step[:, t]
            s = s + squeeze(gather(x, expand(at, 1), axis = 1), 1)
          }
          output s
          """, 2, 3);
      set(context, "x", 1, 2, 3, 4, 5, 6, 7, 8);
      set(context, "step", 1, 1, 1, 0, 2, -1);
      context.run();
      assertThat(context.output("s").tensor().toDoubles()).containsExactly(2 + 3 + 4, 5 + 7 + 6);
      set(context, "step", 1, 1, 1, 0, outside, 0);
      assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessageContaining("index " + (int) outside).hasMessageContaining("test.nn:7").hasMessageContaining("4 places, 0 to 3");
    }
  }

  @Test
  void labelsToo() {
    var context = context("""
        input step: int[N, T]
        at = cast(zeros(N), "int")
        s = zeros(N, 3)
        for t in 0..T {
          at = at + step[:, t]
          s = s + one_hot(at, 3)
        }
        output s
        """, 1, 3);
    set(context, "step", 1, 1, -1);
    context.run();
    assertThat(context.output("s").tensor().toDoubles()).containsExactly(0, 2, 1);
    set(context, "step", 1, 1, 1);
    assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessageContaining("label 3");
  }

  /** What certainly is inside costs nothing. */
  @Test
  void whatIsInsideIsNotLookedAt() {
    var chosen = """
        input x: float[N, 5]
        input first: int[N]
        e = embedding(5, 5)
        token = %s
        h = x
        for t in 0..7 while true {
          h = tanh(h + e(token))
          token = argmax(h, axis = 1)
        }
        output h
        """;
    assertThat(checks(chosen.formatted("argmax(x, axis = 1)"))).isZero();
    assertThat(checks(chosen.formatted("first"))).isPositive();
    // checked where it is fed
    assertThat(checks("input words: int[N, T]\ne = embedding(9, 4)\nh = zeros(N, 4)\nfor t in 0..T { h = tanh(h + e(words[:, t])) }\noutput h\n")).isZero();
  }

  /** What is the same in all turns is looked at once, however many there are: also where reverse mode looks it up again. Where there are none, it is not looked up. */
  @Test
  void whatIsTheSameInAllTurnsIsLookedAtOnce() {
    var program = """
        input x: float[N, T]
        input a: int[N]
        input b: int[N]
        target y: float[N, 4]
        w = dense(4)
        i = expand(a + b, 1)
        h = zeros(N, 4)
        for t in 0..shape(x)[1] {
          h = tanh(w(h) + gather(h, i, axis = 1) * expand(x[:, t], 1))
          for s in 0..shape(x)[1] { h = tanh(h - gather(h + 1, i, axis = 1)) }
        }
        output h
        loss mse(h, y)
        train { optimizer = sgd(0.1) }
        """;
    for (var plan : Programs.compile(program, 64).spec().plans()) {
      var looked = plan.results().stream().filter(result -> result.role() == Role.CHECK && !result.place().shape().isEmpty()).toList();
      assertThat(looked).as(plan.name()).hasSize(1).allMatch(result -> result.place().shape().size() == 1);
    }
    var context = context(program, 2, 3);
    set(context, "x", 1, 2, 3, 4, 5, 6);
    set(context, "a", 1, 2);
    set(context, "b", 1, 1);
    context.run();
    set(context, "b", -2, 1);
    assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessageContaining("-1").hasMessageContaining("test.nn:");
    context.dim("T", 0);
    context.run();
    assertThat(context.output("h").tensor().toDoubles()).containsOnly(0);
  }

  private static long checks(String program) {
    return Programs.compile(program, 64).spec().plans().stream().filter(plan -> plan.name().equals("predict")).flatMap(plan -> plan.results().stream())
        .filter(result -> result.role() == Role.CHECK).count();
  }

  @Test
  void anAxisThatGrowsIsRefused() {
    assertThat(Programs.faults("""
        input x: float[N, T]
        input at: int[N]
        s = zeros(N)
        for t in 0..T { s = s + squeeze(gather(x[:, 0:t + 1], expand(at, 1), axis = 1), 1) }
        output s
        """)).contains("an index that is data points into an axis that has another size in each turn of a loop").contains("test.nn:4");
  }

  /** Gradients go where turns have looked; an index outside changes no weight. */
  @Tag("slow")
  @Test
  void isLearned() {
    for (var program : new String[] {"""
        input words: int[N, T]
        target y: float[N, 4]
        e = embedding(9, 4)
        w = dense(4)
        h = zeros(N, 4)
        for t in 0..shape(words)[1] { h = tanh(w(h) + e(words[:, t])) }
        output h
        loss mse(h, y)
        train { optimizer = adam(0.1) }
        """}) {
      Agreement.check(Programs.compile(program, 64), 3, 1e-9, 5);
      var open = trained(program);
      var unrolled = trained(program.replace("int[N, T]", "int[N, 3]"));
      assertThat(open).usingComparatorWithPrecision(1e-12).containsExactly(unrolled);
    }
  }

  private static double[] trained(String program) {
    var model = Agreement.load(Programs.compile(program, 64), "Scalar").initialised(3);
    var context = model.context("train", Map.of("N", 3, "T", 3), new Threads(1));
    context.executor().plan().dims().forEach(name -> context.dim(name, 3));
    for (int step = 1; step <= 3; step++) {
      context.counters(step, 0);
      Agreement.feed(model, context, 7);
      context.run();
    }
    return model.spec().weights().stream().filter(weight -> !weight.path().startsWith("table.")).flatMapToDouble(weight -> Arrays.stream(model.weight(weight.path()).toDoubles())).toArray();
  }
}
