package nnc.elaborate;

import java.util.List;
import nnc.runtime.spec.ModelSpec;

/** The rows of the summary: layers that own parameters, or stand at the top. */
final class Summary {
  private Summary() {}

  static List<ModelSpec.Layer> rows(List<Value.Instance> instances) {
    return instances.stream()
        .filter(layer -> !layer.parameters.isEmpty())
        .map(layer -> new ModelSpec.Layer(layer.frame.path(), layer.layer.declaration().name(), layer.outputShape,
            layer.parameters.values().stream().mapToLong(node -> node.type().size().fixed()).sum()))
        .toList();
  }
}
