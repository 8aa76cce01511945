package nnc.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.elaborate.OutputUse.Form;
import nnc.report.Confusion.Scores;
import nnc.report.OutputComparison.Task;

/** Judges whether something is so, or of several things each. */
final class ChanceReport {
  private final Sample sample;
  /** Whether a score parts what is so from what is not so. */
  private final double threshold;
  /** How many things an example is asked about. */
  private final int labels;
  private final Map<String, Double> measures = new LinkedHashMap<>();
  private final List<ReportTable> tables = new ArrayList<>();
  private final List<ReportChart> charts = new ArrayList<>();

  private ChanceReport(Sample sample, int labels) {
    this.sample = sample;
    this.labels = labels;
    threshold = isProbability() || isDecision() ? 0.5 : sample.comparison().isTrainedForSigmoid() || sample.comparison().isMargin() ? 0 : Double.NaN;
  }

  /** @param labels how many things an example is asked about: elements take turns */
  static ReportSection of(Sample sample, int labels) {
    return new ChanceReport(sample, labels).section();
  }

  /** Whether the target has but two values: 0 and 1, of a loss with margins also -1 and 1. */
  static boolean hasTwoValues(Sample sample) {
    double low = sample.comparison().isMargin() && DoubleStream.of(sample.truth()).anyMatch(t -> t == -1) ? -1 : 0;
    return DoubleStream.of(sample.truth()).allMatch(t -> t == low || t == 1);
  }

  private boolean isProbability() {
    return sample.comparison().output().form() == Form.SIGMOID;
  }

  private boolean isDecision() {
    return sample.comparison().task() == Task.DECISION;
  }

  private boolean isSo(int i) {
    return sample.truth()[i] == 1;
  }

  private boolean isTaken(int i) {
    return sample.guess()[i] > threshold;
  }

  private ReportSection section() {
    measures.put("count", (double) sample.count() / labels);
    if (labels == 1) {
      single();
    } else {
      several();
    }
    if (!isDecision() && (isProbability() || sample.comparison().isTrainedForSigmoid())) {
      calibration();
    }
    return new ReportSection(sample.output(), sample.comparison().with(), sample.facts(taken()), measures, tables, charts);
  }

  private String taken() {
    var of = labels == 1 ? sample.name(1).equals("1") ? "" : " of " + sample.name(1) : " of each of " + labels + " labels";
    if (isDecision()) {
      return "decisions" + of + ": they are true or false, and there are no curves and no calibration without scores";
    } else if (isProbability()) {
      return "the probability" + of + ": sigmoid gives it; above 0.5 it is taken to be so";
    } else if (sample.comparison().isTrainedForSigmoid()) {
      return "a score" + of + ": above 0 it is taken to be so, and sigmoid makes a probability of it, as the program's loss does";
    }
    return "a score" + of + (Double.isNaN(threshold) ? ", of which the order counts: nothing says from where on it is taken to be so, or how a probability is made of it"
        : ": above 0 it is taken to be so, as the program's loss has it; nothing makes a probability of it, and calibration is not told");
  }

  private Confusion confusion(int label) {
    var own = IntStream.range(0, sample.count()).filter(i -> i % labels == label).toArray();
    return Confusion.of(2, IntStream.of(own).map(i -> isSo(i) ? 1 : 0).toArray(), IntStream.of(own).map(i -> isTaken(i) ? 1 : 0).toArray());
  }

  private RankCurve curve(int label) {
    return RankCurve.of(scores(label, 1), scores(label, 0));
  }

  private double[] scores(int label, int so) {
    return IntStream.range(0, sample.count()).filter(i -> i % labels == label && (isSo(i) ? 1 : 0) == so).mapToDouble(i -> sample.guess()[i]).toArray();
  }

  private void single() {
    var curve = curve(0);
    if (!Double.isNaN(threshold)) {
      var confusion = confusion(0);
      var positive = confusion.of(1);
      measures.put("accuracy", confusion.accuracy());
      measures.put("balanced accuracy", confusion.balancedAccuracy());
      measures.put("precision", positive.precision());
      measures.put("recall", positive.recall());
      measures.put("specificity", confusion.of(0).recall());
      measures.put("F1", positive.f1());
      tables.add(ClassTables.classes(confusion, List.of(), sample.titles(2)));
      tables.add(ClassTables.averages(confusion.macro(), confusion.weighted(), confusion.micro()));
      tables.add(ClassTables.confusion(confusion, sample.titles(2)));
    }
    if (!isDecision()) {
      measures.put("ROC area", curve.rocArea());
      measures.put("average precision", curve.averagePrecision());
      draw(List.of(curve), List.of(sample.output()));
    }
  }

  private void several() {
    var names = sample.titles(labels);
    var curves = isDecision() ? List.<RankCurve>of() : IntStream.range(0, labels).mapToObj(this::curve).toList();
    if (!Double.isNaN(threshold)) {
      var confusions = IntStream.range(0, labels).mapToObj(this::confusion).toList();
      var scores = confusions.stream().map(confusion -> confusion.of(1)).toList();
      var support = confusions.stream().map(confusion -> confusion.support(1)).toList();
      measures.put("accuracy of all decisions", confusions.stream().mapToDouble(Confusion::accuracy).average().orElse(Double.NaN));
      measures.put("examples with all labels right", exact());
      tables.add(ClassTables.byName("Labels", "label", names, scores, support, curves));
      tables.add(ClassTables.averages(Confusion.mean(scores, List.of()), Confusion.mean(scores, support.stream().map(Long::doubleValue).toList()), micro(confusions)));
    }
    if (!isDecision()) {
      measures.put("ROC area (macro)", curves.stream().mapToDouble(RankCurve::rocArea).filter(x -> !Double.isNaN(x)).average().orElse(Double.NaN));
      measures.put("average precision (macro)", curves.stream().mapToDouble(RankCurve::averagePrecision).filter(x -> !Double.isNaN(x)).average().orElse(Double.NaN));
      draw(curves.subList(0, Math.min(10, labels)), names);
    }
  }

  private static Scores micro(List<Confusion> confusions) {
    long hits = confusions.stream().mapToLong(confusion -> confusion.counts()[1][1]).sum();
    return Scores.of(hits, hits + confusions.stream().mapToLong(confusion -> confusion.counts()[0][1]).sum(), confusions.stream().mapToLong(confusion -> confusion.support(1)).sum());
  }

  private double exact() {
    int examples = sample.count() / labels;
    return (double) IntStream.range(0, examples).filter(e -> IntStream.range(e * labels, (e + 1) * labels).allMatch(i -> isSo(i) == isTaken(i))).count() / examples;
  }

  private void draw(List<RankCurve> curves, List<String> names) {
    charts.add(new ReportChart.Curves("ROC curve", "false positives", "true positives",
        IntStream.range(0, curves.size()).filter(i -> !Double.isNaN(curves.get(i).rocArea())).mapToObj(i -> curves.get(i).roc(names.get(i))).toList()));
    charts.add(new ReportChart.Curves("Precision and recall", "recall", "precision",
        IntStream.range(0, curves.size()).filter(i -> !Double.isNaN(curves.get(i).averagePrecision())).mapToObj(i -> curves.get(i).precisionRecall(names.get(i))).toList()));
  }

  private void calibration() {
    var probability = DoubleStream.of(sample.guess()).map(score -> isProbability() ? score : 1 / (1 + Math.exp(-score))).toArray();
    var truth = new boolean[probability.length];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = isSo(i);
    }
    var calibration = Calibration.of(probability, truth);
    measures.put("expected calibration error", calibration.expectedError());
    measures.put("largest calibration error", calibration.largestError());
    measures.put("Brier score", calibration.brier());
    charts.add(new ReportChart.Reliability("How often it is so, by its probability", calibration));
  }
}
