package nnc.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.files.NpyFile;
import nnc.runtime.files.NpyRows;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * Files with one NumPy array each as columns, first axis the rows: {@code npy(image = "x.npy", label = "y.npy")}. With {@code stream = true} they are not in
 * memory, and rows are read when they are fed.
 */
final class NpySource implements SourceReader {
  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    List<Column> columns = new ArrayList<>();
    boolean stream = arguments.namedFlag(SourceReaders.STREAM, false);
    List<String> names = arguments.rest();
    if (names.isEmpty()) {
      throw arguments.fault("needs a file for each column, e.g. npy(x = \"x.npy\")");
    }
    arguments.end();
    for (String name : names) {
      var file = folder.find(arguments.namedText(name));
      columns.add(stream ? new NpyColumn(new NpyRows(file)).column(name, file + ": array") : ArrayColumns.column(name, NpyFile.read(file), file + ": array"));
    }
    return Table.of(source, columns);
  }

  /** A column whose rows are read when they are asked for. */
  private record NpyColumn(NpyRows array) implements RowReader {
    Column column(String name, String label) {
      int[] shape = array.shape();
      return new Column(name, shape, this, (row, element) -> label + Arrays.toString(ArrayColumns.places(shape, row, element)));
    }

    @Override
    public int rows() {
      return array.count();
    }

    @Override
    public void read(int row, Object memory, int to) {
      array.read(row, memory, to);
    }
  }
}
