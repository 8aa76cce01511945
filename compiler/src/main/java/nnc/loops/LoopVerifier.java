package nnc.loops;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;

/**
 * Checks what must hold of every kernel, before and after it is expanded for a width; a fault here is the compiler's. Names are defined before they
 * are used, and once in their scope; elements, masks and bits are what functions take; lanes are where they may be; scratch is no larger than what
 * the kernel asks for.
 */
public final class LoopVerifier {
  /** What a value is. */
  private enum Sort { ELEMENT, MASK, BITS }

  /** What accumulators are folded by, and what theirs lanes then are. */
  private static final Map<Fn, Sort> FOLDS = Map.of(Fn.ADD, Sort.ELEMENT, Fn.MUL, Sort.ELEMENT, Fn.MIN, Sort.ELEMENT, Fn.MAX, Sort.ELEMENT,
      Fn.BITS_ADD, Sort.BITS, Fn.BITS_MUL, Sort.BITS, Fn.BITS_MIN, Sort.BITS, Fn.BITS_MAX, Sort.BITS);

  /** Lanes of an accumulator of doubles; one of floats has twice as many. */
  private static final int LEAST_LANES = 8;

  private final Loop.Kernel kernel;
  private final String title;
  /** By whole number, whether it is the variable of a VECTOR loop around. */
  private final Scope<Boolean> integers = new Scope<>();
  private final Scope<Sort> variables = new Scope<>();
  /** Variables from outside of an {@link Stmt.Outline}: copies, that are read only. */
  private final Map<String, Sort> readable = new HashMap<>();
  private final Scope<Sort> accumulators = new Scope<>();
  private final ArrayDeque<Stmt> path = new ArrayDeque<>();
  private boolean inLanes;
  private boolean apart;

  /** Names, those of inner blocks above those of outer ones. */
  private static final class Scope<T> {
    final ArrayDeque<Map<String, T>> blocks = new ArrayDeque<>(List.of(new HashMap<>()));

    T get(String name) {
      for (var block : blocks) {
        if (block.containsKey(name)) {
          return block.get(name);
        }
      }
      return null;
    }
  }

  private LoopVerifier(Loop.Kernel kernel, String title) {
    this.kernel = kernel;
    this.title = title;
  }

  /** Throws if a kernel is not well formed. */
  public static Loop.Kernel check(Loop.Kernel kernel, String title) {
    new LoopVerifier(kernel, title).run();
    return kernel;
  }

  /** All kernels of a class, by what it is called. */
  public static List<Loop.Kernel> check(List<Loop.Kernel> kernels, String of) {
    for (int i = 0; i < kernels.size(); i++) {
      check(kernels.get(i), "kernel " + i + " of " + of);
    }
    return kernels;
  }

  private void run() {
    for (var integer : KernelInteger.values()) {
      integers.blocks.getFirst().put(integer.title(), false);
    }
    for (var argument : kernel.arguments()) {
      require(integers.blocks.getFirst().putIfAbsent(argument, false) == null, () -> "has two arguments " + argument);
    }
    require(kernel.scratch() >= 0, () -> "has scratch " + kernel.scratch());
    if (kernel.kind() == LoopKind.RANGE) {
      block(kernel.body());
    } else {
      statement(new Stmt.For(kernel.block(), KernelInteger.FROM.value(), KernelInteger.TO.value(), kernel.kind(), kernel.body()));
    }
  }

  // ---- statements

  private void block(List<Stmt> body) {
    integers.blocks.push(new HashMap<>());
    variables.blocks.push(new HashMap<>());
    accumulators.blocks.push(new HashMap<>());
    body.forEach(this::statement);
    integers.blocks.pop();
    variables.blocks.pop();
    accumulators.blocks.pop();
  }

  private void statement(Stmt statement) {
    path.push(statement);
    switch (statement) {
      case Stmt.For loop -> loop(loop);
      case Stmt.Let(var name, Expr.Fold(var fn, var lanes)) -> {
        var sort = FOLDS.get(fn);
        require(!inLanes && sort != null, () -> "folds in lanes, or by " + fn);
        require(accumulators.get(lanes) == sort, () -> "folds " + lanes + ", which has no lanes for it");
        define(name, sort);
      }
      case Stmt.Let(var name, var value) -> define(name, sort(value));
      case Stmt.Lanes(var name, var initial, var scratch) -> {
        require(!inLanes && !kernel.inDouble(), "has lanes in lanes, or in double");
        require(initial instanceof Expr.Number || initial instanceof Expr.BitsOf(Int.Number _), "has lanes that begin with no constant");
        requireScratch(scratch + LEAST_LANES);
        requireNew(name);
        accumulators.blocks.peek().put(name, sort(initial));
      }
      case Stmt.Assign(var name, var value) -> assign(name, value);
      case Stmt.Store(var buffer, var index, var value) -> {
        buffer(buffer);
        integer(index);
        require(sort(value) != Sort.MASK, "stores a mask");
      }
      case Stmt.Outline(var arguments, var body) -> outline(arguments, body);
      case Stmt.Product product -> product(product);
      case Stmt.Nonzeros nonzeros -> nonzeros(nonzeros);
      case Stmt.Transpose transpose -> {
        require(!inLanes, "is in lanes");
        integer(transpose.lines());
        integer(transpose.width());
        factor(transpose.from());
        buffer(transpose.to());
        buffer(transpose.aside());
        require(transpose.to().space() == Space.SCRATCH && transpose.aside().space() == Space.SCRATCH, "transposes a square outside of scratch");
      }
      case Stmt.Line(var line) -> require(line >= 0, "is of a line before the first");
    }
    path.pop();
  }

  private void loop(Stmt.For loop) {
    integer(loop.from());
    integer(loop.to());
    boolean vector = loop.kind() == LoopKind.VECTOR;
    require(loop.kind() != LoopKind.RANGE, "is no kernel's outermost loop");
    require(!vector || !inLanes && !kernel.inDouble(), "is a loop over lanes in lanes, or in double");
    require(integers.get(loop.var()) == null, () -> "defines " + loop.var() + " again");
    boolean outside = inLanes;
    inLanes |= vector;
    integers.blocks.push(new HashMap<>(Map.of(loop.var(), vector)));
    block(loop.body());
    integers.blocks.pop();
    inLanes = outside;
  }

  private void define(String name, Sort sort) {
    requireNew(name);
    variables.blocks.peek().put(name, sort);
  }

  private void requireNew(String name) {
    require(variables.get(name) == null && accumulators.get(name) == null, () -> "defines " + name + " again");
  }

  private void assign(String name, Expr value) {
    if (accumulators.get(name) != null) {
      // scalar code takes the lane from the loop that the statement stands in
      require(path.stream().skip(1).findFirst().orElse(null) instanceof Stmt.For loop && loop.kind() == LoopKind.VECTOR,
          () -> "adds to the lanes of " + name + " elsewhere than right in a loop over lanes");
      variables.blocks.push(new HashMap<>(Map.of(name, accumulators.get(name))));
      require(sort(value) == accumulators.get(name), "adds another sort of value");
      variables.blocks.pop();
      return;
    }
    require(variables.get(name) != null, () -> "assigns to " + name + ", which is not defined" + (apart ? " in this method" : ""));
    require(sort(value) == variables.get(name), () -> "assigns another sort of value to " + name);
  }

  /** What is outside can be read, but is a copy, and lanes stay there. */
  private void outline(List<Stmt.Argument> arguments, List<Stmt> body) {
    require(!inLanes && !kernel.inDouble(), "is in lanes, or in double");
    var own = new HashMap<String, Boolean>();
    for (var one : arguments) {
      integer(one.value());
      require(own.put(one.name(), false) == null, () -> "is given " + one.name() + " twice");
    }
    var inner = new LoopVerifier(kernel, title);
    inner.apart = true;
    inner.path.addAll(path);
    inner.integers.blocks.addAll(integers.blocks);
    inner.integers.blocks.push(own);
    inner.variables.blocks.clear();
    inner.variables.blocks.add(Map.of());
    inner.readable.putAll(readable);
    variables.blocks.descendingIterator().forEachRemaining(inner.readable::putAll);
    inner.block(body);
  }

  private void product(Stmt.Product product) {
    require(!inLanes && !kernel.inDouble(), "is in lanes, or in double");
    integer(product.rows());
    integer(product.columns());
    require(product.extent().unit() > 0 && !(product.rows() instanceof Int.Number(var rows) && rows % product.extent().unit() != 0),
        () -> "has rows that " + product.extent().unit() + " does not divide");
    require(!product.depth().isEmpty(), "sums over nothing");
    for (var depth : product.depth()) {
      integer(depth.count());
      integer(depth.left());
      integer(depth.right());
    }
    factor(product.left());
    factor(product.right());
    factor(product.sums());
    if (product.origin() != null) {
      factor(product.origin());
    }
    require(product.order().panel() >= 0 && product.order().lanes() >= 0 && (product.order().lanes() == 0 || product.order().panel() == 0), "has panels along terms");
    if (product.zeros() != null) {
      buffer(product.zeros().room());
      if (product.zeros().faults() != null) {
        factor(product.zeros().faults());
      }
    }
    if (product.follow() != null) {
      follow(product.follow());
    }
  }

  private void follow(Stmt.Follow follow) {
    integer(follow.fromRow());
    integer(follow.fromColumn());
    require(!follow.row().equals(follow.column()), "names row and column alike");
    require(follow.body().stream().allMatch(statement -> statement instanceof Stmt.Let || statement instanceof Stmt.Store || statement instanceof Stmt.Line),
        "does more with a sum than compute and store");
    integers.blocks.push(new HashMap<>(Map.of(follow.row(), false, follow.column(), true)));
    variables.blocks.push(new HashMap<>(Map.of(follow.sum(), Sort.ELEMENT)));
    boolean outside = inLanes;
    inLanes = true;
    block(follow.body());
    inLanes = outside;
    variables.blocks.pop();
    integers.blocks.pop();
  }

  private void nonzeros(Stmt.Nonzeros loop) {
    require(inLanes, "is not in lanes");
    integer(loop.count());
    buffer(loop.left());
    integer(loop.start());
    require(!varies(loop.count()) && !varies(loop.start()), "looks elsewhere in each lane");
    require(integers.get(loop.var()) == null, () -> "defines " + loop.var() + " again");
    integers.blocks.push(new HashMap<>(Map.of(loop.var(), false)));
    block(loop.body());
    integers.blocks.pop();
  }

  // ---- places

  private void factor(Stmt.Factor factor) {
    buffer(factor.buffer());
    integer(factor.start());
    integer(factor.step());
  }

  private void buffer(Buffer buffer) {
    if (buffer.space() == Space.SCRATCH) {
      requireScratch(buffer.offset());
    } else {
      require(integers.get(buffer.name()) != null && buffer.offset() == 0, () -> "nobody says where " + buffer.name() + " is");
    }
  }

  private void requireScratch(int place) {
    require(place >= 0 && (kernel.scratch() == 0 || place <= kernel.scratch()), () -> "uses scratch at " + place + " of " + kernel.scratch());
  }

  private boolean varies(Int value) {
    return switch (value) {
      case Int.Number _, Int.FromElement _, Int.FromBits _ -> false;
      case Int.Var(var name) -> Boolean.TRUE.equals(integers.get(name));
      case Int.Apply(_, var left, var right) -> varies(left) || varies(right);
    };
  }

  // ---- values

  private void integer(Int value) {
    switch (value) {
      case Int.Number(var number) -> require(number == (int) number, () -> "has a number of more than 32 bits: " + number);
      case Int.Var(var name) -> require(integers.get(name) != null, () -> "reads the whole number " + name + ", which is not defined");
      case Int.FromElement(var element) -> require(sort(element) == Sort.ELEMENT, "takes for a place what is no element");
      case Int.FromBits(var bits) -> require(sort(bits) == Sort.BITS, "takes for a place what are no bits");
      case Int.Apply(var fn, var left, var right) -> {
        integer(left);
        integer(right);
        require(fn != IntFn.DIV && fn != IntFn.MOD || !(right instanceof Int.Number(var by)) || by > 0, () -> "divides by " + LoopPrinter.text(right));
      }
    }
  }

  private Sort sort(Expr expr) {
    return switch (expr) {
      case Expr.Number _ -> Sort.ELEMENT;
      case Expr.Read(var name) -> {
        var sort = variables.get(name) != null ? variables.get(name) : readable.get(name);
        require(sort != null, () -> "reads " + name + ", which is not defined");
        yield sort;
      }
      case Expr.Load(var buffer, var index) -> {
        buffer(buffer);
        integer(index);
        yield Sort.ELEMENT;
      }
      case Expr.LoadBits(var buffer, var index) -> {
        buffer(buffer);
        integer(index);
        yield Sort.BITS;
      }
      case Expr.FromInt(var value) -> {
        integer(value);
        yield Sort.ELEMENT;
      }
      case Expr.BitsOf(var value) -> {
        if (!(value instanceof Int.Number)) {
          integer(value);
        }
        yield Sort.BITS;
      }
      case Expr.Fold _ -> throw fault("folds within a value");
      case Expr.Apply(var fn, var arguments) -> apply(fn, arguments.stream().map(this::sort).toList(), arguments);
    };
  }

  private Sort apply(Fn fn, List<Sort> in, List<Expr> arguments) {
    return switch (fn) {
      case ADD, SUB, MUL, DIV, MIN, MAX -> takes(fn, in, Sort.ELEMENT, Sort.ELEMENT, Sort.ELEMENT);
      case FMA -> takes(fn, in, Sort.ELEMENT, Sort.ELEMENT, Sort.ELEMENT, Sort.ELEMENT);
      case NEG, ABS, SQRT -> takes(fn, in, Sort.ELEMENT, Sort.ELEMENT);
      case LT, LE, EQ, NE -> takes(fn, in, Sort.MASK, Sort.ELEMENT, Sort.ELEMENT);
      case AND, OR -> takes(fn, in, Sort.MASK, Sort.MASK, Sort.MASK);
      case NOT -> takes(fn, in, Sort.MASK, Sort.MASK);
      case SELECT -> {
        require(in.size() == 3 && in.get(0) == Sort.MASK && in.get(1) == in.get(2) && in.get(1) != Sort.MASK, () -> "selects between " + in);
        yield in.get(1);
      }
      case TO_BITS -> takes(fn, in, Sort.BITS, Sort.ELEMENT);
      case FROM_BITS -> takes(fn, in, Sort.ELEMENT, Sort.BITS);
      case FROM_WHOLE -> takes(fn, in, Sort.ELEMENT, Sort.BITS);
      case TO_WHOLE -> takes(fn, in, Sort.BITS, Sort.ELEMENT);
      case BITS_LT, BITS_LE, BITS_EQ, BITS_NE -> takes(fn, in, Sort.MASK, Sort.BITS, Sort.BITS);
      case BITS_AND, BITS_OR, BITS_XOR, BITS_ADD, BITS_SUB, BITS_MUL, BITS_MIN, BITS_MAX -> takes(fn, in, Sort.BITS, Sort.BITS, Sort.BITS);
      case BITS_SHL, BITS_SHR, BITS_ASHR -> {
        require(!(arguments.size() == 2 && arguments.get(1) instanceof Expr.BitsOf(Int.Number(var by)) && (by < 0 || by >= 64)), "shifts by more bits than there are");
        yield takes(fn, in, Sort.BITS, Sort.BITS, Sort.BITS);
      }
      case FAR_SIN, FAR_COS -> takes(fn, in, Sort.ELEMENT, Sort.MASK, Sort.ELEMENT, Sort.ELEMENT);
    };
  }

  private Sort takes(Fn fn, List<Sort> in, Sort result, Sort... wanted) {
    require(in.equals(List.of(wanted)), () -> "gives " + fn + " " + in);
    return result;
  }

  // ---- faults

  private void require(boolean holds, String words) {
    if (!holds) {
      throw fault(words);
    }
  }

  private void require(boolean holds, Supplier<String> words) {
    if (!holds) {
      throw fault(words.get());
    }
  }

  private IllegalStateException fault(String words) {
    var at = path.isEmpty() ? "" : ": " + LoopPrinter.print(path.peek()).lines().findFirst().orElse("").strip();
    return new IllegalStateException(title + " " + words + at + "\n" + LoopPrinter.print(kernel));
  }
}
