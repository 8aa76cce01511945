package nnc.report;

import java.io.PrintStream;
import java.util.ArrayList;
import nnc.runtime.base.Text;

/** A report as text. */
public final class TextReport {
  /** More rows or columns are not for reading. */
  private static final int ROWS = 60, COLUMNS = 20;

  private TextReport() {}

  /** Prints what was found of each output; losses and metrics are told before. */
  public static void print(EvaluationReport report, PrintStream out) {
    report.sections().forEach(section -> print(section, out));
  }

  private static void print(ReportSection section, PrintStream out) {
    out.println();
    out.println(section.title());
    section.facts().forEach(fact -> out.println("  " + fact));
    out.println();
    var rows = new ArrayList<String[]>();
    section.measures().forEach((name, value) -> rows.add(new String[] {"  " + name, name.equals("count") ? ReportNumbers.count(value) : ReportNumbers.of(value), ""}));
    Text.table(rows, out);
    section.tables().forEach(table -> print(table, out));
  }

  private static void print(ReportTable table, PrintStream out) {
    out.println();
    out.println("  " + table.title());
    if (table.rows().size() > ROWS || table.columns().size() > COLUMNS) {
      out.println("  " + table.rows().size() + " rows and " + table.columns().size() + " columns: --report FILE.html or FILE.json has them");
      return;
    }
    var rows = new ArrayList<String[]>();
    rows.add(row("  " + table.corner(), table, -1));
    for (int i = 0; i < table.rows().size(); i++) {
      rows.add(row("  " + table.rows().get(i), table, i));
    }
    Text.table(rows, out);
  }

  /** With an empty last cell: all between that and the first are aligned on the right. */
  private static String[] row(String first, ReportTable table, int row) {
    var cells = new String[table.columns().size() + 2];
    cells[0] = first;
    for (int j = 0; j < table.columns().size(); j++) {
      cells[j + 1] = row < 0 ? table.columns().get(j) : ReportNumbers.cell(table, j, table.values()[row][j]);
    }
    cells[cells.length - 1] = "";
    return cells;
  }
}
