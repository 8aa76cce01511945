package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Packages know only floors below their own; oracle: the imports and qualified names in the sources. */
class DependencyTest {
  /** The floors of the compiler, from the bottom up. */
  private static final List<List<String>> FLOORS = List.of(
      List.of("runtime", "grammar", "source"),
      List.of("graph", "syntax", "jar", "image"),
      List.of("schedule", "interpret", "differentiate"),
      List.of("loops", "passes", "elaborate"),
      List.of("bytecode"),
      List.of(""),
      List.of("cli"));

  @Test
  void importsRunDownwards() throws IOException {
    var root = Path.of("..", "compiler", "src", "main", "java", "nnc");
    var faults = new ArrayList<String>();
    try (var files = Files.walk(root)) {
      for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        var own = root.equals(file.getParent()) ? "" : file.getParent().getFileName().toString();
        var names = Pattern.compile("\\bnnc\\.([a-z]+)\\.[A-Z]").matcher(Files.readString(file));
        while (names.find()) {
          var other = names.group(1);
          if (!other.equals(own) && floor(other) >= floor(own)) {
            faults.add(file.getFileName() + " (" + own + ") knows nnc." + other);
          }
        }
      }
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void runtimeKnowsNobody() throws IOException {
    try (var files = Files.walk(Path.of("..", "runtime", "src", "main", "java"))) {
      for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        var names = Pattern.compile("\\bimport (?:static )?(nnc\\.(?!runtime)|org\\.|com\\.)").matcher(Files.readString(file));
        assertThat(names.find()).as(file.toString()).isFalse();
      }
    }
  }

  private static int floor(String name) {
    for (int i = 0; i < FLOORS.size(); i++) {
      if (FLOORS.get(i).contains(name)) {
        return i;
      }
    }
    throw new AssertionError("no floor for the package nnc." + name);
  }
}
