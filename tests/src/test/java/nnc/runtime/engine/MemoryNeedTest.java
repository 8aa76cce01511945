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

  private static final String OPEN = """
      input  x: float[N, T, 8]
      target t: float[N, 20]
      output y = x |> lstm(20, sequences = false)
      loss mse(y, t)
      train { optimizer = adam(0.001) batch = 50 }
      """;

  /** Sizes that the data tell count as much as they are. */
  @ParameterizedTest
  @CsvSource({"1", "40", "1500"})
  void lengthsCount(int length) {
    var compiled = Programs.compile(OPEN, 32);
    var need = new MemoryNeed(compiled.spec(), 1, Map.of("T", length));
    var model = Compiler.load(compiled).initialised(1);
    try (var team = new Threads(1)) {
      for (var purpose : List.of("train", "predict", "evaluate")) {
        var executor = model.context(purpose, Map.of("N", 30, "T", length), team).executor();
        assertThat(executor.arenaSize()).as("%s of %d", purpose, length).isEqualTo(padded(need.plans(30, purpose) / 4, 32));
        assertThat(need.at(length).plans(30, purpose)).isEqualTo(need.plans(30, purpose));
        assertThat(need.open(purpose)).containsExactly("T");
      }
    }
  }

  /** Long rows are computed by fewer at once, so that predicting and evaluating them takes no more memory than there is. */
  @Test
  void longRowsAreComputedByFewerAtOnce() {
    var spec = Programs.compile(OPEN, 32).spec();
    for (var purpose : List.of("predict", "evaluate")) {
      assertThat(MemoryNeed.together(spec, purpose, Map.of("T", 20), 256)).isEqualTo(256);
      int rows = MemoryNeed.together(spec, purpose, Map.of("T", 100_000), 256);
      var need = new MemoryNeed(spec, 1, Map.of("T", 100_000));
      assertThat(rows).isBetween(2, 100);
      assertThat(need.plans(rows, purpose)).isLessThan(1 << 28);
      assertThat(need.plans(rows + 1, purpose)).isGreaterThan(1 << 28);
      assertThat(MemoryNeed.together(spec, purpose, Map.of("T", 100_000_000), 256)).isEqualTo(1);
    }
    assertThat(MemoryNeed.together(Programs.compile(PROGRAM, 32).spec(), "predict", Map.of("N", 7), 1_000_000)).isEqualTo(1_000_000);
  }

  @Test
  void theSizesThatItIsToldForAreSaid(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("p.nn"), OPEN);
    var jar = folder.resolve("p.jar").toString();
    assertThat(Said.byCompiler("compile", file.toString(), "-o", jar).out()).contains(" to train by batches of 50, at T = 100; Java has ");
    assertThat(Said.byCompiler("compile", file.toString(), "-o", jar, "--json").out()).contains("\"open_size\": 100");
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
