package nnc.bytecode;

import java.util.List;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;

/** Expressions of a vector of elements. What is the same in all lanes is computed once and broadcast. */
final class VectorCode {
  /**
   * Vectors of fewer bits are of machines that cannot gather (NEON); of fewer than the second, that can neither scatter nor gather under a
   * mask (AVX2).
   */
  private static final int GATHERING_BITS = 256, SCATTERING_BITS = 512;

  private final Code code;
  private final JdkNames names;
  private final KernelEmitter kernel;
  private final ClassParts parts;
  private final Variance variance;
  private final ScalarCode scalar;
  private final int lanes;
  private Tail tail;
  private int register;

  VectorCode(Code code, KernelEmitter kernel, ClassParts parts, Variance variance, int lanes) {
    this.code = code;
    this.names = code.names;
    this.kernel = kernel;
    this.parts = parts;
    this.variance = variance;
    this.lanes = lanes;
    this.scalar = new ScalarCode(code, kernel);
  }

  /**
   * A vector of which only the first lanes count.
   *
   * @param mask  pushes the mask
   * @param used  pushes how many lanes that are
   * @param count how many, if that is known; 0 otherwise
   */
  record Tail(Runnable mask, Runnable used, int count) {}

  /** From here on memory is touched in some lanes only; null for all. */
  void masked(Tail lanesUsed) {
    tail = lanesUsed;
  }

  void register(int number) {
    register = number;
  }

  void species() {
    code.method.visitFieldInsn(Opcodes.GETSTATIC, parts.owner, "S", JdkNames.SPECIES);
  }

  private void bitsSpecies() {
    code.method.visitFieldInsn(Opcodes.GETSTATIC, parts.owner, "B", JdkNames.SPECIES);
  }

  void constantMask(String field) {
    code.method.visitFieldInsn(Opcodes.GETSTATIC, parts.owner, field, JdkNames.MASK);
  }

  // ---- statements

  void store(String name, SortCalls sort) {
    var known = kernel.locals.get(name);
    int slot = known != null && known.vector() && kernel.sorts.get(name) == sort ? known.slot() : code.local(false);
    kernel.locals.put(name, new KernelEmitter.Local(slot, true));
    kernel.sorts.put(name, sort);
    code.var(Opcodes.ASTORE, slot);
  }

  void accumulate(String name, Expr value) {
    int slot = kernel.accumulator(name).vectors[register];
    boolean bits = kernel.accumulator(name).sort == SortCalls.BITS;
    if (tail == null) {
      emit(value);
    } else {
      code.var(Opcodes.ALOAD, slot);
      asElements(bits);
      emit(value);
      asElements(bits);
      tail.mask.run();
      code.call(names.vectorClass, "blend", "(" + JdkNames.VECTOR + JdkNames.MASK + ")" + names.vector);
      asBits(bits);
    }
    code.var(Opcodes.ASTORE, slot);
  }

  /** Takes a vector of elements for their bits: masks, blends and accesses of memory are those of elements. */
  void asBits() {
    code.call(names.vectorClass, names.wide ? "reinterpretAsLongs" : "reinterpretAsInts", "()" + names.bits);
  }

  private void asBits(boolean bits) {
    if (bits) {
      asBits();
    }
  }

  /** Takes a vector of bits for elements. */
  void asElements() {
    code.call(names.bitsClass, names.wide ? "reinterpretAsDoubles" : "reinterpretAsFloats", "()" + names.vector);
  }

  private void asElements(boolean bits) {
    if (bits) {
      asElements();
    }
  }

  private boolean isBits(Expr expr) {
    return SortCalls.of(expr, kernel.sorts) == SortCalls.BITS;
  }

  void storeTo(Loop.Buffer buffer, Int index, Expr value) {
    int stride = (int) variance.stride(index).getAsLong();
    if (stride != 1 && bits() < SCATTERING_BITS) {
      storeOneByOne(buffer, index, stride, value);
      return;
    }
    emit(value);
    asElements(isBits(value));
    kernel.place(buffer, index);
    code.call(names.vectorClass, "intoArray", "(" + names.array + "I" + lanes(index, tail != null) + ")V");
  }

  /** By way of memory: what the machine has no instruction for the Vector API does lane by lane, with objects on the heap. */
  private void storeOneByOne(Loop.Buffer buffer, Int index, int stride, Expr value) {
    emit(value);
    asElements(isBits(value));
    kernel.room();
    code.call(names.vectorClass, "intoArray", "(" + names.array + "I)V");
    kernel.room();
    kernel.place(buffer, index);
    code.constant(stride);
    used();
    code.callStatic(ProgramEmitter.BASE, "scatter", "(" + (names.array + "I").repeat(2) + "II)V");
  }

  private void loadOneByOne(Loop.Buffer buffer, Int index, int stride) {
    kernel.place(buffer, index);
    kernel.room();
    code.constant(stride);
    used();
    code.callStatic(ProgramEmitter.BASE, "gather", "(" + (names.array + "I").repeat(2) + "II)V");
    species();
    kernel.room();
    code.callStatic(names.vectorClass, "fromArray", "(" + JdkNames.SPECIES + names.array + "I)" + names.vector);
  }

  /** Pushes how many lanes count. */
  private void used() {
    if (tail == null) {
      code.constant(lanes);
    } else {
      tail.used.run();
    }
  }

  private int bits() {
    return lanes * (names.wide ? Double.SIZE : Float.SIZE);
  }

  /** Pushes the bits of those of up to 64 elements side by side that are not zero. */
  void nonzeros(Loop.Buffer buffer, Int start, Int count) {
    code.op(Opcodes.LCONST_0);
    for (int at = 0; at < (count instanceof Int.Number(var all) ? all : Long.SIZE); at += lanes) {
      whole(buffer, new Int.Apply(IntFn.ADD, start, new Int.Number(at)));
      comparison("NE");
      code.element(0);
      code.call(names.vectorClass, "compare", "(L" + JdkNames.OPERATORS + "$Comparison;" + names.element + ")" + JdkNames.MASK);
      code.call(JdkNames.MASK_CLASS, "toLong", "()J");
      code.constant(at);
      code.op(Opcodes.LSHL);
      code.op(Opcodes.LOR);
    }
    code.method.visitLdcInsn(-1L);
    kernel.integer(new Int.Apply(IntFn.SUB, new Int.Number(Long.SIZE), count));
    code.op(Opcodes.LUSHR);
    code.op(Opcodes.LAND);
  }

  /** Pushes where the lanes of an access lie, and, if it is masked, which of them count; what that adds to its descriptor. */
  private String lanes(Int index, boolean masked) {
    int stride = (int) variance.stride(index).getAsLong();
    if (stride != 1) {
      map(stride);
    }
    if (masked) {
      tail.mask.run();
    }
    return (stride != 1 ? "[II" : "") + (masked ? JdkNames.MASK : "");
  }

  private void map(int stride) {
    code.method.visitFieldInsn(Opcodes.GETSTATIC, parts.owner, parts.map(stride), "[I");
    used();
    code.constant(lanes);
    code.op(Opcodes.IMUL);
  }

  // ---- expressions

  void emit(Expr expr) {
    if (!variance.varies(expr)) {
      broadcast(expr);
      return;
    }
    switch (expr) {
      case Expr.Read(var name) -> read(name);
      case Expr.Load(var buffer, var index) -> load(buffer, index);
      case Expr.LoadBits(var buffer, var index) -> {
        load(buffer, index);
        asBits();
      }
      case Expr.FromInt(var value) -> {
        species();
        kernel.integer(value);
        code.elementOp(Opcodes.I2F, Opcodes.I2D);
        code.callStatic(names.vectorClass, "broadcast", "(" + JdkNames.SPECIES + names.element + ")" + names.vector);
        code.constant((int) variance.stride(value).getAsLong());
        code.call(names.vectorClass, "addIndex", "(I)" + names.vector);
      }
      case Expr.BitsOf(var value) -> {
        bitsSpecies();
        scalar.emit(expr);
        code.callStatic(names.bitsClass, "broadcast", "(" + JdkNames.SPECIES + names.bitsElement + ")" + names.bits);
        code.constant((int) variance.stride(value).getAsLong());
        code.call(names.bitsClass, "addIndex", "(I)" + names.bits);
      }
      case Expr.Apply(var fn, var arguments) -> apply(fn, arguments);
      case Expr.Number _, Expr.Fold _ -> throw new IllegalStateException("the same in all lanes: " + expr);
    }
  }

  private void read(String name) {
    var accumulator = kernel.accumulator(name);
    code.var(Opcodes.ALOAD, accumulator != null ? accumulator.vectors[register] : kernel.locals.get(name).slot());
  }

  private void broadcast(Expr expr) {
    switch (SortCalls.of(expr, kernel.sorts)) {
      case ELEMENT -> {
        species();
        scalar.emit(expr);
        code.callStatic(names.vectorClass, "broadcast", "(" + JdkNames.SPECIES + names.element + ")" + names.vector);
      }
      case BITS -> {
        bitsSpecies();
        scalar.emit(expr);
        code.callStatic(names.bitsClass, "broadcast", "(" + JdkNames.SPECIES + names.bitsElement + ")" + names.bits);
      }
      case MASK -> {
        species();
        scalar.emit(expr);
        code.callInterface(JdkNames.PACKAGE + "VectorSpecies", "maskAll", "(Z)" + JdkNames.MASK);
      }
    }
  }

  private void load(Loop.Buffer buffer, Int index) {
    int repeats = variance.repeats(index);
    if (repeats > 1) {
      whole(buffer, index);
      shuffle(parts.repeat(repeats));
      return;
    }
    if (variance.stride(index).getAsLong() == 2 && buffer.space() == Loop.Space.ARENA) {
      everyOther(buffer, index);
      return;
    }
    int stride = (int) variance.stride(index).getAsLong();
    if (stride != 1 && bits() < GATHERING_BITS) {
      loadOneByOne(buffer, index, stride);
      return;
    }
    species();
    kernel.place(buffer, index);
    // what gathers needs no mask: the places of lanes that do not count are that of the first
    boolean masked = tail != null && (stride == 1 || bits() >= SCATTERING_BITS);
    code.callStatic(names.vectorClass, "fromArray", "(" + JdkNames.SPECIES + names.array + "I" + lanes(index, masked) + ")" + names.vector);
  }

  /** Elements side by side, also those that are not used. */
  private void whole(Loop.Buffer buffer, Int index) {
    species();
    kernel.place(buffer, index);
    code.callStatic(names.vectorClass, "fromArray", "(" + JdkNames.SPECIES + names.array + "I)" + names.vector);
  }

  private void shuffle(String field) {
    code.method.visitFieldInsn(Opcodes.GETSTATIC, parts.owner, field, JdkNames.SHUFFLE);
    code.call(names.vectorClass, "rearrange", "(" + JdkNames.SHUFFLE + ")" + names.vector);
  }

  /** Two loads and two shuffles take a fraction of what gathering does. */
  private void everyOther(Loop.Buffer buffer, Int index) {
    boolean half = tail != null && tail.count > 0 && tail.count <= lanes / 2;
    if (!half) {
      whole(buffer, new Int.Apply(IntFn.ADD, index, new Int.Number(lanes)));
      shuffle(parts.evens());
    }
    whole(buffer, index);
    shuffle(parts.evens());
    if (!half) {
      constantMask(parts.mask(lanes / 2));
      code.call(names.vectorClass, "blend", "(" + JdkNames.VECTOR + JdkNames.MASK + ")" + names.vector);
    }
  }

  private void apply(Fn fn, List<Expr> arguments) {
    switch (fn) {
      case SELECT -> {
        boolean bits = isBits(arguments.get(1));
        emit(arguments.get(2));
        asElements(bits);
        emit(arguments.get(1));
        asElements(bits);
        emit(arguments.get(0));
        code.call(names.vectorClass, "blend", "(" + JdkNames.VECTOR + JdkNames.MASK + ")" + names.vector);
        asBits(bits);
      }
      case BITS_LT, BITS_LE, BITS_EQ, BITS_NE -> {
        emit(arguments.get(0));
        comparison(fn.name().substring("BITS_".length()));
        emit(arguments.get(1));
        code.call(names.bitsClass, "compare", "(L" + JdkNames.OPERATORS + "$Comparison;" + JdkNames.VECTOR + ")" + JdkNames.MASK);
        species();
        code.call(JdkNames.MASK_CLASS, "cast", "(" + JdkNames.SPECIES + ")" + JdkNames.MASK);
      }
      case FROM_WHOLE -> converted(arguments.getFirst(), this::species, names.bitsClass, names.vectorClass);
      case TO_WHOLE -> converted(arguments.getFirst(), this::bitsSpecies, names.vectorClass, names.bitsClass);
      case MIN, MAX -> extreme(fn, arguments);
      case FAR_SIN, FAR_COS -> far(fn, arguments);
      case LT, LE, EQ, NE -> {
        emit(arguments.get(0));
        comparison(fn.name());
        emit(arguments.get(1));
        code.call(names.vectorClass, "compare", "(L" + JdkNames.OPERATORS + "$Comparison;" + JdkNames.VECTOR + ")" + JdkNames.MASK);
      }
      case BITS_SHL, BITS_SHR, BITS_ASHR -> {
        emit(arguments.getFirst());
        operator(fn == Fn.BITS_SHL ? "LSHL" : fn == Fn.BITS_SHR ? "LSHR" : "ASHR");
        boolean alike = !variance.varies(arguments.get(1));
        if (alike) {
          scalar.emit(arguments.get(1));
        } else {
          emit(arguments.get(1));
        }
        code.call(names.bitsClass, "lanewise", "(L" + JdkNames.OPERATORS + "$Binary;" + (alike ? names.bitsElement : JdkNames.VECTOR) + ")" + names.bits);
      }
      case BITS_XOR -> {
        emit(arguments.get(0));
        operator("XOR");
        emit(arguments.get(1));
        code.call(names.bitsClass, "lanewise", "(L" + JdkNames.OPERATORS + "$Binary;" + JdkNames.VECTOR + ")" + names.bits);
      }
      default -> {
        arguments.forEach(this::emit);
        machine(fn);
      }
    }
  }

  /** Another type of lanes of the same width. */
  private void converted(Expr value, Runnable species, String from, String to) {
    emit(value);
    species.run();
    code.constant(0);
    code.call(from, "castShape", "(" + JdkNames.SPECIES + "I)" + JdkNames.VECTOR);
    code.method.visitTypeInsn(Opcodes.CHECKCAST, to);
  }

  private void comparison(String name) {
    code.method.visitFieldInsn(Opcodes.GETSTATIC, JdkNames.OPERATORS, name, "L" + JdkNames.OPERATORS + "$Comparison;");
  }

  private void operator(String name) {
    var type = name.equals("XOR") ? "$Associative;" : "$Binary;";
    code.method.visitFieldInsn(Opcodes.GETSTATIC, JdkNames.OPERATORS, name, "L" + JdkNames.OPERATORS + type);
  }

  /** Compare and blend, in the direction that lets NaN through: Java's own max is several times slower. */
  private void extreme(Fn fn, List<Expr> arguments) {
    int a = code.local(false);
    int b = code.local(false);
    emit(arguments.get(0));
    code.var(Opcodes.ASTORE, a);
    emit(arguments.get(1));
    code.var(Opcodes.ASTORE, b);
    var compare = "(L" + JdkNames.OPERATORS + "$Comparison;" + JdkNames.VECTOR + ")" + JdkNames.MASK;
    code.var(Opcodes.ALOAD, b);
    code.var(Opcodes.ALOAD, a);
    code.var(Opcodes.ALOAD, a);
    comparison(fn == Fn.MAX ? "GT" : "LT");
    code.var(Opcodes.ALOAD, b);
    code.call(names.vectorClass, "compare", compare);
    code.var(Opcodes.ALOAD, a);
    comparison("NE");
    code.var(Opcodes.ALOAD, a);
    code.call(names.vectorClass, "compare", compare);
    code.call(JdkNames.MASK_CLASS, "or", "(" + JdkNames.MASK + ")" + JdkNames.MASK);
    code.call(names.vectorClass, "blend", "(" + JdkNames.VECTOR + JdkNames.MASK + ")" + names.vector);
  }

  /** One vector or, after a branch that is seldom taken, another one, which has been through memory. */
  private void far(Fn fn, List<Expr> arguments) {
    var end = new Label();
    emit(arguments.get(2));
    emit(arguments.get(0));
    code.call(JdkNames.MASK_CLASS, "anyTrue", "()Z");
    code.method.visitJumpInsn(Opcodes.IFEQ, end);
    emit(arguments.get(1));
    kernel.room();
    code.call(names.vectorClass, "intoArray", "(" + names.array + "I)V");
    kernel.room();
    code.constant(lanes);
    code.callStatic(ProgramEmitter.BASE, fn == Fn.FAR_SIN ? "sines" : "cosines", "(" + names.array + "II)V");
    species();
    kernel.room();
    code.callStatic(names.vectorClass, "fromArray", "(" + JdkNames.SPECIES + names.array + "I)" + names.vector);
    emit(arguments.get(0));
    code.call(names.vectorClass, "blend", "(" + JdkNames.VECTOR + JdkNames.MASK + ")" + names.vector);
    code.method.visitLabel(end);
  }

  private void machine(Fn fn) {
    switch (fn) {
      case ADD, SUB, MUL, DIV -> binary(names.vectorClass, fn.name().toLowerCase(java.util.Locale.ROOT), names.vector);
      case FMA -> code.call(names.vectorClass, "fma", "(" + JdkNames.VECTOR + JdkNames.VECTOR + ")" + names.vector);
      case NEG, ABS, SQRT -> code.call(names.vectorClass, fn.name().toLowerCase(java.util.Locale.ROOT), "()" + names.vector);
      case TO_BITS -> asBits();
      case FROM_BITS -> asElements();
      case BITS_AND -> binary(names.bitsClass, "and", names.bits);
      case BITS_OR -> binary(names.bitsClass, "or", names.bits);
      case BITS_ADD -> binary(names.bitsClass, "add", names.bits);
      case BITS_SUB -> binary(names.bitsClass, "sub", names.bits);
      case BITS_MUL -> binary(names.bitsClass, "mul", names.bits);
      case BITS_MIN -> binary(names.bitsClass, "min", names.bits);
      case BITS_MAX -> binary(names.bitsClass, "max", names.bits);
      case AND -> code.call(JdkNames.MASK_CLASS, "and", "(" + JdkNames.MASK + ")" + JdkNames.MASK);
      case OR -> code.call(JdkNames.MASK_CLASS, "or", "(" + JdkNames.MASK + ")" + JdkNames.MASK);
      case NOT -> code.call(JdkNames.MASK_CLASS, "not", "()" + JdkNames.MASK);
      default -> throw new IllegalStateException("not here: " + fn);
    }
  }

  private void binary(String type, String method, String result) {
    code.call(type, method, "(" + JdkNames.VECTOR + ")" + result);
  }
}
