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
    return SourceOptions.with(new Option("--json", "", "prints each fault or warning as a JSON object on a line"));
  }

  @Override
  public int run(CommandLine given) {
    boolean json = given.has("--json");
    return Faults.guard(json, () -> {
      Faults.tell(Compiler.check(SourceOptions.file(given), SourceOptions.of(given)), json);
      return 0;
    });
  }
}
