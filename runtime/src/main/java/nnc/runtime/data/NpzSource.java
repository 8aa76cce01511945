package nnc.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nnc.runtime.Fault;
import nnc.runtime.Npz;
import nnc.runtime.Tensor;

/** Arrays of an npz file as columns by name, first axis the rows: {@code npz("file")}, {@code npz("file", image = "x_train")}. */
final class NpzSource {
  private NpzSource() {}

  static Table load(Arguments arguments, Folder folder) {
    Path file = folder.find(arguments.text("file"));
    Map<String, Tensor> arrays = Npz.read(file);
    if (arrays.isEmpty()) {
      throw new Fault(file + ": has no arrays");
    }
    List<String> names = arguments.rest();
    List<Column> columns = new ArrayList<>();
    if (names.isEmpty()) {
      for (var array : arrays.entrySet()) {
        columns.add(column(array.getKey(), array.getValue(), file));
      }
    }
    for (String name : names) {
      String wanted = arguments.texts(name).getFirst();
      Tensor array = arrays.get(wanted);
      if (array == null) {
        throw new Fault(file + ": no array " + wanted + "; it has " + String.join(", ", arrays.keySet()));
      }
      columns.add(column(name, array, file));
    }
    return Table.of(file.toString(), columns);
  }

  private static Column column(String name, Tensor array, Path file) {
    int[] shape = array.shape();
    if (shape.length == 0) {
      throw new Fault(file + ": array " + name + " is a single number: a column has a row for each example");
    }
    return new Column(name, Arrays.copyOfRange(shape, 1, shape.length), data(array));
  }

  private static Object data(Tensor array) {
    Object data = array.data();
    boolean kept = data instanceof float[] || data instanceof double[] || data instanceof int[] || array.unsigned();
    return kept ? data : array.toDoubles();
  }
}
