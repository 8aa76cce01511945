package nnc.library.oracle;

import static nnc.library.oracle.Domain.NORMAL;
import static nnc.library.oracle.Domain.POSITIVE;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Layers with weights, and normalisations as they predict. */
final class LayerCases {
  private LayerCases() {}

  static final double EPSILON = 1e-5;

  static List<Case> at(Size s) {
    var cases = new ArrayList<>(dense(s));
    cases.addAll(norms(s));
    return cases;
  }

  private static List<Case> dense(Size s) {
    int batch = s.batch();
    int n = s.n();
    return List.of(
        Case.layer("dense(" + n + ")", "L(x)").rows("x", batch, 3).weight("W", 3, n).weight("b", n)
            .is(g -> g.get("x").matmul(g.get("W")).plusRow(g.get("b"))),
        Case.layer("dense(3, sigmoid, bias = false)", "L(x)").rows("x", batch, 2, n).weight("W", n, 3)
            .is(g -> g.get("x").matmul(g.get("W")).map(Jet::sigmoid)),
        Case.layer("prelu()", "L(x)").rows("x", batch, n, 2).weight("slope", n)
            .is(g -> Jets.build(g.get("x").shape(), i -> g.get("x").at(i).v() > 0 ? g.get("x").at(i) : g.get("slope").at(i[1]).times(g.get("x").at(i)))),
        // Goodfellow et al. 2013
        Case.layer("maxout(" + n + ", 3)", "L(x)").rows("x", batch, 2).weight("W", 2, 3 * n).weight("b", 3 * n).is(g -> {
          var all = g.get("x").matmul(g.get("W")).plusRow(g.get("b"));
          return Jets.build(new int[] {batch, n}, i -> all.at(i[0], 3 * i[1]).max(all.at(i[0], 3 * i[1] + 1)).max(all.at(i[0], 3 * i[1] + 2)));
        }),
        Case.layer("embedding(7, " + n + ")", "L(k) * x").rows("x", batch, 2, n).given("k", Domain.below(7), batch, 2).weight("W", 7, n)
            .is(g -> Jets.build(new int[] {batch, 2, n}, i -> g.get("W").at(g.get("k").whole(i[0], i[1]), i[2]).times(g.get("x").at(i)))),
        // Salimans and Kingma 2016
        Case.layer("weight_norm_dense(4)", "L(x)").rows("x", batch, n).weight("V", n, 4).weight("g", 4).weight("b", 4).is(g -> {
          var lengths = ShapeCases.turned(g.get("V")).reduce(LossCases::length);
          return Jets.build(new int[] {batch, 4}, i -> g.get("x").rows().get(i[0]).times(ShapeCases.turned(g.get("V")).rows().get(i[1])).sum()
              .over(lengths.at(i[1])).times(g.get("g").at(i[1])).plus(g.get("b").at(i[1])));
        }),
        // Luo et al. 2017
        Case.layer("cosine_dense(4)", "L(x)").rows("x", batch, n).weight("W", n, 4).is(g -> {
          var w = ShapeCases.turned(g.get("W")).rows();
          return Jets.build(new int[] {batch, 4}, i -> {
            var row = g.get("x").rows().get(i[0]);
            return row.times(w.get(i[1])).sum().over(LossCases.length(row).times(LossCases.length(w.get(i[1]))));
          });
        }).looser(1, 100, "a cosine hardly changes where its rows are short: terms that are as large as the rows are short cancel"),
        Case.layer("dense(2)", "time_distributed(L)(x)").rows("x", batch, 3, n).weight("W", n, 2).weight("b", 2)
            .is(g -> g.get("x").matmul(g.get("W")).plusRow(g.get("b"))));
  }

  /** Less the mean, over the root of the biased variance and epsilon. */
  static Jets normalised(Jets x) {
    var mean = x.mean();
    var deviation = ShapeCases.variance(x, 0).plus(EPSILON).sqrt();
    return x.map(v -> v.minus(mean).over(deviation));
  }

  interface Place {
    int of(int... place);
  }

  /** Normalises together what has the same group, then scales and shifts by channel. */
  static Jets normalised(Map<String, Jets> g, int groups, Place group, int channelAxis) {
    var y = normalised(g.get("x"), groups, group);
    return Jets.build(y.shape(), i -> y.at(i).times(g.get("gamma").at(i[channelAxis])).plus(g.get("beta").at(i[channelAxis])));
  }

  static Jets normalised(Jets x, int groups, Place group) {
    var members = new ArrayList<List<Integer>>();
    for (int i = 0; i < groups; i++) {
      members.add(new ArrayList<>());
    }
    int[] at = new int[1];
    Jets.build(x.shape(), i -> {
      members.get(group.of(i)).add(at[0]++);
      return null;
    });
    var all = new Jet[x.all().length];
    for (var list : members) {
      var part = normalised(new Jets(new int[] {list.size()}, list.stream().map(i -> x.all()[i]).toArray(Jet[]::new)));
      for (int i = 0; i < list.size(); i++) {
        all[list.get(i)] = part.at(i);
      }
    }
    return new Jets(x.shape(), all);
  }

  private static final String CANCEL = "what is alike but for little is spread to 1: slopes are what is left of terms of one over its spread";

  private static Case norm(String layer, int channels, int... shape) {
    return Case.layer(layer, "L(x)").rows("x", shape).weight("gamma", channels).weight("beta", channels);
  }

  private static List<Case> norms(Size s) {
    int batch = s.batch();
    int n = s.n();
    return List.of(
        // Ba et al. 2016; one number alone is its offset, and a mean of two is as far from both
        norm("layer_norm()", n + 1, batch, n + 1).is(g -> normalised(g, batch, i -> i[0], 1)).looser(100, 1e5, CANCEL),
        norm("layer_norm()", n + 3, batch, 2, n + 3).is(g -> normalised(g, batch * 2, i -> i[0] * 2 + i[1], 2)).looser(1, 100, CANCEL),
        // Wu and He 2018
        norm("group_norm(2)", 2 * n, batch, 2 * n, 5).is(g -> normalised(g, batch * 2, i -> i[0] * 2 + i[1] / n, 1)).looser(1, 10, CANCEL),
        // Ulyanov et al. 2016
        norm("instance_norm()", 2, batch, 2, 3, n + 1).is(g -> normalised(g, batch * 2, i -> i[0] * 2 + i[1], 1)).looser(1, 10, CANCEL),
        predicting("batch_norm()", s),
        predicting("batch_renorm()", s),
        Case.layer("standardize()", "L(x)^2").rows("x", batch, n, 2).state("mean", NORMAL, n).state("deviation", POSITIVE, n)
            .is(g -> Jets.build(g.get("x").shape(), i -> g.get("x").at(i).minus(g.get("mean").at(i[1])).over(g.get("deviation").at(i[1])).square())),
        Case.layer("zca()", "L(x)").rows("x", batch, n, 2).state("mean", NORMAL, 2 * n).state("W", NORMAL, 2 * n, 2 * n)
            .is(g -> Jets.build(g.get("x").shape(), i -> projected(g, i[0], 2 * i[1] + i[2], 2))).looser(1, 100, CANCEL),
        Case.layer("pca(1)", "L(x)").rows("x", batch, n, 2).state("mean", NORMAL, 2 * n).state("W", NORMAL, 2 * n, 1)
            .is(g -> Jets.build(new int[] {batch, 1}, i -> projected(g, i[0], 0, 2))).looser(1, 100, CANCEL));
  }

  /** A row of pairs less the mean, along a column of the matrix W. */
  private static Jet projected(Map<String, Jets> g, int row, int column, int last) {
    int width = g.get("mean").shape()[0];
    return Jets.sum(width, j -> g.get("x").at(row, j / last, j % last).minus(g.get("mean").at(j)).times(g.get("W").at(j, column)));
  }

  /** Ioffe and Szegedy 2015: with the running mean and variance. */
  private static Case predicting(String layer, Size s) {
    int n = s.n();
    return norm(layer, n, s.batch(), n, 2).state("mean", NORMAL, n).state("variance", POSITIVE, n).is(g -> Jets.build(g.get("x").shape(), i -> {
      var off = g.get("x").at(i).minus(g.get("mean").at(i[1])).over(g.get("variance").at(i[1]).plus(EPSILON).sqrt());
      return off.times(g.get("gamma").at(i[1])).plus(g.get("beta").at(i[1]));
    }));
  }
}
