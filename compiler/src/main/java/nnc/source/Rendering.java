package nnc.source;

import java.util.Map;
import nnc.source.Diagnostics.Fault;
import nnc.source.Diagnostics.Severity;

/** A fault as text: the message, the source line with the span underlined, then notes and hints, indented. */
final class Rendering {
  private static final String PLAIN = "\u001b[0m";
  private static final int TAB = 4;

  private final Map<String, String> texts;
  private final boolean colour;

  Rendering(Map<String, String> texts, boolean colour) {
    this.texts = texts;
    this.colour = colour;
  }

  String of(Fault fault) {
    var out = new StringBuilder();
    var paint = fault.severity() == Severity.ERROR ? "\u001b[1;31m" : "\u001b[1;33m";
    if (!fault.span().equals(Span.NONE)) {
      out.append(fault.span()).append(": ");
    }
    out.append(painted(fault.severity().toString(), paint)).append(": ").append(continued(fault.message())).append('\n');
    excerpt(out, fault.span(), paint);
    var shown = fault.span();
    for (var note : fault.notes()) {
      var elsewhere = !note.span().equals(Span.NONE) && !note.span().file().equals(fault.span().file());
      out.append("  ").append(elsewhere ? note.span() + ": " : "").append(continued(note.text())).append('\n');
      if (!note.span().equals(Span.NONE) && !note.span().equals(shown)) {
        excerpt(out, note.span(), "\u001b[1;36m");
        shown = note.span();
      }
    }
    fault.hints().forEach(hint -> out.append("  ").append(painted("hint", "\u001b[1;32m")).append(": ").append(continued(hint)).append('\n'));
    fault.name().ifPresent(name -> out.append("  ").append("to allow it: # nnc: allow ").append(name.title()).append('\n'));
    return out.toString();
  }

  /** Further lines of a text stand below its first. */
  private static String continued(String text) {
    return text.strip().replace("\n", "\n    ");
  }

  private String painted(String text, String paint) {
    return colour ? paint + text + PLAIN : text;
  }

  /** The line and, below it, the marks; of a span over several lines, its first. Nothing where the text is not known. */
  private void excerpt(StringBuilder out, Span span, String paint) {
    var line = line(span);
    if (line == null) {
      return;
    }
    var shown = new StringBuilder();
    int from = -1;
    int to = -1;
    int width = 0;
    int column = 1;
    for (int i = 0; i < line.length(); column++) {
      from = column == span.column() ? width : from;
      to = span.endLine() == span.line() && column == span.endColumn() ? width : to;
      int c = line.codePointAt(i);
      i += Character.charCount(c);
      if (c == '\t') {
        int next = (width / TAB + 1) * TAB;
        shown.repeat(' ', next - width);
        width = next;
      } else {
        shown.appendCodePoint(Character.isISOControl(c) ? '?' : c);
        width += width(c);
      }
    }
    from = from < 0 ? width : from;
    to = to < 0 ? width : to;
    var number = Integer.toString(span.line());
    var marks = "^".repeat(Math.max(1, to - from));
    out.append("  ").append(number).append(" | ").append(shown.toString().stripTrailing()).append('\n');
    out.append("  ").repeat(' ', number.length()).append(" | ").repeat(' ', from).append(painted(marks, paint)).append('\n');
  }

  /** Lines end with a line feed, before which a carriage return may stand; a span may be at the end, behind the last. */
  private String line(Span span) {
    var text = texts.get(span.file());
    if (text == null || span.line() < 1) {
      return null;
    }
    int start = 0;
    for (int line = 1; line < span.line() && start >= 0; line++) {
      start = text.indexOf('\n', start) + 1;
      start = start == 0 ? -1 : start;
    }
    if (start < 0) {
      return null;
    }
    int end = text.indexOf('\n', start);
    var line = text.substring(start, end < 0 ? text.length() : end);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  /** How many terminal columns a character takes: East Asian wide ones and pictures two, combining marks none. */
  private static int width(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> wide(c) ? 2 : 1;
    };
  }

  private static boolean wide(int c) {
    return c >= 0x1100 && c <= 0x115f || c >= 0x2e80 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3 || c >= 0xf900 && c <= 0xfaff
        || c >= 0xfe30 && c <= 0xfe6f || c >= 0xff00 && c <= 0xff60 || c >= 0xffe0 && c <= 0xffe6
        || c >= 0x1f300 && c <= 0x1faff || c >= 0x20000 && c <= 0x3fffd;
  }
}
