package nnc.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code nnc rate}: where a rate is put into a program, what is read from a curve whose steepest place is known, and a real one. */
@ResourceLock(Resources.SYSTEM_OUT)
class RateTest {
  private static final String PROGRAM = """
      const rate = 0.5
      input  x: float[N, 2]
      target label: float[N]
      logit = x |> dense(8, tanh) |> dense(1) |> squeeze(1)
      loss   binary_cross_entropy(logit, label)
      data  { train = circle(200, seed = 1, point = "x") }
      train { optimizer = sgd(rate)  batch = 20 }
      """.replace(", point = \"x\"", "").replace("x: float", "point: float").replace("= x |>", "= point |>");

  @TempDir
  Path folder;

  private static RateCurve curve(int steps, double from, double to, DoubleUnaryOperator loss) {
    var range = new RateFinder.Range(from, to, steps);
    var rates = IntStream.range(0, steps).mapToObj(range::rate).toList();
    return new RateCurve(rates, rates.stream().map(rate -> loss.applyAsDouble(Math.log10(rate))).toList());
  }

  /** A fall whose steepest place is at 1e-3, noise added, and divergence from 1 on. */
  @Test
  void theSteepestPlaceOfAKnownCurveIsFound() {
    for (int seed = 1; seed <= 20; seed++) {
      var random = new java.util.Random(seed);
      var curve = curve(300, 1e-7, 10, power -> 1 - 0.8 / (1 + Math.exp(-4 * (power + 3))) + (power > 0 ? 10 * power * power : 0) + 0.01 * random.nextGaussian());
      assertThat(Math.log10(curve.suggested().orElseThrow())).isCloseTo(-3, within(0.35));
      assertThat(curve.lowest()).isBetween(1e-2, 1.5);
      assertThat(curve.diverges()).isTrue();
      assertThat(curve.smoothed().size()).isLessThan(300);
    }
  }

  /** What is no number ends a curve; of a flat or rising one nothing is suggested. */
  @Test
  void aCurveThatNeverFallsSuggestsNothing() {
    assertThat(curve(100, 1e-3, 1, power -> power).suggested()).isEmpty();
    var ending = curve(100, 1e-4, 1, power -> power > -1 ? Double.NaN : -power);
    assertThat(ending.smoothed().size()).isEqualTo(75);
    assertThat(ending.diverges()).isTrue();
    assertThat(curve(100, 1e-4, 1, power -> -power).diverges()).isFalse();
    assertThat(curve(50, 1e-4, 1, _ -> Double.NaN).smoothed()).isEmpty();
  }

  @Test
  void smoothingKeepsWhatIsConstantAndPutsNothingOff() {
    assertThat(curve(200, 1e-5, 1, _ -> 0.7).smoothed()).hasSize(200).allSatisfy(loss -> assertThat(loss).isCloseTo(0.7, within(1e-12)));
    var line = curve(200, 1e-5, 1, power -> -power).smoothed();
    DoubleStream.of(50, 100, 150).forEach(at -> assertThat(line.get((int) at)).isCloseTo(5 - 5 * at / 199, within(1e-3)));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"adam(0.001 * cosine_decay(10)) | adam(R)", "adam | adam(rate = R)", "adam() | adam(rate = R)", "sgd(rate = 0.1) | sgd(rate = R)",
      "adam(beta1 = 0.5) | adam(rate = R, beta1 = 0.5)", "adam(beta1 = 0.5, rate = 0.1) | adam(beta1 = 0.5, rate = R)", "momentum(0.1, 0.8) | momentum(R, 0.8)"})
  void theRateOfEachOptimizerIsReplaced(String optimizer, String expected) {
    var text = "# ü𝄞\ntrain { optimizer = " + optimizer + "  batch = 3 }\n";
    assertThat(RateProgram.with("p.nn", text, "R")).isEqualTo("# ü𝄞\ntrain { optimizer = " + expected + "  batch = 3 }\n");
    var steps = "train {\n  step { optimizer = " + optimizer + " }\n  step { optimizer = " + optimizer + " }\n}";
    assertThat(RateProgram.with("p.nn", steps, "R")).isEqualTo("train {\n  step { optimizer = " + expected + " }\n  step { optimizer = " + expected + " }\n}");
  }

  @Test
  void anOptimizerWithoutARateIsToldOf() {
    var own = "optimizer mine(speed = 1)(w, g) { w <- w - speed * g }\ntrain { optimizer = mine(0.1) }";
    assertThatThrownBy(() -> RateProgram.with("p.nn", own, "R")).isInstanceOf(Fault.class).hasMessageContaining("p.nn:2:21: this optimizer's rate is not known")
        .extracting(fault -> ((Fault) fault).hint()).asString().contains("--constant NAME");
    assertThat(RateProgram.with("p.nn", own.replace("speed", "rate"), "R")).contains("mine(R)");
    assertThatThrownBy(() -> RateProgram.with("p.nn", "train { batch = 3 }", "R")).hasMessageContaining("no optimizer");
  }

  private Said rate(String... arguments) throws Exception {
    var all = new java.util.ArrayList<>(List.of("rate", Files.writeString(folder.resolve("net.nn"), PROGRAM).toString()));
    all.addAll(List.of(arguments));
    return Said.byCompiler(all.toArray(String[]::new));
  }

  private static List<Map<?, ?>> events(Said said) {
    return said.out().lines().<Map<?, ?>>map(line -> (Map<?, ?>) JsonReader.read(line)).toList();
  }

  /** The first loss is that of the first step of a training, and the rate of the optimizer and a constant that is the rate come to the same. */
  @Test
  void itIsATrainingWithAGrowingRate() throws Exception {
    var said = rate("--json", "--from", "1e-4", "--to", "100", "--steps", "120");
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(rate("--json", "--from", "1e-4", "--to", "100", "--steps", "120", "--constant", "rate", "--threads", "1").out()).isEqualTo(said.out());
    var events = events(said);
    var steps = events.subList(0, events.size() - 1);
    for (int i = 0; i < steps.size(); i++) {
      assertThat((Double) steps.get(i).get("rate")).isCloseTo(1e-4 * Math.pow(1e6, i / 119.0), within(1e-9 + 1e-6 * Math.pow(1e6, i / 119.0)));
    }
    var log = folder.resolve("log.csv");
    Said.byCompiler("train", folder.resolve("net.nn").toString(), "-D", "rate=0.0001", "--seed", "1", "--epochs", "1", "--log", log.toString(), "--log-steps", "--out",
        folder.resolve("w.npz").toString());
    var first = Files.readAllLines(folder.resolve("log-steps.csv")).get(1).split(",");
    assertThat(steps.getFirst().get("loss")).isEqualTo(Double.parseDouble(first[2]));
    double suggested = (Double) events.getLast().get("suggested");
    assertThat(suggested).isBetween(1e-3, 30.0).isLessThanOrEqualTo((Double) events.getLast().get("lowest"));
  }

  @Test
  void itPrintsATableAndDrawsACurve() throws Exception {
    var said = rate("--from", "1e-3", "--to", "10", "--steps", "60", "--svg", folder.resolve("rate.svg").toString());
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).contains("smoothed").contains("the loss falls fastest at a rate of ").contains("suggested: ");
    var chart = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(folder.resolve("rate.svg").toFile());
    assertThat(chart.getElementsByTagName("polyline").getLength()).isEqualTo(1);
    assertThat(chart.getElementsByTagName("circle").getLength()).isPositive();
  }

  @Test
  void faultsSayWhatIsWrong() throws Exception {
    assertThat(rate("--from", "0")).matches(said -> said.code() == 2 && said.err().contains("--from is a number above 0, not '0'"));
    assertThat(rate("--from", "1", "--to", "0.1")).matches(said -> said.code() == 2 && said.err().contains("--to is above --from"));
    assertThat(rate("--steps", "3")).matches(said -> said.code() == 2 && said.err().contains("--steps is a whole number of at least 20"));
    var other = Files.writeString(folder.resolve("other.nn"), "const hidden = [4]\nconst rows = 9\n" + PROGRAM.replaceFirst("circle\\([0-9]+", "circle(rows")).toString();
    assertThat(Said.byCompiler("rate", other, "--constant", "hidden")).matches(said -> said.code() == 1
        && said.err().contains("--constant hidden: a rate is a number, and this is a list of 1\n  name the constant that an optimizer takes as its rate"));
    assertThat(Said.byCompiler("rate", other, "--constant", "rows")).matches(said -> said.code() == 1
        && said.err().contains("--constant rows: the program needs its value when it is compiled, and a rate that grows is known in each step: "));
    assertThat(rate("--constant", "rat")).matches(said -> said.code() == 1 && said.err().contains("-D rat: the program has no constant of this name; did you mean rate?"));
    assertThat(rate("--svg", folder.resolve("net.nn/x.svg").toString(), "--steps", "20").err()).startsWith("nnc: error: ").doesNotContain("\tat ");
  }
}
