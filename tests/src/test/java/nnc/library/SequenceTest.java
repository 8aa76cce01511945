package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import nnc.Covers;

/** Recurrent cells, attention and what goes with them against their equations; matrices are rows of rows. */
@Covers({"embedding", "rnn_cell", "lstm_cell", "gru_cell", "rnn", "lstm", "gru", "attention", "self_attention", "positional"})
class SequenceTest {
  private static final int N = 3;
  private static final int T = 4;
  private static final int D = 3;
  private static final int H = 2;

  /** The weights of a cell. */
  private record Cell(String kind, double[] w, double[] u, double[] b, double[] d) {
    static Cell of(Piece piece, String kind, String path) {
      double[] b = piece.weight(path + ".b");
      return new Cell(kind, piece.weight(path + ".W"), piece.weight(path + ".U"), b, kind.equals("gru") ? piece.weight(path + ".d") : new double[b.length]);
    }

    /** Column {@code j} of xW + b, and of hU + d. */
    double fromInput(double[] x, int j) {
      return dot(x, w, j) + b[j];
    }

    double fromState(double[] h, int j) {
      return dot(h, u, j) + d[j];
    }

    private double dot(double[] x, double[] m, int j) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += x[i] * m[i * b.length + j];
      }
      return sum;
    }

    private double gate(double[] x, double[] h, int j) {
      return sigmoid(fromInput(x, j) + fromState(h, j));
    }

    /** The next state: h, and behind it the lstm's c. */
    double[] step(double[] x, double[] state) {
      double[] h = Arrays.copyOf(state, H);
      var next = state.clone();
      for (int j = 0; j < H; j++) {
        switch (kind) {
          case "rnn" -> next[j] = Math.tanh(fromInput(x, j) + fromState(h, j));
          case "lstm" -> {
            double g = Math.tanh(fromInput(x, 2 * H + j) + fromState(h, 2 * H + j));
            next[H + j] = gate(x, h, H + j) * state[H + j] + gate(x, h, j) * g;
            next[j] = gate(x, h, 3 * H + j) * Math.tanh(next[H + j]);
          }
          default -> {
            double n = Math.tanh(fromInput(x, 2 * H + j) + gate(x, h, j) * fromState(h, 2 * H + j));
            double z = gate(x, h, H + j);
            next[j] = (1 - z) * n + z * h[j];
          }
        }
      }
      return next;
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Property(tries = 5, seed = "26", shrinking = ShrinkingMode.OFF)
  void cells(@ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    var piece = Piece.of("""
        input x: float[N, 3]
        input h: float[N, 2]
        input c: float[N, 2]
        output rnn = rnn_cell(2)(x, h)
        a, b = lstm_cell(2)(x, h, c)
        output lstm = concat([a, b])
        output gru = gru_cell(2)(x, h)
        output relu = rnn_cell(2, relu)(x, h) + 0 * c
        """, seed);
    var random = new Random(seed);
    double[] x = piece.feed(N, "x", N * D, random);
    double[] h = piece.feed(N, "h", N * H, random);
    double[] c = piece.feed(N, "c", N * H, random);
    for (var kind : new String[] {"rnn", "lstm", "gru"}) {
      var cell = Cell.of(piece, kind, kind + "_cell");
      int width = kind.equals("lstm") ? 2 * H : H;
      var expected = new double[N * width];
      for (int n = 0; n < N; n++) {
        double[] state = Arrays.copyOf(row(h, n, H), width);
        if (width > H) {
          System.arraycopy(c, n * H, state, H, H);
        }
        System.arraycopy(cell.step(row(x, n, D), state), 0, expected, n * width, width);
      }
      Piece.assertClose(piece.predict(kind), expected, 1e-14);
    }
    var plain = Cell.of(piece, "rnn", "rnn_cell_2");
    var relu = new double[N * H];
    Arrays.setAll(relu, i -> Math.max(0, plain.fromInput(row(x, i / H, D), i % H) + plain.fromState(row(h, i / H, H), i % H)));
    Piece.assertClose(piece.predict("relu"), relu, 1e-14);
  }

  private static double[] row(double[] x, int row, int width) {
    return Arrays.copyOfRange(x, row * width, (row + 1) * width);
  }

  @Property(tries = 3, seed = "26", shrinking = ShrinkingMode.OFF)
  void sequences(@ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    for (var kind : new String[] {"rnn", "lstm", "gru"}) {
      var piece = Piece.of("""
          input x: float[N, 4, 3]
          one = %1$s(2)
          two = %1$s(2, bidirectional = true)
          end = %1$s(2, bidirectional = true, sequences = false)
          output a = one(x)
          output b = two(x)
          output c = end(x)
          output d = %1$s(2, sequences = false)(x)
          """.formatted(kind), seed);
      double[] x = piece.feed(N, "x", N * T * D, new Random(seed));
      double[] forth = along(Cell.of(piece, kind, "two.forward"), x, false);
      double[] back = along(Cell.of(piece, kind, "two.backward"), x, true);
      Piece.assertClose(piece.predict("a"), along(Cell.of(piece, kind, "one.forward"), x, false), 1e-13);
      Piece.assertClose(piece.predict("b"), beside(forth, back, N * T), 1e-13);
      forth = along(Cell.of(piece, kind, "end.forward"), x, false);
      back = along(Cell.of(piece, kind, "end.backward"), x, true);
      Piece.assertClose(piece.predict("c"), beside(at(forth, T - 1), at(back, 0), N), 1e-13);
      Piece.assertClose(piece.predict("d"), at(along(Cell.of(piece, kind, kind + ".forward"), x, false), T - 1), 1e-13);
    }
  }

  /** The outputs of all steps, in the order of time. */
  private static double[] along(Cell cell, double[] x, boolean backwards) {
    var y = new double[N * T * H];
    for (int n = 0; n < N; n++) {
      var state = new double[2 * H];
      for (int i = 0; i < T; i++) {
        int t = backwards ? T - 1 - i : i;
        state = cell.step(row(x, n * T + t, D), state);
        System.arraycopy(state, 0, y, (n * T + t) * H, H);
      }
    }
    return y;
  }

  private static double[] at(double[] y, int t) {
    var last = new double[N * H];
    Arrays.setAll(last, i -> y[(i / H * T + t) * H + i % H]);
    return last;
  }

  private static double[] beside(double[] a, double[] b, int rows) {
    var both = new double[a.length + b.length];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(a, row * H, both, row * 2 * H, H);
      System.arraycopy(b, row * H, both, row * 2 * H + H, H);
    }
    return both;
  }

  @Property(tries = 8, seed = "26", shrinking = ShrinkingMode.OFF)
  void attention(@ForAll @LongRange(min = 0, max = 1 << 20) long seed, @ForAll @IntRange(min = 0, max = 3) int divisor, @ForAll boolean causal, @ForAll boolean bias) {
    int heads = new int[] {1, 2, 3, 6}[divisor];
    var arguments = "(%d, causal = %s, bias = %s)".formatted(heads, causal, bias);
    var piece = Piece.of("input q: float[N, 4, 6] input k: float[N, 5, 6] input v: float[N, 5, 6] output y = attention" + arguments
        + "(q, k, v) output z = self_attention" + arguments + "(q)", seed);
    var random = new Random(seed);
    double[] q = piece.feed(N, "q", N * T * 6, random);
    double[] k = piece.feed(N, "k", N * 5 * 6, random);
    double[] v = piece.feed(N, "v", N * 5 * 6, random);
    Piece.assertClose(piece.predict("y"), attention(piece, "attention.", bias, q, k, v, T, 5, heads, causal), 1e-13);
    Piece.assertClose(piece.predict("z"), attention(piece, "self_attention.", bias, q, q, q, T, T, heads, causal), 1e-13);
  }

  /** Where all that a place may see is masked, it sees all of that alike, and still nothing of what comes after it. */
  @Example
  void aMaskedStartDoesNotSeeTheFuture() {
    var piece = Piece.of("input x: float[N, 4, 6] input seen: bool[N, 4] output y = self_attention(2, causal = true)(x, seen)"
        + " output z = attention(3, causal = true)(x, x, x, seen)", 5);
    double[] x = piece.feed(1, "x", 24, new Random(5));
    piece.feed(1, "seen", 0, 0, 1, 1);
    double[] y = piece.predict("y");
    double[] z = piece.predict("z");
    Arrays.fill(x, 12, 24, 7);
    assertThat(Arrays.copyOf(piece.predict("y"), 12)).containsExactly(Arrays.copyOf(y, 12));
    assertThat(Arrays.copyOf(piece.predict("z"), 12)).containsExactly(Arrays.copyOf(z, 12));
  }

  private static double[] attention(Piece piece, String path, boolean bias, double[] q, double[] k, double[] v, int t, int s, int heads, boolean causal) {
    double[] a = project(piece, path, "q", bias, q);
    double[] b = project(piece, path, "k", bias, k);
    double[] c = project(piece, path, "v", bias, v);
    int width = 6 / heads;
    var mixed = new double[N * t * 6];
    for (int n = 0; n < N; n++) {
      for (int i = 0; i < t; i++) {
        for (int head = 0; head < heads; head++) {
          var p = new double[s];
          double sum = 0;
          for (int j = 0; j < (causal ? i + 1 : s); j++) {
            double score = 0;
            for (int d = head * width; d < (head + 1) * width; d++) {
              score += a[(n * t + i) * 6 + d] * b[(n * s + j) * 6 + d];
            }
            p[j] = Math.exp(score / Math.sqrt(width));
            sum += p[j];
          }
          for (int d = head * width; d < (head + 1) * width; d++) {
            for (int j = 0; j < s; j++) {
              mixed[(n * t + i) * 6 + d] += p[j] / sum * c[(n * s + j) * 6 + d];
            }
          }
        }
      }
    }
    return project(piece, path, "o", bias, mixed);
  }

  private static double[] project(Piece piece, String path, String which, boolean bias, double[] x) {
    double[] w = piece.weight(path + "W" + which);
    double[] b = bias ? piece.weight(path + "b" + which) : new double[6];
    var y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = b[i % 6];
      for (int d = 0; d < 6; d++) {
        y[i] += x[i / 6 * 6 + d] * w[d * 6 + i % 6];
      }
    }
    return y;
  }

  @Example
  void tablesOfPlacesAndWords() {
    for (int width : new int[] {4, 5, 8}) {
      var piece = Piece.of("input word: int[N, 2] output y = positional(9, %d) output e = embedding(7, 3)(word)".formatted(width), 3);
      piece.feed(2, "word", 6, 0, 0, 3);
      var expected = new double[9 * width];
      Arrays.setAll(expected, i -> {
        double angle = i / width / Math.pow(10000, i % width / 2 * 2 / (double) width);
        return i % width % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
      });
      Piece.assertClose(piece.predict("y"), expected, 1e-14);
      double[] w = piece.weight("embedding.W");
      assertThat(piece.predict("e")).containsExactly(w[18], w[19], w[20], w[0], w[1], w[2], w[0], w[1], w[2], w[9], w[10], w[11]);
    }
  }
}
