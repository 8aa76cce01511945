package nnc.onnx.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import nnc.graph.Dim;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/**
 * Attention in parallel heads (Vaswani et al. 2017), of its last projection on back: softmax(q k' / sqrt(d)) v, each of the three a {@code dense} that is parted into
 * heads. Scores of places that are masked are lowered by so much that nothing of them is left.
 */
final class AttentionPattern {
  /** Added to any score, less leaves nothing of it: places are alike then where all are masked, as they are in the library. */
  private static final double NOTHING = -1e30;

  private static final List<Integer> HEADS_FIRST = List.of(0, 2, 1, 3);
  private static final List<Integer> HEADS_FIRST_TURNED = List.of(0, 2, 3, 1);

  /** Whether a value is used in one place. */
  private final Predicate<Term> once;

  private AttentionPattern(Predicate<Term> once) {
    this.once = once;
  }

  /**
   * A projection whose result is parted into heads, {@code [N, T, heads, d]}.
   *
   * @param factor of all its numbers
   */
  private record Heads(Formula.Made projection, Dim count, Dim width, double factor) {
    Formula input() {
      return projection.inputs().getFirst();
    }
  }

  /** Scores of all places by all others. */
  private record Scores(Heads queries, Heads keys, Optional<Formula> mask) {
    /** Whether they are divided by the root of how many numbers a head has. */
    boolean isScaled(double factor) {
      return Math.abs(factor * queries.factor * keys.factor * Math.sqrt(queries.width.fixed()) - 1) < 1e-4;
    }
  }

  /** The layer of the library that a formula is, if it is the last projection of one. */
  static Optional<Formula> of(Formula formula, Predicate<Term> once) {
    return formula instanceof Formula.Made last && isProjection(last) ? new AttentionPattern(once).layer(last) : Optional.empty();
  }

  private static boolean isProjection(Formula.Made made) {
    var shape = made.layer().equals("dense") && made.hyper().size() == 1 ? made.weights().get("W").shape() : new int[0];
    return shape.length == 2 && shape[0] == shape[1];
  }

  private Optional<Formula> layer(Formula.Made last) {
    var joined = FormulaMatching.term(last.inputs().getFirst());
    var product = inside(last.inputs().getFirst()).flatMap(part -> call(part, "reshape")).flatMap(part -> transposed(part.arguments().getFirst(), HEADS_FIRST))
        .flatMap(part -> product(part, "@"));
    if (joined.isEmpty() || joined.get().rank() != 3 || product.isEmpty()) {
      return Optional.empty();
    }
    var values = heads(product.get().operands().get(1), HEADS_FIRST);
    var scores = inside(product.get().operands().get(0)).flatMap(part -> call(part, "softmax")).filter(AttentionPattern::isOverPlaces)
        .flatMap(part -> scores(part.arguments().getFirst()));
    return values.isPresent() && values.get().factor == 1 && scores.isPresent() ? layer(last, scores.get(), values.get()) : Optional.empty();
  }

  private static Optional<Formula> layer(Formula.Made last, Scores scores, Heads values) {
    var parts = List.of(scores.queries, scores.keys, values);
    boolean isOne = parts.stream().allMatch(part -> part.count.equals(values.count) && part.width.equals(values.width)
        && Arrays.equals(part.projection.weights().get("W").shape(), last.weights().get("W").shape()) && part.projection.weights().keySet().equals(last.weights().keySet()));
    if (!isOne) {
      return Optional.empty();
    }
    var weights = new LinkedHashMap<String, OnnxTensor>();
    var all = List.of(scores.queries.projection, scores.keys.projection, values.projection, last);
    for (var kind : last.weights().keySet()) {
      for (int i = 0; i < all.size(); i++) {
        weights.put(kind + "qkvo".charAt(i), all.get(i).weights().get(kind));
      }
    }
    var named = new LinkedHashMap<String, Formula>();
    if (!last.weights().containsKey("b")) {
      named.put("bias", new Formula.Flag(false));
    }
    boolean self = FormulaMatching.isSame(scores.queries.input(), scores.keys.input()) && FormulaMatching.isSame(scores.keys.input(), values.input());
    var inputs = new ArrayList<>(self ? List.of(values.input()) : parts.stream().map(Heads::input).toList());
    scores.mask.ifPresent(inputs::add);
    return Optional.of(new Formula.Made(self ? "self_attention" : "attention", List.of(Formulas.of(values.count)), named, inputs, weights, common(all) + ".W"));
  }

  /** As far as the paths of several weights are the same. */
  private static String common(List<Formula.Made> layers) {
    var first = layers.getFirst().origin().split("[./]");
    int count = first.length;
    for (var layer : layers) {
      var parts = layer.origin().split("[./]");
      int same = 0;
      while (same < Math.min(count, parts.length) && parts[same].equals(first[same])) {
        same++;
      }
      count = same;
    }
    return String.join(".", Arrays.copyOf(first, count));
  }

  // ---- scores

  private static boolean isOverPlaces(Formula.Apply softmax) {
    return !softmax.named().containsKey("axis") || softmax.named().get("axis") instanceof Formula.Num(var axis) && (axis == -1 || axis == 3);
  }

  private Optional<Scores> scores(Formula formula) {
    var sum = inside(formula).flatMap(part -> part instanceof Formula.Operate operate && operate.operator().equals("+") ? Optional.of(operate) : Optional.empty());
    if (sum.isEmpty()) {
      return scaled(formula, Optional.empty());
    }
    for (int i = 0; i < 2; i++) {
      var mask = mask(sum.get().operands().get(1 - i));
      if (mask.isPresent()) {
        return scaled(sum.get().operands().get(i), mask);
      }
    }
    return Optional.empty();
  }

  private Optional<Scores> scaled(Formula formula, Optional<Formula> mask) {
    double[] factor = {1};
    return inside(unscaled(formula, factor)).flatMap(part -> product(part, "@")).flatMap(product -> heads(product.operands().get(0), HEADS_FIRST)
        .flatMap(queries -> heads(product.operands().get(1), HEADS_FIRST_TURNED).map(keys -> new Scores(queries, keys, mask)))).filter(scores -> scores.isScaled(factor[0]));
  }

  /** What is multiplied by numbers, or divided by them. */
  private Formula unscaled(Formula formula, double[] factor) {
    var rest = formula;
    for (;;) {
      if (!(inside(rest).orElse(null) instanceof Formula.Operate operate) || operate.operands().size() != 2) {
        return rest;
      }
      var left = FormulaMatching.number(operate.operands().get(0));
      var right = FormulaMatching.number(operate.operands().get(1));
      if (operate.operator().equals("/") && right.isPresent()) {
        factor[0] /= right.get();
        rest = operate.operands().get(0);
      } else if (operate.operator().equals("*") && (right.isPresent() || left.isPresent())) {
        factor[0] *= right.or(() -> left).get();
        rest = operate.operands().get(right.isPresent() ? 0 : 1);
      } else {
        return rest;
      }
    }
  }

  /** {@code (1 - m) c} of zeros and ones {@code [N, S]}: whether a place counts. */
  private static Optional<Formula> mask(Formula formula) {
    var product = FormulaMatching.Product.of(formula);
    if (product.factor() > NOTHING || product.others().size() != 1) {
      return Optional.empty();
    }
    return FormulaMatching.operation(product.others().getFirst(), "-").filter(difference -> FormulaMatching.isNear(difference.operands().get(0), 1))
        .flatMap(difference -> places(difference.operands().get(1))).map(places -> Formulas.operate(">", places, 0));
  }

  /** What stands between casts and axes of one element, if it is one row a sequence. */
  private static Optional<Formula> places(Formula formula) {
    var rest = formula;
    var whole = FormulaMatching.term(formula);
    while (FormulaMatching.open(rest) instanceof Formula.Apply(var function, var arguments, _) && (function.equals("cast") || function.equals("expand"))) {
      rest = arguments.getFirst();
    }
    var found = FormulaMatching.term(rest);
    boolean isRow = found.isPresent() && found.get().rank() == 2 && whole.isPresent()
        && whole.get().shape().equals(List.of(found.get().dim(0), Dim.ONE, Dim.ONE, found.get().dim(1)));
    return isRow ? Optional.of(rest) : Optional.empty();
  }

  // ---- heads

  /** @param order in which the axes of {@code [N, T, heads, d]} stand */
  private Optional<Heads> heads(Formula formula, List<Integer> order) {
    double[] factor = {1};
    var rest = formula;
    List<Integer> found = null;
    for (;;) {
      rest = unscaled(rest, factor);
      var open = inside(rest);
      if (open.isPresent() && open.get() instanceof Formula.Apply(var function, var arguments, _) && function.equals("transpose") && arguments.size() == 2) {
        var inner = order(arguments.get(1));
        if (inner.size() != 4) {
          return Optional.empty();
        }
        found = found == null ? inner : found.stream().map(inner::get).toList();
        rest = arguments.getFirst();
      } else {
        break;
      }
    }
    var parted = FormulaMatching.term(rest).filter(term -> term.rank() == 4 && once.test(term));
    var reshape = inside(rest).flatMap(part -> call(part, "reshape"));
    if (parted.isEmpty() || reshape.isEmpty() || !order.equals(found)) {
      return Optional.empty();
    }
    var shape = parted.get().shape();
    var whole = unscaled(reshape.get().arguments().getFirst(), factor);
    var projected = FormulaMatching.term(whole).filter(term -> once.test(term) && term.rank() == 3 && term.shape().subList(0, 2).equals(shape.subList(0, 2)) && shape.get(3).isConstant());
    return projected.flatMap(term -> term.formula() instanceof Formula.Made made && isProjection(made) ? Optional.of(new Heads(made, shape.get(2), shape.get(3), factor[0])) : Optional.empty());
  }

  private static List<Integer> order(Formula formula) {
    return formula instanceof Formula.Listed(var items) && items.stream().allMatch(Formula.Num.class::isInstance)
        ? items.stream().map(item -> (int) ((Formula.Num) item).value()).toList() : List.of();
  }

  private Optional<Formula> transposed(Formula formula, List<Integer> order) {
    return inside(formula).flatMap(part -> call(part, "transpose")).filter(call -> call.arguments().size() == 2 && order(call.arguments().get(1)).equals(order))
        .flatMap(call -> inside(call.arguments().getFirst()));
  }

  // ---- formulas of values that nothing else uses

  /** The formula of a value that stands here and nowhere else, or the formula itself. */
  private Optional<Formula> inside(Formula formula) {
    if (!(formula instanceof Formula.Of)) {
      return Optional.of(formula);
    }
    return FormulaMatching.term(formula).filter(once).map(Term::formula);
  }

  private static Optional<Formula.Apply> call(Formula formula, String function) {
    return formula instanceof Formula.Apply call && call.function().equals(function) ? Optional.of(call) : Optional.empty();
  }

  private static Optional<Formula.Operate> product(Formula formula, String operator) {
    return formula instanceof Formula.Operate operate && operate.operator().equals(operator) ? Optional.of(operate) : Optional.empty();
  }
}
