package nnc.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.endtoend.Programs;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The compiler and the runtime know the same data sources. */
class SourceNamesTest {
  private static final String PROGRAM = """
      input  x: float[N, 2]
      target y: float[N]
      output z = x |> dense(1) |> flatten
      loss mse(z, y)
      data { train = %s }
      train { optimizer = sgd(0.1) }
      """;

  @TempDir
  private Path folder;

  static List<String> names() {
    return Data.sources();
  }

  private Table table(Source source) {
    return Sources.table(folder, source, "x");
  }

  @ParameterizedTest
  @MethodSource("names")
  void theCompilerKnowsWhatItTakes(String name) {
    assertThat(Programs.faults(PROGRAM.formatted(name + "(" + "1, ".repeat(9) + "1)"))).contains(name + ": this is one argument too many", "it is " + name + "(");
  }

  @ParameterizedTest
  @MethodSource("names")
  void theRuntimeLoadsIt(String name) {
    assertThatThrownBy(() -> table(Sources.source(name, Map.of("surely_none", "x")))).isInstanceOf(Fault.class)
        .hasMessageNotContaining("no such data source");
  }

  @Test
  void anUnknownOneIsToldWithAllThatAre() {
    assertThat(Programs.faults(PROGRAM.formatted("heap(1)"))).contains("unknown data source heap").contains(names());
    assertThatThrownBy(() -> table(Sources.source("heap", Map.of()))).isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.hint()).contains(names()));
  }
}
