package nnc.report;

import java.util.List;

/**
 * Numbers in rows and columns, which have names.
 *
 * @param corner what the names of the rows are
 * @param values by row, then by column; NaN is shown as a dash
 * @param look   how it is shown where there is room for pictures
 */
record ReportTable(String title, String corner, List<String> columns, List<String> rows, double[][] values, Look look) {
  enum Look { NUMBERS, HEAT }
}
