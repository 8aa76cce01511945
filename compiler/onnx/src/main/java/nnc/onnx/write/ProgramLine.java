package nnc.onnx.write;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nnc.onnx.term.Formula;

/**
 * A line of the program before its names are chosen.
 *
 * @param id   number of what it binds
 * @param text its right side, in which the names of others stand as {@code «number»}
 * @param made the layer that it makes; null if it computes
 * @param loop whether the text is a statement of several lines, which bind what they name themselves; the id is then nobody's
 */
record ProgramLine(int id, String text, Formula.Made made, boolean loop) {
  private static final Pattern NAME = Pattern.compile("«([0-9]+)»");

  ProgramLine(int id, String text, Formula.Made made) {
    this(id, text, made, false);
  }

  static String name(int id) {
    return "«" + id + "»";
  }

  /** What it speaks of, in the order of its text. */
  List<Integer> names() {
    return NAME.matcher(text).results().map(match -> Integer.valueOf(match.group(1))).toList();
  }

  /** The text without the names in it, and what arrays a layer has: what lines of turns of a loop have in common. Loops have nothing in common. */
  String form() {
    if (loop) {
      return "loop " + id;
    }
    var weights = made == null ? "" : made.weights().entrySet().stream().map(entry -> entry.getKey() + java.util.Arrays.toString(entry.getValue().shape())).toList();
    return NAME.matcher(text).replaceAll("«»") + weights;
  }

  /** The text with names in place of the numbers. */
  static String filled(String text, java.util.function.IntFunction<String> names) {
    return NAME.matcher(text).replaceAll(match -> Matcher.quoteReplacement(names.apply(Integer.parseInt(match.group(1)))));
  }
}
