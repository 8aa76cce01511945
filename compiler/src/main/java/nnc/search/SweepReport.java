package nnc.search;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;

/**
 * What a search has found: as a table for people, as CSV and as JSON.
 *
 * @param name    of the program
 * @param names   of the constants that were varied
 * @param results better ones first
 */
public record SweepReport(String name, List<String> names, Verdict verdict, List<TrialResult> results) {
  /** Rows that people are shown; files have all. */
  private static final int SHOWN = 25;
  private static final int REASON = 80;

  /** The verdict's figure, then the others that every trial has. */
  private List<String> figures() {
    var others = results.stream().flatMap(result -> result.figures().stream()).distinct().filter(figure -> !figure.equals(verdict.figure()));
    return Stream.concat(Stream.of(verdict.figure()), others).toList();
  }

  /** Prints the table. */
  public void print(PrintStream out) {
    int seeds = results.getFirst().runs().size();
    out.println(name + ": " + results.size() + (results.size() == 1 ? " trial" : " trials") + (seeds == 1 ? "" : " of " + seeds + " seeds each")
        + " by " + verdict + (seeds == 1 ? "" : "; mean ± standard deviation over the seeds"));
    out.println();
    var rows = new ArrayList<String[]>();
    rows.add(row("", names, figures(), List.of("epochs", "seconds", "")));
    for (int i = 0; i < Math.min(SHOWN, results.size()); i++) {
      var result = results.get(i);
      rows.add(row(i + 1 + "", names.stream().map(result.point().values()::get).toList(), figures().stream().map(figure -> spread(result, figure)).toList(),
          List.of(result.epochs() + "", Text.fixed(result.seconds(), 1), reason(result))));
    }
    Text.table(rows, out);
    if (results.size() > SHOWN) {
      out.println("and " + (results.size() - SHOWN) + " more");
    }
  }

  private static String[] row(String rank, List<String> values, List<String> figures, List<String> rest) {
    return Stream.of(List.of(rank), values, figures, rest).flatMap(List::stream).toArray(String[]::new);
  }

  private static String spread(TrialResult result, String figure) {
    double mean = result.mean(figure);
    return Double.isNaN(mean) ? "-" : Text.number(mean) + (result.runs().size() == 1 ? "" : " ± " + Text.number(result.deviation(figure)));
  }

  private static String reason(TrialResult result) {
    var line = result.failure().lines().findFirst().orElse("");
    return line.length() > REASON ? line.substring(0, REASON) + "..." : line;
  }

  /** A line a trial, with a line of names first. */
  public String csv() {
    var out = new StringBuilder("rank,trial");
    names.forEach(constant -> out.append(',').append(quoted(constant)));
    figures().forEach(figure -> out.append(',').append(figure).append(',').append(figure).append("_deviation"));
    out.append(",epochs,seeds,seconds,failure\n");
    for (int i = 0; i < results.size(); i++) {
      var result = results.get(i);
      out.append(i + 1).append(',').append(result.trial());
      names.forEach(constant -> out.append(',').append(quoted(result.point().values().get(constant))));
      figures().forEach(figure -> out.append(',').append(result.mean(figure)).append(',').append(result.deviation(figure)));
      out.append(',').append(result.epochs()).append(',').append(result.runs().size()).append(',').append(result.seconds()).append(',')
          .append(quoted(result.failure())).append('\n');
    }
    return out.toString();
  }

  private static String quoted(String text) {
    return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** A trial as an object on a line. */
  public List<String> json() {
    var lines = new ArrayList<String>();
    for (int i = 0; i < results.size(); i++) {
      var result = results.get(i);
      var json = new Json().put("event", "trial").put("rank", i + 1L).put("trial", (long) result.trial()).put("epochs", (long) result.epochs());
      named(json, result.point().values());
      figures().forEach(figure -> json.put(figure, result.mean(figure)).put(figure + "_deviation", result.deviation(figure)));
      lines.add(json.put("seeds", (long) result.runs().size()).put("seconds", result.seconds()).put("failure", result.failure()).toString());
    }
    return lines;
  }

  /** A run as an object on a line. */
  public static String json(TrialRun run) {
    var task = run.task();
    var json = new Json().put("event", "run").put("trial", (long) task.trial()).put("seed", task.seed()).put("epochs", (long) task.epochs());
    named(json, task.point().values());
    run.figures().forEach(json::put);
    return json.put("seconds", run.seconds()).put("failure", run.failure()).toString();
  }

  /** Constants as they are given, under {@code -D}'s names, which no figure has. */
  private static void named(Json json, Map<String, String> values) {
    new TreeMap<>(values).forEach((constant, value) -> json.put("-D " + constant, value));
  }
}
