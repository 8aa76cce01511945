package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import nnc.Said;
import org.junit.jupiter.api.Assumptions;

/**
 * Maven's local repository as it would be after {@code mvn install} of this checkout: links to all that is in this machine's, and copies of what this build has packaged.
 * The machine's own stays as it is.
 */
final class LinkedRepository {
  /** Modules that other projects use, by their folders. */
  private static final List<String> MODULES = List.of("", "dsl-grammar", "runtime", "compiler", "compiler/maven-plugin");

  private final Path folder;

  private LinkedRepository(Path folder) {
    this.folder = folder;
  }

  /** Makes one; ends a test, as one that says nothing, where a module is not packaged. */
  static LinkedRepository in(Path folder) throws IOException {
    var parent = Files.readString(Checkout.ROOT.resolve("pom.xml"));
    var group = first("<groupId>([^<]+)</groupId>", parent);
    var repository = new LinkedRepository(folder);
    var given = System.getProperty("localRepository");
    link(given == null ? Path.of(System.getProperty("user.home"), ".m2/repository") : Path.of(given), folder, List.of(group.split("\\.")));
    for (var module : MODULES) {
      repository.install(module, group, first("<version>([^<]+)</version>", parent));
    }
    return repository;
  }

  private static String first(String pattern, String text) {
    var match = Pattern.compile(pattern).matcher(text);
    assertThat(match.find()).as(pattern).isTrue();
    return match.group(1);
  }

  /** Links all that is in a folder, but for one way down, which is folders of its own. */
  private static void link(Path from, Path to, List<String> own) throws IOException {
    Files.createDirectories(to);
    if (!Files.isDirectory(from)) {
      return;
    }
    try (var entries = Files.list(from)) {
      for (var entry : entries.filter(entry -> !entry.getFileName().toString().equals(own.getFirst())).toList()) {
        Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
      }
    }
    if (own.size() > 1) {
      link(from.resolve(own.getFirst()), to.resolve(own.getFirst()), own.subList(1, own.size()));
    }
  }

  private void install(String module, String group, String version) throws IOException {
    var source = Checkout.ROOT.resolve(module);
    var pom = Files.readString(source.resolve("pom.xml"));
    var artifact = first("<artifactId>([^<]+)</artifactId>", pom.replaceAll("(?s)<parent>.*?</parent>", ""));
    var place = Files.createDirectories(folder.resolve(group.replace('.', '/')).resolve(artifact).resolve(version));
    Files.writeString(place.resolve(artifact + "-" + version + ".pom"), pom);
    if (!module.isEmpty()) {
      var name = Pattern.compile("<finalName>([^<]+)</finalName>").matcher(pom);
      var jar = source.resolve("target").resolve((name.find() ? name.group(1) : artifact + "-" + version) + ".jar");
      Assumptions.assumeTrue(Files.exists(jar), jar + " is not packaged");
      Files.copy(jar, place.resolve(artifact + "-" + version + ".jar"));
    }
  }

  /** Runs Maven in a project, without network, on the Java of a home. */
  Said maven(Path project, Path java, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("/usr/bin/mvn", "-o", "-B", "-Dmaven.repo.local=" + folder));
    command.addAll(List.of(arguments));
    return Said.byProcess(project, Map.of("JAVA_HOME", java.toString()), command.toArray(String[]::new));
  }

  /** Removes its links, which whoever deletes its folder must not follow. */
  void close() throws IOException {
    try (var files = Files.walk(folder)) {
      for (var link : files.filter(file -> Files.isSymbolicLink(file) && Files.exists(file, LinkOption.NOFOLLOW_LINKS)).toList()) {
        Files.delete(link);
      }
    }
  }
}
