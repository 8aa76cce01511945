package nnc.onnx.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.onnx.model.ModelFile;
import nnc.onnx.model.OnnxGraph;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Term;
import nnc.onnx.term.Typing;
import nnc.runtime.base.Fault;

/** A whole model: its inputs become those of a program, its nodes terms. */
public final class Translator {
  private static final int NEWEST_OPSET = 23;

  private final ModelFile model;
  private final Settings settings;
  private final Identifiers names = new Identifiers();
  private final Map<String, Dim> sizes = new LinkedHashMap<>();

  private Translator(ModelFile model, Settings settings) {
    this.model = model;
    this.settings = settings;
  }

  /** Translates what it can; the rest is among the problems. */
  public static Translation translate(ModelFile model, Settings settings, Typing typing) {
    return new Translator(model, settings).run(typing);
  }

  private Translation run(Typing typing) {
    if (model.opset() > NEWEST_OPSET) {
      throw new Fault("the model's operators are of version " + model.opset() + ", and versions up to " + NEWEST_OPSET + " are known", "");
    }
    var problems = new ArrayList<Problem>();
    var graph = new GraphTranslator(model, typing, problems);
    var inputs = new ArrayList<Translation.Fed>();
    for (var port : model.graph().inputs()) {
      if (!model.graph().initializers().containsKey(port.name())) {
        input(port, graph, inputs);
      }
    }
    graph.run(model.graph());
    return new Translation(List.copyOf(inputs), outputs(graph, problems), List.copyOf(problems), changedSizes(), names);
  }

  private void input(OnnxGraph.Port port, GraphTranslator graph, List<Translation.Fed> inputs) {
    var value = settings.values().get(port.name());
    if (value != null) {
      graph.bind(port.name(), Term.of(port.name(), given(port, value)));
      return;
    }
    if (port.type() == null || !port.type().isOffered()) {
      throw new Fault("the input '" + port.name() + "' is " + (port.type() == null ? "a value of the kind " + port.what() : "an array of " + port.type()) + ", which is not in the language", "");
    }
    if (port.shape() == null) {
      throw new Fault("the input '" + port.name() + "' does not say how many axes it has", "write the model with the shapes of its inputs");
    }
    var shape = new ArrayList<Dim>();
    for (int axis = 0; axis < port.shape().size(); axis++) {
      shape.add(size(port, axis));
    }
    var name = names.of(port.name());
    graph.bind(port.name(), new Term(port.name(), port.type(), shape, new Formula.Given(name)));
    inputs.add(new Translation.Fed(port.name(), name, port.type(), shape));
  }

  /** A given value has the element type that the model declares. */
  private static OnnxTensor given(OnnxGraph.Port port, OnnxTensor value) {
    return port.type() == null || port.type() == value.type() ? value : OnnxTensor.of(port.type(), value.shape(), value.toDoubles());
  }

  /** A size without a name gets one: N for the first axis. */
  private Dim size(OnnxGraph.Port port, int axis) {
    var said = port.shape().get(axis);
    if (!said.isEmpty() && said.chars().allMatch(Character::isDigit)) {
      return Dim.of(parsed(said, port));
    }
    var original = said.isEmpty() || said.equals("?") ? port.name() + "." + axis : said;
    return sizes.computeIfAbsent(original, _ -> {
      var chosen = settings.sizes().get(original);
      return chosen != null ? Dim.of(chosen) : Dim.open(names.fresh(!original.equals(said) ? axis == 0 ? "N" : "S" : said));
    });
  }

  private static long parsed(String digits, OnnxGraph.Port port) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new Fault("the input '" + port.name() + "' has the size " + digits + ", which no array has", "", e);
    }
  }

  private List<Translation.Told> outputs(GraphTranslator graph, List<Problem> problems) {
    var outputs = new ArrayList<Translation.Told>();
    for (var port : model.graph().outputs()) {
      try {
        graph.find(port.name()).ifPresent(term -> outputs.add(new Translation.Told(port.name(), names.fresh(port.name()), term)));
      } catch (Untranslatable fault) {
        problems.add(new Problem("output", port.name(), fault.getMessage(), fault.wanted()));
      }
    }
    return List.copyOf(outputs);
  }

  private Map<String, String> changedSizes() {
    Map<String, String> changed = new LinkedHashMap<>();
    sizes.forEach((original, dim) -> changed.put(original, dim.toString()));
    return changed;
  }
}
