package nnc.benchmarks;

import java.util.List;
import java.util.Locale;

/** Results as text, a workload a line. */
final class Table {
  private Table() {}

  static String heading() {
    return String.format(Locale.ROOT, "%-8s %-40s %-2s %-10s %10s %8s %6s %7s %8s %6s %5s  %s", "workload", "", "t", "unit", "nnc",
        "GFLOP/s", "FMA %", "bytes %", "alloc B", "MB", "quiet", "peers: figure, nnc/peer, MB");
  }

  static String line(Result result) {
    var peers = new StringBuilder();
    result.ratios().forEach((peer, ratio) -> peers.append(String.format(Locale.ROOT, "  %s %s x%.2f%s", peer, figure(result, peer), ratio,
        result.memory().containsKey(peer) ? " " + megabytes(result, peer) : "")));
    return String.format(Locale.ROOT, "%-8s %-40s %-2d %-10s %10s %8s %6s %7s %8s %6s %5s%s", result.workload().name(),
        result.workload().title(), result.threads(), result.workload().unit(), figure(result, "nnc"), number(result.flops() / 1e9),
        number(100 * result.flops() / result.peak()), number(100 * result.traffic() / result.bandwidth()), number(result.allocated()),
        result.memory().isEmpty() ? "-" : megabytes(result, "nnc"), result.quiet() + "/" + result.rounds(), peers);
  }

  private static String megabytes(Result result, String engine) {
    double value = result.memory().get(engine) / 1e6;
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
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
