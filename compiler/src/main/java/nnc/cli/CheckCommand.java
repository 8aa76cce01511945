package nnc.cli;

import java.util.concurrent.Callable;
import nnc.Compiler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "check", mixinStandardHelpOptions = true, description = "Parses and checks a program: silent when fine.")
final class CheckCommand implements Callable<Integer> {
  @Mixin
  private SourceOptions source;

  @Option(names = "--json", description = "prints each fault as a JSON object on a line")
  private boolean json;

  @Override
  public Integer call() {
    return Faults.guard(json, () -> {
      Compiler.check(source.file(), source.options());
      return 0;
    });
  }
}
