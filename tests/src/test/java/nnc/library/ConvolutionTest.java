package nnc.library;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import nnc.Covers;

/** Convolutions of all hyper-parameters against the sums that define them, as torch.nn.functional has them. */
@Covers({"conv1d", "conv2d", "conv_transpose2d"})
class ConvolutionTest {
  private static final int TRIES = 12;

  /** A convolution from [n, channels, h, v]: what is drawn, and what follows. */
  private record Shape(int n, int groups, int perGroup, int perGroupOut, int h, int v, int[] kernel, int[] stride, int[] padding, int[] dilation) {
    static Shape draw(Random r) {
      return new Shape(1 + r.nextInt(3), 1 + r.nextInt(3), 1 + r.nextInt(2), 1 + r.nextInt(3), 5 + r.nextInt(3), 5 + r.nextInt(4),
          pair(r, 1, 3), pair(r, 1, 3), pair(r, 0, 2), pair(r, 1, 2));
    }

    private static int[] pair(Random r, int low, int high) {
      return new int[] {low + r.nextInt(high - low + 1), low + r.nextInt(high - low + 1)};
    }

    int channels() {
      return groups * perGroup;
    }

    int filters() {
      return groups * perGroupOut;
    }

    int out(int axis) {
      int size = axis == 0 ? h : v;
      return (size + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis] + 1;
    }

    String text(String name, String more) {
      return "%s(%d, kernel = [%d, %d], stride = [%d, %d], padding = [%d, %d], dilation = [%d, %d], groups = %d%s)(x)".formatted(name, filters(),
          kernel[0], kernel[1], stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1], groups, more);
    }
  }

  /** Visits every meeting of a filter with a channel: places in x, W and y. */
  private interface Term {
    void at(int x, int w, int y);
  }

  /** {@code x: [n, channels, h, v], W: [filters, channels / groups, k0, k1], y: [n, filters, o0, o1]}. */
  private static void terms(Shape s, int o0, int o1, int low0, int low1, Term term) {
    for (int n = 0; n < s.n; n++) {
      for (int f = 0; f < s.filters(); f++) {
        for (int c = 0; c < s.perGroup; c++) {
          int channel = f / s.perGroupOut * s.perGroup + c;
          for (int i = 0; i < o0 * o1; i++) {
            for (int k = 0; k < s.kernel[0] * s.kernel[1]; k++) {
              int row = i / o1 * s.stride[0] + k / s.kernel[1] * s.dilation[0] - low0;
              int column = i % o1 * s.stride[1] + k % s.kernel[1] * s.dilation[1] - low1;
              if (row >= 0 && row < s.h && column >= 0 && column < s.v) {
                term.at(((n * s.channels() + channel) * s.h + row) * s.v + column, (f * s.perGroup + c) * s.kernel[0] * s.kernel[1] + k,
                    (n * s.filters() + f) * o0 * o1 + i);
              }
            }
          }
        }
      }
    }
  }

  private static double[] forward(Shape s, int o0, int o1, int low0, int low1, double[] x, double[] w, double[] b) {
    var y = new double[s.n * s.filters() * o0 * o1];
    terms(s, o0, o1, low0, low1, (px, pw, py) -> y[py] += x[px] * w[pw]);
    for (int i = 0; i < y.length; i++) {
      y[i] += b[i / (o0 * o1) % s.filters()];
    }
    return y;
  }

  @Property(tries = TRIES, seed = "26", shrinking = ShrinkingMode.OFF)
  void conv2d(@ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    var r = new Random(seed);
    forward(Shape.draw(r), seed, r);
  }

  private static void forward(Shape s, long seed, Random r) {
    var piece = Piece.of("input x: float[N, %d, %d, %d] output y = %s".formatted(s.channels(), s.h, s.v, s.text("conv2d", "")), seed);
    double[] x = piece.feed(s.n, "x", s.n * s.channels() * s.h * s.v, r);
    double[] expected = forward(s, s.out(0), s.out(1), s.padding[0], s.padding[1], x, piece.weight("conv2d.W"), piece.weight("conv2d.b"));
    Piece.assertClose(piece.predict("y"), expected, 1e-13);
  }

  @Example
  void kernelsOfOnePlaceAndOfTheWholePicture() {
    int[] one = {1, 1};
    int[] none = {0, 0};
    for (int[] kernel : new int[][] {{1, 1}, {5, 5}, {5, 1}, {1, 5}, {2, 5}}) {
      for (int groups = 1; groups <= 3; groups++) {
        forward(new Shape(2, groups, 1, 1, 5, 5, kernel, one, none, one), groups, new Random(groups));
        forward(new Shape(2, groups, 1, 2, 5, 5, kernel, kernel, none, one), groups, new Random(groups));
      }
    }
  }

  @Property(tries = 6, seed = "26", shrinking = ShrinkingMode.OFF)
  void conv1d(@ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    var r = new Random(seed);
    var d = Shape.draw(r);
    var s = new Shape(d.n, d.groups, d.perGroup, d.perGroupOut, 1, d.v, new int[] {1, d.kernel[1]}, new int[] {1, d.stride[1]}, new int[] {0, d.padding[1]},
        new int[] {1, d.dilation[1]});
    var piece = Piece.of("input x: float[N, %d, %d] output y = conv1d(%d, %d, %d, %d, %d, %d, tanh)(x)".formatted(s.channels(), s.v, s.filters(), s.kernel[1],
        s.stride[1], s.padding[1], s.dilation[1], s.groups), seed);
    double[] x = piece.feed(s.n, "x", s.n * s.channels() * s.v, r);
    double[] expected = forward(s, 1, s.out(1), 0, s.padding[1], x, piece.weight("conv1d.W"), piece.weight("conv1d.b"));
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.tanh(expected[i]);
    }
    Piece.assertClose(piece.predict("y"), expected, 1e-13);
  }

  /** The odd element of padding goes behind; every size stays at stride 1, and is divided by the stride, rounded up, otherwise. */
  @Property(tries = TRIES, seed = "26", shrinking = ShrinkingMode.OFF)
  void samePadding(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 2) int stride) {
    var r = new Random(seed);
    var d = Shape.draw(r);
    var s = new Shape(d.n, d.groups, d.perGroup, d.perGroupOut, d.h, d.v, d.kernel, new int[] {stride, stride}, d.padding, d.dilation);
    var text = "conv2d(%d, kernel = [%d, %d], stride = %d, padding = \"same\", dilation = [%d, %d], groups = %d)(x)".formatted(s.filters(), s.kernel[0], s.kernel[1],
        stride, s.dilation[0], s.dilation[1], s.groups);
    var piece = Piece.of("input x: float[N, %d, %d, %d] output y = %s".formatted(s.channels(), s.h, s.v, text), seed);
    double[] x = piece.feed(s.n, "x", s.n * s.channels() * s.h * s.v, r);
    int o0 = Math.ceilDiv(s.h, stride);
    int o1 = Math.ceilDiv(s.v, stride);
    int total0 = Math.max(0, (o0 - 1) * stride + s.dilation[0] * (s.kernel[0] - 1) + 1 - s.h);
    int total1 = Math.max(0, (o1 - 1) * stride + s.dilation[1] * (s.kernel[1] - 1) + 1 - s.v);
    double[] expected = forward(s, o0, o1, total0 / 2, total1 / 2, x, piece.weight("conv2d.W"), piece.weight("conv2d.b"));
    Piece.assertClose(piece.predict("y"), expected, 1e-13);
  }

  /** Here y is what is given, and x what comes out; output padding may exceed the stride where the dilation does. */
  @Property(tries = TRIES, seed = "26", shrinking = ShrinkingMode.OFF)
  void transposed(@ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    var r = new Random(seed);
    var d = Shape.draw(r);
    int[] more = {r.nextInt(Math.max(d.stride[0], d.dilation[0])), r.nextInt(Math.max(d.stride[1], d.dilation[1]))};
    int[] padding = {Math.min(d.padding[0], d.dilation[0] * (d.kernel[0] - 1) / 2), Math.min(d.padding[1], d.dilation[1] * (d.kernel[1] - 1) / 2)};
    int h = 2 * d.stride[0] - 2 * padding[0] + d.dilation[0] * (d.kernel[0] - 1) + more[0] + 1;
    int v = 3 * d.stride[1] - 2 * padding[1] + d.dilation[1] * (d.kernel[1] - 1) + more[1] + 1;
    var s = new Shape(d.n, d.groups, d.perGroup, d.perGroupOut, h, v, d.kernel, d.stride, padding, d.dilation);
    var back = new Shape(d.n, d.groups, d.perGroupOut, d.perGroup, h, v, d.kernel, d.stride, padding, d.dilation);
    var piece = Piece.of("input x: float[N, %d, 3, 4] output y = %s".formatted(s.filters(), back.text("conv_transpose2d", ", output_padding = [%d, %d]"
        .formatted(more[0], more[1]))), seed);
    double[] y = piece.feed(s.n, "x", s.n * s.filters() * 12, r);
    double[] w = piece.weight("conv_transpose2d.W");
    double[] b = piece.weight("conv_transpose2d.b");
    var expected = new double[s.n * s.channels() * h * v];
    terms(s, 3, 4, padding[0], padding[1], (px, pw, py) -> expected[px] += y[py] * w[pw]);
    for (int i = 0; i < expected.length; i++) {
      expected[i] += b[i / (h * v) % s.channels()];
    }
    Piece.assertClose(piece.predict("y"), expected, 1e-13);
  }
}
