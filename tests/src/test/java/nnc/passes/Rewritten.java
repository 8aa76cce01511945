package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.GraphPrinter;
import nnc.graph.Node;
import nnc.graph.Verifier;

/** What a pass makes of a small expression, to the last node; and that it means the same. */
final class Rewritten {
  private Rewritten() {}

  static void becomes(Pass pass, Function<GraphBuilder, Node> before, Function<GraphBuilder, Node> after) {
    var graph = graph(before);
    var rewritten = Verifier.check(pass.run().apply(graph), pass.name());
    assertThat(text(rewritten)).as("%s of %s", pass.name(), text(graph)).isEqualTo(text(graph(after)));
    Meaning.assertSame(rewritten, Meaning.of(graph), text(graph));
  }

  static void stays(Pass pass, Function<GraphBuilder, Node> expression) {
    becomes(pass, expression, expression);
  }

  static Graph graph(Function<GraphBuilder, Node> expression) {
    var b = new GraphBuilder();
    return b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", expression.apply(b))));
  }

  /** The results as expressions, each node with its type: {@code add float[4] (x float[4], 1 float)}. */
  static String text(Graph graph) {
    return graph.results().stream().map(result -> text(result.node())).collect(Collectors.joining("\n"));
  }

  private static String text(Node node) {
    return GraphPrinter.describe(node.op()) + " " + node.type()
        + (node.operands().isEmpty() ? "" : node.operands().stream().map(Rewritten::text).collect(Collectors.joining(", ", " (", ")")));
  }
}
