package nnc.elaborate;

import java.util.List;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.source.Diagnostics;

/** Whole numbers that a program states for ints and 32 bits cannot hold: they would be others. */
public final class WholeConstants {
  private WholeConstants() {}

  /** Tells a fault for each. */
  public static void check(Graph graph, Diagnostics diagnostics) {
    for (var node : graph.nodes()) {
      for (double value : whole(node)) {
        if ((int) value != value) {
          diagnostics.error(node.span(), "%.0f is beyond an int's 32 bits: it is from -2147483648 to 2147483647".formatted(value))
              .hint("cast(x, \"float\") of what stands beside it computes with floats");
        }
      }
    }
  }

  /** The whole numbers that a node states. */
  private static List<Double> whole(Node node) {
    return switch (node.op()) {
      case Op.Const(var value, var kind) when kind == Kind.INT -> List.of(value);
      case Op.Table(var type, var values) when type.kind() == Kind.INT -> values;
      default -> List.of();
    };
  }
}
