package nnc.cli;

import java.util.concurrent.Callable;
import nnc.runtime.Fault;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Spec;

/** {@code nnc}: the compiler's command line. Exit code 0: done; 1: a fault in a program, file or run; 2: wrong usage. */
@Command(name = "nnc", mixinStandardHelpOptions = true, version = "nnc 0.1.0",
    header = "Compiles networks written in .nn files to small jars that train and predict on the JVM.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CheckCommand.class, CompileCommand.class, ExplainCommand.class},
    footer = {"", "nnc COMMAND --help tells a command's options."})
public final class Main implements Callable<Integer> {

  @Spec
  private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(System.err);
    return 2;
  }

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command; never throws. */
  public static int run(String... args) {
    var main = new CommandLine(new Main());
    RunCommand.addTo(main);
    return main.setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Main::wrongUsage)
        .setExecutionExceptionHandler((fault, _, _) -> report(fault))
        .execute(args);
  }

  private static int wrongUsage(CommandLine.ParameterException fault, String[] args) {
    if (java.util.List.of(args).contains("--help")) {
      fault.getCommandLine().usage(System.out);
      return 0;
    }
    System.err.println("nnc: error: " + fault.getMessage());
    var command = fault.getCommandLine();
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(fault, command.getErr())) {
      System.err.println("  see: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    return 2;
  }

  /** A fault that a user can mend is a message; one of ours says so, and shows its trace on request. */
  static int report(Exception fault) {
    if (System.getenv("NNC_DEBUG") != null) {
      fault.printStackTrace();
    }
    return switch (fault) {
      case Fault known -> tell(known.getMessage() + (known.hint().isEmpty() ? "" : "\n  " + known.hint()), 1);
      case java.nio.file.NoSuchFileException missing -> tell(missing.getFile() + ": there is no such file", 1);
      case java.nio.file.AccessDeniedException denied -> tell(denied.getFile() + ": permission denied", 1);
      case java.nio.file.FileSystemException file -> tell(file.getFile() + ": " + file.getReason(), 1);
      case java.io.IOException io -> tell(io.getMessage(), 1);
      default -> {
        System.err.println("nnc: internal error: " + fault);
        System.err.println("  this is a fault of the compiler, not of your program; NNC_DEBUG=1 shows where");
        yield 1;
      }
    };
  }

  private static int tell(String message, int exitCode) {
    System.err.println("nnc: error: " + message);
    return exitCode;
  }
}
