package nnc.passes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nnc.graph.BinaryFn;
import nnc.graph.Graph;
import nnc.graph.Graph.Role;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.runtime.spec.ModelSpec.Training;

/**
 * Cuts the graph of a training step that accumulates gradients where these come together, {@code sum = sum so far + g / k}: what gives a batch's share {@code g / k}, and
 * what changes the weights by the whole sum. Who has several machines computes shares side by side and adds them in the order of the batches, which are the sums of the
 * uncut step.
 */
public final class AccumulationCut {
  /**
   * @param gradient leaves a batch's shares where the sums are kept, and gives its loss; what it draws follows from the number of its step, as in the uncut graph
   * @param update   what the last step of a round does, with the sums as they are kept
   */
  public record Parts(Graph gradient, Graph update) {}

  private AccumulationCut() {}

  /**
   * The parts of a graph; nothing if it accumulates nothing, or has more from a batch than sums of gradients: what layers keep, as running means do, indices that are looked
   * at before a weight may change, an optimizer that reads the loss.
   *
   * @param memory what the paths of sums begin with
   * @param kept   paths of what layers keep
   */
  public static Optional<Parts> of(Graph train, String memory, Set<String> kept) {
    Map<String, Node> sums = sums(train, memory);
    if (sums.isEmpty() || train.results().stream().anyMatch(result -> result.role() == Role.CHECK || result.role() == Role.UPDATE && kept.contains(result.name()))) {
      return Optional.empty();
    }
    var all = new NodeSet();
    sums.values().forEach(all::add);
    var update = Rewrite.each(train, (old, in, _) -> all.contains(old) ? in.get(0) : null);
    var updates = new Graph(Training.UPDATE + steps(sums.values().iterator().next()), update.nodes(), update.results().stream().filter(result -> result.role() == Role.UPDATE).toList()).needed(_ -> false);
    if (updates.nodes().stream().anyMatch(node -> node.op() instanceof Op.Input || node.op() instanceof Op.Uniform || node.op() instanceof Op.Size)) {
      return Optional.empty();
    }
    var shares = new ArrayList<>(train.results().stream().filter(result -> result.role() == Role.LOSS || result.role() == Role.TERM).toList());
    sums.forEach((path, sum) -> shares.add(new Graph.Result(Role.UPDATE, path, sum.operand(1))));
    return Optional.of(new Parts(new Graph(Training.GRADIENT, train.nodes(), List.copyOf(shares)).needed(_ -> false), updates));
  }

  /** By what shares are divided. */
  private static int steps(Node sum) {
    var divisor = sum.operand(1).operand(1);
    var number = divisor.op() instanceof Op.Broadcast ? divisor.operand(0) : divisor;
    return (int) ((Op.Const) number.op()).value();
  }

  private static boolean isShare(Node node) {
    return node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.DIV;
  }

  /** By the path where it is kept, the sum so far and a batch's share; nothing if one is none, as of a parameter that no gradient reaches. */
  private static Map<String, Node> sums(Graph train, String memory) {
    var sums = new LinkedHashMap<String, Node>();
    for (var node : train.nodes()) {
      if (node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.ADD && node.operand(0).op() instanceof Op.State(var path, _) && path.startsWith(memory) && isShare(node.operand(1))) {
        sums.put(path, node);
      }
    }
    boolean whole = train.results().stream().allMatch(result -> result.role() != Role.UPDATE || !result.name().startsWith(memory) || sums.containsKey(result.name()));
    return whole ? sums : Map.of();
  }
}
