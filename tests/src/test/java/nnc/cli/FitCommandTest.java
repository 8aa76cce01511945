package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nnc.Said;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code nnc fit}: the same bits each time, nothing done twice, and no result that is not good enough. */
@ResourceLock(Resources.SYSTEM_OUT)
class FitCommandTest {
  private static final String PROGRAM = """
      input  size: float[N]
      target is_large: float[N]
      logit = expand(size |> standardize, 1) |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, is_large)
      metric accuracy = mean((logit > 0) == (is_large > 0.5))
      data  { train = csv("sizes.csv") }
      train { optimizer = adam(0.1)  batch = 4  epochs = 30 }
      """;

  @TempDir
  Path folder;

  private Path program;

  private void write(String rows) throws IOException {
    program = Files.writeString(folder.resolve("large.nn"), PROGRAM);
    Files.writeString(folder.resolve("sizes.csv"), "size,is_large\n" + rows);
  }

  private Said fit(String... more) {
    var all = new ArrayList<>(List.of("fit", program.toString(), "-o", folder.resolve("w.npz").toString(), "--threads", "1"));
    all.addAll(List.of(more));
    return Said.byCompiler(all.toArray(String[]::new));
  }

  @Test
  void nothingIsDoneTwice() throws Exception {
    write("1,0\n2,0\n3,0\n4,0\n6,1\n7,1\n8,1\n9,1\n");
    var cache = List.of("--cache", folder.resolve("cache").toString(), "--stamp", folder.resolve("stamp").toString(), "--seed", "3");
    var options = cache.toArray(String[]::new);
    assertThat(fit(options).out()).contains("large.nn: trained\n", "train accuracy 1.0");
    var weights = Files.readAllBytes(folder.resolve("w.npz"));
    assertThat(fit(options).out()).contains("nothing has changed");
    Files.delete(folder.resolve("w.npz"));
    assertThat(fit(options).out()).contains("taken from the cache", "train accuracy 1.0");
    assertThat(folder.resolve("w.npz")).hasBinaryContent(weights);
    try (var kept = Files.list(folder.resolve("cache"))) {
      Files.writeString(kept.findFirst().orElseThrow(), "damaged");
    }
    Files.delete(folder.resolve("stamp"));
    assertThat(fit(options).out()).as("a damaged file is no result").contains(": trained\n");
    assertThat(folder.resolve("w.npz")).as("the same bits").hasBinaryContent(weights);
    assertThat(fit("--cache", folder.resolve("cache").toString(), "--seed", "4").out()).as("another seed").contains(": trained\n");

    // data count as the program does
    write("1,1\n2,0\n3,0\n4,0\n6,1\n7,1\n8,1\n9,1\n");
    assertThat(fit(options).out()).contains(": trained\n");
  }

  @Test
  void whatIsNotGoodEnoughIsNotSaved() throws Exception {
    write("1,0\n2,0\n3,0\n4,0\n6,1\n7,1\n8,1\n9,0\n");
    var said = fit("--at-least", "accuracy=0.99", "--at-most", "loss=0.0001");
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("not good enough on the data for train: accuracy is 0.75, less than 0.99; loss is ");
    assertThat(folder.resolve("w.npz")).doesNotExist();
    assertThat(fit("--at-least", "accuracy=0.7", "--at-most", "loss=2").code()).isZero();
    assertThat(folder.resolve("w.npz")).exists();
    assertThat(fit("--at-least", "acuracy=0.8").err()).contains("there is no figure acuracy", "accuracy");
    assertThat(fit("--at-least", "accuracy=high").code()).isEqualTo(2);
    assertThat(fit("--at-least", "accuracy=NaN").code()).isEqualTo(2);
    assertThat(fit("--on", "test").err()).contains("no data to test");
  }
}
