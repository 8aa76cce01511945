package nnc.onnx.term;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxTensor;

/**
 * A value of the network's: what it is in the language, and what type it has. Two terms are the same only if they are one object.
 */
public final class Term {
  /** Longer lists of whole numbers are no sizes. */
  private static final int MOST_SIZES = 4096;

  private final String origin;
  private final ElementType element;
  private final List<Dim> shape;
  private final Formula formula;

  /** @param origin its name in the model, perhaps empty */
  public Term(String origin, ElementType element, List<Dim> shape, Formula formula) {
    this.origin = origin;
    this.element = element;
    this.shape = List.copyOf(shape);
    this.formula = formula;
  }

  /** A constant. */
  public static Term of(String origin, OnnxTensor tensor) {
    return new Term(origin, tensor.type(), java.util.Arrays.stream(tensor.shape()).mapToObj(Dim::of).toList(), new Formula.Table(tensor));
  }

  /** Whole numbers that are known. */
  public static Term of(Formula.Extent extent, ElementType element) {
    if (extent.numbers().stream().allMatch(Dim::isConstant)) {
      var values = extent.numbers().stream().mapToDouble(number -> number.constant().getAsLong()).toArray();
      var longs = extent.numbers().stream().mapToLong(number -> number.constant().getAsLong()).toArray();
      return of("", element.isFloat() ? OnnxTensor.of(element, extent.shape(), values) : new OnnxTensor(element, extent.shape(), longs));
    }
    return new Term("", element, java.util.Arrays.stream(extent.shape()).mapToObj(Dim::of).toList(), extent);
  }

  public String origin() {
    return origin;
  }

  public ElementType element() {
    return element;
  }

  public List<Dim> shape() {
    return shape;
  }

  public int rank() {
    return shape.size();
  }

  public Dim dim(int axis) {
    return shape.get(axis);
  }

  public Formula formula() {
    return formula;
  }

  /** The constant that it is. */
  public Optional<OnnxTensor> constant() {
    return formula instanceof Formula.Table(var tensor) ? Optional.of(tensor) : Optional.empty();
  }

  /** The one number that it is at all its places. */
  public Optional<Double> number() {
    return constant().filter(tensor -> tensor.size() == 1).map(tensor -> tensor.get(0));
  }

  /** The whole numbers that it is, if they are known but for open sizes. */
  public Optional<Formula.Extent> extent() {
    return switch (formula) {
      case Formula.Extent extent -> Optional.of(extent);
      case Formula.Table(var tensor) when tensor.data() instanceof long[] numbers && numbers.length <= MOST_SIZES ->
          Optional.of(new Formula.Extent(tensor.shape(), LongStream.of(numbers).mapToObj(Dim::of).toList()));
      case Formula.Table(var tensor) when tensor.size() <= MOST_SIZES && tensor.size() > 0 && isWhole(tensor.toDoubles()) ->
          Optional.of(new Formula.Extent(tensor.shape(), LongStream.of(tensor.toLongs()).mapToObj(Dim::of).toList()));
      default -> Optional.empty();
    };
  }

  private static boolean isWhole(double[] numbers) {
    for (var number : numbers) {
      if (number != Math.rint(number) || Math.abs(number) > 1L << 53) {
        return false;
      }
    }
    return true;
  }

  /** Called otherwise. */
  public Term named(String other) {
    return origin.isEmpty() && !other.isEmpty() ? new Term(other, element, shape, formula) : this;
  }

  /** As the language writes the type. */
  public String type() {
    return element.kind() + (shape.isEmpty() ? "" : shape.stream().map(FormulaPrinter::size).collect(Collectors.joining(", ", "[", "]")));
  }

  @Override
  public String toString() {
    return "'" + origin + "' " + type();
  }
}
