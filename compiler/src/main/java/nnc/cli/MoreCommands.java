package nnc.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import nnc.runtime.base.Fault;

/**
 * Commands of other modules. They are looked for when a name is none of the compiler's own, or all are listed: other commands pay nothing for them.
 *
 * <p>The launcher builds such a module when one of its commands is first used, so that it has to know their names before. It finds them in files called
 * {@code commands} beside the modules' {@code pom.xml}: a line has a name and what the command does. It hands the files' paths on, for the list of all.
 */
final class MoreCommands {
  /** The files, with the system's path separator between them. */
  static final String LISTS = "nnc.commands";

  private MoreCommands() {}

  /**
   * The command of a module that is on the class path.
   *
   * @throws Fault if a module names a class that is none
   */
  static Optional<Command> named(String name) {
    try {
      return ServiceLoader.load(Command.class).stream().map(ServiceLoader.Provider::get).filter(command -> command.name().equals(name)).findFirst();
    } catch (ServiceConfigurationError e) {
      throw new Fault("a module on the class path has commands that cannot be loaded: " + e.getMessage(), "build it anew, by this compiler");
    }
  }

  /** What each does, by name: of the modules that the launcher knows of, and of those on the class path. */
  static Map<String, String> listed() {
    var listed = new LinkedHashMap<String, String>();
    for (var file : System.getProperty(LISTS, "").split(File.pathSeparator)) {
      if (!file.isEmpty()) {
        read(Path.of(file), listed);
      }
    }
    try {
      ServiceLoader.load(Command.class).forEach(command -> listed.put(command.name(), command.help()));
    } catch (ServiceConfigurationError e) {
      // told when the command is used
      return listed;
    }
    return listed;
  }

  private static void read(Path file, Map<String, String> listed) {
    try {
      for (var line : Files.readAllLines(file)) {
        var words = line.strip().split("\\s+", 2);
        if (words.length == 2) {
          listed.put(words[0], words[1]);
        }
      }
    } catch (IOException e) {
      // a list that is gone lists nothing
      listed.remove("");
    }
  }
}
