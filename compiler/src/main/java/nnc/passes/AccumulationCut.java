package nnc.passes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
 * uncut step. What layers keep from batch to batch, as running means, is a part of its own ({@link KeptStates}).
 */
public final class AccumulationCut {
  /**
   * @param gradient leaves a batch's shares where the sums are kept, and gives its loss and what {@code kept} reads of the batch; what it draws follows from the number of its
   *                 step, as in the uncut graph
   * @param kept     how what layers keep goes on by a batch; empty if they keep nothing
   * @param update   what the last step of a round does, with the sums as they are kept
   */
  public record Parts(Graph gradient, Optional<Graph> kept, Graph update) {}

  private AccumulationCut() {}

  /**
   * The parts of a graph; nothing if it accumulates nothing, or has from a batch what is neither a sum of gradients nor goes on by itself: gradients that depend on what
   * layers keep, indices that are looked at before a weight may change, an optimizer that reads the loss.
   *
   * @param memory what the paths of sums begin with
   * @param kept   paths of what layers keep
   */
  public static Optional<Parts> of(Graph train, String memory, Set<String> kept) {
    Map<String, Node> sums = sums(train, memory);
    var moved = updates(train, kept::contains);
    if (sums.isEmpty() || train.results().stream().anyMatch(result -> result.role() == Role.CHECK || result.role() == Role.CARRIED)) {
      return Optional.empty();
    }
    var all = new NodeSet();
    sums.values().forEach(all::add);
    var update = Rewrite.each(train, (old, in, _) -> all.contains(old) ? in.get(0) : null);
    var updates = new Graph(Training.UPDATE + steps(sums.values().iterator().next()), update.nodes(), updates(update, path -> !kept.contains(path))).needed(_ -> false);
    var shares = new ArrayList<>(train.results().stream().filter(result -> result.role() == Role.LOSS || result.role() == Role.TERM).toList());
    sums.forEach((path, sum) -> shares.add(new Graph.Result(Role.UPDATE, path, sum.operand(1))));
    var gradient = new Graph(Training.GRADIENT, train.nodes(), List.copyOf(shares)).needed(_ -> false);
    var moving = moved.stream().map(Graph.Result::name).collect(Collectors.toSet());
    if (reads(gradient, moving) || reads(updates, moving) || updates.nodes().stream().anyMatch(node -> node.op() instanceof Op.Input || node.op() instanceof Op.Uniform || node.op() instanceof Op.Size)) {
      return Optional.empty();
    } else if (moved.isEmpty()) {
      return Optional.of(new Parts(gradient, Optional.empty(), updates));
    }
    return KeptStates.of(train, moved).map(states -> {
      shares.addAll(states.read());
      return new Parts(new Graph(Training.GRADIENT, train.nodes(), List.copyOf(shares)).needed(_ -> false), Optional.of(states.next()), updates);
    });
  }

  private static List<Graph.Result> updates(Graph graph, Predicate<String> paths) {
    return graph.results().stream().filter(result -> result.role() == Role.UPDATE && paths.test(result.name())).toList();
  }

  private static boolean reads(Graph graph, Set<String> states) {
    return graph.nodes().stream().anyMatch(node -> node.op() instanceof Op.State(var path, _) && states.contains(path));
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
