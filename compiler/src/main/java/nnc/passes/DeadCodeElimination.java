package nnc.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.optimizations.Optimization;

/**
 * What no result needs is dropped; of loops also results that are not read, carried values that none but their own next ones follow from, and what the body is given and does
 * not read.
 */
public final class DeadCodeElimination {
  private DeadCodeElimination() {}

  public static final Pass PASS = new Pass(Optimization.DEAD_CODE_ELIMINATION, graph -> withoutIdle(graph.needed(_ -> false)));

  private static Graph withoutIdle(Graph graph) {
    if (!Rewrite.hasLoops(graph)) {
      return graph;
    }
    var read = Rewrite.readResults(graph);
    Map<Node, Pruned> changed = new HashMap<>();
    read.forEach((loop, results) -> {
      var pruned = Pruned.of(loop, (Op.Loop) loop.op(), results);
      if (pruned != null) {
        changed.put(loop, pruned);
      }
    });
    return changed.isEmpty() ? graph : Rewrite.each(graph, (old, in, b) -> {
      if (changed.get(old) instanceof Pruned pruned) {
        return b.emit(pruned.loop, pruned.operands.stream().map(in::get).toList());
      }
      return old.op() instanceof Op.LoopResult(var index, var backwards, var type) && changed.get(old.operand(0)) instanceof Pruned pruned
          ? b.emit(new Op.LoopResult(pruned.results.indexOf(index), backwards, type), in) : null;
    }).needed(_ -> false);
  }

  /**
   * What is left of a loop.
   *
   * @param operands places of those that it had before
   * @param results  likewise
   */
  private record Pruned(Op.Loop loop, List<Integer> operands, List<Integer> results) {

    /** Null if nothing can be left out. */
    static Pruned of(Node node, Op.Loop loop, TreeSet<Integer> read) {
      var live = new TreeSet<>(read);
      boolean ends = loop.mayEnd(read);
      if (ends) {
        live.add(loop.going());
      }
      TreeSet<Integer> given;
      int before;
      do {
        before = live.size();
        given = given(loop, live);
        live.addAll(given.headSet(loop.carried()));
      } while (live.size() > before);
      var operands = new ArrayList<Integer>(live.headSet(loop.carried()));
      int carried = operands.size();
      operands.addAll(given.tailSet(loop.carried()));
      if (live.size() == loop.body().results().size() && operands.size() == node.operands().size()) {
        return null;
      }
      var into = new GraphBuilder();
      var results = List.copyOf(live);
      var body = new Graph(loop.body().name(), loop.body().nodes(), results.stream().map(loop.body().results()::get).toList()).needed(_ -> false);
      NodeMap<Node> made = LoopBodies.copy(body, old -> {
        var op = (Op.Given) old.op();
        return into.given(operands.indexOf(op.place()), op.type());
      }, dim -> dim, into);
      return new Pruned(new Op.Loop(into.finish(body.name(), LoopBodies.results(body, made)), loop.turn(), loop.turns(), carried, false, ends ? operands.indexOf(loop.going()) : -1), operands, results);
    }

    /** What results follow from, of what the body is given. */
    private static TreeSet<Integer> given(Op.Loop loop, TreeSet<Integer> results) {
      var needed = new NodeSet();
      results.forEach(result -> needed.add(loop.body().results().get(result).node()));
      var given = new TreeSet<Integer>();
      for (var node : loop.body().nodes().reversed()) {
        if (needed.contains(node)) {
          needed.addAll(node.operands());
          if (node.op() instanceof Op.Given(var place, _)) {
            given.add(place);
          }
        }
      }
      return given;
    }
  }
}
