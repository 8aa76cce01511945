package nnc.bytecode;

import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/**
 * The method that transposes a square of memory: {@code (from, at, step, memory, to, aside[, lines, width])}. In step d of log2(lanes) the lanes
 * whose number has bit d are exchanged with those that have not of the vector d further on (Eklundh 1972). Vectors that exchange lanes in
 * two steps are taken together, where there are registers for it in three; between passes the square lies aside.
 */
final class TransposeMethod {
  private static final int FROM = 0, AT = 1, STEP = 2, MEMORY = 3, TO = 4, ASIDE = 5, LINES = 6, WIDTH = 7;

  private final Code code;
  private final JdkNames names;
  private final ClassParts parts;
  private final int lanes;
  private final boolean whole;
  private int mask;

  TransposeMethod(Code code, ClassParts parts, int lanes, boolean whole) {
    this.code = code;
    this.names = code.names;
    this.parts = parts;
    this.lanes = lanes;
    this.whole = whole;
  }

  /** @param whole whether lines and width are those of a whole square, and not given */
  static String descriptor(JdkNames names, boolean whole) {
    return "(" + names.array + "II" + names.array + "II" + (whole ? "" : "II") + ")V";
  }

  static int parameters(boolean whole) {
    return whole ? 6 : 8;
  }

  void emit() {
    code.method.visitCode();
    Guard.vectors(code, parts.guarded(parts.transpose(whole), descriptor(names, whole)), MEMORY, () -> code.op(Opcodes.RETURN));
    if (!whole) {
      mask = code.local(false);
      species();
      code.constant(0);
      code.loadInt(WIDTH);
      code.callInterface(JdkNames.PACKAGE + "VectorSpecies", "indexInRange", "(II)" + JdkNames.MASK);
      code.var(Opcodes.ASTORE, mask);
    }
    if (lanes <= 8) {
      pass(1, lanes, this::source, TO);
    } else {
      pass(1, 4, this::source, ASIDE);
      pass(4, lanes / 4, row -> square(ASIDE, row), TO);
    }
    code.op(Opcodes.RETURN);
    code.method.visitMaxs(0, 0);
    code.method.visitEnd();
  }

  private interface Rows {
    /** Pushes the vector of the row whose number pushes itself. */
    void load(Runnable row);
  }

  /** Steps of {@code first}, 2 {@code first}, ...: {@code count} vectors so far apart at a time, into a square in memory. */
  private void pass(int first, int count, Rows rows, int target) {
    int groups = lanes / count;
    int group = code.local(false);
    code.constant(0);
    code.storeInt(group);
    var head = new Label();
    code.method.visitLabel(head);
    int[] vectors = new int[count];
    for (int i = 0; i < count; i++) {
      rows.load(row(group, first, count, i));
      vectors[i] = code.local(false);
      code.var(Opcodes.ASTORE, vectors[i]);
    }
    for (int by = 1; by < count; by *= 2) {
      for (int i = 0; i < count; i++) {
        if ((i & by) == 0) {
          exchange(vectors, i, i + by, first * by);
        }
      }
    }
    for (int i = 0; i < count; i++) {
      code.var(Opcodes.ALOAD, vectors[i]);
      place(target, row(group, first, count, i));
      code.call(names.vectorClass, "intoArray", "(" + names.array + "I)V");
    }
    if (groups > 1) {
      code.method.visitIincInsn(group, 1);
      code.loadInt(group);
      code.constant(groups);
      code.method.visitJumpInsn(Opcodes.IF_ICMPLT, head);
    }
  }

  /** A group's vectors are neighbours where the first step is one; otherwise they are that step apart, and groups are neighbours. */
  private Runnable row(int group, int first, int count, int number) {
    return () -> {
      code.loadInt(group);
      if (first == 1) {
        code.constant(count);
        code.op(Opcodes.IMUL);
      }
      code.constant(number * first);
      code.op(Opcodes.IADD);
    };
  }

  /** {@code low} keeps its lanes without the bit and gets those of {@code high}; {@code high} the other way round. */
  private void exchange(int[] vectors, int low, int high, int by) {
    int a = vectors[low];
    int b = vectors[high];
    vectors[low] = code.local(false);
    vectors[high] = code.local(false);
    code.var(Opcodes.ALOAD, a);
    rotated(b, -by);
    blend(by);
    code.var(Opcodes.ASTORE, vectors[low]);
    rotated(a, by);
    code.var(Opcodes.ALOAD, b);
    blend(by);
    code.var(Opcodes.ASTORE, vectors[high]);
  }

  private void rotated(int vector, int by) {
    code.var(Opcodes.ALOAD, vector);
    code.method.visitFieldInsn(Opcodes.GETSTATIC, parts.owner, parts.rotation(by), JdkNames.SHUFFLE);
    code.call(names.vectorClass, "rearrange", "(" + JdkNames.SHUFFLE + ")" + names.vector);
  }

  private void blend(int by) {
    code.method.visitFieldInsn(Opcodes.GETSTATIC, parts.owner, parts.odd(by), JdkNames.MASK);
    code.call(names.vectorClass, "blend", "(" + JdkNames.VECTOR + JdkNames.MASK + ")" + names.vector);
  }

  /** A line; behind the last one, that again. */
  private void source(Runnable row) {
    species();
    code.var(Opcodes.ALOAD, FROM);
    code.loadInt(AT);
    row.run();
    if (!whole) {
      code.loadInt(LINES);
      code.constant(1);
      code.op(Opcodes.ISUB);
      code.callStatic("java/lang/Math", "min", "(II)I");
    }
    code.loadInt(STEP);
    code.op(Opcodes.IMUL);
    code.op(Opcodes.IADD);
    if (!whole) {
      code.var(Opcodes.ALOAD, mask);
    }
    code.callStatic(names.vectorClass, "fromArray", "(" + JdkNames.SPECIES + names.array + "I" + (whole ? "" : JdkNames.MASK) + ")" + names.vector);
  }

  private void square(int base, Runnable row) {
    species();
    place(base, row);
    code.callStatic(names.vectorClass, "fromArray", "(" + JdkNames.SPECIES + names.array + "I)" + names.vector);
  }

  private void place(int base, Runnable row) {
    code.var(Opcodes.ALOAD, MEMORY);
    code.loadInt(base);
    row.run();
    code.constant(lanes);
    code.op(Opcodes.IMUL);
    code.op(Opcodes.IADD);
  }

  private void species() {
    code.method.visitFieldInsn(Opcodes.GETSTATIC, parts.owner, "S", JdkNames.SPECIES);
  }
}
