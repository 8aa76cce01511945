package nnc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import nnc.Compiler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

@Command(name = "gradcheck", description = "Compares the symbolic gradients of a program with finite differences, in double.")
final class GradcheckCommand implements Callable<Integer> {
  @Mixin
  private SourceOptions source;

  @Unmatched
  private List<String> rest = new ArrayList<>();

  @Override
  public Integer call() {
    return Faults.guard(rest.contains("--json"), () -> {
      var model = Compiler.load(Compiler.compile(source.file(), source.inDouble()));
      var arguments = new ArrayList<>(List.of("check"));
      arguments.addAll(rest);
      return nnc.runtime.Main.run(arguments.toArray(String[]::new), model, System.out, System.err);
    });
  }
}
