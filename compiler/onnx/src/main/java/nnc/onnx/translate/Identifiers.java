package nnc.onnx.translate;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import nnc.elaborate.Prelude;

/** Names of the language for the model's: the same where they can be, and otherwise as like as possible; each once. */
public final class Identifiers {
  private static final Set<String> KNOWN = Prelude.known();

  private final Set<String> taken = new HashSet<>();
  private final Map<String, String> given = new HashMap<>();
  private final Map<String, String> changed = new LinkedHashMap<>();

  /** The name for one of the model's, the same whenever it is asked for. */
  public String of(String name) {
    return given.computeIfAbsent(name, _ -> fresh(name));
  }

  /** A name that nothing has yet, as like the model's as possible. */
  public String fresh(String name) {
    var free = free(name);
    if (!free.equals(name) && !name.isEmpty()) {
      changed.put(name, free);
    }
    return free;
  }

  /** A name that nothing has yet, for what the model has no name for. */
  public String free(String name) {
    var wanted = identifier(name);
    var free = wanted;
    for (int i = 2; isTaken(free); i++) {
      free = wanted + (Character.isDigit(wanted.charAt(wanted.length() - 1)) ? "_" : "") + i;
    }
    taken.add(free);
    return free;
  }

  private boolean isTaken(String name) {
    return taken.contains(name) || KNOWN.contains(name);
  }

  /** Letters, digits and underscores, beginning with a letter. */
  public static String identifier(String name) {
    var plain = name.replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "");
    return plain.isEmpty() ? "x" : Character.isLetter(plain.charAt(0)) ? plain : "x" + plain;
  }

  /** By the model's name, the one that it has in the program, where that is another. */
  public Map<String, String> changed() {
    return changed;
  }
}
