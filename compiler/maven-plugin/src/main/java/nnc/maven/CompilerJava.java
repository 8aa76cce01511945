package nnc.maven;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nnc.runtime.cli.NewerJava;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.toolchain.Toolchain;
import org.apache.maven.toolchain.ToolchainManager;

/** Finds a Java that the compiler runs on. */
final class CompilerJava {
  static final int NEEDED = 25;

  private CompilerJava() {}

  /**
   * The program {@code java}: of the folder that was named, of a toolchain, of Maven's own Java, or of one in the usual places.
   *
   * @param named      the home that the user names; null if he does not
   * @param toolchains null outside of Maven
   * @throws MojoExecutionException if there is none, or the one named is too old
   */
  static Path find(File named, MavenSession session, ToolchainManager toolchains) throws MojoExecutionException {
    if (named != null) {
      return program(named).filter(java -> version(named) >= NEEDED).orElseThrow(() -> new MojoExecutionException(
          "javaHome is " + named + ", which is no Java " + NEEDED + " or newer: nnc's compiler needs one"));
    }
    Optional<Path> found = ofToolchain(session, toolchains);
    if (found.isPresent()) {
      return found.get();
    }
    if (Runtime.version().feature() >= NEEDED) {
      return program(new File(System.getProperty("java.home"))).orElseThrow();
    }
    try {
      return Optional.ofNullable(NewerJava.find(NEEDED)).flatMap(CompilerJava::program).orElseThrow(() -> new MojoExecutionException(
          "nnc's compiler needs Java " + NEEDED + " or newer, Maven runs on " + Runtime.version().feature() + ", and no other was found (looked at toolchains, JAVA_HOME, the PATH "
              + "and the usual folders): install one, or name its folder by javaHome, or -Dnnc.javaHome=FOLDER"));
    } catch (IOException e) {
      throw new MojoExecutionException("looking for a Java that nnc's compiler can run on: " + e.getMessage(), e);
    }
  }

  private static Optional<Path> ofToolchain(MavenSession session, ToolchainManager toolchains) {
    if (toolchains == null || session == null) {
      return Optional.empty();
    }
    for (Toolchain toolchain : toolchains.getToolchains(session, "jdk", Map.of("version", "[" + NEEDED + ",)"))) {
      String java = toolchain.findTool("java");
      if (java != null) {
        return Optional.of(Path.of(java));
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> program(File home) {
    for (String name : List.of("java", "java.exe")) {
      Path program = home.toPath().resolve("bin").resolve(name);
      if (Files.isExecutable(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  /** By its file of properties; 0 if it has none. */
  private static int version(File home) {
    try {
      for (String line : Files.readAllLines(home.toPath().resolve("release"), StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("JAVA_VERSION=")) {
          return Integer.parseInt(line.replaceAll("^[^\"]*\"|[^0-9].*$", ""));
        }
      }
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
    return 0;
  }
}
