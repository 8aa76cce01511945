package nnc.benchmarks;

import java.util.Map;

/** The workloads' networks for prediction as ONNX models, with the weights that nnc has. */
final class OnnxNetworks {
  private final Map<String, Array> weights;
  private final OnnxModel model = new OnnxModel();

  private OnnxNetworks(Map<String, Array> weights) {
    this.weights = weights;
  }

  static byte[] of(String workload, Map<String, Array> weights, int batch) {
    return new OnnxNetworks(weights).network(workload, batch);
  }

  /** The shape of what a network predicts. */
  static long[] outputShape(String workload, int batch) {
    return workload.equals("E") ? new long[] {batch, 12, 12} : new long[] {batch, 10};
  }

  private byte[] network(String workload, int batch) {
    var shape = outputShape(workload, batch);
    return switch (workload) {
      case "A" -> model.finish(new long[] {batch, 784}, softmax(dense(relu(dense(relu(dense("x", "first")), "second")), "last")), shape);
      case "C" -> model.finish(new long[] {batch, 1, 28, 28}, softmax(lenet()), shape);
      case "D" -> model.finish(new long[] {batch, 3, 32, 32}, softmax(resnet()), shape);
      case "E" -> model.finish(new long[] {batch, 12, 12}, lstm(batch), shape);
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
    Map<String, Object> attributes = Map.of("strides", new long[] {stride, stride},
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
    return model.node("BatchNormalization", Map.of("epsilon", 1e-5f), input,
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

  /** ONNX holds an LSTM's gates in the order input, output, forget, cell, as rows; time is the first axis. */
  private String lstm(int batch) {
    var w = model.constant("W", gates(weights.get("cell.W")));
    var r = model.constant("R", gates(weights.get("cell.U")));
    var bias = new float[8 * 128];
    for (int gate = 0; gate < 4; gate++) {
      System.arraycopy(weights.get("cell.b").values(), GATES[gate] * 128, bias, gate * 128, 128);
    }
    var b = model.constant("B", new Array(bias, 1, 8 * 128));
    var x = model.node("Transpose", Map.of("perm", new long[] {1, 0, 2}), "x");
    var h = model.node("LSTM", Map.of("hidden_size", 128L), x, w, r, b);
    var turned = model.node("Transpose", Map.of("perm", new long[] {2, 0, 1, 3}), h);
    var axes = new Array(new float[] {batch * 12, 128}, 2);
    var rows = model.node("Reshape", Map.of(), turned, model.node("Cast", Map.of("to", 7L), model.constant("rows", axes)));
    var logits = softmax(dense(rows, "last"));
    var shape = new Array(new float[] {batch, 12, 12}, 3);
    return model.node("Reshape", Map.of(), logits, model.node("Cast", Map.of("to", 7L), model.constant("shape", shape)));
  }

  private static final int[] GATES = {0, 3, 1, 2};

  /** {@code [in, 4 * 128]} to {@code [1, 4 * 128, in]} in ONNX's order of gates. */
  private static Array gates(Array matrix) {
    var in = (int) matrix.shape()[0];
    var out = new float[512 * in];
    for (int gate = 0; gate < 4; gate++) {
      for (int unit = 0; unit < 128; unit++) {
        for (int i = 0; i < in; i++) {
          out[(gate * 128 + unit) * in + i] = matrix.values()[i * 512 + GATES[gate] * 128 + unit];
        }
      }
    }
    return new Array(out, 1, 512, in);
  }
}
