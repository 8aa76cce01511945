package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.Covers;
import nnc.Said;
import nnc.library.Piece;
import org.junit.jupiter.api.Test;

/** Pieces of the library against their formulas, written out in loops; gradients against finite differences. */
class PiecesTest {
  private static final double CLOSE = 1e-12;
  private static final int BATCH = 3;

  private static double[] each(int count, IntToDoubleFunction value) {
    return IntStream.range(0, count).mapToDouble(value).toArray();
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** The program's gradients by all its parameters. */
  static void gradients(String source) {
    var said = Said.byNetwork(Compiler.load(Programs.compile(source, 64)), Path.of(""), "check", "--batch", "3", "--elements", "8");
    assertThat(said.code()).as(said.all()).isZero();
  }

  @Test
  @Covers("embedding")
  void anEmbeddingIsARowOfItsTable() {
    var piece = Piece.of("input word: int[N, 2] output y = embedding(5, 4)(word)", 1);
    double[] words = {4, 0, 2, 2, 1, 4};
    var table = piece.feed(BATCH, "word", words).weight("embedding.W");
    Piece.assertClose(piece.predict("y"), each(24, i -> table[(int) words[i / 4] * 4 + i % 4]), 0);
    gradients("input word: int[N, 2] loss mean(sin(3 * embedding(5, 4)(word)))");
  }

  @Test
  @Covers({"max_pool1d", "avg_pool1d"})
  void poolingOfSequences() {
    var piece = Piece.of("""
        input x: float[N, 2, 7]
        output most = max_pool1d(x, 3, stride = 2, padding = 1)
        output mean = avg_pool1d(x, 3, stride = 2, padding = 1)
        output inside = avg_pool1d(x, 3, stride = 2, padding = 1, count_padding = false)
        output halves = max_pool1d(x, 2)
        """, 1);
    var x = piece.feed(BATCH, "x", 42, new Random(5));
    Piece.assertClose(piece.predict("most"), each(24, i -> window(x, i).max().orElseThrow()), 0);
    Piece.assertClose(piece.predict("mean"), each(24, i -> window(x, i).sum() / 3), CLOSE);
    Piece.assertClose(piece.predict("inside"), each(24, i -> window(x, i).average().orElseThrow()), CLOSE);
    Piece.assertClose(piece.predict("halves"), each(18, i -> Math.max(x[i / 3 * 7 + i % 3 * 2], x[i / 3 * 7 + i % 3 * 2 + 1])), 0);
    gradients("input x: float[N, 3] p = reshape(dense(14)(x), [N, 2, 7]) loss mean(sin(max_pool1d(p, 3, stride = 2, padding = 1)))"
        + " loss mean(cos(avg_pool1d(p, 3, padding = 1, count_padding = false)))");
  }

  /** What window {@code i}, of four in each row of seven, sees of its row. */
  private static java.util.stream.DoubleStream window(double[] x, int i) {
    int first = i % 4 * 2 - 1;
    return IntStream.range(Math.max(0, first), Math.min(7, first + 3)).mapToDouble(at -> x[i / 4 * 7 + at]);
  }

  @Test
  @Covers("lstm_cell")
  void aCellOfAnLstm() {
    var piece = Piece.of("input x: float[N, 2] input h: float[N, 3] input c: float[N, 3] next, kept = lstm_cell(3)(x, h, c) output next output kept", 2);
    var random = new Random(6);
    var x = piece.feed(BATCH, "x", 6, random);
    var h = piece.feed(BATCH, "h", 9, random);
    var c = piece.feed(BATCH, "c", 9, random);
    var w = piece.weight("lstm_cell.W");
    var u = piece.weight("lstm_cell.U");
    var b = piece.weight("lstm_cell.b");
    var gates = each(36, i -> b[i % 12] + IntStream.range(0, 2).mapToDouble(k -> x[i / 12 * 2 + k] * w[k * 12 + i % 12]).sum()
        + IntStream.range(0, 3).mapToDouble(k -> h[i / 12 * 3 + k] * u[k * 12 + i % 12]).sum());
    var kept = each(9, i -> sigmoid(gates[i / 3 * 12 + 3 + i % 3]) * c[i] + sigmoid(gates[i / 3 * 12 + i % 3]) * Math.tanh(gates[i / 3 * 12 + 6 + i % 3]));
    Piece.assertClose(piece.predict("kept"), kept, CLOSE);
    Piece.assertClose(piece.predict("next"), each(9, i -> sigmoid(gates[i / 3 * 12 + 9 + i % 3]) * Math.tanh(kept[i])), CLOSE);
    gradients("input x: float[N, 2] h, c = lstm_cell(3)(x, ones(N, 3), zeros(N, 3)) loss mean(sin(3 * h) + c * c)");
  }

  @Test
  @Covers("positional")
  void placesAreWaves() {
    var piece = Piece.of("input x: float[N] output y = positional(5, 6) + reshape(x, [N, 1, 1])", 1);
    piece.feed(1, "x", 0);
    Piece.assertClose(piece.predict("y"), each(30, i -> {
      double angle = (i / 6) / Math.pow(10000, 2.0 * (i % 6 / 2) / 6);
      return i % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
    }), CLOSE);
  }
}
