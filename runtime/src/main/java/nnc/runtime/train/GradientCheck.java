package nnc.runtime.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.engine.CounterRandom;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.Weight;

/**
 * Compares the gradient plan's symbolic gradients with central differences of its loss, parameter by parameter, in double. Elements near
 * a kink, where the difference depends on its width, and at one, where the slopes on both sides differ however narrow it is, are passed over.
 */
public final class GradientCheck {
  /** Half the width of a difference: about the cube root of the rounding error, which balances it with the truncation. */
  private static final double STEP = 1e-5;
  /** Differences of two widths that disagree by more straddle a kink; slopes on both sides that do meet in one. */
  private static final double SMOOTH = 1e-5;

  /**
   * One parameter's result.
   *
   * @param element  the place of the worst element, row-major
   * @param symbolic the gradient there, as computed
   * @param numeric  the gradient there, as a difference
   * @param error    relative to the larger of both and to the loss's scale
   * @param checked  elements compared; {@code kinks} those passed over
   */
  public record Finding(String path, int element, double symbolic, double numeric, double error, int checked, int kinks) {}

  private final Context context;
  private final double[] weights;
  private final Runnable feed;

  /** @param feed sets all inputs; called before each run */
  public GradientCheck(Model model, Context context, Runnable feed) {
    this.context = context;
    this.weights = (double[]) model.weights();
    this.feed = feed;
  }

  /** The parameters whose gradient the plan has and differences say nothing of: one that the program declares has part in it. */
  public List<String> declared() {
    List<String> declared = new ArrayList<>();
    for (Output gradient : context.results(Role.DECLARED_GRADIENT)) {
      declared.add(gradient.name());
    }
    return declared;
  }

  private double loss() {
    feed.run();
    context.counters(1, 0);
    context.run();
    return context.result(Role.LOSS, "loss").get(0);
  }

  /** Checks up to {@code most} elements of each parameter that the plan has a gradient of, chosen by {@code seed}. */
  public List<Finding> run(ModelSpec spec, int most, long seed) {
    double here = loss();
    Map<String, double[]> gradients = new HashMap<>();
    for (Output gradient : context.results(Role.GRADIENT)) {
      gradients.put(gradient.name(), gradient.tensor().toDoubles());
    }
    List<Finding> findings = new ArrayList<>();
    for (Weight weight : spec.weights()) {
      if (gradients.containsKey(weight.path())) {
        findings.add(parameter(weight, gradients.get(weight.path()), most, seed, here));
      }
    }
    return findings;
  }

  private Finding parameter(Weight weight, double[] gradient, int most, long seed, double here) {
    double scale = Math.max(1, Math.abs(here));
    int key = CounterRandom.key(seed, 0, CounterRandom.stream(weight.path()));
    int second = CounterRandom.second(key);
    Finding worst = new Finding(weight.path(), 0, gradient[0], gradient[0], 0, 0, 0);
    int checked = 0;
    int kinks = 0;
    for (int i = 0; i < Math.min(most, gradient.length); i++) {
      int element = gradient.length <= most ? i : CounterRandom.below(gradient.length, key, second, i);
      var wide = difference(weight.offset() + element, STEP, here);
      var narrow = difference(weight.offset() + element, STEP / 2, here);
      double numeric = wide.slope;
      double size = Math.max(Math.max(Math.abs(numeric), Math.abs(gradient[element])), 1e-4 * scale);
      // of a smooth loss the bend is as wide as the difference, of a kink it stays
      if (Math.abs(numeric - narrow.slope) > SMOOTH * size || Math.abs(2 * narrow.bend - wide.bend) > SMOOTH * size) {
        kinks++;
        continue;
      }
      checked++;
      double error = Math.abs(numeric - gradient[element]) / size;
      if (!(error <= worst.error())) {
        worst = new Finding(weight.path(), element, gradient[element], numeric, error, 0, 0);
      }
    }
    return new Finding(worst.path(), worst.element(), worst.symbolic(), worst.numeric(), worst.error(), checked, kinks);
  }

  /** The slope from one side of an element to the other, and by how much the slope above differs from that below. */
  private record Difference(double slope, double bend) {}

  private Difference difference(int place, double step, double here) {
    double old = weights[place];
    try {
      weights[place] = old + step;
      double above = loss();
      weights[place] = old - step;
      double below = loss();
      return new Difference((above - below) / (2 * step), (above - 2 * here + below) / step);
    } finally {
      weights[place] = old;
    }
  }
}
