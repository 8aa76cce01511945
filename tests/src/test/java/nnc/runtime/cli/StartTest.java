package nnc.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.files.ZipEntries;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A jar on a Java that is too old for it. Where one is meant that no machine has, it is a jar whose classes say that they need Java 99: this
 * Java is too old then, and a script in a folder that looks like a Java 99 is the newer one.
 */
class StartTest {
  private static final String PROGRAM = """
      input  point: float[N, 2]
      target label: float[N]
      loss   binary_cross_entropy(point |> dense(4, tanh) |> dense(1) |> squeeze(1), label)
      """;
  private static final int FUTURE = 99;

  /** Notes what it is given, a line each, and ends as the variable says. */
  private static final String NOTES = "#!/bin/sh\nfor one; do echo \"$one\"; done\necho \"$JDK_JAVA_OPTIONS$JAVA_TOOL_OPTIONS\"\nexit ${CODE:-0}\n";

  @TempDir
  static Path folder;

  @BeforeAll
  static void make() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "the newer Java is a script for Unix shells");
    var jar = folder.resolve("net.jar");
    Compiler.writeJar(Compiler.compile("net.nn", PROGRAM, CompilerOptions.standard()), jar);
    try (var from = new ZipFile(jar.toFile()); var to = new ZipOutputStream(Files.newOutputStream(folder.resolve("future.jar")))) {
      for (var entry : from.stream().toList()) {
        var bytes = from.getInputStream(entry).readAllBytes();
        if (entry.getName().equals("nnc/runtime/cli/ModelMain.class")) {
          bytes[7] = (byte) (FUTURE + 44);
        }
        ZipEntries.put(to, entry.getName(), bytes);
      }
    }
  }

  private static Path home(String name, String version, String script) throws IOException {
    var home = Files.createDirectories(folder.resolve(name));
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"None\"\nJAVA_VERSION=\"" + version + "\"\n");
    Files.writeString(home.resolve("bin/java"), script);
    Files.setPosixFilePermissions(home.resolve("bin/java"), PosixFilePermissions.fromString("rwxr-xr-x"));
    return home;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static Said run(Map<String, String> environment, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(java()));
    command.addAll(List.of(arguments));
    var all = new HashMap<>(Map.of("JAVA_HOME", "", "PATH", "/nowhere"));
    all.putAll(environment);
    return Said.byProcess(folder, all, command.toArray(String[]::new));
  }

  @Test
  void saysWhichJavaItNeedsAndWhichThisIs() throws Exception {
    var old = home("old", "98.0.1", NOTES).toString();
    var message = "this network needs Java 99 or newer, and this is Java " + System.getProperty("java.version") + " (" + System.getProperty("java.home") + ")";
    var hint = "no newer one was found (looked at JAVA_HOME, the PATH and the usual folders); install one, e.g. Eclipse Temurin 99 (https://adoptium.net), "
        + "or set JAVA_HOME to its folder";
    for (var place : List.of(Map.<String, String>of(), Map.of("JAVA_HOME", old), Map.of("JAVA_HOME", "/nowhere", "PATH", old + "/bin:/nowhere:"),
        Map.of("JAVA_HOME", folder.toString()))) {
      assertThat(run(place, "-jar", "future.jar", "summary")).as(place.toString()).isEqualTo(new Said(2, "", "error: " + message + "\n  " + hint + "\n"));
    }
    var told = JsonReader.read(run(Map.of(), "-jar", "future.jar", "summary", "--json").out().trim());
    assertThat(told).isEqualTo(Map.of("event", "error", "message", message, "hint", hint));
  }

  /** By JAVA_HOME, as a link on the PATH behind others, and in a folder of the user's. */
  @Test
  void runsOnANewerOneWhereverItIs() throws Exception {
    var future = home("future java", "99", NOTES);
    var old = home("old", "98.0.1", "#!/bin/sh\nexit 98\n");
    var links = Files.createDirectories(folder.resolve("links"));
    Files.createSymbolicLink(links.resolve("java"), future.resolve("bin/java"));
    var user = Files.createDirectories(folder.resolve("user/.jdks"));
    Files.createSymbolicLink(user.resolve("b"), future);
    Files.createSymbolicLink(user.resolve("a"), old);
    try {
      var byHome = run(Map.of("JAVA_HOME", future.toString()), "-jar", "future.jar", "summary");
      assertThat(byHome.code()).as(byHome.all()).isZero();
      assertThat(byHome.out()).contains("summary\n");
      var byPath = run(Map.of("JAVA_HOME", old.toString(), "PATH", "/nowhere:" + old.resolve("bin") + ":" + links), "-jar", "future.jar", "info");
      assertThat(byPath.code()).as(byPath.all()).isZero();
      assertThat(byPath.out()).contains("info\n");
      var byUser = run(Map.of(), "-Duser.home=" + folder.resolve("user"), "-jar", "future.jar", "bench");
      assertThat(byUser.code()).as(byUser.all()).isZero();
      assertThat(byUser.out()).contains("bench\n");
    } finally {
      Files.delete(links.resolve("java"));
      Files.delete(user.resolve("a"));
      Files.delete(user.resolve("b"));
    }
  }

  @Test
  void handsOnOptionsArgumentsAndExitCode() throws Exception {
    var future = home("careful", "99.9.9-ea", NOTES);
    var environment = Map.of("JAVA_HOME", future.toString(), "CODE", "7", "JDK_JAVA_OPTIONS", "-Da=1", "JAVA_TOOL_OPTIONS", "-Db=2");
    var said = run(environment, "-Xmx300m", "-Dc=a b", "--add-modules", "java.sql", "-jar", "future.jar", "train", "--data", "a b", "");
    assertThat(said.code()).isEqualTo(7);
    assertThat(said.out().lines().map(line -> line.replaceAll("starter=\\d+", "starter=PID").replaceAll("tether=.*nnc[0-9]+.tether", "tether=FILE"))).containsExactly("-Dnnc.tether=FILE", "-XX:+IgnoreUnrecognizedVMOptions", "-Db=2",
        "-Da=1", "-Xmx300m", "-Dc=a b", "--add-modules=java.sql", "-Dnnc.starter=PID", "-cp", "future.jar", "nnc.runtime.cli.Start", "train", "--data", "a b", "", "");
  }

  /** A folder that says it is new enough and is not: there is an end to it. */
  @Test
  void isNotStartedAgainAndAgain() throws Exception {
    var liar = home("liar", "99", "#!/bin/sh\nexec '" + java() + "' \"$@\"\n");
    var said = run(Map.of("JAVA_HOME", liar.toString()), "-jar", "future.jar", "summary");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).startsWith("error: this network needs Java 99");
  }

  /** The new process is up for a while then, so that whoever started it knows it. */
  @Test
  void aSignalReachesTheNewProcess() throws Exception {
    var patient = home("patient", "99", "#!/bin/sh\ntrap 'echo saved >ended; exit 143' TERM\nsleep 1\necho ready >started\nwhile :; do sleep 0.1; done\n");
    var builder = new ProcessBuilder(java(), "-jar", "future.jar", "train").directory(folder.toFile());
    builder.environment().put("JAVA_HOME", patient.toString());
    var process = builder.start();
    while (!Files.exists(folder.resolve("started")) && process.isAlive()) {
      Thread.sleep(20);
    }
    process.destroy();
    process.waitFor();
    assertThat(folder.resolve("ended")).hasContent("saved");
  }

  /** A newer Java does what it does for any jar. */
  @Test
  void aJavaThatFitsRunsTheNetwork() throws Exception {
    var said = run(Map.of(), "-jar", "net.jar", "summary");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("dense");
    assertThat(run(Map.of(), "-jar", "net.jar").code()).isEqualTo(2);
  }

  /** The compiler for Java 8 takes these classes as they are. */
  @Test
  void isWrittenForJava8() throws Exception {
    var sources = Path.of("..", "runtime", "src", "main", "java", "nnc", "runtime", "cli");
    var javac = ToolProvider.getSystemJavaCompiler();
    var out = Files.createDirectories(folder.resolve("classes"));
    var main = Files.writeString(Files.createDirectories(folder.resolve("main")).resolve("ModelMain.java"),
        "package nnc.runtime.cli; final class ModelMain { static void main(String[] arguments) {} }");
    assertThat(javac.run(null, null, null, "--release", "8", "-Xlint:-options", "-classpath", out.toString(), "-d", out.toString(), main.toString(),
        sources.resolve("Start.java").toString(), sources.resolve("NewerJava.java").toString())).isZero();
  }
}
