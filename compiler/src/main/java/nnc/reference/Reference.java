package nnc.reference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import nnc.elaborate.LibraryIndex;
import nnc.elaborate.Topic;
import nnc.source.Suggestion;

/** All entries, found by name or topic. */
public final class Reference {
  private final List<Entry> entries;
  private final List<LibraryIndex.Definition> parts;

  private Reference(List<Entry> entries, List<LibraryIndex.Definition> parts) {
    this.entries = entries;
    this.parts = parts;
  }

  /**
   * Of the library, and of what else there is.
   *
   * @param more commands and their options
   */
  public static Reference with(List<Entry> more) {
    var all = LibraryIndex.all();
    var entries = new ArrayList<Entry>();
    all.stream().filter(definition -> !definition.comment().isEmpty()).map(Reference::entry).forEach(entries::add);
    entries.addAll(more);
    return new Reference(List.copyOf(entries), all.stream().filter(definition -> definition.comment().isEmpty()).toList());
  }

  /** All of them, by topic and then as the library has them. */
  public List<Entry> entries() {
    return entries;
  }

  /** What the library is made of and does not promise: helpers of what is documented. */
  public List<LibraryIndex.Definition> parts() {
    return parts;
  }

  /** Those of a page, by their names. */
  public List<Entry> of(Topic topic) {
    return entries.stream().filter(entry -> entry.topic() == topic).sorted(Comparator.comparing(Entry::name)).toList();
  }

  /** What is called so: more than one thing may be, such as a function and a data source. */
  public List<Entry> named(String name) {
    return entries.stream().filter(entry -> entry.name().equals(name)).toList();
  }

  /** The page of that name. */
  public Optional<Topic> topic(String title) {
    return Stream.of(Topic.values()).filter(topic -> topic.title().equals(title.toLowerCase(Locale.ROOT).replace('-', '_'))).findFirst();
  }

  /** Names that are near to one that there is not: the nearest first, then those that have it within. */
  public List<String> near(String name) {
    var names = Stream.concat(entries.stream().map(Entry::name), Stream.of(Topic.values()).map(Topic::title)).distinct().sorted().toList();
    var near = new ArrayList<String>();
    Suggestion.of(name, names).ifPresent(near::add);
    var bare = name.replaceFirst("^-+", "").toLowerCase(Locale.ROOT);
    names.stream().filter(other -> bare.length() > 2 && (other.contains(bare) || other.length() > 3 && bare.contains(other)) && !near.contains(other)).limit(5).forEach(near::add);
    return near;
  }

  private static Entry entry(LibraryIndex.Definition definition) {
    var doc = DocComment.of(definition.comment());
    var shared = DocComment.of(definition.topic().introduction()).meanings();
    // that x is an array goes without saying
    var arguments = definition.parameters().stream().filter(parameter -> !parameter.name().equals("x") || doc.meanings().containsKey("x")).map(parameter -> new Entry.Argument(parameter.name(), parameter.type(), parameter.otherwise(),
        doc.meanings().getOrDefault(parameter.name(), shared.getOrDefault(parameter.name(), "")))).toList();
    return new Entry(definition.name(), definition.kind().name().toLowerCase(Locale.ROOT), definition.topic(), definition.call(), arguments, doc,
        definition.text().contains("\n") ? "" : definition.text());
  }
}
