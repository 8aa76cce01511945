package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.differentiate.Gradients;
import nnc.graph.Compositions;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.GraphPrinter;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.UnaryFn;
import nnc.graph.Verifier;
import nnc.graph.random.Coverage;
import nnc.graph.random.DrawnGraphs;
import nnc.graph.random.DrawnGraphs.Drawn;
import nnc.graph.random.Shrinking;
import nnc.interpret.Interpreter;
import nnc.passes.DeadCodeElimination;
import nnc.passes.HoistReshapes;
import nnc.passes.Pass;
import nnc.passes.Pipeline;
import nnc.passes.Simplify;
import org.junit.jupiter.api.Test;

/**
 * Random graphs over all ops and all pairs of neighbouring ones: types hold, passes keep the meaning, gradients are those that differences show,
 * compiled code computes what the interpreter does. Oracles: the interpreter, and central differences.
 */
class RandomGraphTest {
  private static final Map<String, Integer> DIMS = Map.of("N", 3, "T", 2);

  // ---- passes

  private static Map<String, double[]> meaning(Graph graph, Drawn drawn) {
    var values = new Interpreter(drawn.dims(), op -> drawn.given().get(name(op)), DrawnGraphs.SEED, DrawnGraphs.STEP, DrawnGraphs.EPOCH).run(graph);
    var results = new LinkedHashMap<String, double[]>();
    graph.results().forEach(result -> results.put(result.role() + " " + result.name(), values.get(result.node()).values()));
    return results;
  }

  private static String name(Op op) {
    return switch (op) {
      case Op.Input(var name, _, _) -> name;
      case Op.Parameter(var path, _) -> path;
      case Op.State(var path, _) -> path;
      default -> throw new IllegalStateException(op.toString());
    };
  }

  private static void assertSame(Graph actual, Drawn drawn, Map<String, double[]> expected, String what) {
    meaning(actual, drawn).forEach((name, values) -> {
      for (int i = 0; i < values.length; i++) {
        double wanted = expected.get(name)[i];
        assertThat(Math.abs(values[i] - wanted) <= 1e-9 * (1 + Math.abs(wanted)) || values[i] == wanted || Double.isNaN(values[i]) && Double.isNaN(wanted))
            .as("%s: %s [%d] is %s and was %s%n%s", what, name, i, values[i], wanted, Shrinking.text(drawn)).isTrue();
      }
    });
  }

  /** A graph's text without the nodes that no result needs: a pass may leave such behind. */
  private static String live(Graph graph) {
    return GraphPrinter.print(DeadCodeElimination.PASS.run().apply(graph));
  }

  /**
   * Another run changes nothing. But hoisting goes one step a run, and the algebra may see only in a second run what it has made itself as an
   * operand.
   */
  private static void settles(Pass pass, Graph once) {
    int runs = pass == HoistReshapes.PASS ? 40 : pass == Simplify.PASS ? 2 : 1;
    var before = "";
    var graph = once;
    for (int i = 0; i < runs; i++) {
      before = live(graph);
      graph = DeadCodeElimination.PASS.run().apply(pass.run().apply(graph));
      if (live(graph).equals(before)) {
        return;
      }
    }
    assertThat(live(graph)).as("%s, again", pass.name()).isEqualTo(before);
  }

  private static void holds(Drawn drawn) {
    Verifier.check(drawn.graph(), "the builder");
    var expected = meaning(drawn.graph(), drawn);
    for (var pass : Pipeline.STANDARD.passes().stream().distinct().toList()) {
      var once = Verifier.check(pass.run().apply(drawn.graph()), pass.name());
      assertSame(once, drawn, expected, pass.name());
      settles(pass, once);
    }
    assertSame(Pipeline.STANDARD.run(drawn.graph()), drawn, expected, "all passes");
  }

  @Property(tries = 40, seed = "20")
  void passesKeepTheMeaning(@ForAll long seed) {
    holds(DrawnGraphs.draw(seed, DIMS, new Coverage()));
  }

  @Property(tries = 20, seed = "20")
  void theSameSeedIsTheSameGraph(@ForAll long seed) {
    var one = DrawnGraphs.draw(seed, DIMS, new Coverage()).graph();
    var other = DrawnGraphs.draw(seed, DIMS, new Coverage()).graph();
    assertThat(GraphPrinter.print(other)).isEqualTo(GraphPrinter.print(one));
    assertThat(GraphPrinter.print(Pipeline.STANDARD.run(other))).isEqualTo(GraphPrinter.print(Pipeline.STANDARD.run(one)));
  }

  // ---- gradients

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

  private static Drawn with(Drawn drawn, Graph graph, Map<String, double[]> given) {
    return new Drawn(graph, drawn.dims(), given, Map.of());
  }

  /** The slope of a loss along a way of all its sources, by differences a step ahead and behind. */
  private static double slope(Graph loss, Drawn drawn, Map<String, double[]> way, double step) {
    Map<String, double[]> ahead = new HashMap<>(drawn.given());
    Map<String, double[]> behind = new HashMap<>(drawn.given());
    way.forEach((name, to) -> {
      var x = drawn.given().get(name);
      ahead.put(name, IntStream.range(0, x.length).mapToDouble(i -> x[i] + step * to[i]).toArray());
      behind.put(name, IntStream.range(0, x.length).mapToDouble(i -> x[i] - step * to[i]).toArray());
    });
    return (meaning(loss, with(drawn, loss, ahead)).get("LOSS loss")[0] - meaning(loss, with(drawn, loss, behind)).get("LOSS loss")[0]) / (2 * step);
  }

  @Property(tries = 100, seed = "20")
  void gradientsAreThoseOfDifferences(@ForAll long seed) {
    var drawn = DrawnGraphs.smooth(seed, DIMS);
    var graph = differentiated(drawn.graph());
    var plain = new Graph(graph.name(), graph.nodes(), graph.results().subList(0, 1)).needed(_ -> false);
    var gradients = meaning(graph, drawn);
    var random = new Random(7);
    double slope = 0;
    Map<String, double[]> way = new LinkedHashMap<>();
    for (var result : graph.results().subList(1, graph.results().size())) {
      var to = random.doubles(drawn.given().get(result.name()).length, -1, 1).toArray();
      var gradient = gradients.get("GRADIENT " + result.name());
      for (int i = 0; i < to.length; i++) {
        slope += gradient[i] * to[i];
      }
      way.put(result.name(), to);
    }
    double differences = slope(plain, drawn, way, 1e-5);
    // where the loss is much bent, differences themselves are not sure
    double unsure = Math.abs(differences - slope(plain, drawn, way, 2e-5));
    assertThat(Math.abs(slope - differences)).as("%s, and by differences %s%n%s", slope, differences, Shrinking.text(with(drawn, graph, drawn.given())))
        .isLessThanOrEqualTo(1e-6 * (1 + Math.abs(differences)) + unsure);
  }

  @Property(tries = 15, seed = "20")
  void passesKeepGradients(@ForAll long seed) {
    var drawn = DrawnGraphs.smooth(seed, DIMS);
    holds(with(drawn, differentiated(drawn.graph()), drawn.given()));
  }

  // ---- code

  /** Small batches more often: what is wrong of 257 rows is wrong of 33, but for what counts vectors and blocks. */
  @Test
  void compiledCodeAgrees() {
    var coverage = new Coverage();
    var random = new Random(20);
    for (int i = 0; i < 2000; i++) {
      int batch = DrawnRun.BATCHES.get(Math.min(random.nextInt(DrawnRun.BATCHES.size()), random.nextInt(DrawnRun.BATCHES.size())));
      int precision = random.nextInt(4) == 0 ? 32 : 64;
      var drawn = DrawnRun.graph(random, batch, precision, coverage);
      DrawnRun.draw(random, precision).check(drawn, i);
    }
    System.out.println(coverage.summary());
    assertThat(coverage.neverDrawn()).isEmpty();
    assertThat(coverage.share()).isGreaterThan(0.7);
  }
}
