package nnc.runtime.data;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * Rows of a table put together to sequences, in their order: {@code key = "patient"} those that have the same value in a column, {@code window = 24} each
 * that many that follow each other, {@code step} rows further on each time. A column is one of sequences if its input has an axis more than a row; of others a
 * sequence has the value that all of its rows have, or of windows the last one's. {@code most} leaves of longer rows the last so many places.
 */
final class SequenceRows implements DerivedTable {
  @Override
  public Table of(String source, SourceArguments arguments, List<Table> of, Map<String, Feed> feeds) {
    String key = arguments.namedText("key", "");
    int window = whole(arguments, "window");
    int step = whole(arguments, "step");
    int most = whole(arguments, "most");
    arguments.end();
    if (key.isEmpty() == (window == 0)) {
      throw arguments.fault("takes key, the column whose value the rows of a sequence share, or window, how many rows one has", "e.g. key = \"patient\"");
    } else if (step > 0 && window == 0) {
      throw arguments.fault("step goes with window");
    }
    Table table = of.get(0);
    int[][] groups = key.isEmpty() ? windows(table, window, step == 0 ? window : step) : byKey(table, key, arguments);
    if (groups.length == 0) {
      throw arguments.fault(table.origin() + " has " + table.size() + " rows, fewer than a window");
    }
    List<Column> columns = new ArrayList<>();
    for (Column column : table.columns()) {
      Feed feed = feeds.get(column.name());
      if (column.isStreamed()) {
        throw arguments.fault("sequences are in memory, and the rows of " + table.origin() + " are not", "leave out stream = true");
      } else if (column.isRagged()) {
        throw arguments.fault("rows of column " + column.name() + " of " + table.origin() + " differ in length themselves, and sequences are of rows that are alike",
            "of texts, say how many tokens each has: tokens(source, \"" + column.name() + "\", length = 20)");
      } else if (feed != null && feed.shape().size() == column.shape().length + 2) {
        columns.add(sequences(column, groups, most, table.origin()));
      } else if (feed != null || !column.name().equals(key) && isAlike(column, groups, key)) {
        columns.add(single(column, groups, key, table.origin()));
      }
    }
    return Table.of(table.origin(), columns, table.unread());
  }

  private static int whole(SourceArguments arguments, String name) {
    long value = arguments.namedWhole(name, 0);
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw arguments.fault(name + " is a whole number of at least 1");
    }
    return (int) value;
  }

  /** The rows of each sequence. */
  private static int[][] windows(Table table, int window, int step) {
    int count = table.size() < window ? 0 : (table.size() - window) / step + 1;
    int[][] groups = new int[count][];
    for (int i = 0; i < count; i++) {
      groups[i] = Arrays.copyOfRange(table.rows(), i * step, i * step + window);
    }
    return groups;
  }

  private static int[][] byKey(Table table, String key, SourceArguments arguments) {
    Column column = table.column(key);
    if (column == null) {
      throw arguments.fault(table.origin() + " has no column " + key + "; it has " + table.names());
    }
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    List<?> values = Folds.values(column, table.rows());
    for (int i = 0; i < values.size(); i++) {
      groups.computeIfAbsent(values.get(i), value -> new ArrayList<>()).add(table.rows()[i]);
    }
    int[][] rows = new int[groups.size()][];
    int next = 0;
    for (List<Integer> group : groups.values()) {
      int[] own = new int[group.size()];
      for (int i = 0; i < own.length; i++) {
        own[i] = group.get(i);
      }
      rows[next++] = own;
    }
    return rows;
  }

  private static Column sequences(Column column, int[][] groups, int most, String origin) {
    int[] lengths = new int[groups.length];
    int[][] kept = new int[groups.length][];
    long size = 0;
    for (int i = 0; i < groups.length; i++) {
      int from = most == 0 ? 0 : Math.max(0, groups[i].length - most);
      kept[i] = Arrays.copyOfRange(groups[i], from, groups[i].length);
      lengths[i] = kept[i].length;
      size += (long) lengths[i] * column.width();
    }
    if (size > Tensor.LARGEST) {
      throw new Fault(origin + ": sequences of column " + column.name() + " have " + size + " numbers, more than one array can hold", "take a larger step");
    }
    Object data = Array.newInstance(column.data().getClass().getComponentType(), (int) size);
    int at = 0;
    for (int[] rows : kept) {
      for (int row : rows) {
        System.arraycopy(column.data(), column.start(row), data, at, column.width());
        at += column.width();
      }
    }
    Column.Places where = column.places() == null ? null : (row, element) -> column.places().of(kept[row][element / column.width()], element % column.width());
    return Column.ragged(column.name(), column.shape(), data, lengths).of(where, column.classes());
  }

  /** Whether sequences have one value of a column that nothing is fed by: else it is of no use. */
  private static boolean isAlike(Column column, int[][] groups, String key) {
    for (int i = 0; i < groups.length && !key.isEmpty(); i++) {
      if (differing(column, groups[i]) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** The first element of some rows that differs from that of the last one, counted over all of them; -1 if there is none. */
  private static int differing(Column column, int[] rows) {
    int last = rows[rows.length - 1];
    for (int i = 0; i < rows.length * column.width(); i++) {
      int element = i % column.width();
      if (Double.compare(column.get(rows[i / column.width()], element), column.get(last, element)) != 0) {
        return i;
      }
    }
    return -1;
  }

  private static Column single(Column column, int[][] groups, String key, String origin) {
    Object data = Array.newInstance(column.data().getClass().getComponentType(), groups.length * column.width());
    int[] last = new int[groups.length];
    for (int i = 0; i < groups.length; i++) {
      int[] rows = groups[i];
      last[i] = rows[rows.length - 1];
      int found = key.isEmpty() ? -1 : differing(column, rows);
      if (found >= 0) {
        throw new Fault(column.place(rows[found / column.width()], found % column.width(), origin) + ": column " + column.name() + " has not the same value in all rows of one " + key,
            "an input with a value for each row of a sequence has an axis for them: [N, T]");
      }
      System.arraycopy(column.data(), column.start(last[i]), data, i * column.width(), column.width());
    }
    Column.Places where = column.places() == null ? null : (row, element) -> column.places().of(last[row], element);
    return new Column(column.name(), column.shape(), data, where, column.classes());
  }
}
