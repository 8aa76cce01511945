package nnc.elaborate;

import java.util.LinkedHashMap;
import java.util.Map;
import nnc.graph.Node;

/** An optimizer at work on one weight, or on several as one vector. */
final class OptimizerFrame {
  /** In an optimizer's text, the number that says whether the step is to be run again with the same batch. */
  static final String AGAIN = "again";

  final Node weight;
  /** Where each of its states is kept, by what the text calls it; of the weight, where its next value is put. */
  final Map<String, String> paths = new LinkedHashMap<>();
  /** What the paths of its states begin and end with. */
  private final String prefix;
  private final String suffix;

  private OptimizerFrame(Node weight, String prefix, String suffix) {
    this.weight = weight;
    this.prefix = prefix;
    this.suffix = suffix;
  }

  /** @param name what the text calls the weight */
  static OptimizerFrame of(String path, Node weight, String prefix, String name) {
    var frame = new OptimizerFrame(weight, prefix, "." + path);
    frame.paths.put(name, path);
    return frame;
  }

  /**
   * @param name  what the text calls the vector, whose next value is put where the prefix says, as no weight is called
   * @param again where the number is kept that asks for another run
   */
  static OptimizerFrame ofAll(Node weights, String prefix, String name, String again) {
    var frame = new OptimizerFrame(weights, prefix, "");
    frame.paths.put(name, prefix);
    frame.paths.put(AGAIN, again);
    return frame;
  }

  String path(String state) {
    return prefix + state + suffix;
  }
}
