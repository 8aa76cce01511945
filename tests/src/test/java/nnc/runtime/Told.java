package nnc.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import nnc.runtime.base.Threads;
import nnc.runtime.train.MetricTally;

/** What is told of a run: its loss and metrics, by formulas where they have such. */
public final class Told {
  private Told() {}

  /** By name, what the last run of a context has come to, whose batch was of so many examples. */
  public static Map<String, double[]> by(Model model, Context context, int batch) {
    Map<String, double[]> told = new LinkedHashMap<>();
    try (var threads = new Threads(1)) {
      var tally = new MetricTally(model, context, batch, threads);
      tally.add(batch);
      for (var figure : tally.figures()) {
        told.put(figure.name(), figure.values());
      }
    }
    return told;
  }
}
