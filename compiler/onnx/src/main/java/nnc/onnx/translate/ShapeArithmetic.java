package nnc.onnx.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxAttribute;
import nnc.onnx.term.Formula.Extent;
import nnc.onnx.term.Term;

/**
 * What models compute of sizes, done when they are imported: whole numbers that are known, or polynomials of open sizes. What it cannot decide is left to
 * the operators.
 */
final class ShapeArithmetic {
  private ShapeArithmetic() {}

  private static final int MOST = 4096;

  /** A value that is nowhere known to be, or not to be. */
  private static final class Undecided extends RuntimeException {
    private static final long serialVersionUID = 1;

    Undecided() {
      super(null, null, false, false);
    }
  }

  static Optional<List<Term>> of(Use use) {
    try {
      return switch (use.node().operator()) {
        case "Shape" -> Optional.of(List.of(shape(use)));
        case "Size" -> Optional.of(List.of(Term.of(new Extent(new int[0], List.of(Dim.product(use.in(0).shape()))), ElementType.INT64)));
        default -> !use.node().domain().isEmpty() || use.count() == 0 ? Optional.empty() : use.all().stream().allMatch(term -> term.extent().isPresent()) ? known(use) : cutOff(use);
      };
    } catch (Undecided _) {
      return Optional.empty();
    }
  }

  private static Term shape(Use use) {
    var dims = use.in(0).shape();
    int rank = dims.size();
    int from = Math.clamp(bound(use.whole("start", 0), rank), 0, rank);
    int to = Math.clamp(bound(use.whole("end", rank), rank), from, rank);
    return Term.of(new Extent(new int[] {to - from}, dims.subList(from, to)), ElementType.INT64);
  }

  private static long bound(long place, int size) {
    return place < 0 ? place + size : place;
  }

  private static Optional<List<Term>> known(Use use) {
    var x = use.in(0).extent().orElseThrow();
    var element = use.in(0).element();
    Extent result = switch (use.node().operator()) {
      case "Identity" -> x;
      case "Cast" -> castable(use, x);
      case "Add" -> pairs(use, Dim::plus);
      case "Sub" -> pairs(use, Dim::minus);
      case "Mul" -> pairs(use, Dim::times);
      case "Div" -> element.isFloat() ? null : pairs(use, ShapeArithmetic::quotient);
      case "Mod" -> element.isFloat() ? null : pairs(use, (a, b) -> a.minus(quotient(a, b).times(b)));
      case "Floor", "Ceil", "Round" -> isPlain(x) ? null : x;
      case "Max" -> use.count() == 2 ? pairs(use, ShapeArithmetic::larger) : null;
      case "Min" -> use.count() == 2 ? pairs(use, ShapeArithmetic::smaller) : null;
      case "Equal" -> pairs(use, ShapeArithmetic::equal);
      case "Where" -> chosen(x, use.in(1).extent().orElseThrow(), use.in(2).extent().orElseThrow());
      case "Gather" -> x.shape().length == 1 && use.axis("axis", 0, 1) == 0 ? gathered(x, use.in(1).extent().orElseThrow()) : null;
      case "Concat" -> joined(use.all());
      case "Slice" -> sliced(use, x);
      case "Unsqueeze" -> x.numbers().size() == 1 ? new Extent(ones(x.shape().length + count(use)), x.numbers()) : null;
      case "Squeeze" -> squeezed(use, x);
      case "Reshape" -> reshaped(x, use.sizes(1, "the shape"));
      case "ReduceProd" -> x.shape().length == 1 ? new Extent(use.flag("keepdims", true) ? new int[] {1} : new int[0], List.of(Dim.product(x.numbers()))) : null;
      case "Range" -> range(use);
      case "ConstantOfShape" -> filled(use, x);
      default -> null;
    };
    if (result == null || result.numbers().size() > MOST) {
      return Optional.empty();
    }
    return Optional.of(List.of(Term.of(result, switch (use.node().operator()) {
      case "Equal" -> ElementType.BOOL;
      case "Where" -> use.in(1).element();
      case "Cast" -> ElementType.of((int) use.whole("to", 1), use.node().title());
      case "ConstantOfShape" -> use.any("value").map(a -> a instanceof OnnxAttribute.Constant(var tensor) ? tensor.type() : ElementType.FLOAT).orElse(ElementType.FLOAT);
      default -> element;
    })));
  }

  private static int count(Use use) {
    var axes = use.wholes("axes");
    return axes != null ? axes.length : use.sizes(1, "which axes are new").size();
  }

  private static Extent squeezed(Use use, Extent x) {
    var axes = use.axes(1, x.shape().length);
    return x.numbers().size() == 1 ? new Extent(ones(axes == null ? 0 : x.shape().length - axes.size()), x.numbers()) : null;
  }

  private static Extent reshaped(Extent x, List<Dim> shape) {
    return x.shape().length <= 1 && shape.size() <= 1 ? new Extent(shape.isEmpty() ? new int[0] : new int[] {x.numbers().size()}, x.numbers()) : null;
  }

  private static int[] ones(int rank) {
    return IntStream.generate(() -> 1).limit(rank).toArray();
  }

  /** Casts that change no whole number; of truth values there are constants alone. */
  private static Extent castable(Use use, Extent x) {
    var to = ElementType.of((int) use.whole("to", 1), use.node().title());
    boolean open = x.numbers().stream().anyMatch(number -> !number.isConstant());
    return to.isOffered() && (to == ElementType.INT64 || to == ElementType.INT32 && open || to.isFloat() && open) ? x : null;
  }

  /** Elementwise, of two lists of one length or with a single number. */
  private static Extent pairs(Use use, BinaryOperator<Dim> fn) {
    var a = use.in(0).extent().orElseThrow();
    var b = use.in(1).extent().orElseThrow();
    boolean fits = a.numbers().size() == b.numbers().size() || a.numbers().size() == 1 || b.numbers().size() == 1;
    if (!fits || a.shape().length > 1 || b.shape().length > 1 || isPlain(a) && isPlain(b)) {
      return null;
    }
    int size = a.numbers().size() == 1 ? b.numbers().size() : a.numbers().size();
    var results = new ArrayList<Dim>();
    for (int i = 0; i < size; i++) {
      results.add(fn.apply(a.numbers().get(a.numbers().size() == 1 ? 0 : i), b.numbers().get(b.numbers().size() == 1 ? 0 : i)));
    }
    return new Extent(a.shape().length + b.shape().length == 0 ? new int[0] : new int[] {size}, results);
  }

  /** Whether it is all numbers: these are computed as any constants are. */
  private static boolean isPlain(Extent extent) {
    return extent.numbers().stream().allMatch(Dim::isConstant);
  }

  /** Of what is not negative, so that cutting off rounds down. */
  private static Dim quotient(Dim a, Dim b) {
    return a.dividedBy(b).orElseGet(() -> {
      if (!b.isConstant() || b.fixed() < 1 || !a.isNatural()) {
        throw new Undecided();
      }
      return a.dividedDown(b.fixed());
    });
  }

  /** Whole numbers of what sizes come to when they are divided, or multiplied by halves, quarters and the like. */
  private static Optional<List<Term>> cutOff(Use use) {
    boolean up = use.node().operator().equals("Ceil");
    boolean casts = use.node().operator().equals("Cast");
    if (!up && !casts && !use.node().operator().equals("Floor")) {
      return Optional.empty();
    }
    var to = casts ? ElementType.of((int) use.whole("to", 1), use.node().title()) : use.in(0).element();
    if (casts && to != ElementType.INT64 && to != ElementType.INT32) {
      return Optional.empty();
    }
    return Ratios.of(use.in(0)).filter(Ratios::isNatural).map(ratios -> List.of(Term.of(new Extent(ratios.shape(), ratios.rounded(up)), to)));
  }

  private static Dim larger(Dim a, Dim b) {
    if (a.minus(b).isNatural()) {
      return a;
    } else if (b.minus(a).isNatural()) {
      return b;
    }
    throw new Undecided();
  }

  private static Dim smaller(Dim a, Dim b) {
    return larger(a, b).equals(a) ? b : a;
  }

  /** Sizes are at least one. */
  private static Dim equal(Dim a, Dim b) {
    if (a.equals(b)) {
      return Dim.ONE;
    } else if (a.minus(b).plus(-1).isNatural() || b.minus(a).plus(-1).isNatural()) {
      return Dim.ZERO;
    }
    throw new Undecided();
  }

  private static Extent chosen(Extent condition, Extent a, Extent b) {
    if (condition.shape().length > 1 || a.shape().length > 1 || b.shape().length > 1 || isPlain(condition) && isPlain(a) && isPlain(b)) {
      return null;
    }
    int size = Math.max(condition.numbers().size(), Math.max(a.numbers().size(), b.numbers().size()));
    var results = new ArrayList<Dim>();
    for (int i = 0; i < size; i++) {
      if (!element(condition, i).isConstant()) {
        return null;
      }
      results.add(element(element(condition, i).is(0) ? b : a, i));
    }
    return new Extent(new int[] {size}, results);
  }

  private static Dim element(Extent extent, int i) {
    return extent.numbers().get(extent.numbers().size() == 1 ? 0 : i);
  }

  private static Extent gathered(Extent x, Extent index) {
    var results = new ArrayList<Dim>();
    for (var place : index.numbers()) {
      if (!place.isConstant()) {
        return null;
      }
      results.add(x.numbers().get((int) bound(place.fixed(), x.numbers().size())));
    }
    return new Extent(index.shape(), results);
  }

  private static Extent joined(List<Term> terms) {
    var results = new ArrayList<Dim>();
    for (var term : terms) {
      var extent = term.extent().orElseThrow();
      if (extent.shape().length != 1) {
        return null;
      }
      results.addAll(extent.numbers());
    }
    return new Extent(new int[] {results.size()}, results);
  }

  private static Extent sliced(Use use, Extent x) {
    if (x.shape().length != 1) {
      return null;
    }
    var slices = SliceBounds.of(use);
    if (slices.isEmpty()) {
      return x;
    }
    var one = slices.getFirst();
    var results = new ArrayList<Dim>();
    int size = x.numbers().size();
    long from = one.from(size);
    long to = one.to(size);
    for (long i = from; one.step() > 0 ? i < to : i > to; i += one.step()) {
      results.add(x.numbers().get((int) i));
    }
    return new Extent(new int[] {results.size()}, results);
  }

  private static Extent range(Use use) {
    var bounds = IntStream.range(0, 3).mapToObj(i -> use.in(i).extent().orElseThrow().numbers().getFirst()).toList();
    if (!bounds.stream().allMatch(Dim::isConstant) || use.in(0).element().isFloat()) {
      return null;
    }
    long from = bounds.get(0).fixed();
    long to = bounds.get(1).fixed();
    long step = bounds.get(2).fixed();
    if (step == 0 || Math.max(0, (to - from) / step) > MOST) {
      return null;
    }
    var results = new ArrayList<Dim>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      results.add(Dim.of(i));
    }
    return new Extent(new int[] {results.size()}, results);
  }

  private static Extent filled(Use use, Extent shape) {
    var value = use.any("value").map(a -> a instanceof OnnxAttribute.Constant(var tensor) ? tensor.get(0) : 0).orElse(0.0);
    boolean isRow = shape.numbers().size() == 1 && shape.numbers().getFirst().constant().orElse(MOST + 1) <= MOST;
    boolean isWhole = use.any("value").map(a -> a instanceof OnnxAttribute.Constant(var tensor) && tensor.data() instanceof long[]).orElse(false);
    return isRow && isWhole ? new Extent(new int[] {shape.numbers().getFirst().fixed()}, java.util.Collections.nCopies(shape.numbers().getFirst().fixed(), Dim.of(value.longValue()))) : null;
  }
}
