package nnc.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Nodes;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;

/**
 * Puts the kernels of loops' bodies in the place of the loops. What a body is given lies where it lies outside; a carried value has one buffer, which is filled before the first turn
 * and again at the end of each; what is collected goes to its place behind what the turns before have collected.
 *
 * <pre>
 *   h  :=  h0                      before
 *   h' :=  f(h, x[t])              each turn: the body's kernels,
 *   h  :=  h'                      then what it hands on
 *   all[t] := h'
 * </pre>
 *
 * Where a condition may end the loop, {@code all} is cleared before. Of arrays of which turns write a row each, the row alone is written ({@link RowsInPlace}).
 */
final class LoopFlattening {
  private final Schedule outer;
  private final Switches inner;
  private final List<Kernel> kernels = new ArrayList<>();
  private final Set<Node> stored;
  private final List<Schedule.Decision> decisions;
  private final Map<Node, Schedule.Location> locations;
  private final List<Schedule.Repeat> repeats = new ArrayList<>();
  private final List<Schedule.Branches> branches = new ArrayList<>();
  private final Set<Kernel> once;
  private final Set<Node> kept;
  private final NodeSet fixed = new NodeSet();
  private final NodeSet known = new NodeSet();
  private final List<Node> nodes = new ArrayList<>();

  private LoopFlattening(Schedule outer, Switches switches) {
    this.outer = outer;
    // what follows from weights alone would have to be computed once a run where these change
    this.inner = outer.weightOnly().learns() ? switches.butWithout(List.of(Optimization.WEIGHT_ONLY_KERNELS)) : switches;
    stored = new LinkedHashSet<>(outer.stored());
    decisions = new ArrayList<>(outer.decisions());
    locations = new HashMap<>(outer.locations());
    once = new HashSet<>(outer.weightOnly().kernels());
    kept = new LinkedHashSet<>(outer.weightOnly().stored());
    add(outer.graph(), outer.weightOnly());
  }

  static Schedule flat(Schedule outer, Switches switches) {
    return outer.kernels().stream().anyMatch(kernel -> kernel.form() == KernelForm.LOOP) ? new LoopFlattening(outer, switches).run() : outer;
  }

  private void add(Graph graph, WeightOnlyKernels weightOnly) {
    for (var node : graph.nodes()) {
      if (known.add(node)) {
        nodes.add(node);
      }
      if (weightOnly.fixed().contains(node)) {
        fixed.add(node);
      }
    }
  }

  private Schedule run() {
    var begins = new ArrayList<Integer>();
    for (int i = 0; i < outer.kernels().size(); i++) {
      var kernel = outer.kernels().get(i);
      begins.add(kernels.size());
      if (kernel.form() == KernelForm.LOOP) {
        expand(kernel, isInBranch(i));
      } else {
        kernels.add(kernel);
      }
    }
    begins.add(kernels.size());
    outer.branches().stream().flatMap(one -> one.renumbered(begins::get)).forEach(branches::add);
    branches.sort(Comparator.comparing(Schedule.Branches::from));
    var graph = new Graph(outer.graph().name(), nodes, outer.graph().results());
    return new Schedule(graph, kernels, stored, decisions, outer.copies(), locations, new WeightOnlyKernels(outer.weightOnly().learns(), once, kept, fixed), repeats, branches);
  }

  private boolean isInBranch(int kernel) {
    return outer.branches().stream().anyMatch(one -> one.from() <= kernel && kernel < one.to());
  }

  private void expand(Kernel kernel, boolean isInBranch) {
    var loop = kernel.nodes().getFirst();
    var op = (Op.Loop) loop.op();
    Map<Integer, Node> results = new HashMap<>();
    var collected = new ArrayList<Node>();
    for (var node : kernel.nodes()) {
      if (node.op() instanceof Op.LoopResult(var index, _, _) && stored.contains(node)) {
        results.putIfAbsent(index, node);
        if (index >= op.carried()) {
          collected.add(node);
        }
      }
    }
    Map<Integer, Node> given = new LinkedHashMap<>();
    var bound = bound(loop, op, given);
    var whole = Fusion.schedule(bound, inner);
    var owners = owners(op, given, results);
    var rows = RowsInPlace.of(bound, whole, given, op.carried());
    rows.forEach((i, update) -> locations.put(update.whole(), new Schedule.Location(owners.get(i), Dim.ZERO)));
    var body = RowsInPlace.without(whole, rows.values());
    given.forEach((place, node) -> {
      if (place >= op.carried() && node.op() instanceof Op.Given && node != loop.operand(place)) {
        locations.put(node, new Schedule.Location(loop.operand(place), Dim.ZERO));
      }
    });
    var direct = collected.stream().filter(result -> isStoredInPlace(collected(bound, result), body)).filter(result -> locations.putIfAbsent(collected(bound, result), new Schedule.Location(result, row(op, result))) == null).toList();
    add(body.graph(), body.weightOnly());
    stored.addAll(body.stored());
    decisions.addAll(body.decisions());
    locations.putAll(body.locations());
    once.addAll(body.weightOnly().kernels());
    kept.addAll(body.weightOnly().stored());
    for (int i = 0; i < op.carried(); i++) {
      copy(loop.operand(i), owners.get(i), Dim.ZERO);
    }
    var going = op.mayEnd(results.keySet()) ? owners.get(op.going()) : null;
    if (going != null) {
      collected.forEach(this::clear);
    }
    body.kernels().stream().filter(body.weightOnly().kernels()::contains).forEach(kernels::add);
    int hoisted = body.weightOnly().kernels().size();
    int from = kernels.size();
    repeats.add(null);
    int own = repeats.size() - 1;
    // those that are computed once come first in a schedule
    body.repeats().forEach(repeat -> repeats.add(repeat.moved(from - hoisted)));
    if (!isInBranch) {
      body.branches().stream().flatMap(one -> one.renumbered(number -> from + number - hoisted)).forEach(branches::add);
    }
    body.kernels().stream().filter(one -> !body.weightOnly().kernels().contains(one)).forEach(kernels::add);
    collected.stream().filter(result -> !direct.contains(result)).forEach(result -> copy(collected(bound, result), result, row(op, result)));
    for (int i = 0; i < op.carried(); i++) {
      if (!rows.containsKey(i)) {
        copy(bound.results().get(i).node(), owners.get(i), Dim.ZERO);
      }
    }
    repeats.set(own, new Schedule.Repeat(from, kernels.size(), op.turn(), op.turns(), going));
  }

  /** What turns collect as a result. */
  private static Node collected(Graph body, Node result) {
    return body.results().get(((Op.LoopResult) result.op()).index()).node();
  }

  /** Where a turn's part of what is collected begins. */
  private static Dim row(Op.Loop op, Node result) {
    var place = (Op.LoopResult) result.op();
    var row = place.backwards() ? op.turns().minus(Dim.open(op.turn())) : Dim.open(op.turn()).plus(-1);
    return row.times(op.body().results().get(place.index()).node().type().size());
  }

  /** Whether what a turn collects can be stored where it is collected: kernels make it element by element or sum by sum, it lies nowhere else, and it is another each turn. */
  private static boolean isStoredInPlace(Node node, Schedule body) {
    if (!body.stored().contains(node) || body.locations().containsKey(node) || OpTraits.source(node.op()) || node.op() instanceof Op.LoopResult || node.op() instanceof Op.FoldWindows) {
      return false;
    }
    var makers = body.kernels().stream().filter(kernel -> kernel.writes().stream().anyMatch(write -> write.buffer() == node)).toList();
    return makers.stream().noneMatch(kernel -> kernel.form() == KernelForm.ALONE || body.weightOnly().kernels().contains(kernel));
  }

  /** Of turns that are not run zeros are collected. */
  private void clear(Node collected) {
    var builder = new GraphBuilder();
    var zeros = builder.like(collected, 0);
    builder.nodes().forEach(node -> {
      known.add(node);
      nodes.add(node);
    });
    copy(zeros, collected, Dim.ZERO);
  }

  /** The body with the sources that it is given in the place of these; what is computed or carried stays given, by nodes of this loop alone. */
  private static Graph bound(Node loop, Op.Loop op, Map<Integer, Node> given) {
    var into = new GraphBuilder(op.body().nodes().size());
    var made = LoopBodies.copy(op.body(), node -> {
      int place = ((Op.Given) node.op()).place();
      return given.computeIfAbsent(place, _ -> {
        boolean source = place >= op.carried() && OpTraits.source(loop.operand(place).op());
        return source ? into.keep(loop.operand(place), Nodes.of(List.of())) : into.given(place, node.type());
      });
    }, dim -> dim, into);
    return into.finish("body", LoopBodies.results(op.body(), made));
  }

  /** By carried value, the node in whose buffer it lies: that of the loop's result if anyone reads it, or what the body is given; null if nobody reads either. */
  private Map<Integer, Node> owners(Op.Loop op, Map<Integer, Node> given, Map<Integer, Node> results) {
    Map<Integer, Node> owners = new HashMap<>();
    for (int i = 0; i < op.carried(); i++) {
      var inside = given.get(i);
      var result = results.get(i);
      if (result != null && inside != null) {
        locations.put(inside, new Schedule.Location(result, Dim.ZERO));
      } else if (inside != null) {
        stored.add(inside);
      }
      owners.put(i, result != null ? result : inside);
    }
    return owners;
  }

  private void copy(Node node, Node whole, Dim offset) {
    if (whole != null) {
      var domain = new IterationSpace(node.type().shape(), List.of());
      kernels.add(new Kernel(KernelForm.POINTWISE, domain, List.of(), Set.of(), List.of(new Kernel.Write(node, new Kernel.Target.Place(whole, offset)))));
    }
  }
}
