package nnc.analysis;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.runtime.spec.ModelSpec;

/**
 * Which values of a graph are computed for each example of a batch by itself: they do not depend on the batch at all, or one axis counts its
 * examples (with so many elements of the axis for each as there may be) and what stands there for an example depends on what is fed for that
 * example alone. A value's axis follows from its shape; whether it holds what it says follows from ops and operands.
 */
public final class BatchAxes {
  /** In place of an axis: of what is the same for all examples, of what depends on several of them at once, and of what batches of them are joined to. */
  public static final int ALIKE = ModelSpec.Result.ALIKE, MIXED = ModelSpec.Result.MIXED, JOINED = ModelSpec.Result.JOINED;

  private final Dim batch;
  private final String name;
  private final NodeSet apart = new NodeSet();
  /** By loop, which of its results are not computed so. */
  private final Map<Node, Set<Integer>> mixed = new HashMap<>();

  /** @param batch the open dimension that counts examples */
  public BatchAxes(Graph graph, String batch) {
    this(graph, batch, _ -> false);
  }

  /** @param given which values with a row for each example are taken as they are, whatever they were computed from */
  public BatchAxes(Graph graph, String batch, Predicate<Node> given) {
    this(graph, batch, given, _ -> true);
  }

  /** @param handed of a loop's body, which of the values that it is given are computed so, by place */
  private BatchAxes(Graph graph, String batch, Predicate<Node> given, IntPredicate handed) {
    this.name = batch;
    this.batch = Dim.open(batch);
    for (var node : graph.nodes()) {
      int axis = axis(node);
      boolean follows = switch (node.op()) {
        case Op.Given(var place, _) -> handed.test(place);
        case Op.Loop loop -> {
          mixed.put(node, mixed(node, loop));
          yield true;
        }
        case Op.LoopResult(var index, _, _) -> !mixed.get(node.operand(0)).contains(index);
        default -> node.operands().stream().allMatch(apart::contains) && keepsApart(node);
      };
      if (axis >= 0 && given.test(node) || axis != MIXED && follows) {
        apart.add(node);
      }
    }
  }

  /** The results of a loop that are not computed for each example by itself: what is carried is so in the first turn and, if each turn keeps it so, in the last one. */
  private Set<Integer> mixed(Node node, Op.Loop loop) {
    var results = loop.body().results();
    var all = IntStream.range(0, results.size()).boxed().collect(Collectors.toSet());
    if (mentions(loop.turns())) {
      return all;
    }
    Set<Integer> mixed = new HashSet<>();
    int before;
    do {
      before = mixed.size();
      var body = new BatchAxes(loop.body(), name, _ -> false, place -> (place >= loop.carried() || !mixed.contains(place)) && apart.contains(node.operand(place)));
      all.stream().filter(i -> !body.apart.contains(results.get(i).node())).forEach(mixed::add);
      IntStream.range(0, loop.carried()).filter(i -> !apart.contains(node.operand(i))).forEach(mixed::add);
    } while (mixed.size() > before);
    return mixed;
  }

  /** The open dimension that is the first axis of the first input that has one; null if there is none. */
  public static String batch(Graph graph) {
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.Input && node.type().rank() > 0 && isVariable(node.type().dim(0))) {
        return node.type().dim(0).variables().iterator().next();
      }
    }
    return null;
  }

  /** Whether a size is an open dimension and nothing else. */
  static boolean isVariable(Dim dim) {
    return dim.variables().size() == 1 && dim.equals(Dim.open(dim.variables().iterator().next()));
  }

  /** Whether a value is computed for each example by itself. */
  public boolean areApart(Node node) {
    return apart.contains(node);
  }

  /** The axis of a value that counts the examples which it is computed for one by one; or {@link #ALIKE}, or {@link #MIXED}. */
  public int rows(Node node) {
    return apart.contains(node) ? axis(node) : MIXED;
  }

  /** Whether a value does not depend on the batch. */
  public boolean isAlike(Node node) {
    return apart.contains(node) && axis(node) == ALIKE;
  }

  /** Whether a value that is computed so lies in memory example behind example, or is the same for all. */
  public boolean areInOrder(Node node) {
    return axis(node) == ALIKE || before(node).is(1);
  }

  private int axis(Node node) {
    int found = ALIKE;
    for (int axis = 0; axis < node.type().rank(); axis++) {
      var dim = node.type().dim(axis);
      if (mentions(dim)) {
        boolean counts = found == ALIKE && dim.dividedBy(batch).filter(rest -> !mentions(rest)).isPresent();
        if (!counts) {
          return MIXED;
        }
        found = axis;
      }
    }
    return found;
  }

  private boolean mentions(Dim dim) {
    return !dim.isConstant() && dim.variables().contains(name);
  }

  /** The elements of an axis before that of the examples. */
  private Dim before(Node node) {
    return Dim.product(node.type().shape().subList(0, axis(node)));
  }

  /** Whether a node, all of whose operands keep examples apart, does so too. */
  private boolean keepsApart(Node node) {
    int axis = axis(node);
    return switch (node.op()) {
      case Op.Input(_, _, var type) -> axis == ALIKE || axis == 0 && isVariable(type.dim(0));
      case Op.Parameter _, Op.State _, Op.Const _, Op.Table _, Op.Counter _ -> axis == ALIKE;
      case Op.Uniform(_, _, var rows) -> axis == ALIKE || rows.equals(name);
      case Op.Given _, Op.Loop _, Op.LoopResult _ -> throw new IllegalArgumentException("of loops it is looked at by results: " + node);
      case Op.Size(var dim) -> !mentions(dim);
      case Op.Iota(_, var counted) -> axis != counted;
      case Op.Unary _, Op.Binary _, Op.Select _, Op.Cast _, Op.StopGradient _, Op.Broadcast _, Op.Transpose _ -> true;
      case Op.Reshape _ -> axis == ALIKE && of(node) == ALIKE || axis != ALIKE && of(node) != ALIKE && before(node).equals(before(node.operand(0)));
      case Op.Slice(var start, _, var step) -> of(node) == axis && start.stream().noneMatch(this::mentions)
          && (axis == ALIKE || start.get(axis).is(0) && step.get(axis) == 1 && node.type().dim(axis).equals(node.operand(0).type().dim(axis)));
      case Op.Pad(var low, var high, var interior, _) -> of(node) == axis && low.stream().noneMatch(this::mentions)
          && high.stream().noneMatch(this::mentions) && (axis == ALIKE || low.get(axis).is(0) && high.get(axis).is(0) && interior.get(axis) == 0);
      case Op.Concat(var joined) -> axis != joined;
      case Op.Windows(var size, _, _) -> of(node) == axis && axis < node.operand(0).type().rank() - size.size();
      case Op.FoldWindows(_, var size, _, _) -> of(node) == axis && axis < node.type().rank() - size.size();
      case Op.Reduce(_, var axes) -> !axes.contains(of(node));
      case Op.ArgReduce(_, var along) -> of(node) != along;
      case Op.CumSum(var along, _) -> axis != along;
      case Op.ArgSort(var along, _) -> axis != along;
      case Op.Gather(var along) -> of(node) != along;
      case Op.ScatterAdd(var along, _) -> of(node) != along && axis != along;
      case Op.MatMul() -> of(node) != node.type().rank() - 1 && axis(node.operand(1)) != node.type().rank() - 2;
      case Op.Conv(_, var role, _, var batchLast) -> axis(node.operand(1)) == ALIKE && of(node) == axis
          && (axis == ALIKE || axis == (batchLast ? node.type().rank() - 1 : 0) && role != Op.ConvRole.FILTER);
    };
  }

  private int of(Node node) {
    return axis(node.operand(0));
  }
}
