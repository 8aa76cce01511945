package nnc.search;

import java.util.Arrays;

/**
 * How several values lie.
 *
 * @param deviation the standard deviation of a sample (n - 1); 0 of one value
 */
public record Spread(double mean, double deviation) {

  /** Of some values; NaN if one is, or there are none. */
  public static Spread of(double[] values) {
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return new Spread(mean, values.length < 2 ? 0 * mean : Math.sqrt(squares / (values.length - 1)));
  }
}
