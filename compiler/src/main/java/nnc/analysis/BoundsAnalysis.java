package nnc.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import nnc.analysis.ValueBounds.Reach;
import nnc.graph.BinaryFn;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;

/**
 * The ranges of a graph's values, as far as they follow from its ops and what is fed is finite: enough to see that a guarded root, quotient or softmax has
 * finite slopes. Nothing is rounded, and what a choice tells of its branches counts. {@link IntervalAnalysis} supposes nothing of what is fed, as indices demand.
 */
public final class BoundsAnalysis {
  /** What exp gives beyond is infinite in 32 bits. */
  private static final double EXP_OVERFLOW = 88;

  /** Ops that are looked through from a choice to what it was made by. */
  private static final int MAX_DEPTH = 4;

  private final OnDemand<ValueBounds> known = new OnDemand<>(node -> compute(node, this::known, MAX_DEPTH));

  public ValueBounds of(Node node) {
    return known.of(node);
  }

  private ValueBounds known(Node node) {
    return known.get(node);
  }

  /** @param depth ops that may be looked through for what a choice tells */
  private ValueBounds compute(Node node, Function<Node, ValueBounds> of, int depth) {
    if (node.type().kind() == Kind.BOOL) {
      return ValueBounds.TRUTH;
    }
    return switch (node.op()) {
      case Op.Input _, Op.Parameter _, Op.State _, Op.Given _, Op.Loop _, Op.LoopResult _ -> ValueBounds.ANY;
      case Op.Const(var value, _) -> ValueBounds.of(value);
      case Op.Table(_, var values) -> values.stream().map(ValueBounds::of).reduce(ValueBounds::or).orElse(ValueBounds.ANY);
      case Op.Counter _, Op.Iota _, Op.ArgReduce _, Op.ArgSort _ -> ValueBounds.COUNT;
      case Op.Size _ -> ValueBounds.between(1, Double.POSITIVE_INFINITY);
      case Op.Uniform _ -> ValueBounds.TRUTH;
      case Op.Unary(var fn) -> unary(fn, of.apply(node.operand(0)));
      case Op.Binary(var fn) -> binary(fn, node, of);
      case Op.Select() -> under(node, 1, true, of, depth).or(under(node, 2, false, of, depth));
      case Op.Cast _, Op.StopGradient _, Op.Broadcast _, Op.Reshape _, Op.Transpose _, Op.Slice _, Op.Windows _, Op.Gather _ -> of.apply(node.operand(0));
      case Op.Pad(_, _, _, var value) -> of.apply(node.operand(0)).or(ValueBounds.of(value));
      case Op.Concat _ -> node.operands().stream().map(of).reduce(ValueBounds::or).orElse(ValueBounds.ANY);
      case Op.Reduce(var fn, var axes) -> reduce(fn, axes, node.operand(0), of);
      case Op.CumSum _ -> of.apply(node.operand(0)).summed();
      case Op.FoldWindows _ -> of.apply(node.operand(0)).summed().or(ValueBounds.of(0));
      case Op.ScatterAdd _ -> of.apply(node.operand(1)).summed().or(ValueBounds.of(0));
      case Op.MatMul _, Op.Conv _ -> of.apply(node.operand(0)).times(of.apply(node.operand(1))).summed().or(ValueBounds.of(0));
    };
  }

  private static ValueBounds unary(UnaryFn fn, ValueBounds x) {
    return switch (fn) {
      case NEG -> x.negated();
      case ABS -> x.low() >= 0 ? x : new ValueBounds(x.high() <= 0 ? -x.high() : 0, Math.max(-x.low(), x.high()), x.wild());
      case SIGN -> new ValueBounds(-1, 1, x.wild());
      case FLOOR, CEIL, ROUND -> new ValueBounds(Math.floor(x.low()), Math.ceil(x.high()), x.wild());
      case EXP -> exponential(rising(x, Math::exp), x);
      case EXPM1 -> exponential(rising(x, Math::expm1), x);
      case LOG -> x.isPositive() ? rising(x, Math::log) : ValueBounds.ANY.tamed(true);
      case LOG1P -> x.low() > -1 ? rising(x, Math::log1p) : ValueBounds.ANY.tamed(true);
      case SQRT -> x.low() >= 0 ? rising(x, Math::sqrt) : ValueBounds.COUNT.tamed(true);
      case SIN, COS, TANH, ERF -> new ValueBounds(-1, 1, x.wild());
      case SIGMOID -> new ValueBounds(0, 1, x.wild());
      case NOT -> ValueBounds.TRUTH;
    };
  }

  private static ValueBounds exponential(ValueBounds y, ValueBounds x) {
    return x.high() > EXP_OVERFLOW ? y.tamed(true) : y.above(x);
  }

  private static ValueBounds rising(ValueBounds x, DoubleUnaryOperator fn) {
    return new ValueBounds(fn.applyAsDouble(x.low()), fn.applyAsDouble(x.high()), x.wild());
  }

  private static ValueBounds binary(BinaryFn fn, Node node, Function<Node, ValueBounds> of) {
    var x = of.apply(node.operand(0));
    var y = of.apply(node.operand(1));
    return switch (fn) {
      case ADD -> x.plus(y);
      case SUB -> isTakenFromTop(node, null) ? new ValueBounds(Double.NEGATIVE_INFINITY, 0, x.plus(y.negated()).reach()) : x.plus(y.negated());
      case MUL -> SumsOfSquares.same(node.operand(0), node.operand(1)) ? square(x) : x.times(y);
      case DIV -> x.over(y);
      case POW -> power(x, y);
      case MIN -> new ValueBounds(Math.min(x.low(), y.low()), Math.min(x.high(), y.high()), x.wild() || y.wild());
      case MAX -> new ValueBounds(Math.max(x.low(), y.low()), Math.max(x.high(), y.high()), x.wild() || y.wild());
      case LT, LE, EQ, NE, AND, OR -> ValueBounds.TRUTH;
      case FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> ValueBounds.ANY;
    };
  }

  private static ValueBounds square(ValueBounds x) {
    var size = unary(UnaryFn.ABS, x);
    return size.times(size);
  }

  private static ValueBounds power(ValueBounds x, ValueBounds exponent) {
    double e = exponent.low();
    boolean constant = e == exponent.high();
    boolean whole = constant && e == Math.rint(e);
    if (constant && e > 0 && x.low() >= 0) {
      return rising(x, value -> Math.pow(value, e));
    }
    if (whole && e > 0) {
      return (e % 2 == 0 ? ValueBounds.COUNT : ValueBounds.ANY).tamed(x.wild());
    }
    if (x.isPositive()) {
      return powerOfPositive(x, exponent);
    }
    return (x.low() >= 0 ? ValueBounds.COUNT : ValueBounds.ANY).tamed(exponent.wild() || x.wild() || !(whole && x.isApartFromZero()));
  }

  /** Monotonous in base and exponent, and never zero. */
  private static ValueBounds powerOfPositive(ValueBounds x, ValueBounds exponent) {
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (double base : new double[] {x.low(), x.high()}) {
      for (double e : new double[] {exponent.low(), exponent.high()}) {
        double power = Math.pow(base, e);
        low = Math.min(low, Double.isNaN(power) ? 0 : power);
        high = Math.max(high, Double.isNaN(power) ? Double.POSITIVE_INFINITY : power);
      }
    }
    return new ValueBounds(Math.max(low, Double.MIN_VALUE), high, x.wild() || exponent.wild());
  }

  private static ValueBounds reduce(ReduceFn fn, List<Integer> axes, Node x, Function<Node, ValueBounds> of) {
    var range = of.apply(x);
    return switch (fn) {
      case SUM -> x.op() instanceof Op.Unary(var exp) && exp == UnaryFn.EXP && isTakenFromTop(x.operand(0), axes)
          ? new ValueBounds(1, Double.POSITIVE_INFINITY, range.wild()) : range.summed();
      case PROD -> (range.low() >= 1 ? ValueBounds.between(1, Double.POSITIVE_INFINITY) : range.low() >= 0 ? ValueBounds.COUNT : ValueBounds.ANY).tamed(range.wild());
      case MIN -> range;
      case MAX -> range.within(largest(x, axes, of));
    };
  }

  /** How far the largest along axes may be from a number: a mask that leaves the first place in leaves one number at least. */
  private static Reach largest(Node x, List<Integer> axes, Function<Node, ValueBounds> of) {
    boolean sinks = of.apply(x).reach() == Reach.MINUS_INFINITY;
    return sinks && axes.stream().anyMatch(axis -> !new FirstPlace(of).at(x, axis).wild()) ? Reach.FINITE : Reach.ANYTHING;
  }

  /** Whether a node is x less its own largest element, over the given axes or over any: nothing in it is above 0, and along the axes 0 is there. */
  private static boolean isTakenFromTop(Node node, List<Integer> axes) {
    if (!(node.op() instanceof Op.Binary(var fn)) || fn != BinaryFn.SUB) {
      return false;
    }
    var top = behind(node.operand(1));
    // where the largest is infinite something else is taken
    if (top.op() instanceof Op.Select && behind(top.operand(0)).op() instanceof Op.Binary(var less) && less == BinaryFn.LT) {
      top = behind(top.operand(1));
    }
    return top.op() instanceof Op.Reduce(var reduce, var over) && reduce == ReduceFn.MAX && top.operand(0) == node.operand(0) && (axes == null || over.equals(axes));
  }

  private static Node behind(Node node) {
    var at = node;
    while (at.op() instanceof Op.Broadcast || at.op() instanceof Op.Reshape || at.op() instanceof Op.StopGradient) {
      at = at.operand(0);
    }
    return at;
  }

  // ---- choices

  /** A node's range where a condition holds. */
  private record Where(Node node, ValueBounds range) {}

  /** A branch of a choice, where it is chosen. */
  private ValueBounds under(Node select, int branch, boolean holds, Function<Node, ValueBounds> of, int depth) {
    var known = new ArrayList<Where>();
    learn(select.operand(0), holds, of, known);
    return known.isEmpty() ? of.apply(select.operand(branch)) : under(select.operand(branch), known, of, depth);
  }

  private ValueBounds under(Node node, List<Where> known, Function<Node, ValueBounds> of, int depth) {
    var range = of.apply(node);
    if (depth > 0 && !node.operands().isEmpty() && !(node.op() instanceof Op.Reduce)) {
      var narrower = compute(node, operand -> under(operand, known, of, depth - 1), depth - 1);
      range = range.and(narrower).within(narrower.reach());
    }
    for (var where : known) {
      if (where.node == node) {
        range = range.and(where.range);
      }
    }
    return range;
  }

  /** What is known of the two sides of a comparison that holds or does not. */
  private static void learn(Node condition, boolean holds, Function<Node, ValueBounds> of, List<Where> known) {
    if (condition.op() instanceof Op.Unary(var not) && not == UnaryFn.NOT) {
      learn(condition.operand(0), !holds, of, known);
    } else if (condition.op() instanceof Op.Binary(var fn)) {
      var x = condition.operand(0);
      var y = condition.operand(1);
      switch (fn) {
        case LT -> order(holds ? x : y, holds ? y : x, holds, of, known);
        case LE -> order(holds ? x : y, holds ? y : x, !holds, of, known);
        case EQ -> equal(x, y, holds, of, known);
        case NE -> equal(x, y, !holds, of, known);
        case AND, OR -> {
          if (holds == (fn == BinaryFn.AND)) {
            learn(x, holds, of, known);
            learn(y, holds, of, known);
          }
        }
        default -> { }
      }
    }
  }

  private static void order(Node less, Node more, boolean strict, Function<Node, ValueBounds> of, List<Where> known) {
    double high = of.apply(more).high();
    double low = of.apply(less).low();
    known.add(new Where(less, ValueBounds.between(Double.NEGATIVE_INFINITY, strict ? Math.nextDown(high) : high)));
    known.add(new Where(more, ValueBounds.between(strict ? Math.nextUp(low) : low, Double.POSITIVE_INFINITY)));
  }

  private static void equal(Node x, Node y, boolean holds, Function<Node, ValueBounds> of, List<Where> known) {
    var mine = of.apply(x);
    var other = of.apply(y);
    if (holds) {
      known.add(new Where(x, other.tamed(false)));
      known.add(new Where(y, mine.tamed(false)));
    } else if (other.low() == other.high()) {
      known.add(new Where(x, ValueBounds.between(mine.low() == other.low() ? Math.nextUp(other.low()) : Double.NEGATIVE_INFINITY,
          mine.high() == other.low() ? Math.nextDown(other.low()) : Double.POSITIVE_INFINITY)));
    }
  }
}
