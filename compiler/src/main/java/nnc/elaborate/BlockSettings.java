package nnc.elaborate;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.runtime.base.Names;
import nnc.runtime.base.Text;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Setting;
import nnc.source.Suggestion;
import nnc.syntax.Ast;

/** What the runtime is told of a program's {@code data} and {@code train} blocks. */
final class BlockSettings {
  /** Settings that are whole numbers of at least 1. */
  private static final List<String> COUNTS = List.of("batch", "epochs", "tokens");

  private static final Set<String> ROLES = Set.of("train", "validate", "test");

  private final Elaborator elaborator;
  private final Objective objective;
  private final Scope scope;

  BlockSettings(Elaborator elaborator, Objective objective, Scope scope) {
    this.elaborator = elaborator;
    this.objective = objective;
    this.scope = scope;
  }

  /** What a setting may be. */
  private enum SettingKind {
    NUMBER("a number"), FLAG("true or false"), TEXT("a text in quotes"), BYTES("a number of bytes");

    private final String told;

    SettingKind(String told) {
      this.told = told;
    }
  }

  private static SettingKind kind(Setting setting) {
    return switch (setting) {
      case EPOCHS, BATCH, SEED, EARLY_STOPPING, MIN_DELTA, CHECKPOINT_STEPS, CHECKPOINT_MINUTES, KEEP, TOKENS -> SettingKind.NUMBER;
      case SHUFFLE, RESTORE_BEST -> SettingKind.FLAG;
      case MONITOR, MODE, COMPARE -> SettingKind.TEXT;
      case MEMORY -> SettingKind.BYTES;
    };
  }

  /** What can be said of all steps: what the compiler makes use of, and what the runtime is told. */
  private static Set<String> names() {
    var names = new TreeSet<>(StepSettings.NAMES);
    names.remove(StepSettings.EVERY);
    names.add("average");
    for (var setting : Setting.values()) {
      names.add(setting.title());
    }
    return names;
  }

  /** All settings, those of steps among them. */
  static Set<String> all() {
    var all = new TreeSet<>(names());
    all.addAll(StepSettings.NAMES);
    return all;
  }

  private void checkOfStep(Ast.Setting written) {
    told(written, () -> checkPlace(written, true));
  }

  /** What is known of one setting's place: in a step, or beside all steps. */
  private void checkPlace(Ast.Setting written, boolean inStep) {
    var name = written.name();
    var known = inStep ? StepSettings.NAMES : names();
    if (!known.contains(name)) {
      boolean elsewhere = (inStep ? names() : StepSettings.NAMES).contains(name);
      var habit = Habits.setting(name);
      throw new ElaborationFault(written.span(), (inStep ? "a step" : "train") + " has no setting '" + name + "'" + (elsewhere || habit.isPresent() ? "" : Suggestion.sentence(name, known)))
          .hint(habit.orElse("")).hint(!elsewhere ? "" : inStep ? "it holds for all steps: set it in the train block itself"
              : "it is said of one of several steps: train { step { " + name + " = ... } }");
    }
    if (name.equals(StepSettings.LOSS) && !inStep && !objective.steps.isEmpty()) {
      throw new ElaborationFault(written.span(), "each step says what it lowers, and this stands beside them").hint("move it into a step");
    }
    if (!written.on().isEmpty() && !StepSettings.SELECTIVE.contains(name)) {
      throw new ElaborationFault(written.span(), name + " cannot be set for some parameters alone").hint("'on' says so of a loss or an optimizer");
    }
  }

  /** Reads a setting; what is wrong with it is told. */
  private void told(Ast.Setting written, Runnable reading) {
    try {
      elaborator.mark(written.span());
      elaborator.budget.bounded(() -> {
        reading.run();
        return true;
      });
    } catch (ElaborationFault fault) {
      fault.report(elaborator.diagnostics());
    }
  }

  private void set(Ast.Setting written, Map<Setting, Object> settings) {
    checkPlace(written, false);
    if (StepSettings.CLIPPING.contains(written.name())) {
      plain(written, SettingKind.NUMBER);
    }
    var setting = Stream.of(Setting.values()).filter(known -> known.title().equals(written.name())).findFirst();
    if (setting.isPresent()) {
      settings.put(setting.get(), plain(written, kind(setting.get())));
    }
    if (written.name().equals(Setting.MONITOR.title())) {
      checkMonitor(written, (String) settings.get(Setting.MONITOR));
    }
  }

  /** @param every how often each step runs */
  ModelSpec.Training training(List<Integer> every) {
    var settings = new EnumMap<Setting, Object>(Setting.class);
    for (var written : objective.train) {
      told(written, () -> set(written, settings));
    }
    objective.steps.forEach(step -> step.settings().forEach(this::checkOfStep));
    if (elaborator.diagnostics().hasErrors()) {
      checkOptimizers();
    }
    return new ModelSpec.Training(settings, elaborator.leastBatch.batch(), elaborator.leastBatch.reason(), figures(), every);
  }

  /** No step is made of a program with faults, so that what is wrong with its optimizers would be told in the next run. */
  private void checkOptimizers() {
    for (var written : objective.train) {
      if (written.name().equals(StepSettings.OPTIMIZER)) {
        told(written, () -> elaborator.expressions().value(written.value(), scope, new Frame("")));
      }
    }
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
          .note("the validation data is measured by " + String.join(", ", known)).hint(monitor.startsWith("val_") && known.contains(monitor.substring(4))
              ? "what is watched is always that of the validation data: monitor = \"" + monitor.substring(4) + "\"" : "");
    }
  }

  private List<String> figures() {
    var figures = new ArrayList<String>();
    if (!objective.losses.isEmpty() || objective.sets(StepSettings.LOSS)) {
      figures.add("loss");
      objective.terms().forEach(term -> figures.add(term.name()));
    }
    if (objective.hasPenalties()) {
      figures.add("penalty");
    }
    objective.metrics.forEach(metric -> figures.add(metric.name()));
    return figures;
  }

  private Object plain(Ast.Setting setting, SettingKind kind) {
    var value = elaborator.expressions().value(setting.value(), scope, new Frame(""));
    if (kind == SettingKind.BYTES) {
      return bytes(setting, value);
    }
    return switch (value) {
      case Value.Num(var number) when kind == SettingKind.NUMBER -> {
        boolean counts = COUNTS.contains(setting.name());
        if (number < 0 || counts && (number < 1 || number != Math.rint(number))) {
          throw new ElaborationFault(setting.span(), setting.name() + " is a " + (StepSettings.CLIPPING.contains(setting.name()) ? "positive number"
              : counts ? "whole number of at least 1" : "number of at least 0") + ", and this is " + Value.text(number));
        }
        yield number;
      }
      case Value.Bool(var flag) when kind == SettingKind.FLAG -> flag;
      case Value.Text(var text) when kind == SettingKind.TEXT -> Names.composed(text);
      default -> throw notOf(kind, setting, value);
    };
  }

  private static ElaborationFault notOf(SettingKind kind, Ast.Setting setting, Value value) {
    return new ElaborationFault(setting.span(), setting.name() + " is " + kind.told + ", and this is " + value.describe());
  }

  /** A number of bytes, or a text that says one. */
  private static double bytes(Ast.Setting setting, Value value) {
    double bytes = switch (value) {
      case Value.Num(var number) -> number;
      case Value.Text(var text) -> Text.bytesIn(Names.composed(text));
      default -> 0;
    };
    if (bytes < 1 || bytes != Math.rint(bytes)) {
      throw notOf(SettingKind.BYTES, setting, value).hint("write it as in " + setting.name() + " = \"512M\" or \"2G\"");
    }
    return bytes;
  }

  Map<String, ModelSpec.Source> data() {
    var sources = new LinkedHashMap<String, ModelSpec.Source>();
    var local = new Scope(scope);
    var known = new TreeSet<>(sources.keySet());
    var keys = objective.data.stream().flatMap(setting -> SourceCalls.keys(setting.value())).collect(Collectors.toSet());
    for (var setting : objective.data) {
      if (!setting.on().isEmpty()) {
        elaborator.diagnostics().error(setting.span(), "data is for no parameters: 'on' does not fit here");
      }
      if (!ROLES.contains(setting.name())) {
        var habit = Habits.part(setting.name());
        var fault = elaborator.diagnostics().error(setting.span(), "data has no part '" + setting.name() + "'" + (habit.isPresent() ? "" : Suggestion.sentence(setting.name(), ROLES)));
        fault.hint(habit.orElse("its parts are train, validate and test"));
        continue;
      }
      known.add(setting.name());
      told(setting, () -> sources.put(setting.name(), new SourceCalls(elaborator, local, known, keys).source(setting.value())));
    }
    return sources;
  }
}
