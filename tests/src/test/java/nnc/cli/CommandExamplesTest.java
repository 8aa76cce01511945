package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import nnc.Said;
import nnc.elaborate.Topic;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Each command and each option has an example, and these run, in the order of the list: what one writes another reads. */
@ResourceLock(Resources.SYSTEM_OUT)
class CommandExamplesTest {
  private static final String POINTS = """
      const rate = 0.01
      const width = 8
      input  point: float[N, 2]
      target label: float[N]
      h = point |> dense(width, tanh)
      logit = h |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      metric accuracy = mean((logit > 0) == (label > 0.5))
      data  { train = circle(100, seed = 1)  validate = split(train, 0.2)  test = circle(40, seed = 2) }
      train { optimizer = adam(rate)  batch = 10  epochs = 2 }
      """;
  private static final String DIGITS = """
      input  image: float[N, 8, 8]
      target digit: int[N]
      varied = image |> augment(rotate = 10)
      scores = varied |> flatten |> dense(10)
      output digit_of = argmax(scores)
      loss   cross_entropy(scores, digit)
      train  { optimizer = adam() }
      """;
  private static final String NOTES = """
      input  x: float[N, T]
      input  n "x.lengths": int[N]
      target y: float[N]
      guess = gru(4, sequences = false)(expand(x, 2), sequence_mask(n, T)) |> dense(1) |> squeeze(1)
      output guess
      loss   mse(guess, y)
      data   { train = jsonl("notes.jsonl") }
      train  { optimizer = adam(0.01) }
      """;
  private static final String DRAWN = "input seen: float[N]\noutput sample = normal(0, 1, [N, 2])\n", SUMS = "input a: float[N]  input b: float[N]  output c = a + b\n";

  /** What makes what others read, in this order; all others follow. */
  private static final List<String> FIRST = List.of("train", "compile");
  /** Of modules that are not on the class path here, with nothing to run, or without an end of their own. */
  private static final List<String> ELSEWHERE = List.of("import", "playground", "serve");

  /** Of what has to be installed: SparkSweepTest has it run. */
  private static final String SPARK = " --spark ";

  @TempDir
  Path folder;

  @Test
  void eachOptionHasOne() {
    for (var entry : Help.reference().of(Topic.OPTIONS)) {
      assertThat(entry.doc().examples()).as("an example with %s, in CommandExamples", entry.name()).isNotEmpty();
    }
  }

  @Test
  @Tag("slow")
  void allRun() throws Exception {
    Files.writeString(folder.resolve("points.nn"), POINTS);
    Files.writeString(folder.resolve("digits.nn"), DIGITS);
    Files.writeString(folder.resolve("notes.nn"), NOTES);
    Files.writeString(folder.resolve("notes.jsonl"), "{\"x\": [1, 2, 3], \"y\": 1}\n{\"x\": [2], \"y\": 0}\n".repeat(20));
    Files.writeString(folder.resolve("drawn.nn"), DRAWN);
    Files.writeString(folder.resolve("sums.nn"), SUMS);
    Files.writeString(folder.resolve("names.txt"), "# all weights have their names\n");
    Files.writeString(Files.createDirectory(folder.resolve("networks")).resolve("plus.nn"), SUMS);
    var random = new Random(1);
    Npz.write(folder.resolve("inputs.npz"), Map.of("point", new Tensor(new int[] {20, 2}, random.doubles(40).toArray()),
        "label", new Tensor(new int[] {20}, random.doubles(20).map(Math::rint).toArray())));
    Npz.write(folder.resolve("digits.npz"), Map.of("image", new Tensor(new int[] {4, 8, 8}, random.doubles(256).toArray())));
    var names = Help.reference().of(Topic.COMMANDS).stream().map(entry -> entry.name()).filter(name -> !ELSEWHERE.contains(name)).toList();
    var failed = new ArrayList<String>();
    for (var name : Stream.concat(FIRST.stream(), names.stream().filter(name -> !FIRST.contains(name))).toList()) {
      for (var example : CommandExamples.of(name).stream().filter(one -> !one.contains(SPARK)).toList()) {
        var said = run(example);
        if (said.code() != 0) {
          failed.add(example + "\n" + said.all());
        }
      }
    }
    assertThat(failed).isEmpty();
  }

  private Said run(String example) throws IOException, InterruptedException {
    var words = new ArrayList<String>();
    for (var word : example.split(" ")) {
      var before = words.isEmpty() ? "" : words.getLast();
      words.add(word.equals("8899") ? freePort() : isPath(word, before) ? folder.resolve(word).normalize().toString() : word);
    }
    if (words.getFirst().equals("java")) {
      words.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
      return Said.byProcess(folder, Map.of(), words.toArray(String[]::new));
    }
    words.removeFirst();
    return Said.byCompiler(words.toArray(String[]::new));
  }

  private static boolean isPath(String word, String before) {
    return word.equals("networks") || word.matches("[\\w-]+\\.(nn|npz|jar|csv|svg|png|md|html)") || List.of("-o", "--out", "--image", "--pictures", "--tensorboard", "--data", "--resources", "--cache", "--stamp", "--map").contains(before);
  }

  private static String freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return Integer.toString(socket.getLocalPort());
    }
  }
}
