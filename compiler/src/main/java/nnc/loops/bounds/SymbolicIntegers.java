package nnc.loops.bounds;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import nnc.loops.Loop.IntFn;

/**
 * The whole numbers of a kernel as polynomials. Variables are the open dimensions, then whatever a polynomial cannot say: the variables of loops,
 * quotients, remainders, minima and maxima. What is known of a variable speaks of older ones only. Each variable has one value at a time: an
 * expression that stands in two places is the same variable in both, even if more is known of it in the second, and what they have in common falls out
 * of their difference.
 */
final class SymbolicIntegers {
  /** What is known of a variable. */
  sealed interface Known {
    /** From {@code least} to {@code last}; null where nothing is known. */
    record Range(Polynomial least, Polynomial last) implements Known {}

    /** Floored; the divisor is positive. */
    record Quotient(Polynomial of, Polynomial by) implements Known {}

    /** The root, floored, of what is one at least. */
    record Root(Polynomial of) implements Known {}

    record Remainder(Polynomial of, Polynomial by) implements Known {}

    record Least(Polynomial a, Polynomial b) implements Known {}

    record Most(Polynomial a, Polynomial b) implements Known {}
  }

  private static final Known ANYTHING = new Known.Range(null, null);

  private final List<Known> variables = new ArrayList<>();
  private final Map<Known, Polynomial> computed = new HashMap<>();
  private final NaturalProof proof = new NaturalProof(this);

  /** All sizes that a program allows: what it {@link KernelExtents.Sizes#needs} is a fact from the beginning. */
  SymbolicIntegers(KernelExtents.Sizes sizes) {
    sizes.most().forEach(most -> add(new Known.Range(Polynomial.ONE, most.isPresent() ? Polynomial.of(most.getAsLong()) : null)));
    sizes.quotients().forEach(this::add);
    sizes.turns().forEach(turns -> add(new Known.Range(Polynomial.ONE, turns)));
    proof.learn(IntStream.range(0, sizes.quotients().size()).mapToObj(i -> Polynomial.variable(sizes.most().size() + i).plus(-1)).toList());
    proof.learn(sizes.needs());
  }

  /** Of a root it is known that its square is not above what it is the root of, and that of the next number is. */
  private void add(KernelExtents.Quotient quotient) {
    if (!quotient.isRoot()) {
      computed(new Known.Quotient(quotient.of(), Polynomial.of(quotient.by())));
      return;
    }
    var root = computed(new Known.Root(quotient.of()));
    var left = quotient.of().minus(root.times(root));
    proof.learn(List.of(left, root.times(2).minus(left)));
  }

  Known known(int variable) {
    return variables.get(variable);
  }

  // ---- numbers

  /** A number that can be anything. */
  Polynomial anything() {
    return add(ANYTHING);
  }

  /** A number of which it is known between what it lies. */
  Polynomial within(Polynomial least, Polynomial last) {
    return least.equals(last) || isNatural(least.minus(last)) ? least : add(new Known.Range(least, last));
  }

  private Polynomial add(Known known) {
    variables.add(known);
    return Polynomial.variable(variables.size() - 1);
  }

  private Polynomial computed(Known known) {
    return computed.computeIfAbsent(known, this::add);
  }

  Polynomial apply(IntFn fn, Polynomial a, Polynomial b) {
    return switch (fn) {
      case ADD -> a.plus(b);
      case SUB -> a.minus(b);
      case MUL -> a.times(b);
      case DIV -> quotient(a, b);
      case MOD -> remainder(a, b);
      case MIN -> least(a, b);
      case MAX -> most(a, b);
    };
  }

  /** What both are multiples of is taken out: {@code min(8 t, 84) / 4} has no rest then. */
  private Polynomial least(Polynomial a, Polynomial b) {
    long common = common(a, b);
    var least = new Known.Least(part(a, common), part(b, common));
    return computed.containsKey(least) ? computed(least).times(common) : isNatural(b.minus(a)) ? a : isNatural(a.minus(b)) ? b : computed(least).times(common);
  }

  private Polynomial most(Polynomial a, Polynomial b) {
    long common = common(a, b);
    var most = new Known.Most(part(a, common), part(b, common));
    return computed.containsKey(most) ? computed(most).times(common) : isNatural(a.minus(b)) ? a : isNatural(b.minus(a)) ? b : computed(most).times(common);
  }

  private static long common(Polynomial a, Polynomial b) {
    return Math.max(1, Polynomial.gcd(Polynomial.gcd(a.content(), b.content()), Polynomial.gcd(Math.abs(a.constant()), Math.abs(b.constant()))));
  }

  private static Polynomial part(Polynomial a, long common) {
    return a.whole(Polynomial.of(common));
  }

  /**
   * {@code q} where {@code a = q by + r} and r is from zero to less than the divisor. What is a multiple of the divisor goes out of the division, so that
   * quotient and remainder are of one dividend.
   */
  Polynomial quotient(Polynomial a, Polynomial by) {
    var whole = a.whole(by);
    var rest = a.minus(whole.times(by));
    var quotient = new Known.Quotient(rest, by);
    return whole.plus(!computed.containsKey(quotient) && isRest(rest, by) ? Polynomial.ZERO : ofQuotient(rest, by).orElseGet(() -> computed(quotient)));
  }

  /** {@code floor((floor(n / d) + k) / by) = floor((n + k d) / (d by))}. */
  private Optional<Polynomial> ofQuotient(Polynomial rest, Polynomial by) {
    return quotientIn(rest).map(inner -> quotient(inner.of.plus(rest.minus(computed(inner)).times(inner.by)), inner.by.times(by)));
  }

  /** A quotient that is a term of a number, once. */
  private Optional<Known.Quotient> quotientIn(Polynomial number) {
    for (int variable : number.variables()) {
      if (known(variable) instanceof Known.Quotient quotient && !number.minus(Polynomial.variable(variable)).mentions(variable)) {
        return Optional.of(quotient);
      }
    }
    return Optional.empty();
  }

  private Polynomial remainder(Polynomial a, Polynomial by) {
    var rest = a.minus(a.whole(by).times(by));
    var remainder = new Known.Remainder(rest, by);
    return !computed.containsKey(remainder) && isRest(rest, by) ? rest : computed(remainder);
  }

  private boolean isRest(Polynomial rest, Polynomial by) {
    return isNatural(rest) && isNatural(by.minus(rest).plus(-1));
  }

  /** A quotient of numbers without loops' variables, or a number that is no smaller. */
  Polynomial quotientOf(Polynomial number, Polynomial by) {
    var whole = number.whole(by);
    var rest = number.minus(whole.times(by));
    return isRest(rest, by) ? whole : isRest(rest.plus(by), by) ? whole.plus(-1) : whole.plus(quotient(rest, by));
  }

  /** A number with a value in the place of a variable, also in the quotients and remainders that it has. */
  Polynomial with(Polynomial number, int variable, Polynomial value) {
    var changed = number;
    for (int own : number.variables()) {
      changed = own == variable ? changed.with(own, value) : switch (known(own)) {
        case Known.Quotient(var of, var by) -> changed.with(own, quotient(with(of, variable, value), by));
        case Known.Remainder(var of, var by) -> changed.with(own, remainder(with(of, variable, value), by));
        case Known.Root(var of) -> changed.with(own, computed(new Known.Root(with(of, variable, value))));
        case Known.Least _, Known.Most _, Known.Range _ -> changed;
      };
    }
    return changed;
  }

  /** The variables of a number, and those that its quotients and remainders have. */
  Set<Integer> sources(Polynomial number) {
    var sources = new LinkedHashSet<Integer>();
    for (int variable : number.variables()) {
      sources.add(variable);
      switch (known(variable)) {
        case Known.Quotient(var of, _) -> sources.addAll(sources(of));
        case Known.Remainder(var of, _) -> sources.addAll(sources(of));
        case Known.Root(var of) -> sources.addAll(sources(of));
        case Known.Least _, Known.Most _, Known.Range _ -> { }
      }
    }
    return sources;
  }

  // ---- what holds

  /** Whether a number is shown to be zero or more. */
  boolean isNatural(Polynomial number) {
    return proof.isNatural(number);
  }

  /** Does something where a number certainly is not negative; nothing if it certainly is. */
  void given(Polynomial natural, Runnable work) {
    proof.given(natural, work);
  }

  /** Does something for all numbers of a loop, knowing that there are some; nothing if there are none. */
  void each(Polynomial from, Polynomial to, Consumer<Polynomial> work) {
    var rest = remaining(from, to);
    proof.given(rest.orElse(to.minus(from).plus(-1)), () -> work.accept(rest.isPresent() ? from : within(from, to.plus(-1))));
  }

  /**
   * Of a loop from {@code floor(n / by)} to {@code ceil(n / by)}, which takes what whole parts leave: it is run at most once, and then there are
   * that many left, less one.
   */
  private Optional<Polynomial> remaining(Polynomial from, Polynomial to) {
    return quotientIn(from).flatMap(quotient -> {
      var by = quotient.by;
      var of = from.minus(computed(quotient)).times(by).plus(quotient.of);
      return to.equals(quotient(of.plus(by).plus(-1), by)) ? Optional.of(of.minus(from.times(by)).plus(-1)) : Optional.empty();
    });
  }

  // ---- as text

  /** A number, and below it what is known of its variables, and of theirs. */
  String tell(Polynomial number) {
    var text = new StringBuilder(number.toString());
    var todo = new TreeSet<Integer>(Comparator.reverseOrder());
    add(todo, number);
    while (!todo.isEmpty()) {
      int variable = todo.pollFirst();
      text.append("\n  #").append(variable).append(" = ");
      text.append(switch (known(variable)) {
        case Known.Range(var least, var last) -> told(todo, least, last, " .. ");
        case Known.Quotient(var of, var by) -> told(todo, of, by, " / ");
        case Known.Remainder(var of, var by) -> told(todo, of, by, " mod ");
        case Known.Root(var of) -> told(todo, of, Polynomial.of(2), " root ");
        case Known.Least(var a, var b) -> told(todo, a, b, " min ");
        case Known.Most(var a, var b) -> told(todo, a, b, " max ");
      });
    }
    return text.toString();
  }

  private static String told(Set<Integer> todo, Polynomial a, Polynomial b, String between) {
    add(todo, a);
    add(todo, b);
    return (a == null ? "?" : a) + between + (b == null ? "?" : b);
  }

  private static void add(Set<Integer> todo, Polynomial number) {
    for (int variable : number == null ? new int[0] : number.variables()) {
      todo.add(variable);
    }
  }
}
