package nnc.search;

import java.util.List;
import java.util.stream.DoubleStream;
import nnc.draw.Scale;
import nnc.draw.Svg;
import nnc.runtime.base.Text;

/** A search as SVG: a panel for each constant, with the figure that trials are judged by against its values. */
public final class SweepChart {
  private static final int WIDTH = 380, HEIGHT = 280, LEFT = 70, RIGHT = 20, TOP = 40, BOTTOM = 50, HEAD = 40, ACROSS = 3, TICKS = 5;
  private static final int LABEL = 14;
  private static final String BEST = "var(--other)", OTHER = "var(--main)";

  private final SearchSpace space;
  private final SweepReport report;
  private final List<TrialResult> shown;
  private final Scale scale;
  private final Svg out = new Svg();

  private SweepChart(SearchSpace space, SweepReport report) {
    this.space = space;
    this.report = report;
    shown = report.results().stream().filter(result -> Double.isFinite(mean(result))).toList();
    scale = Scale.around(shown.stream().flatMapToDouble(result -> DoubleStream.of(mean(result) - deviation(result), mean(result) + deviation(result))));
  }

  private double mean(TrialResult result) {
    return result.mean(report.verdict().figure());
  }

  private double deviation(TrialResult result) {
    return result.deviation(report.verdict().figure());
  }

  /** The chart; trials that failed are not in it. A circle a trial, bars of a standard deviation each way, the best in another colour. */
  public static String svg(SearchSpace space, SweepReport report) {
    return new SweepChart(space, report).drawn();
  }

  private String drawn() {
    int panels = space.axes().size();
    int rows = Math.ceilDiv(panels, ACROSS);
    out.begin(WIDTH * Math.min(panels, ACROSS), HEAD + HEIGHT * rows, 20, report.name() + ": " + report.verdict());
    for (int i = 0; i < panels; i++) {
      out.line("<g transform=\"translate(%d %d)\">", WIDTH * (i % ACROSS), HEAD + HEIGHT * (i / ACROSS));
      panel(space.axes().get(i));
      out.line("</g>");
    }
    return out.end();
  }

  private void panel(Axis axis) {
    for (double value : scale.ticks()) {
      out.line("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"var(--line)\"/>", LEFT, y(value), WIDTH - RIGHT, y(value));
      out.text(LEFT - 6, y(value) + 4, "small", "end", scale.label(value));
    }
    for (var value : ticks(axis)) {
      double x = x(axis, value);
      out.line("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"var(--line)\"/>", x, TOP, x, HEIGHT - BOTTOM);
      out.line("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x, HEIGHT - BOTTOM + 18,
          Svg.escaped(value.length() > LABEL ? value.substring(0, LABEL - 1) + "…" : value));
    }
    out.line("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" font-weight=\"bold\">%s</text>", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, Svg.escaped(axis.name()));
    // the best last: nothing hides it
    for (int i = shown.size() - 1; i >= 0; i--) {
      trial(axis, shown.get(i), i == 0 ? BEST : OTHER);
    }
  }

  private List<String> ticks(Axis axis) {
    return switch (axis) {
      case Axis.Choice choice -> choice.values();
      case Axis.Range range -> new Axis.Range(range.name(), range.low(), range.high(), range.spacing(), range.numbers(), 0).grid(TICKS - 1);
    };
  }

  private void trial(Axis axis, TrialResult result, String colour) {
    double x = x(axis, result.point().values().get(axis.name()));
    double y = y(mean(result));
    out.line("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>", x, y(mean(result) - deviation(result)), x,
        y(mean(result) + deviation(result)), colour);
    out.line("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\" fill-opacity=\"0.7\"><title>%s</title></circle>", x, y, colour,
        Svg.escaped("trial " + result.trial() + ": " + result.point() + ": " + Text.number(mean(result))));
  }

  private double x(Axis axis, String value) {
    double place = switch (axis) {
      case Axis.Choice choice -> (choice.values().indexOf(value) + 0.5) / choice.values().size();
      case Axis.Range range -> range.low() == range.high() ? 0.5 : range.coordinates(value)[0];
    };
    return LEFT + place * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - scale.place(value) * (HEIGHT - TOP - BOTTOM);
  }
}
