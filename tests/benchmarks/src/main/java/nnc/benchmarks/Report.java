package nnc.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results as JSON: one object with the machine and a list of results, rates in units a second. */
final class Report {
  private Report() {}

  /** Of a session beside a program that kept so many threads busy. */
  static String json(List<Result> results, int busy) {
    var text = new StringBuilder("{\n  \"machine\": {\"processors\": ").append(Runtime.getRuntime().availableProcessors())
        .append(", \"java\": ").append(quoted(System.getProperty("java.vm.version")))
        .append(", \"system\": ").append(quoted(System.getProperty("os.name") + " " + System.getProperty("os.arch"))).append(", \"busyThreads\": ").append(busy).append("},\n")
        .append("  \"results\": [\n");
    for (int i = 0; i < results.size(); i++) {
      text.append("    ").append(object(results.get(i))).append(i < results.size() - 1 ? ",\n" : "\n");
    }
    return text.append("  ]\n}\n").toString();
  }

  private static String object(Result result) {
    return "{\"workload\": " + quoted(result.workload().name()) + ", \"title\": " + quoted(result.workload().title())
        + ", \"threads\": " + result.threads() + ", \"unit\": " + quoted(result.workload().unit())
        + ", \"figures\": " + map(result.figures()) + ", \"percentile99\": " + map(result.high()) + ", \"ratios\": " + map(result.ratios())
        + ", \"flops\": " + number(result.flops()) + ", \"peakFlops\": " + number(result.peak())
        + ", \"traffic\": " + number(result.traffic()) + ", \"bandwidth\": " + number(result.bandwidth())
        + ", \"allocatedBytesPerRun\": " + number(result.allocated()) + ", \"memoryBytes\": " + map(result.memory())
        + ", \"difference\": " + map(result.difference()) + ", \"quietRounds\": " + result.quiet() + ", \"rounds\": " + result.rounds() + "}";
  }

  private static String map(Map<String, ? extends Number> values) {
    var text = new StringBuilder("{");
    values.forEach((name, value) -> text.append(text.length() > 1 ? ", " : "").append(quoted(name)).append(": ").append(number(value.doubleValue())));
    return text.append("}").toString();
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.6g", value) : "null";
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
