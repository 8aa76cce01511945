package nnc.benchmarks;

import java.util.Map;
import java.util.function.UnaryOperator;

/** The workloads' networks for prediction as ONNX models, with the weights that nnc has. */
final class OnnxNetworks {
  private final Map<String, Array> weights;
  private final OnnxModel model = new OnnxModel();

  private OnnxNetworks(Map<String, Array> weights) {
    this.weights = weights;
  }

  static byte[] of(Workload workload, Map<String, Array> weights) {
    var networks = new OnnxNetworks(weights);
    return switch (workload.network()) {
      case "M" -> networks.encoder(workload.batch(), workload.length());
      case "STEP" -> networks.steps(workload);
      default -> networks.network(workload.network(), workload.batch());
    };
  }

  /** The shape of what a network predicts. */
  static long[] outputShape(Workload workload) {
    return switch (workload.network()) {
      case SentenceEncoder.NETWORK -> new long[] {workload.batch(), workload.length(), SentenceEncoder.WIDTH};
      case "STEP" -> new long[] {workload.batch(), workload.length(), 10};
      default -> outputShape(workload.network(), workload.batch());
    };
  }

  private static long[] outputShape(String network, int batch) {
    return switch (network) {
      case "E", "GRU" -> new long[] {batch, 12, 12};
      case "M" -> new long[] {batch, WIDTH};
      case "R18", "R50", "MB" -> new long[] {batch, 1000};
      default -> new long[] {batch, 10};
    };
  }

  private byte[] network(String workload, int batch) {
    var shape = outputShape(workload, batch);
    return switch (workload) {
      case "A" -> model.finish(new long[] {batch, 784}, softmax(dense(relu(dense(relu(dense("x", "first")), "second")), "last")), shape);
      case "C" -> model.finish(new long[] {batch, 1, 28, 28}, softmax(lenet()), shape);
      case "D" -> model.finish(new long[] {batch, 3, 32, 32}, softmax(resnet()), shape);
      case "E" -> model.finish(new long[] {batch, 12, 12}, lstm(batch), shape);
      case "GRU" -> model.finish(new long[] {batch, 12, 12}, gru(shape), shape);
      case "MB" -> model.finish(new long[] {batch, 3, 224, 224}, mobilenet(), shape);
      case "R50" -> model.finish(new long[] {batch, 3, 224, 224}, softmax(deepResnet()), shape);
      default -> throw new IllegalArgumentException("no workload " + workload);
    };
  }

  private String weight(String path) {
    return model.constant(path, weights.get(path));
  }

  private String dense(String input, String path) {
    return model.node("Gemm", Map.of(), input, weight(path + ".W"), weight(path + ".b"));
  }

  private String relu(String input) {
    return model.node("Relu", Map.of(), input);
  }

  private String softmax(String input) {
    return model.node("Softmax", Map.of("axis", -1L), input);
  }

  private String convolve(String input, String path, long stride, long padding) {
    return convolve(input, path, stride, padding, 1);
  }

  private String convolve(String input, String path, long stride, long padding, long groups) {
    Map<String, Object> attributes = Map.of("strides", new long[] {stride, stride}, "group", groups,
        "pads", new long[] {padding, padding, padding, padding});
    return weights.containsKey(path + ".b")
        ? model.node("Conv", attributes, input, weight(path + ".W"), weight(path + ".b"))
        : model.node("Conv", attributes, input, weight(path + ".W"));
  }

  private String pool(String input) {
    return model.node("MaxPool", Map.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}), input);
  }

  private String lenet() {
    var h = pool(relu(convolve("x", "conv1", 1, 2)));
    h = pool(relu(convolve(h, "conv2", 1, 0)));
    h = model.node("Flatten", Map.of(), h);
    return dense(relu(dense(relu(dense(h, "first")), "second")), "last");
  }

  private String normalised(String input, String path) {
    return normalised(input, path, 1e-5);
  }

  private String normalised(String input, String path, double epsilon) {
    return model.node("BatchNormalization", Map.of("epsilon", (float) epsilon), input,
        weight(path + ".gamma"), weight(path + ".beta"), weight(path + ".mean"), weight(path + ".variance"));
  }

  private String resnet() {
    var h = relu(normalised(convolve("x", "conv2d", 1, 1), "batch_norm"));
    for (int stage = 0; stage < 3; stage++) {
      for (int block = 0; block < 3; block++) {
        var path = "residual." + stage + "." + block + ".";
        var stride = stage > 0 && block == 0 ? 2 : 1;
        var z = relu(normalised(convolve(h, path + "conv2d", stride, 1), path + "batch_norm"));
        z = normalised(convolve(z, path + "conv2d_2", 1, 1), path + "batch_norm_2");
        var shortcut = stride == 1 ? h : normalised(convolve(h, path + "conv2d_3", stride, 0), path + "batch_norm_3");
        h = relu(model.node("Add", Map.of(), z, shortcut));
      }
    }
    return dense(model.node("Flatten", Map.of(), model.node("GlobalAveragePool", Map.of(), h)), "last");
  }

  /** ResNet-50. */
  private String deepResnet() {
    var h = relu(normalised(convolve("x", "conv2d", 2, 3), "batch_norm"));
    h = model.node("MaxPool", Map.of("kernel_shape", new long[] {3, 3}, "strides", new long[] {2, 2}, "pads", new long[] {1, 1, 1, 1}), h);
    int[] blocks = {3, 4, 6, 3};
    for (int stage = 0; stage < blocks.length; stage++) {
      for (int block = 0; block < blocks[stage]; block++) {
        var path = "block." + stage + "." + block + ".";
        var stride = stage > 0 && block == 0 ? 2 : 1;
        var z = relu(normalised(convolve(h, path + "conv2d", 1, 0), path + "batch_norm"));
        z = relu(normalised(convolve(z, path + "conv2d_2", stride, 1), path + "batch_norm_2"));
        z = normalised(convolve(z, path + "conv2d_3", 1, 0), path + "batch_norm_3");
        var shortcut = block > 0 ? h : normalised(convolve(h, path + "conv2d_4", stride, 0), path + "batch_norm_4");
        h = relu(model.node("Add", Map.of(), z, shortcut));
      }
    }
    return dense(model.node("Flatten", Map.of(), model.node("GlobalAveragePool", Map.of(), h)), "last");
  }

  private String hardSwish(String input) {
    return model.node("HardSwish", Map.of(), input);
  }

  /** MobileNetV3-Small as torchvision's is exported: channels are weighed by convolutions of one place. */
  private String mobilenet() {
    var h = hardSwish(normalised(convolve("x", "conv2d", 2, 1), "batch_norm", MobileNet.EPSILON));
    for (int i = 0; i < MobileNet.BLOCKS.size(); i++) {
      h = bottleneck(h, "bottleneck." + i + ".", MobileNet.BLOCKS.get(i));
    }
    h = hardSwish(normalised(convolve(h, "conv2d_2", 1, 0), "batch_norm_2", MobileNet.EPSILON));
    h = model.node("Flatten", Map.of(), model.node("GlobalAveragePool", Map.of(), h));
    return dense(hardSwish(dense(h, "hidden")), "last");
  }

  private String bottleneck(String x, String path, MobileNet.Block block) {
    UnaryOperator<String> activation = block.isHard() ? this::hardSwish : this::relu;
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
      var inner = relu(atOnePlace(model.node("GlobalAveragePool", Map.of(), h), path + "squeeze_excite.dense"));
      var share = atOnePlace(inner, path + "squeeze_excite.dense_2");
      h = model.node("Mul", Map.of(), h, model.node("HardSigmoid", Map.of("alpha", 1 / 6f, "beta", 0.5f), share));
    }
    var last = MobileNet.ORDINALS.get(layer + 1);
    h = normalised(convolve(h, path + "conv2d" + last, 1, 0), path + "batch_norm" + last, MobileNet.EPSILON);
    return block.isResidual() ? model.node("Add", Map.of(), x, h) : h;
  }

  /** A dense layer as a convolution of pictures of one place. */
  private String atOnePlace(String input, String path) {
    var matrix = turned(weights.get(path + ".W"));
    var filters = new Array(matrix.values(), matrix.shape()[0], matrix.shape()[1], 1, 1);
    return model.node("Conv", Map.of(), input, model.constant(path + ".W", filters), weight(path + ".b"));
  }

  private static Array turned(Array matrix) {
    int rows = (int) matrix.shape()[0], columns = (int) matrix.shape()[1];
    var turned = new float[rows * columns];
    for (int i = 0; i < turned.length; i++) {
      turned[i % columns * rows + i / columns] = matrix.values()[i];
    }
    return new Array(turned, columns, rows);
  }

  private static final int WIDTH = 384, HEADS = 12;

  private String scalar(String name, double value) {
    return model.constant(name, new Array(new float[] {(float) value}));
  }

  private String whole(String name, float... values) {
    return model.node("Cast", Map.of("to", 7L), model.constant(name, new Array(values, values.length)));
  }

  private String product(String input, String matrix, String bias) {
    return model.node("Add", Map.of(), model.node("MatMul", Map.of(), input, weight(matrix)), weight(bias));
  }

  private String layerNorm(String input, String path) {
    return model.node("LayerNormalization", Map.of("epsilon", 1e-12f), input, weight(path + ".gamma"), weight(path + ".beta"));
  }

  /** BERT in the operators that PyTorch's exporter writes for it; what it makes constants of is constant here too. */
  private byte[] encoder(int batch, int length) {
    var ids = model.node("Cast", Map.of("to", 7L), "x");
    var seen = model.node("Greater", Map.of(), "x", scalar("zero", 0));
    var weight = model.node("Cast", Map.of("to", 1L), seen);
    var four = model.node("Reshape", Map.of(), weight, whole("four", batch, 1, 1, length));
    var hidden = model.node("Mul", Map.of(), model.node("Sub", Map.of(), scalar("one", 1), four), scalar("least", -1e30));
    var places = weights.get("embed.places").values();
    var kinds = weights.get("embed.kinds").values();
    var added = new float[length * WIDTH];
    for (int i = 0; i < added.length; i++) {
      added[i] = places[i] + kinds[i % WIDTH];
    }
    var h = model.node("Gather", Map.of(), weight("embed.embedding.W"), ids);
    h = layerNorm(model.node("Add", Map.of(), h, model.constant("added", new Array(added, 1, length, WIDTH))), "embed.layer_norm");
    var apart = whole("heads", batch, length, HEADS, WIDTH / HEADS);
    var together = whole("rows", batch, length, WIDTH);
    for (int i = 0; i < 6; i++) {
      var path = "block." + i + ".";
      var attended = attention(h, path + "self_attention.", hidden, apart, together);
      var y = layerNorm(model.node("Add", Map.of(), h, attended), path + "layer_norm");
      var z = product(gelu(product(y, path + "dense.W", path + "dense.b"), i), path + "dense_2.W", path + "dense_2.b");
      h = layerNorm(model.node("Add", Map.of(), y, z), path + "layer_norm_2");
    }
    var column = model.node("Reshape", Map.of(), weight, whole("column", batch, length, 1));
    var axis = whole("axis", 1);
    var sum = model.node("ReduceSum", Map.of("keepdims", 0L), model.node("Mul", Map.of(), h, column), axis);
    var count = model.node("ReduceSum", Map.of("keepdims", 0L), column, axis);
    return model.finish(new long[] {batch, length}, model.node("Div", Map.of(), sum, count), new long[] {batch, WIDTH});
  }

  private String attention(String h, String path, String hidden, String apart, String together) {
    var q = heads(h, path, "q", apart, 0, 2, 1, 3);
    var k = heads(h, path, "k", apart, 0, 2, 3, 1);
    var v = heads(h, path, "v", apart, 0, 2, 1, 3);
    var scores = model.node("Div", Map.of(), model.node("MatMul", Map.of(), q, k), scalar(path + "scale", Math.sqrt(WIDTH / HEADS)));
    var shares = softmax(model.node("Add", Map.of(), scores, hidden));
    var mixed = model.node("Transpose", Map.of("perm", new long[] {0, 2, 1, 3}), model.node("MatMul", Map.of(), shares, v));
    return product(model.node("Reshape", Map.of(), mixed, together), path + "Wo", path + "bo");
  }

  private String heads(String h, String path, String which, String apart, long... order) {
    var rows = model.node("Reshape", Map.of(), product(h, path + "W" + which, path + "b" + which), apart);
    return model.node("Transpose", Map.of("perm", order), rows);
  }

  private String gelu(String x, int block) {
    var half = scalar("half" + block, 0.5);
    var erf = model.node("Erf", Map.of(), model.node("Div", Map.of(), x, scalar("root" + block, Math.sqrt(2))));
    var grown = model.node("Add", Map.of(), erf, scalar("one" + block, 1));
    return model.node("Mul", Map.of(), model.node("Mul", Map.of(), x, grown), half);
  }

  /** ONNX holds an LSTM's gates in the order input, output, forget, cell, as rows; time is the first axis. */
  private String lstm(int batch) {
    var zeros = new Array(new float[4 * 128], 4 * 128);
    return recurrent("LSTM", Map.of("hidden_size", 128L), zeros, outputShape("E", batch), 0, 3, 1, 2);
  }

  /** ONNX holds a GRU's gates in the order update, reset, state. */
  private String gru(long... shape) {
    return recurrent("GRU", Map.of("hidden_size", weights.get("cell.U").shape()[0], "linear_before_reset", 1L), weights.get("cell.d"), shape, 1, 0, 2);
  }

  /** A GRU over the steps of a row. */
  private byte[] steps(Workload workload) {
    var shape = outputShape(workload);
    return model.finish(new long[] {shape[0], shape[1], weights.get("cell.W").shape()[0]}, gru(shape), shape);
  }

  /** A recurrent operator and what follows it, to [batch, steps, classes]; {@code order} says where each of ONNX's gates is in the weights. */
  private String recurrent(String operator, Map<String, Object> attributes, Array second, long[] outputs, int... order) {
    int hidden = (int) weights.get("cell.U").shape()[0];
    var w = model.constant("W", gates(weights.get("cell.W"), order));
    var r = model.constant("R", gates(weights.get("cell.U"), order));
    int width = order.length * hidden;
    var bias = new float[2 * width];
    for (int gate = 0; gate < order.length; gate++) {
      System.arraycopy(weights.get("cell.b").values(), order[gate] * hidden, bias, gate * hidden, hidden);
      System.arraycopy(second.values(), order[gate] * hidden, bias, width + gate * hidden, hidden);
    }
    var b = model.constant("B", new Array(bias, 1, bias.length));
    var x = model.node("Transpose", Map.of("perm", new long[] {1, 0, 2}), "x");
    var h = model.node(operator, attributes, x, w, r, b);
    var turned = model.node("Transpose", Map.of("perm", new long[] {2, 0, 1, 3}), h);
    var rows = model.node("Reshape", Map.of(), turned, whole("rows", outputs[0] * outputs[1], hidden));
    return model.node("Reshape", Map.of(), softmax(dense(rows, "last")), whole("shape", outputs[0], outputs[1], outputs[2]));
  }

  /** {@code [in, gates * hidden]} to {@code [1, gates * hidden, in]} in ONNX's order of gates. */
  private static Array gates(Array matrix, int... order) {
    int in = (int) matrix.shape()[0];
    int width = (int) matrix.shape()[1];
    int hidden = width / order.length;
    var out = new float[width * in];
    for (int gate = 0; gate < order.length; gate++) {
      for (int unit = 0; unit < hidden; unit++) {
        for (int i = 0; i < in; i++) {
          out[(gate * hidden + unit) * in + i] = matrix.values()[i * width + order[gate] * hidden + unit];
        }
      }
    }
    return new Array(out, 1, width, in);
  }
}
