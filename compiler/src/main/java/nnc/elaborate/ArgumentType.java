package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nnc.source.Span;
import nnc.syntax.Ast;

/**
 * What a parameter that is no tensor may be, as its declaration says: {@code number(from = 0, below = 1)}, {@code whole(from = 1)}, {@code flag},
 * {@code word("same", "valid")}. Of numbers {@code from} and {@code to} are included, {@code above} and {@code below} are not, and without a bound above they
 * are finite. Texts among the arguments may be there in a number's place, with {@code [...]} a list of such numbers, with {@code ?} none. A number that is
 * known in the steps of a run alone is taken as it is; a whole number, flag or word is known when the program is compiled.
 */
record ArgumentType(Sort sort, Bound low, Bound high, List<String> words, Amount amount) {
  /** What a value is. */
  enum Sort {
    NUMBER("number"), WHOLE("whole"), FLAG("flag"), WORD("word");

    private final String title;

    Sort(String title) {
      this.title = title;
    }
  }

  /** How many there may be. */
  private enum Amount { ONE, ONE_OR_NONE, LIST, LIST_OR_NONE }

  /** Where numbers end. */
  private record Bound(double value, Ending ending) {}

  /** Whether the end belongs to them. */
  private enum Ending { INCLUDED, EXCLUDED }

  private static final Bound FINITE_LOW = new Bound(Double.NEGATIVE_INFINITY, Ending.EXCLUDED), FINITE_HIGH = new Bound(Double.POSITIVE_INFINITY, Ending.EXCLUDED);

  /** {@code whole(from = ...)}. */
  static Ast.TypeExpr whole(int from) {
    return type(Sort.WHOLE, List.of(bound("from", from)), List.of());
  }

  /** {@code whole(from = ...)[...]}. */
  static Ast.TypeExpr wholes(int from) {
    return type(Sort.WHOLE, List.of(bound("from", from)), List.of(new Ast.DimExpr.Rest(Span.NONE)));
  }

  /** {@code number(from = ...)}. */
  static Ast.TypeExpr number(double from) {
    return type(Sort.NUMBER, List.of(bound("from", from)), List.of());
  }

  /** {@code number(from = ..., to = ...)}. */
  static Ast.TypeExpr number(double from, double to) {
    return type(Sort.NUMBER, List.of(bound("from", from), bound("to", to)), List.of());
  }

  /** {@code flag}. */
  static Ast.TypeExpr flag() {
    return type(Sort.FLAG, List.of(), List.of());
  }

  private static Ast.TypeExpr type(Sort sort, List<Ast.Argument> bounds, List<Ast.DimExpr> dims) {
    return new Ast.TypeExpr(sort.title, bounds, false, dims, Span.NONE);
  }

  private static Ast.Argument bound(String name, double value) {
    return new Ast.Argument(Optional.of(name), new Ast.Number(value, value == Math.rint(value), Span.NONE), Span.NONE);
  }

  /** Whether a type is one of these; otherwise it is one of tensors. */
  static boolean is(Ast.TypeExpr type) {
    return sort(type).isPresent();
  }

  private static Optional<Sort> sort(Ast.TypeExpr type) {
    for (var sort : Sort.values()) {
      if (sort.title.equals(type.kind())) {
        return Optional.of(sort);
      }
    }
    return Optional.empty();
  }

  /** As it is declared. */
  static ArgumentType of(Ast.TypeExpr type) {
    var sort = sort(type).orElseThrow();
    var low = FINITE_LOW;
    var high = FINITE_HIGH;
    var words = new ArrayList<String>();
    for (var argument : type.arguments()) {
      if (argument.name().isEmpty()) {
        words.add(word(argument, sort));
        continue;
      }
      switch (argument.name().get()) {
        case "from" -> low = new Bound(number(argument, sort), Ending.INCLUDED);
        case "above" -> low = new Bound(number(argument, sort), Ending.EXCLUDED);
        case "to" -> high = new Bound(number(argument, sort), Ending.INCLUDED);
        case "below" -> high = new Bound(number(argument, sort), Ending.EXCLUDED);
        default -> throw new ElaborationFault(argument.span(), "a " + sort.title + " has no '" + argument.name().get() + "'")
            .note("numbers are bounded by from or above, and by to or below: number(from = 0, below = 1)");
      }
    }
    if (sort == Sort.WORD && words.isEmpty()) {
      throw new ElaborationFault(type.span(), "a word is one of some, and there are none").note("word(\"same\", \"valid\")");
    }
    boolean list = !type.dims().isEmpty();
    return new ArgumentType(sort, low, high, words, type.gaps() ? list ? Amount.LIST_OR_NONE : Amount.ONE_OR_NONE : list ? Amount.LIST : Amount.ONE);
  }

  private static String word(Ast.Argument argument, Sort sort) {
    if (sort != Sort.FLAG && argument.value() instanceof Ast.Text(var text, _)) {
      return text;
    }
    throw new ElaborationFault(argument.span(), sort == Sort.FLAG ? "a flag is true or false, and has no arguments" : "a word is a text in quotes");
  }

  private static double number(Ast.Argument argument, Sort sort) {
    if (sort == Sort.NUMBER || sort == Sort.WHOLE) {
      return switch (argument.value()) {
        case Ast.Number(var value, _, _) -> value;
        case Ast.Unary(_, Ast.Number(var value, _, _), _) -> -value;
        case Ast.Name(var name, _) when name.equals("infinity") -> Double.POSITIVE_INFINITY;
        default -> throw new ElaborationFault(argument.value().span(), "a bound is written as a number");
      };
    }
    throw new ElaborationFault(argument.span(), "a " + sort.title + " has no bounds");
  }

  /**
   * Checks a value.
   *
   * @param name  of the parameter
   * @param callee that has it
   * @param span  of the argument
   * @throws ElaborationFault if it is none of these
   */
  void check(Value value, String name, String callee, Span span) {
    switch (value) {
      case Value.None _ when amount == Amount.ONE_OR_NONE || amount == Amount.LIST_OR_NONE -> { }
      case Value.Items(var items) when amount == Amount.LIST || amount == Amount.LIST_OR_NONE ->
          items.stream().filter(item -> !has(item)).findFirst().ifPresent(item -> {
            throw fault(name, callee, span, what(item), "this list has " + described(item));
          });
      default -> {
        if (!has(value)) {
          throw fault(name, callee, span, what(value), "this is " + described(value));
        }
      }
    }
  }

  /** The library's own calls are told from where the program calls it. */
  private static ElaborationFault fault(String name, String callee, Span span, String allowed, String given) {
    return new ElaborationFault(span, (LibraryText.has(span.file()) ? "" : callee + ": ") + name + " is " + allowed + ", and " + given);
  }

  private boolean has(Value value) {
    return switch (value) {
      case Value.Unknown _ -> true;
      case Value.Text(var text) -> words.contains(text);
      case Value.Num(var number) -> (sort == Sort.NUMBER || sort == Sort.WHOLE && number == Math.rint(number)) && isWithin(number);
      case Value.Size _ -> sort == Sort.NUMBER || sort == Sort.WHOLE;
      case Value.Bool _ -> sort == Sort.FLAG;
      case Value.Tensor _, Value.Start _ -> sort == Sort.NUMBER;
      default -> false;
    };
  }

  private boolean isWithin(double number) {
    return (number > low.value || number == low.value && low.ending == Ending.INCLUDED) && (number < high.value || number == high.value && high.ending == Ending.INCLUDED);
  }

  // ---- in words

  /** Of what a value is not: where its sort is right its bounds are told alone. */
  private String what(Value value) {
    boolean number = value instanceof Value.Num(var it) && (sort == Sort.NUMBER || sort == Sort.WHOLE && it == Math.rint(it));
    return number && words.isEmpty() ? bounds().isEmpty() ? "a finite number" : bounds() : text();
  }

  private static String described(Value value) {
    return value instanceof Value.Num(var number) ? Value.text(number) : value.describe();
  }

  /** All that it may be. */
  String text() {
    var texts = words.stream().map(word -> '"' + word + '"').collect(Collectors.toCollection(ArrayList::new));
    if (sort == Sort.WHOLE || sort == Sort.NUMBER) {
      var bounds = bounds();
      texts.addFirst((sort == Sort.WHOLE ? "a whole number" : "a number") + (bounds.isEmpty() ? "" : bounds.startsWith("at ") || bounds.startsWith("more ")
          || bounds.startsWith("less ") ? " of " + bounds : " " + bounds));
    } else if (sort == Sort.FLAG) {
      texts.addAll(List.of("true", "false"));
    }
    var last = texts.removeLast();
    return texts.isEmpty() ? last : String.join(", ", texts) + " or " + last;
  }

  private String bounds() {
    boolean open = low.value == Double.NEGATIVE_INFINITY;
    boolean endless = high.value == Double.POSITIVE_INFINITY;
    if (open && endless) {
      return "";
    } else if (endless) {
      return (low.ending == Ending.INCLUDED ? "at least " : "more than ") + Value.text(low.value);
    } else if (open) {
      return (high.ending == Ending.INCLUDED ? "at most " : "less than ") + Value.text(high.value);
    }
    return low.ending == Ending.INCLUDED ? "from " + Value.text(low.value) + (high.ending == Ending.INCLUDED ? " to " : " up to but not ") + Value.text(high.value)
        : "more than " + Value.text(low.value) + " and " + (high.ending == Ending.INCLUDED ? "at most " : "less than ") + Value.text(high.value);
  }
}
