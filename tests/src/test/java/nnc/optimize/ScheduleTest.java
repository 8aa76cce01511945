package nnc.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.IntToDoubleFunction;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import nnc.Covers;
import nnc.library.Piece;

/** Schedules against their closed formulas. With a gradient of 1 the weight falls by the rate, so every step shows it. */
@Covers({"warmup", "cosine_decay", "step_decay", "exponential_decay", "polynomial_decay", "one_cycle"})
class ScheduleTest {
  private static final int STEPS = 40;

  private static double[] rates(String schedule, int stepsPerEpoch) {
    var piece = Piece.of("""
        input x: float[N]
        layer held()(x: float[N]) {
          param w: float = zeros
          return mean(w * x)
        }
        loss held()(x)
        train { optimizer = sgd(%s) }
        """.formatted(schedule), 1);
    piece.feed(1, "x", 1);
    var rates = new double[STEPS];
    for (int step = 1; step <= STEPS; step++) {
      double before = piece.weight("held.w")[0];
      piece.train(step, (step - 1) / stepsPerEpoch);
      rates[step - 1] = before - piece.weight("held.w")[0];
    }
    return rates;
  }

  private static void check(String schedule, IntToDoubleFunction formula) {
    double[] rates = rates(schedule, 8);
    for (int t = 0; t < STEPS; t++) {
      assertThat(rates[t]).as(schedule + " at step " + (t + 1)).isCloseTo(formula.applyAsDouble(t), within(1e-13));
    }
  }

  /** In the formulas t is the number of steps already made. */
  @Property(tries = 4, seed = "26", shrinking = ShrinkingMode.OFF)
  void formulas(@ForAll @IntRange(min = 4, max = 50) int n, @ForAll @Scale(5) @DoubleRange(min = 0.5, max = 0.999) double factor, @ForAll @IntRange(min = 1, max = 9) int every) {
    check("warmup(" + n + ")", t -> Math.min(1, (t + 1.0) / n));
    check("cosine_decay(" + n + ")", t -> (1 + Math.cos(Math.PI * Math.min(t, n) / n)) / 2);
    check("step_decay(" + every + ", " + factor + ")", t -> Math.pow(factor, t / every));
    check("exponential_decay(" + factor + ")", t -> Math.pow(factor, t));
    check("polynomial_decay(" + n + ")", t -> 1 - Math.min(t, n) / (double) n);
    check("polynomial_decay(" + n + ", power = " + 3 * factor + ")", t -> Math.pow(1 - Math.min(t, n) / (double) n, 3 * factor));
    check("one_cycle(" + n + ")", t -> oneCycle(Math.min(t, n - 1), n));
  }

  /** torch's OneCycleLR with its defaults: three tenths up from 1/25, the rest down to a ten-thousandth of that. */
  private static double oneCycle(int t, int n) {
    double top = 0.3 * n - 1;
    return t <= top ? between(0.04, 1, t / top) : between(1, 4e-6, (t - top) / (n - 1 - top));
  }

  private static double between(double from, double to, double share) {
    return to + (from - to) / 2 * (1 + Math.cos(Math.PI * share));
  }

  @Example
  void schedulesMultiplyAndCountEpochs() {
    check("0.5 * warmup(10) * cosine_decay(30)", t -> 0.5 * Math.min(1, (t + 1) / 10.0) * (1 + Math.cos(Math.PI * Math.min(t, 30) / 30)) / 2);
    check("0.1 * 0.5 ^ epoch", t -> 0.1 * Math.pow(0.5, t / 8));
    check("0.1 * 0.5 ^ floor(epoch / 2)", t -> 0.1 * Math.pow(0.5, t / 16));
  }
}
