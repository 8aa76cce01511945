package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import nnc.jar.CompilerVersion;
import org.junit.jupiter.api.Test;

/** The version and the group have one source, the POM: whatever else names them says the same. */
class VersionTest {
  private static final Path ROOT = Path.of("..");

  private static String found(String pattern, String text) {
    var match = Pattern.compile(pattern).matcher(text);
    assertThat(match.find()).as(pattern).isTrue();
    return match.group(1);
  }

  private static String pom() throws IOException {
    return Files.readString(ROOT.resolve("pom.xml"));
  }

  static String version() throws IOException {
    return found("<artifactId>nnc-parent</artifactId>\\s*<version>([^<]+)<", pom());
  }

  private static String group() throws IOException {
    return found("<groupId>([^<]+)</groupId>\\s*<artifactId>nnc-parent<", pom());
  }

  private static List<Path> files(String end) throws IOException {
    try (var files = Files.walk(ROOT)) {
      return files.filter(file -> file.toString().endsWith(end) && !file.toString().contains("/target/") && !file.toString().contains("/.git/")).toList();
    }
  }

  @Test
  void everyModuleIsOfTheVersion() throws IOException {
    int modules = 0;
    for (var file : files("pom.xml")) {
      var parent = Pattern.compile("<parent>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>nnc-parent</artifactId>\\s*<version>([^<]+)<").matcher(Files.readString(file));
      if (parent.find()) {
        modules++;
        assertThat(List.of(parent.group(1), parent.group(2))).as(file.toString()).containsExactly(group(), version());
      }
    }
    assertThat(modules).isGreaterThan(8);
  }

  @Test
  void whatTheCompilerSaysIsOfThePom() throws IOException {
    assertThat(CompilerVersion.text()).isIn(version(), "development");
    assertThat(CompilerVersion.RUNTIME).isEqualTo(group() + ":nnc-runtime");
    assertThat(found("\"version\": \"([^\"]+)\"", Files.readString(ROOT.resolve("dsl-grammar/editor/package.json")))).isEqualTo(version());
    assertThat(found("(?m)^## \\[([0-9][^\\]]*)\\]", Files.readString(ROOT.resolve("CHANGELOG.md")))).isEqualTo(version());
  }

  /** In pages, projects and programs. */
  @Test
  void coordinatesAreTheSameEverywhere() throws IOException {
    int coordinates = 0;
    for (var end : List.of(".md", "pom.xml", ".gradle", ".kts")) {
      for (var file : files(end)) {
        var text = Files.readString(file);
        for (var match : Pattern.compile("<groupId>([^<]+)</groupId>\\s*<artifactId>nnc-[a-z-]+</artifactId>(?:[^<]|<!--)*(?:<version>([^<]+)<)?").matcher(text).results().toList()) {
          coordinates++;
          assertThat(match.group(1)).as(file + ": " + match.group()).isEqualTo(group());
          assertThat(match.group(2)).as(file + ": " + match.group()).isIn(null, version(), "${project.version}", "${nnc.version}");
        }
        for (var match : Pattern.compile("([\\w.-]+):(nnc-[a-z]+(?:-plugin)?):([\\w.$-]+\\b)").matcher(text).results().toList()) {
          coordinates++;
          assertThat(List.of(match.group(1), match.group(3))).as(file + ": " + match.group()).containsExactly(group(), version());
        }
      }
    }
    assertThat(coordinates).isGreaterThan(10);
  }
}
