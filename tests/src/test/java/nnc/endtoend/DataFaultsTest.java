package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import nnc.Compiler;
import nnc.runtime.base.Tensor;
import nnc.runtime.cli.ModelMain;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told of data that cannot be learned from: the place in the file, and advice that fits. */
class DataFaultsTest {
  private static final String PROGRAM = """
      input x: float[N]
      target y: float[N]
      param w: float = ones
      loss mse(x * w, y)
      output p = x * w
      data { train = %s }
      train { optimizer = sgd(0)  batch = 2  epochs = 1 }
      """;

  @TempDir
  Path folder;

  private String run(String source, String... arguments) {
    var told = new ByteArrayOutputStream();
    var print = new PrintStream(told);
    int code = ModelMain.run(arguments, Compiler.load(Programs.compile(PROGRAM.formatted(source), 32)), folder, "nnc", print, print);
    return code + ": " + told;
  }

  private String trained(String csv) throws IOException {
    Files.writeString(folder.resolve("d.csv"), csv);
    return run("csv(\"d.csv\")", "train", "--out", folder.resolve("w.npz").toString());
  }

  @Test
  void notANumberIsNamedByItsPlaceInTheFile() throws IOException {
    assertThat(trained("n,x,y\na,1,2\nb,3,4\n\n\"c\nd\",5,NaN\ne,6,7\n")).startsWith("1: ").contains("target y: float[N] is NaN in " + folder.resolve("d.csv") + ":6:6;")
        .doesNotContain("rate");
  }

  @Test
  void whatIsBeyondTheNetworksNumbersIsShownAsItIsWritten() throws IOException {
    assertThat(trained("x,y\n1,2\n-1e300,4\n")).contains("input x: float[N] is -1.0E300 in " + folder.resolve("d.csv") + ":3:1, which is beyond 32 bits")
        .contains("--precision f64");
  }

  @Test
  void anArraysElementIsNamed() {
    Npz.write(folder.resolve("d.npz"), Map.of("x", new Tensor(new int[] {3}, new float[] {1, 2, Float.NEGATIVE_INFINITY}),
        "why", new Tensor(new int[] {3}, new float[3])));
    assertThat(run("npz(\"d.npz\", x = \"x\", y = \"why\")", "train", "--out", folder.resolve("w.npz").toString()))
        .contains("input x: float[N] is -Infinity in " + folder.resolve("d.npz") + ": array x[2];");
  }

  @Test
  void weightsThatAreNoNumbersAreNamed() throws IOException {
    Npz.write(folder.resolve("start.npz"), Map.of("w", new Tensor(new int[0], new float[] {Float.NaN})));
    Files.writeString(folder.resolve("d.csv"), "x,y\n1,2\n");
    assertThat(run("csv(\"d.csv\")", "train", "--init", folder.resolve("start.npz").toString(), "--out", folder.resolve("w.npz").toString()))
        .contains("first the weights: w is NaN before anything is computed").doesNotContain("rate");
  }

  @Test
  void predictionReadsWhatItsInputsWantAndNamesTheRest() throws IOException {
    Path weights = folder.resolve("w.npz");
    Npz.write(weights, Map.of("w", new Tensor(new int[0], new float[] {2})));
    Npz.write(folder.resolve("in.npz"), Map.of("z", new Tensor(new int[] {3}, new float[3])));
    String[] predict = {"predict", "--weights", weights.toString(), "--in", folder.resolve("in.npz").toString(), "--out", folder.resolve("out.npz").toString()};
    assertThat(run("csv(\"d.csv\")", predict)).contains("in.npz: no array x for input x: float[N]; it has z");
    Npz.write(folder.resolve("in.npz"), Map.of("x", new Tensor(new int[] {2}, new float[] {3, 4}), "z", new Tensor(new int[] {3}, new float[3])));
    assertThat(run("csv(\"d.csv\")", predict)).startsWith("0: ");
    assertThat(Npz.read(folder.resolve("out.npz")).get("p").toDoubles()).containsExactly(6, 8);
  }
}
