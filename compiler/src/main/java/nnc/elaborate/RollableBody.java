package nnc.elaborate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nnc.analysis.BatchAxes;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.syntax.Ast;

/**
 * Whether the body of a loop over a range of numbers is the same in all turns, and so means rolled what it means unrolled. What counts the turns may say which places are read,
 * for each turn inside what is read; nothing else may depend on it, since a number in its place would be computed with in double, decide conditions, or be counted from an axis' end.
 */
final class RollableBody {
  private final String turn;
  private final Rolling rolling;

  private RollableBody(String turn, Rolling rolling) {
    this.turn = turn;
    this.rolling = rolling;
  }

  /** Why a loop is not even tried, as its text says it. */
  static Optional<String> unlike(Ast.For loop) {
    return loop.names().size() != 1 || OpenLoop.bound(loop.body()).anyMatch(loop.names()::contains) ? Optional.of("its body changes " + String.join(", ", loop.names()))
        : loop.body().stream().allMatch(RollableBody::isPlain) ? Optional.empty() : Optional.of("its body declares or ends something, in each turn anew");
  }

  private static boolean isPlain(Ast.Statement statement) {
    return switch (statement) {
      case Ast.Bind _ -> true;
      case Ast.If(_, var then, var otherwise, _) -> Stream.concat(then.stream(), otherwise.stream()).allMatch(RollableBody::isPlain);
      case Ast.For(_, _, _, var body, _) -> body.stream().allMatch(RollableBody::isPlain);
      default -> false;
    };
  }

  /** Why a body cannot be rolled; empty if it can. */
  static Optional<String> obstacle(Graph body, String turn, Rolling rolling) {
    var one = new RollableBody(turn, rolling);
    return joinsExamples(body) ? Optional.of("its turns bring examples together")
        : all(body).allMatch(one::isSame) ? Optional.empty() : Optional.of("what a turn does depends on its number otherwise than by the places that it reads");
  }

  /** Whether what a body makes of an example may depend on others: what comes of a batch is then no longer told by what its examples come to, as figures of whole data are. */
  private static boolean joinsExamples(Graph body) {
    return all(body).flatMap(RollableBody::open).distinct().anyMatch(name -> {
      var axes = new BatchAxes(body, name);
      return !body.nodes().stream().allMatch(axes::areApart);
    });
  }

  /** The open dimensions of a program that occur in a node's shape. */
  private static Stream<String> open(Node node) {
    return node.type().shape().stream().flatMap(dim -> dim.variables().stream()).filter(name -> !Elaborator.countsTurns(name));
  }

  /** The nodes of a body, and of the loops in it. */
  private static Stream<Node> all(Graph body) {
    return body.nodes().stream().flatMap(node -> node.op() instanceof Op.Loop loop ? Stream.concat(Stream.of(node), all(loop.body())) : Stream.of(node));
  }

  private boolean isSame(Node node) {
    return switch (node.op()) {
      case Op.Uniform _ -> false;
      case Op.Loop(_, _, var turns, _, _, _) -> !mentions(turns);
      case Op.Slice(var start, var count, var step) when start.stream().anyMatch(this::mentions) ->
          count.stream().noneMatch(this::mentions) && isInside(node.operand(0), start, count, step);
      case Op op -> !LoopBodies.mentions(op, turn);
    };
  }

  private boolean mentions(Dim dim) {
    return !dim.isConstant() && dim.variables().contains(turn);
  }

  private boolean isInside(Node of, List<Dim> start, List<Dim> count, List<Integer> step) {
    for (int axis = 0; axis < start.size(); axis++) {
      if (mentions(start.get(axis)) && !isInside(of.type().dim(axis), start.get(axis), count.get(axis), step.get(axis))) {
        return false;
      }
    }
    return true;
  }

  /** Whether places lie on an axis whatever the turns: they grow or fall evenly, so that they do if the first and the last ones do. */
  private boolean isInside(Dim size, Dim start, Dim count, int step) {
    if (!size.isConstant() || !count.isConstant() || start.variables().stream().anyMatch(name -> rolling.turns(name) == 0)) {
      return false;
    }
    var ends = Stream.of(start);
    for (var name : start.variables()) {
      ends = ends.flatMap(dim -> Stream.of(dim.with(name, Dim.ONE), dim.with(name, Dim.of(rolling.turns(name)))));
    }
    long last = (count.fixed() - 1L) * step;
    return ends.allMatch(end -> Math.min(end.fixed(), end.fixed() + last) >= 0 && Math.max(end.fixed(), end.fixed() + last) < size.fixed());
  }

  /** Whether a product is made in each turn of what the turn before has left. */
  static boolean carriesProducts(Graph body, int carried) {
    var follows = new NodeSet();
    for (var node : body.nodes()) {
      if (node.op() instanceof Op.Given(var place, _) ? place < carried : node.operands().stream().anyMatch(follows::contains)) {
        follows.add(node);
        if (node.op() instanceof Op.MatMul || node.op() instanceof Op.Conv || node.op() instanceof Op.Loop) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a number that the first turn is given may be a tensor in it, as it is in all others: it is only ever an operand beside a tensor of floats. */
  static boolean isOnlyBesideFloats(Op.Loop loop, Node given) {
    var body = loop.body();
    // the last results are what turns were given
    var made = body.results().subList(0, body.results().size() - loop.carried());
    return made.stream().noneMatch(result -> result.node() == given) && body.nodes().stream().filter(node -> node.operands().stream().anyMatch(operand -> operand == given))
        .allMatch(node -> node.op() instanceof Op.Binary && node.operands().stream().filter(operand -> operand != given).count() == 1
            && node.operands().stream().allMatch(operand -> operand == given || isFloat(operand)));
  }

  private static boolean isFloat(Node node) {
    return node.type().kind() == Kind.FLOAT
        && !(node.op() instanceof Op.Cast || node.op() instanceof Op.Const || node.op() instanceof Op.Size || node.op() instanceof Op.Broadcast);
  }
}
