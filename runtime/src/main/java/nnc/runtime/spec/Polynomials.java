package nnc.runtime.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Quotient;
import nnc.runtime.spec.ModelSpec.Repeat;

/** Arithmetic on polynomials in the open dimensions. */
public final class Polynomials {
  private Polynomials() {}

  /** The polynomial that is {@code value} whatever the dimensions. */
  public static Poly constant(long value) {
    return value == 0 ? new Poly(List.of(), List.of()) : new Poly(List.of(value), List.of(List.of()));
  }

  /** Whether no dimension occurs. */
  public static boolean isConstant(Poly poly) {
    for (int i = 0; i < poly.places().size(); i++) {
      if (!poly.places().get(i).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Whether the dimension at a place occurs. */
  public static boolean mentions(Poly poly, int place) {
    for (int i = 0; i < poly.places().size(); i++) {
      if (poly.places().get(i).contains(place)) {
        return true;
      }
    }
    return false;
  }

  /** The place of the dimension that {@code poly} is, alone and once; -1 if it is anything else. */
  public static int dimension(Poly poly) {
    boolean single = poly.factors().size() == 1 && poly.factors().get(0) == 1 && poly.places().get(0).size() == 1;
    return single ? poly.places().get(0).get(0) : -1;
  }

  /**
   * The value where dimension {@code i} is {@code dims[i]}.
   *
   * @throws ArithmeticException if it does not fit 64 bits
   */
  public static long value(Poly poly, int[] dims) {
    long sum = 0;
    List<Long> factors = poly.factors();
    for (int i = 0; i < factors.size(); i++) {
      long term = factors.get(i);
      List<Integer> places = poly.places().get(i);
      for (int k = 0; k < places.size(); k++) {
        term = Math.multiplyExact(term, (long) dims[places.get(k)]);
      }
      sum = Math.addExact(sum, term);
    }
    return sum;
  }

  /** The names of what a plan's polynomials refer to: of open dimensions, and behind them of quotients and turns. */
  public static List<String> names(ModelSpec.Plan plan) {
    if (plan.quotients().isEmpty() && plan.repeats().isEmpty()) {
      return plan.dims();
    }
    List<String> names = new ArrayList<>(plan.dims());
    for (Quotient quotient : plan.quotients()) {
      names.add(quotient.name());
    }
    for (Repeat repeat : plan.repeats()) {
      if (!names.contains(repeat.turn())) {
        names.add(repeat.turn());
      }
    }
    return names;
  }

  /** The sizes of a plan's open dimensions, and behind them what its quotients come to, and the numbers of last turns. */
  public static int[] sizes(ModelSpec.Plan plan, int[] open) {
    int[] sizes = Arrays.copyOf(open, names(plan).size());
    divide(plan, sizes);
    return sizes;
  }

  /** The place of what counts the turns of a repeat; that of another one by the same name is the same. */
  public static int turn(ModelSpec.Plan plan, int repeat) {
    String name = plan.repeats().get(repeat).turn();
    int place = plan.dims().size() + plan.quotients().size();
    int at = 0;
    while (!plan.repeats().get(at).turn().equals(name)) {
      place += isFirst(plan, at++) ? 1 : 0;
    }
    return place;
  }

  private static boolean isFirst(ModelSpec.Plan plan, int repeat) {
    for (int i = 0; i < repeat; i++) {
      if (plan.repeats().get(i).turn().equals(plan.repeats().get(repeat).turn())) {
        return false;
      }
    }
    return true;
  }

  /** Brings a plan's quotients, which stand behind its open dimensions, up to date, and has turns at their last; what no int holds is the largest one. */
  public static void divide(ModelSpec.Plan plan, int[] sizes) {
    int place = plan.dims().size();
    for (int i = 0; i < plan.quotients().size(); i++) {
      Quotient quotient = plan.quotients().get(i);
      sizes[place + i] = (int) Math.min(quotient.value(value(quotient.of(), sizes)), Integer.MAX_VALUE);
    }
    for (int i = 0; i < plan.repeats().size(); i++) {
      Repeat repeat = plan.repeats().get(i);
      int at = turn(plan, i);
      sizes[at] = (int) Math.max(1, Math.min(value(repeat.turns(), sizes), Integer.MAX_VALUE));
    }
  }

  /** Whether the dimension at a place occurs, in one of a plan's quotients too. */
  public static boolean depends(ModelSpec.Plan plan, Poly poly, int place) {
    boolean depends = mentions(poly, place);
    for (int i = 0; i < plan.quotients().size() && !depends; i++) {
      depends = mentions(poly, plan.dims().size() + i) && depends(plan, plan.quotients().get(i).of(), place);
    }
    return depends;
  }

  /** The sizes of a shape. */
  static int[] values(List<Poly> shape, int[] dims) {
    int[] sizes = new int[shape.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.toIntExact(value(shape.get(i), dims));
    }
    return sizes;
  }

  /** The number of elements of a shape. */
  static long size(List<Poly> shape, int[] dims) {
    long size = 1;
    for (int i = 0; i < shape.size(); i++) {
      size = Math.multiplyExact(size, value(shape.get(i), dims));
    }
    return size;
  }

  /** As the language writes it: {@code 2*N + 1}. */
  static String text(Poly poly, List<String> dims) {
    var text = new StringBuilder();
    for (int i = 0; i < poly.factors().size(); i++) {
      long factor = poly.factors().get(i);
      List<Integer> places = poly.places().get(i);
      text.append(i == 0 ? factor < 0 ? "-" : "" : factor < 0 ? " - " : " + ");
      if (places.isEmpty() || Math.abs(factor) != 1) {
        text.append(Math.abs(factor)).append(places.isEmpty() ? "" : "*");
      }
      for (int k = 0; k < places.size(); k++) {
        text.append(k == 0 ? "" : "*").append(dims.get(places.get(k)));
      }
    }
    return text.isEmpty() ? "0" : text.toString();
  }

  /** {@code float[N, 28, 28]}; a scalar is {@code float}. */
  public static String text(ModelSpec.ElementKind kind, List<Poly> shape, List<String> dims) {
    var text = new StringBuilder(kind.toString());
    for (int i = 0; i < shape.size(); i++) {
      text.append(i == 0 ? "[" : ", ").append(text(shape.get(i), dims));
    }
    return shape.isEmpty() ? text.toString() : text.append(']').toString();
  }

  /**
   * {@code given} with axes of one element behind the first dropped or put in so that it has the rank of {@code declared}; null if it
   * cannot.
   */
  public static int[] fitRank(List<Poly> declared, int[] given) {
    int rank = declared.size();
    if (given.length == rank) {
      return given;
    }
    int[] fitted = new int[rank];
    int next = 0;
    for (int axis = 0; axis < rank; axis++) {
      Poly poly = declared.get(axis);
      boolean one = axis > 0 && isConstant(poly) && value(poly, new int[0]) == 1;
      if (one && (next == given.length || given[next] != 1)) {
        fitted[axis] = 1;
        continue;
      }
      while (!one && next > 0 && next < given.length && given[next] == 1) {
        next++;
      }
      if (next == given.length) {
        return null;
      }
      fitted[axis] = given[next++];
    }
    while (next > 0 && next < given.length && given[next] == 1) {
      next++;
    }
    return next == given.length ? fitted : null;
  }
}
