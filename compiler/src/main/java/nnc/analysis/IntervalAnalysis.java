package nnc.analysis;

import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;

/**
 * The range of every value of a graph, whatever is fed: arithmetic on bounds, rounded outward where numbers of 32 bits are. It is believed, so that an index
 * goes unchecked, and knows sizes that are open. {@link BoundsAnalysis} instead supposes that what is fed is finite and that nothing overflows, and tells zeros from
 * numbers near them: of a float that is fed, or a sum of many, this one knows nothing, where that one sees enough of a root's or quotient's slope.
 */
public final class IntervalAnalysis {
  /** Whole numbers up to which those of 32 bits are exact. */
  private static final double MAX_EXACT_FLOAT = 1 << 24;

  /** More than what a few operations in 32 bits round, relatively, in whatever order. */
  private static final double RELATIVE_ROUNDING = 1e-6;

  private final Map<String, Long> classes;
  private final Function<Node, Interval> given;
  private final OnDemand<Interval> known = new OnDemand<>(this::range);

  /** @param classes of an int input of which each element is checked when it is fed, how many there are */
  public IntervalAnalysis(Map<String, Long> classes) {
    this(classes, _ -> Interval.ANY);
  }

  /** @param given of what loops' bodies are given */
  public IntervalAnalysis(Map<String, Long> classes, Function<Node, Interval> given) {
    this.classes = classes;
    this.given = given;
  }

  public Interval of(Node node) {
    return known.of(node);
  }

  private Interval in(Node node, int operand) {
    return known.get(node.operand(operand));
  }

  private Interval range(Node node) {
    if (node.type().kind() == Kind.BOOL) {
      return Interval.TRUTH;
    }
    return switch (node.op()) {
      case Op.Input(var name, _, var type) -> type.kind() == Kind.FLOAT ? Interval.ANY
          : classes.containsKey(name) ? Interval.between(0, classes.get(name) - 1.0) : Interval.WHOLE;
      case Op.Const(var value, var kind) -> number(kind, value);
      case Op.Table(var type, var values) -> values.stream().map(value -> number(type.kind(), value)).reduce(Interval::or).orElse(Interval.ANY);
      case Op.Size(var dim) -> Interval.size(dim);
      case Op.Counter _ -> Interval.between(0, Double.POSITIVE_INFINITY);
      case Op.Iota(var shape, var axis) -> Interval.below(shape.get(axis));
      case Op.ArgReduce(_, var axis) -> Interval.below(node.operand(0).type().dim(axis));
      case Op.ArgSort(var axis, _) -> Interval.below(node.type().dim(axis));
      case Op.Uniform _ -> Interval.between(0, 1);
      case Op.Unary(var fn) -> wrapped(node, unary(fn, in(node, 0)));
      case Op.Binary(var fn) when fn == BinaryFn.SUB && remainder(node) > 0 -> Interval.between(0, remainder(node) - 1);
      case Op.Binary(var fn) -> wrapped(node, binary(fn, in(node, 0), in(node, 1), node.type().kind() == Kind.FLOAT));
      case Op.Select _ -> ConditionFacts.chosen(node, other -> other == node ? Interval.ANY : known.get(other));
      case Op.Cast(var to) -> to == Kind.INT ? monotone(in(node, 0), v -> v < 0 ? Math.ceil(v) : Math.floor(v)).saturated()
          : new Interval(down(in(node, 0).low(), true), up(in(node, 0).high(), true), in(node, 0).top(), in(node, 0).nan());
      case Op.StopGradient _, Op.Broadcast _, Op.Reshape _, Op.Transpose _, Op.Slice _, Op.Windows _, Op.Gather _ -> in(node, 0);
      case Op.Pad(_, _, _, var value) -> in(node, 0).or(Interval.between(value, value));
      case Op.Concat _ -> node.operands().stream().map(known::get).reduce(Interval::or).orElse(Interval.ANY);
      case Op.Reduce(var fn, var axes) -> wrapped(node, reduced(fn, in(node, 0), Dim.product(axes.stream().map(node.operand(0).type()::dim).toList())));
      case Op.Given _ -> given.apply(node);
      case Op.Parameter _, Op.State _, Op.Loop _, Op.LoopResult _, Op.CumSum _, Op.FoldWindows _, Op.ScatterAdd _, Op.MatMul _, Op.Conv _ -> Interval.ANY;
    };
  }

  private static Interval wrapped(Node node, Interval range) {
    return node.type().kind() == Kind.INT ? range.wrapped() : range;
  }

  /** A constant, which as a float of 32 bits may be another. */
  private static Interval number(Kind kind, double value) {
    boolean same = (float) value == value || kind == Kind.INT;
    return Double.isNaN(value) ? Interval.ANY : same ? Interval.between(value, value) : Interval.between(down(value, true), up(value, true));
  }

  private static Interval monotone(Interval x, DoubleUnaryOperator fn) {
    return new Interval(fn.applyAsDouble(x.low()), fn.applyAsDouble(x.high()), x.top(), x.nan());
  }

  private static Interval unary(UnaryFn fn, Interval x) {
    return switch (fn) {
      case NEG -> new Interval(-x.high(), -x.low(), null, x.nan());
      case ABS -> new Interval(Math.max(0, Math.max(x.low(), -x.high())), Math.max(-x.low(), x.high()), x.low() >= 0 ? x.top() : null, x.nan());
      case SIGN -> new Interval(Math.signum(x.low()), Math.signum(x.high()), null, x.nan());
      case FLOOR -> monotone(x, Math::floor);
      case CEIL -> monotone(x, Math::ceil);
      case ROUND -> monotone(x, Math::rint);
      case NOT -> Interval.TRUTH;
      case TANH, ERF, SIN, COS -> new Interval(-1, 1, null, true);
      case SIGMOID -> new Interval(0, 1, null, x.nan());
      case EXP, EXPM1, LOG, LOG1P, SQRT -> Interval.ANY;
    };
  }

  private static Interval binary(BinaryFn fn, Interval x, Interval y, boolean rounds) {
    return switch (fn) {
      case ADD -> new Interval(down(x.low() + y.low(), rounds), up(x.high() + y.high(), rounds), shifted(x, y), undefined(x, y, rounds));
      case SUB -> binary(BinaryFn.ADD, x, new Interval(-y.high(), -y.low(), null, y.nan()), rounds);
      case MUL -> product(x, y, rounds);
      case DIV -> y.low() > 0 && y.high() < Double.POSITIVE_INFINITY && !y.nan()
          ? new Interval(down(Math.min(x.low() / y.low(), x.low() / y.high()), rounds), up(Math.max(x.high() / y.low(), x.high() / y.high()), rounds),
              y.low() >= 1 && x.low() >= 0 ? x.top() : null, x.nan()) : Interval.ANY;
      case MIN -> x.least(y);
      case MAX -> x.most(y);
      case LT, LE, EQ, NE, AND, OR -> Interval.TRUTH;
      case POW -> Interval.ANY;
      case FLOOR_DIV -> y.low() == y.high() && y.low() > 0 ? new Interval(Math.floor(x.low() / y.low()), Math.floor(x.high() / y.low()), x.low() >= 0 ? x.top() : null, x.nan())
          : new Interval(Interval.WHOLE.low(), Interval.WHOLE.high(), null, x.nan() || y.nan());
      case MOD -> y.low() > 0 ? new Interval(0, y.high() - 1, y.top() == null ? null : y.top().plus(-1), x.nan() || y.nan())
          : new Interval(Interval.WHOLE.low(), Interval.WHOLE.high(), null, x.nan() || y.nan());
      case BIT_AND -> x.low() >= 0 && y.low() >= 0 ? x.least(y) : x.low() >= 0 ? new Interval(0, x.high(), x.top(), x.nan() || y.nan())
          : new Interval(y.low() >= 0 ? 0 : Interval.WHOLE.low(), y.low() >= 0 ? y.high() : Interval.WHOLE.high(), y.low() >= 0 ? y.top() : null, x.nan() || y.nan());
      case BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> new Interval(Interval.WHOLE.low(), Interval.WHOLE.high(), null, x.nan() || y.nan());
    };
  }

  /**
   * The n of {@code x - n * floor(x / n)}, where x and n are whole numbers that are exact; 0 of anything else. The quotient, correctly rounded, is never
   * rounded up to the next whole number: that is 1 / n away at least, and half of a last digit is less as long as x is exact. Below zero the product is further from
   * zero than x by up to n.
   */
  private double remainder(Node node) {
    var x = node.operand(0);
    var product = node.operand(1);
    if (!(product.op() instanceof Op.Binary(var times)) || times != BinaryFn.MUL || !ConditionFacts.isWhole(x)) {
      return 0;
    }
    for (int i = 0; i < 2; i++) {
      double n = ConditionFacts.number(product.operand(i));
      var floor = product.operand(1 - i);
      if (n >= 1 && n == Math.rint(n) && n <= MAX_EXACT_FLOAT && isExact(x, n) && isWholeQuotient(floor, x, n)) {
        return n;
      }
    }
    return 0;
  }

  /** Whether a node is {@code floor(x / n)}. */
  private static boolean isWholeQuotient(Node node, Node x, double n) {
    return node.op() instanceof Op.Unary(var fn) && fn == UnaryFn.FLOOR && node.operand(0).op() instanceof Op.Binary(var by) && by == BinaryFn.DIV
        && ConditionFacts.number(node.operand(0).operand(1)) == n && ConditionFacts.isSame(node.operand(0).operand(0), x);
  }

  /** Whether whole numbers are so small that no rounding has changed them. */
  private boolean isExact(Node x, double n) {
    var range = known.get(x);
    return !range.nan() && range.low() >= n - MAX_EXACT_FLOAT && range.high() <= MAX_EXACT_FLOAT;
  }

  /** An open bound moves with a number that is added. */
  private static Dim shifted(Interval x, Interval y) {
    var open = x.top() != null ? x : y;
    double more = x.top() != null ? y.high() : x.high();
    boolean whole = open.top() != null && more == Math.rint(more) && Math.abs(more) < MAX_EXACT_FLOAT;
    return whole ? open.top().plus((long) more) : null;
  }

  private static Interval product(Interval x, Interval y, boolean rounds) {
    double[] corners = {x.low() * y.low(), x.low() * y.high(), x.high() * y.low(), x.high() * y.high()};
    double low = corners[0];
    double high = corners[0];
    for (double corner : corners) {
      if (Double.isNaN(corner)) {
        return new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, null, rounds || x.nan() || y.nan());
      }
      low = Math.min(low, corner);
      high = Math.max(high, corner);
    }
    return new Interval(down(low, rounds), up(high, rounds), null, undefined(x, y, rounds));
  }

  /** Infinities of floats may meet; whole numbers are finite. */
  private static boolean undefined(Interval x, Interval y, boolean rounds) {
    boolean bounded = isFinite(x.low()) && isFinite(x.high()) && isFinite(y.low()) && isFinite(y.high());
    return x.nan() || y.nan() || rounds && !bounded;
  }

  /** In single precision too. */
  private static boolean isFinite(double bound) {
    return Math.abs(bound) <= Float.MAX_VALUE;
  }

  private static boolean isExact(double value, boolean rounds) {
    return Double.isInfinite(value) || value == Math.rint(value) && Math.abs(value) <= MAX_EXACT_FLOAT || !rounds && Math.abs(value) <= MAX_EXACT_FLOAT;
  }

  private static double down(double value, boolean rounds) {
    return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : isExact(value, rounds) ? value : value - Math.abs(value) * RELATIVE_ROUNDING;
  }

  private static double up(double value, boolean rounds) {
    return Double.isNaN(value) ? Double.POSITIVE_INFINITY : isExact(value, rounds) ? value : value + Math.abs(value) * RELATIVE_ROUNDING;
  }

  private static Interval reduced(ReduceFn fn, Interval x, Dim count) {
    return switch (fn) {
      case MAX, MIN -> x;
      case SUM -> count.isConstant() ? product(x, Interval.between(count.fixed(), count.fixed()), true) : Interval.ANY;
      case PROD -> Interval.ANY;
    };
  }
}
