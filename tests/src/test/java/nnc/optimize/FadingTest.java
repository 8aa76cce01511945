package nnc.optimize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an optimizer remembers of a weight whose gradient has become zero ends at zero: subnormal numbers are slow to compute with. */
class FadingTest {
  private static final int STEPS = 1200;

  @ParameterizedTest
  @ValueSource(strings = {"momentum(0.1)", "nesterov(0.1)", "adadelta(decay = 0.9)", "rmsprop(decay = 0.9, momentum = 0.9, centered = true)",
      "adam(beta2 = 0.9)", "amsgrad(beta2 = 0.9)", "adamw(beta2 = 0.9)", "nadam(beta2 = 0.9)", "lion(beta2 = 0.9)"})
  void noMemoryStaysSubnormal(String optimizer) {
    var compiled = Programs.compile("""
        input x: float[N, 16]
        param w: float[16] = normal(0, 1)
        loss mean(sum(x * w, axis = 1))
        train { optimizer = %s  batch = 4 }
        """.formatted(optimizer), 32);
    var model = Compiler.load(compiled).initialised(1);
    var context = model.context("train", 4, new Threads(1));
    var x = context.input("x");
    for (int step = 1; step <= STEPS; step++) {
      for (int i = 0; i < x.size(); i++) {
        x.set(i, step < 3 ? 1 + i : 0);
      }
      context.counters(step, 0);
      context.run();
    }
    for (var weight : model.spec().weights()) {
      if (weight.kind() == ModelSpec.WeightKind.OPTIMIZER) {
        assertThat(Arrays.stream(model.weight(weight.path()).toDoubles()).boxed()).as(weight.path())
            .allMatch(value -> value == 0 || Math.abs(value) >= Float.MIN_NORMAL);
      }
    }
  }
}
