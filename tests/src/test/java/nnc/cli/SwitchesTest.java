package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.optimizations.Optimization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Names of what can be switched off or shown: those that there are do something, others are faults. */
class SwitchesTest {
  private static final String PROGRAM = "input x: float[N, 3]\noutput y = sum(relu(x) * 2 + 1, axis = 1)\n";

  private static String fault(List<String> without, List<String> after) {
    try {
      Compiler.compile("net.nn", PROGRAM, new CompilerOptions(Map.of(), 32, without, after, _ -> { }));
      return "";
    } catch (FaultyProgram e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachCanBeSwitchedOffUnlessItIsNecessary(Optimization one) {
    if (one.isSwitchable()) {
      assertThat(fault(List.of(one.title()), List.of(one.title()))).isEmpty();
    } else {
      assertThat(fault(List.of(one.title()), List.of())).contains("--without=" + one.title() + ": it cannot be switched off: " + one.necessity());
    }
  }

  @ParameterizedTest
  @CsvSource({"dead, DEAD_CODE_ELIMINATION", "stops, STOP_GRADIENTS", "fold, CONSTANT_FOLDING", "cse, COMMON_SUBEXPRESSIONS", "softmax, SOFTMAX_GRADIENT",
      "stack, BATCH_STEP_MATMULS", "masks, RELU_MASK_REUSE", "unfold, FUSE_WINDOW_GRADIENTS", "flatten, SINK_RESHAPES", "hoist, HOIST_RESHAPES",
      "affine, FOLD_BATCH_NORM", "seams, SUM_OF_PADS_TO_CONCAT", "batch-last, BATCH_LAST_LAYOUT", "slices, BATCH_TILING", "zeros, ZERO_SKIPPING"})
  void formerNamesAreTaken(String former, Optimization one) {
    assertThat(Optimization.of(former)).contains(one);
    assertThat(fault(List.of(former), List.of(former))).isEmpty();
  }

  @Test
  void othersAreFaults() {
    assertThat(fault(List.of("fusoin"), List.of())).contains("--without=fusoin: there is no optimization of this name; did you mean fusion?");
    assertThat(fault(List.of(), List.of("nonsense"))).contains("--after=nonsense: there is no optimization of this name")
        .contains("optimizations are " + String.join(", ", Optimization.titles()));
    assertThat(fault(List.of(""), List.of())).contains("--without=: there is no optimization of this name");
  }
}
