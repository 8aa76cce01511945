package nnc.source;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Collects the faults of a program; they are data, told all at once. */
public final class Diagnostics {
  public enum Severity { ERROR, WARNING }

  /** A remark below a fault, with or without a place of its own. */
  public record Note(String text, Span span) {}

  /** One fault: what is wrong, where, and what else to know. Notes are added while it is reported. */
  public record Fault(Severity severity, Span span, String message, List<Note> notes) {
    public Fault note(String text) {
      notes.add(new Note(text, Span.NONE));
      return this;
    }

    public Fault note(String text, Span place) {
      notes.add(new Note(text, place));
      return this;
    }
  }

  private final List<Fault> faults = new ArrayList<>();

  public Fault error(Span span, String message) {
    return add(new Fault(Severity.ERROR, span, message, new ArrayList<>()));
  }

  public Fault warning(Span span, String message) {
    return add(new Fault(Severity.WARNING, span, message, new ArrayList<>()));
  }

  /** Says the same thing at the same place once. */
  private Fault add(Fault fault) {
    for (var known : faults) {
      if (known.span().equals(fault.span()) && known.message().equals(fault.message())) {
        return fault;
      }
    }
    faults.add(fault);
    return fault;
  }

  public boolean hasErrors() {
    return faults.stream().anyMatch(fault -> fault.severity() == Severity.ERROR);
  }

  /** In the order of their places. */
  public List<Fault> faults() {
    return faults.stream()
        .sorted(Comparator.comparing((Fault f) -> f.span().file()).thenComparing(f -> f.span().line()).thenComparing(f -> f.span().column()))
        .toList();
  }

  /** All faults as text for people; {@code texts} is the source by file name. */
  public String render(Map<String, String> texts, boolean colour) {
    var out = new StringBuilder();
    faults().forEach(fault -> out.append(Rendering.of(fault, texts, colour)));
    return out.toString();
  }

  /** All faults as JSON, an object a line. */
  public String json() {
    var out = new StringBuilder();
    for (var fault : faults()) {
      out.append("{\"severity\": \"").append(fault.severity().name().toLowerCase(java.util.Locale.ROOT))
          .append("\", \"file\": \"").append(Json.escape(fault.span().file()))
          .append("\", \"line\": ").append(fault.span().line())
          .append(", \"column\": ").append(fault.span().column())
          .append(", \"endLine\": ").append(fault.span().endLine())
          .append(", \"endColumn\": ").append(fault.span().endColumn())
          .append(", \"message\": \"").append(Json.escape(fault.message())).append("\", \"notes\": [");
      for (int i = 0; i < fault.notes().size(); i++) {
        out.append(i == 0 ? "\"" : ", \"").append(Json.escape(fault.notes().get(i).text())).append('"');
      }
      out.append("]}\n");
    }
    return out.toString();
  }
}
