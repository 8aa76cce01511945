package nnc.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A jar that starts Java again for vector code passes on what the user has told Java, in whatever way; an agent tells what arrives. */
class RelaunchTest {
  private static final String PROGRAM = """
      input  point: float[N, 2]
      target label: float[N]
      loss   binary_cross_entropy(point |> dense(4, tanh) |> dense(1) |> squeeze(1), label)
      data  { train = npz("d.npz") }
      train { optimizer = adam(0.01)  batch = 4  epochs = 1 }
      """;
  private static final String VECTORS = "jdk.incubator.vector";

  @TempDir
  static Path folder;

  /** Tells of each JVM that it is given to, before the program begins. */
  public static final class Agent {
    private Agent() {}

    public static void premain(String argument) {
      var modules = ModuleLayer.boot().modules().stream().map(Module::getName).filter(name -> name.equals(VECTORS) || name.equals("jdk.httpserver"))
          .sorted().toList();
      System.out.println("agent " + argument + " mine=" + System.getProperty("mine") + " heap=" + Math.round(Runtime.getRuntime().maxMemory() / 1e8) + " " + modules);
    }
  }

  @BeforeAll
  static void make() throws Exception {
    Compiler.writeJar(Compiler.compile("net.nn", PROGRAM, CompilerOptions.standard()), folder.resolve("net.jar"));
    Npz.write(folder.resolve("d.npz"), Map.of("point", new Tensor(new int[] {8, 2}, new float[16]), "label", new Tensor(new int[] {8}, new float[8])));
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", Agent.class.getName());
    var entry = Agent.class.getName().replace('.', '/') + ".class";
    try (var jar = new JarOutputStream(Files.newOutputStream(folder.resolve("agent.jar")), manifest);
        var code = Agent.class.getClassLoader().getResourceAsStream(entry)) {
      jar.putNextEntry(new ZipEntry(entry));
      code.transferTo(jar);
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static Said train(Map<String, String> environment, List<String> options) throws Exception {
    var command = new ArrayList<>(List.of(java()));
    command.addAll(options);
    command.addAll(List.of("-jar", "net.jar", "train", "--out", "w.npz"));
    return Said.byProcess(folder, environment, command.toArray(String[]::new));
  }

  /** The collectors that this Java has, by the options that choose them. */
  static Stream<String> collectors() throws Exception {
    var chosen = new ArrayList<String>();
    for (var options : List.of("-XX:+UseSerialGC", "-XX:+UseParallelGC", "-XX:+UseG1GC", "-XX:+UseZGC", "-XX:+UseShenandoahGC",
        "-XX:+UnlockExperimentalVMOptions -XX:+UseEpsilonGC")) {
      var command = Stream.concat(Stream.concat(Stream.of(java()), Stream.of(options.split(" "))), Stream.of("-version")).toArray(String[]::new);
      if (Said.byProcess(folder, Map.of(), command).code() == 0) {
        chosen.add(options);
      }
    }
    assertThat(chosen).contains("-XX:+UseSerialGC");
    return chosen.stream();
  }

  /** What the JVMs of a training say they collect garbage with, e.g. two times {@code Using Serial}. */
  private static List<String> used(Said said) {
    assertThat(said.code()).as(said.all()).isZero();
    return said.out().lines().filter(line -> line.contains("Using ") || line.contains("Initializing ")).map(line -> line.replaceAll("^.*\\] *", "")).toList();
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("collectors")
  void theCollectorIsTheUsers(String options) throws Exception {
    var told = "-Xlog:gc,gc+init=off";
    var all = new ArrayList<>(List.of(options.split(" ")));
    all.add(told);
    var byCommand = train(Map.of(), all);
    assertThat(byCommand.err()).isEmpty();
    assertThat(used(byCommand)).hasSize(2).containsOnly(used(byCommand).getFirst());
    for (var variable : List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")) {
      var byVariable = train(Map.of(variable, options), List.of(told));
      assertThat(used(byVariable)).as(variable).isEqualTo(used(byCommand));
      assertThat(byVariable.err().lines()).as("Java's own remark").hasSize(1).allMatch(line -> line.contains("Picked up " + variable));
    }
    Files.writeString(folder.resolve("options"), options.replace(' ', '\n'));
    assertThat(used(train(Map.of(), List.of("@options", told)))).isEqualTo(used(byCommand));
  }

  @Test
  void otherwiseItIsTheOneForLongWork() throws Exception {
    assertThat(used(train(Map.of(), List.of("-Xlog:gc")))).last().isEqualTo("Using G1");
  }

  private static List<String> agents(Said said) {
    assertThat(said.code()).as(said.all()).isZero();
    return said.out().lines().filter(line -> line.startsWith("agent ")).toList();
  }

  @Test
  void allElseArrivesOnce() throws Exception {
    var expected = List.of("agent a mine=x y heap=5 [jdk.httpserver]", "agent a mine=x y heap=5 [jdk.httpserver, " + VECTORS + "]");
    var options = List.of("-Xmx256m", "-Xmx512m", "-XX:+UseSerialGC", "-Dmine=x y", "-javaagent:agent.jar=a", "--add-modules", "java.logging",
        "--add-modules", "jdk.httpserver");
    assertThat(agents(train(Map.of(), options))).isEqualTo(expected);
    Files.write(folder.resolve("arguments"), options.stream().map(option -> '"' + option + '"').toList());
    assertThat(agents(train(Map.of(), List.of("@arguments"))))
        .isEqualTo(expected);
    Files.writeString(folder.resolve("whole"), "-javaagent:agent.jar=w -Dmine=1 -jar net.jar");
    assertThat(agents(Said.byProcess(folder, Map.of(), java(), "@whole", "train", "--out", "w.npz"))).hasSize(2).allMatch(line -> line.startsWith("agent w mine=1"));
    for (var variable : List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")) {
      var said = train(Map.of(variable, "-javaagent:agent.jar=v -Dmine='a b'"), List.of());
      assertThat(agents(said)).as(variable).hasSize(2).allMatch(line -> line.startsWith("agent v mine="));
    }
  }

  /** Whoever debugs a process has one debugger at one port; it is that process which is to do the work. */
  @Test
  void whatListensAtAPortIsNotStartedTwice() throws Exception {
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var said = train(Map.of(), List.of("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + port, "-javaagent:agent.jar=d"));
    assertThat(agents(said)).hasSize(1);
  }

  @Test
  void aJavaWithoutTheModuleTrainsAllTheSame() throws Exception {
    var said = train(Map.of(), List.of("--limit-modules", "java.base,java.instrument,java.management", "-javaagent:agent.jar=l"));
    assertThat(agents(said)).hasSize(1);
    assertThat(said.err()).isEmpty();
  }
}
