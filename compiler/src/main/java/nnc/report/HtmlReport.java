package nnc.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.draw.Style;
import nnc.draw.Svg;
import nnc.report.ReportTable.Look;
import nnc.runtime.base.Text;

/** A report as one page that needs nothing else: no scripts, pictures inside, light or dark as the reader's system is. */
public final class HtmlReport {
  private static final String STYLE = """
      body { font: 15px/1.5 system-ui, sans-serif; background: var(--page); color: var(--text); max-width: 64em; margin: 2em auto; padding: 0 1em; }
      h1 { font-size: 1.5em; } h2 { font-size: 1.25em; margin-top: 2em; border-top: 1px solid var(--line); padding-top: 1em; } h3 { font-size: 1em; }
      ul { color: var(--soft); padding-left: 1.2em; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      th, td { padding: 0.15em 0.8em; text-align: right; border-bottom: 1px solid var(--line); } th:first-child { text-align: left; font-weight: normal; }
      thead th { color: var(--soft); font-weight: normal; } .side { display: flex; flex-wrap: wrap; gap: 1em; } .wide { overflow-x: auto; }
      svg { max-width: 100%; height: auto; } svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
      """;

  private HtmlReport() {}

  public static String of(EvaluationReport report) {
    var title = Svg.escaped(report.program() + ": " + report.part() + ", " + Text.grouped(report.examples()) + (report.examples() == 1 ? " example" : " examples"));
    var out = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n");
    out.append("<title>").append(title).append("</title>\n<style>\n").append(Style.VARIABLES).append(STYLE).append("</style>\n</head>\n<body>\n<h1>").append(title).append("</h1>\n");
    var numbers = report.figures().stream().filter(figure -> figure.values().length == 1).toList();
    var figures = new LinkedHashMap<String, Double>();
    numbers.forEach(figure -> figures.put(figure.name(), figure.values()[0]));
    measures(figures, out);
    report.sections().forEach(section -> section(section, out));
    return out.append("</body>\n</html>\n").toString();
  }

  private static void section(ReportSection section, StringBuilder out) {
    out.append("<h2>").append(Svg.escaped(section.title())).append("</h2>\n<ul>\n");
    section.facts().forEach(fact -> out.append("<li>").append(Svg.escaped(fact)).append("</li>\n"));
    out.append("</ul>\n");
    measures(section.measures(), out);
    section.tables().forEach(table -> table(table, out));
    out.append("<div class=\"side\">\n");
    section.charts().forEach(chart -> out.append(ChartDrawing.svg(chart)));
    out.append("</div>\n");
  }

  private static void measures(Map<String, Double> measures, StringBuilder out) {
    out.append("<table>\n");
    measures.forEach((name, value) -> out.append("<tr><th>").append(Svg.escaped(name)).append("</th><td>")
        .append(name.equals("count") ? ReportNumbers.count(value) : ReportNumbers.of(value)).append("</td></tr>\n"));
    out.append("</table>\n");
  }

  private static void table(ReportTable table, StringBuilder out) {
    out.append("<h3>").append(Svg.escaped(table.title())).append("</h3>\n");
    if (table.look() == Look.HEAT && table.rows().size() > HeatMap.MOST) {
      out.append("<p>").append(table.rows().size()).append(" classes are too many to draw; --report FILE.json has all numbers.</p>\n");
    } else if (table.look() == Look.HEAT) {
      out.append("<div class=\"wide\">\n").append(HeatMap.svg(table)).append("</div>\n");
    } else {
      out.append("<div class=\"wide\">\n<table>\n<thead><tr><th>").append(Svg.escaped(table.corner())).append("</th>").append(cells("th", table.columns())).append("</tr></thead>\n");
      for (int i = 0; i < table.rows().size(); i++) {
        int row = i;
        out.append("<tr><th>").append(Svg.escaped(table.rows().get(i))).append("</th>").append(cells("td", IntStream.range(0, table.columns().size())
            .mapToObj(j -> ReportNumbers.cell(table, j, table.values()[row][j])).toList())).append("</tr>\n");
      }
      out.append("</table>\n</div>\n");
    }
  }

  private static String cells(String tag, List<String> texts) {
    return texts.stream().map(text -> "<" + tag + ">" + Svg.escaped(text) + "</" + tag + ">").collect(Collectors.joining());
  }
}
