package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import nnc.Said;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a registry is given, made in two folders by Maven without a network, and what a stranger makes of it. */
@Tag("slow")
class ReleaseTest {
  /** Each module that is published, by its folder, and what Maven calls its files. */
  private static Map<String, String> published() throws IOException {
    Map<String, String> published = new TreeMap<>();
    for (var module : Pattern.compile("<module>([^<]+)</module>").matcher(Files.readString(Checkout.ROOT.resolve("pom.xml"))).results().map(match -> match.group(1)).distinct().toList()) {
      var pom = Files.readString(Checkout.ROOT.resolve(module).resolve("pom.xml"));
      var name = Pattern.compile("</parent>\\s*<artifactId>([^<]+)<").matcher(pom);
      assertThat(name.find()).as(module).isTrue();
      if (!pom.contains("<private.module>true<")) {
        published.put(module, name.group(1));
      }
    }
    assertThat(published).containsKeys("dsl-grammar", "runtime", "compiler", "compiler/onnx", "tests/testkit").doesNotContainKeys("tests", "samples", "tests/benchmarks");
    return published;
  }

  private static final String EMPTY = "file://";

  @TempDir
  static Path folder;

  private static Path one;
  private static Path two;

  @BeforeAll
  static void build() throws Exception {
    Assumptions.assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(place -> Files.isExecutable(Path.of(place, "mvn"))), "there is no Maven on the PATH");
    repository();
    one = copied(folder.resolve("one"));
    two = copied(Files.createDirectories(folder.resolve("the second")).resolve("checkout"));
    for (var place : List.of(one, two)) {
      var said = maven(place, "-Prelease", "-Dunchecked", "-Dmaven.test.skip", "-pl", String.join(",", published().keySet()), "install");
      Assumptions.assumeFalse(said.code() != 0 && said.all().contains(EMPTY + folder.resolve("empty")), "Maven has not all that a release needs, and tests fetch nothing");
      assertThat(said.code()).as(said.all()).isZero();
      assertThat(said.all()).doesNotContain("javadoc: error", ": error:");
    }
  }

  /** Whatever of this checkout is no result of a build. */
  private static Path copied(Path to) throws IOException {
    try (var files = Files.walk(Checkout.ROOT)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var path = Checkout.ROOT.relativize(file);
        var names = Stream.iterate(path, name -> name != null, Path::getParent).map(name -> name.getFileName().toString()).collect(Collectors.toSet());
        if (!names.contains("target") && !names.contains(".git")) {
          Files.createDirectories(to.resolve(path).getParent());
          Files.copy(file, to.resolve(path));
        }
      }
    }
    return to;
  }

  /** A local repository that begins with what the user's has, but for this product: links, so that what is installed is installed here alone. */
  private static void repository() throws IOException {
    var users = Path.of(System.getProperty("user.home"), ".m2", "repository");
    Assumptions.assumeTrue(Files.isDirectory(users), "there is no local repository, and tests fetch nothing");
    try (var files = Files.walk(users)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        if (!file.startsWith(users.resolve("io/github/nnc-lang"))) {
          var link = folder.resolve("repository").resolve(users.relativize(file));
          Files.createDirectories(link.getParent());
          Files.createSymbolicLink(link, file);
        }
      }
    }
  }

  /** Without a network: whatever would be fetched is looked for in an empty folder. What makes lists of materials does not run offline. */
  private static Said maven(Path place, String... arguments) throws Exception {
    var settings = folder.resolve("settings.xml");
    Files.writeString(settings, "<settings><mirrors><mirror><id>central</id><mirrorOf>*</mirrorOf><url>" + EMPTY + folder.resolve("empty") + "</url></mirror></mirrors></settings>\n");
    var command = Stream.concat(Stream.of("mvn", "-B", "-ntp", "-s", settings.toString(), "-Dmaven.repo.local=" + folder.resolve("repository")), Stream.of(arguments)).toArray(String[]::new);
    return Said.byProcess(place, Map.of("JAVA_HOME", System.getProperty("java.home")), command);
  }

  /** The files of a module that go to a registry, as the registry calls them. */
  private static Map<String, Path> files(Path checkout, String module) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    try (var all = Files.list(checkout.resolve(module).resolve("target"))) {
      all.filter(file -> file.toString().matches(".*(\\.jar|flat-pom\\.xml|bom\\.json|bom\\.xml)")).forEach(file -> files.put(file.getFileName().toString(), file));
    }
    return files;
  }

  @Test
  void theSameBytesInBothFolders() throws IOException {
    var differ = new ArrayList<String>();
    for (var module : published().keySet()) {
      var first = files(one, module);
      var second = files(two, module);
      assertThat(first.keySet()).as(module).isEqualTo(second.keySet()).hasSizeGreaterThanOrEqualTo(6);
      for (var name : first.keySet()) {
        if (Files.mismatch(first.get(name), second.get(name)) >= 0) {
          differ.add(module + ": " + name);
        }
      }
    }
    assertThat(differ).isEmpty();
  }

  @Test
  void eachModuleHasAllThatARegistryWants() throws IOException {
    var version = CheckoutTest.version();
    for (var module : published().entrySet()) {
      var place = folder.resolve("repository/io/github/nnc-lang").resolve(module.getValue()).resolve(version);
      var stem = module.getValue() + "-" + version;
      for (var end : List.of(".jar", "-sources.jar", "-javadoc.jar", ".pom", "-cyclonedx.json", "-cyclonedx.xml")) {
        assertThat(place.resolve(stem + end)).exists();
      }
      assertThat(Files.readString(place.resolve(stem + ".pom"))).doesNotContain("<parent>", "${", "SNAPSHOT")
          .contains("<groupId>io.github.nnc-lang</groupId>", "<name>", "<description>", "<url>", "<licenses>", "<developers>", "<scm");
      try (var jar = new ZipFile(place.resolve(stem + ".jar").toFile()); var sources = new ZipFile(place.resolve(stem + "-sources.jar").toFile());
          var documentation = new ZipFile(place.resolve(stem + "-javadoc.jar").toFile())) {
        assertThat(jar.getInputStream(jar.getEntry("META-INF/LICENSE")).readAllBytes()).isEqualTo(Files.readAllBytes(Checkout.ROOT.resolve("LICENSE")));
        assertThat(new String(jar.getInputStream(jar.getEntry("META-INF/MANIFEST.MF")).readAllBytes())).contains("Implementation-Version: " + version);
        assertThat(sources.stream()).anyMatch(entry -> entry.getName().endsWith(".java"));
        assertThat(documentation.getEntry("index.html")).isNotNull();
      }
    }
    assertThat(folder.resolve("repository/io/github/nnc-lang/nnc-tests")).doesNotExist();
    assertThat(Files.readString(folder.resolve("repository/io/github/nnc-lang/nnc-compiler/" + version + "/nnc-compiler-" + version + "-cyclonedx.json")))
        .contains("\"antlr4-runtime\"", "\"asm\"", "Apache-2.0").doesNotContain("junit", folder.toString());
  }

  /** A module that is compiled against what has been installed, by coordinates alone. */
  @Test
  void aStrangersProject() throws Exception {
    var project = folder.resolve("stranger");
    var source = Files.createDirectories(project.resolve("src/main/java/app")).resolve("Main.java");
    Files.writeString(project.resolve("pom.xml"), """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>app</groupId><artifactId>app</artifactId><version>1</version>
          <properties><maven.compiler.release>25</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
          <dependencies><dependency><groupId>io.github.nnc-lang</groupId><artifactId>nnc-compiler</artifactId><version>%s</version></dependency></dependencies>
          <build><plugins>
            <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
            <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.16.0</version></plugin>
            <plugin>
              <artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version>
              <executions><execution><id>libraries</id><phase>compile</phase><goals><goal>copy-dependencies</goal></goals></execution></executions>
            </plugin>
          </plugins></build>
        </project>
        """.formatted(CheckoutTest.version()));
    Files.writeString(project.resolve("src/main/java/module-info.java"), "module app { requires nnc.compiler; }\n");
    Files.writeString(source, """
        package app;
        import nnc.Compiler;
        import nnc.driver.CompilerOptions;
        import nnc.runtime.Predictor;
        public class Main {
          public static void main(String[] args) throws Exception {
            var compiled = Compiler.compile("net.nn", "input x: float[N, 2]\\noutput y = x * 2\\n", CompilerOptions.standard());
            System.out.println(Predictor.of(Compiler.load(compiled)).predict(new float[] {1, 4}).tensor("y").get(1) + " " + Main.class.getModule());
          }
        }
        """);
    var said = maven(project, "-q", "compile");
    assertThat(said.code()).as(said.all()).isZero();
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var ran = Said.byProcess(project, Map.of(), java, "-p", "target/classes:target/dependency", "-m", "app/app.Main");
    assertThat(ran.out()).as(ran.all()).isEqualTo("8.0 module app\n");
    ran = Said.byProcess(project, Map.of(), java, "-cp", "target/classes:target/dependency/*", "app.Main");
    assertThat(ran.out()).as(ran.all()).startsWith("8.0 unnamed module");
  }

  /** A method that programs call is hidden: the build fails and says where it is told what to do, which then is what makes it pass. */
  @Test
  void aBreakOfTheApiFailsTheBuildUntilItIsAccepted() throws Exception {
    var checkout = copied(folder.resolve("three"));
    var predictor = checkout.resolve("runtime/src/main/java/nnc/runtime/Predictor.java");
    var text = Files.readString(predictor);
    var method = "public static Predictor of(String name)";
    assertThat(text).contains(method);
    String[] verify = {"-Dunchecked", "-Dmaven.test.skip", "-pl", "runtime", "verify"};
    assertThat(maven(checkout, verify).code()).isZero();
    Files.writeString(predictor, text.replace(method, method.replace("public ", "")));
    var said = maven(checkout, verify);
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.out()).contains("CONTRIBUTING.md, \"The API is kept\"").containsPattern("Predictor\\.of\\(java\\.lang\\.String\\).*METHOD_");
    assertThat(maven(checkout, "-Papi", "-Dunchecked", "-Dmaven.test.skip", "-pl", "runtime", "package").code()).isZero();
    assertThat(maven(checkout, verify).code()).isZero();
  }
}
