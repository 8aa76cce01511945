package nnc.decompile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Type;
import nnc.source.Span;
import nnc.syntax.Ast;

/** Syntax trees of text that is yet to be written: they have no place. */
final class Trees {
  private Trees() {}

  /** From here on whole numbers are written with an exponent. */
  private static final double LONG = 1e15;

  static Ast.Expr name(String name) {
    return new Ast.Name(name, Span.NONE);
  }

  /** Any number of double precision, also those that have no literal. */
  static Ast.Expr number(double value) {
    if (Double.isNaN(value)) {
      return binary("-", name("infinity"), name("infinity"));
    } else if (value < 0 || value == 0 && 1 / value < 0) {
      return negative(number(-value));
    } else if (Double.isInfinite(value)) {
      return name("infinity");
    }
    return new Ast.Number(value, value == Math.rint(value) && value < LONG, Span.NONE);
  }

  static Ast.Expr text(String value) {
    return new Ast.Text(value, Span.NONE);
  }

  static Ast.Expr flag(boolean value) {
    return new Ast.Bool(value, Span.NONE);
  }

  static Ast.Expr negative(Ast.Expr x) {
    return new Ast.Unary("-", x, Span.NONE);
  }

  static Ast.Expr binary(String operator, Ast.Expr x, Ast.Expr y) {
    return new Ast.Binary(operator, x, y, Span.NONE);
  }

  static Ast.Expr list(List<? extends Ast.Expr> items) {
    return new Ast.ListExpr(List.copyOf(items), Span.NONE);
  }

  static Ast.Expr numbers(List<Integer> values) {
    return list(values.stream().map(Trees::number).toList());
  }

  static Ast.Argument argument(Ast.Expr value) {
    return new Ast.Argument(Optional.empty(), value, Span.NONE);
  }

  static Ast.Argument named(String name, Ast.Expr value) {
    return new Ast.Argument(Optional.of(name), value, Span.NONE);
  }

  static Ast.Expr call(Ast.Expr callee, List<Ast.Argument> arguments) {
    return new Ast.Call(callee, List.copyOf(arguments), Span.NONE);
  }

  /** A size: a polynomial of the open dimensions, whose names are bound by the inputs, and of their quotients. */
  static Ast.Expr dim(Dim dim) {
    Ast.Expr sum = null;
    for (var term : dim.terms().entrySet()) {
      long factor = Math.abs(term.getValue());
      Ast.Expr product = factor == 1 && !term.getKey().isEmpty() ? null : number((double) factor);
      for (var variable : term.getKey()) {
        var quotient = dim.quotients().get(variable);
        var value = quotient == null ? name(variable)
            : call(name("floor"), List.of(argument(quotient.isRoot() ? call(name("sqrt"), List.of(argument(dim(quotient.of())))) : binary("/", dim(quotient.of()), number((double) quotient.by())))));
        product = product == null ? value : binary("*", product, value);
      }
      sum = sum == null ? term.getValue() < 0 ? negative(product) : product : binary(term.getValue() < 0 ? "-" : "+", sum, product);
    }
    return sum == null ? number(0) : sum;
  }

  static Ast.Expr dims(List<Dim> shape) {
    return list(shape.stream().map(Trees::dim).toList());
  }

  static Ast.TypeExpr type(Type type) {
    return new Ast.TypeExpr(type.kind().toString(), type.shape().stream().map(size -> (Ast.DimExpr) new Ast.DimExpr.Size(dim(size), Span.NONE)).toList(), Span.NONE);
  }

  static Ast.Expr kind(Kind kind) {
    return text(kind.toString());
  }

  /** One axis as a number, several as a list. */
  static Ast.Expr axes(List<Integer> axes) {
    return axes.size() == 1 ? number(axes.getFirst()) : numbers(axes);
  }

  /** A table's numbers, nested as its shape is; no axis is empty. */
  static Ast.Expr table(List<Integer> shape, List<Double> values) {
    if (shape.isEmpty()) {
      return number(values.getFirst());
    }
    int each = values.size() / shape.getFirst();
    return list(IntStream.range(0, shape.getFirst()).mapToObj(i -> table(shape.subList(1, shape.size()), values.subList(i * each, (i + 1) * each))).toList());
  }

  static Ast.Statement bind(String name, Ast.Expr value) {
    return new Ast.Bind(List.of(name), value, Span.NONE);
  }

  /** Each axis whole, to be changed by place. */
  static List<Ast.Subscript> whole(int rank) {
    var all = new ArrayList<Ast.Subscript>();
    for (int i = 0; i < rank; i++) {
      all.add(new Ast.Subscript.Slice(Optional.empty(), Optional.empty(), Optional.empty(), Span.NONE));
    }
    return all;
  }

  static Ast.Expr index(Ast.Expr base, List<Ast.Subscript> subscripts) {
    return new Ast.Index(base, List.copyOf(subscripts), Span.NONE);
  }
}
