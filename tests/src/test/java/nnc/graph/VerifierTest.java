package nnc.graph;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import nnc.source.Span;
import org.junit.jupiter.api.Test;

/** Faults are found in graphs that share what was found right before. */
class VerifierTest {
  private static final Type FOUR = Type.of(Kind.FLOAT, Dim.of(4));
  private static final Type FIVE = Type.of(Kind.FLOAT, Dim.of(5));
  private static int made;

  private static Node node(Op op, Type type, Node... operands) {
    return new Node(op, Nodes.of(operands), type, Span.NONE, made++);
  }

  private static Graph graph(Node... nodes) {
    return new Graph("test", List.of(nodes), List.of(new Graph.Result(Graph.Role.OUTPUT, "y", nodes[nodes.length - 1])));
  }

  @Test
  void anOpThatWasRightIsNotRightOfOtherTypes() {
    var four = node(new Op.Input("x", false, FOUR), FOUR);
    var five = node(new Op.Input("x", false, FIVE), FIVE);
    var negative = new Op.Unary(UnaryFn.NEG);
    var right = graph(four, node(negative, FOUR, four));
    for (var wrong : List.of(graph(five, node(negative, FOUR, five)), graph(four, node(negative, FIVE, four)), graph(five, node(negative, FOUR, four)))) {
      var verifier = new Verifier();
      verifier.next(right, "one");
      assertThatThrownBy(() -> verifier.next(wrong, "another")).isInstanceOf(IllegalStateException.class).hasMessageContaining("after another");
    }
    var verifier = new Verifier();
    verifier.next(right, "one");
    assertThatCode(() -> verifier.next(graph(four, node(negative, FOUR, four)), "another")).doesNotThrowAnyException();
  }

  @Test
  void orderIsThatOfTheLastGraph() {
    var x = node(new Op.Input("x", false, FOUR), FOUR);
    var y = node(new Op.Input("y", false, FOUR), FOUR);
    var negative = node(new Op.Unary(UnaryFn.NEG), FOUR, y);
    var verifier = new Verifier();
    verifier.next(graph(x, y, negative), "one");
    verifier.next(graph(y, negative), "two");
    verifier.next(graph(y, x, negative), "three");
    for (var wrong : List.of(graph(x, negative, y), graph(x, negative), graph(y, x, negative, y), graph(y, y, negative),
        new Graph("test", List.of(y, negative), List.of(new Graph.Result(Graph.Role.OUTPUT, "x", x))))) {
      assertThatThrownBy(() -> verifier.next(wrong, "four")).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> Verifier.check(wrong, "one")).isInstanceOf(IllegalStateException.class);
      verifier.next(graph(y, x, negative), "five");
    }
    assertThatCode(() -> verifier.next(graph(x, y, negative), "six")).doesNotThrowAnyException();
  }
}
