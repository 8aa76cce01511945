package nnc.cli;

import java.util.concurrent.Callable;
import nnc.Compiler;

/** Turns faults of a program into text on the error stream and exit code 1. */
final class Faults {
  private Faults() {}

  /** Runs a command's work; faults of the program are printed, as a line of JSON each if {@code json}. */
  static int guard(boolean json, Callable<Integer> work) {
    try {
      return work.call();
    } catch (Compiler.Faulty faulty) {
      if (json) {
        System.out.print(faulty.diagnostics().json());
      } else {
        System.err.print(faulty.diagnostics().render(colour()));
      }
      return 1;
    } catch (WrongUsage e) {
      throw e;
    } catch (Exception e) {
      return Main.report(e);
    }
  }

  /** Colours are for terminals, and for those who did not ask to be spared them (no-color.org). */
  private static boolean colour() {
    return System.console() != null && System.console().isTerminal() && System.getenv("NO_COLOR") == null;
  }
}
