package nnc.cli;

import java.nio.file.Files;
import java.util.List;
import nnc.Compiler;
import nnc.source.Json;

/** {@code nnc compile}. */
final class CompileCommand implements Command {
  @Override
  public String name() {
    return "compile";
  }

  @Override
  public String help() {
    return "Compiles a program to a jar that trains and predicts.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("-o", "FILE.jar", "the jar (default: the program's name beside you)"),
        new Option("--output", "FILE.jar", "the same"),
        new Option("--json", "", "prints the result, or each fault, as a JSON object on a line"));
  }

  @Override
  public int run(Given given) {
    boolean json = given.has("--json");
    return Faults.guard(json, () -> {
      var start = System.nanoTime();
      var compiled = Compiler.compileForJar(SourceOptions.file(given), SourceOptions.of(given));
      var output = given.one("-o", given.one("--output", compiled.spec().name() + ".jar"));
      var jar = SourceOptions.path("-o", output);
      Compiler.writeJar(compiled, jar);
      var seconds = Math.round((System.nanoTime() - start) / 1e7) / 100.0;
      long bytes = Files.size(jar);
      System.out.println(json ? "{\"jar\": \"" + Json.escape(output) + "\", \"bytes\": " + bytes + ", \"kernels\": " + compiled.kernels()
          + ", \"seconds\": " + seconds + "}" : output + "  " + bytes / 1000 + " kB, " + compiled.kernels() + " kernels, " + seconds + " s");
      return 0;
    });
  }
}
