package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import nnc.driver.CompiledProgram;
import nnc.optimizations.Optimization;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With a budget of memory loops keep every k-th state alone, and train to the same bits as those that keep all. */
class LoopRecomputationTest {
  private static String bounded(String program) {
    return program.replace("train { ", "train { memory = \"1G\"  ");
  }

  private static boolean isSegmented(CompiledProgram compiled) {
    return compiled.stages().values().stream().flatMap(stage -> stage.changes().stream()).anyMatch(change -> change.pass() == Optimization.LOOP_RECOMPUTATION && change.before() != change.after());
  }

  /** Both the same bits, at lengths whose roots are whole and that leave turns over, at any width, on any number of threads. */
  private static void check(String program, int... lengths) {
    var plain = Programs.compile(program, 64);
    var bounded = Programs.compile(bounded(program), 64);
    assertThat(isSegmented(bounded)).as(program).isTrue();
    assertThat(isSegmented(plain)).isFalse();
    for (int length : lengths) {
      var expected = OpenLoopsTest.run(plain, "Scalar", 1, 3, length);
      assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(bounded, "Scalar", 1, 3, length), expected, 0)).as("length %d of%n%s", length, program).isEmpty();
      for (var width : Agreement.vectors(length)) {
        assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(bounded, width, 2, 3, length), expected, 0)).as("by %s at length %d of%n%s", width, length, program).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomLoopsTrainToTheSameBits(long seed) {
    check(RandomLoopsTest.program(seed).formatted("T"), 2, 5, 11);
  }

  /** A state and another by it, conditions, draws, loops in loops, places and labels that are looked up, whole numbers that are carried, an output that all turns have collected. */
  static Stream<String> programs() {
    return Stream.of("""
        input x: float[N, T, 3]
        target z: float[N, T, 4]
        y = x |> lstm(4, bidirectional = true) |> dropout(0.3) |> gru(5) |> dense(4)
        output y
        loss mse(y, z)
        train { optimizer = adam(0.01) }
        """, """
        input x: float[N, T, 3]
        target z: float[N, 4]
        cell = rnn_cell(4)
        h = zeros(N, 4)
        for t in 0..T { h = dropout(cell(x[:, t], h), 0.4) }
        output h
        loss mse(h, z)
        train { optimizer = sgd(0.1)  clip_global_norm = 0.5  accumulate = 2 }
        """, """
        input x: float[N, T, 3]
        target z: float[N, 3]
        w = dense(3)
        s = x[:, 0]
        n = zeros(N)
        for t in 0..T while n < 7 {
          s = tanh(w(s) + x[:, t])
          n = n + 1 + mean(s, axis = 1)
        }
        output s
        loss mse(s, z)
        train { optimizer = sgd(0.1) }
        """, """
        input x: float[N, T, 3]
        target z: float[N, 3]
        w = dense(3)
        s = x[:, 0]
        k = 0
        for t in 0..30 while k < 20 {
          s = tanh(w(s) + mean(x, axis = 1))
          k = k + 1
        }
        output s
        loss mse(s, z)
        train { optimizer = sgd(0.1) }
        """, """
        input x: float[N, T, 3]
        target z: float[N, 3]
        w = dense(3)
        s = zeros(N, 3)
        all = []
        for t in 0..T {
          r = s
          for u in 0..T - 1 { r = tanh(w(r) + x[:, u] * x[:, T - 1 - t]) }
          s = s + r * (t + 1) / T
          all = all + [s]
        }
        y = s + mean(stack(all, axis = 1), axis = 1)
        output y
        loss mse(y, z)
        train { optimizer = sgd(0.1) }
        """, """
        input words: category(9)[N, T]
        target z: float[N, 3]
        s = zeros(N, 3)
        vectors = embedding(3)
        for t in 0..T { s = tanh(vectors(words[:, t]) + 0.5 * s) }
        output s
        loss mse(s, z)
        train { optimizer = sgd(0.1) }
        """);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void loopsOfAnyKindDo(String program) {
    check(program, 1, 9, 20);
  }

  @Tag("slow")
  @Test
  void manyDo() {
    for (long seed = 5; seed < 60; seed++) {
      check(RandomLoopsTest.program(seed).formatted("T"), 2, 3, 4, 16, 23);
    }
  }
}
