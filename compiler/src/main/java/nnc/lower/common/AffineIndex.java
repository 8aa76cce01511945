package nnc.lower.common;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.Loop;

/**
 * An offset or index while a kernel is lowered: an affine sum of atoms whose factors may be open dimensions. Quotients and remainders
 * that can be resolved by the ranges of the loops are resolved.
 *
 * @param terms    factor by atom; no zero factors
 * @param constant what is added
 */
public record AffineIndex(Map<Atom, Dim> terms, Dim constant) {

  public sealed interface Atom {
    /** A loop variable from 0 to {@code extent} - 1. */
    record Var(String name, Dim extent) implements Atom {}

    record Div(AffineIndex value, Dim by) implements Atom {}

    record Mod(AffineIndex value, Dim by) implements Atom {}

    /** An index that is a whole number which is read or chosen at run time, as bits. It is one of {@code size} places, if that is not null. */
    record Element(Loop.Expr value, Dim size) implements Atom {}
  }

  public static final AffineIndex ZERO = of(Dim.ZERO);

  public static AffineIndex of(Dim constant) {
    return new AffineIndex(Map.of(), constant);
  }

  public static AffineIndex of(Atom atom) {
    return new AffineIndex(Map.of(atom, Dim.ONE), Dim.ZERO);
  }

  public AffineIndex plus(AffineIndex other) {
    var sum = new LinkedHashMap<>(terms);
    other.terms.forEach((atom, factor) -> {
      var total = sum.getOrDefault(atom, Dim.ZERO).plus(factor);
      if (total.is(0)) {
        sum.remove(atom);
      } else {
        sum.put(atom, total);
      }
    });
    return new AffineIndex(sum, constant.plus(other.constant));
  }

  public AffineIndex plus(Dim value) {
    return new AffineIndex(terms, constant.plus(value));
  }

  public AffineIndex minus(AffineIndex other) {
    return plus(other.times(Dim.of(-1)));
  }

  public AffineIndex times(Dim factor) {
    if (factor.is(0)) {
      return ZERO;
    }
    var product = new LinkedHashMap<Atom, Dim>();
    terms.forEach((atom, f) -> product.put(atom, f.times(factor)));
    return new AffineIndex(product, constant.times(factor));
  }

  /** The quotient, floored. */
  public AffineIndex dividedBy(Dim by) {
    if (by.is(1)) {
      return this;
    }
    var split = split(by);
    if (split.remainder.within(by)) {
      return split.quotient;
    }
    var inner = split.remainder.common(by);
    return split.quotient.plus(inner == null ? of(new Atom.Div(split.remainder, by)) : inner.split.quotient.dividedBy(inner.by(by)));
  }

  public AffineIndex modulo(Dim by) {
    if (by.is(1)) {
      return ZERO;
    }
    var remainder = split(by).remainder;
    if (remainder.within(by)) {
      return remainder;
    }
    var inner = remainder.common(by);
    return inner == null ? of(new Atom.Mod(remainder, by)) : inner.split.quotient.modulo(inner.by(by)).times(Dim.of(inner.factor)).plus(inner.split.remainder);
  }

  /** An index as {@code factor * quotient + remainder}, where the remainder is from [0, factor): quotients and remainders then are those of the quotient. */
  private record Common(int factor, Split split) {
    Dim by(Dim by) {
      return Dim.of(by.fixed() / factor);
    }
  }

  /** The largest such factor that goes into a divisor; null if there is none. */
  private Common common(Dim by) {
    return !by.isConstant() ? null : terms.values().stream().filter(Dim::isConstant).map(factor -> gcd(Math.abs(factor.fixed()), by.fixed()))
        .filter(factor -> factor > 1).sorted(Comparator.reverseOrder()).map(factor -> new Common(factor, split(Dim.of(factor))))
        .filter(common -> common.split.remainder.within(Dim.of(common.factor))).findFirst().orElse(null);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private record Split(AffineIndex quotient, AffineIndex remainder) {}

  /** The terms that are multiples of the divisor, divided, and the others. */
  private Split split(Dim by) {
    var quotient = ZERO;
    var remainder = ZERO;
    for (var term : terms.entrySet()) {
      var part = term.getValue().dividedBy(by);
      if (part.isPresent()) {
        quotient = quotient.plus(new AffineIndex(Map.of(term.getKey(), part.get()), Dim.ZERO));
      } else {
        remainder = remainder.plus(new AffineIndex(Map.of(term.getKey(), term.getValue()), Dim.ZERO));
      }
    }
    var whole = constant.dividedBy(by);
    if (whole.isPresent()) {
      quotient = quotient.plus(whole.get());
    } else {
      remainder = remainder.plus(constant);
    }
    return new Split(quotient, remainder);
  }

  /** Certainly from [0, limit). */
  boolean within(Dim limit) {
    return atLeastZero() && below(limit);
  }

  /** Certainly not negative. */
  boolean atLeastZero() {
    return terms.entrySet().stream().allMatch(term -> natural(term.getKey()) && positive(term.getValue())) && positive(constant);
  }

  /** Certainly below a limit: its largest value is. */
  boolean below(Dim limit) {
    var largest = largest();
    return largest != null && positive(limit.minus(largest).plus(-1));
  }

  /** What the index never exceeds; null if that is not known. */
  private Dim largest() {
    var largest = constant;
    for (var term : terms.entrySet()) {
      if (!positive(term.getValue())) {
        continue;
      }
      var top = top(term.getKey());
      if (top == null) {
        return null;
      }
      largest = largest.plus(top.times(term.getValue()));
    }
    return largest;
  }

  private static boolean natural(Atom atom) {
    return !(atom instanceof Atom.Div(var value, _)) || value.atLeastZero();
  }

  private static Dim top(Atom atom) {
    return switch (atom) {
      case Atom.Var(_, var extent) -> extent.plus(-1);
      case Atom.Mod(_, var by) -> by.plus(-1);
      case Atom.Div(var value, var by) -> {
        var most = value.largest();
        yield most != null && by.isConstant() ? most.dividedDown(by.fixed()) : null;
      }
      case Atom.Element(_, var size) -> size == null ? null : size.plus(-1);
    };
  }

  /** As {@link Dim#isNatural}. */
  public static boolean positive(Dim dim) {
    return dim.isNatural();
  }

  public Dim factor(String var) {
    for (var term : terms.entrySet()) {
      if (term.getKey() instanceof Atom.Var(var name, _) && name.equals(var)) {
        return term.getValue();
      }
    }
    return Dim.ZERO;
  }

  /** What is left of the index where variables are zero. */
  AffineIndex at(Set<String> zero) {
    var remainder = new LinkedHashMap<>(terms);
    remainder.keySet().removeIf(atom -> atom instanceof Atom.Var(var name, _) && zero.contains(name));
    return new AffineIndex(remainder, constant);
  }

  /** Variables that occur inside a quotient, a remainder or an element. */
  public Set<String> entangled() {
    var names = new TreeSet<String>();
    for (var atom : terms.keySet()) {
      switch (atom) {
        case Atom.Var _ -> { }
        case Atom.Div(var value, _) -> names.addAll(value.variables());
        case Atom.Mod(var value, _) -> names.addAll(value.variables());
        case Atom.Element _ -> names.add("*");
      }
    }
    return names;
  }

  /** Whether the index runs through {@code second} and on with {@code first} as through one loop. */
  boolean seamless(Atom.Var first, Atom.Var second) {
    var tangled = entangled();
    return !tangled.contains(first.name()) && !tangled.contains(second.name()) && !tangled.contains("*")
        && factor(first.name()).equals(factor(second.name()).times(second.extent()));
  }

  /** How often each value repeats along a variable, if neighbouring ones are one apart: 2 for {@code n + x / 2}; 1 if they do not run so. */
  public int repeats(String var) {
    int found = 1;
    for (var term : terms.entrySet()) {
      if (term.getKey() instanceof Atom.Div(var value, var by) && value.variables().contains(var)) {
        boolean alone = value.terms().size() == 1 && value.factor(var).is(1) && value.constant().is(0) && term.getValue().is(1);
        if (found > 1 || !alone || !by.isConstant() || 16 % by.fixed() != 0) {
          return 1;
        }
        found = by.fixed();
      } else if (!(term.getKey() instanceof Atom.Var(var name, _) && !name.equals(var)) && of(term.getKey()).variables().contains(var)) {
        return 1;
      }
    }
    return found;
  }

  public Set<String> variables() {
    var names = entangled();
    for (var atom : terms.keySet()) {
      if (atom instanceof Atom.Var(var name, _)) {
        names.add(name);
      }
    }
    return names;
  }

  /** Row-major: the offset of an element in an array of a shape. */
  public static AffineIndex linear(List<AffineIndex> indices, List<Dim> shape) {
    var offset = ZERO;
    for (int i = 0; i < indices.size(); i++) {
      offset = offset.times(shape.get(i)).plus(indices.get(i));
    }
    return offset.joined();
  }

  /** The same with {@code v} for {@code v / by * by + v % by}. */
  private AffineIndex joined() {
    for (var term : terms.entrySet()) {
      if (term.getKey() instanceof Atom.Mod(var value, var by)) {
        var factor = term.getValue();
        var quotient = new Atom.Div(value, by);
        if (factor.times(by).equals(terms.get(quotient))) {
          return minus(of(term.getKey()).times(factor)).minus(of(quotient).times(factor.times(by))).plus(value.times(factor)).joined();
        }
      }
    }
    return this;
  }

  /** The indices of the element at an offset. */
  public static List<AffineIndex> indices(AffineIndex offset, List<Dim> shape) {
    var indices = new java.util.ArrayList<AffineIndex>();
    var remainder = offset;
    for (int i = shape.size() - 1; i >= 0; i--) {
      indices.addFirst(i == 0 ? remainder : remainder.modulo(shape.get(i)));
      remainder = remainder.dividedBy(shape.get(i));
    }
    return indices;
  }

  /** As an expression of the loop language. */
  public Loop.Int toInt() {
    Loop.Int sum = null;
    for (var term : terms.entrySet()) {
      sum = Ints.add(sum, Ints.multiply(atom(term.getKey()), dim(term.getValue())));
    }
    if (sum == null || !constant.is(0)) {
      sum = Ints.add(sum, dim(constant));
    }
    return sum;
  }

  private static Loop.Int atom(Atom atom) {
    return switch (atom) {
      case Atom.Var(var name, _) -> new Loop.Int.Var(name);
      case Atom.Div(var value, var by) -> new Loop.Int.Apply(Loop.IntFn.DIV, value.toInt(), dim(by));
      case Atom.Mod(var value, var by) -> new Loop.Int.Apply(Loop.IntFn.MOD, value.toInt(), dim(by));
      case Atom.Element(var value, _) -> new Loop.Int.FromBits(value);
    };
  }

  /** What the kernel argument of an open dimension is called: no variable is. */
  public static String argument(String dimension) {
    return "$" + dimension;
  }

  /** A polynomial of dimensions, each a kernel argument. */
  public static Loop.Int dim(Dim dim) {
    Loop.Int sum = null;
    for (var term : dim.terms().entrySet()) {
      Loop.Int product = new Loop.Int.Number(term.getValue());
      for (var name : term.getKey()) {
        product = Ints.multiply(product, new Loop.Int.Var(argument(name)));
      }
      sum = Ints.add(sum, product);
    }
    return sum == null ? new Loop.Int.Number(0) : sum;
  }
}
