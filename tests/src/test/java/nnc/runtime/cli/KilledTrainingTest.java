package nnc.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A training that is killed, at whatever moment, however many processes it is of, goes on from what it has saved to the bits of one that was not. */
class KilledTrainingTest {
  private static final String PROGRAM = """
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> dense(32, tanh) |> dropout(0.2) |> dense(1) |> squeeze(1)
      loss   binary_cross_entropy(logit, label)
      data  { train = npz("d.npz")  validate = split(train, 0.2) }
      train { optimizer = adam(0.01)  batch = 16  epochs = 40  early_stopping = 100  checkpoint_steps = 40  keep = 3 }
      """;

  @TempDir
  static Path folder;

  /** All second processes. */
  private static final List<ProcessHandle> SECOND_ONES = new ArrayList<>();

  /** Who is killed. */
  private enum Victim {
    /** The only process, which has vectors from the start. */
    ONLY,
    /** That which the user has started; the work is done by another. */
    FIRST,
    /** That which does the work. */
    SECOND
  }

  @BeforeAll
  static void make() throws Exception {
    Compiler.writeJar(Compiler.compile("net.nn", PROGRAM, CompilerOptions.standard()), folder.resolve("net.jar"));
    var random = new Random(4);
    int rows = 500;
    var points = new float[2 * rows];
    var labels = new float[rows];
    for (int i = 0; i < rows; i++) {
      points[2 * i] = random.nextFloat() * 2 - 1;
      points[2 * i + 1] = random.nextFloat() * 2 - 1;
      labels[i] = points[2 * i] * points[2 * i + 1] > 0 ? 1 : 0;
    }
    Npz.write(folder.resolve("d.npz"), Map.of("point", new Tensor(new int[] {rows, 2}, points), "label", new Tensor(new int[] {rows}, labels)));
    finish("--out", "whole.npz", "--checkpoint-steps", "0");
  }

  private static List<String> command(Victim victim, String... arguments) {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    if (victim == Victim.ONLY) {
      command.add("--add-modules=jdk.incubator.vector");
    }
    command.addAll(List.of("-jar", "net.jar", "train", "--threads", "2"));
    command.addAll(List.of(arguments));
    return command;
  }

  private static Process start(Victim victim, String... arguments) throws IOException {
    return new ProcessBuilder(command(victim, arguments)).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(folder.resolve("log.txt").toFile()).start();
  }

  private static void finish(String... arguments) throws Exception {
    var said = Said.byProcess(folder, Map.of(), command(Victim.ONLY, arguments).toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
  }

  private static void assertSame(String a, String b) {
    var first = Npz.read(folder.resolve(a));
    var second = Npz.read(folder.resolve(b));
    assertThat(first.keySet()).isEqualTo(second.keySet());
    first.forEach((name, array) -> assertThat(array.toDoubles()).as(name).isEqualTo(second.get(name).toDoubles()));
  }

  /** All that a training has saved, each file whole; the one that is farthest. */
  private static Path newest(String name) throws IOException {
    Path newest = null;
    double step = -1;
    try (var files = Files.newDirectoryStream(folder, name + "*.npz")) {
      for (var file : files) {
        if (!Files.isRegularFile(file)) {
          // the full disk
          continue;
        }
        double at = Npz.read(file).get("nnc.position").get(2);
        newest = at > step ? file : newest;
        step = Math.max(step, at);
      }
    }
    return newest;
  }

  private static void clear(String name) throws IOException {
    try (var files = Files.newDirectoryStream(folder, "{.,}" + name + "*")) {
      for (var file : files) {
        Files.delete(file);
      }
    }
  }

  /** Kills as nobody can do anything about. What is left of the training is not waited for: who goes on with it at once finds nobody in the way. */
  private static void kill(Victim victim, Process process) throws Exception {
    var others = process.descendants().toList();
    SECOND_ONES.addAll(others);
    (victim == Victim.SECOND && !others.isEmpty() ? others.getFirst() : process.toHandle()).destroyForcibly();
    process.waitFor();
  }

  /** Kills a training so many times, resuming each time from the newest file, then lets it come to its end. */
  private static void killed(Victim victim, int times, Random random, int longest) throws Exception {
    clear("part");
    for (int time = 0; time < times; time++) {
      var newest = newest("part");
      var process = newest == null ? start(victim, "--out", "part.npz") : start(victim, "--resume", newest.getFileName().toString(), "--out", "part.npz");
      TimeUnit.MILLISECONDS.sleep(random.nextInt(longest));
      boolean over = !process.isAlive();
      kill(victim, process);
      if (over) {
        assertThat(process.exitValue()).as(Files.readString(folder.resolve("log.txt"))).isZero();
        assertSame("part.npz", "whole.npz");
        clear("part");
      }
    }
    var newest = newest("part");
    if (newest == null) {
      finish("--out", "part.npz");
    } else {
      finish("--resume", newest.getFileName().toString(), "--out", "part.npz");
    }
    assertSame("part.npz", "whole.npz");
    for (var other : SECOND_ONES) {
      other.onExit().get(60, TimeUnit.SECONDS);
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).as("nothing is left of the killed").noneMatch(name -> name.endsWith(".part") && name.startsWith(".part.npz.") || name.endsWith(".lock"));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Victim.class, names = "SECOND", mode = EnumSource.Mode.EXCLUDE)
  void goesOnToTheSameBits(Victim victim) throws Exception {
    killed(victim, 1, new Random(victim.ordinal()), 1500);
  }

  @ParameterizedTest
  @EnumSource(Victim.class)
  @Tag("slow")
  void atManyMomentsToo(Victim victim) throws Exception {
    killed(victim, Integer.getInteger("nnc.kills", victim == Victim.SECOND ? 50 : 75), new Random(100 + victim.ordinal()), 2500);
  }

  /** Some checkpoints cannot be written: what was saved before them is gone on from. */
  @Test
  @Tag("slow")
  void onADiskThatIsFullNowAndThen() throws Exception {
    var full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "there is no /dev/full");
    var random = new Random(9);
    clear("part");
    for (int time = 0; time < Integer.getInteger("nnc.kills", 20); time++) {
      for (int step = 40; step < 1000; step += 40) {
        var link = folder.resolve("part-step" + "0".repeat(8 - Integer.toString(step).length()) + step + ".npz");
        if (random.nextInt(3) == 0 && !Files.exists(link)) {
          Files.createSymbolicLink(link, full);
        }
      }
      var newest = newest("part");
      var process = newest == null ? start(Victim.FIRST, "--out", "part.npz") : start(Victim.FIRST, "--resume", newest.getFileName().toString(), "--out", "part.npz");
      TimeUnit.MILLISECONDS.sleep(random.nextInt(2500));
      kill(Victim.FIRST, process);
    }
    var newest = newest("part");
    finish(newest == null ? new String[] {"--out", "part.npz"} : new String[] {"--resume", newest.getFileName().toString(), "--out", "part.npz"});
    assertSame("part.npz", "whole.npz");
    clear("part");
  }

  @Test
  void whoStartedItTellsOfAKilledOne() throws Exception {
    var process = start(Victim.FIRST, "--out", "told.npz", "--epochs", "100000");
    var log = folder.resolve("log.txt");
    while (!Files.readString(log).contains("epoch ") && process.isAlive()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    var second = process.descendants().findFirst().orElseThrow();
    second.destroyForcibly();
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(Files.readString(log)).contains("error: the second Java, process " + second.pid() + ", which did the work, was ended by signal 9 (kill)", "--resume");
    clear("told");
  }
}
