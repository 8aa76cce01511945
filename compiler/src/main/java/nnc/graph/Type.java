package nnc.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The type of a tensor: element kind and shape, outermost dimension first; a scalar has no dimensions. */
public record Type(Kind kind, List<Dim> shape) {

  public Type {
    shape = List.copyOf(shape);
  }

  public static Type of(Kind kind, Dim... shape) {
    return new Type(kind, List.of(shape));
  }

  public static Type floats(List<Dim> shape) {
    return new Type(Kind.FLOAT, shape);
  }

  public int rank() {
    return shape.size();
  }

  public Dim dim(int axis) {
    return shape.get(axis);
  }

  public Type withKind(Kind other) {
    return other == kind ? this : new Type(other, shape);
  }

  public Type withShape(List<Dim> other) {
    return new Type(kind, other);
  }

  /** That of so many of them, along a new first axis. */
  public Type collected(Dim count) {
    var wide = new ArrayList<Dim>();
    wide.add(count);
    wide.addAll(shape);
    return withShape(wide);
  }

  /** The number of elements. */
  public Dim size() {
    return Dim.product(shape);
  }

  /** Whether there are none of them for some sizes of the open dimensions, as far as is known. */
  public boolean mayBeEmpty() {
    return shape.stream().anyMatch(dim -> !dim.plus(-1).isNatural());
  }

  /** As many as {@link #size} comes to, without the polynomial. */
  public long elements(ToLongFunction<String> dims) {
    long elements = 1;
    for (int i = 0; i < shape.size(); i++) {
      elements = Math.multiplyExact(elements, shape.get(i).evaluate(dims));
    }
    return elements;
  }

  /** Said in full because it is asked of every node after every pass. */
  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof Type type && kind == type.kind && Shapes.same(shape, type.shape);
  }

  @Override
  public int hashCode() {
    return kind.ordinal() + 31 * shape.hashCode();
  }

  @Override
  public String toString() {
    return shape.isEmpty() ? kind.toString()
        : kind + shape.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
