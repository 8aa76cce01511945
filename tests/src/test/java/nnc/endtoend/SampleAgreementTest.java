package nnc.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every sample computes what the interpreter says, in both precisions; oracle: the interpreter in double. */
class SampleAgreementTest {

  static Stream<String> samples() {
    return Stream.of("linear", "worked", "spiral", "mlp", "zoo", "autoencoder", "addition", "transformer");
  }

  /** The largest is compared in double alone, and with {@code -Pslow}. */
  static Stream<String> smallOnes() {
    return samples().filter(name -> !name.equals("transformer"));
  }

  @Tag("slow")
  @Test
  void theLargestInAllWays() throws Exception {
    inFloat("transformer");
    withoutFusion("transformer");
  }

  private static CompiledProgram compile(String name, int precision, Map<String, String> defines, List<String> without) throws Exception {
    var file = Path.of("..", "samples", name + ".nn");
    assert Files.exists(file);
    return Compiler.compile(file, new CompilerOptions(defines, precision, without, List.of(), _ -> { }));
  }

  private static Map<String, String> small(String name) {
    return switch (name) {
      case "mlp" -> Map.of("hidden", "21");
      case "addition" -> Map.of("hidden", "9");
      default -> Map.of();
    };
  }

  @ParameterizedTest
  @MethodSource("samples")
  void inDouble(String name) throws Exception {
    Agreement.check(compile(name, 64, small(name), List.of()), 5, 1e-10, 7);
  }

  @Test
  void convolutions() throws Exception {
    Agreement.check(compile("lenet", 64, Map.of(), List.of()), 2, 1e-9, 7);
  }

  @ParameterizedTest
  @MethodSource("smallOnes")
  void inFloat(String name) throws Exception {
    Agreement.check(compile(name, 32, small(name), List.of()), 3, 2e-3, 8);
  }

  @ParameterizedTest
  @MethodSource("smallOnes")
  void withoutFusion(String name) throws Exception {
    Agreement.check(compile(name, 64, small(name), List.of("fusion")), 4, 1e-10, 9);
  }
}
