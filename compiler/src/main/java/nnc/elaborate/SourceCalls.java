package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import nnc.runtime.data.Data;
import nnc.runtime.data.DataPart;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Span;
import nnc.source.Suggestion;
import nnc.source.WarningName;
import nnc.syntax.Ast;

/** The text of a data block as the runtime takes it: calls of sources with plain arguments. */
final class SourceCalls {
  /**
   * What a source takes.
   *
   * @param required how many of the first must be given
   * @param places   what has a position, in order
   * @param named    what has none
   * @param columns  whether other names are those of columns to be
   */
  private record Signature(int required, List<String> places, List<String> named, boolean columns) {
    List<String> names() {
      return Stream.concat(places.stream(), named.stream()).toList();
    }

    /** Whether an argument names a file or folder: where a source takes no columns from one file, each of its columns is a file. */
    boolean isFile(String argument) {
      return places.contains("file") || places.contains("folder") ? argument.equals("file") || argument.equals("folder") : columns && places.isEmpty() && !named.contains(argument);
    }

    /** Whether it is a set that is looked for in folders of the user's, by names of its own. */
    boolean isPublic() {
      return places.equals(List.of("part"));
    }

    String text(String name) {
      return "it is " + call(name);
    }

    String call(String name) {
      return name + "(" + String.join(", ", Stream.of(places.stream(), named.stream().map(n -> n + " = ..."),
          columns ? Stream.of("COLUMN = ...") : Stream.<String>of()).flatMap(all -> all).toList()) + ")";
    }
  }

  private static final Set<String> NAMES = Set.copyOf(Data.sources());

  /**
   * How a source is called.
   *
   * @param required how many of the first names must be given
   */
  record Call(String text, List<String> names, int required) {}

  /** All sources by their names, in the order of the alphabet. */
  static SortedMap<String, Call> calls() {
    var calls = new TreeMap<String, Call>();
    for (var name : NAMES) {
      var signature = signature(name);
      calls.put(name, new Call(signature.call(name), signature.names(), signature.required));
    }
    return calls;
  }

  private static Signature signature(String source) {
    return switch (source) {
      case "mnist", "cifar10", "cifar100" -> new Signature(1, List.of("part"), List.of(), false);
      case "idx" -> new Signature(0, List.of(), List.of(), true);
      case "npy" -> new Signature(0, List.of(), List.of("stream"), true);
      case "csv" -> new Signature(1, List.of("file"), List.of("separator", "decimal", "encoding", "header", "comment", "missing", "stream"), true);
      case "npz" -> new Signature(1, List.of("file"), List.of(), true);
      case "jsonl" -> new Signature(1, List.of("file"), List.of("stream"), true);
      case "images" -> new Signature(1, List.of("folder"), List.of("resize", "channels", "stream"), false);
      case "wav" -> new Signature(1, List.of("folder"), List.of("rate", "length", "channels"), false);
      case "texts" -> new Signature(1, List.of("folder"), List.of("length", "by", "lower", "ngrams", "encoding"), false);
      case "textfile" -> new Signature(1, List.of("file"), List.of("length", "step", "by", "lower", "ngrams", "encoding"), false);
      case "sequences" -> new Signature(1, List.of("source"), List.of("key", "window", "step", "most"), false);
      case "tokens" -> new Signature(2, List.of("source", "column"), List.of("length", "by", "lower", "ngrams"), false);
      case "xor", "circle", "plane", "bumps" -> new Signature(1, List.of("count", "noise", "seed"), List.of(), false);
      case "gauss", "spiral" -> new Signature(1, List.of("count", "noise", "seed"), List.of("classes"), false);
      case "addition" -> new Signature(2, List.of("digits", "count", "seed"), List.of("padded"), false);
      case "sorting" -> new Signature(3, List.of("length", "tokens", "count", "seed"), List.of(), false);
      case "rows" -> new Signature(1, List.of("count"), List.of(), false);
      case "split" -> new Signature(2, List.of("source", "share"), List.of("seed", "stratify", "group", "shuffle"), false);
      case "fold" -> new Signature(2, List.of("source", "fold"), List.of("of", "seed", "stratify", "group"), false);
      case "bootstrap", "out_of_bag" -> new Signature(1, List.of("source", "seed"), List.of(), false);
      case "zip" -> new Signature(2, List.of("first", "second"), List.of(), true);
      default -> throw new IllegalStateException("SourceCalls does not say what the data source " + source + " takes");
    };
  }

  private final Elaborator elaborator;
  private final Scope scope;
  private final Set<String> roles;
  private final Set<String> keys;

  /**
   * Of a data block.
   *
   * @param roles names of parts that a source may be named by
   * @param keys  columns that parts go by, see {@link #keys}
   */
  SourceCalls(Elaborator elaborator, Scope scope, Set<String> roles, Set<String> keys) {
    this.elaborator = elaborator;
    this.scope = scope;
    this.roles = roles;
    this.keys = keys;
  }

  /** The columns that parts go by, of which one may feed nothing. */
  static Stream<String> keys(Ast.Expr expr) {
    return expr instanceof Ast.Call(_, var arguments, _) ? arguments.stream().flatMap(argument -> argument.value() instanceof Ast.Text(var text, _)
        && argument.name().filter(DataPart.KEYS::contains).isPresent() ? Stream.of(text) : keys(argument.value())) : Stream.of();
  }

  ModelSpec.Source source(Ast.Expr expr) {
    if (expr instanceof Ast.Call(Ast.Name(var name, var place), var arguments, var span)) {
      if (!NAMES.contains(name)) {
        throw new ElaborationFault(place, "unknown data source " + name + suggestion(name)).note(name.equals("standardize")
            ? "an input is standardised in the network: x |> standardize" : "sources are " + String.join(", ", NAMES.stream().sorted().toList()));
      }
      var signature = signature(name);
      check(name, signature, arguments, span);
      if (signature.isPublic()) {
        elaborator.importer().data(name, "", place);
      }
      var positional = new ArrayList<ModelSpec.Source>();
      Map<String, ModelSpec.Source> named = new LinkedHashMap<>();
      for (var argument : arguments) {
        var value = argument(argument.value());
        if (value.value() instanceof String file && signature.isFile(argument.name().orElseGet(() -> signature.places.get(positional.size())))) {
          elaborator.importer().data(name, file, argument.value().span());
        }
        argument.name().ifPresentOrElse(key -> named.put(key, value), () -> positional.add(value));
      }
      return new ModelSpec.Source(name, positional, named, null, span.line());
    }
    throw new ElaborationFault(expr.span(), "a data source is a call, such as mnist(\"train\")")
        .hint(expr instanceof Ast.Text(var file, _) ? "a table is read by csv(\"" + file + "\"), arrays by npz(\"" + file + "\")" : "");
  }

  /** The nearest source, or the one whose name is a part of what is written: {@code read_csv}. */
  private static String suggestion(String name) {
    var near = Suggestion.sentence(name, NAMES);
    return !near.isEmpty() ? near : NAMES.stream().filter(known -> known.length() > 2 && name.toLowerCase(Locale.ROOT).contains(known)).sorted().findFirst()
        .map(known -> "; did you mean " + known + "?").orElse("");
  }

  /** Arguments are bound as a function's are: by position, then by name; what nobody would read is refused. */
  private void check(String name, Signature signature, List<Ast.Argument> arguments, Span span) {
    var given = new HashSet<String>();
    int place = 0;
    for (var argument : arguments) {
      if (argument.name().isEmpty() && place == signature.places.size()) {
        throw new ElaborationFault(argument.span(), name + ": this is one argument too many").note(signature.text(name));
      }
      var bound = argument.name().isEmpty() ? signature.places.get(place++) : argument.name().get();
      if (!given.add(bound)) {
        throw new ElaborationFault(argument.span(), name + ": '" + bound + "' is given twice").note(signature.text(name));
      } else if (!signature.names().contains(bound)) {
        column(name, signature, bound, argument.span());
      }
    }
    for (var missing : signature.places.subList(0, signature.required)) {
      if (!given.contains(missing)) {
        throw new ElaborationFault(span, name + " needs '" + missing + "'").note(signature.text(name));
      }
    }
  }

  private void column(String name, Signature signature, String column, Span span) {
    if (!signature.columns) {
      throw new ElaborationFault(span, name + " has no '" + column + "'" + Suggestion.sentence(column, signature.names())).note(signature.text(name));
    } else if (!elaborator.inputs().containsKey(column) && !keys.contains(column)) {
      elaborator.diagnostics().warning(WarningName.UNUSED, span, name + ": no input or target is called '" + column + "'" + Suggestion.sentence(column, elaborator.inputs().keySet()))
          .hint("columns are matched with inputs and targets by name; this one feeds nothing");
    }
  }

  private ModelSpec.Source argument(Ast.Expr expr) {
    if (expr instanceof Ast.Name(var name, var span) && roles.contains(name)) {
      return plain("name", name, span.line());
    }
    if (expr instanceof Ast.Call(Ast.Name(var name, _), _, _) && NAMES.contains(name)) {
      return source(expr);
    }
    return plain(elaborator.expressions().value(expr, scope, new Frame("")), expr);
  }

  private static ModelSpec.Source plain(Value value, Ast.Expr expr) {
    int line = expr.span().line();
    return switch (value) {
      case Value.Num(var number) -> plain("number", number, line);
      case Value.Text(var text) -> plain("text", text, line);
      case Value.Bool(var flag) -> plain("bool", flag, line);
      case Value.Items(var items) -> new ModelSpec.Source("list", items.stream().map(item -> plain(item, expr)).toList(), Map.of(), null, line);
      default -> throw new ElaborationFault(expr.span(), "an argument of a data source is a number, a text or a list, and this is " + value.describe());
    };
  }

  private static ModelSpec.Source plain(String kind, Object value, int line) {
    return new ModelSpec.Source(kind, List.of(), Map.of(), value, line);
  }
}
