package nnc.source;

import java.util.Locale;
import java.util.Map;

/** A fault as text: the message, the source line with the span underlined, the notes. */
final class Rendering {
  private Rendering() {}

  static String of(Diagnostics.Fault fault, Map<String, String> texts, boolean colour) {
    var out = new StringBuilder();
    var severity = fault.severity().name().toLowerCase(Locale.ROOT);
    var paint = fault.severity() == Diagnostics.Severity.ERROR ? "\u001b[1;31m" : "\u001b[1;33m";
    if (!fault.span().equals(Span.NONE)) {
      out.append(fault.span()).append(": ");
    }
    out.append(colour ? paint + severity + "\u001b[0m" : severity).append(": ").append(fault.message()).append('\n');
    excerpt(out, fault.span(), texts, colour ? paint : "");
    for (var note : fault.notes()) {
      var text = note.text().strip().replace("\n", "\n      ");
      out.append("      ").append(text);
      out.append(note.span().equals(Span.NONE) ? "\n" : " (" + note.span() + ")\n");
    }
    return out.toString();
  }

  private static void excerpt(StringBuilder out, Span span, Map<String, String> texts, String paint) {
    var text = texts.get(span.file());
    if (text == null || span.line() < 1) {
      return;
    }
    var lines = text.split("\r?\n|\r", -1);
    if (span.line() > lines.length) {
      return;
    }
    var line = lines[span.line() - 1];
    var number = Integer.toString(span.line());
    int start = Math.min(span.column() - 1, line.length());
    int end = span.endLine() > span.line() ? line.stripTrailing().length() : Math.min(span.endColumn() - 1, line.length());
    int width = Math.max(1, columns(line, start, Math.max(start, end)));
    out.append("  ").append(" ".repeat(Math.max(0, 3 - number.length()))).append(number).append(" | ").append(line.replace('\t', ' ')).append('\n');
    out.append("  ").append(" ".repeat(Math.max(3, number.length()))).append(" | ").append(" ".repeat(columns(line, 0, start)));
    out.append(paint).append("^".repeat(width)).append(paint.isEmpty() ? "" : "\u001b[0m").append('\n');
  }

  /** How many terminal columns some characters take: East Asian wide ones take two, combining marks none. */
  private static int columns(String line, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; ) {
      int c = line.codePointAt(i);
      i += Character.charCount(c);
      int type = Character.getType(c);
      boolean mark = type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT;
      boolean wide = c >= 0x1100 && c <= 0x115f || c >= 0x2e80 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3 || c >= 0xf900 && c <= 0xfaff
          || c >= 0xff00 && c <= 0xff60 || c >= 0x1f300 && c <= 0x1faff || c >= 0x20000 && c <= 0x3fffd;
      sum += mark ? 0 : wide ? 2 : 1;
    }
    return sum;
  }
}
