package nnc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import nnc.Compiler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

/** A command of the jar on a network compiled in memory; what the compiler does not know is handed on to it as it stands. */
@Command
final class RunCommand implements Callable<Integer> {
  private final String command;
  private final boolean inDouble;

  @Mixin
  private SourceOptions source;

  @Unmatched
  private List<String> rest = new ArrayList<>();

  private RunCommand(String command, boolean inDouble) {
    this.command = command;
    this.inDouble = inDouble;
  }

  /** Adds all such commands. */
  static void addTo(CommandLine main) {
    add(main, "train", new RunCommand("train", false), "Trains the network.");
    add(main, "evaluate", new RunCommand("evaluate", false), "Computes loss and metrics on the test data.");
    add(main, "predict", new RunCommand("predict", false), "Computes the outputs for the inputs of an .npz file.");
    add(main, "summary", new RunCommand("summary", false), "Prints layers, output shapes and parameters.");
    add(main, "gradcheck", new RunCommand("check", true), "Compares symbolic gradients with finite differences, in double.");
  }

  private static void add(CommandLine main, String name, RunCommand command, String description) {
    var line = new CommandLine(command);
    line.getCommandSpec().usageMessage().description(description, "", "All further options are those of the compiled jar: FILE.nn --help lists them.");
    main.addSubcommand(name, line);
  }

  @Override
  public Integer call() {
    return Faults.guard(rest.contains("--json"), () -> {
      var model = Compiler.load(Compiler.compile(source.file(), inDouble ? source.inDouble() : source.options()));
      var arguments = new ArrayList<>(List.of(command));
      arguments.addAll(rest);
      var base = source.file().toAbsolutePath().getParent();
      return nnc.runtime.Main.run(arguments.toArray(String[]::new), model, base, "nnc", System.out, System.err);
    });
  }
}
