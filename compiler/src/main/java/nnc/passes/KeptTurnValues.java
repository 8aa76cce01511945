package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.NominalSizes;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.optimizations.Optimization;

/**
 * What the turns of a loop compute is kept for those of its gradient, where that costs less than computing it again.
 *
 * <pre>
 *   t = 1 .. T:  z = h U, h := f(z)                      collects z too
 *   t = T .. 1:  z = h[t - 1] U, of z ...                z[t]
 * </pre>
 *
 * Where a budget of memory has cut a loop into segments, it is a segment's values that are kept, and no more than one's.
 */
public final class KeptTurnValues {
  public static final Pass PASS = new Pass(Optimization.KEPT_TURN_VALUES, KeptTurnValues::run);

  /**
   * What it takes to write an element to memory and to read it again, in operations: about two nanoseconds a core, as measured. A product of thirty terms takes as long, and somewhat
   * more than a tangent does.
   */
  private static final long KEPT_ELEMENT = 64;
  /** An operation element by element takes as long as so many of a product's, which are two at a time and wait for nothing. */
  private static final long SIMPLE = 2;

  private final Node loop;
  private final Op.Loop op;
  private final Node back;
  private final Op.Loop backOp;
  private final TurnTwins twins;
  /** Of the loop that goes back, what is read from memory from now on. */
  private final List<Node> kept;

  private KeptTurnValues(Node loop, Node back) {
    this.loop = loop;
    this.op = (Op.Loop) loop.op();
    this.back = back;
    this.backOp = (Op.Loop) back.op();
    twins = TurnTwins.of(loop, back);
    kept = kept();
  }

  private static Graph run(Graph graph) {
    var current = graph;
    while (Rewrite.hasLoops(current)) {
      var next = step(current);
      if (next == null) {
        break;
      }
      current = next;
    }
    return current;
  }

  /** The first loop and its gradient of which something is kept; null if there is none. */
  private static Graph step(Graph graph) {
    var loops = graph.nodes().stream().filter(node -> node.op() instanceof Op.Loop).toList();
    for (var loop : loops) {
      for (var back : loops) {
        if (back != loop && ((Op.Loop) loop.op()).going() < 0 && TurnTwins.goesBack(loop, back)) {
          var values = new KeptTurnValues(loop, back);
          if (!values.kept.isEmpty()) {
            return values.rewritten(graph);
          }
        }
      }
    }
    return null;
  }

  /** What is computed again only because nobody has kept it, and should be. */
  private List<Node> kept() {
    var values = new ArrayList<Node>();
    var needed = new NodeSet();
    for (var node : backOp.body().nodes()) {
      if (isAgain(node)) {
        values.add(node);
      } else {
        node.operands().stream().filter(this::isAgain).forEach(needed::add);
      }
    }
    backOp.body().results().stream().map(Graph.Result::node).filter(this::isAgain).forEach(needed::add);
    if (needed.size() == 0) {
      return List.of();
    }
    var chosen = KeptOrComputed.kept(values, needed, this::keeping, KeptTurnValues::computing);
    return values.stream().filter(chosen::contains).toList();
  }

  private boolean isAgain(Node node) {
    return twins.of(node) != null && !twins.isKept(node);
  }

  private long keeping(Node node) {
    boolean fixed = node.type().shape().stream().allMatch(dim -> dim.isConstant() || !dim.variables().contains(backOp.turn()));
    return fixed && node.type().kind() == Kind.FLOAT ? KEPT_ELEMENT * Math.max(1, NominalSizes.of(node.type().size())) : KeptOrComputed.NEVER;
  }

  private static long computing(Node node) {
    long size = Math.max(1, NominalSizes.of(node.type().size()));
    return switch (node.op()) {
      case Op.MatMul _ -> 2 * size * Math.max(1, NominalSizes.of(node.operand(0).type().shape().getLast()));
      case Op.Reduce _, Op.ArgReduce _, Op.CumSum _, Op.ArgSort _ -> SIMPLE * Math.max(size, NominalSizes.of(node.operand(0).type().size()));
      case Op.Conv _ -> KeptOrComputed.NEVER / 8;
      default -> OpTraits.view(node.op()) || node.operands().isEmpty() ? 0 : SIMPLE * size * OpTraits.weight(node.op());
    };
  }

  // ---- both loops

  private Graph rewritten(Graph graph) {
    var collected = new ArrayList<Node>();
    // a node of the loop may be computed again in several places
    kept.stream().map(twins::of).filter(node -> !collected.contains(node)).forEach(collected::add);
    int before = op.body().results().size();
    return Rewrite.each(graph, (Rewrite.FarRule) (old, in, made, b) -> old == loop ? b.emit(collecting(collected), in) : old == back ? back(collected, before, in, made.apply(loop), b) : null);
  }

  private Op.Loop collecting(List<Node> collected) {
    var results = new ArrayList<>(op.body().results().stream().map(Graph.Result::node).toList());
    results.addAll(collected);
    var body = new Graph(op.body().name(), op.body().nodes(), LoopBodies.results(results.subList(0, op.carried()), results.subList(op.carried(), results.size())));
    return new Op.Loop(body, op.turn(), op.turns(), op.carried(), false, -1);
  }

  private Node back(List<Node> collected, int before, List<Node> in, Node made, GraphBuilder b) {
    var operands = new ArrayList<>(in);
    var body = new GraphBuilder(backOp.body().nodes().size());
    var copies = new NodeMap<Node>();
    var given = new Node[collected.size()];
    for (var node : backOp.body().nodes()) {
      body.at(node.span());
      if (kept.contains(node)) {
        int place = collected.indexOf(twins.of(node));
        if (given[place] == null) {
          operands.add(b.result(made, before + place));
          given[place] = body.given(operands.size() - 1, operands.getLast().type());
        }
        copies.put(node, body.at(given[place], 0, twins.place()));
      } else {
        copies.put(node, body.emit(node.op(), node.operands().stream().map(copies::get).toList()));
      }
    }
    var graph = body.finish(backOp.body().name(), LoopBodies.results(backOp.body(), copies));
    return b.emit(backOp.withBody(graph.needed(node -> node.op() instanceof Op.Given)), operands);
  }
}
