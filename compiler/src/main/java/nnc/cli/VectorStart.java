package nnc.cli;

import java.nio.file.Path;
import java.util.stream.Stream;
import nnc.runtime.cli.Relaunch;
import nnc.runtime.cli.Session;

/** A command of the compiler that runs networks for long, in a JVM that has vector code. */
public final class VectorStart {
  private VectorStart() {}

  /** Whether this one has none and another would. */
  public static boolean gains() {
    return Relaunch.gains();
  }

  /** The same command there; gives its exit code. */
  static int run(String command, CommandLine given, Path file) {
    return run(command, given, new Session.Caller("nnc", given.file(), file.toAbsolutePath().getParent()));
  }

  /** The same of a command that needs no program. */
  public static int run(String command, CommandLine given) {
    return run(command, given, new Session.Caller("nnc", given.hasFile() ? given.file() : "", Path.of("").toAbsolutePath()));
  }

  private static int run(String command, CommandLine given, Session.Caller caller) {
    return Relaunch.run(System.getProperty("java.class.path"), Main.class.getName(), RunCommand.javaOptions(), caller,
        Stream.concat(Stream.of(command), given.arguments().stream()).toArray(String[]::new));
  }
}
