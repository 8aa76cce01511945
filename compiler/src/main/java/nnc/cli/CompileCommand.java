package nnc.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nnc.Compiler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "compile", mixinStandardHelpOptions = true, description = "Compiles a program to a jar that trains and predicts.")
final class CompileCommand implements Callable<Integer> {
  @Mixin
  private SourceOptions source;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE.jar", description = "the jar (default: the program's name beside you)")
  private Path output;

  @Option(names = "--json", description = "prints the result as a JSON object on a line")
  private boolean json;

  @Override
  public Integer call() {
    return Faults.guard(json, () -> {
      var start = System.nanoTime();
      var compiled = Compiler.compile(source.file(), source.options());
      var jar = output != null ? output : Path.of(compiled.spec().name() + ".jar");
      Compiler.writeJar(compiled, jar);
      var seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(json
              ? "{\"jar\": \"%s\", \"bytes\": %d, \"kernels\": %d, \"seconds\": %.3f}%n"
              : "%s  %,d bytes, %d kernels, %.2f s%n",
          json ? nnc.source.Json.escape(jar.toString()) : jar, Files.size(jar), compiled.kernels(), seconds);
      return 0;
    });
  }
}
