package nnc.benchmarks;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** ONNX Runtime at its best: sequential, all optimisations, fixed batch, input and output pinned to direct buffers. */
final class Onnx implements Job {
  private final OrtSession session;
  private final List<Fed> fed = new ArrayList<>();
  private final float[] result;
  private final FloatBuffer output;
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> outputs;

  Onnx(Workload workload, int threads, Map<String, Array> arrays) throws OrtException {
    var environment = OrtEnvironment.getEnvironment();
    var options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    session = environment.createSession(model(workload, arrays), options);
    for (var input : session.getInputInfo().entrySet()) {
      var array = arrays.get(input.getKey());
      boolean isWhole = ((TensorInfo) input.getValue().getInfo()).type == OnnxJavaType.INT64;
      var bytes = ByteBuffer.allocateDirect((isWhole ? 8 : 4) * array.values().length).order(ByteOrder.nativeOrder());
      inputs.put(input.getKey(), isWhole ? OnnxTensor.createTensor(environment, bytes.asLongBuffer(), array.shape()) : OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), array.shape()));
      fed.add(isWhole ? Fed.wholes(array.values(), bytes.asLongBuffer()) : new Fed(array.values(), null, bytes.asFloatBuffer(), null));
    }
    var shape = OnnxNetworks.outputShape(workload);
    output = ByteBuffer.allocateDirect(4 * size(shape)).order(ByteOrder.nativeOrder()).asFloatBuffer();
    result = new float[output.capacity()];
    outputs = Map.of(session.getOutputNames().iterator().next(), OnnxTensor.createTensor(environment, output, shape));
  }

  private static int size(long[] shape) {
    long size = 1;
    for (var dim : shape) {
      size *= dim;
    }
    return (int) size;
  }

  private static byte[] model(Workload workload, Map<String, Array> arrays) {
    try {
      return workload.network().equals(SentenceEncoder.NETWORK) ? SentenceEncoder.file() : OnnxNetworks.of(workload, Array.weights(arrays));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What an input is fed again before each run, and where: numbers, or whole numbers, of the others null. */
  private record Fed(float[] numbers, long[] wholes, FloatBuffer ofNumbers, LongBuffer ofWholes) {
    static Fed wholes(float[] values, LongBuffer into) {
      var wholes = new long[values.length];
      for (int i = 0; i < wholes.length; i++) {
        wholes[i] = (long) values[i];
      }
      return new Fed(null, wholes, null, into);
    }

    void feed() {
      if (numbers != null) {
        ofNumbers.put(0, numbers);
      } else {
        ofWholes.put(0, wholes);
      }
    }
  }

  @Override
  public void run() {
    try {
      for (var one : fed) {
        one.feed();
      }
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
