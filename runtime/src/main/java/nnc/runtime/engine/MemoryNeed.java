package nnc.runtime.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.Polynomials;
import nnc.runtime.spec.Setting;

/** How much memory a network takes, which is known before any of it is taken. */
public final class MemoryNeed {
  /** Bytes that rows take which are computed together and have sizes that data alone tell: what is computed of them is then near, and so is what others take. */
  private static final double TOGETHER = 1 << 28;

  private final ModelSpec spec;
  private final int threads;
  private final Map<String, Integer> sizes;

  /**
   * Where nothing is known of data: sizes that these alone tell count as 1.
   *
   * @param threads that compute together, each of which has some memory of its own
   */
  public MemoryNeed(ModelSpec spec, int threads) {
    this(spec, threads, Map.of());
  }

  /** @param sizes of open dimensions, by name; others count as 1, and that of the batch is said apart */
  public MemoryNeed(ModelSpec spec, int threads, Map<String, Integer> sizes) {
    this.spec = spec;
    this.threads = threads;
    this.sizes = Map.copyOf(sizes);
  }

  /** The same where every size that data alone tell is so much. */
  public MemoryNeed at(int size) {
    Map<String, Integer> all = new HashMap<>();
    for (Plan plan : spec.plans()) {
      for (String name : open(plan)) {
        all.put(name, size);
      }
    }
    return new MemoryNeed(spec, threads, all);
  }

  /** Names of the open dimensions of a purpose that count no examples, in order. */
  public Set<String> open(String purpose) {
    Set<String> names = new TreeSet<>();
    for (Plan plan : spec.plans()) {
      if (isOf(plan, purpose)) {
        names.addAll(open(plan));
      }
    }
    return names;
  }

  private static Set<String> open(Plan plan) {
    Set<String> names = new TreeSet<>(plan.dims());
    if (plan.batch() >= 0) {
      names.remove(plan.dims().get(plan.batch()));
    }
    return names;
  }

  private static boolean isOf(Plan plan, String purpose) {
    return plan.name().equals(purpose) || plan.name().startsWith(purpose + ".");
  }

  /**
   * How many rows are computed together for a purpose of which each can be computed by itself: as many as {@code most}, and fewer where they are long. It is
   * the same on any machine and any number of threads, so that sums over batches are.
   */
  public static int together(ModelSpec spec, String purpose, Map<String, Integer> sizes, int most) {
    var need = new MemoryNeed(spec, 1, sizes);
    return need.open(purpose).isEmpty() ? most : Math.max(Math.min(1, most), need.fitting(need.weights() + TOGETHER, most, purpose));
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
      if (isOf(plan, purpose)) {
        int[] dims = new int[plan.dims().size()];
        for (int i = 0; i < dims.length; i++) {
          dims[i] = i == plan.batch() ? batch : sizes.getOrDefault(plan.dims().get(i), 1);
        }
        all += Arena.elements(plan, spec.precision(), Polynomials.sizes(plan, dims), threads) * bytes();
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

  /**
   * Nothing, if training by batches of so many examples takes no more than the train block allows.
   *
   * @param most bytes that are allowed
   * @throws Fault with what is needed, what is allowed and what would help
   */
  public void requireWithin(double most, int batch, String purpose) {
    double need = all(batch, purpose);
    if (need > most) {
      int fits = fitting(most, batch, purpose);
      throw new Fault("training by " + (batch == 1 ? "one example" : batch + " examples") + " at a time takes " + Text.bytes(need) + ", " + Text.bytes(weights()) + " of it for weights, and "
          + Setting.MEMORY.title() + " allows " + Text.bytes(most),
          (fits > 0 ? "--batch " + fits + " would fit; or " : "") + "allow more: " + Setting.MEMORY.title() + " = \""
          + (int) Math.ceil(need / (1 << 20)) + "M\"" + (keepsAll(purpose) ? "; compiled without " + Setting.MEMORY.title() + " in its train block, it keeps the states of all turns" : ""));
    }
  }

  /** Whether it has loops that were not compiled for a budget. */
  private boolean keepsAll(String purpose) {
    for (ModelSpec.Plan plan : spec.plans()) {
      if (plan.name().equals(purpose) && !plan.repeats().isEmpty()) {
        return !spec.training().settings().containsKey(Setting.MEMORY);
      }
    }
    return false;
  }

  private double bytes() {
    return spec.precision() / 8.0;
  }
}
