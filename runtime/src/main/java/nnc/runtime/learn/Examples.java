package nnc.runtime.learn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;

/** Examples to train on or to judge by: arrays in memory, or a source that is read as it goes. */
public final class Examples {
  private static final String ORIGIN = "the examples given";

  private final Table table;

  private Examples(Table table) {
    this.table = table;
  }

  /**
   * Arrays by the names of inputs and targets; the first axis of each counts examples. Bytes, unsigned ones apart, are -128 to 127. Arrays are read
   * in place: leave them as they are until training has ended.
   *
   * @throws Fault if there are none, one is a single number, or they have not as many examples as each other
   */
  public static Examples of(Map<String, Tensor> arrays) {
    List<Column> columns = new ArrayList<>();
    for (var array : arrays.entrySet()) {
      columns.add(Column.of(array.getValue(), array.getKey()));
    }
    return new Examples(Table.of(ORIGIN, columns));
  }

  /**
   * A source that is read example by example as training goes on. Whole numbers are checked as they are read.
   *
   * @throws Fault if it has no examples, or an example of no numbers
   */
  public static Examples of(ExampleSource source) {
    return new Examples(StreamedRows.table(source, ORIGIN));
  }

  /** How many there are. */
  public int size() {
    return table.size();
  }

  Table table() {
    return table;
  }
}
