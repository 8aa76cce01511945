package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Type;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Span;
import nnc.syntax.Ast;

/**
 * The optimizers of a step at work. One that takes a weight and its gradient, {@code (w, g)}, sees each array alone; one that takes the loss too,
 * {@code (w, g, loss)}, sees all its parameters as one vector, and may want to be run again with the same batch: while it does, nothing else moves.
 */
final class Optimizers {
  private final Elaborator elaborator;
  private final StepSettings settings;
  private final Objective objective;
  private final String memory;
  private final String againPath;
  private final Map<Ast.Setting, Value.OptimizerInstance> instances = new HashMap<>();
  private int joint;
  /** What searches along a line, if one does: where its weights and states are. */
  private List<String> searching = List.of();

  Optimizers(Elaborator elaborator, StepSettings settings, Objective objective, int step) {
    this.elaborator = elaborator;
    this.settings = settings;
    this.objective = objective;
    memory = ModelSpec.Training.memory(step);
    againPath = ModelSpec.Training.again(step);
  }

  private Map<String, Node> updates() {
    return elaborator.weights.updates;
  }

  private Value.OptimizerInstance instance(Ast.Setting setting) {
    return instances.computeIfAbsent(setting, _ -> {
      var made = instance(settings.value(setting), setting.span());
      LearningRateCheck.tell(made, setting.span(), elaborator.diagnostics());
      return made;
    });
  }

  private Value.OptimizerInstance instance(Value value, Span span) {
    return switch (value) {
      case Value.OptimizerInstance instance -> instance;
      case Value.OptimizerClass type -> (Value.OptimizerInstance) elaborator.calls().apply(type, List.of(), span, Optional.empty(), new Frame(""));
      default -> throw new ElaborationFault(span, "an optimizer is needed, such as adam(0.001), and this is " + value.describe())
          .hint(value instanceof Value.Text(var text) ? "write " + text + "(0.001), without quotes" : "");
    };
  }

  /** Whether it sees all its parameters as one. */
  boolean isJoint(Ast.Setting setting) {
    var declaration = instance(setting).type().declaration();
    int tensors = declaration.tensors().size();
    if (tensors != 2 && tensors != 3) {
      throw new ElaborationFault(declaration.span(), "an optimizer takes a weight and its gradient: optimizer " + declaration.name() + "(...)(w, g)")
          .hint("(w, g, loss) are all weights as one vector, their gradient and the loss");
    }
    return tensors == 3;
  }

  /** One parameter's next value. */
  void optimize(Ast.Setting setting, String path, String prefix, Node gradient) {
    var weight = elaborator.weights.parameters.get(path);
    run(setting, OptimizerFrame.of(path, weight, prefix, name(setting)), List.of(weight, gradient));
  }

  private String name(Ast.Setting setting) {
    return instance(setting).type().declaration().tensors().getFirst().name();
  }

  /** The next values of several parameters, whose gradients are in the same order. */
  void optimize(Ast.Setting setting, List<String> paths, List<Node> gradients, Node loss) {
    var prefix = joint++ == 0 ? memory : memory + "part" + joint + ".";
    var flat = elaborator.weights.flat(paths);
    var before = updates().get(againPath);
    var frame = OptimizerFrame.ofAll(flat.vector(), prefix, name(setting), againPath);
    run(setting, frame, List.of(flat.vector(), flat.vector(gradients), loss));
    updates().putAll(flat.cut(updates().remove(prefix)));
    if (updates().get(againPath) != before) {
      checkSearch(setting, paths, before != null);
      searching = new ArrayList<>(paths);
      searching.addAll(frame.paths.values());
    }
  }

  private void run(Ast.Setting setting, OptimizerFrame frame, List<Node> tensors) {
    var optimizer = instance(setting);
    var declaration = optimizer.type().declaration();
    var body = new Scope(optimizer.hyper(), null, frame);
    if (frame.paths.containsKey(OptimizerFrame.AGAIN)) {
      body.bind(OptimizerFrame.AGAIN, new Value.Tensor(elaborator.weights.zeros(againPath, ModelSpec.WeightKind.OPTIMIZER, Type.of(Kind.FLOAT))));
    }
    for (int i = 0; i < tensors.size(); i++) {
      body.bind(declaration.tensors().get(i).name(), new Value.Tensor(tensors.get(i)));
    }
    try {
      elaborator.execute(declaration.body(), body, new Frame(""));
    } catch (ElaborationFault fault) {
      boolean library = LibraryText.has(fault.span().file());
      throw library ? fault.from(declaration.name(), setting.span(), true) : fault;
    }
    if (!updates().containsKey(frame.paths.get(name(setting)))) {
      throw new ElaborationFault(declaration.span(), "the optimizer " + declaration.name() + " gives the weight no next value with <-");
    }
  }

  // ---- a step that is run again with the same batch

  /** What compares losses along a line needs the loss as it is, its gradient as it is, and its weights where it has put them. */
  private void checkSearch(Ast.Setting setting, List<String> paths, boolean second) {
    var name = instance(setting).type().declaration().name();
    if (second) {
      throw new ElaborationFault(setting.span(), "two optimizers of one step want to run it again, each with weights of its own")
          .hint("give them steps of their own: train { step { loss = ... on \"a.*\"  optimizer = " + name + "() } step { ... } }");
    }
    if (settings.count(StepSettings.ACCUMULATE) > 1) {
      throw new ElaborationFault(settings.find(StepSettings.ACCUMULATE).orElseThrow().span(),
          name + " runs a step again with the same batch, and accumulate gives it gradients of others").hint("take a larger batch instead");
    }
    StepSettings.CLIPPING.stream().sorted().flatMap(clip -> settings.find(clip).stream()).findFirst().ifPresent(clip -> {
      throw new ElaborationFault(clip.span(), name + " compares losses by their gradient, and " + clip.name() + " gives it another")
          .hint("leave " + clip.name() + " out: " + name + " takes no step that does not lower the loss");
    });
    for (var projection : objective.projections) {
      if (elaborator.weights.matching(projection.pattern(), projection.span()).stream().anyMatch(paths::contains)) {
        throw new ElaborationFault(projection.span(), name + " compares losses along a line, and constrain takes weights off it")
            .hint("use a penalty (regularize), or an optimizer such as adam");
      }
    }
  }

  /** While a step is to be run again, what others assign holds: layers' states, averages, weights and memory of other optimizers. */
  void hold(Map<String, Node> updates) {
    if (!searching.isEmpty()) {
      var g = elaborator.builder();
      var over = g.equal(updates.get(againPath), g.constant(0));
      updates.replaceAll((path, next) -> searching.contains(path) ? next : g.select(over, next, elaborator.weights.node(path)));
    }
  }
}
