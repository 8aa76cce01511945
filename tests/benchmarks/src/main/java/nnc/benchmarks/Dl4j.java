package nnc.benchmarks;

import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/** Deeplearning4j's networks on ND4J's processor backend, with MKL and oneDNN. */
final class Dl4j {
  private Dl4j() {}

  static Job job(Workload workload, int threads, Map<String, Array> arrays) {
    Nd4j.getMemoryManager().togglePeriodicGc(false);
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    return workload.kind() == Workload.Kind.TRAIN ? new Training(workload, arrays) : new Prediction(workload, arrays);
  }

  /** An array; sequences as Deeplearning4j has them, with time last, and D's pictures with channels last, as they are fastest. */
  private static INDArray given(Workload workload, Array array) {
    var result = Nd4j.create(array.values(), array.shape(), 'c');
    return switch (result.rank()) {
      case 3 -> result.permute(0, 2, 1);
      case 4 -> workload.network().equals("D") ? result.permute(0, 2, 3, 1) : result;
      default -> result;
    };
  }

  /** Its numbers where the layers look for them: sequences a step after the other, pictures as their axes are. */
  private static INDArray ordered(INDArray array) {
    return Shape.hasDefaultStridesForShape(array) ? array : array.dup(array.rank() == 3 ? 'f' : 'c');
  }

  /** Training steps; the batch stays where it is. */
  private static final class Training implements Job {
    private final ComputationGraph network;
    private final INDArray start;
    private final INDArray[] x;
    private final INDArray[] y;
    private final double parts;

    Training(Workload workload, Map<String, Array> arrays) {
      network = Dl4jNetwork.of(workload.network(), Array.weights(arrays));
      start = network.params().dup();
      x = new INDArray[] {ordered(given(workload, arrays.get("x")))};
      var wanted = arrays.get("y");
      y = new INDArray[] {ordered(given(workload, switch (workload.network()) {
        case "H" -> wanted;
        case "E" -> wanted.oneHot(12);
        default -> wanted.oneHot(10);
      }))};
      // losses of a sequence are summed over time, not averaged, which Adam's steps do not depend on
      parts = workload.network().equals("E") ? 12 : 1;
    }

    @Override
    public void restart() {
      network.params().assign(start);
      network.getConfiguration().setIterationCount(0);
      var state = network.getUpdater().getStateViewArray();
      if (state != null) {
        state.assign(0);
      }
    }

    @Override
    public void run() {
      network.fit(x, y);
    }

    @Override
    public float[] proof() {
      var losses = new float[PROOF_STEPS];
      for (int i = 0; i < PROOF_STEPS; i++) {
        run();
        losses[i] = (float) (network.score() / parts);
      }
      return losses;
    }
  }

  /** Predictions from a Java array into a Java array. */
  private static final class Prediction implements Job {
    private final ComputationGraph network;
    private final float[] given;
    private final INDArray taken;
    private final INDArray x;
    private float[] result = new float[0];

    Prediction(Workload workload, Map<String, Array> arrays) {
      network = Dl4jNetwork.of(workload.network(), Array.weights(arrays));
      given = arrays.get("x").values();
      taken = given(workload, arrays.get("x"));
      x = ordered(taken);
    }

    @Override
    public void run() {
      ((FloatPointer) taken.data().pointer()).put(given);
      if (x != taken) {
        x.assign(taken);
      }
      var probabilities = network.outputSingle(x);
      probabilities = (probabilities.rank() == 3 ? probabilities.permute(0, 2, 1) : probabilities).dup('c');
      if (result.length == 0) {
        result = new float[(int) probabilities.length()];
      }
      ((FloatPointer) probabilities.data().pointer()).get(result);
    }

    @Override
    public float[] proof() {
      run();
      return result.clone();
    }
  }
}
