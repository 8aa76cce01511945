package nnc.explain.example;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nnc.differentiate.Gradients;
import nnc.elaborate.Traced;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.interpret.Array;
import nnc.interpret.Interpreter;
import nnc.runtime.base.Fault;

/** One example in a network: any of its values, and derivatives of any by any, computed as the graph is written and in double. */
public final class Example {
  /** Products that are computed one by one, at most: some seconds. */
  private static final double MOST = 2e9;

  /**
   * What the example and the network are.
   *
   * @param dims    sizes of the open dimensions
   * @param inputs  row-major, by name
   * @param weights row-major, by path
   * @param seed    of what is drawn at random
   */
  public record Given(Map<String, Integer> dims, Map<String, double[]> inputs, Map<String, double[]> weights, long seed) {}

  private final Traced traced;
  private final Given given;
  private final Interpreter interpreter;
  private final Map<Node, Array> known = new HashMap<>();
  private final NodeSet learned = new NodeSet();
  private final NodeSet varying = new NodeSet();

  /** @param traced for evaluation */
  public Example(Traced traced, Given given) {
    this.traced = traced;
    this.given = given;
    interpreter = new Interpreter(given.dims, this::source, given.seed, 1, 0);
    for (var node : traced.builder().nodes()) {
      var operands = node.operands();
      if (node.op() instanceof Op.Parameter || operands.stream().anyMatch(learned::contains)) {
        learned.add(node);
      }
      if (node.op() instanceof Op.Input || operands.stream().anyMatch(varying::contains)) {
        varying.add(node);
      }
    }
  }

  Traced traced() {
    return traced;
  }

  private double[] source(Op op) {
    return switch (op) {
      case Op.Input(var name, _, _) -> given.inputs.get(name);
      case Op.Parameter(var path, _) -> given.weights.get(path);
      case Op.State(var path, _) -> given.weights.get(path);
      default -> throw new IllegalStateException(op.toString());
    };
  }

  /** Whether a node depends on a parameter. */
  boolean isLearned(Node node) {
    return learned.contains(node);
  }

  /** Whether a node depends on an input. */
  boolean isVarying(Node node) {
    return varying.contains(node);
  }

  /** The values of some nodes, in their order. */
  List<Array> values(List<Node> nodes) {
    var results = nodes.stream().map(node -> new Graph.Result(Graph.Role.OUTPUT, "", node)).toList();
    var needed = traced.builder().finish("example", results).needed(_ -> false).nodes();
    double products = 0;
    for (var node : needed) {
      products += known.containsKey(node) ? 0 : products(node);
    }
    if (products > MOST) {
      throw new Fault("one example of this network takes %.1e multiplications, and they are done one by one here, at most %.0e".formatted(products, MOST),
          "make it smaller with -D, if the program has constants for its sizes");
    }
    for (var node : needed) {
      if (!known.containsKey(node)) {
        known.put(node, computed(node));
      }
    }
    return nodes.stream().map(known::get).toList();
  }

  /** What programs index by may be no place of what they index; the interpreter does not ask. */
  private Array computed(Node node) {
    try {
      return interpreter.value(node, node.operands().stream().map(known::get).toList());
    } catch (IndexOutOfBoundsException e) {
      throw new Fault(node.span() + ": the example has an index here that is no place of what it picks from", "classes and places count from 0");
    }
  }

  private double products(Node node) {
    double size = elements(node.type());
    return switch (node.op()) {
      case Op.MatMul() -> size * node.operand(0).type().shape().getLast().evaluate(given.dims::get);
      case Op.Conv conv -> switch (conv.role()) {
        case FORWARD -> size * elements(node.operand(1).type()) / node.type().dim(1).evaluate(given.dims::get);
        case INPUT -> elements(node.operand(0).type()) * elements(node.operand(1).type()) / node.operand(0).type().dim(1).evaluate(given.dims::get);
        case FILTER -> elements(node.operand(1).type()) * size / node.type().dim(0).evaluate(given.dims::get);
      };
      default -> size;
    };
  }

  private double elements(Type type) {
    double elements = 1;
    for (var dim : type.shape()) {
      elements *= dim.evaluate(given.dims::get);
    }
    return elements;
  }

  Array value(Node node) {
    return values(List.of(node)).getFirst();
  }

  /** The value as it is shown: of one example, without the axis that counts examples. */
  Array shown(Node node) {
    var value = value(node);
    boolean one = node.type().rank() > 0 && !node.type().dim(0).isConstant() && value.shape()[0] == 1;
    return one ? new Array(Arrays.copyOfRange(value.shape(), 1, value.shape().length), value.values()) : value;
  }

  /** Of an element of a node's value, by its row-major place, the derivative by each of some nodes; empty where it does not depend on one. */
  List<Optional<Node>> derivatives(Node y, int place, List<Node> by) {
    var builder = traced.builder();
    if (y.type().rank() == 0) {
      return Gradients.of(y, by, builder);
    }
    var mask = new double[value(y).values().length];
    mask[place] = 1;
    var chosen = builder.input("mask", new Type(Kind.FLOAT, y.type().shape()));
    known.put(chosen, new Array(value(y).shape(), mask));
    var axes = new ArrayList<Integer>();
    y.type().shape().forEach(_ -> axes.add(axes.size()));
    return Gradients.of(builder.sum(builder.mul(y, chosen), axes), by, builder);
  }

  /** The gradients of the loss by some nodes, by node. */
  NodeMap<Node> gradients(List<Node> by) {
    var found = new NodeMap<Node>();
    traced.loss().ifPresent(loss -> {
      var gradients = Gradients.of(loss, by, traced.builder());
      for (int i = 0; i < by.size(); i++) {
        int place = i;
        gradients.get(i).ifPresent(gradient -> found.put(by.get(place), gradient));
      }
    });
    return found;
  }

  /** The open dimensions that nodes of a graph have. */
  public static List<String> open(List<Node> nodes) {
    return nodes.stream().flatMap(node -> node.op() instanceof Op.Size(var dim) ? List.of(dim).stream() : node.type().shape().stream())
        .map(Dim::variables).flatMap(java.util.Set::stream).distinct().toList();
  }
}
