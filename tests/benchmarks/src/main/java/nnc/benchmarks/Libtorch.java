package nnc.benchmarks;

import static org.bytedeco.pytorch.global.torch.adaptive_avg_pool2d;
import static org.bytedeco.pytorch.global.torch.batch_norm;
import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.layer_norm;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.max_pool2d;
import static org.bytedeco.pytorch.global.torch.mse_loss;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;
import static org.bytedeco.pytorch.global.torch.set_num_threads;
import static org.bytedeco.pytorch.global.torch.tanh;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.LongArrayRef;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;

/** PyTorch's engine: the workloads' training steps by functional operators, with the weights that nnc starts from. */
final class Libtorch implements Trainee {
  private final String workload;
  private final Map<String, Tensor> weights = new HashMap<>();
  private final TensorVector learned = new TensorVector();
  private final Optimizer optimizer;
  private final Tensor x;
  private final Tensor y;
  private LSTMImpl lstm;

  Libtorch(String workload, int threads, Map<String, Array> start, Array x, Array y) {
    set_num_threads(threads);
    this.workload = workload;
    this.x = workload.equals("F") ? longs(x) : floats(x);
    this.y = workload.equals("H") ? floats(y) : longs(y);
    start.forEach(this::add);
    this.optimizer = switch (workload) {
      case "B" -> new SGD(learned, new SGDOptions(0.01));
      case "H" -> new SGD(learned, new SGDOptions(0.03));
      case "D" -> {
        var options = new SGDOptions(0.05);
        options.momentum().put(0.9);
        yield new SGD(learned, options);
      }
      default -> new Adam(learned, new AdamOptions(0.001));
    };
  }

  /** Matrices of dense layers are turned round: PyTorch holds them as [out, in]. */
  private void add(String path, Array value) {
    if (path.startsWith("cell.")) {
      lstm(path, value);
      return;
    }
    var tensor = floats(value);
    if (value.shape().length == 2 && !workload.equals("F") || value.shape().length == 2 && !path.startsWith("embedding")) {
      tensor = tensor.t().contiguous();
    }
    if (path.endsWith(".mean") || path.endsWith(".variance")) {
      weights.put(path, tensor);
      return;
    }
    tensor.set_requires_grad(true);
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

  private static Tensor longs(Array array) {
    var values = new long[array.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (long) array.values()[i];
    }
    return Tensor.create(values, array.shape());
  }

  @Override
  public double step(boolean wantLoss) {
    try (var _ = new PointerScope()) {
      optimizer.zero_grad();
      var loss = loss();
      loss.backward();
      optimizer.step();
      return wantLoss ? loss.item_float() : Double.NaN;
    }
  }

  private Tensor loss() {
    return switch (workload) {
      case "A" -> cross_entropy_loss(dense(relu(dense(relu(dense(x, "first")), "second")), "last"), y);
      case "B" -> cross_entropy_loss(dense(relu(dense(x, "first")), "last"), y);
      case "C" -> cross_entropy_loss(lenet(), y);
      case "D" -> cross_entropy_loss(resnet(), y);
      case "E" -> cross_entropy_loss(dense(lstm.forward(x).get0(), "last").reshape(-1, 12), y.reshape(-1));
      case "F" -> cross_entropy_loss(transformer().reshape(-1, 64), y.reshape(-1));
      case "H" -> mse_loss(dense(tanh(dense(tanh(dense(x, "first")), "second")), "last"), y);
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

  private Tensor lenet() {
    var h = max_pool2d(relu(convolve(x, "conv1", 1, 2)), 2, 2);
    h = max_pool2d(relu(convolve(h, "conv2", 1, 0)), 2, 2);
    return dense(relu(dense(relu(dense(h.flatten(1, -1), "first")), "second")), "last");
  }

  private Tensor normalised(Tensor input, String path) {
    return batch_norm(input, new TensorOptional(weights.get(path + ".gamma")), new TensorOptional(weights.get(path + ".beta")),
        new TensorOptional(weights.get(path + ".mean")), new TensorOptional(weights.get(path + ".variance")), true, 0.1, 1e-5, false);
  }

  private Tensor resnet() {
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
    return layer_norm(input, new LongArrayRef(new long[] {128}, 1), new TensorOptional(weights.get(path + ".gamma")),
        new TensorOptional(weights.get(path + ".beta")), 1e-5, false);
  }

  private Tensor transformer() {
    var h = embedding(weights.get("embedding.W"), x).add(positions());
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

  private static Tensor positions() {
    var values = new float[64 * 128];
    for (int t = 0; t < 64; t++) {
      for (int i = 0; i < 64; i++) {
        var angle = t / Math.pow(10000, 2 * i / 128.0);
        values[t * 128 + 2 * i] = (float) Math.sin(angle);
        values[t * 128 + 2 * i + 1] = (float) Math.cos(angle);
      }
    }
    return Tensor.create(values, 64, 128);
  }
}
