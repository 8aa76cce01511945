package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import nnc.Compiler;
import nnc.bytecode.MemoryLoader;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.engine.Kernels;
import nnc.runtime.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the compiler emits is what the runtime looks for, by one scheme of names. */
class KernelNamesTest {
  @TempDir
  private Path folder;

  /** Has formulas of several batches, and gradients that a jar has in double. */
  private static final String NETWORK = """
      input  x: float[N, 4]
      target y: float[N, 3]
      output z = x |> dense(3)
      loss mse(z, y)
      metric score = r2(z, y)
      train { optimizer = sgd(0.1)  batch = 4 }
      """;

  private static List<ModelSpec.Plan> plans(ModelSpec spec) {
    var plans = new ArrayList<>(spec.plans());
    spec.formulas().values().forEach(formula -> plans.addAll(formula.plans()));
    return plans;
  }

  @Test
  void everyPlanFindsItsClassesAndNoOtherIsEmitted() {
    var compiled = Programs.compile(NETWORK, 32);
    var plans = plans(compiled.spec());
    assertThat(plans).extracting(ModelSpec.Plan::name).contains("predict", "evaluate", "train", "gradient", ModelSpec.MEASURES);
    var names = plans.stream().flatMap(plan -> List.of(0, 128, 256, 512).stream().map(bits -> Kernels.name(plan.kernels(), bits))).toList();
    assertThat(names).doesNotHaveDuplicates();
    assertThat(compiled.classes().keySet()).containsExactlyInAnyOrderElementsOf(names.stream().map(Kernels::file).toList());
    var loader = new MemoryLoader(compiled.classes());
    for (var name : names) {
      assertThat(loader.apply(name).getClass().getName()).isEqualTo(Kernels.PACKAGE + name);
    }
  }

  @Test
  void aJarHasScalarCodeForEveryPlanAndItsGradientsInDouble() throws Exception {
    var file = folder.resolve("net.nn");
    Files.writeString(file, NETWORK);
    var compiled = compiled(file);
    var jar = folder.resolve("net.jar");
    Compiler.writeJar(compiled, jar);
    try (var zip = new ZipFile(jar.toFile())) {
      for (var plan : plans(compiled.spec())) {
        assertThat(zip.getEntry(Kernels.file(Kernels.name(plan.kernels(), 0)))).as(plan.name()).isNotNull();
        assertThat(plan.kernels().endsWith(Kernels.DOUBLE)).isEqualTo(plan.name().equals("gradient"));
      }
    }
  }

  private static CompiledProgram compiled(Path file) {
    try {
      return Compiler.compileForJar(file, CompilerOptions.standard());
    } catch (FaultyProgram e) {
      throw new AssertionError(e);
    }
  }
}
