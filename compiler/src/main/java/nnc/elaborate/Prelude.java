package nnc.elaborate;

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

  private static final SequencedMap<String, LibraryText.Definition> DEFINITIONS = definitions();
  private static final Map<String, Ast.Statement> PARSED = new HashMap<>();

  private static SequencedMap<String, LibraryText.Definition> definitions() {
    SequencedMap<String, LibraryText.Definition> found = new LinkedHashMap<>();
    for (var file : LibraryText.ALL) {
      found.putAll(file.definitions());
    }
    return found;
  }

  /** What it defines, in the order of the text. */
  public static Set<String> names() {
    return Collections.unmodifiableSet(DEFINITIONS.keySet());
  }

  /** Its files: what places call each, and its text. */
  public static SequencedMap<String, String> files() {
    SequencedMap<String, String> files = new LinkedHashMap<>();
    LibraryText.ALL.forEach(file -> files.put(file.file(), file.text()));
    return files;
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
        words(definition.file().text(), definition.from(), definition.to(), open);
      }
    }
    return program(needed);
  }

  private static void words(String text, int from, int to, Collection<String> words) {
    for (int i = from; i < to; i++) {
      if (Character.isLetter(text.charAt(i)) || text.charAt(i) == '_') {
        int end = LibraryText.wordEnd(text, i);
        words.add(text.substring(i, end));
        i = end;
      }
    }
  }

  private static synchronized Ast.Program program(Set<String> names) {
    for (var file : LibraryText.ALL) {
      parse(file, names);
    }
    List<Ast.Statement> statements = new ArrayList<>();
    for (var name : DEFINITIONS.keySet()) {
      if (names.contains(name)) {
        statements.add(PARSED.get(name));
      }
    }
    var first = LibraryText.ALL.getFirst().file();
    return new Ast.Program(first, statements, new Span(first, 1, 1, 1, 1));
  }

  /** The statement that defines a name. */
  static synchronized Ast.Statement statement(LibraryText.Definition definition) {
    parse(definition.file(), Set.of(definition.name()));
    return PARSED.get(definition.name());
  }

  /** Parses those of a file's definitions that are wanted and have not been: the rest is nothing but ends of lines, so that every place keeps its line and column. */
  private static void parse(LibraryText file, Set<String> names) {
    var order = new ArrayList<String>();
    for (var name : file.definitions().keySet()) {
      if (names.contains(name) && !PARSED.containsKey(name)) {
        order.add(name);
      }
    }
    if (order.isEmpty()) {
      return;
    }
    var wanted = new StringBuilder();
    int done = 0;
    for (var name : order) {
      var definition = file.definitions().get(name);
      wanted.repeat("\n", lines(file.text(), done, definition.from()));
      wanted.append(file.text(), definition.from(), definition.to());
      done = definition.to();
    }
    var diagnostics = new Diagnostics();
    var statements = AstBuilder.parse(file.file(), wanted.toString(), diagnostics).statements();
    if (diagnostics.hasErrors() || statements.size() != order.size()) {
      throw new IllegalStateException(diagnostics.render(Map.of(file.file(), file.text())));
    }
    for (int i = 0; i < order.size(); i++) {
      PARSED.put(order.get(i), statements.get(i));
    }
  }

  private static int lines(String text, int from, int to) {
    int lines = 0;
    for (int i = text.indexOf('\n', from); i >= 0 && i < to; i = text.indexOf('\n', i + 1)) {
      lines++;
    }
    return lines;
  }
}
