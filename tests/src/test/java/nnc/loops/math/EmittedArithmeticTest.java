package nnc.loops.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.LongBinaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import nnc.loops.Loop.Fn;

/** What functions of bits give when loops are interpreted; oracle: Java's ints and longs. A float's bits are an int with its sign. */
class EmittedArithmeticTest {
  private static final EmittedArithmetic NARROW = new EmittedArithmetic(32);
  private static final EmittedArithmetic WIDE = new EmittedArithmetic(64);

  private static void check(Fn fn, IntBinaryOperator ints, LongBinaryOperator longs, long a, long b) {
    assertThat(NARROW.apply(fn, List.of((long) (int) a, (long) (int) b))).as("%s of %s and %s", fn, (int) a, (int) b).isEqualTo((long) ints.applyAsInt((int) a, (int) b));
    assertThat(WIDE.apply(fn, List.of(a, b))).as("%s of %s and %s", fn, a, b).isEqualTo(longs.applyAsLong(a, b));
  }

  @Property(tries = 400, seed = "26")
  void bits(@ForAll long a, @ForAll long b, @ForAll @IntRange(max = 31) int by) {
    check(Fn.BITS_AND, (x, y) -> x & y, (x, y) -> x & y, a, b);
    check(Fn.BITS_OR, (x, y) -> x | y, (x, y) -> x | y, a, b);
    check(Fn.BITS_XOR, (x, y) -> x ^ y, (x, y) -> x ^ y, a, b);
    check(Fn.BITS_ADD, Integer::sum, Long::sum, a, b);
    check(Fn.BITS_SUB, (x, y) -> x - y, (x, y) -> x - y, a, b);
    check(Fn.BITS_MUL, (x, y) -> x * y, (x, y) -> x * y, a, b);
    check(Fn.BITS_SHL, (x, y) -> x << y, (x, y) -> x << y, a, by);
    check(Fn.BITS_SHR, (x, y) -> x >>> y, (x, y) -> x >>> y, a, by);
    check(Fn.BITS_ASHR, (x, y) -> x >> y, (x, y) -> x >> y, a, by);
  }
}
