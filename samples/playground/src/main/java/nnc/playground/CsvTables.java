package nnc.playground;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import nnc.runtime.base.Fault;
import nnc.runtime.data.Decimal;

/**
 * What stands in a table of the user's: the columns of a CSV text with what each may serve for. The file itself is read by the program, as any other is; here it
 * is only looked through so that the page can ask which columns are meant.
 */
final class CsvTables {
  static final int LARGEST = 4 << 20, MOST_ROWS = 50_000, MOST_COLUMNS = 200, MOST_CLASSES = 64;

  private CsvTables() {}

  /**
   * A column.
   *
   * @param numbers whether all of its fields are numbers
   * @param classes its different texts, if there are few enough of them; otherwise none
   * @param centre  of numbers the mean
   * @param spread  of numbers the deviation
   */
  record Column(String name, boolean numbers, List<String> classes, double centre, double spread) {}

  /** The columns and the number of rows. */
  record Shape(int rows, List<Column> columns) {}

  /**
   * Looks through a text.
   *
   * @throws Fault if it is no table with a line of names and numbers for two coordinates
   */
  static Shape of(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new Fault("this is no text: a table is a CSV file, of UTF-8");
    }
    var rows = CsvRecords.of(text, separator(text));
    if (rows.size() < 3) {
      throw new Fault("a table has a line of names and at least two rows");
    }
    var names = rows.getFirst();
    if (rows.size() - 1 > MOST_ROWS || names.size() > MOST_COLUMNS) {
      throw new Fault("the page takes tables of up to " + MOST_ROWS + " rows and " + MOST_COLUMNS + " columns");
    }
    for (int i = 1; i < rows.size(); i++) {
      if (rows.get(i).size() != names.size()) {
        throw new Fault("row " + i + " has " + rows.get(i).size() + " fields, and the line of names has " + names.size());
      }
    }
    var columns = new ArrayList<Column>();
    for (int i = 0; i < names.size(); i++) {
      int place = i;
      columns.add(column(names.get(i), rows.stream().skip(1).map(row -> row.get(place)).toList()));
    }
    if (columns.stream().filter(Column::numbers).count() < 2) {
      throw new Fault("two of the columns must be numbers throughout, for the coordinates" + firstOther(rows), "the first line has the columns' names, and others a number in each field");
    }
    return new Shape(rows.size() - 1, columns);
  }

  /** Where the first field stands that keeps a column from being one of numbers. */
  private static String firstOther(List<List<String>> rows) {
    for (int i = 1; i < rows.size(); i++) {
      for (int k = 0; k < rows.get(i).size(); k++) {
        var field = rows.get(i).get(k);
        if (!Double.isFinite(number(field))) {
          return "; in row " + i + " column " + rows.getFirst().get(k) + " has " + (field.isEmpty() ? "nothing" : "'" + (field.length() > 40 ? field.substring(0, 40) + "..." : field) + "'");
        }
      }
    }
    return "";
  }

  /** The one of the usual separators that the first line has most of. */
  private static char separator(String text) {
    var line = text.lines().findFirst().orElse("");
    return java.util.stream.Stream.of(',', ';', '\t').max(java.util.Comparator.comparingLong(separator -> line.chars().filter(c -> c == separator).count())).orElseThrow();
  }

  private static Column column(String name, List<String> fields) {
    var texts = new TreeSet<String>();
    double sum = 0;
    double squares = 0;
    boolean numbers = true;
    for (var field : fields) {
      if (texts.size() <= MOST_CLASSES) {
        texts.add(field);
      }
      if (numbers) {
        double value = number(field);
        numbers = Double.isFinite(value);
        sum += value;
        squares += value * value;
      }
    }
    double mean = sum / fields.size();
    double spread = Math.sqrt(Math.max(0, squares / fields.size() - mean * mean));
    var classes = texts.size() >= 2 && texts.size() <= MOST_CLASSES ? List.copyOf(texts) : List.<String>of();
    return new Column(name, numbers, classes, numbers ? rounded(mean) : 0, numbers && spread > 0 ? rounded(spread) : 1);
  }

  private static double number(String field) {
    try {
      return Decimal.parse(field);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** To four digits: it only brings numbers near 1, and is read in the program. */
  private static double rounded(double value) {
    return value == 0 ? 0 : new java.math.BigDecimal(value).round(new java.math.MathContext(4)).doubleValue();
  }
}
