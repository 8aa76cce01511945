package nnc.report;

import java.util.stream.DoubleStream;
import nnc.draw.Svg;

/** A table of counts as squares, the darker the larger their share of the row is. */
final class HeatMap {
  /** More rows than that are no picture. */
  static final int MOST = 60;

  /** Letters of a name that have room. */
  private static final int LETTERS = 14;

  private HeatMap() {}

  private static int cell(ReportTable table) {
    int count = table.rows().size();
    return count <= 12 ? 52 : count <= 25 ? 34 : 18;
  }

  private static int left(ReportTable table) {
    return 10 + 7 * Math.min(LETTERS, table.rows().stream().mapToInt(String::length).max().orElse(0));
  }

  /** How wide it is. */
  static int side(ReportTable table) {
    return left(table) + 30 + cell(table) * table.rows().size();
  }

  static String svg(ReportTable table) {
    int count = table.rows().size();
    int cell = cell(table);
    int left = left(table);
    int top = 40 + left;
    var out = new Svg();
    out.line("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\">", left + 30 + cell * count, top + 10 + cell * count, left + 30 + cell * count);
    out.line("<text x=\"%d\" y=\"16\">%s</text>", 4, Svg.escaped(table.corner()));
    for (int i = 0; i < count; i++) {
      out.line("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", left, top + cell * i + cell / 2 + 4, name(table, i));
      out.line("<text transform=\"translate(%d %d) rotate(-60)\">%s</text>", left + 12 + cell * i + cell / 2, top - 8, name(table, i));
      double all = DoubleStream.of(table.values()[i]).sum();
      for (int j = 0; j < count; j++) {
        square(out, table, i, j, new int[] {left + 8 + cell * j, top + cell * i, cell}, all == 0 ? 0 : table.values()[i][j] / all);
      }
    }
    return out.end();
  }

  private static String name(ReportTable table, int i) {
    var name = table.rows().get(i);
    return Svg.escaped(name.length() > LETTERS ? name.substring(0, LETTERS - 1) + "…" : name);
  }

  /** @param place left, top and size */
  private static void square(Svg out, ReportTable table, int i, int j, int[] place, double share) {
    out.line("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"var(--%s)\" fill-opacity=\"%.3f\" stroke=\"var(--line)\"><title>%s</title></rect>", place[0], place[1],
        place[2], place[2], i == j ? "main" : "other", 0.75 * share, Svg.escaped(table.rows().get(i) + " taken for " + table.columns().get(j) + ": " + ReportNumbers.count(table.values()[i][j])));
    if (place[2] > 20 && table.values()[i][j] > 0) {
      out.line("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", place[0] + place[2] / 2, place[1] + place[2] / 2 + 4, ReportNumbers.count(table.values()[i][j]));
    }
  }
}
