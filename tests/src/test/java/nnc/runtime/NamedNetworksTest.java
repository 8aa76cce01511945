package nnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several networks on one class path, each by its name. Oracle: the same networks, each loaded by its path. */
class NamedNetworksTest {
  private static final String NETWORK = """
      input point: float[N, 3]
      output score = point |> dense(5, tanh) |> dense(2)
      """;

  /** Prints the scores of the networks that it is told the names of, and what is said of those that are not there. */
  private static final String PROGRAM = """
      package app;
      import java.util.Arrays;
      import nnc.runtime.Model;
      import nnc.runtime.Predictor;
      import nnc.runtime.base.Fault;
      public class Main {
        public static void main(String[] names) {
          for (String name : names) {
            try {
              Predictor predictor = name.equals("-") ? Predictor.of(Model.load()) : Predictor.of(name);
              System.out.println(name + " " + Arrays.toString(predictor.predict(new float[] {1, -2, 3}).tensor("score").toDoubles()));
            } catch (Fault fault) {
              System.out.println(name + " " + fault.getMessage() + " / " + fault.hint());
            }
          }
        }
      }
      """;

  @TempDir
  static Path folder;

  private static final Map<String, Path> JARS = new LinkedHashMap<>();
  private static final Map<String, String> SCORES = new LinkedHashMap<>();

  private static CompiledProgram program(String name, String activation) throws Exception {
    return Compiler.compile(name + ".nn", NETWORK.replace("tanh", activation), CompilerOptions.standard());
  }

  private static Map<String, byte[]> weights(CompiledProgram compiled) {
    return Compiler.load(compiled).initialised(compiled.spec().name().hashCode()).bundled();
  }

  @BeforeAll
  static void compile() throws Exception {
    for (var network : Map.of("iris", "tanh", "resnet-50", "relu", "class", "sigmoid").entrySet()) {
      var compiled = program(network.getKey(), network.getValue());
      var jar = folder.resolve(network.getKey() + ".jar");
      Compiler.writeJar(compiled, jar, weights(compiled));
      JARS.put(network.getKey(), jar);
      SCORES.put(network.getKey(), scores(Model.load(jar)));
    }
    assertThat(SCORES.values()).doesNotHaveDuplicates();
    Files.createDirectories(folder.resolve("source/app"));
    Files.writeString(folder.resolve("source/app/Main.java"), PROGRAM);
    Files.writeString(folder.resolve("source/module-info.java"), "module app { requires nnc.runtime; }");
    javac("-d", at("plain"), "-cp", JARS.get("iris").toString(), at("source/app/Main.java"));
    javac("-d", at("modular"), "-p", JARS.get("iris").toString(), at("source/module-info.java"), at("source/app/Main.java"));
  }

  private static void javac(String... arguments) {
    assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments)).isZero();
  }

  private static String at(String path) {
    return folder.resolve(path).toString();
  }

  private static String scores(Model model) {
    return Arrays.toString(Predictor.of(model).predict(new float[] {1, -2, 3}).tensor("score").toDoubles());
  }

  private static URLClassLoader loader(Path... places) throws IOException {
    var urls = new ArrayList<URL>();
    for (var place : places) {
      urls.add(place.toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), Model.class.getClassLoader());
  }

  /** Networks poured into one folder, as tools do that make one jar of several. */
  private static Path poured(Path place, String... names) throws Exception {
    for (var name : names) {
      try (var zip = new ZipFile(JARS.get(name).toFile())) {
        for (var entry : zip.stream().filter(entry -> !entry.isDirectory() && (entry.getName().startsWith("META-INF/nnc/") || entry.getName().startsWith("nnc/model/"))).toList()) {
          var file = place.resolve(entry.getName());
          Files.createDirectories(file.getParent());
          Files.write(file, zip.getInputStream(entry).readAllBytes());
        }
      }
    }
    return place;
  }

  private static Path packed(Path from, Path jar) throws IOException {
    try (var files = Files.walk(from); var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (var file : files.filter(file -> !file.equals(from)).sorted().toList()) {
        var name = from.relativize(file).toString().replace(File.separatorChar, '/');
        zip.putNextEntry(new ZipEntry(Files.isDirectory(file) ? name + "/" : name));
        if (Files.isRegularFile(file)) {
          zip.write(Files.readAllBytes(file));
        }
        zip.closeEntry();
      }
    }
    return jar;
  }

  @Test
  void eachByItsNameWhateverLiesFirst() throws Exception {
    var jars = new ArrayList<>(JARS.values());
    for (int turn = 0; turn < jars.size(); turn++) {
      jars.add(jars.removeFirst());
      try (var loader = loader(jars.toArray(Path[]::new))) {
        for (var name : JARS.keySet()) {
          assertThat(scores(Model.load(name, loader))).as(name).isEqualTo(SCORES.get(name));
        }
      }
    }
  }

  @Test
  void pouredIntoOneFolderOrJar() throws Exception {
    var place = poured(folder.resolve("a place, poured"), JARS.keySet().toArray(String[]::new));
    for (var one : List.of(place, packed(place, folder.resolve("poured.jar")))) {
      try (var loader = loader(one)) {
        for (var name : JARS.keySet()) {
          assertThat(scores(Model.load(name, loader))).as(name).isEqualTo(SCORES.get(name));
        }
      }
    }
    var jar = folder.resolve("poured.jar");
    assertThat(scores(Model.load(jar, "class"))).isEqualTo(SCORES.get("class"));
    assertThatThrownBy(() -> Model.load(jar)).isInstanceOf(Fault.class).hasMessageStartingWith(jar + ": has several networks: ").hasMessageContainingAll("class", "iris", "resnet-50")
        .extracting(fault -> ((Fault) fault).hint()).asString().startsWith("say which: Model.load(jar, \"");
    assertThatThrownBy(() -> Model.load(jar, "rose")).isInstanceOf(Fault.class).hasMessageStartingWith(jar + ": has no network rose; it has ");
  }

  @Test
  void ofOneNameThereMayBeOne() throws Exception {
    var again = Files.copy(JARS.get("iris"), folder.resolve("again.jar"));
    try (var loader = loader(JARS.get("iris"), again, JARS.get("class"))) {
      assertThatThrownBy(() -> Model.load("iris", loader)).isInstanceOf(Fault.class).hasMessageStartingWith("the class path has several networks that are called iris: ")
          .hasMessageContainingAll("/iris.jar", "/again.jar");
      assertThat(scores(Model.load("class", loader))).isEqualTo(SCORES.get("class"));
    }
  }

  @Test
  void whatIsNotThereIsToldWithWhatIs() throws Exception {
    try (var loader = loader(JARS.get("iris"), JARS.get("class")); var none = loader()) {
      assertThatThrownBy(() -> Model.load("irs", loader)).isInstanceOf(Fault.class).hasMessage("no network on the class path is called irs; there is class, iris")
          .extracting(fault -> ((Fault) fault).hint()).isEqualTo("did you mean iris?");
      assertThatThrownBy(() -> Model.load("iris.jar", loader)).isInstanceOf(Fault.class).extracting(fault -> ((Fault) fault).hint())
          .isEqualTo("a jar is loaded by its path: Model.load(Path.of(\"iris.jar\"))");
      assertThatThrownBy(() -> Model.load("iris", none)).isInstanceOf(Fault.class).hasMessage("no network on the class path is called iris");
    }
  }

  /** Where programs share a runtime, their networks are seen by the loaders of their own classes. */
  @Test
  void theRunningThreadsLoaderIsAskedToo() throws Exception {
    var before = Thread.currentThread().getContextClassLoader();
    try (var loader = loader(JARS.get("iris")); var both = loader(JARS.get("iris"), JARS.get("class"))) {
      Thread.currentThread().setContextClassLoader(loader);
      assertThat(scores(Model.load())).isEqualTo(SCORES.get("iris"));
      assertThat(scores(Model.load("iris"))).isEqualTo(SCORES.get("iris"));
      Thread.currentThread().setContextClassLoader(both);
      assertThatThrownBy(Model::load).isInstanceOf(Fault.class).hasMessage("the class path has several networks: class, iris")
          .extracting(fault -> ((Fault) fault).hint()).isEqualTo("say which: Model.load(\"class\")");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  // ---- in processes of their own

  private static List<String> run(String... arguments) throws Exception {
    var command = Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()), Stream.of(arguments)).toArray(String[]::new);
    var said = Said.byProcess(folder, Map.of(), command);
    assertThat(said.code()).as(said.all()).isZero();
    return said.out().lines().toList();
  }

  @Test
  void programOnTheClassPath() throws Exception {
    var path = Stream.concat(JARS.values().stream().map(Path::toString), Stream.of(at("plain"))).collect(Collectors.joining(File.pathSeparator));
    assertThat(run("-cp", path, "app.Main", "iris", "class", "resnet-50", "-")).containsExactly("iris " + SCORES.get("iris"), "class " + SCORES.get("class"),
        "resnet-50 " + SCORES.get("resnet-50"), "- the class path has several networks: class, iris, resnet-50 / say which: Model.load(\"class\")");
  }

  /** A module hides its packages from the runtime, and this its own from the module: the classes are found all the same. */
  @Test
  void networksInAModuleOfTheProgram() throws Exception {
    var modular = poured(Path.of(at("modular")), "class", "resnet-50");
    var path = JARS.get("iris") + File.pathSeparator + modular;
    assertThat(run("-p", path, "-m", "app/app.Main", "class", "resnet-50")).containsExactly("class " + SCORES.get("class"), "resnet-50 " + SCORES.get("resnet-50"));
  }

  // ---- jars of before

  /** What a compiler wrote when a jar had one network, which lay there without a name: its network's files, with weights. */
  @Test
  void aJarOfBeforeThereWereNamesIsRead() throws Exception {
    var jar = Path.of("src/test/resources/nnc/runtime/former.jar");
    var now = Compiler.load(Compiler.compile("former.nn", NETWORK, CompilerOptions.standard())).initialised(1);
    var model = Model.load(jar);
    for (var weight : model.spec().weights()) {
      now.set(weight.path(), model.weight(weight.path()));
    }
    var expected = scores(now);
    assertThat(scores(model)).isEqualTo(expected);
    assertThat(scores(Model.load(jar, "former"))).isEqualTo(expected);
    try (var loader = loader(jar, JARS.get("iris"))) {
      assertThat(scores(Model.load("former", loader))).isEqualTo(expected);
      assertThat(scores(Model.load("iris", loader))).isEqualTo(SCORES.get("iris"));
      assertThatThrownBy(() -> Model.load("former2", loader)).hasMessage("no network on the class path is called former2; there is former, iris");
    }
  }
}
