package nnc.loops;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;
import nnc.loops.math.EmittedArithmetic;
import nnc.runtime.engine.Kernels;

/**
 * Kernels as they are written, in place of emitted code: statement by statement, loops over lanes so many iterations side by side, each access looked at.
 * It knows nothing of bytecode; what it computes has the bits that the code has.
 */
public final class LoopInterpreter extends Kernels {
  /** Whether an access of a call is allowed; throws if not. */
  public interface Guard {
    void access(Buffer buffer, int base, int place, boolean write);
  }

  /** The guard of the call whose arguments begin at a place. */
  public interface Guards {
    Guard of(Loop.Kernel kernel, int[] arguments, int at, int scratch);
  }

  private final List<Loop.Kernel> kernels;
  private final int precision;
  private final int lanes;
  private final Guards guards;

  /** @param lanes iterations of a loop over lanes that are made side by side */
  public LoopInterpreter(List<Loop.Kernel> kernels, int precision, int lanes, Guards guards) {
    this.kernels = kernels;
    this.precision = precision;
    this.lanes = lanes;
    this.guards = guards;
  }

  @Override
  public void run(int kernel, Object weights, Object memory, int[] arguments, int at, int scratch, int from, int to) {
    var run = new Run(kernels.get(kernel), weights, memory, scratch, guards.of(kernels.get(kernel), arguments, at, scratch));
    for (var integer : KernelInteger.values()) {
      run.integers.put(integer.title(), switch (integer) {
        case FROM -> from;
        case TO -> to;
        case SEED_LOW -> arguments[SEED_LOW];
        case SEED_HIGH -> arguments[SEED_HIGH];
        case STEP -> arguments[STEP];
        case EPOCH -> arguments[EPOCH];
      });
    }
    for (int i = 0; i < run.kernel.arguments().size(); i++) {
      run.integers.put(run.kernel.arguments().get(i), arguments[at + i]);
    }
    run.kernel();
  }

  /** What a function of whole numbers gives. */
  public static long whole(IntFn fn, long a, long b) {
    return switch (fn) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> Math.floorDiv(a, b);
      case MOD -> Math.floorMod(a, b);
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
    };
  }

  /** A call on some blocks. Variables have a value a lane; elements are doubles, masks truth values, bits longs. */
  private final class Run {
    final Loop.Kernel kernel;
    final EmittedArithmetic arithmetic;
    final int group;
    final Object weights;
    final Object memory;
    final int scratch;
    final Guard guard;
    final Map<String, Integer> integers = new HashMap<>();
    Map<String, Object[]> variables = new HashMap<>();
    final Map<String, Integer> accumulators = new HashMap<>();
    /** Those of them whose lanes are bits. */
    final Set<String> ofBits = new HashSet<>();
    /** The variable of the loop over lanes at hand, its value in the first lane, how many lanes count, and where the loop began. */
    String lane = "";
    int first;
    int count = 1;
    int start;

    Run(Loop.Kernel kernel, Object weights, Object memory, int scratch, Guard guard) {
      this.kernel = kernel;
      this.weights = weights;
      this.memory = memory;
      this.scratch = scratch;
      this.guard = guard;
      boolean wide = precision == 64 || kernel.inDouble();
      arithmetic = new EmittedArithmetic(wide ? 64 : 32);
      group = wide ? 8 : 16;
    }

    void kernel() {
      if (kernel.kind() == LoopKind.RANGE) {
        kernel.body().forEach(this::statement);
      } else {
        statement(new Stmt.For(kernel.block(), new Int.Var("from"), new Int.Var("to"), kernel.kind(), kernel.body()));
      }
    }

    // ---- statements

    void statement(Stmt statement) {
      switch (statement) {
        case Stmt.For loop when loop.kind() == LoopKind.VECTOR -> vector(loop);
        case Stmt.For loop -> serial(loop);
        case Stmt.Let(var name, Expr.Fold(var fn, var from)) -> variables.put(name, new Object[] {fold(fn, from, group, 1, 0)});
        case Stmt.Let(var name, var value) -> variables.put(name, all(value));
        case Stmt.Lanes(var name, var initial, var place) -> {
          accumulators.put(name, place);
          var value = value(initial, 0);
          if (value instanceof Long) {
            ofBits.add(name);
          }
          for (int i = 0; i < group; i++) {
            write(aside(place), i, value);
          }
        }
        case Stmt.Assign(var name, var value) when accumulators.containsKey(name) -> {
          var values = all(value);
          for (int l = 0; l < count; l++) {
            write(aside(accumulators.get(name)), (first + l - start) % group, values[l]);
          }
        }
        case Stmt.Assign(var name, var value) -> variables.put(name, all(value));
        case Stmt.Store(var buffer, var index, var value) -> {
          var values = all(value);
          for (int l = 0; l < count; l++) {
            write(buffer, integer(index, l), values[l]);
          }
        }
        case Stmt.Outline(var arguments, var body) -> outline(arguments, body);
        case Stmt.Product product -> new Products(product).run();
        case Stmt.Nonzeros loop -> nonzeros(loop);
        case Stmt.Transpose transpose -> transpose(transpose);
        case Stmt.Line _ -> { }
      }
    }

    void serial(Stmt.For loop) {
      int to = same(loop.to());
      for (int i = same(loop.from()); i < to; i++) {
        integers.put(loop.var(), i);
        loop.body().forEach(this::statement);
      }
      integers.remove(loop.var());
    }

    /** A whole number that all lanes share. */
    int same(Int value) {
      int first = integer(value, 0);
      for (int l = 1; l < count; l++) {
        if (integer(value, l) != first) {
          throw new Uneven();
        }
      }
      return first;
    }

    /** So many iterations at a time; one by one if an inner loop is longer in some lanes than in others. */
    void vector(Stmt.For loop) {
      int to = same(loop.to());
      lane = loop.var();
      start = same(loop.from());
      for (first = start; first < to; first += count) {
        count = isEven(loop.body()) ? Math.min(lanes, to - first) : 1;
        loop.body().forEach(this::statement);
      }
      lane = "";
      count = 1;
    }

    private boolean isEven(List<Stmt> body) {
      return body.stream().allMatch(statement -> !(statement instanceof Stmt.For loop) || isSame(loop.from()) && isSame(loop.to()) && isEven(loop.body()));
    }

    private boolean isSame(Int bound) {
      return LoopStrides.of(bound, lane).equals(OptionalLong.of(0));
    }

    void outline(List<Stmt.Argument> arguments, List<Stmt> body) {
      var outside = new HashMap<>(integers);
      var values = arguments.stream().map(one -> integer(one.value(), 0)).toList();
      for (int i = 0; i < values.size(); i++) {
        integers.put(arguments.get(i).name(), values.get(i));
      }
      var before = variables;
      variables = new HashMap<>(before);
      body.forEach(this::statement);
      variables = before;
      integers.clear();
      integers.putAll(outside);
    }

    void nonzeros(Stmt.Nonzeros loop) {
      int all = same(loop.count());
      int from = same(loop.start());
      var places = new ArrayList<Integer>();
      for (int i = 0; i < all; i++) {
        if (read(loop.left(), from + i) != 0) {
          places.add(i);
        }
      }
      for (int place : places) {
        integers.put(loop.var(), place);
        loop.body().forEach(this::statement);
      }
      integers.remove(loop.var());
    }

    /** What is behind the lines and beside the columns has anything: no number. */
    void transpose(Stmt.Transpose transpose) {
      int lines = same(transpose.lines());
      int width = same(transpose.width());
      int from = same(transpose.from().start());
      int step = same(transpose.from().step());
      for (int k = 0; k < lanes; k++) {
        for (int l = 0; l < lanes; l++) {
          write(transpose.to(), k * lanes + l, l < lines && k < width ? read(transpose.from().buffer(), from + l * step + k) : Double.NaN);
        }
      }
    }

    // ---- products

    private final class Products {
      final Stmt.Product product;
      final int rows;
      final int columns;
      final int partial;
      final int[] counts;

      Products(Stmt.Product product) {
        this.product = product;
        rows = same(product.rows());
        columns = same(product.columns());
        partial = Math.max(1, product.order().lanes());
        counts = product.depth().stream().mapToInt(depth -> same(depth.count())).toArray();
      }

      void run() {
        if (product.origin() != null) {
          copy();
        }
        int left = same(product.left().step());
        int right = same(product.right().step());
        int sums = same(product.sums().step());
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            for (int p = 0; p < partial; p++) {
              int place = same(product.sums().start()) + i * sums + j * partial + p;
              int column = product.order().lanes() > 0 ? j * right + p : product.order().panel() > 0 ? j / product.order().panel() * right + j % product.order().panel() : j;
              double sum = product.prior() == Stmt.Prior.CONTINUED ? read(product.sums().buffer(), place) : 0;
              sum = terms(0, same(product.left().start()) + i * left + (product.order().lanes() > 0 ? p : 0), same(product.right().start()) + column, sum);
              end(i, j, place, product.prior() == Stmt.Prior.ADDED ? apply(Fn.ADD, read(product.sums().buffer(), place), sum) : sum);
            }
          }
        }
      }

      private double terms(int level, int left, int right, double sum) {
        if (level == counts.length) {
          return apply(Fn.FMA, read(product.left().buffer(), left), read(product.right().buffer(), right), sum);
        }
        var depth = product.depth().get(level);
        int leftStep = same(depth.left());
        int rightStep = same(depth.right());
        double result = sum;
        for (int k = 0; k < counts[level]; k++) {
          result = terms(level + 1, left + k * leftStep, right + k * rightStep, result);
        }
        return result;
      }

      private void copy() {
        int step = same(product.origin().step());
        int down = same(product.depth().getLast().right());
        int right = same(product.right().step());
        for (int k = 0; k < counts[counts.length - 1]; k++) {
          for (int j = 0; j < columns; j++) {
            int column = product.order().panel() > 0 ? j / product.order().panel() * right + j % product.order().panel() : j;
            double value = read(product.origin().buffer(), same(product.origin().start()) + k * step + j);
            write(product.right().buffer(), same(product.right().start()) + k * down + column, value);
          }
        }
      }

      private void end(int row, int column, int place, double sum) {
        var follow = product.follow();
        if (follow == null) {
          write(product.sums().buffer(), place, sum);
          return;
        }
        var outside = new HashMap<>(variables);
        integers.put(follow.row(), same(follow.fromRow()) + row);
        integers.put(follow.column(), same(follow.fromColumn()) + column);
        variables.put(follow.sum(), new Object[] {sum});
        follow.body().forEach(Run.this::statement);
        integers.remove(follow.row());
        integers.remove(follow.column());
        variables = outside;
      }
    }

    // ---- values

    Object[] all(Expr value) {
      var values = new Object[count];
      for (int l = 0; l < count; l++) {
        values[l] = value(value, l);
      }
      return values;
    }

    private Object fold(Fn fn, String lanesOf, int lanes, int apart, int lane) {
      if (lanes == 1) {
        return lane(lanesOf, lane);
      }
      var a = fold(fn, lanesOf, lanes / 2, apart * 2, lane);
      var b = fold(fn, lanesOf, lanes / 2, apart * 2, lane + apart);
      return switch (fn) {
        case MIN -> Math.min((double) a, (double) b);
        case MAX -> Math.max((double) a, (double) b);
        default -> arithmetic.apply(fn, List.of(a, b));
      };
    }

    private Object lane(String name, int lane) {
      var place = aside(accumulators.get(name));
      return ofBits.contains(name) ? (Object) bits(place, lane) : (Object) read(place, lane);
    }

    private double apply(Fn fn, Double... elements) {
      return (double) arithmetic.apply(fn, List.of(elements));
    }

    private Object value(Expr expr, int l) {
      return switch (expr) {
        case Expr.Number(var number) -> arithmetic.rounded(number);
        case Expr.Read(var name) when accumulators.containsKey(name) && !variables.containsKey(name) ->
            lane(name, (first + l - start) % group);
        case Expr.Read(var name) -> {
          var values = variables.get(name);
          yield values[values.length == 1 ? 0 : l];
        }
        case Expr.Load(var buffer, var index) -> read(buffer, integer(index, l));
        case Expr.LoadBits(var buffer, var index) -> bits(buffer, integer(index, l));
        case Expr.FromInt(var value) -> arithmetic.rounded(integer(value, l));
        case Expr.BitsOf(Int.Number(var bits)) -> group == 8 ? bits : (long) (int) bits;
        case Expr.BitsOf(var value) -> group == 8 ? integer(value, l) & 0xffffffffL : (long) integer(value, l);
        case Expr.Apply(var fn, var arguments) -> arithmetic.apply(fn, arguments.stream().map(argument -> value(argument, l)).toList());
        case Expr.Fold _ -> throw new IllegalStateException("folds within a value");
      };
    }

    private int integer(Int value, int l) {
      return switch (value) {
        case Int.Number(var number) -> Math.toIntExact(number);
        case Int.Var(var name) -> name.equals(lane) ? first + l : integers.get(name);
        case Int.FromElement(var element) -> (int) (double) value(element, l);
        case Int.FromBits(var bits) -> (int) (long) value(bits, l);
        case Int.Apply(var fn, var left, var right) -> (int) whole(fn, integer(left, l), integer(right, l));
      };
    }

    // ---- memory

    private Buffer aside(int place) {
      return new Buffer("lanes", Space.SCRATCH, place);
    }

    private int base(Buffer buffer) {
      return buffer.space() == Space.SCRATCH ? scratch + buffer.offset() : integers.get(buffer.name());
    }

    double read(Buffer buffer, int index) {
      int base = base(buffer);
      guard.access(buffer, base, base + index, false);
      var array = buffer.space() == Space.WEIGHTS ? weights : memory;
      return array instanceof float[] floats ? floats[base + index] : ((double[]) array)[base + index];
    }

    long bits(Buffer buffer, int index) {
      int base = base(buffer);
      guard.access(buffer, base, base + index, false);
      var array = buffer.space() == Space.WEIGHTS ? weights : memory;
      return array instanceof float[] floats ? (long) Float.floatToRawIntBits(floats[base + index]) : Double.doubleToRawLongBits(((double[]) array)[base + index]);
    }

    void write(Buffer buffer, int index, Object given) {
      int base = base(buffer);
      guard.access(buffer, base, base + index, true);
      var array = buffer.space() == Space.WEIGHTS ? weights : memory;
      if (given instanceof Long bits) {
        if (array instanceof float[] floats) {
          floats[base + index] = Float.intBitsToFloat((int) (long) bits);
        } else {
          ((double[]) array)[base + index] = Double.longBitsToDouble(bits);
        }
        return;
      }
      double value = (double) given;
      if (array instanceof float[] floats) {
        floats[base + index] = (float) value;
      } else {
        ((double[]) array)[base + index] = value;
      }
    }
  }

  /** An inner loop is longer in some lanes than in others. */
  private static final class Uneven extends IllegalStateException {
    private static final long serialVersionUID = 1;
  }
}
