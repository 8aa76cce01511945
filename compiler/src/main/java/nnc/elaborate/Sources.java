package nnc.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.runtime.ModelSpec;
import nnc.source.Suggestion;
import nnc.syntax.Ast;

/** The text of a data block as the runtime takes it: calls of sources with plain arguments. */
final class Sources {
  private static final Set<String> NAMES = Set.of("mnist", "idx", "csv", "npz", "images", "xor", "circle", "gauss", "spiral", "plane",
      "addition", "sorting", "split");

  private final Elaborator elaborator;
  private final Scope scope;
  private final Set<String> roles;

  Sources(Elaborator elaborator, Scope scope, Set<String> roles) {
    this.elaborator = elaborator;
    this.scope = scope;
    this.roles = roles;
  }

  ModelSpec.Source source(Ast.Expr expr) {
    if (expr instanceof Ast.Call(Ast.Name(var name, var place), var arguments, var span)) {
      if (!NAMES.contains(name)) {
        throw new Fault(place, "unknown data source " + name + Suggestion.sentence(name, NAMES)).note(name.equals("standardize")
            ? "an input is standardised in the network: x |> standardize" : "sources are " + String.join(", ", NAMES.stream().sorted().toList()));
      }
      var positional = new ArrayList<ModelSpec.Source>();
      Map<String, ModelSpec.Source> named = new LinkedHashMap<>();
      for (var argument : arguments) {
        var value = argument(argument.value());
        argument.name().ifPresentOrElse(key -> named.put(key, value), () -> positional.add(value));
      }
      return new ModelSpec.Source(name, positional, named, null, span.line());
    }
    throw new Fault(expr.span(), "a data source is a call, such as mnist(\"train\")");
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
      default -> throw new Fault(expr.span(), "an argument of a data source is a number, a text or a list, and this is " + value.describe());
    };
  }

  private static ModelSpec.Source plain(String kind, Object value, int line) {
    return new ModelSpec.Source(kind, List.of(), Map.of(), value, line);
  }
}
