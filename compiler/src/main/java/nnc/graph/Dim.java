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
import java.util.function.ToLongFunction;

/**
 * A dimension: a polynomial with integer coefficients in the open dimensions, in normal form, so that equal polynomials are
 * equal. A monomial is the sorted list of its variables (a square names its variable twice); the constant term has the empty list.
 */
public final class Dim {
  public static final Dim ZERO = new Dim(Map.of());

  /** Most dimensions are small numbers. */
  private static final Dim[] SMALL = new Dim[1025];

  static {
    SMALL[0] = ZERO;
    for (int i = 1; i < SMALL.length; i++) {
      SMALL[i] = new Dim(i);
    }
  }

  public static final Dim ONE = of(1);

  private final Map<List<String>, Long> terms;
  /** Shapes are compared and multiplied more often than anything else is done: what is asked each time is kept. */
  private final boolean isConstant;
  private final long value;
  private final int hash;

  /** @param terms coefficient by monomial, the monomials sorted; it is not changed afterwards, and no coefficient is zero */
  private Dim(Map<List<String>, Long> terms) {
    this.terms = terms;
    this.value = terms.getOrDefault(List.of(), 0L);
    this.isConstant = terms.isEmpty() || terms.size() == 1 && value != 0;
    this.hash = terms.hashCode();
  }

  private Dim(long value) {
    this.terms = Map.of(List.of(), value);
    this.value = value;
    this.isConstant = true;
    this.hash = Long.hashCode(value);
  }

  /** Without the terms that have gone. */
  private static Dim of(TreeMap<List<String>, Long> terms) {
    terms.values().removeIf(factor -> factor == 0);
    return terms.isEmpty() ? ZERO : terms.size() == 1 && terms.containsKey(List.<String>of()) ? of(terms.get(List.<String>of()))
        : new Dim(Collections.unmodifiableMap(terms));
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
    return new Dim(Map.of(List.of(name), 1L));
  }

  /** Not negative for whatever sizes of at least one: no negative coefficient, but for what the smallest sizes outweigh. */
  public boolean isNatural() {
    long least = 0;
    for (var term : terms().entrySet()) {
      if (term.getValue() < 0 && !term.getKey().isEmpty()) {
        return false;
      }
      least += term.getValue();
    }
    return least >= 0;
  }

  /** At least as large for whatever sizes of at least one, and no smaller where an open dimension is larger. */
  public Dim growing() {
    if (isConstant || variables().stream().allMatch(name -> one(name).minus(this).isNatural())) {
      return this;
    }
    var rising = new TreeMap<List<String>, Long>(Dim::order);
    terms.forEach((monomial, factor) -> rising.put(monomial, monomial.isEmpty() ? factor : Math.max(0, factor)));
    return of(rising);
  }

  /** What it is where an open dimension is larger by one. */
  private Dim one(String more) {
    var sum = ZERO;
    for (var term : terms.entrySet()) {
      var product = of(term.getValue());
      for (var variable : term.getKey()) {
        product = product.times(variable.equals(more) ? open(variable).plus(1) : open(variable));
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
    return of(sum);
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
      return new Dim(Map.of(only.getKey(), Math.multiplyExact(only.getValue(), factor)));
    }
    var product = new TreeMap<List<String>, Long>(Dim::order);
    terms.forEach((monomial, x) -> product.put(monomial, Math.multiplyExact(x, factor)));
    return of(product);
  }

  public Dim times(Dim other) {
    if (isConstant || other.isConstant) {
      return isConstant ? other.times(value) : times(other.value);
    }
    var product = new TreeMap<List<String>, Long>(Dim::order);
    terms.forEach((a, x) -> other.terms.forEach((b, y) -> {
      var monomial = new ArrayList<>(a);
      monomial.addAll(b);
      monomial.sort(null);
      product.merge(List.copyOf(monomial), Math.multiplyExact(x, y), Math::addExact);
    }));
    return of(product);
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
      var term = new Dim(Map.of(List.copyOf(monomial), top.getValue() / lead.getValue()));
      quotient = quotient.plus(term);
      rest = rest.minus(term.times(divisor));
    }
    return Optional.of(quotient);
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

  /** The open dimensions that occur. */
  public Set<String> variables() {
    var names = new TreeSet<String>();
    terms.keySet().forEach(names::addAll);
    return names;
  }

  /** What it is where one open dimension has a known size. */
  public Dim with(String name, long size) {
    if (isConstant) {
      return this;
    }
    var sum = ZERO;
    for (var term : terms.entrySet()) {
      var product = of(term.getValue());
      for (var variable : term.getKey()) {
        product = product.times(variable.equals(name) ? of(size) : open(variable));
      }
      sum = sum.plus(product);
    }
    return sum;
  }

  public long evaluate(ToLongFunction<String> value) {
    if (isConstant) {
      return this.value;
    }
    long sum = 0;
    for (var term : terms.entrySet()) {
      long product = term.getValue();
      for (var name : term.getKey()) {
        product = Math.multiplyExact(product, value.applyAsLong(name));
      }
      sum = Math.addExact(sum, product);
    }
    return sum;
  }

  @Override
  public String toString() {
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
