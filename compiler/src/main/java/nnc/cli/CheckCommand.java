package nnc.cli;

import java.util.List;
import nnc.Compiler;

/** {@code nnc check}. */
final class CheckCommand implements Command {
  @Override
  public String name() {
    return "check";
  }

  @Override
  public String help() {
    return "Parses and checks a program: silent when fine.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("--json", "", "prints each fault as a JSON object on a line"));
  }

  @Override
  public int run(Given given) {
    return Faults.guard(given.has("--json"), () -> {
      Compiler.check(SourceOptions.file(given), SourceOptions.of(given));
      return 0;
    });
  }
}
