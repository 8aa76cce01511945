package nnc.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import nnc.jar.CompilerVersion;
import nnc.source.CompilerFault;
import nnc.source.Span;

/** What whoever mends a fault of the compiler has to know of it, as a file to send: versions, the command, the program, where it happened. */
final class FaultReport {
  /** So many reports of one name stand in a folder. */
  private static final int MOST = 1000;

  private final List<String> arguments;
  private final Throwable fault;

  /** @param arguments of the command line */
  FaultReport(List<String> arguments, Throwable fault) {
    this.arguments = arguments;
    this.fault = fault;
  }

  /** Where in the program it was; none if that is not known. */
  static Span place(Throwable fault) {
    return fault instanceof CompilerFault told ? told.place() : Span.NONE;
  }

  /** What went wrong, without the place. */
  static Throwable cause(Throwable fault) {
    return fault instanceof CompilerFault told ? told.getCause() : fault;
  }

  /** All of it. */
  String text() {
    var out = new StringWriter();
    var lines = new PrintWriter(out);
    lines.println("A fault of nnc, not of the program that was compiled. This file has the command line and the text of the program; nothing else of this machine's files.");
    lines.println();
    lines.println("fault    " + cause(fault));
    lines.println("place    " + place(fault));
    lines.println("nnc      " + CompilerVersion.text());
    lines.println("java     " + Runtime.version() + ", " + System.getProperty("java.vendor") + ", " + Runtime.getRuntime().maxMemory() / 1_000_000 + " MB of heap");
    lines.println("system   " + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", " + System.getProperty("os.arch") + ", "
        + Runtime.getRuntime().availableProcessors() + " processors");
    lines.println("command  nnc " + String.join(" ", arguments));
    lines.println();
    cause(fault).printStackTrace(lines);
    for (var argument : arguments) {
      program(argument).ifPresent(text -> {
        lines.println();
        lines.println("---- " + argument);
        lines.println(text);
      });
    }
    lines.flush();
    return out.toString();
  }

  private static Optional<String> program(String argument) {
    if (!argument.endsWith(".nn")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(Path.of(argument)));
    } catch (IOException | IllegalArgumentException e) {
      // what cannot be read is not sent
      return Optional.empty();
    }
  }

  /** Writes it into a folder, beside what is there already; gives the file, or none where the folder takes none. */
  Optional<Path> write(Path folder) {
    for (int number = 1; number <= MOST; number++) {
      var file = folder.resolve("nnc-fault" + (number == 1 ? "" : "-" + number) + ".txt");
      try {
        Files.write(file, text().getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return Optional.of(file);
      } catch (FileAlreadyExistsException e) {
        // the next number
      } catch (IOException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }
}
