package nnc.library.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** An array of jets, row-major, with plain loops for what formulas of networks need. */
record Jets(int[] shape, Jet[] all) {

  interface Element {
    Jet at(int... place);
  }

  static int size(int... shape) {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  /** Each element from its place. */
  static Jets build(int[] shape, Element element) {
    var all = new Jet[size(shape)];
    for (int i = 0; i < all.length; i++) {
      all[i] = element.at(place(i, shape));
    }
    return new Jets(shape, all);
  }

  static Jets scalar(Jet jet) {
    return new Jets(new int[0], new Jet[] {jet});
  }

  static Jets of(double[] values, int... shape) {
    return new Jets(shape, Arrays.stream(values).mapToObj(Jet::of).toArray(Jet[]::new));
  }

  private static int[] place(int flat, int[] shape) {
    var place = new int[shape.length];
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      place[axis] = flat % shape[axis];
      flat /= shape[axis];
    }
    return place;
  }

  int rank() {
    return shape.length;
  }

  int dim(int axis) {
    return shape[axis < 0 ? shape.length + axis : axis];
  }

  Jet at(int... place) {
    int flat = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      if (place[axis] < 0 || place[axis] >= shape[axis]) {
        throw new IndexOutOfBoundsException(Arrays.toString(place) + " in " + Arrays.toString(shape));
      }
      flat = flat * shape[axis] + place[axis];
    }
    return all[flat];
  }

  /** As {@link #at}, and zero outside. */
  Jet padded(int... place) {
    for (int axis = 0; axis < shape.length; axis++) {
      if (place[axis] < 0 || place[axis] >= shape[axis]) {
        return Jet.ZERO;
      }
    }
    return at(place);
  }

  /** A label or an index. */
  int whole(int... place) {
    return (int) at(place).v();
  }

  boolean is(int... place) {
    return at(place).v() != 0;
  }

  Jets reshape(int... other) {
    return new Jets(other, all);
  }

  Jets map(UnaryOperator<Jet> f) {
    return new Jets(shape, Arrays.stream(all).map(f).toArray(Jet[]::new));
  }

  Jets with(Jets other, BinaryOperator<Jet> f) {
    return build(shape, i -> f.apply(at(i), other.at(i)));
  }

  Jet sum() {
    return sum(List.of(all));
  }

  Jet mean() {
    return sum().over(all.length);
  }

  static Jet sum(Iterable<Jet> terms) {
    double v = 0;
    double d = 0;
    double e = 0;
    for (var term : terms) {
      v += term.v();
      d += term.d();
      e += term.e();
    }
    return new Jet(v, d, e);
  }

  interface Term {
    Jet at(int i);
  }

  /** The sum of count terms. */
  static Jet sum(int count, Term term) {
    var terms = new ArrayList<Jet>(count);
    for (int i = 0; i < count; i++) {
      terms.add(term.at(i));
    }
    return sum(terms);
  }

  /** The rows along the last axis. */
  List<Jets> rows() {
    int width = dim(-1);
    var rows = new ArrayList<Jets>();
    for (int from = 0; from < all.length; from += width) {
      rows.add(new Jets(new int[] {width}, Arrays.copyOfRange(all, from, from + width)));
    }
    return rows;
  }

  /** Each row along the last axis to one of the same length. */
  Jets byRow(UnaryOperator<Jets> f) {
    return new Jets(shape, rows().stream().flatMap(row -> Arrays.stream(f.apply(row).all)).toArray(Jet[]::new));
  }

  /** Each row along the last axis to one number. */
  Jets reduce(Function<Jets, Jet> f) {
    return new Jets(Arrays.copyOf(shape, shape.length - 1), rows().stream().map(f).toArray(Jet[]::new));
  }

  /** x W of the last axis. */
  Jets matmul(Jets w) {
    var result = shape.clone();
    result[result.length - 1] = w.dim(1);
    int units = w.dim(1);
    return new Jets(result, rows().stream().flatMap(row -> Arrays.stream(
        build(new int[] {units}, j -> sum(row.all.length, k -> row.all[k].times(w.at(k, j[0])))).all)).toArray(Jet[]::new));
  }

  /** A row added to each row along the last axis. */
  Jets plusRow(Jets b) {
    return byRow(row -> row.with(b, Jet::plus));
  }

  Jets plus(Jets other) {
    return with(other, Jet::plus);
  }

  Jets minus(Jets other) {
    return with(other, Jet::minus);
  }

  Jets times(Jets other) {
    return with(other, Jet::times);
  }

  /** e^x over the sum of all; of a row, less its largest so that nothing overflows. */
  Jets softmax() {
    double top = Arrays.stream(all).mapToDouble(Jet::v).max().orElseThrow();
    var powers = map(x -> x.minus(top).exp());
    var total = powers.sum();
    return powers.map(x -> x.over(total));
  }

  /** The logarithm of the sum of e^x, of all elements. */
  Jet logSumExp() {
    double top = Arrays.stream(all).mapToDouble(Jet::v).max().orElseThrow();
    return map(x -> x.minus(top).exp()).sum().log().plus(top);
  }
}
