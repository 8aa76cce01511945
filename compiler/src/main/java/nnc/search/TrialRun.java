package nnc.search;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.train.Figure;

/**
 * A training of a point with a seed, and what it came to.
 *
 * @param task    what was to be trained
 * @param figures loss and metrics by name, on the data that trials are judged by; empty if it failed
 * @param failure why there are none; empty if there are
 */
public record TrialRun(Task task, Map<String, Double> figures, String failure, double seconds) {
  /**
   * What is to be trained.
   *
   * @param trial  number of the point in the search, from 1 on
   * @param epochs to train in all
   * @param from   of these the first so many were trained before; 0 for none
   */
  public record Task(int trial, Point point, long seed, int epochs, int from) {}

  /** Those of an evaluation's figures that are one number, by name. */
  static Map<String, Double> numbers(List<Figure> figures) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    for (var figure : figures) {
      if (figure.values().length == 1) {
        numbers.put(figure.name(), figure.values()[0]);
      }
    }
    return numbers;
  }

  /** A figure's value; NaN if there is none. */
  double figure(String name) {
    return figures.getOrDefault(name, Double.NaN);
  }
}
