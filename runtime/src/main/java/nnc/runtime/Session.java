package nnc.runtime;

import java.io.PrintStream;
import java.nio.file.Path;

/**
 * What a command works with.
 *
 * @param model    the network
 * @param base     the folder that paths in the program are relative to
 * @param jar      the jar that runs, or null if the network was compiled in memory
 * @param program  how the user calls this program, for help
 * @param out      results
 * @param err      faults and hints
 * @param terminal whether {@code out} is a terminal
 */
public record Session(Model model, Path base, Path jar, String program, PrintStream out, PrintStream err, boolean terminal) {

  /** Whether a new start would gain vector code. */
  boolean canRelaunch() {
    return jar != null && Relaunch.gains();
  }

  /** Whether the process writes to a terminal. */
  public static boolean onTerminal() {
    return System.console() != null && System.console().isTerminal();
  }
}
