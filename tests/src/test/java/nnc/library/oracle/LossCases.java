package nnc.library.oracle;

import static nnc.library.oracle.Domain.COUNTS;
import static nnc.library.oracle.Domain.DISTRIBUTIONS;
import static nnc.library.oracle.Domain.MARKS;
import static nnc.library.oracle.Domain.NORMAL;
import static nnc.library.oracle.Domain.SHARES;
import static nnc.library.oracle.Domain.SIGNS;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/** Losses and penalties, as torch.nn.functional defines them unless a paper is named. */
final class LossCases {
  private LossCases() {}

  static List<Case> at(Size s) {
    var cases = new ArrayList<>(ofDifferences(s));
    cases.addAll(ofClasses(s));
    cases.addAll(ofProbabilities(s));
    cases.addAll(ofRows(s));
    cases.addAll(ofActivations(s));
    cases.addAll(penalties(s));
    return cases;
  }

  private static Case loss(Size s, String code, Domain first, Domain second, Function<Map<String, Jets>, Jet> formula) {
    return Case.of(code).rows("a", first, s.batch(), s.n()).rows("b", second, s.batch(), s.n()).is(g -> Jets.scalar(formula.apply(g)));
  }

  /** A mean over all elements. */
  private static Case mean(Size s, String code, Domain first, Domain second, BinaryOperator<Jet> element) {
    return loss(s, code, first, second, g -> g.get("a").with(g.get("b"), element).mean());
  }

  private static List<Case> ofDifferences(Size s) {
    return List.of(
        mean(s, "mse(a, b)", NORMAL, NORMAL, (a, b) -> a.minus(b).square()),
        mean(s, "mae(a, b)", NORMAL, NORMAL, (a, b) -> a.minus(b).abs()),
        mean(s, "huber(a, b)", NORMAL, NORMAL, (a, b) -> huber(a.minus(b), 1)),
        mean(s, "huber(a, b, 0.4)", NORMAL, NORMAL, (a, b) -> huber(a.minus(b), 0.4)),
        loss(s, "half_squared_error(a, b)", NORMAL, NORMAL, g -> g.get("a").with(g.get("b"), (a, b) -> a.minus(b).square()).sum().over(2 * s.batch())),
        mean(s, "log_cosh(a, b)", NORMAL, NORMAL, (a, b) -> a.minus(b).logCosh()),
        mean(s, "poisson(a, b)", NORMAL, COUNTS, (a, b) -> a.exp().minus(a.times(b))),
        mean(s, "hinge(a, b)", NORMAL, SIGNS, (a, b) -> relu(Jet.ONE.minus(a.times(b)))),
        mean(s, "squared_hinge(a, b)", NORMAL, SIGNS, (a, b) -> relu(Jet.ONE.minus(a.times(b))).square()));
  }

  static Jet relu(Jet x) {
    return x.v() > 0 ? x : Jet.ZERO;
  }

  private static Jet huber(Jet x, double delta) {
    return x.abs().v() <= delta ? x.square().times(0.5) : x.abs().minus(delta / 2).times(delta);
  }

  private static Case classes(Size s, String code, Function<Map<String, Jets>, Jet> formula) {
    return Case.of(code).rows("z", s.batch(), s.n()).given("t", Domain.below(s.n()), s.batch()).is(g -> Jets.scalar(formula.apply(g)));
  }

  /** -log p of each class of a row. */
  static Jet surprise(Jets row, int label) {
    return ShapeCases.logSoftmax(row).at(label).neg();
  }

  private static double weight(int label) {
    return 0.5 + label % 3;
  }

  private static String weights(int classes) {
    var list = new ArrayList<String>();
    for (int i = 0; i < classes; i++) {
      list.add(Double.toString(weight(i)));
    }
    return list.toString();
  }

  private static List<Case> ofClasses(Size s) {
    return List.of(
        classes(s, "cross_entropy(z, t)", g -> overRows(g, LossCases::surprise).over(s.batch())),
        classes(s, "perplexity(z, t)", g -> overRows(g, LossCases::surprise).over(s.batch()).exp()),
        // label smoothing of Szegedy et al. 2016, as torch has it: a share of the uniform distribution
        classes(s, "cross_entropy(z, t, smoothing = 0.2)", g -> overRows(g, (row, label) -> smoothed(row, label, 0.2)).over(s.batch())),
        classes(s, "cross_entropy(z, t, weights = " + weights(s.n()) + ")", g -> overRows(g, (row, label) -> surprise(row, label).times(weight(label)))
            .over(overRows(g, (_, label) -> Jet.of(weight(label))))),
        loss(s, "cross_entropy(a, b)", NORMAL, DISTRIBUTIONS, g -> crossed(g.get("a"), g.get("b")).over(s.batch())),
        classes(s, "multiclass_hinge(z, t, margin = 0.8)", g -> overRows(g, (row, label) -> wrongly(row, label, 0.8)).over(s.batch())));
  }

  interface OfRow {
    Jet apply(Jets row, int label);
  }

  static Jet overRows(Map<String, Jets> g, OfRow f) {
    var rows = g.get("z").rows();
    return Jets.sum(rows.size(), i -> f.apply(rows.get(i), g.get("t").whole(i)));
  }

  static Jet smoothed(Jets row, int label, double share) {
    var all = Jets.sum(row.dim(0), k -> surprise(row, k)).over(row.dim(0));
    return surprise(row, label).times(1 - share).plus(all.times(share));
  }

  static Jet wrongly(Jets row, int label, double margin) {
    return Jets.sum(row.dim(0), k -> k == label ? Jet.ZERO : relu(row.at(k).minus(row.at(label)).plus(margin)));
  }

  private static Jet crossed(Jets logits, Jets truth) {
    return Jets.build(logits.shape(), i -> truth.at(i).times(surprise(logits.rows().get(i[0]), i[1]))).sum();
  }

  private static List<Case> ofProbabilities(Size s) {
    return List.of(
        mean(s, "binary_cross_entropy(a, b)", NORMAL, SHARES, (z, t) -> t.times(z.neg().softplus()).plus(Jet.ONE.minus(t).times(z.softplus()))),
        // Lin et al. 2017: (1 - p_t)^gamma -log p_t
        mean(s, "focal(a, b)", NORMAL, MARKS, (z, t) -> focal(z, t, 2)),
        mean(s, "focal(a, b, gamma = 1.5)", NORMAL, MARKS, (z, t) -> focal(z, t, 1.5)),
        Case.of("entropy(p)").rows("p", DISTRIBUTIONS, s.batch(), s.n())
            .is(g -> Jets.scalar(g.get("p").map(p -> p.times(p.log()).neg()).sum().over(s.batch()))),
        loss(s, "kl_divergence(a, b)", DISTRIBUTIONS, DISTRIBUTIONS,
            g -> g.get("a").with(g.get("b"), (p, q) -> p.times(p.over(q).log())).sum().over(s.batch())),
        // Kingma and Welling 2014, appendix B
        loss(s, "gaussian_kl(a, b)", NORMAL, NORMAL,
            g -> g.get("a").with(g.get("b"), (m, l) -> l.plus(1).minus(m.square()).minus(l.exp()).times(-0.5)).sum().over(s.batch())),
        Case.of("dice(p, t)").rows("p", SHARES, s.batch(), s.n()).given("t", MARKS, s.batch(), s.n()).is(g -> Jets.scalar(dice(g.get("p"), g.get("t")))));
  }

  /** Of a truth of 0 or 1, by which it is differentiated as if the truth lay between: both factors are straight in it. */
  private static Jet focal(Jet z, Jet t, double gamma) {
    var miss = z.sigmoid().times(Jet.ONE.minus(t)).plus(z.neg().sigmoid().times(t));
    var surprise = t.times(z.neg().softplus()).plus(Jet.ONE.minus(t).times(z.softplus()));
    return miss.pow(gamma).times(surprise);
  }

  private static Jet dice(Jets p, Jets t) {
    var rows = p.rows();
    var marks = t.rows();
    return Jets.sum(rows.size(), i -> Jet.ONE.minus(rows.get(i).times(marks.get(i)).sum().times(2).plus(1)
        .over(rows.get(i).sum().plus(marks.get(i).sum()).plus(1)))).over(rows.size());
  }

  static Jet length(Jets row) {
    return row.map(Jet::square).sum().sqrt();
  }

  /** As torch's pairwise_distance, which adds 1e-6 to each difference. */
  private static Jet distance(Jets a, Jets b) {
    return length(a.with(b, (x, y) -> x.minus(y).plus(1e-6)));
  }

  private static List<Case> ofRows(Size s) {
    return List.of(
        loss(s, "cosine_proximity(a, b)", NORMAL, NORMAL,
            g -> Jets.sum(s.batch(), i -> Jet.ONE.minus(cosine(g.get("a").rows().get(i), g.get("b").rows().get(i))))
            .over(s.batch())).looser(1, 10, "a cosine hardly changes where its rows are short: terms that are as large as the rows are short cancel"),
        Case.of("triplet(a, b, c, margin = 0.7)").rows("a", s.batch(), s.n()).rows("b", s.batch(), s.n()).rows("c", s.batch(), s.n())
            .is(g -> Jets.scalar(Jets.sum(s.batch(), i -> relu(distance(g.get("a").rows().get(i), g.get("b").rows().get(i))
                .minus(distance(g.get("a").rows().get(i), g.get("c").rows().get(i))).plus(0.7))).over(s.batch()))),
        Case.of("contrastive(a, b, t, margin = 2)").rows("a", s.batch(), s.n()).rows("b", s.batch(), s.n()).given("t", MARKS, s.batch())
            .is(g -> Jets.scalar(Jets.sum(s.batch(), i -> contrastive(distance(g.get("a").rows().get(i), g.get("b").rows().get(i)), g.get("t").is(i), 2))
                .over(s.batch()))));
  }

  private static Jet cosine(Jets a, Jets b) {
    return a.times(b).sum().over(length(a).times(length(b)));
  }

  private static Jet contrastive(Jet away, boolean same, double margin) {
    return same ? away.square() : relu(Jet.of(margin).minus(away)).square();
  }

  private static List<Case> ofActivations(Size s) {
    return List.of(
        Case.of("activity_l1(h, 0.3)").rows("h", s.batch(), s.n()).is(g -> Jets.scalar(g.get("h").map(Jet::abs).sum().times(0.3 / s.batch()))),
        Case.of("activity_l2(h, 0.3)").rows("h", s.batch(), s.n()).is(g -> Jets.scalar(g.get("h").map(Jet::square).sum().times(0.15 / s.batch()))),
        Case.of("kl_sparsity(h, target = 0.1, rate = 2)").rows("h", SHARES, s.batch(), s.n()).is(g -> Jets.scalar(sparsity(g.get("h"), 0.1, 2))));
  }

  /** Ng's lecture on sparse autoencoders. */
  private static Jet sparsity(Jets h, double target, double rate) {
    return Jets.sum(h.dim(1), j -> {
      var active = Jets.sum(h.dim(0), i -> h.at(i, j)).over(h.dim(0));
      return Jet.of(target).over(active).log().times(target).plus(Jet.of(1 - target).over(Jet.ONE.minus(active)).log().times(1 - target)).times(rate);
    });
  }

  private static Case penalty(Size s, String code, Function<Jets, Jet> formula) {
    return Case.of(code).fixed("w", NORMAL, s.upTo(33), 4).is(g -> Jets.scalar(formula.apply(g.get("w"))));
  }

  private static List<Case> penalties(Size s) {
    return List.of(
        penalty(s, "l1(0.3)(w)", w -> w.map(Jet::abs).sum().times(0.3)),
        penalty(s, "l2(0.3)(w)", w -> w.map(Jet::square).sum().times(0.15)),
        penalty(s, "l1_l2(0.3, 0.2)(w)", w -> w.map(Jet::abs).sum().times(0.3).plus(w.map(Jet::square).sum().times(0.1))),
        penalty(s, "orthogonal(0.3)(w)", w -> Jets.build(new int[] {4, 4}, i -> Jets.sum(w.dim(0), k -> w.at(k, i[0]).times(w.at(k, i[1])))
            .minus(i[0] == i[1] ? 1 : 0).abs()).sum().times(0.3)),
        Case.of("orthogonal(0.3)(k)").fixed("k", NORMAL, 3, s.upTo(33), 2)
            .is(g -> Jets.scalar(Jets.build(new int[] {3, 3}, i -> Jets.sum(2 * g.get("k").dim(1),
            j -> g.get("k").at(i[0], j / 2, j % 2).times(g.get("k").at(i[1], j / 2, j % 2))).minus(i[0] == i[1] ? 1 : 0).abs()).sum().times(0.3))));
  }
}
