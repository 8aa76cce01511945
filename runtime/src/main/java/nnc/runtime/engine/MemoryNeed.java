package nnc.runtime.engine;

import java.util.Arrays;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.Polynomials;

/** How much memory a network takes, which is known before any of it is taken. Sizes that only the data tell count as 1. */
public final class MemoryNeed {
  private final ModelSpec spec;
  private final int threads;

  /** @param threads that compute together, each of which has some memory of its own */
  public MemoryNeed(ModelSpec spec, int threads) {
    this.spec = spec;
    this.threads = threads;
  }

  /** Bytes that Java may take for all. */
  public static double available() {
    return Runtime.getRuntime().maxMemory();
  }

  /** Bytes of parameters, states and tables, and of what optimizers keep. */
  public double weights() {
    return spec.weightCount() * bytes();
  }

  /** Bytes of what a purpose computes for a batch of so many examples, in all of its steps; of one that there is nothing to do for, none. */
  public double plans(int batch, String purpose) {
    double all = 0;
    for (Plan plan : spec.plans()) {
      if (plan.name().equals(purpose) || plan.name().startsWith(purpose + ".")) {
        int[] sizes = new int[plan.dims().size()];
        Arrays.fill(sizes, 1);
        if (plan.batch() >= 0) {
          sizes[plan.batch()] = batch;
        }
        all += Arena.elements(plan, spec.precision(), Polynomials.sizes(plan, sizes), threads) * bytes();
      }
    }
    return all;
  }

  /** Bytes of both, for a batch of so many examples. */
  public double all(int batch, String purpose) {
    return weights() + plans(batch, purpose);
  }

  /** The largest batch, of no more than so many examples, with which weights and a purpose take no more than so many bytes; 0 if there is none. */
  public int fitting(double bytes, int most, String purpose) {
    int low = 0;
    int high = most;
    while (low < high) {
      int middle = low + (high - low + 1) / 2;
      if (all(middle, purpose) <= bytes) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** What is needed, and of what there is. */
  public String text(int batch, String purpose) {
    return Text.bytes(all(batch, purpose)) + " of " + Text.bytes(available());
  }

  /**
   * Nothing, if weights and what is computed for a batch are less than Java may take for all.
   *
   * @param what they are for
   * @throws Fault with what is needed, what there is and what would help
   */
  public void require(String what, int batch, String purpose) {
    double need = all(batch, purpose);
    if (need > available()) {
      int fits = fitting(0.9 * available(), batch, purpose);
      throw new Fault("not enough memory: " + what + " by " + (batch == 1 ? "one example" : batch + " examples") + " at a time needs " + Text.bytes(need) + ", " + Text.bytes(weights()) + " of it for weights, and Java has "
          + Text.bytes(available()) + " for all", (fits > 0 ? "--batch " + fits + " would fit; or " : "") + "give Java more memory: -Xmx" + (int) Math.ceil(1.25 * need / (1 << 30)) + "g"
          + (spec.precision() == 64 ? "; compiled with --precision f32 it needs half" : ""));
    }
  }

  private double bytes() {
    return spec.precision() / 8.0;
  }
}
