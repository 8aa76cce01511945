package nnc.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import nnc.differentiate.Gradients;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.UnaryFn;
import nnc.source.Span;
import nnc.source.WarningName;
import nnc.syntax.Ast;

/** One of the steps that each batch is trained by in turn: what it lowers, which parameters it learns, and how. */
final class TrainingStep {
  private final Elaborator elaborator;
  private final Objective objective;
  private final StepSettings settings;
  private final Node losses;
  private final Optional<Ast.Setting> chosen;
  private final int number;
  private Map<String, Node> learned;

  /**
   * @param losses the sum of all losses, which a step lowers that names none
   * @param number of the step, from 0 on
   */
  TrainingStep(Elaborator elaborator, Objective objective, StepSettings settings, Node losses, int number) {
    this.elaborator = elaborator;
    this.objective = objective;
    this.settings = settings;
    this.number = number;
    chosen = settings.find(StepSettings.LOSS);
    this.losses = chosen.map(this::loss).orElse(losses);
  }

  private GraphBuilder graph() {
    return elaborator.builder();
  }

  private Node loss(Ast.Setting setting) {
    elaborator.mark(setting.span());
    var value = settings.value(setting);
    return Declarations.scalar(value, graph(), setting.span());
  }

  /** Whether it is given no loss of its own, and lowers the sum of all. */
  boolean lowersAll() {
    return chosen.isEmpty();
  }

  /** What the step lowers, but for penalties. */
  Node losses() {
    return losses;
  }

  /** The step runs on each batch whose number is a multiple of this. */
  int every() {
    return settings.count(StepSettings.EVERY);
  }

  // ---- what it lowers

  /**
   * What training lowers.
   *
   * @param losses  the sum of the losses
   * @param penalty the sum of the penalties of what the step learns, if there are any
   */
  private record Total(Node losses, Optional<Node> penalty, Node all) {}

  private Total total() {
    var penalties = new ArrayList<Node>();
    var learned = learned();
    boolean all = chosen.isEmpty() || chosen.get().on().isEmpty();
    for (var penalty : objective.penalties) {
      for (var path : elaborator.weights.matching(penalty.pattern(), penalty.span())) {
        if (all || learned.containsKey(path)) {
          penalties.add(penalty(apply(penalty, elaborator.weights.parameters.get(path)), penalty.span()));
        }
      }
    }
    for (var activity : objective.activities) {
      if (all || Reach.of(activity.of()).anyOf(learned.values())) {
        penalties.add(activity.value());
      }
    }
    return new Total(losses, penalties.stream().reduce(graph()::add), penalties.stream().reduce(losses, graph()::add));
  }

  private Node penalty(Node penalty, Span span) {
    if (penalty.type().rank() > 0) {
      throw new ElaborationFault(span, "a penalty is a scalar, and this is " + penalty.type() + "; take its sum");
    }
    return graph().cast(penalty, Kind.FLOAT);
  }

  private Node apply(Objective.On on, Node parameter) {
    elaborator.mark(on.span());
    return Penalties.applied(elaborator, on.what(), parameter, on.span());
  }

  // ---- what it learns

  /** The parameters that the step learns, by path. */
  Map<String, Node> learned() {
    if (learned == null) {
      settings.checkPatterns();
      learned = new LinkedHashMap<>(elaborator.weights.parameters);
      for (var frozen : objective.frozen) {
        elaborator.weights.matching(frozen.pattern(), frozen.span()).forEach(learned::remove);
      }
      chosen.filter(loss -> !loss.on().isEmpty())
          .ifPresent(loss -> learned.keySet().removeIf(path -> loss.on().stream().noneMatch(pattern -> Weights.matches(pattern, path))));
      learned.keySet().removeIf(this::leaves);
    }
    return learned;
  }

  /** Whether the step says that it leaves a parameter as it is. */
  boolean leaves(String path) {
    return settings.optimizer(path).map(Ast.Setting::value).orElse(null) instanceof Ast.None;
  }

  private Map<String, Node> gradients(Node loss) {
    var learned = learned();
    var found = Gradients.of(loss, List.copyOf(learned.values()), graph());
    var gradients = new LinkedHashMap<String, Node>();
    var idle = new LinkedHashMap<Span, List<String>>();
    int i = 0;
    for (var path : learned.keySet()) {
      var gradient = found.get(i++);
      if (gradient.isEmpty()) {
        idle.computeIfAbsent(learned.get(path).span(), _ -> new ArrayList<>()).add(path);
      }
      gradients.put(path, gradient.orElseGet(() -> graph().like(learned.get(path), 0)));
    }
    var needed = new NodeSet();
    graph().finish("", List.of(new Graph.Result(Graph.Role.LOSS, "loss", loss))).needed(_ -> false).nodes().forEach(needed::add);
    idle.forEach((place, paths) -> {
      if (paths.stream().map(learned::get).noneMatch(needed::contains)) {
        elaborator.diagnostics().warning(WarningName.UNLEARNED_PARAMETER, place, "the loss does not depend on " + String.join(", ", paths))
            .hint("let it learn from what these compute, or leave them out");
      } else {
        elaborator.diagnostics().warning(WarningName.BLOCKED_GRADIENT, place, "no gradient reaches " + String.join(", ", paths) + ": the loss depends on it by steps alone, or behind stop_gradient")
            .hint("argmax, round, comparisons and whole numbers have no slope; freeze what is to stay as it is");
      }
    });
    return gradients;
  }

  /** The loss and its gradients. */
  List<Graph.Result> gradients() {
    var results = new ArrayList<Graph.Result>();
    var loss = total().all;
    results.add(new Graph.Result(Graph.Role.LOSS, "loss", loss));
    var declared = DeclaredGradients.behind(loss, graph());
    gradients(loss).forEach((path, gradient) ->
        results.add(new Graph.Result(declared.contains(path) ? Graph.Role.DECLARED_GRADIENT : Graph.Role.GRADIENT, path, gradient)));
    return results;
  }

  // ---- the step

  /**
   * The step's results: its loss, what is told beside it, and what it leaves in weights. What layers assign in it stands among the updates
   * already.
   *
   * @param terms   of its loss, that no step before it tells
   * @param metrics that it computes beside
   * @param resting parameters that no step learns, whose averages this step is to keep
   * @param prefix of the paths where a parameter's optimizer keeps its memory
   */
  List<Graph.Result> results(List<Graph.Result> terms, List<Graph.Result> metrics, Set<String> resting, UnaryOperator<String> prefix) {
    var results = new ArrayList<Graph.Result>();
    var total = total();
    results.add(new Graph.Result(Graph.Role.LOSS, "loss", total.all));
    total.penalty.ifPresent(_ -> results.add(new Graph.Result(Graph.Role.TERM, "loss", total.losses)));
    results.addAll(terms);
    total.penalty.ifPresent(penalty -> results.add(new Graph.Result(Graph.Role.TERM, "penalty", penalty)));
    results.addAll(metrics);
    if (settings.hasOptimizers()) {
      learn(total.all, resting, prefix);
    }
    elaborator.weights.updates.forEach((path, next) -> results.add(new Graph.Result(Graph.Role.UPDATE, path, next)));
    results.addAll(elaborator.weights.rows.results());
    return results;
  }

  private void learn(Node loss, Set<String> resting, UnaryOperator<String> prefix) {
    var updates = elaborator.weights.updates;
    var layers = Set.copyOf(updates.keySet());
    var runs = runs();
    elaborator.countSteps(runs);
    var accumulation = Accumulation.of(elaborator, runs, settings.count(StepSettings.ACCUMULATE), prefix);
    var gradients = new GradientClipping(graph(), settings).clipped(accumulation.gradients(gradients(loss)));
    var optimizers = new Optimizers(elaborator, settings, objective, number);
    var joint = new LinkedHashMap<Ast.Setting, List<String>>();
    learned().keySet().forEach(path -> {
      var setting = settings.optimizer(path).orElseThrow(() -> new ElaborationFault(settings.find(StepSettings.OPTIMIZER).orElseThrow().span(),
          "no optimizer is set for " + path).hint("say it without 'on' for all others; 'optimizer = none on \"" + path + "\"' leaves it as it is"));
      if (optimizers.isJoint(setting)) {
        joint.computeIfAbsent(setting, _ -> new ArrayList<>()).add(path);
      } else {
        optimizers.optimize(setting, path, prefix.apply(path), gradients.get(path));
      }
    });
    joint.forEach((setting, paths) -> optimizers.optimize(setting, paths, paths.stream().map(gradients::get).toList(), loss));
    project(updates);
    settings.find("average").ifPresent(setting -> average(setting, resting));
    accumulation.hold(updates, layers);
    optimizers.hold(updates);
    elaborator.countSteps(graph().counter(Op.CounterKind.STEP));
  }

  /** How often the step has run, this time included: to optimizers and their schedules, {@code step}. */
  private Node runs() {
    var g = graph();
    var batches = g.counter(Op.CounterKind.STEP);
    int every = every();
    return every == 1 ? batches : g.unary(UnaryFn.FLOOR, g.div(batches, g.constant(every)));
  }

  /** Each parameter's average moves after its weight; a resting one's is the weight. */
  private void average(Ast.Setting setting, Set<String> resting) {
    if (!elaborator.averaged()) {
      throw new ElaborationFault(setting.span(), "average stands in the program itself, not in an imported file");
    }
    var rule = settings.value(setting);
    var updates = elaborator.weights.updates;
    elaborator.weights.parameters.forEach((path, weight) -> {
      var next = updates.get(path);
      if (next != null || resting.contains(path)) {
        var average = elaborator.weights.average(path, weight.type());
        var moved = next == null ? weight : averaged(rule, average, next, setting.span());
        updates.put(path + ".average", graph().stopGradient(Expressions.guarded(setting.span(), () -> graph().broadcastTo(moved, weight.type().shape()))));
      }
    });
  }

  private Node averaged(Value rule, Node average, Node weight, Span span) {
    var actuals = List.of(new Calls.Actual(null, new Value.Tensor(average), span), new Calls.Actual(null, new Value.Tensor(weight), span));
    var value = elaborator.calls().apply(rule, actuals, span, Optional.empty(), new Frame(""));
    return Convert.tensor(value, graph(), () -> new ElaborationFault(span, "average is a function of an average and a weight, such as ema(0.999), and this gives "
        + value.describe()));
  }

  private void project(Map<String, Node> updates) {
    for (var projection : objective.projections) {
      for (var path : elaborator.weights.matching(projection.pattern(), projection.span())) {
        if (updates.containsKey(path)) {
          var next = apply(projection, updates.get(path));
          updates.put(path, Expressions.guarded(projection.span(), () -> graph().broadcastTo(next, updates.get(path).type().shape())));
        }
      }
    }
  }
}
