package nnc.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import nnc.OneWidth;
import nnc.driver.Compilation;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.driver.SharedClasses;
import nnc.elaborate.Elaborator.Purpose;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that differ in numbers share their classes and compute what each computes that is compiled by itself; oracle: equality of bits. */
class SharedClassesTest {
  /** Numbers of all kinds that reach a graph: of steps, of draws, of penalties and constraints, of what is computed in double, and of comparisons. */
  private static final String PROGRAM = """
      const rate = 0.03
      const decay = 0.01
      const beta = 0.9
      const steps = 40
      const p = 0.2
      const sd = 0.1
      const penalty = 0.001
      const longest = 2
      const slope = 0.1
      const smoothing = 0.1
      const threshold = 0.3
      const clip = 1.5
      input  point: float[N, 3]
      target kind: int[N]
      h = point |> gaussian_noise(sd) |> dense(9, x => leaky_relu(x, slope), regularize = l2(penalty), constrain = max_norm(longest)) |> dropout(p)
      z = h |> dense(7, tanh, activity = l1(penalty)) |> batch_norm(momentum = decay + 0.05) |> dense(4)
      output score = softmax(z)
      output far = where(z > threshold, z * threshold, sin(slope * z))
      loss cross_entropy(z, kind, smoothing = smoothing)
      metric sure = mean(max(softmax(z), axis = -1) > threshold)
      train { optimizer = adamw(rate * cosine_decay(steps), beta1 = beta, decay = decay)  clip_global_norm = clip }
      """;

  private static final Map<String, double[]> RANGES = new TreeMap<>(Map.ofEntries(Map.entry("rate", new double[] {0.001, 0.1}), Map.entry("decay", new double[] {0.001, 0.1}),
      Map.entry("beta", new double[] {0.55, 0.99}), Map.entry("steps", new double[] {20, 90}), Map.entry("p", new double[] {0.05, 0.6}), Map.entry("sd", new double[] {0.01, 1}),
      Map.entry("penalty", new double[] {1e-4, 0.1}), Map.entry("longest", new double[] {0.5, 3}), Map.entry("slope", new double[] {0.01, 0.3}),
      Map.entry("smoothing", new double[] {0.05, 0.4}), Map.entry("threshold", new double[] {0.2, 0.8}), Map.entry("clip", new double[] {0.3, 3})));

  private static Compilation compilation(Map<String, String> defines, int precision) throws FaultyProgram {
    return new Compilation("test.nn", PROGRAM, new CompilerOptions(defines, precision, List.of(), List.of(), _ -> { }));
  }

  private static Map<String, String> drawn(Random random) {
    var defines = new TreeMap<String, String>();
    RANGES.forEach((name, range) -> defines.put(name, String.format(Locale.ROOT, "%.4g", range[0] + random.nextDouble() * (range[1] - range[0]))));
    return defines;
  }

  /** All bits that some steps, an evaluation and a prediction leave. */
  private static List<double[]> results(CompiledProgram compiled, String width) {
    var model = OneWidth.of(compiled.spec(), compiled.classes(), width).initialised(3);
    var all = new ArrayList<double[]>();
    for (var plan : List.of("train", "train", "train", "evaluate", "predict")) {
      var context = model.context(plan, 37);
      context.batch(37);
      for (var input : context.inputs()) {
        for (int i = 0; i < input.size(); i++) {
          input.set(i, input.name().equals("kind") ? i % 4 : Math.sin(i * 0.7 + all.size()));
        }
      }
      context.counters(all.size() + 1, 0);
      context.run();
      model.spec().weights().forEach(weight -> all.add(model.weight(weight.path()).toDoubles()));
      for (var role : Role.values()) {
        context.results(role).forEach(result -> all.add(result.tensor().toDoubles()));
      }
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({"32, Scalar", "32, 256", "64, 512"})
  void haveTheBitsOfAProgramByItself(int precision, String width) throws Exception {
    var random = new Random(precision + width.length());
    var classes = new SharedClasses();
    var first = drawn(random);
    compilation(first, precision).lower(classes);
    compilation(drawn(random), precision).lower(classes);
    int emitted = -1;
    for (int i = 0; i < 3; i++) {
      var defines = i == 0 ? first : drawn(random);
      var shared = compilation(defines, precision).compile(classes);
      var alone = compilation(defines, precision).compileForJar(List.of(Purpose.values()));
      var expected = results(alone, width);
      var actual = results(shared, width);
      assertThat(actual).hasSameSizeAs(expected);
      for (int k = 0; k < expected.size(); k++) {
        assertThat(actual.get(k)).as("%s, part %s", defines, k).isEqualTo(expected.get(k));
      }
      assertThat(classes.emitted()).as("classes after %s", defines).isEqualTo(emitted < 0 ? alone.classes().size() : emitted);
      emitted = classes.emitted();
    }
  }

  /** A number that changes what is computed at all makes other classes, of the plans that it changes. */
  @Test
  void whatIsAnotherProgramHasItsOwn() throws Exception {
    var classes = new SharedClasses();
    compilation(Map.of(), 32).compile(classes);
    int emitted = classes.emitted();
    var shared = compilation(Map.of("p", "0"), 32).compile(classes);
    var alone = compilation(Map.of("p", "0"), 32).compileForJar(List.of(Purpose.values()));
    assertThat(classes.emitted()).as("nothing is dropped in evaluation and prediction").isBetween(emitted + 1, 2 * emitted - 4);
    var expected = results(alone, "256");
    var actual = results(shared, "256");
    for (int k = 0; k < expected.size(); k++) {
      assertThat(actual.get(k)).isEqualTo(expected.get(k));
    }
  }
}
