package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.graph.Verifier;
import org.junit.jupiter.api.Test;

/** Which layers become one, and which stay two. */
class CollapseAffineTest {
  private static final Dim N = Dim.open("N");

  private static Node x(GraphBuilder b) {
    return b.input("x", Type.floats(List.of(N, Dim.of(4))));
  }

  private static Node weights(GraphBuilder b, String name, int... shape) {
    return b.parameter(name, Type.floats(java.util.Arrays.stream(shape).mapToObj(Dim::of).toList()));
  }

  /** Of a program of one output, how many products of rows there are before and after, where both mean the same. */
  private static int products(Function<GraphBuilder, Node> expression) {
    var graph = Rewritten.graph(expression);
    var rewritten = Verifier.check(CollapseAffine.PASS.run().apply(graph), "collapse-affine");
    Meaning.assertSame(rewritten, Meaning.of(graph), Rewritten.text(graph));
    return (int) rewritten.nodes().stream().filter(node -> node.op() instanceof Op.MatMul && node.type().dim(0).equals(N)).count();
  }

  private static Node twoLayers(GraphBuilder b, Function<Node, Node> between) {
    return b.product(between.apply(b.product(x(b), weights(b, "A", 4, 6))), weights(b, "B", 6, 3));
  }

  @Test
  void twoProductsAreOne() {
    Rewritten.becomes(CollapseAffine.PASS,
        b -> twoLayers(b, y -> y), b -> b.product(x(b), b.product(weights(b, "A", 4, 6), weights(b, "B", 6, 3))));
  }

  @Test
  void sumsAndFactorsBetweenAreTakenAlong() {
    for (BinaryFn fn : List.of(BinaryFn.ADD, BinaryFn.SUB, BinaryFn.MUL, BinaryFn.DIV)) {
      assertThat(products(b -> twoLayers(b, y -> b.binary(fn, y, weights(b, "a", 6))))).as("%s", fn).isEqualTo(1);
      assertThat(products(b -> twoLayers(b, y -> b.binary(fn, y, b.constant(3))))).as("%s by a number", fn).isEqualTo(1);
    }
    for (BinaryFn fn : List.of(BinaryFn.ADD, BinaryFn.MUL)) {
      assertThat(products(b -> twoLayers(b, y -> b.binary(fn, weights(b, "a", 6), y)))).as("%s from the left", fn).isEqualTo(1);
    }
    for (BinaryFn fn : List.of(BinaryFn.SUB, BinaryFn.DIV)) {
      assertThat(products(b -> twoLayers(b, y -> b.binary(fn, weights(b, "a", 6), y)))).as("%s from the left", fn).isEqualTo(2);
    }
  }

  /** Whatever stands between, and of however many layers: those that are one afterwards are at most those whose matrices are worth it. */
  @Property(tries = 100, seed = "20")
  void chainsKeepTheirMeaning(@ForAll @Size(min = 1, max = 12) List<@IntRange(max = 7) Integer> steps) {
    int products = products(b -> {
      var y = b.product(x(b), weights(b, "first", 4, 6));
      for (int i = 0; i < steps.size(); i++) {
        int number = i;
        BinaryOperator<Node> binary = (node, column) -> switch (steps.get(number)) {
          case 1 -> b.add(node, column);
          case 2 -> b.sub(node, column);
          case 3 -> b.mul(node, column);
          case 4 -> b.add(column, node);
          case 5 -> b.mul(node, b.constant(0.5));
          default -> b.div(node, b.add(b.mul(column, column), b.constant(1)));
        };
        y = steps.get(i) == 0 ? b.product(y, weights(b, "W" + i, 6, 6)) : binary.apply(y, weights(b, "c" + i, 6));
      }
      return b.product(y, weights(b, "last", 6, 2));
    });
    assertThat(products).isEqualTo(1);
  }

  @Test
  void whatOthersReadStays() {
    assertThat(products(b -> {
      var y = b.product(x(b), weights(b, "A", 4, 6));
      return b.concat(List.of(y, b.product(y, weights(b, "B", 6, 3))), 1);
    })).isEqualTo(2);
    var b = new GraphBuilder();
    var hidden = b.product(x(b), weights(b, "A", 4, 6));
    var graph = b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "hidden", hidden),
        new Graph.Result(Graph.Role.OUTPUT, "y", b.product(hidden, weights(b, "B", 6, 3)))));
    assertThat(CollapseAffine.PASS.run().apply(graph)).isSameAs(graph);
  }

  @Test
  void bottlenecksAndActivationsStay() {
    assertThat(products(b -> b.product(b.product(x(b), weights(b, "A", 4, 1)), weights(b, "B", 1, 5)))).isEqualTo(2);
    assertThat(products(b -> b.product(b.product(x(b), weights(b, "A", 4, 2)), weights(b, "B", 2, 4)))).isEqualTo(1);
    assertThat(products(b -> twoLayers(b, b::exp))).isEqualTo(2);
    assertThat(products(b -> twoLayers(b, y -> b.add(y, x(b, 6))))).isEqualTo(2);
    assertThat(products(b -> twoLayers(b, y -> b.mul(y, b.sum(x(b, 6), List.of(0)))))).isEqualTo(2);
    assertThat(products(b -> b.product(b.product(x(b), b.transpose(x(b, 4), List.of(1, 0))), x(b, 4)))).isEqualTo(2);
  }

  private static Node x(GraphBuilder b, int columns) {
    return b.input("x" + columns, Type.floats(List.of(N, Dim.of(columns))));
  }

  @Test
  void aStepThatLearnsIsLeftAlone() {
    var b = new GraphBuilder();
    var w = weights(b, "w", 4);
    var graph = b.finish("train", List.of(new Graph.Result(Graph.Role.UPDATE, "w", w)));
    assertThat(CollapseAffine.PASS.condition().obstacle(graph, 0)).isEqualTo("a step that learns would multiply the matrices each time");
    assertThat(CollapseAffine.PASS.condition().obstacle(Rewritten.graph(CollapseAffineTest::x), 0)).isEmpty();
  }
}
