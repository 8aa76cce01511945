package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import nnc.runtime.engine.Arena;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;

/** Where weights and slots begin in their arrays; oracle: lines of 64 bytes, the first element of an array 16 bytes behind a line's begin. */
class CacheLinesTest {
  private static final String NETWORK = """
      input  x: float[N, %d]
      target y: float[N, 3]
      table = tensor([1, 2, 3])
      output z = (x |> dense(%d, relu) |> batch_norm() |> dropout(0.1) |> dense(3)) * table
      loss mse(z, y)
      metric error = mae(z, y)
      train { optimizer = adam(0.001)  batch = %d }
      """;

  private static void beginsALine(int precision, long index, String what) {
    assertThat((16 + index * precision / 8) % 64).as(what + " at element " + index + " of " + precision + " bits").isZero();
  }

  private static void check(ModelSpec spec, int batch) {
    int end = 0;
    for (var weight : spec.weights()) {
      beginsALine(spec.precision(), weight.offset(), weight.path());
      assertThat(weight.offset()).isGreaterThanOrEqualTo(end);
      end = weight.offset() + weight.size() + NumericArrays.SPARE;
    }
    assertThat(spec.weightCount()).isGreaterThanOrEqualTo(end);
    for (var plan : spec.plans()) {
      int[] largest = new int[plan.dims().size()];
      Arrays.fill(largest, batch);
      var arena = Arena.allocated(plan, spec.precision(), largest, 2);
      for (int base : arena.bases) {
        beginsALine(spec.precision(), base, "a slot of " + plan.name());
      }
      beginsALine(spec.precision(), arena.scratchStart, "scratch of " + plan.name());
      beginsALine(spec.precision(), arena.scratchStart + arena.scratchSize, "scratch of another thread of " + plan.name());
    }
    spec.formulas().values().forEach(formula -> check(formula, batch));
  }

  @Property(tries = 6, seed = "26", shrinking = ShrinkingMode.OFF)
  void weightsAndSlotsBeginLines(@ForAll @IntRange(min = 1, max = 40) int width, @ForAll @IntRange(min = 1, max = 40) int units,
      @ForAll @IntRange(min = 1, max = 40) int batch) {
    for (int precision : new int[] {32, 64}) {
      var spec = Programs.compile(NETWORK.formatted(width, units, batch), precision).spec();
      assertThat(spec.weights()).extracting(ModelSpec.Weight::kind).contains(ModelSpec.WeightKind.values());
      check(spec, batch);
    }
  }
}
