package nnc.loops;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;

/**
 * Numbers of a kernel as arguments that it is called with, by their bits: kernels that differ in nothing else become one. What is computed has the same
 * bits as where the numbers are written. Numbers within indices, where loops end and where accumulators start stay as they are.
 */
public final class FreeNumbers {
  private static final String NAME = "number", HIGH = "High";
  private static final int HALF = 32;

  /** Takes the place of a number. */
  private interface Place {
    Expr of(Expr.Number number);
  }

  private final Place place;

  private FreeNumbers(Place place) {
    this.place = place;
  }

  /** The numbers that may become arguments, in the order of the text. */
  public static List<Double> of(Loop.Kernel kernel) {
    var numbers = new ArrayList<Double>();
    new FreeNumbers(number -> {
      numbers.add(number.value());
      return number;
    }).kernel(kernel, kernel.arguments());
    return numbers;
  }

  /** The kernel without its numbers: two kernels that differ in nothing else have the same. */
  public static Loop.Kernel form(Loop.Kernel kernel) {
    var none = new Expr.Number(0);
    return new FreeNumbers(_ -> none).kernel(kernel, kernel.arguments());
  }

  /**
   * The kernel with some of its numbers as further arguments.
   *
   * @param free      places in {@link #of}
   * @param precision bits of an element; those of a kernel {@link Loop.Kernel#inDouble} have 64
   */
  public static Loop.Kernel freed(Loop.Kernel kernel, BitSet free, int precision) {
    boolean wide = wide(kernel, precision);
    int[] seen = {0};
    var arguments = Stream.concat(kernel.arguments().stream(), free.stream().boxed()
        .flatMap(i -> wide ? Stream.of(NAME + i, NAME + i + HIGH) : Stream.of(NAME + i))).toList();
    return new FreeNumbers(number -> {
      int at = seen[0]++;
      return free.get(at) ? called(at, wide) : number;
    }).kernel(kernel, arguments);
  }

  /** The values of those arguments that make it the kernel that it was. */
  public static List<Integer> arguments(Loop.Kernel kernel, BitSet free, int precision) {
    var numbers = of(kernel);
    boolean wide = wide(kernel, precision);
    return free.stream().mapToObj(numbers::get).flatMap(number -> {
      long bits = Double.doubleToRawLongBits(number);
      return wide ? Stream.of((int) bits, (int) (bits >> HALF)) : Stream.of(Float.floatToRawIntBits(number.floatValue()));
    }).toList();
  }

  private static boolean wide(Loop.Kernel kernel, int precision) {
    return kernel.inDouble() || precision == 64;
  }

  private static Expr called(int at, boolean wide) {
    var low = new Expr.BitsOf(new Int.Var(NAME + at));
    if (!wide) {
      return new Expr.Apply(Fn.FROM_BITS, List.of(low));
    }
    var high = new Expr.Apply(Fn.BITS_SHL, List.of(new Expr.BitsOf(new Int.Var(NAME + at + HIGH)), new Expr.BitsOf(new Int.Number(HALF))));
    return new Expr.Apply(Fn.FROM_BITS, List.of(new Expr.Apply(Fn.BITS_OR, List.of(high, low))));
  }

  private Loop.Kernel kernel(Loop.Kernel kernel, List<String> arguments) {
    return new Loop.Kernel(arguments, kernel.block(), kernel.kind(), body(kernel.body()), kernel.scratch(), kernel.inDouble());
  }

  private List<Stmt> body(List<Stmt> body) {
    return body.stream().map(this::statement).toList();
  }

  private Stmt statement(Stmt statement) {
    return switch (statement) {
      case Stmt.For(var name, var from, var to, var kind, var inner) -> new Stmt.For(name, from, to, kind, body(inner));
      case Stmt.Let(var name, var value) -> new Stmt.Let(name, expression(value));
      case Stmt.Assign(var name, var value) -> new Stmt.Assign(name, expression(value));
      case Stmt.Store(var buffer, var index, var value) -> new Stmt.Store(buffer, index, expression(value));
      case Stmt.Outline(var arguments, var inner) -> new Stmt.Outline(arguments, body(inner));
      case Stmt.Product product when product.follow() != null -> product.followedBy(product.follow().with(body(product.follow().body())));
      case Stmt.Nonzeros(var name, var count, var left, var start, var inner) -> new Stmt.Nonzeros(name, count, left, start, body(inner));
      case Stmt.Product _, Stmt.Lanes _, Stmt.Transpose _, Stmt.Line _ -> statement;
    };
  }

  private Expr expression(Expr expression) {
    return switch (expression) {
      case Expr.Number number -> place.of(number);
      case Expr.Apply(var fn, var arguments) -> new Expr.Apply(fn, arguments.stream().map(this::expression).toList());
      case Expr.Read _, Expr.Load _, Expr.LoadBits _, Expr.FromInt _, Expr.BitsOf _, Expr.Fold _ -> expression;
    };
  }
}
