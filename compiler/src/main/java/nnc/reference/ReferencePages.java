package nnc.reference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.elaborate.Topic;

/** The reference as Markdown, a page a topic. */
public final class ReferencePages {
  private static final String GENERATED = "<!-- generated from the comments of the library, the compiler and its commands: change those, not this page -->\n\n";

  private final Reference reference;
  private final StringBuilder out = new StringBuilder();

  private ReferencePages(Reference reference) {
    this.reference = reference;
  }

  /** All pages by the names of their files. */
  public static SequencedMap<String, String> of(Reference reference) {
    SequencedMap<String, String> pages = new LinkedHashMap<>();
    pages.put("README.md", new ReferencePages(reference).index());
    for (var topic : Topic.values()) {
      pages.put(file(topic), new ReferencePages(reference).page(topic));
    }
    return pages;
  }

  private static String file(Topic topic) {
    return topic.title() + ".md";
  }

  private String index() {
    out.append("# The library\n\n").append(GENERATED);
    out.append("""
        What a program may name without declaring it, and what else there is to set: how it is called, what it computes, by which formula and from which source, what it refuses, and
        an example of each, which a test compiles and runs. `nnc help NAME` tells the same in a terminal. The language itself is on [its own page](../language.md). Most of it
        is written in the language: [the files](../../compiler/src/main/resources/nnc/elaborate/library) can be read, copied and changed.

        | | |
        | --- | --- |
        """);
    for (var topic : Topic.values()) {
      out.append("| [").append(topic.heading()).append("](").append(file(topic)).append(") | ")
          .append(reference.of(topic).stream().map(entry -> "`" + entry.name() + "`").distinct().collect(Collectors.joining(", "))).append(" |\n");
    }
    out.append("\n## All names\n\n");
    var pages = new TreeMap<String, TreeSet<Topic>>();
    reference.entries().forEach(entry -> pages.computeIfAbsent(entry.name(), _ -> new TreeSet<>()).add(entry.topic()));
    var links = new ArrayList<String>();
    pages.forEach((name, topics) -> topics.forEach(topic -> links.add(link(name, topic))));
    out.append(String.join(",\n", links)).append('\n');
    return out.toString();
  }

  private static String link(String name, Topic topic) {
    return "[" + name + "](" + file(topic) + "#" + anchor(name) + ")";
  }

  /** As headings are linked to: of letters, digits, dashes. */
  private static String anchor(String name) {
    return name.toLowerCase(java.util.Locale.ROOT).replace(' ', '-');
  }

  private String page(Topic topic) {
    out.append("# ").append(topic.heading()).append("\n\n").append(GENERATED);
    DocComment.of(topic.introduction()).summary().forEach(this::paragraph);
    var entries = reference.of(topic);
    out.append(entries.stream().map(entry -> "[" + entry.name() + "](#" + anchor(entry.name()) + ")").distinct().collect(Collectors.joining(" · "))).append('\n');
    entries.forEach(this::entry);
    return out.toString();
  }

  private void paragraph(String text) {
    out.append(EntryText.wrapped(text, 150, "")).append("\n\n");
  }

  private void entry(Entry entry) {
    out.append("\n## ").append(entry.name()).append("\n\n");
    out.append(EntryText.wrapped(entry.kind() + " `" + entry.call() + "`", 150, "")).append("\n\n");
    entry.doc().summary().forEach(this::paragraph);
    arguments(entry.arguments());
    entry.doc().notes().forEach((label, text) -> paragraph("**" + label + "** " + text));
    if (!entry.definition().isEmpty()) {
      out.append("```nn\n").append(entry.definition()).append("\n```\n\n");
    }
    examples(entry);
    out.setLength(out.toString().stripTrailing().length());
    out.append('\n');
  }

  private void arguments(List<Entry.Argument> arguments) {
    if (arguments.isEmpty()) {
      return;
    }
    boolean types = arguments.stream().anyMatch(argument -> !argument.allowed().isEmpty());
    boolean defaults = arguments.stream().anyMatch(argument -> argument.otherwise().filter(text -> !text.isEmpty()).isPresent());
    row(columns("", "is", "left out", "", types, defaults));
    row(columns("---", "---", "---", "---", types, defaults));
    for (var argument : arguments) {
      row(columns("`" + argument.name() + "`", argument.allowed(), argument.otherwise().filter(text -> !text.isEmpty()).map(text -> "`" + text + "`").orElse(""), argument.meaning(),
          types, defaults));
    }
    out.append('\n');
  }

  private static List<String> columns(String name, String type, String otherwise, String meaning, boolean types, boolean defaults) {
    return Stream.of(name, types ? type : null, defaults ? otherwise : null, meaning).filter(cell -> cell != null).toList();
  }

  private void row(List<String> cells) {
    out.append(cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |"))).append('\n');
  }

  private void examples(Entry entry) {
    var commands = entry.doc().examples().stream().allMatch(example -> example.startsWith("nnc ") || example.startsWith("java "));
    if (entry.doc().examples().isEmpty()) {
      return;
    }
    out.append(commands ? "```\n" : "```nn\n");
    out.append(entry.doc().examples().stream().map(example -> commands ? example : EntryText.shown(example)).collect(Collectors.joining(commands ? "\n" : "\n\n"))).append("\n```\n");
  }
}
