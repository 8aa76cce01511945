package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.WarningName;

/**
 * Whether the last activation and the loss suit each other: softmax and cross_entropy for one class of several, sigmoid and
 * binary_cross_entropy for what is true or not. The library's losses take scores and apply the activation themselves.
 */
final class LossActivationCheck {
  /** The activation that belongs to a loss of the library. */
  private static final Map<String, String> ACTIVATIONS = Map.of("cross_entropy", "softmax", "binary_cross_entropy", "sigmoid", "focal", "sigmoid");

  /** The loss to think of where the activation is another than the loss's own. */
  private static final Map<String, String> HINTS = Map.of("softmax", "for one class of several the loss is cross_entropy",
      "sigmoid", "for classes of which several may be true the loss is binary_cross_entropy");

  private record Activation(String name, Node scores, Span place) {}

  private record Loss(String name, Node scores, Span place) {
    String activation() {
      return ACTIVATIONS.get(name);
    }
  }

  private final Map<Node, Activation> activations = new HashMap<>();
  private final List<Loss> losses = new ArrayList<>();

  /** Notes what a primitive has made of {@code x}, if it is a last activation. */
  void activated(String name, Value x, Value result, Span place) {
    if (ACTIVATIONS.containsValue(name) && x instanceof Value.Tensor(var scores) && result instanceof Value.Tensor(var made)) {
      activations.put(made, new Activation(name, scores, place));
    }
  }

  /** Notes the call of a function of the library, if it is a loss. */
  void called(String name, Scope arguments, Span place) {
    if (ACTIVATIONS.containsKey(name) && arguments.find("logits") instanceof Value.Tensor(var scores)) {
      losses.add(new Loss(name, scores, place));
    }
  }

  /** Warns of what does not fit. */
  void tell(List<Graph.Result> outputs, Diagnostics diagnostics) {
    losses.forEach(loss -> tell(loss, diagnostics));
    outputs.forEach(output -> tell(output, diagnostics));
  }

  private void tell(Loss loss, Diagnostics diagnostics) {
    var activation = activations.get(unshaped(loss.scores));
    var shape = loss.scores.type().shape();
    if (activation != null) {
      var warning = diagnostics.warning(WarningName.LOSS_ACTIVATION, loss.place, loss.name + " takes scores and applies " + loss.activation() + " itself, and these are what "
          + activation.name + " gives").note(activation.name + " is applied here:", activation.place).hint("give the scores to the loss");
      if (!activation.name.equals(loss.activation())) {
        warning.hint(HINTS.get(activation.name));
      }
    } else if (loss.activation().equals("softmax") && !shape.isEmpty() && shape.getLast().is(1)) {
      diagnostics.warning(WarningName.LOSS_ACTIVATION, loss.place, loss.name + " over a single class is always 0: the softmax of one score is 1")
          .note("the scores are " + loss.scores.type()).hint("the loss of a single score is binary_cross_entropy");
    }
  }

  private void tell(Graph.Result output, Diagnostics diagnostics) {
    var activation = activations.get(unshaped(output.node()));
    if (activation == null) {
      return;
    }
    var own = losses.stream().filter(loss -> unshaped(loss.scores) == unshaped(activation.scores)).toList();
    if (!own.isEmpty() && own.stream().noneMatch(loss -> loss.activation().equals(activation.name))) {
      var loss = own.getFirst();
      diagnostics.warning(WarningName.LOSS_ACTIVATION, activation.place, "the output " + output.name() + " is " + activation.name + " of scores that " + loss.name + " trains for "
          + loss.activation()).note("the loss is here:", loss.place).hint("the output that fits the loss is " + loss.activation() + "; "
          + HINTS.get(activation.name));
    }
  }

  private static Node unshaped(Node node) {
    var at = node;
    while (at.op() instanceof Op.Reshape) {
      at = at.operand(0);
    }
    return at;
  }
}
