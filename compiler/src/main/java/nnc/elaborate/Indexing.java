package nnc.elaborate;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Type;
import nnc.source.Span;
import nnc.syntax.Ast;

/** {@code x[1:, :, -1]}, {@code list[i]}. */
final class Indexing {
  private final Elaborator elaborator;

  Indexing(Elaborator elaborator) {
    this.elaborator = elaborator;
  }

  Value index(Ast.Index index, Value base, Scope scope, Frame frame) {
    elaborator.mark(index.span());
    return switch (base) {
      case Value.Unknown u -> u;
      case Value.Items(var items) -> list(index, items, scope, frame);
      case Value.Tuple(var items) -> list(index, items, scope, frame);
      case Value.Tensor(var node) -> Expressions.guarded(index.span(), () -> new Value.Tensor(tensor(index, node, scope, frame)));
      default -> throw new ElaborationFault(index.span(), base.describe() + " cannot be indexed");
    };
  }

  private Value list(Ast.Index index, List<Value> items, Scope scope, Frame frame) {
    if (index.subscripts().size() != 1) {
      throw new ElaborationFault(index.span(), "a list has one index");
    }
    var size = Dim.of(items.size());
    return switch (index.subscripts().getFirst()) {
      case Ast.Subscript.At at -> items.get(known(at.place(), place(at.place(), size, scope, frame)));
      case Ast.Subscript.Slice slice -> {
        int from = known(index, bound(slice.from(), Dim.ZERO, size, scope, frame));
        int to = known(index, bound(slice.to(), size, size, scope, frame));
        yield elaborator.budget.list(List.copyOf(items.subList(Math.min(from, to), to)));
      }
      case Ast.Subscript.Rest rest -> throw new ElaborationFault(rest.span(), "... stands for axes of a tensor, and this is a list");
    };
  }

  private static int known(Ast.Expr expr, Dim place) {
    if (!place.isConstant()) {
      throw new ElaborationFault(expr.span(), "a place in a list is a number known at compile time, and this is the size " + place)
          .hint("of tensors of one shape stack makes one, whose rows any place may be of");
    }
    return place.fixed();
  }

  private Node tensor(Ast.Index index, Node x, Scope scope, Frame frame) {
    long rests = index.subscripts().stream().filter(Ast.Subscript.Rest.class::isInstance).count();
    int named = index.subscripts().size() - (int) rests;
    if (rests > 1 || named > x.type().rank()) {
      throw new ElaborationFault(index.span(), named + " indices for " + x.type());
    }
    int axis = 0;
    for (var subscript : index.subscripts()) {
      switch (subscript) {
        case Ast.Subscript.Rest _ -> axis += x.type().rank() - axis - remaining(index, subscript);
        case Ast.Subscript.Slice slice -> {
          x = slice(slice, x, axis, scope, frame);
          axis++;
        }
        case Ast.Subscript.At at -> {
          var value = elaborator.expressions().value(at.place(), scope, frame);
          if (value instanceof Value.Tensor || value instanceof Value.Items && Convert.numeric(value)) {
            var places = wholes(value, at.span());
            x = Compositions.take(elaborator.builder(), x, places, axis);
            axis += places.type().rank();
          } else {
            x = elaborator.builder().at(x, axis, place(at.place(), x.type().dim(axis), scope, frame));
          }
        }
      }
    }
    return x;
  }

  private Node wholes(Value value, Span span) {
    Supplier<ElaborationFault> fault = () -> new ElaborationFault(span, "an index is a whole number, and this is " + value.describe());
    var places = Convert.ints(value, elaborator.builder(), fault);
    if (places.type().kind() != Kind.INT) {
      throw noIndex(span, places.type());
    }
    return places;
  }

  static ElaborationFault noIndex(Span span, Type type) {
    var fault = new ElaborationFault(span, "an index is int, and this is " + type);
    return type.kind() != Kind.BOOL ? fault
        : fault.hint("how many rows a mask chooses depends on the data, and such results are not offered; where(mask, x, 0) keeps the shape");
  }

  private static int remaining(Ast.Index index, Ast.Subscript rest) {
    return index.subscripts().size() - 1 - index.subscripts().indexOf(rest);
  }

  private Node slice(Ast.Subscript.Slice slice, Node x, int axis, Scope scope, Frame frame) {
    int step = slice.step().map(s -> elaborator.expressions().whole(s, scope, frame)).orElse(1);
    if (step == 0) {
      throw new ElaborationFault(slice.span(), "a slice cannot have step 0");
    }
    var size = x.type().dim(axis);
    var first = step > 0 ? Dim.ZERO : size.plus(-1);
    var from = slice.from().isPresent() ? bound(slice.from(), first, size, scope, frame) : first;
    var to = slice.to().isPresent() ? bound(slice.to(), size, size, scope, frame) : step > 0 ? size : Dim.of(-1);
    var span = step > 0 ? to.minus(from) : from.minus(to);
    int stride = Math.abs(step);
    var count = span.isConstant() ? Dim.of(Math.max(0, (span.fixed() + stride - 1) / stride))
        : span.dividedUp(stride);
    return elaborator.builder().slice(x, axis, from, count, step);
  }

  /** A bound of a slice: negative from the end, cut to the axis. */
  private Dim bound(Optional<Ast.Expr> expr, Dim otherwise, Dim size, Scope scope, Frame frame) {
    if (expr.isEmpty()) {
      return otherwise;
    }
    var value = elaborator.expressions().value(expr.get(), scope, frame);
    var dim = Convert.dim(value, () -> new ElaborationFault(expr.get().span(), "a bound is a whole number, and this is " + value.describe()));
    if (!dim.isConstant()) {
      return dim;
    }
    var resolved = dim.fixed() < 0 ? size.plus(dim) : dim;
    if (resolved.isConstant() && size.isConstant()) {
      return Dim.of(Math.clamp(resolved.fixed(), 0, size.fixed()));
    }
    return resolved;
  }

  private Dim place(Ast.Expr expr, Dim size, Scope scope, Frame frame) {
    var value = elaborator.expressions().value(expr, scope, frame);
    var dim = Convert.dim(value, () -> new ElaborationFault(expr.span(), "an index is a whole number, and this is " + value.describe()));
    var resolved = dim.isConstant() && dim.fixed() < 0 ? size.plus(dim) : dim;
    if (resolved.isConstant() && size.isConstant() && (resolved.fixed() < 0 || resolved.fixed() >= size.fixed())) {
      throw new ElaborationFault(expr.span(), "index " + dim + " is outside a size of " + size);
    }
    return resolved;
  }
}
