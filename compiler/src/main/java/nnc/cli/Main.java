package nnc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import nnc.jar.CompilerVersion;
import nnc.optimizations.Optimization;
import nnc.runtime.cli.OutputCheck;
import nnc.runtime.cli.Relaunch;
import nnc.source.Suggestion;

/** {@code nnc}: the compiler's command line. Exit code 0: done; 1: a fault in a program, file or run; 2: wrong usage. */
public final class Main {
  private Main() {}

  static final List<Command> COMMANDS = List.of(new CheckCommand(), new CompileCommand(), new JavaCommand(), new ExplainCommand(), new GraphCommand(), new PreviewCommand(),
      new TrainingCommand(), new FitCommand(),
      new EvaluationCommand(), new VerifyCommand(), new DiffCommand(),
      new RunCommand("predict", "predict", false, "Computes the outputs for the inputs of an .npz file."),
      new RunCommand("serve", "serve", false, "Answers inferences over HTTP, by the Open Inference Protocol, until it is told to end."),
      new RunCommand("summary", "summary", false, "Prints layers, output shapes and parameters."),
      new ParametersCommand(),
      new RunCommand("bench", "bench", false, "Measures how many examples a second it trains on and predicts."),
      new RunCommand("profile", "profile", false, "Tells where a step's time goes, by kernel and by source line."),
      new RunCommand("gradcheck", "check", true, "Compares symbolic gradients with finite differences, in double."),
      new SweepCommand(), new RateCommand(), new CrossvalidateCommand(), new EnsembleCommand(), new ShowCommand(), new RaceCommand());

  /** What every command knows. */
  static final List<Option> COMMON = List.of(new Option("--help", "", "this text"), new Option("-h", "", "the same"));

  public static void main(String[] args) {
    OutputCheck.takeClosed();
    Relaunch.followStarter();
    if (StaleSources.found()) {
      System.exit(StaleSources.CODE);
    }
    System.exit(OutputCheck.code(run(args), "nnc: "));
  }

  /** Runs one command; never throws. */
  public static int run(String... args) {
    var first = args.length == 0 ? "" : args[0];
    switch (first) {
      case "" -> {
        usage(System.err);
        return 2;
      }
      case "--help", "-h", "help" -> {
        if (args.length == 1) {
          usage(System.out);
          return 0;
        } else if (args[1].equals("optimizations")) {
          optimizations();
          return 0;
        }
        return Help.tell(List.of(args).subList(1, args.length), System.out, System.err);
      }
      case "--version", "-V" -> {
        System.out.println("nnc " + CompilerVersion.text());
        return 0;
      }
      default -> { }
    }
    try {
      return run(command(first), List.of(args).subList(1, args.length));
    } catch (WrongUsage e) {
      System.err.println("nnc: error: " + e.getMessage());
      System.err.println("  see: nnc " + (COMMANDS.stream().anyMatch(c -> c.name().equals(first)) || MoreCommands.named(first).isPresent() ? first + " " : "") + "--help");
      return 2;
    } catch (Throwable e) {
      return Faults.report(e, List.of(args));
    }
  }

  private static int run(Command command, List<String> arguments) throws Exception {
    var options = new ArrayList<>(command.options());
    options.addAll(COMMON);
    if (arguments.contains("--help") || arguments.contains("-h")) {
      usage(command, options);
      return 0;
    }
    var given = new CommandLine(arguments, options, command);
    return Faults.guard(given.has("--json"), () -> command.run(given));
  }

  private static Command command(String name) {
    return COMMANDS.stream().filter(command -> command.name().equals(name)).findFirst().or(() -> MoreCommands.named(name)).orElseThrow(() -> missing(name));
  }

  private static WrongUsage missing(String name) {
    var others = MoreCommands.listed();
    if (others.containsKey(name)) {
      return new WrongUsage("the command " + name + " is that of a module which is not on the class path: the launcher builds it and puts it there");
    }
    var names = Stream.concat(COMMANDS.stream().map(Command::name), others.keySet().stream()).toList();
    return new WrongUsage("there is no command '" + name + "'" + Suggestion.sentence(name, names));
  }

  private static void usage(java.io.PrintStream out) {
    out.println("Compiles networks written in .nn files to small jars that train and predict on the JVM.");
    out.println("usage: nnc COMMAND FILE.nn [OPTIONS]");
    out.println();
    COMMANDS.forEach(command -> out.println("  " + padded(command.name(), 14) + command.help()));
    MoreCommands.listed().forEach((name, help) -> out.println("  " + padded(name, 14) + help));
    out.println();
    out.println("nnc COMMAND --help tells a command's options; nnc help optimizations what --without and --after take; nnc --version which nnc this is");
    out.println();
    Help.topics(out);
  }

  private static void usage(Command command, List<Option> options) {
    System.out.println("usage: nnc " + command.name() + (command.needsProgram() ? " FILE.nn" : " [FILE.nn]") + " [OPTIONS]");
    System.out.println(command.help());
    System.out.println();
    options.forEach(option -> System.out.println("  " + padded(option.name() + " " + option.value(), 22) + option.help()));
    command.moreHelp();
  }

  private static void optimizations() {
    System.out.println("What --without=NAME switches off, and --after=NAME shows.");
    Optimization.Stage stage = null;
    for (var one : Optimization.values()) {
      if (one.stage() != stage) {
        stage = one.stage();
        System.out.println();
        System.out.println(stage.title());
      }
      System.out.println("  " + padded(one.title(), 24) + one.summary() + (one.isSwitchable() ? "" : " It cannot be switched off: " + one.necessity() + "."));
    }
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }
}
