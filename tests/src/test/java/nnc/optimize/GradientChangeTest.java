package nnc.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.Example;
import nnc.Covers;
import nnc.library.Piece;

/** Clipping, penalties, freezing and projections around the optimizer's step. */
@Covers({"l1", "l2", "l1_l2", "max_norm", "non_negative", "unit_norm"})
class GradientChangeTest {
  private static final Supplier<Run.Reference> SGD = () -> (w, g, _) -> {
    for (int i = 0; i < w.length; i++) {
      w[i] -= 0.1 * g[i];
    }
  };

  private static double norm(List<double[]> arrays) {
    double sum = 0;
    for (var array : arrays) {
      for (double x : array) {
        sum += x * x;
      }
    }
    return Math.sqrt(sum);
  }

  /** torch.nn.utils.clip_grad_norm_: the factor is limit / (norm + 1e-6), at most 1. */
  private static void shrink(List<double[]> gradients, double limit) {
    double factor = Math.min(1, limit / (norm(gradients) + 1e-6));
    gradients.forEach(g -> Arrays.setAll(g, i -> g[i] * factor));
  }

  @Example
  void clipping() {
    Run.compare("optimizer = sgd(0.1) clip_value = 0.3", SGD, gradients -> gradients.forEach(g -> Arrays.setAll(g, i -> Math.clamp(g[i], -0.3, 0.3))), 1);
    Run.compare("optimizer = sgd(0.1) clip_norm = 0.7", SGD, gradients -> gradients.forEach(g -> shrink(List.of(g), 0.7)), 2);
    Run.compare("optimizer = sgd(0.1) clip_global_norm = 0.7", SGD, gradients -> shrink(gradients, 0.7), 3);
    Run.compare("optimizer = sgd(0.1) clip_value = 0.5 clip_global_norm = 0.7", SGD, gradients -> {
      gradients.forEach(g -> Arrays.setAll(g, i -> Math.clamp(g[i], -0.5, 0.5)));
      shrink(gradients, 0.7);
    }, 4);
  }

  /** A penalty's gradient is added for the parameters that match, before any clipping; the step decays the weights by it. */
  @Example
  void penalties() {
    Supplier<Run.Reference> l2 = () -> decayed(0.3, 0);
    Run.compare("regularize l2(0.3) on \"*\"", "optimizer = sgd(0.1)", l2, Run::unchanged, _ -> { }, 5);
    Run.compare("regularize l1(0.2) on \"held.*\"", "optimizer = sgd(0.1)", () -> decayed(0, 0.2), Run::unchanged, _ -> { }, 6);
    Run.compare("regularize l1_l2(0.2, 0.4) on \"*\"", "optimizer = sgd(0.1)", () -> decayed(0.4, 0.2), Run::unchanged, _ -> { }, 7);
  }

  private static Run.Reference decayed(double squares, double sizes) {
    return (w, g, _) -> {
      for (int i = 0; i < w.length; i++) {
        w[i] -= 0.1 * (g[i] + squares * w[i] + sizes * Math.signum(w[i]));
      }
    };
  }

  /** W is [4, 3]: the norm of a unit is that of a column; unit_norm measures along the last axis. */
  @Example
  void projections() {
    Run.compare("constrain max_norm(0.8) on \"held.W\"", "optimizer = sgd(0.1)", SGD, Run::unchanged, w -> {
      for (int unit = 0; unit < 3; unit++) {
        double norm = Math.sqrt(w[unit] * w[unit] + w[3 + unit] * w[3 + unit] + w[6 + unit] * w[6 + unit] + w[9 + unit] * w[9 + unit]);
        for (int i = unit; i < 12; i += 3) {
          w[i] *= Math.min(1, 0.8 / norm);
        }
      }
    }, 8);
    Run.compare("constrain non_negative on \"held.W\"", "optimizer = sgd(0.1)", SGD, Run::unchanged, w -> Arrays.setAll(w, i -> Math.max(0, w[i])), 9);
    Run.compare("constrain unit_norm on \"held.W\"", "optimizer = sgd(0.1)", SGD, Run::unchanged, w -> {
      for (int row = 0; row < 12; row += 3) {
        double norm = Math.sqrt(w[row] * w[row] + w[row + 1] * w[row + 1] + w[row + 2] * w[row + 2]);
        for (int i = row; i < row + 3; i++) {
          w[i] /= norm;
        }
      }
    }, 10);
  }

  @Example
  void theNormOfAConvolutionsFilterIsBound() {
    var piece = Piece.of("input x: float[N, 2, 5, 5] loss mean(conv2d(3, kernel = 2)(x)) constrain max_norm(0.5) on \"conv*.W\" train { optimizer = sgd(0.1) }", 1);
    piece.feed(2, "x", 100, new Random(1));
    piece.train(1, 0);
    double[] w = piece.weight("conv2d.W");
    for (int f = 0; f < 3; f++) {
      assertThat(norm(List.of(Arrays.copyOfRange(w, 8 * f, 8 * f + 8)))).isCloseTo(0.5, within(1e-12));
    }
  }

  @Example
  void whatIsFrozenStays() {
    var piece = Piece.of("""
        input x: float[N, 3]
        h = dense(4, tanh)(x)
        loss mean(dense(2)(h)^2)
        freeze "dense.*"
        train { optimizer = adam(0.1) }
        """, 3);
    piece.feed(5, "x", 15, new Random(3));
    double[] first = piece.weight("dense.W");
    double[] bias = piece.weight("dense.b");
    double[] second = piece.weight("dense_2.W");
    for (int step = 1; step <= Run.STEPS; step++) {
      piece.train(step, 0);
    }
    assertThat(piece.weight("dense.W")).containsExactly(first);
    assertThat(piece.weight("dense.b")).containsExactly(bias);
    assertThat(piece.weight("dense_2.W")).isNotEqualTo(second);
  }
}
