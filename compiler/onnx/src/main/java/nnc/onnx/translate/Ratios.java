package nnc.onnx.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Term;

/**
 * Numbers that are sizes divided by whole numbers: what models compute in floats before they cut it off.
 *
 * @param shape   of the array that they are
 * @param numbers what is divided
 * @param by      by what each is
 */
record Ratios(int[] shape, List<Dim> numbers, List<Long> by) {
  /** Of what is multiplied by: a power of two, so that a product of floats is exact. */
  private static final int LARGEST_DIVISOR = 1024;

  /** What a value is of sizes; nothing if it is no such number. */
  static Optional<Ratios> of(Term term) {
    var extent = term.extent();
    if (extent.isPresent()) {
      var numbers = extent.get().numbers();
      return Optional.of(new Ratios(extent.get().shape(), numbers, numbers.stream().map(_ -> 1L).toList()));
    }
    return of(term.formula());
  }

  private static Optional<Ratios> of(Formula formula) {
    return switch (formula) {
      case Formula.Of(var inner) -> of(inner);
      case Formula.Operate(var operator, var operands) when operands.size() == 2 && operator.equals("/") -> of(operands.get(0)).flatMap(sizes -> constants(operands.get(1)).flatMap(sizes::divided));
      case Formula.Operate(var operator, var operands) when operands.size() == 2 && operator.equals("*") -> {
        boolean turned = constants(operands.get(1)).isEmpty();
        yield of(operands.get(turned ? 1 : 0)).flatMap(sizes -> constants(operands.get(turned ? 0 : 1)).flatMap(sizes::multiplied));
      }
      default -> Optional.empty();
    };
  }

  private static Optional<double[]> constants(Formula formula) {
    return switch (formula) {
      case Formula.Num(var value) -> Optional.of(new double[] {value});
      case Formula.Of(var term) when term.rank() <= 1 -> term.constant().map(tensor -> tensor.toDoubles());
      default -> Optional.empty();
    };
  }

  private boolean fits(double[] constants) {
    return constants.length == 1 || constants.length == numbers.size() && shape.length == 1;
  }

  private Optional<Ratios> divided(double[] divisors) {
    var more = new ArrayList<Long>();
    for (int i = 0; i < numbers.size() && fits(divisors); i++) {
      double divisor = divisors[divisors.length == 1 ? 0 : i];
      if (divisor != Math.rint(divisor) || divisor < 1 || divisor > 1 << 20) {
        return Optional.empty();
      }
      more.add(by.get(i) * (long) divisor);
    }
    return more.size() < numbers.size() ? Optional.empty() : Optional.of(new Ratios(shape, numbers, more));
  }

  private Optional<Ratios> multiplied(double[] factors) {
    var products = new ArrayList<Dim>();
    var more = new ArrayList<Long>();
    for (int i = 0; i < numbers.size() && fits(factors); i++) {
      double factor = factors[factors.length == 1 ? 0 : i];
      long down = 1;
      while (down <= LARGEST_DIVISOR && factor * down != Math.rint(factor * down)) {
        down *= 2;
      }
      // a rounded quotient times a number may be less than what it stands for
      if (Long.bitCount(by.get(i)) != 1 || down > LARGEST_DIVISOR || factor < 0 || factor * down > 1 << 20) {
        return Optional.empty();
      }
      products.add(numbers.get(i).times((long) (factor * down)));
      more.add(by.get(i) * down);
    }
    return more.size() < numbers.size() ? Optional.empty() : Optional.of(new Ratios(shape, products, more));
  }

  boolean isNatural() {
    return numbers.stream().allMatch(Dim::isNatural);
  }

  /** The whole numbers next below, or above. */
  List<Dim> rounded(boolean up) {
    return IntStream.range(0, numbers.size()).mapToObj(i -> up ? numbers.get(i).dividedUp(by.get(i)) : numbers.get(i).dividedDown(by.get(i))).toList();
  }
}
