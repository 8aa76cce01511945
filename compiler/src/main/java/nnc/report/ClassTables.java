package nnc.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.report.Confusion.Scores;
import nnc.report.ReportTable.Look;

/** The tables of reports on classes. */
final class ClassTables {
  private ClassTables() {}

  /** By how they are averaged, in this order. */
  static ReportTable averages(Scores macro, Scores weighted, Scores micro) {
    var values = Stream.of(macro, weighted, micro).map(scores -> new double[] {scores.precision(), scores.recall(), scores.f1()}).toArray(double[][]::new);
    return new ReportTable("Averages", "average", List.of("precision", "recall", "F1"), List.of("macro", "weighted", "micro"), values, Look.NUMBERS);
  }

  /** A row a class. */
  static ReportTable classes(Confusion confusion, List<RankCurve> curves, List<String> names) {
    return byName("Classes", "class", names, IntStream.range(0, names.size()).mapToObj(confusion::of).toList(),
        IntStream.range(0, names.size()).mapToObj(confusion::support).toList(), curves);
  }

  /** @param curves none if there are no scores */
  static ReportTable byName(String title, String corner, List<String> names, List<Scores> scores, List<Long> support, List<RankCurve> curves) {
    var columns = new ArrayList<>(List.of("precision", "recall", "F1", "support"));
    columns.addAll(curves.isEmpty() ? List.of() : List.of("ROC area", "average precision"));
    var values = new double[names.size()][];
    for (int c = 0; c < values.length; c++) {
      var own = scores.get(c);
      values[c] = curves.isEmpty() ? new double[] {own.precision(), own.recall(), own.f1(), support.get(c)}
          : new double[] {own.precision(), own.recall(), own.f1(), support.get(c), curves.get(c).rocArea(), curves.get(c).averagePrecision()};
    }
    return new ReportTable(title, corner, columns, names, values, Look.NUMBERS);
  }

  static ReportTable confusion(Confusion confusion, List<String> names) {
    var values = new double[names.size()][names.size()];
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < values.length; j++) {
        values[i][j] = confusion.counts()[i][j];
      }
    }
    return new ReportTable("Confusion", "true \\ chosen", names, names, values, Look.HEAT);
  }

  /** The most frequent mistakes, of more than two classes. */
  static Optional<ReportTable> mistakes(Confusion confusion, List<String> names, int most) {
    var mistakes = confusion.mistakes(most);
    if (names.size() < 3 || mistakes.isEmpty()) {
      return Optional.empty();
    }
    var rows = mistakes.stream().map(mistake -> names.get(mistake.truth()) + " taken for " + names.get(mistake.guess())).toList();
    var values = mistakes.stream().map(mistake -> new double[] {mistake.count(), (double) mistake.count() / confusion.support(mistake.truth())}).toArray(double[][]::new);
    return Optional.of(new ReportTable("Most frequent mistakes", "mistake", List.of("examples", "share of class"), rows, values, Look.NUMBERS));
  }
}
