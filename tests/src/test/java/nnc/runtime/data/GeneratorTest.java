package nnc.runtime.data;

import static nnc.runtime.data.Sources.source;
import static nnc.runtime.data.Sources.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What generated tables draw: their distributions, and that a seed means the same numbers in every release. */
class GeneratorTest {
  private static final int ROWS = 20_000;

  private static Table table(String name, double noise, int rows) {
    return Sources.table(Path.of(""), source(name, Map.of("noise", noise, "seed", 7), rows));
  }

  /** A program that names a seed is to be reproduced years later: these are not to be changed. */
  @ParameterizedTest
  @CsvSource({"circle, 1458968718", "xor, -1613495222", "gauss, -1433577275", "spiral, 215991459", "plane, 557511384", "bumps, -362816739"})
  void aSeedMeansTheSameNumbersForEver(String name, int expected) {
    Table table = table(name, 0.2, 100);
    assertThat(31 * Arrays.hashCode(values(table.column("point"))) + Arrays.hashCode(values(table.column("label")))).isEqualTo(expected);
  }

  @Test
  void normalNumbersHaveTheirMoments() {
    var random = new Generator("test", 1);
    double[] drawn = IntStream.range(0, ROWS).mapToDouble(i -> random.normal(3, 4)).toArray();
    for (int power = 1; power <= 4; power++) {
      int p = power;
      // of a standard normal number: 0, 1, 0, 3; the standard errors are sqrt of 1, 2, 15, 96 over the count
      double error = 6 * Math.sqrt(new double[] {1, 2, 15, 96}[p - 1] / ROWS);
      assertThat(Arrays.stream(drawn).map(x -> Math.pow((x - 3) / 2, p)).average().orElseThrow())
          .describedAs("moment %d", p).isCloseTo(new double[] {0, 1, 0, 3}[p - 1], within(error));
    }
  }

  @Test
  void noisyCloudsHaveTheirVariance() {
    for (double noise : new double[] {0, 0.25, 0.5}) {
      Table table = table("gauss", noise, ROWS);
      double[] point = values(table.column("point"));
      double[] label = values(table.column("label"));
      double square = 0;
      for (int i = 0; i < point.length; i++) {
        double centre = label[i / 2] == 1 ? 2 : -2;
        square += (point[i] - centre) * (point[i] - centre);
      }
      // 0.5 without noise, 4 at 0.5
      assertThat(square / point.length).isCloseTo(0.5 + 7 * noise, within(0.2));
    }
  }

  /** Arms lead outwards from the centre by 1.75 turns, the second half a turn ahead of the first. */
  @Test
  void armsAreHalfATurnApart() {
    Table table = table("spiral", 0, 1000);
    double[] point = values(table.column("point"));
    double[] label = values(table.column("label"));
    for (int i = 0; i < 1000; i++) {
      double r = Math.hypot(point[2 * i], point[2 * i + 1]);
      double turn = 1.75 * r / 5 * 2 * Math.PI + (label[i] == 1 ? 0 : Math.PI);
      assertThat(point[2 * i]).isCloseTo(r * Math.sin(turn), within(1e-4));
      assertThat(point[2 * i + 1]).isCloseTo(r * Math.cos(turn), within(1e-4));
    }
  }

  /** Each class has its share, arms are turned by equal angles, and those of two classes are the arms that one has without saying so. */
  @ParameterizedTest
  @CsvSource({"2", "3", "5"})
  void armsOfManyClassesAreTurned(int classes) {
    Table table = Sources.table(Path.of(""), source("spiral", Map.of("seed", 7, "classes", classes), 600));
    double[] point = values(table.column("point"));
    double[] label = values(table.column("label"));
    if (classes == 2) {
      assertThat(point).isEqualTo(values(table("spiral", 0, 600).column("point")));
      return;
    }
    int[] counts = new int[classes];
    for (int i = 0; i < 600; i++) {
      counts[(int) label[i]]++;
      double r = Math.hypot(point[2 * i], point[2 * i + 1]);
      double turn = 2 * Math.PI * (3.5 * r / 5 / classes + label[i] / classes);
      assertThat(point[2 * i]).isCloseTo(r * Math.sin(turn), within(1e-4));
      assertThat(point[2 * i + 1]).isCloseTo(r * Math.cos(turn), within(1e-4));
    }
    assertThat(counts).containsOnly(600 / classes);
  }

  @Test
  void cloudsOfManyClassesLieAroundACircle() {
    Table table = Sources.table(Path.of(""), source("gauss", Map.of("seed", 7, "classes", 4), ROWS));
    double[] point = values(table.column("point"));
    double[] label = values(table.column("label"));
    double[][] sums = new double[4][2];
    for (int i = 0; i < label.length; i++) {
      sums[(int) label[i]][0] += point[2 * i];
      sums[(int) label[i]][1] += point[2 * i + 1];
    }
    double[][] centres = {{2, 2}, {2, -2}, {-2, -2}, {-2, 2}};
    for (int label4 = 0; label4 < 4; label4++) {
      for (int axis = 0; axis < 2; axis++) {
        assertThat(sums[label4][axis] / (ROWS / 4)).isCloseTo(centres[label4][axis], within(0.06));
      }
    }
  }

  /** The formula of the tool: of six cones of height 1 and radius 2, turn about up and down, the highest or deepest. */
  @Test
  void bumpsAreCones() {
    Table table = table("bumps", 0, 2000);
    double[] point = values(table.column("point"));
    double[] label = values(table.column("label"));
    for (int i = 0; i < label.length; i++) {
      double expected = 0;
      for (int column = -1; column <= 1; column++) {
        for (int row = -1; row <= 1; row += 2) {
          double height = 1 - Math.hypot(point[2 * i] - 4 * column, point[2 * i + 1] - 2.5 * row) / 2;
          int sign = (column == 0 ? -1 : 1) * row;
          expected = height > Math.abs(expected) ? sign * height : expected;
        }
      }
      assertThat(label[i]).isCloseTo(expected, within(1e-5));
    }
    assertThat(Arrays.stream(label).max().orElseThrow()).isGreaterThan(0.9);
    assertThat(Arrays.stream(label).min().orElseThrow()).isLessThan(-0.9);
  }

  @Property(tries = 200, seed = "26")
  void shufflingKeepsAllAndMovesEach(@ForAll long seed, @ForAll @IntRange(max = 100) int size) {
    int[] values = IntStream.range(0, size).toArray();
    new Generator("test", seed).shuffle(values);
    assertThat(Arrays.stream(values).sorted().toArray()).isEqualTo(IntStream.range(0, size).toArray());
  }

  /** Each of the 24 orders of four comes as often as any other. */
  @Test
  void allOrdersAreEquallyLikely() {
    int[] counts = new int[256];
    var random = new Generator("test", 2);
    for (int i = 0; i < 24_000; i++) {
      int[] values = {0, 1, 2, 3};
      random.shuffle(values);
      counts[values[0] << 6 | values[1] << 4 | values[2] << 2 | values[3]]++;
    }
    assertThat(Arrays.stream(counts).filter(c -> c > 0)).hasSize(24).allMatch(c -> Math.abs(c - 1000) < 6 * Math.sqrt(1000));
  }
}
