package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import nnc.JsonReader;
import nnc.Said;
import nnc.jar.CompilerVersion;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** A jar tells what it was made of and how, the same source makes the same bytes anywhere, and what was changed is found. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.LOCALE)
@ResourceLock(Resources.TIME_ZONE)
class VerifyTest {
  private static final String PROGRAM = """
      import "parts/block.nn"
      const width = 4
      const kind = relu
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> block(width, kind) |> dense(1) |> squeeze(1)
      output logit
      loss   mse(logit, label)
      data  { train = circle(40, seed = 1) }
      train { optimizer = adam(0.01)  epochs = 1  seed = 7 }
      """;
  private static final String BLOCK = "layer block(units, activation)(x: float[..., D]) -> float[..., units] {\n  return x |> dense(units, activation)\n}\n";
  private static final String RECORD = "META-INF/nnc/net/compiled.txt", SOURCE = "META-INF/nnc/net/net.nn";

  @TempDir
  static Path home;

  private static Path jar;

  @BeforeAll
  static void compile() throws IOException {
    jar = compile("here", "net.jar", "-D", "width=6", "-D", "kind=tanh", "--without", "fusion");
  }

  private static Path compile(String folder, String name, String... more) throws IOException {
    var place = Files.createDirectories(home.resolve(folder));
    Files.createDirectories(place.resolve("parts"));
    Files.writeString(place.resolve("parts").resolve("block.nn"), BLOCK);
    var arguments = new ArrayList<>(List.of("compile", Files.writeString(place.resolve("net.nn"), PROGRAM).toString(), "-o", place.resolve(name).toString()));
    arguments.addAll(List.of(more));
    var said = Said.byCompiler(arguments.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    return place.resolve(name);
  }

  private static Map<String, byte[]> entries(Path file) throws IOException {
    var entries = new LinkedHashMap<String, byte[]>();
    try (var zip = new ZipFile(file.toFile())) {
      for (var entry : zip.stream().toList()) {
        entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    return entries;
  }

  private static Path written(String name, Map<String, byte[]> entries) throws IOException {
    var file = home.resolve(name);
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }

  private static Said verify(Path file, String... more) {
    return Said.byCompiler(Stream.concat(Stream.of("verify", file.toString()), Arrays.stream(more)).toArray(String[]::new));
  }

  /** The jar with one entry changed; removed where that gives null. */
  private static Said changed(String entry, UnaryOperator<byte[]> change) throws IOException {
    var entries = entries(jar);
    var content = change.apply(entries.getOrDefault(entry, new byte[0]));
    if (content == null) {
      entries.remove(entry);
    } else {
      entries.put(entry, content);
    }
    return verify(written("changed.jar", entries));
  }

  private static UnaryOperator<byte[]> text(String from, String to) {
    return bytes -> {
      var text = new String(bytes, StandardCharsets.ISO_8859_1);
      assertThat(text).contains(from);
      return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    };
  }

  @Test
  void theSameBytesInAnotherFolderZoneAndLanguage() throws IOException {
    var zone = TimeZone.getDefault();
    var language = Locale.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
    Locale.setDefault(Locale.of("tr", "TR"));
    try {
      var other = compile("another folder/deeper", "named.jar", "--without", "fusion", "-D", "kind=tanh", "-D", "width=6");
      assertThat(Files.mismatch(jar, other)).isEqualTo(-1);
    } finally {
      TimeZone.setDefault(zone);
      Locale.setDefault(language);
    }
  }

  @Test
  void whatNncHasWrittenIsTheSame() throws IOException {
    var said = verify(jar);
    assertThat(said).isEqualTo(new Said(0, jar + ": each of its " + (entries(jar).size() - 1) + " entries is what nnc " + CompilerVersion.text() + " makes of the source in it\n", ""));
    for (var more : List.of(List.of("--precision", "f64"), List.of("--thin"), List.<String>of())) {
      var file = compile("forms", "net.jar", more.toArray(String[]::new));
      assertThat(verify(file).code()).as(more + verify(file).all()).isZero();
    }
  }

  /** Weights come from a training, and are told apart; an ensemble is compiled as one. */
  @Test
  @Tag("slow")
  void weightsOfTrainingsAndEnsembles() throws IOException {
    compile("trained", "plain.jar");
    var place = home.resolve("trained");
    var program = place.resolve("net.nn").toString();
    for (var weights : List.of("a.npz", "b.npz")) {
      assertThat(Said.byCompiler("train", program, "--seed", weights.equals("a.npz") ? "1" : "2", "--out", place.resolve(weights).toString()).code()).isZero();
    }
    var trained = compile("trained", "net.jar", "--weights", place.resolve("a.npz").toString());
    assertThat(verify(trained).out()).contains("each of its", "weights, which come from a training: META-INF/nnc/net/weights.npz, ", "SHA-256");
    var both = place.resolve("both.jar").toString();
    for (var vote : List.of(List.<String>of(), List.of("--vote"))) {
      var arguments = new ArrayList<>(List.of("ensemble", program, place.resolve("a.npz").toString(), place.resolve("b.npz").toString(), "-o", both));
      arguments.addAll(vote);
      assertThat(Said.byCompiler(arguments.toArray(String[]::new)).code()).isZero();
      assertThat(verify(Path.of(both)).out()).contains("each of its");
    }
    assertThat(Files.readString(place.resolve("net.nn"))).isEqualTo(PROGRAM);
  }

  @Test
  void whateverIsChangedIsFound() throws IOException {
    var kernels = entries(jar).keySet().stream().filter(name -> name.startsWith("nnc/model/") && name.endsWith(".class")).findFirst().orElseThrow();
    var runtime = "nnc/runtime/Model.class";
    for (var entry : List.of(kernels, runtime, "META-INF/MANIFEST.MF", "META-INF/sbom/net.cdx.json", "META-INF/nnc/net/model.bin")) {
      var said = changed(entry, bytes -> {
        var other = bytes.clone();
        other[other.length / 2] ^= 1;
        return other;
      });
      assertThat(said.code()).as(entry).isEqualTo(1);
      assertThat(said.out()).as(entry).contains("changed.jar: not what nnc ", "  differs: " + entry + "\n").doesNotContain("missing", "not made");
    }
    assertThat(changed(runtime, _ -> null).out()).contains("  is missing: " + runtime + "\n");
    assertThat(changed("evil/Evil.class", _ -> new byte[] {1}).out()).contains("  is not made by nnc: evil/Evil.class\n");
    assertThat(changed("META-INF/services/x\u001b[31m", _ -> new byte[] {1}).out()).contains("is not made by nnc: META-INF/services/x?[31m\n");
    // another source or other options than the rest was made of
    assertThat(changed(SOURCE, text("adam(0.01)", "adam(0.02)")).out()).contains("differs: META-INF/nnc/net/model.bin", "differs: " + kernels.substring(0, 14));
    assertThat(changed(RECORD, text("width=6", "width=8")).out()).contains("differs: META-INF/nnc/net/model.bin");
    assertThat(changed("META-INF/nnc/net/imports/0.nn", text("dense(units, activation)", "dense(units, sigmoid)")).out()).contains("differs: META-INF/nnc/net/model.bin");
    var json = (Map<?, ?>) JsonReader.read(verify(home.resolve("changed.jar"), "--json").out());
    assertThat(json.get("same")).isEqualTo(false);
    assertThat((List<?>) json.get("differs")).isNotEmpty();
  }

  @Test
  void anotherVersionIsNamed() throws IOException {
    var said = changed("META-INF/MANIFEST.MF", text("Created-By: nnc " + CompilerVersion.text(), "Created-By: nnc 0.0.9"));
    assertThat(said.out()).contains("it was made by nnc 0.0.9: the same bytes are made by the same version alone");
    assertThat(said.code()).isEqualTo(1);
  }

  /** Nothing outside the jar is read, whatever it says; and what is no such jar is told so. */
  @Test
  void hostileJars() throws IOException {
    Files.writeString(home.resolve("secret.nn"), "const width = 6\n");
    var said = changed(SOURCE, bytes -> ("import \"" + home.resolve("secret.nn") + "\"\noutput y = width + 1\n").getBytes(StandardCharsets.UTF_8));
    assertThat(said.err()).contains("net.nn:1:1: error: " + home.resolve("secret.nn") + " is not there");
    assertThat(said.code()).isEqualTo(1);
    assertThat(changed(SOURCE, _ -> "this is = ( no program".getBytes(StandardCharsets.UTF_8)).err()).contains("net.nn:1:");
    assertThat(changed(RECORD, _ -> "--run rm\n".getBytes(StandardCharsets.UTF_8)).err()).contains("'--run rm' says nothing that is known");
    assertThat(changed(RECORD, _ -> "members x mean\n".getBytes(StandardCharsets.UTF_8)).err()).contains("'members x mean' says nothing that is known");
    assertThat(changed(RECORD, _ -> null).err()).contains("has no " + RECORD);
    assertThat(changed("META-INF/nnc/net/imports/0.nn", _ -> null).err()).contains("has no META-INF/nnc/net/imports/0.nn");
    assertThat(changed("META-INF/nnc/other/model.bin", _ -> new byte[0]).err()).contains("has several networks: ");
    assertThat(verify(Files.writeString(home.resolve("text.jar"), "PK no jar")).err()).contains("text.jar: not a jar that nnc has written");
    assertThat(verify(home.resolve("nothing.jar")).err()).contains("no such file");
    assertThat(Said.byCompiler("verify").code()).isEqualTo(2);
  }

  @Test
  void infoTellsWhatItWasMadeOf() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var text = Said.byProcess(home, Map.of(), java, "-jar", jar.toString(), "info");
    assertThat(text.err()).isEmpty();
    assertThat(text.out()).contains("compiled by nnc " + CompilerVersion.text(), "with   -D kind=tanh, -D width=6, --precision f32, --without fusion, import parts/block.nn\n", "seed   7\n");
    var json = (Map<?, ?>) JsonReader.read(Said.byProcess(home, Map.of(), java, "-jar", jar.toString(), "info", "--json").out());
    assertThat(json.get("source")).isEqualTo(PROGRAM);
    assertThat(json.get("program_seed")).isEqualTo(7.0);
    assertThat(json.get("options")).isEqualTo(List.of("-D kind=tanh", "-D width=6", "--precision f32", "--without fusion", "import parts/block.nn"));
    assertThat(Said.byProcess(home, Map.of(), java, "-jar", jar.toString(), "info", "--source")).isEqualTo(new Said(0, PROGRAM, ""));
  }

  /** It says what is in the jar: the runtime, and nothing of anybody else's. */
  @Test
  void billOfMaterials() throws IOException {
    var bill = (Map<?, ?>) JsonReader.read(new String(entries(jar).get("META-INF/sbom/net.cdx.json"), StandardCharsets.UTF_8));
    assertThat(bill.get("bomFormat")).isEqualTo("CycloneDX");
    assertThat(bill.get("specVersion")).isEqualTo("1.6");
    var components = (List<?>) bill.get("components");
    assertThat(components).hasSize(1);
    assertThat(((Map<?, ?>) components.getFirst()).get("purl")).isEqualTo("pkg:maven/io.github.nnc-lang/nnc-runtime@" + CompilerVersion.text());
    assertThat(bill.toString()).doesNotContain("timestamp", "serialNumber", home.toString());
    assertThat(entries(jar).keySet()).allMatch(name -> name.startsWith("META-INF/") || name.startsWith("nnc/runtime/") || name.startsWith("nnc/model/") || name.equals("module-info.class"));
    assertThat(new String(entries(jar).get("META-INF/MANIFEST.MF"), StandardCharsets.UTF_8)).doesNotContain("Native");
  }

  /** No access to native code is asked for, and Java warns of none. */
  @Test
  @Tag("slow")
  void javaWarnsOfNothing() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    for (var arguments : List.of(List.of("train", "--out", "w.npz"), List.of("bench", "--on", "train", "--seconds", "0.1"))) {
      var command = new ArrayList<>(List.of(java, "-Xlog:disable", "-jar", jar.toString()));
      command.addAll(arguments);
      var said = Said.byProcess(home, Map.of(), command.toArray(String[]::new));
      assertThat(said.code()).as(said.all()).isZero();
      assertThat(said.err()).doesNotContain("WARNING", "native");
    }
  }
}
