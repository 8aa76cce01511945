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
final class Onnx implements Job {
  private final OrtSession session;
  private final float[] given;
  private final float[] result;
  private final FloatBuffer input;
  private final FloatBuffer output;
  private final Map<String, OnnxTensor> inputs;
  private final Map<String, OnnxTensor> outputs;

  Onnx(Workload workload, int threads, Map<String, Array> arrays) throws OrtException {
    var environment = OrtEnvironment.getEnvironment();
    var options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    session = environment.createSession(OnnxNetworks.of(workload, Array.weights(arrays)), options);
    given = arrays.get("x").values();
    var shape = OnnxNetworks.outputShape(workload.network(), workload.batch());
    input = direct(given.length);
    output = direct(size(shape));
    result = new float[output.capacity()];
    inputs = Map.of("x", OnnxTensor.createTensor(environment, input, arrays.get("x").shape()));
    outputs = Map.of(session.getOutputNames().iterator().next(), OnnxTensor.createTensor(environment, output, shape));
  }

  private static int size(long[] shape) {
    long size = 1;
    for (var dim : shape) {
      size *= dim;
    }
    return (int) size;
  }

  private static FloatBuffer direct(int size) {
    return ByteBuffer.allocateDirect(4 * size).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  @Override
  public void run() {
    try {
      input.put(0, given);
      session.run(inputs, outputs).close();
      output.get(0, result);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public float[] proof() {
    run();
    return result.clone();
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
