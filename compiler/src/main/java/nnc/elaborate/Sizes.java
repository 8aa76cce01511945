package nnc.elaborate;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import nnc.analysis.Batch;
import nnc.analysis.SizeNeeds;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Setting;
import nnc.source.Diagnostics;
import nnc.source.Span;

/** What a program declares must fit into arrays, whose elements are counted by 31 bits. */
public final class Sizes {
  private Sizes() {}

  /** Elements of an array at most. */
  public static final long LARGEST = Integer.MAX_VALUE - 8;

  /** Tells of the first dimension, of weights and of results that no array can hold. */
  static void check(List<Node> nodes, List<Graph.Result> results, Collection<Elaborated.WeightInfo> weights, Diagnostics diagnostics) {
    for (var node : nodes) {
      boolean kept = node.op() instanceof Op.Parameter || node.op() instanceof Op.State;
      if (node.type().shape().stream().anyMatch(dim -> dim.isConstant() && !isCounted(dim)) || kept && elements(node.type()) > LARGEST) {
        tell(node.span(), "this", node.type(), diagnostics);
        return;
      }
    }
    for (var result : results) {
      if (elements(result.node().type()) > LARGEST) {
        tell(result.node().span(), result.name(), result.node().type(), diagnostics);
        return;
      }
    }
    double all = weights.stream().mapToDouble(weight -> elements(weight.type())).sum();
    if (all > LARGEST) {
      var largest = weights.stream().max(Comparator.comparingDouble(weight -> elements(weight.type()))).orElseThrow();
      var place = nodes.stream().filter(node -> node.op() instanceof Op.Parameter(var path, _) && path.equals(largest.path())).map(Node::span).findFirst().orElse(Span.NONE);
      diagnostics.error(place, "the weights have " + (long) all + " elements together, and one array holds " + LARGEST).note("the largest is " + largest.path() + ": " + largest.type())
          .hint("make layers smaller");
    }
  }

  /**
   * Tells of sizes that are known to be too small; others are looked at before each run.
   *
   * @param training what says how large a batch is; null where nothing is trained
   */
  static void check(Graph graph, ModelSpec.Training training, Diagnostics diagnostics) {
    var needs = SizeNeeds.of(graph.needed(node -> node.op() instanceof Op.Input));
    var examples = needs.isEmpty() ? "" : Batch.of(graph).name();
    for (var need : needs) {
      if (need.size().isConstant()) {
        diagnostics.error(need.span(), need.text());
      } else if (training != null && training.settings().get(Setting.BATCH) instanceof Number batch
          && need.size().with(examples, batch.longValue()).constant().orElse(0) < 0) {
        diagnostics.error(need.span(), need.text() + ", and the train block sets batch = " + batch.longValue());
      }
    }
  }

  private static void tell(Span span, String what, Type type, Diagnostics diagnostics) {
    diagnostics.error(span, what + " would be " + type + ", and one array holds " + LARGEST + " elements").hint("make it smaller");
  }

  private static boolean isCounted(Dim dim) {
    return dim.constant().orElse(0) <= Integer.MAX_VALUE;
  }

  /** How many there are at least, whatever the open dimensions. */
  public static double elements(Type type) {
    return type.shape().stream().filter(Dim::isConstant).mapToDouble(dim -> dim.constant().orElse(0)).reduce(1, (a, b) -> a * b);
  }
}
