package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeNumbers;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.source.Span;

/**
 * A program's network with what made each of its nodes: which layers and functions, one inside the other.
 *
 * @param forward outputs and losses, and what they need
 * @param whole   the same with the gradients of all that is learned
 * @param calls   in the order in which they were made; the inner ones after the outer ones
 * @param makers  of each node, the innermost call that made it, by its place in {@code calls}; {@link NodeNumbers#NONE} of what the program wrote itself
 * @param learned the parameters that gradients are taken by
 */
public record Outline(Graph forward, Graph whole, List<Call> calls, NodeNumbers makers, Set<String> learned) {

  /** What was called. */
  public enum Callee {
    LAYER, FUNCTION, CHAIN,
    /** A function without a name. */
    LAMBDA
  }

  /** Whose text declares it. */
  public enum Origin { LIBRARY, PROGRAM }

  /**
   * A call.
   *
   * @param name       the layer's or function's
   * @param path       that its parameters begin with; empty of a function
   * @param activation of a layer that was given one; empty of others
   * @param parent     the call that it was made in, -1 if none
   */
  public record Call(Callee callee, Origin origin, String name, String path, String activation, int parent, Span span) {
    public boolean isOfLibrary() {
      return origin == Origin.LIBRARY;
    }
  }

  /** The calls that a node was made in, the outermost first. */
  public List<Integer> around(Node node) {
    var around = new ArrayList<Integer>();
    for (int call = makers.get(node); call >= 0; call = calls.get(call).parent) {
      around.addFirst(call);
    }
    return around;
  }

  /**
   * The nodes that have a gradient: numbers that follow from something learned and from which a loss follows, both by ways that a gradient goes. It is by the
   * same rule that {@link nnc.differentiate.Gradients} finds its way.
   */
  public NodeSet differentiated() {
    var active = new NodeSet();
    for (var node : forward.nodes()) {
      boolean learns = node.op() instanceof Op.Parameter(var path, _) && learned.contains(path);
      if (learns || node.type().kind() == Kind.FLOAT && !isStop(node) && node.operands().stream().anyMatch(active::contains)) {
        active.add(node);
      }
    }
    var found = new NodeSet();
    forward.results().stream().filter(result -> result.role() != Graph.Role.OUTPUT && active.contains(result.node())).forEach(result -> found.add(result.node()));
    for (var node : forward.nodes().reversed()) {
      if (found.contains(node)) {
        node.operands().stream().filter(active::contains).forEach(found::add);
      }
    }
    return found;
  }

  private static boolean isStop(Node node) {
    return node.op() instanceof Op.StopGradient(var declared) && declared.isEmpty();
  }
}
