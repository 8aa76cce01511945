package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.onnx.model.ModelReader;
import nnc.onnx.term.Typing;
import nnc.onnx.translate.Settings;
import nnc.onnx.translate.Translation;
import nnc.onnx.translate.Translator;
import nnc.onnx.write.ImportedProgram;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;

/** What an imported model computes beside what ONNX Runtime does. */
final class BesideRuntime {
  /** Of each output's largest value. */
  private static final double CLOSE = 1e-4;

  private BesideRuntime() {}

  /** An array that is fed. */
  record Fed(OnnxJavaType type, long[] shape, double[] values) {
    int size() {
      return values.length;
    }
  }

  /**
   * Imports a model, compiles it, and compares all outputs.
   *
   * @param settings what is decided at the import
   * @param fed      by the names of the model's inputs, all of them
   * @return the program
   */
  static ImportedProgram agrees(Path file, Settings settings, Map<String, Fed> fed) throws IOException, OrtException, FaultyProgram {
    return agrees(file, settings, List.of(fed));
  }

  /** The same for several runs, of other sizes perhaps, of the program that it is imported to once. */
  static ImportedProgram agrees(Path file, Settings settings, List<Map<String, Fed>> runs) throws IOException, OrtException, FaultyProgram {
    var program = OnnxImport.of(file, settings);
    var translation = Translator.translate(ModelReader.read(file), settings, new Typing());
    var model = loaded(program);
    try (var environment = OrtEnvironment.getEnvironment(); var session = environment.createSession(file.toString())) {
      for (var fed : runs) {
        compare(translation, model, environment, session, fed);
      }
    }
    return program;
  }

  private static void compare(Translation translation, Model model, OrtEnvironment environment, OrtSession session, Map<String, Fed> fed) throws OrtException {
    var sizes = new LinkedHashMap<String, Integer>();
    for (var input : translation.inputs()) {
      for (int axis = 0; axis < input.shape().size(); axis++) {
        if (!input.shape().get(axis).isConstant()) {
          sizes.put(input.shape().get(axis).toString(), (int) fed.get(input.original()).shape[axis]);
        }
      }
    }
    var context = model.context("predict", sizes, new Threads(1));
    var plan = model.spec().plans().getFirst();
    sizes.forEach((name, size) -> {
      if (plan.dims().contains(name)) {
        context.dim(name, size);
      }
    });
    var read = plan.inputs().keySet();
    for (var input : translation.inputs()) {
      if (read.contains(input.name())) {
        context.input(input.original()).set(fed.get(input.original()).values);
      }
    }
    context.run();
    Map<String, OnnxTensor> given = new HashMap<>();
    for (var name : session.getInputNames()) {
      given.put(name, tensor(environment, fed.get(name)));
    }
    try (var results = session.run(given)) {
      for (var output : translation.outputs()) {
        compare(output.original(), results, context.output(output.original()).tensor());
      }
    }
  }

  static Model loaded(ImportedProgram program) throws FaultyProgram {
    var model = Compiler.load(Compiler.compile("model.nn", program.text(), CompilerOptions.standard())).initialised(0);
    program.weights().forEach((path, tensor) -> model.set(path, tensor.asFloats()));
    return model;
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Fed fed) throws OrtException {
    int size = fed.size();
    switch (fed.type) {
      case FLOAT -> {
        var data = FloatBuffer.allocate(size);
        for (var value : fed.values) {
          data.put((float) value);
        }
        return OnnxTensor.createTensor(environment, data.flip(), fed.shape);
      }
      case INT64 -> {
        var data = LongBuffer.allocate(size);
        for (var value : fed.values) {
          data.put((long) value);
        }
        return OnnxTensor.createTensor(environment, data.flip(), fed.shape);
      }
      case INT32 -> {
        var data = IntBuffer.allocate(size);
        for (var value : fed.values) {
          data.put((int) value);
        }
        return OnnxTensor.createTensor(environment, data.flip(), fed.shape);
      }
      default -> {
        var data = ByteBuffer.allocate(size);
        for (var value : fed.values) {
          data.put((byte) value);
        }
        return OnnxTensor.createTensor(environment, data.flip(), fed.shape, fed.type);
      }
    }
  }

  private static void compare(String name, OrtSession.Result results, Tensor found) {
    var right = (OnnxTensor) results.get(name).orElseThrow();
    var values = doubles(right);
    assertThat(found.shape()).as("the shape of " + name).isEqualTo(java.util.Arrays.stream(right.getInfo().getShape()).mapToInt(Math::toIntExact).toArray());
    double largest = 0;
    double off = 0;
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        largest = Math.max(largest, Math.abs(values[i]));
        off = Math.max(off, Math.abs(values[i] - found.get(i)));
      } else {
        assertThat(found.get(i)).as(name).isEqualTo(values[i]);
      }
    }
    boolean isWhole = right.getInfo().type != OnnxJavaType.FLOAT && right.getInfo().type != OnnxJavaType.DOUBLE;
    assertThat(off).as(name + ", whose largest is " + largest).isLessThanOrEqualTo(isWhole ? 0 : CLOSE * largest);
  }

  private static double[] doubles(OnnxTensor tensor) {
    int size = java.util.Arrays.stream(tensor.getInfo().getShape()).mapToInt(Math::toIntExact).reduce(1, (a, b) -> a * b);
    var values = new double[size];
    var type = tensor.getInfo().type;
    var bytes = tensor.getByteBuffer();
    for (int i = 0; i < size; i++) {
      values[i] = switch (type) {
        case FLOAT -> bytes.getFloat(4 * i);
        case DOUBLE -> bytes.getDouble(8 * i);
        case INT64 -> bytes.getLong(8 * i);
        case INT32 -> bytes.getInt(4 * i);
        case UINT8 -> bytes.get(i) & 0xff;
        case FLOAT16, BFLOAT16, INT16, INT8, BOOL, STRING, UNKNOWN -> bytes.get(i);
      };
    }
    return values;
  }
}
