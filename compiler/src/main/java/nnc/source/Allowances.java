package nnc.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a source says of warnings: {@code # nnc: allow unused, learning-rate}. On a line of its own the comment is for the file; behind something else, for that
 * line.
 */
final class Allowances {
  private static final Pattern COMMENT = Pattern.compile("#[ \\t]*nnc:[ \\t]*allow[ \\t]+([^#]*)$");

  /**
   * One name.
   *
   * @param line that it is for; 0 for the whole file
   * @param span where it stands
   */
  private record Allowed(String name, int line, Span span) {}

  private final Map<String, String> texts;

  /** @param texts the sources by file */
  Allowances(Map<String, String> texts) {
    this.texts = texts;
  }

  /** Whether a warning is allowed where it is told; one without a place, by any file. */
  boolean has(WarningName name, Span span) {
    var files = span.equals(Span.NONE) ? texts.keySet().stream() : Stream.of(span.file());
    return files.flatMap(file -> in(file).stream()).anyMatch(allowed -> allowed.name.equals(name.title()) && (allowed.line == 0 || allowed.line == span.line()));
  }

  /** The names that no warning has, with their places. */
  Map<Span, String> unknown() {
    var unknown = new java.util.LinkedHashMap<Span, String>();
    texts.keySet().stream().flatMap(file -> in(file).stream()).filter(allowed -> WarningName.of(allowed.name).isEmpty()).forEach(allowed -> unknown.put(allowed.span, allowed.name));
    return unknown;
  }

  private List<Allowed> in(String file) {
    var found = new ArrayList<Allowed>();
    var text = texts.getOrDefault(file, "");
    if (!text.contains("nnc:")) {
      return found;
    }
    var lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      var comment = COMMENT.matcher(lines[i].stripTrailing());
      if (comment.find()) {
        int line = lines[i].substring(0, comment.start()).isBlank() ? 0 : i + 1;
        var names = Pattern.compile("[^,\\s]+").matcher(lines[i]);
        names.region(comment.start(1), comment.end(1));
        while (names.find()) {
          int from = 1 + lines[i].codePointCount(0, names.start());
          found.add(new Allowed(names.group(), line, new Span(file, i + 1, from, i + 1, from + names.group().codePointCount(0, names.group().length()))));
        }
      }
    }
    return found;
  }
}
