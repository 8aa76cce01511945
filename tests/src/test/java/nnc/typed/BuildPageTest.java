package nnc.typed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.Said;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What the page of builds says holds: its program and class, its settings, its commands, and those of its task for Gradle. */
@ResourceLock(Resources.SYSTEM_OUT)
class BuildPageTest {
  private static final Path ROOT = Path.of("..");

  @TempDir
  Path folder;

  private String page;

  @BeforeEach
  void read() throws IOException {
    page = Files.readString(ROOT.resolve("docs/build.md"));
    Files.createDirectories(folder.resolve("src/main/nn"));
    Files.writeString(folder.resolve("src/main/nn/iris.nn"), block("nn"));
    Files.copy(ROOT.resolve("samples/tables/iris.data"), folder.resolve("src/main/nn/iris.data"));
  }

  private String block(String language) {
    return page.split("```" + language + "\n", 2)[1].split("```\n", 2)[0];
  }

  /** As the page has them, with paths in this test's folder. */
  private Said run(List<String> words) {
    var command = new ArrayList<>(words);
    for (int i = 0; i < command.size(); i++) {
      if (command.get(i).matches("(src|build|generated|weights)(/.*)?")) {
        command.set(i, folder.resolve(command.get(i)).toString());
      }
    }
    return Said.byCompiler(command.toArray(String[]::new));
  }

  @Test
  void theClassDoesWhatThePageSays() throws Exception {
    for (var line : page.lines().filter(line -> line.startsWith("    nnc ")).map(String::strip).toList()) {
      var said = run(List.of(line.substring("nnc ".length()).split(" ")));
      assertThat(said.code()).as(said.all()).isZero();
    }
    var generated = folder.resolve("generated");
    Files.writeString(generated.resolve("Florist.java"), block("java"));
    assertThat(JavaCompiler.compile(generated)).isEmpty();
    var out = System.out;
    var told = new java.io.ByteArrayOutputStream();
    try (var loader = JavaCompiler.loader(generated)) {
      System.setOut(new java.io.PrintStream(told, true));
      loader.loadClass("Florist").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(out);
    }
    assertThat(told.toString()).isEqualTo("Iris-setosa true\nIris-virginica\nIris-setosa\n".replace("\n", System.lineSeparator()));
  }

  /** The settings of both goals, as their classes have them. */
  private static TreeSet<String> settings() throws IOException {
    var settings = new TreeSet<String>();
    for (var file : List.of("NetworkMojo", "CompileMojo", "TrainMojo")) {
      var source = Files.readString(ROOT.resolve("compiler/maven-plugin/src/main/java/nnc/maven/" + file + ".java"));
      Pattern.compile("@Parameter(\\([^)]*\\))?\\s+[\\w<>, ]+? (\\w+)( = [^;]+)?;").matcher(source).results()
          .filter(match -> match.group(1) == null || !match.group(1).contains("readonly")).forEach(match -> settings.add(match.group(2)));
    }
    return settings;
  }

  @Test
  void eachSettingIsTold() throws IOException {
    var table = page.substring(page.indexOf("| setting | of |"), page.indexOf("Maven 3.8 may run"));
    var told = new TreeSet<String>();
    table.lines().skip(2).filter(line -> line.startsWith("|")).forEach(line -> Pattern.compile("`(\\w+)`").matcher(line.split("\\|")[1]).results().forEach(match -> told.add(match.group(1))));
    assertThat(told).isEqualTo(settings());
    var configuration = block("xml").replaceAll("(?s).*<configuration>|</configuration>.*", "");
    assertThat(Pattern.compile("(?m)^ {8}<(\\w+)>").matcher(configuration).results().map(match -> match.group(1))).isNotEmpty().allMatch(settings()::contains);
  }

  private List<List<String>> tasks() {
    return Pattern.compile("(?m)^  args (.*)$").matcher(block("groovy")).results()
        .map(match -> Stream.of(match.group(1).split(", ")).map(word -> word.replace("'", "")).toList()).toList();
  }

  @Test
  void whatGradleRunsIsRight() throws Exception {
    assertThat(tasks()).hasSize(2).allSatisfy(task -> {
      var said = run(task);
      assertThat(said.code()).as(said.all()).isZero();
    });
    for (var directory : Pattern.compile("'(build/generated/[\\w/]+)'").matcher(block("groovy")).results().map(match -> match.group(1)).toList()) {
      assertThat(folder.resolve(directory)).as("what sourceSets and outputs name").exists();
    }
  }

  @Test
  @Tag("slow")
  void gradleBuilds() throws Exception {
    var gradle = Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator)).map(place -> Path.of(place, "gradle")).filter(Files::isExecutable).findFirst();
    Assumptions.assumeTrue(gradle.isPresent(), "there is no gradle on the PATH; the text of the task is checked by itself");
    Files.writeString(folder.resolve("build.gradle"), block("groovy"));
    Files.writeString(folder.resolve("settings.gradle"), "rootProject.name = 'flowers'\n");
    Files.createDirectories(folder.resolve("src/main/java"));
    Files.writeString(folder.resolve("src/main/java/Florist.java"), block("java"));
    var said = Said.byProcess(folder, Map.of("JAVA_HOME", System.getProperty("java.home")), gradle.get().toString(), "--offline", "--no-daemon", "build");
    Assumptions.assumeFalse(said.all().contains("offline mode"), "what Gradle needs is not at hand");
    assertThat(said.code()).as(said.all()).isZero();
  }
}
