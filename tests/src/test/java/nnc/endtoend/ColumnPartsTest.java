package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.lower.Lowering;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec;
import org.junit.jupiter.api.Test;

/** Columns that are summed in parts, rows of which threads share: against the interpreter, and bit for bit over threads. */
class ColumnPartsTest {

  /** @param rows of an example, of as many columns as {@code width} says */
  private static String program(int rows, int width) {
    return """
        input  x: float[N, %1$d, 3]
        target y: float[N, %1$d, 2]
        h = x |> dense(%2$d, tanh) |> layer_norm()
        output seen = h |> dense(2)
        output highest = max(max(h, axis = 1), axis = 0)
        loss mse(seen, y)
        train { optimizer = adam(0.01)  batch = 4 }
        """.formatted(rows, width);
  }

  private static long totals(CompiledProgram compiled) {
    return compiled.spec().plans().stream().filter(plan -> plan.name().equals("train")).flatMap(plan -> plan.calls().stream())
        .map(ModelSpec.Call::label).filter(label -> label.startsWith("totals of")).count();
  }

  @Property(tries = 5, seed = "26", shrinking = ShrinkingMode.OFF)
  void agree(@ForAll @IntRange(min = 1, max = 3) int parts, @ForAll @IntRange(min = 64, max = 100) int width, @ForAll @IntRange(min = 1, max = 7) int batch,
      @ForAll boolean wide) {
    var compiled = Programs.compile(program(32 * parts, width), wide ? 64 : 32);
    assertThat(totals(compiled)).as("gradients of biases, gamma and beta").isPositive();
    Agreement.check(compiled, batch, wide ? 1e-10 : 2e-4, parts + 31L * width);
  }

  /** Weights after three steps, over batches of which the first is the largest. */
  private static Map<String, double[]> train(CompiledProgram compiled, int threads) {
    var model = Compiler.load(compiled).initialised(5);
    try (var team = new Threads(threads)) {
      var context = model.context("train", Map.of("N", 9), team);
      int step = 1;
      for (int batch : new int[] {9, 4, 7}) {
        context.batch(batch);
        Agreement.feed(model, context, batch);
        context.counters(step++, 0);
        context.run();
      }
    }
    var all = new TreeMap<String, double[]>();
    model.spec().weights().forEach(weight -> all.put(weight.path(), model.weight(weight.path()).toDoubles()));
    return all;
  }

  @Test
  void sumsAreTheSameWithAnyNumberOfThreads() {
    var compiled = Programs.compile(program(96, 600), 32);
    assertThat(totals(compiled)).isPositive();
    var alone = train(compiled, 1);
    for (int threads : List.of(2, 3, 5)) {
      train(compiled, threads).forEach((path, weights) -> assertThat(weights).as("%s with %d threads", path, threads).containsExactly(alone.get(path)));
    }
  }

  @Test
  void fewRowsAreSummedWhole() {
    assertThat(totals(Programs.compile(program(31, 64), 32))).isZero();
  }

  @Test
  void roomCountsAsMemory() {
    var stage = Programs.compile(program(64, 64), 32).stages().get("train");
    long one = Lowering.besides(stage.lowered().plan(), stage.memory(), _ -> 1);
    assertThat(Lowering.besides(stage.lowered().plan(), stage.memory(), _ -> 3)).isEqualTo(3 * one).isPositive();
  }
}
