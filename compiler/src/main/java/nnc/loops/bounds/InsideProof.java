package nnc.loops.bounds;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import nnc.loops.bounds.KernelNumbers.Mask;

/**
 * Shows that an index is inside of a buffer. Where padding may be, an index is multiplied by a mask: it has to be inside where the mask is zero, and
 * where all holds that the mask says. What was read from memory is taken to be what is promised of it.
 */
final class InsideProof {
  private final SymbolicIntegers integers;
  private final KernelNumbers numbers;

  InsideProof(SymbolicIntegers integers, KernelNumbers numbers) {
    this.integers = integers;
    this.numbers = numbers;
  }

  /**
   * Whether an index is inside of a buffer, which is as large as the largest of some sizes.
   *
   * @param by gets the promises that it takes
   */
  boolean isInside(Polynomial index, List<Polynomial> sizes, Set<Promise> by) {
    var masks = new TreeSet<>(Comparator.comparingInt(Mask::number));
    addMasks(masks, index);
    return inEachCase(List.copyOf(masks), Set.of(), index, at -> isInside(at, sizes) || isPromised(at, sizes, by));
  }

  private boolean isInside(Polynomial at, List<Polynomial> sizes) {
    return integers.isNatural(at) && sizes.stream().anyMatch(size -> integers.isNatural(size.minus(at).plus(-1)));
  }

  // ---- masks

  /** The masks that a number depends on, and those that what they say depends on. */
  private void addMasks(Set<Mask> masks, Polynomial number) {
    for (int variable : integers.sources(number)) {
      var own = numbers.guarded(variable);
      if (own != null) {
        addMasks(masks, own.index());
        if (masks.add(own.mask())) {
          own.mask().facts().forEach(fact -> addMasks(masks, fact));
        }
      }
    }
  }

  /** @param holding those of the masks before that hold */
  private boolean inEachCase(List<Mask> masks, Set<Mask> holding, Polynomial number, Predicate<Polynomial> isRight) {
    if (masks.isEmpty()) {
      return isRight.test(resolved(number, holding));
    }
    var mask = masks.getFirst();
    var rest = masks.subList(1, masks.size());
    if (!inEachCase(rest, holding, number, isRight)) {
      return false;
    }
    var more = new HashSet<>(holding);
    more.add(mask);
    boolean[] right = {true};
    given(mask.facts().stream().map(fact -> resolved(fact, holding)).toList(), () -> right[0] = inEachCase(rest, more, number, isRight));
    return right[0];
  }

  /** A number without indices that masks guard. */
  private Polynomial resolved(Polynomial number, Set<Mask> holding) {
    var changed = number;
    for (int variable : integers.sources(number)) {
      var own = numbers.guarded(variable);
      if (own != null) {
        changed = integers.with(changed, variable, holding.contains(own.mask()) ? resolved(own.index(), holding) : Polynomial.ZERO);
      }
    }
    return changed;
  }

  private void given(List<Polynomial> facts, Runnable work) {
    if (facts.isEmpty()) {
      work.run();
    } else {
      integers.given(facts.getFirst(), () -> given(facts.subList(1, facts.size()), work));
    }
  }

  // ---- promises

  private boolean isPromised(Polynomial at, List<Polynomial> sizes, Set<Promise> by) {
    var places = integers.sources(at).stream().filter(variable -> numbers.promised(variable) != null).toList();
    if (places.isEmpty() || !isInsideIfNatural(places, at, sizes) && sizes.stream().noneMatch(size -> isKept(at, size))) {
      return false;
    }
    by.add(numbers.promised(places.getFirst()));
    return true;
  }

  /** Places are natural: what masks say of them may be all else that it takes. */
  private boolean isInsideIfNatural(List<Integer> places, Polynomial at, List<Polynomial> sizes) {
    boolean[] inside = {true};
    given(places.stream().map(Polynomial::variable).toList(), () -> inside[0] = isInside(at, sizes));
    return inside[0];
  }

  /** Whether an index is inside of a buffer if all numbers in it that are promised are as they are. */
  private boolean isKept(Polynomial at, Polynomial size) {
    for (int variable : integers.sources(at)) {
      var promise = numbers.promised(variable);
      if (promise != null) {
        return promise == Promise.LOOKED_UP && at.mentions(variable)
            && axes(variable, at, size).stream().anyMatch(axis -> isKept(axis, at.with(variable, integers.within(Polynomial.ZERO, axis.plus(-1))), size))
            || isKept(size, integers.with(at, variable, Polynomial.ZERO), size);
      }
    }
    return isInside(at, List.of(size));
  }

  /** Likewise where there is something to point at: otherwise no index is right. */
  private boolean isKept(Polynomial count, Polynomial at, Polynomial size) {
    boolean[] kept = {true};
    integers.given(count.plus(-1), () -> kept[0] = isKept(at, size));
    return kept[0];
  }

  /** How many places the axis of an index may have: as many as its stride goes into the size, or what is left of it behind a start, or into another's stride. */
  private static List<Polynomial> axes(int variable, Polynomial at, Polynomial size) {
    var stride = stride(variable, at);
    var wider = new ArrayList<>(List.of(size, size.plus(-at.constant())));
    for (int other : at.variables()) {
      if (other != variable) {
        wider.add(stride(other, at));
      }
    }
    var axes = new ArrayList<Polynomial>();
    for (var one : wider) {
      var count = one.whole(stride);
      if (count.times(stride).equals(one)) {
        axes.add(count);
      }
    }
    return axes;
  }

  private static Polynomial stride(int variable, Polynomial at) {
    return at.with(variable, Polynomial.ONE).minus(at.with(variable, Polynomial.ZERO));
  }
}
