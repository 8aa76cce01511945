package nnc.library;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import nnc.Covers;

/** Pooling and growing of pictures against loops over windows. */
@Covers({"max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d", "global_avg_pool", "global_max_pool", "adaptive_avg_pool2d", "upsample2d"})
class PoolingTest {
  private static final int PICTURES = 6;

  private record Sum(double sum, double most, int count) {}

  /** What the places of a picture from (top, left) up to (bottom, right) add up to; those outside are not counted. */
  private static Sum window(double[] x, int picture, int h, int v, int top, int left, int bottom, int right) {
    double sum = 0;
    double most = Double.NEGATIVE_INFINITY;
    int count = 0;
    for (int i = Math.max(top, 0); i < Math.min(bottom, h); i++) {
      for (int j = Math.max(left, 0); j < Math.min(right, v); j++) {
        double value = x[(picture * h + i) * v + j];
        sum += value;
        most = Math.max(most, value);
        count++;
      }
    }
    return new Sum(sum, most, count);
  }

  @Property(tries = 8, seed = "26", shrinking = ShrinkingMode.OFF)
  void windows(@ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    var r = new Random(seed);
    int h = 5 + r.nextInt(3);
    int v = 5 + r.nextInt(4);
    int[] size = {1 + r.nextInt(3), 1 + r.nextInt(3)};
    int[] stride = {1 + r.nextInt(3), 1 + r.nextInt(3)};
    int[] padding = {r.nextInt(size[0] / 2 + 1), r.nextInt(size[1] / 2 + 1)};
    var arguments = Arrays.toString(size) + ", stride = " + Arrays.toString(stride) + ", padding = " + Arrays.toString(padding);
    var piece = Piece.of("""
        input x: float[N, 3, %1$d, %2$d]
        output most = max_pool2d(x, %3$s)
        output mean = avg_pool2d(x, %3$s)
        output inside = avg_pool2d(x, %3$s, count_padding = false)
        output row = max_pool1d(reshape(x, [N, 3, -1]), %4$d)
        output means = avg_pool1d(reshape(x, [N, 3, -1]), %4$d)
        """.formatted(h, v, arguments, size[1]), 1);
    double[] x = piece.feed(2, "x", PICTURES * h * v, r);
    int o0 = (h + 2 * padding[0] - size[0]) / stride[0] + 1;
    int o1 = (v + 2 * padding[1] - size[1]) / stride[1] + 1;
    var most = new double[PICTURES * o0 * o1];
    var mean = most.clone();
    var inside = most.clone();
    for (int i = 0; i < most.length; i++) {
      int top = i / o1 % o0 * stride[0] - padding[0];
      int left = i % o1 * stride[1] - padding[1];
      var sum = window(x, i / (o0 * o1), h, v, top, left, top + size[0], left + size[1]);
      most[i] = sum.most;
      mean[i] = sum.sum / (size[0] * size[1]);
      inside[i] = sum.sum / sum.count;
    }
    Piece.assertClose(piece.predict("most"), most, 0);
    Piece.assertClose(piece.predict("mean"), mean, 1e-14);
    Piece.assertClose(piece.predict("inside"), inside, 1e-14);
    int length = h * v / size[1];
    var row = new double[PICTURES * length];
    var means = row.clone();
    for (int i = 0; i < row.length; i++) {
      var sum = window(x, i / length, 1, h * v, 0, i % length * size[1], 1, (i % length + 1) * size[1]);
      row[i] = sum.most;
      means[i] = sum.sum / size[1];
    }
    Piece.assertClose(piece.predict("row"), row, 0);
    Piece.assertClose(piece.predict("means"), means, 1e-14);
  }

  @Property(tries = 6, seed = "26", shrinking = ShrinkingMode.OFF)
  void wholePictures(@ForAll @LongRange(min = 0, max = 1 << 20) long seed) {
    var r = new Random(seed);
    int h = 4 + r.nextInt(4);
    int v = 4 + r.nextInt(4);
    int[] cells = {1 + r.nextInt(4), 1 + r.nextInt(4)};
    int[] factor = {1 + r.nextInt(3), 1 + r.nextInt(3)};
    var piece = Piece.of("""
        input x: float[N, 3, %d, %d]
        output most = global_max_pool(x)
        output mean = global_avg_pool(x)
        output cells = adaptive_avg_pool2d(x, %s)
        output grown = upsample2d(x, %s)
        """.formatted(h, v, Arrays.toString(cells), Arrays.toString(factor)), 1);
    double[] x = piece.feed(2, "x", PICTURES * h * v, r);
    var most = new double[PICTURES];
    var mean = new double[PICTURES];
    for (int i = 0; i < PICTURES; i++) {
      var sum = window(x, i, h, v, 0, 0, h, v);
      most[i] = sum.most;
      mean[i] = sum.sum / (h * v);
    }
    Piece.assertClose(piece.predict("most"), most, 0);
    Piece.assertClose(piece.predict("mean"), mean, 1e-14);
    var pooled = new double[PICTURES * cells[0] * cells[1]];
    Arrays.setAll(pooled, i -> {
      int row = i / cells[1] % cells[0];
      int column = i % cells[1];
      var sum = window(x, i / (cells[0] * cells[1]), h, v, row * h / cells[0], column * v / cells[1], Math.ceilDiv((row + 1) * h, cells[0]),
          Math.ceilDiv((column + 1) * v, cells[1]));
      return sum.sum / sum.count;
    });
    Piece.assertClose(piece.predict("cells"), pooled, 1e-14);
    int wide = v * factor[1];
    int high = h * factor[0];
    var grown = new double[PICTURES * high * wide];
    Arrays.setAll(grown, i -> x[(i / (high * wide) * h + i / wide % high / factor[0]) * v + i % wide / factor[1]]);
    Piece.assertClose(piece.predict("grown"), grown, 0);
  }
}
