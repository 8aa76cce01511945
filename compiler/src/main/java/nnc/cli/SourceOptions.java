package nnc.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import nnc.driver.CompilerOptions;
import nnc.driver.Sandbox;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;
import nnc.runtime.spec.Setting;

/** What every command that compiles a file takes. */
public final class SourceOptions {
  private SourceOptions() {}

  private static final String SANDBOX = "--sandbox";

  private static final List<Option> ALL = List.of(
      new Option("-D", "NAME=VALUE", "sets a constant of the program; may be repeated"),
      new Option("--precision", "f32|f64", "the float type (default: f32)"),
      new Option("--without", "NAME", "switches an optimization off; nnc help optimizations lists them; may be repeated"),
      new Option("--max-memory", "SIZE", "as in 500M or 2G: refuses a program that takes more to train by its batch, or to predict an example"),
      new Option("--after", "NAME", "prints what an optimization left: graphs, schedules or loops; may be repeated"),
      new Option(SANDBOX, "", "for a program of somebody else's: nothing is read but files in its folder, and that of --data"));

  /** These and a command's own. */
  public static List<Option> with(Option... own) {
    var options = new ArrayList<>(ALL);
    options.addAll(List.of(own));
    return options;
  }

  /**
   * The program.
   *
   * @throws WrongUsage if none was given, or it is no path
   */
  public static Path file(CommandLine given) {
    return path("FILE.nn", given.file());
  }

  /**
   * A path.
   *
   * @param name of the option, for the message
   * @throws WrongUsage if the text is none
   */
  public static Path path(String name, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      var fault = Fault.of(e);
      throw new WrongUsage(name + ": " + fault.getMessage() + (fault.hint().isEmpty() ? "" : "\n  " + fault.hint()));
    }
  }

  /**
   * The path of a file that a command draws: others read it by what its name ends in.
   *
   * @param name of the option, for the message
   * @param ends what the name may end in
   * @throws WrongUsage if the text is no path, or ends in none of these
   */
  public static Path drawn(String name, String text, String... ends) {
    for (var end : ends) {
      if (text.toLowerCase(Locale.ROOT).endsWith(end)) {
        return path(name, text);
      }
    }
    throw new WrongUsage(name + " " + text + ": a name here ends in " + String.join(" or ", ends));
  }

  /** The options as the compiler takes them. */
  public static CompilerOptions of(CommandLine given) {
    var precision = given.one("--precision", "f32");
    return switch (precision.toLowerCase(Locale.ROOT)) {
      case "f32" -> of(given, 32);
      case "f64" -> of(given, 64);
      default -> throw new WrongUsage("--precision is f32 or f64, not '" + precision + "'");
    };
  }

  /** Bytes, as Java's own options write them. */
  private static long memory(CommandLine given) {
    var text = given.one("--max-memory", "");
    if (text.isEmpty()) {
      return CompilerOptions.UNLIMITED;
    }
    long bytes = Text.bytesIn(text);
    if (bytes == 0) {
      throw new WrongUsage("--max-memory is a size such as 500M or 2G, not '" + text + "'");
    }
    return bytes;
  }

  /** The same, in a precision of 32 or 64 whatever was given. */
  public static CompilerOptions of(CommandLine given, int precision) {
    var options = new CompilerOptions(given.pairs("-D"), precision, given.all("--without"), given.all("--after"), shown -> System.out.println(shown.after())).withMemory(memory(given));
    var budget = given.handedOn(Setting.MEMORY.option());
    var within = budget.isEmpty() ? options : options.withBudget(budget.getLast());
    return given.has(SANDBOX) ? within.in(given.readsData() ? Sandbox.reading(given.data().map(name -> path(Option.DATA, name))) : Sandbox.compiling()) : within;
  }
}
