package nnc.spark;

import java.io.IOException;
import java.nio.file.Path;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;

/** Jars of programs that tests write. */
final class CompiledJars {
  private CompiledJars() {}

  static Path of(Path folder, String name, String program) throws IOException {
    try {
      var jar = folder.resolve(name + ".jar");
      Compiler.writeJar(Compiler.compile(name + ".nn", program, CompilerOptions.standard()), jar);
      return jar;
    } catch (FaultyProgram faults) {
      throw new AssertionError(faults);
    }
  }
}
