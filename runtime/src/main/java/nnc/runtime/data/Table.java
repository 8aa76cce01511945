package nnc.runtime.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * Examples: columns of equal length, and which of their rows are meant.
 *
 * @param origin where it comes from, for messages
 * @param unread names of what is there too and feeds nothing
 * @param rows   places in the columns
 */
public record Table(String origin, List<Column> columns, Collection<String> unread, int[] rows) {

  /**
   * All rows of columns.
   *
   * @throws Fault if there are none, or the columns differ in length
   */
  public static Table of(String origin, List<Column> columns) {
    return of(origin, columns, List.of());
  }

  /** As {@link #of(String, List)}, of a source that has more. */
  static Table of(String origin, List<Column> columns, Collection<String> unread) {
    int count = columns.isEmpty() ? 0 : columns.get(0).rows();
    for (Column column : columns) {
      if (column.rows() != count) {
        throw new Fault(origin + ": column " + column.name() + " has " + column.rows() + " rows, column " + columns.get(0).name()
            + " has " + count);
      }
    }
    if (count == 0) {
      throw new Fault(origin + ": no rows");
    }
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i;
    }
    return new Table(origin, columns, unread, rows);
  }

  /** How many examples there are. */
  public int size() {
    return rows.length;
  }

  /** The same columns with other rows. */
  public Table select(int[] chosen) {
    return new Table(origin, columns, unread, chosen);
  }

  /** All that is there, for messages. */
  public String names() {
    var names = new StringBuilder();
    for (Column column : columns) {
      names.append(names.isEmpty() ? "" : ", ").append(column);
    }
    for (String name : unread) {
      names.append(names.isEmpty() ? "" : ", ").append(name);
    }
    return names.toString();
  }

  /**
   * The column that feeds an input or target.
   *
   * @throws Fault if there is none
   */
  public Column required(Feed feed) {
    Column column = column(feed);
    if (column == null) {
      throw new Fault((feed.target() ? "target " : "input ") + feed.name() + ": " + origin + " has no column " + feed.name() + "; it has " + names(),
          "columns are matched with inputs and targets by name");
    }
    return column;
  }

  /** The column that feeds an input or target, called as it is in the program or outside; null if there is none. */
  public Column column(Feed feed) {
    Column column = column(feed.name());
    return column == null && !feed.alias().isEmpty() ? column(feed.alias()) : column;
  }

  /** The column of that name, which may be that of another's lengths; null if there is none. */
  public Column column(String name) {
    for (Column column : columns) {
      if (column.name().equals(name)) {
        return column;
      }
    }
    Column measured = name.endsWith(Column.LENGTHS) ? column(name.substring(0, name.length() - Column.LENGTHS.length())) : null;
    return measured == null || measured.shape().length == 0 ? null : measured.lengths();
  }

  /** Those of its columns whose rows may differ in length and that an input or target is fed by. */
  public List<Column> ragged(Collection<Feed> feeds) {
    List<Column> ragged = new ArrayList<>();
    for (Feed feed : feeds) {
      Column column = column(feed);
      if (column != null && column.isRagged() && !ragged.contains(column)) {
        ragged.add(column);
      }
    }
    return ragged;
  }
}
