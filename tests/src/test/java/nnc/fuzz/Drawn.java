package nnc.fuzz;

import static nnc.fuzz.Mutants.pick;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Programs drawn from the grammar and the library: all are read, few have a meaning, and most come as far as shapes that do not fit. */
final class Drawn {
  private static final List<String> SIZES = List.of("N", "N", "N", "1", "2", "3", "3", "4", "4", "8", "16", "0", "T", "100", "65536", "2147483647");
  private static final List<String> OPERATORS = List.of("+", "-", "*", "/", "@", "^", "<", "<=", "==", "!=", "and", "or");

  private final Random random;
  private final StringBuilder text = new StringBuilder();
  private final List<String> names = new ArrayList<>(List.of("x"));

  private Drawn(Random random) {
    this.random = random;
  }

  static String of(Random random) {
    return new Drawn(random).program();
  }

  private String program() {
    line("input x: " + type());
    if (random.nextBoolean()) {
      line("input z: " + type());
      names.add("z");
    }
    line("target t: " + (random.nextBoolean() ? "int[N]" : type()));
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      statement(0);
    }
    line("output y = " + value(2));
    if (random.nextInt(3) > 0) {
      line("loss " + (random.nextBoolean() ? "mean(" + value(2) + ")" : pick(List.of("mse", "cross_entropy", "mae", "huber"), random) + "(" + value(1) + ", t)"));
      line("metric m = " + value(2));
      line("train { optimizer = " + pick(List.of("sgd(0.1)", "adam(0.01)", "lion(1e-4)", "lbfgs()", value(1)), random) + " batch = " + pick(Mutants.NUMBERS, random) + " }");
    }
    return text.toString();
  }

  private void statement(int depth) {
    var indent = "  ".repeat(depth);
    switch (random.nextInt(depth > 1 ? 4 : 9)) {
      case 0, 1, 2, 3 -> bind(indent, value(3));
      case 4 -> {
        var list = fresh();
        line(indent + list + " = " + pick(List.of("[]", "[1]", "x", "\"a\"", "[x, x]"), random));
        names.add(list);
        line(indent + "for i in " + pick(List.of("0..3", "0..40", "0..100000", "x", "[1, 2]"), random) + " {");
        line(indent + "  " + list + " = " + pick(List.of(list + " + " + list, "[" + list + ", " + list + "]", list + " + [i]", list + " * 2", "concat([" + list + ", " + list + "])", value(2)), random));
        line(indent + "}");
      }
      case 5 -> {
        var f = fresh();
        line(indent + "fn " + f + "(a, b = " + pick(Mutants.NUMBERS, random) + ") = " + pick(List.of("a + b", f + "(a)", f + "(b) + " + f + "(a)", "if b == 0 then a else " + f + "(a, b - 1)", value(2)), random));
        names.add(f + "(" + value(1) + ")");
      }
      case 6 -> {
        line(indent + "if " + pick(List.of("training", "len([1]) == 1", "not training", "rank(x) < 2", "x"), random) + " {");
        statement(depth + 1);
        line(indent + "} else {");
        statement(depth + 1);
        line(indent + "}");
      }
      case 7 -> {
        var layer = fresh();
        line(indent + "layer " + layer + "(k = " + pick(Mutants.NUMBERS, random) + ")(a: float[N, D]) {");
        line(indent + "  param W: float[" + pick(List.of("D, k", "k", "D, 3", "k, k, k", "D, N"), random) + "] = " + pick(List.of("zeros", "he_normal", "normal(0, 1)", value(1)), random));
        line(indent + "  return " + pick(List.of("a @ W", "W", "a", "a * W", "sum(W)"), random));
        line(indent + "}");
        names.add("(x |> " + layer + "(" + number() + "))");
      }
      default -> bind(indent, "grad(sum(" + value(2) + "), " + pick(names, random) + ")");
    }
  }

  private void bind(String indent, String value) {
    var name = fresh();
    line(indent + name + " = " + value);
    names.add(name);
  }

  private String fresh() {
    return "v" + names.size() + (char) ('a' + random.nextInt(26));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private String type() {
    return pick(List.of("float", "float", "float", "int", "bool"), random) + IntStream.range(0, random.nextInt(5)).mapToObj(i -> i == 0 && random.nextInt(4) > 0 ? "N" : pick(SIZES, random))
        .collect(Collectors.joining(", ", "[", "]")).replace("[]", "");
  }

  private String number() {
    return random.nextInt(3) > 0 ? Integer.toString(random.nextInt(1, 6)) : pick(Mutants.NUMBERS, random);
  }

  private String value(int depth) {
    if (depth == 0) {
      return random.nextInt(4) > 0 ? pick(names, random) : number();
    }
    return switch (random.nextInt(12)) {
      case 0 -> pick(names, random);
      case 1 -> "(" + value(depth - 1) + " " + pick(OPERATORS, random) + " " + value(depth - 1) + ")";
      case 2 -> value(depth - 1) + "[" + pick(List.of("0", "-1", ":", "1:", ":, 0", "..., 0", number() + ":" + number() + ":" + number(), value(0)), random) + "]";
      case 3 -> "[" + value(depth - 1) + ", " + value(depth - 1) + "]";
      case 4 -> "(if " + value(depth - 1) + " then " + value(depth - 1) + " else " + value(depth - 1) + ")";
      case 5, 6, 7 -> "(" + value(depth - 1) + " |> " + call(depth) + ")";
      case 8 -> "(a => " + value(depth - 1) + ")";
      default -> call(depth).replaceFirst("\\(", "(" + value(depth - 1) + ", ").replace(", )", ")");
    };
  }

  private String call(int depth) {
    var entry = pick(Corpus.LIBRARY, random);
    var arguments = new ArrayList<String>();
    for (int i = random.nextInt(3); i > 0; i--) {
      boolean named = !entry.arguments().isEmpty() && random.nextInt(3) == 0;
      arguments.add((named ? pick(entry.arguments(), random).name() + " = " : "") + (random.nextInt(3) > 0 ? number() : value(depth - 1)));
    }
    return entry.name() + "(" + String.join(", ", arguments) + ")";
  }
}
