package nnc.benchmarks;

import static org.bytedeco.pytorch.global.torch.binary_cross_entropy_with_logits;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.mse_loss;
import static org.bytedeco.pytorch.global.torch.set_num_threads;
import static org.bytedeco.pytorch.global.torch.softmax;

import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;

/** PyTorch's engine by its functional operators, with MKL and oneDNN. */
final class Libtorch {
  private Libtorch() {}

  static Job job(Workload workload, int threads, Map<String, Array> arrays) {
    set_num_threads(threads);
    if (workload.network().equals(MixedLengths.NETWORK)) {
      return LibtorchLengths.packed(threads, arrays);
    }
    if (workload.network().equals("TEXT") && workload.kind() == Workload.Kind.PREDICT) {
      return new LibtorchText.Writing(new LibtorchNetwork("TEXT", false, Array.weights(arrays)), arrays);
    }
    return workload.kind() == Workload.Kind.TRAIN ? new Training(workload, arrays) : new Prediction(workload, arrays);
  }

  static Tensor floats(Array array) {
    return Tensor.create(array.values(), array.shape());
  }

  /** Of whole numbers. */
  static Tensor longs(Array array) {
    var values = new long[array.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (long) array.values()[i];
    }
    return Tensor.create(values, array.shape());
  }

  /** Workloads whose target is a number, or a probability, rather than a label. */
  private static final Set<String> REGRESSIONS = Set.of("H", "UN", "TAB");

  /** Networks whose output is what the network computes, not its softmax. */
  private static final Set<String> PLAIN = Set.of("M", "MB");

  /** Training steps; the batch stays where it is. */
  private static final class Training implements Job {
    private final String workload;
    private final Map<String, Array> start;
    private final Tensor[] x;
    private final Tensor y;
    private LibtorchNetwork network;
    private Optimizer optimizer;

    Training(Workload what, Map<String, Array> arrays) {
      workload = what.network();
      start = Array.weights(arrays);
      x = arrays.entrySet().stream().filter(array -> !array.getKey().startsWith(Array.WEIGHT) && !array.getKey().equals("y"))
          .map(array -> isWhole(array.getKey()) ? longs(array.getValue()) : floats(array.getValue())).toArray(Tensor[]::new);
      y = REGRESSIONS.contains(workload) ? floats(arrays.get("y")) : longs(arrays.get("y"));
      restart();
    }

    @Override
    public void restart() {
      network = new LibtorchNetwork(workload, true, start);
      optimizer = switch (workload) {
        case "B" -> new SGD(network.learned(), new SGDOptions(0.01));
        case "H" -> new SGD(network.learned(), new SGDOptions(0.03));
        case "D", "R18", "UN" -> {
          var options = new SGDOptions(workload.equals("D") ? 0.05 : 0.01);
          options.momentum().put(0.9);
          yield new SGD(network.learned(), options);
        }
        default -> new Adam(network.learned(), new AdamOptions(0.001));
      };
    }

    @Override
    public void run() {
      try (var _ = new PointerScope()) {
        step();
      }
    }

    /** Whether an input is of indices: tokens, and the columns of TAB that are categories. */
    private boolean isWhole(String input) {
      return workload.equals("F") || workload.equals("TEXT") || workload.equals("TAB") && !input.equals("x");
    }

    private Tensor step() {
      optimizer.zero_grad();
      var loss = loss();
      loss.backward();
      optimizer.step();
      return loss;
    }

    private Tensor loss() {
      var result = network.result(x);
      return switch (workload) {
        case "E", "GRU" -> cross_entropy_loss(result.reshape(-1, 12), y.reshape(-1));
        case "F" -> cross_entropy_loss(result.reshape(-1, 64), y.reshape(-1));
        case "TEXT" -> cross_entropy_loss(result.reshape(-1, LibtorchText.LETTERS), y.reshape(-1));
        case "H" -> mse_loss(result, y);
        case "UN", "TAB" -> binary_cross_entropy_with_logits(result, y);
        default -> cross_entropy_loss(result, y);
      };
    }

    @Override
    public float[] proof() {
      var losses = new float[PROOF_STEPS];
      for (int i = 0; i < PROOF_STEPS; i++) {
        try (var _ = new PointerScope()) {
          losses[i] = step().item_float();
        }
      }
      return losses;
    }
  }

  /** Predictions from a Java array into a Java array, without a record for gradients. */
  private static final class Prediction implements Job {
    private final LibtorchNetwork network;
    private final float[] given;
    private final Tensor x;
    private final boolean classifies;
    private float[] values = new float[0];

    Prediction(Workload workload, Map<String, Array> arrays) {
      network = new LibtorchNetwork(workload.network(), false, Array.weights(arrays));
      classifies = !PLAIN.contains(workload.network());
      given = arrays.get("x").values();
      x = floats(arrays.get("x"));
    }

    @Override
    public void run() {
      try (var _ = new PointerScope(); var _ = new InferenceMode(true)) {
        x.data_ptr_float().put(given);
        var result = network.result(x);
        var probabilities = classifies ? softmax(result, -1) : result;
        if (values.length == 0) {
          values = new float[(int) probabilities.numel()];
        }
        probabilities.data_ptr_float().get(values);
      }
    }

    @Override
    public float[] proof() {
      run();
      return values.clone();
    }
  }
}
