package nnc.runtime.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.files.NpyFile;
import nnc.runtime.spec.ModelSpec.Feed;

/** Files with one NumPy array each as columns, first axis the rows: {@code npy(image = "x.npy", label = "y.npy")}. */
final class NpySource implements SourceReader {
  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    List<Column> columns = new ArrayList<>();
    List<String> names = arguments.rest();
    if (names.isEmpty()) {
      throw arguments.fault("needs a file for each column, e.g. npy(x = \"x.npy\")");
    }
    arguments.end();
    for (String name : names) {
      var file = folder.find(arguments.namedText(name));
      columns.add(NpzSource.column(name, NpyFile.read(file), file + ": array"));
    }
    return Table.of(source, columns);
  }
}
