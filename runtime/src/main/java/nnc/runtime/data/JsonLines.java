package nnc.runtime.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * Columns from a file with a JSON object a line. {@code jsonl("file")} has the fields that inputs and targets are called after;
 * {@code jsonl("file", age = "pupil.age", x = ["a", "b"])} chooses, by paths, and puts several together.
 */
final class JsonLines implements SourceReader, RowTables.Opener {
  @Override
  public RowTables open(InputStream in, List<Csv.Choice> choices, Map<String, Feed> feeds, String origin) throws IOException {
    return new JsonRows(in, choices, feeds, origin, null);
  }

  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    String name = arguments.text("file");
    Streaming streaming = Streaming.of(arguments);
    List<Csv.Choice> choices = Csv.choices(arguments, CsvFormat.PLAIN);
    Path file = folder.find(name);
    return Folder.read(file, (in, most) -> {
      InputStream told = streaming == null ? in : streaming.told(in, file, most, folder.log());
      Table table = new JsonRows(told, choices, feeds, file.toString(), streaming).next(Integer.MAX_VALUE);
      if (table == null) {
        throw new Fault(file + ": no rows");
      }
      return table;
    });
  }
}
