package nnc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * Whether a checkout's sources are newer than what is built of them: for the launcher of Windows, whose shell cannot compare times. It names the checkout in a property and,
 * when nnc ends with {@link #CODE}, builds and starts it again. The shell script of other systems looks for itself.
 */
final class StaleSources {
  /** What nnc ends with: no command does. */
  static final int CODE = 75;

  /** The properties: the checkout's folder, and within it the folder of the module whose command is wanted, if it is another module's. */
  static final String CHECKOUT = "nnc.checkout", MODULE = "nnc.module";

  /** What the compiler is built of. */
  static final List<String> PARTS = List.of("pom.xml", "dsl-grammar/src", "runtime/src", "compiler/src");

  private StaleSources() {}

  /** Whether the launcher asks, and something is newer. */
  static boolean found() {
    var checkout = System.getProperty(CHECKOUT, "");
    return !checkout.isEmpty() && found(Path.of(checkout), System.getProperty(MODULE, ""));
  }

  /** @param module the module's folder; may be empty */
  static boolean found(Path checkout, String module) {
    try {
      var compiler = checkout.resolve("compiler/target/nnc.jar");
      if (anyNewer(checkout, PARTS, compiler)) {
        return true;
      }
      if (module.isEmpty()) {
        return false;
      }
      var place = checkout.resolve(module);
      var jar = place.resolve("target").resolve(place.getFileName() + ".jar");
      return !Files.exists(jar) || isNewer(compiler, Files.getLastModifiedTime(jar)) || anyNewer(place, List.of("pom.xml", "src"), jar);
    } catch (IOException e) {
      // what cannot be looked at is not built either
      return false;
    }
  }

  private static boolean anyNewer(Path folder, List<String> parts, Path built) throws IOException {
    var time = Files.getLastModifiedTime(built);
    for (var part : parts) {
      if (Files.exists(folder.resolve(part))) {
        try (var files = Files.walk(folder.resolve(part))) {
          if (files.anyMatch(file -> Files.isRegularFile(file) && isNewer(file, time))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean isNewer(Path file, FileTime time) {
    try {
      return Files.getLastModifiedTime(file).compareTo(time) > 0;
    } catch (IOException e) {
      return false;
    }
  }
}
