package nnc.runtime.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.Fault;

/**
 * Numbers from a text file with a line of names at its head (RFC 4180; {@code separator = ";"} if not a comma): {@code csv("file")} has
 * all columns under their names; {@code csv("file", label = "kind", x = ["a", "b"])} chooses, and puts several together.
 */
final class Csv {
  private Csv() {}

  static Table load(Arguments arguments, Folder folder) {
    Path file = folder.find(arguments.text("file"));
    String separator = arguments.namedText("separator", ",");
    if (separator.length() != 1) {
      throw arguments.fault("separator must be one character");
    }
    return Folder.read(file, in -> {
      var lines = new Lines(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)), separator.charAt(0), file);
      return read(lines, arguments, file);
    });
  }

  /** A column to be: its name, and the fields of a line that make a row of it. */
  private record Wanted(String name, int[] fields, boolean single) {}

  private static Table read(Lines lines, Arguments arguments, Path file) throws IOException {
    if (!lines.next()) {
      throw new Fault(file + ": empty");
    }
    List<String> header = new ArrayList<>(lines.fields);
    List<Wanted> wanted = wanted(header, arguments, file);
    List<Doubles> values = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      values.add(new Doubles());
    }
    while (lines.next()) {
      if (lines.fields.size() != header.size()) {
        throw new Fault(file + ":" + lines.line + ": " + lines.fields.size() + " fields, the header has " + header.size());
      }
      for (int i = 0; i < wanted.size(); i++) {
        for (int field : wanted.get(i).fields()) {
          values.get(i).add(lines.number(field, header.get(field)));
        }
      }
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      int[] shape = wanted.get(i).single() ? new int[0] : new int[] {wanted.get(i).fields().length};
      columns.add(new Column(wanted.get(i).name(), shape, values.get(i).toArray()));
    }
    return Table.of(file.toString(), columns);
  }

  private static List<Wanted> wanted(List<String> header, Arguments arguments, Path file) {
    List<Wanted> wanted = new ArrayList<>();
    List<String> names = arguments.rest();
    for (String name : names) {
      List<String> parts = arguments.texts(name);
      int[] fields = new int[parts.size()];
      for (int i = 0; i < fields.length; i++) {
        fields[i] = header.indexOf(parts.get(i));
        if (fields[i] < 0) {
          throw new Fault(file + ": no column " + parts.get(i) + "; it has " + String.join(", ", header));
        }
      }
      wanted.add(new Wanted(name, fields, !arguments.isList(name)));
    }
    if (names.isEmpty()) {
      for (int i = 0; i < header.size(); i++) {
        wanted.add(new Wanted(header.get(i), new int[] {i}, true));
      }
    }
    return wanted;
  }

  /** Fields of one line after the other; a quoted field may go over several. */
  private static final class Lines {
    private final BufferedReader in;
    private final char separator;
    private final Path file;
    private final List<String> fields = new ArrayList<>();
    private final List<Integer> places = new ArrayList<>();
    private int line;
    private int read;

    Lines(BufferedReader in, char separator, Path file) {
      this.in = in;
      this.separator = separator;
      this.file = file;
    }

    /** Reads on to the next line that is not blank; false at the end. */
    boolean next() throws IOException {
      String text = in.readLine();
      read++;
      while (text != null && text.isBlank()) {
        text = in.readLine();
        read++;
      }
      if (text == null) {
        return false;
      }
      line = read;
      if (line == 1 && text.startsWith("\ufeff")) {
        text = text.substring(1);
      }
      split(text);
      return true;
    }

    private void split(String start) throws IOException {
      fields.clear();
      places.clear();
      String text = start;
      int at = 0;
      while (true) {
        places.add(at + 1);
        if (at < text.length() && text.charAt(at) == '"') {
          var field = new StringBuilder();
          at++;
          while (at >= text.length() || text.charAt(at) != '"' || at + 1 < text.length() && text.charAt(at + 1) == '"') {
            if (at >= text.length()) {
              field.append('\n');
              text = in.readLine();
              read++;
              at = 0;
              if (text == null) {
                throw new Fault(file + ":" + line + ":" + places.getLast() + ": the quoted field has no end");
              }
              continue;
            }
            field.append(text.charAt(at));
            at += text.charAt(at) == '"' ? 2 : 1;
          }
          at++;
          fields.add(field.toString());
          if (at < text.length() && text.charAt(at) != separator) {
            throw new Fault(file + ":" + read + ":" + (at + 1) + ": expected " + separator + " behind the quoted field");
          }
        } else {
          int end = text.indexOf(separator, at);
          end = end < 0 ? text.length() : end;
          fields.add(text.substring(at, end).trim());
          at = end;
        }
        if (at >= text.length()) {
          return;
        }
        at++;
      }
    }

    double number(int field, String column) {
      String text = fields.get(field);
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw new Fault(file + ":" + line + ":" + places.get(field) + ": " + (text.isEmpty() ? "an empty field" : "'" + text + "'")
            + " is not a number (column " + column + ")", "", e);
      }
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
