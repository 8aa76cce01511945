package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import nnc.Said;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights that fit no cache, of rows in whole tiles and of others. */
class FarWeightsTest {
  private static final String DENSE = "input x: float[N, 300]\noutput y = x |> dense(%d, tanh)\n";
  private static final String CONVOLUTION = "input x: float[N, 128, 6, 6]\noutput y = x |> conv2d(%d, kernel = 3, padding = 1)\n";

  @ParameterizedTest
  @CsvSource({"DENSE, 1", "DENSE, 7", "DENSE, 8", "DENSE, 45", "CONVOLUTION, 1", "CONVOLUTION, 3"})
  void agreesWithTheInterpreter(String network, int rows) throws Exception {
    var source = (network.equals("DENSE") ? DENSE : CONVOLUTION).formatted(network.equals("DENSE") ? 460 : 130);
    Agreement.check(Programs.compile(source, 64), rows, 1e-8, rows);
  }

  /** A tile of a single row has sums enough that they do not wait for one another. */
  @Test
  void aSingleRowHasManySums(@TempDir Path folder) throws Exception {
    assertThat(loops(folder, DENSE.formatted(460))).contains("c0_7 := fma(a0, b7, c0_7)").doesNotContain("c1_7 := ");
  }

  private static String loops(Path folder, String source) throws Exception {
    Files.writeString(folder.resolve("net.nn"), source);
    return Said.byCompiler("check", folder.resolve("net.nn").toString(), "--after", "tile-products").all();
  }
}
