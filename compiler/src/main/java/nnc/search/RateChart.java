package nnc.search;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.draw.Scale;
import nnc.draw.Svg;

/** Losses against rates. */
final class RateChart {
  private static final int WIDTH = 760, HEIGHT = 420, LEFT = 70, RIGHT = 20, TOP = 50, BOTTOM = 50;

  private final RateCurve curve;
  private final List<Double> smoothed;
  private final double low;
  private final double high;
  private final Svg out = new Svg();

  RateChart(RateCurve curve) {
    this.curve = curve;
    smoothed = curve.smoothed();
    double least = smoothed.stream().mapToDouble(x -> x).min().orElse(0);
    double first = smoothed.isEmpty() ? 1 : smoothed.getFirst();
    // what diverges leaves the picture
    double most = Math.min(smoothed.stream().mapToDouble(x -> x).max().orElse(1), first + Math.max(first - least, Math.abs(first) / 10));
    double margin = Math.max(1e-12, (most - least) / 10);
    low = least - margin;
    high = most + margin;
  }

  String svg(String title) {
    out.begin(WIDTH, HEIGHT, LEFT, title);
    axes();
    for (int i = 0; i < smoothed.size(); i++) {
      double loss = curve.losses().get(i);
      if (loss >= low && loss <= high) {
        out.line("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.5\" fill=\"var(--soft)\"/>", x(i), y(loss));
      }
    }
    out.line("<polyline points=\"%s\" fill=\"none\" stroke=\"var(--main)\" stroke-width=\"2\"/>", IntStream.range(0, smoothed.size())
        .mapToObj(i -> String.format(Locale.ROOT, "%.1f,%.1f", x(i), y(Math.min(high, smoothed.get(i))))).collect(Collectors.joining(" ")));
    curve.suggested().ifPresent(this::mark);
    return out.end();
  }

  private void axes() {
    var scale = Scale.even(low, high);
    for (double value : scale.ticks()) {
      out.line("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"var(--line)\"/>", LEFT, y(value), WIDTH - RIGHT, y(value));
      out.text(LEFT - 6, y(value) + 4, "small", "end", scale.label(value));
    }
    int last = curve.rates().size() - 1;
    for (int power = (int) Math.ceil(Math.log10(curve.rates().getFirst()) - 1e-9); power <= Math.log10(curve.rates().get(last)) + 1e-9; power++) {
      double x = x(curve.place(Math.pow(10, power)));
      out.line("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"var(--line)\"/>", x, TOP, x, HEIGHT - BOTTOM);
      out.line("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">1e%d</text>", x, HEIGHT - BOTTOM + 18, power);
    }
    out.line("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">rate</text>", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10);
    out.line("<text x=\"16\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 16 %d)\">loss</text>", HEIGHT / 2, HEIGHT / 2);
  }

  private void mark(double rate) {
    double x = x(curve.place(rate));
    out.line("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"var(--other)\" stroke-dasharray=\"4 3\"/>", x, TOP, x, HEIGHT - BOTTOM);
    out.line("<text x=\"%.1f\" y=\"%d\" style=\"fill: var(--other)\">%s</text>", x + 5, TOP + 12, RateCurve.text(rate));
  }

  private double x(double step) {
    return LEFT + step / (curve.rates().size() - 1) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double loss) {
    return HEIGHT - BOTTOM - (loss - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
  }
}
