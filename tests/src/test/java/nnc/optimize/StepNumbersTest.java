package nnc.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.OneWidth;
import nnc.driver.CompiledProgram;
import nnc.endtoend.Programs;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What follows from the step alone is as exact in a network of 32 bits as double makes it, and rounded once. Oracle: the formula in double. */
class StepNumbersTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");
  private static final int[] STEPS = {1, 2, 3, 7, 1000, 19_999, 20_000, 16_777_215, 16_777_217, 16_777_219, 33_554_435, Integer.MAX_VALUE};

  static Stream<Arguments> formulas() {
    return Stream.of(
        formula("1 - 0.99999^step", t -> -Math.expm1(t * Math.log(0.99999))),
        formula("1 / (1 - 0.9999999^step)", t -> -1 / Math.expm1(t * Math.log(0.9999999))),
        formula("0.9999^(step - 1)", t -> Math.pow(0.9999, t - 1)),
        formula("step - 16777216", t -> t - 16_777_216),
        formula("where(floor(step / 3) * 3 == step, 1, 0)", t -> t % 3 == 0 ? 1 : 0),
        formula("minimum(step, 2000000000) / 7", t -> Math.min(t, 2_000_000_000) / 7),
        formula("maximum(-step, -12)", t -> Math.max(-t, -12)),
        formula("sqrt(step) - sqrt(step - 1)", t -> Math.sqrt(t) - Math.sqrt(t - 1)),
        formula("sigmoid(step / 4) - 1", t -> -1 / (1 + Math.exp(t / 4))),
        formula("cast(step - 1 > 16777216, \"float\") + cast(step / 2, \"int\")", t -> (t - 1 > 16_777_216 ? 1 : 0) + Math.floor(t / 2)),
        formula("(1 - 0.999999^step) / (1 - 0.99999^step) * (epoch + 1)", t -> 6 * Math.expm1(t * Math.log(0.999999)) / Math.expm1(t * Math.log(0.99999))),
        formula("cosine_decay(40000000)", t -> Math.pow(Math.cos(Math.PI / 2 * Math.min(t - 1, 4e7) / 4e7), 2)),
        formula("polynomial_decay(2147483647)", t -> 1 - (t - 1) / 2147483647.0));
  }

  private static Arguments formula(String text, DoubleUnaryOperator value) {
    return Arguments.of(text, value);
  }

  private static double at(CompiledProgram compiled, String width, int step) {
    var context = OneWidth.of(compiled.spec(), compiled.classes(), width).initialised(1).context("predict", 3);
    context.batch(3);
    context.input("x").set(new double[] {1, 1, 1});
    context.counters(step, 5);
    context.run();
    return context.output("y").tensor().toDoubles()[2];
  }

  /** As a number, an array of one element, and beside a tensor; each is a counted number of its own, or shares a kernel with another. */
  @ParameterizedTest
  @MethodSource("formulas")
  void areRoundedOnce(String text, DoubleUnaryOperator formula) {
    for (var shape : List.of("c = %s", "c = reshape(%s, [1])", "other = 3 * step  c = %s  output also = x * other", "c = expand(%s, 0) * ones(1)")) {
      for (var switches : List.of(Switches.ALL_ON, Switches.without(Optimization.FUSION), Switches.without(Optimization.HOIST_RESHAPES), Switches.without(Optimization.SINK_RESHAPES))) {
        var program = "input x: float[N]\n" + shape.formatted(text) + "\noutput y = x * c\n";
        var compiled = Programs.compile(program, 32, switches.off().toArray(Optimization[]::new));
        for (int step : STEPS) {
          double expected = formula.applyAsDouble(step);
          for (var width : switches.off().isEmpty() ? WIDTHS : List.of("Scalar")) {
            assertThat(at(compiled, width, step)).as("%s of %s at step %d, width %s, %s", shape, text, step, width, switches)
                .isCloseTo(expected, within(Math.abs(expected) * 0x1.1p-24 + 1e-15));
          }
        }
      }
    }
  }

  /** A number that is stored for tensors is no less exact where another number is computed from it. */
  @Test
  void whatIsStoredIsNotReadBack() {
    var compiled = Programs.compile("""
        input x: float[N]
        near = 0.99999^step
        output a = x * near
        output y = x * (1 - near)
        """, 32);
    assertThat(at(compiled, "Scalar", 1)).isCloseTo(1e-5, within(1e-12));
  }

  /** A number that takes more than a method holds is computed in the network's precision, and is no less right. */
  @Test
  void longComputations() {
    var compiled = Programs.compile("""
        input x: float[N]
        s = step / 1000
        for i in 0..200 { s = s + sin(s) / 100 }
        output y = x * s
        """, 32);
    double expected = 1;
    for (int i = 0; i < 200; i++) {
      expected += Math.sin(expected) / 100;
    }
    assertThat(at(compiled, "512", 1000)).isCloseTo(expected, within(1e-5));
  }

  /** Of equal kernels one is compiled: numbers that differ in what they are computed from are no equal kernels. */
  @Test
  void eachIsComputedFromItsOwn() {
    var text = new StringBuilder("input x: float[N]\n");
    for (int i = 1; i <= 12; i++) {
      text.append("p").append(i).append(" = 0.9").append(i).append("^step\noutput o").append(i).append(" = x * p").append(i).append('\n');
    }
    text.append("output y = x * (");
    for (int i = 1; i <= 12; i++) {
      text.append(i > 1 ? " + " : "").append("(1 - p").append(i).append(") * ").append(i);
    }
    double expected = 0;
    for (int i = 1; i <= 12; i++) {
      expected += i * (1 - Math.pow(Double.parseDouble("0.9" + i), 2));
    }
    assertThat(at(Programs.compile(text.append(")\n").toString(), 32), "Scalar", 2)).isCloseTo(expected, within(1e-5));
  }

  /** Steps are told apart beyond 2^24, so that every third of them learns there too. */
  @Test
  void accumulationCountsOn() {
    var model = Compiler.load(Programs.compile("""
        input x: float[N]
        param w: float = zeros
        loss mean(x * w)
        train { optimizer = sgd(1)  accumulate = 3 }
        """, 32)).initialised(1);
    var context = model.context("train", 1);
    int learned = 0;
    for (int step = (1 << 24) + 1; step <= (1 << 24) + 12; step++) {
      double before = model.weight("w").toDoubles()[0];
      context.input("x").set(0, 1);
      context.counters(step, 0);
      context.run();
      learned += model.weight("w").toDoubles()[0] == before ? 0 : 1;
    }
    assertThat(learned).isEqualTo(4);
  }
}
