package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import nnc.Covers;

/** Noise in training, seen through a parameter's gradient: of the loss {@code sum(noise(w))} it is what each element is multiplied by. */
@Covers({"dropout", "channel_dropout", "gaussian_noise", "gaussian_dropout"})
class NoiseTest {
  private static final int SIZE = 40_000;

  private static Piece piece(String expression) {
    return Piece.of("""
        input x: float[N]
        layer held()(x: float[N]) {
          param w: float[100, 20, 20] = zeros
          return w + 0 * x[0]
        }
        w = held()(x)
        y = %s
        output y
        loss sum(y)
        """.formatted(expression), 1).feed(1, "x", 1);
  }

  private static double mean(double[] values, DoubleUnaryOperator of) {
    return Arrays.stream(values).map(of).sum() / values.length;
  }

  @Property(tries = 5, seed = "26", shrinking = ShrinkingMode.OFF)
  void droppedIsTheShareAndTheRestGrows(@ForAll @Scale(3) @DoubleRange(min = 0.05, max = 0.9) double p) {
    var piece = piece("dropout(w, " + p + ")");
    double[] factors = piece.gradient("held.w");
    assertThat(Arrays.stream(factors).filter(f -> f != 0).allMatch(f -> Math.abs(f - 1 / (1 - p)) < 1e-12)).isTrue();
    assertThat(mean(factors, f -> f == 0 ? 1 : 0)).isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / SIZE)));
    assertThat(piece.predict("y")).containsExactly(piece.weight("held.w"));
  }

  @Property(tries = 4, seed = "26", shrinking = ShrinkingMode.OFF)
  void wholeChannelsAreDropped(@ForAll @Scale(3) @DoubleRange(min = 0.1, max = 0.8) double p) {
    var piece = piece("channel_dropout(w, " + p + ")");
    double[] factors = piece.gradient("held.w");
    int dropped = 0;
    for (int channel = 0; channel < 2000; channel++) {
      double first = factors[20 * channel];
      assertThat(Arrays.copyOfRange(factors, 20 * channel, 20 * channel + 20)).containsOnly(first);
      assertThat(first == 0 || Math.abs(first - 1 / (1 - p)) < 1e-12).isTrue();
      dropped += first == 0 ? 1 : 0;
    }
    assertThat(dropped / 2000.0).isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / 2000)));
    assertThat(piece.predict("y")).containsExactly(piece.weight("held.w"));
  }

  @Property(tries = 4, seed = "26", shrinking = ShrinkingMode.OFF)
  void gaussianFactorsHaveDropoutsMoments(@ForAll @Scale(3) @DoubleRange(min = 0.05, max = 0.8) double p) {
    var piece = piece("gaussian_dropout(w, " + p + ")");
    double[] factors = piece.gradient("held.w");
    double variance = p / (1 - p);
    assertThat(mean(factors, f -> f)).isCloseTo(1, within(5 * Math.sqrt(variance / SIZE)));
    assertThat(mean(factors, f -> (f - 1) * (f - 1))).isCloseTo(variance, within(8 * variance * Math.sqrt(2.0 / SIZE)));
    assertThat(piece.predict("y")).containsExactly(piece.weight("held.w"));
  }

  @Example
  void addedNoiseHasItsDeviation() {
    var piece = piece("gaussian_noise(w, 0.3)");
    assertThat(piece.gradient("held.w")).containsOnly(1);
    assertThat(piece.predict("y")).containsExactly(piece.weight("held.w"));
    var squared = piece("(gaussian_noise(w, 0.3) - w)^2 + 0 * w");
    double sum = squared.trainedLoss();
    assertThat(sum / SIZE).isCloseTo(0.09, within(8 * 0.09 * Math.sqrt(2.0 / SIZE)));
  }

  @Example
  void droppingNothingIsNothing() {
    assertThat(piece("dropout(w, 0)").gradient("held.w")).containsOnly(1);
    assertThat(piece("gaussian_dropout(w, 0)").gradient("held.w")).containsOnly(1);
    assertThat(piece("dropout(w, keep = 0.8)").gradient("held.w")).contains(0, 1.25);
  }
}
