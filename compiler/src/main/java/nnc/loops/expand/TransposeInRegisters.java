package nnc.loops.expand;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import nnc.loops.Ints;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;
import nnc.loops.LoopStrides;

/**
 * Rows that are read as columns. Two nested loops whose lanes read far apart what lies side by side for the outer loop go through it in
 * squares: each is transposed by shuffles ({@link Stmt.Transpose}), which takes a third of the time that gathering does, and read from there.
 *
 * <pre>
 *   for u: for v in lanes: y[u, v] = x[v, u]        v reads x a row apart: a gather for each vector of y
 *
 *        x, lanes by lanes            scratch
 *   v0: [ a0 a1 a2 a3 ]          u0: [ a0 b0 c0 d0 ]
 *   v1: [ b0 b1 b2 b3 ]   --->   u1: [ a1 b1 c1 d1 ]    rows of the scratch are vectors of y
 *   v2: [ c0 c1 c2 c3 ]          u2: [ a2 b2 c2 d2 ]
 *   v3: [ d0 d1 d2 d3 ]          u3: [ a3 b3 c3 d3 ]
 * </pre>
 */
public final class TransposeInRegisters {
  private static final String ALONG = "squaresAlong";
  private static final String ACROSS = "squaresAcross";
  private static final Int ZERO = new Int.Number(0);

  private final int lanes;
  /** Iterations of a loop that are worth a square, which costs about as much as so many gathers. */
  private final int least;
  private final int scratch;
  private int needed;

  private TransposeInRegisters(int lanes, int least, int scratch) {
    this.lanes = lanes;
    this.least = least;
    this.scratch = scratch;
  }

  /** The kernel for a machine that works on so many elements at once. */
  public static Loop.Kernel of(Loop.Kernel kernel, int lanes) {
    return of(kernel, lanes, Math.max(2, lanes / 2));
  }

  /** The scratch that a kernel needs on any machine that works on no more than so many elements at once. */
  public static int scratch(Loop.Kernel kernel, int lanes) {
    return of(kernel, lanes, 1).scratch();
  }

  private static Loop.Kernel of(Loop.Kernel kernel, int lanes, int least) {
    if (kernel.kind() == LoopKind.VECTOR) {
      return kernel;
    }
    boolean range = kernel.kind() == LoopKind.RANGE;
    var body = range ? kernel.body()
        : List.<Stmt>of(new Stmt.For(kernel.block(), KernelInteger.FROM.value(), KernelInteger.TO.value(), LoopKind.SERIAL, kernel.body()));
    int first = Ints.roundUp(kernel.scratch(), lanes);
    var transposition = new TransposeInRegisters(lanes, least, first);
    var transposed = transposition.body(body);
    return transposition.needed == 0 ? kernel
        : new Loop.Kernel(kernel.arguments(), kernel.block(), LoopKind.RANGE, transposed, first + transposition.needed, kernel.inDouble());
  }

  private List<Stmt> body(List<Stmt> statements) {
    return statements.stream().map(this::statement).toList();
  }

  private Stmt statement(Stmt statement) {
    return switch (statement) {
      case Stmt.For loop when nest(loop) instanceof Nested nest -> transposed(nest);
      case Stmt.For(var name, var from, var to, var kind, var inner) when kind == LoopKind.SERIAL -> new Stmt.For(name, from, to, kind, body(inner));
      case Stmt.Outline(var arguments, var inner) -> new Stmt.Outline(arguments, body(inner));
      default -> statement;
    };
  }

  // ---- what is transposed

  /**
   * A loop over lanes in one over what lies side by side in {@code arrays}.
   *
   * @param arrays by a load of the body, how far apart its lanes are
   */
  private record Nested(Stmt.For along, Stmt.For across, Map<Expr.Load, Long> arrays) {}

  /** The nest that a loop is, if it reads arrays that should be transposed; otherwise null. */
  private Nested nest(Stmt.For loop) {
    if (loop.kind() != LoopKind.SERIAL || loop.body().size() != 1) {
      return null;
    }
    var inner = loop.body().getFirst() instanceof Stmt.Outline(var arguments, var apart) && arguments.isEmpty() && apart.size() == 1 ? apart.getFirst()
        : loop.body().getFirst();
    if (!(inner instanceof Stmt.For across) || across.kind() != LoopKind.VECTOR || isFew(loop) || isFew(across)) {
      return null;
    }
    var accesses = new Accesses(across.var());
    if (!across.body().stream().allMatch(accesses::takes) || accesses.overwritten()) {
      return null;
    }
    var arrays = new LinkedHashMap<Expr.Load, Long>();
    for (var load : accesses.loads) {
      var apart = LoopStrides.of(load.index(), across.var());
      if (apart.orElse(0) >= TileTuning.MIN_TRANSPOSED_STEP && LoopStrides.of(load.index(), loop.var()).equals(OptionalLong.of(1))) {
        arrays.put(load, apart.getAsLong());
      }
    }
    return arrays.isEmpty() || arrays.size() > TileTuning.MAX_TRANSPOSED_ARRAYS ? null : new Nested(loop, across, arrays);
  }

  /** Whether a loop certainly has too few iterations for squares. */
  private boolean isFew(Stmt.For loop) {
    return count(loop) instanceof Int.Number(var iterations) && iterations < least;
  }

  private static Int count(Stmt.For loop) {
    return LoopStrides.iterations(loop.from(), loop.to());
  }

  /** What a body reads and writes, if it does nothing else and all of it evenly through the lanes. */
  private static final class Accesses {
    final String lane;
    final List<Expr.Load> loads = new ArrayList<>();
    final Map<String, Int> stores = new LinkedHashMap<>();

    Accesses(String lane) {
      this.lane = lane;
    }

    boolean takes(Stmt statement) {
      return switch (statement) {
        case Stmt.Let(_, var value) -> reads(value);
        case Stmt.Store(var buffer, var index, var value) -> LoopStrides.of(index, lane).isPresent() && reads(value) && stores.put(buffer.name(), index) == null;
        case Stmt.Line _ -> true;
        default -> false;
      };
    }

    private boolean reads(Expr expr) {
      return switch (expr) {
        case Expr.Number _, Expr.Read _ -> true;
        case Expr.Load load -> {
          if (!loads.contains(load)) {
            loads.add(load);
          }
          yield LoopStrides.of(load.index(), lane).isPresent();
        }
        case Expr.Apply(_, var arguments) -> arguments.stream().allMatch(this::reads);
        case Expr.FromInt(var value) -> LoopStrides.of(value, lane).isPresent();
        case Expr.BitsOf(var value) -> LoopStrides.of(value, lane).isPresent();
        case Expr.Fold _, Expr.LoadBits _ -> false;
      };
    }

    /** Whether an array is written elsewhere than it is read: then the order of iterations matters. */
    boolean overwritten() {
      return loads.stream().anyMatch(load -> stores.containsKey(load.buffer().name()) && !stores.get(load.buffer().name()).equals(load.index()));
    }
  }

  // ---- the squares

  /** Some iterations of a loop: {@code times} times {@code size} of them, the first {@code number} times so many behind the loop's beginning. */
  private record Part(Int number, Int times, Int size) {}

  /** A length in parts as long as a vector has lanes, and what is left. */
  private List<Part> parts(Int length) {
    var size = new Int.Number(lanes);
    var whole = divide(length, lanes);
    if (!(length instanceof Int.Number(var all))) {
      var up = divide(add(length, new Int.Number(lanes - 1)), lanes);
      return List.of(new Part(ZERO, whole, size), new Part(whole, subtract(up, whole), subtract(length, multiply(whole, size))));
    }
    var parts = new ArrayList<Part>();
    if (all >= lanes) {
      parts.add(new Part(ZERO, whole, size));
    }
    if (all % lanes > 0) {
      parts.add(new Part(whole, new Int.Number(1), new Int.Number(all % lanes)));
    }
    return parts;
  }

  private Stmt transposed(Nested nest) {
    needed = Math.max(needed, (nest.arrays.size() + 1) * lanes * lanes);
    var all = new ArrayList<Stmt>();
    for (var along : parts(count(nest.along))) {
      for (var across : parts(count(nest.across))) {
        var u0 = add(nest.along.from(), multiply(new Int.Var(ALONG), new Int.Number(lanes)));
        var v0 = add(nest.across.from(), multiply(new Int.Var(ACROSS), new Int.Number(lanes)));
        var inner = square(nest, u0, along.size, v0, across.size);
        // each in a method of its own, which the JIT compiles best
        all.add(new Stmt.Outline(List.of(), List.of(times(ALONG, along, List.of(times(ACROSS, across, inner))))));
      }
    }
    return all.size() == 1 ? all.getFirst() : new Stmt.Outline(List.of(), all);
  }

  private static Stmt times(String var, Part part, List<Stmt> body) {
    return new Stmt.For(var, part.number, add(part.number, part.times), LoopKind.SERIAL, body);
  }

  private List<Stmt> square(Nested nest, Int u0, Int width, Int v0, Int lines) {
    var statements = new ArrayList<Stmt>();
    var replaced = new LinkedHashMap<Expr.Load, Expr.Load>();
    nest.arrays.forEach((load, apart) -> {
      var buffer = new Buffer("transposed", Space.SCRATCH, scratch + (replaced.size() + 1) * lanes * lanes);
      var start = Substitution.of(load.index(), Map.of(nest.along.var(), u0, nest.across.var(), v0));
      statements.add(new Stmt.Transpose(lines, width, new Stmt.Factor(load.buffer(), start, new Int.Number(apart)), buffer,
          new Buffer("transposing", Space.SCRATCH, scratch)));
      var row = multiply(subtract(new Int.Var(nest.along.var()), u0), new Int.Number(lanes));
      replaced.put(load, new Expr.Load(buffer, add(row, subtract(new Int.Var(nest.across.var()), v0))));
    });
    statements.add(loops(nest, u0, width, v0, lines, replaced));
    return statements;
  }

  /** The nest's loops over a part of their iterations. */
  private static Stmt loops(Nested nest, Int u0, Int width, Int v0, Int lines, Map<Expr.Load, Expr.Load> replaced) {
    var body = nest.across.body().stream().map(statement -> switch (statement) {
      case Stmt.Let(var name, var value) -> new Stmt.Let(name, replaced(value, replaced));
      case Stmt.Store(var buffer, var index, var value) -> new Stmt.Store(buffer, index, replaced(value, replaced));
      default -> statement;
    }).toList();
    var across = new Stmt.For(nest.across.var(), v0, add(v0, lines), LoopKind.VECTOR, body);
    return new Stmt.For(nest.along.var(), u0, add(u0, width), LoopKind.SERIAL, List.of(across));
  }

  private static Expr replaced(Expr expr, Map<Expr.Load, Expr.Load> by) {
    return switch (expr) {
      case Expr.Load load -> by.getOrDefault(load, load);
      case Expr.Apply(var fn, var arguments) -> new Expr.Apply(fn, arguments.stream().map(argument -> replaced(argument, by)).toList());
      default -> expr;
    };
  }
}
