package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.endtoend.Programs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pieces of the library inside a small network: all its gradients against finite differences, in double. */
class LibraryGradientTest {

  /** Expressions of h: float[N, 6], computed from parameters; each is summed to a loss. */
  static Stream<String> onRows() {
    return Stream.of("identity(h)", "relu(h)", "relu6(h)", "leaky_relu(h, 0.1)", "elu(h)", "selu(h)", "celu(h, 0.7)", "silu(h)", "softplus(h)", "mish(h)",
        "hard_sigmoid(h)", "hard_tanh(h)", "softsign(h)", "gelu(h)", "gelu(h, approximate = true)", "prelu()(h)", "maxout(3, 2)(h)", "layer_norm()(h)",
        "weight_norm_dense(3)(h)", "cosine_dense(3)(h)", "dropout(h, 0.4)", "gaussian_noise(h, 0.2)", "gaussian_dropout(h, 0.3)", "batch_norm()(h)",
        "rnn_cell(4)(h, zeros(N, 4))", "gru_cell(4)(h, ones(N, 4))", "norm(h)", "softmax(h)", "log_softmax(h)",
        "mse(h, 0.3)", "mae(h, 5)", "huber(h, 0.1)", "half_squared_error(h, 0.2)", "log_cosh(h, 0.3)",
        "cross_entropy(h, softmax(reverse(h)))", "binary_cross_entropy(h, 0.3)", "focal(h, 1)", "kl_divergence(softmax(h), softmax(2 * h))", "hinge(h, 1)",
        "squared_hinge(h, -1)", "cosine_proximity(h, reverse(h))", "triplet(h, 2 * h + 1, reverse(h))", "poisson(h, 2)", "sort(h)", "top_k(h, 2)");
  }

  /** Expressions of p: float[N, 4, 6, 6]. */
  static Stream<String> onPictures() {
    return Stream.of("conv2d(4, kernel = 3, padding = 1)(p)", "conv2d(4, kernel = [3, 2], stride = 2, groups = 2)(p)", "conv2d(2, kernel = 2, dilation = 2)(p)",
        "conv2d(2, kernel = 3, padding = \"same\", bias = false)(p)", "conv_transpose2d(3, kernel = 3, stride = 2, padding = 1, output_padding = 1)(p)",
        "conv_transpose2d(3, kernel = 2, dilation = 2, output_padding = 1)(p)",
        "conv1d(3, kernel = 3, stride = 2)(reshape(p, [N, 4, 36]))", "max_pool2d(p, 2)", "max_pool2d(p, 3, stride = 2, padding = 1)", "avg_pool2d(p, 2)",
        "avg_pool2d(p, 3, stride = 2, padding = 1, count_padding = false)", "global_avg_pool(p)", "global_max_pool(p)", "adaptive_avg_pool2d(p, 4)",
        "upsample2d(p, 2)", "batch_norm()(p)", "group_norm(2)(p)", "instance_norm()(p)", "channel_dropout(p, 0.3)",
        "lstm(3)(reshape(p, [N, 12, 12]))", "gru(2, bidirectional = true)(reshape(p, [N, 12, 12]))", "self_attention(2, causal = true)(reshape(p, [N, 12, 12]))",
        "rnn(3, sequences = false)(reshape(p, [N, 12, 12]))");
  }

  private static void check(String program) {
    var said = Said.byNetwork(Compiler.load(Programs.compile(program, 64)), Path.of(""), "check", "--batch", "3", "--elements", "6");
    assertThat(said.code()).as(program + "\n" + said.all()).isZero();
  }

  @ParameterizedTest
  @MethodSource("onRows")
  void rows(String expression) {
    check("input x: float[N, 5]\nh = dense(6)(x)\nloss mean(sin(1.3 * (" + expression + ")))");
  }

  @ParameterizedTest
  @MethodSource("onPictures")
  void pictures(String expression) {
    check("input x: float[N, 5]\np = reshape(dense(144)(x), [N, 4, 6, 6])\nloss mean(sin(1.3 * (" + expression + ")))");
  }
}
