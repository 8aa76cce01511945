package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Graph.Role;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.runtime.spec.ModelSpec;

/**
 * How what layers keep goes on from batch to batch, {@code next = f(kept, values of the batch)}, cut where it reads the batch: values are computed for several batches side by side,
 * and {@code f} is then applied batch after batch, to the bits of the uncut graph.
 *
 * @param read what the next ones follow from besides those that are kept, as outputs of the batch's graph
 * @param next a graph whose inputs are called as the states' paths and as what is read, and whose outputs are the states' next ones, by their paths
 */
record KeptStates(List<Graph.Result> read, Graph next) {
  /** What names of values begin with that are read of a batch: no output of a program is called so, and no path. */
  private static final String VALUE = "#";

  /**
   * The cut of a training step's graph; nothing if what is kept is no number, or follows from values that have a row for each example.
   *
   * @param moved the results that say what comes next, of states that the step changes
   */
  static Optional<KeptStates> of(Graph train, List<Graph.Result> moved) {
    var paths = moved.stream().map(Graph.Result::name).collect(Collectors.toSet());
    // what follows from what is kept, and what from the batch or from weights without that
    var kept = new NodeSet();
    var given = new NodeSet();
    for (var node : train.nodes()) {
      if (node.op() instanceof Op.State(var path, _) && paths.contains(path) || node.operands().stream().anyMatch(kept::contains)) {
        kept.add(node);
      } else if (isGiven(node.op()) || node.operands().stream().anyMatch(given::contains)) {
        given.add(node);
      }
    }
    var next = new Graph(ModelSpec.MEASURES, train.nodes(), moved.stream().map(result -> new Graph.Result(Role.OUTPUT, result.name(), result.node())).toList()).needed(_ -> false);
    var ends = new NodeSet();
    next.results().forEach(result -> ends.add(result.node()));
    next.nodes().stream().filter(kept::contains).forEach(node -> ends.addAll(node.operands()));
    var read = new ArrayList<Graph.Result>();
    next.nodes().stream().filter(node -> given.contains(node) && ends.contains(node)).forEach(node -> read.add(new Graph.Result(Role.OUTPUT, VALUE + read.size(), node)));
    boolean apart = next.nodes().stream().allMatch(node -> !kept.contains(node) || hasOneSize(node) && !(node.op() instanceof Op.Loop))
        && Stream.concat(read.stream(), next.results().stream()).allMatch(result -> result.node().type().kind() == Kind.FLOAT && hasOneSize(result.node()));
    return apart ? Optional.of(new KeptStates(List.copyOf(read), fed(next, read))) : Optional.empty();
  }

  /** Whether a source of a graph is what a batch or the weights give. */
  private static boolean isGiven(Op op) {
    return switch (op) {
      case Op.Input _, Op.Parameter _, Op.State _, Op.Size _, Op.Uniform _, Op.Given _ -> true;
      default -> false;
    };
  }

  /** Whether no batch changes the sizes of a value. */
  private static boolean hasOneSize(Node node) {
    return node.type().shape().stream().allMatch(Dim::isConstant);
  }

  /** With inputs in place of what is read and of what is kept. */
  private static Graph fed(Graph next, List<Graph.Result> read) {
    var names = new NodeMap<String>();
    read.forEach(result -> names.put(result.node(), result.name()));
    return Rewrite.each(next, (old, _, b) -> {
      var name = names.get(old);
      return name != null ? b.input(name, old.type()) : old.op() instanceof Op.State(var path, var type) ? b.input(path, type) : null;
    }).needed(_ -> false);
  }
}
