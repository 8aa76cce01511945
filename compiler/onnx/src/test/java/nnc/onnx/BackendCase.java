package nnc.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.interpret.Array;
import nnc.interpret.Interpreter;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.ModelFile;
import nnc.onnx.model.ModelReader;
import nnc.onnx.model.OnnxGraph;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Typing;
import nnc.onnx.translate.Problem;
import nnc.onnx.translate.Settings;
import nnc.onnx.translate.Translation;
import nnc.onnx.translate.Translator;
import nnc.onnx.write.ImportedProgram;
import nnc.onnx.write.ProgramWriter;
import nnc.runtime.base.Fault;

/** One of ONNX's backend tests: a model with inputs and the outputs that it should have. */
final class BackendCase {
  /** Those of ONNX's own test runner. */
  private static final double RELATIVE = 1e-3, ABSOLUTE = 1e-7;

  /** Decisions that follow from one another. */
  private static final int MOST_DECIDED = 8;

  /** Quotients that are half in 32 bits and not quite in 64: such are run as they are compiled. */
  private static final String IN_SINGLE_PRECISION = "dynamicquantizelinear(_expanded)?";

  /** What came of it: an empty reason if all is right. */
  record Outcome(String name, String reason, String operator, String program) {
    boolean passes() {
      return reason.isEmpty();
    }
  }

  private final Path folder;
  private final Typing typing;

  BackendCase(Path folder, Typing typing) {
    this.folder = folder;
    this.typing = typing;
  }

  private String name() {
    return folder.getFileName().toString().replaceFirst("^test_", "");
  }

  Outcome run() throws IOException {
    ImportedProgram program = null;
    try {
      var model = ModelReader.read(folder.resolve("model.onnx"));
      var inputs = arrays("input_", model.graph().inputs());
      var settings = Settings.NONE;
      var translation = Translator.translate(model, settings, typing);
      for (int i = 0; i < MOST_DECIDED && wanted(translation, inputs, settings); i++) {
        settings = more(translation, inputs, settings);
        translation = Translator.translate(model, settings, typing);
      }
      if (!translation.problems().isEmpty()) {
        var problem = translation.problems().getFirst();
        return new Outcome(name(), problem.reason(), problem.operator(), "");
      }
      program = ProgramWriter.write(translation, List.of());
      return new Outcome(name(), compared(program, translation, model, inputs), operator(model), program.text());
    } catch (Fault e) {
      return new Outcome(name(), e.getMessage(), "", program == null ? "" : program.text());
    } catch (FaultyProgram e) {
      return new Outcome(name(), "faulty program: " + e.getMessage(), "", program == null ? "" : program.text());
    }
  }

  private static String operator(ModelFile model) {
    return model.graph().nodes().isEmpty() ? "" : model.graph().nodes().getFirst().operator();
  }

  private static boolean wanted(Translation translation, Map<String, OnnxTensor> inputs, Settings settings) {
    return translation.problems().stream().flatMap(problem -> problem.wanted().stream()).anyMatch(name -> inputs.containsKey(name) && !settings.values().containsKey(name));
  }

  /** What decides on sizes is known when a model is imported: these inputs are given then. */
  private static Settings more(Translation translation, Map<String, OnnxTensor> inputs, Settings settings) {
    var values = new HashMap<>(settings.values());
    translation.problems().stream().map(Problem::wanted).flatMap(List::stream).filter(inputs::containsKey).forEach(name -> values.put(name, inputs.get(name)));
    return new Settings(settings.sizes(), values);
  }

  private Map<String, OnnxTensor> arrays(String prefix, List<OnnxGraph.Port> ports) throws IOException {
    Map<String, OnnxTensor> arrays = new HashMap<>();
    for (int i = 0; i < ports.size(); i++) {
      var file = folder.resolve("test_data_set_0").resolve(prefix + i + ".pb");
      if (Files.exists(file)) {
        try {
          arrays.put(ports.get(i).name(), typed(ModelReader.tensor(Files.readAllBytes(file), file.getFileName().toString()), ports.get(i).type()));
        } catch (Fault _) {
          // sequences and texts, of which the model's reader tells
        }
      }
    }
    return arrays;
  }

  /** Numbers of 16 bits whose upper half of a float they are stand in the data as whole numbers. */
  private static OnnxTensor typed(OnnxTensor tensor, ElementType declared) {
    if (declared != ElementType.BFLOAT16 || tensor.type() != ElementType.UINT16) {
      return tensor;
    }
    var values = new double[tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat((int) tensor.get(i) << 16);
    }
    return OnnxTensor.of(declared, tensor.shape(), values);
  }

  private String compared(ImportedProgram program, Translation translation, ModelFile model, Map<String, OnnxTensor> inputs) throws IOException, FaultyProgram {
    var graph = new Compilation("model.nn", program.text(), CompilerOptions.standard()).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT).graph().needed(_ -> false);
    var fed = new HashMap<String, OnnxTensor>();
    var dims = new HashMap<String, Integer>();
    for (var input : translation.inputs()) {
      var array = inputs.get(input.original());
      fed.put(input.name(), array);
      for (int axis = 0; axis < input.shape().size(); axis++) {
        var dim = input.shape().get(axis);
        if (!dim.isConstant() && axis < array.shape().length) {
          dims.put(dim.toString(), array.shape()[axis]);
        } else if ((array.shape().length != input.shape().size() || !dim.equals(Dim.of(array.shape()[axis]))) && graph.nodes().stream().anyMatch(node -> node.op() instanceof Op.Input in && in.name().equals(input.name()))) {
          return "the test's input " + input.original() + " has another shape than the model says";
        }
      }
    }
    if (name().matches(IN_SINGLE_PRECISION)) {
      return compiled(program, translation, fed, arrays("output_", model.graph().outputs()));
    }
    var values = new Interpreter(dims, op -> switch (op) {
      case Op.Input in -> fed.get(in.name()).toDoubles();
      case Op.Parameter parameter -> program.weights().get(parameter.path()).toDoubles();
      case Op.State state -> program.weights().get(state.path()).toDoubles();
      default -> throw new IllegalStateException(op.toString());
    }, 0, 1, 0).run(graph);
    var right = arrays("output_", model.graph().outputs());
    var faults = new ArrayList<String>();
    for (var output : translation.outputs()) {
      var wanted = right.get(output.original());
      var result = graph.results().stream().filter(r -> r.role() == Graph.Role.OUTPUT && r.name().equals(output.name())).findFirst().orElseThrow().node();
      if (wanted != null && result.type().kind() != wanted.type().kind()) {
        faults.add(output.original() + " is " + result.type().kind() + " and should be " + wanted.type());
      } else if (wanted != null) {
        difference(values.get(result), wanted).ifPresent(fault -> faults.add(output.original() + fault));
      }
    }
    return String.join("; ", faults);
  }

  private static String compiled(ImportedProgram program, Translation translation, Map<String, OnnxTensor> fed, Map<String, OnnxTensor> right) throws FaultyProgram {
    var context = Compiler.load(Compiler.compile("model.nn", program.text(), CompilerOptions.standard())).initialised(0).context("predict", 1);
    for (var input : context.inputs()) {
      input.set(fed.get(input.name()).toDoubles());
    }
    context.run();
    var faults = new ArrayList<String>();
    for (var output : translation.outputs()) {
      var found = context.output(output.name()).tensor();
      difference(new Array(found.shape(), found.toDoubles()), right.get(output.original())).ifPresent(fault -> faults.add(output.original() + fault));
    }
    return String.join("; ", faults);
  }

  private static java.util.Optional<String> difference(Array actual, OnnxTensor right) {
    if (!java.util.Arrays.equals(actual.shape(), right.shape())) {
      return java.util.Optional.of(" has the shape " + java.util.Arrays.toString(actual.shape()) + " and should have " + java.util.Arrays.toString(right.shape()));
    }
    for (int i = 0; i < right.size(); i++) {
      double a = actual.values()[i];
      double b = right.get(i);
      // the tests cut off what does not fit into 16 bits, where ONNX Runtime and this rounds: the last place may be another
      double place = right.type() == ElementType.BFLOAT16 ? Math.scalb(1.0, Math.getExponent(b) - 7) : 0;
      boolean same = a == b || Double.isNaN(a) && Double.isNaN(b) || Math.abs(a - b) <= Math.max(place, RELATIVE * Math.abs(b) + ABSOLUTE);
      if (!same) {
        return java.util.Optional.of("[" + i + "] is " + a + " and should be " + b);
      }
    }
    return java.util.Optional.empty();
  }
}
