package nnc.bytecode;

import nnc.loops.Loop.Fn;
import org.objectweb.asm.Opcodes;

/** The method that combines an accumulator's lanes in a fixed tree, the same for every width. */
final class FoldMethod {
  private final Code code;
  private final Fn fn;
  private final int lanes;

  FoldMethod(Code code, Fn fn) {
    this.code = code;
    this.fn = fn;
    this.lanes = code.names.wide ? 8 : 16;
  }

  void emit() {
    code.method.visitCode();
    combined(0, 1);
    code.elementOp(Opcodes.FRETURN, Opcodes.DRETURN);
    code.method.visitMaxs(0, 0);
    code.method.visitEnd();
  }

  /** Pushes what a lane holds when lanes {@code half} apart have been combined; it stays out of memory, where each step would wait. */
  private void combined(int lane, int half) {
    if (half == lanes) {
      code.var(Opcodes.ALOAD, 0);
      code.loadInt(1);
      code.constant(lane);
      code.op(Opcodes.IADD);
      code.elementOp(Opcodes.FALOAD, Opcodes.DALOAD);
      return;
    }
    combined(lane, 2 * half);
    combined(lane + half, 2 * half);
    switch (fn) {
      case ADD -> code.elementOp(Opcodes.FADD, Opcodes.DADD);
      case MUL -> code.elementOp(Opcodes.FMUL, Opcodes.DMUL);
      case MIN -> code.callStatic("java/lang/Math", "min", "(" + code.names.element.repeat(2) + ")" + code.names.element);
      case MAX -> code.callStatic("java/lang/Math", "max", "(" + code.names.element.repeat(2) + ")" + code.names.element);
      default -> throw new IllegalStateException("no fold by " + fn);
    }
  }
}
