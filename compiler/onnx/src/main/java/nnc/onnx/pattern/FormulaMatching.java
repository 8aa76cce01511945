package nnc.onnx.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Term;

/** Looks into formulas, through the terms that they are made of. */
final class FormulaMatching {
  private FormulaMatching() {}

  /** The formula of a term that stands here, or the formula itself. */
  static Formula open(Formula formula) {
    return formula instanceof Formula.Of(var term) && !(term.formula() instanceof Formula.Given) && !(term.formula() instanceof Formula.Table) ? open(term.formula()) : formula;
  }

  /** The term that stands here, less names that it only has besides. */
  static Optional<Term> term(Formula formula) {
    return formula instanceof Formula.Of(var term) ? term(term.formula()).or(() -> Optional.of(term)) : Optional.empty();
  }

  static Optional<Formula.Operate> operation(Formula formula, String operator) {
    return open(formula) instanceof Formula.Operate operate && operate.operator().equals(operator) && operate.operands().size() == 2 ? Optional.of(operate) : Optional.empty();
  }

  static Optional<Formula.Apply> call(Formula formula, String function) {
    return open(formula) instanceof Formula.Apply apply && apply.function().equals(function) ? Optional.of(apply) : Optional.empty();
  }

  /** The one number that stands here. */
  static Optional<Double> number(Formula formula) {
    return switch (formula) {
      case Formula.Num(var value) -> Optional.of(value);
      case Formula.Of(var term) -> term.number();
      default -> Optional.empty();
    };
  }

  static boolean isNear(Formula formula, double value) {
    return number(formula).filter(number -> Math.abs(number - value) <= 1e-5 * Math.abs(value)).isPresent();
  }

  /** A constant array of floats, as it stands in the model. */
  static Optional<OnnxTensor> constant(Formula formula) {
    return formula instanceof Formula.Of(var term) ? term.constant().filter(tensor -> tensor.type().isFloat()) : Optional.empty();
  }

  static boolean isSame(Formula a, Formula b) {
    return term(a).isPresent() && term(a).get() == term(b).orElse(null);
  }

  /** What a product is made of, its numbers as one in front. */
  record Product(double factor, List<Formula> others) {
    static Product of(Formula formula) {
      var others = new ArrayList<Formula>();
      return new Product(collect(formula, others), others);
    }

    private static double collect(Formula formula, List<Formula> others) {
      var product = operation(formula, "*");
      var quotient = operation(formula, "/");
      if (product.isPresent()) {
        return collect(product.get().operands().get(0), others) * collect(product.get().operands().get(1), others);
      } else if (quotient.isPresent() && number(quotient.get().operands().get(1)).isPresent()) {
        return collect(quotient.get().operands().get(0), others) / number(quotient.get().operands().get(1)).get();
      }
      var number = number(formula);
      if (number.isEmpty()) {
        others.add(formula);
      }
      return number.orElse(1.0);
    }
  }
}
