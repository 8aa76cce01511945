package nnc.report;

import nnc.runtime.base.Text;

/** Numbers as reports show them. */
final class ReportNumbers {
  private ReportNumbers() {}

  /** Four digits behind the point; whole numbers without; a dash of what has no value. */
  static String of(double value) {
    return Double.isNaN(value) ? "-" : value == Math.rint(value) && Math.abs(value) < 1e15 && Math.abs(value) > 1 ? Text.grouped((long) value) : Text.number(value);
  }

  static String count(double value) {
    return Text.grouped((long) value);
  }

  static String count(long value) {
    return Text.grouped(value);
  }

  /** The number of a table's cell. */
  static String cell(ReportTable table, int column, double value) {
    return table.look() == ReportTable.Look.HEAT || table.columns().get(column).equals("support") || table.columns().get(column).equals("examples") ? count(value) : of(value);
  }
}
