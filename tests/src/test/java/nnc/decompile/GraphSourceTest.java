package nnc.decompile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.differentiate.Gradients;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.BinaryFn;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.graph.UnaryFn;
import nnc.graph.random.Coverage;
import nnc.graph.random.DrawnGraphs;
import nnc.graph.random.DrawnGraphs.Drawn;
import nnc.interpret.Interpreter;
import org.junit.jupiter.api.Test;

/** A graph as source compiles to a graph of the same meaning; oracle: the interpreter. */
class GraphSourceTest {
  private static final Map<String, Integer> DIMS = Map.of("N", 3, "T", 2);

  private static String name(Op op) {
    return switch (op) {
      case Op.Input(var name, _, _) -> name;
      case Op.Parameter(var path, _) -> path;
      case Op.State(var path, _) -> path;
      default -> throw new IllegalStateException(op.toString());
    };
  }

  private static Graph compiled(String source) {
    try {
      return new Compilation("printed.nn", source, CompilerOptions.standard()).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT).graph();
    } catch (FaultyProgram e) {
      throw new AssertionError(e.getMessage() + "\n" + source, e);
    }
  }

  private static List<double[]> meaning(Graph graph, Drawn drawn) {
    var values = new Interpreter(drawn.dims(), op -> given(op, drawn), DrawnGraphs.SEED, DrawnGraphs.STEP, DrawnGraphs.EPOCH).run(graph);
    return graph.results().stream().map(result -> values.get(result.node()).values()).toList();
  }

  /** What a program needs besides are inputs of which nothing but their size is asked. */
  private static double[] given(Op op, Drawn drawn) {
    return op instanceof Op.Input(var name, _, var type) && name.startsWith("rows_of_") ? new double[(int) type.size().evaluate(drawn.dims()::get)] : drawn.given().get(name(op));
  }

  private static void readsBack(Graph graph, Drawn drawn) {
    var source = GraphSource.of(graph);
    var again = compiled(source);
    var expected = meaning(graph, drawn);
    var actual = meaning(again, drawn);
    for (int result = 0; result < expected.size(); result++) {
      assertThat(again.results().get(result).node().type()).as(source).isEqualTo(graph.results().get(result).node().type());
      for (int i = 0; i < expected.get(result).length; i++) {
        double wanted = expected.get(result)[i];
        double value = actual.get(result)[i];
        assertThat(value == wanted || Double.isNaN(value) && Double.isNaN(wanted) || Math.abs(value - wanted) <= 1e-12 * (1 + Math.abs(wanted)))
            .as("%s [%d] is %s and was %s%n%s", graph.results().get(result).name(), i, value, wanted, source).isTrue();
      }
    }
  }

  @Property(tries = 150, seed = "20")
  void anyGraph(@ForAll long seed) {
    var drawn = DrawnGraphs.draw(seed, DIMS, new Coverage());
    readsBack(drawn.graph(), drawn);
  }

  /** The sum of the means of the sines of all results, and its gradients. */
  private static Graph differentiated(Graph graph) {
    var b = new GraphBuilder();
    Map<Node, Node> copies = new HashMap<>();
    graph.nodes().forEach(node -> copies.put(node, b.emit(node.op(), node.operands().stream().map(copies::get).toList())));
    var total = b.constant(0);
    for (var result : graph.results()) {
      var y = b.unary(UnaryFn.SIN, b.cast(copies.get(result.node()), Kind.FLOAT));
      total = b.add(total, Compositions.mean(b, y, IntStream.range(0, y.type().rank()).boxed().toList()));
    }
    var sources = b.nodes().stream().filter(node -> node.type().kind() == Kind.FLOAT && (node.op() instanceof Op.Input || node.op() instanceof Op.Parameter)).toList();
    var gradients = Gradients.of(total, sources, b);
    var results = new ArrayList<>(List.of(new Graph.Result(Graph.Role.LOSS, "loss", total)));
    for (int i = 0; i < sources.size(); i++) {
      int number = i;
      gradients.get(i).ifPresent(g -> results.add(new Graph.Result(Graph.Role.GRADIENT, name(sources.get(number).op()), g)));
    }
    return b.finish("gradient", results);
  }

  @Property(tries = 80, seed = "20")
  void anyGradient(@ForAll long seed) {
    var drawn = DrawnGraphs.smooth(seed, DIMS);
    readsBack(differentiated(drawn.graph()), drawn);
  }

  @Test
  void weightsLieUnderTheirPaths() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT, Dim.open("N"), Dim.of(2)));
    Map<String, Node> weights = new LinkedHashMap<>();
    for (var path : List.of("block.0.conv.W", "block.0.b", "block.10.2.conv.W", "dense_2.W", "dense_2.inner.deep.W", "sum.W", "W", "norm.mean")) {
      var type = Type.of(Kind.FLOAT, Dim.of(2));
      weights.put(path, path.equals("norm.mean") ? b.state(path, type) : b.parameter(path, type));
    }
    var total = weights.values().stream().reduce(x, b::mul);
    var source = GraphSource.of(b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", b.sum(total, List.of(0, 1))))));
    var paths = compiled(source).nodes().stream().map(Node::op).filter(op -> op instanceof Op.Parameter || op instanceof Op.State).map(GraphSourceTest::name).toList();
    assertThat(paths).as(source).containsExactlyInAnyOrderElementsOf(weights.keySet());
  }

  @Test
  void namesThatHideTheLibrary() {
    var b = new GraphBuilder();
    var n = Dim.open("N");
    var sum = b.input("sum", Type.of(Kind.FLOAT, n, Dim.of(2)));
    var exp = b.input("exp", Type.of(Kind.FLOAT, n, Dim.of(2)));
    var y = Compositions.mean(b, b.mul(b.exp(sum), exp), List.of(1));
    var graph = b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "tanh", b.unary(UnaryFn.TANH, y)), new Graph.Result(Graph.Role.OUTPUT, "loss", b.sum(y, List.of(0)))));
    var random = new java.util.Random(1);
    readsBack(graph, new Drawn(graph, Map.of("N", 3), Map.of("sum", random.doubles(6).toArray(), "exp", random.doubles(6).toArray()), Map.of()));
  }

  @Test
  void readsLikeWritten() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT, Dim.open("N"), Dim.of(5), Dim.of(3)));
    var w = b.parameter("layer.W", Type.of(Kind.FLOAT, Dim.of(3), Dim.of(4)));
    var z = Compositions.matmul(b, x, w);
    var h = b.select(b.binary(BinaryFn.LE, z, b.constant(0)), b.constant(0), z);
    var last = b.at(h, 1, Dim.of(4));
    var p = Compositions.softmax(b, last, 1);
    assertThat(GraphSource.of(b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "p", p), new Graph.Result(Graph.Role.OUTPUT, "most", b.sub(p, b.maxKept(p, List.of(1)))))))).isEqualTo("""
        layer layer_weights()() {
          param W: float[3, 4] = zeros
          return W
        }
        layer = layer_weights()
        layer_W = layer()

        input x: float[N, 5, 3]

        p = softmax(relu(x @ layer_W)[:, 4, :])

        output p
        output most = p - max(p, axis = 1, keep = true)
        """);
  }
}
