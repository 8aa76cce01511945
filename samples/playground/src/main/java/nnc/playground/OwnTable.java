package nnc.playground;

import java.util.regex.Pattern;
import nnc.runtime.base.Fault;

/**
 * A table of the user's, and which of its columns are meant.
 *
 * @param file    its name, as the program calls it
 * @param x       the column of the first coordinate
 * @param y       of the second
 * @param label   of what is to be learned
 * @param classes how many there are; 0 if it is a number
 * @param centre  of a number the mean
 * @param spread  of a number the deviation, above 0
 */
record OwnTable(String file, String x, String y, String label, int classes, double centre, double spread) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,60}\\.csv");

  OwnTable {
    if (!isName(file)) {
      throw new Fault("a table is called by letters, digits, - and _, and .csv: not " + file);
    }
    if (classes < 0 || classes == 1 || classes > CsvTables.MOST_CLASSES || !(spread > 0) || !Double.isFinite(spread) || !Double.isFinite(centre)) {
      throw new Fault("column " + label + " of " + file + " has too few or too many classes, or no spread");
    }
    for (var column : new String[] {x, y, label}) {
      if (column == null || column.isEmpty() || column.indexOf('\n') >= 0 || column.indexOf('\r') >= 0) {
        throw new Fault("a column of " + file + " has no name that a program could say");
      }
    }
  }

  /** Whether a name is one that a table may have: no path to elsewhere. */
  static boolean isName(String name) {
    return name != null && NAME.matcher(name).matches();
  }
}
