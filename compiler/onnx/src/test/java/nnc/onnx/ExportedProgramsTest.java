package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.onnx.export.ExportedModel;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs of each op and of each group that has an operator of its own, and programs made of them at random: ONNX Runtime and the importer compute of the model
 * what the interpreter computes of the program.
 */
class ExportedProgramsTest {
  @TempDir
  Path folder;

  private static final String IMAGE = "input x: float[N, 4, 6, 7]\noutput y = x ", ROWS = "input x: float[N, T, 6]\noutput y = x ", VECTOR = "input x: float[N, 6]\noutput y = ";

  private static ExportCase of(String program, long seed) throws Exception {
    return new ExportCase(() -> new Compilation("program.nn", program, CompilerOptions.standard()), seed, 3, 5);
  }

  private ExportedModel check(String program, long seed) throws Exception {
    var one = of(program, seed);
    var wanted = one.interpreted();
    assertThat(wanted.values()).allSatisfy(values -> assertThat(values).isNotEmpty());
    var single = one.write(folder.resolve("single.onnx"), 32);
    assertThat(ExportCase.distance(wanted, one.run(single))).as("ONNX Runtime, of %s", program).isLessThan(1e-5);
    assertThat(ExportCase.distance(wanted, one.imported(single))).as("imported again, of %s", program).isLessThan(1e-5);
    var exact = one.write(folder.resolve("double.onnx"), 64);
    assertThat(ExportCase.distance(wanted, one.imported(exact))).as("imported again in double, of %s", program).isLessThan(1e-12);
    return one.exported(32);
  }

  private void becomes(String program, String... operators) throws Exception {
    assertThat(check(program, 7).operators().keySet()).as(program).containsExactlyInAnyOrder(operators);
  }

  @Test
  void layersAreOneOperatorEach() throws Exception {
    becomes(IMAGE + "|> conv2d(8, 3, padding = 1, activation = relu)", "Conv", "Relu");
    becomes(IMAGE + "|> conv2d(8, [3, 2], stride = 2, dilation = [2, 1], groups = 4)", "Conv");
    becomes(IMAGE + "|> conv_transpose2d(3, 3, stride = 2, padding = 1, output_padding = 1)", "ConvTranspose");
    becomes(IMAGE + "|> conv_transpose2d(3, 2, stride = 2, dilation = 4, output_padding = 3)", "ConvTranspose", "Pad", "Add", "Unsqueeze");
    becomes(IMAGE + "|> batch_norm()", "BatchNormalization");
    becomes(VECTOR + "x |> batch_norm(scale = false)", "BatchNormalization");
    becomes(IMAGE + "|> max_pool2d(3, stride = 2, padding = 1)", "MaxPool");
    becomes(IMAGE + "|> avg_pool2d(3, stride = 2, padding = 1)", "AveragePool");
    becomes(IMAGE + "|> avg_pool2d([2, 3], stride = 1, padding = [1, 1], count_padding = false)", "AveragePool");
    becomes(IMAGE + "|> global_avg_pool", "ReduceMean");
    becomes(IMAGE + "|> flatten |> dense(5)", "Reshape", "Gemm");
    becomes(ROWS + "|> dense(5, tanh)", "MatMul", "Add", "Tanh");
    becomes(ROWS + "|> layer_norm()", "LayerNormalization");
    becomes(IMAGE + "|> group_norm(2)", "Reshape", "LayerNormalization", "Mul", "Add", "Unsqueeze");
    becomes(IMAGE + "|> instance_norm()", "LayerNormalization", "Mul", "Add", "Unsqueeze");
    becomes("input id: int[N, T]\noutput y = id |> embedding(9, 4)", "Gather");
    becomes(IMAGE + "|> prelu()", "PRelu", "Unsqueeze");
  }

  @Test
  void activationsAreOneOperatorEach() throws Exception {
    becomes(VECTOR + "relu(x)", "Relu");
    becomes(VECTOR + "relu6(4 * x)", "Mul", "Clip");
    becomes(VECTOR + "hard_tanh(x)", "Clip");
    becomes(VECTOR + "leaky_relu(x)", "LeakyRelu");
    becomes(VECTOR + "elu(x)", "Elu");
    becomes(VECTOR + "elu(x, 0.3)", "Elu");
    becomes(VECTOR + "selu(x)", "Elu", "Mul");
    becomes(VECTOR + "softplus(x)", "Softplus");
    becomes(VECTOR + "softsign(x)", "Softsign");
    becomes(VECTOR + "hard_sigmoid(4 * x)", "Mul", "HardSigmoid");
    becomes(VECTOR + "sigmoid(x)", "Sigmoid");
    becomes(VECTOR + "gelu(x)", "Div", "Erf", "Add", "Mul");
    becomes(VECTOR + "softmax(x)", "Softmax");
    becomes(ROWS + "|> softmax(axis = 1)", "Softmax");
    becomes(VECTOR + "log_softmax(x)", "LogSoftmax");
    becomes(VECTOR + "mean(x, axis = 1)", "ReduceMean");
  }

  /** What only looks like a group is said op by op. */
  @Test
  void othersAreSaidAsTheyAre() throws Exception {
    becomes(VECTOR + "where(x <= 1, 0, x)", "LessOrEqual", "Where");
    becomes(VECTOR + "where(x > 0, x, 0.1 * x + 1)", "Less", "Mul", "Add", "Where");
    becomes(VECTOR + "exp(x - max(x, axis = 1, keep = true)) / sum(exp(x), axis = 1, keep = true)", "ReduceMax", "Unsqueeze", "Sub", "Exp", "ReduceSum", "Div");
    becomes(VECTOR + "sum(x, axis = 1) / 5", "ReduceSum", "Div");
  }

  static Stream<String> ops() {
    return Stream.of(
        VECTOR + "expm1(x / 1000)", VECTOR + "log1p(x / 1000)", VECTOR + "log1p(abs(x) * 1e10) + expm1(-abs(x) * 100)", VECTOR + "sign(x) * floor(x * 3) + ceil(x) + round(x * 5)",
        VECTOR + "sin(x) + cos(x) * exp(x) - log(abs(x)) + sqrt(abs(x)) + erf(x)", VECTOR + "abs(x)^1.7 + minimum(x, 0.2) - maximum(x, -0.1)",
        VECTOR + "cast(x > 0.1 and not (x < 0.5) or x == 0, \"float\")", VECTOR + "x != 0", VECTOR + "cast(x * 7, \"int\") + 3",
        VECTOR + "celu(x, 0.7)", VECTOR + "silu(x) + mish(x)", VECTOR + "atan(x) + asinh(x)",
        ROWS + "|> transpose([2, 0, 1])", ROWS + "|> reverse(axis = 1)", "input x: float[N, 9]\noutput y = x[:, 1:8:2]\noutput z = x[:, ::-2]\noutput w = x[1:, 3]",
        "input x: float[N, T, 6]\noutput y = reshape(x, [N * T, 6])\noutput z = reshape(x, [N, T * 6])\noutput w = reshape(x, [T, N, 2, 3])",
        "input x: float[N, T, 6]\noutput n = sum(x, axis = [0, 1]) / (N * T + 2)", ROWS + "|> pad([0, 1, 2], [1, 0, 0], value = 0.5)",
        "input x: float[N, 4]\ninput z: float[N, 3]\noutput y = concat([x, z, x], axis = 1)\noutput w = stack([x, 2 * x], axis = 1)",
        ROWS + "|> max(axis = [0, 2])", ROWS + "|> prod(axis = 2)", ROWS + "|> min(axis = 1)", VECTOR + "argmax(x, axis = 1)", VECTOR + "argmin(x, axis = 0)",
        VECTOR + "cumsum(x, axis = 1)", VECTOR + "sort(x, axis = 1)", VECTOR + "sort_index(x, axis = 1, descending = true)",
        "input b: bool[N, 5]\ninput c: bool[N, 5]\noutput y = where(b, c, not c)\noutput n = sum(b, axis = 1)\noutput m = max(b, axis = 1)",
        "input i: int[N, 5]\noutput y = one_hot(i, 6)\noutput m = argmax(i, axis = 1)\noutput s = sort(i, axis = 1)\noutput a = abs(-i) + sign(i) * max(i, axis = 1, keep = true)",
        "input i: int[N, 5]\noutput y = i * 1431655765 + 2147483647\noutput s = sum(i * 1000000007, axis = 1)\noutput c = cumsum(i * 1000000007, axis = 1)\noutput n = -(i * 1431655765)",
        "input i: int[N, 5]\noutput q = floor_div(i - 2, i - 3)\noutput r = mod(i * 7 - 9, i - 3)\noutput w = mod(2147483647 - i, 10)",
        "input i: int[N, 5]\ninput k: int[5]\na = i * 1431655765 - 7\nb = k * 1000000007 - 900000000\noutput u = bit_and(a, b)\noutput v = bit_or(a, b)\noutput w = bit_xor(a, b)\noutput n = bit_not(a)",
        "input i: int[N, 5]\ninput k: int[N, 1]\na = i * 1431655765 - 7\noutput l = shift_left(a, k * 11 - 2)\noutput r = shift_right(a, i * 9 - 1)\noutput s = shift_right(a, k)",
        "input x: float[N, 5]\noutput a = cast(x * 1e10, \"int\")\noutput b = cast(-3.7 * x, \"int\")\noutput c = cast(sqrt(x - 0.5), \"int\")",
        "input x: float[N, 6]\ninput i: int[N, 3]\noutput y = gather(x, i, axis = 1)\noutput z = scatter_add(x, i, x[:, 0:3], axis = 1)",
        "input x: float[N, T, 4]\ninput w: float[N, 4, T]\noutput y = x @ w\noutput z = einsum(\"ntk,nku->ut\", x, w)", "input x: float[N, T, 4]\nparam w: float[4, 5] = glorot_uniform\noutput y = sum(x, axis = 1) @ w",
        "input x: float[N, 3, 8]\noutput y = max(windows(x, 3, stride = 2), axis = 2)\noutput w = windows(x, [2], dilation = [3])\noutput l = sum(windows(x, 3)^2, axis = -1)",
        "input x: float[N, 2, 5, 6]\noutput w = windows(x, [2, 3], stride = [1, 2])\noutput s = sum(windows(x, [2, 2]), axis = [-2, -1])",
        "input x: float[N, 6]\noutput y = range(6) * x + expand(range(N), 1)\noutput d = sum((expand(x, 0) - expand(x, 1))^2, axis = -1)",
        "input x: float[N, 3, 9]\nc = conv1d(4, 3, stride = 2, padding = 1)\noutput g = grad(sum(c(x)^2), x)\noutput w = grad(sum(c(x)^2), c.W)",
        "input x: float[N, 4, 7, 8]\nc = conv2d(6, [2, 3], stride = 2, dilation = [1, 2], padding = 1, groups = 2)\noutput g = grad(sum(c(x)^2), x)\noutput w = grad(sum(c(x)^2), c.W)",
        "input x: float[N, 2, 6, 6]\noutput g = grad(sum(avg_pool2d(x, 3, stride = 2, padding = 1)^2), x)", "input x: float[N, T, 6]\noutput y = x |> lstm(4, sequences = false)\n".replace("T, ", "3, "),
        "input x: float[N, 3, 6]\nmask = sum(x, axis = 2) > 0\noutput y = gru(4, bidirectional = true)(x, mask)", "input x: float[N, T, 6]\noutput y = x |> self_attention(2, causal = true)\n".replace("T, ", "4, "),
        "input n: float[N]\noutput z = 2 * normal(0, 1, [N, 3]) + bernoulli(0.3, [N, 3])", "input x: float[N, T]\noutput y = x * T + N * T\n",
        "input x: float[N, 3]\ninput z: float[N, T]\noutput y = x * T + sum(range(T))");
  }

  @ParameterizedTest
  @MethodSource("ops")
  void eachOpIsSaid(String program) throws Exception {
    check(program, 11);
  }

  /** The importer knows no windows over open axes. */
  @ParameterizedTest
  @ValueSource(strings = {"input x: float[N, T, 5]\noutput w = windows(transpose(x, [0, 2, 1]), 2)", "input x: float[N, 2, T, 4]\noutput g = grad(sum(max_pool2d(x, [1, 2])^2), x)",
      "input x: float[N, 3, T]\nparam w: float[4, 3, 2] = glorot_uniform\ny = conv(x, w, stride = [1], padding = [[1, 0]], dilation = [1], groups = 1)\noutput y\noutput g = grad(sum(y^2), w)\noutput h = grad(sum(y^2), x)"})
  void openAxesAreSaid(String program) throws Exception {
    var one = of(program, 5);
    assertThat(ExportCase.distance(one.interpreted(), one.run(one.write(folder.resolve("model.onnx"), 32)))).isLessThan(1e-5);
  }

  /** Steps that keep {@code [N, C, 8]} one. */
  private static final List<String> STEPS = List.of("relu(h)", "h |> dense(8, gelu)", "h + reverse(h, axis = 1)", "h |> layer_norm()", "softmax(h)", "transpose(reshape(h, [N, 2, 4, C]), [0, 3, 2, 1]) |> joined",
      "h |> conv1d(C, 3, padding = 1)", "max_pool1d(h, 3, stride = 1, padding = 1)", "avg_pool1d(h, 3, stride = 1, padding = 1, count_padding = false)", "where(h > mean(h, axis = 1, keep = true), h, -h)",
      "h |> batch_norm()", "h / (1 + max(abs(h), axis = [1, 2], keep = true))", "cumsum(h, axis = 2) / 4", "concat([h[:, 1:], h[:, :1]], axis = 1)", "sort(h, axis = 1)", "take(h, argmax(h[0], axis = 1), axis = 2)[:, :, :1] + h",
      "h @ transpose(h, [0, 2, 1]) @ h / 8", "expand(sum(h, axis = 0), 0) / N + h", "tanh(h) * sigmoid(h) + expm1(-abs(h))", "pad(h, [0, 0, 1], [0, 0, 0])[:, :, :8]", "h * (range(8) / 7)", "leaky_relu(h, 0.2)");

  private static String random(Random random) {
    var lines = new ArrayList<>(List.of("const C = " + (2 + random.nextInt(4)), "input x: float[N, C, 8]", "fn joined(v) = reshape(v, [shape(v)[0], shape(v)[1], 8])", "h = x"));
    for (int i = 2 + random.nextInt(5); i > 0; i--) {
      lines.add("h = " + STEPS.get(random.nextInt(STEPS.size())));
    }
    lines.add("output y = h");
    return String.join("\n", lines) + "\n";
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void randomProgramsAreSaid(long seed) throws Exception {
    check(random(new Random(seed)), seed);
  }

  @Tag("slow")
  @Test
  void moreRandomProgramsAreSaid() throws Exception {
    for (long seed = 100; seed < 400; seed++) {
      check(random(new Random(seed)), seed);
    }
  }

  /** Programs with gradients and second derivatives; what is infinite or no number in 32 bits is not compared. */
  @Tag("slow")
  @Test
  void programsOfAnotherLibrarysCasesAreSaid() throws Exception {
    var data = System.getenv("NNC_DATA");
    var root = data == null ? null : Path.of(data, "pytorch");
    Assumptions.assumeTrue(root != null && Files.isDirectory(root), "NNC_DATA names no folder with pytorch in it");
    var faults = new ArrayList<String>();
    for (var one : cases(root)) {
      var example = new ExportCase(() -> new Compilation(one.resolve("program.nn"), CompilerOptions.standard()), 1, 2, 3);
      var given = new LinkedHashMap<String, Tensor>(Npz.read(one.resolve("inputs.npz")));
      if (Files.exists(one.resolve("weights.npz"))) {
        given.putAll(Npz.read(one.resolve("weights.npz")));
      }
      example.take(given);
      double distance = ExportCase.distance(example.interpreted(), example.run(example.write(folder.resolve("model.onnx"), 32)));
      if (!(distance < 1e-3)) {
        faults.add(one.getFileName() + ": " + distance);
      }
    }
    assertThat(faults).isEmpty();
  }

  private static List<Path> cases(Path root) throws IOException {
    try (var all = Files.list(root)) {
      return all.filter(one -> Files.exists(one.resolve("inputs.npz")) && !one.getFileName().toString().matches("(extreme|nan)_.*|loss_kl.*")).sorted().toList();
    }
  }
}
