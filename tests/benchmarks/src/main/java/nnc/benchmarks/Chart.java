package nnc.benchmarks;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Results as a picture: a bar a peer, as high as nnc is faster. */
final class Chart {
  private Chart() {}

  private static final int COLUMN = 64;
  private static final int FRAME = 240;
  private static final int HEIGHT = 480;

  /** Bars end here, so that a tiny network's do not hide the others. */
  private static final double HIGHEST = 4;

  /** Writes {@code file}, an SVG. */
  static void write(List<Result> results, Path file) throws IOException {
    var compared = results.stream().filter(result -> !result.ratios().isEmpty()).toList();
    if (compared.isEmpty()) {
      return;
    }
    var chart = new CategoryChartBuilder().width(FRAME + COLUMN * compared.size()).height(HEIGHT)
        .title("nnc's speed where another engine's is 1 (bars end at " + (int) HIGHEST + ")").yAxisTitle("times as fast").build();
    style(chart);
    var labels = compared.stream().map(result -> result.workload().name() + (result.threads() == 1 ? "" : ", " + result.threads() + " threads")).toList();
    var peers = new LinkedHashSet<String>();
    compared.forEach(result -> peers.addAll(result.ratios().keySet()));
    for (var peer : peers) {
      var bars = new ArrayList<Double>();
      compared.forEach(result -> bars.add(Math.min(HIGHEST, result.ratios().getOrDefault(peer, 0.0))));
      chart.addSeries("against " + peer, labels, bars);
    }
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
  }

  private static void style(CategoryChart chart) {
    var style = chart.getStyler();
    var font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    style.setLegendPosition(LegendPosition.OutsideS);
    style.setChartBackgroundColor(Color.WHITE);
    style.setPlotBorderVisible(false);
    style.setXAxisLabelRotation(60);
    style.setAxisTickLabelsFont(font);
    style.setLegendFont(font);
    style.setChartTitleFont(font.deriveFont(Font.BOLD, 14));
    style.setYAxisMin(0.0);
    style.setSeriesColors(new Color[] {new Color(0x2b6cb0), new Color(0xdd6b20), new Color(0x718096), new Color(0x38a169), new Color(0x805ad5),
        new Color(0xd69e2e), new Color(0x319795)});
  }
}
