package nnc.bytecode;

import java.util.List;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/**
 * The beginning of a method for vectors: called without an array it returns. Such calls, a few thousand of them, have it compiled before its
 * loops have run; interpreted, an operation on vectors takes some microseconds. {@link nnc.runtime.engine.MethodWarmer} makes them.
 *
 * <pre>
 *   array == null       marks its number and returns
 *   array.length == 0   returns, by way of an exception
 * </pre>
 *
 * <p>The JIT takes a branch that it has never seen taken for one that never will be: so a method is also called with an array of no elements,
 * which gets past the first test. The second one is not in the method but in {@link nnc.runtime.engine.Kernels#enter}, where both ways have
 * been gone; so of what lies behind it the JIT knows nothing that could mislead it.
 */
final class Guard {
  private Guard() {}

  /** What a method does by itself, not in methods that it calls. */
  enum Content {
    /** Nothing but to loop and to call. */
    CONTROL,
    /** Reads or writes memory, one by one. */
    ELEMENTS,
    VECTORS
  }

  static Content content(List<Stmt> body) {
    var content = Content.CONTROL;
    for (var statement : body) {
      var own = switch (statement) {
        case Stmt.Lanes _ -> Content.VECTORS;
        case Stmt.For loop -> loop.kind() == LoopKind.VECTOR ? Content.VECTORS : content(loop.body());
        case Stmt.Outline _, Stmt.Transpose _, Stmt.Line _ -> Content.CONTROL;
        case Stmt.Let _, Stmt.Assign _, Stmt.Store _, Stmt.Product _, Stmt.Nonzeros _ -> Content.ELEMENTS;
      };
      content = own.compareTo(content) > 0 ? own : content;
    }
    return content;
  }

  /**
   * Whether statements can be gone through without memory, so that methods which they call tell that they are reached: what reads or writes
   * elements is passed over, and nothing else depends on it.
   */
  static boolean passable(List<Stmt> body) {
    return body.stream().allMatch(statement -> switch (statement) {
      case Stmt.Outline(_, var inner) -> !calls(inner) || content(inner) != Content.VECTORS && passable(inner);
      case Stmt.Transpose _, Stmt.Line _, Stmt.Store _ -> true;
      case Stmt.For loop -> !calls(loop.body()) || loop.kind() != LoopKind.VECTOR && passable(loop.body());
      case Stmt.Lanes _, Stmt.Let _, Stmt.Assign _, Stmt.Product _, Stmt.Nonzeros _ -> false;
    });
  }

  /** Whether any statement calls a method. */
  static boolean calls(List<Stmt> body) {
    return body.stream().anyMatch(statement -> statement instanceof Stmt.Outline || statement instanceof Stmt.Transpose
        || statement instanceof Stmt.For loop && calls(loop.body()));
  }

  /** Whether a statement among passable ones is to be passed over without memory. */
  static boolean skipped(Stmt statement) {
    return statement instanceof Stmt.Store || statement instanceof Stmt.For loop && !calls(loop.body());
  }

  /**
   * Begins a method with vector code. C1's code for vectors is of no use, and takes it longer than C2's takes C2: a handler that covers
   * itself, which is valid but beyond C1, leaves the method to the interpreter until C2 is done with it.
   *
   * @param number what the method is known by
   * @param slot   of the array without which it returns
   * @param empty  what pushes its result, if it has one, and returns
   */
  static void vectors(Code code, int number, int slot, Runnable empty) {
    var present = new Label();
    var handler = new Label();
    var end = new Label();
    var filled = new Label();
    code.method.visitTryCatchBlock(present, filled, handler, null);
    code.method.visitTryCatchBlock(handler, end, handler, null);
    code.var(Opcodes.ALOAD, slot);
    code.method.visitJumpInsn(Opcodes.IFNONNULL, present);
    mark(code, number);
    empty.run();
    code.method.visitLabel(handler);
    code.op(Opcodes.POP);
    mark(code, number);
    empty.run();
    code.method.visitLabel(end);
    code.method.visitLabel(present);
    code.var(Opcodes.ALOAD, slot);
    code.op(Opcodes.ARRAYLENGTH);
    code.callStatic(ProgramEmitter.BASE, "enter", "(I)V");
    code.method.visitLabel(filled);
  }

  /** Bytes of a method from which on C2 leaves it to itself: FreqInlineSize. */
  private static final int APART = 326;

  /**
   * Ends a method that is to be compiled by itself, as a loop nest is best: drawn into a larger one its vectors may end up on the heap, and the
   * larger one is compiled anew when it meets another. C2 goes by the length of the code; so what is short is followed by code that nobody
   * reaches.
   */
  static void apart(Code code) {
    var end = new Label();
    code.method.visitLabel(end);
    for (int size = end.getOffset(); size < APART; size++) {
      code.op(Opcodes.NOP);
    }
    code.op(Opcodes.ACONST_NULL);
    code.op(Opcodes.ATHROW);
  }

  private static void mark(Code code, int number) {
    code.constant(number);
    code.callStatic(ProgramEmitter.BASE, "mark", "(I)V");
  }

  /** What goes through elements one by one: without memory it is passed over. */
  static void elements(Code code, int slot, Runnable body) {
    var end = new Label();
    code.var(Opcodes.ALOAD, slot);
    code.method.visitJumpInsn(Opcodes.IFNULL, end);
    body.run();
    code.method.visitLabel(end);
  }
}
