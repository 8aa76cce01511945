package nnc.report;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import nnc.runtime.base.Json;
import nnc.runtime.train.Figure;

/** A report as one JSON object; what has no value is null. */
public final class JsonReport {
  private JsonReport() {}

  public static String of(EvaluationReport report) {
    var figures = new Json();
    report.figures().forEach(figure -> put(figures, figure));
    return new Json().put("event", "report").put("program", report.program()).put("data", report.part()).put("examples", (long) report.examples())
        .raw("figures", figures.toString()).raw("outputs", list(report.sections(), JsonReport::section)).toString();
  }

  private static void put(Json json, Figure figure) {
    if (figure.shape().length == 0) {
      json.put(figure.name(), figure.values()[0]);
    } else {
      json.put(figure.name(), figure.shape(), figure.values());
    }
  }

  private static <T> String list(List<T> items, Function<T, String> one) {
    return items.stream().map(one).collect(Collectors.joining(",", "[", "]"));
  }

  private static String section(ReportSection section) {
    var measures = new Json();
    section.measures().forEach(measures::put);
    return new Json().put("output", section.output()).put("target", section.target()).put("facts", section.facts()).raw("measures", measures.toString())
        .raw("tables", list(section.tables(), JsonReport::table)).raw("charts", list(section.charts(), JsonReport::chart)).toString();
  }

  private static String table(ReportTable table) {
    var values = new double[table.rows().size() * table.columns().size()];
    for (int i = 0; i < table.rows().size(); i++) {
      System.arraycopy(table.values()[i], 0, values, i * table.columns().size(), table.columns().size());
    }
    return new Json().put("title", table.title()).put("columns", table.columns()).put("rows", table.rows())
        .put("values", new int[] {table.rows().size(), table.columns().size()}, values).toString();
  }

  private static String chart(ReportChart chart) {
    var json = new Json().put("title", chart.title());
    switch (chart) {
      case ReportChart.Curves curves -> json.put("x", curves.across()).put("y", curves.up()).raw("curves", list(curves.lines(),
          line -> numbers(numbers(new Json().put("name", line.name()), "x", line.x()), "y", line.y()).toString()));
      case ReportChart.Reliability(_, var calibration) -> numbers(numbers(numbers(json, "counts", calibration.counts()), "said", calibration.said()), "happened", calibration.happened());
      case ReportChart.Histogram histogram -> numbers(numbers(json, "edges", histogram.edges()), "counts", histogram.counts());
      case ReportChart.Scatter scatter -> numbers(numbers(json, "x", scatter.x()), "y", scatter.y());
    }
    return json.toString();
  }

  private static Json numbers(Json json, String name, double[] values) {
    return json.put(name, new int[] {values.length}, values);
  }

  private static Json numbers(Json json, String name, long[] values) {
    return numbers(json, name, java.util.Arrays.stream(values).asDoubleStream().toArray());
  }
}
