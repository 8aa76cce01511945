package nnc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** Copies of what the launcher needs of this checkout, and of machines that have another Java than this one. */
final class Checkout {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path TARGET = ROOT.resolve("compiler/target");

  /** Where Linux keeps its Javas, and Maven looks for others than its own. */
  static final Path JVMS = Path.of("/usr/lib/jvm");

  private Checkout() {}

  /** Ends a test, as one that says nothing, where the compiler is not packaged: the launcher would build it, with Maven, while Maven runs. */
  static void requirePackaged() throws IOException {
    var jar = TARGET.resolve("nnc.jar");
    Assumptions.assumeTrue(Files.exists(jar) && Files.isDirectory(TARGET.resolve("lib")) && Files.isExecutable(Path.of("/bin/sh")),
        "the compiler is not packaged");
    var built = Files.getLastModifiedTime(jar);
    for (var part : List.of("pom.xml", "dsl-grammar/src", "runtime/src", "compiler/src")) {
      try (var files = Files.walk(ROOT.resolve(part))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          Assumptions.assumeTrue(Files.getLastModifiedTime(file).compareTo(built) <= 0, "the compiler is not packaged since its source changed");
        }
      }
    }
  }

  /** The launcher with what it looks at, but nothing that is built. */
  static Path bare(Path home) throws IOException {
    for (var source : List.of("dsl-grammar/src", "runtime/src", "compiler/src", "samples")) {
      Files.createDirectories(home.resolve(source));
    }
    Files.copy(ROOT.resolve("nnc"), home.resolve("nnc"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.copy(ROOT.resolve("pom.xml"), home.resolve("pom.xml"));
    for (var sample : List.of("spiral.nn", "mlp.nn", "lenet.nn", "transformer.nn")) {
      Files.copy(ROOT.resolve("samples").resolve(sample), home.resolve("samples").resolve(sample));
    }
    return home;
  }

  /** The same, built. */
  static Path built(Path home) throws IOException {
    bare(home);
    build(TARGET, home.resolve("compiler/target"));
    return home;
  }

  private static void build(Path from, Path to) throws IOException {
    Files.createDirectories(to.resolve("lib"));
    Files.copy(from.resolve("nnc.jar"), to.resolve("nnc.jar"));
    try (var libraries = Files.list(from.resolve("lib"))) {
      for (var library : libraries.toList()) {
        Files.copy(library, to.resolve("lib").resolve(library.getFileName()));
      }
    }
  }

  /** A cache that is none, newer than any build: nothing is rehearsed. */
  static void withoutCache(Path home) throws IOException {
    Files.writeString(home.resolve("compiler/target/nnc.aot"), "");
    Files.setLastModifiedTime(home.resolve("compiler/target/nnc.aot"), FileTime.fromMillis(Long.MAX_VALUE / 2_000_000));
  }

  /** An executable script. */
  static Path script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text);
    if (!file.toFile().setExecutable(true, false)) {
      throw new IOException(file + " cannot be made executable");
    }
    return file;
  }

  /** A Maven that notes the Java it is given in {@code home/java-of-maven}, and "builds" by copying what this checkout has built. */
  static void maven(Path tools, Path home) throws IOException {
    script(tools.resolve("mvn"), """
        printf '%%s' "$JAVA_HOME" >'%s/java-of-maven'
        mkdir -p compiler/target && cp -r '%s' '%s' compiler/target/ && touch -t 203001010000 compiler/target/nnc.aot
        """.formatted(home, TARGET.resolve("nnc.jar"), TARGET.resolve("lib")));
  }

  /** A folder that says it is a JDK of a version; its java ends with code 99 unless {@code script} says otherwise. */
  static Path jdk(Path home, String version, String script) throws IOException {
    Files.createDirectories(home);
    Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"None\"\nJAVA_VERSION=\"" + version + "\"\n");
    script(home.resolve("bin/java"), script);
    return home;
  }

  /** A JDK of this machine that is too old for the compiler; null if there is none. */
  static Path olderJdk() throws IOException {
    return olderJdks(1).stream().findFirst().orElse(null);
  }

  /** The JDKs of this machine that are older than this one, but not older than {@code oldest}. */
  static List<Path> olderJdks(int oldest) throws IOException {
    if (!Files.isDirectory(JVMS)) {
      return List.of();
    }
    try (var homes = Files.list(JVMS)) {
      var real = new TreeSet<Path>();
      for (var home : homes.filter(home -> Files.isExecutable(home.resolve("bin/javac")) && version(home) >= oldest && version(home) < Runtime.version().feature()).toList()) {
        real.add(home.toRealPath());
      }
      return List.copyOf(real);
    }
  }

  private static int version(Path home) {
    try {
      var version = Pattern.compile("JAVA_VERSION=\"(\\d+)").matcher(Files.readString(home.resolve("release")));
      return version.find() ? Integer.parseInt(version.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** A folder for the PATH with all the programs of this machine but Java's and Maven's; whoever makes it removes its links. */
  static Path tools(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (var place : List.of(Path.of("/usr/bin"), Path.of("/bin"))) {
      try (var programs = Files.list(place)) {
        for (var program : programs.toList()) {
          var link = folder.resolve(program.getFileName());
          if (!program.getFileName().toString().matches("java.*|mvn.*") && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(link, program);
          }
        }
      }
    }
    return folder;
  }

  /** Deletes a folder, if there is one, and all that is in it. */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  static void removeLinks(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var link : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }
}
