package nnc.elaborate;

import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.RowUpdate;
import nnc.syntax.Ast;

/**
 * The condition of a loop, {@code for t in 0..T while going}: one truth, or one for each example. It is asked before the first turn and behind each. What has ended keeps its
 * values in the turns that others need still, and collects zeros: an example's result is the same in whatever batch, and the same as if all turns were run.
 *
 * <pre>
 *   h[t + 1]     = where(going[t], f(h[t]), h[t])
 *   steps[t]     = where(going[t], g(h[t]), 0)
 *   going[t + 1] = going[t] and condition(h[t + 1])
 * </pre>
 */
final class LoopCondition {
  private final Ast.For loop;
  private final Ast.Expr condition;
  private final Elaborator elaborator;
  private final Scope scope;
  private final Frame frame;
  private final Value before;
  private final Node begin;
  private Node given;
  private Node next;

  private LoopCondition(Ast.For loop, Ast.Expr condition, Elaborator elaborator, Scope scope, Frame frame) {
    this.loop = loop;
    this.condition = condition;
    this.elaborator = elaborator;
    this.scope = scope;
    this.frame = frame;
    before = value();
    begin = node(before);
  }

  /** The condition as it is before the loop; empty if there is none. */
  static Optional<LoopCondition> before(Ast.For loop, Elaborator elaborator, Scope scope, Frame frame) {
    return loop.condition().map(condition -> new LoopCondition(loop, condition, elaborator, scope, frame));
  }

  /** The condition as the names in scope have it. What counts the turns is not one of them: it would be that of the turn before, or of one that there may not be. */
  private Value value() {
    var hidden = new ArrayList<Value>();
    for (var name : loop.names()) {
      hidden.add(scope.own().get(name));
      scope.bind(name, new Value.OfTurns(name + ", which counts the turns: a condition is asked between them. Let the body say it: going = ..."));
    }
    var value = elaborator.expressions().value(condition, scope, frame);
    for (int i = 0; i < hidden.size(); i++) {
      if (hidden.get(i) == null) {
        scope.own().remove(loop.names().get(i));
      } else {
        scope.bind(loop.names().get(i), hidden.get(i));
      }
    }
    return value;
  }

  private Node node(Value value) {
    if (value instanceof Value.Unknown) {
      return null;
    }
    var node = Convert.tensor(value, graph(), () -> new ElaborationFault(condition.span(), "a loop goes on while something is true, and this is " + value.describe()));
    if (node.type().kind() != Kind.BOOL) {
      throw new ElaborationFault(condition.span(), "a loop goes on while something is true, and this is " + node.type()).hint("compare it: token != stop");
    }
    if (node.type().rank() > 1) {
      throw new ElaborationFault(condition.span(), "a loop goes on while one truth holds, or one for each example, and this is " + node.type()).hint("any(going, axis = 1) is true where one of them is");
    }
    return node;
  }

  private GraphBuilder graph() {
    return elaborator.builder();
  }

  /** Asks it behind a turn; gives whether it may end the loop. */
  boolean ends() {
    var after = value();
    if (after instanceof Value.Unknown || begin == null || isTrue(before) && isTrue(after)) {
      return false;
    }
    var then = node(after);
    if (!then.type().equals(begin.type())) {
      throw new ElaborationFault(condition.span(), "the condition is " + begin.type() + " before the loop and " + then.type() + " after a turn").hint("begin with one for each example: ones(N) > 0");
    }
    given = graph().given(0, begin.type());
    next = graph().binary(BinaryFn.AND, given, then);
    return true;
  }

  private static boolean isTrue(Value value) {
    return value instanceof Value.Bool(var truth) && truth;
  }

  /** Before the first turn. */
  Node begin() {
    return begin;
  }

  /** What stands for it in a turn. */
  Node given() {
    return given;
  }

  /** Behind the turn. */
  Node next() {
    return next;
  }

  /**
   * What a turn hands on: what it has made, or, of what has ended, what it was given. Of an array of which each turn writes another row, that row alone is chosen: no turn before
   * has written it, so that it is what it was at the beginning.
   *
   * @param turn  the open dimension that counts the turns
   * @param given what stands for the value in a turn
   * @param begin what it is before the first one
   */
  Node kept(Node made, String turn, Node given, Node begin) {
    var update = RowUpdate.of(made, given);
    if (update != null && update.moves(turn)) {
      var parts = new ArrayList<Node>(made.operands());
      parts.set(update.part(), chosen(update.row(), graph().slice(begin, update.axis(), update.place(), Dim.ONE, 1)));
      return graph().concat(parts, update.axis());
    }
    return chosen(made, given);
  }

  private Node chosen(Node made, Node before) {
    return graph().select(here(made), made, before);
  }

  /** What a turn collects: what it has made, or zeros. */
  Node collected(Node made) {
    return chosen(made, graph().like(made, 0));
  }

  /** Where a value is of what goes on: along the axis of examples, if it has one; else while any of them does. */
  private Node here(Node value) {
    if (given.type().rank() == 0) {
      return given;
    }
    var examples = given.type().dim(0);
    var shape = value.type().shape();
    for (int axis = 0; axis < shape.size(); axis++) {
      var each = each(shape.get(axis), examples);
      if (each != null) {
        var split = new ArrayList<>(shape);
        split.set(axis, examples);
        split.add(axis + 1, each);
        int at = axis;
        var spread = graph().unreduce(given, split, IntStream.range(0, split.size()).filter(other -> other != at).boxed().toList());
        return graph().reshape(spread, shape);
      }
    }
    return LoopBodies.any(given, graph());
  }

  /** How many elements of an axis there are of an example; null if it does not count examples. */
  private static Dim each(Dim size, Dim examples) {
    if (size.equals(examples)) {
      return Dim.ONE;
    }
    return examples.isConstant() || size.isConstant() ? null
        : size.dividedBy(examples).filter(rest -> rest.variables().stream().noneMatch(examples.variables()::contains)).orElse(null);
  }
}
