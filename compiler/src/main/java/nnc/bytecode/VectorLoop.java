package nnc.bytecode;

import java.util.ArrayList;
import java.util.List;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;
import nnc.loops.LoopStrides;
import nnc.machine.Core;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/** A VECTOR loop a vector at a time: whole vectors first, then the remainder once under a mask. */
final class VectorLoop {
  private static final int UNROLLED_VECTORS = 4;

  /** Statements of a body that may be written out. */
  private static final int UNROLLED_STATEMENTS = 4;

  /** Bytes of code, roughly, above which a loop is not unrolled over registers, nor written out. */
  private static final int MAX_UNROLLED_BYTES = Core.JIT_METHOD_BYTES * 3 / 4;

  private final Code code;
  private final KernelEmitter kernel;
  private final ClassParts parts;
  private final Variance variance;
  private final int lanes;
  private final VectorCode vectors;
  private final Stmt.For loop;
  private final List<String> fed = new ArrayList<>();
  /** Vectors that an iteration takes: as many as an accumulator has, if it feeds any. */
  private final int registers;
  private final int step;
  /** How many elements there are; -1 if that is not known. */
  private final long trips;

  VectorLoop(Code code, KernelEmitter kernel, ClassParts parts, Variance variance, int lanes, Stmt.For loop) {
    this.code = code;
    this.kernel = kernel;
    this.parts = parts;
    this.variance = variance;
    this.lanes = lanes;
    this.loop = loop;
    this.vectors = new VectorCode(code, kernel, parts, variance, lanes);
    collectFed(loop.body());
    registers = fed.isEmpty() ? 1 : kernel.group / lanes;
    step = lanes * registers;
    trips = LoopStrides.iterations(loop.from(), loop.to()) instanceof Int.Number(var count) ? Math.max(0, count) : -1;
  }

  /** Whether the JIT takes what the loop becomes: once for whole vectors, and again for what they leave. */
  boolean isShort() {
    return fits(1);
  }

  /** Whether so many iterations, and what they leave, are no more code than the JIT takes. */
  private boolean fits(int iterations) {
    boolean isEven = trips >= 0 && trips % step == 0;
    return Bulk.of(loop.body()) * registers * (iterations + (isEven ? 0 : 1)) < MAX_UNROLLED_BYTES;
  }

  /** A loop of one iteration is none; a short one of few statements is written out. */
  private boolean isWrittenOut() {
    long iterations = trips / step;
    return iterations == 1 || iterations > 1 && iterations <= UNROLLED_VECTORS && loop.body().size() <= UNROLLED_STATEMENTS && fits((int) iterations);
  }

  void emit() {
    int start = kernel.bound(loop.from());
    int end = kernel.bound(loop.to());
    fed.forEach(name -> fetch(kernel.accumulator(name)));
    int at = code.local(false);
    code.loadInt(start);
    code.storeInt(at);
    if (isWrittenOut()) {
      unrolled(at);
    } else if (trips < 0 || trips >= step) {
      whole(at, end);
    }
    if (trips < 0) {
      var done = new Label();
      code.loadInt(at);
      code.loadInt(end);
      code.method.visitJumpInsn(Opcodes.IF_ICMPGE, done);
      remainder(at, end);
      code.method.visitLabel(done);
    } else if (trips % step != 0) {
      knownRemainder(at, (int) (trips % step));
    }
    fed.forEach(name -> putBack(kernel.accumulator(name)));
  }

  private void collectFed(List<Stmt> body) {
    for (var statement : body) {
      switch (statement) {
        case Stmt.For inner -> collectFed(inner.body());
        case Stmt.Assign(var name, _) when kernel.accumulator(name) != null && !fed.contains(name) -> fed.add(name);
        default -> { }
      }
    }
  }

  private void unrolled(int at) {
    for (int iteration = 0; iteration < trips / step; iteration++) {
      for (int r = 0; r < registers; r++) {
        body(at, r);
      }
      code.method.visitIincInsn(at, step);
    }
  }

  /** {@code for (; at <= end - step; at += step)}. */
  private void whole(int at, int end) {
    int last = code.local(false);
    code.loadInt(end);
    code.constant(step);
    code.op(Opcodes.ISUB);
    code.storeInt(last);
    var head = new Label();
    var exit = new Label();
    code.method.visitLabel(head);
    code.loadInt(at);
    code.loadInt(last);
    code.method.visitJumpInsn(Opcodes.IF_ICMPGT, exit);
    for (int r = 0; r < registers; r++) {
      body(at, r);
    }
    code.method.visitIincInsn(at, step);
    code.method.visitJumpInsn(Opcodes.GOTO, head);
    code.method.visitLabel(exit);
  }

  private void remainder(int at, int end) {
    for (int r = 0; r < registers; r++) {
      int place = place(at, r);
      int mask = code.local(false);
      var none = new Label();
      code.loadInt(place);
      code.loadInt(end);
      code.method.visitJumpInsn(Opcodes.IF_ICMPGE, none);
      vectors.species();
      code.loadInt(place);
      code.loadInt(end);
      code.callInterface(JdkNames.PACKAGE + "VectorSpecies", "indexInRange", "(II)" + JdkNames.MASK);
      code.var(Opcodes.ASTORE, mask);
      vectors.masked(new VectorCode.Tail(() -> code.var(Opcodes.ALOAD, mask), () -> used(place, end), 0));
      body(at, r);
      vectors.masked(null);
      code.method.visitLabel(none);
    }
  }

  private void used(int place, int end) {
    code.loadInt(end);
    code.loadInt(place);
    code.op(Opcodes.ISUB);
    code.constant(lanes);
    code.callStatic("java/lang/Math", "min", "(II)I");
  }

  private void knownRemainder(int at, int rest) {
    for (int r = 0; r < registers; r++) {
      int count = Math.clamp(rest - r * lanes, 0, lanes);
      if (count > 0) {
        vectors.masked(count == lanes ? null : new VectorCode.Tail(() -> vectors.constantMask(parts.mask(count)), () -> code.constant(count), count));
        body(at, r);
        vectors.masked(null);
      }
    }
  }

  private int place(int at, int register) {
    if (register == 0) {
      return at;
    }
    int place = code.local(false);
    code.loadInt(at);
    code.constant(register * lanes);
    code.op(Opcodes.IADD);
    code.storeInt(place);
    return place;
  }

  private void body(int at, int register) {
    kernel.bindInt(loop.var(), place(at, register));
    vectors.register(register);
    loop.body().forEach(this::statement);
  }

  private void statement(Stmt statement) {
    switch (statement) {
      case Stmt.For inner -> {
        int start = kernel.bound(inner.from());
        int end = kernel.bound(inner.to());
        kernel.counted(inner.var(), start, end, 1, () -> inner.body().forEach(this::statement));
      }
      case Stmt.Nonzeros inner -> nonzeros(inner);
      case Stmt.Let(var name, var value) when variance.varies(name) -> {
        vectors.emit(value);
        vectors.store(name, SortCalls.of(value, kernel.sorts));
      }
      case Stmt.Assign(var name, var value) when kernel.accumulator(name) != null -> vectors.accumulate(name, value);
      case Stmt.Assign(var name, var value) when variance.varies(name) -> {
        vectors.emit(value);
        code.var(Opcodes.ASTORE, kernel.locals.get(name).slot());
      }
      case Stmt.Store(var buffer, var index, var value) -> vectors.storeTo(buffer, index, value);
      case Stmt.Let _, Stmt.Assign _, Stmt.Lanes _, Stmt.Line _, Stmt.Outline _, Stmt.Product _, Stmt.Transpose _ -> kernel.statement(statement);
    }
  }

  /** The places are bits of a mask, which is made first; the loop's iterations are counted, for such a loop need not stop for anybody. */
  private void nonzeros(Stmt.Nonzeros bits) {
    int mask = code.local(true);
    int iterations = code.local(false);
    int zero = code.local(false);
    int place = code.local(false);
    vectors.nonzeros(bits.left(), bits.start(), bits.count());
    code.var(Opcodes.LSTORE, mask);
    code.constant(0);
    code.storeInt(zero);
    code.var(Opcodes.LLOAD, mask);
    code.callStatic("java/lang/Long", "bitCount", "(J)I");
    code.constant(Long.SIZE);
    code.callStatic("java/lang/Math", "min", "(II)I");
    code.storeInt(iterations);
    kernel.counted(bits.var() + " iteration", zero, iterations, 1, () -> {
      code.var(Opcodes.LLOAD, mask);
      code.callStatic("java/lang/Long", "numberOfTrailingZeros", "(J)I");
      code.storeInt(place);
      code.var(Opcodes.LLOAD, mask);
      code.var(Opcodes.LLOAD, mask);
      code.op(Opcodes.LCONST_1);
      code.op(Opcodes.LSUB);
      code.op(Opcodes.LAND);
      code.var(Opcodes.LSTORE, mask);
      kernel.bindInt(bits.var(), place);
      bits.body().forEach(this::statement);
    });
  }

  // ---- accumulators between scratch and registers

  private void fetch(KernelEmitter.Accumulator accumulator) {
    accumulator.vectors = new int[registers];
    for (int r = 0; r < registers; r++) {
      accumulator.vectors[r] = code.local(false);
      vectors.species();
      scratch(accumulator, r);
      code.callStatic(code.names.vectorClass, "fromArray", "(" + JdkNames.SPECIES + code.names.array + "I)" + code.names.vector);
      if (accumulator.sort == SortCalls.BITS) {
        vectors.asBits();
      }
      code.var(Opcodes.ASTORE, accumulator.vectors[r]);
    }
  }

  private void putBack(KernelEmitter.Accumulator accumulator) {
    for (int r = 0; r < registers; r++) {
      code.var(Opcodes.ALOAD, accumulator.vectors[r]);
      if (accumulator.sort == SortCalls.BITS) {
        vectors.asElements();
      }
      scratch(accumulator, r);
      code.call(code.names.vectorClass, "intoArray", "(" + code.names.array + "I)V");
    }
    accumulator.vectors = null;
  }

  private void scratch(KernelEmitter.Accumulator accumulator, int register) {
    code.var(Opcodes.ALOAD, KernelEmitter.ARENA);
    code.loadInt(kernel.scratchSlot);
    code.constant(accumulator.scratch + register * lanes);
    code.op(Opcodes.IADD);
  }
}
