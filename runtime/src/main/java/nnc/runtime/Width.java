package nnc.runtime;

/** Which of a model's kernel classes a machine runs. */
final class Width {
  private Width() {}

  /** The property that overrides the choice: {@code scalar}, {@code 128}, {@code 256}, {@code 512}. */
  static final String PROPERTY = "nnc.width";

  static final String MODULE = "jdk.incubator.vector";

  /** Whether classes that use the Vector API can be loaded. */
  static boolean vectorsAvailable() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  /** Whether the property overrides the choice. */
  static boolean isForced() {
    return !System.getProperty(PROPERTY, "").isEmpty();
  }

  /** Bits of the widest vectors that are fast here; 0 for scalar code. Loads vector classes only where they exist and are wanted. */
  static int preferred() {
    String wanted = System.getProperty(PROPERTY, "");
    if (wanted.equals("scalar")) {
      return 0;
    }
    if (!vectorsAvailable()) {
      return 0;
    }
    return wanted.isEmpty() ? Species.bits() : Integer.parseInt(wanted);
  }

  /** The end of a kernel class's name. */
  static String suffix(int bits) {
    return bits == 0 ? "Scalar" : Integer.toString(bits);
  }

  /** Apart, so that nothing of the module is touched where it may be absent. */
  private static final class Species {
    static int bits() {
      return jdk.incubator.vector.FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }
  }
}
