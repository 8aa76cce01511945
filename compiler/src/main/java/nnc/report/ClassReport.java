package nnc.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nnc.elaborate.OutputUse.Form;

/** Judges one class of several: by a number for each class, or by its place. */
final class ClassReport {
  /** What top-k accuracies are told, of more classes than k. */
  private static final int[] TOP = {2, 3, 5, 10};

  /** Curves in a picture. */
  private static final int CURVES = 10;

  private static final int MISTAKES = 10;

  private final Sample sample;
  private final int classes;
  private final int[] truth;
  private final Map<String, Double> measures = new LinkedHashMap<>();
  private final List<ReportTable> tables = new ArrayList<>();
  private final List<ReportChart> charts = new ArrayList<>();

  private ClassReport(Sample sample, int classes, int[] truth) {
    this.sample = sample;
    this.classes = classes;
    this.truth = truth;
  }

  // ---- by scores

  /** Of a number for each class. */
  static ReportSection byScores(Sample sample) {
    return new ClassReport(sample, sample.width(), sample.labels(sample.width())).scores();
  }

  /** The same, where the target too has a number for each class, of which one is 1 and the others 0. */
  static ReportSection byShares(Sample sample) {
    var labels = new int[sample.count()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = largest(sample.truth(), i * sample.truths(), sample.truths());
    }
    return new ClassReport(sample, sample.width(), labels).scores();
  }

  /** Whether each example has one class, with 1, and all others 0. */
  static boolean isOneHot(Sample sample) {
    return IntStream.range(0, sample.count()).allMatch(i -> {
      var others = IntStream.range(i * sample.truths(), (i + 1) * sample.truths()).mapToDouble(j -> sample.truth()[j]).filter(value -> value != 0).toArray();
      return others.length == 1 && others[0] == 1;
    });
  }

  /** The place of the largest of some numbers, of equal ones the first. */
  private static int largest(double[] values, int from, int count) {
    int best = 0;
    for (int c = 1; c < count; c++) {
      best = values[from + c] > values[from + best] ? c : best;
    }
    return best;
  }

  private ReportSection scores() {
    var guess = new int[truth.length];
    for (int i = 0; i < guess.length; i++) {
      guess[i] = largest(sample.guess(), i * classes, classes);
    }
    var confusion = Confusion.of(classes, truth, guess);
    var curves = IntStream.range(0, classes).mapToObj(this::curve).toList();
    accuracy(confusion);
    top();
    measures.put("ROC area (macro)", mean(curves.stream().mapToDouble(RankCurve::rocArea).toArray()));
    measures.put("average precision (macro)", mean(curves.stream().mapToDouble(RankCurve::averagePrecision).toArray()));
    table(confusion, curves);
    drawn(curves);
    var form = sample.comparison().output().form();
    boolean made = form != Form.SOFTMAX && sample.comparison().isTrainedForSoftmax();
    if (made || form == Form.SOFTMAX) {
      calibration(guess, made ? softmax() : sample.guess());
    }
    return section(form == Form.SOFTMAX ? "probabilities of " + classes + " classes: softmax gives them"
        : "scores of " + classes + " classes, the highest of which is chosen; " + (made ? "softmax makes probabilities of them, as the program's loss does"
            : "nothing says how probabilities are made of them, and calibration is not told"));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).filter(value -> !Double.isNaN(value)).average().orElse(Double.NaN);
  }

  /** One class against the rest. */
  private RankCurve curve(int c) {
    int count = (int) Arrays.stream(truth).filter(label -> label == c).count();
    var positive = new double[count];
    var negative = new double[truth.length - count];
    int p = 0;
    int n = 0;
    for (int i = 0; i < truth.length; i++) {
      double score = sample.guess()[i * classes + c];
      if (truth[i] == c) {
        positive[p++] = score;
      } else {
        negative[n++] = score;
      }
    }
    return RankCurve.of(positive, negative);
  }

  /** The true class's place among the scores, of equal ones the first class first: the share of those among the first k. */
  private void top() {
    var ranks = new int[truth.length];
    for (int i = 0; i < ranks.length; i++) {
      double own = sample.guess()[i * classes + truth[i]];
      for (int c = 0; c < classes; c++) {
        double other = sample.guess()[i * classes + c];
        ranks[i] += other > own || other == own && c < truth[i] ? 1 : 0;
      }
    }
    for (int k : TOP) {
      if (k < classes) {
        measures.put("top-" + k + " accuracy", (double) Arrays.stream(ranks).filter(rank -> rank < k).count() / ranks.length);
      }
    }
  }

  private double[] softmax() {
    var shares = new double[sample.guess().length];
    for (int i = 0; i < truth.length; i++) {
      double top = sample.guess()[i * classes + largest(sample.guess(), i * classes, classes)];
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        shares[i * classes + c] = Math.exp(sample.guess()[i * classes + c] - top);
        sum += shares[i * classes + c];
      }
      for (int c = 0; c < classes; c++) {
        shares[i * classes + c] /= sum;
      }
    }
    return shares;
  }

  /** Of the class that is chosen. */
  private void calibration(int[] guess, double[] shares) {
    var confidence = new double[guess.length];
    var right = new boolean[guess.length];
    double squares = 0;
    for (int i = 0; i < guess.length; i++) {
      confidence[i] = shares[i * classes + guess[i]];
      right[i] = guess[i] == truth[i];
      for (int c = 0; c < classes; c++) {
        double off = shares[i * classes + c] - (c == truth[i] ? 1 : 0);
        squares += off * off;
      }
    }
    var calibration = Calibration.of(confidence, right);
    measures.put("expected calibration error", calibration.expectedError());
    measures.put("largest calibration error", calibration.largestError());
    measures.put("Brier score", squares / guess.length);
    charts.add(new ReportChart.Reliability("How often the chosen class is right, by its probability", calibration));
  }

  private void drawn(List<RankCurve> curves) {
    var worst = IntStream.range(0, classes).boxed().filter(c -> !Double.isNaN(curves.get(c).rocArea()))
        .sorted(Comparator.comparingDouble(c -> curves.get(c).rocArea())).limit(CURVES).sorted().toList();
    var some = worst.size() < classes ? " of the " + worst.size() + " classes with the smallest area" : " of each class against the rest";
    charts.add(new ReportChart.Curves("ROC curves" + some, "false positives", "true positives",
        worst.stream().map(c -> curves.get(c).roc(sample.name(c))).toList()));
    charts.add(new ReportChart.Curves("Precision and recall" + some, "recall", "precision",
        worst.stream().map(c -> curves.get(c).precisionRecall(sample.name(c))).toList()));
  }

  // ---- by places

  /** Of the place of a class. */
  static ReportSection byPlaces(Sample sample) {
    int classes = classes(sample);
    var labels = sample.labels(classes);
    var guess = IntStream.range(0, labels.length).map(i -> (int) sample.guess()[i]).toArray();
    return new ClassReport(sample, classes, labels).places(guess);
  }

  /** As many as have names, or occur. */
  private static int classes(Sample sample) {
    double most = Math.max(Arrays.stream(sample.truth()).max().orElse(0), Arrays.stream(sample.guess()).max().orElse(0));
    return Math.max(sample.names().size(), (int) Math.min(most, MOST_CLASSES) + 1);
  }

  /** What is beyond is no class. */
  private static final int MOST_CLASSES = 1 << 12;

  private ReportSection places(int[] guess) {
    var confusion = Confusion.of(classes, truth, guess);
    accuracy(confusion);
    table(confusion, List.of());
    return section("the class that was chosen, for its numbers are whole: there are no scores, and no curves and calibration without them");
  }

  // ---- what both have

  private ReportSection section(String taken) {
    return new ReportSection(sample.output(), sample.comparison().with(), sample.facts(taken), measures, tables, charts);
  }

  private void accuracy(Confusion confusion) {
    measures.put("count", (double) confusion.examples());
    measures.put("accuracy", confusion.accuracy());
    measures.put("balanced accuracy", confusion.balancedAccuracy());
  }

  private void table(Confusion confusion, List<RankCurve> curves) {
    tables.add(ClassTables.classes(confusion, curves, sample.titles(classes)));
    tables.add(ClassTables.averages(confusion.macro(), confusion.weighted(), confusion.micro()));
    tables.add(ClassTables.confusion(confusion, sample.titles(classes)));
    ClassTables.mistakes(confusion, sample.titles(classes), MISTAKES).ifPresent(tables::add);
  }
}
