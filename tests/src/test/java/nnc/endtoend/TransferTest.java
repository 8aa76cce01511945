package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trained part goes into another network, where it is frozen. */
class TransferTest {
  private static final String NETWORK = """
      input  point: float[N, 2]
      target label: int[N]
      encoder = dense(16, tanh)
      logits = point |> encoder |> dense(%s)
      loss cross_entropy(logits, label)
      metric accuracy = mean(argmax(logits) == label)
      %s
      data { train = xor(400, seed = 1)  validate = split(train, 0.2) }
      train { optimizer = adam(0.02)  batch = 20  epochs = 3  early_stopping = 2  min_delta = 0.001
        monitor = "accuracy"  mode = "max"  compare = "best"  restore_best = true }
      """;

  @TempDir
  Path folder;

  private String train(String program, String... more) {
    var arguments = java.util.stream.Stream.concat(java.util.stream.Stream.of("train"), java.util.stream.Stream.of(more)).toArray(String[]::new);
    var said = Said.byNetwork(Compiler.load(Programs.compile(program, 32)), folder, arguments);
    assertThat(said.code()).as(said.all()).isZero();
    return said.all();
  }

  @Test
  void aFrozenPartKeepsWhatItLearnedElsewhere() {
    var first = folder.resolve("first.npz");
    var second = folder.resolve("second.npz");
    train(NETWORK.formatted("2", ""), "--out", first.toString());
    var said = train(NETWORK.formatted("5", "freeze \"encoder.*\""), "--init", first.toString(), "--out", second.toString());
    assertThat(said).contains("2 of 4 weights from " + first).contains("of another shape, new: dense.W ([16, 2] there, [16, 5] here)");
    var before = Npz.read(first);
    var after = Npz.read(second);
    assertThat(after.get("encoder.W").toDoubles()).isEqualTo(before.get("encoder.W").toDoubles());
    assertThat(after.get("encoder.b").toDoubles()).isEqualTo(before.get("encoder.b").toDoubles());
    assertThat(after.keySet()).noneMatch(name -> name.startsWith("optimizer.encoder"));
  }
}
