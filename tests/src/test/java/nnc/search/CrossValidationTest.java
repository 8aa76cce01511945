package nnc.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.data.Folds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Folds are disjoint, complete, even and of a kind; {@code nnc crossvalidate} trains without the one that it judges by. */
@ResourceLock(Resources.SYSTEM_OUT)
class CrossValidationTest {
  @TempDir
  Path folder;

  private static int[] sizes(int[] fold, int folds) {
    var sizes = new int[folds];
    IntStream.of(fold).forEach(one -> sizes[one]++);
    return sizes;
  }

  /** A fold an example makes parts that are disjoint and complete. */
  @Property(tries = 200, seed = "26")
  void foldsAreEven(@ForAll @IntRange(min = 2, max = 200) int examples, @ForAll @IntRange(min = 2, max = 12) int folds, @ForAll long seed) {
    var fold = Folds.of(examples, folds, seed);
    assertThat(fold).hasSize(examples).isEqualTo(Folds.of(examples, folds, seed));
    assertThat(IntStream.of(fold)).allMatch(one -> one >= 0 && one < folds);
    var sizes = IntStream.of(sizes(fold, folds)).summaryStatistics();
    assertThat(sizes.getMax() - sizes.getMin()).isLessThanOrEqualTo(1);
  }

  @Property(tries = 200, seed = "26")
  void eachLabelIsSpreadEvenly(@ForAll @IntRange(min = 2, max = 200) int examples, @ForAll @IntRange(min = 2, max = 12) int folds, @ForAll @IntRange(min = 1, max = 9) int classes,
      @ForAll long seed) {
    var random = new Random(seed);
    var labels = random.ints(examples, 0, classes).boxed().toList();
    var fold = Folds.stratified(labels, folds, seed);
    for (int label = 0; label < classes; label++) {
      int one = label;
      var sizes = IntStream.of(sizes(IntStream.range(0, examples).filter(i -> labels.get(i) == one).map(i -> fold[i]).toArray(), folds)).summaryStatistics();
      assertThat(sizes.getMax() - sizes.getMin()).isLessThanOrEqualTo(1);
    }
    var all = IntStream.of(sizes(fold, folds)).summaryStatistics();
    assertThat(all.getMax() - all.getMin()).isLessThanOrEqualTo(1);
  }

  @Property(tries = 200, seed = "26")
  void aGroupIsInOneFold(@ForAll @IntRange(min = 2, max = 200) int examples, @ForAll @IntRange(min = 2, max = 6) int folds, @ForAll @IntRange(min = 1, max = 30) int count,
      @ForAll long seed) {
    var groups = new Random(seed).ints(examples, 0, count).boxed().toList();
    var fold = Folds.grouped(groups, folds, seed);
    var of = new HashMap<Integer, Integer>();
    IntStream.range(0, examples).forEach(i -> assertThat(of.merge(groups.get(i), fold[i], (a, b) -> a.equals(b) ? a : -1)).isNotNegative());
    int largest = groups.stream().mapToInt(group -> (int) groups.stream().filter(group::equals).count()).max().orElseThrow();
    var sizes = IntStream.of(sizes(fold, folds)).summaryStatistics();
    assertThat(sizes.getMax() - sizes.getMin()).as("as even as the largest group lets them be").isLessThanOrEqualTo(largest);
  }

  private Said run(String program, String... arguments) throws Exception {
    var all = new ArrayList<>(List.of("crossvalidate", Files.writeString(folder.resolve("net.nn"), program).toString()));
    all.addAll(List.of(arguments));
    return Said.byCompiler(all.toArray(String[]::new));
  }

  private static List<Map<?, ?>> events(Said said, String event) {
    return said.out().lines().<Map<?, ?>>map(line -> (Map<?, ?>) JsonReader.read(line)).filter(line -> event.equals(line.get("event"))).toList();
  }

  private static final String PROGRAM = """
      input  x: float[N]
      target y: float[N]
      param  c: float = zeros
      loss   mean((y - c)^2) / 2
      metric held = mean(y)
      data  { train = csv("d.csv") }
      train { optimizer = sgd(1)  batch = 1000  epochs = 1 }
      """;

  /** A network that learns the mean of what it sees: what a fold comes to says which rows it was trained on. */
  @Test
  void aFoldIsJudgedByWhatWasLearnedFromTheOthers() throws Exception {
    var values = new Random(5).doubles(23).map(x -> Math.rint(100 * x)).toArray();
    Files.writeString(folder.resolve("d.csv"), "x,y\n" + String.join("\n", Arrays.stream(values).mapToObj(y -> "0," + y).toList()) + "\n");
    var said = run(PROGRAM.replace("loss ", "output guess = x * 0 + c\nloss "), "--folds", "4", "--json", "--parallel", "2");
    assertThat(said.code()).as(said.err()).isZero();
    var runs = events(said, "run");
    assertThat(runs).hasSize(4);
    double sum = Arrays.stream(values).sum();
    double seen = 0;
    for (var run : runs) {
      double count = (Double) run.get("examples");
      double held = (Double) run.get("held");
      double others = (sum - held * count) / (values.length - count);
      // loss = half the mean square = (variance of what is held + square of what its mean is off) / 2
      assertThat(2 * (Double) run.get("loss")).isGreaterThanOrEqualTo((held - others) * (held - others) - 1e-3);
      seen += held * count;
    }
    assertThat(seen).as("each row is held back once").isCloseTo(sum, org.assertj.core.api.Assertions.within(1e-2));
    assertThat(runs.stream().mapToDouble(run -> (Double) run.get("examples")).sum()).isEqualTo(23);
    assertVariance(runs, values);
    var figures = events(said, "figure");
    assertThat(figures.stream().map(figure -> (String) figure.get("name"))).containsExactly("loss", "held");
    assertThat((Double) figures.getFirst().get("mean")).isCloseTo(runs.stream().mapToDouble(run -> (Double) run.get("loss")).average().orElseThrow(),
        org.assertj.core.api.Assertions.within(1e-9));
  }

  /** Over all folds, the squares about what the other folds mean: exact, with the folds that the seed deals. */
  private static void assertVariance(List<Map<?, ?>> runs, double[] values) {
    var folds = Folds.of(values.length, 4, 1);
    double sum = Arrays.stream(values).sum();
    for (var run : runs) {
      int fold = ((Double) run.get("fold")).intValue() - 1;
      var held = IntStream.range(0, values.length).filter(i -> folds[i] == fold).mapToDouble(i -> values[i]).toArray();
      double mean = (sum - Arrays.stream(held).sum()) / (values.length - held.length);
      double loss = Arrays.stream(held).map(y -> (y - mean) * (y - mean) / 2).average().orElseThrow();
      assertThat((Double) run.get("loss")).isCloseTo(loss, org.assertj.core.api.Assertions.within(1e-3 * loss));
    }
  }

  @Test
  void threadsAndJobsDecideNothing() throws Exception {
    var one = events(run(SweepTest.PROGRAM, "--folds", "3", "--stratify", "label", "--seeds", "2", "--json", "--parallel", "1", "-D", "rate=0.1"), "figure");
    assertThat(events(run(SweepTest.PROGRAM, "--folds", "3", "--stratify", "label", "--seeds", "2", "--json", "--parallel", "3", "--threads", "2", "-D", "rate=0.1"), "figure"))
        .isEqualTo(one).hasSize(2);
    var table = run(SweepTest.PROGRAM, "--folds", "3").out();
    assertThat(table).startsWith("net: 3 folds, of the folds that were held back:").contains("mean", "deviation", "accuracy");
  }

  @Test
  void faultsSayWhatIsWrong() throws Exception {
    assertThat(run(SweepTest.PROGRAM, "--folds", "1")).matches(said -> said.code() == 2 && said.err().contains("--folds is a whole number of at least 2, not '1'"));
    assertThat(run(SweepTest.PROGRAM, "--folds", "500")).matches(said -> said.code() == 1 && said.err().contains("too few examples for so many\n  take fewer folds"));
    assertThat(run(SweepTest.PROGRAM, "--stratify", "point")).matches(said -> said.code() == 1
        && said.err().contains("--stratify point: folds are made alike by classes, and this column has a value of its own in most rows\n  leave --stratify out"));
    assertThat(run(SweepTest.PROGRAM, "--stratify", "lable")).matches(said -> said.code() == 1
        && said.err().contains("--stratify lable: ") && said.err().contains("there is point, label"));
    assertThat(run(SweepTest.PROGRAM, "--group", "label", "--folds", "5").err()).contains("too few groups for so many");
    assertThat(run(SweepTest.PROGRAM, "--group", "label", "--stratify", "label").code()).isEqualTo(2);
    assertThat(run("input x: float[N]\noutput y = x\n").err()).contains("nnc: error: ").doesNotContain("\tat ");
  }
}
