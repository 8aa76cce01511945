package nnc.library.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;

/**
 * Convolutions and pools over three axes of space by plain loops, after torch's pages of Conv3d, ConvTranspose3d and the pools, and pictures in other sizes, after
 * those of interpolate.
 */
final class SpaceCases {
  private SpaceCases() {}

  static List<Case> at(Size s) {
    var cases = new ArrayList<>(solids(s));
    cases.addAll(pools(s));
    cases.addAll(resized(s));
    return cases;
  }

  private static int out(int size, int kernel, int stride, int padding, int dilation) {
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
  }

  /** Of [N, C, D, H, W] and [F, C / groups, k, k, k]. */
  private static Jets convolved(Jets x, Jets w, Jets b, int stride, int padding, int dilation, int groups) {
    int each = w.dim(1);
    int k = w.dim(2);
    var shape = new int[] {x.dim(0), w.dim(0), 0, 0, 0};
    for (int axis = 2; axis < 5; axis++) {
      shape[axis] = out(x.dim(axis), k, stride, padding, dilation);
    }
    return Jets.build(shape, i -> {
      int first = i[1] / (w.dim(0) / groups) * each;
      IntBinaryOperator at = (axis, tap) -> i[axis] * stride + tap * dilation - padding;
      return Jets.sum(each * k * k * k, t -> {
        int a = t / (k * k) % k;
        int c = t / k % k;
        int d = t % k;
        int channel = t / (k * k * k);
        return x.padded(i[0], first + channel, at.applyAsInt(2, a), at.applyAsInt(3, c), at.applyAsInt(4, d)).times(w.at(i[1], channel, a, c, d));
      }).plus(b.at(i[1]));
    });
  }

  /** What each place gives to those that a convolution without padding would take it from: of [N, C, D, H, W] and [C, F, k, k, k]. */
  private static Jets spread(Jets x, Jets w, Jets b, int stride) {
    int k = w.dim(2);
    var shape = new int[] {x.dim(0), w.dim(1), 0, 0, 0};
    for (int axis = 2; axis < 5; axis++) {
      shape[axis] = (x.dim(axis) - 1) * stride + k;
    }
    return Jets.build(shape, i -> {
      var terms = new ArrayList<Jet>(List.of(b.at(i[1])));
      for (int c = 0; c < x.dim(1); c++) {
        for (int at = 0; at < x.dim(2) * x.dim(3) * x.dim(4); at++) {
          int p = at / (x.dim(3) * x.dim(4));
          int q = at / x.dim(4) % x.dim(3);
          int r = at % x.dim(4);
          terms.add(x.at(i[0], c, p, q, r).times(w.padded(c, i[1], i[2] - p * stride, i[3] - q * stride, i[4] - r * stride)));
        }
      }
      return Jets.sum(terms);
    });
  }

  private static Case solid(Size s, int channels, int width, int filters, String options, Function<Given, Jets> formula, int groups, int kernel) {
    return Case.layer("conv3d(%d, %d%s)".formatted(filters, kernel, options), "L(x)").rows("x", s.batch(), channels, 3, 4, width)
        .weight("W", filters, channels / groups, kernel, kernel, kernel).weight("b", filters)
        .is(g -> formula.apply(new Given(g.get("x"), g.get("W"), g.get("b"))));
  }

  private record Given(Jets x, Jets w, Jets b) {}

  private static List<Case> solids(Size s) {
    int n = s.upTo(9) + 2;
    return List.of(
        solid(s, 2, n, 3, "", g -> convolved(g.x, g.w, g.b, 1, 0, 1, 1), 1, 2),
        solid(s, 2, n, 2, ", stride = 2, padding = 1", g -> convolved(g.x, g.w, g.b, 2, 1, 1, 1), 1, 3),
        solid(s, 4, n, 2, ", padding = \"same\", groups = 2", g -> convolved(g.x, g.w, g.b, 1, 1, 1, 2), 2, 3),
        solid(s, 1, n, 2, ", padding = 1, dilation = 2", g -> convolved(g.x, g.w, g.b, 1, 1, 2, 1), 1, 2),
        Case.layer("conv_transpose3d(2, 2, stride = 2)", "L(x)").rows("x", s.batch(), 2, 2, 3, s.upTo(9)).weight("W", 2, 2, 2, 2, 2).weight("b", 2)
            .is(g -> spread(g.get("x"), g.get("W"), g.get("b"), 2)));
  }

  /** The elements of a window to one number; of [N, C, ...] with an axis or three. */
  private static Jets pooled(Jets x, int kernel, int stride, int padding, Function<List<Jet>, Jet> pool) {
    return Jets.build(new int[] {x.dim(0), x.dim(1), out(x.dim(2), kernel, stride, padding, 1), out(x.dim(3), kernel, stride, padding, 1),
        out(x.dim(4), kernel, stride, padding, 1)}, i -> {
          var inside = new ArrayList<Jet>();
          for (int t = 0; t < kernel * kernel * kernel; t++) {
            int p = i[2] * stride - padding + t / (kernel * kernel);
            int q = i[3] * stride - padding + t / kernel % kernel;
            int r = i[4] * stride - padding + t % kernel;
            if (p >= 0 && q >= 0 && r >= 0 && p < x.dim(2) && q < x.dim(3) && r < x.dim(4)) {
              inside.add(x.at(i[0], i[1], p, q, r));
            }
          }
          return pool.apply(inside);
        });
  }

  private static Jet largest(List<Jet> all) {
    return all.stream().max(java.util.Comparator.comparingDouble(Jet::v)).orElseThrow();
  }

  private static Jet mean(List<Jet> all) {
    return Jets.sum(all).over(all.size());
  }

  private static Case solid(Size s, String code, Function<Jets, Jets> formula) {
    return Case.of(code).rows("x", s.batch(), 2, 3, 4, s.upTo(9) + 2).is(g -> formula.apply(g.get("x").map(Jet::square)));
  }

  /** Cell i of n takes the elements from floor(i S / n) to ceil((i + 1) S / n). */
  private static Jets adaptive(Jets x, int[] cells, Function<List<Jet>, Jet> pool) {
    return Jets.build(new int[] {x.dim(0), x.dim(1), cells[0], cells[1], cells[2]}, i -> {
      var cell = new ArrayList<Jet>();
      for (int p = i[2] * x.dim(2) / cells[0]; p < Math.ceilDiv((i[2] + 1) * x.dim(2), cells[0]); p++) {
        for (int q = i[3] * x.dim(3) / cells[1]; q < Math.ceilDiv((i[3] + 1) * x.dim(3), cells[1]); q++) {
          for (int r = i[4] * x.dim(4) / cells[2]; r < Math.ceilDiv((i[4] + 1) * x.dim(4), cells[2]); r++) {
            cell.add(x.at(i[0], i[1], p, q, r));
          }
        }
      }
      return pool.apply(cell);
    });
  }

  private static List<Case> pools(Size s) {
    return List.of(
        solid(s, "max_pool3d(x^2, 2)", x -> pooled(x, 2, 2, 0, SpaceCases::largest)),
        solid(s, "avg_pool3d(x^2, 3, stride = 2, padding = 1)", x -> pooled(x, 3, 2, 1, all -> Jets.sum(all).over(27))),
        solid(s, "avg_pool3d(x^2, 3, stride = 2, padding = 1, count_padding = false)", x -> pooled(x, 3, 2, 1, SpaceCases::mean)),
        solid(s, "lp_pool(x, 2)", x -> pooled(x, 2, 2, 0, all -> Jets.sum(all).sqrt())),
        solid(s, "adaptive_avg_pool3d(x^2, [2, 3, 2])", x -> adaptive(x, new int[] {2, 3, 2}, SpaceCases::mean)),
        solid(s, "adaptive_max_pool3d(x^2, [2, 3, 2])", x -> adaptive(x, new int[] {2, 3, 2}, SpaceCases::largest)),
        solid(s, "upsample3d(x^2, [2, 1, 3])", x -> Jets.build(new int[] {s.batch(), 2, 6, 4, 3 * x.dim(4)}, i -> x.at(i[0], i[1], i[2] / 2, i[3], i[4] / 3))));
  }

  // ---- other sizes

  /** How element i of an axis of a result is made of those of the operand's. */
  private interface Along {
    Jet at(int i, int from, int to, Function<Integer, Jet> element);
  }

  private static double place(int i, int from, int to, boolean align) {
    return align ? i * (from - 1.0) / Math.max(to - 1, 1) : (i + 0.5) * from / to - 0.5;
  }

  private static Along linear(boolean align) {
    return (i, from, to, element) -> {
      double p = Math.clamp(place(i, from, to, align), 0, from - 1.0);
      int low = (int) Math.floor(p);
      return element.apply(low).times(1 - (p - low)).plus(element.apply(Math.min(low + 1, from - 1)).times(p - low));
    };
  }

  private static Along cubic(boolean align, double a) {
    return (i, from, to, element) -> {
      double p = place(i, from, to, align);
      int low = (int) Math.floor(p);
      var sum = Jet.ZERO;
      for (int k = -1; k < 3; k++) {
        double d = Math.abs(p - low - k);
        double w = d <= 1 ? (a + 2) * d * d * d - (a + 3) * d * d + 1 : d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0;
        sum = sum.plus(element.apply(Math.clamp(low + k, 0, from - 1)).times(w));
      }
      return sum;
    };
  }

  private static Along nearest(boolean align) {
    return (i, from, to, element) -> element.apply(align ? (2 * i * (from - 1) + Math.max(to - 1, 1)) / (2 * Math.max(to - 1, 1)) : (2 * i + 1) * from / (2 * to));
  }

  private static Jets resized(Jets x, int high, int wide, Along along) {
    var tall = Jets.build(new int[] {x.dim(0), x.dim(1), high, x.dim(3)}, i -> high == x.dim(2) ? x.at(i)
        : along.at(i[2], x.dim(2), high, p -> x.at(i[0], i[1], p, i[3])));
    return Jets.build(new int[] {x.dim(0), x.dim(1), high, wide}, i -> wide == x.dim(3) ? tall.at(i)
        : along.at(i[3], x.dim(3), wide, p -> tall.at(i[0], i[1], i[2], p)));
  }

  private static Case picture(Size s, String code, Function<Jets, Jets> formula) {
    return Case.of(code).rows("x", s.batch(), 2, 4, s.upTo(9) + 2).is(g -> formula.apply(g.get("x").map(Jet::square)));
  }

  private static List<Case> resized(Size s) {
    var cases = new ArrayList<Case>();
    for (boolean align : new boolean[] {false, true}) {
      cases.add(picture(s, "resize(x^2, size = [7, 5], align_corners = %s)".formatted(align), x -> resized(x, 7, 5, nearest(align))));
      cases.add(picture(s, "resize(x^2, scale = [1.5, 2], mode = \"linear\", align_corners = %s)".formatted(align), x -> resized(x, 6, 2 * x.dim(3), linear(align))));
      cases.add(picture(s, "resize(x^2, scale = [0.5, 3], mode = \"cubic\", align_corners = %s)".formatted(align), x -> resized(x, 2, 3 * x.dim(3), cubic(align, -0.75))));
    }
    cases.add(picture(s, "resize(x^2, size = [1, 3], mode = \"cubic\", a = -0.5)", x -> resized(x, 1, 3, cubic(false, -0.5))));
    return cases;
  }
}
