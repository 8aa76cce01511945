package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import nnc.driver.CompiledProgram;
import nnc.runtime.base.Threads;
import nnc.schedule.Kernel;
import nnc.schedule.Schedule;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Arrays that loops carry and write a row of each turn, as keys and values of attention: the row is written where the array lies. */
class RowsInPlaceTest {
  /** Attention to all places so far, once by all places at once and once place by place. */
  private static final String ATTENTION = """
      input x: float[N, T, 8]
      target y: float[N, T, 8]
      wq = dense(8)
      wk = dense(8)
      wv = dense(8)
      fn heads(a) = transpose(reshape(a, [shape(a)[0], shape(a)[1], 2, 4]), [0, 2, 1, 3])
      fn attended(q, k, v) = transpose(softmax(q @ transpose(k, [0, 1, 3, 2]) / 2) @ v, [0, 2, 1, 3])
      k = zeros(N, T, 8)
      v = zeros(N, T, 8)
      seen = []
      for t in 0..T {
        k = put(k, wk(x[:, t]), t, axis = 1)
        v = put(v, wv(x[:, t]), t, axis = 1)
        a = attended(heads(expand(wq(x[:, t]), 1)), heads(k[:, 0:t + 1]), heads(v[:, 0:t + 1]))
        seen = seen + [reshape(a, [N, 8])]
      }
      each = stack(seen, axis = 1)
      scores = where(tril(ones(T, T)) > 0.5, heads(wq(x)) @ transpose(heads(wk(x)), [0, 1, 3, 2]) / 2, -infinity)
      whole = reshape(transpose(softmax(scores) @ heads(wv(x)), [0, 2, 1, 3]), [N, T, 8])
      output each
      output whole
      output keys = k
      loss mse(each, y)
      train { optimizer = sgd(0.1) }
      """;

  private static Map<String, double[]> predicted(CompiledProgram compiled, String width, int threads, int n, int length) {
    var context = Agreement.load(compiled, width).initialised(2).context("predict", Map.of("N", n, "T", length), new Threads(threads));
    context.dim("N", n);
    context.dim("T", length);
    var random = new Random(4);
    context.inputs().forEach(input -> input.set(random.doubles(input.size(), -1, 1).toArray()));
    context.run();
    return Map.of("each", context.output("each").tensor().toDoubles(), "whole", context.output("whole").tensor().toDoubles());
  }

  @Test
  void aPlaceAtATimeIsAllPlacesAtOnce() {
    var compiled = Programs.compile(ATTENTION, 64);
    for (int length : new int[] {1, 2, 9}) {
      var results = predicted(compiled, "Scalar", 1, 3, length);
      assertThat(results.get("each")).usingComparatorWithPrecision(1e-13).containsExactly(results.get("whole"));
      assertThat(predicted(compiled, Agreement.vectors(length).getFirst(), 3, 3, length).get("each")).isEqualTo(results.get("each"));
    }
    assertThat(copiesOfWholes(compiled, "predict")).isEmpty();
  }

  /** What turns copy, or write anew, that is as long as a sequence. */
  private static List<String> copiesOfWholes(CompiledProgram compiled, String purpose) {
    var schedule = compiled.stages().get(purpose).schedule();
    return schedule.repeats().stream().flatMap(repeat -> schedule.kernels().subList(repeat.from(), repeat.to()).stream())
        .flatMap(kernel -> kernel.writes().stream()).filter(write -> isWhole(write, schedule)).map(write -> write.toString()).toList();
  }

  private static boolean isWhole(Kernel.Write write, Schedule schedule) {
    return write.node().type().shape().stream().anyMatch(dim -> dim.toString().equals("T"));
  }

  static Stream<String> programs() {
    return Stream.of(
        // from the end, along the first axis, whole numbers, what others have collected
        """
        input x: float[N, T]
        a = zeros(T, N)
        b = cast(zeros(N, T), "int")
        seen = []
        for t in 0..T {
          a = put(a, x[:, t] + a[T - 1], T - 1 - t)
          b = put(b, argmax(x[:, 0:t + 1], axis = 1), t, axis = 1)
          seen = seen + [a[T - 1 - t]]
        }
        output a
        output b
        output seen
        """,
        // read before it is written and as it was, read as it is and as it was, handed on to another
        """
        input x: float[N, T]
        a = x
        b = x
        c = x
        s = zeros(N)
        for t in 0..T {
          s = s + sum(a, axis = 1) * x[:, t]
          a = put(a, s, t, axis = 1)
          before = b
          b = put(b, sum(b, axis = 1), t, axis = 1)
          s = s + sum(b - before, axis = 1)
          old = c[:, t]
          c = put(c, old + s, t, axis = 1)
          s = s + old
        }
        output a
        output b
        output c
        output s
        """,
        // a row that is not another each turn, two rows a turn, places of two arrays changed
        """
        input x: float[N, T]
        a = x
        b = zeros(N, 2 * T)
        c = x
        d = 2 * x
        for t in 0..T {
          a = put(a, x[:, t], 0, axis = 1)
          b = put(put(b, x[:, t], 2 * t, axis = 1), -x[:, t], 2 * t + 1, axis = 1)
          e = c
          c = put(d, x[:, t], t, axis = 1)
          d = put(e, -x[:, t], t, axis = 1)
        }
        output a
        output b
        output c
        output d
        """,
        // what has ended writes no further row
        """
        input x: float[N, T]
        a = 0.5 * x
        b = x
        s = zeros(N)
        for t in 0..T while s < 1 {
          s = s + abs(x[:, t])
          a = put(a, s + a[:, t], t, axis = 1)
          b = put(b, s, 0, axis = 1)
        }
        output a
        output b
        output s
        """,
        // a loop in each turn that writes too
        """
        input x: float[N, T]
        a = zeros(N, T, T)
        for t in 0..T {
          row = zeros(N, T)
          for u in 0..T { row = put(row, x[:, t] * x[:, u] + row[:, 0], u, axis = 1) }
          a = put(a, row, t, axis = 1)
        }
        output a
        """);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("programs")
  void writesWhatIsInterpreted(String program) {
    agrees(program);
  }

  private static void agrees(String program) {
    var compiled = Programs.compile(program, 64);
    for (int size : new int[] {1, 2, 5}) {
      Agreement.check(compiled, size, 1e-12, 7);
    }
  }

  @Test
  void someWriteWhatIsInterpreted() {
    agrees(programs().toList().get(1));
    agrees(programs().toList().get(3));
  }

  @Tag("slow")
  @Test
  void gradientsGoThroughRows() {
    Agreement.check(Programs.compile(ATTENTION, 64), 4, 1e-9, 3);
  }
}
