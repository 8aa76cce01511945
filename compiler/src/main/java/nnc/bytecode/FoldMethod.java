package nnc.bytecode;

import nnc.loops.Loop.Fn;
import org.objectweb.asm.Opcodes;

/** The method that combines an accumulator's lanes in a fixed tree, the same for every width. */
final class FoldMethod {
  private final Code code;
  private final Fn fn;
  private final String owner;
  private final int width;
  private final int lanes;

  /** @param width elements of the machine's vectors; 1 if it has none */
  FoldMethod(Code code, Fn fn, String owner, int width) {
    this.code = code;
    this.fn = fn;
    this.owner = owner;
    this.width = width;
    this.lanes = code.names.wide ? 8 : 16;
  }

  static String descriptor(JdkNames names, Fn fn) {
    return "(" + names.array + "I)" + (SortCalls.foldsBits(fn) ? names.bitsElement : names.element);
  }

  private boolean hasVectors() {
    return width > 1 && (fn == Fn.MIN || fn == Fn.MAX);
  }

  /** @param descriptor of the method, under whose name {@code parts} knows it */
  void emit(ClassParts parts, String name, String descriptor) {
    code.method.visitCode();
    if (hasVectors()) {
      Guard.vectors(code, parts.guarded(name, descriptor), 0, () -> {
        code.element(0);
        code.elementOp(Opcodes.FRETURN, Opcodes.DRETURN);
      });
      extreme();
    } else {
      combined(0, 1);
    }
    if (SortCalls.foldsBits(fn)) {
      code.bitsOp(Opcodes.IRETURN, Opcodes.LRETURN);
    } else {
      code.elementOp(Opcodes.FRETURN, Opcodes.DRETURN);
    }
    code.method.visitMaxs(0, 0);
    code.method.visitEnd();
  }

  /** The same in any order: the machine has a few instructions for it, where the comparisons one by one take a hundred. */
  private void extreme() {
    for (int at = 0; at < lanes; at += width) {
      code.method.visitFieldInsn(Opcodes.GETSTATIC, owner, "S", JdkNames.SPECIES);
      code.var(Opcodes.ALOAD, 0);
      code.loadInt(1);
      code.constant(at);
      code.op(Opcodes.IADD);
      code.callStatic(code.names.vectorClass, "fromArray", "(" + JdkNames.SPECIES + code.names.array + "I)" + code.names.vector);
      code.method.visitFieldInsn(Opcodes.GETSTATIC, JdkNames.OPERATORS, fn.name(), "L" + JdkNames.OPERATORS + "$Associative;");
      code.call(code.names.vectorClass, "reduceLanes", "(L" + JdkNames.OPERATORS + "$Associative;)" + code.names.element);
      if (at > 0) {
        extremeOfTwo();
      }
    }
  }

  private void extremeOfTwo() {
    code.callStatic("java/lang/Math", fn == Fn.MIN ? "min" : "max", "(" + code.names.element.repeat(2) + ")" + code.names.element);
  }

  /** Pushes what a lane holds when lanes {@code half} apart have been combined; it stays out of memory, where each step would wait. */
  private void combined(int lane, int half) {
    if (half == lanes) {
      code.var(Opcodes.ALOAD, 0);
      code.loadInt(1);
      code.constant(lane);
      code.op(Opcodes.IADD);
      if (SortCalls.foldsBits(fn)) {
        code.loadBits();
      } else {
        code.elementOp(Opcodes.FALOAD, Opcodes.DALOAD);
      }
      return;
    }
    combined(lane, 2 * half);
    combined(lane + half, 2 * half);
    switch (fn) {
      case ADD -> code.elementOp(Opcodes.FADD, Opcodes.DADD);
      case MUL -> code.elementOp(Opcodes.FMUL, Opcodes.DMUL);
      case MIN, MAX -> extremeOfTwo();
      case BITS_ADD -> code.bitsOp(Opcodes.IADD, Opcodes.LADD);
      case BITS_MUL -> code.bitsOp(Opcodes.IMUL, Opcodes.LMUL);
      case BITS_MIN, BITS_MAX -> code.callStatic("java/lang/Math", fn == Fn.BITS_MIN ? "min" : "max", "(" + code.names.bitsElement.repeat(2) + ")" + code.names.bitsElement);
      default -> throw new IllegalStateException("no fold by " + fn);
    }
  }
}
