package nnc.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.endtoend.Programs;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a network takes of memory is told before, and is what it takes. */
@ResourceLock(Resources.SYSTEM_OUT)
class MemoryNeedTest {
  private static final String PROGRAM = """
      input  x: float[N, 100]
      target t: float[N]
      h = x |> dense(300, relu)
        |> dense(1000, relu)
      output y = squeeze(dense(1)(h), 1)
      loss mse(y, t)
      train { optimizer = adam(0.001) batch = 50 }
      """;

  @ParameterizedTest
  @CsvSource({"32, 1", "64, 1", "32, 2", "64, 3"})
  void whatIsToldIsWhatIsTaken(int precision, int threads) {
    var compiled = Programs.compile(PROGRAM, precision);
    var need = new MemoryNeed(compiled.spec(), threads);
    var model = Compiler.load(compiled).initialised(1);
    try (var team = new Threads(threads)) {
      for (var purpose : List.of("train", "predict", "evaluate")) {
        for (int batch : List.of(1, 50, 4000)) {
          var executor = model.context(purpose, batch, team).executor();
          assertThat(executor.arenaSize()).as("%s by %d", purpose, batch).isEqualTo(padded(need.plans(batch, purpose) / (precision / 8.0), precision));
        }
      }
    }
    assertThat(NumericArrays.length(model.weights())).isEqualTo(padded(need.weights() / (precision / 8.0), precision));
    assertThat(need.weights() / (precision / 8.0)).isGreaterThanOrEqualTo(3 * (100 * 300 + 300 + 300 * 1000 + 1000 + 1000 + 1));
  }

  /** Larger arrays are made so large that they are aligned. */
  private static int padded(double elements, int precision) {
    int width = precision / 8;
    return (int) (elements * width >= 1 << 16 ? Math.max(elements, (4 << 20) / width) : elements);
  }

  @Test
  void theLargestBatchThatFitsIsFound() {
    var need = new MemoryNeed(Programs.compile(PROGRAM, 32).spec(), 1);
    double limit = need.weights() + need.plans(777, "train");
    assertThat(need.fitting(limit, 4000, "train")).isBetween(777, 800);
    assertThat(need.weights() + need.plans(need.fitting(limit, 4000, "train") + 1, "train")).isGreaterThan(limit);
    assertThat(need.fitting(limit, 100, "train")).isEqualTo(100);
    assertThat(need.fitting(1, 100, "train")).isZero();
  }

  @Test
  void whatIsNeededAndWhatThereIsAreTold() {
    var need = new MemoryNeed(Programs.compile(PROGRAM, 64).spec(), 1);
    assertThatThrownBy(() -> need.require("training", 100_000_000, "train")).isInstanceOf(Fault.class).hasMessageContaining("training by 100000000 examples at a time needs ")
        .hasMessageContaining("Java has ").satisfies(fault -> assertThat(((Fault) fault).hint()).contains("--batch ").contains("-Xmx").contains("--precision f32"));
    need.require("training", 10, "train");
  }

  /** The line is that of what takes most: the widest layer's weights for small batches, what it computes for large ones. */
  @ParameterizedTest
  @CsvSource({"1M, 4, train by batches of 50", "2M, 4, train by batches of 50"})
  void aLimitIsHeldWhenItIsCompiled(String limit, int line, String said, @TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("p.nn"), PROGRAM);
    for (var command : List.of("check", "compile", "train")) {
      var told = Said.byCompiler(command, file.toString(), "--max-memory", limit);
      assertThat(told.code()).isEqualTo(1);
      assertThat(told.err()).contains("p.nn:" + line + ":").contains("to " + said + " takes ").contains("--max-memory is ").contains("hint: ");
    }
    assertThat(Said.byCompiler("check", file.toString(), "--max-memory", "64M").code()).isZero();
    assertThat(Said.byCompiler("check", file.toString(), "--max-memory", "lots").err()).contains("--max-memory is a size such as 500M or 2G, not 'lots'");
  }

  @Test
  void whatTakesMoreThanThereIsIsRefusedUnallocated() throws FaultyProgram {
    var options = CompilerOptions.standard();
    var model = Compiler.load(Compiler.compile("large.nn", "input x: float[N, 100000] output y = x |> dense(20000)", options));
    assertThatThrownBy(() -> model.initialised(1)).isInstanceOf(Fault.class).hasMessageContaining("not enough memory: ").hasMessageContaining("Java has ");
  }
}
