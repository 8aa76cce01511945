package nnc.elaborate;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import nnc.differentiate.Gradients;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.runtime.base.Names;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Setting;
import nnc.source.Span;
import nnc.source.Suggestion;
import nnc.syntax.Ast;

/** From losses, penalties and an optimizer to the graph of a step. */
final class Training {
  /** What the compiler makes use of, and the runtime need not know. */
  private static final Set<String> COMPILED = Set.of("optimizer", "accumulate", "average");
  private static final Set<String> CLIPPING = Set.of("clip_value", "clip_norm", "clip_global_norm");

  private static final Set<String> ROLES = Set.of("train", "validate", "test");

  /** A power of two that the squares of any 32-bit floats stand, and their sum, if the plain ones are too large. */
  private static final double SMALL = 0x1p-80;
  /** The same of 64-bit floats. */
  private static final double TINY = 0x1p-520;

  private final Elaborator elaborator;
  private final Objective objective;
  private final Scope scope;

  Training(Elaborator elaborator, Objective objective, Scope scope) {
    this.elaborator = elaborator;
    this.objective = objective;
    this.scope = scope;
  }

  private GraphBuilder graph() {
    return elaborator.builder();
  }

  // ---- the graphs' results

  List<Graph.Result> evaluation() {
    var results = new ArrayList<Graph.Result>();
    sum(losses()).ifPresent(loss -> results.add(new Graph.Result(Graph.Role.LOSS, "loss", loss)));
    results.addAll(several());
    results.addAll(objective.metrics);
    return results;
  }

  private List<Node> losses() {
    return objective.losses.stream().map(Objective.Loss::node).toList();
  }

  /** Each loss of several, by what it is called if that is said of no other, otherwise by its number. */
  private List<Graph.Result> several() {
    var results = new ArrayList<Graph.Result>();
    for (int i = 0; i < objective.losses.size() && objective.losses.size() > 1; i++) {
      var loss = objective.losses.get(i);
      boolean named = !loss.called().isEmpty() && objective.losses.stream().filter(other -> other.called().equals(loss.called())).count() == 1;
      results.add(new Graph.Result(Graph.Role.TERM, "loss." + (named ? loss.called() : i + 1), loss.node()));
    }
    return results;
  }

  /**
   * What training lowers.
   *
   * @param losses  the sum of the losses
   * @param penalty the sum of the penalties, if there are any
   */
  private record Total(Node losses, Optional<Node> penalty, Node all) {}

  /** Nothing if the program has no loss. */
  private Optional<Total> total() {
    var penalties = new ArrayList<Node>();
    for (var penalty : objective.penalties) {
      for (var parameter : matching(penalty)) {
        penalties.add(scalar(apply(penalty, elaborator.weights.parameters.get(parameter)), penalty.span()));
      }
    }
    return sum(losses()).map(losses -> new Total(losses, sum(penalties), penalties.stream().reduce(losses, graph()::add)));
  }

  private Optional<Node> sum(List<Node> terms) {
    return terms.stream().reduce(graph()::add);
  }

  private Node scalar(Node penalty, Span span) {
    if (penalty.type().rank() > 0) {
      throw new ElaborationFault(span, "a penalty is a scalar, and this is " + penalty.type() + "; take its sum");
    }
    return graph().cast(penalty, Kind.FLOAT);
  }

  private Node apply(Objective.On on, Node parameter) {
    elaborator.mark(on.span());
    var actual = new Calls.Actual(null, new Value.Tensor(parameter), on.span());
    var value = elaborator.calls().apply(on.what(), List.of(actual), on.span(), Optional.empty(), new Frame(""));
    return Convert.tensor(value, graph(), () -> new ElaborationFault(on.span(), "a function of a parameter is needed, and this gives " + value.describe()));
  }

  private List<String> matching(Objective.On on) {
    var regex = Pattern.compile(List.of(Names.composed(on.pattern()).split("\\*", -1)).stream().map(Pattern::quote).collect(java.util.stream.Collectors.joining(".*")));
    var found = elaborator.weights.parameters.keySet().stream().filter(path -> regex.matcher(path).matches()).toList();
    if (found.isEmpty()) {
      throw new ElaborationFault(on.span(), "no parameter matches \"" + on.pattern() + "\"")
          .note("parameters are " + String.join(", ", elaborator.weights.parameters.keySet()));
    }
    return found;
  }

  private Map<String, Node> learned() {
    var learned = new LinkedHashMap<>(elaborator.weights.parameters);
    for (var frozen : objective.frozen) {
      for (var path : matching(frozen)) {
        learned.remove(path);
        elaborator.weights.freeze(path);
      }
    }
    return learned;
  }

  private Map<String, Node> gradients(Node loss, Map<String, Node> learned) {
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
    idle.forEach((place, paths) -> elaborator.diagnostics().warning(place, "the loss does not depend on " + String.join(", ", paths))
        .hint("let it learn from what these compute, or leave them out"));
    return gradients;
  }

  List<Graph.Result> gradients() {
    var results = new ArrayList<Graph.Result>();
    total().map(Total::all).ifPresent(loss -> {
      results.add(new Graph.Result(Graph.Role.LOSS, "loss", loss));
      gradients(loss, learned()).forEach((path, gradient) -> results.add(new Graph.Result(Graph.Role.GRADIENT, path, gradient)));
    });
    return results;
  }

  List<Graph.Result> step(Map<String, Node> updates) {
    var results = new ArrayList<Graph.Result>();
    var total = total();
    if (total.isEmpty()) {
      return results;
    }
    var loss = total.get().all;
    results.add(new Graph.Result(Graph.Role.LOSS, "loss", loss));
    total.get().penalty.ifPresent(_ -> results.add(new Graph.Result(Graph.Role.TERM, "loss", total.get().losses)));
    results.addAll(several());
    total.get().penalty.ifPresent(penalty -> results.add(new Graph.Result(Graph.Role.TERM, "penalty", penalty)));
    results.addAll(objective.metrics);
    var setting = setting("optimizer");
    if (setting.isPresent()) {
      var learned = learned();
      var accumulation = Accumulation.of(elaborator, setting("accumulate").isEmpty() ? 1 : accumulated());
      var gradients = clipped(accumulation.gradients(gradients(loss, learned)));
      var layers = Set.copyOf(updates.keySet());
      var value = elaborator.expressions().value(setting.get().value(), scope, new Frame(""));
      learned.forEach((path, weight) -> optimize(value, path, weight, gradients.get(path), setting.get().span()));
      project(updates);
      setting("average").ifPresent(s -> average(s, updates));
      accumulation.hold(updates, layers);
    }
    updates.forEach((path, next) -> results.add(new Graph.Result(Graph.Role.UPDATE, path, next)));
    return results;
  }

  private void optimize(Value value, String path, Node weight, Node gradient, Span span) {
    var optimizer = switch (value) {
      case Value.OptimizerInstance instance -> instance;
      case Value.OptimizerClass type -> (Value.OptimizerInstance) elaborator.calls().apply(type, List.of(), span, Optional.empty(), new Frame(""));
      default -> throw new ElaborationFault(span, "an optimizer is needed, such as adam(0.001), and this is " + value.describe());
    };
    var declaration = optimizer.type().declaration();
    if (declaration.tensors().size() != 2) {
      throw new ElaborationFault(declaration.span(), "an optimizer takes a weight and its gradient: optimizer " + declaration.name() + "(...)(w, g)");
    }
    var body = new Scope(optimizer.hyper(), null, new OptimizerFrame(path, weight, declaration.tensors().getFirst().name()));
    body.bind(declaration.tensors().get(0).name(), new Value.Tensor(weight));
    body.bind(declaration.tensors().get(1).name(), new Value.Tensor(gradient));
    try {
      elaborator.execute(declaration.body(), body, new Frame(""));
    } catch (ElaborationFault fault) {
      boolean library = fault.span().file().equals(Elaborator.PRELUDE);
      throw library ? fault.from(declaration.name(), span, true) : fault;
    }
    if (!elaborator.weights.updates.containsKey(path)) {
      throw new ElaborationFault(declaration.span(), "the optimizer " + declaration.name() + " gives the weight no next value with <-");
    }
  }

  private int accumulated() {
    double steps = number("accumulate").orElseThrow();
    if (steps != Math.rint(steps)) {
      throw new ElaborationFault(setting("accumulate").orElseThrow().span(), "accumulate is a whole number of steps, and this is " + steps);
    }
    return (int) steps;
  }

  /** Each parameter's average moves after its weight; a frozen one's is the weight. */
  private void average(Ast.Setting setting, Map<String, Node> updates) {
    if (!elaborator.averaged()) {
      throw new ElaborationFault(setting.span(), "average stands in the program itself, not in an imported file");
    }
    var rule = elaborator.expressions().value(setting.value(), scope, new Frame(""));
    elaborator.weights.parameters.forEach((path, weight) -> {
      var average = elaborator.weights.average(path, weight.type());
      var next = updates.get(path);
      var moved = next == null ? weight : averaged(rule, average, next, setting.span());
      updates.put(path + ".average", graph().stopGradient(graph().broadcastTo(moved, weight.type().shape())));
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
      for (var path : matching(projection)) {
        if (updates.containsKey(path)) {
          var next = apply(projection, updates.get(path));
          updates.put(path, graph().broadcastTo(next, updates.get(path).type().shape()));
        }
      }
    }
  }

  // ---- clipping

  private Map<String, Node> clipped(Map<String, Node> gradients) {
    var g = graph();
    var result = new LinkedHashMap<>(gradients);
    number("clip_value").ifPresent(c -> result.replaceAll((_, x) ->
        g.binary(nnc.graph.BinaryFn.MAX, g.binary(nnc.graph.BinaryFn.MIN, x, g.constant(c)), g.constant(-c))));
    number("clip_norm").ifPresent(c -> result.replaceAll((_, x) -> g.mul(x, shrink(List.of(x), c))));
    number("clip_global_norm").filter(_ -> !result.isEmpty()).ifPresent(c -> {
      var factor = shrink(List.copyOf(result.values()), c);
      result.replaceAll((_, x) -> g.mul(x, factor));
    });
    return result;
  }

  /**
   * {@code min(1, limit / (norm + 1e-6))}, as PyTorch's clip_grad_norm_. Gradients that are to be clipped may be too large for their squares to
   * be numbers: these are summed again, of gradients made smaller for 32 bits and for 64, on the same way through memory.
   */
  private Node shrink(List<Node> gradients, double limit) {
    var g = graph();
    var ratio = g.div(g.constant(limit * TINY), norm(gradients, TINY));
    for (double factor : new double[] {SMALL, 1}) {
      var norm = norm(gradients, factor);
      ratio = g.select(g.less(norm, g.constant(Double.POSITIVE_INFINITY)), g.div(g.constant(limit * factor), factor == 1 ? g.add(norm, g.constant(1e-6)) : norm), ratio);
    }
    return g.binary(nnc.graph.BinaryFn.MIN, ratio, g.constant(1));
  }

  /** Of all gradients as one, times a factor. */
  private Node norm(List<Node> gradients, double factor) {
    var g = graph();
    return g.sqrt(gradients.stream().map(x -> {
      var part = factor == 1 ? x : g.mul(x, g.constant(factor));
      return g.sum(g.mul(part, part), java.util.stream.IntStream.range(0, x.type().rank()).boxed().toList());
    }).reduce(g::add).orElseThrow());
  }

  private Optional<Ast.Setting> setting(String name) {
    return objective.train.stream().filter(s -> s.name().equals(name)).findFirst();
  }

  private Optional<Double> number(String name) {
    return setting(name).map(s -> {
      var value = elaborator.expressions().value(s.value(), scope, new Frame(""));
      if (value instanceof Value.Num(var number) && number > 0) {
        return number;
      }
      throw new ElaborationFault(s.span(), name + " is a positive number, and this is " + value.describe());
    });
  }

  // ---- settings

  /** What a setting may be. */
  private enum SettingKind { NUMBER, FLAG, TEXT }

  private static SettingKind kind(Setting setting) {
    return switch (setting) {
      case EPOCHS, BATCH, SEED, EARLY_STOPPING, MIN_DELTA, CHECKPOINT_STEPS, CHECKPOINT_MINUTES, KEEP -> SettingKind.NUMBER;
      case SHUFFLE, RESTORE_BEST -> SettingKind.FLAG;
      case MONITOR, MODE, COMPARE -> SettingKind.TEXT;
    };
  }

  private static Set<String> names() {
    var names = new TreeSet<>(COMPILED);
    names.addAll(CLIPPING);
    for (var setting : Setting.values()) {
      names.add(setting.title());
    }
    return names;
  }

  ModelSpec.Training settings() {
    var settings = new EnumMap<Setting, Object>(Setting.class);
    for (var written : objective.train) {
      if (!names().contains(written.name())) {
        elaborator.diagnostics().error(written.span(), "train has no setting '" + written.name() + "'" + Suggestion.sentence(written.name(), names()));
        continue;
      }
      if (COMPILED.contains(written.name())) {
        continue;
      }
      try {
        if (CLIPPING.contains(written.name())) {
          plain(written, SettingKind.NUMBER);
          continue;
        }
        var setting = Setting.valueOf(written.name().toUpperCase(Locale.ROOT));
        settings.put(setting, plain(written, kind(setting)));
        if (setting == Setting.MONITOR) {
          checkMonitor(written, (String) settings.get(setting));
        }
      } catch (ElaborationFault fault) {
        fault.report(elaborator.diagnostics());
      }
    }
    return new ModelSpec.Training(settings, elaborator.leastBatch.batch(), elaborator.leastBatch.reason(), figures());
  }

  /** What is watched is a number that validation tells. */
  private void checkMonitor(Ast.Setting setting, String monitor) {
    for (var metric : objective.metrics) {
      if (metric.name().equals(monitor) && !metric.node().type().size().is(1)) {
        throw new ElaborationFault(setting.span(), "monitor watches a number, and " + monitor + " is " + metric.node().type() + "; name a metric that makes one of it");
      }
    }
    var known = figures();
    known.remove("penalty");
    if (!known.contains(monitor)) {
      throw new ElaborationFault(setting.span(), "monitor: nothing is called " + monitor + Suggestion.sentence(monitor, known))
          .note("the validation data is measured by " + String.join(", ", known));
    }
  }

  private List<String> figures() {
    var figures = new ArrayList<String>();
    if (!objective.losses.isEmpty()) {
      figures.add("loss");
      several().forEach(term -> figures.add(term.name()));
    }
    if (!objective.penalties.isEmpty()) {
      figures.add("penalty");
    }
    objective.metrics.forEach(metric -> figures.add(metric.name()));
    return figures;
  }

  private Object plain(Ast.Setting setting, SettingKind kind) {
    var value = elaborator.expressions().value(setting.value(), scope, new Frame(""));
    return switch (value) {
      case Value.Num(var number) when kind == SettingKind.NUMBER -> {
        if (number < 0 || List.of("batch", "epochs").contains(setting.name()) && (number < 1 || number != Math.rint(number))) {
          throw new ElaborationFault(setting.span(), setting.name() + " cannot be " + number);
        }
        yield number;
      }
      case Value.Bool(var flag) when kind == SettingKind.FLAG -> flag;
      case Value.Text(var text) when kind == SettingKind.TEXT -> Names.composed(text);
      default -> throw new ElaborationFault(setting.span(), setting.name() + " is " + switch (kind) {
        case NUMBER -> "a number";
        case FLAG -> "true or false";
        case TEXT -> "a text in quotes";
      } + ", and this is " + value.describe());
    };
  }

  Map<String, ModelSpec.Source> data() {
    var sources = new LinkedHashMap<String, ModelSpec.Source>();
    var local = new Scope(scope);
    var known = new TreeSet<>(sources.keySet());
    for (var setting : objective.data) {
      if (!ROLES.contains(setting.name())) {
        elaborator.diagnostics().error(setting.span(), "data has no part '" + setting.name() + "'" + Suggestion.sentence(setting.name(), ROLES));
        continue;
      }
      known.add(setting.name());
      try {
        sources.put(setting.name(), new SourceCalls(elaborator, local, known).source(setting.value()));
      } catch (ElaborationFault fault) {
        fault.report(elaborator.diagnostics());
      }
    }
    return sources;
  }
}
