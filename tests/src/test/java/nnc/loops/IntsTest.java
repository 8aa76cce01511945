package nnc.loops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;
import org.junit.jupiter.api.Test;

/** Whole numbers of loops: what is computed at once has the value it would have; strides are differences. Oracle: the numbers themselves. */
class IntsTest {
  private static final Int I = new Int.Var("i");

  private static long value(Int x, long i) {
    return switch (x) {
      case Int.Number(var number) -> number;
      case Int.Var _ -> i;
      case Int.FromElement _, Int.FromBits _ -> throw new IllegalStateException("no element is drawn");
      case Int.Apply(var fn, var left, var right) -> LoopInterpreter.whole(fn, value(left, i), value(right, i));
    };
  }

  /** Small numbers, zero and one among them, the variable, and what is made of these as it stands. */
  private static Int drawn(Random random, int depth) {
    if (depth > 0 && random.nextInt(3) > 0) {
      var fn = IntFn.values()[random.nextInt(IntFn.values().length)];
      boolean divides = fn == IntFn.DIV || fn == IntFn.MOD;
      return new Int.Apply(fn, drawn(random, depth - 1), divides ? new Int.Number(1 + random.nextInt(4)) : drawn(random, depth - 1));
    }
    return random.nextInt(3) == 0 ? I : new Int.Number(random.nextInt(8) - 3);
  }

  private static Int made(IntFn fn, Int a, Int b) {
    return switch (fn) {
      case ADD -> Ints.add(a, b);
      case SUB -> Ints.subtract(a, b);
      case MUL -> Ints.multiply(a, b);
      case DIV -> Ints.divide(a, value(b, 0));
      case MIN -> Ints.least(a, b);
      case MAX -> Ints.most(a, b);
      case MOD -> new Int.Apply(fn, a, b);
    };
  }

  @Property(tries = 500, seed = "3")
  void whatIsKnownIsComputed(@ForAll long seed) {
    var random = new Random(seed);
    var fn = IntFn.values()[random.nextInt(IntFn.values().length)];
    var a = drawn(random, 2);
    var b = fn == IntFn.DIV || fn == IntFn.MOD ? new Int.Number(1 + random.nextInt(5)) : drawn(random, 2);
    var made = made(fn, a, b);
    for (long i = -5; i <= 5; i++) {
      assertThat(value(made, i)).as("%s of %s and %s at %s: %s", fn, a, b, i, made).isEqualTo(LoopInterpreter.whole(fn, value(a, i), value(b, i)));
    }
    if (a instanceof Int.Number && b instanceof Int.Number && fn != IntFn.MOD) {
      assertThat(made).isInstanceOf(Int.Number.class);
    }
  }

  @Property(tries = 1000, seed = "5")
  void stridesAreDifferences(@ForAll long seed) {
    var random = new Random(seed);
    var index = drawn(random, 3);
    var stride = LoopStrides.of(index, "i");
    for (long i = -6; i <= 6 && stride.isPresent(); i++) {
      assertThat(value(index, i + 1) - value(index, i)).as("%s at %s", index, i).isEqualTo(stride.getAsLong());
    }
    assertThat(LoopStrides.of(index, "j")).as("of another variable").hasValue(0);
    var to = random.nextBoolean() ? Ints.add(index, drawn(random, 1)) : new Int.Apply(random.nextBoolean() ? IntFn.ADD : IntFn.SUB, index, drawn(random, 1));
    assertThat(value(LoopStrides.iterations(index, to), 4)).as("from %s to %s", index, to).isEqualTo(value(to, 4) - value(index, 4));
  }

  /** Sums, differences and multiples of what has a stride have one. */
  @Test
  void stridesAreFound() {
    var j = new Int.Var("j");
    var read = new Int.FromElement(new Expr.Read("v"));
    assertThat(LoopStrides.of(Ints.add(Ints.multiply(I, new Int.Number(6)), j), "i")).hasValue(6);
    assertThat(LoopStrides.of(Ints.subtract(j, new Int.Apply(IntFn.MUL, new Int.Number(3), I)), "i")).hasValue(-3);
    assertThat(LoopStrides.of(new Int.Apply(IntFn.MUL, j, j), "i")).hasValue(0);
    for (var fn : List.of(IntFn.DIV, IntFn.MOD, IntFn.MIN, IntFn.MAX)) {
      assertThat(LoopStrides.of(new Int.Apply(fn, j, new Int.Number(4)), "i")).hasValue(0);
      assertThat(LoopStrides.of(new Int.Apply(fn, I, new Int.Number(4)), "i")).isEmpty();
      assertThat(LoopStrides.of(new Int.Apply(fn, new Int.Number(4), I), "i")).isEmpty();
    }
    assertThat(LoopStrides.of(new Int.Apply(IntFn.MUL, I, j), "i")).isEmpty();
    assertThat(LoopStrides.of(Ints.add(read, I), "i")).isEmpty();
    assertThat(LoopStrides.of(Ints.add(I, read), "i", _ -> false)).isEqualTo(OptionalLong.of(1));
    assertThat(LoopStrides.iterations(I, new Int.Apply(IntFn.ADD, I, j))).as("a count that stands there").isEqualTo(j);
    assertThat(Ints.add(null, j)).isEqualTo(j);
    assertThat(Ints.multiply(new Int.Number(3), j)).as("a number comes last").isEqualTo(new Int.Apply(IntFn.MUL, j, new Int.Number(3)));
    assertThat(List.of(Ints.roundUp(1, 16), Ints.roundUp(16, 16), Ints.roundUp(17, 16), Ints.roundUp(0, 16))).containsExactly(16, 16, 32, 0);
  }
}
