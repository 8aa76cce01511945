package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import nnc.graph.Op;

/**
 * Pools side by side, whose gradients are computed in the shape of their inputs: at every width and length of row, with a place
 * left over or none, against the interpreter.
 */
class PoolsTest {

  private static String program(int size, int high, int wide, int left, boolean mean, boolean flat) {
    return """
        input  x: float[N, 2, %1$d, %2$d]
        target y: float[N, 3]
        pooled = x |> conv2d(2, kernel = 1) |> tanh |> %3$s |> flatten
        output z = pooled |> dense(3)
        loss mse(z, y)
        train { optimizer = sgd(0.1)  batch = 4 }
        """.formatted(flat ? high : high * size + left, wide * size + left,
        (mean ? "avg_pool2d" : "max_pool2d") + "(" + (flat ? "[1, " + size + "]" : size) + ")");
  }

  @Property(tries = 16, seed = "26", shrinking = ShrinkingMode.OFF)
  void agree(@ForAll @IntRange(min = 2, max = 5) int size, @ForAll @IntRange(min = 1, max = 4) int high, @ForAll @IntRange(min = 1, max = 19) int wide,
      @ForAll boolean mean, @ForAll @IntRange(min = 0, max = 1) int left, @ForAll boolean flat, @ForAll boolean doubles, @ForAll @IntRange(min = 1, max = 5) int batch) {
    var compiled = Programs.compile(program(size, high, wide, left, mean, flat), doubles ? 64 : 32);
    Agreement.check(compiled, batch, doubles ? 1e-10 : 2e-4, size + 31L * wide);
    assertThat(compiled.stages().get("train").schedule().graph().nodes()).noneMatch(node -> node.op() instanceof Op.FoldWindows);
  }
}
