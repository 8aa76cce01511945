package nnc.cli;

import java.util.ArrayList;
import java.util.List;
import nnc.Compiler;

/** A command of the jar on a network compiled in memory. */
final class RunOptions {
  private RunOptions() {}

  /** Compiles, and hands what the compiler does not know on to the jar's command line as it stands. */
  static int execute(String command, SourceOptions source, Compiler.Options options, List<String> rest) {
    return Faults.guard(rest.contains("--json"), () -> {
      var model = Compiler.load(Compiler.compile(source.file(), options));
      var arguments = new ArrayList<>(List.of(command));
      arguments.addAll(rest);
      var base = source.file().toAbsolutePath().getParent();
      return nnc.runtime.Main.run(arguments.toArray(String[]::new), model, base, "nnc", System.out, System.err);
    });
  }
}
