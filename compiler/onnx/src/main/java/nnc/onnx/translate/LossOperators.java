package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.cast;
import static nnc.onnx.term.Formulas.div;
import static nnc.onnx.term.Formulas.mul;
import static nnc.onnx.term.Formulas.neg;
import static nnc.onnx.term.Formulas.operate;
import static nnc.onnx.term.Formulas.where;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nnc.onnx.model.ElementType;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Term;

/** Losses of classes, [N, C, ...] against [N, ...]. */
final class LossOperators {
  private LossOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("NegativeLogLikelihoodLoss", use -> List.of(likelihood(use, use.in(0))));
    table.put("SoftmaxCrossEntropyLoss", LossOperators::crossEntropy);
    return table;
  }

  private static List<Term> crossEntropy(Use use) {
    var scores = use.let(apply("log_softmax", use.in(0), "axis", 1));
    var loss = likelihood(use, scores);
    return use.node().outputs().size() > 1 ? List.of(loss, scores) : List.of(loss);
  }

  /** Each label's score with the weight of its class; labels to ignore have none. */
  private static Term likelihood(Use use, Term scores) {
    var label = use.in(1);
    boolean ignores = use.given("ignore_index");
    long ignored = use.whole("ignore_index", 0);
    var kept = use.let(operate("!=", label, ignored), ElementType.BOOL);
    var place = ignores ? use.as(where(kept, label, 0), ElementType.INT64) : label;
    Formula chosen = apply("squeeze", apply("gather", scores, apply("expand", place, 1), "axis", 1), "axis", 1);
    Formula weight = use.has(2) ? apply("take", use.in(2), place) : null;
    Formula counted = weight != null && ignores ? where(kept, weight, 0) : weight != null ? weight : ignores ? cast(kept, "float") : null;
    var each = use.let(counted == null ? neg(chosen) : neg(mul(chosen, counted)), ElementType.FLOAT);
    return switch (use.text("reduction", "mean")) {
      case "none" -> each;
      case "sum" -> use.let(apply("sum", each));
      case "mean" -> use.let(counted == null ? apply("mean", each) : div(apply("sum", each), apply("sum", counted)), ElementType.FLOAT);
      case String other -> throw use.not("it reduces by '" + other + "'");
    };
  }
}
