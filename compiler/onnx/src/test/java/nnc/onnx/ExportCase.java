package nnc.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Type;
import nnc.interpret.Interpreter;
import nnc.onnx.export.ExportedModel;
import nnc.onnx.export.ModelWriter;
import nnc.onnx.export.ProgramExport;
import nnc.onnx.translate.Settings;
import nnc.runtime.base.Tensor;

/** A program with drawn weights and inputs: what the interpreter makes of them, and what ONNX Runtime makes of the model that it is exported to. */
final class ExportCase {
  final Elaborated elaborated;
  final Map<String, Integer> dims = new LinkedHashMap<>();
  final Map<String, Tensor> weights = new LinkedHashMap<>();
  /** By name, in the elements that programs have: {@code float[]}, {@code long[]} or {@code boolean[]}. */
  final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final Supplier<Compilation> program;
  private final Graph graph;

  interface Source {
    Compilation open() throws FaultyProgram;
  }

  /** @param sizes of open dimensions, in the order of their names; the last one counts for all others */
  ExportCase(Source source, long seed, int... sizes) throws FaultyProgram {
    program = () -> {
      try {
        return source.open();
      } catch (FaultyProgram e) {
        throw new IllegalStateException(e);
      }
    };
    elaborated = source.open().elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT);
    graph = outputs(elaborated.graph());
    var names = new TreeSet<String>();
    elaborated.inputs().forEach(input -> input.type().shape().forEach(dim -> names.addAll(dim.variables())));
    names.forEach(name -> dims.put(name, sizes[Math.min(dims.size(), sizes.length - 1)]));
    var random = new Random(seed);
    for (var weight : elaborated.weights()) {
      weights.put(weight.path(), drawn(weight.type(), random, 0, weight.path()));
    }
    for (var input : elaborated.inputs()) {
      inputs.put(input.name(), drawn(input.type(), random, elaborated.ranges().getOrDefault(input.name(), 4L), ""));
    }
  }

  private static Graph outputs(Graph whole) {
    return new Graph(whole.name(), whole.nodes(), whole.results().stream().filter(result -> result.role() == Graph.Role.OUTPUT).toList()).needed(_ -> false);
  }

  private Tensor drawn(Type type, Random random, long classes, String path) {
    var shape = type.shape().stream().mapToInt(dim -> (int) dim.evaluate(dims::get)).toArray();
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    if (type.kind() == Kind.INT) {
      return new Tensor(shape, random.longs(size, 0, Math.max(classes, 1)).toArray());
    } else if (type.kind() == Kind.BOOL) {
      var values = new boolean[size];
      IntStream.range(0, size).forEach(i -> values[i] = random.nextBoolean());
      return new Tensor(shape, values);
    }
    // what divides is not near zero, and sums stay as large as what is summed
    boolean positive = path.matches(".*(variance|deviation|gamma|scale)");
    double scale = path.isEmpty() || shape.length < 2 ? 0.5 : 1 / Math.sqrt((double) size / Math.max(1, Math.max(shape[0], shape[shape.length - 1])));
    var values = new float[size];
    // numbers whose shortest text as floats is exact: so the importer writes those of short arrays
    IntStream.range(0, size).forEach(i -> values[i] = (float) Math.scalb(Math.rint(Math.scalb(positive ? 0.5 + random.nextDouble() : scale * random.nextGaussian(), 6)), -6));
    return new Tensor(shape, values);
  }

  ExportedModel exported(int precision) throws FaultyProgram {
    return ProgramExport.of(program.get(), new ProgramExport.Settings(precision, ProgramExport.Draws.INPUTS), wanted -> {
      var read = new HashMap<String, Tensor>();
      wanted.keySet().forEach(path -> read.put(path, weights.get(path)));
      return read;
    });
  }

  Path write(Path file, int precision) throws FaultyProgram {
    ModelWriter.write(file, exported(precision), ModelWriter.LARGEST);
    return file;
  }

  /** The outputs by name, in double. */
  Map<String, double[]> interpreted() {
    var values = new Interpreter(dims, op -> op instanceof Op.Input in ? inputs.get(in.name()).toDoubles() : weights.get(OpTraits.path(op)).toDoubles(), 0, 1, 0).run(graph);
    var outputs = new LinkedHashMap<String, double[]>();
    graph.results().forEach(result -> outputs.put(result.name(), values.get(result.node()).values()));
    return outputs;
  }

  /** What the program draws, as the inputs of the model that stand for it. */
  private Map<String, Tensor> draws() {
    var drawn = new HashMap<String, Tensor>();
    var none = new Interpreter(dims, _ -> new double[0], 0, 1, 0);
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.Uniform(var stream, _, _)) {
        var value = none.value(node, List.of());
        drawn.put(ProgramExport.DRAWS + stream, new Tensor(value.shape(), value.values()));
      }
    }
    return drawn;
  }

  /** The outputs by name, as ONNX Runtime computes them. */
  Map<String, double[]> run(Path model) throws OrtException {
    var environment = OrtEnvironment.getEnvironment();
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (var session = environment.createSession(model.toString(), options)) {
        var given = new HashMap<String, OnnxTensor>();
        for (var input : session.getInputInfo().entrySet()) {
          given.put(input.getKey(), tensor(environment, input.getKey().startsWith(ProgramExport.DRAWS) ? draws().get(input.getKey()) : inputs.get(name(input.getKey())), ((TensorInfo) input.getValue().getInfo()).type));
        }
        var outputs = new LinkedHashMap<String, double[]>();
        try (var results = session.run(given)) {
          for (var result : results) {
            outputs.put(result.getKey(), values((OnnxTensor) result.getValue()));
          }
        }
        given.values().forEach(OnnxTensor::close);
        return outputs;
      }
    }
  }

  /** What the program calls an input that the model calls so. */
  private String name(String alias) {
    return elaborated.inputs().stream().filter(input -> input.alias().equals(alias)).map(Elaborated.InputInfo::name).findFirst().orElse(alias);
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Tensor values, OnnxJavaType type) throws OrtException {
    var shape = Arrays.stream(values.shape()).mapToLong(size -> size).toArray();
    var doubles = values.toDoubles();
    return switch (type) {
      case FLOAT -> {
        var floats = new float[doubles.length];
        IntStream.range(0, floats.length).forEach(i -> floats[i] = (float) doubles[i]);
        yield OnnxTensor.createTensor(environment, FloatBuffer.wrap(floats), shape);
      }
      case DOUBLE -> OnnxTensor.createTensor(environment, DoubleBuffer.wrap(doubles), shape);
      case INT64 -> OnnxTensor.createTensor(environment, LongBuffer.wrap(Arrays.stream(doubles).mapToLong(value -> (long) value).toArray()), shape);
      case BOOL -> {
        var bytes = ByteBuffer.allocateDirect(doubles.length);
        for (var value : doubles) {
          bytes.put((byte) (value != 0 ? 1 : 0));
        }
        yield OnnxTensor.createTensor(environment, bytes.flip(), shape, OnnxJavaType.BOOL);
      }
      default -> throw new IllegalStateException("no program has inputs of " + type);
    };
  }

  private static double[] values(OnnxTensor tensor) {
    return switch (tensor.getInfo().type) {
      case FLOAT -> {
        var buffer = tensor.getFloatBuffer();
        yield IntStream.range(0, buffer.remaining()).mapToDouble(buffer::get).toArray();
      }
      case DOUBLE -> {
        var buffer = tensor.getDoubleBuffer();
        yield IntStream.range(0, buffer.remaining()).mapToDouble(buffer::get).toArray();
      }
      case INT64 -> {
        var buffer = tensor.getLongBuffer();
        yield IntStream.range(0, buffer.remaining()).mapToDouble(buffer::get).toArray();
      }
      case BOOL -> {
        var buffer = tensor.getByteBuffer();
        yield IntStream.range(0, buffer.remaining()).mapToDouble(buffer::get).toArray();
      }
      default -> throw new IllegalStateException("no program has outputs of " + tensor.getInfo().type);
    };
  }

  /**
   * How far outputs are apart, relative to the largest of each, or where that is near nothing to a thousandth of the largest of all; infinite where names, sizes,
   * infinities or what is no number differ.
   */
  static double distance(Map<String, double[]> wanted, Map<String, double[]> actual) {
    if (!List.copyOf(wanted.keySet()).equals(List.copyOf(actual.keySet()))) {
      return Double.POSITIVE_INFINITY;
    }
    double all = wanted.values().stream().mapToDouble(ExportCase::largest).max().orElse(0);
    return wanted.keySet().stream().mapToDouble(name -> distance(wanted.get(name), actual.get(name), Math.max(largest(wanted.get(name)), all / 1000))).max().orElse(0);
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).filter(Double::isFinite).max().orElse(0);
  }

  private static double distance(double[] a, double[] b, double scale) {
    double most = a.length == b.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      boolean same = a[i] == b[i] || Double.isNaN(a[i]) && Double.isNaN(b[i]);
      double off = same ? 0 : Math.abs(a[i] - b[i]) / scale;
      most = Math.max(most, Double.isNaN(off) ? Double.POSITIVE_INFINITY : off);
    }
    return most;
  }

  /** The outputs by name, as the interpreter computes the program that a model becomes again. */
  Map<String, double[]> imported(Path model) throws FaultyProgram {
    var again = OnnxImport.of(model, Settings.NONE);
    var made = outputs(new Compilation("again.nn", again.text(), CompilerOptions.standard()).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT).graph());
    var draws = draws();
    var values = new Interpreter(dims, op -> op instanceof Op.Input in ? (draws.containsKey(in.name()) ? draws : inputs).get(in.name()).toDoubles()
        : again.weights().get(OpTraits.path(op)).toDoubles(), 0, 1, 0).run(made);
    var outputs = new LinkedHashMap<String, double[]>();
    made.results().forEach(result -> outputs.put(result.name(), values.get(result.node()).values()));
    return outputs;
  }

  /** Takes other arrays in place of those that were drawn; open sizes follow from them. */
  void take(Map<String, Tensor> arrays) {
    for (var input : elaborated.inputs()) {
      var array = arrays.get(input.name());
      for (int axis = 0; array != null && axis < input.type().rank(); axis++) {
        var dim = input.type().dim(axis);
        if (!dim.isConstant()) {
          dims.put(dim.toString(), array.shape()[axis]);
        }
      }
    }
    arrays.forEach((name, array) -> (weights.containsKey(name) ? weights : inputs).put(name, array));
  }
}
