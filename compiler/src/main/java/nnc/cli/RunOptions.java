package nnc.cli;

import java.util.ArrayList;
import java.util.List;
import nnc.Compiler;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

/** A command of the jar on a network compiled in memory: the compiler's options, and the rest handed on as it stands. */
final class RunOptions {
  @Mixin
  private SourceOptions source;

  @Unmatched
  private List<String> rest = new ArrayList<>();

  int execute(String command) {
    return Faults.guard(rest.contains("--json"), () -> {
      var model = Compiler.load(Compiler.compile(source.file(), source.options()));
      var arguments = new ArrayList<>(List.of(command));
      arguments.addAll(rest);
      return nnc.runtime.Main.run(arguments.toArray(String[]::new), model, System.out, System.err);
    });
  }
}
