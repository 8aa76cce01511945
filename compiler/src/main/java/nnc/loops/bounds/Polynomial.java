package nnc.loops.bounds;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A polynomial with whole coefficients in variables that are numbered, the newest one highest. Terms are in lexicographic order, those with the
 * newest variable in its highest power first: what has to do with it is a prefix. Equal polynomials have equal terms.
 */
public final class Polynomial {
  private static final int[] CONSTANT = {};

  public static final Polynomial ZERO = new Polynomial(new int[0][], new long[0]);
  public static final Polynomial ONE = of(1);

  /** By term its variables, from the newest to the oldest; a square names its variable twice. */
  private final int[][] monomials;
  /** None is zero. */
  private final long[] factors;
  private final int hash;

  private Polynomial(int[][] monomials, long[] factors) {
    this.monomials = monomials;
    this.factors = factors;
    this.hash = 31 * Arrays.deepHashCode(monomials) + Arrays.hashCode(factors);
  }

  public static Polynomial of(long value) {
    return value == 0 ? ZERO : new Polynomial(new int[][] {CONSTANT}, new long[] {value});
  }

  public static Polynomial variable(int number) {
    return new Polynomial(new int[][] {{number}}, new long[] {1});
  }

  /** {@code factor} times some variables. */
  public static Polynomial term(long factor, int... variables) {
    if (factor == 0) {
      return ZERO;
    }
    int[] rising = variables.clone();
    Arrays.sort(rising);
    return new Polynomial(new int[][] {reversed(rising)}, new long[] {factor});
  }

  private static int[] reversed(int[] rising) {
    int[] falling = new int[rising.length];
    for (int i = 0; i < falling.length; i++) {
      falling[i] = rising[rising.length - 1 - i];
    }
    return falling;
  }

  /** Negative if the first stands before the second. */
  private static int order(int[] a, int[] b) {
    int common = Math.min(a.length, b.length);
    for (int i = 0; i < common; i++) {
      if (a[i] != b[i]) {
        return a[i] > b[i] ? -1 : 1;
      }
    }
    return b.length - a.length;
  }

  // ---- what it is

  public boolean isConstant() {
    return monomials.length == 0 || monomials.length == 1 && monomials[0].length == 0;
  }

  public boolean is(long value) {
    return isConstant() && constant() == value;
  }

  /** The term without variables. */
  public long constant() {
    int last = monomials.length - 1;
    return last >= 0 && monomials[last].length == 0 ? factors[last] : 0;
  }

  /** The newest variable; -1 if there is none. */
  int newest() {
    return isConstant() ? -1 : monomials[0][0];
  }

  /** The variables that occur, each once. */
  int[] variables() {
    return Arrays.stream(monomials).flatMapToInt(Arrays::stream).distinct().toArray();
  }

  boolean mentions(int variable) {
    for (var monomial : monomials) {
      for (int own : monomial) {
        if (own == variable) {
          return true;
        }
      }
    }
    return false;
  }

  /** The greatest number that divides all coefficients but that of the constant term; zero for a constant. */
  long content() {
    long divisor = 0;
    for (int i = 0; i < factors.length && monomials[i].length > 0; i++) {
      divisor = gcd(divisor, Math.abs(factors[i]));
    }
    return divisor;
  }

  static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  // ---- arithmetic; of numbers beyond 64 bits an ArithmeticException

  public Polynomial plus(long value) {
    return value == 0 ? this : plus(of(value));
  }

  public Polynomial plus(Polynomial other) {
    if (factors.length == 0 || other.factors.length == 0) {
      return factors.length == 0 ? other : this;
    }
    var sum = new Terms(factors.length + other.factors.length);
    int i = 0;
    int j = 0;
    while (i < factors.length || j < other.factors.length) {
      int order = i == factors.length ? 1 : j == other.factors.length ? -1 : order(monomials[i], other.monomials[j]);
      if (order == 0) {
        sum.add(monomials[i], Math.addExact(factors[i++], other.factors[j++]));
      } else if (order < 0) {
        sum.add(monomials[i], factors[i++]);
      } else {
        sum.add(other.monomials[j], other.factors[j++]);
      }
    }
    return sum.polynomial();
  }

  public Polynomial minus(Polynomial other) {
    return plus(other.times(-1));
  }

  public Polynomial times(long factor) {
    if (factor == 0 || factor == 1) {
      return factor == 0 ? ZERO : this;
    }
    long[] products = new long[factors.length];
    for (int i = 0; i < products.length; i++) {
      products[i] = Math.multiplyExact(factors[i], factor);
    }
    return new Polynomial(monomials, products);
  }

  public Polynomial times(Polynomial other) {
    if (isConstant() || other.isConstant()) {
      return isConstant() ? other.times(constant()) : times(other.constant());
    }
    var sum = ZERO;
    for (int i = 0; i < factors.length; i++) {
      var row = new Terms(other.factors.length);
      for (int j = 0; j < other.factors.length; j++) {
        row.add(merged(monomials[i], other.monomials[j]), Math.multiplyExact(factors[i], other.factors[j]));
      }
      sum = sum.plus(row.polynomial());
    }
    return sum;
  }

  private static int[] merged(int[] a, int[] b) {
    int[] both = new int[a.length + b.length];
    int i = 0;
    int j = 0;
    while (i + j < both.length) {
      both[i + j] = j == b.length || i < a.length && a[i] >= b[j] ? a[i++] : b[j++];
    }
    return both;
  }

  /**
   * The quotient of a division with rest: {@code this - whole(by) * by} has no term that is a multiple of the divisor's first term; where the
   * divisor is a constant, the rest's constant is from zero to less than that.
   */
  Polynomial whole(Polynomial by) {
    if (by.is(1)) {
      return this;
    }
    var quotient = ZERO;
    var rest = this;
    for (int i = 0; i < rest.factors.length;) {
      var part = quotient(rest.monomials[i], rest.factors[i], by);
      quotient = quotient.plus(part);
      rest = rest.minus(part.times(by));
      i += part == ZERO ? 1 : 0;
    }
    return quotient;
  }

  private static Polynomial quotient(int[] monomial, long factor, Polynomial by) {
    int[] rest = without(monomial, by.monomials[0]);
    long quotient = Math.floorDiv(factor, by.factors[0]);
    return rest == null || monomial.length > 0 && factor % by.factors[0] != 0 || quotient == 0 ? ZERO
        : new Polynomial(new int[][] {rest}, new long[] {quotient});
  }

  /** The variables of a monomial without those of another; null if it has not got them all. */
  private static int[] without(int[] monomial, int[] others) {
    int[] rest = new int[Math.max(0, monomial.length - others.length)];
    int kept = 0;
    int taken = 0;
    for (int variable : monomial) {
      if (taken < others.length && others[taken] == variable) {
        taken++;
      } else if (kept < rest.length) {
        rest[kept++] = variable;
      }
    }
    return taken == others.length ? rest : null;
  }

  // ---- a variable in it

  /** What stands beside each power of the newest variable, the zeroth first. */
  List<Polynomial> powers() {
    int newest = newest();
    var powers = new ArrayList<Polynomial>();
    int end = factors.length;
    for (int power = 0; end > 0; power++) {
      int from = end;
      while (from > 0 && power(monomials[from - 1], newest) == power) {
        from--;
      }
      powers.add(part(from, end).lowered(power));
      end = from;
    }
    return powers;
  }

  private static int power(int[] monomial, int variable) {
    int power = 0;
    while (power < monomial.length && monomial[power] == variable) {
      power++;
    }
    return power;
  }

  private Polynomial part(int from, int to) {
    return from == to ? ZERO : new Polynomial(Arrays.copyOfRange(monomials, from, to), Arrays.copyOfRange(factors, from, to));
  }

  /** Without the first so many variables of each term. */
  private Polynomial lowered(int by) {
    if (by == 0) {
      return this;
    }
    int[][] shorter = new int[monomials.length][];
    for (int i = 0; i < shorter.length; i++) {
      shorter[i] = Arrays.copyOfRange(monomials[i], by, monomials[i].length);
    }
    return new Polynomial(shorter, factors);
  }

  /** With a value in the place of the newest variable, beside whose powers these stand. */
  static Polynomial at(List<Polynomial> powers, Polynomial value) {
    var sum = powers.getLast();
    for (int power = powers.size() - 2; power >= 0; power--) {
      sum = sum.times(value).plus(powers.get(power));
    }
    return sum;
  }

  /** With a value in the place of a variable. */
  Polynomial with(int variable, Polynomial value) {
    var sum = ZERO;
    for (int i = 0; i < factors.length; i++) {
      var product = of(factors[i]);
      for (int own : monomials[i]) {
        product = product.times(own == variable ? value : variable(own));
      }
      sum = sum.plus(product);
    }
    return sum;
  }

  /** Terms in their order, as they are found; those that are zero are left out. */
  private static final class Terms {
    private final int[][] monomials;
    private final long[] factors;
    private int size;

    Terms(int most) {
      monomials = new int[most][];
      factors = new long[most];
    }

    void add(int[] monomial, long factor) {
      if (factor != 0) {
        monomials[size] = monomial;
        factors[size++] = factor;
      }
    }

    Polynomial polynomial() {
      return size == 0 ? ZERO : size == factors.length ? new Polynomial(monomials, factors)
          : new Polynomial(Arrays.copyOf(monomials, size), Arrays.copyOf(factors, size));
    }
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof Polynomial polynomial && hash == polynomial.hash && Arrays.equals(factors, polynomial.factors)
        && Arrays.deepEquals(monomials, polynomial.monomials);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return text(number -> "#" + number);
  }

  /** As people write it, each variable by its name. */
  String text(IntFunction<String> name) {
    var text = new StringBuilder();
    for (int i = 0; i < factors.length; i++) {
      text.append(factors[i] < 0 ? text.isEmpty() ? "-" : " - " : text.isEmpty() ? "" : " + ");
      long size = Math.abs(factors[i]);
      var separator = "";
      if (size != 1 || monomials[i].length == 0) {
        text.append(size);
        separator = "*";
      }
      for (int variable : monomials[i]) {
        text.append(separator).append(name.apply(variable));
        separator = "*";
      }
    }
    return text.isEmpty() ? "0" : text.toString();
  }
}
