package nnc.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.UnaryFn;

/** What holds where a condition chose: {@code where(x < 0, 0, x)} is not negative. */
final class ConditionFacts {
  /** Choices within choices that are followed. */
  private static final int MAX_DEPTH = 4;

  /**
   * One value is not above another.
   *
   * @param strict  below it
   * @param numbers whether both are certainly numbers: what a comparison answers with no may be none
   */
  private record Fact(Node low, Node high, boolean strict, boolean numbers) {}

  private final List<Fact> facts;
  private final Function<Node, Interval> ranges;

  private ConditionFacts(List<Fact> facts, Function<Node, Interval> ranges) {
    this.facts = facts;
    this.ranges = ranges;
  }

  /** The range of a choice, by those of what is chosen from and compared. */
  static Interval chosen(Node select, Function<Node, Interval> ranges) {
    return new ConditionFacts(List.of(), ranges).of(select);
  }

  private Interval of(Node node) {
    var range = node.op() instanceof Op.Select && facts.size() <= MAX_DEPTH
        ? with(node.operand(0), true).of(node.operand(1)).or(with(node.operand(0), false).of(node.operand(2))) : ranges.apply(node);
    for (var fact : facts) {
      range = narrowed(range, node, fact);
    }
    return range;
  }

  private ConditionFacts with(Node condition, boolean holds) {
    var all = new ArrayList<>(facts);
    collect(condition, holds, all);
    return new ConditionFacts(all, ranges);
  }

  private static void collect(Node condition, boolean holds, List<Fact> all) {
    switch (condition.op()) {
      case Op.Unary(var fn) when fn == UnaryFn.NOT -> collect(condition.operand(0), !holds, all);
      case Op.Binary(var fn) when fn == (holds ? BinaryFn.AND : BinaryFn.OR) -> condition.operands().forEach(part -> collect(part, holds, all));
      case Op.Binary(var fn) when fn == BinaryFn.LT || fn == BinaryFn.LE -> {
        var x = condition.operand(0);
        var y = condition.operand(1);
        all.add(holds ? new Fact(x, y, fn == BinaryFn.LT, true) : new Fact(y, x, fn == BinaryFn.LE, false));
      }
      default -> { }
    }
  }

  private Interval narrowed(Interval range, Node node, Fact fact) {
    var other = ranges.apply(isSame(node, fact.low) ? fact.high : fact.low);
    if (other.nan() && !fact.numbers) {
      return range;
    }
    boolean nan = range.nan() && !fact.numbers;
    boolean whole = fact.strict && isWhole(fact.low) && isWhole(fact.high);
    if (isSame(node, fact.low)) {
      double high = whole ? other.high() - 1 : other.high();
      var top = other.top() == null ? null : other.top().plus(whole ? -1 : 0);
      return new Interval(range.low(), Math.min(range.high(), high), range.top() == null ? top : range.top(), nan);
    }
    if (isSame(node, fact.high)) {
      return new Interval(Math.max(range.low(), other.low() + (whole ? 1 : 0)), range.high(), range.top(), nan);
    }
    return range;
  }

  /** Whether all elements are whole numbers. */
  static boolean isWhole(Node node) {
    return node.type().kind() == Kind.INT || switch (node.op()) {
      case Op.Cast _, Op.Broadcast _, Op.Reshape _ -> isWhole(node.operand(0));
      case Op.Const(var value, _) -> value == Math.rint(value);
      case Op.Size(Dim _) -> true;
      default -> false;
    };
  }

  /** The number that all elements are; NaN if it is not known. */
  static double number(Node node) {
    return switch (node.op()) {
      case Op.Cast _, Op.Broadcast _, Op.Reshape _ -> number(node.operand(0));
      case Op.Const(var value, _) -> value;
      default -> Double.NaN;
    };
  }

  /** Whether two nodes have equal elements at each place, as far as that shows. */
  static boolean isSame(Node x, Node y) {
    var a = counted(x);
    var b = counted(y);
    boolean view = a.op() instanceof Op.Broadcast || a.op() instanceof Op.Reshape;
    return a == b || view && a.op().equals(b.op()) && a.type().shape().equals(b.type().shape()) && isSame(a.operand(0), b.operand(0));
  }

  /** A whole number stays what it is as a float. */
  private static Node counted(Node node) {
    return node.op() instanceof Op.Cast(var to) && to == Kind.FLOAT && node.operand(0).type().kind() == Kind.INT ? node.operand(0) : node;
  }
}
