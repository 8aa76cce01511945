package nnc.bytecode;

import nnc.loops.Loop.Fn;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/** The method that combines an accumulator's lanes in a fixed tree, the same for every width. */
final class FoldMethod {
  private final Code code;
  private final Fn fn;

  FoldMethod(Code code, Fn fn) {
    this.code = code;
    this.fn = fn;
  }

  void emit() {
    code.method.visitCode();
    int half = code.local(false);
    int lane = code.local(false);
    code.loadInt(2);
    code.constant(1);
    code.op(Opcodes.ISHR);
    code.storeInt(half);
    var outer = new Label();
    var inner = new Label();
    var next = new Label();
    var end = new Label();
    code.method.visitLabel(outer);
    code.loadInt(half);
    code.method.visitJumpInsn(Opcodes.IFLE, end);
    code.constant(0);
    code.storeInt(lane);
    code.method.visitLabel(inner);
    code.loadInt(lane);
    code.loadInt(half);
    code.method.visitJumpInsn(Opcodes.IF_ICMPGE, next);
    combine(half, lane);
    code.method.visitIincInsn(lane, 1);
    code.method.visitJumpInsn(Opcodes.GOTO, inner);
    code.method.visitLabel(next);
    code.loadInt(half);
    code.constant(1);
    code.op(Opcodes.ISHR);
    code.storeInt(half);
    code.method.visitJumpInsn(Opcodes.GOTO, outer);
    code.method.visitLabel(end);
    code.var(Opcodes.ALOAD, 0);
    code.loadInt(1);
    code.elementOp(Opcodes.FALOAD, Opcodes.DALOAD);
    code.elementOp(Opcodes.FRETURN, Opcodes.DRETURN);
    code.method.visitMaxs(0, 0);
    code.method.visitEnd();
  }

  private void combine(int half, int lane) {
    code.var(Opcodes.ALOAD, 0);
    place(lane);
    element(lane, -1);
    element(lane, half);
    switch (fn) {
      case ADD -> code.elementOp(Opcodes.FADD, Opcodes.DADD);
      case MUL -> code.elementOp(Opcodes.FMUL, Opcodes.DMUL);
      case MIN -> code.callStatic("java/lang/Math", "min", "(" + code.names.element.repeat(2) + ")" + code.names.element);
      case MAX -> code.callStatic("java/lang/Math", "max", "(" + code.names.element.repeat(2) + ")" + code.names.element);
      default -> throw new IllegalStateException("no fold by " + fn);
    }
    code.elementOp(Opcodes.FASTORE, Opcodes.DASTORE);
  }

  private void place(int lane) {
    code.loadInt(1);
    code.loadInt(lane);
    code.op(Opcodes.IADD);
  }

  private void element(int lane, int half) {
    code.var(Opcodes.ALOAD, 0);
    place(lane);
    if (half >= 0) {
      code.loadInt(half);
      code.op(Opcodes.IADD);
    }
    code.elementOp(Opcodes.FALOAD, Opcodes.DALOAD);
  }
}
