package nnc.reference;

import java.util.List;
import java.util.regex.Pattern;
import nnc.elaborate.Topic;
import nnc.runtime.base.Json;

/** Entries as text for a terminal, or as JSON. */
public final class EntryText {
  private static final Pattern LINK = Pattern.compile("\\[([^\\]]+)]\\([^)]*\\)");

  private final int width;
  private final Style style;
  private final StringBuilder out = new StringBuilder();

  /** Whether letters may be bold. */
  public enum Style {
    PLAIN, BOLD
  }

  private EntryText(int width, Style style) {
    this.width = width;
    this.style = style;
  }

  /** An entry in lines of at most so many letters, but for words, calls and examples that are longer. */
  public static String of(Entry entry, int width, Style style) {
    return new EntryText(width, style).entry(entry);
  }

  /** A topic: each of its names with the beginning of what is said of it. */
  public static String of(Topic topic, List<Entry> entries, int width, Style style) {
    var text = new EntryText(width, style);
    text.out.append(text.bold(topic.heading())).append("\n\n");
    DocComment.of(topic.introduction()).summary().forEach(paragraph -> text.paragraph(paragraph, ""));
    int widest = entries.stream().mapToInt(entry -> entry.name().length()).max().orElse(0);
    for (var entry : entries) {
      text.line(entry.name(), widest, entry.doc().summary().isEmpty() ? "" : beginning(entry.doc().summary().getFirst()));
    }
    return text.out.toString();
  }

  /** A line of an entry, with its name. */
  public static String json(Entry entry) {
    return new Json().put("name", entry.name()).put("kind", entry.kind()).put("topic", entry.topic().title()).put("call", entry.call())
        .put("text", String.join("\n", entry.doc().summary())).put("arguments", lines(entry.arguments().stream().map(EntryText::told).toList()))
        .put("notes", lines(entry.doc().notes().entrySet().stream().map(note -> note.getKey() + ": " + note.getValue()).toList()))
        .put("example", String.join("\n\n", entry.doc().examples().stream().map(EntryText::shown).toList())).toString();
  }

  private static String lines(List<String> lines) {
    return String.join("\n", lines);
  }

  private static String told(Entry.Argument argument) {
    return argument.name() + ": " + description(argument);
  }

  /** What an argument is, in a sentence: its meaning, what it may be, and what it is if left out. */
  private static String description(Entry.Argument argument) {
    var allowed = argument.allowed().isEmpty() ? "" : (argument.meaning().isEmpty() ? "" : "; ") + argument.allowed();
    var otherwise = argument.otherwise().filter(text -> !text.isEmpty()).map(text -> "; left out " + text).orElse("");
    return plain(argument.meaning() + allowed + otherwise);
  }

  /** An example as it stands in a program: what it comes to is a comment. */
  static String shown(String example) {
    int at = example.contains("\n") ? -1 : example.lastIndexOf(" = ");
    if (at < 0 || example.contains(" { ")) {
      return example;
    }
    return example.substring(0, at).replaceFirst(" at ", "      # at step ") + (example.contains(" at ") ? ": " : "      # ") + example.substring(at + 3);
  }

  private static String beginning(String text) {
    var plain = plain(text);
    var sentence = Pattern.compile("[.:;](?= |$)").matcher(plain);
    return sentence.find() ? plain.substring(0, sentence.start()) : plain;
  }

  /** Without Markdown's marks. */
  private static String plain(String text) {
    return LINK.matcher(text).replaceAll("$1").replace("`", "");
  }

  private String entry(Entry entry) {
    out.append(bold(entry.name())).append("  ").append(entry.kind()).append(", ").append(entry.topic().heading().toLowerCase(java.util.Locale.ROOT)).append("\n\n");
    out.append(wrapped(entry.call(), width - 2, "    ").indent(2)).append('\n');
    entry.doc().summary().forEach(paragraph -> paragraph(paragraph, ""));
    int widest = Math.min(20, entry.arguments().stream().mapToInt(argument -> argument.name().length()).max().orElse(0));
    entry.arguments().forEach(argument -> line(argument.name(), widest, description(argument)));
    out.append(entry.arguments().isEmpty() ? "" : "\n");
    entry.doc().notes().forEach((label, text) -> paragraph(label + ": " + text, "  "));
    entry.doc().examples().forEach(example -> out.append(shown(example).indent(2)).append(example.contains("\n") ? "\n" : ""));
    return out.toString().stripTrailing() + "\n";
  }

  private void paragraph(String text, String rest) {
    out.append(wrapped(plain(text), width, rest)).append("\n\n");
  }

  private void line(String name, int widest, String text) {
    var start = "  " + name + " ".repeat(Math.max(0, widest - name.length())) + "  ";
    var lines = wrapped(text, Math.max(20, width - start.length()), "").split("\n");
    out.append(bold(start)).append(lines[0]).append('\n');
    for (int i = 1; i < lines.length; i++) {
      out.append(" ".repeat(start.length())).append(lines[i]).append('\n');
    }
  }

  private String bold(String text) {
    return style == Style.BOLD ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  /** In lines of at most so many letters, where words allow it; all but the first begin with some blanks. */
  static String wrapped(String text, int width, String rest) {
    var wrapped = new StringBuilder();
    int length = 0;
    for (var word : text.split(" ")) {
      boolean first = wrapped.isEmpty();
      if (!first && length + 1 + word.length() > width) {
        wrapped.append('\n').append(rest);
        length = rest.length();
      } else if (!first) {
        wrapped.append(' ');
        length++;
      }
      wrapped.append(word);
      length += word.length();
    }
    return wrapped.toString();
  }
}
