package nnc.cli;

import java.util.concurrent.Callable;
import nnc.driver.FaultyProgram;
import nnc.source.Diagnostics;

/** Turns faults of a program into text on the error stream and exit code 1. */
public final class Faults {
  private Faults() {}

  /** Runs a command's work; faults of the program are printed, as a line of JSON each if {@code json}. */
  static int guard(boolean json, Callable<Integer> work) {
    try {
      return work.call();
    } catch (FaultyProgram faulty) {
      tell(faulty.diagnostics(), json);
      return 1;
    } catch (WrongUsage e) {
      throw e;
    } catch (Exception e) {
      return Main.report(e);
    }
  }

  /** Prints a program's warnings: on the error stream, or as a line of JSON each if {@code --json} was given. */
  public static void tell(Diagnostics diagnostics, CommandLine given) {
    tell(diagnostics, given.has("--json"));
  }

  /** Prints faults or, of a program without, its warnings: on the error stream, or as a line of JSON each. */
  static void tell(Diagnostics diagnostics, boolean json) {
    if (json) {
      System.out.print(diagnostics.json());
    } else {
      System.err.print(colour() ? diagnostics.renderInColour() : diagnostics.render());
    }
  }

  /** Colours are for terminals, and for those who did not ask to be spared them (no-color.org). */
  private static boolean colour() {
    return System.console() != null && System.console().isTerminal() && System.getenv("NO_COLOR") == null;
  }
}
