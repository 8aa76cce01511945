package nnc.decompile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nnc.syntax.Words;

/** Names of a program that is written: each stands for one thing, and none hides what the program calls. */
public final class SourceNames {
  private final Set<String> taken = new HashSet<>(Forms.LIBRARY);
  private final Set<String> outputs = new HashSet<>();

  SourceNames() {
    taken.addAll(Words.RESERVED);
    taken.addAll(Words.KINDS);
    taken.addAll(Words.TEXTS);
    taken.addAll(List.of("training", "pi", "infinity", "step", "epoch", "gradient"));
  }

  /** A name as it is, which is given already; whether it hides what the program calls. */
  boolean claim(String name) {
    taken.add(name);
    outputs.add(name);
    return Forms.LIBRARY.contains(name);
  }

  /** The name that is wanted, or one like it that nothing has and that starts no statement. */
  String free(String wanted) {
    var word = identifier(wanted);
    var name = word;
    for (int i = 2; Words.SOFT.contains(name) || !taken.add(name); i++) {
      name = word + "_" + i;
    }
    return name;
  }

  /** As above, for an output, which may be called as a statement begins, or as what the program calls. */
  String freeOutput(String wanted) {
    var word = identifier(wanted);
    boolean possible = Words.SOFT.contains(word) ? taken.add(word) : Forms.LIBRARY.contains(word) && outputs.add(word);
    return possible ? word : free(word);
  }

  /** A text as a name of the language: what no name can have becomes an underscore, {@code conv.1/W} is {@code conv_1_W}. */
  public static String identifier(String text) {
    var name = new StringBuilder();
    text.codePoints().forEach(c -> name.appendCodePoint(Character.isLetterOrDigit(c) ? c : '_'));
    return name.isEmpty() || !Character.isLetter(name.codePointAt(0)) && name.charAt(0) != '_' ? "v" + name : name.toString();
  }

  /** Whether a text is such a name already. */
  static boolean isIdentifier(String text) {
    return !text.isEmpty() && identifier(text).equals(text) && !Words.RESERVED.contains(text);
  }

  /** The parts of a weight's path: {@code block.2.conv.W} as {@code block.2}, {@code conv}, {@code W}; a number is of the name before it. */
  static List<String> parts(String path) {
    var parts = new ArrayList<String>();
    for (var part : path.split("\\.")) {
      if (part.matches("-?[0-9]+") && !parts.isEmpty()) {
        parts.add(parts.removeLast() + "." + part);
      } else {
        parts.add(part);
      }
    }
    return parts;
  }
}
