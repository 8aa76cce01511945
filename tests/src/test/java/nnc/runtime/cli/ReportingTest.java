package nnc.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.bytecode.MemoryLoader;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.engine.Kernels;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a jar tells of itself: gradients, speed, and where time goes. */
class ReportingTest {
  private static final String PROGRAM = """
      input  point: float[N, 3]
      target label: int[N]
      hidden = point |> dense(5, tanh)
      logits = hidden |> dense(4)
      output probability = softmax(logits)
      loss   cross_entropy(logits, label)
      train { optimizer = sgd(0.1)  batch = 8 }
      """;

  @TempDir
  Path folder;

  private String said;

  private CompiledProgram compiled() throws Exception {
    return Compiler.compileForJar(Files.writeString(folder.resolve("net.nn"), PROGRAM), CompilerOptions.standard());
  }

  private int run(Model model, String... arguments) {
    var said = Said.byNetwork(model, folder, arguments);
    this.said = said.all();
    return said.code();
  }

  private List<Map<?, ?>> objects() {
    return said.lines().<Map<?, ?>>map(line -> (Map<?, ?>) JsonReader.read(line)).toList();
  }

  @Test
  void gradientsOfANetworkOf32BitsAreCheckedInDouble() throws Exception {
    var compiled = compiled();
    assertThat(compiled.spec().precision()).isEqualTo(32);
    assertThat(run(Compiler.load(compiled), "check")).as(said).isZero();
    assertThat(said).contains("all gradients agree").containsPattern("worst: dense(_2)?\\.[Wb]\\[[0-9, ]+\\], computed at net\\.nn:[34]: ");
    assertThat(run(Compiler.load(compiled), "check", "--json")).isZero();
    assertThat(objects()).hasSize(4).allSatisfy(parameter -> {
      assertThat((Double) parameter.get("error")).isLessThan(1e-6);
      assertThat(((Number) parameter.get("line")).intValue()).isBetween(3, 4);
    });
  }

  /** A bias of zero under a relu, where a picture is black: a difference of any width has half the slope of one side. */
  @Test
  void elementsExactlyAtAKinkArePassedOver() throws Exception {
    var source = """
        input x: float[N, 3]
        param b: float[3] = zeros
        output y = relu(where(x > 100, x, 0 * x) + b)
        loss mean(y)
        train { optimizer = sgd(0.1) }
        """;
    assertThat(run(Compiler.load(nnc.endtoend.Programs.compile(source, 64)), "check")).as(said).isZero();
    assertThat(said).contains("(3 at kinks)");
  }

  @Test
  void aWrongGradientIsNamedWithElementValuesAndLine() throws Exception {
    var compiled = compiled();
    var loader = new MemoryLoader(compiled.classes());
    int[] slot = {-1};
    var gradient = compiled.spec().plans().stream().filter(plan -> plan.name().equals("gradient")).findFirst().orElseThrow();
    gradient.results().stream().filter(result -> result.name().equals("dense_2.b")).forEach(result -> slot[0] = result.place().slot());
    var last = gradient.calls().stream().filter(call -> call.arguments().contains(new ModelSpec.Argument.Slot(slot[0])))
        .reduce((a, b) -> b).orElseThrow();
    Function<String, Kernels> spoiled = name -> !name.substring(name.lastIndexOf('.') + 1).startsWith("Gradient") ? loader.apply(name) : new Kernels() {
      private final Kernels right = loader.apply(name);

      @Override
      public void run(int kernel, Object weights, Object memory, int[] arguments, int at, int scratch, int from, int to) {
        right.run(kernel, weights, memory, arguments, at, scratch, from, to);
        if (kernel == last.kernel()) {
          int place = at + last.arguments().indexOf(new ModelSpec.Argument.Slot(slot[0]));
          ((double[]) memory)[arguments[place] + 2] += 0.25;
        }
      }
    };
    assertThat(run(Model.of(compiled.spec(), spoiled), "check")).isEqualTo(1);
    assertThat(said).contains("DIFFERS").contains("worst: dense_2.b[2], computed at net.nn:4: ");
  }

  @Test
  void checkComputesAtTheWeightsOfAFile() throws Exception {
    var model = Compiler.load(compiled());
    Npz.write(folder.resolve("w.npz"), WeightFile.arrays(model.spec(), model.initialised(9).weights(), model.vocabulary()));
    assertThat(run(model, "check", "--json", "--elements", "1", "--seed", "3")).isZero();
    var initial = objects().getFirst().get("symbolic");
    assertThat(run(model, "check", "--json", "--elements", "1", "--seed", "3", "--weights", folder.resolve("w.npz").toString())).isZero();
    assertThat(objects().getFirst().get("symbolic")).isNotEqualTo(initial);
  }

  @Test
  void benchGivesRatesThatFitItsTimes() throws Exception {
    assertThat(run(Compiler.load(compiled()), "bench", "--seconds", "0.2", "--threads", "1", "--json")).as(said).isZero();
    assertThat(objects()).extracting(line -> line.get("plan")).isEqualTo(List.of("train", "predict"));
    for (var line : objects()) {
      double median = (Double) line.get("median_ms");
      double p99 = (Double) line.get("p99_ms");
      double best = (Double) line.get("best_ms");
      double mean = 8 / (Double) line.get("examples_per_second") * 1e3;
      assertThat(best).isPositive().isLessThanOrEqualTo(median).isLessThanOrEqualTo(mean);
      assertThat(p99).isGreaterThanOrEqualTo(median);
    }
    assertThat(run(Compiler.load(compiled()), "bench", "--on", "predict", "--batch", "3", "--seconds", "0")).isZero();
    assertThat(said).startsWith("predict").contains("step of 3");
    assertThat(run(Compiler.load(compiled()), "bench", "--on", "nothing")).isEqualTo(1);
  }

  @Test
  void shareOfTheTimesIsRight() {
    long[] nanos = new long[200];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = (i + 1) * 1_000_000L;
    }
    var times = new BenchCommand.Times(nanos, 1);
    assertThat(times.millis(0)).isEqualTo(1);
    assertThat(times.millis(0.5)).isEqualTo(100);
    assertThat(times.millis(0.99)).isEqualTo(198);
  }

  @Test
  void profileSharesAddUpAndItsLinesAreThoseOfItsKernels() throws Exception {
    assertThat(run(Compiler.load(compiled()), "profile", "--seconds", "0.2", "--json")).isZero();
    for (var kind : List.of("kernel", "line")) {
      assertThat(objects().stream().filter(line -> line.get("event").equals(kind)).mapToDouble(line -> ((Number) line.get("share")).doubleValue()).sum())
          .isCloseTo(1, within(1e-9));
    }
    assertThat(run(Compiler.load(compiled()), "profile", "--seconds", "0", "--on", "predict")).isZero();
    assertThat(said).startsWith("predict: a step of 8 takes ").contains("hidden = point |> dense(5, tanh)");
  }

  @Test
  void theJarIsSmallWithAllThis() throws Exception {
    var jar = folder.resolve("net.jar");
    Compiler.writeJar(compiled(), jar);
    assertThat(Files.size(jar)).isLessThan(603_000);
    assertThat(run(Model.load(jar), "check")).isZero();
  }
}
