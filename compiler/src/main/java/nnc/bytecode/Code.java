package nnc.bytecode;

import nnc.loops.Loop.Fn;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** A method's instructions with the element type filled in. */
final class Code {
  final MethodVisitor method;
  final JdkNames names;
  private int locals;

  Code(MethodVisitor method, JdkNames names, int parameters) {
    this.method = method;
    this.names = names;
    this.locals = parameters;
  }

  /** A fresh local; elements and bits of doubles take two slots. */
  int local(boolean two) {
    int slot = locals;
    locals += two ? 2 : 1;
    return slot;
  }

  void op(int opcode) {
    method.visitInsn(opcode);
  }

  void var(int opcode, int slot) {
    method.visitVarInsn(opcode, slot);
  }

  void loadInt(int slot) {
    var(Opcodes.ILOAD, slot);
  }

  void storeInt(int slot) {
    var(Opcodes.ISTORE, slot);
  }

  void constant(int value) {
    if (value >= -1 && value <= 5) {
      op(Opcodes.ICONST_0 + value);
    } else if (value == (byte) value) {
      method.visitIntInsn(Opcodes.BIPUSH, value);
    } else if (value == (short) value) {
      method.visitIntInsn(Opcodes.SIPUSH, value);
    } else {
      method.visitLdcInsn(value);
    }
  }

  void element(double value) {
    if (names.wide) {
      method.visitLdcInsn(value);
    } else {
      method.visitLdcInsn((float) value);
    }
  }

  void bits(long value) {
    if (names.wide) {
      method.visitLdcInsn(value);
    } else {
      constant((int) value);
    }
  }

  /** The float opcode, or the double one beside it. */
  void elementOp(int floatOpcode, int doubleOpcode) {
    op(names.wide ? doubleOpcode : floatOpcode);
  }

  /** The element at a place of memory. */
  void load() {
    op(names.wideMemory ? Opcodes.DALOAD : Opcodes.FALOAD);
    if (names.wide && !names.wideMemory) {
      op(Opcodes.F2D);
    }
  }

  /** Stores an element at a place of memory. */
  void store() {
    if (names.wide && !names.wideMemory) {
      op(Opcodes.D2F);
    }
    op(names.wideMemory ? Opcodes.DASTORE : Opcodes.FASTORE);
  }

  /** The whole number at a place of memory, as bits. */
  void loadBits() {
    op(names.wideMemory ? Opcodes.DALOAD : Opcodes.FALOAD);
    bitsOfStored();
  }

  /** The bits of what was stored by {@link #storedBits}. */
  void bitsOfStored() {
    if (names.wideMemory) {
      callStatic("java/lang/Double", "doubleToRawLongBits", "(D)J");
      return;
    }
    callStatic("java/lang/Float", "floatToRawIntBits", "(F)I");
    if (names.wide) {
      op(Opcodes.I2L);
    }
  }

  /** Stores a whole number, given as bits, at a place of memory. */
  void storeBits() {
    storedBits();
    op(names.wideMemory ? Opcodes.DASTORE : Opcodes.FASTORE);
  }

  /** What memory holds for bits. */
  void storedBits() {
    if (names.wideMemory) {
      callStatic("java/lang/Double", "longBitsToDouble", "(J)D");
      return;
    }
    if (names.wide) {
      op(Opcodes.L2I);
    }
    callStatic("java/lang/Float", "intBitsToFloat", "(I)F");
  }

  void bitsOp(int intOpcode, int longOpcode) {
    op(names.wide ? longOpcode : intOpcode);
  }

  void callStatic(String owner, String name, String descriptor) {
    method.visitMethodInsn(Opcodes.INVOKESTATIC, owner, name, descriptor, false);
  }

  void call(String owner, String name, String descriptor) {
    method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, owner, name, descriptor, false);
  }

  void callInterface(String owner, String name, String descriptor) {
    method.visitMethodInsn(Opcodes.INVOKEINTERFACE, owner, name, descriptor, true);
  }

  /** 1 if the comparison of the two elements on the stack holds, else 0; with NaN only NE holds. */
  void compare(Fn fn) {
    switch (fn) {
      case LT -> truth(Opcodes.FCMPG, Opcodes.DCMPG, Opcodes.IFLT);
      case LE -> truth(Opcodes.FCMPG, Opcodes.DCMPG, Opcodes.IFLE);
      case EQ -> truth(Opcodes.FCMPL, Opcodes.DCMPL, Opcodes.IFEQ);
      case NE -> truth(Opcodes.FCMPL, Opcodes.DCMPL, Opcodes.IFNE);
      default -> throw new IllegalStateException(fn + " compares nothing");
    }
  }

  /** 1 if the comparison of the two whole numbers on the stack holds, else 0. */
  void compareBits(Fn fn) {
    if (names.wide) {
      op(Opcodes.LCMP);
    }
    truth(switch (fn) {
      case BITS_LT -> names.wide ? Opcodes.IFLT : Opcodes.IF_ICMPLT;
      case BITS_LE -> names.wide ? Opcodes.IFLE : Opcodes.IF_ICMPLE;
      case BITS_EQ -> names.wide ? Opcodes.IFEQ : Opcodes.IF_ICMPEQ;
      case BITS_NE -> names.wide ? Opcodes.IFNE : Opcodes.IF_ICMPNE;
      default -> throw new IllegalStateException(fn + " compares no whole numbers");
    });
  }

  private void truth(int floatCompare, int doubleCompare, int jump) {
    elementOp(floatCompare, doubleCompare);
    truth(jump);
  }

  private void truth(int jump) {
    var holds = new Label();
    var end = new Label();
    method.visitJumpInsn(jump, holds);
    constant(0);
    method.visitJumpInsn(Opcodes.GOTO, end);
    method.visitLabel(holds);
    constant(1);
    method.visitLabel(end);
  }
}
