package nnc.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Role;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** The rows of a partition with what a network says of them, a batch at a time. A task has one: it has a context of its own. */
final class RowPredictions {
  static final String PLAN = "predict";

  private final Context context;
  private final List<InputColumn> columns;
  private final double[][] fed;
  private final List<Output> outputs;
  private final int batch;
  private final RowPlace place = new RowPlace();
  private long rows;

  RowPredictions(Model model, StructType schema, Map<String, String> names, int batch) {
    this.batch = batch;
    columns = PredictionColumns.inputs(model, PLAN, schema, names);
    context = model.context(PLAN, batch, new Threads(1));
    outputs = context.results(Role.OUTPUT);
    fed = new double[columns.size()][];
    for (int i = 0; i < fed.length; i++) {
      fed[i] = new double[Math.multiplyExact(batch, columns.get(i).width())];
    }
  }

  /** Each row, with the outputs behind its own values. */
  Iterator<Row> appended(Iterator<Row> given) {
    return new Iterator<>() {
      private final List<Row> ready = new ArrayList<>(batch);
      private int next;

      @Override
      public boolean hasNext() {
        return next < ready.size() || given.hasNext();
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        if (next == ready.size()) {
          ready.clear();
          next = 0;
          while (ready.size() < batch && given.hasNext()) {
            ready.add(given.next());
          }
          Object[][] said = predict(ready);
          for (int i = 0; i < said.length; i++) {
            ready.set(i, joined(ready.get(i), said[i]));
          }
        }
        return ready.get(next++);
      }
    };
  }

  private static Row joined(Row row, Object[] more) {
    Object[] values = new Object[row.size() + more.length];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    System.arraycopy(more, 0, values, row.size(), more.length);
    return RowFactory.create(values);
  }

  /** Of each of up to a batch of rows the values of the outputs. */
  Object[][] predict(List<Row> given) {
    int count = given.size();
    context.batch(count);
    for (int i = 0; i < fed.length; i++) {
      InputColumn column = columns.get(i);
      for (int row = 0; row < count; row++) {
        place.at(rows + row);
        column.read(given.get(row), fed[i], row * column.width(), place);
      }
      context.input(column.feed().name()).set(count == batch ? fed[i] : Arrays.copyOf(fed[i], count * column.width()));
    }
    rows += count;
    context.run();
    Object[][] said = new Object[count][outputs.size()];
    for (int i = 0; i < outputs.size(); i++) {
      Object all = outputs.get(i).tensor().data();
      int[] shape = outputs.get(i).shape();
      int width = outputs.get(i).size() / count;
      for (int row = 0; row < count; row++) {
        said[row][i] = value(all, row * width, shape, 1);
      }
    }
    return said;
  }

  /** What an array has from a place on, as a row's value: a number, or arrays in arrays. */
  private static Object value(Object all, int at, int[] shape, int axis) {
    if (axis == shape.length) {
      return all instanceof float[] floats ? (Object) floats[at] : all instanceof double[] doubles ? doubles[at] : all instanceof int[] ints ? ints[at] : ((boolean[]) all)[at];
    }
    int part = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      part *= shape[i];
    }
    List<Object> values = new ArrayList<>(shape[axis]);
    for (int i = 0; i < shape[axis]; i++) {
      values.add(value(all, at + i * part, shape, axis + 1));
    }
    return scala.jdk.javaapi.CollectionConverters.asScala(values).toSeq();
  }
}
