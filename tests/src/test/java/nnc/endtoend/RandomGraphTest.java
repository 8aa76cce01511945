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
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import nnc.differentiate.Gradients;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.GraphPrinter;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.RandomGraphs;
import nnc.graph.Type;
import nnc.graph.UnaryFn;
import nnc.graph.Verifier;
import nnc.interpret.Array;
import nnc.interpret.Interpreter;
import nnc.passes.DeadNodes;
import nnc.passes.Pass;
import nnc.passes.Pipeline;

/**
 * Random graphs over all ops: types hold, passes keep the meaning, gradients are those that differences show, compiled code computes what
 * the interpreter does. Oracles: the interpreter, and central differences.
 */
class RandomGraphTest {
  private static final int SIZE = 3;

  // ---- meaning

  private static Map<String, Integer> dims() {
    return Map.of("N", SIZE, "T", SIZE);
  }

  private static double[] numbers(Op op) {
    var named = named(op);
    var random = new Random(named.getKey().hashCode());
    return IntStream.range(0, (int) named.getValue().size().evaluate(_ -> SIZE))
        .mapToDouble(_ -> named.getValue().kind() == Kind.INT ? random.nextInt(5) : random.nextGaussian()).toArray();
  }

  private static Map.Entry<String, Type> named(Op op) {
    return switch (op) {
      case Op.Input(var name, _, var type) -> Map.entry(name, type);
      case Op.Parameter(var path, var type) -> Map.entry(path, type);
      default -> throw new IllegalStateException(op.toString());
    };
  }

  private static Map<Node, Array> values(Graph graph, Map<String, double[]> given) {
    return new Interpreter(dims(), op -> given.computeIfAbsent(named(op).getKey(), _ -> numbers(op)), 5, 2, 1).run(graph);
  }

  private static Map<String, double[]> meaning(Graph graph) {
    var values = values(graph, new HashMap<>());
    var results = new LinkedHashMap<String, double[]>();
    graph.results().forEach(result -> results.put(result.role() + " " + result.name(), values.get(result.node()).values()));
    return results;
  }

  private static void assertSame(Graph actual, Map<String, double[]> expected, String what, Graph from) {
    meaning(actual).forEach((name, values) -> {
      for (int i = 0; i < values.length; i++) {
        double wanted = expected.get(name)[i];
        assertThat(Math.abs(values[i] - wanted) <= 1e-12 * (1 + Math.abs(wanted)) || Double.compare(values[i], wanted) == 0)
            .as("%s: %s [%d] is %s and was %s%n%s", what, name, i, values[i], wanted, GraphPrinter.print(from)).isTrue();
      }
    });
  }

  // ---- passes

  /** A graph's text without the nodes that no result needs: a pass may leave such behind. */
  private static String live(Graph graph) {
    return GraphPrinter.print(DeadNodes.PASS.run().apply(graph));
  }

  /**
   * Another run changes nothing. But hoisting goes one step a run, and the algebra may see only in a second run what it has made itself as an
   * operand.
   */
  private static void settles(Pass pass, Graph once) {
    int runs = pass.name().equals("hoist") ? 40 : pass.name().equals("simplify") ? 2 : 1;
    var before = "";
    var graph = once;
    for (int i = 0; i < runs; i++) {
      before = live(graph);
      graph = DeadNodes.PASS.run().apply(pass.run().apply(graph));
      if (live(graph).equals(before)) {
        return;
      }
    }
    assertThat(live(graph)).as("%s, again", pass.name()).isEqualTo(before);
  }

  private static void holds(Graph graph) {
    Verifier.check(graph, "the builder");
    var expected = meaning(graph);
    for (var pass : Pipeline.STANDARD.passes().stream().distinct().toList()) {
      var once = Verifier.check(pass.run().apply(graph), pass.name());
      assertSame(once, expected, pass.name(), graph);
      settles(pass, once);
    }
    assertSame(Pipeline.STANDARD.run(graph), expected, "all passes", graph);
  }

  @Property(tries = 40, seed = "20")
  void passesKeepTheMeaning(@ForAll @Size(min = 1, max = 25) List<@IntRange(max = 1 << 24) Integer> genes) {
    holds(RandomGraphs.of(genes, false));
  }

  @Property(tries = 20, seed = "20")
  void theSameDescriptionIsTheSameGraph(@ForAll @Size(min = 1, max = 25) List<@IntRange(max = 1 << 24) Integer> genes) {
    var one = RandomGraphs.of(genes, false);
    var other = RandomGraphs.of(genes, false);
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
      total = b.add(total, b.mean(y, IntStream.range(0, y.type().rank()).boxed().toList(), false));
    }
    var sources = b.nodes().stream().filter(node -> node.type().kind() == Kind.FLOAT && (node.op() instanceof Op.Input || node.op() instanceof Op.Parameter)).toList();
    var gradients = Gradients.of(total, sources, b);
    var results = new ArrayList<>(List.of(new Graph.Result(Graph.Role.LOSS, "loss", total)));
    for (int i = 0; i < sources.size(); i++) {
      int number = i;
      gradients.get(i).ifPresent(g -> results.add(new Graph.Result(Graph.Role.GRADIENT, named(sources.get(number).op()).getKey(), g)));
    }
    return b.finish("gradient", results);
  }

  private static double loss(Graph graph, Map<String, double[]> given) {
    return values(graph, new HashMap<>(given)).get(graph.results().getFirst().node()).values()[0];
  }

  @Property(tries = 100, seed = "20")
  void gradientsAreThoseOfDifferences(@ForAll @Size(min = 1, max = 16) List<@IntRange(max = 1 << 24) Integer> genes) {
    var graph = differentiated(RandomGraphs.of(genes, true));
    var plain = new Graph(graph.name(), graph.nodes(), graph.results().subList(0, 1));
    Map<String, double[]> at = new HashMap<>();
    var values = values(graph, at);
    var random = new Random(7);
    double slope = 0;
    Map<String, double[]> ahead = new HashMap<>(at);
    Map<String, double[]> behind = new HashMap<>(at);
    double step = 1e-5;
    for (var result : graph.results().subList(1, graph.results().size())) {
      var x = at.get(result.name());
      var way = random.doubles(x.length, -1, 1).toArray();
      var gradient = values.get(result.node()).values();
      for (int i = 0; i < x.length; i++) {
        slope += gradient[i] * way[i];
      }
      ahead.put(result.name(), IntStream.range(0, x.length).mapToDouble(i -> x[i] + step * way[i]).toArray());
      behind.put(result.name(), IntStream.range(0, x.length).mapToDouble(i -> x[i] - step * way[i]).toArray());
    }
    double differences = (loss(plain, ahead) - loss(plain, behind)) / (2 * step);
    assertThat(Math.abs(slope - differences)).as("%s, and by differences %s%n%s", slope, differences, GraphPrinter.print(graph))
        .isLessThan(1e-6 * (1 + Math.abs(differences)));
  }

  @Property(tries = 12, seed = "20")
  void passesKeepGradients(@ForAll @Size(min = 1, max = 12) List<@IntRange(max = 1 << 24) Integer> genes) {
    holds(differentiated(RandomGraphs.of(genes, true)));
  }

  // ---- code

  @Property(tries = 12, seed = "20")
  void compiledCodeAgrees(@ForAll @Size(min = 1, max = 20) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll @IntRange(min = 2, max = 5) int batch) {
    var graph = RandomGraphs.of(genes, false);
    try {
      Agreement.check(Bare.compile(graph, 64, true), batch, 1e-9, 3);
      Agreement.check(Bare.compile(graph, 64, false), batch, 1e-9, 3);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(e + "\n" + GraphPrinter.print(graph), e);
    }
  }

  @Tag("slow")
  @Property(tries = 400)
  void compiledCodeAgreesForLong(@ForAll @Size(min = 1, max = 20) List<@IntRange(max = 1 << 24) Integer> genes,
      @ForAll @IntRange(min = 2, max = 5) int batch) {
    compiledCodeAgrees(genes, batch);
  }
}
