package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;
import nnc.runtime.spec.ModelSpec.Initialiser;

/**
 * What values are expected to be before the first step: mean and mean square of the elements of what is computed from weights as they start, as if all
 * elements were independent and sums normal (Glorot and Bengio 2010; He et al. 2015). What does not depend on a parameter is taken to be standardised. Of
 * what is no weighted sum, scaling, or one of the activations {@code tanh}, {@code sigmoid} and {@code relu} nothing is claimed.
 */
final class StartScale {
  /** Mean and mean square. */
  record Moments(double mean, double square) {
    static final Moments STANDARD = new Moments(0, 1);

    double variance() {
      return Math.max(0, square - mean * mean);
    }
  }

  /** An activation, and its slope. */
  record Activation(Node of, DoubleUnaryOperator value, DoubleUnaryOperator slope, double steepest) {}

  /** Steps of the integral over the normal distribution, and how many deviations it goes. */
  private static final int STEPS = 400;
  private static final double REACH = 6;

  private final NodeMap<Moments> known = new NodeMap<>();
  private final NodeMap<Boolean> learned = new NodeMap<>();
  private final Map<String, Elaborated.WeightInfo> weights;

  /** @param nodes in order */
  StartScale(List<Node> nodes, Map<String, Elaborated.WeightInfo> weights) {
    this.weights = weights;
    for (var node : nodes) {
      boolean depends = node.op() instanceof Op.Parameter || node.operands().stream().anyMatch(this::isLearned);
      if (depends) {
        learned.put(node, true);
      }
      var moments = depends ? moments(node) : Double.isNaN(OpTraits.value(node)) ? Moments.STANDARD : constant(OpTraits.value(node));
      if (moments != null && Double.isFinite(moments.square)) {
        known.put(node, moments);
      }
    }
  }

  boolean isLearned(Node node) {
    return learned.contains(node);
  }

  /** Null if nothing is claimed. */
  Moments of(Node node) {
    return known.get(node);
  }

  private static Moments constant(double value) {
    return new Moments(value, value * value);
  }

  private Moments moments(Node node) {
    var x = node.operands().isEmpty() ? null : of(node.operand(0));
    var activation = activation(node);
    if (activation != null) {
      var z = of(activation.of);
      return z == null ? null : new Moments(expected(activation.value, z), expected(v -> Math.pow(activation.value.applyAsDouble(v), 2), z));
    }
    return switch (node.op()) {
      case Op.Parameter(var path, _) -> weights.containsKey(path) ? start(weights.get(path)) : null;
      case Op.MatMul(), Op.Conv _ -> product(node);
      case Op.Broadcast _, Op.Reshape _, Op.Transpose _, Op.Slice _, Op.StopGradient _, Op.Windows _ -> x;
      case Op.Reduce(var fn, _) -> fn == ReduceFn.MAX ? x : null;
      case Op.Unary(var fn) -> fn == UnaryFn.NEG && x != null ? new Moments(-x.mean, x.square) : null;
      case Op.Binary(var fn) -> binary(fn, node);
      default -> null;
    };
  }

  private Moments binary(BinaryFn fn, Node node) {
    var x = of(node.operand(0));
    var y = of(node.operand(1));
    // two ways that meet have begun at one place, and are not independent
    boolean joined = isLearned(node.operand(0)) && isLearned(node.operand(1)) && !isWeight(node.operand(0)) && !isWeight(node.operand(1));
    if (x == null || y == null || joined) {
      return null;
    }
    return switch (fn) {
      case ADD -> sum(x, y);
      case SUB -> sum(x, new Moments(-y.mean, y.square));
      case MUL -> new Moments(x.mean * y.mean, x.square * y.square);
      case DIV -> y.variance() == 0 && y.mean != 0 ? new Moments(x.mean / y.mean, x.square / y.square) : null;
      default -> null;
    };
  }

  private static Moments sum(Moments x, Moments y) {
    double mean = x.mean + y.mean;
    return new Moments(mean, x.variance() + y.variance() + mean * mean);
  }

  /** Of a sum of so many products. */
  private Moments product(Node node) {
    var x = of(node.operand(0));
    var w = of(node.operand(1));
    double terms = terms(node);
    if (x == null || w == null || Double.isNaN(terms)) {
      return null;
    }
    double mean = terms * x.mean * w.mean;
    return new Moments(mean, terms * (x.square * w.square - x.mean * x.mean * w.mean * w.mean) + mean * mean);
  }

  /** How many terms each element of a product is the sum of. */
  static double terms(Node node) {
    return switch (node.op()) {
      case Op.MatMul() -> fixed(node.operand(1).type().dim(node.operand(1).type().rank() - 2));
      case Op.Conv conv when conv.role() == Op.ConvRole.FORWARD -> fixed(node.operand(1).type().size()) / fixed(node.operand(1).type().dim(0));
      default -> Double.NaN;
    };
  }

  /** How many elements of a product each element of its first operand is in. */
  static double spread(Node node) {
    return switch (node.op()) {
      case Op.MatMul() -> fixed(node.operand(1).type().shape().getLast());
      case Op.Conv conv when conv.role() == Op.ConvRole.FORWARD -> fixed(node.operand(1).type().size()) / fixed(node.operand(1).type().dim(1)) / conv.window().groups()
          / conv.window().stride().stream().mapToInt(step -> step).reduce(1, (a, b) -> a * b);
      default -> Double.NaN;
    };
  }

  private static double fixed(Dim dim) {
    return dim.isConstant() ? (double) dim.constant().getAsLong() : Double.NaN;
  }

  /** As the weight starts; the fans are those of {@code Initializers}. */
  private static Moments start(Elaborated.WeightInfo weight) {
    var shape = weight.type().shape().stream().mapToDouble(StartScale::fixed).toArray();
    double rest = 1;
    for (int i = 2; i < shape.length; i++) {
      rest *= shape[i];
    }
    // a matrix has its inputs first, filters their outputs
    double in = shape.length < 2 ? shape.length == 0 ? 1 : shape[0] : shape.length == 2 ? shape[0] : shape[1] * rest;
    double out = shape.length < 2 ? in : shape.length == 2 ? shape[1] : shape[0] * rest;
    return start(weight.initialiser(), in, out);
  }

  private static Moments start(Initialiser start, double in, double out) {
    var numbers = start.arguments();
    return switch (start.kind()) {
      case ZEROS -> constant(0);
      case ONES -> constant(1);
      // without its numbers it is refused where weights are made
      case CONSTANT -> numbers.isEmpty() ? null : constant(numbers.getFirst());
      case UNIFORM -> numbers.size() < 2 ? null : new Moments((numbers.get(0) + numbers.get(1)) / 2,
          (numbers.get(0) * numbers.get(0) + numbers.get(0) * numbers.get(1) + numbers.get(1) * numbers.get(1)) / 3);
      case NORMAL, TRUNCATED_NORMAL -> {
        double mean = numbers.isEmpty() ? 0 : numbers.getFirst();
        double sd = numbers.size() < 2 ? 1 : numbers.get(1);
        yield new Moments(mean, sd * sd + mean * mean);
      }
      case GLOROT_UNIFORM, GLOROT_NORMAL -> new Moments(0, 2 / (in + out));
      case HE_UNIFORM, HE_NORMAL -> new Moments(0, 2 / in);
      case LECUN_UNIFORM, LECUN_NORMAL -> new Moments(0, 1 / in);
      case ORTHOGONAL -> new Moments(0, Math.pow(numbers.isEmpty() ? 1 : numbers.getFirst(), 2) / Math.max(in, out));
      case SPARSE, IDENTITY, TABLE, DATA_MEAN, DATA_DEVIATION, DATA_MEDIAN, DATA_MODE, DATA_CENTRE, DATA_ZCA, DATA_PCA, DATA_IDF -> null;
    };
  }

  // ---- activations

  /** What a node is as an activation; null if it is none of those known. */
  static Activation activation(Node node) {
    return switch (node.op()) {
      case Op.Unary(var fn) when fn == UnaryFn.TANH -> new Activation(node.operand(0), Math::tanh, z -> 1 - Math.pow(Math.tanh(z), 2), 1);
      case Op.Unary(var fn) when fn == UnaryFn.SIGMOID -> new Activation(node.operand(0), StartScale::sigmoid, z -> sigmoid(z) * (1 - sigmoid(z)), 0.25);
      case Op.Select() when isRelu(node) -> new Activation(node.operand(2), z -> Math.max(0, z), z -> z > 0 ? 1 : 0, 1);
      default -> null;
    };
  }

  private static boolean isRelu(Node node) {
    var condition = node.operand(0);
    return condition.op() instanceof Op.Binary(var fn) && fn == BinaryFn.LE && condition.operand(0) == node.operand(2) && OpTraits.value(condition.operand(1)) == 0
        && OpTraits.value(node.operand(1)) == 0;
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  /** Of a function of what is normal with these moments, by Simpson's rule. */
  static double expected(DoubleUnaryOperator function, Moments z) {
    double deviation = Math.sqrt(z.variance());
    if (deviation == 0) {
      return function.applyAsDouble(z.mean);
    }
    double sum = 0;
    double weight = 0;
    for (int i = 0; i <= STEPS; i++) {
      double t = REACH * (2.0 * i / STEPS - 1);
      double density = Math.exp(-t * t / 2) * (i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2);
      sum += density * function.applyAsDouble(z.mean + deviation * t);
      weight += density;
    }
    return sum / weight;
  }

  // ---- the way back

  /** Layers of a straight chain, from a product with weights to the one before, as long as nothing is claimed of what is between: the last first. */
  List<Node> chain(Node product) {
    var chain = new ArrayList<Node>();
    for (var at = product; at != null; at = before(at)) {
      chain.add(at);
    }
    return chain;
  }

  /** The product with weights that a product's first operand is made of; null if that is another thing, or made of several. */
  private Node before(Node product) {
    var at = product.operand(0);
    while (at != null && isLearned(at) && !isLayer(at)) {
      at = inner(at);
    }
    return at != null && isLearned(at) ? at : null;
  }

  /** The only operand of a node that varies, where it is known how the node scales it; null otherwise. */
  Node inner(Node node) {
    var activation = activation(node);
    if (activation != null) {
      return activation.of;
    }
    return switch (node.op()) {
      case Op.Broadcast _, Op.Reshape _, Op.Transpose _, Op.Slice _ -> node.operand(0);
      case Op.Binary(var fn) when fn == BinaryFn.ADD || fn == BinaryFn.SUB -> isWeight(node.operand(1)) ? node.operand(0) : isWeight(node.operand(0)) ? node.operand(1) : null;
      case Op.Binary(var fn) when fn == BinaryFn.MUL || fn == BinaryFn.DIV -> !Double.isNaN(OpTraits.value(node.operand(1))) ? node.operand(0) : null;
      default -> null;
    };
  }

  /** The product with a parameter of a dense layer or a convolution. */
  static boolean isLayer(Node node) {
    return !Double.isNaN(terms(node)) && isWeight(node.operand(1));
  }

  /** A parameter, or one that was only put in another shape; a number too. */
  static boolean isWeight(Node node) {
    var at = node;
    while (at.op() instanceof Op.Broadcast || at.op() instanceof Op.Reshape || at.op() instanceof Op.Transpose) {
      at = at.operand(0);
    }
    return at.op() instanceof Op.Parameter || at.op() instanceof Op.Const;
  }

  /** The mean square of the gradient by an earlier product of a chain, over that by the one after it. */
  double factor(Node after, Node before) {
    double factor = spread(after) * (of(after.operand(1)) == null ? Double.NaN : of(after.operand(1)).square);
    for (var at = after.operand(0); at != before; at = inner(at)) {
      var activation = activation(at);
      if (activation != null) {
        var z = of(activation.of);
        factor *= z == null ? Double.NaN : expected(v -> Math.pow(activation.slope.applyAsDouble(v), 2), z);
      } else if (at.op() instanceof Op.Binary(var fn) && (fn == BinaryFn.MUL || fn == BinaryFn.DIV)) {
        double number = OpTraits.value(at.operand(1));
        factor *= fn == BinaryFn.MUL ? number * number : 1 / (number * number);
      }
    }
    return factor;
  }
}
