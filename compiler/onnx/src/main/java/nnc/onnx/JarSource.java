package nnc.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.jar.SpecWriter;
import nnc.runtime.base.Fault;
import nnc.runtime.files.NetworkJar;
import nnc.runtime.files.NetworkPaths;
import nnc.runtime.spec.ModelSpec;

/** The program that a jar was compiled from, whose text it holds. */
final class JarSource {
  private JarSource() {}

  /** The program; files that it imports are looked for beside the jar. */
  static Compilation of(Path jar, ModelSpec spec, CompilerOptions options) throws FaultyProgram {
    return new Compilation(jar.toAbsolutePath().resolveSibling(spec.name() + ".nn"), spec.source(), options);
  }

  /**
   * Sees to it that the text is what the jar computes: a jar does not say which constants it was compiled with, so that it is compiled again and compared.
   *
   * @throws Fault if it becomes another jar
   */
  static void requireSame(Path jar, ModelSpec spec, CompilerOptions options) throws FaultyProgram {
    var same = new CompilerOptions(options.defines(), spec.precision(), List.of(), List.of(), _ -> { });
    var compiled = of(jar, spec, same).compileForJar(List.of(Purpose.values()));
    var again = new ByteArrayOutputStream();
    try (var zip = NetworkJar.open(jar, "a compiled network")) {
      SpecWriter.write(compiled.spec(), again);
      boolean equal = Arrays.equals(again.toByteArray(), NetworkJar.read(zip, NetworkPaths.spec(spec.name())));
      for (var file : compiled.classes().entrySet()) {
        var there = NetworkJar.read(zip, file.getKey());
        equal &= there == null || Arrays.equals(file.getValue(), there);
      }
      if (!equal) {
        throw new Fault(jar + ": the program that it holds does not become this jar again", "it was compiled with constants, which -D gives again, with options, or by "
            + "another version: nnc export FILE.nn --weights W exports the program itself");
      }
    } catch (IOException e) {
      throw new Fault(jar + ": cannot be read: " + e.getMessage(), "", e);
    }
  }
}
