package nnc.runtime.engine;

/** Which of a model's kernel classes a machine runs. */
public final class VectorWidth {
  private VectorWidth() {}

  /** The property that overrides the choice: {@code scalar}, {@code 128}, {@code 256}, {@code 512}. */
  public static final String PROPERTY = "nnc.width";

  public static final String MODULE = "jdk.incubator.vector";

  /** Whether classes that use the Vector API can be loaded. */
  public static boolean vectorsAvailable() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  /** Whether the property overrides the choice. */
  static boolean isForced() {
    return !System.getProperty(PROPERTY, "").isEmpty();
  }

  /** Bits of the widest vectors that are fast here; 0 for scalar code. Loads vector classes only where they exist and are wanted. */
  public static int preferred() {
    String wanted = System.getProperty(PROPERTY, "");
    if (wanted.equals("scalar")) {
      return 0;
    }
    if (!vectorsAvailable()) {
      return 0;
    }
    return wanted.isEmpty() ? VectorPrimer.preferredBits() : Integer.parseInt(wanted);
  }
}
