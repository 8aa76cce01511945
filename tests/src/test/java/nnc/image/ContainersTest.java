package nnc.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The recipes of containers: by their text everywhere, their commands by this machine's Java, and built where there is a builder that has what they begin with. */
class ContainersTest {
  private static final Path RECIPES = Path.of("..", "samples", "containers");

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"");

  @TempDir
  private Path folder;

  static List<Path> recipes() throws IOException {
    try (var files = Files.list(RECIPES)) {
      return files.filter(file -> file.toString().endsWith(".Dockerfile")).sorted().toList();
    }
  }

  /** The instructions of a recipe, each with its name. */
  private static List<String[]> instructions(Path recipe) throws IOException {
    return Files.readAllLines(recipe).stream().filter(line -> !line.isBlank() && !line.startsWith("#")).map(line -> line.split(" ", 2)).toList();
  }

  private static String last(List<String[]> instructions, String name) {
    return instructions.stream().filter(one -> one[0].equals(name)).reduce((_, last) -> last).orElseThrow()[1];
  }

  private static List<String> words(String list) {
    return WORD.matcher(list).results().map(match -> match.group(1)).toList();
  }

  /** What linters of recipes ask for: versions that are told, one user without rights, no shell between the container and Java. */
  @ParameterizedTest
  @MethodSource("recipes")
  void form(Path recipe) throws IOException {
    var all = instructions(recipe);
    assertThat(all).extracting(one -> one[0]).allMatch(name -> List.of("FROM", "RUN", "COPY", "ARG", "USER", "WORKDIR", "ENTRYPOINT", "CMD").contains(name));
    var bases = all.stream().filter(one -> one[0].equals("FROM")).map(one -> one[1].replaceFirst(" AS \\w+$", "")).toList();
    assertThat(bases).hasSize(2).allMatch(base -> base.matches("[a-z0-9./-]+:[\\w.-]+") && !base.endsWith(":latest"));
    assertThat(bases.getFirst()).startsWith("eclipse-temurin:25-jdk");
    int second = all.stream().map(one -> one[0]).toList().lastIndexOf("FROM");
    var inside = all.subList(second, all.size());
    assertThat(Integer.parseInt(last(inside, "USER"))).isPositive();
    assertThat(inside).filteredOn(one -> one[0].equals("RUN")).allMatch(one -> !recipe.toString().contains("distroless"), "there is no shell to run anything");
    assertThat(last(inside, "WORKDIR")).startsWith("/");
    for (var command : List.of("ENTRYPOINT", "CMD")) {
      assertThat(last(inside, command)).matches("\\[\"[^\"]+\"(, \"[^\"]+\")*\\]");
    }
    assertThat(inside).filteredOn(one -> one[0].equals("COPY")).extracting(one -> one[1]).containsExactly("--from=java /java /java", "${JAR} /network.jar");
    assertThat(words(last(inside, "ENTRYPOINT"))).contains("/java/bin/java", "/network.jar");
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void thePageShowsThem(Path recipe) throws IOException {
    assertThat(Files.readString(Path.of("..", "docs", "containers.md"))).contains("```dockerfile\n" + Files.readString(recipe) + "```");
  }

  private Path network() throws Exception {
    var jar = folder.resolve("network.jar");
    Compiler.writeJar(Compiler.compile("iris.nn", "input x: float[N, 2]\noutput y = x |> dense(2)\n", CompilerOptions.standard()), jar);
    return jar;
  }

  /** The modules are those that an image has, and what the container runs is a command of this Java. */
  @ParameterizedTest
  @MethodSource("recipes")
  void whatItRuns(Path recipe) throws Exception {
    var compiled = Compiler.compile("iris.nn", "input x: float[N, 2]\noutput y = x |> dense(2)\n", CompilerOptions.standard());
    assertThat(last(instructions(recipe), "RUN").isEmpty()).isFalse();
    var link = instructions(recipe).stream().filter(one -> one[0].equals("RUN") && one[1].startsWith("jlink ")).findFirst().orElseThrow()[1];
    assertThat(link).contains(" --add-modules " + String.join(",", Image.modules(compiled.spec())) + " ");
    var command = Stream.concat(words(last(instructions(recipe), "ENTRYPOINT")).stream(), words(last(instructions(recipe), "CMD")).stream())
        .map(word -> word.equals("/java/bin/java") ? Path.of(System.getProperty("java.home"), "bin", "java").toString() : word.equals("/network.jar") ? "network.jar" : word).toList();
    network();
    var said = Said.byProcess(folder, Map.of(), command.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).startsWith("iris: a network compiled by nnc");
  }

  /** The Java that is cut to size runs the network: the link is that of the recipe, in this machine's place. */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("recipes")
  void theJavaThatItCuts(Path recipe) throws Exception {
    try {
      Image.requireLinker();
    } catch (Image.NoLinker e) {
      Assumptions.abort("this Java cannot link another: " + e.getMessage());
    }
    network();
    var link = instructions(recipe).stream().filter(one -> one[0].equals("RUN") && one[1].startsWith("jlink ")).findFirst().orElseThrow()[1];
    var words = new ArrayList<>(List.of(link.replace("/java", folder.resolve("java").toString()).split(" ")));
    words.set(0, Path.of(System.getProperty("java.home"), "bin", "jlink").toString());
    assertThat(Said.byProcess(folder, Map.of(), words.toArray(String[]::new)).code()).isZero();
    var command = Stream.concat(words(last(instructions(recipe), "ENTRYPOINT")).stream(), Stream.of("info"))
        .map(word -> word.equals("/java/bin/java") ? folder.resolve("java/bin/java").toString() : word.equals("/network.jar") ? "network.jar" : word).toList();
    var said = Said.byProcess(folder, Map.of(), command.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("bit vectors");
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("recipes")
  void built(Path recipe) throws Exception {
    var builder = Stream.of("docker", "podman").filter(name -> answers(name, "info")).findFirst();
    Assumptions.assumeTrue(builder.isPresent(), "no builder of containers answers here");
    for (var base : instructions(recipe).stream().filter(one -> one[0].equals("FROM")).map(one -> one[1].split(" ")[0]).toList()) {
      Assumptions.assumeTrue(answers(builder.get(), "image", "inspect", base), "the image " + base + " is not here, and tests fetch nothing");
    }
    network();
    Files.copy(recipe, folder.resolve("Dockerfile"));
    var said = Said.byProcess(folder, Map.of(), builder.get(), "build", "--pull=never", "--build-arg", "JAR=network.jar", "-t", "nnc-containers-test", ".");
    assertThat(said.code()).as(said.all()).isZero();
    try {
      assertThat(Said.byProcess(folder, Map.of(), builder.get(), "run", "--rm", "nnc-containers-test").out()).startsWith("iris: a network compiled by nnc").contains("bit vectors");
    } finally {
      answers(builder.get(), "image", "rm", "-f", "nnc-containers-test");
    }
  }

  private boolean answers(String... command) {
    try {
      return Said.byProcess(folder, Map.of(), command).code() == 0;
    } catch (Exception e) {
      return false;
    }
  }
}
