package nnc.runtime.cli;

import java.io.PrintStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;

/** The command line of a compiled network: {@code java -jar mlp.jar train}. */
public final class ModelMain {
  private ModelMain() {}

  /** Exit codes: all went well, a fault, wrong usage. */
  private static final int DONE = 0, FAULT = 1, USAGE = 2;

  /** The property by which an image's launcher tells the size of its jar. */
  private static final String IMAGE = "nnc.image";

  /** The commands, each with what it is for. */
  static final String[][] COMMANDS = {
      {"train", "learn the weights from the program's data"},
      {"evaluate", "loss and metrics on the test data"},
      {"predict", "outputs for given inputs"},
      {"serve", "answer inferences over HTTP"},
      {"summary", "layers, shapes and parameters"},
      {"bundle", "one jar with network and weights"},
      {"check", "gradients against finite differences"},
      {"bench", "how many examples a second it trains on and predicts"},
      {"profile", "where a step's time goes"},
      {"info", "what this network is"}};

  static final List<Options.Flag> COMMON = List.of(
      new Options.Flag("--json", "", "one JSON object a line instead of text"),
      new Options.Flag("--help", "", "this text"));

  /** Runs the network of the class path. */
  public static void main(String[] arguments) {
    OutputCheck.takeClosed();
    PrintStream out = System.out;
    int code;
    try {
      Path jar = jar();
      requireImageOf(jar);
      String command = arguments.length == 0 ? "" : arguments[0];
      Model model = jar == null ? Model.load() : Model.ofOwn(jar);
      Relaunch.followStarter();
      boolean terminal = command.equals("train") && Session.onTerminal();
      Session.Caller caller = Relaunch.caller(new Session.Caller("java -jar " + (jar == null ? "NETWORK.jar" : jar.getFileName()), "", Path.of("")));
      code = run(arguments, new Session(model, caller, jar, out, System.err, terminal, jar == null ? null : Relaunch.of(jar, caller)));
    } catch (Fault fault) {
      code = report(fault, false, out, System.err);
    }
    code = OutputCheck.code(code, "");
    if (code != DONE) {
      System.exit(code);
    }
  }

  /** The jar that runs; null if there is none. Java 25 does not know where classes from a cache are when they have been moved with it. */
  private static Path jar() {
    String told = System.getProperty(Start.NETWORK);
    if (told != null) {
      return Path.of(told);
    }
    try {
      URL location = ModelMain.class.getProtectionDomain().getCodeSource().getLocation();
      Path place = location == null ? Path.of(System.getProperty("java.class.path")) : Path.of(location.toURI());
      return Files.isRegularFile(place) ? place : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** Refuses another jar than an image was made with: Java 25 would take the classes of its cache all the same. */
  private static void requireImageOf(Path jar) {
    String size = System.getProperty(IMAGE);
    if (size != null && jar != null && jar.toFile().length() != Long.parseLong(size)) {
      throw new Fault(jar + ": not the network that this image was made of", "make the image again: nnc compile FILE.nn --image DIR");
    }
  }

  private static boolean wantsHelp(String[] arguments) {
    return List.of(arguments).contains("--help") || List.of(arguments).contains("-h");
  }

  /**
   * Runs a command of a network that was compiled in memory; paths in the program are relative to {@code base}.
   *
   * @param program how the user calls this, for help and hints, e.g. {@code nnc}
   * @return the exit code: 0, 1 for a fault, 2 for wrong usage, 130 if training was interrupted
   */
  public static int run(String[] arguments, Model model, Path base, String program, PrintStream out, PrintStream err) {
    return run(arguments, model, new Session.Caller(program, "", base), out, err, null);
  }

  /** As above, with a way to start the command anew where vector code pays; null if there is none. */
  public static int run(String[] arguments, Model model, Session.Caller caller, PrintStream out, PrintStream err, Session.Again again) {
    return run(arguments, new Session(model, caller, null, out, err, out == System.out && Session.onTerminal(), again));
  }

  /** The names of all commands. */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    for (String[] command : COMMANDS) {
      names.add(command[0]);
    }
    return names;
  }

  /** What a command is for. */
  public static String purpose(String command) {
    return listed(command)[1];
  }

  /** A command's options. */
  public static List<Options.Flag> flags(String command) {
    return flags(of(command));
  }

  /** Prints a command's options. */
  public static void options(String command, PrintStream out) {
    print(flags(command), out);
  }

  /** Evaluates, as the command of that name does, and has somebody else look too. */
  public static int evaluate(String[] arguments, Session session, Judge judge) {
    return run(arguments, session, new EvaluateCommand(judge));
  }

  /** Trains, as the command of that name does, and has somebody else follow. */
  public static int train(String[] arguments, Session session, TrainingFollower follower) {
    return run(arguments, session, new TrainCommand(follower));
  }

  /** Runs a command; gives the exit code. Never throws what a user can cause. */
  public static int run(String[] arguments, Session session) {
    return run(arguments, session, null);
  }

  /** @param chosen the command; null for that of the name */
  private static int run(String[] arguments, Session session, ModelCommand chosen) {
    if (arguments.length == 0 || isHelp(arguments[0])) {
      usage(session.caller().program(), session.model().spec().name(), session.out());
      return arguments.length == 0 ? USAGE : DONE;
    }
    boolean json = List.of(arguments).contains("--json");
    try {
      String[] listed = listed(arguments[0]);
      ModelCommand command = chosen == null ? of(listed[0]) : chosen;
      List<Options.Flag> flags = flags(command);
      if (wantsHelp(arguments)) {
        session.out().println("usage: " + session.caller().call(listed[0]) + " [OPTIONS]");
        session.out().println(listed[1]);
        session.out().println();
        print(flags, session.out());
        return DONE;
      }
      return command.run(session, new Options(arguments, 1, flags), arguments);
    } catch (Options.Wrong e) {
      session.err().println("error: " + e.getMessage());
      session.err().println("  " + session.caller().program() + (known(arguments[0]) ? " " + arguments[0] : "") + " --help lists what there is");
      return USAGE;
    } catch (Fault fault) {
      return report(fault, json, session.out(), session.err());
    } catch (OutOfMemoryError e) {
      return report(new Fault("not enough memory", "use a smaller batch, or give Java more memory with -Xmx", e), json, session.out(),
          session.err());
    } catch (InvalidPathException e) {
      return report(Fault.of(e), json, session.out(), session.err());
    } catch (RuntimeException e) {
      return report(new Fault("internal error: " + e, "please report it; NNC_DEBUG=1 shows where it happened", e), json, session.out(),
          session.err());
    }
  }

  /** The command of a name. Apart from the list of all, so that only one command's class is loaded. */
  static ModelCommand of(String name) {
    switch (name) {
      case "train":
        return new TrainCommand();
      case "evaluate":
        return new EvaluateCommand(null);
      case "predict":
        return new PredictCommand();
      case "serve":
        return server();
      case "summary":
        return new SummaryCommand();
      case "bundle":
        return new BundleCommand();
      case "check":
        return new GradientCheckCommand();
      case "bench":
        return new BenchCommand();
      case "profile":
        return new ProfileCommand();
      case "info":
        return new InfoCommand();
      default:
        throw new IllegalArgumentException(name);
    }
  }

  /** Looked for by its name: jars that do not serve have neither it nor what it needs. */
  private static ModelCommand server() {
    try {
      return (ModelCommand) Class.forName("nnc.runtime.cli.ServeCommand").getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new Fault("this jar has no server inside", "compile it with --serve", e);
    }
  }

  private static List<Options.Flag> flags(ModelCommand command) {
    List<Options.Flag> flags = new ArrayList<>(command.flags());
    flags.addAll(COMMON);
    return flags;
  }

  private static int report(Fault fault, boolean json, PrintStream out, PrintStream err) {
    if (json) {
      out.println(new Json().put("event", "error").put("message", fault.getMessage()).put("hint", fault.hint()));
    }
    err.println("error: " + fault.getMessage());
    if (!fault.hint().isEmpty()) {
      err.println("  " + fault.hint());
    }
    if ("1".equals(System.getenv("NNC_DEBUG"))) {
      fault.printStackTrace(err);
    }
    return FAULT;
  }

  private static boolean isHelp(String argument) {
    return argument.equals("--help") || argument.equals("-h") || argument.equals("help");
  }

  private static boolean known(String name) {
    for (String[] command : COMMANDS) {
      if (command[0].equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** The line of {@link #COMMANDS} of a name. */
  private static String[] listed(String name) {
    for (String[] command : COMMANDS) {
      if (command[0].equals(name)) {
        return command;
      }
    }
    String nearest = Text.nearest(name, names());
    throw new Options.Wrong("unknown command '" + name + "'" + (nearest.isEmpty() ? "" : "; did you mean " + nearest + "?"));
  }

  private static void usage(String program, String name, PrintStream out) {
    out.println(name + ": a network compiled by nnc");
    out.println("usage: " + program + " COMMAND [OPTIONS]");
    out.println();
    for (String[] command : COMMANDS) {
      out.println("  " + Text.left(command[0], 10) + "  " + command[1]);
    }
    out.println();
    out.println(program + " COMMAND --help lists a command's options");
  }

  private static void print(List<Options.Flag> flags, PrintStream out) {
    int width = 0;
    for (Options.Flag flag : flags) {
      width = Math.max(width, flag.name().length() + 1 + flag.value().length());
    }
    for (Options.Flag flag : flags) {
      out.println("  " + Text.left(flag.name() + " " + flag.value(), width) + "  " + flag.help());
    }
  }
}
