package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Same source, same seed, same bits: over widths, threads, and an interruption; oracle: equality. */
class SameBitsTest {
  private static final String PROGRAM = """
      input point: float[N, 2]
      target label: float[N]
      logit = point |> dense(19, tanh) |> dropout(0.3) |> dense(7, gelu) |> layer_norm() |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss binary_cross_entropy(logit, label)
      metric accuracy = mean((logit > 0) == (label > 0.5))
      data { train = spiral(203, noise = 0.1, seed = 1)  test = spiral(50, noise = 0.1, seed = 2) }
      train { optimizer = adam(0.01)  batch = 32  epochs = 4 }
      """;

  private static Map<String, double[]> weights(Model model) {
    var all = new java.util.TreeMap<String, double[]>();
    model.spec().weights().forEach(w -> all.put(w.path(), model.weight(w.path()).toDoubles()));
    return all;
  }

  private static void assertSame(Map<String, double[]> actual, Map<String, double[]> expected, String what) {
    expected.forEach((path, values) -> assertThat(Arrays.equals(actual.get(path), values)).as("%s: %s", what, path).isTrue());
  }

  private static Map<String, double[]> train(Model model, Path folder, String name, String... more) {
    var out = folder.resolve(name);
    var arguments = new java.util.ArrayList<>(java.util.List.of("train", "--out", out.toString()));
    arguments.addAll(java.util.List.of(more));
    var said = Said.byNetwork(model, folder, arguments.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    return weights(model.withWeights(out));
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void overThreadsAndAfterAnInterruption(int precision, @TempDir Path folder) {
    var model = Compiler.load(Programs.compile(PROGRAM, precision));
    var whole = train(model, folder, "one.npz", "--threads", "1");
    assertSame(train(model, folder, "two.npz", "--threads", "2"), whole, "two threads");
    assertSame(train(model, folder, "three.npz", "--threads", "3"), whole, "three threads");
    train(model, folder, "half.npz", "--epochs", "2");
    assertSame(train(model, folder, "resumed.npz", "--resume", folder.resolve("half.npz").toString(), "--epochs", "4"), whole, "resumed");
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void overWidths(int precision) {
    var compiled = Programs.compile(PROGRAM, precision);
    Map<String, double[]> first = null;
    for (var width : java.util.List.of("Scalar", "128", "256", "512")) {
      var model = Agreement.load(compiled, width).initialised(4);
      var context = model.context("train", 37);
      for (int step = 1; step <= 5; step++) {
        for (var input : context.inputs()) {
          for (int i = 0; i < input.size(); i++) {
            input.set(i, input.name().equals("label") ? i % 2 : Math.sin(i * 0.7 + step));
          }
        }
        context.counters(step, 0);
        context.run();
      }
      if (first == null) {
        first = weights(model);
      } else {
        assertSame(weights(model), first, width);
      }
    }
  }

  @Test
  void jarsAreReproducible(@TempDir Path folder) throws Exception {
    for (var name : java.util.List.of("a.jar", "b.jar")) {
      Compiler.writeJar(Programs.compile(PROGRAM, 32), folder.resolve(name));
    }
    assertThat(Files.readAllBytes(folder.resolve("a.jar"))).isEqualTo(Files.readAllBytes(folder.resolve("b.jar")));
    assertThat(Files.size(folder.resolve("a.jar"))).isLessThan(653_500);
  }
}
