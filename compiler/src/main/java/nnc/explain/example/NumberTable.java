package nnc.explain.example;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import nnc.interpret.Array;

/**
 * An array as rows of numbers that fit on a page. Of many rows or columns the first and the last are there, with dots between; of more than two axes the
 * first matrix.
 *
 * @param cells rows of equally many numbers; of an array without axes one
 * @param note  what is left out; empty if nothing is
 */
record NumberTable(List<List<String>> cells, String note) {
  private static final String DOTS = "...";
  private static final int ROWS = 8, FIRST_ROWS = 4, COLUMNS = 10, FIRST_COLUMNS = 6, LAST = 2;

  /** Significant digits of the largest number. */
  private static final int DIGITS = 4;

  static NumberTable of(Array array) {
    int rank = array.shape().length;
    int columns = rank == 0 ? 1 : array.shape()[rank - 1];
    int rows = rank < 2 ? 1 : array.shape()[rank - 2];
    if (array.values().length == 0) {
      return new NumberTable(List.of(List.of("none")), shape(array.shape()));
    }
    var places = places(rows, ROWS, FIRST_ROWS);
    var across = places(columns, COLUMNS, FIRST_COLUMNS);
    var shown = places.stream().filter(row -> row >= 0).flatMap(row -> across.stream().filter(column -> column >= 0).map(column -> array.values()[row * columns + column]))
        .mapToDouble(Double::doubleValue).toArray();
    var format = format(shown);
    var cells = places.stream().map(row -> across.stream().map(column -> row < 0 || column < 0 ? DOTS : number(array.values()[row * columns + column], format)).toList()).toList();
    boolean whole = rank < 3 && rows <= ROWS && columns <= COLUMNS;
    var first = rank < 3 ? "" : "[" + String.join(", ", IntStream.range(0, rank - 2).mapToObj(_ -> "0").toList()) + "] of ";
    return new NumberTable(cells, whole ? "" : first + shape(array.shape()));
  }

  private static String shape(int[] shape) {
    return String.join(" x ", Arrays.stream(shape).mapToObj(Integer::toString).toList());
  }

  /** The places that are shown; -1 where some are left out. */
  private static List<Integer> places(int size, int most, int first) {
    var places = new ArrayList<Integer>();
    for (int i = 0; i < size; i++) {
      if (size <= most || i < first || i >= size - LAST) {
        places.add(i);
      } else if (i == first) {
        places.add(-1);
      }
    }
    return places;
  }

  /** One for all numbers of an array, so that they can be compared: whole numbers as they are, others with as many digits as the largest has. */
  private static String format(double[] values) {
    double largest = Arrays.stream(values).filter(Double::isFinite).map(Math::abs).max().orElse(0);
    boolean whole = Arrays.stream(values).filter(Double::isFinite).allMatch(value -> value == Math.rint(value));
    if (whole && largest < 1e9) {
      return "%.0f";
    }
    int magnitude = largest == 0 ? 0 : (int) Math.floor(Math.log10(largest));
    return magnitude > 5 || magnitude < -4 ? "%." + (DIGITS - 1) + "e" : "%." + Math.max(0, DIGITS - 1 - magnitude) + "f";
  }

  private static String number(double value, String format) {
    var text = Double.isNaN(value) ? "NaN" : Double.isInfinite(value) ? value > 0 ? "infinity" : "-infinity" : String.format(Locale.ROOT, format, value);
    // what is zero and what is only small are told apart
    return value == 0 ? "0" : text;
  }

  /** A number in a sentence: to three digits, without zeros at its end. */
  static String number(double value) {
    var rounded = Double.isFinite(value) ? new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros() : null;
    return rounded == null ? number(value, "%.0f") : Math.abs(value) >= 1e6 || value != 0 && Math.abs(value) < 1e-5 ? String.format(Locale.ROOT, "%.2e", value) : rounded.toPlainString();
  }

  /** How wide its columns are. */
  int[] widths() {
    return IntStream.range(0, cells.getFirst().size()).map(column -> cells.stream().mapToInt(row -> row.get(column).length()).max().orElse(0)).toArray();
  }

  /** The rows as text whose columns, of these widths, stand one below the other. */
  List<String> lines(int[] widths) {
    return cells.stream().map(row -> String.join("  ", IntStream.range(0, widths.length).mapToObj(i -> " ".repeat(widths[i] - row.get(i).length()) + row.get(i)).toList())).toList();
  }
}
