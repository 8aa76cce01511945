package nnc.onnx.export;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nnc.graph.Node;
import nnc.graph.Uses;
import nnc.onnx.model.ElementType;

/** Nodes with which a group ends that ONNX has one operator for: those that runtimes are fast at. */
final class FusedGroups {
  private final List<Function<Node, Optional<OperatorGroup>>> kinds;

  /** @param floats what numbers are */
  FusedGroups(Uses uses, ElementType floats) {
    var activations = new ActivationGroups(floats);
    var products = new ProductGroups(uses);
    kinds = List.of(activations::of, SoftmaxGroups::of, NormalisationGroups::of, PoolGroups::of, LookupGroups::of, products::of);
  }

  /** The group that a node is the last of; the larger one, if there are several. */
  Optional<OperatorGroup> of(Node node) {
    for (var kind : kinds) {
      var group = kind.apply(node);
      if (group.isPresent()) {
        return group;
      }
    }
    return Optional.empty();
  }
}
