package nnc.search;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nnc.runtime.base.Fault;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/** A program whose optimizers' rates grow by the same factor from step to step. */
public final class RateProgram {
  private static final String RATE = "rate", OPTIMIZER = "optimizer";

  private RateProgram() {}

  /** A stretch of the text and what comes in its place. */
  private record Edit(Span place, String text) {}

  /** {@code from} at the first step and {@code to} at the last of so many, as the language says it; at later ones {@code to} as well. */
  public static String growing(double from, double to, int steps) {
    return from + " * " + to / from + " ^ (minimum(step - 1, " + (steps - 1) + ") / " + (steps - 1) + ")";
  }

  /**
   * The program's text with {@code rate} in the place of each optimizer's rate: of its argument of that name or else its first one, if that is what
   * its first parameter is called, as it is of all of the library's.
   *
   * @throws Fault if there is no optimizer, or one has no rate
   */
  public static String with(String file, String text, String rate) {
    var program = AstBuilder.parse(file, text, new Diagnostics());
    var edits = optimizers(program).map(setting -> edit(setting, program, rate)).toList();
    if (edits.isEmpty()) {
      throw new Fault(file + ": no optimizer, so no rate", "say how to train: train { optimizer = adam(0.001) }");
    }
    var points = text.codePoints().toArray();
    var out = new StringBuilder();
    int at = 0;
    for (var edit : edits.stream().sorted(Comparator.comparingInt(edit -> place(points, edit.place.line(), edit.place.column()))).toList()) {
      int from = place(points, edit.place.line(), edit.place.column());
      out.append(new String(points, at, from - at)).append(edit.text);
      at = place(points, edit.place.endLine(), edit.place.endColumn());
    }
    return out.append(new String(points, at, points.length - at)).toString();
  }

  /** What a constant of the program is, in words, where it is plainly no number. */
  public static Optional<String> constant(String file, String text, String name) {
    return AstBuilder.parse(file, text, new Diagnostics()).statements().stream()
        .filter(statement -> statement instanceof Ast.Const constant && constant.name().equals(name)).map(statement -> ((Ast.Const) statement).value()).findFirst()
        .flatMap(value -> switch (value) {
          case Ast.ListExpr list -> Optional.of("a list of " + list.items().size());
          case Ast.Text _ -> Optional.of("a text");
          case Ast.Bool _ -> Optional.of("true or false");
          case Ast.Lambda _ -> Optional.of("a function");
          case Ast.None _ -> Optional.of("none");
          default -> Optional.empty();
        });
  }

  private static Stream<Ast.Setting> optimizers(Ast.Program program) {
    return program.statements().stream().filter(Ast.Train.class::isInstance).map(Ast.Train.class::cast)
        .flatMap(train -> Stream.concat(train.settings().stream(), train.steps().stream().flatMap(step -> step.settings().stream())))
        .filter(setting -> setting.name().equals(OPTIMIZER) && !(setting.value() instanceof Ast.None));
  }

  private static Edit edit(Ast.Setting setting, Ast.Program program, String rate) {
    var value = setting.value();
    var name = switch (value) {
      case Ast.Call(Ast.Name callee, var _, var _) -> Optional.of(callee.name());
      case Ast.Name bare -> Optional.of(bare.name());
      default -> Optional.<String>empty();
    };
    if (name.isEmpty() || !hasRate(name.get(), program)) {
      throw new Fault(value.span() + ": this optimizer's rate is not known: its first parameter is not called rate",
          "make the rate a constant of the program and name it: --constant NAME");
    }
    var arguments = value instanceof Ast.Call call ? call.arguments() : List.<Ast.Argument>of();
    var named = arguments.stream().filter(argument -> argument.name().equals(Optional.of(RATE))).findFirst();
    var found = named.or(() -> arguments.stream().filter(argument -> argument.name().isEmpty()).findFirst());
    if (found.isPresent()) {
      return new Edit(found.get().value().span(), rate);
    }
    var first = RATE + " = " + rate;
    if (arguments.isEmpty()) {
      return new Edit(value.span(), name.get() + "(" + first + ")");
    }
    var callee = ((Ast.Call) value).callee().span();
    return new Edit(new Span(callee.file(), callee.endLine(), callee.endColumn(), callee.endLine(), callee.endColumn() + 1), "(" + first + ", ");
  }

  /** Of an optimizer of the program's own its first parameter says it. */
  private static boolean hasRate(String name, Ast.Program program) {
    return program.statements().stream().noneMatch(statement -> statement instanceof Ast.Optimizer own && own.name().equals(name)
        && (own.hyper().isEmpty() || !own.hyper().getFirst().name().equals(RATE)));
  }

  /** Lines and columns of a text count from 1, columns in code points. */
  private static int place(int[] points, int line, int column) {
    int at = 0;
    for (int seen = 1; seen < line; at++) {
      seen += points[at] == '\n' ? 1 : 0;
    }
    return at + column - 1;
  }
}
