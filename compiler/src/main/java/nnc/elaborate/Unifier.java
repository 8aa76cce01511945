package nnc.elaborate;

import java.util.List;
import java.util.function.Supplier;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
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

  /** The value as the declared type has it. */
  Value match(Ast.TypeExpr type, Value value, String what, Span span) {
    if (value instanceof Value.None || value instanceof Value.Unknown) {
      return value;
    }
    var kind = type.gaps() ? Expressions.elements(type) : Expressions.kind(type);
    if (type.gaps() && kind != Kind.FLOAT) {
      throw new ElaborationFault(type.span(), "only floats may be missing: float?[N]");
    } else if (type.gaps() && value instanceof Value.Gaps(var node)) {
      shape(type, node, what, span);
      return value;
    }
    Supplier<ElaborationFault> fault = () -> new ElaborationFault(span, "'" + what + "' should be " + text(type) + ", and is " + value.describe());
    var node = kind == Kind.INT ? Convert.ints(value, elaborator.builder(), fault) : Convert.tensor(value, elaborator.builder(), fault);
    if (!Calls.fits(kind, node.type().kind())) {
      throw new ElaborationFault(span, "'" + what + "' should be " + text(type) + ", and is " + node.type());
    }
    shape(type, node, what, span);
    return new Value.Tensor(elaborator.builder().cast(node, kind));
  }

  private void shape(Ast.TypeExpr type, Node node, String what, Span span) {
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
      throw new ElaborationFault(span, "'" + what + "' should be " + text(type) + ", and is " + node.type());
    }
    int skipped = rank - dims.size();
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i) instanceof Ast.DimExpr.Size(var expr, _)) {
        dim(expr, node.type().dim(rest >= 0 && i > rest ? i + skipped : i), type, node.type(), what, span);
      }
    }
  }

  private void dim(Ast.Expr expr, Dim actual, Ast.TypeExpr type, Type came, String what, Span span) {
    if (expr instanceof Ast.Name(var name, _) && !bound(name)) {
      scope.bind(name, Convert.of(actual));
      return;
    }
    var declared = elaborator.expressions().dim(expr, scope, frame);
    if (!declared.equals(actual)) {
      throw new ElaborationFault(span, "'" + what + "' should be " + text(type) + ", and is " + came + ": " + declared + " and " + actual + " differ");
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
