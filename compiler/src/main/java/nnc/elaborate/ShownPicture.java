package nnc.elaborate;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.Suggestion;

/**
 * Which value of a program is shown as what becomes of its pictures: of those that have a name, are pictures and depend on an input but on no parameter, the
 * last; where a name has stood for several, so has the last of them. A picture is {@code float[N, H, W]} or {@code float[N, C, H, W]} of one or three
 * channels, of a batch and otherwise fixed.
 */
final class ShownPicture {
  /** A name of the program, and what it stood for. */
  record Named(String name, Node node) {}

  private ShownPicture() {}

  static Optional<Graph.Result> of(List<Named> all, String name, Diagnostics diagnostics) {
    var fitting = all.stream().filter(one -> isPicture(one.node) && (name.isEmpty() ? !(one.node.op() instanceof Op.Input) : one.name.equals(name)) && isBeforeWeights(one.node)).toList();
    if (fitting.isEmpty()) {
      if (name.isEmpty()) {
        diagnostics.error(Span.NONE, "no name of the program stands for pictures on their way to the first weights")
            .note("give them one, x = image / 255 |> augment(...), and write the network as x |> ...");
      } else if (all.stream().anyMatch(one -> one.name.equals(name))) {
        diagnostics.error(Span.NONE, name + " is no picture on its way to the first weights")
            .note("pictures are float[N, H, W] or float[N, C, H, W] of one or three channels, and depend on an input and on no parameter");
      } else {
        diagnostics.error(Span.NONE, "the program has no value called " + name + Suggestion.sentence(name, all.stream().map(Named::name).distinct().toList()));
      }
      return Optional.empty();
    }
    var shown = fitting.getLast();
    return Optional.of(new Graph.Result(Graph.Role.OUTPUT, shown.name, shown.node));
  }

  private static boolean isPicture(Node node) {
    var shape = node.type().shape();
    boolean lines = shape.size() == 3 || shape.size() == 4 && (shape.get(1).is(1) || shape.get(1).is(3));
    return lines && node.type().kind() == Kind.FLOAT && !shape.getFirst().isConstant() && shape.stream().skip(1).allMatch(Dim::isConstant);
  }

  private static boolean isBeforeWeights(Node node) {
    var behind = new NodeSet();
    boolean fed = false;
    var open = new ArrayDeque<>(List.of(node));
    while (!open.isEmpty()) {
      var next = open.pop();
      if (behind.add(next)) {
        if (next.op() instanceof Op.Parameter) {
          return false;
        }
        fed |= next.op() instanceof Op.Input;
        next.operands().forEach(open::push);
      }
    }
    return fed;
  }
}
