package nnc.library.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.endtoend.Programs;
import nnc.runtime.RandomWeights;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers that train otherwise than they predict: the loss, its gradient by weights before and in them, and its second derivative along a direction. */
class TrainingFormTest {
  private static final String TEXT = """
      fn places(y) = range(prod_of(shape(y)))
      fn cotangent(y) = reshape((37 * places(y) - 101 * floor(37 * places(y) / 101) - 50.5) / 101, shape(y))
      layer source(width)(x: float[N, 3]) -> float[N, width] {
        param W: float[3, width] = glorot_uniform
        return x @ W
      }
      input x: float[N, 3]
      input W: float[3, %1$d]
      input gamma: float[%2$d]
      input beta: float[%2$d]
      S = source(%1$d)
      L = %3$s
      y = L(reshape(S(x), [N, %2$d, %4$d]))
      l = sum(cotangent(y) * y)
      d = sum(grad(l, S.W) * W) + sum(grad(l, L.gamma) * gamma) + sum(grad(l, L.beta) * beta)
      """;

  private static final Map<String, String> PATHS = Map.of("W", "S.W", "gamma", "L.gamma", "beta", "L.beta");

  @ParameterizedTest
  @CsvSource({"127, 1, 1", "2, 65, 1", "3, 33, 2", "33, 3, 5", "7, 17, 1", "129, 2, 1", "1, 5, 31", "5, 7, 2"})
  void batchNorm(int batch, int channels, int space) {
    check("batch_norm()", batch, channels, space, (g, y) -> y);
  }

  @ParameterizedTest
  @CsvSource({"65, 1, 1", "2, 31, 1", "3, 33, 2", "17, 3, 5", "7, 5, 1"})
  void batchRenorm(int batch, int channels, int space) {
    check("batch_renorm(r_max = 1.4, d_max = 0.6)", batch, channels, space, TrainingFormTest::renormalised);
  }

  /** Ioffe 2017: by r = sd / running sd and d = (mean - running mean) / running sd, within bounds and as if they were constants. */
  private static Jets renormalised(Map<String, Jets> g, Jets y) {
    var h = g.get("h");
    return Jets.build(h.shape(), i -> {
      var own = new Jets(new int[] {h.dim(0) * h.dim(2)}, Jets.build(new int[] {h.dim(0), 1, h.dim(2)}, j -> h.at(j[0], i[1], j[2])).all());
      double running = Math.sqrt(g.get("variance").at(i[1]).v() + LayerCases.EPSILON);
      double r = Math.clamp(Math.sqrt(ShapeCases.variance(own, 0).v() + LayerCases.EPSILON) / running, 1 / 1.4, 1.4);
      double d = Math.clamp((own.mean().v() - g.get("mean").at(i[1]).v()) / running, -0.6, 0.6);
      return y.at(i).times(r).plus(d);
    });
  }

  private static void check(String layer, int batch, int channels, int space, BiFunction<Map<String, Jets>, Jets, Jets> between) {
    var one = Case.layer(layer, "L(x)").fixed("W", Domain.NORMAL, 3, channels * space).weight("gamma", channels).weight("beta", channels);
    var text = TEXT.formatted(channels * space, channels, layer, space);
    for (int precision : List.of(64, 32)) {
      var random = new Random(batch);
      Map<String, double[]> values = new HashMap<>(Map.of("x", drawn(Domain.NORMAL, random, batch * 3), "mean", drawn(Domain.NORMAL, random, channels),
          "variance", drawn(Domain.POSITIVE, random, channels)));
      Map<String, double[]> direction = new HashMap<>();
      for (var arg : one.args()) {
        values.put(arg.name(), drawn(Domain.NORMAL, random, Jets.size(arg.shape())));
        direction.put(arg.name(), drawn(Domain.NORMAL, random, Jets.size(arg.shape())));
      }
      var first = gradients(Programs.compile(text + "loss l", precision), batch, values, direction);
      var second = gradients(Programs.compile(text + "loss d", precision), batch, values, direction);
      var comparison = new Comparison(one.looser(1, 10, "batches that are alike but for little"), "f" + precision + " " + layer, precision, false);
      comparison.derivatives(normalised(batch, channels, space, values, direction, between), direction,
          arg -> first.get(arg.name()), arg -> second.get(arg.name()));
      assertThat(comparison.faults()).isEmpty();
    }
  }

  /** Numbers that single precision has too. */
  private static double[] drawn(Domain domain, Random random, int size) {
    return Arrays.stream(domain.draw().values(random, size)).map(value -> (float) value).toArray();
  }

  private static Map<String, double[]> gradients(CompiledProgram compiled, int batch, Map<String, double[]> values, Map<String, double[]> direction) {
    var model = Compiler.load(compiled).initialised(1);
    PATHS.forEach((name, path) -> RandomWeights.set(model, path, values.get(name)));
    List.of("mean", "variance").forEach(name -> RandomWeights.set(model, "L." + name, values.get(name)));
    var context = model.context("gradient", batch);
    context.batch(batch);
    context.inputs().forEach(input -> input.set(input.name().equals("x") ? values.get("x") : direction.get(input.name())));
    context.counters(1, 0);
    context.run();
    Map<String, double[]> gradients = new HashMap<>();
    PATHS.forEach((name, path) -> gradients.put(name, context.result(Role.GRADIENT, path).tensor().toDoubles()));
    return gradients;
  }

  private static Jets normalised(int batch, int channels, int space, Map<String, double[]> values, Map<String, double[]> direction,
      BiFunction<Map<String, Jets>, Jets, Jets> between) {
    Map<String, Jets> g = new HashMap<>();
    values.forEach((name, numbers) -> {
      var all = new Jet[numbers.length];
      Arrays.setAll(all, i -> new Jet(numbers[i], direction.containsKey(name) ? direction.get(name)[i] : 0, 0));
      g.put(name, new Jets(new int[] {numbers.length}, all));
    });
    g.put("h", g.get("x").reshape(batch, 3).matmul(g.get("W").reshape(3, channels * space)).reshape(batch, channels, space));
    var y = between.apply(g, LayerCases.normalised(g.get("h"), channels, i -> i[1]));
    return Jets.build(y.shape(), i -> y.at(i).times(g.get("gamma").at(i[1])).plus(g.get("beta").at(i[1])));
  }
}
