package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.Covers;
import nnc.endtoend.Programs;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Test;

/** Connectionist temporal classification of open lengths; its values by enumeration are an oracle's. */
@Covers("ctc_loss")
class CtcTest {
  private static final int CLASSES = 4;
  private static final String PROGRAM = """
      input z: float[N, %s, 4]
      input t: int[N, %s]
      input frames: int[N]
      input lengths: int[N]
      cost = ctc_loss(z, t, frames, lengths)
      output cost
      output slope = grad(ctc_loss(z, t, frames, lengths, impossible = 0), z)
      """;

  private static double[][] run(Model model, Tensor z, Tensor t, int[] frames, int[] lengths) {
    int rows = frames.length;
    var context = model.context("predict", Map.of("N", rows, "T", z.shape()[1], "S", t.shape()[1]), Threads.shared());
    context.input("z").set(z);
    context.input("t").set(t);
    context.input("frames").set(new Tensor(new int[] {rows}, frames));
    context.input("lengths").set(new Tensor(new int[] {rows}, lengths));
    context.run();
    return new double[][] {context.output("cost").tensor().toDoubles(), context.output("slope").tensor().toDoubles()};
  }

  private static Tensor scores(int rows, int frames, long seed) {
    return new Tensor(new int[] {rows, frames, CLASSES}, new Random(seed).doubles((long) rows * frames * CLASSES, -3, 3).toArray());
  }

  private static Tensor symbols(int rows, int count, long seed) {
    return new Tensor(new int[] {rows, count}, new Random(seed).ints((long) rows * count, 1, CLASSES).toArray());
  }

  @Test
  void openLengthsGiveWhatKnownOnesGive() {
    var open = Compiler.load(Programs.compile(PROGRAM.formatted("T", "S"), 64));
    var known = Compiler.load(Programs.compile(PROGRAM.formatted("9", "3"), 64));
    int[] frames = {9, 7, 6, 9, 8};
    int[] lengths = {3, 1, 0, 2, 3};
    var of = run(open, scores(5, 9, 1), symbols(5, 3, 2), frames, lengths);
    var as = run(known, scores(5, 9, 1), symbols(5, 3, 2), frames, lengths);
    for (int i = 0; i < 2; i++) {
      for (int k = 0; k < of[i].length; k++) {
        assertThat(of[i][k]).isCloseTo(as[i][k], within(1e-12));
      }
    }
    // each sequence alone, without what stands behind it
    double sum = 0;
    for (int row = 0; row < 5; row++) {
      int frame = frames[row];
      int length = lengths[row];
      double[] all = scores(5, 9, 1).toDoubles();
      int from = row * 9 * CLASSES;
      var z = new Tensor(new int[] {1, frame, CLASSES}, IntStream.range(0, frame * CLASSES).mapToDouble(i -> all[from + i]).toArray());
      var t = symbols(5, 3, 2);
      int first = 3 * row;
      var own = new Tensor(new int[] {1, length}, IntStream.range(0, length).map(i -> (int) t.get(first + i)).toArray());
      var alone = run(open, z, own, new int[] {frame}, new int[] {length});
      sum += alone[0][0];
      for (int i = 0; i < frame * CLASSES; i++) {
        assertThat(of[1][from + i]).isCloseTo(alone[1][i] / 5, within(1e-12));
      }
      assertThat(IntStream.range(from + frame * CLASSES, from + 9 * CLASSES).mapToDouble(i -> of[1][i])).as("slopes behind the frames").allMatch(slope -> slope == 0);
    }
    assertThat(of[0][0]).isCloseTo(sum / 5, within(1e-12));
  }

  /** A repeat needs a blank between. */
  @Test
  void whatCannotBeSpelledCostsWithoutEnd() {
    var model = Compiler.load(Programs.compile(PROGRAM.formatted("T", "S"), 32));
    var twice = new Tensor(new int[] {1, 2}, new int[] {2, 2});
    assertThat(run(model, scores(1, 2, 3), twice, new int[] {2}, new int[] {2})[0]).containsExactly(Double.POSITIVE_INFINITY);
    assertThat(run(model, scores(1, 3, 3), twice, new int[] {3}, new int[] {2})[0][0]).isFinite();
    var of = run(model, scores(2, 3, 3), new Tensor(new int[] {2, 2}, new int[] {2, 2, 1, 3}), new int[] {2, 3}, new int[] {2, 2});
    assertThat(IntStream.range(0, 3 * CLASSES).mapToDouble(i -> of[1][i])).as("slopes of what is impossible").allMatch(slope -> slope == 0);
    assertThat(IntStream.range(3 * CLASSES, 6 * CLASSES).mapToDouble(i -> of[1][i])).allMatch(slope -> Double.isFinite(slope) && slope != 0);
  }

  /** Sure scores neither overflow nor lose what is unlikely. */
  @Test
  void largeScoresKeepTheirDigits() {
    var model = Compiler.load(Programs.compile(PROGRAM.formatted("T", "S"), 32));
    float[] z = new float[200 * CLASSES];
    for (int t = 0; t < 200; t++) {
      z[t * CLASSES + 3] = 1000;
    }
    var cost = run(model, new Tensor(new int[] {1, 200, CLASSES}, z), new Tensor(new int[] {1, 1}, new int[] {1}), new int[] {200}, new int[] {1})[0][0];
    // every frame reads the blank or 1, each at a cost of 1000, and 1 in one of 200 * 201 / 2 stretches
    assertThat(cost).isCloseTo(200_000 - Math.log(200 * 201 / 2.0), within(1.0));
  }
}
