package nnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.endtoend.Programs;
import nnc.runtime.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs of steps; oracle: the figures of epochs, of which they are the parts, and the log of a training that was not broken off. */
class StepLogTest {
  private static final String PROGRAM = """
      input point: float[N, 2]
      target label: float[N]
      logit = point |> dense(4, tanh) |> dropout(0.2) |> dense(1) |> squeeze(1)
      loss binary_cross_entropy(logit, label)
      loss even = 0.1 * mean(logit^2)
      regularize l2(0.01) on "*.W"
      metric accuracy = mean((logit > 0) == (label > 0.5))
      metric f1 = f1(logit > 0, label > 0.5)
      metric share = mean(concat([expand(logit, 1), expand(2 * logit, 1)], axis = 1) > 1, axis = 0)
      data { train = circle(100, noise = 0.2)  validate = circle(30, noise = 0.2, seed = 4) }
      train { optimizer = adam(0.01)  batch = 32  epochs = 4  seed = 3 }
      """;
  private static final String COLUMNS = "loss,loss.binary_cross_entropy,loss.even,penalty,accuracy,f1,share.0,share.1";

  private static final String TURNS = """
      input point: float[N, 2]
      target label: float[N]
      a = point |> dense(1) |> squeeze(1)
      b = point |> dense(1) |> squeeze(1)
      loss first = mse(a, label)
      loss second = mse(b, label)
      data { train = circle(40, noise = 0.2) }
      train { step { loss = first on "dense.*" } step { loss = second on "dense_2.*"  every = 2 }  optimizer = sgd(0.1)  batch = 10  epochs = 1 }
      """;

  @TempDir
  Path folder;

  private final Model model = Compiler.load(Programs.compile(PROGRAM, 32));

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private Said train(Model model, String... options) {
    var arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(List.of(options));
    var said = Said.byNetwork(model, folder, arguments.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    return said;
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file));
  }

  private double[][] numbers(String file) throws IOException {
    return lines(file).stream().skip(1).map(line -> java.util.Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray()).toArray(double[][]::new);
  }

  @Test
  void everyStepHasALineWithWhatItsEpochIsMadeOf() throws IOException {
    train(model, "--out", path("w.npz"), "--log", path("run.csv"), "--log-steps");
    assertThat(lines("run-steps.csv").getFirst()).isEqualTo("step,epoch," + COLUMNS);
    var steps = numbers("run-steps.csv");
    var epochs = numbers("run.csv");
    assertThat(steps).hasNumberOfRows(16);
    int[] examples = {32, 32, 32, 4};
    int accuracy = List.of(COLUMNS.split(",")).indexOf("accuracy");
    for (int epoch = 0; epoch < 4; epoch++) {
      for (int column = 0; column <= accuracy; column++) {
        int e = epoch;
        int c = column;
        var mean = IntStream.range(0, 4).mapToDouble(i -> examples[i] * steps[4 * e + i][2 + c]).sum() / 100;
        assertThat(mean).as("column %d of epoch %d", column, epoch).isEqualTo(epochs[epoch][3 + column], within(1e-12));
      }
      for (int i = 0; i < 4; i++) {
        assertThat(steps[4 * epoch + i][0]).isEqualTo(4 * epoch + i + 1);
        assertThat(steps[4 * epoch + i][1]).isEqualTo(epoch + 1);
      }
    }
    train(model, "--out", path("w.npz"), "--log", path("third.csv"), "--log-steps", "3");
    var third = lines("third-steps.csv");
    assertThat(third.subList(1, third.size())).isEqualTo(lines("run-steps.csv").stream().filter(line -> line.matches("(3|6|9|12|15),.*")).toList());
  }

  @Test
  void jsonHasTheSame() throws IOException {
    train(model, "--out", path("w.npz"), "--log", path("run.csv"), "--log-steps=2");
    train(model, "--out", path("w.npz"), "--log", path("run.jsonl"), "--log-steps=2");
    var csv = numbers("run-steps.csv");
    var json = lines("run-steps.jsonl");
    assertThat(json).hasSize(csv.length);
    for (int i = 0; i < csv.length; i++) {
      var line = (Map<?, ?>) JsonReader.read(json.get(i));
      assertThat(line.keySet().stream().map(Object::toString)).containsExactly("step", "epoch", "loss", "loss.binary_cross_entropy", "loss.even", "penalty", "accuracy", "f1", "share");
      assertThat(((Number) line.get("step")).doubleValue()).isEqualTo(csv[i][0]);
      assertThat(((Number) line.get("f1")).doubleValue()).isEqualTo(csv[i][7]);
      assertThat(((Number) ((List<?>) line.get("share")).get(1)).doubleValue()).isEqualTo(csv[i][9]);
    }
  }

  /** The weights of a checkpoint, the logs of a process that went on for a while and was killed as it wrote a line. */
  @Test
  void aResumedTrainingTellsOfNoStepTwice() throws IOException {
    for (var kind : List.of("csv", "jsonl")) {
      train(model, "--out", path("whole.npz"), "--log", path("whole." + kind), "--log-steps", "3");
      train(model, "--out", path("part.npz"), "--log", path("part." + kind), "--log-steps", "3", "--checkpoint-steps", "5", "--keep", "0");
      for (int at : new int[] {15, 10, 5}) {
        for (var log : List.of("part." + kind, "part-steps." + kind)) {
          Files.writeString(folder.resolve(log), lines(log).getLast().substring(0, 9), StandardOpenOption.APPEND);
        }
        var checkpoint = folder.resolve("part-step000000%02d.npz".formatted(at));
        Files.copy(checkpoint, folder.resolve("again.npz"), StandardCopyOption.REPLACE_EXISTING);
        train(model, "--resume", path("again.npz"), "--log", path("part." + kind), "--log-steps", "3");
        assertThat(lines("part-steps." + kind)).isEqualTo(lines("whole-steps." + kind));
        assertThat(withoutSeconds("part." + kind)).isEqualTo(withoutSeconds("whole." + kind));
      }
    }
  }

  private List<String> withoutSeconds(String file) throws IOException {
    return lines(file).stream().map(line -> line.replaceFirst("^(\\d+,\\d+),[^,]*|\"seconds\":[^,]*", "$1")).toList();
  }

  @Test
  void stepsThatWereNotDueHaveNoNumbers() throws IOException {
    var turns = Compiler.load(Programs.compile(TURNS, 32));
    train(turns, "--out", path("w.npz"), "--log", path("run.csv"), "--log-steps");
    assertThat(lines("run-steps.csv").getFirst()).isEqualTo("step,epoch,loss,loss.first,loss.second");
    for (int step = 1; step <= 4; step++) {
      var fields = lines("run-steps.csv").get(step).split(",", -1);
      double first = Double.parseDouble(fields[3]);
      if (step % 2 == 1) {
        assertThat(fields[4]).isEmpty();
        assertThat(Double.parseDouble(fields[2])).isEqualTo(first);
      } else {
        assertThat(Double.parseDouble(fields[2])).isEqualTo(first + Double.parseDouble(fields[4]), within(1e-12));
      }
    }
    train(turns, "--out", path("w.npz"), "--log", path("run.jsonl"), "--log-steps");
    assertThat(lines("run-steps.jsonl").getFirst()).contains("loss.first").doesNotContain("second");
    assertThat(lines("run-steps.jsonl").get(1)).contains("loss.second");
  }

  @Test
  void aLogOfOtherColumnsStaysAsItIs() throws IOException {
    train(model, "--out", path("w.npz"), "--epochs", "1");
    Files.writeString(folder.resolve("run.csv"), "epoch,step,seconds,other\n1,4,0.5,7\n");
    var said = train(model, "--resume", path("w.npz"), "--epochs", "2", "--log", path("run.csv"));
    assertThat(said.out()).contains("run.csv: it has other columns than epoch,step,seconds,loss,").contains("training goes on without the log");
    assertThat(lines("run.csv")).containsExactly("epoch,step,seconds,other", "1,4,0.5,7");
  }

  @Test
  void wrongUse() {
    for (var wrong : Map.of("--log-steps=0", "at least 1", "--log-steps=2.5", "whole number", "--log-steps=", "whole number").entrySet()) {
      var said = Said.byNetwork(model, folder, "train", "--log", path("run.csv"), wrong.getKey());
      assertThat(said.code()).isEqualTo(2);
      assertThat(said.err()).contains(wrong.getValue());
    }
    var alone = Said.byNetwork(model, folder, "train", "--log-steps", "5");
    assertThat(alone.code()).isEqualTo(2);
    assertThat(alone.err()).contains("--log-steps needs --log FILE");
  }
}
