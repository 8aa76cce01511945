package nnc.onnx.translate;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import nnc.onnx.model.OnnxNode;

/** All operators of ONNX's own domain: how each is said in the language, or why it is not. */
final class Operators {
  private Operators() {}

  private static final Map<String, Operator> TABLE = table();

  /** Operators that no network of numbers has, with what they are about. */
  private static final Map<String, String> OUTSIDE = outside();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.putAll(PointwiseOperators.TABLE);
    table.putAll(LogicalOperators.TABLE);
    table.putAll(ReduceOperators.TABLE);
    table.putAll(ShapeOperators.TABLE);
    table.putAll(IndexOperators.TABLE);
    table.putAll(ConstantOperators.TABLE);
    table.putAll(ProductOperators.TABLE);
    table.putAll(ConvolutionOperators.TABLE);
    table.putAll(PoolOperators.TABLE);
    table.putAll(NormalisationOperators.TABLE);
    table.putAll(RecurrentOperators.TABLE);
    table.putAll(QuantizedOperators.TABLE);
    table.putAll(LossOperators.TABLE);
    table.putAll(SignalOperators.TABLE);
    table.putAll(SpectrumOperators.TABLE);
    table.putAll(AttentionOperators.TABLE);
    table.putAll(ControlOperators.TABLE);
    return Collections.unmodifiableMap(table);
  }

  private static Map<String, String> outside() {
    var reasons = new TreeMap<String, String>();
    for (var name : Set.of("SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert", "SequenceLength", "SequenceMap", "SplitToSequence",
        "ConcatFromSequence")) {
      reasons.put(name, "sequences are not in the language");
    }
    for (var name : Set.of("Optional", "OptionalGetElement", "OptionalHasElement")) {
      reasons.put(name, "optional values are not in the language");
    }
    for (var name : Set.of("StringNormalizer", "TfIdfVectorizer", "StringConcat", "StringSplit", "RegexFullMatch")) {
      reasons.put(name, "texts are not in the language");
    }
    for (var name : Set.of("NonZero", "Unique", "Compress", "NonMaxSuppression")) {
      reasons.put(name, "the size of its result depends on the data, and sizes in the language follow from those of the inputs");
    }
    for (var name : Set.of("Bernoulli", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial")) {
      reasons.put(name, "it draws at random, which predictions do not");
    }
    for (var name : Set.of("Adagrad", "Adam", "Momentum", "Gradient")) {
      reasons.put(name, "it trains; in the language a program is trained by a train block");
    }
    reasons.put("ImageDecoder", "pictures are decoded before they are fed");
    return reasons;
  }

  /** The operator of a node. */
  static Operator of(OnnxNode node) {
    var operator = isOwn(node) ? TABLE.get(node.operator()) : null;
    if (operator == null) {
      throw new Untranslatable(OUTSIDE.getOrDefault(node.operator(), isOwn(node) ? "there is no such operator here"
          : "operators of the domain " + node.domain() + " are not known here"));
    }
    return operator;
  }

  private static boolean isOwn(OnnxNode node) {
    return node.domain().isEmpty();
  }

  /** Those that are said in the language, by name. */
  static Set<String> names() {
    return new TreeSet<>(TABLE.keySet());
  }
}
