package nnc.runtime.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;

/**
 * Numbers from a text file with a line of names at its head; {@code separator = ";"} if it is not a comma. {@code csv("file")} has the columns
 * that inputs and targets are called after; {@code csv("file", label = "kind", x = ["a", "b"])} chooses, and puts several together. What is
 * in other columns does not matter.
 */
final class Csv {
  private Csv() {}

  /** @param fed the names that inputs and targets have */
  static Table load(SourceArguments arguments, Folder folder, Set<String> fed) {
    String name = arguments.text("file");
    String separator = arguments.namedText("separator", ",");
    if (separator.length() != 1 || "\"\r\n".contains(separator)) {
      throw arguments.fault("separator must be one character");
    }
    List<Choice> choices = new ArrayList<>();
    for (String column : arguments.rest()) {
      choices.add(new Choice(column, arguments.texts(column), !arguments.isList(column)));
    }
    arguments.end();
    Path file = folder.find(name);
    char between = separator.charAt(0);
    return Folder.read(file, (in, most) -> read(new CsvLines(in, between, file.toString()), choices, fed, new Source(file, between)));
  }

  /** What to call some of the file's columns together. */
  private record Choice(String name, List<String> columns, boolean single) {}

  private record Source(Path file, char separator) {}

  /** A column to be: its name, and the fields of a line that make a row of it. */
  private record Wanted(String name, int[] fields, boolean single) {}

  private static Table read(CsvLines lines, List<Choice> choices, Set<String> fed, Source source) throws IOException {
    if (!lines.next()) {
      throw new Fault(source.file + ": empty");
    }
    var header = new Header(lines, source);
    List<Wanted> wanted = choices.isEmpty() ? header.fed(fed) : header.chosen(choices);
    lines.want(header.fields(wanted));
    List<Doubles> values = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      values.add(new Doubles());
    }
    while (lines.next()) {
      if (lines.count() != header.names.size()) {
        throw uneven(lines, header, source);
      }
      for (int i = 0; i < wanted.size(); i++) {
        for (int field : wanted.get(i).fields()) {
          values.get(i).add(number(lines, field, header.names.get(field)));
        }
      }
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      int[] fields = wanted.get(i).fields();
      int[] shape = wanted.get(i).single() ? new int[0] : new int[] {fields.length};
      columns.add(new Column(wanted.get(i).name(), shape, values.get(i).toArray(), (row, element) -> place(source, row, fields[element])));
    }
    return Table.of(source.file.toString(), columns, header.unread(wanted));
  }

  private static Fault uneven(CsvLines lines, Header header, Source source) {
    int last = lines.count() - 1;
    boolean open = last == header.names.size();
    return new Fault(source.file + ":" + lines.line() + ": " + lines.count() + " fields, the header has " + header.names.size(),
        open ? "a separator at the end of a line begins one more field; the header must have it too"
            : lines.count() == 2 * header.names.size() && source.separator == ',' ? "numbers have a decimal point, not a comma" : "");
  }

  /** Where a number is, by reading the file once more as far as that. */
  private static String place(Source source, int row, int field) {
    try {
      return Folder.read(source.file, (in, most) -> {
        var lines = new CsvLines(in, source.separator, source.file.toString());
        lines.want(new boolean[0]);
        for (int i = 0; i < row + 2; i++) {
          lines.next();
        }
        return lines.place(field);
      });
    } catch (Fault changed) {
      return "row " + row + " of " + source.file;
    }
  }

  // ---- the header

  private static final class Header {
    private final List<String> names = new ArrayList<>();
    private final Source source;
    private final int line;

    Header(CsvLines lines, Source source) {
      this.source = source;
      line = lines.line();
      for (int i = 0; i < lines.count(); i++) {
        names.add(Names.composed(lines.text(i)));
      }
    }

    /** The columns that inputs and targets are called after. */
    List<Wanted> fed(Set<String> fed) {
      List<Wanted> wanted = new ArrayList<>();
      for (String name : fed) {
        if (names.contains(name)) {
          wanted.add(new Wanted(name, new int[] {field(name)}, true));
        }
      }
      if (wanted.isEmpty()) {
        throw new Fault(source.file + ": none of its columns is called as an input or target; it has " + listed(), advice(
            "choose the columns of each, e.g. csv(\"" + source.file.getFileName() + "\", label = \"kind\", x = [\"a\", \"b\"])"));
      }
      return wanted;
    }

    List<Wanted> chosen(List<Choice> choices) {
      List<Wanted> wanted = new ArrayList<>();
      for (Choice choice : choices) {
        int[] fields = new int[choice.columns().size()];
        for (int i = 0; i < fields.length; i++) {
          fields[i] = field(Names.composed(choice.columns().get(i)));
        }
        wanted.add(new Wanted(choice.name(), fields, choice.single()));
      }
      return wanted;
    }

    private int field(String name) {
      int first = names.indexOf(name);
      int last = names.lastIndexOf(name);
      if (first < 0) {
        throw new Fault(source.file + ": no column " + name + "; it has " + listed(), advice(""));
      } else if (first < last) {
        throw new Fault(source.file + ":" + line + ": columns " + (first + 1) + " and " + (last + 1) + " are both called " + name,
            "give them different names");
      }
      return first;
    }

    /** What may be wrong with a header that lacks a column. */
    private String advice(String otherwise) {
      for (String other : List.of(",", ";", "\t", "|")) {
        if (names.size() == 1 && names.getFirst().contains(other)) {
          return "the columns seem to have another separator: csv(\"" + source.file.getFileName() + "\", separator = \""
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

  // ---- numbers

  private static double number(CsvLines lines, int field, String column) {
    String text = lines.text(field);
    try {
      return Decimal.parse(text);
    } catch (NumberFormatException e) {
      String shown = text.isEmpty() ? "an empty field" : "'" + (text.length() > 100 ? text.substring(0, 100) + "..." : text) + "'";
      throw new Fault(lines.place(field) + ": " + shown + " " + e.getMessage() + " (column " + column + ")", Decimal.advice(text), e);
    }
  }

  private static final class Doubles {
    private double[] values = new double[1024];
    private int size;

    void add(double value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }

    double[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }
}
