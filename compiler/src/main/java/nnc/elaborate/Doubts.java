package nnc.elaborate;

import java.util.List;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.source.Diagnostics;
import nnc.source.Span;

/** What is noted while a program is elaborated and may turn out not to be meant. */
final class Doubts {
  final LossActivationCheck lossFit = new LossActivationCheck();
  final Crossing crossing = new Crossing();
  final Amounts amounts = new Amounts();
  final Foresight foresight = new Foresight();

  /** Notes what a primitive has made. */
  void called(String name, Scope arguments, Value result, Span place) {
    lossFit.activated(name, arguments.own().get("x"), result, place);
    crossing.called(name, arguments, result, place);
    amounts.called(name, result);
  }

  /**
   * Warns of all.
   *
   * @param nodes    in order
   * @param ends     the nodes that the program is there for
   * @param predicts whether the graph is that of prediction
   */
  void tell(List<Node> nodes, List<Graph.Result> outputs, List<Node> ends, boolean predicts, Diagnostics diagnostics) {
    lossFit.tell(outputs, diagnostics);
    crossing.tell(diagnostics);
    amounts.tell(nodes, diagnostics);
    if (predicts) {
      foresight.tell(nodes, diagnostics);
    }
    RedundantLayerCheck.tell(nodes, ends, diagnostics);
  }
}
