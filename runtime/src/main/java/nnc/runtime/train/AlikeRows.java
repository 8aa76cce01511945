package nnc.runtime.train;

import java.util.Arrays;
import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Plan;

/**
 * The rows of a table in batches for what predicts or evaluates: rows of one batch have the same lengths, so that nothing in it is padding and no row's result
 * depends on those beside it. Where all rows are alike they come in the table's order.
 */
public final class AlikeRows {
  private final List<Column> ragged;
  private final int[] rows;
  private final int[] places;
  private final int most;

  /** @param most rows of a batch */
  public AlikeRows(Model model, String planName, Table table, int most) {
    ragged = table.ragged(model.spec().inputs());
    this.most = most;
    places = new int[table.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    // what is drawn for a row follows from its number, which a batch has of its first row alone
    for (int i = draws(model.code(planName).plan) ? -1 : ragged.size() - 1; i >= 0; i--) {
      sort(ragged.get(i), table);
    }
    rows = new int[places.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = table.rows()[places[i]];
    }
  }

  private static boolean draws(Plan plan) {
    for (Call call : plan.calls()) {
      for (Argument argument : call.arguments()) {
        if (argument instanceof Argument.Drawn) {
          return true;
        }
      }
    }
    return false;
  }

  /** By a column's lengths; rows of one length keep their order. */
  private void sort(Column column, Table table) {
    long[] keys = new long[places.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (long) column.length(table.rows()[places[i]]) << 32 | i;
    }
    Arrays.sort(keys);
    int[] before = places.clone();
    for (int i = 0; i < keys.length; i++) {
      places[i] = before[(int) keys[i]];
    }
  }

  /** All rows, batch by batch. */
  public int[] rows() {
    return rows;
  }

  /** Which of the table's rows the one is, from 0 on, that comes at some place. */
  public int place(int at) {
    return places[at];
  }

  /** How many rows the batch has that begins at a place. */
  public int count(int from) {
    int end = Math.min(rows.length, from + most);
    for (int i = 0; i < ragged.size(); i++) {
      int length = ragged.get(i).length(rows[from]);
      int same = from + 1;
      while (same < end && ragged.get(i).length(rows[same]) == length) {
        same++;
      }
      end = same;
    }
    return end - from;
  }
}
