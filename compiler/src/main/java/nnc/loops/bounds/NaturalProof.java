package nnc.loops.bounds;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.loops.bounds.SymbolicIntegers.Known;

/**
 * Shows that polynomials are not negative. The newest variable is eliminated by what bounds it, the one below if the polynomial rises in it, the one
 * above if it falls, until a constant is left (as Fourier and Motzkin eliminate variables from linear inequalities, but with bounds in one direction
 * alone: those of a variable speak of older ones). Whether it rises is whether what stands beside the variable is natural, which is shown alike.
 *
 * <p>Sound: whatever is shown is true of all whole numbers that satisfy what is known. Not complete: what is true of the whole and of no bound by
 * itself is not found, as are products of two bounds; then a kernel is refused that may be right, and the verifier's tests see it.
 *
 * <p>What is known in a loop besides the bounds of variables is that the loops around have something to do, and that masks hold ({@link #given}): facts bound
 * their newest variable, and a lower and an upper bound of one variable together say something of older ones, as Fourier and Motzkin have it.
 */
final class NaturalProof {
  /** By how much a size's floor is raised at most. */
  private static final int MOST_RAISED = 8;
  private static final Polynomial[] NONE = {};

  private final SymbolicIntegers integers;
  /** Of a polynomial without its constant: the smallest constant with which it is shown to be natural, and the largest with which it was tried in vain. */
  private Map<Polynomial, Long> shown = new HashMap<>();
  private Map<Polynomial, Long> failed = new HashMap<>();
  /** Of variables, what they are not below, and not above, in the loops around. */
  private Map<Integer, List<Bound>> floors = new HashMap<>();
  private Map<Integer, List<Bound>> ceilings = new HashMap<>();

  /** Minima and maxima of which it is known there which argument they are. */
  private Map<Integer, Polynomial> equal = new LinkedHashMap<>();

  /** {@code n / by}, rounded only where that is a polynomial. */
  private record Bound(Polynomial n, Polynomial by) {}

  NaturalProof(SymbolicIntegers integers) {
    this.integers = integers;
  }

  // ---- what is shown

  /** Whether a number is shown to be zero or more. */
  boolean isNatural(Polynomial any) {
    var number = reduced(any);
    long constant = number.constant();
    if (number.isConstant()) {
      return constant >= 0;
    }
    var key = number.plus(-constant);
    if (shown.getOrDefault(key, Long.MAX_VALUE) <= constant) {
      return true;
    }
    if (failed.getOrDefault(key, Long.MIN_VALUE) >= constant) {
      return false;
    }
    boolean is = show(number) || !equal.isEmpty() && showEqual(number) || showRelated(number);
    if (is) {
      shown.merge(key, constant, Math::min);
    } else {
      failed.merge(key, constant, Math::max);
    }
    return is;
  }

  /** Divided by what divides all terms but the constant one, that rounded down: just as natural. */
  private static Polynomial reduced(Polynomial number) {
    return number.isConstant() ? number : number.whole(Polynomial.of(number.content()));
  }

  private boolean showEqual(Polynomial number) {
    var other = number;
    for (var one : equal.entrySet()) {
      other = integers.with(other, one.getKey(), one.getValue());
    }
    return !other.equals(number) && isNatural(other);
  }

  /** With {@code n - q by} in the place of a remainder, where the quotient q occurs as well. */
  private boolean showRelated(Polynomial number) {
    for (int variable : number.variables()) {
      if (integers.known(variable) instanceof Known.Remainder(var of, var by)) {
        var quotient = integers.quotient(of, by);
        if (IntStream.of(quotient.variables()).anyMatch(number::mentions) && isNatural(number.with(variable, of.minus(quotient.times(by))))) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isNegative(Polynomial number) {
    return isNatural(number.times(-1).plus(-1));
  }

  /**
   * Which way a polynomial goes where a variable grows. A straight one is least at an end even if nobody knows at which; any other may be natural in how far
   * the variable is above its bound, term by term.
   */
  private enum Slope { RISES, FALLS, STRAIGHT, UNKNOWN }

  private Slope slope(List<Polynomial> powers, int variable) {
    var beside = powers.subList(1, powers.size());
    if (powers.size() > 2 && !isNaturalVariable(variable)) {
      return Slope.UNKNOWN;
    }
    return beside.stream().allMatch(this::isNatural) ? Slope.RISES : beside.stream().allMatch(power -> isNatural(power.times(-1))) ? Slope.FALLS
        : powers.size() == 2 ? Slope.STRAIGHT : Slope.UNKNOWN;
  }

  /** Squares and higher powers rise with a variable only where it is natural. */
  private boolean isNaturalVariable(int variable) {
    return isNatural(Polynomial.variable(variable));
  }

  private boolean show(Polynomial number) {
    int variable = number.newest();
    var powers = number.powers();
    return switch (slope(powers, variable)) {
      case RISES -> fromBelow(powers, variable);
      case FALLS -> fromAbove(powers, variable);
      case STRAIGHT -> fromBelow(powers, variable) && fromAbove(powers, variable);
      case UNKNOWN -> least(variable).anyMatch(least -> Polynomial.at(powers, Polynomial.variable(variable).plus(least)).powers().stream().allMatch(this::isNatural));
    };
  }

  /** Numbers that a variable is not below. */
  private Stream<Polynomial> least(int variable) {
    var learnt = floors.getOrDefault(variable, List.of()).stream().filter(bound -> bound.by.is(1)).map(Bound::n);
    return integers.known(variable) instanceof Known.Range(var least, _) && least != null ? Stream.concat(learnt, Stream.of(least)) : learnt;
  }

  private boolean isNaturalAt(List<Polynomial> powers, Polynomial value) {
    return value != null && (powers.size() == 2 || isNatural(value)) && isNatural(Polynomial.at(powers, value));
  }

  private boolean isNaturalAtBounds(List<Polynomial> powers, List<Bound> bounds) {
    return bounds.stream().anyMatch(bound -> bound.by.is(1) ? isNaturalAt(powers, bound.n) : isNaturalScaled(powers, bound.n, bound.by));
  }

  private boolean isNaturalAtAny(List<Polynomial> powers, List<Polynomial> values) {
    return values.stream().anyMatch(value -> isNaturalAt(powers, value));
  }

  /** Whether a polynomial is natural at something that its newest variable is not below. */
  private boolean fromBelow(List<Polynomial> powers, int variable) {
    return isNaturalAtBounds(powers, floors.getOrDefault(variable, List.of())) || switch (integers.known(variable)) {
      case Known.Range(var least, _) -> isNaturalAt(powers, least);
      case Known.Root _ -> isNaturalAt(powers, Polynomial.ONE);
      case Known.Remainder _ -> isNatural(powers.getFirst());
      case Known.Quotient(var of, var by) -> isNatural(of) && isNatural(powers.getFirst()) || isNaturalScaled(powers, of.minus(by).plus(1), by)
          || isNaturalAtAny(powers, quotients(leasts(of), by, variable));
      case Known.Least(var a, var b) -> isNaturalAtBoth(powers, a, b, b.minus(a));
      case Known.Most(var a, var b) -> isNaturalAt(powers, a) || isNaturalAt(powers, b);
    };
  }

  /** Likewise at something that its newest variable is not above. */
  private boolean fromAbove(List<Polynomial> powers, int variable) {
    return isNaturalAtBounds(powers, ceilings.getOrDefault(variable, List.of())) || switch (integers.known(variable)) {
      case Known.Range(_, var last) -> isNaturalAt(powers, last);
      case Known.Root(var of) -> isNaturalAtSquare(powers, variable, of) || isNaturalAt(powers, of);
      case Known.Remainder(var of, var by) -> isNaturalAt(powers, by.plus(-1)) || isNatural(of) && isNaturalAt(powers, of);
      case Known.Quotient(var of, var by) -> isNaturalScaled(powers, of, by) || isNaturalAtAny(powers, quotients(mosts(of), by, variable));
      case Known.Least(var a, var b) -> isNaturalAt(powers, a) || isNaturalAt(powers, b);
      case Known.Most(var a, var b) -> isNaturalAtBoth(powers, a, b, a.minus(b));
    };
  }

  /** Whether a polynomial that falls with a root is natural with what that is the root of in the place of its square. */
  private boolean isNaturalAtSquare(List<Polynomial> powers, int root, Polynomial of) {
    return powers.size() == 3 && isNatural(powers.get(2).times(of).plus(powers.get(1).times(Polynomial.variable(root))).plus(powers.getFirst()));
  }

  /** @param first natural where the variable is the first of two numbers, negative where it is the second */
  private boolean isNaturalAtBoth(List<Polynomial> powers, Polynomial a, Polynomial b, Polynomial first) {
    return isNaturalAt(powers, a) ? isNaturalAt(powers, b) || isNatural(first) : isNaturalAt(powers, b) && isNatural(first.times(-1));
  }

  /** Of {@code p q + r} with {@code n / by} in the place of q: natural if {@code by} times that is more than {@code -by}. */
  private boolean isNaturalScaled(List<Polynomial> powers, Polynomial n, Polynomial by) {
    return powers.size() == 2 && isNatural(powers.get(1).times(n).plus(powers.get(0).times(by)).plus(by).plus(-1));
  }

  private List<Polynomial> quotients(List<Polynomial> numbers, Polynomial by, int variable) {
    return numbers.stream().map(number -> integers.quotientOf(number, by)).filter(quotient -> quotient.newest() < variable).toList();
  }

  private List<Polynomial> leasts(Polynomial number) {
    return mosts(number.times(-1)).stream().map(most -> most.times(-1)).toList();
  }

  /** Numbers, as far as can be without variables of loops, that a number is not above. */
  private List<Polynomial> mosts(Polynomial number) {
    if (number.isConstant()) {
      return List.of(number);
    }
    var powers = number.powers();
    var slope = slope(powers, number.newest());
    if (slope != Slope.RISES && slope != Slope.FALLS) {
      return List.of(number);
    }
    boolean rises = slope == Slope.RISES;
    var learnt = (rises ? ceilings : floors).getOrDefault(number.newest(), List.of()).stream().filter(bound -> bound.by.is(1)).map(Bound::n);
    var ends = ends(number.newest(), rises);
    var lower = Stream.concat(learnt, Stream.of(ends)).flatMap(end -> mosts(Polynomial.at(powers, end)).stream());
    // sizes that are at most a number are also what they are: another size may be a multiple of them
    boolean isSize = integers.known(number.newest()) instanceof Known.Range(var least, var last) && least != null && least.isConstant() && last != null && last.isConstant();
    return (ends.length == 0 || isSize ? Stream.concat(lower, Stream.of(number)) : lower).distinct().toList();
  }

  /** Numbers that a variable is not above, or not below, of which no division is made. */
  private Polynomial[] ends(int variable, boolean above) {
    return switch (integers.known(variable)) {
      case Known.Root(var of) -> new Polynomial[] {above ? of : Polynomial.ONE};
      case Known.Range(var least, var last) -> above && last == null || !above && least == null ? NONE : new Polynomial[] {above ? last : least};
      case Known.Remainder(_, var by) -> new Polynomial[] {above ? by.plus(-1) : Polynomial.ZERO};
      case Known.Least(var a, var b) -> above ? new Polynomial[] {a, b} : NONE;
      case Known.Most(var a, var b) -> above ? NONE : new Polynomial[] {a, b};
      case Known.Quotient _ -> NONE;
    };
  }

  // ---- what loops say that are run

  /** Does something where a number certainly is not negative; nothing if it certainly is. */
  void given(Polynomial natural, Runnable work) {
    if (isNatural(natural)) {
      work.run();
      return;
    }
    if (isNegative(natural)) {
      return;
    }
    var shownBefore = shown;
    var failedBefore = failed;
    var floorsBefore = floors;
    var ceilingsBefore = ceilings;
    var equalBefore = equal;
    shown = new HashMap<>(shown);
    failed = new HashMap<>();
    floors = new HashMap<>(floors);
    ceilings = new HashMap<>(ceilings);
    equal = new LinkedHashMap<>(equal);
    learn(natural);
    choose(natural, natural);
    // what could not be shown meanwhile may be by what is known now
    failed = new HashMap<>();
    work.run();
    shown = shownBefore;
    failed = failedBefore;
    floors = floorsBefore;
    ceilings = ceilingsBefore;
    equal = equalBefore;
  }

  /** Takes for true that several numbers are natural, for good. */
  void learn(List<Polynomial> naturals) {
    naturals.forEach(this::learn);
    // what could not be shown meanwhile may be by what is known now
    failed = new HashMap<>();
  }

  /** Takes for true that a number is natural, as far as that bounds its newest variable, or what that is computed from. */
  void learn(Polynomial any) {
    var natural = reduced(any);
    if (natural.isConstant()) {
      return;
    }
    long constant = natural.constant();
    shown.merge(natural.plus(-constant), constant, Math::min);
    int variable = natural.newest();
    var powers = natural.powers();
    raise(natural);
    if (powers.size() > 2) {
      return;
    }
    bound(variable, powers);
    boolean rises = isNatural(powers.get(1));
    boolean falls = isNatural(powers.get(1).times(-1));
    switch (integers.known(variable)) {
      case Known.Least(var a, var b) -> learn(powers, a, b, rises);
      case Known.Most(var a, var b) -> learn(powers, a, b, falls);
      case Known.Quotient(var of, var by) when powers.get(1).is(1) -> learn(of.plus(powers.getFirst().times(by)));
      case Known.Quotient(var of, var by) when powers.get(1).is(-1) -> learn(powers.getFirst().times(by).plus(by).plus(-1).minus(of));
      case Known.Quotient _, Known.Remainder _, Known.Range _, Known.Root _ -> { }
    }
  }

  /** What is natural at one of two numbers, or at both, as it is where it is least of them. */
  private void learn(List<Polynomial> powers, Polynomial a, Polynomial b, boolean both) {
    var atA = Polynomial.at(powers, a);
    var atB = Polynomial.at(powers, b);
    if (both || isNegative(atB)) {
      learn(atA);
    }
    if (both || isNegative(atA)) {
      learn(atB);
    }
  }

  /** Of minima and maxima that a natural number is computed from: if it is not natural where one is its one argument, then that is the other. */
  private void choose(Polynomial natural, Polynomial within) {
    for (int variable : within.variables()) {
      switch (integers.known(variable)) {
        case Known.Least(var a, var b) -> choose(natural, variable, a, b, 1);
        case Known.Most(var a, var b) -> choose(natural, variable, a, b, -1);
        case Known.Quotient(var of, _) -> choose(natural, of);
        case Known.Remainder(var of, _) -> choose(natural, of);
        case Known.Range _, Known.Root _ -> { }
      }
    }
  }

  /** @param sign 1 of a minimum, -1 of a maximum */
  private void choose(Polynomial natural, int variable, Polynomial a, Polynomial b, long sign) {
    if (isNegative(integers.with(natural, variable, a))) {
      learn(a.minus(b).times(sign));
      equal.put(variable, b);
    } else if (isNegative(integers.with(natural, variable, b))) {
      learn(b.minus(a).times(sign));
      equal.put(variable, a);
    }
  }

  /** Raises constant floors of sizes at which a number that is natural would be negative: of {@code m n - m - n} both are two at least. */
  private void raise(Polynomial natural) {
    for (int variable : natural.variables()) {
      if (integers.known(variable) instanceof Known.Range(var from, _) && from != null && from.isConstant()) {
        long least = from.constant();
        while (least < from.constant() + MOST_RAISED && isNegative(natural.with(variable, Polynomial.of(least)))) {
          least++;
        }
        if (least > from.constant()) {
          add(floors, variable, new Bound(Polynomial.of(least), Polynomial.ONE));
        }
      }
    }
  }

  /** A natural {@code c v + r} with a constant c: v is not below {@code -r / c}, or not above {@code r / -c}. */
  private void bound(int variable, List<Polynomial> powers) {
    if (!powers.get(1).isConstant()) {
      return;
    }
    long factor = powers.get(1).constant();
    var by = Polynomial.of(Math.abs(factor));
    var rest = powers.getFirst();
    var whole = rest.whole(by);
    // a whole number that is not above another and a part of one is not above the other
    boolean isWhole = rest.minus(whole.times(by)).isConstant();
    var bound = isWhole ? new Bound(whole, Polynomial.ONE) : new Bound(rest, by);
    if (factor > 0) {
      var floor = new Bound(bound.n.times(-1), bound.by);
      add(floors, variable, floor);
      all(ceilings, variable).forEach(ceiling -> between(floor, ceiling));
    } else {
      add(ceilings, variable, bound);
      all(floors, variable).forEach(floor -> between(floor, bound));
    }
    if (!isWhole) {
      quotient(integers.quotient(rest, by).plus(Polynomial.variable(variable).times(Long.signum(factor))));
    }
  }

  /** Takes for true that a number is natural whose newest variable is a quotient, which other facts speak of as a whole. */
  private void quotient(Polynomial natural) {
    if (integers.known(natural.newest()) instanceof Known.Quotient && natural.powers().get(1).isConstant()) {
      bound(natural.newest(), natural.powers());
    }
  }

  /** What a variable is not below, or not above: what loops say, and where it runs. */
  private List<Bound> all(Map<Integer, List<Bound>> bounds, int variable) {
    var learnt = bounds.getOrDefault(variable, List.of()).stream();
    var end = integers.known(variable) instanceof Known.Range(var least, var last) ? bounds == floors ? least : last : null;
    return (end == null ? learnt : Stream.concat(learnt, Stream.of(new Bound(end, Polynomial.ONE)))).toList();
  }

  /** What is not below one number and not above another says that the first is not above the second. */
  private void between(Bound floor, Bound ceiling) {
    learn(ceiling.n.times(floor.by).minus(floor.n.times(ceiling.by)));
  }

  private static void add(Map<Integer, List<Bound>> bounds, int variable, Bound bound) {
    var all = new ArrayList<>(bounds.getOrDefault(variable, List.of()));
    all.add(bound);
    bounds.put(variable, all);
  }
}
