package nnc.benchmarks;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.LinkedHashMap;
import java.util.Map;

/** The workloads' networks as a block of DJL's, with the weights that nnc has; it gives what goes into the loss: logits, or the score. */
final class DjlNetwork extends AbstractBlock {
  private static final Shape PAIR = new Shape(2, 2);

  private final String workload;
  private final Map<String, Parameter> weights = new LinkedHashMap<>();

  DjlNetwork(String workload, Map<String, Array> start, NDManager manager) {
    this.workload = workload;
    start.forEach((path, value) -> add(path, arranged(path, manager.create(value.values(), new Shape(value.shape())))));
    if (workload.equals("E")) {
      // PyTorch's LSTM has a second bias
      add("cell.b2", manager.zeros(new Shape(start.get("cell.b").shape())));
    }
    if (workload.equals("F")) {
      var positions = Positions.array(64, 128);
      add(POSITIONS, manager.create(positions.values(), new Shape(positions.shape())));
    }
  }

  private static final String POSITIONS = "positions";

  /** Matrices of dense layers are turned round: PyTorch holds them as [out, in]. */
  private static NDArray arranged(String path, NDArray value) {
    return value.getShape().dimension() == 2 && !path.startsWith("embedding") ? value.transpose().duplicate() : value;
  }

  private void add(String path, NDArray value) {
    boolean fixed = path.endsWith(".mean") || path.endsWith(".variance") || path.equals(POSITIONS);
    var parameter = Parameter.builder().setName(path).setType(Parameter.Type.OTHER)
        .optRequiresGrad(!fixed).build();
    parameter.setArray(value);
    weights.put(path, addParameter(parameter));
  }

  @Override
  protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training, PairList<String, Object> more) {
    var x = inputs.singletonOrThrow();
    return new NDList(new Pass(store, x.getDevice(), training).result(x));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    throw new UnsupportedOperationException("the weights are there already, nothing is to be initialised by shapes");
  }

  /** One run of the network. */
  private final class Pass {
    private final ParameterStore store;
    private final Device device;
    private final boolean training;

    Pass(ParameterStore store, Device device, boolean training) {
      this.store = store;
      this.device = device;
      this.training = training;
    }

    NDArray result(NDArray x) {
      return switch (workload) {
        case "A" -> dense(relu(dense(relu(dense(x, "first")), "second")), "last");
        case "B" -> dense(relu(dense(x, "first")), "last");
        case "C" -> lenet(x);
        case "D" -> resnet(x);
        case "E" -> dense(lstm(x), "last");
        case "F" -> transformer(x);
        case "H" -> dense(Activation.tanh(dense(Activation.tanh(dense(x, "first")), "second")), "last");
        default -> throw new IllegalArgumentException("no workload " + workload);
      };
    }

    private NDArray weight(String path) {
      var parameter = weights.get(path);
      return parameter == null ? null : store.getValue(parameter, device, training);
    }

    private NDArray dense(NDArray input, String path) {
      return linear(input, path + ".W", path + ".b");
    }

    private NDArray linear(NDArray input, String matrix, String bias) {
      return Linear.linear(input, weight(matrix), weight(bias)).singletonOrThrow();
    }

    private NDArray relu(NDArray input) {
      return Activation.relu(input);
    }

    private NDArray convolve(NDArray input, String path, int stride, int padding) {
      return Conv2d.conv2d(input, weight(path + ".W"), weight(path + ".b"), new Shape(stride, stride), new Shape(padding, padding))
          .singletonOrThrow();
    }

    private NDArray pool(NDArray input) {
      return Pool.maxPool2d(input, PAIR, PAIR, new Shape(0, 0), false);
    }

    private NDArray lenet(NDArray x) {
      var h = pool(relu(convolve(x, "conv1", 1, 2)));
      h = pool(relu(convolve(h, "conv2", 1, 0)));
      return dense(relu(dense(relu(dense(h.reshape(h.size(0), -1), "first")), "second")), "last");
    }

    private NDArray normalised(NDArray input, String path) {
      return BatchNorm.batchNorm(input, weight(path + ".mean"), weight(path + ".variance"), weight(path + ".gamma"), weight(path + ".beta"),
          1, 0.9f, 1e-5f, training).singletonOrThrow();
    }

    private NDArray resnet(NDArray x) {
      var h = relu(normalised(convolve(x, "conv2d", 1, 1), "batch_norm"));
      for (int stage = 0; stage < 3; stage++) {
        for (int block = 0; block < 3; block++) {
          h = residual(h, "residual." + stage + "." + block + ".", stage > 0 && block == 0 ? 2 : 1);
        }
      }
      return dense(Pool.globalAvgPool2d(h), "last");
    }

    private NDArray residual(NDArray h, String path, int stride) {
      var z = relu(normalised(convolve(h, path + "conv2d", stride, 1), path + "batch_norm"));
      z = normalised(convolve(z, path + "conv2d_2", 1, 1), path + "batch_norm_2");
      return relu(z.add(stride == 1 ? h : normalised(convolve(h, path + "conv2d_3", stride, 0), path + "batch_norm_3")));
    }

    private NDArray lstm(NDArray x) {
      var start = x.getManager().zeros(new Shape(1, x.size(0), 128));
      return x.getNDArrayInternal().lstm(x, new NDList(start, start),
          new NDList(weight("cell.W"), weight("cell.U"), weight("cell.b"), weight("cell.b2")), true, 1, 0, training, false, true).getFirst();
    }

    private NDArray norm(NDArray input, String path) {
      return LayerNorm.layerNorm(input, new Shape(128), weight(path + ".gamma"), weight(path + ".beta"), 1e-5f).singletonOrThrow();
    }

    private NDArray transformer(NDArray x) {
      var h = Embedding.embedding(x, weight("embedding.W"), SparseFormat.DENSE).singletonOrThrow().add(weight(POSITIONS));
      for (int i = 0; i < 2; i++) {
        var path = "block." + i + ".";
        h = h.add(attention(norm(h, path + "layer_norm"), path + "self_attention."));
        h = h.add(dense(Activation.gelu(dense(norm(h, path + "layer_norm_2"), path + "dense")), path + "dense_2"));
      }
      return dense(norm(h, "layer_norm"), "dense");
    }

    private NDArray attention(NDArray z, String path) {
      var scores = heads(z, path, "q").matMul(heads(z, path, "k").swapAxes(2, 3)).mul(1 / Math.sqrt(32));
      var mixed = scores.softmax(-1).matMul(heads(z, path, "v"));
      return linear(mixed.swapAxes(1, 2).reshape(-1, 64, 128), path + "Wo", path + "bo");
    }

    private NDArray heads(NDArray z, String path, String which) {
      return linear(z, path + "W" + which, path + "b" + which).reshape(-1, 64, 4, 32).swapAxes(1, 2);
    }
  }
}
