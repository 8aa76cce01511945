package nnc.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.report.ReportTable.Look;
import nnc.runtime.base.Fault;

/** Judges numbers by how far they miss. */
final class AmountReport {
  private static final double[] QUANTILES = {0, 0.05, 0.25, 0.5, 0.75, 0.95, 1};

  /** Points in a picture. */
  private static final int POINTS = 2000;

  /** Columns that are told each by itself. */
  private static final int COLUMNS = 40;

  private AmountReport() {}

  /**
   * Of each example's numbers.
   *
   * @param columns how many of an example there are
   * @param more    what else is to be said
   */
  static ReportSection of(Sample sample, int columns, List<String> more) {
    if (DoubleStream.concat(DoubleStream.of(sample.guess()), DoubleStream.of(sample.truth())).anyMatch(Double::isInfinite)) {
      throw new Fault("output " + sample.output() + " or " + sample.comparison().with() + " is infinite in some row: how far it misses is no number");
    }
    var all = new Residuals(sample.truth(), sample.guess());
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put("count", (double) sample.count() / columns);
    measures.put("mean absolute error", all.mae());
    measures.put("root mean squared error", all.rmse());
    measures.put("R2", all.r2());
    measures.put("median absolute error", all.medianAbsolute());
    measures.put("largest absolute error", all.largest());
    measures.put("mean residual", all.mean());
    var tables = new ArrayList<ReportTable>();
    if (columns > 1 && columns <= COLUMNS) {
      tables.add(byColumn(sample, columns));
    }
    tables.add(new ReportTable("Residuals", "share below", List.of("truth less prediction"), DoubleStream.of(QUANTILES).mapToObj(q -> Math.round(100 * q) + " %").toList(),
        DoubleStream.of(QUANTILES).mapToObj(q -> new double[] {all.quantile(q)}).toArray(double[][]::new), Look.NUMBERS));
    var facts = new ArrayList<>(sample.facts("numbers" + (columns == 1 ? "" : ", " + columns + " of each example, which are judged together")));
    facts.addAll(more);
    if (!sample.comparison().isAsTheProgram()) {
      facts.add("the program compares what is made of them; here they are compared as they stand");
    }
    return new ReportSection(sample.output(), sample.comparison().with(), facts, measures, tables, List.of(scatter(all), all.histogram("Residuals")));
  }

  private static ReportTable byColumn(Sample sample, int columns) {
    var values = IntStream.range(0, columns).mapToObj(column -> {
      var own = new Residuals(column(sample.truth(), column, columns), column(sample.guess(), column, columns));
      return new double[] {own.mae(), own.rmse(), own.r2(), own.medianAbsolute(), own.mean()};
    }).toArray(double[][]::new);
    return new ReportTable("Columns", "column", List.of("mean absolute", "root mean squared", "R2", "median absolute", "mean residual"),
        IntStream.range(0, columns).mapToObj(Integer::toString).toList(), values, Look.NUMBERS);
  }

  private static double[] column(double[] values, int column, int columns) {
    return IntStream.range(0, values.length / columns).mapToDouble(i -> values[i * columns + column]).toArray();
  }

  /** Of many residuals every so manieth. */
  private static ReportChart scatter(Residuals residuals) {
    int every = Math.ceilDiv(residuals.count(), POINTS);
    var shown = IntStream.iterate(0, i -> i < residuals.count(), i -> i + every).toArray();
    var all = residuals.all();
    return new ReportChart.Scatter("Residuals against predictions" + (every == 1 ? "" : ", one in " + every), "prediction", "truth less prediction",
        IntStream.of(shown).mapToDouble(i -> residuals.predictions()[i]).toArray(), IntStream.of(shown).mapToDouble(i -> all[i]).toArray());
  }
}
