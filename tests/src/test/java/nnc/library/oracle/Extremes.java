package nnc.library.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/** Arguments at the ends of what numbers can be, and at places where formulas have their corners. */
final class Extremes {
  private Extremes() {}

  static final double[] NUMBERS = {0, 1e-30, -1e-30, 1e-10, -1e-10, 1e-3, -1e-3, 0.5, -0.5, 3, -3, 6, -6, 20, -20, 200, -200, 1e4, -1e4, 1e30, -1e30};

  /** Rows of each of the other cases. */
  static final int ROWS = 2;

  /** The elementwise tables at such numbers, a row each. */
  static List<Case> single() {
    var size = new Size(NUMBERS.length, 1);
    var cases = new ArrayList<Case>();
    cases.addAll(ElementwiseCases.activations(size));
    cases.addAll(ElementwiseCases.functions(size));
    // what is small is lost when one is added to it
    return cases.stream().filter(one -> !one.code().startsWith("acosh")).map(Extremes::extreme).toList();
  }

  private static Case extreme(Case one) {
    var args = one.args().stream().map(arg -> new Case.Arg(arg.name(), arg.from(), arg.smooth(), Domain.these(
        Arrays.stream(NUMBERS).map(x -> arg.domain() == Domain.POSITIVE ? Math.abs(x) : arg.domain() == Domain.SHARES ? Math.max(x, -0.5) : x).toArray()),
        arg.shape())).toList();
    return new Case(one.layer(), one.code(), args, one.formula(), one.smooth(), one.apart(), one.looser());
  }

  static List<Case> rows() {
    var cases = new ArrayList<>(softmaxes());
    cases.addAll(ofClasses());
    cases.addAll(masked());
    cases.addAll(ofProbabilities());
    cases.addAll(ofDifferences());
    cases.addAll(corners());
    cases.addAll(ofWeights());
    return cases;
  }

  private static Case rows(String code, Function<Jets, Jets> formula, double... x) {
    return Case.of(code).rows("x", Domain.these(x), ROWS, x.length / ROWS).is(g -> formula.apply(g.get("x")));
  }

  private static final double[][] LOGITS = {{200, -200, 0, -200, 200, 200}, {1e30, -1e30, 0, 1e4, 1e4, -1e4},
      {7, 7, 7, 0, 0, 0}, {1e30, 1e30, 1e30, -1e30, -1e30, -1e30},
      {1e-30, -1e-30, 0, 88, 89, 104}};

  private static List<Case> softmaxes() {
    var cases = new ArrayList<Case>();
    for (var x : LOGITS) {
      cases.add(rows("softmax(x)", r -> r.byRow(Jets::softmax), x));
      cases.add(rows("log_softmax(x)", r -> r.byRow(ShapeCases::logSoftmax), x));
      cases.add(rows("logsumexp(x)", r -> r.reduce(Jets::logSumExp), x));
    }
    return cases;
  }

  /** What is masked by minus infinity has no share and no slope. */
  private static List<Case> masked() {
    double none = Double.NEGATIVE_INFINITY;
    double[] x = {0, none, 1, none, 0, none};
    return List.of(
        rows("softmax(x)", r -> r.byRow(Jets::softmax), x),
        rows("log_softmax(x)", r -> r.byRow(ShapeCases::logSoftmax), x),
        rows("logsumexp(x)", r -> r.reduce(Jets::logSumExp), x),
        classes("cross_entropy(z, t)", LossCases::surprise, (_, _) -> Jet.ONE, x),
        classes("multiclass_hinge(z, t)", (row, label) -> LossCases.wrongly(row, label, 1), (_, _) -> Jet.ONE, x));
  }

  private static Case classes(String code, LossCases.OfRow loss, LossCases.OfRow weight, double... z) {
    return Case.of(code).rows("z", Domain.these(z), ROWS, 3).given("t", Domain.these("int", 0, 1), ROWS)
        .is(g -> Jets.scalar(LossCases.overRows(g, loss).over(LossCases.overRows(g, weight))));
  }

  private static List<Case> ofClasses() {
    var cases = new ArrayList<Case>();
    LossCases.OfRow one = (_, _) -> Jet.ONE;
    for (var z : LOGITS) {
      cases.add(classes("cross_entropy(z, t)", LossCases::surprise, one, z));
      cases.add(classes("cross_entropy(z, t, smoothing = 0.1)", (row, label) -> LossCases.smoothed(row, label, 0.1), one, z));
      cases.add(classes("cross_entropy(z, t, weights = [1, 0, 2])", (row, label) -> label == 1 ? Jet.ZERO : LossCases.surprise(row, label),
          (_, label) -> Jet.of(label == 1 ? 0 : 1), z));
      cases.add(classes("multiclass_hinge(z, t)", (row, label) -> LossCases.wrongly(row, label, 1), one, z));
    }
    return cases;
  }

  private static Case two(String code, double[] a, double[] b, Function<Map<String, Jets>, Jet> formula) {
    return Case.of(code).rows("a", Domain.these(a), ROWS, a.length / ROWS).given("b", Domain.these(b), ROWS, a.length / ROWS)
        .is(g -> Jets.scalar(formula.apply(g)));
  }

  private static Jet mean(Map<String, Jets> g, BinaryOperator<Jet> element) {
    return g.get("a").with(g.get("b"), element).mean();
  }

  private static final double[] SATURATED = {200, -200, 200, -200, 1e4, -1e4, 1e4, -1e4, 30, -30, 0, 0}, MARKS = {1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1};

  private static List<Case> ofProbabilities() {
    double[] sure = {1, 0, 0, 0, 0.5, 0.5};
    return List.of(
        two("binary_cross_entropy(a, b)", SATURATED, MARKS, g -> mean(g, (z, t) -> t.v() == 1 ? z.neg().softplus() : z.softplus())),
        two("focal(a, b)", SATURATED, MARKS, g -> mean(g, (z, t) -> focal(z, t, 2))),
        two("focal(a, b, gamma = 0.5)", SATURATED, MARKS, g -> mean(g, (z, t) -> focal(z, t, 0.5))),
        two("focal(a, b, gamma = 0)", SATURATED, MARKS, g -> mean(g, (z, t) -> focal(z, t, 0))),
        two("kl_divergence(b, softmax(a))", new double[] {2, 1, 0, 0, 1, 2}, sure, g -> kl(g.get("b"), g.get("a").byRow(Jets::softmax))),
        two("kl_divergence(b, a)", new double[] {1, 1e-30, 0.3, 0.5, 0.2, 0.3}, sure, g -> kl(g.get("b"), g.get("a"))),
        two("entropy(b) + 0 * sum(a)", sure, sure, g -> Jet.of(Math.log(2) / 2)),
        two("dice(a, b)", new double[] {0, 0, 1, 1}, new double[] {0, 0, 1, 1}, g -> dice(g)),
        two("dice(a, b)", new double[] {1, 1, 0, 0}, new double[] {0, 0, 1, 1}, g -> dice(g)),
        two("gaussian_kl(b, a)", new double[] {-200, 80, 0, 0}, new double[] {0, 1e4, 0, -1},
            g -> g.get("b").with(g.get("a"), (m, l) -> m.square().plus(l.exp()).minus(l).minus(1).times(0.5)).sum().over(ROWS)));
  }

  /** Where the truth is 0 or 1: (1 - p)^gamma -log p of what is true. */
  private static Jet focal(Jet z, Jet t, double gamma) {
    var wrong = t.v() == 1 ? z.neg() : z;
    return wrong.softplus().minus(wrong).neg().times(gamma).exp().times(wrong.softplus());
  }

  /** 0 log 0 is 0, whatever q. */
  private static Jet kl(Jets p, Jets q) {
    return p.with(q, (a, b) -> a.v() == 0 ? Jet.ZERO : a.times(a.log().minus(b.log()))).sum().over(ROWS);
  }

  private static Jet dice(Map<String, Jets> g) {
    return Jets.sum(ROWS, i -> Jet.ONE.minus(g.get("a").rows().get(i).times(g.get("b").rows().get(i)).sum().times(2).plus(1)
        .over(g.get("a").rows().get(i).sum().plus(g.get("b").rows().get(i).sum()).plus(1)))).over(ROWS);
  }

  private static List<Case> ofDifferences() {
    var cases = new ArrayList<Case>();
    double[] nothing = new double[6];
    for (var x : List.of(new double[] {1e-30, -1e-30, 1e-30, 1e-30, -1e-30, -1e-30}, new double[] {1e30, -1e30, 1e30, 1e30, -1e30, -1e30}, nothing)) {
      cases.add(two("mse(a, b)", x, nothing, g -> mean(g, (a, b) -> a.minus(b).square())));
      cases.add(two("mae(a, b)", x, nothing, g -> mean(g, (a, b) -> a.minus(b).abs())));
      cases.add(two("huber(a, b)", x, nothing, g -> mean(g, (a, b) -> a.abs().v() <= 1 ? a.square().over(2) : a.abs().minus(0.5))));
      cases.add(two("half_squared_error(a, b)", x, nothing, g -> g.get("a").map(Jet::square).sum().over(2 * ROWS)));
      cases.add(two("hinge(a, b + 1)", x, nothing, g -> mean(g, (a, b) -> LossCases.relu(Jet.ONE.minus(a)))));
      cases.add(two("squared_hinge(a, b + 1)", x, nothing, g -> mean(g, (a, b) -> LossCases.relu(Jet.ONE.minus(a)).square())));
      cases.add(two("activity_l1(a, 1)", x, nothing, g -> g.get("a").map(Jet::abs).sum().over(ROWS)));
      cases.add(two("activity_l2(a, 1)", x, nothing, g -> g.get("a").map(Jet::square).sum().over(2 * ROWS)));
      cases.add(two("poisson(a / 1e29, b)", x, nothing, g -> mean(g, (a, b) -> a.over(1e29).exp())));
    }
    cases.add(two("log_cosh(a, b)", new double[] {1e30, -1e30, 200, -200, 0, 1e4}, nothing, g -> mean(g, (a, b) -> a.logCosh())));
    cases.add(two("triplet(a, b, b)", nothing, nothing, g -> Jet.ONE));
    return cases;
  }

  /** Those that share what is largest share its slope. */
  private static Jet largest(Jets x) {
    double top = Arrays.stream(x.all()).mapToDouble(Jet::v).max().orElseThrow();
    var those = Arrays.stream(x.all()).filter(v -> v.v() == top).toList();
    return Jets.sum(those).over(those.size());
  }

  private static Jet length(Jets x) {
    return Arrays.stream(x.all()).allMatch(v -> v.v() == 0) ? Jet.ZERO : LossCases.length(x);
  }

  private static List<Case> corners() {
    return List.of(
        rows("max(x, axis = 1)", x -> x.reduce(Extremes::largest), 2, 2, 2, -1e30, -1e30, -1e30),
        rows("maximum(x, 0)", x -> x.map(v -> v.max(Jet.ZERO)), 0, 0, 1e30, -1e30),
        rows("prod(x, axis = 1)", x -> x.reduce(row -> Arrays.stream(row.all()).reduce(Jet.ONE, Jet::times)), 0, 3, 2, 0, 0, 2),
        rows("prod(x, axis = 1)", x -> x.reduce(row -> Arrays.stream(row.all()).reduce(Jet.ONE, Jet::times)), 0, 0, 0, 1e-30, 1e30, 2),
        rows("norm(x)", x -> x.reduce(Extremes::length), 0, 0, 0, 3, 0, 0),
        rows("norm(x, p = 1)", x -> x.reduce(row -> row.map(Jet::abs).sum()), 0, 0, 0, 1e30, -1e-30, 0),
        rows("norm(x, p = 3)",
            x -> x.reduce(row -> row.at(0).v() == 0 ? Jet.ZERO : row.at(0).abs().pow(3).plus(row.at(1).pow(3)).pow(1 / 3.0)), 0, 0, -2, 3),
        rows("norm(x, p = infinity)", x -> x.reduce(row -> largest(row.map(Jet::abs))), 1e30, -1e-30, 0, -2, 1, 0),
        rows("x^2", x -> x.map(Jet::square), 0, 0, 1e-10, -1e10),
        rows("x^1", x -> x, 0, 0, 1e-30, -1e30),
        rows("x^0", x -> x.map(_ -> Jet.ONE), 0, 0, 1e-30, -1e30),
        rows("x^3", x -> x.map(v -> v.times(v).times(v)), 0, 0, 1e-10, -1e10),
        rows("x^2.5", x -> x.map(v -> v.v() == 0 ? Jet.ZERO : v.pow(2.5)), 0, 0, 1e-10, 1e10),
        Case.of("pow(a, b)").rows("a", Domain.these(0, 0, 1e-10, 1e10), ROWS, 2).rows("b", Domain.these(2, 3, 2, -2), ROWS, 2)
            .is(g -> g.get("a").with(g.get("b"), (a, b) -> a.v() == 0 ? b.v() == 2 ? a.square() : Jet.ZERO : a.pow(b))),
        rows("roc_auc(x, x > 5)", _ -> Jets.scalar(Jet.ZERO), 1, 2, 3, 4).valuesOnly(),
        rows("f1(x > 5, x > 5) + precision(x > 5, x > 0) + recall(x > 0, x > 5)", _ -> Jets.scalar(Jet.ZERO), 1, 2, 3, 4).valuesOnly(),
        rows("0.5^x", x -> x.map(v -> v.times(Math.log(0.5)).exp()), 0, 100, 1e4, -100),
        rows("variance(x, axis = 1)", x -> x.reduce(row -> ShapeCases.variance(row, 0)), 5, 5, 5, 0, 0, 0),
        rows("cumsum(x)", x -> x.byRow(row -> Jets.build(row.shape(), i -> Jets.sum(i[0] + 1, row::at))), 1e30, -1e30, 1, 0, 0, 1e-30),
        rows("sort(x)", x -> x, 1, 1, 1, -1e30, 0, 1e30),
        rows("top_k(x, 2)", x -> Jets.build(new int[] {ROWS, 2}, i -> x.at(i[0], i[0] == 0 ? i[1] : 2 - i[1])), 1, 1, 1, -1e30, 0, 1e30),
        rows("argmax(x)", x -> Jets.of(new double[] {0, 1}, 2), 1, 1, 1, 0, 7, 7).valuesOnly(),
        rows("unit_norm(x)", x -> x, 0, 0, 0, 0).valuesOnly(),
        rows("max_norm(1)(x)", x -> x, 0, 0, 0, 0).valuesOnly(),
        rows("max_pool1d(expand(x, 1), 3)", x -> Jets.build(new int[] {ROWS, 1, 1}, i -> largest(x.rows().get(i[0]))), 4, 4, 4, -1e30, -1e30, 0),
        rows("kl_sparsity(x)", x -> Jets.scalar(Jet.of(0.05 * Math.log(0.05 / 1e-7) + 0.95 * Math.log(0.95 / (1 - 1e-7)))), 0, 0));
  }

  private static List<Case> ofWeights() {
    double[] wide = {1e4, -1e4, 1e4, 1e4};
    return List.of(
        Case.layer("batch_norm()", "L(x)").rows("x", Domain.these(1, -2, 0, 3), ROWS, 2)
            .weight("gamma", 2).weight("beta", 2).state("mean", Domain.these(0.5), 2)
            .state("variance", Domain.these(0), 2).is(g -> Jets.build(new int[] {ROWS, 2}, i -> g.get("x").at(i).minus(0.5).over(Math.sqrt(LayerCases.EPSILON))
                .times(g.get("gamma").at(i[1])).plus(g.get("beta").at(i[1])))),
        Case.layer("layer_norm()", "L(x)").rows("x", Domain.these(5), ROWS, 3).weight("gamma", 3).weight("beta", 3)
            .is(g -> LayerCases.normalised(g, ROWS, i -> i[0], 1)),
        Case.layer("prelu()", "L(x)").rows("x", Domain.these(1e30, -1e-30, 0, -1e30), ROWS, 2).weight("slope", 2)
            .is(g -> Jets.build(new int[] {ROWS, 2}, i -> g.get("x").at(i).v() > 0 ? g.get("x").at(i) : g.get("x").at(i).times(g.get("slope").at(i[1])))),
        SequenceCases.cell(ROWS, "lstm_cell(2)", "concat(L(x, h, c), axis = -1)", 4, 2, 2, SequenceCases::lstm, true, Domain.these(wide)),
        SequenceCases.cell(ROWS, "gru_cell(2)", "L(x, h) * c", 3, 2, 2, SequenceCases::gru, false, Domain.these(wide)),
        SequenceCases.projections(Case.layer("self_attention(1)", "L(x, m)").rows("x", Domain.these(100, -100, 50, -20), ROWS, 2, 2)
            .given("m", Domain.these("bool", 0, 0, 1, 1), ROWS, 2), 2, true)
            .is(g -> SequenceCases.attended(g, g.get("x"), g.get("x"), g.get("x"), 1, false, true)),
        SequenceCases.projections(Case.layer("self_attention(1, causal = true)", "L(x, m)").rows("x", ROWS, 2, 2)
            .given("m", Domain.these("bool", 0, 1, 0, 0), ROWS, 2), 2, true)
            .is(g -> SequenceCases.attended(g, g.get("x"), g.get("x"), g.get("x"), 1, true, true)),
        Case.of("masked_mean(x, m)").rows("x", Domain.these(1e30), ROWS, 2).given("m", Domain.these("bool", 0), ROWS, 2).is(_ -> Jets.scalar(Jet.ZERO)));
  }
}
