package nnc.runtime;

import java.util.function.Function;
import nnc.runtime.ModelSpec.Plan;

/** A plan and the kernels that run it at present: contexts read them anew at every run. */
final class Code {
  final Plan plan;
  private final Function<String, Kernels> source;
  private volatile Kernels kernels;
  private volatile int width = -1;

  Code(Plan plan, Function<String, Kernels> source) {
    this.plan = plan;
    this.source = source;
  }

  /** The kernels in use; scalar ones at first, which need no warming. */
  Kernels kernels() {
    Kernels current = kernels;
    return current != null ? current : use(0);
  }

  /** Bits of the kernels in use. */
  int width() {
    return width;
  }

  /** From now on runs the widest kernels up to {@code bits}. */
  Kernels use(int bits) {
    for (int candidate : new int[] {512, 256, 128, 0}) {
      Kernels found = candidate > bits ? null : find(candidate);
      if (found != null) {
        kernels = found;
        width = candidate;
        return found;
      }
    }
    throw new Fault("the network has no code for plan " + plan.name() + " at " + Width.suffix(bits), "compile it again");
  }

  /** The kernels of a width; null if the model has none. */
  Kernels find(int bits) {
    return source.apply(plan.kernels() + Width.suffix(bits));
  }
}
