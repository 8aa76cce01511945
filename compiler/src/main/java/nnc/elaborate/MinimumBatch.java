package nnc.elaborate;

import java.nio.file.Path;
import java.util.function.ToLongFunction;
import nnc.graph.Dim;
import nnc.source.Span;

/** How many examples a step of training must have, and which layer says so. Sizes that are known are checked here, the batch when training begins. */
final class MinimumBatch {
  private int batch = 1;
  private String reason = "";

  /**
   * Notes that a count must not be below {@code least}.
   *
   * @param count a size, with one open dimension or none
   * @param place the layer that needs as many
   * @throws ElaborationFault if the count is known and too small
   */
  void needs(Dim count, int least, String why, Span place) {
    if (count.isConstant() && count.fixed() < least) {
      throw new ElaborationFault(place, why + ", and there is " + count.fixed());
    }
    if (count.variables().size() != 1) {
      return;
    }
    int examples = 1;
    while (examples < least && count.evaluate(sizeOf(examples)) < least) {
      examples++;
    }
    if (examples > batch) {
      batch = examples;
      reason = Path.of(place.file()).getFileName() + ":" + place.line() + ": " + why;
    }
  }

  private static ToLongFunction<String> sizeOf(int examples) {
    return _ -> examples;
  }

  /** How many examples a step must have. */
  int batch() {
    return batch;
  }

  /** The layer that needs as many, with its place; empty if one will do. */
  String reason() {
    return reason;
  }
}
