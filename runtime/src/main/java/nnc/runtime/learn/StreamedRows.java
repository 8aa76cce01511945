package nnc.runtime.learn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.Column;
import nnc.runtime.data.RowReader;
import nnc.runtime.data.Table;
import nnc.runtime.engine.NumericArrays;

/** The columns of a source that is read example by example. The example that was read last is kept, so that all columns have it for one reading. */
final class StreamedRows {
  private final ExampleSource source;
  private final int size;
  private final Map<String, double[]> present = new HashMap<>();
  private int example = -1;

  private StreamedRows(ExampleSource source) {
    this.source = source;
    size = source.size();
  }

  /** A table of all of a source's examples, of which it reads none yet. */
  static Table table(ExampleSource source, String origin) {
    var rows = new StreamedRows(source);
    List<Column> columns = new ArrayList<>();
    for (var field : source.shapes().entrySet()) {
      long width = Tensor.elements(field.getValue());
      if (width < 1 || width > Tensor.LARGEST) {
        throw new Fault(origin + ": " + field.getKey() + " has " + width + " numbers an example");
      }
      double[] values = new double[(int) width];
      rows.present.put(field.getKey(), values);
      columns.add(new Column(field.getKey(), field.getValue().clone(), rows.new Field(values)));
    }
    return Table.of(origin, columns);
  }

  private void go(int wanted) {
    if (example != wanted) {
      example = -1;
      source.read(wanted, present);
      example = wanted;
    }
  }

  /** One of the columns. */
  private final class Field implements RowReader {
    private final double[] values;

    Field(double[] values) {
      this.values = values;
    }

    @Override
    public int rows() {
      return size;
    }

    @Override
    public void read(int row, Object memory, int to) {
      synchronized (StreamedRows.this) {
        go(row);
        for (int i = 0; i < values.length; i++) {
          NumericArrays.set(memory, to + i, values[i]);
        }
      }
    }
  }
}
