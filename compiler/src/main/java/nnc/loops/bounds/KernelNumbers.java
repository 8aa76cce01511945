package nnc.loops.bounds;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.math.WholeArithmetic;

/** What the integers of a kernel are at a point of it, also those that are read from elements; and what holds where a mask does. */
final class KernelNumbers {
  /** A mask that multiplies indices. The number tells the order in which masks are computed: what one says may be of indices that an earlier one guards. */
  record Mask(int number, List<Polynomial> facts) {}

  /** An index where a mask holds, and zero elsewhere. */
  record Guarded(Mask mask, Polynomial index) {}

  private final SymbolicIntegers integers;
  private final Set<String> assigned;
  private Map<String, Polynomial> values = new HashMap<>();
  /** By variable that keeps its value: what is natural where it holds, if it is a mask; the mask that it is 1 for, if it is such a whole number; its value as an index. */
  private final Map<String, List<Polynomial>> facts = new HashMap<>();
  private final Map<String, Mask> masks = new HashMap<>();
  private int made;
  private final Map<String, Polynomial> indices = new HashMap<>();
  private final Map<Guarded, Polynomial> guards = new HashMap<>();
  private final Map<Integer, Guarded> guarded = new HashMap<>();
  private final Map<Integer, Promise> promised = new HashMap<>();

  /** @param assigned variables of elements that are given another value later */
  KernelNumbers(SymbolicIntegers integers, Set<String> assigned) {
    this.integers = integers;
    this.assigned = assigned;
  }

  // ---- variables

  void set(String name, Polynomial value) {
    values.put(name, value);
  }

  Polynomial get(String name) {
    return values.get(name);
  }

  /** Does something where some names have other values, once or more often. */
  void inside(Map<String, Polynomial> more, Runnable work) {
    var outside = values;
    values = new HashMap<>(outside);
    values.putAll(more);
    indices.keySet().removeAll(assigned);
    work.run();
    indices.keySet().removeAll(assigned);
    values = outside;
  }

  void assign(String name) {
    indices.remove(name);
  }

  void let(String name, Expr value) {
    indices.remove(name);
    facts.remove(name);
    masks.remove(name);
    if (!assigned.contains(name)) {
      var own = facts(value);
      if (!own.isEmpty()) {
        facts.put(name, own);
      }
      if (value instanceof Expr.Apply(var fn, var in) && fn == Fn.SELECT && in.get(1).equals(WholeArithmetic.number(1))
          && in.get(2).equals(WholeArithmetic.number(0))) {
        masks.put(name, new Mask(++made, facts(in.getFirst())));
      }
    }
  }

  // ---- integers

  Polynomial of(Int value) {
    return switch (value) {
      case Int.Number(var number) -> Polynomial.of(number);
      case Int.Var(var name) -> values.get(name);
      case Int.FromElement(var element) -> index(element);
      case Int.FromBits(var bits) -> index(bits);
      case Int.Apply(var fn, var left, var right) -> integers.apply(fn, of(left), of(right));
    };
  }

  private Polynomial index(Expr element) {
    return switch (element) {
      case Expr.Apply(var fn, var in) when fn == Fn.BITS_MUL && in.get(0) instanceof Expr.Read(var mask) && masks.containsKey(mask) && number(in.get(1)) != null ->
        guards.computeIfAbsent(new Guarded(masks.get(mask), number(in.get(1))), this::guarded);
      case Expr.Read(var mask) when masks.containsKey(mask) -> guards.computeIfAbsent(new Guarded(masks.get(mask), Polynomial.ONE), this::guarded);
      case Expr.Read(var name) -> indices.computeIfAbsent(name, _ -> promised(assigned.contains(name) ? Promise.COUNTED : Promise.LOOKED_UP));
      case Expr.Number(var value) -> Polynomial.of((long) value);
      case Expr.BitsOf(Int.Number(var value)) -> Polynomial.of(value);
      case Expr.Load _, Expr.LoadBits _, Expr.FromInt _, Expr.BitsOf _, Expr.Fold _, Expr.Apply _ -> promised(Promise.LOOKED_UP);
    };
  }

  private Polynomial guarded(Guarded own) {
    var any = integers.anything();
    guarded.put(any.newest(), own);
    return any;
  }

  private Polynomial promised(Promise promise) {
    var any = integers.anything();
    promised.put(any.newest(), promise);
    return any;
  }

  /** What an index is that a mask multiplies; null for any other variable. */
  Guarded guarded(int variable) {
    return guarded.get(variable);
  }

  /** What is promised of a variable; null if nothing is. */
  Promise promised(int variable) {
    return promised.get(variable);
  }

  // ---- masks

  /** What is natural where a mask holds. */
  private List<Polynomial> facts(Expr mask) {
    if (mask instanceof Expr.Read(var name)) {
      return facts.getOrDefault(name, List.of());
    }
    if (!(mask instanceof Expr.Apply(var fn, var in))) {
      return List.of();
    }
    if (fn == Fn.AND) {
      return Stream.concat(facts(in.get(0)).stream(), facts(in.get(1)).stream()).toList();
    }
    var a = fn == Fn.LE || fn == Fn.EQ ? number(in.get(0)) : null;
    var b = fn == Fn.LE || fn == Fn.EQ ? number(in.get(1)) : null;
    return a == null || b == null ? List.of() : fn == Fn.LE ? List.of(b.minus(a)) : List.of(b.minus(a), a.minus(b));
  }

  /** The whole number that an element is, or bits are; null if it is another one. */
  private Polynomial number(Expr element) {
    return switch (element) {
      case Expr.FromInt(var value) -> of(value);
      case Expr.BitsOf(var value) -> of(value);
      case Expr.Number(var value) when value == (long) value -> Polynomial.of((long) value);
      case Expr.Number _, Expr.Read _, Expr.Load _, Expr.LoadBits _, Expr.Fold _, Expr.Apply _ -> null;
    };
  }
}
