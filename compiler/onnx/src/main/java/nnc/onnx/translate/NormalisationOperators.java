package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.add;
import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.div;
import static nnc.onnx.term.Formulas.mul;
import static nnc.onnx.term.Formulas.operate;
import static nnc.onnx.term.Formulas.sub;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Less a mean, over a deviation. */
final class NormalisationOperators {
  private NormalisationOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("BatchNormalization", NormalisationOperators::batch);
    table.put("InstanceNormalization", NormalisationOperators::instance);
    table.put("LayerNormalization", NormalisationOperators::layer);
    table.put("GroupNormalization", NormalisationOperators::group);
    table.put("MeanVarianceNormalization", NormalisationOperators::meanVariance);
    table.put("LpNormalization", NormalisationOperators::length);
    table.put("RMSNormalization", NormalisationOperators::rootMeanSquare);
    table.put("LRN", NormalisationOperators::localResponse);
    return table;
  }

  private static Formula wide(Term perChannel, int rank) {
    return Formulas.reshape(perChannel, ConvolutionOperators.channels(perChannel.dim(0), rank - 2));
  }

  private static List<Term> batch(Use use) {
    var x = use.in(0);
    double epsilon = use.real("epsilon", 1e-5);
    if (use.flag("training_mode", false)) {
      return trained(use, epsilon);
    }
    boolean constant = IntStream.range(1, 5).allMatch(i -> use.in(i).constant().isPresent() && use.in(i).rank() == 1) && x.constant().isEmpty();
    if (constant && x.rank() >= 2) {
      var weights = new LinkedHashMap<String, OnnxTensor>();
      weights.put("gamma", use.in(1).constant().get());
      weights.put("beta", use.in(2).constant().get());
      weights.put("mean", use.in(3).constant().get());
      weights.put("variance", use.in(4).constant().get());
      var made = new Formula.Made("batch_norm", List.of(), epsilon(epsilon), List.of(Formulas.of(x)), weights, use.origin(1));
      double momentum = use.real("momentum", 0.9);
      return List.of(use.let(Math.abs(momentum - 0.9) < 1e-6 ? made : made.with("momentum", Formulas.of((double) (float) (1 - momentum)))));
    }
    int rank = x.rank();
    return use.one(add(mul(div(sub(x, wide(use.in(3), rank)), apply("sqrt", add(wide(use.in(4), rank), epsilon))), wide(use.in(1), rank)), wide(use.in(2), rank)));
  }

  private static LinkedHashMap<String, Formula> epsilon(double epsilon) {
    var named = new LinkedHashMap<String, Formula>();
    if (epsilon != 1e-5) {
      named.put("epsilon", Formulas.of(epsilon));
    }
    return named;
  }

  /** By the batch's own mean and variance; the running ones move towards them. */
  private static List<Term> trained(Use use, double epsilon) {
    var x = use.in(0);
    int rank = x.rank();
    double momentum = use.real("momentum", 0.9);
    var over = new ArrayList<>(List.of(0));
    IntStream.range(2, rank).forEach(over::add);
    var mean = use.let(apply("mean", x, "axis", Formulas.list(over)));
    var variance = use.let(apply("variance", x, "axis", Formulas.list(over)));
    var y = use.let(add(mul(div(sub(x, wide(mean, rank)), apply("sqrt", add(wide(variance, rank), epsilon))), wide(use.in(1), rank)), wide(use.in(2), rank)));
    return List.of(y, use.let(add(mul(use.in(3), momentum), mul(mean, (double) (float) (1 - momentum)))),
        use.let(add(mul(use.in(4), momentum), mul(variance, (double) (float) (1 - momentum)))));
  }

  private static List<Term> instance(Use use) {
    var x = use.in(0);
    double epsilon = use.real("epsilon", 1e-5);
    if (use.in(1).constant().isPresent() && use.in(2).constant().isPresent() && x.constant().isEmpty() && x.rank() > 2) {
      return List.of(use.let(new Formula.Made("instance_norm", List.of(), epsilon(epsilon), List.of(Formulas.of(x)), weights(use), use.origin(1))));
    }
    return use.one(add(mul(apply("centred", x, Formulas.list(IntStream.range(2, x.rank()).toArray()), epsilon), wide(use.in(1), x.rank())), wide(use.in(2), x.rank())));
  }

  private static LinkedHashMap<String, OnnxTensor> weights(Use use) {
    var weights = new LinkedHashMap<String, OnnxTensor>();
    weights.put("gamma", use.in(1).constant().orElseThrow());
    weights.put("beta", use.has(2) ? use.in(2).constant().orElseThrow() : OnnxTensor.of(ElementType.FLOAT, use.in(1).constant().get().shape(),
        new double[use.in(1).constant().get().size()]));
    return weights;
  }

  private static List<Term> layer(Use use) {
    var x = use.in(0);
    int axis = use.axis("axis", -1, x.rank());
    double epsilon = use.real("epsilon", 1e-5);
    var over = IntStream.range(axis, x.rank()).boxed().toList();
    var axes = over.size() == 1 ? Formulas.of(over.getFirst()) : Formulas.list(over);
    boolean isRow = over.size() == 1 && use.in(1).rank() == 1 && use.in(1).constant().isPresent() && (!use.has(2) || use.in(2).constant().isPresent());
    Term y;
    if (isRow && x.constant().isEmpty()) {
      y = use.let(new Formula.Made("layer_norm", List.of(), epsilon(epsilon), List.of(Formulas.of(x)), weights(use), use.origin(1)));
    } else {
      var scaled = mul(apply("centred", x, axes, epsilon), use.in(1));
      y = use.let(use.has(2) ? add(scaled, use.in(2)) : scaled);
    }
    if (use.node().outputs().size() == 1) {
      return List.of(y);
    }
    var mean = use.let(apply("mean", x, "axis", axes, "keep", true));
    return List.of(y, mean, use.let(apply("rsqrt", add(apply("variance", x, "axis", axes, "keep", true), epsilon))));
  }

  /** {@code x / sqrt(mean(x^2) + epsilon)} (Zhang and Sennrich 2019). */
  private static List<Term> rootMeanSquare(Use use) {
    var x = use.in(0);
    int axis = use.axis("axis", -1, x.rank());
    var over = IntStream.range(axis, x.rank()).boxed().toList();
    var axes = over.size() == 1 ? Formulas.of(over.getFirst()) : Formulas.list(over);
    return use.one(mul(mul(x, apply("rsqrt", add(apply("mean", operate("^", x, 2), "axis", axes, "keep", true), use.real("epsilon", 1e-5)))), use.in(1)));
  }

  private static List<Term> group(Use use) {
    var x = use.in(0);
    int groups = use.small("num_groups", 1);
    double epsilon = use.real("epsilon", 1e-5);
    boolean perGroup = use.opset() < 21 && use.in(1).dim(0).is(groups) && !x.dim(1).is(groups);
    if (!perGroup && use.in(1).constant().isPresent() && use.in(2).constant().isPresent() && x.constant().isEmpty()) {
      return List.of(use.let(new Formula.Made("group_norm", List.of(Formulas.of(groups)), epsilon(epsilon), List.of(Formulas.of(x)), weights(use), use.origin(1))));
    }
    var each = x.dim(1).dividedBy(Dim.of(groups)).orElseThrow(() -> use.not(groups + " groups do not divide " + x.dim(1) + " channels"));
    var rows = Formulas.reshape(x, List.of(x.dim(0), Dim.of(groups), Dim.product(x.shape().subList(2, x.rank())).times(each)));
    var y = apply("centred", rows, -1, epsilon);
    if (perGroup) {
      return use.one(Formulas.reshape(add(mul(y, wide(use.in(1), 3)), wide(use.in(2), 3)), x.shape()));
    }
    return use.one(add(mul(Formulas.reshape(y, x.shape()), wide(use.in(1), x.rank())), wide(use.in(2), x.rank())));
  }

  private static List<Term> meanVariance(Use use) {
    var axes = use.wholes("axes") == null ? new int[] {0, 2, 3} : use.wholes("axes");
    var over = Formulas.list(axes);
    var off = use.let(sub(use.in(0), apply("mean", use.in(0), "axis", over, "keep", true)));
    return use.one(div(off, add(apply("sqrt", apply("mean", operate("^", off, 2), "axis", over, "keep", true)), 1e-9)));
  }

  private static List<Term> length(Use use) {
    var x = use.in(0);
    int axis = use.axis("axis", -1, x.rank());
    int p = use.small("p", 2);
    return use.one(div(x, p == 1 ? apply("norm", x, "axis", axis, "p", 1, "keep", true) : apply("norm", x, "axis", axis, "keep", true)));
  }

  /** Over what squares of neighbouring channels come to (Krizhevsky et al. 2012), as ONNX counts neighbours. */
  private static List<Term> localResponse(Use use) {
    var x = use.in(0);
    int size = use.small("size", 1);
    int before = (size - 1) / 2;
    var widths = new ArrayList<>(Collections.nCopies(x.rank(), 0));
    var low = new ArrayList<>(widths);
    var high = new ArrayList<>(widths);
    low.set(1, before);
    high.set(1, size - 1 - before);
    var padded = use.let(apply("pad", operate("^", x, 2), Formulas.list(low), Formulas.list(high)));
    Formula sum = null;
    for (int i = 0; i < size; i++) {
      var part = Formulas.slice(padded, 1, i == 0 ? null : i, x.dim(1).plus(i));
      sum = sum == null ? part : add(sum, part);
    }
    double alpha = use.real("alpha", 1e-4);
    return use.one(div(x, operate("^", add(use.real("bias", 1), mul(alpha / size, sum)), use.real("beta", 0.75))));
  }
}
