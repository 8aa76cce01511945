package nnc.library.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece of the library at one size, and what it computes as the field's papers write it.
 *
 * @param layer   a layer that the code calls {@code L}; empty for functions
 * @param code    an expression of the arguments
 * @param formula the same of jets, by the arguments' names
 * @param smooth  whether there are derivatives to compare
 * @param apart   whether each element of the result depends only on the elements at its own place, so that all derivatives can be compared one by one
 * @param looser  by how much single precision and double fall short of the usual tolerance, and why
 */
record Case(String layer, String code, List<Arg> args, Function<Map<String, Jets>, Jets> formula, boolean smooth, boolean apart, Looser looser) {

  /** Where an argument comes from: rows of a batch, an array of fixed size, or the layer's weights. */
  enum From { BATCH, FIXED, WEIGHT }

  /** @param smooth whether to differentiate by it */
  record Arg(String name, From from, boolean smooth, Domain domain, int... shape) {}

  record Looser(double in64, double in32, String reason) {}

  static Case of(String code) {
    return new Case("", code, List.of(), null, true, false, new Looser(1, 1, ""));
  }

  static Case layer(String layer, String code) {
    return new Case(layer, code, List.of(), null, true, false, new Looser(1, 1, ""));
  }

  private Case with(Arg arg) {
    var more = new ArrayList<>(args);
    more.add(arg);
    return new Case(layer, code, more, formula, smooth, apart, looser);
  }

  /** Rows to differentiate by; the first size is the batch. */
  Case rows(String name, Domain domain, int... shape) {
    return with(new Arg(name, From.BATCH, domain.kind().equals("float"), domain, shape));
  }

  Case rows(String name, int... shape) {
    return rows(name, Domain.NORMAL, shape);
  }

  /** Rows that are as given: truths and such. */
  Case given(String name, Domain domain, int... shape) {
    return with(new Arg(name, From.BATCH, false, domain, shape));
  }

  Case fixed(String name, Domain domain, int... shape) {
    return with(new Arg(name, From.FIXED, domain.kind().equals("float"), domain, shape));
  }

  /** A parameter of the layer, by its path there. */
  Case weight(String path, int... shape) {
    return with(new Arg(path, From.WEIGHT, true, Domain.NORMAL, shape));
  }

  /** A state of the layer. */
  Case state(String path, Domain domain, int... shape) {
    return with(new Arg(path, From.WEIGHT, false, domain, shape));
  }

  Case is(Function<Map<String, Jets>, Jets> formula) {
    return new Case(layer, code, args, formula, smooth, apart, looser);
  }

  /** One argument, element by element. */
  Case each(UnaryOperator<Jet> formula) {
    return new Case(layer, code, args, a -> a.get(args.getFirst().name).map(formula), smooth, true, looser);
  }

  /** Two arguments of one shape, element by element. */
  Case both(BinaryOperator<Jet> formula) {
    return new Case(layer, code, args, a -> a.get(args.get(0).name).with(a.get(args.get(1).name), formula), smooth, true, looser);
  }

  /** Without derivatives: counts, places, truths. */
  Case valuesOnly() {
    return new Case(layer, code, args, formula, false, apart, looser);
  }

  Case looser(double in64, double in32, String reason) {
    return new Case(layer, code, args, formula, smooth, apart, new Looser(in64, in32, reason));
  }

  String title() {
    return layer.isEmpty() ? code : code.replaceFirst("\\bL\\b", Matcher.quoteReplacement(layer));
  }

  /** Text in which the arguments' names have a prefix, as there are others of these names in the program. */
  String prefixed(String text, String prefix) {
    for (var arg : args) {
      if (arg.from != From.WEIGHT) {
        text = Pattern.compile("\\b" + arg.name + "\\b(?!\\s*=[^=])").matcher(text).replaceAll(prefix + arg.name);
      }
    }
    return Pattern.compile("\\bL\\b").matcher(text).replaceAll(prefix + "L");
  }

  List<Arg> smoothArgs() {
    return smooth ? args.stream().filter(Arg::smooth).toList() : List.of();
  }

  /** A name for an argument that can stand in a program. */
  static String word(Arg arg, String prefix) {
    return prefix + arg.name.replace('.', '_');
  }
}
