package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import nnc.analysis.BatchAxes;
import nnc.graph.Graph;
import nnc.graph.Graph.Role;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.runtime.spec.ModelSpec;

/**
 * Cuts a graph that evaluates or trains where its examples come together, so that losses and metrics are those of all examples although these
 * come in batches. Means need no cut: a batch's value counts by its examples. Of all else a batch gives what it follows from, which is joined
 * over the batches: sums, products, largest and smallest values; and where a formula compares examples with each other, as ranks do, what it
 * reads of each. A graph of its own makes the formula's value of these.
 *
 * <p>What a network makes of several examples together has no such form. It is evaluated for all of them at once. In training, where weights
 * change from batch to batch, what the network gives for an example counts as the example's own, as it was seen; what else depends on a batch
 * as a whole is told as the mean over the batches. So is a loss that compares examples: the batch's is what training lowers.
 */
public final class MetricReduction {
  /**
   * @param batch   what each batch computes
   * @param formula what all batches together come to, from inputs that are called as results of the batch; empty if these are all there is to tell
   * @param exact   whether that is what one batch of all examples would come to
   */
  public record Cut(Graph batch, Optional<Graph> formula, boolean exact) {}

  private final Graph graph;
  private final boolean trains;
  private final BatchAxes examples;
  private final ExampleLinearity linear;
  private final KeptPerExample kept;
  /** What follows from values that are joined over the batches; and what does so from these and from rows that are kept. */
  private final NodeSet joined = new NodeSet();
  private final NodeSet compared = new NodeSet();

  private MetricReduction(Graph graph, String batch, boolean trains) {
    this.graph = graph;
    this.trains = trains;
    examples = new BatchAxes(graph, batch, trains ? seen(graph) : _ -> false);
    linear = new ExampleLinearity(graph, batch, examples);
    kept = new KeptPerExample(graph, batch, examples);
    for (var node : graph.nodes()) {
      boolean joins = linear.joins(node) != null;
      boolean made = !isGiven(node.op());
      if (joins || made && node.operands().stream().allMatch(joined::contains)) {
        joined.add(node);
      }
      if (joins || examples.rows(node) >= 0 || made && node.operands().stream().allMatch(compared::contains)) {
        compared.add(node);
      }
    }
  }

  /**
   * Cuts a graph that evaluates; it is left as it is where the cut would not be exact.
   *
   * @param batch    the open dimension that counts examples; empty if there is none
   * @param switches whether what several metrics have in common is kept once
   */
  public static Cut evaluation(Graph graph, String batch, Switches switches) {
    return of(graph, batch, false, switches);
  }

  /** Cuts a graph that trains. */
  public static Cut training(Graph graph, String batch, Switches switches) {
    return of(graph, batch, true, switches);
  }

  private static Cut of(Graph graph, String batch, boolean trains, Switches switches) {
    if (batch.isEmpty() || leading(graph) > 1) {
      return new Cut(graph, Optional.empty(), false);
    }
    var plain = new MetricReduction(graph, batch, trains);
    if (plain.graph.results().stream().noneMatch(plain::isFormula)) {
      return new Cut(graph, Optional.empty(), plain.isExact());
    }
    var shared = !switches.on(Optimization.COMMON_SUBEXPRESSIONS) ? plain : new MetricReduction(CommonSubexpressions.PASS.run().apply(graph), batch, trains);
    return shared.trains || shared.isExact() ? shared.cut() : new Cut(graph, Optional.empty(), false);
  }

  /** By how many dimensions inputs begin; several would have to be cut at once. */
  private static long leading(Graph graph) {
    return graph.needed(_ -> false).nodes().stream().filter(node -> node.op() instanceof Op.Input && node.type().rank() > 0 && !node.type().dim(0).isConstant())
        .map(node -> node.type().dim(0)).distinct().count();
  }

  /** What comes from outside of a formula. */
  private static boolean isGiven(Op op) {
    return op instanceof Op.Input || op instanceof Op.Parameter || op instanceof Op.State || op instanceof Op.Counter || op instanceof Op.Uniform;
  }

  /** Values that an example has by what was learned, whatever else is in them; and draws. */
  private static Predicate<Node> seen(Graph graph) {
    var learned = new NodeSet();
    var fed = new NodeSet();
    var seen = new NodeSet();
    for (var node : graph.nodes()) {
      var operands = node.operands();
      boolean data = node.op() instanceof Op.Input || operands.stream().anyMatch(fed::contains);
      boolean weights = operands.stream().anyMatch(operand -> learned.contains(operand) && !fed.contains(operand));
      if (data) {
        fed.add(node);
      }
      if (node.op() instanceof Op.Parameter || node.op() instanceof Op.State || operands.stream().anyMatch(learned::contains)) {
        learned.add(node);
      }
      if (data && weights || node.op() instanceof Op.Uniform) {
        seen.add(node);
      }
    }
    return seen::contains;
  }

  // ---- what is told

  /** Whether a result is told; of the loss and its terms, training tells the data's own. */
  private boolean isTold(Graph.Result result) {
    return switch (result.role()) {
      case LOSS -> graph.results().stream().noneMatch(other -> other.role() == Role.TERM && other.name().equals(result.name()));
      case TERM, METRIC -> true;
      case OUTPUT, VALUE, SUM, PROD, MAX, MIN, ROWS, UPDATE, GRADIENT, DECLARED_GRADIENT, CHECK, CARRIED -> false;
    };
  }

  /** Whether a result is told by a formula of all batches. */
  private boolean isFormula(Graph.Result result) {
    return isTold(result) && !linear.isMean(result.node()) && (trains && result.role() != Role.METRIC ? joined : compared).contains(result.node());
  }

  private boolean isExact() {
    return graph.results().stream().allMatch(result -> !isTold(result) || linear.isMean(result.node()) || isFormula(result));
  }

  // ---- the cut

  /** Whether a node that a formula needs is made by it; otherwise batches give it. */
  private boolean isMade(Node node) {
    return linear.joins(node) == null && (examples.rows(node) < 0 || joined.contains(node) || kept.isDerived(node));
  }

  private Cut cut() {
    var results = new ArrayList<Graph.Result>();
    var formulas = new ArrayList<Graph.Result>();
    for (var result : graph.results()) {
      boolean formula = isFormula(result);
      if (!formula || trains && result.role() == Role.LOSS) {
        results.add(result);
      }
      if (formula) {
        formulas.add(new Graph.Result(trains && result.role() == Role.LOSS ? Role.TERM : result.role(), result.name(), result.node()));
      }
    }
    var batch = new GraphBuilder(graph.nodes().size());
    graph.nodes().forEach(node -> batch.keep(node, node.operands()));
    var whole = new GraphBuilder();
    var made = new NodeMap<Node>();
    var needed = needed(formulas);
    for (var node : graph.nodes()) {
      if (needed.contains(node)) {
        whole.at(node.span());
        batch.at(node.span());
        made.put(node, isMade(node) ? made(node, made, whole) : part(node, batch, whole, results));
      }
    }
    formulas.replaceAll(formula -> new Graph.Result(formula.role(), formula.name(), told(made.get(formula.node()))));
    return new Cut(batch.finish(graph.name(), results), Optional.of(whole.finish(ModelSpec.MEASURES, formulas)), isExact());
  }

  /** A whole number that batches join is told as the float that it is given as. */
  private static Node told(Node formula) {
    return formula.op() instanceof Op.Cast(var to) && to == Kind.INT && formula.operand(0).op() instanceof Op.Input ? formula.operand(0) : formula;
  }

  private NodeSet needed(List<Graph.Result> formulas) {
    var needed = new NodeSet();
    formulas.forEach(formula -> needed.add(formula.node()));
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      var node = graph.nodes().get(i);
      if (needed.contains(node) && isMade(node)) {
        needed.addAll(node.operands());
      }
    }
    return needed;
  }

  /** A formula is given floats, which hold what is joined of whole numbers beyond 32 bits too. */
  private static Node given(String name, Type type, GraphBuilder whole) {
    return type.kind() == Kind.INT ? whole.cast(whole.input(name, type.withKind(Kind.FLOAT)), Kind.INT) : whole.input(name, type);
  }

  /** A node of a formula; a whole number that batches join is read as a float where it is taken for one. */
  private static Node made(Node node, NodeMap<Node> made, GraphBuilder whole) {
    var operands = node.operands().with(made);
    boolean joined = node.op() instanceof Op.Cast(var to) && to == Kind.FLOAT && operands.get(0).op() instanceof Op.Cast
        && operands.get(0).operand(0).op() instanceof Op.Input;
    return joined ? operands.get(0).operand(0) : whole.emit(node.op(), operands);
  }

  /** What batches give for a node, as a result of theirs and an input of the formulas. */
  private Node part(Node node, GraphBuilder batch, GraphBuilder whole, List<Graph.Result> results) {
    var joins = linear.joins(node);
    var name = "part." + results.size();
    if (joins != null) {
      results.add(new Graph.Result(Role.valueOf(joins.name()), name, node));
      return given(name, node.type(), whole);
    }
    int axis = examples.rows(node);
    var order = IntStream.concat(IntStream.of(axis), IntStream.range(0, node.type().rank()).filter(i -> i != axis)).boxed().toList();
    var front = batch.transpose(node, order);
    results.add(new Graph.Result(Role.ROWS, name, front));
    return whole.transpose(given(name, front.type(), whole), IntStream.range(0, order.size()).map(order::indexOf).boxed().toList());
  }
}
