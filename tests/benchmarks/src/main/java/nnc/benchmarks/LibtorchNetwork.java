package nnc.benchmarks;

import static org.bytedeco.pytorch.global.torch.adaptive_avg_pool2d;
import static org.bytedeco.pytorch.global.torch.batch_norm;
import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.conv_transpose2d;
import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.hardsigmoid;
import static org.bytedeco.pytorch.global.torch.hardswish;
import static org.bytedeco.pytorch.global.torch.layer_norm;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.max_pool2d;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;
import static org.bytedeco.pytorch.global.torch.tanh;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GRUImpl;
import org.bytedeco.pytorch.GRUOptions;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.PackedSequence;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The workloads' networks in PyTorch's operators, with the weights that nnc has. */
final class LibtorchNetwork {
  private final String workload;
  private final boolean training;
  private final Map<String, Tensor> weights = new HashMap<>();
  private final TensorVector learned = new TensorVector();
  private final Tensor positions = floats(Positions.array(64, 128));
  private LSTMImpl lstm;
  private GRUImpl gru;

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
      recurrent(path, value);
      return;
    }
    var tensor = floats(value);
    if (value.shape().length == 2 && !path.startsWith("emb")) {
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

  /**
   * PyTorch has the gates in the same order, an LSTM's (input, forget, cell, output) and a GRU's (reset, update, state). Of its two biases an LSTM's
   * second is zero.
   */
  private void recurrent(String path, Array value) {
    if (cell() == null) {
      // the first is W, [in, gates * hidden]
      long in = value.shape()[0], wide = value.shape()[1];
      if (workload.equals("GRU") || workload.equals("STEP")) {
        var options = new GRUOptions(in, wide / 3);
        options.batch_first().put(true);
        gru = new GRUImpl(options);
      } else {
        var options = new LSTMOptions(in, wide / 4);
        options.batch_first().put(true);
        lstm = new LSTMImpl(options);
        cell().get(3).set_data(cell().get(3).detach().zero_());
      }
      for (long i = 0; i < cell().size(); i++) {
        learned.push_back(cell().get(i));
      }
    }
    var place = List.of("W", "U", "b", "d").indexOf(path.substring(path.lastIndexOf('.') + 1));
    var tensor = floats(value);
    cell().get(place).set_data(value.shape().length == 2 ? tensor.t().contiguous() : tensor);
  }

  /** The recurrent cell's parameters, null before there is one. */
  private TensorVector cell() {
    return gru != null ? gru.parameters() : lstm != null ? lstm.parameters() : null;
  }

  private static Tensor floats(Array array) {
    return Tensor.create(array.values(), array.shape());
  }

  /** What goes into the loss: logits, or the score. */
  Tensor result(Tensor... inputs) {
    var x = inputs[0];
    return switch (workload) {
      case "A" -> dense(relu(dense(relu(dense(x, "first")), "second")), "last");
      case "B" -> dense(relu(dense(x, "first")), "last");
      case "C" -> lenet(x);
      case "D" -> resnet(x);
      case "E", MixedLengths.NETWORK -> dense(lstm.forward(x).get0(), "last");
      case "F" -> transformer(x);
      case "TEXT" -> new LibtorchText(this).scores(x);
      case "M" -> encoder(x);
      case "R18" -> deepResnet(x, false, 2, 2, 2, 2);
      case "R50" -> deepResnet(x, true, 3, 4, 6, 3);
      case "MB" -> mobilenet(x);
      case "UN" -> unet(x);
      case "GRU", "STEP" -> dense(gru.forward(x).get0(), "last");
      case "TAB" -> table(inputs);
      case "H" -> dense(tanh(dense(tanh(dense(x, "first")), "second")), "last");
      default -> throw new IllegalArgumentException("no workload " + workload);
    };
  }

  /** The same of rows that differ in length: a row of it for each of their steps, in the order in which they are packed. */
  Tensor result(PackedSequence rows) {
    return dense(lstm.forward_with_packed_input(rows).get0().data(), "last");
  }

  Tensor weight(String path) {
    return weights.get(path);
  }

  Tensor dense(Tensor input, String path) {
    return linear(input, weights.get(path + ".W"), new TensorOptional(weights.get(path + ".b")));
  }

  private Tensor convolve(Tensor input, String path, long stride, long padding) {
    return convolve(input, path, stride, padding, 1);
  }

  private Tensor convolve(Tensor input, String path, long stride, long padding, long groups) {
    var bias = weights.get(path + ".b");
    return conv2d(input, weights.get(path + ".W"), bias == null ? new TensorOptional() : new TensorOptional(bias),
        new long[] {stride, stride}, new long[] {padding, padding}, new long[] {1, 1}, groups);
  }

  private Tensor lenet(Tensor x) {
    var h = max_pool2d(relu(convolve(x, "conv1", 1, 2)), 2, 2);
    h = max_pool2d(relu(convolve(h, "conv2", 1, 0)), 2, 2);
    return dense(relu(dense(relu(dense(h.flatten(1, -1), "first")), "second")), "last");
  }

  private Tensor normalised(Tensor input, String path) {
    return normalised(input, path, 1e-5);
  }

  private Tensor normalised(Tensor input, String path, double epsilon) {
    return batch_norm(input, new TensorOptional(weights.get(path + ".gamma")), new TensorOptional(weights.get(path + ".beta")),
        new TensorOptional(weights.get(path + ".mean")), new TensorOptional(weights.get(path + ".variance")), training, 0.1, epsilon, false);
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

  /** ResNet for pictures of 224 by 224; with bottlenecks from 50 layers on. */
  private Tensor deepResnet(Tensor x, boolean bottleneck, int... blocks) {
    var h = relu(normalised(convolve(x, "conv2d", 2, 3), "batch_norm"));
    h = max_pool2d(h, new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
    for (int stage = 0; stage < blocks.length; stage++) {
      for (int block = 0; block < blocks[stage]; block++) {
        var path = "block." + stage + "." + block + ".";
        var stride = stage > 0 && block == 0 ? 2 : 1;
        var z = relu(normalised(convolve(h, path + "conv2d", bottleneck ? 1 : stride, bottleneck ? 0 : 1), path + "batch_norm"));
        z = normalised(convolve(z, path + "conv2d_2", bottleneck ? stride : 1, 1), path + "batch_norm_2");
        z = bottleneck ? normalised(convolve(relu(z), path + "conv2d_3", 1, 0), path + "batch_norm_3") : z;
        var around = bottleneck ? "_4" : "_3";
        var shortcut = weights.containsKey(path + "conv2d" + around + ".W")
            ? normalised(convolve(h, path + "conv2d" + around, stride, 0), path + "batch_norm" + around) : h;
        h = relu(z.add(shortcut));
      }
    }
    return dense(adaptive_avg_pool2d(h, 1, 1).flatten(1, -1), "last");
  }

  /** MobileNetV3-Small. */
  private Tensor mobilenet(Tensor x) {
    var h = hardswish(normalised(convolve(x, "conv2d", 2, 1), "batch_norm", MobileNet.EPSILON));
    for (int i = 0; i < MobileNet.BLOCKS.size(); i++) {
      h = bottleneck(h, "bottleneck." + i + ".", MobileNet.BLOCKS.get(i));
    }
    h = hardswish(normalised(convolve(h, "conv2d_2", 1, 0), "batch_norm_2", MobileNet.EPSILON));
    return dense(hardswish(dense(adaptive_avg_pool2d(h, 1, 1).flatten(1, -1), "hidden")), "last");
  }

  private Tensor bottleneck(Tensor x, String path, MobileNet.Block block) {
    UnaryOperator<Tensor> activation = block.isHard() ? torch::hardswish : torch::relu;
    var h = x;
    int layer = 0;
    if (block.isWidened()) {
      h = activation.apply(normalised(convolve(h, path + "conv2d", 1, 0), path + "batch_norm", MobileNet.EPSILON));
      layer++;
    }
    var middle = MobileNet.ORDINALS.get(layer);
    h = normalised(convolve(h, path + "conv2d" + middle, block.stride(), block.kernel() / 2, block.wide()), path + "batch_norm" + middle, MobileNet.EPSILON);
    h = activation.apply(h);
    if (block.isSqueezed()) {
      var inner = relu(dense(adaptive_avg_pool2d(h, 1, 1).flatten(1, -1), path + "squeeze_excite.dense"));
      h = h.mul(hardsigmoid(dense(inner, path + "squeeze_excite.dense_2")).view(-1, block.wide(), 1, 1));
    }
    var last = MobileNet.ORDINALS.get(layer + 1);
    h = normalised(convolve(h, path + "conv2d" + last, 1, 0), path + "batch_norm" + last, MobileNet.EPSILON);
    return block.isResidual() ? x.add(h) : h;
  }

  /** A U-Net of four levels. */
  private Tensor unet(Tensor x) {
    var passed = new Tensor[4];
    var h = x;
    for (int level = 0; level < 4; level++) {
      passed[level] = twice(h, "twice." + level + ".");
      h = max_pool2d(passed[level], 2, 2);
    }
    h = twice(h, "bottom.");
    for (int level = 0; level < 4; level++) {
      var path = "conv_transpose2d." + level;
      var up = conv_transpose2d(h, weights.get(path + ".W"), new TensorOptional(weights.get(path + ".b")), new long[] {2, 2}, new long[] {0, 0}, new long[] {0, 0}, 1, 1, 1);
      h = twice(cat(new TensorVector(passed[3 - level], up), 1), "twice_2." + level + ".");
    }
    return convolve(h, "last", 1, 0);
  }

  private Tensor twice(Tensor x, String path) {
    var h = relu(normalised(convolve(x, path + "conv2d.0", 1, 1), path + "batch_norm.0"));
    return relu(normalised(convolve(h, path + "conv2d.1", 1, 1), path + "batch_norm.1"));
  }

  /** Numbers, and categories by their embeddings: a logit each row. */
  private Tensor table(Tensor... columns) {
    var row = new TensorVector(columns[0]);
    for (int i = 1; i < columns.length; i++) {
      row.push_back(embedding(weights.get("embedding." + (i - 1) + ".W"), columns[i]));
    }
    return dense(relu(dense(relu(dense(cat(row, 1), "first")), "second")), "last").squeeze(1);
  }

  Tensor norm(Tensor input, String path, long width, double epsilon) {
    return layer_norm(input, new long[] {width}, new TensorOptional(weights.get(path + ".gamma")),
        new TensorOptional(weights.get(path + ".beta")), epsilon, false);
  }

  private Tensor norm(Tensor input, String path) {
    return norm(input, path, 128, 1e-5);
  }

  /** A sentence encoder: what goes out is its result. */
  private Tensor encoder(Tensor x) {
    var ids = x.to(torch.ScalarType.Long);
    var seen = ids.gt(new Scalar(0));
    long length = x.size(1);
    var h = embedding(weights.get("embed.embedding.W"), ids).add(weights.get("embed.places").slice(0, new LongOptional(0), new LongOptional(length), 1))
        .add(weights.get("embed.kinds").select(0, 0));
    h = norm(h, "embed.layer_norm", 384, 1e-12);
    var mask = seen.view(-1, 1, 1, length);
    for (int i = 0; i < 6; i++) {
      var path = "block." + i + ".";
      var attention = path + "self_attention.";
      var z = scaled_dot_product_attention(heads(h, attention, "q", length, 12), heads(h, attention, "k", length, 12), heads(h, attention, "v", length, 12),
          new TensorOptional(mask), 0, false, new DoubleOptional(), false);
      z = linear(z.transpose(1, 2).reshape(-1, length, 384), weights.get(attention + "Wo"), new TensorOptional(weights.get(attention + "bo")));
      var y = norm(h.add(z), path + "layer_norm", 384, 1e-12);
      h = norm(y.add(dense(gelu(dense(y, path + "dense")), path + "dense_2")), path + "layer_norm_2", 384, 1e-12);
    }
    var weight = seen.to(torch.ScalarType.Float).unsqueeze(2);
    return h.mul(weight).sum(1).div(weight.sum(1));
  }

  private Tensor transformer(Tensor x) {
    var h = embedding(weights.get("embedding.W"), x).add(positions);
    for (int i = 0; i < 2; i++) {
      var path = "block." + i + ".";
      var attention = path + "self_attention.";
      var z = norm(h, path + "layer_norm");
      z = scaled_dot_product_attention(heads(z, attention, "q", 64, 4), heads(z, attention, "k", 64, 4), heads(z, attention, "v", 64, 4));
      h = h.add(linear(z.transpose(1, 2).reshape(-1, 64, 128), weights.get(attention + "Wo"), new TensorOptional(weights.get(attention + "bo"))));
      h = h.add(dense(gelu(dense(norm(h, path + "layer_norm_2"), path + "dense")), path + "dense_2"));
    }
    return dense(norm(h, "layer_norm"), "dense");
  }

  private Tensor heads(Tensor z, String path, String which, long length, long heads) {
    var projected = linear(z, weights.get(path + "W" + which), new TensorOptional(weights.get(path + "b" + which)));
    return projected.reshape(-1, length, heads, 32).transpose(1, 2);
  }
}
