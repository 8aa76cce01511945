package nnc.onnx.pattern;

import static nnc.onnx.term.Formulas.apply;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import nnc.graph.Dim;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.pattern.FormulaMatching.Product;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Term;

/** Goes through all terms, each after those it is made of, and says groups that the library has a word for by that word. */
public final class Patterns {
  private static final Set<String> ACTIVATIONS = Set.of("relu", "relu6", "tanh", "sigmoid", "gelu", "silu", "hard_sigmoid", "softplus", "elu", "selu", "mish", "leaky_relu");
  private static final Set<String> WITH_ACTIVATION = Set.of("dense", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d");

  private final Map<Term, Term> rewritten = new IdentityHashMap<>();
  private final Map<Term, Integer> uses = new IdentityHashMap<>();

  private Patterns() {}

  /** The same values, in the same order. A group that is found may leave what it is made of with one use, so that it is part of another: hence twice. */
  public static List<Term> recognised(List<Term> outputs) {
    return once(once(outputs));
  }

  private static List<Term> once(List<Term> outputs) {
    var patterns = new Patterns();
    var order = patterns.order(outputs);
    order.forEach(term -> patterns.rewritten.put(term, patterns.rewrite(term)));
    return outputs.stream().map(patterns.rewritten::get).toList();
  }

  private List<Term> order(List<Term> outputs) {
    var order = new ArrayList<Term>();
    var seen = new IdentityHashMap<Term, Boolean>();
    var open = new ArrayDeque<Term>();
    for (var output : outputs) {
      uses.merge(target(output), 1, Integer::sum);
      open.push(output);
      while (!open.isEmpty()) {
        var term = open.peek();
        int before = open.size();
        if (!seen.containsKey(term)) {
          term.formula().terms().filter(part -> !seen.containsKey(part)).forEach(open::push);
        }
        if (open.size() == before) {
          open.pop();
          if (seen.put(term, true) == null) {
            order.add(term);
            if (!(term.formula() instanceof Formula.Of)) {
              term.formula().terms().forEach(part -> uses.merge(target(part), 1, Integer::sum));
            }
          }
        }
      }
    }
    return order;
  }

  private static Term target(Term term) {
    var target = term;
    while (target.formula() instanceof Formula.Of(var inner)) {
      target = inner;
    }
    return target;
  }

  private Term rewrite(Term term) {
    var formula = with(term.formula(), part -> part instanceof Formula.Of(var inner) ? new Formula.Of(rewritten.get(inner)) : part);
    var better = bias(formula).or(() -> layerNorm(formula)).or(() -> gelu(formula)).or(() -> silu(formula)).orElse(formula);
    var last = activation(better).or(() -> AttentionPattern.of(better, this::isUsedOnce)).orElse(better);
    if (last == term.formula()) {
      return term;
    }
    var changed = new Term(term.origin(), term.element(), term.shape(), last);
    uses.put(changed, uses.getOrDefault(term, 0));
    return changed;
  }

  /** A formula with other parts. */
  private static Formula with(Formula formula, UnaryOperator<Formula> change) {
    return switch (formula) {
      case Formula.Of _ -> change.apply(formula);
      case Formula.Given _, Formula.Table _, Formula.Extent _, Formula.Num _, Formula.Txt _, Formula.Flag _, Formula.Size _, Formula.Turn _, Formula.Carried _ -> formula;
      case Formula.Loop(var turns, var begins, var carried, var collected, var going) -> new Formula.Loop(turns, terms(begins, change), terms(carried, change),
          collected.stream().map(row -> new Formula.Row(term(row.item(), change), row.inFront())).toList(),
          going == null ? null : new Formula.While(term(going.begins(), change), term(going.next(), change)));
      case Formula.Result(var loop, var slot) -> new Formula.Result(term(loop, change), slot);
      case Formula.Listed(var items) -> new Formula.Listed(all(items, change));
      case Formula.Apply(var function, var arguments, var named) -> new Formula.Apply(function, all(arguments, change), named(named, change));
      case Formula.Operate(var operator, var operands) -> new Formula.Operate(operator, all(operands, change));
      case Formula.At(var base, var subscripts) -> new Formula.At(with(base, change), subscripts.stream().map(s -> switch (s) {
        case Formula.Subscript.Place(var index) -> new Formula.Subscript.Place(with(index, change));
        case Formula.Subscript.Part(var from, var to, var step) -> new Formula.Subscript.Part(optional(from, change), optional(to, change), optional(step, change));
      }).<Formula.Subscript>map(s -> s).toList());
      case Formula.Made made -> new Formula.Made(made.layer(), all(made.hyper(), change), named(made.named(), change), all(made.inputs(), change), made.weights(), made.origin());
    };
  }

  private static List<Term> terms(List<Term> terms, UnaryOperator<Formula> change) {
    return terms.stream().map(term -> term(term, change)).toList();
  }

  private static Term term(Term term, UnaryOperator<Formula> change) {
    return change.apply(new Formula.Of(term)) instanceof Formula.Of(var changed) ? changed : term;
  }

  private static Formula optional(Formula formula, UnaryOperator<Formula> change) {
    return formula == null ? null : with(formula, change);
  }

  private static List<Formula> all(List<Formula> formulas, UnaryOperator<Formula> change) {
    return formulas.stream().map(formula -> with(formula, change)).toList();
  }

  private static LinkedHashMap<String, Formula> named(Map<String, Formula> named, UnaryOperator<Formula> change) {
    var changed = new LinkedHashMap<String, Formula>();
    named.forEach((name, formula) -> changed.put(name, with(formula, change)));
    return changed;
  }

  private boolean isUsedOnce(Term term) {
    return uses.getOrDefault(term, 0) <= 1;
  }

  /** A layer that stands here and nowhere else. */
  private Optional<Formula.Made> layer(Formula formula) {
    return FormulaMatching.term(formula).filter(term -> isUsedOnce(term) && term.formula() instanceof Formula.Made).map(term -> (Formula.Made) term.formula());
  }

  /** {@code dense(x) + b}, b constant. */
  private Optional<Formula> bias(Formula formula) {
    return formula instanceof Formula.Operate(var operator, var operands) && operator.equals("+") && operands.size() == 2
        ? biased(operands.get(0), operands.get(1)).or(() -> biased(operands.get(1), operands.get(0))) : Optional.empty();
  }

  private Optional<Formula> biased(Formula product, Formula added) {
    var made = layer(product).filter(layer -> layer.layer().equals("dense") && !layer.weights().containsKey("b") && !hasActivation(layer));
    var constant = FormulaMatching.constant(added).filter(tensor -> made.isPresent() && tensor.rank() == 1 && tensor.size() == made.get().weights().get("W").shape()[1]);
    return constant.map(tensor -> {
      var named = new LinkedHashMap<>(made.get().named());
      named.remove("bias");
      var weights = new LinkedHashMap<>(made.get().weights());
      weights.put("b", tensor);
      var origin = isSpeaking(made.get().origin()) ? made.get().origin() : FormulaMatching.term(added).map(Term::origin).orElse("");
      return new Formula.Made("dense", made.get().hyper(), named, made.get().inputs(), weights, origin);
    });
  }

  /** Whether a name tells of its place in the model: exporters count what they make themselves. */
  private static boolean isSpeaking(String name) {
    return !name.isEmpty() && !name.startsWith("onnx::") && !name.startsWith("/") && name.matches(".*[A-Za-z]{2}.*");
  }

  /** {@code relu(dense(x))}. */
  private Optional<Formula> activation(Formula formula) {
    if (formula instanceof Formula.Apply(var function, var arguments, var named) && ACTIVATIONS.contains(function) && arguments.size() == 1 && named.isEmpty()) {
      return layer(arguments.getFirst()).filter(made -> WITH_ACTIVATION.contains(made.layer()) && !hasActivation(made))
          .map(made -> {
            var hyper = new ArrayList<>(made.hyper());
            var options = new LinkedHashMap<String, Formula>();
            if (made.layer().equals("dense")) {
              hyper.add(new Formula.Given(function));
            } else {
              options.put("activation", new Formula.Given(function));
            }
            options.putAll(made.named());
            return new Formula.Made(made.layer(), hyper, options, made.inputs(), made.weights(), made.origin());
          });
    }
    return Optional.empty();
  }

  private static boolean hasActivation(Formula.Made made) {
    return made.named().containsKey("activation") || made.layer().equals("dense") && made.hyper().size() > 1;
  }

  /** {@code x sigmoid(x)}. */
  private static Optional<Formula> silu(Formula formula) {
    if (formula instanceof Formula.Operate(var operator, var operands) && operator.equals("*")) {
      for (int i = 0; i < 2; i++) {
        var x = operands.get(i);
        var gate = FormulaMatching.call(operands.get(1 - i), "sigmoid").map(call -> Product.of(call.arguments().getFirst()))
            .filter(inner -> inner.factor() == 1 && inner.others().size() == 1 && FormulaMatching.isSame(inner.others().getFirst(), x));
        if (gate.isPresent()) {
          return Optional.of(apply("silu", x));
        }
      }
    }
    return Optional.empty();
  }

  /** {@code x / 2 (1 + erf(x / sqrt(2)))}, and the approximation by tanh (Hendrycks and Gimpel 2016). */
  private static Optional<Formula> gelu(Formula formula) {
    if (!(formula instanceof Formula.Operate(var operator, _)) || !operator.equals("*") && !operator.equals("/")) {
      return Optional.empty();
    }
    var product = Product.of(formula);
    if (Math.abs(product.factor() - 0.5) > 1e-6 || product.others().size() != 2) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      var x = product.others().get(i);
      var sum = FormulaMatching.operation(product.others().get(1 - i), "+");
      if (sum.isPresent()) {
        var wave = sum.get().operands().stream().filter(part -> !FormulaMatching.isNear(part, 1)).toList();
        if (wave.size() == 1 && isErrorFunction(wave.getFirst(), x)) {
          return Optional.of(apply("gelu", x));
        } else if (wave.size() == 1 && isTangent(wave.getFirst(), x)) {
          return Optional.of(apply("gelu", x, "approximate", true));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isErrorFunction(Formula formula, Formula x) {
    return FormulaMatching.call(formula, "erf").map(call -> Product.of(call.arguments().getFirst()))
        .filter(inner -> Math.abs(inner.factor() - Math.sqrt(0.5)) < 1e-4 && inner.others().size() == 1 && FormulaMatching.isSame(inner.others().getFirst(), x)).isPresent();
  }

  private static boolean isTangent(Formula formula, Formula x) {
    return FormulaMatching.call(formula, "tanh").map(call -> Product.of(call.arguments().getFirst()))
        .filter(inner -> Math.abs(inner.factor() - Math.sqrt(2 / Math.PI)) < 1e-4 && inner.others().size() == 1)
        .flatMap(inner -> FormulaMatching.operation(inner.others().getFirst(), "+")).filter(sum -> FormulaMatching.isSame(sum.operands().get(0), x) && isCube(sum.operands().get(1), x)
            || FormulaMatching.isSame(sum.operands().get(1), x) && isCube(sum.operands().get(0), x)).isPresent();
  }

  private static boolean isCube(Formula formula, Formula x) {
    var product = Product.of(formula);
    if (Math.abs(product.factor() - 0.044715) > 1e-5) {
      return false;
    }
    return product.others().size() == 3 ? product.others().stream().allMatch(part -> FormulaMatching.isSame(part, x))
        : product.others().size() == 1 && FormulaMatching.operation(product.others().getFirst(), "^")
            .filter(power -> FormulaMatching.isSame(power.operands().get(0), x) && FormulaMatching.isNear(power.operands().get(1), 3)).isPresent();
  }

  /** {@code (x - mean) / sqrt(mean((x - mean)^2) + epsilon) gamma + beta} over the last axis (Ba et al. 2016). */
  private static Optional<Formula> layerNorm(Formula formula) {
    if (!(formula instanceof Formula.Operate(var operator, var operands)) || !operator.equals("+")) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      var beta = FormulaMatching.constant(operands.get(1 - i));
      var scaled = FormulaMatching.operation(operands.get(i), "*");
      if (beta.isPresent() && scaled.isPresent()) {
        for (int j = 0; j < 2; j++) {
          var gamma = FormulaMatching.constant(scaled.get().operands().get(1 - j));
          var quotient = FormulaMatching.operation(scaled.get().operands().get(j), "/");
          if (gamma.isPresent() && quotient.isPresent() && fits(gamma.get(), beta.get())) {
            var found = normalised(quotient.get(), gamma.get(), beta.get(), FormulaMatching.term(scaled.get().operands().get(1 - j)).map(Term::origin).orElse(""));
            if (found.isPresent()) {
              return found;
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean fits(OnnxTensor gamma, OnnxTensor beta) {
    return gamma.rank() == 1 && beta.rank() == 1 && gamma.size() == beta.size();
  }

  private static Optional<Formula> normalised(Formula.Operate quotient, OnnxTensor gamma, OnnxTensor beta, String origin) {
    var off = quotient.operands().get(0);
    var difference = FormulaMatching.operation(off, "-");
    var x = difference.map(d -> d.operands().get(0));
    boolean centred = x.isPresent() && isMean(difference.get().operands().get(1), x.get(), gamma.size());
    var inside = FormulaMatching.call(quotient.operands().get(1), "sqrt").flatMap(root -> FormulaMatching.operation(root.arguments().getFirst(), "+"));
    if (!centred || inside.isEmpty()) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      var epsilon = FormulaMatching.number(inside.get().operands().get(1 - i));
      if (epsilon.isPresent() && isMeanSquare(inside.get().operands().get(i), off)) {
        var named = new LinkedHashMap<String, Formula>();
        if (Math.abs(epsilon.get() - 1e-5) > 1e-10) {
          named.put("epsilon", new Formula.Num(Double.parseDouble(Float.toString(epsilon.get().floatValue()))));
        }
        var weights = new LinkedHashMap<String, OnnxTensor>();
        weights.put("gamma", gamma);
        weights.put("beta", beta);
        return Optional.of(new Formula.Made("layer_norm", List.of(), named, List.of(x.get()), weights, origin));
      }
    }
    return Optional.empty();
  }

  /** Over the last axis, which is kept. */
  private static boolean isMean(Formula formula, Formula x, int width) {
    return FormulaMatching.call(formula, "mean").filter(mean -> FormulaMatching.isSame(mean.arguments().getFirst(), x) && mean.named().containsKey("keep")
        && FormulaMatching.term(x).filter(term -> term.rank() > 0 && term.shape().getLast().equals(Dim.of(width)) && isLast(mean, term.rank())).isPresent()).isPresent();
  }

  private static boolean isLast(Formula.Apply mean, int rank) {
    return mean.named().get("axis") instanceof Formula.Num(var axis) && (axis == rank - 1 || axis == -1);
  }

  private static boolean isMeanSquare(Formula formula, Formula off) {
    return FormulaMatching.call(formula, "mean").filter(mean -> mean.named().containsKey("keep")
        && (FormulaMatching.operation(mean.arguments().getFirst(), "^").filter(power -> FormulaMatching.isSame(power.operands().get(0), off) && FormulaMatching.isNear(power.operands().get(1), 2)).isPresent()
            || FormulaMatching.operation(mean.arguments().getFirst(), "*").filter(square -> square.operands().stream().allMatch(side -> FormulaMatching.isSame(side, off))).isPresent())).isPresent();
  }
}
