package nnc.library.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Convolutions and pools over one and two axes of space by plain loops, after the formulas on torch's pages of Conv2d, ConvTranspose2d and the pools. */
final class ConvolutionCases {
  private ConvolutionCases() {}

  static List<Case> at(Size s) {
    var cases = new ArrayList<>(lines(s));
    cases.addAll(pictures(s));
    cases.addAll(transposed(s));
    cases.addAll(pools(s));
    cases.addAll(resized(s));
    cases.addAll(SpaceCases.at(s));
    return cases;
  }

  /** How a kernel moves over an axis. */
  private record Way(int kernel, int stride, int before, int after, int dilation) {
    static Way of(int kernel) {
      return new Way(kernel, 1, 0, 0, 1);
    }

    static Way padded(int kernel, int stride, int padding) {
      return new Way(kernel, stride, padding, padding, 1);
    }

    /** As many places out as the stride leaves of those in, where what is missing is put at both ends, at the later first. */
    static Way same(int kernel, int stride, int size) {
      int total = Math.max(0, (Math.ceilDiv(size, stride) - 1) * stride + kernel - size);
      return new Way(kernel, stride, total / 2, total - total / 2, 1);
    }

    int out(int size) {
      return (size + before + after - dilation * (kernel - 1) - 1) / stride + 1;
    }

    int at(int out, int tap) {
      return out * stride + tap * dilation - before;
    }
  }

  private static final Way NONE = Way.of(1);

  /** Of [N, C, H, W] and [F, C / groups, k, l]. */
  private static Jets convolved(Jets x, Jets w, Jets b, Way down, Way right, int groups) {
    int each = w.dim(1);
    int taps = w.dim(2) * w.dim(3);
    return Jets.build(new int[] {x.dim(0), w.dim(0), down.out(x.dim(2)), right.out(x.dim(3))}, i -> {
      int first = i[1] / (w.dim(0) / groups) * each;
      return Jets.sum(each * taps, t -> {
        int c = t / taps;
        int k = t % taps / w.dim(3);
        int l = t % w.dim(3);
        return x.padded(i[0], first + c, down.at(i[2], k), right.at(i[3], l)).times(w.at(i[1], c, k, l));
      }).plus(b == null ? Jet.ZERO : b.at(i[1]));
    });
  }

  /** A line as a picture of one row. */
  private static Jets flat(Jets line) {
    return line.reshape(line.dim(0), line.dim(1), 1, line.dim(2));
  }

  private static Jets line(Jets flat) {
    return flat.reshape(flat.dim(0), flat.dim(1), flat.dim(3));
  }

  private static Case line(Size s, int channels, int length, int filters, String options, Way way, int groups) {
    return Case.layer("conv1d(%d, %d%s)".formatted(filters, way.kernel, options), "L(x)").rows("x", s.batch(), channels, length)
        .weight("W", filters, channels / groups, way.kernel).weight("b", filters)
        .is(g -> line(convolved(flat(g.get("x")), flat(g.get("W")), g.get("b"), NONE, way, groups)));
  }

  private static List<Case> lines(Size s) {
    int n = s.n();
    return List.of(
        line(s, 3, n + 2, 4, "", Way.of(3), 1),
        line(s, n, 6, 3, ", padding = 2", Way.padded(3, 1, 2), 1),
        line(s, 2, n + 3, 3, ", stride = 2, padding = 1, dilation = 2", new Way(2, 2, 1, 1, 2), 1),
        line(s, 2 * s.upTo(33), 5, 2 * s.upTo(33), ", groups = %d".formatted(2 * s.upTo(33)), Way.of(3), 2 * s.upTo(33)),
        line(s, 2, n + 1, 3, ", stride = 3, padding = \"same\"", Way.same(4, 3, n + 1), 1));
  }

  private static Case picture(Size s, int channels, int height, int width, int filters, String options, Way down, Way right, int groups) {
    return Case.layer("conv2d(%d, [%d, %d]%s)".formatted(filters, down.kernel, right.kernel, options), "L(x)").rows("x", s.batch(), channels, height, width)
        .weight("W", filters, channels / groups, down.kernel, right.kernel).weight("b", filters)
        .is(g -> convolved(g.get("x"), g.get("W"), g.get("b"), down, right, groups));
  }

  private static List<Case> pictures(Size s) {
    int n = s.n();
    return List.of(
        picture(s, n, 3, 4, 3, "", Way.of(2), Way.of(3), 1),
        picture(s, 2, 3, n + 2, 5, "", Way.of(3), Way.of(3), 1),
        picture(s, 3, 4, s.upTo(33), 2, ", padding = 1, stride = [2, 1]", Way.padded(3, 2, 1), Way.padded(3, 1, 1), 1),
        picture(s, 4, 4, s.upTo(17) + 2, 6, ", groups = 2, dilation = [1, 2]", Way.of(2), new Way(2, 1, 0, 0, 2), 2),
        picture(s, 2, 5, s.upTo(17), 3, ", padding = \"same\", stride = 2", Way.same(3, 2, 5), Way.same(2, 2, s.upTo(17)), 1),
        Case.layer("conv2d(%d, 1, bias = false, activation = tanh)".formatted(s.upTo(33)), "L(x)").rows("x", s.batch(), 3, 2, 3)
            .weight("W", s.upTo(33), 3, 1, 1).is(g -> convolved(g.get("x"), g.get("W"), null, NONE, NONE, 1).map(Jet::tanh)));
  }

  /** What each place gives to those that a convolution would take it from: of [N, C, H, W] and [C, F / groups, k, l]. */
  private static Jets spread(Jets x, Jets w, Jets b, Way down, Way right, int groups, int height, int width) {
    int each = w.dim(1);
    int of = x.dim(1) / groups;
    return Jets.build(new int[] {x.dim(0), each * groups, height, width}, i -> {
      var terms = new ArrayList<Jet>();
      terms.add(b.at(i[1]));
      int group = i[1] / each;
      for (int c = group * of; c < (group + 1) * of; c++) {
        for (int p = 0; p < x.dim(2); p++) {
          for (int q = 0; q < x.dim(3); q++) {
            int k = i[2] - p * down.stride + down.before;
            int l = i[3] - q * right.stride + right.before;
            if (k % down.dilation == 0 && l % right.dilation == 0) {
              terms.add(x.at(i[0], c, p, q).times(w.padded(c, i[1] % each, Math.floorDiv(k, down.dilation), Math.floorDiv(l, right.dilation))));
            }
          }
        }
      }
      return Jets.sum(terms);
    });
  }

  private static int spread(int size, Way way, int more) {
    return (size - 1) * way.stride - way.before - way.after + way.dilation * (way.kernel - 1) + more + 1;
  }

  private static Case spreading(Size s, int channels, int height, int width, int filters, String options, Way way, int groups, int more) {
    return Case.layer("conv_transpose2d(%d, %d%s)".formatted(filters, way.kernel, options), "L(x)").rows("x", s.batch(), channels, height, width)
        .weight("W", channels, filters / groups, way.kernel, way.kernel).weight("b", filters)
        .is(g -> spread(g.get("x"), g.get("W"), g.get("b"), way, way, groups, spread(height, way, more), spread(width, way, more)));
  }

  private static List<Case> transposed(Size s) {
    var strided = Way.padded(3, 2, 1);
    return List.of(
        spreading(s, s.upTo(33), 2, 3, 2, "", Way.of(2), 1, 0),
        spreading(s, 2, 2, s.upTo(17), 2, ", stride = 2, padding = 1, output_padding = 1", strided, 1, 1),
        spreading(s, 4, 2, 2, 2 * s.upTo(7), ", groups = 2, dilation = 2", new Way(2, 1, 0, 0, 2), 2, 0),
        Case.layer("conv_transpose1d(3, 3, stride = 2, padding = 1, output_padding = 1)", "L(x)").rows("x", s.batch(), 2, s.upTo(33))
            .weight("W", 2, 3, 3).weight("b", 3).is(g -> line(spread(flat(g.get("x")), flat(g.get("W")), g.get("b"), NONE, strided, 1, 1,
                spread(s.upTo(33), strided, 1)))));
  }

  /** Each window's elements inside the picture to one number. */
  private static Jets pooled(Jets x, Way down, Way right, Function<List<Jet>, Jet> pool) {
    return Jets.build(new int[] {x.dim(0), x.dim(1), down.out(x.dim(2)), right.out(x.dim(3))}, i -> {
      var inside = new ArrayList<Jet>();
      for (int p = 0; p < x.dim(2); p++) {
        for (int q = 0; q < x.dim(3); q++) {
          int k = p - down.at(i[2], 0);
          int l = q - right.at(i[3], 0);
          if (k >= 0 && k < down.kernel && l >= 0 && l < right.kernel) {
            inside.add(x.at(i[0], i[1], p, q));
          }
        }
      }
      return pool.apply(inside);
    });
  }

  private static Jet largest(List<Jet> all) {
    return all.stream().max(Comparator.comparingDouble(Jet::v)).orElseThrow();
  }

  private static Jet mean(List<Jet> all) {
    return Jets.sum(all).over(all.size());
  }

  private static Function<List<Jet>, Jet> over(int count) {
    return all -> Jets.sum(all).over(count);
  }

  private static Case line(Size s, String code, Function<Jets, Jets> formula) {
    return Case.of(code).rows("x", s.batch(), 2, s.n() + 2).is(g -> formula.apply(g.get("x").map(Jet::square)));
  }

  private static Case picture(Size s, String code, Function<Jets, Jets> formula) {
    return Case.of(code).rows("x", s.batch(), 2, 4, s.upTo(33) + 2).is(g -> formula.apply(g.get("x").map(Jet::square)));
  }

  private static List<Case> pools(Size s) {
    var strided = Way.padded(3, 2, 1);
    return List.of(
        line(s, "max_pool1d(x^2, 2)", x -> line(pooled(flat(x), NONE, Way.padded(2, 2, 0), ConvolutionCases::largest))),
        line(s, "avg_pool1d(x^2, 3, stride = 1, padding = 1)", x -> line(pooled(flat(x), NONE, Way.padded(3, 1, 1), over(3)))),
        picture(s, "max_pool2d(x^2, 2)", x -> pooled(x, Way.padded(2, 2, 0), Way.padded(2, 2, 0), ConvolutionCases::largest)),
        picture(s, "max_pool2d(x^2, 3, stride = 2, padding = 1)", x -> pooled(x, strided, strided, ConvolutionCases::largest)),
        picture(s, "avg_pool2d(x^2, [2, 3])", x -> pooled(x, Way.padded(2, 2, 0), Way.padded(3, 3, 0), over(6))),
        picture(s, "avg_pool2d(x^2, 3, stride = 2, padding = 1)", x -> pooled(x, strided, strided, over(9))),
        picture(s, "avg_pool2d(x^2, 3, stride = 2, padding = 1, count_padding = false)", x -> pooled(x, strided, strided, ConvolutionCases::mean)),
        picture(s, "global_avg_pool(x^2)", x -> x.reshape(s.batch(), 2, x.dim(2) * x.dim(3)).reduce(Jets::mean)),
        picture(s, "global_max_pool(x^2)", x -> x.reshape(s.batch(), 2, x.dim(2) * x.dim(3)).reduce(row -> largest(Arrays.asList(row.all())))));
  }

  /** Cell i of n takes the elements from floor(i S / n) to ceil((i + 1) S / n), as torch's AdaptiveAvgPool. */
  private static Jets adaptive(Jets x, int rows, int columns, Function<List<Jet>, Jet> pool) {
    return Jets.build(new int[] {x.dim(0), x.dim(1), rows, columns}, i -> {
      var cell = new ArrayList<Jet>();
      for (int p = i[2] * x.dim(2) / rows; p < Math.ceilDiv((i[2] + 1) * x.dim(2), rows); p++) {
        for (int q = i[3] * x.dim(3) / columns; q < Math.ceilDiv((i[3] + 1) * x.dim(3), columns); q++) {
          cell.add(x.at(i[0], i[1], p, q));
        }
      }
      return pool.apply(cell);
    });
  }

  private static List<Case> resized(Size s) {
    return List.of(
        line(s, "adaptive_avg_pool1d(x^2, 3)", x -> line(adaptive(flat(x), 1, 3, ConvolutionCases::mean))),
        line(s, "adaptive_max_pool1d(x^2, 3)", x -> line(adaptive(flat(x), 1, 3, ConvolutionCases::largest))),
        picture(s, "adaptive_avg_pool2d(x^2, [3, 2])", x -> adaptive(x, 3, 2, ConvolutionCases::mean)),
        picture(s, "adaptive_max_pool2d(x^2, [3, 2])", x -> adaptive(x, 3, 2, ConvolutionCases::largest)),
        line(s, "upsample1d(x^2, 3)", x -> Jets.build(new int[] {s.batch(), 2, 3 * x.dim(2)}, i -> x.at(i[0], i[1], i[2] / 3))),
        picture(s, "upsample2d(x^2, [2, 3])", x -> Jets.build(new int[] {s.batch(), 2, 8, 3 * x.dim(3)}, i -> x.at(i[0], i[1], i[2] / 2, i[3] / 3))),
        // the mean of neighbours' distances, as tf.image's sum over the count of each kind
        Case.of("total_variation(x)").rows("x", s.batch(), 2, 3, s.upTo(33) + 1)
            .is(g -> Jets.scalar(neighbours(g.get("x"), 1, 0).plus(neighbours(g.get("x"), 0, 1)))),
        Case.of("gram(x)").rows("x", s.batch(), 3, 2, s.upTo(33)).is(ConvolutionCases::gram));
  }

  private static Jet neighbours(Jets x, int down, int right) {
    return Jets.build(new int[] {x.dim(0), x.dim(1), x.dim(2) - down, x.dim(3) - right},
        i -> x.at(i[0], i[1], i[2] + down, i[3] + right).minus(x.at(i)).abs()).mean();
  }

  /** Gatys et al. 2015, over the number of products as in Johnson et al. 2016. */
  private static Jets gram(Map<String, Jets> g) {
    var x = g.get("x");
    int space = x.dim(2) * x.dim(3);
    return Jets.build(new int[] {x.dim(0), 3, 3}, i -> Jets.sum(space, p -> x.at(i[0], i[1], p / x.dim(3), p % x.dim(3))
        .times(x.at(i[0], i[2], p / x.dim(3), p % x.dim(3)))).over(3 * space));
  }
}
