package nnc.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * Arrays of an npz file as columns by name, first axis the rows: {@code npz("file")}, {@code npz("file", image = "x_train")}. What nobody
 * asks for is not read and may be of any type.
 */
final class NpzSource implements SourceReader {
  @Override
  public Table load(String called, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    Set<String> fed = feeds.keySet();
    String source = arguments.text("file");
    Map<String, String> chosen = new LinkedHashMap<>();
    for (String name : arguments.rest()) {
      chosen.put(name, Names.composed(arguments.namedText(name)));
    }
    arguments.end();
    Path file = folder.find(source);
    Npz.Arrays arrays = chosen.isEmpty() ? Npz.read(file, feeds.values()) : Npz.read(file, chosen::containsValue);
    if (arrays.read().isEmpty() && arrays.unread().isEmpty()) {
      throw new Fault(file + ": has no arrays");
    }
    List<Column> columns = new ArrayList<>();
    if (chosen.isEmpty()) {
      for (String name : fed) {
        if (arrays.get(name) != null) {
          columns.add(column(name, arrays.get(name), file + ": array " + name));
        }
      }
    }
    for (var choice : chosen.entrySet()) {
      Tensor array = arrays.get(choice.getValue());
      if (array == null) {
        throw new Fault(file + ": no array " + choice.getValue() + "; it has " + arrays.names());
      }
      columns.add(column(choice.getKey(), array, file + ": array " + choice.getValue()));
    }
    if (columns.isEmpty()) {
      throw new Fault(file + ": none of its arrays is called as an input or target; it has " + arrays.names(),
          "name the array of each, e.g. npz(\"" + file.getFileName() + "\", image = \"x_train\")");
    }
    return Table.of(file.toString(), columns, arrays.unread().keySet());
  }

  /**
   * An array as a column.
   *
   * @param label names file and array in messages
   */
  static Column column(String name, Tensor array, String label) {
    int[] shape = array.shape();
    if (shape.length == 0) {
      throw new Fault(label + " is a single number: a column has a row for each example");
    }
    int[] row = Arrays.copyOfRange(shape, 1, shape.length);
    return new Column(name, row, data(array), (index, element) -> label + Arrays.toString(places(row, index, element)));
  }

  /** The place of an element of a row on each axis. */
  static int[] places(int[] shape, int row, int element) {
    int[] places = new int[shape.length + 1];
    places[0] = row;
    int rest = element;
    for (int axis = shape.length; axis > 0; axis--) {
      places[axis] = rest % shape[axis - 1];
      rest /= shape[axis - 1];
    }
    return places;
  }

  private static Object data(Tensor array) {
    Object data = array.data();
    boolean kept = data instanceof float[] || data instanceof double[] || data instanceof int[] || array.unsigned();
    return kept ? data : array.toDoubles();
  }
}
