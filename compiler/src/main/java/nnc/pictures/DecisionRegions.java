package nnc.pictures;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.draw.Area;
import nnc.draw.ColourMap;
import nnc.draw.Plot;
import nnc.draw.Raster;
import nnc.draw.Scale;
import nnc.draw.Style;
import nnc.draw.Svg;
import nnc.elaborate.OutputUse;
import nnc.elaborate.OutputUse.Form;
import nnc.graph.Kind;
import nnc.report.Gathered;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec.Feed;

/** What a network says of each point of a plane, where two numbers are all that it reads: classes in their colours, the paler the less sure; else numbers. */
final class DecisionRegions {
  private static final int SIDE = 140, POINTS = 600, WIDTH = 470, HEIGHT = 470, PALE = 0xf7f7f6;

  private final NetworkView view;
  private final OutputUse output;
  private final double[][] points;
  private final Scale x;
  private final Scale y;
  private final String across;
  private final String up;
  private final Gathered said;
  private final double low;
  private final double high;

  private DecisionRegions(NetworkView view, OutputUse output) {
    this.view = view;
    this.output = output;
    var shown = view.first(POINTS);
    points = coordinates(shown);
    x = wide(points[0]);
    y = wide(points[1]);
    var inputs = view.inputs();
    across = inputs.size() == 2 ? inputs.get(0).name() : inputs.getFirst().name() + "[0]";
    up = inputs.size() == 2 ? inputs.get(1).name() : inputs.getFirst().name() + "[1]";
    said = view.output(output, grid(inputs));
    var finite = DoubleStream.of(said.values()).filter(Double::isFinite).summaryStatistics();
    boolean chance = output.form() == Form.SIGMOID;
    double most = Math.max(Math.abs(finite.getMin()), Math.abs(finite.getMax()));
    boolean signed = finite.getMin() < 0 && finite.getMax() > 0;
    low = chance ? 0 : signed ? -most : finite.getMin();
    high = chance ? 1 : signed ? most : finite.getMax();
  }

  /** A picture for each output that has one number, or one for each class; none where the inputs are no plane. */
  static List<Drawing> of(NetworkView view) {
    var drawings = new ArrayList<Drawing>();
    if (coordinates(view.first(1)) != null) {
      for (var output : view.outputs()) {
        int rank = output.type().rank();
        if (output.type().kind() == Kind.FLOAT && (rank == 1 || rank == 2 && output.type().dim(1).isConstant() && output.type().dim(1).fixed() <= Style.SERIES)) {
          var regions = new DecisionRegions(view, output);
          drawings.add(Drawing.svg("regions-" + output.name(), "What the network says of each point: " + output.name() + ", with examples of " + view.part() + ".", regions.svg()));
        }
      }
    }
    return drawings;
  }

  /** The two numbers of each example; null if there are more or fewer. */
  private static double[][] coordinates(NetworkView view) {
    var inputs = view.inputs();
    boolean pair = inputs.size() == 2 && inputs.stream().allMatch(feed -> view.table().column(feed.name()) != null && view.table().column(feed.name()).shape().length == 0);
    boolean point = inputs.size() == 1 && view.table().column(inputs.getFirst().name()) != null && view.table().column(inputs.getFirst().name()).width() == 2;
    if (!pair && !point) {
      return null;
    }
    var first = view.fed(inputs.getFirst()).values();
    var second = pair ? view.fed(inputs.get(1)).values() : null;
    return new double[][] {pair ? first : IntStream.range(0, first.length / 2).mapToDouble(i -> first[2 * i]).toArray(),
        pair ? second : IntStream.range(0, first.length / 2).mapToDouble(i -> first[2 * i + 1]).toArray()};
  }

  private static Scale wide(double[] values) {
    var all = DoubleStream.of(values).filter(Double::isFinite).summaryStatistics();
    double margin = all.getMax() > all.getMin() ? 0.12 * (all.getMax() - all.getMin()) : 1;
    return Scale.even(all.getMin() - margin, all.getMax() + margin);
  }

  private Table grid(List<Feed> inputs) {
    var first = new double[SIDE * SIDE];
    var second = new double[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
      first[i] = x.value((i % SIDE + 0.5) / SIDE);
      int row = i / SIDE;
      second[i] = y.value(1 - (row + 0.5) / SIDE);
    }
    if (inputs.size() == 2) {
      return Table.of("the plane", List.of(new Column(inputs.get(0).name(), new int[0], first), new Column(inputs.get(1).name(), new int[0], second)));
    }
    var both = IntStream.range(0, 2 * SIDE * SIDE).mapToDouble(i -> i % 2 == 0 ? first[i / 2] : second[i / 2]).toArray();
    return Table.of("the plane", List.of(new Column(inputs.getFirst().name(), new int[] {2}, both)));
  }

  private boolean areClasses() {
    return said.width() > 1;
  }

  private int pixel(int column, int row) {
    int at = row * SIDE + column;
    if (!areClasses()) {
      return ColourMap.DIVERGING.at(high > low ? (said.values()[at] - low) / (high - low) : 0.5);
    }
    int best = 0;
    double sum = 0;
    for (int c = 0; c < said.width(); c++) {
      best = said.values()[at * said.width() + c] > said.values()[at * said.width() + best] ? c : best;
      sum += Math.exp(said.values()[at * said.width() + c]);
    }
    double top = said.values()[at * said.width() + best];
    double sure = output.form() == Form.SOFTMAX ? top : Math.exp(top) / sum;
    double even = 1.0 / said.width();
    return Double.isNaN(top) ? ColourMap.NONE : ColourMap.mixed(PALE, ColourMap.series(best), 0.12 + 0.6 * Math.clamp((sure - even) / (1 - even), 0, 1));
  }

  private String svg() {
    var out = new Svg().begin(WIDTH, HEIGHT, 20, output.name());
    var plot = new Plot(out, Plot.inside(new Area(0, 22, WIDTH, HEIGHT - 22)), x, y);
    plot.axes("", across, up);
    out.image(plot.area(), new Raster(SIDE, SIDE, this::pixel).png());
    plot.frame();
    view.label().ifPresentOrElse(label -> labelled(plot, label), () -> {
      for (int i = 0; i < points[0].length; i++) {
        plot.point(points[0][i], points[1][i], 2.6, "#1a202c");
      }
    });
    return out.end();
  }

  private void labelled(Plot plot, Feed label) {
    var shown = view.first(POINTS).fed(label).values();
    var values = new TreeSet<Double>();
    DoubleStream.of(shown).forEach(values::add);
    boolean classes = values.size() <= Style.SERIES && values.stream().allMatch(value -> value == Math.rint(value));
    for (int i = 0; i < shown.length; i++) {
      plot.point(points[0][i], points[1][i], 2.6, colour(shown[i], classes));
    }
    if (classes) {
      plot.legend(values.stream().map(value -> value < 0 ? Integer.toString(value.intValue()) : view.title(label, value.intValue())).toList(),
          values.stream().map(value -> colour(value, true)).toList());
    }
  }

  private String colour(double value, boolean classes) {
    double middle = (low + high) / 2;
    return classes && areClasses() ? hex(ColourMap.series((int) value)) : hex(ColourMap.DIVERGING.at(classes ? value > middle ? 0.97 : 0.03
        : high > low ? (value - low) / (high - low) : 0.5));
  }

  private static String hex(int rgb) {
    return String.format(Locale.ROOT, "#%06x", rgb);
  }
}
