package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.Covers;
import nnc.library.Resampling.Affine;
import nnc.library.Resampling.Fill;
import nnc.library.Resampling.Picture;
import nnc.library.Resampling.Way;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures that are turned, moved, bent, cut and blurred in training. Oracles: {@link Resampling}, and the moments of what is drawn. */
@Covers({"augment", "rotate", "translate", "shear", "zoom", "stretch", "flip", "elastic", "random_crop", "gaussian_blur"})
class WarpTest {
  private static final List<int[]> SIZES = List.of(new int[] {1, 1}, new int[] {1, 4}, new int[] {2, 3}, new int[] {5, 5}, new int[] {7, 6}, new int[] {8, 17});

  private static double[] expected(double[] x, int[] size, Affine affine, Way way) {
    return IntStream.range(0, x.length / (size[0] * size[1])).boxed()
        .flatMapToDouble(i -> Arrays.stream(affine.of(new Picture(x, i * size[0] * size[1], size[0], size[1]), way))).toArray();
  }

  private static double between(Random random, double low, double high) {
    return Math.rint(1e4 * (low + (high - low) * random.nextDouble())) / 1e4;
  }

  private static String fixed(String name, double value) {
    return "%s = [%s, %s], ".formatted(name, value, value);
  }

  // ---- fixed amounts

  @ParameterizedTest
  @EnumSource(Fill.class)
  void fixedAmountsFollowTheFormula(Fill fill) {
    var random = new Random(fill.ordinal());
    for (int[] size : SIZES) {
      for (boolean bilinear : new boolean[] {true, false}) {
        var way = new Way(fill, bilinear, between(random, -1, 1));
        double zoom = between(random, 0.3, 1.7);
        double stretch = between(random, 0.5, 1.5);
        var affine = new Affine(zoom * stretch, zoom * stretch, between(random, -60, 60), between(random, -400, 400), between(random, -1.5, 1.5),
            between(random, -0.6, 0.6));
        var varied = new Varied("augment(w, " + fixed("zoom", zoom) + fixed("stretch", stretch) + fixed("shear", affine.shear()) + fixed("rotate", affine.rotate())
            + fixed("height_shift", affine.down()) + fixed("width_shift", affine.right()) + way.arguments() + ")", "3, 2, " + size[0] + ", " + size[1]);
        Piece.assertClose(varied.shown(), expected(varied.picture(), size, affine, way), 1e-10);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"rotate, 37", "translate, 0.3", "shear, -21", "zoom, 1.4", "stretch, 0.6"})
  void oneAfterTheOther(String name, double amount) {
    var affine = switch (name) {
      case "rotate" -> new Affine(1, 1, 0, amount, 0, 0);
      case "translate" -> new Affine(1, 1, 0, 0, amount, amount);
      case "shear" -> new Affine(1, 1, amount, 0, 0, 0);
      default -> new Affine(amount, amount, 0, 0, 0, 0);
    };
    for (var fill : Fill.values()) {
      var way = new Way(fill, true, 0.5);
      var varied = new Varied("%s(w, [%s, %s], %s)".formatted(name, amount, amount, way.arguments()), "2, 5, 6");
      Piece.assertClose(varied.shown(), expected(varied.picture(), new int[] {5, 6}, affine, way), 1e-10);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 8})
  void aWholeTurnChangesNothingAndAQuarterMovesPixels(int size) {
    var shape = "2, 3, %1$d, %1$d".formatted(size);
    var whole = new Varied("rotate(w, [360, 360], fill = \"nearest\")", shape);
    Piece.assertClose(whole.shown(), whole.picture(), 1e-13);
    var quarter = new Varied("rotate(w, [90, 90], fill = \"nearest\")", shape);
    double[] x = quarter.picture();
    var turned = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int row = i / size % size;
      // against the clock: the last column becomes the first row
      turned[i] = x[i - i % (size * size) + i % size * size + size - 1 - row];
    }
    Piece.assertClose(quarter.shown(), turned, 1e-13);
  }

  @Test
  void wholePixelsMoveAsTheyAre() {
    var moved = new Varied("augment(w, height_shift = [0.25, 0.25], width_shift = [-0.5, -0.5], value = 7)", "2, 8, 6");
    double[] x = moved.picture();
    var expected = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int row = i / 6 % 8;
      int column = i % 6;
      expected[i] = row < 2 || column >= 3 ? 7 : x[i - 2 * 6 + 3];
    }
    assertThat(moved.shown()).containsExactly(expected);
  }

  @Test
  void flippedTwiceIsAsItWas() {
    for (var vertical : new boolean[] {false, true}) {
      var once = new Varied("flip(w, vertical = %s, p = 1)".formatted(vertical), "2, 3, 4, 5");
      double[] x = once.picture();
      assertThat(once.shown()).containsExactly(IntStream.range(0, x.length)
          .mapToDouble(i -> x[vertical ? i + 5 * (3 - 2 * (i / 5 % 4)) : i + 4 - 2 * (i % 5)]).toArray());
      var twice = new Varied("flip(flip(w, vertical = %1$s, p = 1), vertical = %1$s, p = 1)".formatted(vertical), "2, 3, 4, 5");
      assertThat(twice.shown()).containsExactly(twice.picture());
    }
  }

  /** A flip within a warp gives pixels as they are: it looks between none. */
  @Test
  void flipsAreFair() {
    int examples = 2000;
    var varied = new Varied("augment(w, flip = true, vertical_flip = true)", examples + ", 3, 2");
    double[] x = varied.picture();
    double[] y = varied.shown();
    int[] seen = new int[4];
    for (int n = 0; n < examples; n++) {
      int corner = IntStream.of(0, 1, 4, 5).filter(new At(y[6 * n], x, 6 * n)::is).findFirst().orElseThrow();
      int way = corner / 4 * 2 + corner % 2;
      for (int i = 0; i < 6; i++) {
        assertThat(y[6 * n + i]).isEqualTo(x[6 * n + (way / 2 == 0 ? i / 2 : 2 - i / 2) * 2 + (way % 2 == 0 ? i % 2 : 1 - i % 2)]);
      }
      seen[way]++;
    }
    assertThat(seen).satisfies(counts -> Arrays.stream(counts).forEach(count -> assertThat(count).isBetween(400, 600)));
  }

  private record At(double value, double[] x, int offset) {
    boolean is(int i) {
      return x[offset + i] == value;
    }
  }

  // ---- what is drawn

  @ParameterizedTest
  @CsvSource({"20, 0, -20, 20", "0.25, 1, 0.75, 1.25", "'[3, 7]', 0, 3, 7", "'[0.5, 0.75]', 1, 0.5, 0.75"})
  void drawsAreUniformAndOneAnExampleAndStep(String amount, int middle, double low, double high) {
    int examples = 20_000;
    var varied = new Varied("drawn(w, %s, %d, \"amount\")".formatted(amount, middle), examples + ", 1, 1", "" + examples);
    double[] draws = varied.at(1);
    double deviation = (high - low) / Math.sqrt(12);
    double mean = DoubleStream.of(draws).average().orElseThrow();
    assertThat(DoubleStream.of(draws)).allMatch(draw -> draw >= low && draw < high);
    assertThat(DoubleStream.of(draws).min().orElseThrow()).isCloseTo(low, within(0.001 * (high - low)));
    assertThat(DoubleStream.of(draws).max().orElseThrow()).isCloseTo(high, within(0.001 * (high - low)));
    assertThat(mean).isCloseTo((low + high) / 2, within(5 * deviation / Math.sqrt(examples)));
    assertThat(DoubleStream.of(draws).map(draw -> (draw - mean) * (draw - mean)).average().orElseThrow())
        .isCloseTo(deviation * deviation, within(5 * deviation * deviation / Math.sqrt(examples)));
    double[] next = varied.at(2);
    assertThat(IntStream.range(0, examples).filter(i -> next[i] == draws[i]).count()).isLessThan(5);
    assertThat(varied.at(1)).containsExactly(draws);
  }

  /** Of a picture that is its columns' numbers a shift shows in each pixel, and each example has its own. */
  @Test
  void examplesAreMovedApart() {
    int examples = 500;
    var varied = new Varied("translate(columns_of(w) + 0 * w, 0.1, fill = \"nearest\")", examples + ", 1, 9, 41");
    double[] y = varied.shown();
    var shifts = IntStream.range(0, examples).mapToDouble(n -> 20 - y[n * 9 * 41 + 4 * 41 + 20]).toArray();
    assertThat(DoubleStream.of(shifts)).allMatch(shift -> Math.abs(shift) <= 4.1).doesNotHaveDuplicates();
    assertThat(DoubleStream.of(shifts).average().orElseThrow()).isCloseTo(0, within(5 * 4.1 / Math.sqrt(3.0 * examples)));
    assertThat(varied.at(2)).isNotEqualTo(y);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bendsAreSmoothNoise(boolean rows) {
    int examples = 40;
    int size = 41;
    double amount = 3;
    double sigma = 2;
    var varied = new Varied("elastic(%s(w) + 0 * w, %s, sigma = %s, fill = \"nearest\")".formatted(rows ? "rows_of" : "columns_of", amount, sigma),
        "%1$d, 1, %2$d, %2$d".formatted(examples, size));
    double[] y = varied.shown();
    // what a bell keeps of the variance of independent numbers, along one axis
    double[] bell = IntStream.rangeClosed(-6, 6).mapToDouble(i -> Math.exp(-i * i / (2 * sigma * sigma))).toArray();
    double kept = DoubleStream.of(bell).map(b -> b * b).sum() / Math.pow(DoubleStream.of(bell).sum(), 2);
    double square = 0;
    double next = 0;
    int count = 0;
    for (int n = 0; n < examples; n++) {
      // up to the edges across the way that shows, along which places beyond them are not told apart
      for (int i = rows ? 10 : 0; i < (rows ? size - 10 : size); i++) {
        for (int j = rows ? 0 : 10; j < (rows ? size - 1 : size - 10); j++) {
          int at = (n * size + i) * size + j;
          double off = y[at] - (rows ? i : j);
          square += off * off;
          next += off * (y[at + 1] - (rows ? i : j + 1));
          count++;
        }
      }
    }
    double variance = amount * amount / 3 * kept * kept;
    assertThat(square / count).isCloseTo(variance, within(0.15 * variance));
    double beside = IntStream.range(0, 12).mapToDouble(i -> bell[i] * bell[i + 1]).sum() / DoubleStream.of(bell).map(b -> b * b).sum();
    assertThat(next / square).isCloseTo(beside, within(0.05));
  }

  // ---- parts

  @ParameterizedTest
  @EnumSource(Fill.class)
  void partsAreCutAnywhere(Fill fill) {
    int examples = 400;
    var way = new Way(fill, false, -3);
    var varied = new Varied("random_crop(w, size = [4, 3], padding = [1, 2], fill = \"%s\", value = -3)".formatted(fill.text()), examples + ", 2, 5, 6", examples + ", 2, 4, 3");
    double[] x = varied.picture();
    double[] y = varied.shown();
    var seen = new TreeSet<String>();
    for (int n = 0; n < examples; n++) {
      int example = n;
      var places = IntStream.range(0, 4 * 8).filter(place -> isPart(x, y, example, new int[] {place / 8 - 1, place % 8 - 2}, way)).boxed().toList();
      assertThat(places).isNotEmpty();
      places.forEach(place -> seen.add(place.toString()));
    }
    assertThat(seen).hasSize(4 * 8);
  }

  private static boolean isPart(double[] x, double[] y, int example, int[] first, Way way) {
    return IntStream.range(0, 2 * 4 * 3).allMatch(i -> y[example * 24 + i]
        == new Picture(x, (2 * example + i / 12) * 30, 5, 6).at(first[0] + i / 3 % 4, first[1] + i % 3, way));
  }

  @Test
  void theMiddleIsPredicted() {
    var piece = Piece.of("input x: float[N, 5, 6]\noutput part = random_crop(x, size = [3, 3])\noutput same = random_crop(x, padding = 2)", 1);
    double[] x = piece.feed(2, "x", 60, new Random(1));
    assertThat(piece.predict("same")).containsExactly(x);
    assertThat(piece.predict("part")).containsExactly(IntStream.range(0, 18).mapToDouble(i -> x[i / 9 * 30 + (1 + i / 3 % 3) * 6 + 1 + i % 3]).toArray());
  }

  // ---- blur

  @ParameterizedTest
  @CsvSource({"0.4", "1", "2.3", "40"})
  void blurIsABell(double sigma) {
    for (int[] size : SIZES) {
      var varied = new Varied("gaussian_blur(w, %s)".formatted(sigma), "2, 2, " + size[0] + ", " + size[1]);
      double[] x = varied.picture();
      int reach = (int) Math.ceil(3 * sigma);
      double whole = IntStream.rangeClosed(-reach, reach).mapToDouble(i -> Math.exp(-i * i / (2 * sigma * sigma))).sum();
      var expected = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        int row = i / size[1] % size[0];
        for (int k = -reach; k <= reach; k++) {
          for (int l = -reach; l <= reach; l++) {
            int at = i - i % (size[0] * size[1]) + Fill.NEAREST.pixel(row + k, size[0]) * size[1] + Fill.NEAREST.pixel(i % size[1] + l, size[1]);
            expected[i] += x[at] * Math.exp(-(k * k + l * l) / (2 * sigma * sigma)) / (whole * whole);
          }
        }
      }
      Piece.assertClose(varied.shown(), expected, 1e-12);
    }
  }

  /** However far the bell reaches, the weights of what is beyond the edge are one. */
  @Test
  void wideBellsOfDifferentWidthsLeaveTheMean() {
    double[] y = new Varied("gaussian_blur(where(columns_of(w) == 3 and rows_of(w) == 3, 49, 0) + 0 * w, [300, 400])", "20, 7, 7").shown();
    assertThat(DoubleStream.of(y)).as("the edge's pixels have nearly all of the weight, and they are 0").allMatch(value -> value > 0 && value < 1e-2);
    double[] same = new Varied("gaussian_blur(0 * w + 5, [300, 400])", "20, 7, 7").shown();
    assertThat(DoubleStream.of(same)).allMatch(value -> Math.abs(value - 5) < 1e-9);
  }

  @Test
  void someAreBlurredEachByItsOwnWidth() {
    var varied = new Varied("gaussian_blur(where(columns_of(w) == 3 and rows_of(w) == 3, 1, 0) + 0 * w, [0.5, 1.5], p = 0.5)", "400, 7, 7");
    double[] y = varied.shown();
    var tops = IntStream.range(0, 400).mapToDouble(n -> y[n * 49 + 24]).toArray();
    assertThat(DoubleStream.of(tops).filter(top -> top == 1).count()).isBetween(150L, 250L);
    var blurred = DoubleStream.of(tops).filter(top -> top < 1).toArray();
    assertThat(DoubleStream.of(blurred)).doesNotHaveDuplicates().allMatch(top -> top > 0.069 && top < 0.62);
  }
}
