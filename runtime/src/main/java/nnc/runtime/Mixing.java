package nnc.runtime;

import java.util.HashMap;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** Weights of one network brought nearer to those of another. */
final class Mixing {
  private Mixing() {}

  /** {@code to + share * (from - to)} of each parameter and state; {@code from} itself where the share is 1. Whole numbers are rounded. */
  static void mix(ModelSpec spec, Object to, ModelSpec other, Object from, double share) {
    Map<String, Weight> there = new HashMap<>();
    for (Weight weight : other.weights()) {
      there.put(weight.path(), weight);
    }
    for (Weight weight : spec.weights()) {
      Weight same = there.get(weight.path());
      if (isLearned(weight) && (same == null || !same.shape().equals(weight.shape()))) {
        throw new Fault("the network " + other.name() + (same == null ? " has no weight " + weight.path()
            : " has " + weight.path() + " " + same.shape() + ", not " + weight.shape()));
      }
    }
    for (Weight weight : spec.weights()) {
      if (isLearned(weight)) {
        int offset = there.get(weight.path()).offset();
        for (int i = 0; i < weight.size(); i++) {
          double value = NumericArrays.get(weight.elements(), from, offset + i);
          double own = NumericArrays.get(weight.elements(), to, weight.offset() + i);
          double mixed = share == 1 ? value : own + share * (value - own);
          NumericArrays.set(weight.elements(), to, weight.offset() + i, weight.elements() == ModelSpec.ElementKind.INT ? Math.rint(mixed) : mixed);
        }
      }
    }
  }

  private static boolean isLearned(Weight weight) {
    return weight.kind() == WeightKind.PARAMETER || weight.kind() == WeightKind.STATE;
  }
}
