package nnc.elaborate;

import java.util.LinkedHashMap;
import java.util.Map;
import nnc.graph.Node;

/** An optimizer at work on one weight. */
final class OptimizerFrame {
  /** The weight's path. */
  final String parameter;
  final Node weight;
  /** Where each of its states is kept. */
  final Map<String, String> paths = new LinkedHashMap<>();
  /** What the paths of its states begin with. */
  final String prefix;
  private final String weightName;

  OptimizerFrame(String parameter, Node weight, String prefix, String weightName) {
    this.parameter = parameter;
    this.weight = weight;
    this.prefix = prefix;
    this.weightName = weightName;
  }

  /** What the optimizer's text calls the weight. */
  String weightName() {
    return weightName;
  }
}
