package nnc.onnx.term;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Functions of the language that are written into a program which uses them, with what they use themselves. */
public final class Helpers {
  private Helpers() {}

  private static final Pattern NAME = Pattern.compile("\\bonnx_[a-z_]+");
  private static final SequencedMap<String, String> TEXTS = texts();

  private static SequencedMap<String, String> texts() {
    String all;
    try (var in = Helpers.class.getResourceAsStream("helpers.nn")) {
      all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    var parts = all.split("(?m)^(?=fn )");
    for (int i = 1; i < parts.length; i++) {
      var code = parts[i].lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining("\n")).strip();
      texts.put(code.substring(3, code.indexOf('(')), code);
    }
    return texts;
  }

  /** The definitions that a text needs, in an order in which it can be read; empty if it needs none. */
  public static String of(String program) {
    Set<String> needed = new LinkedHashSet<>();
    var open = new ArrayDeque<String>();
    open.add(program);
    while (!open.isEmpty()) {
      NAME.matcher(open.pop()).results().map(match -> match.group()).filter(TEXTS::containsKey).filter(needed::add).forEach(name -> open.add(TEXTS.get(name)));
    }
    return TEXTS.entrySet().stream().filter(entry -> needed.contains(entry.getKey())).map(entry -> entry.getValue() + "\n").collect(Collectors.joining());
  }
}
