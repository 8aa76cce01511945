package nnc.elaborate;

import java.util.List;
import java.util.Map;
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
  final LayoutCheck layout = new LayoutCheck();
  /** Whether the program itself asks whether it is trained: then it may need elsewhere what it does not need here. */
  boolean trainingAsked;

  /** Notes what a primitive has made. */
  void called(String name, Scope arguments, Value result, Span place) {
    lossFit.activated(name, arguments.own().get("x"), result, place);
    crossing.called(name, arguments, result, place);
    amounts.called(name, result);
  }

  /**
   * What the program has declared.
   *
   * @param ends    the nodes that it is there for
   * @param weights by path
   */
  record Declared(List<Node> ends, Map<String, Elaborated.WeightInfo> weights) {}

  /**
   * Warns of all.
   *
   * @param nodes    in order
   * @param predicts whether the graph is that of prediction
   */
  void tell(List<Node> nodes, List<Graph.Result> outputs, Declared declared, boolean predicts, Diagnostics diagnostics) {
    lossFit.tell(outputs, diagnostics);
    crossing.tell(diagnostics);
    amounts.tell(nodes, diagnostics);
    layout.tell(diagnostics);
    if (predicts) {
      foresight.tell(nodes, diagnostics);
    }
    RedundantLayerCheck.tell(nodes, declared.ends, diagnostics);
    var needed = List.copyOf(new Graph("", nodes, declared.ends.stream().map(end -> new Graph.Result(Graph.Role.TERM, "", end)).toList()).needed(_ -> false).nodes());
    if (predicts && !trainingAsked && !declared.ends.isEmpty()) {
      UnusedInputs.tell(nodes, needed, diagnostics);
    }
    if (predicts) {
      StartCheck.tell(needed, declared.weights, diagnostics);
    }
  }
}
