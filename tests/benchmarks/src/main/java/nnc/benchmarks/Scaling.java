package nnc.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How much faster each engine is on several threads than on one, a workload a line: figures by figures of the same session. */
final class Scaling {
  private Scaling() {}

  /** The results of a workload on one thread and on several. */
  private record Pair(Result one, Result several) {
    /** Speed on several threads by that on one: below one they are slower than one. */
    double gain(String engine) {
      double single = one.figures().get(engine), shared = several.figures().get(engine);
      return one.workload().lowerIsBetter() ? single / shared : shared / single;
    }
  }

  private static List<Pair> pairs(List<Result> results) {
    Map<String, Result> ones = new LinkedHashMap<>();
    results.stream().filter(result -> result.threads() == 1).forEach(result -> ones.put(result.workload().name(), result));
    var pairs = new ArrayList<Pair>();
    for (var result : results) {
      var one = ones.get(result.workload().name());
      if (result.threads() > 1 && one != null) {
        pairs.add(new Pair(one, result));
      }
    }
    return pairs;
  }

  /**
   * The table: of nnc its speed on several threads by that on one, and the time of a run so; of each peer that was measured on both its speed so.
   *
   * @param busy threads of another program that ran beside
   */
  static String table(List<Result> results, int busy) {
    var text = new StringBuilder("several threads over one").append(busy == 0 ? "" : ", beside " + busy + " busy threads of another program").append('\n');
    text.append(String.format(Locale.ROOT, "%-8s %-40s %-2s %7s %7s  %s%n", "workload", "", "t", "nnc", "time", "peers"));
    for (var pair : pairs(results)) {
      var workload = pair.several.workload();
      double gain = pair.gain("nnc");
      text.append(String.format(Locale.ROOT, "%-8s %-40s %-2d %7.2f %7.2f", workload.name(), workload.title(), pair.several.threads(), gain, 1 / gain));
      pair.several.figures().keySet().stream().filter(engine -> !engine.equals("nnc") && pair.one.figures().containsKey(engine))
          .forEach(engine -> text.append(String.format(Locale.ROOT, "  %s %.2f", engine, pair.gain(engine))));
      text.append(System.lineSeparator());
    }
    return text.toString();
  }
}
