package nnc.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Type;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Span;

/**
 * States of which each row of a batch has its own: what a row leaves is where the same row of the next batch begins, in training and evaluation. They are fed
 * and given back, and no weights; where nothing is carried, in predictions and gradients by themselves, each run begins with zeros.
 */
final class RowStates {
  private final Elaborator elaborator;
  /** What a step leaves, by path: at first what it was fed. */
  private final Map<String, Node> next = new LinkedHashMap<>();
  private boolean carried;
  private Span first = Span.NONE;

  RowStates(Elaborator elaborator) {
    this.elaborator = elaborator;
  }

  /** From here on what is made is carried from run to run. */
  void carry() {
    carried = true;
  }

  /** Whether a state of that type is one of each row: its first dimension counts examples. */
  boolean areOf(Type type) {
    return type.rank() > 0 && !type.dim(0).isConstant() && elaborator.inputs().values().stream().anyMatch(input -> input.type().rank() > 0 && input.type().dim(0).equals(type.dim(0)));
  }

  /** Makes one, which has a path that no other has; gives what it is at the beginning of a run. */
  Node state(String path, Type type, ModelSpec.Initialiser start, Span span) {
    if (type.kind() != Kind.FLOAT || !type.shape().stream().skip(1).allMatch(Dim::isConstant)) {
      throw new ElaborationFault(span, path + " would be " + type + ": a state that each row of a batch has is of floats, and open in the number of rows alone");
    } else if (start.kind() != ModelSpec.InitialiserKind.ZEROS) {
      throw new ElaborationFault(span, path + ": a state that each row of a batch has begins with zeros").hint("state " + path.substring(path.lastIndexOf('.') + 1) + ": float[...] = zeros");
    }
    first = first.equals(Span.NONE) ? span : first;
    var node = carried ? elaborator.builder().input(path, type) : elaborator.builder().full(type.shape(), 0, type.kind());
    next.put(path, node);
    return node;
  }

  boolean has(String path) {
    return next.containsKey(path);
  }

  void assign(String path, Node value) {
    next.put(path, elaborator.builder().stopGradient(value));
  }

  /** What is handed on, if anything is. */
  List<Graph.Result> results() {
    var results = new ArrayList<Graph.Result>();
    if (carried) {
      next.forEach((path, node) -> results.add(new Graph.Result(Graph.Role.CARRIED, path, node)));
    }
    return results;
  }

  /** Refuses what has no rows to go on with: several steps for a batch, several networks as one. */
  void check(int steps, Members members) {
    if (!next.isEmpty() && (steps > 1 || members.areSeveral())) {
      throw new ElaborationFault(first, steps > 1 ? "a state that each row of a batch has is carried from step to step, and this program trains by several steps in turn"
          : "a state that each row of a batch has would be another one in each network of an ensemble").hint("declare an input for it, and let it be fed");
    }
  }
}
