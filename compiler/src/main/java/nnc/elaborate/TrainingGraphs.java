package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Span;
import nnc.source.WarningName;
import nnc.syntax.Ast;

/** From losses, penalties and optimizers to the graphs of the steps that a batch is trained by, and of an evaluation. */
final class TrainingGraphs {
  private final Elaborator elaborator;
  private final Objective objective;
  private final List<TrainingStep> steps = new ArrayList<>();

  TrainingGraphs(Elaborator elaborator, Objective objective, Scope scope) {
    this.elaborator = elaborator;
    this.objective = objective;
    var losses = objective.losses.stream().map(Objective.Loss::node).reduce(graph()::add).orElse(null);
    var shared = objective.train.stream().filter(setting -> objective.steps.isEmpty() || !setting.name().equals(StepSettings.LOSS)).toList();
    var blocks = objective.steps.isEmpty() ? List.of(List.<Ast.Setting>of()) : objective.steps.stream().map(Ast.Step::settings).toList();
    for (var own : blocks) {
      var settings = new StepSettings(elaborator, scope, own, shared);
      if (losses != null || settings.find(StepSettings.LOSS).isPresent()) {
        steps.add(new TrainingStep(elaborator, objective, settings, losses, steps.size()));
      }
    }
  }

  private GraphBuilder graph() {
    return elaborator.builder();
  }

  /** How often each step runs. */
  List<Integer> every() {
    return steps.stream().map(TrainingStep::every).toList();
  }

  List<Graph.Result> evaluation() {
    var results = new ArrayList<Graph.Result>();
    steps.stream().map(TrainingStep::losses).distinct().reduce(graph()::add)
        .ifPresent(loss -> results.add(new Graph.Result(Graph.Role.LOSS, "loss", loss)));
    results.addAll(objective.terms());
    results.addAll(objective.metrics);
    results.addAll(elaborator.weights.rows.results());
    return results;
  }

  /** Of each step, its loss and the gradients of what it learns. */
  List<List<Graph.Result>> gradients() {
    freeze();
    return steps.stream().map(TrainingStep::gradients).toList();
  }

  /** Of each step, what it gives and what it leaves in weights. */
  List<List<Graph.Result>> steps() {
    var resting = freeze();
    var assigned = assigned();
    var results = new ArrayList<List<Graph.Result>>();
    var owners = new LinkedHashMap<String, Integer>();
    var told = new HashSet<Graph.Result>();
    for (int i = 0; i < steps.size(); i++) {
      int number = i;
      elaborator.weights.updates.clear();
      elaborator.weights.updates.putAll(assigned.get(i));
      var part = part(steps.get(i));
      var terms = objective.terms().stream().filter(term -> (steps.get(number).lowersAll() || part.contains(term.node())) && told.add(term)).toList();
      results.add(steps.get(i).results(terms, number == 0 ? objective.metrics : List.of(), number == 0 ? resting : Set.of(),
          path -> ModelSpec.Training.memory(owners.computeIfAbsent(path, _ -> number) == number ? 0 : number)));
    }
    objective.terms().stream().filter(term -> !told.contains(term)).findFirst().ifPresent(this::unused);
    return results;
  }

  private void unused(Graph.Result term) {
    elaborator.diagnostics().warning(WarningName.UNUSED, term.node().span(), "no step lowers " + term.name()).hint("name it as the loss of a step, or make it a metric");
  }

  /** Marks what no step learns; gives it. */
  private Set<String> freeze() {
    var resting = new HashSet<>(elaborator.weights.parameters.keySet());
    steps.forEach(step -> resting.removeAll(step.learned().keySet()));
    if (!steps.isEmpty()) {
      resting.forEach(elaborator.weights::freeze);
      if (!resting.isEmpty() && resting.containsAll(elaborator.weights.parameters.keySet()) && !objective.frozen.isEmpty()) {
        elaborator.diagnostics().warning(WarningName.IDLE_TRAINING, objective.frozen.getFirst().span(), "all parameters are frozen, and training changes none")
            .hint("name those that shall stay: freeze \"encoder.*\"");
      }
      doubt(resting);
    }
    return resting;
  }

  /** Warns of what no step learns although nobody said so. */
  private void doubt(Set<String> resting) {
    var forgotten = new LinkedHashMap<Span, List<String>>();
    for (var path : elaborator.weights.parameters.keySet()) {
      boolean meant = objective.frozen.stream().anyMatch(frozen -> Weights.matches(frozen.pattern(), path)) || steps.stream().anyMatch(step -> step.leaves(path));
      if (resting.contains(path) && !meant) {
        forgotten.computeIfAbsent(elaborator.weights.parameters.get(path).span(), _ -> new ArrayList<>()).add(path);
      }
    }
    forgotten.forEach((place, paths) -> elaborator.diagnostics().warning(WarningName.UNLEARNED_PARAMETER, place, "no step learns " + String.join(", ", paths))
        .hint("let the 'on' of a step's loss take it in, or freeze it"));
  }

  /**
   * What layers assign, by step: what is computed from something that the step's loss is computed from too, as a batch's mean is. What has to do
   * with no loss is assigned in the first step.
   */
  private List<Map<String, Node>> assigned() {
    var updates = elaborator.weights.updates;
    if (steps.size() == 1) {
      return List.of(new LinkedHashMap<>(updates));
    }
    var reached = steps.stream().map(step -> reached(part(step))).toList();
    var assigned = steps.stream().map(_ -> (Map<String, Node>) new LinkedHashMap<String, Node>()).toList();
    updates.forEach((path, next) -> {
      boolean first = reached.stream().noneMatch(nodes -> nodes.contains(next));
      for (int i = 0; i < assigned.size(); i++) {
        if (reached.get(i).contains(next) || first && i == 0) {
          assigned.get(i).put(path, next);
        }
      }
    });
    return assigned;
  }

  /** Some nodes and all that is computed from them. */
  private NodeSet reached(NodeSet from) {
    var reached = new NodeSet();
    for (var node : graph().nodes()) {
      if (from.contains(node) || node.operands().stream().anyMatch(reached::contains)) {
        reached.add(node);
      }
    }
    return reached;
  }

  /** All that is computed on the way to a step's losses from something that is fed, drawn or kept. */
  private NodeSet part(TrainingStep step) {
    var varying = new NodeSet();
    var part = new NodeSet();
    for (var node : graph().finish("", List.of(new Graph.Result(Graph.Role.OUTPUT, "", step.losses()))).needed(_ -> false).nodes()) {
      boolean given = node.op() instanceof Op.Input || node.op() instanceof Op.Uniform || node.op() instanceof Op.Parameter || node.op() instanceof Op.State;
      boolean varies = node.operands().stream().anyMatch(varying::contains);
      if (given || varies) {
        varying.add(node);
      }
      if (varies) {
        part.add(node);
      }
    }
    return part;
  }
}
