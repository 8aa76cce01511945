package nnc.jar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.SpecFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Jars without the runtime inside. Oracle: the jars of the same programs that have it. */
@ResourceLock(Resources.SYSTEM_OUT)
class ThinJarTest {
  private static final String NETWORK = """
      input  x: float[N, 2]
      target y: float[N, 1]
      output z = x |> dense(4, tanh) |> dense(1)
      loss mse(z, y)
      data { train = csv("rows.csv", x = ["a", "b"], y = "c") }
      train { optimizer = sgd(0.1)  epochs = 2  batch = 4 }
      """;

  @TempDir
  static Path folder;

  @BeforeAll
  static void compile() throws Exception {
    for (var name : List.of("one", "two-2")) {
      var compiled = Compiler.compileForJar(Files.writeString(folder.resolve(name + ".nn"), NETWORK.replace("4, tanh", name.length() + ", tanh")), CompilerOptions.standard());
      Compiler.writeJar(compiled, folder.resolve(name + "-fat.jar"), Map.of());
      Compiler.writeThinJar(compiled, folder.resolve(name + ".jar"), Map.of());
    }
    Files.writeString(folder.resolve("rows.csv"), "a,b,c\n1,2,3\n2,1,0\n-1,0,2\n0.5,0.5,1\n3,1,2\n");
    runtime(Files.createDirectory(folder.resolve("beside")).resolve(ThinMain.runtime(CompilerVersion.text())));
    for (var jar : List.of("one.jar", "two-2.jar")) {
      Files.copy(folder.resolve(jar), folder.resolve("beside").resolve(jar));
    }
  }

  /** The runtime as a jar, as the build makes it. */
  private static void runtime(Path jar) throws Exception {
    var place = Path.of(Model.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isRegularFile(place)) {
      Files.copy(place, jar);
      return;
    }
    try (var files = Files.walk(place); var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(place.relativize(file).toString().replace(File.separatorChar, '/')));
        zip.write(Files.readAllBytes(file));
      }
    }
  }

  private static Said java(String... arguments) throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return Said.byProcess(folder, Map.of(), Stream.concat(Stream.of(java), Stream.of(arguments)).toArray(String[]::new));
  }

  @Test
  void hasTheNetworkAlone() throws Exception {
    try (var thin = new JarFile(folder.resolve("two-2.jar").toFile()); var fat = new ZipFile(folder.resolve("two-2-fat.jar").toFile())) {
      var names = thin.stream().map(ZipEntry::getName).filter(name -> !name.endsWith("/")).toList();
      assertThat(names).allMatch(name -> name.equals("META-INF/MANIFEST.MF") || name.startsWith("META-INF/nnc/two-2/") || name.equals("META-INF/sbom/two-2.cdx.json") || name.startsWith("nnc/model/two$2d$2/"));
      for (var name : names) {
        if (!name.endsWith("MANIFEST.MF") && !name.startsWith("META-INF/sbom/") && !name.endsWith("/Main.class")) {
          assertThat(thin.getInputStream(thin.getEntry(name)).readAllBytes()).as(name).isEqualTo(fat.getInputStream(fat.getEntry(name)).readAllBytes());
        }
      }
      assertThat(thin.getManifest().getMainAttributes().getValue("Class-Path")).isEqualTo("nnc-runtime-" + CompilerVersion.text() + ".jar");
    }
    assertThat(Files.size(folder.resolve("two-2.jar"))).isLessThan(Files.size(folder.resolve("two-2-fat.jar")) / 4);
    assertThat(ModuleFinder.of(folder.resolve("one.jar"), folder.resolve("two-2.jar")).findAll()).extracting(module -> module.descriptor().name())
        .containsExactlyInAnyOrder("nnc.model.one", "nnc.model.two$2d$2");
  }

  /** Training starts Java anew, for vectors. */
  @Test
  void doesWhatTheOtherDoesWithTheRuntimeBesideIt() throws Exception {
    assertThat(java("-jar", "one-fat.jar", "train", "--out", "fat.npz").code()).isZero();
    var trained = java("-jar", "beside/one.jar", "train", "--out", "thin.npz");
    assertThat(trained.code()).as(trained.all()).isZero();
    assertThat(trained.err()).isEmpty();
    assertThat(Npz.read(folder.resolve("thin.npz")).get("dense.W").toDoubles()).isEqualTo(Npz.read(folder.resolve("fat.npz")).get("dense.W").toDoubles());
    assertThat(java("-jar", "beside/one.jar", "summary").out()).isEqualTo(java("-jar", "one-fat.jar", "summary").out()).contains("dense");
    assertThat(java("-jar", "beside/one.jar", "info").out()).startsWith("one: a network compiled by nnc " + CompilerVersion.text() + ", 32-bit floats, without weights");
    assertThat(java("-jar", "beside/one.jar", "bundle", "--weights", "thin.npz", "-o", "beside/bundled.jar").code()).isZero();
    assertThat(java("-jar", "beside/bundled.jar", "predict", "--row", "a=1,b=2").out()).isNotEmpty()
        .isEqualTo(java("-jar", "one-fat.jar", "predict", "--weights", "fat.npz", "--row", "a=1,b=2").out());
  }

  @Test
  void withTheRuntimeOnTheClassPath() throws Exception {
    var runtime = folder.resolve("beside").resolve(ThinMain.runtime(CompilerVersion.text())).toString();
    var said = java("-cp", String.join(File.pathSeparator, runtime, "one.jar", "two-2.jar"), "nnc.model.two$2d$2.Main", "summary");
    assertThat(said).isEqualTo(java("-jar", "two-2-fat.jar", "summary"));
    assertThat(said.code()).isZero();
  }

  @Test
  void severalShareARuntime() throws Exception {
    var urls = new ArrayList<URL>();
    for (var jar : List.of("one.jar", "two-2.jar")) {
      urls.add(folder.resolve(jar).toUri().toURL());
    }
    try (var loader = new URLClassLoader(urls.toArray(URL[]::new), Model.class.getClassLoader())) {
      for (var name : List.of("one", "two-2")) {
        var model = Model.load(name, loader);
        assertThat(model.initialised(1).weights()).isEqualTo(Model.load(folder.resolve(name + "-fat.jar")).initialised(1).weights());
        assertThat(model.code("predict")).isNotNull();
      }
    }
  }

  @Test
  void withoutTheRuntimeItSaysWhatIsMissing() throws Exception {
    assertThat(java("-jar", "one.jar", "info")).isEqualTo(new Said(2, "", """
        error: this jar has no runtime inside, as nnc compile --thin makes them, and there is none on the class path
          put nnc-runtime-%1$s.jar beside it, or depend on io.github.nnc-lang:nnc-runtime:%1$s, or compile it without --thin
        """.formatted(CompilerVersion.text())));
  }

  /** A network of another version says so, on the command line and to who loads it. */
  @Test
  void aRuntimeThatDoesNotFitSaysSo() throws Exception {
    for (var version : Map.of(SpecFile.VERSION + 1, "made by a newer nnc", SpecFile.OLDEST - 1, "made by an older nnc").entrySet()) {
      var jar = folder.resolve("beside/other.jar");
      change(folder.resolve("one.jar"), jar, version.getKey());
      var said = java("-jar", "beside/other.jar", "info");
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err()).startsWith("error: ").contains("other.jar: " + version.getValue() + " (format " + version.getKey() + ", this runtime reads ").doesNotContain("\tat ");
      assertThatThrownBy(() -> Model.load(jar)).isInstanceOf(Fault.class).hasMessageContaining(version.getValue());
    }
  }

  private static void change(Path from, Path to, int version) throws IOException {
    Map<String, byte[]> entries = new HashMap<>();
    try (var zip = new ZipFile(from.toFile())) {
      for (var entry : zip.stream().filter(entry -> !entry.isDirectory()).toList()) {
        entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    ByteBuffer.wrap(entries.get("META-INF/nnc/one/model.bin")).putInt(4, version);
    try (var zip = new ZipOutputStream(Files.newOutputStream(to))) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
  }

  @Test
  void anImageIsNotThin() {
    var said = Said.byCompiler("compile", folder.resolve("one.nn").toString(), "--thin", "--image", folder.resolve("image").toString());
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).startsWith("nnc: error: --thin leaves the runtime out of a jar, and an image has all that it needs");
  }
}
