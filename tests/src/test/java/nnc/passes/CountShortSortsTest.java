package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.interpret.Interpreter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders that are counted: of equals, of what is not a number, along any axis; oracle: the interpreter's sort. */
class CountShortSortsTest {
  private static final List<Double> FEW = List.of(0.0, -0.0, 1.0, -2.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

  private static Graph graph(List<Dim> shape, int axis) {
    var b = new GraphBuilder();
    var x = b.input("x", Type.floats(shape));
    return b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "up", b.argSort(x, axis)),
        new Graph.Result(Graph.Role.OUTPUT, "down", b.argSortDescending(x, axis))));
  }

  private static List<double[]> orders(Graph graph, double[] x) {
    var values = new Interpreter(Map.of("N", 3), _ -> x, 0, 1, 0).run(graph);
    return graph.results().stream().map(result -> values.get(result.node()).values()).toList();
  }

  private static boolean sorts(Graph graph) {
    return graph.nodes().stream().map(Node::op).anyMatch(Op.ArgSort.class::isInstance);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void areThoseOfTheSort(int axis) {
    var graph = graph(List.of(Dim.of(4), Dim.of(6), Dim.of(5)), axis);
    var counted = CountShortSorts.PASS.run().apply(graph);
    assertThat(sorts(DeadCodeElimination.PASS.run().apply(counted))).isFalse();
    var random = new Random(axis);
    for (int i = 0; i < 20; i++) {
      var x = IntStream.range(0, 4 * 6 * 5).mapToDouble(_ -> FEW.get(random.nextInt(FEW.size()))).toArray();
      var expected = orders(graph, x);
      var actual = orders(counted, x);
      assertThat(actual.get(0)).isEqualTo(expected.get(0));
      assertThat(actual.get(1)).isEqualTo(expected.get(1));
    }
  }

  /** Of many, and of nobody knows how many, they are merged. */
  @ParameterizedTest
  @ValueSource(ints = {64, 65, 0})
  void areOfFew(int size) {
    var graph = graph(List.of(Dim.of(2), size == 0 ? Dim.open("N") : Dim.of(size)), 1);
    assertThat(CountShortSorts.PASS.run().apply(graph) == graph).isEqualTo(size != 64);
  }
}
