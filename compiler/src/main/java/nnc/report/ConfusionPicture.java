package nnc.report;

import java.util.ArrayList;
import java.util.List;
import nnc.draw.Svg;
import nnc.report.ReportTable.Look;

/**
 * A report's table of which class was taken for which, as a picture by itself.
 *
 * @param output whose it is
 * @param svg    the picture
 */
public record ConfusionPicture(String output, String svg) {
  /** All that there are in a report, of as many classes as make a picture. */
  public static List<ConfusionPicture> of(EvaluationReport report) {
    var pictures = new ArrayList<ConfusionPicture>();
    for (var section : report.sections()) {
      for (var table : section.tables()) {
        if (table.look() == Look.HEAT && table.rows().size() <= HeatMap.MOST) {
          int side = HeatMap.side(table);
          var out = new Svg().begin(Math.max(side + 40, 40 + (int) (1.3 * Svg.width(section.title()))), side + 70, 20, section.title());
          out.line("<g transform=\"translate(10 40)\">%s</g>", HeatMap.svg(table));
          pictures.add(new ConfusionPicture(section.output(), out.end()));
        }
      }
    }
    return pictures;
  }
}
