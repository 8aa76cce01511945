package nnc.pictures;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.draw.Area;
import nnc.draw.Plot;
import nnc.draw.Scale;
import nnc.draw.Style;
import nnc.draw.Svg;
import nnc.elaborate.OutputUse;
import nnc.elaborate.OutputUse.Form;
import nnc.graph.Kind;
import nnc.report.Gathered;

/** What a layer makes of examples, as points: of two units as they are, of more along the two directions in which they differ most. */
final class CodeScatter {
  private static final int POINTS = 1200, WIDTH = 470, HEIGHT = 470;

  private CodeScatter() {}

  /** A picture for each output of several numbers that the program compares with nothing: a code, not an answer. */
  static List<Drawing> of(NetworkView view) {
    var drawings = new ArrayList<Drawing>();
    for (var output : view.outputs()) {
      var type = output.type();
      boolean code = type.kind() == Kind.FLOAT && type.rank() == 2 && type.dim(1).isConstant() && type.dim(1).fixed() >= 2 && output.compared().isEmpty()
          && output.form() == Form.OTHER && view.table().size() > 2;
      if (code) {
        drawing(view.first(POINTS), output).ifPresent(drawings::add);
      }
    }
    return drawings;
  }

  private static Optional<Drawing> drawing(NetworkView view, OutputUse output) {
    var said = view.output(output);
    if (DoubleStream.of(said.values()).anyMatch(value -> !Double.isFinite(value))) {
      return Optional.empty();
    }
    boolean plain = said.width() == 2;
    var points = plain ? points(said) : components(said);
    var out = new Svg().begin(WIDTH, HEIGHT, 20, output.name());
    var plot = new Plot(out, Plot.inside(new Area(0, 22, WIDTH, HEIGHT - 22)), Scale.around(DoubleStream.of(points[0])), Scale.around(DoubleStream.of(points[1])));
    plot.axes("", plain ? output.name() + "[0]" : "first component", plain ? output.name() + "[1]" : "second component").frame();
    coloured(view, plot, points);
    return Optional.of(Drawing.svg("code-" + output.name(), output.name() + " of examples of " + view.part()
        + (plain ? "." : ": the two directions in which its " + said.width() + " numbers differ most."), out.end()));
  }

  private static double[][] points(Gathered said) {
    int count = said.values().length / said.width();
    return new double[][] {IntStream.range(0, count).mapToDouble(i -> said.values()[2 * i]).toArray(), IntStream.range(0, count).mapToDouble(i -> said.values()[2 * i + 1]).toArray()};
  }

  private static double[][] components(Gathered said) {
    int width = said.width();
    int count = said.values().length / width;
    var rows = new double[count][width];
    for (int j = 0; j < width; j++) {
      int column = j;
      double mean = IntStream.range(0, count).mapToDouble(i -> said.values()[i * width + column]).average().orElse(0);
      for (int i = 0; i < count; i++) {
        rows[i][j] = said.values()[i * width + j] - mean;
      }
    }
    var directions = Components.of(rows, 2);
    return new double[][] {IntStream.range(0, count).mapToDouble(i -> Components.dot(rows[i], directions[0])).toArray(),
        IntStream.range(0, count).mapToDouble(i -> Components.dot(rows[i], directions[1])).toArray()};
  }

  private static void coloured(NetworkView view, Plot plot, double[][] points) {
    var label = view.label();
    var labels = label.map(feed -> view.fed(feed).values()).orElse(new double[points[0].length]);
    var values = new TreeSet<Double>();
    DoubleStream.of(labels).forEach(values::add);
    boolean classes = label.isPresent() && values.size() <= Style.SERIES && values.stream().allMatch(value -> value == Math.rint(value));
    var order = List.copyOf(values);
    for (int i = 0; i < labels.length; i++) {
      plot.point(points[0][i], points[1][i], 2.6, classes ? Style.series(order.indexOf(labels[i])) : "var(--main)");
    }
    if (classes) {
      plot.legend(order.stream().map(value -> value < 0 ? Integer.toString(value.intValue()) : view.title(label.get(), value.intValue())).toList(),
          IntStream.range(0, order.size()).mapToObj(Style::series).toList());
    }
  }
}
