package nnc.onnx.export;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nnc.graph.Dim;
import nnc.graph.Kind;

/** What open dimensions come to, as values of the model: read from the shapes of its inputs, or what counts the turns of a loop, and computed from there. */
final class SizeValues {
  private final OnnxGraphWriter writer;
  private final Map<String, Origin> origins = new HashMap<>();

  /** Where an open dimension is read. */
  private sealed interface Origin {
    /** An axis of an input that has just this size. */
    record Axis(String input, int axis) implements Origin {}

    /** What counts a loop's turns, from 0. */
    record Turn(String number) implements Origin {}
  }

  SizeValues(OnnxGraphWriter writer, List<OnnxGraphWriter.Port> inputs) {
    this.writer = writer;
    for (var input : inputs) {
      for (int axis = 0; axis < input.type().rank(); axis++) {
        for (var name : input.type().dim(axis).variables()) {
          if (input.type().dim(axis).equals(Dim.open(name))) {
            origins.putIfAbsent(name, new Origin.Axis(input.value(), axis));
          }
        }
      }
    }
  }

  private SizeValues(OnnxGraphWriter writer, SizeValues outside) {
    this.writer = writer;
    this.origins.putAll(outside.origins);
  }

  /**
   * The same in the body of a loop.
   *
   * @param turn   the open dimension that counts turns from 1
   * @param number the value that does from 0
   */
  SizeValues within(OnnxGraphWriter body, String turn, String number) {
    var inside = new SizeValues(body, this);
    inside.origins.put(turn, new Origin.Turn(number));
    return inside;
  }

  /** Whether an open dimension can be read. */
  boolean isKnown(String name) {
    return origins.containsKey(name);
  }

  /** Sizes as a list. */
  String list(List<Dim> sizes) {
    if (sizes.stream().allMatch(Dim::isConstant)) {
      return writer.integers(sizes.stream().map(size -> size.constant().orElseThrow()).toList());
    }
    return sizes.size() == 1 ? of(sizes.getFirst()) : writer.node("Concat", sizes.stream().map(this::of).toList(), Attributes.of("axis", 0));
  }

  /** A size as a list of one. */
  String of(Dim size) {
    if (size.isConstant()) {
      return writer.integers(List.of(size.constant().orElseThrow()));
    }
    return size.quotients().isEmpty() ? sum(counted(size), true) : sum(size, false);
  }

  /** With turns counted as the model counts them, from 0: of quotients, no open dimension of which is less than one, that is not so simple. */
  private Dim counted(Dim size) {
    for (var name : size.variables()) {
      if (origins.get(name) instanceof Origin.Turn) {
        size = size.with(name, Dim.open(name).plus(1));
      }
    }
    return size;
  }

  private String sum(Dim size, boolean fromZero) {
    if (size.isConstant()) {
      return writer.integers(List.of(size.constant().orElseThrow()));
    }
    String sum = null;
    for (var term : size.terms().entrySet()) {
      var product = product(size, term.getKey(), term.getValue(), fromZero);
      sum = sum == null ? product : writer.node("Add", List.of(sum, product));
    }
    return sum;
  }

  private String product(Dim size, List<String> names, long factor, boolean fromZero) {
    var factors = new ArrayList<String>();
    names.forEach(name -> factors.add(size.quotients().containsKey(name) ? quotient(size.quotients().get(name)) : open(name, fromZero)));
    if (factor != 1 || factors.isEmpty()) {
      factors.add(writer.integers(List.of(factor)));
    }
    var product = factors.getFirst();
    for (var other : factors.subList(1, factors.size())) {
      product = writer.node("Mul", List.of(product, other));
    }
    return product;
  }

  /** Dividends are not negative, so that cutting off rounds down. */
  private String quotient(Dim.Quotient quotient) {
    return writer.node("Div", List.of(of(quotient.of()), writer.integers(List.of(quotient.by()))));
  }

  private String open(String name, boolean fromZero) {
    return switch (origins.get(name)) {
      case Origin.Axis(var input, var axis) -> writer.node("Shape", List.of(input), Attributes.of("start", axis), Attributes.of("end", axis + 1));
      case Origin.Turn(var number) -> {
        var list = writer.unsqueeze(number, List.of(0));
        yield fromZero ? list : writer.node("Add", List.of(list, writer.integers(List.of(1L))));
      }
    };
  }

  /** A size as a number without axes, of the kind that the program's numbers have. */
  String number(Dim size) {
    return writer.cast(scalar(size), Kind.FLOAT);
  }

  /** A size as a whole number without axes. */
  String scalar(Dim size) {
    return size.isConstant() ? writer.whole(size.constant().orElseThrow()) : writer.squeeze(of(size), List.of(0));
  }

  /** 0, 1, 2 ... of so many. */
  String range(Dim count) {
    return writer.node("Range", List.of(writer.whole(0), scalar(count), writer.whole(1)));
  }

  /** A value in another shape of as many elements: by what stays, what is known, and for one that is neither by what is left. */
  String reshape(String value, List<Dim> from, List<Dim> to) {
    if (from.equals(to)) {
      return value;
    }
    var lost = unitsAround(to, from);
    if (lost.isPresent()) {
      return writer.squeeze(value, lost.get());
    }
    var added = unitsAround(from, to);
    if (added.isPresent()) {
      return writer.unsqueeze(value, added.get());
    }
    var shape = new ArrayList<Dim>();
    boolean left = false;
    for (int axis = 0; axis < to.size(); axis++) {
      var size = to.get(axis);
      if (size.isConstant()) {
        shape.add(size);
      } else if (axis < from.size() && from.get(axis).equals(size)) {
        shape.add(Dim.ZERO);
      } else {
        shape.add(left ? size : Dim.of(-1));
        left = true;
      }
    }
    // a size of nothing would mean "as it was", and would leave nothing to divide by
    boolean isEmpty = to.stream().anyMatch(size -> size.is(0));
    return isEmpty ? writer.node("Reshape", List.of(value, list(to)), Attributes.of("allowzero", 1)) : writer.node("Reshape", List.of(value, list(shape)));
  }

  /** The axes of one element that the longer shape has and the shorter has not, if that is all they differ by. */
  private static Optional<List<Integer>> unitsAround(List<Dim> shorter, List<Dim> longer) {
    var added = new ArrayList<Integer>();
    int at = 0;
    for (int axis = 0; axis < longer.size(); axis++) {
      if (at < shorter.size() && shorter.get(at).equals(longer.get(axis))) {
        at++;
      } else if (longer.get(axis).is(1)) {
        added.add(axis);
      } else {
        return Optional.empty();
      }
    }
    return at == shorter.size() && !added.isEmpty() ? Optional.of(added) : Optional.empty();
  }
}
