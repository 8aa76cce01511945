package nnc.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.driver.Compilation;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator.Purpose;
import nnc.elaborate.Outline;
import nnc.graph.Dim;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.WeightKind;

/**
 * A layer of the program that has weights.
 *
 * @param path   that its weights begin with; of one that the program declares itself the whole path of a weight, each of which is taken by itself
 * @param kind   the name of a layer of the library; empty of others
 * @param shapes by the weights' names in the layer; of others the empty name
 */
record TargetLayer(String path, String kind, Map<String, List<Integer>> shapes) {
  String full(String name) {
    return name.isEmpty() ? path : path.isEmpty() ? name : path + "." + name;
  }

  /** The layers in the order of the program, with parameters and states. */
  static List<TargetLayer> of(Compilation program) throws FaultyProgram {
    var weights = new LinkedHashMap<String, Elaborated.WeightInfo>();
    program.elaborate(List.of(Purpose.values())).values().forEach(elaborated -> elaborated.weights().stream()
        .filter(weight -> weight.kind() == WeightKind.PARAMETER || weight.kind() == WeightKind.STATE).filter(weight -> !weight.path().equals(ModelSpec.VALIDATION_LOSS))
        .forEach(weight -> weights.putIfAbsent(weight.path(), weight)));
    var kinds = new LinkedHashMap<String, String>();
    for (var call : program.outline().calls()) {
      if (call.callee() == Outline.Callee.LAYER && !call.path().isEmpty()) {
        kinds.put(call.path(), call.isOfLibrary() ? call.name() : "");
      }
    }
    var layers = new LinkedHashMap<String, TargetLayer>();
    weights.forEach((path, weight) -> {
      int dot = path.lastIndexOf('.');
      var owner = dot < 0 ? "" : path.substring(0, dot);
      var kind = kinds.getOrDefault(owner, "");
      var shape = weight.type().shape().stream().map(Dim::fixed).toList();
      boolean known = LayerRecipes.knows(kind);
      layers.computeIfAbsent(known ? owner : path, key -> new TargetLayer(key, known ? kind : "", new LinkedHashMap<>())).shapes.put(known ? path.substring(dot + 1) : "", shape);
    });
    return new ArrayList<>(layers.values());
  }

  /** By path what shape each weight has. */
  static Map<String, List<Integer>> weights(List<TargetLayer> layers) {
    var weights = new LinkedHashMap<String, List<Integer>>();
    layers.forEach(layer -> layer.shapes.forEach((name, shape) -> weights.put(layer.full(name), shape)));
    return weights;
  }
}
