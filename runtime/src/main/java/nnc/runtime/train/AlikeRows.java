package nnc.runtime.train;

import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.base.Integers;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;

/**
 * The rows of a table in batches for what predicts or evaluates: rows of one batch have the same lengths, so that nothing in it is padding and no row's result
 * depends on those beside it. Where all rows are alike they come in the table's order.
 */
public final class AlikeRows {
  private final List<Column> ragged;
  private final int[] rows;
  private final int[] places;
  private final int most;

  private AlikeRows(Table table, List<Column> ragged, boolean sorted, int most) {
    this.ragged = ragged;
    this.most = most;
    places = new int[table.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    // by the last column first: what was sorted before keeps its order among equals
    for (int i = sorted ? ragged.size() - 1 : -1; i >= 0; i--) {
      sort(ragged.get(i), table);
    }
    rows = new int[places.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = table.rows()[places[i]];
    }
  }

  /** In batches of at most so many rows. */
  public static AlikeRows of(Model model, String planName, Table table, int most) {
    List<Column> ragged = table.ragged(model.spec().inputs());
    // what is drawn for a row follows from its number, which a batch has of its first row alone
    return new AlikeRows(table, ragged, model.code(planName).plan.drawing() == null, most);
  }

  /** All rows in one batch, in the table's order, for what makes something of several together. */
  public static AlikeRows together(Table table) {
    return new AlikeRows(table, List.of(), false, table.size());
  }

  /** By a column's lengths; rows of one length keep their order. */
  private void sort(Column column, Table table) {
    int[] lengths = new int[places.length];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = column.length(table.rows()[places[i]]);
    }
    int[] sorted = Integers.order(lengths);
    int[] before = places.clone();
    for (int i = 0; i < sorted.length; i++) {
      places[i] = before[sorted[i]];
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
