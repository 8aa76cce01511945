package nnc.elaborate;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.runtime.base.Names;
import nnc.source.Interruption;
import nnc.source.Limit;
import nnc.syntax.Ast;

/** Runs statements in their order: imports, constants, functions, loops, conditions; what else they say is told to those who keep it. */
final class Statements {
  private final Elaborator elaborator;
  private final Declarations declarations;
  private final Objective objective;
  private final Elaborator.Importer importer;
  /** What {@code -D} says of constants, by their names. */
  private final Map<String, String> defines = new LinkedHashMap<>();
  private final Set<String> imported = new HashSet<>();
  /** What is read at the moment, the innermost last. */
  private final Deque<String> importing = new ArrayDeque<>();
  private final Set<String> defined = new HashSet<>();

  Statements(Elaborator elaborator, Declarations declarations, Map<String, String> defines, Elaborator.Importer importer) {
    this.elaborator = elaborator;
    this.declarations = declarations;
    this.objective = declarations.objective;
    this.importer = importer;
    defines.forEach((name, value) -> this.defines.put(Names.composed(name), value));
  }

  private Expressions expressions() {
    return elaborator.expressions();
  }

  /** Names of {@code -D} that no constant of the program has had. */
  List<String> undefined() {
    return defines.keySet().stream().filter(name -> !defined.contains(name)).toList();
  }

  /** Runs statements; gives the value of the {@code return} that ended them, or null. Outside of calls a fault is told and passed over. */
  Value run(List<Ast.Statement> statements, Scope scope, Frame frame) {
    for (int i = 0; i < statements.size(); i++) {
      var statement = statements.get(i);
      if (elaborator.diagnostics().isEnded()) {
        return null;
      }
      Value result;
      try {
        elaborator.mark(statement.span());
        elaborator.doubts.crossing.begins(elaborator.atTop(frame) && !elaborator.calls().inCall());
        result = elaborator.budget.bounded(() -> execute(statement, scope, frame));
      } catch (ElaborationFault found) {
        var fault = untold(UsedEarly.explained(found, statements, i), statement);
        if (scope.owner != null || !elaborator.atTop(frame) || elaborator.calls().inCall()) {
          throw fault;
        }
        fault.report(elaborator.diagnostics());
        result = null;
        Failed.bind(statement, scope);
      }
      if (result != null) {
        return result;
      }
    }
    return null;
  }

  /** What a loss compares with and nothing declares is probably a target. */
  private ElaborationFault untold(ElaborationFault fault, Ast.Statement statement) {
    boolean judges = statement instanceof Ast.Loss || statement instanceof Ast.Metric;
    return judges && !fault.unknown().isEmpty() && declarations.inputs.values().stream().noneMatch(Elaborated.InputInfo::target)
        ? fault.hint("what is to be predicted is declared: target " + fault.unknown() + ": int[N], or float[N, ...]") : fault;
  }

  private Value execute(Ast.Statement statement, Scope scope, Frame frame) {
    switch (statement) {
      case Ast.Import s -> importFile(s, scope);
      case Ast.Const s -> scope.bind(s.name(), constant(s, scope, frame));
      case Ast.Input s -> declarations.input(s, scope, frame);
      case Ast.Fn s -> scope.bind(s.name(), new Value.Function(s, scope));
      case Ast.Layer s -> scope.bind(s.name(), new Value.LayerClass(s, scope));
      case Ast.Optimizer s -> scope.bind(s.name(), new Value.OptimizerClass(s, scope));
      case Ast.Bind s -> bind(s, scope, frame);
      case Ast.Output s -> declarations.output(s, scope, frame);
      case Ast.Loss s -> declarations.loss(s, scope, frame);
      case Ast.Metric s -> declarations.metric(s, scope, frame);
      case Ast.Regularize s -> objective.penalties.add(new Objective.On(expressions().value(s.penalty(), scope, frame), s.pattern(), s.span()));
      case Ast.Constrain s -> objective.projections.add(new Objective.On(expressions().value(s.projection(), scope, frame), s.pattern(), s.span()));
      case Ast.Freeze s -> objective.frozen.add(new Objective.On(new Value.None(), s.pattern(), s.span()));
      case Ast.Data s -> objective.add(s);
      case Ast.Train s -> objective.add(s);
      case Ast.Param s -> elaborator.weights.parameter(s, scope, frame);
      case Ast.State s -> elaborator.weights.state(s, scope, frame);
      case Ast.Assign s -> elaborator.weights.assign(s, scope, frame);
      case Ast.If s -> {
        return run(expressions().condition(s.condition(), scope, frame) ? s.then() : s.otherwise(), scope, frame);
      }
      case Ast.For s -> {
        return loop(s, scope, frame);
      }
      case Ast.Return s -> {
        var values = s.values().stream().map(value -> expressions().value(value, scope, frame)).toList();
        return values.size() == 1 ? values.getFirst() : elaborator.budget.tuple(values);
      }
    }
    return null;
  }

  private void importFile(Ast.Import s, Scope scope) {
    var path = Path.of(s.path()).normalize().toString();
    if (importing.contains(path)) {
      throw new ElaborationFault(s.span(), s.path() + " is imported by what it imports itself" + (importing.size() < 2 ? "" : ": " + String.join(", ", importing)))
          .hint("what both need stands in a file of its own");
    }
    if (imported.add(path)) {
      importing.add(path);
      run(importer.read(s.path(), s).statements(), scope, elaborator.root());
      importing.removeLast();
    }
  }

  private Value constant(Ast.Const s, Scope scope, Frame frame) {
    if (defines.containsKey(s.name()) && elaborator.atTop(frame) && !LibraryText.has(s.span().file())) {
      defined.add(s.name());
      var text = defines.get(s.name());
      return Defines.literal(text).orElseGet(() -> expressions().value(Defines.expression(s.name(), text, elaborator.diagnostics()), scope, frame));
    }
    return expressions().value(s.value(), scope, frame);
  }

  private void bind(Ast.Bind s, Scope scope, Frame frame) {
    if (s.names().contains("loss") && elaborator.atTop(frame) && !elaborator.calls().inCall() && !LibraryText.has(s.span().file())) {
      objective.lossBound = s.span();
    }
    if (s.names().size() == 1) {
      named(s.names().getFirst(), expressions().named(s.value(), s.names().getFirst(), scope, frame), scope);
      return;
    }
    var value = expressions().value(s.value(), scope, frame);
    if (value instanceof Value.Unknown) {
      s.names().forEach(name -> scope.bind(name, value));
      return;
    }
    var items = switch (value) {
      case Value.Tuple(var list) -> list;
      case Value.Items(var list) -> list;
      default -> List.of(value);
    };
    if (items.size() != s.names().size()) {
      throw new ElaborationFault(s.span(), s.names().size() + " names for " + items.size() + (items.size() == 1 ? " value" : " values"));
    }
    for (int i = 0; i < items.size(); i++) {
      named(s.names().get(i), items.get(i), scope);
    }
  }

  private void named(String name, Value value, Scope scope) {
    scope.bind(name, value);
    elaborator.noteNamed(name, value, scope);
  }

  private Value loop(Ast.For s, Scope scope, Frame frame) {
    var open = OpenLoop.of(s, elaborator, scope, frame);
    if (open.isPresent()) {
      open.get().run();
      return null;
    }
    var range = expressions().value(s.range(), scope, frame);
    var items = switch (range) {
      case Value.Items(var list) -> list;
      case Value.Tuple(var list) -> list;
      case Value.Unknown _ -> List.<Value>of();
      case Value.Tensor(var node) when node.type().rank() > 0 && node.type().dim(0).isConstant() -> expressions().rows(node);
      default -> throw new ElaborationFault(s.range().span(), "for runs over a range or a list, and this is " + range.describe());
    };
    int iteration = 0;
    int errors = elaborator.diagnostics().errors();
    for (var item : items) {
      Interruption.check();
      elaborator.budget.spend(Limit.TURNS);
      frame.enter(item instanceof Value.Num n && n.whole() ? Long.toString((long) n.value()) : Integer.toString(iteration));
      try {
        bindItem(s, item, scope);
        var result = run(s.body(), scope, frame);
        if (result != null) {
          return result;
        }
      } finally {
        frame.leave();
      }
      if (elaborator.diagnostics().errors() > errors) {
        // other turns have the same fault, and what is made in all of them is not known
        Failed.bind(s, scope);
        return null;
      }
      iteration++;
    }
    return null;
  }

  private static void bindItem(Ast.For s, Value item, Scope scope) {
    var parts = s.names().size() == 1 ? List.of(item)
        : item instanceof Value.Items(var list) ? list : item instanceof Value.Tuple(var list) ? list : List.<Value>of();
    if (parts.size() != s.names().size()) {
      throw new ElaborationFault(s.span(), s.names().size() + " names for " + item.describe());
    }
    for (int i = 0; i < parts.size(); i++) {
      scope.bind(s.names().get(i), parts.get(i));
    }
  }
}
