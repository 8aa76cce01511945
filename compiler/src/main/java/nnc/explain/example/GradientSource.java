package nnc.explain.example;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import nnc.decompile.GraphSource;
import nnc.decompile.InitialiserSource;
import nnc.differentiate.Gradients;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Traced;
import nnc.graph.Graph;
import nnc.graph.Graph.Role;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.optimizations.Optimization;
import nnc.passes.Pipeline;
import nnc.runtime.base.Fault;

/** The backward pass of a program as a program: its loss, and the gradient of the loss by each parameter, in the names of the program. */
public final class GradientSource {
  private GradientSource() {}

  /** What makes equal things look equal, and nothing that only kernels want. */
  private static final Set<Optimization> PASSES = Set.of(Optimization.DEAD_CODE_ELIMINATION, Optimization.STOP_GRADIENTS, Optimization.CONSTANT_FOLDING, Optimization.SIMPLIFY,
      Optimization.COMMON_SUBEXPRESSIONS, Optimization.SOFTMAX_GRADIENT);

  /**
   * The program's text.
   *
   * @param name   of the program that it is of
   * @param traced of gradients
   * @param step   of a training by several steps, from 0 on
   * @throws Fault if there is no such step, or it lowers nothing
   */
  public static String of(String name, Traced traced, int step) {
    if (step < 0 || step >= traced.results().size() || traced.results().get(step).isEmpty()) {
      throw new Fault(step == 0 ? "the program has no loss, and nothing that depends on one" : "the program trains by " + traced.results().size() + " steps, and there is no step " + (step + 1),
          step == 0 ? "loss mse(prediction, target), for example" : "");
    }
    var results = traced.results().get(step);
    var called = new ArrayList<String>();
    var all = new ArrayList<>(results);
    mentioned(traced, results.getFirst().node()).forEach((value, node) -> {
      // a pass keeps what a result stands for, and with it the name
      all.add(new Graph.Result(Role.TERM, value, node));
      called.add(value);
    });
    var graph = traced.builder().finish("gradient", all);
    for (var pass : Pipeline.STANDARD.passes()) {
      graph = PASSES.contains(pass.optimization()) ? pass.run().apply(graph) : graph;
    }
    if (graph.nodes().stream().anyMatch(node -> node.op() instanceof Op.Loop)) {
      throw new Fault("the backward pass of a loop over an open length is not written as a program", "the length as a number, declared in place of its name, has the turns written out");
    }
    var names = new NodeMap<String>();
    for (int i = 0; i < called.size(); i++) {
      var node = graph.results().get(results.size() + i).node();
      if (!names.contains(node)) {
        names.put(node, called.get(i));
      }
    }
    Map<String, Elaborated.WeightInfo> weights = new HashMap<>();
    traced.weights().forEach(weight -> weights.put(weight.path(), weight));
    return "# The loss of " + name + " and its gradient by each parameter. Weights lie under the paths that they have there.\n\n" + GraphSource.of(new Graph("gradient", graph.nodes(), graph.results().subList(0, results.size())),
        new GraphSource.Wishes(names, path -> InitialiserSource.of(weights.get(path).initialiser(), weights.get(path).type())));
  }

  /** What the program's values are called, and the gradients by them: that by what an activation is applied to is the delta of the lectures. */
  private static Map<String, Node> mentioned(Traced traced, Node loss) {
    var names = ValueNames.of(traced.steps());
    Map<String, Node> all = new LinkedHashMap<>(names.byName());
    var values = all.entrySet().stream().filter(value -> value.getValue().type().kind() == Kind.FLOAT).toList();
    var gradients = Gradients.of(loss, values.stream().map(Map.Entry::getValue).toList(), traced.builder());
    for (int i = 0; i < values.size(); i++) {
      var name = values.get(i).getKey();
      var by = values.get(i).getValue();
      gradients.get(i).ifPresent(gradient -> all.put(names.isSum(by) ? "delta_" + name.replaceFirst("^z_", "") : "d_" + name, gradient));
    }
    return all;
  }
}
