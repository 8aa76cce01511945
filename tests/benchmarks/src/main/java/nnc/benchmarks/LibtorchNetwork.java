package nnc.benchmarks;

import static org.bytedeco.pytorch.global.torch.adaptive_avg_pool2d;
import static org.bytedeco.pytorch.global.torch.batch_norm;
import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.layer_norm;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.max_pool2d;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;
import static org.bytedeco.pytorch.global.torch.tanh;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;

/** The workloads' networks in PyTorch's operators, with the weights that nnc has. */
final class LibtorchNetwork {
  private final String workload;
  private final boolean training;
  private final Map<String, Tensor> weights = new HashMap<>();
  private final TensorVector learned = new TensorVector();
  private final Tensor positions = floats(Positions.array());
  private LSTMImpl lstm;

  LibtorchNetwork(String workload, boolean training, Map<String, Array> start) {
    this.workload = workload;
    this.training = training;
    start.forEach(this::add);
  }

  /** What the optimizer changes. */
  TensorVector learned() {
    return learned;
  }

  /** Matrices of dense layers are turned round: PyTorch holds them as [out, in]. */
  private void add(String path, Array value) {
    if (path.startsWith("cell.")) {
      lstm(path, value);
      return;
    }
    var tensor = floats(value);
    if (value.shape().length == 2 && !path.startsWith("embedding")) {
      tensor = tensor.t().contiguous();
    }
    if (path.endsWith(".mean") || path.endsWith(".variance")) {
      weights.put(path, tensor);
      return;
    }
    tensor.set_requires_grad(training);
    weights.put(path, tensor);
    learned.push_back(tensor);
  }

  /** PyTorch's LSTM has the gates in the same order (input, forget, cell, output) and two biases; the second is zero. */
  private void lstm(String path, Array value) {
    if (lstm == null) {
      var options = new LSTMOptions(12, 128);
      options.batch_first().put(true);
      lstm = new LSTMImpl(options);
      var parameters = lstm.parameters();
      for (long i = 0; i < parameters.size(); i++) {
        learned.push_back(parameters.get(i));
      }
      parameters.get(3).set_data(parameters.get(3).detach().zero_());
    }
    var place = switch (path) {
      case "cell.W" -> 0;
      case "cell.U" -> 1;
      default -> 2;
    };
    var tensor = floats(value);
    lstm.parameters().get(place).set_data(value.shape().length == 2 ? tensor.t().contiguous() : tensor);
  }

  private static Tensor floats(Array array) {
    return Tensor.create(array.values(), array.shape());
  }

  /** What goes into the loss: logits, or the score. */
  Tensor result(Tensor x) {
    return switch (workload) {
      case "A" -> dense(relu(dense(relu(dense(x, "first")), "second")), "last");
      case "B" -> dense(relu(dense(x, "first")), "last");
      case "C" -> lenet(x);
      case "D" -> resnet(x);
      case "E" -> dense(lstm.forward(x).get0(), "last");
      case "F" -> transformer(x);
      case "H" -> dense(tanh(dense(tanh(dense(x, "first")), "second")), "last");
      default -> throw new IllegalArgumentException("no workload " + workload);
    };
  }

  private Tensor dense(Tensor input, String path) {
    return linear(input, weights.get(path + ".W"), new TensorOptional(weights.get(path + ".b")));
  }

  private Tensor convolve(Tensor input, String path, long stride, long padding) {
    var bias = weights.get(path + ".b");
    return conv2d(input, weights.get(path + ".W"), bias == null ? new TensorOptional() : new TensorOptional(bias),
        new long[] {stride, stride}, new long[] {padding, padding}, new long[] {1, 1}, 1);
  }

  private Tensor lenet(Tensor x) {
    var h = max_pool2d(relu(convolve(x, "conv1", 1, 2)), 2, 2);
    h = max_pool2d(relu(convolve(h, "conv2", 1, 0)), 2, 2);
    return dense(relu(dense(relu(dense(h.flatten(1, -1), "first")), "second")), "last");
  }

  private Tensor normalised(Tensor input, String path) {
    return batch_norm(input, new TensorOptional(weights.get(path + ".gamma")), new TensorOptional(weights.get(path + ".beta")),
        new TensorOptional(weights.get(path + ".mean")), new TensorOptional(weights.get(path + ".variance")), training, 0.1, 1e-5, false);
  }

  private Tensor resnet(Tensor x) {
    var h = relu(normalised(convolve(x, "conv2d", 1, 1), "batch_norm"));
    for (int stage = 0; stage < 3; stage++) {
      for (int block = 0; block < 3; block++) {
        var path = "residual." + stage + "." + block + ".";
        var stride = stage > 0 && block == 0 ? 2 : 1;
        var z = relu(normalised(convolve(h, path + "conv2d", stride, 1), path + "batch_norm"));
        z = normalised(convolve(z, path + "conv2d_2", 1, 1), path + "batch_norm_2");
        var shortcut = stride == 1 ? h : normalised(convolve(h, path + "conv2d_3", stride, 0), path + "batch_norm_3");
        h = relu(z.add(shortcut));
      }
    }
    return dense(adaptive_avg_pool2d(h, 1, 1).flatten(1, -1), "last");
  }

  private Tensor norm(Tensor input, String path) {
    return layer_norm(input, new long[] {128}, new TensorOptional(weights.get(path + ".gamma")),
        new TensorOptional(weights.get(path + ".beta")), 1e-5, false);
  }

  private Tensor transformer(Tensor x) {
    var h = embedding(weights.get("embedding.W"), x).add(positions);
    for (int i = 0; i < 2; i++) {
      var path = "block." + i + ".";
      var attention = path + "self_attention.";
      var z = norm(h, path + "layer_norm");
      z = scaled_dot_product_attention(heads(z, attention, "q"), heads(z, attention, "k"), heads(z, attention, "v"));
      h = h.add(linear(z.transpose(1, 2).reshape(-1, 64, 128), weights.get(attention + "Wo"), new TensorOptional(weights.get(attention + "bo"))));
      h = h.add(dense(gelu(dense(norm(h, path + "layer_norm_2"), path + "dense")), path + "dense_2"));
    }
    return dense(norm(h, "layer_norm"), "dense");
  }

  private Tensor heads(Tensor z, String path, String which) {
    var projected = linear(z, weights.get(path + "W" + which), new TensorOptional(weights.get(path + "b" + which)));
    return projected.reshape(-1, 64, 4, 32).transpose(1, 2);
  }
}
