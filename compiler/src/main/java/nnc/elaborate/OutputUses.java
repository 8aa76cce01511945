package nnc.elaborate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import nnc.elaborate.OutputUse.Compared;
import nnc.elaborate.OutputUse.Form;
import nnc.graph.BinaryFn;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;

/**
 * What a program's outputs are and what they are compared with. An output stands for each node through which all that it is made of goes: scores and
 * what softmax makes of them are compared with the same. It is compared with a target where a node has an operand that depends on such a node and on no
 * target, and another that depends on the target and on no output; losses and metrics of the library say so by their parameters, and then that counts.
 */
final class OutputUses {
  /** What losses and metrics of the library call what was predicted, and what it should be. */
  private static final Map<String, List<String>> PARAMETERS = parameters();

  private static final List<String> ACTIVATIONS = List.of("softmax", "log_softmax", "sigmoid");

  private record Call(String by, Node guess, Node truth, OptionalDouble ignored) {}

  /** Losses that make softmax, or sigmoid, of what they are given. */
  private static final List<String> SOFTMAXES = List.of("cross_entropy"), SIGMOIDS = List.of("binary_cross_entropy", "focal");

  private final Map<Node, String> activations = new HashMap<>();
  /** By what an activation gives, what it was given. */
  private final Map<Node, Node> scores = new HashMap<>();
  private final List<Call> calls = new ArrayList<>();

  private static Map<String, List<String>> parameters() {
    Map<String, List<String>> all = new HashMap<>();
    for (var name : List.of("cross_entropy", "perplexity")) {
      all.put(name, List.of("logits", "labels"));
    }
    for (var name : List.of("multiclass_hinge", "top_k_accuracy")) {
      all.put(name, List.of("scores", "labels"));
    }
    for (var name : List.of("binary_cross_entropy", "focal")) {
      all.put(name, List.of("logits", "truth"));
    }
    for (var name : List.of("hinge", "squared_hinge", "roc_auc")) {
      all.put(name, List.of("score", "truth"));
    }
    for (var name : List.of("mse", "mae", "huber", "half_squared_error", "log_cosh", "r2")) {
      all.put(name, List.of("prediction", "truth"));
    }
    for (var name : List.of("precision", "recall", "f1", "iou")) {
      all.put(name, List.of("guess", "truth"));
    }
    all.put("poisson", List.of("log_rate", "count"));
    all.put("dice", List.of("probability", "truth"));
    return all;
  }

  /** Notes what a primitive has made, if that is a last activation. */
  void made(String name, Scope arguments, Value result) {
    if (ACTIVATIONS.contains(name) && result instanceof Value.Tensor(var node)) {
      boolean last = !(arguments.own().get("axis") instanceof Value.Num(var axis)) || axis == -1 || axis == node.type().rank() - 1;
      if (last || name.equals("sigmoid")) {
        activations.put(node, name);
        if (arguments.own().get("x") instanceof Value.Tensor(var given)) {
          scores.put(node, given);
        }
      }
    }
  }

  /** Notes the call of a function of the library, if it compares. */
  void called(String name, Scope arguments) {
    var parameters = PARAMETERS.get(name);
    if (parameters != null && arguments.own().get(parameters.getFirst()) instanceof Value.Tensor(var guess)
        && arguments.own().get(parameters.getLast()) instanceof Value.Tensor(var truth)) {
      calls.add(new Call(name, guess, truth, arguments.own().get("ignore") instanceof Value.Num(var label) ? OptionalDouble.of(label) : OptionalDouble.empty()));
    }
  }

  /**
   * All outputs.
   *
   * @param nodes all there are, in order
   * @param names by output, the input or target of whose classes it speaks
   */
  List<OutputUse> of(List<Graph.Result> outputs, Collection<Elaborated.InputInfo> inputs, Map<String, String> names, List<Node> nodes) {
    var reach = new OutputReach(nodes, outputs);
    boolean targets = inputs.stream().anyMatch(Elaborated.InputInfo::target);
    var all = inputs.stream().filter(input -> !targets || input.target()).map(Elaborated.InputInfo::name).toList();
    return outputs.stream().map(output -> new OutputUse(output.name(), output.node().type(), form(output.node()), names.getOrDefault(output.name(), ""),
        all.stream().flatMap(input -> compared(output, input, reach).stream()).toList())).toList();
  }

  /**
   * Where several networks of the program come together: at the scores that outputs are made of by an activation or a loss trains by one; else at the
   * numbers that a loss compares, where outputs follow from these by sums and factors; else at the outputs.
   */
  Map<Node, MemberMeans> joints(List<Graph.Result> outputs, List<Node> nodes) {
    Map<Node, MemberMeans> joints = new HashMap<>();
    var reach = new OutputReach(nodes, outputs);
    for (var output : outputs) {
      var through = reach.through(output.node());
      for (var node : through) {
        if (activations.containsKey(node) && scores.containsKey(node)) {
          joints.putIfAbsent(scores.get(node), activations.get(node).equals("sigmoid") ? MemberMeans.SIGMOID : MemberMeans.SOFTMAX);
        }
      }
      calls.stream().filter(call -> through.contains(call.guess)).forEach(call -> {
        if (SOFTMAXES.contains(call.by) || SIGMOIDS.contains(call.by)) {
          joints.putIfAbsent(call.guess, SOFTMAXES.contains(call.by) ? MemberMeans.SOFTMAX : MemberMeans.SIGMOID);
        } else if (isAffine(output.node(), call.guess)) {
          joints.putIfAbsent(call.guess, MemberMeans.PLAIN);
        }
      });
    }
    outputs.stream().filter(output -> output.node().type().kind() == Kind.FLOAT).forEach(output -> joints.putIfAbsent(output.node(), MemberMeans.PLAIN));
    return joints;
  }

  /** Whether a node is another one times a constant plus a constant. */
  private static boolean isAffine(Node node, Node of) {
    if (node == of) {
      return true;
    }
    return switch (node.op()) {
      case Op.Reshape _, Op.Cast _ -> isAffine(node.operand(0), of);
      case Op.Binary(var fn) when fn == BinaryFn.ADD || fn == BinaryFn.SUB || fn == BinaryFn.MUL ->
          !Double.isNaN(constant(node.operand(1))) && isAffine(node.operand(0), of) || !Double.isNaN(constant(node.operand(0))) && isAffine(node.operand(1), of);
      case Op.Binary(var fn) when fn == BinaryFn.DIV -> !Double.isNaN(constant(node.operand(1))) && isAffine(node.operand(0), of);
      default -> false;
    };
  }

  private List<Compared> compared(Graph.Result output, String input, OutputReach reach) {
    var said = calls.stream().filter(call -> reach.outputs(call.guess).contains(output.name()) && reach.inputs(call.truth).contains(input)).toList();
    if (!said.isEmpty()) {
      var by = new LinkedHashSet<>(said.stream().map(Call::by).toList());
      var ignored = said.stream().map(Call::ignored).filter(OptionalDouble::isPresent).findFirst().orElse(OptionalDouble.empty());
      return List.of(new Compared(input, by, ignored, said.stream().anyMatch(call -> same(call.guess, output.node())),
          said.stream().anyMatch(call -> isInput(call.truth))));
    }
    if (calls.stream().anyMatch(call -> reach.outputs(call.guess).contains(output.name()))) {
      return List.of();
    }
    var meetings = reach.meetings(output.name(), input);
    return meetings.isEmpty() ? List.of() : List.of(new Compared(input, Set.of(), OptionalDouble.empty(),
        meetings.stream().anyMatch(node -> node.operands().stream().anyMatch(operand -> same(operand, output.node()))),
        meetings.stream().anyMatch(node -> node.operands().stream().anyMatch(OutputUses::isInput))));
  }

  // ---- what an output's numbers are

  private Form form(Node node) {
    if (isWhole(share(node, "softmax"))) {
      return Form.SOFTMAX;
    }
    return isWhole(share(node, "sigmoid")) ? Form.SIGMOID : "log_softmax".equals(activations.get(unshaped(node))) ? Form.LOG_SOFTMAX : Form.OTHER;
  }

  private static boolean isWhole(double share) {
    return Math.abs(share - 1) < 1e-6;
  }

  /** How many times what an activation gives a node is: a third of softmax is 1/3, a sum of three such 1. NaN of what is none. */
  private double share(Node node, String activation) {
    return share(node, activation, new NodeMap<>());
  }

  /** @param known by node: doubling, {@code x = x + x}, asks for one twice each time */
  private double share(Node node, String activation, NodeMap<Double> known) {
    var before = known.get(node);
    if (before != null) {
      return before;
    }
    double share = activation.equals(activations.get(node)) ? 1 : switch (node.op()) {
      case Op.Reshape _ when keepsClasses(node, activation) -> share(node.operand(0), activation, known);
      case Op.Binary(var fn) when fn == BinaryFn.ADD -> share(node.operand(0), activation, known) + share(node.operand(1), activation, known);
      case Op.Binary(var fn) when fn == BinaryFn.MUL -> {
        double left = constant(node.operand(0));
        yield Double.isNaN(left) ? constant(node.operand(1)) * share(node.operand(0), activation, known) : left * share(node.operand(1), activation, known);
      }
      case Op.Binary(var fn) when fn == BinaryFn.DIV -> share(node.operand(0), activation, known) / constant(node.operand(1));
      default -> Double.NaN;
    };
    known.put(node, share);
    return share;
  }

  private static boolean keepsClasses(Node node, String activation) {
    var before = node.operand(0).type().shape();
    var after = node.type().shape();
    return !activation.equals("softmax") || !after.isEmpty() && !before.isEmpty() && after.getLast().equals(before.getLast());
  }

  private static double constant(Node node) {
    return switch (node.op()) {
      case Op.Const(var value, _) -> value;
      case Op.Broadcast _, Op.Reshape _, Op.Cast _ -> constant(node.operand(0));
      default -> Double.NaN;
    };
  }

  // ---- where values come from

  private static Node unshaped(Node node) {
    var at = node;
    while (at.op() instanceof Op.Reshape || at.op() instanceof Op.Cast || at.op() instanceof Op.Broadcast) {
      at = at.operand(0);
    }
    return at;
  }

  private static boolean same(Node node, Node output) {
    return unshaped(node) == unshaped(output);
  }

  private static boolean isInput(Node node) {
    return unshaped(node).op() instanceof Op.Input;
  }
}
