package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import nnc.driver.CompiledProgram;

/** Networks with fewer columns and terms than a vector has lanes: rows, columns or terms may lie along them. Oracles: the interpreter, and equal bits at all widths. */
class TinyNetworksTest {

  @Property(tries = 16, seed = "16", shrinking = ShrinkingMode.OFF)
  void ofAnyShape(@ForAll @IntRange(min = 1, max = 40) int batch, @ForAll @IntRange(min = 1, max = 12) int terms,
      @ForAll @IntRange(min = 1, max = 12) int columns, @ForAll @IntRange(min = 2, max = 12) int classes, @ForAll boolean precise) {
    var compiled = Programs.compile("""
        input  x: float[N, %d]
        target y: int[N]
        logits = x |> dense(%d, tanh) |> dense(%d)
        output probability = softmax(logits)
        loss cross_entropy(logits, y)
        metric accuracy = mean(argmax(logits, axis = 1) == y)
        train { optimizer = sgd(0.1)  batch = 32 }
        """.formatted(terms, columns, classes), precise ? 64 : 32);
    Agreement.check(compiled, batch, precise ? 1e-11 : 1e-4, terms * 31L + columns);
    var first = trained("Scalar", compiled, batch);
    for (var width : List.of("128", "256", "512")) {
      assertThat(trained(width, compiled, batch)).as(width).isEqualTo(first);
    }
  }

  private static double[] trained(String width, CompiledProgram compiled, int batch) {
    var model = Agreement.load(compiled, width).initialised(7);
    var context = model.context("train", batch);
    for (int step = 1; step <= 3; step++) {
      Agreement.feed(model, context, step);
      context.counters(step, 0);
      context.run();
    }
    return model.spec().weights().stream().flatMapToDouble(weight -> java.util.Arrays.stream(model.weight(weight.path()).toDoubles())).toArray();
  }
}
