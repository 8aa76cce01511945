package nnc.pictures;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import nnc.draw.Area;
import nnc.draw.Plot;
import nnc.draw.Scale;
import nnc.draw.Style;
import nnc.draw.Svg;
import nnc.runtime.Model;
import nnc.runtime.base.Text;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.train.BatchFeeder;

/**
 * How large weights and gradients are, layer by layer. Sizes of gradients are by ratios and on one scale for all layers, so that one sees where they vanish or
 * grow on their way back.
 */
final class LayerHistograms {
  private static final int WIDTH = 760, ROW = 118, MOST = 40, BINS = 48, BATCH = 256;

  private LayerHistograms() {}

  /** The gradients of the loss of some examples, by parameter; of several steps the first that has one. */
  static Map<String, double[]> gradients(Model model, Table table, Threads threads) {
    Map<String, double[]> gradients = new LinkedHashMap<>();
    int count = Math.min(BATCH, table.size());
    for (var plan : model.spec().training().plans("gradient")) {
      if (model.has(plan)) {
        var feeder = new BatchFeeder(model, plan, table, count, threads);
        var context = feeder.context();
        context.executor().prepare();
        context.counters(1, 0);
        feeder.feed(table.rows(), 0, count);
        context.run();
        for (var role : List.of(Role.GRADIENT, Role.DECLARED_GRADIENT)) {
          context.results(role).forEach(result -> gradients.putIfAbsent(result.name(), result.tensor().toDoubles()));
        }
      }
    }
    return gradients;
  }

  /** @param gradients by parameter; empty if there are none to show */
  static List<Drawing> of(NetworkView view, Map<String, double[]> gradients) {
    var shown = view.parameters().stream().filter(weight -> weight.size() > 1).toList();
    // of many layers the matrices alone
    var matrices = shown.stream().filter(weight -> weight.shape().size() > 1).toList();
    var rows = shown.size() > MOST ? matrices.subList(0, Math.min(MOST, matrices.size())) : shown;
    if (rows.isEmpty()) {
      return List.of();
    }
    boolean both = rows.stream().anyMatch(weight -> gradients.containsKey(weight.path()));
    var out = new Svg().begin(both ? WIDTH : WIDTH / 2, 46 + ROW * rows.size(), 20, both ? "Weights and gradients" : "Weights");
    var sizes = Scale.ratios(rows.stream().flatMapToDouble(weight -> DoubleStream.of(gradients.getOrDefault(weight.path(), new double[0]))).map(Math::abs));
    var wide = new Scale(Math.max(sizes.low(), sizes.high() * 1e-12), sizes.high(), Scale.Spread.RATIOS);
    for (int i = 0; i < rows.size(); i++) {
      double top = 38 + ROW * i;
      weights(out, new Area(20, top + 18, WIDTH / 2.0 - 40, ROW - 46), rows.get(i), view.model().weight(rows.get(i).path()).toDoubles());
      if (gradients.containsKey(rows.get(i).path())) {
        gradient(out, new Area(WIDTH / 2.0 + 10, top + 18, WIDTH / 2.0 - 40, ROW - 46), wide, gradients.get(rows.get(i).path()));
      }
    }
    return List.of(Drawing.svg("histograms", both ? "How weights are spread, layer by layer, and how large the gradients of a batch are." : "How weights are spread, layer by layer.", out.end()));
  }

  private static void weights(Svg out, Area area, Weight weight, double[] values) {
    var all = DoubleStream.of(values).filter(Double::isFinite).summaryStatistics();
    var x = Scale.around(DoubleStream.of(values));
    var bins = new double[BINS];
    for (double value : values) {
      if (Double.isFinite(value)) {
        bins[Math.clamp((long) (x.place(value) * BINS), 0, BINS - 1)]++;
      }
    }
    double mean = all.getAverage();
    double deviation = Math.sqrt(DoubleStream.of(values).map(value -> (value - mean) * (value - mean)).average().orElse(0));
    histogram(out, area, x, bins, Style.series(0));
    out.line("<text x=\"%.1f\" y=\"%.1f\"><tspan font-weight=\"600\">%s</tspan><tspan class=\"soft small\" dx=\"8\">%s, mean %s, deviation %s</tspan></text>", area.left(), area.top() - 6,
        Svg.escaped(weight.path()), Svg.escaped(weight.shape().toString()), Text.number(mean), Text.number(deviation));
  }

  private static void gradient(Svg out, Area area, Scale x, double[] values) {
    var bins = new double[BINS];
    int zero = 0;
    double square = 0;
    for (double value : values) {
      double size = Math.abs(value);
      if (size > 0 && Double.isFinite(size)) {
        bins[Math.clamp((long) (x.place(Math.max(size, x.low())) * BINS), 0, BINS - 1)]++;
      } else {
        zero++;
      }
      square += value * value;
    }
    histogram(out, area, x, bins, Style.series(1));
    out.text(area.left(), area.top() - 6, "soft small", "start", "size of gradient, root mean square " + Text.number(Math.sqrt(square / values.length))
        + (zero > 0 ? ", " + Text.number(100.0 * zero / values.length) + " % zero" : ""));
  }

  private static void histogram(Svg out, Area area, Scale x, double[] bins, String colour) {
    var edges = new double[bins.length + 1];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = x.value((double) i / bins.length);
    }
    var plot = new Plot(out, area, x, Scale.even(0, Math.max(1, DoubleStream.of(bins).max().orElse(1))));
    for (double tick : x.ticks()) {
      out.line("<path d=\"M%.1f %.1fV%.1f\" stroke=\"var(--line)\"/>", plot.across(tick), area.top(), area.bottom());
      out.text(plot.across(tick), area.bottom() + 13, "small soft", "middle", x.label(tick));
    }
    plot.bars(edges, bins, colour);
    out.line("<path d=\"M%.1f %.1fH%.1f\" stroke=\"var(--soft)\"/>", area.left(), area.bottom(), area.right());
  }
}
