package nnc.benchmarks;

import java.util.List;
import java.util.Locale;

/** Results as text, a workload a line. */
final class Table {
  private Table() {}

  static String heading() {
    return String.format(Locale.ROOT, "%-8s %-40s %-2s %-11s %10s  %-34s %8s %6s %7s %9s %-18s %s", "workload", "", "t", "unit", "nnc",
        "peers: figure, nnc/peer", "GFLOP/s", "FMA %", "bytes %", "alloc B", "memory MB", "quiet");
  }

  static String line(Result result) {
    var peers = new StringBuilder();
    result.ratios().forEach((peer, ratio) -> peers.append(peers.isEmpty() ? "" : "  ")
        .append(String.format(Locale.ROOT, "%s %s x%.2f", peer, figure(result, peer), ratio)));
    var memory = new StringBuilder();
    result.memory().forEach((_, bytes) -> memory.append(memory.isEmpty() ? "" : " / ").append(String.format(Locale.ROOT, "%.1f", bytes / 1e6)));
    return String.format(Locale.ROOT, "%-8s %-40s %-2d %-11s %10s  %-34s %8s %6s %7s %9s %-18s %d/%d", result.workload().name(),
        result.workload().title(), result.threads(), result.workload().unit(), figure(result, "nnc"), peers,
        number(result.flops() / 1e9), number(100 * result.flops() / result.peak()), number(100 * result.traffic() / result.bandwidth()),
        number(result.allocated()), memory, result.quiet(), result.rounds());
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1f", value);
  }

  private static String figure(Result result, String engine) {
    double value = result.figures().get(engine);
    var text = String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    return result.high().containsKey(engine) ? text + String.format(Locale.ROOT, "/%.1f", result.high().get(engine)) : text;
  }

  static String all(List<Result> results) {
    var text = new StringBuilder(heading()).append('\n');
    results.forEach(result -> text.append(line(result)).append('\n'));
    return text.toString();
  }
}
