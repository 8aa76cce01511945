package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Tests that are text files. A descriptor is a file of sections, each a line {@code [name]} and the text below it. Some
 * sections are given ({@code [source]}), others are what the product must make of them ({@code [ast]}, {@code [errors]},
 * {@code [graph]}). With {@code -Dgolden.update=true} a run rewrites those instead of comparing; the difference is then
 * read in version control. Text before the first section is a comment and is kept.
 */
public final class Golden {
  private static final Path ROOT = root();

  private Golden() {}

  /** What the product makes of a descriptor's sections: the sections to compare, by name, in the order to write them. */
  public interface Subject {
    Map<String, String> of(Map<String, String> sections) throws Exception;
  }

  /** A test for each descriptor {@code *.txt} below a folder of {@code resources/golden}; at least one must be there. */
  public static Stream<DynamicTest> tests(String folder, Subject subject) {
    try (var files = Files.walk(ROOT.resolve(folder))) {
      var descriptors = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
      assertThat(descriptors).as("descriptors in golden/" + folder).isNotEmpty();
      return descriptors.stream().map(file -> DynamicTest.dynamicTest(ROOT.resolve(folder).relativize(file).toString(),
          file.toUri(), () -> check(file, subject)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void check(Path file, Subject subject) throws Exception {
    var before = Files.readString(file);
    var sections = sections(before);
    var after = new LinkedHashMap<>(sections);
    subject.of(sections).forEach((name, text) -> after.put(name, stripped(text)));
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, text(after));
      return;
    }
    assertThat(text(after)).as(file.getFileName() + " (-Dgolden.update=true rewrites it)").isEqualTo(text(sections));
  }

  /** The sections of a descriptor by name, stripped; the text before the first under the empty name. */
  public static Map<String, String> sections(String descriptor) {
    var sections = new LinkedHashMap<String, StringBuilder>();
    var current = sections.computeIfAbsent("", _ -> new StringBuilder());
    for (var line : descriptor.lines().toList()) {
      if (line.matches("\\[[a-z ]+]")) {
        current = sections.computeIfAbsent(line.substring(1, line.length() - 1), _ -> new StringBuilder());
      } else {
        current.append(line).append('\n');
      }
    }
    var stripped = new LinkedHashMap<String, String>();
    sections.forEach((name, text) -> stripped.put(name, stripped(text.toString())));
    return stripped;
  }

  /** Without blank lines around; the indentation of the first line may be the point. */
  private static String stripped(String text) {
    return text.replaceAll("\\A\\n+|\\n+\\z", "");
  }

  private static String text(Map<String, String> sections) {
    var out = new StringBuilder();
    sections.forEach((name, text) -> {
      if (!name.isEmpty()) {
        out.append(out.isEmpty() ? "" : "\n").append('[').append(name).append("]\n");
      }
      out.append(text).append(text.isEmpty() ? "" : "\n");
    });
    return out.toString();
  }

  /** The sources of the descriptors, so that they can be rewritten; tests run in the module's folder or above it. */
  private static Path root() {
    return Stream.of(Path.of(""), Path.of("tests")).map(start -> start.resolve("src/test/resources/golden").toAbsolutePath())
        .filter(Files::isDirectory).findFirst().orElseThrow(() -> new IllegalStateException("no golden descriptors here"));
  }
}
