package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompiledProgram;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A step that spoils the weights while the loss is still a number: it is the one that is told, and what is kept are the weights before it. */
class DivergenceTest {

  private static CompiledProgram program(int at, int batch, String squash) {
    return Programs.compile("""
        input point: float[N, 2]
        target label: float[N]
        optimizer breaking(at)(w, g) {
          w <- w - 0.1 * g / (at - step)
        }
        bound = tensor([infinity, 1e30])
        loss mse(sum(%s, axis = 1), label)
        data { train = plane(100, seed = 1) }
        train { optimizer = breaking(%d)  batch = %d  epochs = 9 }
        """.formatted(squash, at, batch), 32);
  }

  /** In the first step, the last of an epoch, the first of one, the last of all, where each epoch is a step; also beside an infinite constant. */
  @ParameterizedTest
  @CsvSource({"1, 10", "10, 10", "11, 10", "15, 10", "90, 10", "3, 100", "1, 100", "9, 100"})
  void theStepThatSpoilsTheWeightsIsTold(int at, int batch, @TempDir Path folder) throws Exception {
    for (var squash : new String[] {"point |> dense(2)", "minimum(point |> dense(2), bound)"}) {
      var out = folder.resolve("w.npz");
      var said = Said.byNetwork(Compiler.load(program(at, batch, squash)), folder, "train", "--out", out.toString());
      assertThat(said.code()).as(said.all()).isEqualTo(1);
      assertThat(said.all()).contains("at step " + at + " (epoch " + ((at - 1) * batch / 100 + 1) + ")").contains("first test.nn:4: ");
      var kept = Npz.read(out);
      assertThat(kept).containsKeys("dense.W", "dense.b");
      for (var name : new String[] {"dense.W", "dense.b"}) {
        for (double value : kept.get(name).toDoubles()) {
          assertThat(value).as(name).isFinite();
        }
      }
      assertThat(Npz.read(out).get("nnc.position").get(2)).as("steps before").isEqualTo(at - 1);
    }
  }
}
