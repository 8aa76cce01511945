package nnc.search;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Losses while the rate grows (Smith 2017, "Cyclical learning rates"). They are smoothed by a Gaussian over neighbouring steps to both sides, which
 * puts nothing off to higher rates, and count up to where the smoothed loss is well above its lowest, or no number: there training diverges.
 *
 * @param rates  of the steps
 * @param losses of the steps that were run, each before its step has changed the weights
 */
public record RateCurve(List<Double> rates, List<Double> losses) {
  /** Steps to each side, as a share of all, within which smoothing weighs a step by more than half. */
  private static final double WIDTH = 1 / 40.0;
  private static final double DIVERGED = 4;

  /** The losses smoothed, up to where training diverges. */
  public List<Double> smoothed() {
    int end = end();
    double width = Math.max(1, WIDTH * rates.size());
    var values = IntStream.range(0, end).mapToObj(i -> {
      double sum = 0;
      double weights = 0;
      for (int k = 0; k < end; k++) {
        double weight = Math.exp(-(i - k) * (double) (i - k) / (2 * width * width));
        sum += weight * losses.get(k);
        weights += weight;
      }
      return sum / weights;
    }).toList();
    double first = values.isEmpty() ? 0 : values.getFirst();
    double low = first;
    for (int i = 0; i < values.size(); i++) {
      low = Math.min(low, values.get(i));
      // of losses that may be negative the fall counts, not the ratio
      if (values.get(i) > low + (DIVERGED - 1) * Math.max(Math.abs(low), first - low)) {
        return values.subList(0, i + 1);
      }
    }
    return values;
  }

  private int end() {
    int end = 0;
    while (end < losses.size() && Double.isFinite(losses.get(end))) {
      end++;
    }
    return end;
  }

  /** Which step has a rate; between two steps a share of the way. */
  double place(double rate) {
    return Math.log(rate / rates.getFirst()) / Math.log(rates.getLast() / rates.getFirst()) * (rates.size() - 1);
  }

  /** Whether training diverges before the last rate. */
  public boolean diverges() {
    return smoothed().size() < rates.size();
  }

  /** The step of the lowest smoothed loss. */
  private int lowest(List<Double> smoothed) {
    return IntStream.range(0, smoothed.size()).reduce((a, b) -> smoothed.get(b) < smoothed.get(a) ? b : a).orElse(0);
  }

  /** The rate where the smoothed loss is lowest: too high to train with. */
  public double lowest() {
    return rates.get(lowest(smoothed()));
  }

  /** The rate where the smoothed loss falls most steeply, by steps, which are equal ratios of rates; none if it falls nowhere. */
  public OptionalDouble suggested() {
    var smoothed = smoothed();
    int last = lowest(smoothed);
    int best = -1;
    double steepest = 0;
    for (int i = 1; i < last; i++) {
      double slope = smoothed.get(i + 1) - smoothed.get(i - 1);
      if (slope < steepest) {
        steepest = slope;
        best = i;
      }
    }
    return best < 0 ? OptionalDouble.empty() : OptionalDouble.of(rates.get(best));
  }

  /** Rates and losses as SVG, the smoothed ones as a line and the suggested rate marked. */
  public String svg(String title) {
    return new RateChart(this).svg(title);
  }

  /** {@code 1.2e-3}. */
  public static String text(double rate) {
    return String.format(Locale.ROOT, "%.1e", rate).replaceFirst("e([-+])0?", "e$1").replace("e+", "e");
  }
}
