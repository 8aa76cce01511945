package nnc.runtime.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * The columns of two sources of equal length side by side: row by row they are of one example. Of a column that both have {@code x = "first"} or
 * {@code x = "second"} says which one is meant.
 */
final class Zip implements DerivedTable {
  @Override
  public Table of(String source, SourceArguments arguments, List<Table> of, Map<String, Feed> feeds) {
    Map<String, Boolean> fromSecond = new HashMap<>();
    for (String column : arguments.rest()) {
      String side = arguments.namedText(column);
      if (!side.equals("first") && !side.equals("second")) {
        throw arguments.fault(column + " is \"first\" or \"second\", the source whose column is meant");
      }
      fromSecond.put(column, side.equals("second"));
    }
    arguments.end();
    Table first = of.get(0);
    Table second = of.get(of.size() - 1);
    if (first.size() != second.size()) {
      throw arguments.fault(first.origin() + " has " + first.size() + " rows, " + second.origin() + " has " + second.size());
    }
    for (var chosen : fromSecond.entrySet()) {
      Table from = chosen.getValue() ? second : first;
      if (from.column(chosen.getKey()) == null) {
        throw arguments.fault(from.origin() + " has no column " + chosen.getKey() + "; it has " + from.names());
      }
    }
    List<Column> columns = new ArrayList<>();
    for (Table table : of) {
      for (Column column : table.columns()) {
        Boolean isSecond = fromSecond.get(column.name());
        if (isSecond == null && table == second && first.column(column.name()) != null) {
          throw arguments.fault(first.origin() + " and " + second.origin() + " both have a column " + column.name(),
              "say which of the sources is meant: zip(..., " + column.name() + " = \"first\")");
        } else if (isSecond == null || isSecond == (table == second)) {
          columns.add(column);
        }
      }
    }
    List<String> unread = new ArrayList<>(first.unread());
    unread.addAll(second.unread());
    return Table.of(first.origin() + " and " + second.origin(), columns, unread);
  }
}
