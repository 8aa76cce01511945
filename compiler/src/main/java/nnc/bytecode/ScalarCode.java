package nnc.bytecode;

import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/** Expressions of one element: floats on the stack, masks as 0 or 1, bits as ints or longs. */
final class ScalarCode {
  private final Code code;
  private final KernelEmitter kernel;

  ScalarCode(Code code, KernelEmitter kernel) {
    this.code = code;
    this.kernel = kernel;
  }

  void store(String name, SortCalls sort) {
    var known = kernel.locals.get(name);
    boolean again = known != null && !known.vector() && kernel.sorts.get(name) == sort;
    code.var(storeOpcode(sort), again ? known.slot() : variable(name, sort));
  }

  /** A new variable in the next slot: where a method's own begin, a parameter. */
  int variable(String name, SortCalls sort) {
    int slot = code.local(code.names.wide && sort != SortCalls.MASK);
    kernel.locals.put(name, new KernelEmitter.Local(slot, false));
    kernel.sorts.put(name, sort);
    return slot;
  }

  /** How a method takes a variable. */
  String descriptor(SortCalls sort) {
    return switch (sort) {
      case ELEMENT -> code.names.element;
      case BITS -> code.names.bitsElement;
      case MASK -> "I";
    };
  }

  void assign(String name) {
    code.var(storeOpcode(kernel.sorts.get(name)), kernel.locals.get(name).slot());
  }

  private int storeOpcode(SortCalls sort) {
    return switch (sort) {
      case ELEMENT -> code.names.wide ? Opcodes.DSTORE : Opcodes.FSTORE;
      case BITS -> code.names.wide ? Opcodes.LSTORE : Opcodes.ISTORE;
      case MASK -> Opcodes.ISTORE;
    };
  }

  private int loadOpcode(SortCalls sort) {
    return switch (sort) {
      case ELEMENT -> code.names.wide ? Opcodes.DLOAD : Opcodes.FLOAD;
      case BITS -> code.names.wide ? Opcodes.LLOAD : Opcodes.ILOAD;
      case MASK -> Opcodes.ILOAD;
    };
  }

  void emit(Expr expr) {
    switch (expr) {
      case Expr.Number(var value) -> code.element(value);
      case Expr.Read(var name) -> read(name);
      case Expr.Load(var buffer, var index) -> {
        kernel.place(buffer, index);
        code.load();
      }
      case Expr.LoadBits(var buffer, var index) -> {
        kernel.place(buffer, index);
        code.loadBits();
      }
      case Expr.FromInt(var value) -> {
        kernel.integer(value);
        code.elementOp(Opcodes.I2F, Opcodes.I2D);
      }
      case Expr.BitsOf(Int.Number(var value)) -> code.bits(value);
      case Expr.BitsOf(var value) -> {
        kernel.integer(value);
        if (code.names.wide) {
          code.op(Opcodes.I2L);
          code.bits(0xffffffffL);
          code.op(Opcodes.LAND);
        }
      }
      case Expr.Fold fold -> throw new IllegalStateException("a fold is a statement's value: " + fold);
      case Expr.Apply(var fn, var arguments) -> apply(fn, arguments);
    }
  }

  private void read(String name) {
    var accumulator = kernel.accumulator(name);
    if (accumulator != null) {
      lane(accumulator);
      if (accumulator.sort == SortCalls.BITS) {
        code.loadBits();
      } else {
        code.elementOp(Opcodes.FALOAD, Opcodes.DALOAD);
      }
      return;
    }
    code.var(loadOpcode(kernel.sorts.get(name)), kernel.locals.get(name).slot());
  }

  /** Array and place of the lane that the current element belongs to. */
  private void lane(KernelEmitter.Accumulator accumulator) {
    code.var(Opcodes.ALOAD, KernelEmitter.ARENA);
    code.loadInt(kernel.scratchSlot);
    code.constant(accumulator.scratch);
    code.op(Opcodes.IADD);
    code.loadInt(kernel.slotOf(accumulator.loop));
    code.loadInt(accumulator.start);
    code.op(Opcodes.ISUB);
    code.constant(code.names.wide ? 7 : 15);
    code.op(Opcodes.IAND);
    code.op(Opcodes.IADD);
  }

  void accumulate(KernelEmitter.Accumulator accumulator, Expr value) {
    lane(accumulator);
    emit(value);
    if (accumulator.sort == SortCalls.BITS) {
      code.storeBits();
    } else {
      code.elementOp(Opcodes.FASTORE, Opcodes.DASTORE);
    }
  }

  private void apply(Fn fn, java.util.List<Expr> arguments) {
    switch (fn) {
      case SELECT -> select(arguments);
      case AND, OR -> {
        arguments.forEach(this::emit);
        code.op(fn == Fn.AND ? Opcodes.IAND : Opcodes.IOR);
      }
      case NOT -> {
        emit(arguments.getFirst());
        code.constant(1);
        code.op(Opcodes.IXOR);
      }
      case BITS_SHL, BITS_SHR, BITS_ASHR -> {
        emit(arguments.getFirst());
        if (arguments.get(1) instanceof Expr.BitsOf(Int.Number(var by))) {
          code.constant((int) by);
        } else {
          emit(arguments.get(1));
          if (code.names.wide) {
            code.op(Opcodes.L2I);
          }
        }
        shift(fn);
      }
      case MIN, MAX -> extreme(fn, arguments);
      case FAR_SIN, FAR_COS -> far(fn, arguments);
      default -> {
        arguments.forEach(this::emit);
        machine(fn);
      }
    }
  }

  private void shift(Fn fn) {
    switch (fn) {
      case BITS_SHL -> code.bitsOp(Opcodes.ISHL, Opcodes.LSHL);
      case BITS_SHR -> code.bitsOp(Opcodes.IUSHR, Opcodes.LUSHR);
      default -> code.bitsOp(Opcodes.ISHR, Opcodes.LSHR);
    }
  }

  /** The first if it wins or is not a number, else the second. */
  private void extreme(Fn fn, java.util.List<Expr> arguments) {
    int a = code.local(code.names.wide);
    int b = code.local(code.names.wide);
    emit(arguments.get(0));
    code.var(storeOpcode(SortCalls.ELEMENT), a);
    emit(arguments.get(1));
    code.var(storeOpcode(SortCalls.ELEMENT), b);
    var second = new Label();
    var end = new Label();
    code.var(loadOpcode(SortCalls.ELEMENT), a);
    code.var(loadOpcode(SortCalls.ELEMENT), b);
    // with NaN on either side the comparison gives the answer that takes the first; a NaN in the second is then caught by a sum
    if (fn == Fn.MAX) {
      code.elementOp(Opcodes.FCMPG, Opcodes.DCMPG);
      code.method.visitJumpInsn(Opcodes.IFLE, second);
    } else {
      code.elementOp(Opcodes.FCMPL, Opcodes.DCMPL);
      code.method.visitJumpInsn(Opcodes.IFGE, second);
    }
    var plain = new Label();
    code.var(loadOpcode(SortCalls.ELEMENT), b);
    code.var(loadOpcode(SortCalls.ELEMENT), b);
    code.elementOp(Opcodes.FCMPL, Opcodes.DCMPL);
    code.method.visitJumpInsn(Opcodes.IFEQ, plain);
    code.method.visitJumpInsn(Opcodes.GOTO, second);
    code.method.visitLabel(plain);
    code.var(loadOpcode(SortCalls.ELEMENT), a);
    code.method.visitJumpInsn(Opcodes.GOTO, end);
    code.method.visitLabel(second);
    code.var(loadOpcode(SortCalls.ELEMENT), b);
    code.method.visitLabel(end);
  }

  private void select(java.util.List<Expr> arguments) {
    var otherwise = new Label();
    var end = new Label();
    emit(arguments.get(0));
    code.method.visitJumpInsn(Opcodes.IFEQ, otherwise);
    emit(arguments.get(1));
    code.method.visitJumpInsn(Opcodes.GOTO, end);
    code.method.visitLabel(otherwise);
    emit(arguments.get(2));
    code.method.visitLabel(end);
  }

  private void far(Fn fn, java.util.List<Expr> arguments) {
    var near = new Label();
    var end = new Label();
    emit(arguments.get(0));
    code.method.visitJumpInsn(Opcodes.IFEQ, near);
    emit(arguments.get(1));
    inDouble("java/lang/StrictMath", fn == Fn.FAR_SIN ? "sin" : "cos");
    code.method.visitJumpInsn(Opcodes.GOTO, end);
    code.method.visitLabel(near);
    emit(arguments.get(2));
    code.method.visitLabel(end);
  }

  private void machine(Fn fn) {
    var element = code.names.element;
    switch (fn) {
      case ADD -> code.elementOp(Opcodes.FADD, Opcodes.DADD);
      case SUB -> code.elementOp(Opcodes.FSUB, Opcodes.DSUB);
      case MUL -> code.elementOp(Opcodes.FMUL, Opcodes.DMUL);
      case DIV -> code.elementOp(Opcodes.FDIV, Opcodes.DDIV);
      case NEG -> code.elementOp(Opcodes.FNEG, Opcodes.DNEG);
      case FMA -> code.callStatic("java/lang/Math", "fma", "(" + element.repeat(3) + ")" + element);
      case ABS -> code.callStatic("java/lang/Math", "abs", "(" + element + ")" + element);
      // the root of a float through that of a double: rounded twice, and right all the same (Figueroa 1995)
      case SQRT -> inDouble("java/lang/Math", "sqrt");
      case LT, LE, EQ, NE -> code.compare(fn);
      case TO_BITS -> code.callStatic(code.names.wide ? "java/lang/Double" : "java/lang/Float",
          code.names.wide ? "doubleToRawLongBits" : "floatToRawIntBits", "(" + element + ")" + code.names.bitsElement);
      case FROM_BITS -> code.callStatic(code.names.wide ? "java/lang/Double" : "java/lang/Float",
          code.names.wide ? "longBitsToDouble" : "intBitsToFloat", "(" + code.names.bitsElement + ")" + element);
      case BITS_AND -> code.bitsOp(Opcodes.IAND, Opcodes.LAND);
      case BITS_OR -> code.bitsOp(Opcodes.IOR, Opcodes.LOR);
      case BITS_XOR -> code.bitsOp(Opcodes.IXOR, Opcodes.LXOR);
      case BITS_ADD -> code.bitsOp(Opcodes.IADD, Opcodes.LADD);
      case BITS_SUB -> code.bitsOp(Opcodes.ISUB, Opcodes.LSUB);
      case BITS_MUL -> code.bitsOp(Opcodes.IMUL, Opcodes.LMUL);
      case BITS_MIN -> code.callStatic("java/lang/Math", "min", "(" + code.names.bitsElement.repeat(2) + ")" + code.names.bitsElement);
      case BITS_MAX -> code.callStatic("java/lang/Math", "max", "(" + code.names.bitsElement.repeat(2) + ")" + code.names.bitsElement);
      case BITS_LT, BITS_LE, BITS_EQ, BITS_NE -> code.compareBits(fn);
      case FROM_WHOLE -> code.op(code.names.wide ? Opcodes.L2D : Opcodes.I2F);
      case TO_WHOLE -> {
        code.elementOp(Opcodes.F2I, Opcodes.D2I);
        if (code.names.wide) {
          code.op(Opcodes.I2L);
        }
      }
      default -> throw new IllegalStateException("not here: " + fn);
    }
  }

  /** A function of doubles of what is on the stack. */
  private void inDouble(String owner, String name) {
    if (!code.names.wide) {
      code.op(Opcodes.F2D);
    }
    code.callStatic(owner, name, "(D)D");
    if (!code.names.wide) {
      code.op(Opcodes.D2F);
    }
  }
}
