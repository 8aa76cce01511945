package nnc.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nnc.driver.FaultyProgram;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;
import nnc.source.CompilerFault;
import nnc.source.Diagnostics;
import nnc.source.Span;

/** Turns what ends a command into text on the error stream and exit code 1: faults of a program, of files, and of nnc itself. */
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
      var known = message(e);
      if (known.isEmpty()) {
        throw CompilerFault.at(Span.NONE, e);
      }
      return tell(known.get());
    }
  }

  /** Tells what ended a command: what a user can mend as a message, a fault of nnc's own with the place that it was at and the file that reports it. */
  static int report(Throwable fault, List<String> arguments) {
    return report(fault, arguments, Path.of(""));
  }

  /** @param folder that a report is written to; where it cannot be, the report goes to the error stream */
  static int report(Throwable fault, List<String> arguments, Path folder) {
    if (System.getenv("NNC_DEBUG") != null) {
      fault.printStackTrace();
    }
    var known = message(FaultReport.cause(fault));
    if (known.isPresent()) {
      return tell(known.get());
    }
    var place = FaultReport.place(fault);
    System.err.println((place.equals(Span.NONE) ? "nnc" : place) + ": internal error: " + FaultReport.cause(fault));
    System.err.println("  this is a fault of nnc, not of your program" + (place.equals(Span.NONE) ? "" : "; it was at line " + place.line() + ", and another way to write that may get by"));
    var report = new FaultReport(arguments, fault);
    var file = report.write(folder);
    if (file.isPresent()) {
      System.err.println("  " + file.get() + " tells all that is needed to mend it, the text of the program too: please read it and send it to nnc's authors");
    } else {
      System.err.println("  no file can be written here; what is needed to mend it, the text of the program too:");
      System.err.println();
      System.err.print(report.text());
    }
    return 1;
  }

  /** What is told of a fault that a user can mend; empty of others. */
  static Optional<String> message(Throwable fault) {
    return switch (fault) {
      case Fault known -> Optional.of(text(known));
      case InvalidPathException path -> Optional.of(text(Fault.of(path)));
      case NoSuchFileException missing -> Optional.of(missing.getFile() + ": there is no such file");
      case AccessDeniedException denied -> Optional.of(denied.getFile() + ": permission denied");
      case FileSystemException file -> Optional.of(file.getFile() + ": " + file.getReason());
      case IOException io -> Optional.of(String.valueOf(io.getMessage()));
      case OutOfMemoryError _ -> Optional.of("not enough memory: Java has " + Text.bytes((double) Runtime.getRuntime().maxMemory()) + " for all"
          + "\n  NNC_JAVA_OPTIONS=-Xmx8g gives it more; a smaller network or batch needs less");
      default -> Optional.empty();
    };
  }

  private static String text(Fault fault) {
    return fault.getMessage() + (fault.hint().isEmpty() ? "" : "\n  " + fault.hint());
  }

  private static int tell(String message) {
    System.err.println("nnc: error: " + message);
    return 1;
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
