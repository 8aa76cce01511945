package nnc.bytecode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.expand.Width;
import nnc.runtime.engine.Kernels;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A kernel as one static method {@code (weights, arena, arguments, at, scratch, from, to)}. A VECTOR loop whose accesses run evenly
 * through the lanes is emitted a vector at a time, its remainder under a mask; any other one by one.
 */
final class KernelEmitter {
  static final int WEIGHTS = 0;
  static final int ARENA = 1;
  private static final int ARGUMENTS = 2;
  private static final int AT = 3;
  private static final int SCRATCH = 4;
  private static final int FROM = 5;
  private static final int TO = 6;

  /** Lanes of an accumulator, whatever the machine's are. */
  final int group;

  private final Code code;
  /** Where the thread's scratch begins. */
  final int scratchSlot;
  private final Width width;
  private final int lanes;
  /** The method's name. */
  private final String self;
  private final ClassParts parts;
  private final ScalarCode scalar;
  private final Map<String, Integer> ints = new HashMap<>();
  /** Slots of quotients that are computed before the loops at hand. */
  private Map<Int, Integer> quotients = new HashMap<>();
  final Map<String, Local> locals = new HashMap<>();
  final Map<String, SortCalls> sorts = new HashMap<>();
  /** Whether what reads or writes elements is passed over without memory, at present. */
  private boolean skips;
  private final Map<String, Accumulator> accumulators = new HashMap<>();

  /** A variable of elements, masks or bits: its slot, and whether it has a value a lane. */
  record Local(int slot, boolean vector) {}

  /** An accumulator's lanes: vectors in locals, or its place in scratch, and the variable and start of the loop that feeds it. */
  static final class Accumulator {
    final int scratch;
    /** Elements or bits. */
    final SortCalls sort;
    int[] vectors;
    String loop;
    int start;

    Accumulator(int scratch, SortCalls sort) {
      this.scratch = scratch;
      this.sort = sort;
    }
  }

  KernelEmitter(MethodVisitor method, String self, JdkNames names, Width width, ClassParts parts) {
    this(new Code(method, names, 7), self, width, parts, SCRATCH);
  }

  private KernelEmitter(Code code, String self, Width width, ClassParts parts, int scratchSlot) {
    var names = code.names;
    this.code = code;
    this.self = self;
    this.scratchSlot = scratchSlot;
    this.width = width;
    this.lanes = width.lanes(names.wide ? 64 : 32);
    this.group = names.wide ? 8 : 16;
    this.parts = parts;
    this.scalar = new ScalarCode(code, this);
  }

  /** @param descriptor of a kernel's method */
  void emit(Loop.Kernel kernel, String descriptor) {
    code.method.visitCode();
    if (width != Width.SCALAR && content(kernel) == Guard.Content.VECTORS) {
      Guard.vectors(code, parts.guarded(self, descriptor), ARGUMENTS, () -> code.op(Opcodes.RETURN));
    }
    skips = width != Width.SCALAR && tells(kernel);
    for (int i = 0; i < kernel.arguments().size(); i++) {
      argument(kernel.arguments().get(i), () -> code.loadInt(AT), i);
    }
    var mentioned = Mentions.of(kernel.body()).integers();
    for (var integer : KernelInteger.values()) {
      switch (integer) {
        case FROM -> ints.put(integer.title(), FROM);
        case TO -> ints.put(integer.title(), TO);
        case SEED_LOW -> shared(integer, Kernels.SEED_LOW, mentioned);
        case SEED_HIGH -> shared(integer, Kernels.SEED_HIGH, mentioned);
        case STEP -> shared(integer, Kernels.STEP, mentioned);
        case EPOCH -> shared(integer, Kernels.EPOCH, mentioned);
      }
    }
    if (kernel.kind() == LoopKind.RANGE) {
      kernel.body().forEach(this::statement);
    } else {
      loop(new Stmt.For(kernel.block(), KernelInteger.FROM.value(), KernelInteger.TO.value(), kernel.kind(), kernel.body()));
    }
    code.op(Opcodes.RETURN);
    code.method.visitMaxs(0, 0);
    code.method.visitEnd();
  }

  private static Guard.Content content(Loop.Kernel kernel) {
    return kernel.kind() == LoopKind.VECTOR ? Guard.Content.VECTORS : Guard.content(kernel.body());
  }

  /** Whether a kernel's methods that are run without memory tell which it would run. */
  static boolean tells(Loop.Kernel kernel) {
    return kernel.kind() != LoopKind.VECTOR && Guard.calls(kernel.body()) && Guard.passable(kernel.body());
  }

  /** A method's statements, and its end. */
  private void outlined(String descriptor, List<Stmt> body) {
    var content = width == Width.SCALAR ? Guard.Content.CONTROL : Guard.content(body);
    skips = content != Guard.Content.CONTROL && Guard.calls(body) && Guard.passable(body);
    if (content == Guard.Content.VECTORS) {
      Guard.vectors(code, parts.guarded(self, descriptor), ARENA, () -> code.op(Opcodes.RETURN));
    }
    if (content == Guard.Content.ELEMENTS && !skips) {
      Guard.elements(code, ARENA, () -> body.forEach(this::statement));
    } else {
      body.forEach(this::statement);
    }
    code.op(Opcodes.RETURN);
    if (content == Guard.Content.VECTORS) {
      Guard.apart(code);
    }
  }

  /** Calls a method of the class. */
  private void callOwn(String name, String descriptor) {
    parts.calls(self, name);
    code.callStatic(parts.owner, name, descriptor);
  }

  /** Takes an integer, if it is read, from among the arguments that all calls share. */
  private void shared(KernelInteger integer, int place, Set<String> mentioned) {
    if (mentioned.contains(integer.title())) {
      argument(integer.title(), () -> code.constant(0), place);
    }
  }

  private void argument(String name, Runnable base, int place) {
    int slot = code.local(false);
    code.var(Opcodes.ALOAD, ARGUMENTS);
    base.run();
    code.constant(place);
    code.op(Opcodes.IADD);
    code.op(Opcodes.IALOAD);
    code.storeInt(slot);
    ints.put(name, slot);
  }

  // ---- integers

  int slotOf(String name) {
    var slot = ints.get(name);
    if (slot == null) {
      throw new IllegalStateException("nobody gives the integer " + name);
    }
    return slot;
  }

  void integer(Int value) {
    if (LoopQuotients.isDivision(value) && quotients.get(value) instanceof Integer slot) {
      code.loadInt(slot);
      return;
    }
    switch (value) {
      case Int.Number(var number) -> code.constant(Math.toIntExact(number));
      case Int.Var(var name) -> code.loadInt(slotOf(name));
      case Int.FromElement(var element) -> {
        scalar.emit(element);
        code.elementOp(Opcodes.F2I, Opcodes.D2I);
      }
      case Int.FromBits(var bits) -> {
        scalar.emit(bits);
        if (code.names.wide) {
          code.op(Opcodes.L2I);
        }
      }
      // floored, as shifts and masks are
      case Int.Apply(var fn, var left, Int.Number(var by)) when fn == Loop.IntFn.DIV && Long.bitCount(by) == 1 -> {
        integer(left);
        code.constant(Long.numberOfTrailingZeros(by));
        code.op(Opcodes.ISHR);
      }
      case Int.Apply(var fn, var left, Int.Number(var by)) when fn == Loop.IntFn.MOD && Long.bitCount(by) == 1 -> {
        integer(left);
        code.constant(Math.toIntExact(by - 1));
        code.op(Opcodes.IAND);
      }
      case Int.Apply(var fn, var left, var right) -> {
        integer(left);
        integer(right);
        switch (fn) {
          case ADD -> code.op(Opcodes.IADD);
          case SUB -> code.op(Opcodes.ISUB);
          case MUL -> code.op(Opcodes.IMUL);
          case DIV -> code.callStatic("java/lang/Math", "floorDiv", "(II)I");
          case MOD -> code.callStatic("java/lang/Math", "floorMod", "(II)I");
          case MIN -> code.callStatic("java/lang/Math", "min", "(II)I");
          case MAX -> code.callStatic("java/lang/Math", "max", "(II)I");
        }
      }
    }
  }

  /** Array and offset of an element. */
  void place(Loop.Buffer buffer, Int index) {
    code.var(Opcodes.ALOAD, buffer.space() == Loop.Space.WEIGHTS ? WEIGHTS : ARENA);
    if (buffer.space() == Loop.Space.SCRATCH) {
      code.loadInt(scratchSlot);
      code.constant(buffer.offset());
      code.op(Opcodes.IADD);
    } else {
      code.loadInt(slotOf(buffer.name()));
    }
    if (!(index instanceof Int.Number(var zero) && zero == 0)) {
      integer(index);
      code.op(Opcodes.IADD);
    }
  }

  // ---- statements

  /** One by one, outside of lanes. */
  void statement(Stmt statement) {
    if (skips && Guard.skipped(statement)) {
      skips = false;
      Guard.elements(code, ARENA, () -> statement(statement));
      skips = true;
      return;
    }
    switch (statement) {
      case Stmt.For loop -> loop(loop);
      case Stmt.Let(var name, Expr.Fold fold) -> {
        fold(fold);
        scalar.store(name, SortCalls.of(fold, sorts));
      }
      case Stmt.Let(var name, var value) -> {
        scalar.emit(value);
        scalar.store(name, SortCalls.of(value, sorts));
      }
      case Stmt.Lanes lane -> {
        var accumulator = prepare(lane);
        accumulators.put(lane.var(), accumulator);
        sorts.put(lane.var(), accumulator.sort);
      }
      case Stmt.Assign(var name, var value) when accumulators.containsKey(name) -> scalar.accumulate(accumulators.get(name), value);
      case Stmt.Assign(var name, var value) -> {
        scalar.emit(value);
        scalar.assign(name);
      }
      case Stmt.Store(var buffer, var index, var value) -> {
        place(buffer, index);
        scalar.emit(value);
        if (SortCalls.of(value, sorts) == SortCalls.BITS) {
          code.storeBits();
        } else {
          code.store();
        }
      }
      case Stmt.Outline(var arguments, var body) -> outline(arguments, body);
      case Stmt.Product _ -> throw new IllegalStateException("not expanded: " + statement);
      case Stmt.Transpose transpose -> transpose(transpose);
      case Stmt.Nonzeros _ -> throw new IllegalStateException("only in lanes: " + statement);
      case Stmt.Line(var line) -> line(line);
    }
  }

  private void transpose(Stmt.Transpose transpose) {
    boolean whole = transpose.lines().equals(new Int.Number(lanes)) && transpose.width().equals(new Int.Number(lanes));
    place(transpose.from().buffer(), transpose.from().start());
    integer(transpose.from().step());
    code.var(Opcodes.ALOAD, ARENA);
    inScratch(transpose.to().offset());
    inScratch(transpose.aside().offset());
    if (!whole) {
      integer(transpose.lines());
      integer(transpose.width());
    }
    callOwn(parts.transpose(whole), TransposeMethod.descriptor(code.names, whole));
  }

  /** Bodies that are equal but for what they are called with are one method. */
  private record Apart(boolean wide, List<String> integers, List<Variable> variables, List<Stmt> body, int hash) {
    Apart(boolean wide, List<String> integers, List<Variable> variables, List<Stmt> body) {
      this(wide, integers, variables, body, 31 * (31 * integers.hashCode() + variables.hashCode()) + body.hashCode());
    }

    /** Asked for more often than once, of bodies of any size. */
    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** A variable that a body reads from outside. */
  private record Variable(String name, SortCalls sort) {}

  /** A method that takes the integers and variables it reads, and its call. */
  private void outline(List<Stmt.Argument> arguments, List<Stmt> body) {
    var own = arguments.stream().map(Stmt.Argument::name).toList();
    var mentions = Mentions.of(body);
    var outside = new TreeSet<>(ints.keySet());
    outside.retainAll(mentions.integers());
    var taken = outside.stream().filter(name -> !own.contains(name)).toList();
    var integers = new ArrayList<>(own);
    integers.addAll(taken);
    var variables = mentions.variables().stream().filter(locals::containsKey).sorted().map(name -> new Variable(name, sorts.get(name))).toList();
    var taking = variables.stream().map(variable -> scalar.descriptor(variable.sort)).reduce("", String::concat);
    var descriptor = "(" + code.names.array.repeat(2) + "I".repeat(1 + integers.size()) + taking + ")V";
    var key = new Apart(code.names.wide, integers, variables, body);
    var known = parts.outlined(key);
    var name = known != null ? known : parts.outline(key);
    code.var(Opcodes.ALOAD, WEIGHTS);
    code.var(Opcodes.ALOAD, ARENA);
    code.loadInt(scratchSlot);
    arguments.forEach(g -> integer(g.value()));
    taken.forEach(integer -> code.loadInt(slotOf(integer)));
    variables.forEach(variable -> scalar.emit(new Expr.Read(variable.name)));
    callOwn(name, descriptor);
    if (known != null) {
      return;
    }
    var method = parts.method(name, descriptor);
    var inner = new KernelEmitter(new Code(method, code.names, 3 + integers.size()), name, width, parts, 2);
    inner.take(integers, variables);
    method.visitCode();
    inner.outlined(descriptor, body);
    method.visitMaxs(0, 0);
    method.visitEnd();
  }

  /** Names the parameters of a method {@code (weights, arena, scratch, integers..., variables...)}. */
  private void take(List<String> integers, List<Variable> variables) {
    for (int i = 0; i < integers.size(); i++) {
      ints.put(integers.get(i), 3 + i);
    }
    variables.forEach(variable -> scalar.variable(variable.name, variable.sort));
  }

  void line(int line) {
    var label = new Label();
    code.method.visitLabel(label);
    code.method.visitLineNumber(line, label);
  }

  Accumulator accumulator(String name) {
    return accumulators.get(name);
  }

  /** The lanes start in scratch; a vector loop takes them from there into registers, and puts them back behind itself. */
  private Accumulator prepare(Stmt.Lanes lane) {
    var sort = SortCalls.of(lane.initial(), sorts);
    // as wide as it is read again: a load cannot take from several stores that are still on their way
    for (int i = 0; i < group; i += lanes) {
      if (width == Width.SCALAR) {
        code.var(Opcodes.ALOAD, ARENA);
        inScratch(lane.scratch() + i);
        initial(lane.initial());
        code.elementOp(Opcodes.FASTORE, Opcodes.DASTORE);
      } else {
        code.method.visitFieldInsn(Opcodes.GETSTATIC, parts.owner, "S", JdkNames.SPECIES);
        initial(lane.initial());
        code.callStatic(code.names.vectorClass, "broadcast", "(" + JdkNames.SPECIES + code.names.element + ")" + code.names.vector);
        code.var(Opcodes.ALOAD, ARENA);
        inScratch(lane.scratch() + i);
        code.call(code.names.vectorClass, "intoArray", "(" + code.names.array + "I)V");
      }
    }
    return new Accumulator(lane.scratch(), sort);
  }

  /** Pushes what memory holds for a lane's first value. */
  private void initial(Expr value) {
    scalar.emit(value);
    if (SortCalls.of(value, sorts) == SortCalls.BITS) {
      code.storedBits();
    }
  }

  /** Array and place of the room for a vector before the thread's scratch. */
  void room() {
    code.var(Opcodes.ALOAD, ARENA);
    inScratch(-group);
  }

  private void inScratch(int place) {
    code.loadInt(scratchSlot);
    code.constant(place);
    code.op(Opcodes.IADD);
  }

  /** Lane l takes lane l + G/2, then l + G/4, ... */
  private void fold(Expr.Fold fold) {
    code.var(Opcodes.ALOAD, ARENA);
    inScratch(accumulators.get(fold.lanes()).scratch);
    callOwn(foldMethod(fold.fn()), FoldMethod.descriptor(code.names, fold.fn()));
  }

  private String foldMethod(Fn fn) {
    parts.needFold(fn);
    return "fold" + fn;
  }

  void loop(Stmt.For loop) {
    var outside = new HashMap<>(quotients);
    LoopQuotients.of(loop).forEach(this::quotient);
    iterations(loop);
    quotients = outside;
  }

  /** Computes a quotient before a loop; in a loop of no iterations a divisor, a size, may be zero, and nobody asks for the quotient. */
  private void quotient(Int quotient) {
    if (quotients.containsKey(quotient)) {
      return;
    }
    int slot = code.local(false);
    var done = new Label();
    code.constant(0);
    code.storeInt(slot);
    skipZero(quotient, done);
    integer(quotient);
    code.storeInt(slot);
    code.method.visitLabel(done);
    quotients.put(quotient, slot);
  }

  /** Goes elsewhere if an integer cannot be computed since a divisor is zero. */
  private void skipZero(Int value, Label elsewhere) {
    if (value instanceof Int.Apply(_, var left, var right)) {
      skipZero(left, elsewhere);
      skipZero(right, elsewhere);
      if (LoopQuotients.isDivision(value) && !(right instanceof Int.Number)) {
        integer(right);
        code.method.visitJumpInsn(Opcodes.IFEQ, elsewhere);
      }
    }
  }

  private void iterations(Stmt.For loop) {
    if (loop.kind() == LoopKind.VECTOR && width != Width.SCALAR) {
      var variance = Variance.of(loop, lanes, accumulators.keySet());
      var vectors = new VectorLoop(code, this, parts, variance, lanes, loop);
      if (variance.even(loop.body()) && vectors.isShort()) {
        vectors.emit();
        return;
      }
    }
    int start = bound(loop.from());
    int end = bound(loop.to());
    feed(loop, start);
    counted(loop.var(), start, end, 1, () -> loop.body().forEach(this::statement));
  }

  /** Accumulators that are fed one by one know at which element the loop began. */
  private void feed(Stmt.For loop, int start) {
    for (var statement : loop.body()) {
      if (statement instanceof Stmt.Assign(var name, _) && accumulators.containsKey(name)) {
        accumulators.get(name).loop = loop.var();
        accumulators.get(name).start = start;
      }
    }
  }

  int bound(Int value) {
    int slot = code.local(false);
    integer(value);
    code.storeInt(slot);
    return slot;
  }

  /** {@code for (var = start; var < end; var += step)}. */
  void counted(String var, int start, int end, int step, Runnable body) {
    var outer = ints.get(var);
    int slot = code.local(false);
    bindInt(var, slot);
    code.loadInt(start);
    code.storeInt(slot);
    var head = new Label();
    var exit = new Label();
    code.method.visitLabel(head);
    code.loadInt(slot);
    code.loadInt(end);
    code.method.visitJumpInsn(Opcodes.IF_ICMPGE, exit);
    body.run();
    code.method.visitIincInsn(slot, step);
    code.method.visitJumpInsn(Opcodes.GOTO, head);
    code.method.visitLabel(exit);
    if (outer != null) {
      ints.put(var, outer);
    } else {
      ints.remove(var);
    }
  }

  /** Gives a name to an integer of the kernel's own. */
  void bindInt(String name, int slot) {
    if (KernelInteger.of(name).isPresent()) {
      throw new IllegalStateException(name + " is an integer that every kernel is called with, and this one has another of that name");
    }
    quotients.keySet().removeIf(quotient -> LoopQuotients.reads(quotient, Set.of(name)));
    ints.put(name, slot);
  }
}
