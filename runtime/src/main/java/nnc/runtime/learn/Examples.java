package nnc.runtime.learn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.Categories;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec;

/** Examples to train on or to judge by: arrays in memory, or a source that is read as it goes. */
public final class Examples {
  private static final String ORIGIN = "the examples given";

  private final Table table;

  Examples(Table table) {
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

  /**
   * What an input or target of a model is fed, all examples row-major, the first axis of which counts them: of a category the numbers of classes.
   *
   * @throws Fault if there is no such input, nothing here is called so, or does not fit it
   */
  public Tensor values(Model model, String input) {
    for (ModelSpec.Feed feed : model.spec().inputs()) {
      if (feed.isCalled(input)) {
        Column column = Categories.coded(table.required(feed), feed, model.vocabulary(), table);
        int[] shape = new int[column.shape().length + 1];
        shape[0] = table.size();
        System.arraycopy(column.shape(), 0, shape, 1, column.shape().length);
        long size = (long) table.size() * column.width();
        if (size > Tensor.LARGEST) {
          throw new Fault(column + " of " + table.origin() + ": " + table.size() + " rows of " + column.width() + " numbers are more than one array can hold", "ask for fewer examples");
        }
        double[] values = new double[(int) size];
        column.gather(table.rows(), 0, table.size(), values, 0);
        return new Tensor(shape, values);
      }
    }
    throw new Fault("the network has no input " + input);
  }

  Table table() {
    return table;
  }
}
