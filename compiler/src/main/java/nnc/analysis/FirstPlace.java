package nnc.analysis;

import java.util.function.Function;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.UnaryFn;

/**
 * The ranges of values at the first place of an axis, whatever the other places, as far as masks are made by comparing places: the first column of
 * {@code tril(ones(T, T))} is 1, so that no row of scores that it masks is empty.
 *
 * @param ranges those at all places
 */
record FirstPlace(Function<Node, ValueBounds> ranges) {
  /** Ops behind each other that are looked through. */
  private static final int MAX_DEPTH = 12;
  private static final ValueBounds TRUE = ValueBounds.of(1), FALSE = ValueBounds.of(0);

  ValueBounds at(Node node, int axis) {
    return at(node, axis, MAX_DEPTH);
  }

  private ValueBounds at(Node node, int axis, int depth) {
    if (depth == 0) {
      return ranges.apply(node);
    }
    return switch (node.op()) {
      case Op.Iota(_, var along) when along == axis -> FALSE;
      case Op.Broadcast(_, var axes) when !axes.contains(axis) -> at(node.operand(0), axis - (int) axes.stream().filter(a -> a < axis).count(), depth - 1);
      case Op.Transpose(var order) -> at(node.operand(0), order.get(axis), depth - 1);
      case Op.Reshape _ when withoutOnes(node, axis) >= 0 -> at(node.operand(0), withoutOnes(node, axis), depth - 1);
      case Op.Cast(var to) when to != Kind.BOOL -> at(node.operand(0), axis, depth - 1);
      case Op.Unary(var fn) when fn == UnaryFn.NOT -> not(at(node.operand(0), axis, depth - 1));
      case Op.Binary(var fn) -> binary(fn, at(node.operand(0), axis, depth - 1), at(node.operand(1), axis, depth - 1), ranges.apply(node));
      case Op.Select() -> {
        var condition = at(node.operand(0), axis, depth - 1);
        yield condition.isPositive() ? at(node.operand(1), axis, depth - 1) : condition.high() == 0 ? at(node.operand(2), axis, depth - 1) : ranges.apply(node);
      }
      default -> ranges.apply(node);
    };
  }

  /** The operand's axis that a reshape which adds or drops axes of size 1 makes its own of; -1 if it does more. */
  private static int withoutOnes(Node reshape, int axis) {
    var from = reshape.operand(0).type().shape();
    var to = reshape.type().shape();
    var kept = IntStream.range(0, from.size()).filter(i -> !from.get(i).equals(Dim.ONE)).boxed().toList();
    var made = IntStream.range(0, to.size()).filter(i -> !to.get(i).equals(Dim.ONE)).boxed().toList();
    int place = made.indexOf(axis);
    return place >= 0 && kept.stream().map(from::get).toList().equals(made.stream().map(to::get).toList()) ? kept.get(place) : -1;
  }

  private static ValueBounds binary(BinaryFn fn, ValueBounds x, ValueBounds y, ValueBounds range) {
    return switch (fn) {
      case LT -> less(x, y, range);
      case LE -> not(less(y, x, range));
      case AND -> x.isPositive() && y.isPositive() ? TRUE : x.high() == 0 || y.high() == 0 ? FALSE : range;
      case OR -> x.isPositive() || y.isPositive() ? TRUE : x.high() == 0 && y.high() == 0 ? FALSE : range;
      case EQ -> same(x, y) ? TRUE : range;
      case NE -> same(x, y) ? FALSE : range;
      case ADD -> x.plus(y);
      case SUB -> x.plus(y.negated());
      case MUL, DIV, POW, MIN, MAX, FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> range;
    };
  }

  private static ValueBounds less(ValueBounds x, ValueBounds y, ValueBounds unknown) {
    return x.wild() || y.wild() ? unknown : x.high() < y.low() ? TRUE : x.low() >= y.high() ? FALSE : unknown;
  }

  private static boolean same(ValueBounds x, ValueBounds y) {
    return !x.wild() && !y.wild() && x.low() == x.high() && y.low() == y.high() && x.low() == y.low();
  }

  private static ValueBounds not(ValueBounds truth) {
    return truth.isPositive() ? FALSE : truth.high() == 0 ? TRUE : truth;
  }
}
