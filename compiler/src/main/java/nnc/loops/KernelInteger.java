package nnc.loops;

import java.util.Optional;

/**
 * The integers that the body of a kernel may read and that nobody in it names: every kernel is called with them. No loop, let or argument is
 * called so.
 */
public enum KernelInteger {
  /** The first of the blocks to run, and the one behind the last. */
  FROM("from"), TO("to"),
  /** What random draws follow from besides their element: the halves of the seed, and the step. */
  SEED_LOW("seedLow"), SEED_HIGH("seedHigh"), STEP("step"), EPOCH("epoch");

  private final String name;

  KernelInteger(String name) {
    this.name = name;
  }

  /** As loops write it. */
  public String title() {
    return name;
  }

  public Loop.Int.Var value() {
    return new Loop.Int.Var(name);
  }

  /** The one that is called so. */
  public static Optional<KernelInteger> of(String name) {
    for (var integer : values()) {
      if (integer.name.equals(name)) {
        return Optional.of(integer);
      }
    }
    return Optional.empty();
  }
}
