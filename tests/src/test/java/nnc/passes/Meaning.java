package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Op;
import nnc.interpret.Interpreter;

/** What a graph's results are for three of whatever is open, and for arrays that follow from the names of what is fed; oracle: the interpreter. */
final class Meaning {
  private static final int OPEN = 3;

  private Meaning() {}

  /** By role and name of a result. */
  static Map<String, double[]> of(Graph graph) {
    Map<String, Integer> dims = new HashMap<>();
    graph.nodes().forEach(node -> node.type().shape().forEach(dim -> dim.variables().forEach(name -> dims.put(name, OPEN))));
    var values = new Interpreter(dims, op -> numbers(op, dims), 5, 2, 1).run(graph);
    Map<String, double[]> results = new HashMap<>();
    graph.results().forEach(result -> results.put(result.role() + " " + result.name(), values.get(result.node()).values()));
    return results;
  }

  private static double[] numbers(Op op, Map<String, Integer> dims) {
    var type = switch (op) {
      case Op.Input(_, _, var t) -> t;
      case Op.Parameter(_, var t) -> t;
      case Op.State(_, var t) -> t;
      default -> throw new IllegalStateException(op.toString());
    };
    var name = switch (op) {
      case Op.Input(var n, _, _) -> n;
      case Op.Parameter(var n, _) -> n;
      case Op.State(var n, _) -> n;
      default -> "";
    };
    var random = new Random(name.hashCode());
    var values = new double[(int) type.size().evaluate(dims::get)];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.kind() == Kind.FLOAT ? op instanceof Op.State ? random.nextDouble() : random.nextGaussian() : random.nextInt(2);
    }
    return values;
  }

  static void assertSame(Graph actual, Map<String, double[]> expected, String what) {
    var meaning = of(actual);
    expected.forEach((name, values) -> {
      for (int i = 0; i < values.length; i++) {
        var actually = meaning.get(name)[i];
        assertThat(actually == values[i] || Math.abs(actually - values[i]) <= 1e-11 * (1 + Math.abs(values[i]))).as("%s: %s [%d]", what, name, i).isTrue();
      }
    });
  }
}
