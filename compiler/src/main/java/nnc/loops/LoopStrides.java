package nnc.loops;

import java.util.OptionalLong;
import java.util.function.Predicate;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;

/** Trip counts of loops, and strides: by how much indices grow with a loop variable. */
public final class LoopStrides {
  private LoopStrides() {}

  /** A loop's trip count, as far as that can be told without its bounds' values. */
  public static Int iterations(Int from, Int to) {
    return to instanceof Int.Apply(var fn, var left, var right) && fn == IntFn.ADD && left.equals(from) ? right : Ints.subtract(to, from);
  }

  /** An index's growth from iteration to iteration, if that is one constant; elements read as indices may have anything. */
  public static OptionalLong of(Int index, String var) {
    return of(index, var, _ -> true);
  }

  /** The same, where it is known which elements vary with the variable. */
  public static OptionalLong of(Int index, String var, Predicate<Expr> varies) {
    return switch (index) {
      case Int.Number _ -> OptionalLong.of(0);
      case Int.Var(var name) -> OptionalLong.of(name.equals(var) ? 1 : 0);
      case Int.FromElement(var element) -> varies.test(element) ? OptionalLong.empty() : OptionalLong.of(0);
      case Int.FromBits(var bits) -> varies.test(bits) ? OptionalLong.empty() : OptionalLong.of(0);
      case Int.Apply(var fn, var left, var right) -> {
        var a = of(left, var, varies);
        var b = of(right, var, varies);
        if (a.isEmpty() || b.isEmpty()) {
          yield OptionalLong.empty();
        }
        boolean same = a.getAsLong() == 0 && b.getAsLong() == 0;
        yield switch (fn) {
          case ADD -> OptionalLong.of(a.getAsLong() + b.getAsLong());
          case SUB -> OptionalLong.of(a.getAsLong() - b.getAsLong());
          case MUL -> same ? OptionalLong.of(0) : left instanceof Int.Number(var factor) ? OptionalLong.of(factor * b.getAsLong())
              : right instanceof Int.Number(var factor) ? OptionalLong.of(factor * a.getAsLong()) : OptionalLong.empty();
          case DIV, MOD, MIN, MAX -> same ? OptionalLong.of(0) : OptionalLong.empty();
        };
      }
    };
  }
}
