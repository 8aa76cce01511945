package nnc.elaborate;

import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.interpret.Interpreter;
import nnc.source.Span;

/** Operators on compile-time values. */
final class Arithmetic {
  private Arithmetic() {}

  /** The result, or null where it cannot be known at compile time (a quotient of open sizes): then it is computed in the graph. */
  static Value operate(String operator, Value left, Value right, Span span, Budget budget) {
    if (left instanceof Value.Num(var x) && right instanceof Value.Num(var y)) {
      return numbers(operator, x, y, span);
    }
    if (isSize(left) && isSize(right)) {
      return sizes(operator, dim(left), dim(right), span);
    }
    if (left instanceof Value.Items(var a) && right instanceof Value.Items(var b) && operator.equals("+")) {
      return budget.joined(a, b);
    }
    if (left instanceof Value.Items(var a) && right instanceof Value.Num n && operator.equals("*") && n.whole()) {
      return budget.repeated(a, n.value());
    }
    if (left instanceof Value.Text(var a) && right instanceof Value.Text(var b) && operator.equals("+")) {
      budget.text((long) a.length() + b.length());
      return new Value.Text(a + b);
    }
    return switch (operator) {
      case "==" -> new Value.Bool(same(left, right, budget));
      case "!=" -> new Value.Bool(!same(left, right, budget));
      case "and" -> flags(left, right) ? new Value.Bool(((Value.Bool) left).value() && ((Value.Bool) right).value()) : null;
      case "or" -> flags(left, right) ? new Value.Bool(((Value.Bool) left).value() || ((Value.Bool) right).value()) : null;
      default -> null;
    };
  }

  private static boolean same(Value left, Value right, Budget budget) {
    budget.walk(left);
    return left.equals(right);
  }

  private static boolean flags(Value left, Value right) {
    return left instanceof Value.Bool && right instanceof Value.Bool;
  }

  private static boolean isSize(Value value) {
    return value instanceof Value.Size || value instanceof Value.Num n && n.whole();
  }

  private static Dim dim(Value value) {
    return value instanceof Value.Size(var dim) ? dim : Dim.of((long) ((Value.Num) value).value());
  }

  private static Value sizes(String operator, Dim x, Dim y, Span span) {
    return switch (operator) {
      case "+" -> Convert.of(x.plus(y));
      case "-" -> Convert.of(x.minus(y));
      case "*" -> Convert.of(x.times(y));
      case "/" -> x.dividedBy(y).map(Convert::of).orElse(null);
      case "==" -> new Value.Bool(equal(x, y, span));
      case "!=" -> new Value.Bool(!equal(x, y, span));
      default -> null;
    };
  }

  /** Of open sizes it is told what their names say; what counts the turns of a loop has all numbers one after the other. */
  private static boolean equal(Dim x, Dim y, Span span) {
    if (!x.equals(y) && x.minus(y).variables().stream().anyMatch(Elaborator::countsTurns)) {
      throw new ElaborationFault(span, "whether this is so differs from turn to turn of a loop, and one body is run in all of them")
          .hint("where(...) chooses when it runs, of tensors");
    }
    return x.equals(y);
  }

  private static Value numbers(String operator, double x, double y, Span span) {
    return switch (operator) {
      case "+" -> new Value.Num(x + y);
      case "-" -> new Value.Num(x - y);
      case "*" -> new Value.Num(x * y);
      case "/" -> {
        if (y == 0) {
          throw new ElaborationFault(span, "division by zero");
        }
        yield new Value.Num(x / y);
      }
      case "^" -> new Value.Num(Interpreter.binary(BinaryFn.POW, x, y));
      case "<" -> new Value.Bool(x < y);
      case "<=" -> new Value.Bool(x <= y);
      case ">" -> new Value.Bool(x > y);
      case ">=" -> new Value.Bool(x >= y);
      case "==" -> new Value.Bool(x == y);
      case "!=" -> new Value.Bool(x != y);
      default -> throw new ElaborationFault(span, operator + " of two numbers");
    };
  }
}
