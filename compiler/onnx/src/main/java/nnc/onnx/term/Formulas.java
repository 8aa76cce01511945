package nnc.onnx.term;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.onnx.term.Formula.Subscript;

/** How formulas are written in Java. */
public final class Formulas {
  private Formulas() {}

  /** A function's call; whatever is no formula becomes one, and a text before a value names it: {@code apply("sum", x, "axis", 1)}. */
  public static Formula apply(String function, Object... arguments) {
    var positional = new ArrayList<Formula>();
    SequencedMap<String, Formula> named = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof String name) {
        named.put(name, of(arguments[++i]));
      } else {
        positional.add(of(arguments[i]));
      }
    }
    return new Formula.Apply(function, positional, named);
  }

  public static Formula operate(String operator, Object... operands) {
    return new Formula.Operate(operator, Stream.of(operands).map(Formulas::of).toList());
  }

  public static Formula add(Object a, Object b) {
    return operate("+", a, b);
  }

  public static Formula sub(Object a, Object b) {
    return operate("-", a, b);
  }

  public static Formula mul(Object a, Object b) {
    return operate("*", a, b);
  }

  public static Formula div(Object a, Object b) {
    return operate("/", a, b);
  }

  public static Formula neg(Object a) {
    return operate("-", a);
  }

  public static Formula where(Object condition, Object a, Object b) {
    return apply("where", condition, a, b);
  }

  /** {@code kind}: float, int or bool. */
  public static Formula cast(Object x, String kind) {
    return new Formula.Apply("cast", List.of(of(x), new Formula.Txt(kind)), new LinkedHashMap<>());
  }

  public static Formula text(String value) {
    return new Formula.Txt(value);
  }

  /** In the given shape. */
  public static Formula reshape(Object x, List<Dim> shape) {
    return apply("reshape", x, sizes(shape));
  }

  /** A list of sizes. */
  public static Formula sizes(List<Dim> dims) {
    return new Formula.Listed(dims.stream().map(Formulas::of).toList());
  }

  /** A list of numbers, or of lists of them. */
  public static Formula list(List<?> items) {
    return new Formula.Listed(items.stream().map(Formulas::of).toList());
  }

  public static Formula list(int... items) {
    return list(IntStream.of(items).boxed().toList());
  }

  /** {@code x[:, ..., place]}: one place of an axis, which is dropped. */
  public static Formula at(Object x, int axis, Object place) {
    return index(x, axis, new Subscript.Place(of(place)));
  }

  /** {@code x[:, ..., from:to]}; null leaves out. */
  public static Formula slice(Object x, int axis, Object from, Object to) {
    return slice(x, axis, from, to, null);
  }

  public static Formula slice(Object x, int axis, Object from, Object to, Object step) {
    return index(x, axis, new Subscript.Part(optional(from), optional(to), optional(step)));
  }

  private static Formula optional(Object value) {
    return value == null ? null : of(value);
  }

  private static Formula index(Object x, int axis, Subscript subscript) {
    var subscripts = new ArrayList<Subscript>();
    for (int i = 0; i < axis; i++) {
      subscripts.add(new Subscript.Part(null, null, null));
    }
    subscripts.add(subscript);
    return new Formula.At(of(x), subscripts);
  }

  /** What a Java value is in the language. */
  public static Formula of(Object value) {
    return switch (value) {
      case Formula formula -> formula;
      case Term term -> new Formula.Of(term);
      case Dim dim when dim.isConstant() -> new Formula.Num(dim.constant().getAsLong());
      case Dim dim -> new Formula.Size(dim);
      case Boolean flag -> new Formula.Flag(flag);
      case Number number -> new Formula.Num(exact(number));
      case List<?> list -> list(list);
      default -> throw new IllegalArgumentException(value.getClass() + " is nothing in the language");
    };
  }

  /** A float is meant as it is written: 0.1f is 0.1. */
  private static double exact(Number number) {
    return number instanceof Float real ? Double.parseDouble(real.toString()) : number.doubleValue();
  }
}
