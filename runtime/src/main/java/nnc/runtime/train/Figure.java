package nnc.runtime.train;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.base.Text;

/**
 * What a loss or metric comes to: a number, or a table.
 *
 * @param name   {@code loss}, {@code loss.NAME} of one of several, {@code penalty}, or the metric's name
 * @param shape  none of a single number
 * @param values row-major
 */
public record Figure(String name, int[] shape, double[] values) {
  /** A table with more columns is not for people. */
  private static final int COLUMNS = 40;

  /** Whether it is one number. */
  boolean isNumber() {
    return values.length == 1;
  }

  /** The number, where it is one. */
  double value() {
    return values[0];
  }

  /** The name of an element: with its place on each axis, of a number without. */
  String name(int element) {
    if (isNumber()) {
      return name;
    }
    var places = new StringBuilder();
    int rest = element;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      places.insert(0, "." + rest % shape[axis]);
      rest /= shape[axis];
    }
    return name + places;
  }

  /** Whether its numbers can be shown as a table. */
  boolean isTable() {
    return values.length > 0 && shape.length <= 2 && shape[shape.length - 1] <= COLUMNS;
  }

  /**
   * The table's rows, with its head.
   *
   * @param classes names for axes of as many places; others are numbered
   */
  List<String[]> rows(List<String> classes) {
    int columns = shape[shape.length - 1];
    List<String[]> rows = new ArrayList<>();
    String[] head = row(name, columns);
    for (int j = 0; j < columns; j++) {
      head[j + 1] = label(j, columns, classes);
    }
    rows.add(head);
    for (int i = 0; i < values.length / columns; i++) {
      String[] row = row(shape.length < 2 ? "" : "  " + label(i, shape[0], classes), columns);
      for (int j = 0; j < columns; j++) {
        row[j + 1] = Text.number(values[i * columns + j]);
      }
      rows.add(row);
    }
    return rows;
  }

  /** With an empty last cell: all but that and the first are aligned on the right. */
  private static String[] row(String first, int columns) {
    String[] row = new String[columns + 2];
    row[0] = first;
    row[columns + 1] = "";
    return row;
  }

  private static String label(int place, int places, List<String> classes) {
    return classes.size() == places ? classes.get(place) : Integer.toString(place);
  }
}
