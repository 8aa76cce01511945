package nnc.elaborate;

import java.util.List;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.source.Diagnostics;

/** Whole numbers that a program states and a float of 32 bits cannot hold: they would be others. */
public final class WholeConstants {
  private WholeConstants() {}

  /** Tells a fault for each. */
  public static void check(Graph graph, int precision, Diagnostics diagnostics) {
    if (precision == 64) {
      return;
    }
    for (var node : graph.nodes()) {
      for (double value : whole(node)) {
        if ((float) value != value) {
          diagnostics.error(node.span(), "%.0f is beyond 2^24 and not exact in 32 bits: it would be %.0f".formatted(value, (double) (float) value))
              .hint("with --precision f64 whole numbers are exact up to 2^53");
        }
      }
    }
  }

  /** The whole numbers that a node states: its own, or those that it makes of numbers given as floats. */
  private static List<Double> whole(Node node) {
    return switch (node.op()) {
      case Op.Const(var value, var kind) when kind == Kind.INT -> List.of(value);
      case Op.Table(var type, var values) when type.kind() == Kind.INT -> values;
      case Op.Cast(var to) when to == Kind.INT -> stated(node.operand(0).op());
      default -> List.of();
    };
  }

  private static List<Double> stated(Op op) {
    return switch (op) {
      case Op.Const(var value, _) when value == Math.rint(value) -> List.of(value);
      case Op.Table(_, var values) -> values.stream().filter(value -> value == Math.rint(value)).toList();
      default -> List.of();
    };
  }
}
