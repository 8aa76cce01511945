package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.Covers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of pictures that are missing or another's, in training. Oracles: where parts are and how large; moments of the beta distribution. */
@Covers({"cutout", "random_erasing", "mixup", "cutmix"})
class MixingTest {
  private static final double HOLE = 99;

  /** The rectangle of holes in a picture: first row, first column, height, width; fails if holes are none. */
  private static int[] rectangle(double[] y, int offset, int h, int w) {
    int[] at = IntStream.range(0, h * w).filter(i -> y[offset + i] == HOLE).toArray();
    if (at.length == 0) {
      return new int[] {0, 0, 0, 0};
    }
    int left = Arrays.stream(at).map(i -> i % w).min().orElseThrow();
    int broad = Arrays.stream(at).map(i -> i % w).max().orElseThrow() - left + 1;
    int top = at[0] / w;
    int tall = at[at.length - 1] / w - top + 1;
    assertThat(at.length).isEqualTo(tall * broad);
    return new int[] {top, left, tall, broad};
  }

  @Test
  void holesAreSoLargeAndAnywhere() {
    int examples = 600;
    var varied = new Varied("cutout(w, 0.5, value = 99, p = 0.75)", examples + ", 2, 8, 6");
    double[] x = varied.picture();
    double[] y = varied.shown();
    int cut = 0;
    var tops = new int[8];
    for (int n = 0; n < examples; n++) {
      int[] hole = rectangle(y, n * 96, 8, 6);
      assertThat(rectangle(y, n * 96 + 48, 8, 6)).containsExactly(hole);
      for (int i = 0; i < 96; i++) {
        assertThat(y[n * 96 + i]).isIn(x[n * 96 + i], HOLE);
      }
      if (hole[2] > 0) {
        cut++;
        tops[hole[0]]++;
        // at the edge a part of the hole is outside
        assertThat(hole[2]).isBetween(2, 4);
        assertThat(hole[3]).isBetween(1, 3);
        assertThat(hole[2] == 4 || hole[0] == 0 || hole[0] + hole[2] == 8).isTrue();
      }
    }
    assertThat(cut / (double) examples).isCloseTo(0.75, within(0.09));
    assertThat(Arrays.stream(tops).limit(6)).allMatch(count -> count > 20);
  }

  @Test
  void rectanglesAreWithinAndOfTheirArea() {
    int examples = 600;
    var varied = new Varied("random_erasing(w, area = [0.1, 0.2], ratio = [0.5, 2], value = 99, p = 0.5)", examples + ", 20, 30");
    double[] y = varied.shown();
    int erased = 0;
    int across = 0;
    for (int n = 0; n < examples; n++) {
      int[] hole = rectangle(y, n * 600, 20, 30);
      if (hole[2] > 0) {
        erased++;
        across += hole[3] > hole[2] ? 1 : 0;
        // sides are rounded by half a pixel
        assertThat((hole[2] + 0.5) * (hole[3] + 0.5)).isGreaterThan(60);
        assertThat((hole[2] - 0.5) * (hole[3] - 0.5)).isLessThan(120);
        assertThat((hole[3] - 0.5) / (hole[2] + 0.5)).isLessThan(2);
        assertThat((hole[3] + 0.5) / (hole[2] - 0.5)).isGreaterThan(0.5);
      }
    }
    assertThat(erased / (double) examples).isCloseTo(0.5, within(0.1));
    assertThat(across / (double) erased).isCloseTo(0.5, within(0.15));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.2, 1, 3})
  void sharesAreOfTheBetaDistribution(double alpha) {
    int examples = 20_000;
    double[] draws = new Varied("beta_draw(%s, %d)".formatted(alpha, examples), "1", "" + examples).shown();
    double variance = 1 / (4 * (2 * alpha + 1));
    // E (b - 1/2)^4 = 3 / (16 (2a + 1)(2a + 3))
    double fourth = 3 / (16 * (2 * alpha + 1) * (2 * alpha + 3));
    assertThat(DoubleStream.of(draws)).allMatch(b -> b >= 0 && b <= 1);
    assertThat(DoubleStream.of(draws).average().orElseThrow()).isCloseTo(0.5, within(5 * Math.sqrt(variance / examples)));
    assertThat(DoubleStream.of(draws).map(b -> Math.pow(b - 0.5, 2)).average().orElseThrow())
        .isCloseTo(variance, within(5 * Math.sqrt((fourth - variance * variance) / examples)));
    assertThat(DoubleStream.of(draws).map(b -> Math.pow(b - 0.5, 4)).average().orElseThrow()).isCloseTo(fourth, within(0.03 * fourth));
  }

  private static final String LABELS = "one_hot(cast(range(%d) / 3 + 0.1, \"int\"), 3)";

  private static double[] labels(int examples) {
    return IntStream.range(0, examples * 3).mapToDouble(i -> (int) (i / 3 / 3.0 + 0.1) == i % 3 ? 1 : 0).toArray();
  }

  @ParameterizedTest
  @CsvSource({"mixup, 9", "mixup, 8", "cutmix, 9", "cutmix, 8"})
  void labelsAreMixedAsPicturesAre(String name, int examples) {
    var mixed = "images, labels = %s(w, %s, alpha = 1)".formatted(name, LABELS.formatted(examples));
    var images = Varied.after(mixed, "images", examples + ", 2, 5, 6", examples + ", 2, 5, 6");
    double[] x = images.picture();
    double[] y = images.shown();
    double[] l = Varied.after(mixed, "labels", examples + ", 2, 5, 6", examples + ", 3").shown();
    double[] own = labels(examples);
    int changed = 0;
    for (int n = 0; n < examples; n++) {
      int other = examples - 1 - n;
      double part;
      if (name.equals("mixup")) {
        part = other == n ? 0 : (y[n * 60] - x[n * 60]) / (x[other * 60] - x[n * 60]);
        for (int i = 0; i < 60; i++) {
          assertThat(y[n * 60 + i]).isCloseTo(x[n * 60 + i] + part * (x[other * 60 + i] - x[n * 60 + i]), within(1e-9));
        }
      } else {
        int example = n;
        assertThat(IntStream.range(0, 60)).allMatch(i -> y[example * 60 + i] == x[example * 60 + i] || y[example * 60 + i] == x[other * 60 + i]);
        var taken = Arrays.copyOfRange(y, n * 60, n * 60 + 30);
        for (int i = 0; i < 30; i++) {
          taken[i] = other != n && taken[i] == x[other * 60 + i] ? HOLE : 0;
        }
        int[] hole = rectangle(taken, 0, 5, 6);
        part = hole[2] * hole[3] / 30.0;
      }
      assertThat(part).isBetween(0.0, 1.0);
      changed += part > 0 ? 1 : 0;
      for (int k = 0; k < 3; k++) {
        assertThat(l[3 * n + k]).isCloseTo((1 - part) * own[3 * n + k] + part * own[3 * other + k], within(1e-9));
      }
      assertThat(l[3 * n] + l[3 * n + 1] + l[3 * n + 2]).isCloseTo(1, within(1e-12));
    }
    assertThat(changed).isGreaterThan(examples / 2);
  }

  @Test
  void predictionMixesNothing() {
    var piece = Piece.of("input x: float[N, 4, 4]\nimages, labels = mixup(x, one_hot(cast(x[:, 0, 0], \"int\"), 2))\n"
        + "more, shares = cutmix(images, labels)\noutput y = more\noutput s = shares", 1);
    double[] x = IntStream.range(0, 32).mapToDouble(i -> i / 16).toArray();
    piece.feed(2, "x", x);
    assertThat(piece.predict("y")).containsExactly(x);
    assertThat(piece.predict("s")).containsExactly(1, 0, 0, 1);
  }
}
