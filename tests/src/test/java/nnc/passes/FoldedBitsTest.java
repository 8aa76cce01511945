package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.driver.CompiledProgram;
import nnc.endtoend.Programs;
import nnc.graph.Op;
import nnc.graph.UnaryFn;
import nnc.optimizations.Optimization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is computed of constants when a program is compiled has the bits that the run would give; oracle: the same program without the pass. */
class FoldedBitsTest {
  private static final int COUNT = 150;

  private static String table(Random random, double scale) {
    return IntStream.range(0, COUNT).mapToObj(i -> i == 0 ? "0" : i == 1 ? "-0.0" : i == 2 ? "1e-300" : i == 3 ? "30000000" : i == 4 ? "-2.5"
        : String.valueOf(random.nextGaussian() * scale * Math.exp(random.nextInt(5) - 3))).collect(Collectors.joining(", ", "tensor([", "])"));
  }

  private static boolean computes(CompiledProgram compiled) {
    return compiled.stages().get("predict").schedule().graph().nodes().stream().anyMatch(node -> node.op() instanceof Op.Unary || node.op() instanceof Op.Binary);
  }

  private static void check(String expression, int precision) {
    var source = "input x: float[N]\noutput y = " + expression + "\noutput z = x";
    var folded = Programs.compile(source, precision);
    assertThat(computes(folded)).as("computed at run time: %s", expression).isFalse();
    var plain = Programs.compile(source, precision, Optimization.CONSTANT_FOLDING, Optimization.SIMPLIFY, Optimization.FOLD_BATCH_NORM);
    assertThat(computes(plain)).isTrue();
    for (var width : List.of("Scalar", "512")) {
      assertThat(Programs.predict(folded, width, "x", new double[] {1}, 1, "y")).as("%s at %s bits, %s", expression, precision, width)
          .isEqualTo(Programs.predict(plain, width, "x", new double[] {1}, 1, "y"));
    }
  }

  @ParameterizedTest
  @EnumSource(UnaryFn.class)
  void ofFunctions(UnaryFn fn) {
    var random = new Random(fn.ordinal());
    for (int precision : new int[] {32, 64}) {
      for (double scale : new double[] {1, 20}) {
        var table = table(random, scale);
        check(switch (fn) {
          case NEG -> "-" + table;
          case NOT -> "cast(not (" + table + " < 1), \"float\")";
          case ABS, SIGN, FLOOR, CEIL, ROUND, EXP, EXPM1, LOG, LOG1P, SQRT, SIN, COS, TANH, ERF, SIGMOID -> fn + "(" + table + ")";
        }, precision);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a + b", "a - b", "a * b", "a / b", "a ^ b", "abs(a) ^ b", "minimum(a, b)", "maximum(a, b)", "where(a < b, a, b)",
      "cast(a * b, \"int\") / 3", "exp(a) * b + 0.1", "sigmoid(a + b) ^ 0.3", "mean(tanh(a) - b) * 0 + log1p(exp(a))"})
  void ofTwo(String expression) {
    var random = new Random(9);
    for (int precision : new int[] {32, 64}) {
      check(expression.replaceAll("\\bb\\b", table(random, 2)).replaceAll("\\ba\\b", table(random, 3)), precision);
    }
  }

  /** Of two zeros too the same one is taken. */
  @ParameterizedTest
  @ValueSource(strings = {"minimum", "maximum"})
  void ofZeros(String function) {
    for (int precision : new int[] {32, 64}) {
      check(function + "(tensor([0, 0, -0.0, -0.0]), tensor([0, -0.0, 0, -0.0]))", precision);
    }
  }

  @Test
  void ofOneNumberEverywhere() {
    for (int precision : new int[] {32, 64}) {
      check("exp(full([7], 0.1)) ^ full([7], 3.3)", precision);
      check("tanh(full([5, 3], 0.7)) * full([5, 3], 0.1)", precision);
    }
  }
}
