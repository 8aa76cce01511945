package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every sample that predicts, as ONNX Runtime computes the model that it is exported to, draws included; oracle: the compiled program, with the same weights and inputs. */
class ExportSamplesTest {
  private static final Path SAMPLES = Path.of("../../samples");

  @TempDir
  Path folder;

  static Stream<String> samples() throws IOException {
    try (var files = Files.walk(SAMPLES)) {
      return files.map(SAMPLES::relativize).map(Path::toString).filter(file -> file.endsWith(".nn") && !file.contains("target")).sorted().toList().stream();
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("samples")
  void computesWhatTheProgramComputes(String sample) throws Exception {
    compare(sample);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet.nn", "transformer.nn", "addition.nn", "zoo.nn", "generative/vae.nn", "vision/conv_autoencoder.nn", "tables/titanic.nn", "energy/rbm.nn", "restore.nn", "sequence/numerals.nn", "sequence/reverse.nn", "sequence/sums.nn"})
  void someOfThem(String sample) throws Exception {
    compare(sample);
  }

  private void compare(String sample) throws Exception {
    var file = SAMPLES.resolve(sample);
    // halves of sizes are added to the whole, which wants even ones
    int side = sample.equals("restore.nn") ? 4 : 3;
    var one = new ExportCase(() -> new Compilation(file, CompilerOptions.standard()), 1, 2, side);
    var model = one.write(folder.resolve("model.onnx"), 32);
    var compiled = compiled(file, one);
    assertThat(compiled).isNotEmpty();
    // the phases of its waves add up to so much that single precision leaves three digits: runtimes that round otherwise than ours are compared in double
    boolean coarse = sample.equals("sequence/speech.nn");
    if (coarse) {
      assertThat(ExportCase.distance(one.interpreted(), one.run(one.write(folder.resolve("double.onnx"), 64)))).isLessThan(1e-9);
    }
    assertThat(ExportCase.distance(compiled, one.run(model))).isLessThan(coarse ? 2e-3 : 1e-4);
  }

  private static Map<String, double[]> compiled(Path file, ExportCase one) throws FaultyProgram {
    var model = Compiler.load(Compiler.compile(file, CompilerOptions.standard(), "predict")).initialised(1);
    one.weights.forEach(model::set);
    var sizes = new LinkedHashMap<String, Integer>();
    model.spec().plans().getFirst().dims().forEach(name -> sizes.put(name, one.dims.get(name)));
    var context = model.context("predict", sizes, new Threads(1));
    sizes.forEach(context::dim);
    context.counters(1, 0);
    context.inputs().forEach(input -> input.set(one.inputs.get(input.name())));
    context.run();
    var outputs = new LinkedHashMap<String, double[]>();
    context.results(ModelSpec.Role.OUTPUT).forEach(output -> outputs.put(output.name(), output.tensor().toDoubles()));
    return outputs;
  }
}
