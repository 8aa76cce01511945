package nnc.onnx.write;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.onnx.term.Formula;
import nnc.onnx.translate.Identifiers;

/** Names for layers after the model's own: as few of the last parts of a path as tell it from the others. */
final class LayerNames {
  private final Map<String, Integer> ends = new HashMap<>();

  /** @param layers those that need a name; of a loop's the first turn's */
  LayerNames(List<Formula.Made> layers) {
    for (var layer : layers) {
      var parts = parts(layer);
      for (int count = 1; count <= parts.size(); count++) {
        ends.merge(end(parts, count), 1, Integer::sum);
      }
    }
  }

  String of(Formula.Made layer) {
    var parts = parts(layer);
    for (int count = 1; count <= parts.size(); count++) {
      var end = end(parts, count);
      if (ends.getOrDefault(end, 0) <= 1 && Character.isLetter(end.charAt(0))) {
        return end;
      }
    }
    return parts.isEmpty() ? usual(layer.layer()) : end(parts, parts.size());
  }

  /** What a layer is called that has no name in the model. */
  private static String usual(String layer) {
    return layer.equals("dense") ? "fc" : layer.startsWith("conv") ? "conv" : layer.endsWith("_norm") ? "norm" : layer.equals("embedding") ? "words" : layer;
  }

  private static String end(List<String> parts, int count) {
    return Identifiers.identifier(String.join("_", parts.subList(parts.size() - count, parts.size())));
  }

  /** Of {@code encoder.layer.0.query.weight} or {@code /encoder/layer.0/query/MatMul} what is before the last part. */
  private static List<String> parts(Formula.Made layer) {
    var parts = new ArrayList<String>();
    for (var part : layer.origin().split("[./:]+")) {
      if (!part.isBlank()) {
        parts.add(part);
      }
    }
    if (parts.size() > 1) {
      parts.removeLast();
    } else if (parts.size() == 1) {
      parts.set(0, parts.getFirst().replaceFirst("(?i)_?(weights?|bias|kernel|w|b|gamma|beta)$", ""));
    }
    parts.removeIf(String::isEmpty);
    // numbers alone are counted by exporters
    return parts.stream().anyMatch(part -> part.matches(".*[A-Za-z]{2}.*")) ? parts : List.of();
  }
}
