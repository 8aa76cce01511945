package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.WarningName;
import nnc.syntax.Ast;

/** What a program says of its training, as it is read. */
final class Objective {
  /** Something that holds for the parameters whose path matches. */
  record On(Value what, String pattern, Span span) {}

  /** A loss and what it is called: by its name, or the name or function that it was given as; empty if it was another expression. */
  record Loss(String called, Node node) {}

  /**
   * A penalty of what a layer gives.
   *
   * @param of    what it is taken of
   * @param value a scalar
   */
  record Activity(Node of, Node value) {}

  /** What a loss is called that is given as an expression. */
  static String called(Ast.Expr loss) {
    return switch (loss) {
      case Ast.Name name -> name.name();
      case Ast.Call call -> called(call.callee());
      case Ast.Pipe pipe -> called(pipe.right());
      default -> "";
    };
  }

  final List<Loss> losses = new ArrayList<>();
  final List<Graph.Result> metrics = new ArrayList<>();
  final List<On> penalties = new ArrayList<>();
  final List<Activity> activities = new ArrayList<>();
  final List<On> projections = new ArrayList<>();
  final List<On> frozen = new ArrayList<>();
  final List<Ast.Setting> data = new ArrayList<>();
  final List<Ast.Setting> train = new ArrayList<>();
  final List<Ast.Step> steps = new ArrayList<>();
  private final Map<String, Span> blocks = new HashMap<>();
  /** Where the program gives the name {@code loss} a value; null if it does not. */
  Span lossBound;

  void add(Ast.Data block) {
    requireFirst("data", block.span());
    data.addAll(block.settings());
  }

  void add(Ast.Train block) {
    requireFirst("train", block.span());
    train.addAll(block.settings());
    steps.addAll(block.steps());
  }

  /** Each loss of several, by what it is called if that is said of no other, otherwise by its number. */
  List<Graph.Result> terms() {
    var results = new ArrayList<Graph.Result>();
    for (int i = 0; i < losses.size() && losses.size() > 1; i++) {
      var loss = losses.get(i);
      boolean named = !loss.called().isEmpty() && losses.stream().filter(other -> other.called().equals(loss.called())).count() == 1;
      results.add(new Graph.Result(Graph.Role.TERM, "loss." + (named ? loss.called() : i + 1), loss.node()));
    }
    return results;
  }

  /**
   * Warns of a training that changes nothing: without a loss or without an optimizer.
   *
   * @param keeps whether layers keep something from step to step, which changes without an optimizer
   */
  void tellOfIdleTraining(boolean keeps, Diagnostics diagnostics) {
    if (lossBound != null && !sets(StepSettings.LOSS) && losses.isEmpty()) {
      diagnostics.warning(WarningName.IDLE_TRAINING, lossBound, "this gives the name loss a value, and nothing says what training lowers")
          .hint("what is lowered is said without '=': loss mse(prediction, truth)");
    } else if (blocks.containsKey("train") && losses.isEmpty() && !sets(StepSettings.LOSS)) {
      diagnostics.warning(WarningName.IDLE_TRAINING, blocks.get("train"), "nothing says what training lowers")
          .hint("say it by a statement of its own: loss mse(prediction, truth)");
    } else if (blocks.containsKey("train") && !sets(StepSettings.OPTIMIZER) && !keeps) {
      diagnostics.warning(WarningName.IDLE_TRAINING, blocks.get("train"), "nothing says how weights change").hint("name an optimizer: optimizer = adam(0.001)");
    }
  }

  /** Whether the train block or a step of it has a setting. */
  boolean sets(String name) {
    return Stream.concat(train.stream(), steps.stream().flatMap(step -> step.settings().stream())).anyMatch(setting -> setting.name().equals(name));
  }

  /** Whether training lowers anything beside losses. */
  boolean hasPenalties() {
    return !penalties.isEmpty() || !activities.isEmpty();
  }

  /** Of two blocks, of which an imported file may have one, nobody could tell whose settings count. */
  private void requireFirst(String word, Span span) {
    var first = blocks.putIfAbsent(word, span);
    if (first != null) {
      throw new ElaborationFault(span, "there are two " + word + " blocks, and their settings would be mixed").note("the first is here:", first);
    }
  }
}
