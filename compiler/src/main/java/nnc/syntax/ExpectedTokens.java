package nnc.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import nnc.grammar.NnLexer;

/** What could stand where a token does not fit. */
record ExpectedTokens(Set<Integer> types) {
  static final Set<String> OPERATORS = Set.of("<", "<=", ">", ">=", "==", "!=", "+", "-", "*", "/", "@", "^", "..", "|>", "and", "or", "(", "[", ".");
  private static final Set<String> OPENERS = Set.of("-", "not", "(", "[", "if", "true", "false", "none");

  boolean has(String literal) {
    return types.contains(Tokens.TYPES.get(literal));
  }

  /** Whether a value could begin. */
  boolean hasOperand() {
    return types.contains(NnLexer.NUMBER);
  }

  boolean hasName() {
    return types.contains(NnLexer.NAME);
  }

  /** What could stand here. Operators are left out if anything else may: they would hide it. */
  List<String> words() {
    var words = words(OPERATORS);
    return words.isEmpty() ? words(Set.of()) : words;
  }

  private List<String> words(Set<String> hidden) {
    var words = new ArrayList<String>();
    if (hasOperand()) {
      words.add("a value");
    } else if (hasName()) {
      words.add(has("fn") ? "a statement" : "a name");
    }
    if (types.contains(NnLexer.STRING) && !hasOperand()) {
      words.add("a text in double quotes");
    }
    var implied = hasName() ? Stream.concat(Words.SOFT.stream(), Words.RESERVED.stream()).toList() : List.<String>of();
    Tokens.TYPES.entrySet().stream()
        .filter(entry -> types.contains(entry.getValue()))
        .map(Map.Entry::getKey)
        .filter(literal -> !implied.contains(literal) && !hidden.contains(literal))
        .filter(literal -> !(hasOperand() && OPENERS.contains(literal)))
        .sorted()
        .forEach(literal -> words.add("'" + literal + "'"));
    return words;
  }
}
