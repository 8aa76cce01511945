package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.cli.ModelMain;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each command, with any of its three descriptors closed before it starts: what it writes to files is as ever, and what it cannot print is a fault, never the
 * end of Java.
 */
class ClosedDescriptorsTest {
  private static final String PROGRAM = """
      const width = 4
      input  point: float[N, 2]
      target label: float[N]
      h = point |> dense(width, tanh)
      logit = h |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      data  { train = xor(40, seed = 1)  test = xor(20, seed = 2) }
      train { optimizer = adam(0.01)  batch = 10  epochs = 1 }
      """;
  private static final String SENTENCE = "error: what was to be printed could not be written\n";

  /** A command's arguments, each of its commands of jars and of the compiler once, with all that it prints. */
  private static final List<List<String>> OF_JARS = Stream.of("summary", "info", "train --out t.npz", "evaluate --weights w.npz", "predict --weights w.npz --in in.npz --out o.npz",
      "bundle --weights w.npz -o b.jar", "check --weights w.npz", "bench --seconds 0.01 --on predict", "profile --seconds 0.01 --on predict").map(text -> List.of(text.split(" "))).toList();
  private static final List<List<String>> OF_THE_COMPILER = Stream.of("check net.nn --json", "compile net.nn -o c.jar", "java net.nn -o sources --package p", "explain net.nn", "graph net.nn -o g.svg",
      "train net.nn --out t.npz", "fit net.nn -o f.npz", "evaluate net.nn --weights w.npz", "predict net.nn --weights w.npz --in in.npz --out o.npz", "summary net.nn",
      "parameters net.nn", "bench net.nn --seconds 0.01 --on predict", "profile net.nn --seconds 0.01 --on predict", "gradcheck net.nn", "preview digits.nn --in d.npz -o p.png",
      "sweep net.nn -D width=[2,3] --epochs 1 --on test --out swept", "rate net.nn --steps 20", "crossvalidate net.nn --folds 2", "ensemble net.nn w.npz v.npz -o e.jar",
      "show net.nn --weights w.npz -o shown", "race --surface beale --steps 5", "verify net.jar",
      "diff net.nn w.npz").map(text -> List.of(text.split(" "))).toList();
  /** What says nothing where all is well. */
  private static final List<String> SILENT = List.of("check");

  @TempDir
  static Path folder;

  @BeforeAll
  static void make() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh");
    Files.writeString(folder.resolve("net.nn"), PROGRAM);
    Files.writeString(folder.resolve("digits.nn"), """
        input  image: float[N, 4, 4]
        target digit: int[N]
        varied = image |> augment(rotate = 10)
        scores = varied |> flatten |> dense(3)
        output best = argmax(scores)
        loss   cross_entropy(scores, digit)
        train  { optimizer = adam() }
        """);
    Compiler.writeJar(Compiler.compileForJar(folder.resolve("net.nn"), CompilerOptions.standard()), folder.resolve("net.jar"));
    Npz.write(folder.resolve("in.npz"), Map.of("point", new Tensor(new int[] {2, 2}, new float[4])));
    Npz.write(folder.resolve("d.npz"), Map.of("image", new Tensor(new int[] {2, 4, 4}, new float[32])));
    for (var seed : List.of("1", "2")) {
      var model = Model.load(folder.resolve("net.jar"));
      assertThat(Said.byNetwork(model, folder, "train", "--seed", seed, "--out", folder.resolve(seed.equals("1") ? "w.npz" : "v.npz").toString()).code()).isZero();
    }
  }

  private static List<String> java(List<String> arguments, boolean jar) {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(jar ? List.of("-jar", "net.jar") : List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return command;
  }

  /** By a shell that closes descriptors as it is told, such as {@code >&-}. */
  private static Said closed(String how, List<String> command) throws Exception {
    var all = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" " + how, "sh"));
    all.addAll(command);
    var said = Said.byProcess(folder, Map.of(), all.toArray(String[]::new));
    assertThat(said.all()).as("%s %s", command, how).doesNotContain("SIG", "\tat ", "internal error");
    return said;
  }

  private static void withoutOutput(List<String> arguments, boolean jar) throws Exception {
    var said = closed(">&-", java(arguments, jar));
    boolean silent = !jar && SILENT.contains(arguments.getFirst());
    assertThat(said.code()).as("%s >&-: %s", arguments, said.err()).isEqualTo(silent ? 0 : 1);
    if (!silent) {
      assertThat(said.err()).as("%s >&-", arguments).endsWith(SENTENCE);
    }
  }

  private static void withoutOthers(List<String> arguments, boolean jar) throws Exception {
    for (var how : List.of("<&-", "2>&-", "<&- 2>&-")) {
      var said = closed(how, java(arguments, jar));
      assertThat(said.code()).as("%s %s: %s", arguments, how, said.all()).isZero();
    }
    assertThat(closed("<&- >&- 2>&-", java(arguments, jar)).code()).as("%s with nothing", arguments).isIn(0, 1);
  }

  static List<List<String>> jars() {
    return OF_JARS;
  }

  static List<List<String>> compilers() {
    return OF_THE_COMPILER;
  }

  /** But for the service, which does not end by itself. */
  @Test
  void theTableHasAllCommands() {
    assertThat(OF_JARS.stream().map(List::getFirst)).containsExactlyInAnyOrderElementsOf(ModelMain.names().stream().filter(name -> !name.equals("serve")).toList());
    assertThat(OF_THE_COMPILER.stream().map(List::getFirst))
        .containsExactlyInAnyOrderElementsOf(Main.COMMANDS.stream().map(Command::name).filter(name -> !name.equals("serve")).toList());
  }

  @ParameterizedTest
  @MethodSource("jars")
  @Tag("slow")
  void jarsWithoutOutput(List<String> arguments) throws Exception {
    withoutOutput(arguments, true);
  }

  @ParameterizedTest
  @MethodSource("jars")
  @Tag("slow")
  void jarsWithoutTheOthers(List<String> arguments) throws Exception {
    withoutOthers(arguments, true);
  }

  @ParameterizedTest
  @MethodSource("compilers")
  @Tag("slow")
  void theCompilerWithoutOutput(List<String> arguments) throws Exception {
    withoutOutput(arguments, false);
  }

  @ParameterizedTest
  @MethodSource("compilers")
  @Tag("slow")
  void theCompilerWithoutTheOthers(List<String> arguments) throws Exception {
    withoutOthers(arguments, false);
  }

  /** Some of the table in each build. */
  @Test
  void someOfThem() throws Exception {
    withoutOutput(List.of("summary"), true);
    withoutOutput(List.of("check", "net.nn"), false);
    assertThat(closed("<&- >&- 2>&-", java(List.of("train", "--out", "closed.npz"), true)).code()).isEqualTo(1);
    assertThat(Npz.read(folder.resolve("closed.npz")).keySet()).isEqualTo(Npz.read(folder.resolve("w.npz")).keySet());
  }

  /** Also where the work is done by a second process. */
  @Test
  @Tag("slow")
  void aSecondProcessHasThemClosedToo() throws Exception {
    Npz.write(folder.resolve("rows.npz"), Map.of("point", new Tensor(new int[] {8, 2}, new float[16]), "label", new Tensor(new int[] {8}, new float[8])));
    Compiler.writeJar(Compiler.compile("rows.nn", PROGRAM.replace("xor(40, seed = 1)", "npz(\"rows.npz\")"), CompilerOptions.standard()), folder.resolve("rows.jar"));
    var command = List.of(java(List.of(), true).getFirst(), "-jar", "rows.jar", "train", "--out", "rows-w.npz");
    var said = closed(">&-", command);
    assertThat(said.code()).as(said.err()).isEqualTo(1);
    assertThat(said.err()).isEqualTo(SENTENCE);
    assertThat(closed("<&-", command).code()).isZero();
    assertThat(closed("2>&-", command).code()).isZero();
    Npz.read(folder.resolve("rows-w.npz"));
  }

  /** A reader that has enough ends a command without a word, whoever prints. */
  @Test
  @Tag("slow")
  void readersThatHaveEnough() throws Exception {
    for (var arguments : List.of(List.of("explain", "net.nn", "--loops"), List.of("help"), List.of("train", "net.nn", "--out", "t.npz", "--epochs", "200"))) {
      var all = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" | head -n 1", "sh"));
      all.addAll(java(arguments, false));
      var said = Said.byProcess(folder, Map.of(), all.toArray(String[]::new));
      assertThat(said.out().lines()).as("%s", arguments).hasSize(1);
      assertThat(said.err()).as("%s", arguments).isEmpty();
    }
  }
}
