package nnc.runtime.data;

import java.util.ArrayList;
import java.util.List;

/** The columns of two sources of equal length side by side: row by row they are of one example. */
final class Zip implements DerivedTable {
  @Override
  public Table of(String source, SourceArguments arguments, List<Table> of) {
    arguments.end();
    Table first = of.getFirst();
    Table second = of.getLast();
    if (first.size() != second.size()) {
      throw arguments.fault(first.origin() + " has " + first.size() + " rows, " + second.origin() + " has " + second.size());
    }
    List<Column> columns = new ArrayList<>();
    for (Table table : of) {
      for (Column column : table.columns()) {
        if (table == second && first.column(column.name()) != null) {
          throw arguments.fault(first.origin() + " and " + second.origin() + " both have a column " + column.name(), "choose its columns by name where a source allows it");
        }
        columns.add(column);
      }
    }
    List<String> unread = new ArrayList<>(first.unread());
    unread.addAll(second.unread());
    return Table.of(first.origin() + " and " + second.origin(), columns, unread);
  }
}
