package nnc.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * Columns from a text file with a line of names at its head. {@code csv("file")} has the columns that inputs and targets are called after;
 * {@code csv("file", label = "kind", x = ["a", "b"])} chooses, and puts several together. What is in other columns does not matter. How the text
 * is written {@link CsvFormat} says.
 */
final class Csv implements SourceReader {
  @Override
  public Table load(String called, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    String name = arguments.text("file");
    CsvFormat format = CsvFormat.of(arguments);
    Streaming streaming = Streaming.of(arguments);
    List<Choice> choices = choices(arguments, format);
    Path file = folder.find(name);
    return Folder.read(file, (in, most) -> {
      var lines = new CsvLines(streaming == null ? in : streaming.told(in, file, most, folder.log()), format, file.toString());
      var rows = new CsvRows(lines, choices, feeds, new Source(file, file.toString(), format), streaming);
      Table table = rows.next(Integer.MAX_VALUE);
      if (table == null) {
        throw new Fault(file + ": no rows");
      }
      return table;
    });
  }

  static List<Choice> choices(SourceArguments arguments, CsvFormat format) {
    List<Choice> choices = new ArrayList<>();
    for (String column : arguments.rest()) {
      choices.add(new Choice(column, arguments.columns(column, format.header()), !arguments.isList(column)));
    }
    arguments.end();
    return choices;
  }

  /** What to call some of the file's columns together. */
  record Choice(String name, List<String> columns, boolean single) {}

  /**
   * Where a text is from.
   *
   * @param file null if it is no file's
   * @param name for messages
   */
  record Source(Path file, String name, CsvFormat format) {}

  /** A column to be: its name, and the fields of a line that make a row of it. */
  record Wanted(String name, int[] fields, boolean single) {
    int[] shape() {
      return single ? new int[0] : new int[] {fields.length};
    }
  }
}
