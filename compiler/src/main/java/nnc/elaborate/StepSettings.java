package nnc.elaborate;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import nnc.syntax.Ast;

/** What one step's block says and, where it is silent, what the train block says for all of them. */
final class StepSettings {
  static final String LOSS = "loss", OPTIMIZER = "optimizer", ACCUMULATE = "accumulate", EVERY = "every";
  static final Set<String> CLIPPING = Set.of("clip_value", "clip_norm", "clip_global_norm");
  /** All that can be said in a step. */
  static final Set<String> NAMES = names();
  /** What can be said of some parameters alone. */
  static final Set<String> SELECTIVE = Set.of(LOSS, OPTIMIZER);

  private final Elaborator elaborator;
  private final Scope scope;
  private final List<Ast.Setting> own;
  private final List<Ast.Setting> shared;

  /**
   * @param own    of the step
   * @param shared of all steps
   */
  StepSettings(Elaborator elaborator, Scope scope, List<Ast.Setting> own, List<Ast.Setting> shared) {
    this.elaborator = elaborator;
    this.scope = scope;
    this.own = own;
    this.shared = shared;
  }

  private static Set<String> names() {
    var names = new TreeSet<>(CLIPPING);
    names.addAll(Set.of(LOSS, OPTIMIZER, ACCUMULATE, EVERY));
    return Collections.unmodifiableSet(names);
  }

  Optional<Ast.Setting> find(String name) {
    return Stream.concat(own.stream(), shared.stream()).filter(setting -> setting.name().equals(name)).findFirst();
  }

  Value value(Ast.Setting setting) {
    return elaborator.expressions().value(setting.value(), scope, new Frame(""));
  }

  Optional<Double> number(String name) {
    return find(name).map(setting -> {
      var value = value(setting);
      if (value instanceof Value.Num(var number) && number > 0) {
        return number;
      }
      throw new ElaborationFault(setting.span(), name + " is a positive number, and this is " + value.describe());
    });
  }

  /** A number of steps; 1 where nothing is said. */
  int count(String name) {
    double count = number(name).orElse(1.0);
    if (count != Math.rint(count) || count > 1 << 24) {
      throw new ElaborationFault(find(name).orElseThrow().span(), name + " is a whole number of steps, and this is " + count);
    }
    return (int) count;
  }

  boolean hasOptimizers() {
    return find(OPTIMIZER).isPresent();
  }

  /** The optimizer of a parameter: the step's before that of all steps, one for its pattern before one for all parameters. */
  Optional<Ast.Setting> optimizer(String path) {
    return optimizer(own, path).or(() -> optimizer(shared, path));
  }

  private Optional<Ast.Setting> optimizer(List<Ast.Setting> settings, String path) {
    var all = settings.stream().filter(setting -> setting.name().equals(OPTIMIZER)).toList();
    var meant = all.stream().filter(setting -> setting.on().stream().anyMatch(pattern -> Weights.matches(pattern, path))).toList();
    if (meant.size() > 1) {
      throw new ElaborationFault(meant.get(1).span(), "two optimizers are set for " + path).note("the first is here:", meant.getFirst().span());
    }
    return meant.isEmpty() ? all.stream().filter(setting -> setting.on().isEmpty()).findFirst() : Optional.of(meant.getFirst());
  }

  /** All patterns that name no parameter are faults. */
  void checkPatterns() {
    Stream.concat(own.stream(), shared.stream()).forEach(setting -> setting.on().forEach(pattern -> elaborator.weights.matching(pattern, setting.span())));
  }
}
