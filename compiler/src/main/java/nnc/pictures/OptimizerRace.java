package nnc.pictures;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.draw.Area;
import nnc.draw.ContourPlot;
import nnc.draw.Plot;
import nnc.draw.Style;
import nnc.draw.Svg;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.Model;
import nnc.runtime.learn.Learner;

/** Optimizers on their way down a surface: each is compiled with it as a program of its own, and trained step by step. */
public final class OptimizerRace {
  private static final int SIDE = 101, WIDTH = 640, HEIGHT = 560;

  /**
   * An optimizer's way.
   *
   * @param optimizer as the program has it
   * @param x         from the start on, a place a step; it ends where it is far from all that is drawn
   */
  public record Way(String optimizer, double[] x, double[] y, double[] heights) {
    /** Steps that were made. */
    public int steps() {
      return x.length - 1;
    }
  }

  private OptimizerRace() {}

  /**
   * Lets an optimizer run.
   *
   * @throws FaultyProgram if the surface or the optimizer is none
   */
  public static Way run(RaceSurface surface, String optimizer, int steps) throws FaultyProgram {
    var model = model(surface, optimizer);
    var learner = Learner.of(model, 1);
    var places = new ArrayList<double[]>();
    places.add(place(model));
    for (int step = 0; step < steps && isNear(places.getLast(), surface); step++) {
      learner.step();
      places.add(place(model));
    }
    if (places.size() > 1 && !isNear(places.getLast(), surface)) {
      places.removeLast();
    }
    var x = places.stream().mapToDouble(place -> place[0]).toArray();
    var y = places.stream().mapToDouble(place -> place[1]).toArray();
    return new Way(surface.optimizer(optimizer), x, y, heights(model, x, y));
  }

  private static Model model(RaceSurface surface, String optimizer) throws FaultyProgram {
    var options = new CompilerOptions(Map.of(), 64, List.of(), List.of(), _ -> { });
    return Compiler.load(Compiler.compile("race.nn", surface.program(optimizer), options)).initialised(0);
  }

  private static double[] place(Model model) {
    return new double[] {model.weight("x").get(0), model.weight("y").get(0)};
  }

  /** Whether it is no further from what is drawn than that is wide. */
  private static boolean isNear(double[] place, RaceSurface surface) {
    return Math.abs(surface.x().place(place[0]) - 0.5) < 1.5 && Math.abs(surface.y().place(place[1]) - 0.5) < 1.5;
  }

  private static double[] heights(Model model, double[] x, double[] y) {
    var context = model.context("predict", x.length);
    context.batch(x.length);
    context.input("at").set(IntStream.range(0, 2 * x.length).mapToDouble(i -> i % 2 == 0 ? x[i / 2] : y[i / 2]).toArray());
    context.run();
    var heights = new double[x.length];
    context.output("heights").copyTo(heights, 0);
    return heights;
  }

  /** The ways on the surface, whose heights are those that the program computes. */
  public static String svg(RaceSurface surface, List<Way> ways) throws FaultyProgram {
    var out = new Svg().begin(WIDTH, HEIGHT, 20, "Race on " + surface.name());
    var plot = new Plot(out, Plot.inside(new Area(0, 22, WIDTH, HEIGHT - 22)), surface.x(), surface.y());
    var x = IntStream.range(0, SIDE * SIDE).mapToDouble(i -> surface.x().value((double) (i % SIDE) / (SIDE - 1))).toArray();
    var y = IntStream.range(0, SIDE * SIDE).map(i -> i / SIDE).mapToDouble(row -> surface.y().value((double) row / (SIDE - 1))).toArray();
    var heights = heights(model(surface, "sgd"), x, y);
    plot.axes("", "x", "y");
    ContourPlot.draw(plot, IntStream.range(0, SIDE).mapToObj(i -> java.util.Arrays.copyOfRange(heights, i * SIDE, (i + 1) * SIDE)).toArray(double[][]::new));
    plot.frame();
    for (int i = 0; i < ways.size(); i++) {
      plot.path(ways.get(i).x(), ways.get(i).y(), "stroke=\"var(--page)\" stroke-width=\"4.5\" stroke-opacity=\"0.75\" stroke-linejoin=\"round\"", "");
      plot.path(ways.get(i).x(), ways.get(i).y(), "stroke=\"" + Style.series(i) + "\" stroke-width=\"2.2\" stroke-linejoin=\"round\"", ways.get(i).optimizer());
    }
    plot.point(surface.start()[0], surface.start()[1], 5, "var(--text)");
    for (int i = 0; i < ways.size(); i++) {
      plot.point(ways.get(i).x()[ways.get(i).steps()], ways.get(i).y()[ways.get(i).steps()], 5, Style.series(i));
    }
    plot.legend(ways.stream().map(Way::optimizer).toList(), IntStream.range(0, ways.size()).mapToObj(Style::series).toList());
    return out.end();
  }
}
