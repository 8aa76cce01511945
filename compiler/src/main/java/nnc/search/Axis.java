package nnc.search;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** A constant of the program and the values that are tried for it, as the command line would give them. */
public sealed interface Axis {
  /** The constant's name. */
  String name();

  /** The value at a place from 0 to 1; equal stretches of places are equally likely values. */
  String at(double place);

  /** The values of a grid, both ends included; a range that says no number of its own has {@code points}. */
  List<String> grid(int points);

  /** How many values there are; a range of numbers that are not whole has no end. */
  double count();

  /** Half as wide around one of its values, within its bounds; of several choices that one. */
  Axis around(String value);

  /** Where a value lies, a coordinate a place: of a range from 0 to 1; of choices each is as far from every other as a range's ends. */
  double[] coordinates(String value);

  /** Some values, in an order that means nothing. */
  record Choice(String name, List<String> values) implements Axis {
    @Override
    public String at(double place) {
      return values.get((int) Math.min(values.size() - 1, Math.floor(place * values.size())));
    }

    @Override
    public List<String> grid(int points) {
      return values;
    }

    @Override
    public double count() {
      return values.size();
    }

    @Override
    public Axis around(String value) {
      return new Choice(name, List.of(value));
    }

    @Override
    public double[] coordinates(String value) {
      var coordinates = new double[values.size()];
      coordinates[values.indexOf(value)] = Math.sqrt(0.5);
      return coordinates;
    }
  }

  /** How a range is spaced. */
  enum Spacing { LINEAR, LOG }

  /** What numbers a range has. */
  enum Numbers { REAL, WHOLE }

  /**
   * Numbers between two, these included. Of real ones four digits are tried, so that what a table shows is what was run.
   *
   * @param points of a grid; 0 if it does not say
   */
  record Range(String name, double low, double high, Spacing spacing, Numbers numbers, int points) implements Axis {
    private static final MathContext DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);
    /** From here on plain digits are longer than an exponent. */
    private static final int PLAIN = 9;

    private boolean whole() {
      return numbers == Numbers.WHOLE;
    }

    /** Whole numbers have a stretch of places each. */
    private double bound(double end, double half) {
      double wide = whole() ? end + half : end;
      return spacing == Spacing.LOG ? Math.log(wide) : wide;
    }

    @Override
    public String at(double place) {
      double from = bound(low, -0.5);
      double value = from + place * (bound(high, 0.5) - from);
      return text(spacing == Spacing.LOG ? Math.exp(value) : value);
    }

    /** A value as text, rounded and within the bounds. */
    private String text(double value) {
      if (whole()) {
        return plain(BigDecimal.valueOf(Math.clamp(Math.rint(value), low, high)));
      }
      var rounded = new BigDecimal(value).round(DIGITS);
      return rounded.doubleValue() < low ? plain(BigDecimal.valueOf(low)) : rounded.doubleValue() > high ? plain(BigDecimal.valueOf(high)) : plain(rounded);
    }

    private static String plain(BigDecimal value) {
      var trimmed = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
      boolean digits = trimmed.precision() - trimmed.scale() <= PLAIN && trimmed.precision() - trimmed.scale() > -4;
      return digits ? trimmed.toPlainString() : trimmed.toString().replace("E+", "e").replace('E', 'e');
    }

    @Override
    public List<String> grid(int otherwise) {
      int count = points > 0 ? points : (int) Math.min(otherwise, count());
      double from = spacing == Spacing.LOG ? Math.log(low) : low;
      double to = spacing == Spacing.LOG ? Math.log(high) : high;
      var values = new LinkedHashSet<String>();
      for (int i = 0; i < count; i++) {
        double value = count == 1 ? (from + to) / 2 : from + (to - from) * i / (count - 1);
        values.add(text(spacing == Spacing.LOG ? Math.exp(value) : value));
      }
      return new ArrayList<>(values);
    }

    @Override
    public double count() {
      return low == high ? 1 : whole() ? high - low + 1 : Double.POSITIVE_INFINITY;
    }

    @Override
    public Axis around(String value) {
      double centre = spacing == Spacing.LOG ? Math.log(Double.parseDouble(value)) : Double.parseDouble(value);
      double from = spacing == Spacing.LOG ? Math.log(low) : low;
      double to = spacing == Spacing.LOG ? Math.log(high) : high;
      double first = end(Math.max(from, centre - (to - from) / 4));
      double last = end(Math.min(to, centre + (to - from) / 4));
      double middle = Double.parseDouble(value);
      return whole() ? new Range(name, Math.min(middle, Math.ceil(first)), Math.max(middle, Math.floor(last)), spacing, numbers, points)
          : new Range(name, Math.min(middle, rounded(first)), Math.max(middle, rounded(last)), spacing, numbers, points);
    }

    private double end(double place) {
      return Math.clamp(spacing == Spacing.LOG ? Math.exp(place) : place, low, high);
    }

    private double rounded(double end) {
      return Math.clamp(new BigDecimal(end).round(DIGITS).doubleValue(), low, high);
    }

    @Override
    public double[] coordinates(String value) {
      double number = Double.parseDouble(value);
      double from = spacing == Spacing.LOG ? Math.log(low) : low;
      double to = spacing == Spacing.LOG ? Math.log(high) : high;
      return new double[] {from == to ? 0 : ((spacing == Spacing.LOG ? Math.log(number) : number) - from) / (to - from)};
    }
  }
}
