package nnc.pictures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.draw.Area;
import nnc.draw.ContourPlot;
import nnc.draw.Plot;
import nnc.draw.Scale;
import nnc.draw.Svg;
import nnc.runtime.Model;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.Interrupt;

/**
 * The loss around what was learned, on a plane through the space of all parameters: along two random directions in which each unit's weights are as long as they
 * are in the network (Li, Xu, Taylor, Studer and Goldstein 2018), and along the two in which the path of training reaches furthest.
 */
final class LossLandscape {
  /** Points each way, and examples that the loss is of. */
  private static final int POINTS = 21, EXAMPLES = 512;
  /** More parameters, or operations in all, take too long for a picture. */
  private static final double PARAMETERS = 4e6, WORK = 2e11;
  private static final int WIDTH = 470, HEIGHT = 470;

  private final NetworkView view;
  private final Model model;
  private final List<Weight> parameters;
  private final Evaluator evaluator;
  private final Interrupt never = new Interrupt();

  private LossLandscape(NetworkView view) {
    this.view = view;
    model = view.model().copy();
    parameters = learned(view);
    evaluator = new Evaluator(model, view.table(), POINTS * POINTS, view.threads());
  }

  private static List<Weight> learned(NetworkView view) {
    return view.parameters().stream().filter(weight -> !weight.frozen()).toList();
  }

  /**
   * Why there is no picture; empty if there is one.
   *
   * @return a sentence
   */
  static Optional<String> obstacle(NetworkView view) {
    var some = view.first(EXAMPLES);
    double size = learned(view).stream().mapToDouble(Weight::size).sum();
    if (!view.model().has("evaluate") || size == 0) {
      return Optional.of("there is no loss, or nothing that is learned");
    } else if (size > PARAMETERS) {
      return Optional.of("there are more than 4,000,000 parameters");
    }
    double work = view.model().context("evaluate", Math.min(256, some.table().size()), view.threads()).executor().totalWork() * Math.ceilDiv(some.table().size(), 256) * POINTS * POINTS;
    return work > WORK ? Optional.of("its " + POINTS * POINTS + " losses would take too long") : Optional.empty();
  }

  /**
   * Along random directions.
   *
   * @param seed of them
   */
  static Drawing random(NetworkView view, long seed) {
    var landscape = new LossLandscape(view.first(EXAMPLES));
    var middle = weights(view);
    var random = new Random(seed);
    double[][] directions = {landscape.normalised(random, middle), landscape.normalised(random, middle)};
    var side = Scale.even(-1, 1);
    var plot = landscape.plot(view.model().spec().name() + ": loss around what was learned", new Scale[] {side, side}, new String[] {"first random direction", "second random direction"}, middle, directions);
    plot.point(0, 0, 4, "#ffffff");
    return Drawing.svg("landscape", "The loss of " + landscape.view.table().size() + " examples of " + view.part()
        + " around what was learned, along two random directions; 1 is a step as long as each unit's weights.", plot.out().end());
  }

  /**
   * Along the two directions in which the weights of a path differ most from its end.
   *
   * @param path weights in turn, at least three, the present ones last
   */
  static Drawing path(NetworkView view, List<double[]> path) {
    var landscape = new LossLandscape(view.first(EXAMPLES));
    var end = path.getLast();
    var rows = path.stream().map(weights -> IntStream.range(0, end.length).mapToDouble(i -> weights[i] - end[i]).toArray()).toArray(double[][]::new);
    var directions = Components.of(rows, 2);
    var x = places(rows, directions[0]);
    var y = places(rows, directions[1]);
    double reach = Math.max(width(x), width(y));
    var across = around(x, reach);
    var up = around(y, reach);
    var plot = landscape.plot(view.model().spec().name() + ": loss along the path of training", new Scale[] {across, up}, new String[] {"first component", "second component"}, end, directions);
    plot.path(x, y, "stroke=\"#ffffff\" stroke-width=\"2\"", "path");
    for (int i = 0; i < x.length; i++) {
      plot.point(x[i], y[i], i == x.length - 1 ? 5 : 2.4, i == x.length - 1 ? "#dc8140" : "#ffffff");
    }
    return Drawing.svg("path", "The loss of " + landscape.view.table().size() + " examples of " + view.part()
        + " on the plane in which the path of training, drawn in white, reaches furthest; it ends at the orange point.", plot.out().end());
  }

  /** Places of rows along a direction. */
  private static double[] places(double[][] rows, double[] direction) {
    return Arrays.stream(rows).mapToDouble(row -> Components.dot(row, direction)).toArray();
  }

  private static double width(double[] places) {
    return Math.max(1e-6, DoubleStream.of(places).max().orElse(0) - DoubleStream.of(places).min().orElse(0));
  }

  private static Scale around(double[] places, double reach) {
    double middle = (DoubleStream.of(places).max().orElse(0) + DoubleStream.of(places).min().orElse(0)) / 2;
    return Scale.even(middle - 0.65 * reach, middle + 0.65 * reach);
  }

  /** All that is learned, in the order of the program. */
  static double[] weights(NetworkView view) {
    return learned(view).stream().flatMapToDouble(weight -> DoubleStream.of(view.model().weight(weight.path()).toDoubles())).toArray();
  }

  private Plot plot(String title, Scale[] scales, String[] names, double[] middle, double[][] directions) {
    var out = new Svg().begin(WIDTH, HEIGHT, 20, title);
    var plot = new Plot(out, Plot.inside(new Area(0, 22, WIDTH, HEIGHT - 22)), scales[0], scales[1]);
    plot.axes("", names[0], names[1]);
    ContourPlot.draw(plot, heights(scales, middle, directions));
    return plot.frame();
  }

  /** Losses by row, from the lower edge on, and column. */
  private double[][] heights(Scale[] scales, double[] middle, double[][] directions) {
    var heights = new double[POINTS][POINTS];
    for (int i = 0; i < POINTS; i++) {
      for (int j = 0; j < POINTS; j++) {
        heights[i][j] = loss(middle, directions, scales[0].value((double) j / (POINTS - 1)), scales[1].value((double) i / (POINTS - 1)));
      }
    }
    return heights;
  }

  /** Losses on a square of two units each way around what was learned, along two directions. */
  static double[][] around(NetworkView view, double[][] directions) {
    var side = Scale.even(-1, 1);
    return new LossLandscape(view.first(EXAMPLES)).heights(new Scale[] {side, side}, weights(view), directions);
  }

  private double loss(double[] middle, double[][] directions, double across, double up) {
    var array = model.writable();
    int at = 0;
    for (var weight : parameters) {
      for (int i = 0; i < weight.size(); i++, at++) {
        NumericArrays.set(array, weight.offset() + i, middle[at] + across * directions[0][at] + up * directions[1][at]);
      }
    }
    return evaluator.run(never).stream().filter(figure -> figure.name().equals("loss")).mapToDouble(figure -> figure.values()[0]).findFirst().orElse(Double.NaN);
  }

  /** Normally distributed; each filter, and each unit's column, as long as in the network; what is no matrix stays as it is. */
  private double[] normalised(Random random, double[] middle) {
    var direction = new double[middle.length];
    int at = 0;
    for (var weight : parameters) {
      if (weight.shape().size() > 1) {
        for (int i = 0; i < weight.size(); i++) {
          direction[at + i] = random.nextGaussian();
        }
        for (var unit : units(weight)) {
          double own = 0;
          double drawn = 0;
          for (int i : unit) {
            own += middle[at + i] * middle[at + i];
            drawn += direction[at + i] * direction[at + i];
          }
          for (int i : unit) {
            direction[at + i] *= Math.sqrt(own / Math.max(drawn, 1e-300));
          }
        }
      }
      at += weight.size();
    }
    return direction;
  }

  /** The places of each unit's weights: a filter stands in one piece, a unit of a dense layer in a column. */
  private static List<int[]> units(Weight weight) {
    var units = new ArrayList<int[]>();
    boolean columns = weight.shape().size() == 2;
    int count = columns ? weight.shape().get(1) : weight.shape().getFirst();
    int length = weight.size() / Math.max(1, count);
    for (int unit = 0; unit < count; unit++) {
      int number = unit;
      units.add(IntStream.range(0, length).map(i -> columns ? i * count + number : number * length + i).toArray());
    }
    return units;
  }
}
