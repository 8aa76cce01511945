package nnc.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/** ONNX Runtime at its best: sequential, all optimisations, fixed batch, input and output pinned to direct buffers. */
final class Onnx implements Predictor, AutoCloseable {
  private final OrtSession session;
  private final FloatBuffer input;
  private final FloatBuffer output;
  private final Map<String, OnnxTensor> inputs;
  private final Map<String, OnnxTensor> outputs;

  Onnx(byte[] model, int threads, long[] inputShape, long[] outputShape) throws OrtException {
    var environment = OrtEnvironment.getEnvironment();
    var options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    session = environment.createSession(model, options);
    input = direct(inputShape);
    output = direct(outputShape);
    inputs = Map.of("x", OnnxTensor.createTensor(environment, input, inputShape));
    outputs = Map.of(session.getOutputNames().iterator().next(), OnnxTensor.createTensor(environment, output, outputShape));
  }

  private static FloatBuffer direct(long[] shape) {
    int size = 1;
    for (var dim : shape) {
      size *= (int) dim;
    }
    return ByteBuffer.allocateDirect(4 * size).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  @Override
  public void predict(float[] x, float[] y) {
    try {
      input.put(0, x);
      session.run(inputs, outputs).close();
      output.get(0, y);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
