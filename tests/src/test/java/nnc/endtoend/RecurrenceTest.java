package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of a recurrence, which read and write parts of what they share, against the interpreter. */
class RecurrenceTest {

  /** @param axis that steps are laid along, in the order of time or against it */
  private static String program(boolean memory, int steps, int hidden, int axis, boolean backwards) {
    return """
        input  x: float[N, %1$d, 3]
        target y: float[N, %2$d]
        cell = %3$s(%2$d)
        h = zeros(N, %2$d)
        c = zeros(N, %2$d)
        steps = []
        for t in 0..%1$d {
          %4$s = cell(x[:, %5$s], %4$s)
          steps = steps + [h]
        }
        seen = stack(steps, axis = %6$d)
        output last = tanh(concat([h, steps[0]], axis = 0))
        loss mse(mean(seen * seen, axis = %6$d), y)
        train { optimizer = adam(0.001)  batch = 4 }
        """.formatted(steps, hidden, memory ? "lstm_cell" : "gru_cell", memory ? "h, c" : "h", backwards ? (steps - 1) + " - t" : "t", axis);
  }

  @Property(tries = 6, seed = "26", shrinking = ShrinkingMode.OFF)
  void agree(@ForAll boolean memory, @ForAll @IntRange(min = 1, max = 5) int steps, @ForAll @IntRange(min = 1, max = 9) int hidden,
      @ForAll @IntRange(min = 0, max = 1) int axis, @ForAll boolean backwards, @ForAll @IntRange(min = 1, max = 20) int batch, @ForAll boolean wide) {
    var compiled = Programs.compile(program(memory, steps, hidden, axis, backwards), wide ? 64 : 32);
    Agreement.check(compiled, batch, wide ? 1e-10 : 2e-4, steps + 31L * hidden);
  }

  @Test
  void partsMoveWithTheBatch() {
    var compiled = Programs.compile(program(true, 4, 5, 0, false), 64);
    var model = Agreement.load(compiled, "128").initialised(3);
    var small = model.context("predict", 3);
    var large = model.context("predict", 11);
    for (int batch : new int[] {11, 3}) {
      large.batch(batch);
      Agreement.feed(model, large, 8);
      large.run();
    }
    Agreement.feed(model, small, 8);
    small.run();
    var expected = new double[small.output("last").size()];
    var actual = new double[expected.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = small.output("last").get(i);
      actual[i] = large.output("last").get(i);
    }
    assertThat(actual).isEqualTo(expected);
  }

  /** What of a sequence is read after its end decides what gradients the steps have. */
  private static String over(int steps, String read) {
    return """
        input  x: float[N, %1$d, 3]
        target y: float[N, 5]
        cell = lstm_cell(5)
        h = zeros(N, 5)
        c = zeros(N, 5)
        steps = []
        for t in 0..%1$d {
          h, c = cell(x[:, t], h, c)
          steps = steps + [h]
        }
        seen = stack(steps, axis = 1)
        output last = %2$s
        loss mse(last, y)
        train { optimizer = adam(0.001)  batch = 4 }
        """.formatted(steps, read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h", "seen[:, -1]", "seen[:, 1]", "mean(seen * seen, axis = 1)", "sum(seen[:, 1:], axis = 1)", "mean(seen[:, ::2], axis = 1)"})
  void longRecurrencesShareTheirKernels(String read) {
    var small = Programs.compile(over(20, read), 32);
    var large = Programs.compile(over(60, read), 32);
    small.stages().forEach((purpose, stage) ->
        assertThat(large.stages().get(purpose).lowered().kernels().size()).as(purpose).isEqualTo(stage.lowered().kernels().size()));
    Agreement.check(small, 3, 2e-4, 17);
  }

  @Test
  void stepsWithMasksShareTheirKernels() {
    var program = """
        input  x: float[N, %1$d, 3]
        input  length: int[N]
        target y: int[N]
        logits = gru(4, bidirectional = true)(x, sequence_mask(length, %1$d))[:, 0] |> dense(3)
        output probability = softmax(logits)
        loss cross_entropy(logits, y)
        train { optimizer = adam(0.001)  batch = 4 }
        """;
    var small = Programs.compile(program.formatted(10), 32);
    var large = Programs.compile(program.formatted(30), 32);
    small.stages().forEach((purpose, stage) -> assertThat(large.stages().get(purpose).lowered().kernels().size()).as(purpose)
        .isLessThan(stage.lowered().kernels().size() + 10));
    Agreement.check(small, 3, 2e-4, 17);
  }
}
