package nnc.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.Said;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What the page on pictures has one type does what it says. */
@ResourceLock(Resources.SYSTEM_OUT)
class PicturesPageTest {
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
  private static final String PROGRAM = """
      input  point: float[N, 2]
      target label: float[N]
      code = point |> dense(2, tanh)
      logit = code |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      data   { train = circle(60, seed = 1)  test = circle(30, seed = 2) }
      train  { optimizer = adam(0.03)  batch = 10  epochs = 2 }
      """;

  @TempDir
  Path folder;

  private static String page() throws IOException {
    return Files.readString(Path.of("../docs/pictures.md"));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @TestFactory
  Stream<DynamicTest> commandsRun() throws IOException {
    var file = Files.writeString(folder.resolve("FILE.nn"), PROGRAM).toString();
    var weights = folder.resolve("W.npz").toString();
    var lines = page().lines().map(String::strip).filter(line -> line.startsWith("nnc ")).toList();
    assertThat(lines).hasSizeGreaterThan(9);
    var places = Map.of("FILE.nn", file, "W.npz", weights, "8080", Integer.toString(freePort()));
    return IntStream.range(0, lines.size()).mapToObj(i -> DynamicTest.dynamicTest(lines.get(i), () -> {
      var words = new ArrayList<>(WORD.matcher(lines.get(i)).results().map(word -> word.group(1) == null ? word.group(2) : word.group(1)).toList());
      words.removeFirst();
      words.replaceAll(word -> places.getOrDefault(word, List.of("pictures", "events").contains(word) || word.endsWith(".svg") || word.endsWith(".dot") ? folder.resolve(i + word).toString() : word));
      if (words.getFirst().equals("train")) {
        words.addAll(List.of("--out", weights));
      }
      var said = Said.byCompiler(words.toArray(String[]::new));
      assertThat(said.code()).as(said.all()).isZero();
    }));
  }

  @Test
  void theReadmeAndTheHelpNameTheCommands() throws IOException {
    var readme = Files.readString(Path.of("../README.md"));
    var help = Said.byCompiler("--help").out();
    for (var command : List.of("graph", "show", "race", "train")) {
      assertThat(readme).contains("./nnc " + command + " ");
      assertThat(help).containsPattern("\n  " + command + " +[A-Z]");
    }
    for (var option : List.of("--pictures", "--watch", "--tensorboard")) {
      assertThat(Said.byCompiler("train", "--help").out()).contains(option);
      assertThat(page()).contains(option);
    }
  }
}
