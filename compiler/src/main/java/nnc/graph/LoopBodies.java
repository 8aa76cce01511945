package nnc.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** What is done with the bodies of loops: they are looked through, copied, and cut out of the graph that they were made in. */
public final class LoopBodies {
  private LoopBodies() {}

  /** An op with other sizes in it. */
  public static Op with(Op op, UnaryOperator<Dim> sizes) {
    return switch (op) {
      case Op.Size(var dim) -> new Op.Size(sizes.apply(dim));
      case Op.Iota(var shape, var axis) -> new Op.Iota(all(shape, sizes), axis);
      case Op.Uniform(var stream, var shape, var rows) -> new Op.Uniform(stream, all(shape, sizes), rows);
      case Op.Given(var place, var type) -> new Op.Given(place, type.withShape(all(type.shape(), sizes)));
      case Op.Loop loop -> {
        var into = new GraphBuilder(loop.body().nodes().size());
        var made = copy(loop.body(), given -> into.emit(with(given.op(), sizes), List.of()), sizes, into);
        yield new Op.Loop(into.finish(loop.body().name(), results(loop.body(), made)), loop.turn(), sizes.apply(loop.turns()), loop.carried(), loop.saved(), loop.going());
      }
      case Op.LoopResult(var index, var backwards, var type) -> new Op.LoopResult(index, backwards, type.withShape(all(type.shape(), sizes)));
      case Op.Broadcast(var shape, var axes) -> new Op.Broadcast(all(shape, sizes), axes);
      case Op.Reshape(var shape) -> new Op.Reshape(all(shape, sizes));
      case Op.Slice(var start, var count, var step) -> new Op.Slice(all(start, sizes), all(count, sizes), step);
      case Op.Pad(var low, var high, var interior, var value) -> new Op.Pad(all(low, sizes), all(high, sizes), interior, value);
      case Op.FoldWindows(var space, var size, var stride, var dilation) -> new Op.FoldWindows(all(space, sizes), size, stride, dilation);
      case Op.ScatterAdd(var axis, var size) -> new Op.ScatterAdd(axis, sizes.apply(size));
      case Op.Conv(var window, var role, var space, var batchLast) -> new Op.Conv(window, role, all(space, sizes), batchLast);
      case Op.Input _, Op.Parameter _, Op.State _, Op.Counter _, Op.Const _, Op.Table _, Op.Unary _, Op.Binary _, Op.Select _, Op.Cast _, Op.StopGradient _, Op.Transpose _, Op.Concat _,
          Op.Windows _, Op.Reduce _, Op.ArgReduce _, Op.CumSum _, Op.ArgSort _, Op.Gather _, Op.MatMul _ -> op;
    };
  }

  private static List<Dim> all(List<Dim> shape, UnaryOperator<Dim> sizes) {
    return shape.stream().map(sizes).toList();
  }

  /** Whether an open dimension occurs in an op. */
  public static boolean mentions(Op op, String name) {
    var found = new boolean[1];
    with(op, dim -> {
      found[0] |= !dim.isConstant() && dim.variables().contains(name);
      return dim;
    });
    return found[0];
  }

  /**
   * Copies a body's nodes.
   *
   * @param given what stands for what the body is given
   * @param sizes of the copies
   * @return what stands for each node
   */
  public static NodeMap<Node> copy(Graph body, UnaryOperator<Node> given, UnaryOperator<Dim> sizes, GraphBuilder into) {
    var made = new NodeMap<Node>();
    for (var node : body.nodes()) {
      into.at(node.span());
      made.put(node, node.op() instanceof Op.Given ? given.apply(node) : into.emit(with(node.op(), sizes), node.operands().stream().map(made::get).toList()));
    }
    return made;
  }

  /** A graph's results, of what stands for their nodes. */
  public static List<Graph.Result> results(Graph graph, NodeMap<Node> made) {
    return graph.results().stream().map(result -> new Graph.Result(result.role(), result.name(), made.get(result.node()))).toList();
  }

  /** The results of a body: what it hands on, then what is collected. */
  public static List<Graph.Result> results(List<Node> next, List<Node> collected) {
    var all = new ArrayList<Graph.Result>();
    next.forEach(node -> all.add(new Graph.Result(Graph.Role.OUTPUT, "next" + all.size(), node)));
    collected.forEach(node -> all.add(new Graph.Result(Graph.Role.OUTPUT, "collected" + all.size(), node)));
    return all;
  }

  /**
   * A loop cut out of a graph.
   *
   * @param shared what it is given besides the values that it carries
   * @param made   what stands in the body for nodes of the graph
   */
  public record Cut(Op.Loop loop, List<Node> shared, NodeMap<Node> made) {}

  /**
   * Cuts out of a graph the nodes that differ from turn to turn. What is the same in all turns stays outside; a loop's own random draws are made outside for all turns, each of
   * which has some of its own.
   *
   * @param builder of the graph
   * @param from    the place of the first node that may belong to the body
   * @param carried what is carried, in order: of what stands for a value in a turn, what that is after the turn
   * @param same    what stands in a turn for values that no turn changes, and those
   */
  public static Cut cut(GraphBuilder builder, int from, Turns turns, SequencedMap<Node, Node> carried, Map<Node, Node> same, List<Node> collected) {
    return new Cutting(builder, turns, List.copyOf(carried.keySet()), same).cut(from, List.copyOf(carried.values()), collected);
  }

  /**
   * How many turns there are, and the open dimension that counts them.
   *
   * @param going what stands in a turn for the carried value that says whether it need be run; null if all turns are
   */
  public record Turns(String turn, Dim count, Node going) {}

  private static final class Cutting {
    final GraphBuilder builder;
    final String turn;
    final Dim turns;
    final List<Node> carried;
    final int going;
    final GraphBuilder body = new GraphBuilder();
    final NodeMap<Node> made = new NodeMap<>();
    final List<Node> shared = new ArrayList<>();

    final Map<Node, Node> same;

    Cutting(GraphBuilder builder, Turns turns, List<Node> carried, Map<Node, Node> same) {
      this.same = same;
      this.builder = builder;
      this.turn = turns.turn;
      this.turns = turns.count;
      this.carried = carried;
      this.going = turns.going == null ? -1 : carried.indexOf(turns.going);
      for (var node : carried) {
        made.put(node, body.given(carried.indexOf(node), node.type()));
      }
    }

    Cut cut(int from, List<Node> next, List<Node> collected) {
      var range = List.copyOf(builder.nodes().subList(from, builder.nodes().size()));
      var inside = inside(range);
      var needed = new NodeSet();
      next.forEach(needed::add);
      collected.forEach(needed::add);
      for (var node : range.reversed()) {
        if (needed.contains(node) && inside.contains(node)) {
          needed.addAll((Nodes) node.operands());
        }
      }
      for (var node : range) {
        if (needed.contains(node) && inside.contains(node) && !made.contains(node) && !same.containsKey(node)) {
          body.at(node.span());
          made.put(node, node.op() instanceof Op.Uniform draws ? drawn(node, draws) : body.emit(node.op(), node.operands().stream().map(this::within).toList()));
        }
      }
      var all = new ArrayList<>(collected.stream().map(this::within).toList());
      carried.forEach(node -> all.add(made.get(node)));
      var results = results(next.stream().map(this::within).toList(), all);
      return new Cut(new Op.Loop(body.finish("body", results), turn, turns, carried.size(), true, going), shared, made);
    }

    private NodeSet inside(List<Node> range) {
      var inside = new NodeSet();
      carried.forEach(inside::add);
      same.keySet().forEach(inside::add);
      for (var node : range) {
        if (node.op() instanceof Op.Uniform || mentions(node.op(), turn) || node.operands().stream().anyMatch(inside::contains)) {
          inside.add(node);
        }
      }
      return inside;
    }

    /** What stands for a node in the body: of what is outside a copy if that costs nothing, else what the loop is given. */
    private Node within(Node node) {
      var known = made.get(node);
      if (known == null) {
        known = same.containsKey(node) ? within(same.get(node)) : isCopied(node) ? body.emit(node.op(), node.operands().stream().map(this::within).toList()) : given(node);
        made.put(node, known);
      }
      return known;
    }

    /** Numbers, what is spread out, and views of weights. */
    private static boolean isCopied(Node node) {
      return switch (node.op()) {
        case Op.Const _, Op.Size _, Op.Iota _, Op.Broadcast _ -> true;
        case Op.Reshape _, Op.Transpose _ -> OpTraits.path(node.operand(0).op()) != null || isCopied(node.operand(0));
        default -> false;
      };
    }

    private Node given(Node node) {
      shared.add(node);
      return body.given(carried.size() + shared.size() - 1, node.type());
    }

    /** A turn's part of the draws of all turns. */
    private Node drawn(Node node, Op.Uniform draws) {
      int axis = draws.rows().isEmpty() ? 0 : 1;
      var shape = new ArrayList<>(draws.shape());
      shape.add(axis, turns);
      var all = given(builder.at(node.span()).emit(new Op.Uniform(draws.stream(), List.copyOf(shape), draws.rows()), List.of()));
      return body.at(all, axis, Dim.open(turn).plus(-1));
    }
  }

  /** Whether any element of what says how a loop goes on is true: a scalar. */
  public static Node any(Node going, GraphBuilder b) {
    var axes = IntStream.range(0, going.type().rank()).boxed().toList();
    return axes.isEmpty() ? going : b.cast(b.reduce(ReduceFn.MAX, b.cast(going, Kind.INT), axes), Kind.BOOL);
  }

  /** A graph with other bodies in its loops, and in theirs. */
  public static Op.Loop withBody(Op.Loop loop, UnaryOperator<Graph> change) {
    var body = change.apply(loop.body());
    return body == loop.body() ? loop : loop.withBody(body);
  }
}
