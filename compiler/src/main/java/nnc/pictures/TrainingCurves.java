package nnc.pictures;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import nnc.draw.Area;
import nnc.draw.Plot;
import nnc.draw.Scale;
import nnc.draw.Style;
import nnc.draw.Svg;

/** Losses and metrics against epochs, those of training beside those of validation, and losses of steps. */
public final class TrainingCurves {
  private static final int WIDTH = 400, HEIGHT = 270, ACROSS = 2, HEAD = 40;
  /** A loss that falls by more than that is drawn by ratios. */
  private static final double STEEP = 30;

  private TrainingCurves() {}

  /** @param title what is trained */
  public static Drawing of(TrainingHistory history, String title) {
    var names = new LinkedHashSet<String>();
    history.epochs().forEach(epoch -> names.addAll(epoch.training().keySet()));
    boolean steps = history.losses().length > 1;
    int panels = names.size() + (steps ? 1 : 0);
    int rows = Math.max(1, Math.ceilDiv(panels, ACROSS));
    var out = new Svg().begin(WIDTH * Math.clamp(panels, 1, ACROSS), HEAD + HEIGHT * rows, 20, title);
    int panel = 0;
    for (var name : names) {
      figure(out, area(panel++), name, history.epochs());
    }
    if (steps) {
      steps(out, area(panel), history);
    }
    return Drawing.svg("curves", "Losses and metrics of training" + (history.epochs().stream().anyMatch(epoch -> !epoch.validation().isEmpty()) ? " and validation." : "."), out.end());
  }

  private static Area area(int panel) {
    return Plot.inside(new Area(WIDTH * (panel % ACROSS), HEAD + HEIGHT * (panel / ACROSS), WIDTH, HEIGHT));
  }

  private static void figure(Svg out, Area area, String name, List<TrainingHistory.Epoch> epochs) {
    var x = epochs.stream().mapToDouble(TrainingHistory.Epoch::number).toArray();
    var training = values(epochs, name, TrainingHistory.Epoch::training);
    var validation = values(epochs, name, TrainingHistory.Epoch::validation);
    boolean both = DoubleStream.of(validation).anyMatch(Double::isFinite);
    var y = scale(name, DoubleStream.concat(DoubleStream.of(training), DoubleStream.of(validation)).toArray());
    var plot = new Plot(out, area, x.length < 2 ? Scale.even(x[0], x[0] + 1) : Scale.even(x[0], x[x.length - 1]), y).axes(name, "epoch", "");
    line(plot, x, training, Style.series(0), "training");
    if (both) {
      line(plot, x, validation, Style.series(1), "validation");
    }
    plot.legend(both ? List.of("training", "validation") : List.of("training"), List.of(Style.series(0), Style.series(1)));
  }

  /** Of few epochs each is a point as well. */
  private static void line(Plot plot, double[] x, double[] y, String colour, String name) {
    plot.curve(x, y, colour, name);
    for (int i = 0; i < x.length && x.length <= 30; i++) {
      plot.point(x[i], y[i], 3, colour);
    }
  }

  private static double[] values(List<TrainingHistory.Epoch> epochs, String name, Function<TrainingHistory.Epoch, Map<String, Double>> of) {
    return epochs.stream().mapToDouble(epoch -> of.apply(epoch).getOrDefault(name, Double.NaN)).toArray();
  }

  private static Scale scale(String name, double[] values) {
    var finite = DoubleStream.of(values).filter(Double::isFinite).summaryStatistics();
    boolean ratios = (name.startsWith("loss") || name.equals("penalty")) && finite.getCount() > 0 && finite.getMin() > 0 && finite.getMax() / finite.getMin() > STEEP;
    return ratios ? Scale.ratios(DoubleStream.of(values)) : Scale.around(DoubleStream.of(values));
  }

  private static void steps(Svg out, Area area, TrainingHistory history) {
    var x = history.steps();
    var y = history.losses();
    var scale = scale("loss", y);
    var plot = new Plot(out, area, Scale.even(x[0], x[x.length - 1]), scale).axes("loss of steps", "step", "");
    plot.path(x, y, "stroke=\"" + Style.series(0) + "\" stroke-opacity=\"0.35\"", "steps");
    plot.curve(x, smoothed(y), Style.series(0), "smoothed");
    plot.legend(List.of("smoothed"), List.of(Style.series(0)));
  }

  /** Means of what is around, over a fiftieth of all. */
  private static double[] smoothed(double[] values) {
    int reach = values.length / 100;
    var smoothed = new double[values.length];
    var sums = new double[values.length + 1];
    for (int i = 0; i < values.length; i++) {
      sums[i + 1] = sums[i] + values[i];
    }
    for (int i = 0; i < values.length; i++) {
      int from = Math.max(0, i - reach);
      int to = Math.min(values.length, i + reach + 1);
      smoothed[i] = (sums[to] - sums[from]) / (to - from);
    }
    return smoothed;
  }
}
