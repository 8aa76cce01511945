package nnc.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator.Purpose;
import nnc.explain.example.GradientSource;
import nnc.graph.Graph;
import nnc.graph.Graph.Role;
import nnc.graph.Kind;
import nnc.graph.Op;
import nnc.interpret.Interpreter;
import nnc.runtime.base.Fault;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The backward pass as a program computes the gradients that training computes; oracle: the interpreter. */
class GradientSourceTest {
  private static final int ROWS = 2;

  private static CompilerOptions options(Map<String, String> defines) {
    return new CompilerOptions(defines, 64, List.of(), List.of(), _ -> { });
  }

  /** What a graph's results come to with random inputs and weights, which depend on their names alone. */
  private static List<double[]> meaning(Graph graph, Map<String, Long> classes) {
    Map<String, Integer> dims = new HashMap<>();
    graph.nodes().stream().flatMap(node -> node.op() instanceof Op.Size(var dim) ? Stream.of(dim) : node.type().shape().stream())
        .forEach(dim -> dim.variables().forEach(name -> dims.put(name, ROWS)));
    var values = new Interpreter(dims, op -> {
      var name = op instanceof Op.Input(var input, _, _) ? input : op instanceof Op.Parameter(var path, _) ? path : ((Op.State) op).path();
      var type = op instanceof Op.Input(_, _, var input) ? input : op instanceof Op.Parameter(_, var weight) ? weight : ((Op.State) op).type();
      var random = new Random(name.hashCode());
      return random.doubles(type.size().evaluate(dims::get))
          .map(x -> type.kind() == Kind.INT ? Math.floor(x * classes.getOrDefault(name, 3L)) : type.kind() == Kind.BOOL ? Math.rint(x) : 0.1 + 0.8 * x).toArray();
    }, 5, 3, 1).run(graph);
    return graph.results().stream().map(result -> values.get(result.node()).values()).toList();
  }

  /** What indices are checked by is no result of the program's. */
  private static Graph withoutChecks(Graph graph) {
    return new Graph(graph.name(), graph.nodes(), graph.results().stream().filter(result -> result.role() != Role.CHECK).toList()).needed(_ -> false);
  }

  private static void agrees(Elaborated original, int step, String source) throws Exception {
    var expected = withoutChecks(original.graphs().get(step));
    var again = withoutChecks(new Compilation("gradient.nn", source, options(Map.of())).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT).graph());
    var wanted = meaning(expected, original.ranges());
    var actual = meaning(again, original.ranges());
    assertThat(again.results()).hasSameSizeAs(expected.results());
    for (int i = 0; i < wanted.size(); i++) {
      assertThat(actual.get(i)).as("%s%n%s", expected.results().get(i).name(), source).hasSameSizeAs(wanted.get(i));
      for (int e = 0; e < wanted.get(i).length; e++) {
        double value = wanted.get(i)[e];
        assertThat(Math.abs(actual.get(i)[e] - value) <= 1e-12 * (1 + Math.abs(value)) || Double.isNaN(value) && Double.isNaN(actual.get(i)[e]))
            .as("%s [%d] is %s and was %s%n%s", expected.results().get(i).name(), e, actual.get(i)[e], value, source).isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"linear, ''", "spiral, ''", "softmax, ''", "mlp, hidden=21", "lenet, ''", "addition, hidden=7", "transformer, ''", "autoencoder, ''", "zoo, ''",
      "deep/vanishing, depth=4", "deep/preactivation, ''", "tables/titanic, ''", "points/svm, ''", "generative/vae, ''", "generative/gan, ''", "sequence/attention, ''"})
  void ofSamples(String name, String define) throws Exception {
    Map<String, String> defines = define.isEmpty() ? Map.of() : Map.of(define.split("=")[0], define.split("=")[1]);
    var file = Path.of("..", "samples", name + ".nn");
    var original = new Compilation(file, options(defines)).elaborate(List.of(Purpose.GRADIENT)).get(Purpose.GRADIENT);
    for (int step = 0; step < original.graphs().size(); step++) {
      var source = GradientSource.of(name, new Compilation(file, options(defines)).trace(Purpose.GRADIENT), step);
      agrees(original, step, source);
    }
  }

  private static String gradient(String source) throws Exception {
    return GradientSource.of("p.nn", new Compilation("p.nn", source, options(Map.of())).trace(Purpose.GRADIENT), 0);
  }

  /** E = 1/2 sum (y - t)^2, delta = dE/dz, dE/dW = a' delta, and the layer before has delta W' s'(z). */
  @Test
  void deltaRule() throws Exception {
    assertThat(gradient("""
        input  x: float[N, 3]
        target t: float[N, 2]
        h = dense(4, sigmoid)(x)
        y = dense(2, sigmoid)(h)
        loss sum((y - t)^2) / 2
        """)).endsWith("""
        z_h = x @ dense_W + dense_b
        h = sigmoid(z_h)
        z_y = h @ dense_2_W + dense_2_b
        y = sigmoid(z_y)
        d_y = y - t
        delta_y = d_y * (y * (1 - y))
        d_h = delta_y @ transpose(dense_2_W)
        delta_h = d_h * (h * (1 - h))

        output loss = sum(d_y * d_y) * 0.5
        output d_dense_W = transpose(x) @ delta_h
        output d_dense_b = sum(delta_h, axis = 0)
        output d_dense_2_W = transpose(h) @ delta_y
        output d_dense_2_b = sum(delta_y, axis = 0)
        """);
  }

  @Test
  void ofNothing() {
    Assertions.assertThatThrownBy(() -> gradient("input x: float[N]\noutput y = 2 * x")).isInstanceOf(Fault.class).hasMessageContaining("no loss");
    Assertions.assertThatThrownBy(() -> gradient("input x: float[N, T, 2]\ny = x |> rnn(3, sequences = false)\noutput p = y\nloss mean(y^2)\ntrain { optimizer = sgd(0.1) }"))
        .isInstanceOf(Fault.class).hasMessageContaining("a loop over an open length");
  }

  /** Weights of the program fit: they lie under the same paths, in the same shapes, and start alike. */
  @Test
  void weightsAreThoseOfTheProgram() throws Exception {
    var program = "input x: float[N, 3]\nfor i in 0..2 { x = dense(3, tanh, init = normal(0, 0.1))(x) }\nlayer two()(x) { return batch_norm()(dense(2)(x)) }\nloss mean(two()(x)^2)";
    var original = new Compilation("p.nn", program, options(Map.of())).elaborate(List.of(Purpose.GRADIENT)).get(Purpose.GRADIENT);
    var again = new Compilation("g.nn", gradient(program), options(Map.of())).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT);
    var used = original.graph().needed(_ -> false).nodes().stream().map(node -> node.op()).filter(op -> op instanceof Op.Parameter || op instanceof Op.State)
        .map(op -> op instanceof Op.Parameter(var path, _) ? path : ((Op.State) op).path()).toList();
    assertThat(again.weights()).containsExactlyInAnyOrderElementsOf(original.weights().stream().filter(weight -> used.contains(weight.path())).toList());
    assertThat(again.graph().results()).allMatch(result -> result.role() == Role.OUTPUT);
    agrees(original, 0, gradient(program));
  }
}
