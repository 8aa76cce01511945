package nnc.runtime.train;

import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec;

/**
 * Rows of a table as streams, for programs in which each row of a batch has a state that goes on to the same row of the next batch: the table is cut into as many stretches as
 * a batch has rows, and a batch has the next row of each. Where it does not come out even the first stretches have a row more, so that the last batch has fewer rows and each of
 * these goes on all the same.
 */
final class RowStreams {
  private RowStreams() {}

  /** @throws Fault if a row of the table does not follow the one before it in its source, or rows differ in length */
  static void require(Table table, ModelSpec spec) {
    int[] rows = table.rows();
    for (int i = 1; i < rows.length; i++) {
      if (rows[i] != rows[i - 1] + 1) {
        throw new Fault(spec.name() + ".nn: rows carry a state from batch to batch, and those of " + table.origin() + " do not follow each other: behind row " + (rows[i - 1] + 1)
            + " comes row " + (rows[i] + 1), "a part that is held back as a whole leaves them together: split(train, 0.1, shuffle = false)");
      }
    }
    List<Column> ragged = table.ragged(spec.inputs());
    for (int i = 0; i < ragged.size(); i++) {
      if (ragged.get(i).differs(rows)) {
        throw new Fault(spec.name() + ".nn: rows carry a state from batch to batch, and those of column " + ragged.get(i).name() + " of " + table.origin() + " differ in length",
            "cut them into windows: sequences(source, window = 24), textfile(\"file.txt\", length = 65, step = 64)");
      }
    }
  }

  /** Puts the rows of so many streams into the order of batches: the first of all streams, then the second of all. */
  static void arrange(int[] rows, int streams, int[] order) {
    int whole = rows.length / streams;
    int longer = rows.length % streams;
    for (int i = 0; i < rows.length; i++) {
      int stream = i % streams;
      order[i] = rows[stream * whole + Math.min(stream, longer) + i / streams];
    }
  }
}
