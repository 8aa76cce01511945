package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.source.Span;
import nnc.syntax.Ast;

/** Matches a declared type with what came: dimension variables are bound at their first place and must agree at the others. */
final class Unifier {
  private final Elaborator elaborator;
  private final Scope scope;
  private final Frame frame;

  Unifier(Elaborator elaborator, Scope scope, Frame frame) {
    this.elaborator = elaborator;
    this.scope = scope;
    this.frame = frame;
  }

  /** Who wants a type: words that a type follows, {@code "lstm takes "}, and what follows it. */
  record Wanted(String before, String after) {
    /** As an argument, the callee's first or another. */
    static Wanted argument(String callee, String parameter, boolean first) {
      return new Wanted(callee + " takes ", first ? "" : " as its " + parameter);
    }

    static Wanted result(String callee) {
      return new Wanted(callee + " declares a result ", "");
    }

    String text(Ast.TypeExpr type, String came) {
      return before + Unifier.text(type) + after + ", and this is " + came;
    }
  }

  /** The value as the declared type has it. */
  Value match(Ast.TypeExpr type, Value value, Wanted wanted, Span span) {
    if (value instanceof Value.None || value instanceof Value.Unknown) {
      return value;
    }
    var kind = type.gaps() ? Expressions.elements(type) : Expressions.kind(type);
    if (type.gaps() && kind != Kind.FLOAT) {
      throw new ElaborationFault(type.span(), "only floats may be missing: float?[N]");
    } else if (type.gaps() && value instanceof Value.Gaps(var node)) {
      shape(type, node, wanted, span);
      return value;
    }
    Supplier<ElaborationFault> fault = () -> new ElaborationFault(span, wanted.text(type, value.describe())).hint(applied(value));
    var node = kind == Kind.INT ? Convert.ints(value, elaborator.builder(), fault) : Convert.tensor(value, elaborator.builder(), fault);
    if (!Calls.fits(kind, node.type().kind())) {
      throw new ElaborationFault(span, wanted.text(type, node.type().toString())).hint(cast(kind, node));
    }
    shape(type, node, wanted, span);
    return new Value.Tensor(elaborator.builder().cast(node, kind));
  }

  /** What is no tensor yet, and could become one. */
  private static String applied(Value value) {
    return switch (value) {
      case Value.Instance layer -> "a layer is applied to something: " + layer.frame.path() + "(x), or x |> " + layer.frame.path();
      case Value.LayerClass layer -> "a layer is made and applied to something: x |> " + layer.declaration().name() + "(...)";
      default -> "";
    };
  }

  private String expanded(Node node) {
    var shape = new ArrayList<>(node.type().shape());
    shape.add(1, Dim.ONE);
    return "expand(" + elaborator.nameOf(node, "x") + ", 1) is " + node.type().withShape(shape) + ", with an axis of 1";
  }

  private static String cast(Kind wanted, Node node) {
    if (node.op() instanceof Op.Input(var name, var target, var type)) {
      return "declare it so: " + (target ? "target " : "input ") + name + ": " + new Type(wanted, type.shape());
    }
    return "cast(x, \"" + wanted + "\") makes " + wanted + " of it";
  }

  private void shape(Ast.TypeExpr type, Node node, Wanted wanted, Span span) {
    var dims = type.dims();
    int rest = -1;
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i) instanceof Ast.DimExpr.Rest) {
        rest = i;
      }
    }
    int rank = node.type().rank();
    boolean fits = rest < 0 ? rank == dims.size() : rank >= dims.size() - 1;
    if (!fits) {
      var fault = new ElaborationFault(span, wanted.text(type, node.type().toString()));
      throw rest < 0 && rank == dims.size() - 1 && rank > 0
          ? fault.hint(expanded(node)) : fault;
    }
    int skipped = rank - dims.size();
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i) instanceof Ast.DimExpr.Size(var expr, _)) {
        dim(expr, node.type().dim(rest >= 0 && i > rest ? i + skipped : i), type, node.type(), wanted, span);
      }
    }
  }

  private void dim(Ast.Expr expr, Dim actual, Ast.TypeExpr type, Type came, Wanted wanted, Span span) {
    if (expr instanceof Ast.Name(var name, _) && !bound(name)) {
      scope.bind(name, Convert.of(actual));
      return;
    }
    var declared = elaborator.expressions().dim(expr, scope, frame);
    if (!declared.equals(actual)) {
      throw new ElaborationFault(span, wanted.text(type, came.toString()) + ": " + (expr instanceof Ast.Name(var name, _) ? name + " is " + declared + ", not " + actual
          : declared + " and " + actual + " differ"));
    }
  }

  /** Bound in this call, or a constant: a size of the caller's does not count. */
  private boolean bound(String name) {
    return scope.own().get(name) instanceof Value.Size || scope.own().get(name) instanceof Value.Num || scope.find(name) instanceof Value.Num;
  }

  private static String text(Ast.TypeExpr type) {
    var kind = type.kind() + (type.gaps() ? "?" : "");
    if (type.dims().isEmpty()) {
      return kind;
    }
    var dims = type.dims().stream().map(dim -> switch (dim) {
      case Ast.DimExpr.Rest _ -> "...";
      case Ast.DimExpr.Size(Ast.Name name, _) -> name.name();
      case Ast.DimExpr.Size(Ast.Number number, _) -> Long.toString((long) number.value());
      case Ast.DimExpr.Size _ -> "?";
    }).toList();
    return kind + "[" + String.join(", ", List.copyOf(dims)) + "]";
  }
}
