package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.cast;
import static nnc.onnx.term.Formulas.operate;
import static nnc.onnx.term.Formulas.where;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Elements by their places. */
final class IndexOperators {
  private IndexOperators() {}

  /** More are not written out. */
  private static final int MOST_STEPS = 1024;

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("Gather", IndexOperators::gather);
    table.put("GatherElements", IndexOperators::gatherElements);
    table.put("GatherND", use -> use.one(apply("gather_nd", use.in(0), use.in(1), use.small("batch_dims", 0))));
    table.put("ScatterElements", IndexOperators::scatterElements);
    table.put("Scatter", IndexOperators::scatterElements);
    table.put("ScatterND", IndexOperators::scatterNd);
    table.put("OneHot", IndexOperators::oneHot);
    table.put("EyeLike", IndexOperators::eye);
    return table;
  }

  /** Places counted from the end become places counted from the front. */
  private static Formula fromFront(Use use, int input, Dim size) {
    var index = use.in(input);
    if (index.constant().isPresent() && size.isConstant()) {
      var places = index.constant().get().toLongs();
      for (int i = 0; i < places.length; i++) {
        places[i] += places[i] < 0 ? size.fixed() : 0;
      }
      return Formulas.of(Term.of(index.origin(), new OnnxTensor(index.element(), index.constant().get().shape(), places)));
    } else if (isNatural(Formulas.of(index))) {
      return Formulas.of(index);
    }
    // an open size is a number of no kind, and what it is added to would be floats
    return where(operate("<", index, 0), Formulas.add(index, size.isConstant() ? size : Formulas.cast(size, "int")), index);
  }

  /** Whether numbers are known not to be negative: constants that are not, and parts of such. */
  private static boolean isNatural(Formula formula) {
    return switch (formula) {
      case Formula.Of(var term) -> isNatural(term.formula());
      case Formula.Table(var tensor) -> java.util.Arrays.stream(tensor.toLongs()).allMatch(place -> place >= 0);
      case Formula.At(var base, _) -> isNatural(base);
      case Formula.Apply(var function, var arguments, _) -> function.equals("range")
          || java.util.Set.of("expand", "reshape", "squeeze", "transpose", "broadcast", "flatten", "cast").contains(function) && isNatural(arguments.getFirst());
      case Formula.Turn _ -> true;
      case Formula.Carried _, Formula.Loop _, Formula.Result _, Formula.Given _, Formula.Extent _, Formula.Num _, Formula.Txt _, Formula.Flag _, Formula.Listed _, Formula.Size _, Formula.Operate _, Formula.Made _ -> false;
    };
  }

  /** Words and the like, by which a table of weights is read, are places as they are fed; a negative one is refused when it runs. */
  private static Formula words(Use use, Dim size) {
    var index = use.in(1);
    return isFed(index) ? Formulas.of(index) : fromFront(use, 1, size);
  }

  private static boolean isFed(Term index) {
    return index.formula() instanceof Formula.Given || index.formula() instanceof Formula.Of(var inner) && isFed(inner);
  }

  private static List<Term> gather(Use use) {
    var x = use.in(0);
    var index = use.in(1);
    int axis = use.axis("axis", 0, x.rank());
    if (index.rank() == 0 && index.extent().isPresent()) {
      var place = index.extent().get().numbers().getFirst();
      return use.one(Formulas.at(x, axis, place));
    }
    var turn = turn(Formulas.of(index)).filter(number -> number.formula() instanceof Formula.Turn(var turns) && turns.count().equals(x.dim(axis)));
    if (turn.isPresent()) {
      var shape = new ArrayList<>(x.shape());
      shape.remove(axis);
      return List.of(new Term("", x.element(), shape, Formulas.at(x, axis, turn.get())));
    }
    var first = axis == 0 ? counted(index, x.dim(0)) : Optional.<Formula.Subscript.Part>empty();
    if (first.isPresent()) {
      Formula part = new Formula.At(Formulas.of(x), List.of(first.get()));
      for (int i = 1; i < index.rank(); i++) {
        part = apply("expand", part, 0);
      }
      return use.one(part);
    }
    if (axis == 0 && x.rank() == 2 && x.constant().isPresent() && x.element().isFloat() && index.constant().isEmpty()) {
      var weights = new LinkedHashMap<String, OnnxTensor>();
      weights.put("W", x.constant().get());
      return List.of(use.let(new Formula.Made("embedding", List.of(Formulas.of(x.dim(0)), Formulas.of(x.dim(1))), new LinkedHashMap<>(),
          List.of(words(use, x.dim(0))), weights, use.origin(0))));
    }
    return use.one(axis == 0 ? apply("take", x, fromFront(use, 1, x.dim(axis))) : apply("take", x, fromFront(use, 1, x.dim(axis)), "axis", axis));
  }

  /** The number of a loop's turn that is read as a whole number. */
  private static Optional<Term> turn(Formula formula) {
    return switch (formula) {
      case Formula.Of(var term) when term.formula() instanceof Formula.Turn -> Optional.of(term);
      case Formula.Of(var term) -> turn(term.formula());
      case Formula.Apply(var function, var arguments, _) when function.equals("cast") -> turn(arguments.getFirst());
      default -> Optional.empty();
    };
  }

  /** Which first rows of a table are meant by places that count from 0 to an open size, as those of words in a sentence; behind axes of one. */
  private static Optional<Formula.Subscript.Part> counted(Term index, Dim rows) {
    if (!(index.formula() instanceof Formula.At(var base, var subscripts)) || subscripts.size() != index.rank() || !(base instanceof Formula.Of(var table))) {
      return Optional.empty();
    }
    boolean counts = table.constant().filter(places -> rows.is(places.size()) && places.shape()[places.rank() - 1] == places.size()
        && IntStream.range(0, places.size()).allMatch(i -> places.get(i) == i)).isPresent();
    boolean whole = subscripts.subList(0, subscripts.size() - 1).stream()
        .allMatch(axis -> axis instanceof Formula.Subscript.Part(var from, var to, var step) && from == null && to == null && step == null);
    return counts && whole && subscripts.getLast() instanceof Formula.Subscript.Part part && part.from() == null && part.step() == null ? Optional.of(part) : Optional.empty();
  }

  private static List<Term> gatherElements(Use use) {
    var x = use.in(0);
    int axis = use.axis("axis", 0, x.rank());
    return use.one(apply("gather", x, fromFront(use, 1, x.dim(axis)), "axis", axis));
  }

  private static List<Term> scatterElements(Use use) {
    var x = use.in(0);
    int axis = use.axis("axis", 0, x.rank());
    var reduction = use.text("reduction", "none");
    var index = fromFront(use, 1, x.dim(axis));
    return switch (reduction) {
      case "add" -> List.of(use.as(apply("scatter_add", x, index, use.in(2), "axis", axis), x.element()));
      case "none" -> List.of(use.as(apply("scatter", x, index, use.in(2), "axis", axis), x.element()));
      case "mul", "max", "min" -> {
        for (int i = 0; i < x.rank(); i++) {
          if (i != axis && !use.in(1).dim(i).equals(x.dim(i))) {
            throw use.not("its indices are " + use.in(1).type() + " for " + x.type() + ": joined by '" + reduction + "' they have its sizes but along the axis");
          }
        }
        steps(use, use.in(1).dim(axis));
        yield List.of(use.as(apply("onnx_scatter_elements", x, index, use.in(2), axis, Formulas.text(reduction)), x.element()));
      }
      default -> throw use.not("what is scattered to one place is joined by '" + reduction + "'");
    };
  }

  /** What is joined is so step by step. */
  private static void steps(Use use, Dim count) {
    if (Use.fixed(count, "how much is scattered") > MOST_STEPS) {
      throw use.not("it scatters to " + count + " places, and more than " + MOST_STEPS + " are not joined step by step");
    }
  }

  private static List<Term> scatterNd(Use use) {
    var x = use.in(0);
    var reduction = use.text("reduction", "none");
    return switch (reduction) {
      case "none" -> List.of(use.as(apply("scatter_nd", x, use.in(1), use.in(2)), x.element()));
      case "add" -> List.of(use.as(apply("scatter_nd", x, use.in(1), use.in(2), "add", true), x.element()));
      case "mul", "max", "min" -> {
        steps(use, Dim.product(use.in(1).shape().subList(0, use.in(1).rank() - 1)));
        yield List.of(use.as(apply("onnx_scatter_parts", x, use.in(1), use.in(2), Formulas.text(reduction)), x.element()));
      }
      default -> throw use.not("what is scattered to one place is joined by '" + reduction + "'");
    };
  }

  private static List<Term> oneHot(Use use) {
    var index = use.in(0);
    var depth = use.sizes(1, "how many classes there are").getFirst();
    var values = use.in(2);
    int axis = Use.axis(use.whole("axis", -1), index.rank() + 1);
    var places = where(operate("<", index, 0), Formulas.add(index, depth), index);
    var hot = operate("==", apply("expand", places, -1), apply("range", depth));
    var chosen = where(hot, Formulas.at(values, 0, 1), Formulas.at(values, 0, 0));
    return List.of(use.as(axis == index.rank() ? chosen : apply("transpose", chosen, Formulas.list(ReduceOperators.movedFromEnd(axis, index.rank() + 1))), values.element()));
  }

  private static List<Term> eye(Use use) {
    var x = use.in(0);
    var element = use.given("dtype") ? nnc.onnx.model.ElementType.of(use.small("dtype", 1), use.node().title()) : x.element();
    var here = operate("==", apply("range", x.dim(1)), Formulas.add(apply("expand", apply("range", x.dim(0)), 1), use.whole("k", 0)));
    return List.of(use.as(cast(here, element.kind().toString()), element));
  }
}
