package nnc.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * TensorFlow's training steps in graph mode: a run of the session a step, with the optimizer in the graph and pictures channels-last,
 * as it has them on processors.
 */
final class TensorFlow implements Job {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Map<String, Variable<TFloat32>> weights = new LinkedHashMap<>();
  private final List<Op> assignments = new ArrayList<>();
  private final Operand<TFloat32> loss;
  private final List<Op> step;
  private final Session session;

  TensorFlow(Workload workload, int threads, Map<String, Array> arrays) {
    var network = workload.network();
    Array.weights(arrays).forEach((path, array) -> weights.put(path, variable(arranged(network, path, array))));
    var x = arrays.get("x");
    var given = variable(network.equals("C") ? new Array(x.values(), x.shape()[0], 28, 28, 1) : x);
    var wanted = variable(network.equals("H") ? arrays.get("y") : arrays.get("y").oneHot(10));
    loss = network.equals("H") ? tf.math.mean(tf.math.squaredDifference(result(network, given), wanted), tf.constant(new int[] {0, 1}))
        : tf.math.mean(tf.nn.softmaxCrossEntropyWithLogits(result(network, given), wanted).loss(), tf.constant(0));
    var outputs = weights.values().stream().map(Variable::asOutput).toArray(Output<?>[]::new);
    var gradients = graph.addGradients(loss.asOutput(), outputs);
    step = switch (network) {
      case "B" -> descent(gradients, 0.01f);
      case "H" -> descent(gradients, 0.03f);
      default -> adam(gradients, 0.001f);
    };
    session = new Session(graph, ConfigProto.newBuilder().setIntraOpParallelismThreads(threads).setInterOpParallelismThreads(1).build());
    restart();
  }

  @Override
  public void restart() {
    var runner = session.runner();
    assignments.forEach(runner::addTarget);
    runner.run().close();
  }

  private Variable<TFloat32> variable(Array array) {
    var variable = tf.variable(Shape.of(array.shape()), TFloat32.class);
    assignments.add(tf.assign(variable, tf.constant(Shape.of(array.shape()), DataBuffers.of(array.values()))));
    return variable;
  }

  /** A weight in TensorFlow's order: a filter as height, width, in, out; what follows a picture as height, width, channel. */
  private static Array arranged(String network, String path, Array array) {
    if (array.shape().length == 4) {
      var s = array.shape();
      return new Array(moved(array.values(), new int[] {(int) s[0], (int) s[1], (int) s[2], (int) s[3]}, 2, 3, 1, 0), s[2], s[3], s[1], s[0]);
    }
    return network.equals("C") && path.equals("first.W") ? new Array(moved(array.values(), new int[] {16, 5, 5, 120}, 1, 2, 0, 3), 400, 120) : array;
  }

  /** The transpose of an array of four axes. */
  private static float[] moved(float[] values, int[] sizes, int... axes) {
    int[] strides = {sizes[1] * sizes[2] * sizes[3], sizes[2] * sizes[3], sizes[3], 1};
    var result = new float[values.length];
    int next = 0;
    for (int a = 0; a < sizes[axes[0]]; a++) {
      for (int b = 0; b < sizes[axes[1]]; b++) {
        for (int c = 0; c < sizes[axes[2]]; c++) {
          for (int d = 0; d < sizes[axes[3]]; d++) {
            result[next++] = values[a * strides[axes[0]] + b * strides[axes[1]] + c * strides[axes[2]] + d * strides[axes[3]]];
          }
        }
      }
    }
    return result;
  }

  private Operand<TFloat32> result(String network, Operand<TFloat32> x) {
    return switch (network) {
      case "A" -> dense(relu(dense(relu(dense(x, "first")), "second")), "last");
      case "B" -> dense(relu(dense(x, "first")), "last");
      case "C" -> {
        var h = pool(relu(convolve(x, "conv1", "SAME")));
        h = pool(relu(convolve(h, "conv2", "VALID")));
        yield dense(relu(dense(relu(dense(tf.reshape(h, tf.constant(new int[] {-1, 400})), "first")), "second")), "last");
      }
      case "H" -> dense(tf.math.tanh(dense(tf.math.tanh(dense(x, "first")), "second")), "last");
      default -> throw new IllegalArgumentException("no workload " + network);
    };
  }

  private Operand<TFloat32> dense(Operand<TFloat32> x, String path) {
    return tf.nn.biasAdd(tf.linalg.matMul(x, weights.get(path + ".W")), weights.get(path + ".b"));
  }

  private Operand<TFloat32> relu(Operand<TFloat32> x) {
    return tf.nn.relu(x);
  }

  private Operand<TFloat32> convolve(Operand<TFloat32> x, String path, String padding) {
    return tf.nn.biasAdd(tf.nn.conv2d(x, weights.get(path + ".W"), List.of(1L, 1L, 1L, 1L), padding), weights.get(path + ".b"));
  }

  private Operand<TFloat32> pool(Operand<TFloat32> x) {
    return tf.nn.maxPool(x, tf.constant(new int[] {1, 2, 2, 1}), tf.constant(new int[] {1, 2, 2, 1}), "VALID");
  }

  /** The updates wait for all gradients, which read what they change. */
  private Ops after(Output<?>[] gradients) {
    return tf.withControlDependencies(List.<Op>of(gradients));
  }

  private List<Op> descent(Output<?>[] gradients, float rate) {
    var then = after(gradients);
    var updates = new ArrayList<Op>();
    int i = 0;
    for (var weight : weights.values()) {
      updates.add(then.train.applyGradientDescent(weight, tf.constant(rate), float32(gradients[i++])));
    }
    return updates;
  }

  private List<Op> adam(Output<?>[] gradients, float rate) {
    var then = after(gradients);
    var power1 = variable(new Array(new float[] {0.9f}));
    var power2 = variable(new Array(new float[] {0.999f}));
    var updates = new ArrayList<Op>();
    int i = 0;
    for (var weight : weights.values()) {
      var shape = weight.asOutput().shape().asArray();
      var zeros = new float[(int) weight.asOutput().shape().size()];
      updates.add(then.train.applyAdam(weight, variable(new Array(zeros, shape)), variable(new Array(zeros, shape)), power1, power2,
          tf.constant(rate), tf.constant(0.9f), tf.constant(0.999f), tf.constant(1e-8f), float32(gradients[i++])));
    }
    var last = tf.withControlDependencies(updates);
    return List.of(last.assign(power1, last.math.mul(power1, tf.constant(0.9f))), last.assign(power2, last.math.mul(power2, tf.constant(0.999f))));
  }

  private static Operand<TFloat32> float32(Output<?> output) {
    return output.expect(TFloat32.class);
  }

  @Override
  public void run() {
    var runner = session.runner();
    step.forEach(runner::addTarget);
    runner.run().close();
  }

  @Override
  public float[] proof() {
    var losses = new float[PROOF_STEPS];
    for (int i = 0; i < PROOF_STEPS; i++) {
      var runner = session.runner().fetch(loss);
      step.forEach(runner::addTarget);
      try (var result = runner.run()) {
        losses[i] = ((TFloat32) result.get(0)).getFloat();
      }
    }
    return losses;
  }

  @Override
  public boolean elsewhere() {
    return true;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
