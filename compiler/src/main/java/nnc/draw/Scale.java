package nnc.draw;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The numbers along one side of a plot.
 *
 * @param low  the number at its beginning
 * @param high the number at its end, larger
 */
public record Scale(double low, double high, Spread spread) {
  /** What equal distances stand for. */
  public enum Spread {
    /** Equal differences. */
    EVEN,
    /** Equal ratios; all numbers are positive. */
    RATIOS
  }

  /** Ticks are at most so many. */
  private static final int TICKS = 6;

  /** Numbers of so many digits are written out. */
  private static final double WRITTEN = 1e6;

  public Scale {
    if (!(low < high) || spread == Spread.RATIOS && low <= 0) {
      throw new IllegalArgumentException("no scale from " + low + " to " + high);
    }
  }

  /** From number to number; a little more where both are the same. */
  public static Scale even(double low, double high) {
    double margin = low < high ? 0 : Math.max(Math.abs(low) / 2, 0.5);
    return new Scale(low - margin, high + margin, Spread.EVEN);
  }

  /** All finite ones of some numbers, and at both ends as much more as leads to a tick. */
  public static Scale around(DoubleStream values) {
    var all = values.filter(Double::isFinite).summaryStatistics();
    var tight = all.getCount() == 0 ? even(0, 1) : even(all.getMin(), all.getMax());
    double step = tight.step();
    return new Scale(Math.floor(tight.low / step + 1e-9) * step, Math.ceil(tight.high / step - 1e-9) * step, Spread.EVEN);
  }

  /** By ratios, around all numbers that are finite and positive, from power of ten to power of ten. */
  public static Scale ratios(DoubleStream values) {
    var all = values.filter(value -> Double.isFinite(value) && value > 0).summaryStatistics();
    double low = all.getCount() == 0 ? 0 : Math.floor(Math.log10(all.getMin()) + 1e-9);
    double high = all.getCount() == 0 ? 1 : Math.ceil(Math.log10(all.getMax()) - 1e-9);
    return new Scale(Math.pow(10, low), Math.pow(10, Math.max(high, low + 1)), Spread.RATIOS);
  }

  /** Where a number is: 0 at the beginning, 1 at the end. */
  public double place(double value) {
    return switch (spread) {
      case EVEN -> (value - low) / (high - low);
      case RATIOS -> Math.log(value / low) / Math.log(high / low);
    };
  }

  /** The number at a place. */
  public double value(double place) {
    return switch (spread) {
      case EVEN -> low + place * (high - low);
      case RATIOS -> low * Math.pow(high / low, place);
    };
  }

  /** One, two or five times a power of ten, such that there are few ticks. */
  private double step() {
    double rough = (high - low) / (TICKS - 1);
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double share = rough / power;
    return (share <= 1.0000001 ? 1 : share <= 2.0000001 ? 2 : share <= 5.0000001 ? 5 : 10) * power;
  }

  /** Round numbers along it. */
  public List<Double> ticks() {
    var ticks = new ArrayList<Double>();
    switch (spread) {
      case EVEN -> {
        double step = step();
        for (double k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
          ticks.add(k * step);
        }
      }
      case RATIOS -> {
        int first = (int) Math.ceil(Math.log10(low) - 1e-9);
        int last = (int) Math.floor(Math.log10(high) + 1e-9);
        int every = Math.max(1, Math.ceilDiv(last - first, TICKS));
        for (int power = first; power <= last; power += every) {
          ticks.add(Math.pow(10, power));
        }
        if (last <= first) {
          new Scale(low, high, Spread.EVEN).ticks().stream().filter(tick -> tick > 0).forEach(ticks::add);
          ticks.sort(null);
        }
      }
    }
    return ticks;
  }

  /** A tick's number as it is written: with as many digits as tell it from its neighbours. */
  public String label(double tick) {
    double largest = Math.max(Math.abs(low), Math.abs(high));
    if (spread == Spread.RATIOS && (tick < 1e-3 || tick >= WRITTEN)) {
      int power = (int) Math.rint(Math.log10(tick));
      return Math.abs(tick / Math.pow(10, power) - 1) < 1e-6 ? "1e" + power : String.format(Locale.ROOT, "%.0e", tick);
    }
    double step = spread == Spread.EVEN ? step() : tick;
    if (largest >= WRITTEN || largest < 1e-3) {
      int digits = (int) Math.clamp(Math.ceil(Math.log10(Math.max(Math.abs(tick), step) / step) - 1e-9), 0, 15);
      return Math.abs(tick) < 1e-9 * largest ? "0" : String.format(Locale.ROOT, "%." + digits + "e", tick).replace("e+0", "e").replace("e+", "e").replace("e-0", "e-");
    }
    int digits = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    var text = String.format(Locale.ROOT, "%." + digits + "f", tick);
    return text.matches("-0(\\.0*)?") ? text.substring(1) : text;
  }
}
