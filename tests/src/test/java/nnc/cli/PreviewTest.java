package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
import nnc.Said;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The drawing of pictures as training varies them; oracle: the numbers that were fed, whose flips are known. */
@ResourceLock(Resources.SYSTEM_OUT)
class PreviewTest {
  private static final String PROGRAM = """
      input  image: float[N, %d, 24, 32]
      target label: int[N]
      x = image / 255%s
      logits = x |> flatten |> dense(3)
      output probability = softmax(logits)
      loss cross_entropy(logits, label)
      data { train = npz("all.npz") }
      train { optimizer = sgd(0.1) }
      """;

  @TempDir
  Path folder;

  private Said preview(String program, String... options) throws IOException {
    Files.writeString(folder.resolve("p.nn"), program);
    var arguments = new ArrayList<>(List.of("preview", folder.resolve("p.nn").toString(), "-o", folder.resolve("grid.png").toString()));
    arguments.addAll(List.of(options));
    return Said.byCompiler(arguments.toArray(String[]::new));
  }

  private BufferedImage drawn() throws IOException {
    return ImageIO.read(folder.resolve("grid.png").toFile());
  }

  private double[] pictures(int examples, int channels) {
    var random = new Random(1);
    var x = new double[examples * channels * 24 * 32];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(256);
    }
    Npz.write(folder.resolve("all.npz"), Map.of("image", new Tensor(new int[] {examples, channels, 24, 32}, x), "label", new Tensor(new int[] {examples}, new int[examples])));
    return x;
  }

  /** The colour where a pixel of a picture is drawn, three to a side, two between pictures. */
  private static int at(BufferedImage grid, int column, int row, int i, int j) {
    return grid.getRGB(column * (32 * 3 + 2) + 3 * j + 1, row * (24 * 3 + 2) + 3 * i + 1) & 0xffffff;
  }

  private static int colour(double[] x, int channels, int row, int i, int j) {
    double least = DoubleStream.of(x).min().orElseThrow();
    double most = DoubleStream.of(x).max().orElseThrow();
    int rgb = 0;
    for (int channel = 0; channel < 3; channel++) {
      double value = x[((row * channels + (channels == 1 ? 0 : channel)) * 24 + i) * 32 + j];
      rgb = rgb << 8 | (int) Math.rint(255 * ((value / 255 - least / 255) / (most / 255 - least / 255)));
    }
    return rgb;
  }

  @Tag("slow")
  @Test
  void soAreColours() throws IOException {
    firstAsTheyAreThenAsTheyAreVaried(3);
  }

  @ParameterizedTest
  @ValueSource(ints = 1)
  void firstAsTheyAreThenAsTheyAreVaried(int channels) throws IOException {
    double[] x = pictures(5, channels);
    var said = preview(PROGRAM.formatted(channels, " |> flip"), "--rows", "3", "--columns", "7");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("x of 3 examples, as it is and varied 6 times; black is 0.0, white is 1.0");
    var grid = drawn();
    assertThat(grid.getWidth()).isEqualTo(7 * 98 - 2);
    assertThat(grid.getHeight()).isEqualTo(3 * 74 - 2);
    int turned = 0;
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 7; column++) {
        boolean isTurned = at(grid, column, row, 0, 0) == colour(x, channels, row, 0, 31) && at(grid, column, row, 1, 0) == colour(x, channels, row, 1, 31);
        turned += isTurned ? 1 : 0;
        assertThat(isTurned && column == 0).isFalse();
        for (int i = 0; i < 24; i++) {
          for (int j = 0; j < 32; j++) {
            assertThat(at(grid, column, row, i, j)).isEqualTo(colour(x, channels, row, i, isTurned ? 31 - j : j));
          }
        }
      }
    }
    assertThat(turned).isBetween(3, 15);
  }

  /** A name that has stood for several pictures is shown as it is before the first weights; NaN is red. */
  @Test
  void namesAndNumbersFromElsewhere() throws IOException {
    var x = new double[2 * 24 * 32];
    x[40] = Double.NaN;
    x[41] = 1;
    Npz.write(folder.resolve("in.npz"), Map.of("image", new Tensor(new int[] {2, 1, 24, 32}, x)));
    var program = PROGRAM.formatted(1, " |> brightness([2, 2])\ny = x + 1\nx = x |> conv2d(1, 3, padding = 1)").replaceAll("data.*\n", "");
    var said = preview(program, "--in", folder.resolve("in.npz").toString(), "--show", "x", "--columns", "2");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("x of 2 examples, as it is and varied 1 time; black is 0.0, white is " + 2 / 255.0);
    assertThat(at(drawn(), 0, 0, 1, 8)).isEqualTo(0xff0000);
    assertThat(at(drawn(), 0, 0, 1, 9)).isEqualTo(0x808080);
    assertThat(at(drawn(), 1, 0, 1, 9)).isEqualTo(0xffffff);
    assertThat(preview(program, "--in", folder.resolve("in.npz").toString()).out()).contains("y of 2 examples");
  }

  @Test
  void whatIsMissingIsTold() throws IOException {
    var program = PROGRAM.formatted(1, " |> flip");
    assertThat(preview(program, "--show", "xx")).matches(said -> said.code() == 1 && said.err().contains("the program has no value called xx"));
    assertThat(preview(program, "--show", "logits")).matches(said -> said.code() == 1 && said.err().contains("logits is no picture on its way to the first weights"));
    assertThat(preview(program.replace("x = image / 255 |> flip\nlogits = x", "logits = image / 255 |> flip")))
        .matches(said -> said.code() == 1 && said.err().contains("no name of the program stands for pictures"));
    assertThat(preview(program)).matches(said -> said.code() == 1 && said.err().contains("all.npz"));
    assertThat(preview(program.replaceAll("data.*\n", ""))).matches(said -> said.code() == 1 && said.err().contains("the program names no data to train on"));
    assertThat(preview(program, "--rows", "0")).matches(said -> said.code() == 2 && said.err().contains("--rows is from 1 to 10000, and this is 0"));
    pictures(2, 3);
    assertThat(preview(program)).matches(said -> said.code() == 1 && said.err().contains("the input image is float[N, 1, 24, 32], and what is given has 2304 numbers a row"));
  }

  @Test
  void whatTrainingLearnsOfTheDataIsReadFromItsWeights() throws IOException {
    pictures(2, 1);
    var program = PROGRAM.formatted(1, " |> flip").replace("image / 255", "image |> standardize");
    assertThat(preview(program)).matches(said -> said.code() == 1 && said.err().contains("what is shown depends on standardize."));
    assertThat(preview(program, "--show", "image").code()).as("the input is there before").isZero();
    Npz.write(folder.resolve("w.npz"), Map.of("standardize.mean", new Tensor(new int[] {1}, new float[] {127.5f}), "standardize.deviation", new Tensor(new int[] {1}, new float[] {255})));
    var said = preview(program, "--weights", folder.resolve("w.npz").toString());
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("black is -0.5, white is 0.5");
  }
}
