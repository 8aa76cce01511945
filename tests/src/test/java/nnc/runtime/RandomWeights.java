package nnc.runtime;

import java.util.Random;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** Models whose parameters and states all have values that matter: no bias of zeros, no scale of ones. Variances are positive. */
public final class RandomWeights {
  private RandomWeights() {}

  /** The network with weights drawn from the seed; optimizer memory starts as training would start it. */
  public static Model of(Model model, long seed) {
    var random = new Random(seed);
    var initial = model.initialised(seed);
    double[] weights = (double[]) initial.weights();
    for (var weight : model.spec().weights()) {
      if (weight.kind() == WeightKind.PARAMETER || weight.kind() == WeightKind.STATE) {
        for (int i = 0; i < weight.size(); i++) {
          double value = 0.5 * random.nextGaussian();
          weights[weight.offset() + i] = weight.path().endsWith("variance") ? 0.3 + value * value : value;
        }
      }
    }
    return initial;
  }

  /** Gives a parameter or state of a model other values. */
  public static void set(Model model, String path, double[] values) {
    var weight = model.spec().weights().stream().filter(one -> one.path().equals(path)).findFirst().orElseThrow(() -> new AssertionError("no weight " + path));
    for (int i = 0; i < weight.size(); i++) {
      if (model.writable() instanceof float[] floats) {
        floats[weight.offset() + i] = (float) values[i];
      } else {
        ((double[]) model.writable())[weight.offset() + i] = values[i];
      }
    }
  }
}
