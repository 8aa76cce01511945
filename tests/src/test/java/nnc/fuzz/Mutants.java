package nnc.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Programs with some tokens changed, left out, doubled or exchanged: by others of the program, numbers by those at the edges, names by names of the library. */
final class Mutants {
  private Mutants() {}

  private static final Pattern TOKEN = Pattern.compile("\"[^\"\n]*\"|[\\p{L}_]\\w*|[0-9][0-9.]*(?:e[+-]?[0-9]+)?|#[^\n]*|\\s+|<-|\\|>|=>|->|\\.\\.\\.?|.");
  static final List<String> NUMBERS = List.of("0", "1", "-1", "2", "3", "7", "0.5", "-0.5", "100", "65536", "100000", "1000000", "2147483647", "2147483648", "9007199254740993", "1e10", "1e300",
      "1e-300", "1 / 0.1", "none", "true", "\"a\"", "[]", "[1, 2]", "N", "x", "N * N", "infinity", "0..3", "zeros(3)", "(x => x)");
  private static final List<String> SIGNS = List.of("+", "-", "*", "/", "@", "^", "<", "==", "|>", ",", "(", ")", "[", "]", "{", "}", "=", ":", "..", "and", "not", "if", "then", "else", "for", "in", "\n");

  static String of(String program, Random random) {
    var tokens = new ArrayList<>(TOKEN.matcher(program).results().map(MatchResult::group).toList());
    for (int changes = 1 + random.nextInt(2); changes > 0 && !tokens.isEmpty(); changes--) {
      change(tokens, random);
    }
    return String.join("", tokens);
  }

  private static void change(List<String> tokens, Random random) {
    int at = word(tokens, random);
    var token = tokens.get(at);
    switch (random.nextInt(24)) {
      case 0 -> tokens.remove(at);
      case 1 -> tokens.add(at, token + " ");
      case 2 -> tokens.set(at, tokens.get(word(tokens, random)));
      case 3 -> {
        int other = word(tokens, random);
        tokens.set(at, tokens.get(other));
        tokens.set(other, token);
      }
      case 4 -> tokens.set(at, pick(SIGNS, random));
      case 5 -> tokens.add(at, pick(SIGNS, random) + " ");
      case 6 -> lines(tokens, random);
      case 7, 8, 9, 10, 11 -> tokens.set(at, Character.isLetter(token.codePointAt(0)) && random.nextInt(3) > 0 ? pick(Corpus.LIBRARY, random).name() : pick(NUMBERS, random));
      default -> number(tokens, random);
    }
  }

  /** Another number where one stands: that is read, and tells of sizes and settings. */
  private static void number(List<String> tokens, Random random) {
    for (int i = 0; i < 40; i++) {
      int at = random.nextInt(tokens.size());
      if (Character.isDigit(tokens.get(at).charAt(0))) {
        tokens.set(at, pick(NUMBERS.subList(0, 20), random));
        return;
      }
    }
  }

  /** A place that is neither blank nor a comment, if a few draws find one. */
  private static int word(List<String> tokens, Random random) {
    int at = random.nextInt(tokens.size());
    for (int i = 0; i < 8 && (tokens.get(at).isBlank() || tokens.get(at).startsWith("#")); i++) {
      at = random.nextInt(tokens.size());
    }
    return at;
  }

  /** A line twice, or left out. */
  private static void lines(List<String> tokens, Random random) {
    var lines = new ArrayList<>(Stream.of(String.join("", tokens).split("\n", -1)).toList());
    int line = random.nextInt(lines.size());
    if (random.nextBoolean()) {
      lines.add(random.nextInt(lines.size()), lines.get(line));
    } else {
      lines.remove(line);
    }
    tokens.clear();
    TOKEN.matcher(String.join("\n", lines)).results().map(MatchResult::group).forEach(tokens::add);
  }

  static <T> T pick(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
