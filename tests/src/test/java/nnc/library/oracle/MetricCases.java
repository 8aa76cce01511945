package nnc.library.oracle;

import static nnc.library.oracle.Domain.BITS;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Metrics: counts of what is right, as scikit-learn's pages define them; and those that have slopes. */
final class MetricCases {
  private MetricCases() {}

  private static Case guesses(Size s, String code, ToDoubleFunction<Counts> metric) {
    return Case.of(code).given("a", BITS, s.batch(), s.n()).given("b", BITS, s.batch(), s.n())
        .is(g -> Jets.scalar(Jet.of(metric.applyAsDouble(Counts.of(g))))).valuesOnly();
  }

  /** How often both are true, only the guess, only the truth, none. */
  private record Counts(double both, double guess, double truth, double none) {
    static Counts of(Map<String, Jets> g) {
      var counts = new double[4];
      for (int i = 0; i < g.get("a").all().length; i++) {
        counts[(g.get("a").all()[i].v() != 0 ? 0 : 2) + (g.get("b").all()[i].v() != 0 ? 0 : 1)]++;
      }
      return new Counts(counts[0], counts[1], counts[2], counts[3]);
    }

    /** 0 where there is nothing to count. */
    static double share(double part, double of) {
      return of == 0 ? 0 : part / of;
    }
  }

  static List<Case> at(Size s) {
    int batch = s.batch();
    int n = s.n();
    return List.of(
        guesses(s, "precision(a, b)", c -> Counts.share(c.both, c.both + c.guess)),
        guesses(s, "recall(a, b)", c -> Counts.share(c.both, c.both + c.truth)),
        guesses(s, "f1(a, b)", c -> Counts.share(2 * c.both, 2 * c.both + c.guess + c.truth)),
        guesses(s, "iou(a, b)", c -> Counts.share(c.both, c.both + c.guess + c.truth)),
        guesses(s, "specificity(a, b)", c -> Counts.share(c.none, c.none + c.guess)),
        Case.of("top_k_accuracy(z, t, k = " + (n + 1) / 2 + ")").given("z", Domain.NORMAL, batch, n).given("t", Domain.below(n), batch)
            .is(g -> Jets.scalar(Jet.of(topK(g.get("z"), g.get("t"), (n + 1) / 2)))).valuesOnly(),
        Case.of("confusion_matrix(a, b, " + n + ")").given("a", Domain.below(n), batch).given("b", Domain.below(n), batch)
            .is(g -> Jets.build(new int[] {n, n}, i -> Jet.of((double) together(g.get("b"), i[0], g.get("a"), i[1]) / batch))).valuesOnly(),
        Case.of("roc_auc(z, t)").given("z", Domain.each("float", r -> r.nextInt(9)), batch, n).given("t", BITS, batch, n)
            .is(g -> Jets.scalar(Jet.of(area(g.get("z"), g.get("t"))))).valuesOnly(),
        Case.of("r2(a, b)").rows("a", batch, n).rows("b", batch, n).is(g -> Jets.scalar(determined(g.get("a"), g.get("b")))));
  }

  private static double topK(Jets scores, Jets labels, int k) {
    double right = 0;
    for (int i = 0; i < labels.all().length; i++) {
      var row = scores.rows().get(i);
      double own = row.at(labels.whole(i)).v();
      right += Arrays.stream(row.all()).filter(score -> score.v() > own).count() < k ? 1 : 0;
    }
    return right / labels.all().length;
  }

  private static int together(Jets a, int i, Jets b, int j) {
    int count = 0;
    for (int at = 0; at < a.all().length; at++) {
      count += a.whole(at) == i && b.whole(at) == j ? 1 : 0;
    }
    return count;
  }

  /** Of all pairs of a positive and a negative, how many are in order; ties count half (Hanley and McNeil 1982). */
  private static double area(Jets scores, Jets truth) {
    double ordered = 0;
    double pairs = 0;
    for (int i = 0; i < scores.all().length; i++) {
      for (int j = 0; j < scores.all().length; j++) {
        if (truth.all()[i].v() != 0 && truth.all()[j].v() == 0) {
          pairs++;
          ordered += (1 + Math.signum(scores.all()[i].v() - scores.all()[j].v())) / 2;
        }
      }
    }
    return pairs == 0 ? 0 : ordered / pairs;
  }

  private static Jet determined(Jets prediction, Jets truth) {
    var mean = truth.mean();
    return Jet.ONE.minus(truth.minus(prediction).map(Jet::square).sum().over(truth.map(t -> t.minus(mean).square()).sum()));
  }
}
