package nnc.benchmarks;

import ai.djl.translate.TranslateException;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import nnc.runtime.Model;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.nd4j.linalg.factory.Nd4j;

/** A program that loads the trained network A, predicts one example, prints the result and ends: one for each engine. */
final class Start {
  private Start() {}

  static final String JAR = "A.jar";
  static final String WEIGHTS = "A.npz";
  static final String ONNX = "A.onnx";
  static final String ARRAYS = "A.arrays";

  private static final int PIXELS = 784;
  private static final int CLASSES = 10;

  /** What all predict from. */
  static float[] example() {
    var x = new float[PIXELS];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 7 / 7f;
    }
    return x;
  }

  /** Arguments: the engine, the folder of the files above. */
  public static void main(String[] arguments) throws Exception {
    var folder = Path.of(arguments[1]);
    var result = switch (arguments[0]) {
      case "nnc" -> nnc(folder);
      case "onnx" -> Ort.predict(folder);
      case "libtorch" -> Torch.predict(folder);
      case "djl" -> DeepLibrary.predict(folder);
      case "dl4j" -> DeepLearning.predict(folder);
      default -> throw new IllegalArgumentException("no engine " + arguments[0]);
    };
    System.out.println(Arrays.toString(result));
  }

  private static float[] nnc(Path folder) {
    var context = Model.load(folder.resolve(JAR), folder.resolve(WEIGHTS)).context("predict", 1);
    context.input("x").set(example());
    context.run();
    var result = new float[CLASSES];
    context.output("probability").copyTo(result, 0);
    return result;
  }

  /** A class of its own, which is loaded where ONNX Runtime is on the class path. */
  private static final class Ort {
    static float[] predict(Path folder) throws OrtException {
      var environment = OrtEnvironment.getEnvironment();
      try (var session = environment.createSession(folder.resolve(ONNX).toString(), new OrtSession.SessionOptions());
          var x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(example()), new long[] {1, PIXELS});
          var results = session.run(Map.of("x", x))) {
        return ((float[][]) results.get(0).getValue())[0];
      }
    }
  }

  /** As above, for libtorch. */
  private static final class Torch {
    static float[] predict(Path folder) throws IOException {
      var network = new LibtorchNetwork("A", false, Array.weights(Array.read(folder.resolve(ARRAYS))));
      try (var _ = new InferenceMode(true)) {
        var result = new float[CLASSES];
        torch.softmax(network.result(Tensor.create(example(), 1, PIXELS)), -1).data_ptr_float().get(result);
        return result;
      }
    }
  }

  /** As above, for DJL. */
  private static final class DeepLibrary {
    static float[] predict(Path folder) throws IOException, TranslateException {
      try (var predictor = Djl.predictor("A", Array.weights(Array.read(folder.resolve(ARRAYS))))) {
        return predictor.predict(new Array(example(), 1, PIXELS));
      }
    }
  }

  /** As above, for Deeplearning4j. */
  private static final class DeepLearning {
    static float[] predict(Path folder) throws IOException {
      var network = Dl4jNetwork.of("A", Array.weights(Array.read(folder.resolve(ARRAYS))));
      return network.outputSingle(Nd4j.create(example(), new long[] {1, PIXELS}, 'c')).toFloatVector();
    }
  }
}
