package nnc.graph;

import java.util.ArrayList;
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
 * equal records. A monomial is the sorted list of its variables (a square names its variable twice); the constant term
 * has the empty list.
 *
 * @param terms coefficient by monomial; no zero coefficients
 */
public record Dim(Map<List<String>, Long> terms) {

  public static final Dim ZERO = new Dim(Map.of());

  /** Most dimensions are small numbers. */
  private static final Dim[] SMALL = new Dim[1025];

  static {
    SMALL[0] = ZERO;
    for (int i = 1; i < SMALL.length; i++) {
      SMALL[i] = new Dim(Map.of(List.of(), (long) i));
    }
  }

  public static final Dim ONE = of(1);

  public Dim {
    var sorted = new TreeMap<List<String>, Long>(Dim::order);
    terms.forEach((monomial, factor) -> {
      if (factor != 0) {
        sorted.put(List.copyOf(monomial), factor);
      }
    });
    terms = java.util.Collections.unmodifiableMap(sorted);
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
    return value >= 0 && value < SMALL.length ? SMALL[(int) value] : new Dim(Map.of(List.of(), value));
  }

  /** An open dimension. */
  public static Dim open(String name) {
    return new Dim(Map.of(List.of(name), 1L));
  }

  public static Dim product(List<Dim> dims) {
    return dims.stream().reduce(ONE, Dim::times);
  }

  public Dim plus(Dim other) {
    if (isConstant() && other.isConstant()) {
      return of(Math.addExact(value(), other.value()));
    }
    var sum = new TreeMap<List<String>, Long>(Dim::order);
    sum.putAll(terms);
    other.terms.forEach((monomial, factor) -> sum.merge(monomial, factor, Math::addExact));
    return new Dim(sum);
  }

  public Dim plus(long value) {
    return plus(of(value));
  }

  public Dim minus(Dim other) {
    return plus(other.times(of(-1)));
  }

  public Dim times(long factor) {
    return times(of(factor));
  }

  public Dim times(Dim other) {
    if (isConstant() && other.isConstant()) {
      return of(Math.multiplyExact(value(), other.value()));
    }
    var product = new TreeMap<List<String>, Long>(Dim::order);
    terms.forEach((a, x) -> other.terms.forEach((b, y) -> {
      var monomial = new ArrayList<>(a);
      monomial.addAll(b);
      monomial.sort(null);
      product.merge(monomial, Math.multiplyExact(x, y), Math::addExact);
    }));
    return new Dim(product);
  }

  /** The exact quotient, if this is a polynomial multiple of {@code divisor}. */
  public Optional<Dim> dividedBy(Dim divisor) {
    if (divisor.terms.isEmpty()) {
      return Optional.empty();
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
      var term = new Dim(Map.of(monomial, top.getValue() / lead.getValue()));
      quotient = quotient.plus(term);
      rest = rest.minus(term.times(divisor));
    }
    return Optional.of(quotient);
  }

  public boolean isConstant() {
    return terms.isEmpty() || terms.size() == 1 && terms.keySet().iterator().next().isEmpty();
  }

  public boolean is(long value) {
    return isConstant() && value() == value;
  }

  /** The constant term. */
  private long value() {
    return terms.getOrDefault(List.of(), 0L);
  }

  /** The value, where no open dimension occurs. */
  public OptionalLong constant() {
    return isConstant() ? OptionalLong.of(value()) : OptionalLong.empty();
  }

  /** The value of a dimension that is known to be constant. */
  public int fixed() {
    return Math.toIntExact(constant().orElseThrow(() -> new IllegalStateException(this + " is open")));
  }

  /** The open dimensions that occur. */
  public Set<String> variables() {
    var names = new TreeSet<String>();
    terms.keySet().forEach(names::addAll);
    return names;
  }

  public long evaluate(ToLongFunction<String> value) {
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
