package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.operate;
import static nnc.onnx.term.Formulas.sub;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Sums and choices along axes. */
final class ReduceOperators {
  private ReduceOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("ReduceSum", reduce((use, over) -> over.of("sum", Formulas.of(use.in(0)))));
    table.put("ReduceMean", reduce((use, over) -> over.of("mean", Formulas.of(use.in(0)))));
    table.put("ReduceMax", reduce((use, over) -> over.of("max", counted(use))));
    table.put("ReduceMin", reduce((use, over) -> over.of("min", counted(use))));
    table.put("ReduceProd", reduce((use, over) -> over.of("prod", Formulas.of(use.in(0)))));
    table.put("ReduceL1", reduce((use, over) -> over.of("sum", apply("abs", use.in(0)))));
    table.put("ReduceL2", reduce((use, over) -> apply("sqrt", over.of("sum", operate("^", use.in(0), 2)))));
    table.put("ReduceSumSquare", reduce((use, over) -> over.of("sum", operate("^", use.in(0), 2))));
    table.put("ReduceLogSum", reduce((use, over) -> apply("log", over.of("sum", Formulas.of(use.in(0))))));
    table.put("ReduceLogSumExp", reduce((use, over) -> over.of("logsumexp", Formulas.of(use.in(0)))));
    table.put("ArgMax", use -> place(use, "argmax"));
    table.put("ArgMin", use -> place(use, "argmin"));
    table.put("CumSum", ReduceOperators::runningSum);
    table.put("Softmax", use -> softmax(use, "softmax"));
    table.put("LogSoftmax", use -> softmax(use, "log_softmax"));
    table.put("Hardmax", ReduceOperators::hardmax);
    table.put("TopK", ReduceOperators::topK);
    return table;
  }

  /** Some axes, which stay as ones or not. */
  private record Over(List<Integer> axes, boolean keeps) {
    Formula of(String function, Formula x) {
      var axis = axes.size() == 1 ? (Object) axes.getFirst() : Formulas.list(axes);
      return keeps ? apply(function, x, "axis", axis, "keep", true) : apply(function, x, "axis", axis);
    }
  }

  /** Truth values as 0 and 1. */
  private static Formula counted(Use use) {
    return use.in(0).element() == ElementType.BOOL ? Formulas.cast(use.in(0), "int") : Formulas.of(use.in(0));
  }

  private static Operator reduce(BiFunction<Use, Over, Formula> formula) {
    return use -> {
      int rank = use.in(0).rank();
      var axes = use.axes(1, rank);
      if (axes != null && axes.isEmpty() && use.flag("noop_with_empty_axes", false)) {
        return List.of(use.in(0));
      }
      var all = axes == null || axes.isEmpty() ? IntStream.range(0, rank).boxed().toList() : axes.stream().sorted().toList();
      if (all.isEmpty()) {
        return List.of(use.as(formula.apply(use, new Over(List.of(), false)), use.in(0).element()));
      }
      return List.of(use.as(formula.apply(use, new Over(all, use.flag("keepdims", true))), use.in(0).element()));
    };
  }

  private static List<Term> place(Use use, String function) {
    var x = use.in(0);
    int axis = use.axis("axis", 0, x.rank());
    boolean keeps = use.flag("keepdims", true);
    if (!use.flag("select_last_index", false)) {
      return List.of(use.let(keeps ? apply(function, x, "axis", axis, "keep", true) : apply(function, x, "axis", axis), ElementType.INT64));
    }
    var reversed = apply("reverse", x, "axis", axis);
    var last = keeps ? apply(function, reversed, "axis", axis, "keep", true) : apply(function, reversed, "axis", axis);
    return List.of(use.let(sub(x.dim(axis).plus(-1), last), ElementType.INT64));
  }

  private static List<Term> runningSum(Use use) {
    var x = use.in(0);
    int axis = Use.axis(Use.fixed(use.sizes(1, "along which axis it sums").getFirst(), "an axis"), x.rank());
    var sums = use.flag("reverse", false) ? apply("cumsum", x, "axis", axis, "reverse", true) : apply("cumsum", x, "axis", axis);
    return use.one(use.flag("exclusive", false) ? sub(sums, x) : sums);
  }

  /** Before version 13 over all axes from one on, as one. */
  private static List<Term> softmax(Use use, String function) {
    var x = use.in(0);
    boolean joined = use.opset() < 13;
    int axis = use.axis("axis", joined ? 1 : -1, x.rank());
    if (!joined || axis == x.rank() - 1) {
      return use.one(axis == x.rank() - 1 ? apply(function, x) : apply(function, x, "axis", axis));
    }
    return use.one(Formulas.reshape(apply(function, Formulas.reshape(x, rows(x, axis))), x.shape()));
  }

  private static List<Dim> rows(Term x, int axis) {
    return List.of(Dim.product(x.shape().subList(0, axis)), Dim.product(x.shape().subList(axis, x.rank())));
  }

  /** One at the first of the largest. */
  private static List<Term> hardmax(Use use) {
    var x = use.in(0);
    boolean joined = use.opset() < 13;
    int axis = use.axis("axis", joined ? 1 : -1, x.rank());
    if (joined && axis < x.rank() - 1) {
      var rows = use.let(Formulas.reshape(x, rows(x, axis)));
      return use.one(Formulas.reshape(apply("one_hot", apply("argmax", rows, "axis", 1), rows.dim(1)), x.shape()));
    }
    var hot = apply("one_hot", apply("argmax", x, "axis", axis), x.dim(axis));
    return use.one(axis == x.rank() - 1 ? hot : apply("transpose", hot, Formulas.list(movedFromEnd(axis, x.rank()))));
  }

  /** The order that brings the last axis to a place. */
  static List<Integer> movedFromEnd(int axis, int rank) {
    return IntStream.range(0, rank).map(i -> i < axis ? i : i == axis ? rank - 1 : i - 1).boxed().toList();
  }

  private static List<Term> topK(Use use) {
    var x = use.in(0);
    int axis = use.axis("axis", -1, x.rank());
    var k = use.given("k") ? Dim.of(use.whole("k", 1)) : use.sizes(1, "how many it takes").getFirst();
    var order = use.let(Formulas.slice(use.flag("largest", true) ? apply("sort_index", x, "axis", axis, "descending", true)
        : apply("sort_index", x, "axis", axis), axis, null, k), ElementType.INT64);
    return List.of(use.let(apply("gather", x, order, "axis", axis)), order);
  }
}
