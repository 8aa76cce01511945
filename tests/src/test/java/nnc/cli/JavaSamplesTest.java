package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.Said;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The projects to copy, copied elsewhere as a stranger does, are built by Maven with the plug-in that this build has made, and pass their own tests. */
@Tag("slow")
class JavaSamplesTest {
  private static final Path SAMPLES = Checkout.ROOT.resolve("samples/java");

  @TempDir
  static Path home;

  @TempDir
  Path folder;

  private static LinkedRepository repository;

  @BeforeAll
  static void install() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/mvn")), "there is no /usr/bin/mvn");
    Checkout.requirePackaged();
    repository = LinkedRepository.in(home.resolve("repository"));
  }

  @AfterAll
  static void remove() throws IOException {
    if (repository != null) {
      repository.close();
    }
  }

  private void copy(String sample) throws IOException {
    var from = SAMPLES.resolve(sample);
    try (var files = Files.walk(from)) {
      for (var file : files.filter(file -> Files.isRegularFile(file) && !file.startsWith(from.resolve("target"))).toList()) {
        var target = folder.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private Said build(String... more) throws Exception {
    return build(Path.of(System.getProperty("java.home")), more);
  }

  private Said build(Path java, String... more) throws Exception {
    var arguments = new ArrayList<>(List.of("package", "-Dnnc.cache=" + home.resolve("cache")));
    arguments.addAll(List.of(more));
    var said = repository.maven(folder, java, arguments.toArray(String[]::new));
    Assumptions.assumeFalse(said.out().contains("in offline mode"), "the local repository has not all that the sample needs");
    return said;
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "service", "online"})
  void isBuiltByWhoeverCopiesIt(String sample) throws Exception {
    copy(sample);
    var said = build();
    assertThat(said.code()).as(said.all()).isZero();
    try (var reports = Files.list(folder.resolve("target/surefire-reports"))) {
      assertThat(reports.filter(file -> file.toString().endsWith(".txt"))).isNotEmpty().allSatisfy(file -> assertThat(file).content().contains("Failures: 0, Errors: 0, Skipped: 0"));
    }
    assertThat(build().out()).as("built again").contains("Nothing has changed in 1 program").doesNotContain("epoch:");
  }

  /** Maven and the project run on it, the compiler on a newer one that it finds. */
  @Test
  void isBuiltOnAnOlderJavaToo() throws Exception {
    var older = Checkout.olderJdks(17);
    Assumptions.assumeTrue(!older.isEmpty(), "there is no second, older JDK");
    copy("plain");
    var said = build(older.getFirst());
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("compiled plain.Iris", "Failures: 0, Errors: 0, Skipped: 0");
  }

  @Test
  void itsReadmeIsRight() throws Exception {
    copy("plain");
    assertThat(build("-DskipTests").code()).isZero();
    var command = Files.readString(folder.resolve("README.md")).lines().filter(line -> line.startsWith("    java ")).findFirst().orElseThrow().strip().replace("'", "").split(" ");
    command[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    assertThat(Said.byProcess(folder, Map.of(), command).out()).startsWith("Iris-setosa");
  }

  @Test
  void faultsAndBadResultsFailTheBuild() throws Exception {
    copy("plain");
    var program = folder.resolve("src/main/nn/iris.nn");
    var text = Files.readString(program);
    Files.writeString(program, text.replace("dense(class_count(kind))(", "dense(2)(").replace("petal_width |> standardize]", "petal_wdth |> standardize]"));
    var said = build();
    assertThat(said.code()).isNotZero();
    assertThat(said.out()).containsPattern("\\[ERROR\\] " + program.toRealPath() + ":\\[\\d+,\\d+\\] .*petal_wdth");
    Files.writeString(program, text);
    var pom = folder.resolve("pom.xml");
    Files.writeString(pom, Files.readString(pom).replace("<accuracy>0.9</accuracy>", "<accuracy>0.9999</accuracy>").replace("<seed>1</seed>", "<seed>1</seed><epochs>2</epochs>"));
    assertThat(build().out()).contains("not good enough on the data for test: accuracy is ", "BUILD FAILURE");
  }
}
