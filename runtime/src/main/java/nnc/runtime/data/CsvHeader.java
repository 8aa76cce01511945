package nnc.runtime.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.base.Text;
import nnc.runtime.data.Csv.Choice;
import nnc.runtime.data.Csv.Source;
import nnc.runtime.data.Csv.Wanted;
import nnc.runtime.spec.ModelSpec.Feed;

/** The names of a CSV file's columns, and which of these are read. */
final class CsvHeader {
  private final List<String> names = new ArrayList<>();
  private final Source source;
  private final int line;

  CsvHeader(CsvLines lines, Source source) {
    this.source = source;
    line = lines.line();
    for (int i = 0; i < lines.count(); i++) {
      names.add(source.format().header() ? Names.composed(lines.text(i)) : Integer.toString(i + 1));
    }
  }

  List<String> names() {
    return names;
  }

  /**
   * The columns that are chosen, or have the name of what they are chosen for, and those that other inputs and targets are called after.
   *
   * @param fed inputs and targets
   */
  List<Wanted> wanted(List<Choice> choices, Collection<Feed> fed) {
    List<Wanted> wanted = new ArrayList<>();
    Map<String, Feed> rest = new LinkedHashMap<>();
    for (Feed feed : fed) {
      rest.put(feed.name(), feed);
    }
    for (Choice choice : choices) {
      rest.remove(choice.name());
      int[] fields = new int[choice.columns().size()];
      for (int i = 0; i < fields.length; i++) {
        String column = Names.composed(choice.columns().get(i));
        fields[i] = field(choice.single() && !names.contains(column) && names.contains(choice.name()) ? choice.name() : column);
      }
      wanted.add(new Wanted(choice.name(), fields, choice.single()));
    }
    for (Feed feed : rest.values()) {
      String column = source.format().header() ? feed.among(names, source.name() + ":" + line) : null;
      if (column != null) {
        wanted.add(new Wanted(feed.name(), new int[] {field(column)}, true));
      }
    }
    if (wanted.isEmpty()) {
      throw nothing();
    }
    return wanted;
  }

  private Fault nothing() {
    String file = file();
    return source.format().header() ? new Fault(source.name() + ": none of its columns is called as an input or target; it has " + listed(),
        advice("choose the columns of each, e.g. csv(\"" + file + "\", label = \"kind\", x = [\"a\", \"b\"])"))
        : new Fault(source.name() + ": columns that have no names are called by their numbers",
            "choose the column of each input, e.g. csv(\"" + file + "\", header = false, label = 5, x = [1, 2])");
  }

  private int field(String name) {
    int first = names.indexOf(name);
    int last = names.lastIndexOf(name);
    if (first < 0) {
      throw new Fault(source.name() + ": no column " + name + "; it has " + listed(), advice(nearest(name)));
    } else if (first < last) {
      throw new Fault(source.name() + ":" + line + ": columns " + (first + 1) + " and " + (last + 1) + " are both called " + name,
          "give them different names");
    }
    return first;
  }

  private String file() {
    return source.file() == null ? source.name() : source.file().getFileName().toString();
  }

  private String nearest(String name) {
    String nearest = Text.nearest(name, names);
    return nearest.isEmpty() ? "" : "is it " + nearest + "?";
  }

  /** What may be wrong with a header that lacks a column. */
  private String advice(String otherwise) {
    for (String other : List.of(",", ";", "\t", "|")) {
      if (names.size() == 1 && names.get(0).contains(other)) {
        return "the columns seem to have another separator: csv(\"" + file() + "\", separator = \""
            + other.replace("\t", "\\t") + "\")";
      }
    }
    return listed().contains("\ufffd") ? "the names are not in UTF-8; save the file as that" : otherwise;
  }

  private String listed() {
    String all = String.join(", ", names);
    return all.length() > 1000 ? all.substring(0, 1000) + "..." : all;
  }

  boolean[] fields(List<Wanted> wanted) {
    boolean[] fields = new boolean[names.size()];
    for (Wanted one : wanted) {
      for (int field : one.fields()) {
        fields[field] = true;
      }
    }
    return fields;
  }

  List<String> unread(List<Wanted> wanted) {
    boolean[] read = fields(wanted);
    List<String> unread = new ArrayList<>();
    for (int i = 0; i < read.length; i++) {
      if (!read[i] && !names.get(i).isEmpty()) {
        unread.add(names.get(i));
      }
    }
    return unread;
  }
}
