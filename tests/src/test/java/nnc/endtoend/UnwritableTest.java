package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompiledProgram;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk or a forbidden place: one message that names file and cause, exit code 1, and what was there stays. */
class UnwritableTest {
  private static final String PROGRAM = """
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> dense(64, tanh) |> dense(64, tanh) |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      data  { train = xor(60, seed = 1) }
      train { optimizer = sgd(0.1)  batch = 10  epochs = 2 }
      """;
  private static final Path FULL = Path.of("/dev/full");

  /** Nothing here depends on how fast code becomes. */
  private static final List<String> JAVA = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
      "-XX:-UsePerfData", "-cp", System.getProperty("java.class.path"), "nnc.cli.Main");

  private static CompiledProgram compiled;

  @TempDir
  Path folder;

  private String said;

  @BeforeAll
  static void compile() {
    compiled = Programs.compile(PROGRAM, 32);
  }

  @BeforeEach
  void program() throws Exception {
    Files.writeString(folder.resolve("net.nn"), PROGRAM);
  }

  private int run(String... arguments) {
    var said = Said.byNetwork(Compiler.load(compiled), folder, arguments);
    this.said = said.all();
    return said.code();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private void assertFault(int code, String... parts) {
    assertThat(code).as(said).isEqualTo(1);
    assertThat(said).contains(parts).contains("error: ").doesNotContain("\tat ").doesNotContain("internal error");
  }

  @Test
  void onAFullDevice() throws Exception {
    Assumptions.assumeTrue(Files.exists(FULL), "there is no /dev/full");
    assertFault(run("train", "--out", FULL.toString()), "/dev/full: writing failed: No space left on device", "what was learned is in ");
    assertThat(run("train", "--out", path("w.npz"))).isZero();
    Npz.write(folder.resolve("in.npz"), Map.of("point", new Tensor(new int[] {1, 2}, new float[2])));
    assertFault(run("predict", "--weights", path("w.npz"), "--in", path("in.npz"), "--out", FULL.toString()), "No space left on device");
    assertFault(run("train", "--out", path("w.npz"), "--log", FULL.resolve("log.csv").toString()), "log.csv");
    var log = run("train", "--out", path("w.npz"), "--log", FULL.toString());
    assertThat(log).isZero();
    assertThat(said).contains("training goes on without the log");
    var nnc = nnc(Integer.MAX_VALUE, "compile", "net.nn", "-o", FULL.toString());
    assertThat(nnc.code).isEqualTo(1);
    assertThat(nnc.text).startsWith("nnc: error: /dev/full: writing failed: No space left on device");
  }

  /** Before anything is evaluated, and so before it is found that there are no weights. */
  @Test
  void reportsThatCannotBeWrittenAreToldFirst() throws Exception {
    Files.writeString(folder.resolve("file"), "");
    var report = folder.resolve("file").resolve("r.html").toString();
    assertThat(Said.byCompiler("evaluate", path("net.nn"), "--report", report)).matches(said -> said.code() == 1 && said.err().contains("r.html"));
  }

  /** A file of another kind under the name of what is to be written is the user's own. */
  @Test
  void whatIsOfAnotherKindStays() throws Exception {
    var table = "x,y\n1,2\n";
    Files.writeString(folder.resolve("table.csv"), table);
    assertFault(run("train", "--out", path("table.csv")), "table.csv: this file is not a weight file, and stays as it is");
    assertFault(run("train", "--out", path("w.npz"), "--log", path("table.csv")), "table.csv: this file is not a log of a training, and stays as it is");
    Files.writeString(folder.resolve("table-steps.csv"), table);
    assertFault(run("train", "--out", path("w.npz"), "--log", path("table.csv"), "--log-steps"), "not a log of a training");
    assertThat(Said.byCompiler("compile", path("net.nn"), "-o", path("net.nn"))).matches(said -> said.code() == 1 && said.err().contains("net.nn: this file is not a jar"));
    assertThat(folder.resolve("table.csv")).hasContent(table);
    assertThat(folder.resolve("table-steps.csv")).hasContent(table);
    assertThat(folder.resolve("net.nn")).hasContent(PROGRAM);
    for (var log : List.of("run.csv", "run.jsonl")) {
      for (int time = 0; time < 2; time++) {
        assertThat(run("train", "--out", path("w.npz"), "--log", path(log), "--log-steps", "2")).as(said).isZero();
      }
    }
    Npz.write(folder.resolve("in.npz"), Map.of("point", new Tensor(new int[] {1, 2}, new float[2])));
    var before = Files.readAllBytes(folder.resolve("in.npz"));
    assertFault(run("predict", "--weights", path("w.npz"), "--in", path("in.npz"), "--out", folder + "/./in.npz"), "predictions would take the place of what they are made of");
    assertThat(Files.readAllBytes(folder.resolve("in.npz"))).isEqualTo(before);
    var weights = Files.readAllBytes(folder.resolve("w.npz"));
    assertFault(run("predict", "--weights", path("w.npz"), "--in", path("in.npz"), "--out", path("w.npz")), "predictions would take the place of the weights");
    assertThat(Files.readAllBytes(folder.resolve("w.npz"))).isEqualTo(weights);
  }

  private record Ended(int code, String text) {}

  /** The compiler in a process of its own that may write files of so many blocks of 512 bytes: writing more fails as on a full disk. */
  private Ended nnc(int blocks, String... arguments) throws Exception {
    var command = new ArrayList<String>();
    if (blocks != Integer.MAX_VALUE) {
      command.addAll(List.of("/bin/sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh"));
    }
    command.addAll(JAVA);
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), text);
  }

  @Test
  void whenTheDiskFillsUpWhatWasThereStays() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")) && Files.exists(FULL), "no Unix");
    assertThat(nnc(Integer.MAX_VALUE, "train", "net.nn", "--out", "w.npz").code).isZero();
    assertThat(nnc(Integer.MAX_VALUE, "compile", "net.nn", "-o", "net.jar").code).isZero();
    var weights = Files.readAllBytes(folder.resolve("w.npz"));
    var jar = Files.readAllBytes(folder.resolve("net.jar"));
    for (var arguments : List.of(List.of("train", "net.nn", "--out", "w.npz", "--seed", "5"), List.of("compile", "net.nn", "-o", "net.jar"),
        List.of("train", "net.nn", "--out", "w.npz", "--checkpoint-steps", "1"))) {
      var ended = nnc(8, arguments.toArray(String[]::new));
      assertThat(ended.code).as(ended.text).isEqualTo(1);
      assertThat(ended.text).contains("error: ").contains("the file that was there is unchanged").doesNotContain("\tat ");
    }
    assertThat(Files.readAllBytes(folder.resolve("w.npz"))).isEqualTo(weights);
    assertThat(Files.readAllBytes(folder.resolve("net.jar"))).isEqualTo(jar);
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("net.nn", "w.npz", "net.jar");
    }
  }

  @Test
  void whereOneMayNotWriteTrainingDoesNotEvenBegin() throws Exception {
    var text = Files.writeString(folder.resolve("text"), "kept");
    assertFault(run("train", "--out", text.resolve("w.npz").toString()), text.toString());
    assertFault(run("train", "--out", folder.toString()), "it is a folder");
    assertThat(said).doesNotContain("epoch");
    var closed = Files.createDirectory(folder.resolve("closed"));
    Assumptions.assumeTrue(closed.toFile().setWritable(false) && !Files.isWritable(closed), "this user may write everywhere");
    assertFault(run("train", "--out", closed.resolve("w.npz").toString()), "no permission to write it");
    assertThat(said).doesNotContain("epoch");
  }

  @Test
  void aReaderThatHasEnoughIsNoFault() throws Exception {
    var command = Stream.concat(JAVA.stream(), Stream.of("explain", "net.nn", "--loops")).toList();
    var process = new ProcessBuilder(command).directory(folder.toFile()).start();
    process.getInputStream().close();
    assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
    assertThat(process.waitFor()).isIn(141, 0);
  }

  @Test
  void outputThatNobodyTakesIsAFault() throws Exception {
    Assumptions.assumeTrue(Files.exists(FULL), "there is no /dev/full");
    var command = Stream.concat(JAVA.stream(), Stream.of("summary", "net.nn")).toList();
    var process = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(FULL.toFile()).start();
    var text = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(text).contains("could not be written");
  }
}
