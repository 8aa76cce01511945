package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.GraphPrinter;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.graph.Verifier;
import nnc.interpret.Interpreter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pass keeps the meaning and is idempotent, in any order; oracle: the interpreter. */
class PassTest {

  static Stream<Graph> graphs() throws Exception {
    var graphs = new ArrayList<Graph>();
    for (var name : List.of("zoo", "spiral", "transformer", "worked")) {
      var options = new CompilerOptions(name.equals("transformer") ? Map.of("width", "8", "length", "4", "tokens", "5") : Map.of(), 64, List.of(), List.of(), _ -> { });
      Compiler.compile(Path.of("..", "samples", name + ".nn"), options).stages().values().forEach(stage -> graphs.add(stage.elaborated()));
    }
    Compiler.compile("loops.nn", LOOPS, new CompilerOptions(Map.of(), 64, List.of(), List.of(), _ -> { })).stages().values()
        // what bodies were cut out of means nothing outside of them
        .forEach(stage -> graphs.add(stage.elaborated().needed(_ -> false)));
    return graphs.stream();
  }

  /** Loops over what another has collected, and in each other, with products of inputs and of what is carried, and sums over turns. */
  private static final String LOOPS = """
      input x: float[N, T, 3]
      target y: float[N, 4]
      param w: float[4, 3] = normal(0.5)
      m = zeros(3, 3)
      s = zeros(N, 3)
      for t in 1..T {
        m = m + transpose(x[:, t], [1, 0]) @ x[:, t - 1] + transpose(transpose(x[:, t], [1, 0]) @ s, [1, 0])
        for u in 0..T { s = tanh(s + x[:, u] * 0.5 + x[:, t] @ m) }
      }
      h = x |> lstm(4, bidirectional = true) |> gru(4, sequences = false)
      output p = h @ w @ transpose(w, [1, 0]) + mean(s)
      loss mse(p, y)
      train { optimizer = sgd(0.1) }
      """;

  /** Of few rows, of which most can be moved. */
  @Test
  void productsOfLoopsKeepTheMeaning() throws Exception {
    var stages = Compiler.compile("loops.nn", LOOPS.replace("N", "2"), new CompilerOptions(Map.of(), 64, List.of(), List.of(), _ -> { })).stages();
    assertThat(stages).isNotEmpty();
    stages.forEach((name, stage) -> {
      var graph = stage.elaborated().needed(_ -> false);
      var once = Verifier.check(LoopProducts.PASS.run().apply(graph), name);
      assertThat(GraphPrinter.print(once)).as(name).isNotEqualTo(GraphPrinter.print(graph));
      Meaning.assertSame(once, Meaning.of(graph), name);
      assertThat(GraphPrinter.print(LoopProducts.PASS.run().apply(once))).as(name).isEqualTo(GraphPrinter.print(once));
    });
  }

  /** What is kept is found once, and means the same. */
  @Test
  void keptValuesOfTurnsKeepTheMeaning() throws Exception {
    var wide = LOOPS.replace("N", "2").replace("lstm(4", "lstm(40").replace("gru(4", "gru(40").replace("target y: float[2, 4]", "target y: float[2, 40]").replace("w: float[4, 3]", "w: float[40, 3]");
    var graph = Compiler.compile("loops.nn", wide, new CompilerOptions(Map.of(), 64, List.of(), List.of(), _ -> { })).stages().get("train").elaborated().needed(_ -> false);
    var once = Verifier.check(KeptTurnValues.PASS.run().apply(graph), "train");
    assertThat(GraphPrinter.print(once)).isNotEqualTo(GraphPrinter.print(graph));
    Meaning.assertSame(once, Meaning.of(graph), "train");
    assertThat(GraphPrinter.print(KeptTurnValues.PASS.run().apply(once))).isEqualTo(GraphPrinter.print(once));
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void eachPassKeepsTheMeaningAndIsIdempotent(Graph graph) {
    var expected = Meaning.of(graph);
    for (var pass : Pipeline.STANDARD.passes().stream().distinct().toList()) {
      var once = Verifier.check(pass.run().apply(graph), pass.name());
      Meaning.assertSame(once, expected, pass.name());
      if (pass != HoistReshapes.PASS) {
        // hoisting goes one step a run
        assertThat(GraphPrinter.print(pass.run().apply(once))).as(pass.name()).isEqualTo(GraphPrinter.print(once));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void anyOrderKeepsTheMeaning(Graph graph) {
    var expected = Meaning.of(graph);
    var random = new Random(1);
    for (int i = 0; i < 3; i++) {
      var passes = new ArrayList<>(Pipeline.STANDARD.passes());
      Collections.shuffle(passes, random);
      Meaning.assertSame(new Pipeline(passes).run(graph), expected, passes.stream().map(Pass::name).toList().toString());
    }
  }

  /** A mean over an open batch divides by the batch; what is counted by a mask is counted. */
  @Test
  void sumsOfANumberAreItsMultiples() {
    var b = new GraphBuilder();
    var n = Dim.open("N");
    var x = b.input("x", Type.floats(List.of(n, Dim.of(4))));
    var mask = b.cast(b.less(x, b.constant(0)), Kind.FLOAT);
    var results = Map.of(
        "mean", Compositions.mean(b, x, List.of(0, 1)),
        "columns", b.sum(b.like(x, 0.25), List.of(0)),
        "rows", b.sum(b.like(x, 0.25), List.of(1)),
        "count", b.sum(b.full(List.of(n, n), 3, Kind.INT), List.of(0, 1)),
        "size", b.size(n.times(n).plus(1)),
        "masked", b.div(b.sum(b.mul(x, mask), List.of(0, 1)), b.sum(mask, List.of(0, 1))),
        "endless", b.sum(b.like(x, Double.POSITIVE_INFINITY), List.of(0)));
    var graph = b.finish("predict", results.entrySet().stream().map(r -> new Graph.Result(Graph.Role.OUTPUT, r.getKey(), r.getValue())).toList());
    var simple = Pipeline.STANDARD.run(graph);
    Meaning.assertSame(simple, Meaning.of(graph), "simplify");
    assertThat(Meaning.of(simple).get("OUTPUT count")).containsExactly(27);
    assertThat(Meaning.of(simple).get("OUTPUT columns")).containsExactly(0.75, 0.75, 0.75, 0.75);
    assertThat(simple.nodes().stream().filter(node -> node.op() instanceof Op.Reduce)).as("of data, and of what is not finite").hasSize(4);
    assertThat(simple.nodes().stream().map(node -> GraphPrinter.describe(node.op()))).contains("size 4*N", "size N*N", "size N", "size N*N + 1");
  }

  /** Parts of one axis, as the gradients of queries, keys and values come, also where they are wanted in another shape. */
  @Test
  void reshapedSumsOfPartsAreJoined() {
    var b = new GraphBuilder();
    var n = Dim.open("N");
    var zero = Dim.ZERO;
    Node sum = null;
    for (int i = 2; i >= 0; i--) {
      var x = b.exp(b.input("x" + i, Type.floats(List.of(n, Dim.of(5), Dim.of(4)))));
      var part = b.pad(x, List.of(zero, zero, Dim.of(4 * i)), List.of(zero, zero, Dim.of(8 - 4 * i)), List.of(0, 0, 0), 0);
      sum = sum == null ? part : b.add(sum, part);
    }
    var graph = b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", b.reshape(sum, List.of(n.times(5), Dim.of(12))))));
    var joined = Pipeline.STANDARD.run(graph);
    Meaning.assertSame(joined, Meaning.of(graph), "seams");
    assertThat(joined.nodes().stream().map(Node::op)).noneMatch(Op.Pad.class::isInstance).anyMatch(Op.Concat.class::isInstance);
  }

  @Test
  void longChainsNeedNoStack() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT));
    for (int i = 0; i < 100_000; i++) {
      x = i % 2 == 0 ? b.exp(x) : b.add(x, b.constant(0));
    }
    var graph = b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", x)));
    assertThat(Pipeline.STANDARD.run(graph).nodes()).hasSize(50_001);
  }

  /** One part a step, added one after the other: what the gradient of a sequence's steps looks like. */
  @Test
  void longSumsOfPartsNeedNoStackAndBecomeOneWhole() {
    int steps = 20_000;
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT, Dim.of(steps)));
    var sum = b.like(x, 0);
    for (int i = 0; i < steps; i++) {
      var part = b.exp(b.slice(x, 0, Dim.of(i), Dim.ONE, 1));
      sum = b.add(sum, b.pad(part, List.of(Dim.of(i)), List.of(Dim.of(steps - 1 - i)), List.of(0), 0));
    }
    var after = Pipeline.STANDARD.run(b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", sum))));
    assertThat(after.nodes()).noneMatch(node -> node.op() instanceof Op.Pad);
    assertThat(after.results().getFirst().node().operands()).hasSize(steps);
  }

  @Test
  void sumsOfPartsThatOverlapStaySums() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT, Dim.of(2)));
    var parts = List.of(0, 0, 1, 3).stream().map(low -> b.pad(x, List.of(Dim.of(low)), List.of(Dim.of(4 - low)), List.of(0), 0)).toList();
    var sum = parts.stream().reduce(b::add).orElseThrow();
    var graph = b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", sum)));
    Meaning.assertSame(Pipeline.STANDARD.run(graph), Meaning.of(graph), "overlapping parts");
  }

  @Test
  void aSliceReadsWhatItsPlacesWereMadeOf() {
    var b = new GraphBuilder();
    var n = Dim.open("N");
    var x = b.input("x", Type.of(Kind.FLOAT, n, Dim.of(3)));
    var y = b.input("y", Type.of(Kind.FLOAT, n, Dim.of(2)));
    var padded = b.pad(x, List.of(Dim.ZERO, Dim.of(2)), List.of(Dim.ZERO, Dim.ONE), List.of(0, 0), 7);
    var joined = b.concat(List.of(x, y), 1);
    var spread = b.pad(x, List.of(Dim.ZERO, Dim.of(1)), List.of(Dim.ZERO, Dim.ONE), List.of(0, 2), 7);
    var slices = new ArrayList<Graph.Result>();
    var sliced = b.slice(b.input("z", Type.of(Kind.FLOAT, n, Dim.of(9))), 1, Dim.of(7), Dim.of(4), -2);
    for (var whole : List.of(padded, joined, spread, sliced)) {
      int size = whole.type().dim(1).fixed();
      for (int step : new int[] {1, 2, -1, -2}) {
        for (int start = 0; start < size; start++) {
          for (int count = 1; start + (count - 1) * step >= 0 && start + (count - 1) * step < size; count++) {
            slices.add(new Graph.Result(Graph.Role.OUTPUT, "y" + slices.size(), b.slice(whole, 1, Dim.of(start), Dim.of(count), step)));
          }
        }
      }
    }
    var graph = b.finish("predict", slices);
    Meaning.assertSame(Pipeline.STANDARD.run(graph), Meaning.of(graph), "slices");
    var inside = b.finish("predict", List.of(
        new Graph.Result(Graph.Role.OUTPUT, "x", b.slice(padded, 1, Dim.of(2), Dim.of(3), 1)),
        new Graph.Result(Graph.Role.OUTPUT, "padding", b.slice(padded, 1, Dim.of(1), Dim.of(2), -1)),
        new Graph.Result(Graph.Role.OUTPUT, "y", b.slice(joined, 1, Dim.of(4), Dim.of(2), -1)),
        new Graph.Result(Graph.Role.OUTPUT, "between", b.slice(spread, 1, Dim.of(3), Dim.ONE, 1)),
        new Graph.Result(Graph.Role.OUTPUT, "last", b.slice(spread, 1, Dim.of(7), Dim.ONE, 1))));
    assertThat(Pipeline.STANDARD.run(inside).nodes()).noneMatch(node -> node.op() instanceof Op.Pad || node.op() instanceof Op.Concat);
  }

  @Test
  void whatDoesNotChangeIsTheSameGraph() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT, Dim.open("N")));
    var graph = b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", b.add(b.exp(x), b.neg(x)))));
    for (var pass : Pipeline.STANDARD.passes()) {
      assertThat(pass.run().apply(graph)).as(pass.name()).isSameAs(graph);
    }
  }

  @Test
  void notANumberSurvives() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT));
    var graph = b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "product", b.mul(x, b.constant(0))),
        new Graph.Result(Graph.Role.OUTPUT, "quotient", b.div(x, x))));
    var after = Pipeline.STANDARD.run(graph);
    var values = new Interpreter(Map.of(), _ -> new double[] {Double.NaN}, 0, 1, 0).run(after);
    after.results().forEach(result -> assertThat(values.get(result.node()).values()[0]).isNaN());
  }

  @Test
  void productsWithOneNumberAreSums() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT, Dim.open("N"), Dim.of(4)));
    var w = b.parameter("w", Type.of(Kind.FLOAT, Dim.of(4), Dim.of(3)));
    var n = Dim.open("N");
    var products = List.of(Compositions.matmul(b, b.full(List.of(n, Dim.of(4)), 0.5, Kind.FLOAT), w), Compositions.matmul(b, x, b.full(List.of(Dim.of(4), Dim.of(3)), -1, Kind.FLOAT)),
        Compositions.matmul(b, b.full(List.of(Dim.of(2), n), 1, Kind.FLOAT), x), Compositions.matmul(b, b.full(List.of(Dim.of(2), n), 2, Kind.FLOAT), b.full(List.of(n, n), 1, Kind.FLOAT)));
    var results = new ArrayList<Graph.Result>();
    products.forEach(product -> results.add(new Graph.Result(Graph.Role.OUTPUT, "y" + results.size(), product)));
    var graph = b.finish("predict", results);
    var after = Pipeline.STANDARD.run(graph);
    assertThat(after.nodes()).noneMatch(node -> node.op() instanceof Op.MatMul);
    Meaning.assertSame(after, Meaning.of(graph), "products");
  }

  @Test
  void aProductWithZeroShowsWhatIsNotANumber() {
    var b = new GraphBuilder();
    var w = b.parameter("w", Type.of(Kind.FLOAT, Dim.of(2), Dim.of(2)));
    var product = Compositions.matmul(b, b.full(List.of(Dim.of(3), Dim.of(2)), 0, Kind.FLOAT), w);
    var after = Pipeline.STANDARD.run(b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", product))));
    var values = new Interpreter(Map.of(), _ -> new double[] {1, Double.NaN, 2, 3}, 0, 1, 0).run(after).get(after.results().getFirst().node()).values();
    assertThat(values).containsExactly(0, Double.NaN, 0, Double.NaN, 0, Double.NaN);
  }
}
