package nnc.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import nnc.runtime.base.Integers;

/**
 * A dimension: a polynomial with integer coefficients in the open dimensions, in normal form, so that equal polynomials are
 * equal. A monomial is the sorted list of its variables (a square names its variable twice); the constant term has the empty list.
 *
 * <p>What such a polynomial comes to when it is divided and rounded down is a variable as well, a {@link Quotient}, which like an open dimension is one at
 * least: its dividend has only terms that are not negative, of which none is a multiple of the divisor, and its constant is such that the quotient is 1 where all
 * open dimensions are. What is left over stands outside: {@code floor((H - 1) / 2) = floor((H + 1) / 2) - 1}. So quotients that differ by a whole number are the
 * same variable, and most that are equal are equal polynomials; some are not ({@link #mayEqual}).
 *
 * <p>So is the {@link #root} of a polynomial that is one at least.
 */
public final class Dim {
  public static final Dim ZERO = new Dim(Map.of(), Map.of());

  /** Of so many open dimensions so many sizes are tried. */
  private static final int MOST_TRIED = 2;
  private static final int SIZES_TRIED = 48;

  /** No array has as many elements as so many factors of two or more come to. */
  private static final int HIGHEST = 64;
  private static final int MOST_TERMS = 256;
  private static final int LONGEST_NAME = 4096;

  /** Most dimensions are small numbers. */
  private static final Dim[] SMALL = new Dim[1025];

  static {
    SMALL[0] = ZERO;
    for (int i = 1; i < SMALL.length; i++) {
      SMALL[i] = new Dim(i);
    }
  }

  public static final Dim ONE = of(1);

  /** A dividend and a divisor that is 2 at least; the quotient is rounded down. With {@link #ROOT} in the place of a divisor, the dividend's root, rounded down. */
  public record Quotient(Dim of, long by) {
    /** What there is in the place of a divisor where a root is meant. */
    public static final long ROOT = 0;

    public boolean isRoot() {
      return by == ROOT;
    }

    private long value(long dividend) {
      return isRoot() ? Integers.root(dividend) : Math.floorDiv(dividend, by);
    }

    private Dim value(Dim dividend) {
      return isRoot() ? dividend.root() : dividend.dividedDown(by);
    }
  }

  private final Map<List<String>, Long> terms;
  /** What those variables stand for that are no open dimensions, by their names, which tell all of it. */
  private final Map<String, Quotient> quotients;
  /** Shapes are compared and multiplied more often than anything else is done: what is asked each time is kept. */
  private final boolean isConstant;
  private final long value;
  private final int hash;

  /**
   * @param terms     coefficient by monomial, the monomials sorted; it is not changed afterwards, and no coefficient is zero
   * @param quotients that occur
   */
  private Dim(Map<List<String>, Long> terms, Map<String, Quotient> quotients) {
    this.terms = terms;
    this.quotients = quotients;
    this.value = terms.getOrDefault(List.of(), 0L);
    this.isConstant = terms.isEmpty() || terms.size() == 1 && value != 0;
    this.hash = terms.hashCode();
  }

  private Dim(long value) {
    this.terms = Map.of(List.of(), value);
    this.quotients = Map.of();
    this.value = value;
    this.isConstant = true;
    this.hash = Long.hashCode(value);
  }

  /** Without the terms that have gone. */
  private static Dim of(TreeMap<List<String>, Long> terms, Map<String, Quotient> quotients) {
    terms.values().removeIf(factor -> factor == 0);
    return terms.isEmpty() ? ZERO : terms.size() == 1 && terms.containsKey(List.<String>of()) ? of(terms.get(List.<String>of()))
        : new Dim(Collections.unmodifiableMap(terms), occurring(terms, quotients));
  }

  private static Map<String, Quotient> occurring(Map<List<String>, Long> terms, Map<String, Quotient> quotients) {
    if (quotients.isEmpty()) {
      return quotients;
    }
    var found = new TreeMap<String, Quotient>();
    for (var monomial : terms.keySet()) {
      for (var name : monomial) {
        if (quotients.containsKey(name)) {
          found.put(name, quotients.get(name));
        }
      }
    }
    return Collections.unmodifiableMap(found);
  }

  private static Map<String, Quotient> joined(Dim a, Dim b) {
    if (b.quotients.isEmpty() || a.quotients.equals(b.quotients)) {
      return a.quotients;
    }
    var all = new TreeMap<>(a.quotients);
    all.putAll(b.quotients);
    return all;
  }

  /** Coefficient by monomial, higher degrees first; no zero coefficients. */
  public Map<List<String>, Long> terms() {
    return terms;
  }

  /** Higher degree first, then by name: {@code N*T + N + 4}. */
  private static int order(List<String> a, List<String> b) {
    if (a.size() != b.size()) {
      return Integer.compare(b.size(), a.size());
    }
    int order = 0;
    for (int i = 0; i < a.size() && order == 0; i++) {
      order = a.get(i).compareTo(b.get(i));
    }
    return order;
  }

  public static Dim of(long value) {
    return value >= 0 && value < SMALL.length ? SMALL[(int) value] : new Dim(value);
  }

  /** An open dimension. */
  public static Dim open(String name) {
    return new Dim(Map.of(List.of(name), 1L), Map.of());
  }

  /** A variable of this polynomial. */
  private Dim variable(String name) {
    return quotients.containsKey(name) ? new Dim(Map.of(List.of(name), 1L), Map.of(name, quotients.get(name))) : open(name);
  }

  /**
   * Not negative for whatever sizes of at least one: no negative coefficient, but for what the smallest sizes outweigh; or it is so with what bounds a quotient
   * in its place.
   */
  public boolean isNatural() {
    if (isPlainlyNatural()) {
      return true;
    }
    for (var name : quotients.keySet()) {
      if (isNaturalAtBound(name)) {
        return true;
      }
    }
    return false;
  }

  private boolean isPlainlyNatural() {
    long least = 0;
    for (var term : terms().entrySet()) {
      if (term.getValue() < 0 && !term.getKey().isEmpty()) {
        return false;
      }
      least += term.getValue();
    }
    return least >= 0;
  }

  /**
   * Of {@code a q + b}, where {@code q = floor(n / d)} is from {@code (n - d + 1) / d} to {@code n / d}: whether {@code d} times that is more than {@code -d}
   * at the bound where it is least, since it is a whole number.
   */
  private boolean isNaturalAtBound(String name) {
    var quotient = quotients.get(name);
    if (quotient.isRoot()) {
      var squares = squares(name);
      return !squares.is(0) && squares.isPlainlyNatural() && minus(squares.times(left(name))).isNatural();
    }
    var beside = ZERO;
    var rest = this;
    for (var term : terms.entrySet()) {
      if (term.getKey().contains(name)) {
        var others = new ArrayList<>(term.getKey());
        others.remove(name);
        if (others.contains(name)) {
          return false;
        }
        var product = of(term.getValue());
        for (var other : others) {
          product = product.times(variable(other));
        }
        beside = beside.plus(product);
        rest = rest.minus(product.times(variable(name)));
      }
    }
    boolean falls = beside.times(-1).isPlainlyNatural();
    var bound = falls ? quotient.of : quotient.of.plus(1 - quotient.by);
    return (falls || beside.isPlainlyNatural()) && beside.times(bound).plus(rest.times(quotient.by)).plus(quotient.by - 1).isNatural();
  }

  /** What is subtracted squares of a root, {@code a} of {@code n - a r^2}; zero where none is. */
  private Dim squares(String root) {
    var all = ZERO;
    for (var term : terms.entrySet()) {
      var others = new ArrayList<>(term.getKey());
      if (term.getValue() < 0 && others.remove(root) && others.remove(root) && !others.contains(root)) {
        var product = of(-term.getValue());
        for (var other : others) {
          product = product.times(variable(other));
        }
        all = all.plus(product);
      }
    }
    return all;
  }

  /** What the square of a root leaves of what it is the root of: from 0 to twice the root. */
  private Dim left(String root) {
    return quotients.get(root).of.minus(variable(root).times(variable(root)));
  }

  /** At least as large for whatever sizes of at least one, and no smaller where an open dimension is larger. */
  public Dim growing() {
    if (isConstant || names().stream().allMatch(name -> one(name).minus(this).isPlainlyNatural())) {
      return this;
    }
    for (var name : quotients.keySet()) {
      var squares = quotients.get(name).isRoot() ? squares(name) : ZERO;
      if (!squares.is(0) && squares.isPlainlyNatural()) {
        return minus(squares.times(left(name))).plus(squares.times(variable(name)).times(2)).growing();
      }
    }
    var rising = new TreeMap<List<String>, Long>(Dim::order);
    terms.forEach((monomial, factor) -> rising.put(monomial, monomial.isEmpty() ? factor : Math.max(0, factor)));
    return of(rising, quotients);
  }

  /** What it is where a variable is larger by one. */
  private Dim one(String more) {
    return with(name -> name.equals(more) ? variable(name).plus(1) : variable(name));
  }

  /** With other numbers in the place of its variables. */
  private Dim with(Function<String, Dim> values) {
    var sum = ZERO;
    for (var term : terms.entrySet()) {
      var product = of(term.getValue());
      for (var name : term.getKey()) {
        product = product.times(values.apply(name));
      }
      sum = sum.plus(product);
    }
    return sum;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof Dim dim && hash == dim.hash && isConstant == dim.isConstant
        && (isConstant ? value == dim.value : terms.equals(dim.terms));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  public static Dim product(List<Dim> dims) {
    var product = ONE;
    for (var dim : dims) {
      product = product.times(dim);
    }
    return product;
  }

  public Dim plus(Dim other) {
    if (isConstant && other.isConstant) {
      return of(Math.addExact(value, other.value));
    }
    if (is(0) || other.is(0)) {
      return is(0) ? other : this;
    }
    var sum = new TreeMap<List<String>, Long>(Dim::order);
    sum.putAll(terms);
    other.terms.forEach((monomial, factor) -> sum.merge(monomial, factor, Math::addExact));
    return bounded(of(sum, joined(this, other)));
  }

  public Dim plus(long value) {
    return plus(of(value));
  }

  public Dim minus(Dim other) {
    return plus(other.times(-1));
  }

  /** Every coefficient that many times. */
  public Dim times(long factor) {
    if (isConstant) {
      return of(Math.multiplyExact(value, factor));
    }
    if (factor == 0 || factor == 1) {
      return factor == 0 ? ZERO : this;
    }
    if (terms.size() == 1) {
      var only = terms.entrySet().iterator().next();
      return new Dim(Map.of(only.getKey(), Math.multiplyExact(only.getValue(), factor)), quotients);
    }
    var product = new TreeMap<List<String>, Long>(Dim::order);
    terms.forEach((monomial, x) -> product.put(monomial, Math.multiplyExact(x, factor)));
    return of(product, quotients);
  }

  public Dim times(Dim other) {
    if (isConstant || other.isConstant) {
      return isConstant ? other.times(value) : times(other.value);
    }
    var product = new TreeMap<List<String>, Long>(Dim::order);
    terms.forEach((a, x) -> other.terms.forEach((b, y) -> {
      var monomial = new ArrayList<>(a);
      monomial.addAll(b);
      if (monomial.size() > HIGHEST) {
        throw new SizeFault("a size here is a product of more than " + HIGHEST + " open dimensions");
      }
      monomial.sort(null);
      product.merge(List.copyOf(monomial), Math.multiplyExact(x, y), Math::addExact);
    }));
    return bounded(of(product, joined(this, other)));
  }

  private static Dim bounded(Dim dim) {
    if (dim.terms.size() > MOST_TERMS) {
      throw new SizeFault("a size here is a sum of more than " + MOST_TERMS + " products of open dimensions");
    }
    return dim;
  }

  /** The exact quotient, if this is a polynomial multiple of {@code divisor}. */
  public Optional<Dim> dividedBy(Dim divisor) {
    if (divisor.terms.isEmpty()) {
      return Optional.empty();
    }
    if (isConstant && divisor.isConstant) {
      return value % divisor.value == 0 ? Optional.of(of(value / divisor.value)) : Optional.empty();
    }
    var lead = divisor.terms.entrySet().iterator().next();
    var rest = this;
    var quotient = ZERO;
    while (!rest.terms.isEmpty()) {
      var top = rest.terms.entrySet().iterator().next();
      var monomial = new ArrayList<>(top.getKey());
      for (var variable : lead.getKey()) {
        if (!monomial.remove(variable)) {
          return Optional.empty();
        }
      }
      if (top.getValue() % lead.getValue() != 0) {
        return Optional.empty();
      }
      var term = term(monomial, top.getValue() / lead.getValue());
      quotient = quotient.plus(term);
      rest = rest.minus(term.times(divisor));
    }
    return Optional.of(quotient);
  }

  private Dim term(List<String> monomial, long factor) {
    var terms = new TreeMap<List<String>, Long>(Dim::order);
    terms.put(List.copyOf(monomial), factor);
    return of(terms, quotients);
  }

  // ---- quotients

  /** The quotient, rounded up. */
  public Dim dividedUp(long by) {
    return plus(by - 1).dividedDown(by);
  }

  /**
   * The quotient, rounded down.
   *
   * @param by 1 at least
   */
  public Dim dividedDown(long by) {
    if (isConstant || by == 1) {
      return by == 1 ? this : of(Math.floorDiv(value, by));
    }
    var whole = ZERO;
    var rest = of(value);
    for (var term : terms.entrySet()) {
      if (!term.getKey().isEmpty()) {
        whole = whole.plus(term(term.getKey(), 1).times(Math.floorDiv(term.getValue(), by)));
        rest = rest.plus(term(term.getKey(), 1).times(Math.floorMod(term.getValue(), by)));
      }
    }
    return whole.plus(rest.isConstant ? of(Math.floorDiv(rest.value, by)) : rest.quotient(by));
  }

  /** Of a polynomial without negative coefficients and terms that are multiples of the divisor. */
  private Dim quotient(long by) {
    // floor((floor(n / d) + r) / by) = floor((n + r d) / (d by))
    for (var name : quotients.keySet()) {
      if (terms.getOrDefault(List.of(name), 0L) == 1 && !quotients.get(name).isRoot()) {
        var inner = quotients.get(name);
        return inner.of.plus(minus(variable(name)).times(inner.by)).dividedDown(Math.multiplyExact(inner.by, by));
      }
    }
    var open = plus(-value);
    long common = by;
    for (long factor : open.terms.values()) {
      common = gcd(common, factor);
    }
    if (common > 1) {
      var smaller = open.dividedBy(of(common)).orElseThrow().plus(Math.floorDiv(value, common));
      return smaller.dividedDown(by / common);
    }
    // its least value is from the divisor to less than twice that
    long least = open.terms.values().stream().mapToLong(factor -> factor).sum();
    long less = Math.floorDiv(least + value, by) - 1;
    var of = plus(-less * by);
    return variable("floor((" + of.told() + ")/" + by + ")", new Quotient(of, by)).plus(less);
  }

  private static Dim variable(String name, Quotient quotient) {
    if (name.length() > LONGEST_NAME) {
      throw new SizeFault("a size here is made of too many quotients");
    }
    return new Dim(Map.of(List.of(name), 1L), Map.of(name, quotient));
  }

  /**
   * The root, rounded down: the largest whole number whose square is no more.
   *
   * @throws IllegalArgumentException if this is not shown to be one at least
   */
  public Dim root() {
    if (isConstant) {
      return of(Integers.root(value));
    }
    if (!plus(-1).isNatural()) {
      throw new IllegalArgumentException("the root of " + this + ", which may be less than one");
    }
    return variable("isqrt(" + told() + ")", new Quotient(this, Quotient.ROOT));
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** What those of its variables stand for that are no open dimensions; what these are made of is not among them. */
  public Map<String, Quotient> quotients() {
    return quotients;
  }

  /**
   * Whether another dimension that is another polynomial may be the same number all the same, as {@code H} and {@code 2 floor(H / 2)} are where H is even. That is asked
   * of quotients alone: open dimensions of different names are taken to differ.
   */
  public boolean mayEqual(Dim other) {
    var difference = minus(other);
    var open = List.copyOf(difference.variables());
    return !difference.quotients.isEmpty() && mayBeZero(difference, open);
  }

  private static boolean mayBeZero(Dim difference, List<String> open) {
    if (difference.isConstant) {
      return difference.value == 0;
    }
    if (open.size() > MOST_TRIED) {
      return true;
    }
    for (int size = 1; size <= SIZES_TRIED; size++) {
      var rest = difference.with(open.getFirst(), size);
      if (mayBeZero(rest, List.copyOf(rest.variables()))) {
        return true;
      }
    }
    return false;
  }

  public boolean isConstant() {
    return isConstant;
  }

  public boolean is(long number) {
    return isConstant && value == number;
  }

  /** The value, where no open dimension occurs. */
  public OptionalLong constant() {
    return isConstant ? OptionalLong.of(value) : OptionalLong.empty();
  }

  /** The value of a dimension that is known to be constant. */
  public int fixed() {
    if (!isConstant) {
      throw new IllegalStateException(this + " is open");
    }
    return Math.toIntExact(value);
  }

  /** The open dimensions that occur, in quotients too. */
  public Set<String> variables() {
    var open = new TreeSet<String>();
    for (var name : names()) {
      if (quotients.containsKey(name)) {
        open.addAll(quotients.get(name).of.variables());
      } else {
        open.add(name);
      }
    }
    return open;
  }

  /** The variables of the polynomial: open dimensions, and the names of quotients. */
  public Set<String> names() {
    var names = new TreeSet<String>();
    terms.keySet().forEach(names::addAll);
    return names;
  }

  /** What it is where one open dimension has a known size. */
  public Dim with(String name, long size) {
    return isConstant ? this : with(own -> quotients.containsKey(own) ? quotients.get(own).value(quotients.get(own).of.with(name, size))
        : own.equals(name) ? of(size) : open(own));
  }

  /** With a polynomial in the place of an open dimension, which may occur in no quotient. */
  public Dim with(String name, Dim value) {
    return isConstant || !variables().contains(name) ? this : with(own -> own.equals(name) ? value : variable(own));
  }

  public long evaluate(ToLongFunction<String> value) {
    if (isConstant) {
      return this.value;
    }
    long sum = 0;
    for (var term : terms.entrySet()) {
      long product = term.getValue();
      for (var name : term.getKey()) {
        var quotient = quotients.get(name);
        product = Math.multiplyExact(product, quotient == null ? value.applyAsLong(name) : quotient.value(quotient.of.evaluate(value)));
      }
      sum = Math.addExact(sum, product);
    }
    return sum;
  }

  /** As the language has it; a quotient's constant is such that no number need stand outside: {@code floor(H/2)}, {@code ceil(H/3)}. */
  @Override
  public String toString() {
    return quotients.isEmpty() ? told() : with(name -> quotients.containsKey(name) ? shown(quotients.get(name)) : open(name)).told();
  }

  /** A quotient as an open dimension whose name is its text, and what is to be added to that. */
  private static Dim shown(Quotient quotient) {
    if (quotient.isRoot()) {
      return open("isqrt(" + quotient.of + ")");
    }
    long constant = quotient.of.value;
    long more = Math.floorMod(constant, quotient.by);
    var open = quotient.of.plus(-constant);
    boolean up = more == quotient.by - 1;
    var of = up ? open : open.plus(more);
    var text = of.terms.size() == 1 ? of.toString() : "(" + of + ")";
    return open((up ? "ceil(" : "floor(") + text + "/" + quotient.by + ")").plus(Math.floorDiv(constant, quotient.by));
  }

  private String told() {
    if (terms.isEmpty()) {
      return "0";
    }
    var text = new StringBuilder();
    terms.forEach((monomial, factor) -> {
      var sign = factor < 0 ? text.isEmpty() ? "-" : " - " : text.isEmpty() ? "" : " + ";
      var size = Math.abs(factor);
      text.append(sign);
      if (monomial.isEmpty()) {
        text.append(size);
      } else {
        text.append(size == 1 ? "" : size + "*").append(String.join("*", monomial));
      }
    });
    return text.toString();
  }
}
