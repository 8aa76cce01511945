package nnc.source;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Collects the faults of a program; they are data, told all at once. Not safe for use by several threads. */
public final class Diagnostics {
  public enum Severity {
    ERROR, WARNING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A remark below a fault, with or without ({@link Span#NONE}) a place of its own. */
  public record Note(String text, Span span) {}

  /**
   * One fault: what is wrong, where, what else to know, and what to do. Notes and hints are added while it is reported.
   *
   * @param name of a warning, as programs allow it; of errors none
   */
  public record Fault(Severity severity, Optional<WarningName> name, Span span, String message, List<Note> notes, List<String> hints) {
    public Fault note(String text) {
      return note(text, Span.NONE);
    }

    /** A remark on another place, which is shown below it. */
    public Fault note(String text, Span place) {
      notes.add(new Note(text, place));
      return this;
    }

    /** What the user probably wants to do about it. */
    public Fault hint(String text) {
      hints.add(text);
      return this;
    }
  }

  private final List<Fault> faults = new ArrayList<>();
  private final Set<Map.Entry<Span, String>> known = new HashSet<>();
  private final Map<String, String> texts = new LinkedHashMap<>();
  private boolean ended;
  private int errors;

  /** Makes a source's text known, so that faults in it can show their lines. */
  public void source(String file, String text) {
    texts.put(file, text);
  }

  public Fault error(Span span, String message) {
    return add(new Fault(Severity.ERROR, Optional.empty(), span, message, new ArrayList<>(), new ArrayList<>()));
  }

  /** What compiles and is probably not meant; a program may allow it ({@link Allowances}). */
  public Fault warning(WarningName name, Span span, String message) {
    return add(new Fault(Severity.WARNING, Optional.of(name), span, message, new ArrayList<>(), new ArrayList<>()));
  }

  /** Nothing more is looked for: a program has gone beyond a {@link Limit}, and whoever compiled it again would as well. */
  public void end() {
    ended = true;
  }

  /** Whether nothing more is looked for. */
  public boolean isEnded() {
    return ended;
  }

  /** Takes over a fault. The same thing at the same place is said once, also by several who elaborate a program for purposes of their own side by side. */
  public synchronized Fault add(Fault fault) {
    errors += fault.severity() == Severity.ERROR ? 1 : 0;
    if (known.add(Map.entry(fault.span(), fault.message()))) {
      faults.add(fault);
    }
    return fault;
  }

  /** Takes over all that another has found, as if it had been found here. */
  public void addAll(Diagnostics others) {
    others.texts.forEach(texts::putIfAbsent);
    others.faults.forEach(this::add);
    ended |= others.ended;
  }

  /** The same without the warnings of a name, for who has written what they are of into the program himself. */
  public Diagnostics without(WarningName name) {
    var others = new Diagnostics();
    others.texts.putAll(texts);
    faults.stream().filter(fault -> !fault.name().equals(Optional.of(name))).forEach(others::add);
    return others;
  }

  /** How many errors have been told, those among them that had been before. */
  public int errors() {
    return errors;
  }

  public boolean hasErrors() {
    return faults.stream().anyMatch(fault -> fault.severity() == Severity.ERROR);
  }

  /** Without the warnings that the sources allow, in the order of their places: files in the order in which they were first met, then lines and columns. */
  public List<Fault> faults() {
    var order = new LinkedHashMap<String, Integer>();
    texts.keySet().forEach(file -> order.putIfAbsent(file, order.size()));
    faults.forEach(fault -> order.putIfAbsent(fault.span().file(), order.size()));
    var allowed = new Allowances(texts);
    allowed.unknown().forEach((span, name) -> warning(WarningName.UNKNOWN_WARNING, span, "there is no warning called " + name).hints()
        .addAll(Stream.of(Suggestion.sentence(name, WarningName.titles()).replaceFirst("^; ", "")).filter(hint -> !hint.isEmpty()).toList()));
    return faults.stream().filter(fault -> fault.name().isEmpty() || !allowed.has(fault.name().get(), fault.span())).sorted((a, b) -> {
      int file = Integer.compare(order.get(a.span().file()), order.get(b.span().file()));
      int line = Integer.compare(a.span().line(), b.span().line());
      return file != 0 ? file : line != 0 ? line : Integer.compare(a.span().column(), b.span().column());
    }).toList();
  }

  /** All faults as text for people, with the lines of the sources made known by {@link #source}. */
  public String render() {
    return render(texts);
  }

  /** The same with ANSI escapes. */
  public String renderInColour() {
    return render(texts, true);
  }

  /** All faults as text for people; {@code texts} is the source by file name. */
  public String render(Map<String, String> texts) {
    return render(texts, false);
  }

  private String render(Map<String, String> texts, boolean colour) {
    var rendering = new Rendering(texts, colour);
    var out = new StringBuilder();
    faults().forEach(fault -> out.append(rendering.of(fault)));
    return out.toString();
  }

  /** All faults as JSON, an object a line; lines and columns count from 1, columns in code points. */
  public String json() {
    var out = new StringBuilder();
    for (var fault : faults()) {
      out.append("{\"severity\": \"").append(fault.severity()).append("\", ").append(fault.name().map(name -> "\"name\": \"" + name.title() + "\", ").orElse("")).append(place(fault.span()))
          .append("\"message\": \"").append(JsonText.escape(fault.message())).append("\", \"notes\": [")
          .append(String.join(", ", fault.notes().stream().map(Diagnostics::json).toList()))
          .append("], \"hints\": [")
          .append(String.join(", ", fault.hints().stream().map(hint -> '"' + JsonText.escape(hint) + '"').toList()))
          .append("]}\n");
    }
    return out.toString();
  }

  private static String json(Note note) {
    return "{" + (note.span().equals(Span.NONE) ? "" : place(note.span())) + "\"text\": \"" + JsonText.escape(note.text()) + "\"}";
  }

  private static String place(Span span) {
    return "\"file\": \"" + JsonText.escape(span.file()) + "\", \"line\": " + span.line() + ", \"column\": " + span.column()
        + ", \"endLine\": " + span.endLine() + ", \"endColumn\": " + span.endColumn() + ", ";
  }
}
