package nnc.machine;

/**
 * What a core has that code is cut for. Sizes are those that all servers of the last ten years have at least: where a core has more, the
 * same cut serves it, and results do not depend on the machine.
 */
public final class Core {
  /** Bytes of a logical vector, the widest that there is; also of a cache line. */
  public static final int VECTOR_BYTES = 64;
  public static final int FLOAT_BYTES = 4;
  /** Floats of a logical vector; of doubles it has half as many. */
  public static final int FLOAT_LANES = VECTOR_BYTES / FLOAT_BYTES;
  /** A core's first data cache; newer ones have 48 KiB. */
  public static final int L1_BYTES = 32 << 10;
  /** Bytes after which addresses share a set of the first cache, which has eight lines of it. */
  public static final int L1_WAY_BYTES = L1_BYTES / 8;
  /** A core's second cache. */
  public static final int L2_BYTES = 1 << 20;
  /** Bytes of bytecode from which on HotSpot leaves a method to the interpreter ({@code HugeMethodLimit}). */
  public static final int JIT_METHOD_BYTES = 8000;

  private Core() {}

  /** Elements of a logical vector: 16 floats, 8 doubles. */
  public static int lanes(int precision) {
    return VECTOR_BYTES * Byte.SIZE / precision;
  }
}
