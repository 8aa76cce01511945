package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.driver.CompiledProgram;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Loops that end when the data say so, {@code for t in 0..T while going}: what has ended keeps its values, and turns that nobody needs are not run. */
class LoopConditionTest {
  /** How many halvings and triplings lead from a number to one, and the numbers on the way. */
  private static final String COLLATZ = """
      input start: int[N]
      x = start
      count = 0 * start
      seen = []
      for t in 0..120 while x > 1 {
        x = where(mod(x, 2) == 0, floor_div(x, 2), 3 * x + 1)
        count = count + 1
        seen = seen + [x]
      }
      output steps = count
      output last = x
      output way = stack(seen, axis = 1)
      """;

  private static List<Integer> way(int start) {
    var way = new ArrayList<Integer>();
    for (int x = start; x > 1 && way.size() < 120;) {
      x = x % 2 == 0 ? x / 2 : 3 * x + 1;
      way.add(x);
    }
    return way;
  }

  private static Map<String, double[]> run(CompiledProgram compiled, String width, int threads, int[] start) {
    var context = context(Agreement.load(compiled, width), threads, start);
    context.run();
    var all = new LinkedHashMap<String, double[]>();
    context.results(nnc.runtime.spec.ModelSpec.Role.OUTPUT).forEach(output -> all.put(output.name(), output.tensor().toDoubles()));
    return all;
  }

  private static Context context(Model model, int threads, int[] start) {
    var context = model.context("predict", Map.of("N", start.length), new Threads(threads));
    context.batch(start.length);
    for (int i = 0; i < start.length; i++) {
      context.input("start").set(i, start[i]);
    }
    return context;
  }

  @Test
  void eachExampleHasTurnsOfItsOwn() {
    var compiled = Programs.compile(COLLATZ, 64);
    int[] start = {27, 1, 6, 8, 97, 2, 0};
    var results = run(compiled, "Scalar", 1, start);
    for (int n = 0; n < start.length; n++) {
      var way = way(start[n]);
      assertThat(results.get("steps")[n]).as("steps from %d", start[n]).isEqualTo(way.size());
      assertThat(results.get("last")[n]).isEqualTo(way.isEmpty() ? start[n] : way.getLast());
      assertThat(Arrays.stream(results.get("way"), 120 * n, 120 * (n + 1)).boxed().toList()).as("way from %d", start[n])
          .isEqualTo(IntStream.range(0, 120).mapToObj(t -> t < way.size() ? (double) way.get(t) : 0.0).toList());
      // and the same without the others
      var alone = run(compiled, "Scalar", 1, new int[] {start[n]});
      assertThat(alone.get("way")).isEqualTo(Arrays.copyOfRange(results.get("way"), 120 * n, 120 * (n + 1)));
      assertThat(alone.get("last")[0]).isEqualTo(results.get("last")[n]);
    }
    run(compiled, Agreement.vectors(3).getFirst(), 3, start).forEach((name, values) -> assertThat(values).as(name).isEqualTo(results.get(name)));
    assertThat(compiled.spec().plans().getFirst().results()).allMatch(result -> result.rows() == 0);
  }

  /** As many calls are made as there are turns for the one that takes longest. */
  @Test
  void turnsThatNobodyNeedsAreNotRun() {
    var model = Agreement.load(Programs.compile(COLLATZ, 32), "Scalar");
    var calls = Stream.of(new int[] {1}, new int[] {2}, new int[] {8, 1}, new int[] {27}).map(start -> {
      var context = context(model, 1, start);
      var count = new int[1];
      context.executor().each(i -> {
        count[0]++;
        context.executor().call(i);
      });
      return count[0];
    }).toList();
    int turn = calls.get(1) - calls.getFirst();
    assertThat(turn).isPositive();
    assertThat(calls).containsExactly(calls.getFirst(), calls.getFirst() + turn, calls.getFirst() + 3 * turn, calls.getFirst() + 111 * turn);
  }

  /** A context that has run a long one begins anew. */
  @Test
  void aContextBeginsEachRunAnew() {
    var compiled = Programs.compile(COLLATZ, 32);
    var context = context(Agreement.load(compiled, "Scalar"), 1, new int[] {27, 9});
    context.run();
    for (int n = 0; n < 2; n++) {
      context.input("start").set(n, 4);
    }
    context.run();
    assertThat(context.output("way").tensor().toDoubles()).isEqualTo(run(compiled, "Scalar", 1, new int[] {4, 4}).get("way"));
  }

  static Stream<String> programs() {
    return Stream.of(
        // one truth for all, values with and without an axis of examples, turns in an open range
        """
        input x: float[N, T, 3]
        target y: float[N, 3]
        w = dense(3)
        h = zeros(N, 3)
        total = 0
        k = 0
        seen = []
        for t in 0..T while total < 2 {
          h = tanh(w(h + x[:, t]))
          total = total + mean(abs(h))
          k = k + 1
          seen = [h * k] + seen
        }
        output h
        output k
        output seen
        loss mse(h, y) + 0.1 * mean(stack(seen, axis = 1) ^ 2)
        train { optimizer = sgd(0.1) }
        """,
        // a truth for each example, a counter that goes on while any does, rows of several elements an example
        """
        input x: float[N, 3]
        target y: float[N, 3]
        w = dense(3)
        h = x
        wide = reshape(x, [3 * N])
        k = 0
        for t in 0..7 while sum(abs(h), axis = 1) > 0.7 {
          h = 0.7 * w(h)
          wide = 0.5 * wide
          k = k + 1
        }
        output h
        output wide = reshape(wide, [N, 3])
        output k
        loss mse(h, y)
        train { optimizer = sgd(0.1) }
        """,
        // loops in loops
        """
        input x: float[N, T]
        s = zeros(N)
        for t in 0..T while s < 3 {
          r = x[:, t]
          for u in 0..4 while r > -1 { r = r - 0.3 * (u + 1) }
          s = s + abs(r)
        }
        output s
        """,
        // true from beginning to end, and false
        """
        input x: float[N, 2]
        a = x
        b = x
        for t in 0..5 while true { a = 0.5 * a + t }
        for t in 0..5 while false { b = 0.5 * b + t }
        output a
        output b
        """,
        // rows of an array, tokens that choose weights and are chosen by them
        """
        input x: float[N, 4]
        target y: float[N, 3]
        e = embedding(5, 3)
        head = dense(5)
        h = zeros(N, 3)
        token = argmax(x, axis = 1)
        text = []
        for t in 0..6 while token != 3 {
          h = tanh(h + e(token) + one_hot(token, 5)[:, :3])
          token = argmax(head(h), axis = 1)
          text = text + [token]
        }
        output text = stack(text, axis = 1)
        loss mse(h, y)
        train { optimizer = sgd(0.1) }
        """);
  }

  private static void agrees(String program) {
    var compiled = Programs.compile(program, 64);
    Agreement.check(compiled, 3, 1e-9, 5);
    Agreement.check(compiled, 1, 1e-9, 6);
  }

  /** All turns are run where it is interpreted, which says too whether one that need not be run changes anything. */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("programs")
  void endsWhereItIsInterpretedTo(String program) {
    agrees(program);
  }

  @Test
  void someEndWhereTheyAreInterpretedTo() {
    agrees(programs().toList().get(1));
    agrees(programs().toList().get(4));
  }

  @Test
  void whatIsNoConditionIsTold() {
    assertThat(loop("0..4", "x", "x = x")).contains("a loop goes on while something is true, and this is float[N, 2]").contains("compare it");
    assertThat(loop("0..4", "x > 1", "x = x + 1")).contains("a loop goes on while one truth holds, or one for each example, and this is bool[N, 2]").contains("any(going, axis = 1)");
    assertThat(loop("0..4", "sum(x, axis = 1) > t", "x = x + 1")).contains("t, which counts the turns").contains("Let the body say it");
    assertThat(loop("0..4", "going", "going = sum(x, axis = 1) > 1")).contains("the condition is bool before the loop and bool[N] after a turn").contains("ones(N) > 0");
    assertThat(loop("[1, 2]", "going", "x = x + 1")).contains("a loop with a condition runs over a range").contains("while going");
  }

  private static String loop(String range, String condition, String body) {
    return Programs.faults("input x: float[N, 2]\ngoing = 1 > 0\nfor t in %s while %s { %s }\noutput x\n".formatted(range, condition, body));
  }
}
