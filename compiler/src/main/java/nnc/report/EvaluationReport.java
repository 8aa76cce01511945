package nnc.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nnc.elaborate.OutputUse;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Type;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.train.Figure;

/**
 * How well a network does on a part of its data: each output that goes with a target is judged by it, over all examples, each counted once.
 *
 * @param part    what the examples are
 * @param figures losses and metrics
 */
public record EvaluationReport(String program, String part, int examples, List<Figure> figures, List<ReportSection> sections) {

  /**
   * What is judged.
   *
   * @param outputs what the program says of them
   * @param told    by output, what it is to be compared with; of all outputs or none
   */
  public record Question(Model model, List<OutputUse> outputs, Map<String, String> told) {}

  /** @throws Fault if outputs and targets do not go together */
  public static EvaluationReport of(Question question, String part, Table table, List<Figure> figures, Run run) {
    var model = question.model;
    Map<String, Type> all = model.spec().inputs().stream().collect(Collectors.toMap(Feed::name, EvaluationReport::type, (a, _) -> a, LinkedHashMap::new));
    var targets = new LinkedHashMap<>(all);
    model.spec().inputs().stream().filter(feed -> !feed.target()).forEach(feed -> targets.remove(feed.name()));
    var comparisons = new Matching(targets, all, question.told).of(question.outputs);
    var outputs = Gathered.outputs(model, table, comparisons.stream().map(comparison -> comparison.output().name()).toList(), run.seed, run.threads);
    var sections = new ArrayList<ReportSection>();
    for (var comparison : comparisons) {
      var feed = model.spec().inputs().stream().filter(input -> input.name().equals(comparison.with())).findFirst().orElseThrow();
      sections.add(section(comparison, outputs.get(comparison.output().name()), Gathered.fed(model, table, feed), classes(model, table, feed)));
    }
    return new EvaluationReport(model.spec().name(), part, table.size(), figures, sections);
  }

  /** How outputs are computed. */
  public record Run(long seed, Threads threads) {}

  private static Type type(Feed feed) {
    return new Type(Kind.valueOf(feed.kind().name()), feed.shape().stream().map(size -> dim(size, feed.dims())).toList());
  }

  private static Dim dim(Poly size, List<String> names) {
    var sum = Dim.ZERO;
    for (int i = 0; i < size.factors().size(); i++) {
      var term = Dim.of(size.factors().get(i));
      for (int place : size.places().get(i)) {
        term = term.times(Dim.open(names.get(place)));
      }
      sum = sum.plus(term);
    }
    return sum;
  }

  private static List<String> classes(Model model, Table table, Feed feed) {
    return feed.column().isText() ? model.vocabulary().titles(feed) : table.column(feed.name()).classes();
  }

  private static ReportSection section(OutputComparison comparison, Gathered output, Gathered target, List<String> names) {
    int width = output.shape().length == 0 ? 1 : output.shape()[output.shape().length - 1];
    return switch (comparison.task()) {
      case SCORES -> ClassReport.byScores(Sample.of(comparison, output, target, width, 1, names));
      case CHOICE -> ClassReport.byPlaces(Sample.of(comparison, output, target, 1, 1, names));
      case SHARES -> {
        var sample = Sample.of(comparison, output, target, width, width, names);
        yield ClassReport.isOneHot(sample) ? ClassReport.byShares(sample) : amount(comparison, output, target,
            List.of("it would be judged as classes if each example of " + comparison.with() + " had one class, with 1 and all others 0"));
      }
      case CHANCE, DECISION -> {
        var sample = Sample.of(comparison, output, target, 1, 1, names);
        int labels = output.shape().length == 1 && isWhole(sample, target) ? width : 1;
        yield ChanceReport.hasTwoValues(sample) ? ChanceReport.of(sample, labels) : amount(comparison, output, target,
            List.of("it would be judged as a chance if " + comparison.with() + " had no other numbers than 0 and 1"));
      }
      case AMOUNT -> amount(comparison, output, target, List.of());
    };
  }

  private static ReportSection amount(OutputComparison comparison, Gathered output, Gathered target, List<String> more) {
    var sample = Sample.of(comparison, output, target, 1, 1, List.of());
    return AmountReport.of(sample, isWhole(sample, target) ? output.width() : 1, more);
  }

  /** Whether each of a target's numbers counts, so that those of an example stand together. */
  private static boolean isWhole(Sample sample, Gathered target) {
    return sample.count() == target.values().length;
  }
}
