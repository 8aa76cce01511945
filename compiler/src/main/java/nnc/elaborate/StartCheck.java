package nnc.elaborate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.runtime.spec.ModelSpec.InitialiserKind;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.WarningName;

/**
 * Whether weights start so that a network can learn: gradients of a chain's first layer that are far from those of its last, activations that begin where they
 * are flat, and two layers in a row that start as zeros.
 */
final class StartCheck {
  /** Between the gradients of a chain's first and last layer, as deviations. */
  private static final double FAR = 1e4;

  /** The mean square of an activation's slope over that of its steepest, at least. */
  private static final double FLAT = 0.1;

  private final StartScale scale;
  private final Map<String, Elaborated.WeightInfo> weights;
  private final Diagnostics diagnostics;

  private StartCheck(StartScale scale, Map<String, Elaborated.WeightInfo> weights, Diagnostics diagnostics) {
    this.scale = scale;
    this.weights = weights;
    this.diagnostics = diagnostics;
  }

  /**
   * Warns of all.
   *
   * @param nodes   that the program's results need, in order
   * @param weights by path
   */
  static void tell(List<Node> nodes, Map<String, Elaborated.WeightInfo> weights, Diagnostics diagnostics) {
    var check = new StartCheck(new StartScale(nodes, weights), weights, diagnostics);
    check.gradients(nodes);
    nodes.stream().filter(node -> !node.span().equals(Span.NONE)).forEach(node -> {
      check.saturated(node);
      check.zeros(node);
    });
  }

  /** Of each chain from its last layer on. */
  private void gradients(List<Node> nodes) {
    var told = new NodeSet();
    for (var node : nodes.reversed()) {
      if (StartScale.isLayer(node) && !told.contains(node)) {
        var chain = scale.chain(node);
        chain.forEach(told::add);
        chain(chain);
      }
    }
  }

  private void chain(List<Node> chain) {
    double logarithm = 0;
    for (int i = 0; i + 1 < chain.size(); i++) {
      logarithm += Math.log(scale.factor(chain.get(i), chain.get(i + 1))) / 2;
    }
    // of weights that start as zeros there is no scale
    if (!Double.isFinite(logarithm) || Math.abs(logarithm) < Math.log(FAR)) {
      return;
    }
    double ratio = Math.exp(logarithm);
    var first = chain.getLast();
    diagnostics.warning(WarningName.GRADIENT_SCALE, first.span(), "as weights start, the gradient of this layer is expected to be " + power(ratio) + " times that of the last of "
        + chain.size() + " layers: " + (ratio < 1 ? "it vanishes on the way, and this layer hardly learns" : "it explodes on the way, and steps will diverge"))
        .note("the last of them:", chain.getFirst().span())
        .hint(ratio < 1 ? "relu with init = he_normal, a way around layers (x + f(x)) or layer_norm() between them keep gradients alike"
            : "smaller weights (init = glorot_uniform, he_normal), or layer_norm() between layers, keep gradients alike");
  }

  private static String power(double ratio) {
    return String.format(Locale.ROOT, "%.0e", ratio).replace("e-0", "e-").replace("e+0", "e").replace("e+", "e");
  }

  private void saturated(Node node) {
    var activation = StartScale.activation(node);
    var z = activation == null || !scale.isLearned(node) ? null : scale.of(activation.of());
    if (z == null || StartScale.expected(v -> Math.pow(activation.slope().applyAsDouble(v) / activation.steepest(), 2), z) >= FLAT || activation.steepest() == 1 && !isTanh(node)) {
      return;
    }
    diagnostics.warning(WarningName.SATURATED_START, node.span(), (isTanh(node) ? "tanh" : "sigmoid") + " starts saturated: it is applied to sums of " + number(z.mean()) + " plus or minus "
        + number(Math.sqrt(z.variance())) + ", where it is flat and passes hardly any gradient")
        .hint("smaller weights to begin with (init = glorot_uniform, lecun_normal), or an input that is standardised");
  }

  private static boolean isTanh(Node node) {
    return node.op() instanceof Op.Unary(var fn) && fn == nnc.graph.UnaryFn.TANH;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }

  /** With both as zeros neither has a gradient that tells its units apart: that of each is a multiple of the other's weights. */
  private void zeros(Node node) {
    if (!StartScale.isLayer(node) || !isZero(node)) {
      return;
    }
    var chain = scale.chain(node);
    if (chain.size() > 1 && isZero(chain.get(1))) {
      var warning = diagnostics.warning(WarningName.ZERO_START, node.span(), "the weights of this layer and of the one before start as zeros: all units of a layer stay alike, and "
          + "that one gets no gradient at first");
      if (!chain.get(1).span().equals(node.span())) {
        warning.note("the one before:", chain.get(1).span());
      }
      warning.hint("let at least one start at random: init = glorot_uniform");
    }
  }

  private boolean isZero(Node layer) {
    var at = layer.operand(1);
    while (!at.operands().isEmpty()) {
      at = at.operand(0);
    }
    return at.op() instanceof Op.Parameter(var path, _) && weights.containsKey(path) && weights.get(path).initialiser().kind() == InitialiserKind.ZEROS;
  }
}
