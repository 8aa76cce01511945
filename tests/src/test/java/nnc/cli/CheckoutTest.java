package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.Said;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The script {@code nnc} on machines of many kinds: which Java it takes, where it is called from, in which language, and by whom. Maven is one
 * that copies what is built here; each test has a checkout of its own.
 */
class CheckoutTest {
  private static final Path JDK = Path.of(System.getProperty("java.home"));

  @TempDir
  static Path shared;

  @TempDir
  Path folder;

  private static Path tools;
  private Path home;

  @BeforeAll
  static void prepare() throws IOException {
    Checkout.requirePackaged();
    tools = Checkout.tools(shared.resolve("tools"));
  }

  @AfterAll
  static void clear() throws IOException {
    Checkout.removeLinks(shared);
  }

  @BeforeEach
  void place() throws IOException {
    home = folder.resolve("home");
    var java = home.resolve(".jdks/one");
    Files.createDirectories(java.getParent());
    Files.createSymbolicLink(java, JDK);
  }

  @AfterEach
  void leave() throws IOException {
    Checkout.removeLinks(folder);
  }

  private Said run(Path from, Map<String, String> environment, String... command) throws Exception {
    var all = new HashMap<>(Map.of("HOME", home.toString(), "JAVA_HOME", "", "PATH", tools.toString()));
    all.putAll(environment);
    return Said.byProcess(from, all, command);
  }

  /** A PATH that begins with some folders. */
  private static String path(Path... first) {
    var folders = new ArrayList<>(Stream.of(first).map(Path::toString).toList());
    folders.add(tools.toString());
    return String.join(":", folders);
  }

  private Path older() throws IOException {
    return Checkout.jdk(folder.resolve("older"), "17.0.15", "echo 'the older Java was run' >&2; exit 99\n");
  }

  // ---- which Java

  /** JAVA_HOME and what the PATH begins with: none, this Java's, or one that is too old. */
  static Stream<List<String>> machines() {
    return Stream.of(List.of("none", "none"), List.of("older", "this"), List.of("this", "older"));
  }

  static Stream<List<String>> otherMachines() {
    var kinds = List.of("none", "this", "older");
    return kinds.stream().flatMap(javaHome -> kinds.stream().map(onPath -> List.of(javaHome, onPath))).filter(machine -> !machines().toList().contains(machine));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("otherMachines")
  void soItDoesOnAllOthers(List<String> machine) throws Exception {
    buildsAndRunsByAJavaThatIsNewEnough(machine);
  }

  @ParameterizedTest
  @MethodSource("machines")
  void buildsAndRunsByAJavaThatIsNewEnough(List<String> machine) throws Exception {
    var older = older();
    Checkout.script(older.resolve("bin/javac"), "exit 99\n");
    var checkout = Checkout.bare(folder.resolve("checkout"));
    var maven = folder.resolve("maven");
    Checkout.maven(maven, folder);
    var homes = Map.of("none", "", "this", JDK.toString(), "older", older.toString());
    var onPath = machine.getLast().equals("none") ? path(maven) : path(maven, Path.of(homes.get(machine.getLast())).resolve("bin"));
    var environment = Map.of("JAVA_HOME", homes.get(machine.getFirst()), "PATH", onPath);
    var first = run(folder, environment, checkout.resolve("nnc").toString(), "check", "checkout/samples/spiral.nn");
    assertThat(first).isEqualTo(new Said(0, "", "nnc: building the compiler (once)\n"));
    var used = Path.of(Files.readString(folder.resolve("java-of-maven")));
    assertThat(Files.readString(used.resolve("release"))).contains("JAVA_VERSION=\"" + Runtime.version().feature());
    assertThat(used.resolve("bin/javac")).isExecutable();
    assertThat(run(folder, environment, checkout.resolve("nnc").toString(), "check", "checkout/samples/spiral.nn")).isEqualTo(new Said(0, "", ""));
  }

  /** A Java that has no compiler runs what is built, and builds nothing. */
  @Test
  void buildsByAJavaThatHasACompiler() throws Exception {
    var runtime = Checkout.jdk(folder.resolve("runtime"), Runtime.version().feature() + ".0.1", "echo 'the runtime was run'\n");
    var checkout = Checkout.bare(folder.resolve("checkout"));
    Checkout.maven(folder.resolve("maven"), folder);
    var environment = Map.of("JAVA_HOME", runtime.toString(), "PATH", path(folder.resolve("maven")));
    assertThat(run(folder, environment, "checkout/nnc", "--version").code()).isZero();
    assertThat(folder.resolve("java-of-maven")).content().isNotEqualTo(runtime.toString());
    assertThat(run(folder, environment, "checkout/nnc", "--version").out()).isEqualTo("the runtime was run\n");
  }

  /** What is first on the PATH may be a script that chooses a Java, in a folder of which nothing can be told. */
  @Test
  void asksAJavaThatIsAScript() throws Exception {
    var checkout = Checkout.built(folder.resolve("checkout"));
    Checkout.withoutCache(checkout);
    var chooser = Checkout.script(folder.resolve("shims/java"), "exec '" + Checkout.jdk(folder.resolve("far"), "99.1",
        "case $1 in -XshowSettings*) echo \"    java.home = ${0%/bin/java}\" >&2 ;; *) echo chosen ;; esac\n").resolve("bin/java") + "' \"$@\"\n");
    needing(checkout, 99);
    assertThat(run(folder, Map.of("PATH", path(chooser.getParent())), "checkout/nnc", "--version")).isEqualTo(new Said(0, "chosen\n", ""));
  }

  /** Lets the script want a Java that no machine has. */
  private static void needing(Path checkout, int version) throws IOException {
    var script = checkout.resolve("nnc");
    var text = Files.readString(script);
    assertThat(text).contains("\nwanted=25\n");
    Files.writeString(script, text.replace("\nwanted=25\n", "\nwanted=" + version + "\n"));
  }

  @Test
  void withoutAJavaItSaysWhichItNeeds() throws Exception {
    var checkout = Checkout.built(folder.resolve("checkout"));
    needing(checkout, 99);
    for (var onPath : List.of(path(), path(older().resolve("bin")))) {
      assertThat(run(folder, Map.of("PATH", onPath, "JAVA_HOME", folder.resolve("nowhere").toString()), "checkout/nnc", "--version"))
          .isEqualTo(new Said(2, "", """
              nnc: error: no JDK 99 found (looked at JAVA_HOME, the PATH and the usual folders)
                install one, e.g. Eclipse Temurin 99 (https://adoptium.net), or set JAVA_HOME to its folder
              """));
    }
  }

  // ---- builds that fail

  @Test
  void aBuildThatFailsShowsItsFirstError() throws Exception {
    var checkout = Checkout.bare(folder.resolve("checkout"));
    Checkout.script(folder.resolve("maven/mvn"), """
        echo '[INFO] compiling ErrorFunction.java'
        echo 'Deep.java:92: error: a brace is missing'
        echo '    at some.Class.method'
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "[ERROR] re-run number $i"; done
        exit 1
        """);
    var said = run(folder, Map.of("PATH", path(folder.resolve("maven"))), "checkout/nnc", "--version");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).startsWith("nnc: building the compiler (once)\nnnc: error: the build failed; from ")
        .contains("build.log:\nDeep.java:92: error: a brace is missing\n[ERROR] re-run number 1\n").doesNotContain("compiling", "some.Class", "number 9");
    Checkout.script(folder.resolve("maven/mvn"), "echo 'ErrorFunction.java was killed'; exit 1\n");
    assertThat(run(folder, Map.of("PATH", path(folder.resolve("maven"))), "checkout/nnc", "--version").err()).endsWith("ErrorFunction.java was killed\n");
  }

  @Test
  void withoutMavenItSaysThatItNeedsIt() throws Exception {
    Checkout.bare(folder.resolve("checkout"));
    var said = run(folder, Map.of(), "checkout/nnc", "--version");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).startsWith("nnc: error: building nnc needs Maven 3.8 or newer, and there is no mvn on the PATH\n");
  }

  // ---- where it is called from

  /** As the POM has it. */
  static String version() throws IOException {
    var version = Pattern.compile("<artifactId>nnc-parent</artifactId>\\s*<version>([^<]+)<").matcher(Files.readString(Checkout.ROOT.resolve("pom.xml")));
    assertThat(version.find()).isTrue();
    return version.group(1);
  }

  @Test
  void aLinkToTheScriptIsTheScript() throws Exception {
    var checkout = Checkout.built(folder.resolve("the checkout"));
    Checkout.withoutCache(checkout);
    var links = Files.createDirectories(folder.resolve("bin"));
    Files.createSymbolicLink(links.resolve("absolute"), checkout.resolve("nnc"));
    Files.createSymbolicLink(links.resolve("relative"), Path.of("..", "the checkout", "nnc"));
    Files.createSymbolicLink(links.resolve("chain"), Path.of("relative"));
    Files.createSymbolicLink(folder.resolve("folder"), checkout);
    var version = new Said(0, "nnc " + version() + "\n", "");
    for (var name : List.of("absolute", "relative", "chain")) {
      assertThat(run(folder, Map.of(), "bin/" + name, "--version")).as(name).isEqualTo(version);
      assertThat(run(links, Map.of(), "/bin/sh", name, "--version")).as(name).isEqualTo(version);
      assertThat(run(home, Map.of("PATH", path(links)), "/bin/sh", "-c", name + " --version")).as(name).isEqualTo(version);
    }
    assertThat(run(home, Map.of(), "../folder/nnc", "--version")).isEqualTo(version);
    try (var left = Files.list(links)) {
      assertThat(left).hasSize(3);
    }
  }

  @Test
  void neitherFolderNorVariablesMatter() throws Exception {
    var checkout = Checkout.built(folder.resolve("a place").resolve("checkout"));
    Checkout.withoutCache(checkout);
    var version = new Said(0, "nnc " + version() + "\n", "");
    Files.createDirectories(folder.resolve("decoy/a place"));
    var variables = Map.of("CDPATH", folder.resolve("decoy") + ":" + folder);
    assertThat(run(folder, variables, "a place/checkout/nnc", "--version")).isEqualTo(version);
    assertThat(run(checkout, variables, "./nnc", "--version")).isEqualTo(version);
    assertThat(run(checkout, variables, "/bin/sh", "nnc", "--version")).isEqualTo(version);
    assertThat(run(folder, Map.of("HOME", "", "JAVA_HOME", JDK.toString()), "a place/checkout/nnc", "--version")).isEqualTo(version);
    // a star in an option is no pattern of files
    Files.createFile(folder.resolve("-Dx=1"));
    assertThat(run(folder, Map.of("NNC_JAVA_OPTIONS", "-Dx=* -D*"), "a place/checkout/nnc", "--version")).isEqualTo(version);
  }

  // ---- which language

  private static final String NAMES = """
      input größe: float[N, 2]
      target 标签: float[N]
      высота = größe |> dense(4, tanh) |> dense(1) |> squeeze(1)
      output ü = высота
      loss mse(высота, 标签)
      data { train = npz("dätä.npz") }
      train { optimizer = sgd(0.1)  epochs = 1  batch = 4 }
      """;

  /** Where the machine has some language of UTF-8; a Java that only knows ASCII cannot open the files. */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("languages")
  void namesHaveAllLettersInAnyLanguage(Map<String, String> language) throws Exception {
    var narrow = Said.byProcess(folder, Map.of("LC_ALL", "C.UTF-8"), "/bin/sh", "-c", "locale charmap || echo UTF-8");
    Assumptions.assumeTrue(narrow.out().contains("UTF-8") || System.getProperty("os.name").startsWith("Mac"), "this machine has no language C.UTF-8");
    var checkout = Checkout.built(folder.resolve("Größe 标签"));
    Checkout.withoutCache(checkout);
    var place = Files.createDirectories(folder.resolve("данные"));
    Files.writeString(place.resolve("netz ü.nn"), NAMES);
    nnc.runtime.files.Npz.write(place.resolve("dätä.npz"), Map.of("größe", new nnc.runtime.base.Tensor(new int[] {8, 2}, new float[16]), "标签",
        new nnc.runtime.base.Tensor(new int[] {8}, new float[8])));
    var nnc = checkout.resolve("nnc").toString();
    assertThat(run(place, language, nnc, "check", "netz ü.nn")).isEqualTo(new Said(0, "", ""));
    var trained = run(place, language, nnc, "train", "netz ü.nn", "--out", "gewichte ä.npz");
    assertThat(trained.code()).as(trained.all()).isZero();
    assertThat(trained.err()).isEmpty();
    assertThat(trained.out()).contains("saved gewichte ä.npz");
    assertThat(place.resolve("gewichte ä.npz")).exists();
    assertThat(run(folder, language, nnc, "compile", "данные/netz ü.nn", "-o", "данные/ж.jar").code()).isZero();
    assertThat(place.resolve("ж.jar")).exists();
  }

  static Stream<Map<String, String>> languages() {
    return Stream.of(Map.of("LC_ALL", "C", "LANG", "C.UTF-8"), Map.of("LC_ALL", "", "LC_CTYPE", "POSIX", "LANG", ""),
        Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", ""), Map.of("LC_ALL", "xx_YY.UTF-8"));
  }

  // ---- a checkout that one may only read

  /** The words before a command that run it as somebody whom permissions hold; there may be no way to. */
  private static List<String> asSomebody(Path readOnly) throws Exception {
    if (!Files.isWritable(readOnly)) {
      return List.of();
    }
    var other = List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");
    var command = Stream.concat(other.stream(), Stream.of("/bin/sh", "-c", "test -r '" + readOnly + "' && ! test -w '" + readOnly + "'"));
    boolean can = Files.isExecutable(Path.of("/usr/bin/setpriv")) && Said.byProcess(Path.of("/"), Map.of(), command.toArray(String[]::new)).code() == 0;
    Assumptions.assumeTrue(can, "this user may write everywhere, and cannot become another");
    return other;
  }

  private static void lock(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      for (var file : files.toList()) {
        if (!Files.isSymbolicLink(file) && !file.toFile().setWritable(false, false)) {
          throw new IOException(file + ": cannot be made read-only");
        }
      }
    }
  }

  private static void unlock(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      files.forEach(file -> file.toFile().setWritable(true, true));
    }
  }

  /** Lets everybody read a folder. */
  private static void openTo(Path folder) {
    for (var place = folder; place != null; place = place.getParent()) {
      place.toFile().setExecutable(true, false);
      place.toFile().setReadable(true, false);
    }
  }

  @Test
  void aBuiltCheckoutMayBeReadOnly() throws Exception {
    var checkout = Checkout.built(folder.resolve("checkout"));
    openTo(folder);
    openTo(tools);
    lock(checkout);
    try {
      var command = new ArrayList<>(asSomebody(checkout));
      command.addAll(List.of(checkout.resolve("nnc").toString(), "check", checkout.resolve("samples/mlp.nn").toString()));
      assertThat(run(Path.of("/"), Map.of("JAVA_HOME", JDK.toString()), command.toArray(String[]::new))).isEqualTo(new Said(0, "", ""));
    } finally {
      unlock(checkout);
    }
  }

  @Test
  void whatIsNotBuiltAndCannotBeWrittenToIsOneMessage() throws Exception {
    var checkout = Checkout.bare(folder.resolve("checkout"));
    Checkout.maven(folder.resolve("maven"), folder);
    openTo(folder.resolve("maven"));
    openTo(folder);
    openTo(tools);
    lock(checkout);
    try {
      var command = new ArrayList<>(asSomebody(checkout));
      command.addAll(List.of(checkout.resolve("nnc").toString(), "--version"));
      assertThat(run(Path.of("/"), Map.of("JAVA_HOME", JDK.toString(), "PATH", path(folder.resolve("maven"))), command.toArray(String[]::new)))
          .isEqualTo(unwritable(checkout));
    } finally {
      unlock(checkout);
    }
    // and where permissions do not hold
    Files.writeString(checkout.resolve("compiler/target"), "no folder");
    assertThat(run(folder, Map.of("PATH", path(folder.resolve("maven"))), checkout.resolve("nnc").toString(), "--version")).isEqualTo(unwritable(checkout));
  }

  private static Said unwritable(Path checkout) {
    return new Said(2, "", "nnc: error: the compiler is not built, or older than its source, and " + checkout + "/compiler/target cannot be written to\n"
        + "  run it once as a user who may write there, or from a copy of " + checkout + "\n");
  }
}
