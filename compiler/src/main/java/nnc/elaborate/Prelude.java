package nnc.elaborate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;
import nnc.syntax.Words;

/**
 * The library that is written in the language itself. A program uses little of it, so that little is parsed: the definitions whose names
 * stand in the program, and what these use. Each is parsed once.
 */
public final class Prelude {
  private Prelude() {}

  /** A definition's place in the text: it begins a line, and ends where the next begins. */
  private record Definition(int from, int to) {}

  private static final String TEXT = text();
  private static final SequencedMap<String, Definition> DEFINITIONS = definitions();
  private static final Map<String, Ast.Statement> PARSED = new HashMap<>();

  private static String text() {
    try (var in = Prelude.class.getResourceAsStream(Elaborator.PRELUDE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SequencedMap<String, Definition> definitions() {
    SequencedMap<String, Definition> found = new LinkedHashMap<>();
    String name = null;
    int from = 0;
    for (int line = 0; line < TEXT.length(); line = TEXT.indexOf('\n', line) + 1) {
      if (Character.isLetter(TEXT.charAt(line))) {
        if (name != null) {
          found.put(name, new Definition(from, line));
        }
        from = line;
        int start = TEXT.indexOf(' ', line) + 1;
        name = TEXT.substring(start, wordEnd(TEXT, start));
      }
    }
    found.put(name, new Definition(from, TEXT.length()));
    return found;
  }

  /** What it defines, in the order of the text. */
  public static Set<String> names() {
    return Collections.unmodifiableSet(DEFINITIONS.keySet());
  }

  /** What a program knows without declaring it: these, the compiler's own functions, and words that have a meaning of their own. */
  public static Set<String> known() {
    var known = new TreeSet<>(names());
    Builtins.all().forEach(builtin -> known.add(builtin.name()));
    known.addAll(List.of("training", "pi", "infinity", "epoch"));
    known.addAll(Words.KINDS);
    known.addAll(Words.TEXTS);
    known.addAll(Words.SOFT);
    known.addAll(Words.RESERVED);
    return known;
  }

  /** All of it. */
  public static Ast.Program program() {
    return program(DEFINITIONS.keySet());
  }

  /** What programs need in which these words stand, and more words than they need do no harm. */
  public static Ast.Program programFor(Collection<String> texts) {
    Set<String> needed = new HashSet<>();
    var open = new ArrayDeque<String>();
    texts.forEach(text -> words(text, 0, text.length(), open));
    while (!open.isEmpty()) {
      var word = open.pop();
      var definition = DEFINITIONS.get(word);
      if (definition != null && needed.add(word)) {
        words(TEXT, definition.from(), definition.to(), open);
      }
    }
    return program(needed);
  }

  private static void words(String text, int from, int to, Collection<String> words) {
    for (int i = from; i < to; i++) {
      if (Character.isLetter(text.charAt(i)) || text.charAt(i) == '_') {
        int end = wordEnd(text, i);
        words.add(text.substring(i, end));
        i = end;
      }
    }
  }

  private static int wordEnd(String text, int from) {
    int end = from;
    while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
      end++;
    }
    return end;
  }

  private static synchronized Ast.Program program(Set<String> names) {
    Set<String> missing = new TreeSet<>(names);
    missing.removeAll(PARSED.keySet());
    if (!missing.isEmpty()) {
      parse(missing);
    }
    List<Ast.Statement> statements = new ArrayList<>();
    for (var name : DEFINITIONS.keySet()) {
      if (names.contains(name)) {
        statements.add(PARSED.get(name));
      }
    }
    return new Ast.Program(Elaborator.PRELUDE, statements, new Span(Elaborator.PRELUDE, 1, 1, 1, 1));
  }

  /** Parses the text with nothing but the ends of lines of all else, so that every place keeps its line and column. */
  private static void parse(Set<String> names) {
    var wanted = new StringBuilder();
    var order = new ArrayList<String>();
    wanted.append("\n".repeat(lines(0, DEFINITIONS.firstEntry().getValue().from())));
    DEFINITIONS.forEach((name, definition) -> {
      if (names.contains(name)) {
        wanted.append(TEXT, definition.from(), definition.to());
        order.add(name);
      } else {
        wanted.append("\n".repeat(lines(definition.from(), definition.to())));
      }
    });
    var diagnostics = new Diagnostics();
    var statements = AstBuilder.parse(Elaborator.PRELUDE, wanted.toString(), diagnostics).statements();
    if (diagnostics.hasErrors() || statements.size() != order.size()) {
      throw new IllegalStateException(diagnostics.render(Map.of(Elaborator.PRELUDE, TEXT)));
    }
    for (int i = 0; i < order.size(); i++) {
      PARSED.put(order.get(i), statements.get(i));
    }
  }

  private static int lines(int from, int to) {
    int lines = 0;
    for (int i = TEXT.indexOf('\n', from); i >= 0 && i < to; i = TEXT.indexOf('\n', i + 1)) {
      lines++;
    }
    return lines;
  }
}
