package nnc.syntax;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.WarningName;

/** What the grammar allows and no program can mean: statements in the wrong place, one name twice in a list. */
final class Placement {
  private final Diagnostics diagnostics;

  private Placement(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  static void check(List<Ast.Statement> program, Diagnostics diagnostics) {
    new Placement(diagnostics).block(program, Place.TOP);
  }

  /** Where a statement stands; an {@code if} does not count. */
  private enum Place {
    TOP("a program"), LOOP("a loop"), FUNCTION("a function"), LAYER("a layer"), OPTIMIZER("an optimizer");

    private final String name;

    Place(String name) {
      this.name = name;
    }

    boolean returns() {
      return this == FUNCTION || this == LAYER;
    }
  }

  private void block(List<Ast.Statement> block, Place place) {
    block.forEach(statement -> statement(statement, place));
    for (int i = 0; place.returns() && i + 1 < block.size(); i++) {
      if (block.get(i) instanceof Ast.Return end) {
        diagnostics.warning(WarningName.UNREACHABLE, block.get(i + 1).span(), "this is never reached").note("here the function ends:", end.span());
        return;
      }
    }
  }

  private void statement(Ast.Statement statement, Place place) {
    switch (statement) {
      case Ast.Import s -> top("import", s.span(), place);
      case Ast.Input s -> top(s.target() ? "target" : "input", s.span(), place);
      case Ast.Data s -> {
        top("data", s.span(), place);
        settings(s.settings());
      }
      case Ast.Train s -> {
        top("train", s.span(), place);
        settings(s.settings());
        s.steps().forEach(step -> settings(step.settings()));
      }
      case Ast.Output s -> {
        if (place != Place.TOP && place != Place.LOOP) {
          misplaced("output", s.span(), place).hint("return the value, and name it as an output where it is received");
        }
      }
      case Ast.Return s -> {
        if (!place.returns()) {
          diagnostics.error(s.span(), "'return' belongs into a function or a layer, and this is " + place.name)
              .hint(place == Place.OPTIMIZER ? "an optimizer assigns with '<-'" : "a result of the program is 'output name = value'");
        }
      }
      case Ast.Fn s -> {
        parameters(s.parameters());
        body(s.body(), s.span(), Place.FUNCTION);
        s.gradient().ifPresent(gradient -> body(gradient.body(), gradient.span(), Place.FUNCTION));
      }
      case Ast.Layer s -> {
        parameters(Stream.concat(s.hyper().stream(), s.tensors().stream()).toList());
        body(s.body(), s.span(), Place.LAYER);
      }
      case Ast.Optimizer s -> {
        parameters(Stream.concat(s.hyper().stream(), s.tensors().stream()).toList());
        block(s.body(), Place.OPTIMIZER);
      }
      case Ast.If s -> {
        block(s.then(), place);
        block(s.otherwise(), place);
      }
      case Ast.For s -> {
        names(s.names(), s.span());
        block(s.body(), place == Place.TOP ? Place.LOOP : place);
      }
      case Ast.Bind s -> names(s.names(), s.span());
      case Ast.Const _, Ast.Loss _, Ast.Metric _, Ast.Regularize _, Ast.Constrain _, Ast.Freeze _, Ast.Param _, Ast.State _, Ast.Assign _ -> { }
    }
  }

  private void top(String word, Span span, Place place) {
    if (place != Place.TOP) {
      misplaced(word, span, place);
    }
  }

  private Diagnostics.Fault misplaced(String word, Span span, Place place) {
    return diagnostics.error(span, "'" + word + "' stands at the top of a program, and this is inside " + place.name);
  }

  private void body(List<Ast.Statement> body, Span span, Place place) {
    block(body, place);
    if (returns(body).findAny().isEmpty()) {
      diagnostics.error(span, place.name + " returns a value, and this has no 'return'");
    }
  }

  /** The returns of a body, not those of what is declared in it. */
  private static Stream<Ast.Return> returns(List<Ast.Statement> body) {
    return body.stream().flatMap(statement -> switch (statement) {
      case Ast.Return s -> Stream.of(s);
      case Ast.If s -> Stream.concat(returns(s.then()), returns(s.otherwise()));
      case Ast.For s -> returns(s.body());
      default -> Stream.empty();
    });
  }

  // ---- names

  private void parameters(List<Ast.Parameter> parameters) {
    var seen = new HashSet<String>();
    for (var parameter : parameters) {
      if (!seen.add(parameter.name())) {
        diagnostics.error(parameter.span(), "there are two parameters called '" + parameter.name() + "'");
      }
    }
  }

  private void names(List<String> names, Span span) {
    var seen = new HashSet<String>();
    names.stream().filter(name -> !name.equals("_") && !seen.add(name)).findFirst()
        .ifPresent(name -> diagnostics.error(span, "'" + name + "' is bound twice at once").hint("a result that is not needed is '_'"));
  }

  /** What is set for some parameters may be set otherwise for others. */
  private void settings(List<Ast.Setting> settings) {
    var seen = new HashMap<List<String>, Span>();
    for (var setting : settings) {
      var key = Stream.concat(Stream.of(setting.name()), setting.on().stream()).toList();
      var first = seen.putIfAbsent(key, setting.span());
      if (first != null) {
        diagnostics.error(setting.span(), "'" + setting.name() + "' is set twice").note("first here:", first);
      }
    }
  }
}
