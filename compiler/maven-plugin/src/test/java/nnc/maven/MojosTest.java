package nnc.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.artifact.DefaultArtifact;
import org.apache.maven.artifact.handler.DefaultArtifactHandler;
import org.apache.maven.model.Model;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.project.MavenProject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both goals as Maven calls them, over the compiler that this build has made. */
class MojosTest {
  private static final String POINTS = """
      # Inside or outside of a circle.

      import "layers/widened.nn"
      # Where it is.
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> widened |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      metric accuracy = mean((logit > 0) == (label > 0.5))
      data  { train = circle(100, seed = 1)  test = circle(40, seed = 2) }
      train { optimizer = adam(0.05)  batch = 10  epochs = 5 }
      """;

  private static final String WIDENED = "fn widened(x) = x |> dense(8, tanh)\n";

  @TempDir
  Path folder;

  private HeardLog log = new HeardLog();

  private Path program(String name, String text) throws IOException {
    Path file = folder.resolve("src/main/nn").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private <T extends NetworkMojo> T ready(T mojo) {
    Model model = new Model();
    model.setGroupId("org.example-one");
    mojo.project = new MavenProject(model);
    mojo.sourceDirectory = folder.resolve("src/main/nn").toFile();
    mojo.resources = folder.resolve("target/generated-resources/nnc").toFile();
    mojo.state = folder.resolve("target/nnc").toFile();
    mojo.javaHome = new File(System.getProperty("java.home"));
    String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    mojo.artifacts = Stream.of(classPath.split(File.pathSeparator)).map(MojosTest::artifact).collect(Collectors.toList());
    log = new HeardLog();
    mojo.setLog(log);
    return mojo;
  }

  private static Artifact artifact(String file) {
    Artifact artifact = new DefaultArtifact("any", "any", "1", "compile", "jar", "", new DefaultArtifactHandler("jar"));
    artifact.setFile(new File(file));
    return artifact;
  }

  private CompileMojo compile() {
    CompileMojo mojo = ready(new CompileMojo());
    mojo.sources = folder.resolve("target/generated-sources/nnc").toFile();
    return mojo;
  }

  private TrainMojo train() {
    TrainMojo mojo = ready(new TrainMojo());
    mojo.cache = folder.resolve("cache").toFile();
    return mojo;
  }

  private List<Path> made(String folder) throws IOException {
    Path root = this.folder.resolve("target").resolve(folder);
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).map(root::relativize).sorted().collect(Collectors.toList());
    }
  }

  @Test
  void programsBecomeClassesOnce() throws Exception {
    program("points.nn", POINTS);
    program("layers/widened.nn", WIDENED);
    Path sums = program("plain/sums.nn", "input a: float[N]  input b: float[N]\noutput c = a + b\n");
    CompileMojo mojo = compile();
    mojo.execute();
    assertThat(log.lines).contains("[INFO] compiled org.example_one.Points", "[INFO] compiled org.example_one.plain.Sums");
    assertThat(made("generated-sources/nnc")).map(Path::toString).containsExactly("org/example_one/Points.java", "org/example_one/plain/Sums.java");
    assertThat(made("generated-resources/nnc")).map(Path::toString).containsExactly("org/example_one/plain/sums.nnc", "org/example_one/points.nnc");
    assertThat(mojo.project.getCompileSourceRoots()).contains(mojo.sources.toString());
    assertThat(mojo.project.getResources()).anySatisfy(resource -> assertThat(resource.getDirectory()).isEqualTo(mojo.resources.toString()));
    assertThat(folder.resolve("target/generated-sources/nnc/org/example_one/Points.java")).content().contains(" * Inside or outside of a circle.", "@param point Where it is.");

    compile().execute();
    assertThat(log.lines).containsExactly("[INFO] Nothing has changed in 3 programs", warning());
    Files.writeString(sums, "input a: float[N]  input b: float[N]\noutput c = a - b\n");
    compile().execute();
    assertThat(log.lines).containsExactly("[INFO] compiled org.example_one.plain.Sums", "[INFO] as it was: org.example_one.Points", warning());
    Files.delete(sums);
    compile().execute();
    assertThat(made("generated-sources/nnc")).map(Path::toString).as("of programs that are gone nothing stays").containsExactly("org/example_one/Points.java");
  }

  private static String warning() {
    return "[WARNING] the classes of networks need nnc-runtime, which is not among the dependencies that this project names";
  }

  @Test
  void allFaultsAreToldWithTheirPlaces() throws Exception {
    Path first = program("first.nn", "input x: float[N, 3]\noutput a = x @ zeros([4, 2])\noutput b = y\n");
    Path second = program("second.nn", "input x: float[N\n");
    assertThatThrownBy(() -> compile().execute()).isInstanceOf(MojoFailureException.class).hasMessageContaining("3 errors");
    List<String> errors = log.lines.stream().filter(line -> line.startsWith("[ERROR]")).collect(Collectors.toList());
    assertThat(errors).hasSize(3);
    assertThat(errors.get(0)).startsWith("[ERROR] " + first + ":[2,");
    assertThat(errors.get(1)).startsWith("[ERROR] " + first + ":[3,12]").contains("y");
    assertThat(errors.get(2)).startsWith("[ERROR] " + second + ":[");
  }

  @Test
  @Tag("slow")
  void trainingIsDoneOnceAndJudged() throws Exception {
    program("points.nn", POINTS);
    program("layers/widened.nn", WIDENED);
    TrainMojo mojo = train();
    mojo.atLeast = Map.of("accuracy", "0.5");
    mojo.seed = 1;
    mojo.execute();
    Path weights = folder.resolve("target/generated-resources/nnc/org/example_one/points.npz");
    byte[] trained = Files.readAllBytes(weights);
    assertThat(log.lines).anyMatch(line -> line.startsWith("[INFO] epoch: epoch 5"));

    // another build folder, as after mvn clean
    Files.delete(weights);
    TrainMojo again = train();
    again.atLeast = Map.of("accuracy", "0.5");
    again.seed = 1;
    again.execute();
    assertThat(log.lines).noneMatch(line -> line.contains("epoch:")).anyMatch(line -> line.contains("trained false"));
    assertThat(weights).hasBinaryContent(trained);

    TrainMojo demanding = train();
    demanding.atMost = Map.of("loss", "0.0001");
    demanding.seed = 1;
    assertThatThrownBy(demanding::execute).isInstanceOf(MojoFailureException.class);
    assertThat(log.lines).anyMatch(line -> line.startsWith("[ERROR] ") && line.contains("not good enough on the data for test: loss is "));
  }

  @Test
  void anOldJavaIsRefused() throws Exception {
    program("points.nn", "input a: float[N]\noutput b = a\n");
    Path old = folder.resolve("old");
    Files.createDirectories(old.resolve("bin"));
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Files.writeString(old.resolve("bin/java"), "");
    assertThat(old.resolve("bin/java").toFile().setExecutable(true)).isTrue();
    CompileMojo mojo = compile();
    mojo.javaHome = old.toFile();
    assertThatThrownBy(mojo::execute).isInstanceOf(MojoExecutionException.class).hasMessageContaining("which is no Java 25 or newer");
  }
}
