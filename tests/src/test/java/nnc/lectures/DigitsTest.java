package nnc.lectures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.endtoend.Programs;
import nnc.runtime.Model;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the lectures report of MNIST, trained on MNIST; it is read from where {@code NNC_DATA} says, or downloaded. */
@Tag("slow")
class DigitsTest {
  private static final Path SAMPLES = Path.of("..", "samples");

  @TempDir
  Path folder;

  private static CompiledProgram sample(String name, Map<String, String> defines) throws Exception {
    return Compiler.compile(SAMPLES.resolve(name + ".nn"), new CompilerOptions(defines, 32, List.of(), List.of(), _ -> { }));
  }

  private double accuracy(CompiledProgram compiled, String... options) {
    return trained(compiled, "accuracy", options);
  }

  /** A metric on the test data after training. */
  private double trained(CompiledProgram compiled, String metric, String... options) {
    var out = folder.resolve("w.npz").toString();
    var arguments = new java.util.ArrayList<>(List.of("train", "--out", out));
    arguments.addAll(List.of(options));
    var told = Net.command(compiled, folder, arguments.toArray(String[]::new));
    assertThat(told.code()).as(told.all()).isZero();
    var evaluated = Net.command(compiled, folder, "evaluate", "--weights", out).all();
    var match = Pattern.compile("\\b" + metric + " +([-0-9.e]+)").matcher(evaluated);
    assertThat(match.find()).as(evaluated).isTrue();
    return Double.parseDouble(match.group(1));
  }

  @Test
  void c1TheLinearClassifierWithSquaredErrors() throws Exception {
    assertThat(accuracy(sample("linear", Map.of()))).isBetween(0.845, 0.87);
  }

  @Test
  void c2SoftmaxRegression() throws Exception {
    assertThat(accuracy(sample("softmax", Map.of()))).isBetween(0.9, 0.92);
  }

  /** A fiftieth of the pictures, varied, teach more than as they are. */
  @Test
  void aFewPicturesVaried() throws Exception {
    double varied = accuracy(sample("augmented", Map.of()));
    assertThat(varied).isGreaterThanOrEqualTo(0.965);
    assertThat(accuracy(sample("augmented", Map.of("varied", "false")))).isLessThan(varied - 0.01);
  }

  @Test
  void c3OneHiddenLayerOfAHundred() {
    var compiled = Programs.compile("input image: float[N, 28, 28]\ntarget digit: int[N]\nlogits = flatten(image / 255) |> dense(100, relu) |> dense(10)\n"
        + "loss cross_entropy(logits, digit)\nmetric accuracy = mean(argmax(logits) == digit)\ndata { train = mnist(\"train\")  test = mnist(\"test\") }\n"
        + "train { optimizer = adam(0.001)  batch = 64  epochs = 8 }", 32);
    assertThat(accuracy(compiled)).isGreaterThanOrEqualTo(0.975);
  }

  @Test
  void c4StackedLinearClassifiersAreNoBetterThanOne() {
    var program = "input image: float[N, 28, 28]\ntarget digit: int[N]\nlogits = flatten(image / 255) LAYERS |> dense(10)\nloss cross_entropy(logits, digit)\n"
        + "metric accuracy = mean(argmax(logits) == digit)\ndata { train = mnist(\"train\")  test = mnist(\"test\") }\ntrain { optimizer = adam(0.0005)  batch = 64  epochs = 3 }";
    double one = accuracy(Programs.compile(program.replace("LAYERS", ""), 32));
    double three = accuracy(Programs.compile(program.replace("LAYERS", "|> dense(100) |> dense(50)"), 32));
    assertThat(three).isBetween(one - 0.02, one + 0.02);
  }

  @Test
  void f9PermutedDigitsAreAsEasyForADenseNetwork() throws Exception {
    double permuted = accuracy(sample("permuted", Map.of()));
    double straight = accuracy(sample("permuted", Map.of("permuted", "false")));
    assertThat(permuted).isCloseTo(straight, Offset.offset(0.006)).isGreaterThan(0.96);
  }

  @Test
  void a13ADenoisingAutoencoderRestoresDigits() throws Exception {
    assertThat(trained(sample("denoising", Map.of()), "error")).isLessThan(0.012);
  }

  /**
   * A dense network reads each pixel in its place: moved by a few, the digits are other vectors to it; convolutions suffer less. Both learn
   * from the ten thousand digits of the test part, and are asked about those of the other.
   */
  @Test
  void f10NetworksAreNotInvariantToShifts() {
    var program = "input image: float[N, 1, 28, 28]\ntarget digit: int[N]\nlogits = image / 255 LAYERS |> dense(10)\noutput guess = argmax(logits)\n"
        + "loss cross_entropy(logits, digit)\nmetric accuracy = mean(argmax(logits) == digit)\ndata { train = mnist(\"test\") }\n"
        + "train { optimizer = adam(0.002)  batch = 64  epochs = 2 }";
    var dense = Programs.compile(program.replace("LAYERS", "|> flatten |> dense(100, relu)"), 32);
    var convolved = Programs.compile(program.replace("LAYERS", "|> conv2d(8, kernel = 5, stride = 2, padding = 2, activation = relu) "
        + "|> conv2d(16, kernel = 3, padding = 1, activation = relu) |> max_pool2d(2) |> conv2d(32, kernel = 3, padding = 1, activation = relu) |> global_max_pool"), 32);
    accuracy(dense);
    var denseModel = Compiler.load(dense).withWeights(folder.resolve("w.npz"));
    accuracy(convolved);
    var convolvedModel = Compiler.load(convolved).withWeights(folder.resolve("w.npz"));
    double denseLoss = right(denseModel, 0) - right(denseModel, 4);
    double convolvedLoss = right(convolvedModel, 0) - right(convolvedModel, 4);
    assertThat(denseLoss).isGreaterThan(0.25);
    assertThat(convolvedLoss).isLessThan(denseLoss / 2);
  }

  /** The share of the first thousand digits of the training part recognised when they are moved to the right. */
  private static double right(Model model, int shift) {
    int count = 1000;
    var pixels = bytes("train-images-idx3-ubyte.gz", 16, count * 784);
    var labels = bytes("train-labels-idx1-ubyte.gz", 8, count);
    var moved = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      if (i % 28 >= shift) {
        moved[i] = pixels[i - shift];
      }
    }
    var context = model.context("predict", count);
    context.batch(count);
    context.input("image").set(moved);
    context.run();
    double right = 0;
    for (int i = 0; i < count; i++) {
      right += context.output("guess").get(i) == labels[i] ? 1.0 / count : 0;
    }
    return right;
  }

  private static byte[] bytes(String name, int skip, int count) {
    var data = System.getenv("NNC_DATA");
    var folders = List.of(data == null ? "none" : data, data + "/mnist", System.getProperty("user.home") + "/.cache/nnc", System.getProperty("user.home") + "/.cache/nnc/mnist");
    var file = folders.stream().map(folder -> Path.of(folder, name)).filter(Files::exists).findFirst().orElseThrow();
    try (var in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      in.skipNBytes(skip);
      return in.readNBytes(count);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
