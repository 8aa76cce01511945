package nnc.runtime.cli;

import java.io.Console;
import java.io.PrintStream;
import java.nio.file.Path;
import nnc.runtime.Model;
import nnc.runtime.files.AtomicFile;

/**
 * What a command works with.
 *
 * @param model    the network
 * @param caller   who runs it
 * @param jar      the jar that runs, or null if the network was compiled in memory
 * @param out      results
 * @param err      faults and hints
 * @param terminal whether {@code out} is a terminal
 * @param again    starts the command anew in a JVM with the Vector API; null if there is no way to
 */
public record Session(Model model, Caller caller, Path jar, PrintStream out, PrintStream err, boolean terminal, Again again) {

  /**
   * How the user called this, for help and hints, and what paths in the program are relative to.
   *
   * @param program {@code nnc} or {@code java -jar NAME.jar}
   * @param subject what follows a command's name there; may be empty
   * @param base    the folder that paths in the program are relative to
   */
  public record Caller(String program, String subject, Path base) {
    /** {@code nnc train mlp.nn}. */
    String call(String command) {
      return program + " " + command + (subject.isEmpty() ? "" : " " + subject);
    }
  }

  /** Starts a command anew. */
  public interface Again {
    /** Gives the exit code. */
    int run(String[] arguments);
  }

  /**
   * Refuses to write over the network that runs, or its program.
   *
   * @throws nnc.runtime.base.Fault if {@code written} is one of them
   */
  void keepOwn(Path written) {
    String why = "this is the network itself, and stays as it is";
    AtomicFile.keepRead(jar, written, why);
    if (!caller.subject().isEmpty()) {
      AtomicFile.keepRead(Path.of(caller.subject()), written, why);
    }
  }

  Path base() {
    return caller.base();
  }

  /** Whether a new start would gain vector code. */
  boolean canRelaunch() {
    return again != null && Relaunch.gains();
  }

  /** Whether the process writes to a terminal. */
  public static boolean onTerminal() {
    return System.console() != null && isTerminal(System.console());
  }

  /** From Java 22 on there is a console without a terminal too. */
  private static boolean isTerminal(Console console) {
    try {
      return Runtime.version().feature() < 22 || (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
