package nnc.library.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Reductions, orders and moves of elements, as NumPy and torch define the functions of these names. */
final class ShapeCases {
  private ShapeCases() {}

  static List<Case> at(Size s) {
    var cases = new ArrayList<>(reductions(s));
    cases.addAll(along(s));
    cases.addAll(orders(s));
    cases.addAll(moves(s));
    cases.addAll(lists(s));
    cases.addAll(indices(s));
    cases.addAll(products(s));
    return cases;
  }

  private static Case rows(Size s, String code, Function<Jets, Jets> formula) {
    return Case.of(code).rows("x", s.batch(), s.n()).is(g -> formula.apply(g.get("x")));
  }

  private static Case whole(Size s, String code, Function<Jets, Jet> formula) {
    return rows(s, code, x -> Jets.scalar(formula.apply(x)));
  }

  private static Case last(Size s, String code, Function<Jets, Jet> formula) {
    return rows(s, code, x -> x.reduce(formula));
  }

  static Jets turned(Jets x) {
    return Jets.build(new int[] {x.dim(1), x.dim(0)}, i -> x.at(i[1], i[0]));
  }

  static Jet variance(Jets x, int correction) {
    var mean = x.mean();
    return x.map(v -> v.minus(mean).square()).sum().over(x.all().length - correction);
  }

  private static Jet product(Jets x) {
    return Arrays.stream(x.all()).reduce(Jet.ONE, Jet::times);
  }

  private static Jet largest(Jets x) {
    return Arrays.stream(x.all()).max(Comparator.comparingDouble(Jet::v)).orElseThrow();
  }

  private static Jet smallest(Jets x) {
    return Arrays.stream(x.all()).min(Comparator.comparingDouble(Jet::v)).orElseThrow();
  }

  private static List<Case> reductions(Size s) {
    return List.of(
        whole(s, "sum(x)", Jets::sum),
        last(s, "sum(x, axis = 1)", Jets::sum),
        rows(s, "sum(x, axis = 0)", x -> turned(x).reduce(Jets::sum)),
        rows(s, "sum(x, axis = 0, keep = true) * x", x -> Jets.build(x.shape(), i -> turned(x).rows().get(i[1]).sum().times(x.at(i)))),
        whole(s, "mean(x)", Jets::mean),
        last(s, "mean(x, axis = -1)", Jets::mean),
        rows(s, "mean(x^2, axis = 0)", x -> turned(x).map(Jet::square).reduce(Jets::mean)),
        whole(s, "max(x)", ShapeCases::largest),
        last(s, "max(x, axis = 1)", ShapeCases::largest),
        rows(s, "min(x, axis = 0)", x -> turned(x).reduce(ShapeCases::smallest)),
        Case.of("prod(x, axis = 1)").rows("x", Domain.each("float", r -> (0.8 + 0.4 * r.nextDouble()) * (2 * r.nextInt(2) - 1)), s.batch(), s.n())
            .is(g -> g.get("x").reduce(ShapeCases::product)),
        whole(s, "variance(x)", x -> variance(x, 0)),
        last(s, "variance(x, axis = 1)", x -> variance(x, 0)),
        Case.of("variance(x, axis = 1, correction = 1)").rows("x", s.batch(), s.n() + 1).is(g -> g.get("x").reduce(x -> variance(x, 1))),
        last(s, "any(x > 1, axis = 1)", x -> truth(Arrays.stream(x.all()).anyMatch(v -> v.v() > 1))).valuesOnly(),
        last(s, "all(x < 1, axis = 1)", x -> truth(Arrays.stream(x.all()).allMatch(v -> v.v() < 1))).valuesOnly());
  }

  static Jet truth(boolean is) {
    return is ? Jet.ONE : Jet.ZERO;
  }

  private static Jet norm(Jets x, double p) {
    return x.map(v -> v.abs().pow(p)).sum().pow(1 / p);
  }

  private static Jets running(Jets x) {
    var sums = new Jet[x.all().length];
    var sum = Jet.ZERO;
    for (int i = 0; i < sums.length; i++) {
      sum = sum.plus(x.all()[i]);
      sums[i] = sum;
    }
    return new Jets(x.shape(), sums);
  }

  static Jets reversed(Jets x) {
    return Jets.build(x.shape(), i -> x.all()[x.all().length - 1 - i[0]]);
  }

  /** Less the largest first, beside which the logarithm of the sum may be too small to be seen. */
  static Jets logSoftmax(Jets x) {
    double top = Arrays.stream(x.all()).mapToDouble(Jet::v).max().orElseThrow();
    var off = x.map(v -> v.minus(top));
    var total = off.map(Jet::exp).sum().log();
    return off.map(v -> v.minus(total));
  }

  private static List<Case> along(Size s) {
    return List.of(
        last(s, "logsumexp(x)", Jets::logSumExp),
        rows(s, "softmax(x)", x -> x.byRow(Jets::softmax)),
        rows(s, "softmax(x, axis = 0)", x -> turned(turned(x).byRow(Jets::softmax))),
        rows(s, "log_softmax(x)", x -> x.byRow(ShapeCases::logSoftmax)),
        last(s, "norm(x)", LossCases::length),
        last(s, "norm(x, p = 1)", x -> x.map(Jet::abs).sum()),
        last(s, "norm(x, p = infinity)", x -> largest(x.map(Jet::abs))),
        last(s, "norm(x, p = 3)", x -> norm(x, 3)),
        last(s, "root(sum(x^2, axis = 1), 4)", x -> x.map(Jet::square).sum().pow(0.25)),
        rows(s, "cumsum(x)", x -> x.byRow(ShapeCases::running)),
        rows(s, "cumsum(x, axis = 0)", x -> turned(turned(x).byRow(ShapeCases::running))),
        rows(s, "cumsum(x^2, axis = 1, reverse = true)", x -> x.map(Jet::square).byRow(row -> reversed(running(reversed(row))))),
        rows(s, "max_norm(1.5)(x)", x -> turned(turned(x).byRow(row -> {
          var length = LossCases.length(row);
          return length.v() <= 1.5 ? row : row.map(v -> v.times(1.5).over(length));
        }))),
        rows(s, "min_max_norm(0.9, 1.5, 0.7)(x)", x -> turned(turned(x).byRow(row -> {
          var length = LossCases.length(row);
          var wanted = length.v() > 1.5 ? Jet.of(1.5) : length.v() < 0.9 ? Jet.of(0.9) : length;
          return row.map(v -> v.times(0.3).plus(v.times(0.7).times(wanted).over(length)));
        }))),
        rows(s, "unit_norm(x, axis = 0)", x -> turned(turned(x).byRow(row -> row.map(v -> v.over(LossCases.length(row))))))
            .looser(1, 1e3, "a column of one small number is long before and 1 after: slopes of one over its square cancel"),
        rows(s, "unit_norm(x)", x -> x.byRow(row -> row.map(v -> v.over(LossCases.length(row)))))
            .looser(1, 1e3, "a row of one small number is long before and 1 after: slopes of one over its square cancel"),
        rows(s, "non_negative(x)", x -> x.map(LossCases::relu)));
  }

  private static Jets sorted(Jets x) {
    return new Jets(x.shape(), Arrays.stream(x.all()).sorted(Comparator.comparingDouble(Jet::v)).toArray(Jet[]::new));
  }

  private static Jets order(Jets x) {
    return new Jets(x.shape(), IntStream.range(0, x.all().length).boxed().sorted(Comparator.comparingDouble(i -> x.all()[i].v()))
        .map(Jet::of).toArray(Jet[]::new));
  }

  private static Jets first(Jets x, int k) {
    return Jets.build(new int[] {x.dim(0), k}, x::at);
  }

  private static List<Case> orders(Size s) {
    int k = (s.n() + 1) / 2;
    return List.of(
        rows(s, "sort(x)", x -> x.byRow(ShapeCases::sorted)),
        rows(s, "sort(x, axis = 0)", x -> turned(turned(x).byRow(ShapeCases::sorted))),
        rows(s, "sort(x, descending = true)", x -> x.byRow(row -> reversed(sorted(row)))),
        rows(s, "sort_index(x)", x -> x.byRow(ShapeCases::order)).valuesOnly(),
        rows(s, "top_k(x, " + k + ")", x -> first(x.byRow(row -> reversed(sorted(row))), k)),
        rows(s, "top_k_index(x, " + k + ")", x -> first(x.byRow(row -> reversed(order(row))), k)).valuesOnly(),
        last(s, "argmax(x)", x -> order(x).at(x.dim(0) - 1)).valuesOnly(),
        rows(s, "argmin(x, axis = 0)", x -> turned(x).reduce(row -> order(row).at(0))).valuesOnly());
  }

  private static List<Case> moves(Size s) {
    int n = s.n();
    int batch = s.batch();
    var cube = Case.of("").rows("x", batch, n, 3);
    return List.of(
        moved(cube, "reshape(x^2, [-1, 3])", x -> x.map(Jet::square).reshape(batch * n, 3)),
        moved(cube, "flatten(x^2)", x -> x.map(Jet::square).reshape(batch, 3 * n)),
        moved(cube, "transpose(x^2, [2, 0, 1])", x -> Jets.build(new int[] {3, batch, n}, i -> x.at(i[1], i[2], i[0]).square())),
        moved(cube, "squeeze(expand(x^2, 1), 1)", x -> x.map(Jet::square)),
        moved(cube, "broadcast(expand(x^2, 1), [" + "N, 2, " + n + ", 3])",
            x -> Jets.build(new int[] {batch, 2, n, 3}, i -> x.at(i[0], i[2], i[3]).square())),
        moved(cube, "pad(x^2, [1, 0], [2, 1], value = 0.5)", x -> Jets.build(new int[] {batch, n + 3, 4},
            i -> i[1] < 1 || i[1] > n || i[2] > 2 ? Jet.of(0.5) : x.at(i[0], i[1] - 1, i[2]).square())),
        moved(cube, "pad(x^2, [1, 0], [2, 1], mode = \"edge\")", x -> Jets.build(new int[] {batch, n + 3, 4},
            i -> x.at(i[0], Math.clamp(i[1] - 1, 0, n - 1), Math.min(i[2], 2)).square())),
        moved(cube, "pad(x^2, [2], [1], mode = \"reflect\")", x -> Jets.build(new int[] {batch, n, 6},
            i -> x.at(i[0], i[1], 2 - Math.abs(2 - Math.abs(i[2] - 2))).square())),
        moved(cube, "pad(x^2, [2], [1], mode = \"wrap\")", x -> Jets.build(new int[] {batch, n, 6}, i -> x.at(i[0], i[1], (i[2] + 1) % 3).square())),
        moved(cube, "reverse(x^2, axis = 1)", x -> Jets.build(x.shape(), i -> x.at(i[0], n - 1 - i[1], i[2]).square())),
        moved(cube, "repeat(x^2, 2, axis = 1)", x -> Jets.build(new int[] {batch, 2 * n, 3}, i -> x.at(i[0], i[1] / 2, i[2]).square())),
        moved(cube, "repeat_vector(flatten(x), 3)", x -> Jets.build(new int[] {batch, 3, 3 * n}, i -> x.at(i[0], i[2] / 3, i[2] % 3))),
        moved(cube, "x[:, ::-1, 1:3]^2", x -> Jets.build(new int[] {batch, n, 2}, i -> x.at(i[0], n - 1 - i[1], i[2] + 1).square())),
        moved(cube, "windows(x, size = [2])", x -> Jets.build(new int[] {batch, n, 2, 2}, i -> x.at(i[0], i[1], i[2] + i[3]))),
        Case.of("tril(x)").rows("x", batch, n, n).is(g -> Jets.build(new int[] {batch, n, n}, i -> i[2] <= i[1] ? g.get("x").at(i) : Jet.ZERO)),
        Case.of("x * eye(" + n + ") + x * ones(" + n + ", 1) - zeros(" + n + ") + full([" + n + ", 1], 2) + tensor([3])").rows("x", batch, n, n)
            .is(g -> Jets.build(new int[] {batch, n, n}, i -> g.get("x").at(i).times(i[1] == i[2] ? 2 : 1).plus(5))));
  }

  private static Case moved(Case cube, String code, Function<Jets, Jets> formula) {
    return new Case("", code, cube.args(), g -> formula.apply(g.get("x")), true, false, cube.looser());
  }

  private static List<Case> lists(Size s) {
    int n = s.n();
    int batch = s.batch();
    return List.of(
        Case.of("concat([a, b^2, a], axis = 1)").rows("a", batch, n).rows("b", batch, 3).is(g -> Jets.build(new int[] {batch, 2 * n + 3},
            i -> i[1] < n ? g.get("a").at(i) : i[1] < n + 3 ? g.get("b").at(i[0], i[1] - n).square() : g.get("a").at(i[0], i[1] - n - 3))),
        Case.of("stack([a, b^2], axis = 1)").rows("a", batch, n).rows("b", batch, n)
            .is(g -> Jets.build(new int[] {batch, 2, n}, i -> i[1] == 0 ? g.get("a").at(i[0], i[2]) : g.get("b").at(i[0], i[2]).square())),
        Case.of("split(x, 3)[2] * split(x, 3)[0]").rows("x", batch, 3 * n)
            .is(g -> Jets.build(new int[] {batch, n}, i -> g.get("x").at(i[0], i[1] + 2 * n).times(g.get("x").at(i[0], i[1])))));
  }

  private static List<Case> indices(Size s) {
    int n = s.n();
    int batch = s.batch();
    return List.of(
        Case.of("gather(x, k, axis = 1)").rows("x", batch, n).given("k", Domain.below(n), batch, 4)
            .is(g -> Jets.build(new int[] {batch, 4}, i -> g.get("x").at(i[0], g.get("k").whole(i)))),
        Case.of("take(w, k, axis = 0)").fixed("w", Domain.NORMAL, n, 3).given("k", Domain.below(n), batch, 2)
            .is(g -> Jets.build(new int[] {batch, 2, 3}, i -> g.get("w").at(g.get("k").whole(i[0], i[1]), i[2]))),
        Case.of("put(x, u, " + (n - 1) + ", axis = 1)").rows("x", batch, n, 2).rows("u", batch, 2)
            .is(g -> Jets.build(new int[] {batch, n, 2}, i -> i[1] == n - 1 ? g.get("u").at(i[0], i[2]) : g.get("x").at(i))),
        Case.of("scatter_add(x, k, u, axis = 1)").rows("x", batch, n).rows("u", batch, 4).given("k", Domain.below(n), batch, 4)
            .is(g -> Jets.build(new int[] {batch, n}, i -> g.get("x").at(i)
                .plus(Jets.sum(4, j -> g.get("k").whole(i[0], j) == i[1] ? g.get("u").at(i[0], j) : Jet.ZERO)))),
        Case.of("scatter(x, k, u, axis = 1)").rows("x", batch, n).rows("u", batch, 4).given("k", Domain.below(n), batch, 4)
            .is(g -> Jets.build(new int[] {batch, n}, i -> mean(g.get("x").at(i), 4, j -> g.get("k").whole(i[0], j) == i[1], j -> g.get("u").at(i[0], j)))),
        Case.of("gather_nd(w, k)").fixed("w", Domain.NORMAL, n, n).given("k", Domain.each("int", r -> r.nextInt(2 * n) - n), batch, 3, 2)
            .is(g -> Jets.build(new int[] {batch, 3}, i -> g.get("w").at(Math.floorMod(g.get("k").whole(i[0], i[1], 0), n), Math.floorMod(g.get("k").whole(i[0], i[1], 1), n)))),
        Case.of("gather_nd(x, k, 1)").rows("x", batch, n, 3).given("k", Domain.below(n), batch, 2, 1)
            .is(g -> Jets.build(new int[] {batch, 2, 3}, i -> g.get("x").at(i[0], g.get("k").whole(i[0], i[1], 0), i[2]))),
        Case.of("scatter_nd(w, k, u)").fixed("w", Domain.NORMAL, n, 3).rows("u", batch, 3).given("k", Domain.below(n), batch, 1)
            .is(g -> Jets.build(new int[] {n, 3}, i -> mean(g.get("w").at(i), batch, b -> g.get("k").whole(b, 0) == i[0], b -> g.get("u").at(b, i[1])))),
        Case.of("scatter_nd(w, k, u, add = true)").fixed("w", Domain.NORMAL, n, 3).rows("u", batch, 3).given("k", Domain.below(n), batch, 1)
            .is(g -> Jets.build(new int[] {n, 3}, i -> g.get("w").at(i).plus(Jets.sum(batch, b -> g.get("k").whole(b, 0) == i[0] ? g.get("u").at(b, i[1]) : Jet.ZERO)))),
        Case.of("one_hot(k, " + n + ") * x").rows("x", batch, n).given("k", Domain.below(n), batch)
            .is(g -> Jets.build(new int[] {batch, n}, i -> g.get("k").whole(i[0]) == i[1] ? g.get("x").at(i) : Jet.ZERO)),
        Case.of("range(" + n + ") * x").rows("x", batch, n).is(g -> Jets.build(new int[] {batch, n}, i -> g.get("x").at(i).times(i[1]))));
  }

  /** The mean of those values that are for a place; what was there if none is. */
  private static Jet mean(Jet before, int count, IntPredicate here, IntFunction<Jet> value) {
    int times = (int) IntStream.range(0, count).filter(here).count();
    return times == 0 ? before : Jets.sum(count, i -> here.test(i) ? value.apply(i) : Jet.ZERO).over(times);
  }

  private static List<Case> products(Size s) {
    int n = s.n();
    int batch = s.batch();
    return List.of(
        Case.of("a @ b").rows("a", batch, n).fixed("b", Domain.NORMAL, n, 5).is(g -> g.get("a").matmul(g.get("b"))),
        Case.of("a @ b").rows("a", batch, 3, n).rows("b", batch, n, 2).is(g -> Jets.build(new int[] {batch, 3, 2},
            i -> Jets.sum(n, k -> g.get("a").at(i[0], i[1], k).times(g.get("b").at(i[0], k, i[2]))))),
        Case.of("einsum(\"bij,bjk->bik\", a, b)").rows("a", batch, 2, 3).rows("b", batch, 3, n).is(g -> Jets.build(new int[] {batch, 2, n},
            i -> Jets.sum(3, k -> g.get("a").at(i[0], i[1], k).times(g.get("b").at(i[0], k, i[2]))))),
        Case.of("einsum(\"bi,bj->ij\", a, b)").rows("a", batch, 3).rows("b", batch, n).is(g -> Jets.build(new int[] {3, n},
            i -> Jets.sum(batch, b -> g.get("a").at(b, i[0]).times(g.get("b").at(b, i[1]))))));
  }
}
