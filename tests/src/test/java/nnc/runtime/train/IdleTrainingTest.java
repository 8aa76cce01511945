package nnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import nnc.Compiler;
import nnc.Said;
import nnc.endtoend.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training that changes no weight says so, before its first epoch. */
class IdleTrainingTest {
  private static final String PROGRAM = """
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> dense(4, tanh) %s |> dense(1) |> flatten
      output z = sigmoid(logit)
      loss binary_cross_entropy(logit, label)
      data { train = spiral(64, seed = 1) }
      """;

  @TempDir
  Path folder;

  private String told(String source, String... more) {
    var arguments = new String[more.length + 3];
    System.arraycopy(new String[] {"train", "--out", folder.resolve("w.npz").toString()}, 0, arguments, 0, 3);
    System.arraycopy(more, 0, arguments, 3, more.length);
    var said = Said.byNetwork(Compiler.load(Programs.compile(source, 32)), folder, arguments);
    assertThat(said.code()).as(said.err()).isZero();
    return said.out();
  }

  @Test
  void withoutAnOptimizerNothingIsLearnedAndALineSaysHowToWriteOne() {
    var plain = PROGRAM.formatted("");
    var line = "no weight is learned, since nothing says how weights change; write: train { optimizer = adam(0.001)  batch = 32  epochs = 10 }";
    assertThat(told(plain).lines().toList().get(1)).isEqualTo(line);
    assertThat(told(plain, "--json").lines().toList().get(1)).isEqualTo("{\"event\":\"idle\",\"text\":\"" + line + "\"}");
    assertThat(told(plain + "train { batch = 16 }")).as("the batch that the program has").contains("batch = 16  epochs = 10 }");
    assertThat(told(plain + "train { optimizer = adam(0.001)  batch = 32  epochs = 10 }")).as("what the line says to write").doesNotContain("no weight is learned");
  }

  @Test
  void whereALayerKeepsSomethingOrAllIsFrozenItSaysNothing() {
    assertThat(told(PROGRAM.formatted("|> batch_norm"))).doesNotContain("no weight is learned");
    assertThat(told(PROGRAM.formatted("") + "freeze \"*\"\ntrain { optimizer = sgd(0.1) }")).doesNotContain("no weight is learned");
  }
}
