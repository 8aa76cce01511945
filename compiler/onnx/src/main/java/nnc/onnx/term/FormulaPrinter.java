package nnc.onnx.term;

import java.util.List;
import java.util.Locale;
import java.util.PrimitiveIterator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.onnx.model.OnnxTensor;

/** Formulas as text of the language. */
public final class FormulaPrinter {
  /** How strongly a text holds together: an operand stands in brackets if it does so less than its place needs. */
  private static final int OR = 1, AND = 2, NOT = 3, COMPARISON = 4, SUM = 6, PRODUCT = 7, SIGN = 8, POWER = 9, POSTFIX = 10;

  /** By term, its name; empty if it is written where it is used. */
  private final Function<Term, String> names;
  /** By layer, the name that it was made under; empty if it is made where it is used. */
  private final Function<Formula.Made, String> layers;

  public FormulaPrinter(Function<Term, String> names, Function<Formula.Made, String> layers) {
    this.names = names;
    this.layers = layers;
  }

  /** How a layer is made. */
  public String making(Formula.Made made) {
    return made.layer() + call(made.hyper(), made.named());
  }

  public String text(Formula formula) {
    return text(formula, 0);
  }

  private String text(Formula formula, int needed) {
    int strength = strength(formula);
    var text = plain(formula);
    return strength < needed ? "(" + text + ")" : text;
  }

  private int strength(Formula formula) {
    return switch (formula) {
      case Formula.Of(var term) -> names.apply(term).isEmpty() ? strength(term.formula()) : POSTFIX;
      case Formula.Num(var value) -> value < 0 || Double.isNaN(value) ? SIGN : POSTFIX;
      case Formula.Table(var tensor) when tensor.rank() == 0 && tensor.type().kind() != Kind.BOOL -> tensor.get(0) < 0 || Double.isNaN(tensor.get(0)) ? SIGN : POSTFIX;
      case Formula.Size(var dim) -> strengthOfSize(size(dim));
      case Formula.Operate(var operator, var operands) -> operands.size() == 1 ? operator.equals("not") ? NOT : SIGN : strength(operator);
      case Formula.Given _, Formula.Table _, Formula.Extent _, Formula.Txt _, Formula.Flag _, Formula.Listed _, Formula.Apply _, Formula.At _, Formula.Made _,
          Formula.Turn _, Formula.Carried _, Formula.Loop _, Formula.Result _ -> POSTFIX;
    };
  }

  /** By what stands outside of its brackets. */
  private static int strengthOfSize(String text) {
    int depth = 0;
    int strength = text.startsWith("-") ? SIGN : POSTFIX;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0 && (c == '+' || c == '-' && i > 0)) {
        return SUM;
      } else if (depth == 0 && c == '*') {
        strength = Math.min(strength, PRODUCT);
      }
    }
    return strength;
  }

  private static int strength(String operator) {
    return switch (operator) {
      case "or" -> OR;
      case "and" -> AND;
      case "<", "<=", ">", ">=", "==", "!=" -> COMPARISON;
      case "+", "-" -> SUM;
      case "*", "/", "@" -> PRODUCT;
      case "^" -> POWER;
      default -> throw new IllegalArgumentException("operator " + operator);
    };
  }

  private String plain(Formula formula) {
    return switch (formula) {
      case Formula.Of(var term) -> names.apply(term).isEmpty() ? plain(term.formula()) : names.apply(term);
      case Formula.Given(var name) -> name;
      case Formula.Table(var tensor) -> table(tensor);
      case Formula.Extent(var shape, var numbers) -> extent(shape, numbers);
      case Formula.Num(var value) -> number(value);
      case Formula.Txt(var value) -> '"' + value + '"';
      case Formula.Flag(var value) -> Boolean.toString(value);
      case Formula.Listed(var items) -> items.stream().map(this::text).collect(Collectors.joining(", ", "[", "]"));
      case Formula.Size(var dim) -> size(dim);
      case Formula.Apply(var function, var arguments, var named) -> function + call(arguments, named);
      case Formula.Operate operation -> operation(operation);
      case Formula.At(var base, var subscripts) -> text(base, POSTFIX) + subscripts.stream().map(this::subscript).collect(Collectors.joining(", ", "[", "]"));
      // these have names wherever a program is written
      case Formula.Turn _ -> "turn";
      case Formula.Carried(_, var slot) -> "carried" + slot;
      case Formula.Loop loop -> "loop" + loop.parts().map(this::text).toList();
      case Formula.Result(_, var slot) -> "result" + slot;
      case Formula.Made made -> (layers.apply(made).isEmpty() ? making(made) : layers.apply(made)) + call(made.inputs(), java.util.Map.of());
    };
  }

  private String call(List<Formula> arguments, java.util.Map<String, Formula> named) {
    return Stream.concat(arguments.stream().map(this::text), named.entrySet().stream().map(entry -> entry.getKey() + " = " + text(entry.getValue())))
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private String operation(Formula.Operate operation) {
    var operands = operation.operands();
    var operator = operation.operator();
    if (operands.size() == 1) {
      return operator.equals("not") ? "not " + text(operands.getFirst(), NOT) : operator + text(operands.getFirst(), SIGN);
    }
    int strength = strength(operator);
    boolean rightwards = strength == POWER;
    // comparisons do not chain; a sum or product to the right of another keeps its brackets, as roundings differ
    int left = rightwards || strength == COMPARISON ? strength + 1 : strength;
    int right = rightwards ? SIGN : strength + 1;
    return text(operands.get(0), left) + (rightwards ? "^" : " " + operator + " ") + text(operands.get(1), right);
  }

  private String subscript(Formula.Subscript subscript) {
    return switch (subscript) {
      case Formula.Subscript.Place(var index) -> text(index);
      case Formula.Subscript.Part(var from, var to, var step) -> optional(from) + ":" + optional(to) + (step == null ? "" : ":" + text(step));
    };
  }

  private String optional(Formula bound) {
    return bound == null ? "" : text(bound, SUM);
  }

  /** A number as the language writes it: the shortest text that is the same float. */
  public static String number(double value) {
    if (Double.isNaN(value)) {
      return "-(infinity - infinity)";
    } else if (Double.isInfinite(value)) {
      return value > 0 ? "infinity" : "-infinity";
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return value == 0 && 1 / value < 0 ? "-0" : Long.toString((long) value);
    }
    var text = ((float) value == value ? Float.toString((float) value) : Double.toString(value)).toLowerCase(Locale.ROOT);
    return text.replace(".0e", "e");
  }

  /** A polynomial of open sizes. */
  public static String size(Dim dim) {
    return dim.toString().replace("*", " * ");
  }

  private static String table(OnnxTensor tensor) {
    return switch (tensor.type().kind()) {
      case FLOAT -> tensor.rank() == 0 ? number(tensor.get(0)) : tensor.size() == 0 ? "zeros" + listed(tensor.shape()) : "tensor(" + nested(tensor) + ")";
      case INT -> isRange(tensor) ? range(tensor) : tensor.rank() == 0 ? number(tensor.get(0)) : "cast(" + (tensor.size() == 0 ? "zeros" + listed(tensor.shape()) : nested(tensor)) + ", \"int\")";
      case BOOL -> tensor.rank() == 0 ? Boolean.toString(tensor.get(0) != 0)
          : "cast(" + (tensor.size() == 0 ? "zeros" + listed(tensor.shape()) : nested(tensor)) + ", \"bool\")";
    };
  }

  /** Whether it counts its places. */
  public static boolean isRange(OnnxTensor tensor) {
    return tensor.rank() > 0 && tensor.size() > 4 && IntStream.range(0, tensor.size()).allMatch(i -> tensor.get(i) == i);
  }

  private static String range(OnnxTensor tensor) {
    return tensor.rank() == 1 ? "range(" + tensor.size() + ")" : "reshape(range(" + tensor.size() + "), " + listed(tensor.shape()).replace('(', '[').replace(')', ']') + ")";
  }

  private static String listed(int[] shape) {
    return IntStream.of(shape).mapToObj(Integer::toString).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String nested(OnnxTensor tensor) {
    return nested(tensor.shape(), 0, IntStream.range(0, tensor.size()).iterator(), i -> number(tensor.get(i)));
  }

  private static String nested(int[] shape, int axis, PrimitiveIterator.OfInt next, java.util.function.IntFunction<String> element) {
    if (axis == shape.length) {
      return element.apply(next.nextInt());
    }
    return IntStream.range(0, shape[axis]).mapToObj(_ -> nested(shape, axis + 1, next, element)).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String extent(int[] shape, List<Dim> numbers) {
    if (shape.length == 0) {
      return "cast(" + size(numbers.getFirst()) + ", \"int\")";
    } else if (shape.length == 1) {
      return "cast(stack(" + numbers.stream().map(FormulaPrinter::size).collect(Collectors.joining(", ", "[", "]")) + "), \"int\")";
    }
    return "reshape(" + extent(new int[] {numbers.size()}, numbers) + ", " + listed(shape).replace('(', '[').replace(')', ']') + ")";
  }

}
