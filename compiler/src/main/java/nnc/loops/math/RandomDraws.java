package nnc.loops.math;

import static nnc.loops.math.ElementaryFunctions.apply;
import static nnc.loops.math.ElementaryFunctions.number;

import java.util.List;
import nnc.loops.KernelInteger;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.StatementBuilder;
import nnc.runtime.engine.CounterRandom;

/** {@link CounterRandom} in the loop language. In 64-bit lanes the arithmetic stays one of 32 bits: sums and products are cut. */
public final class RandomDraws {
  private static final long LOW = 0xffffffffL;

  private final StatementBuilder sink;
  private final boolean wide;

  public RandomDraws(StatementBuilder sink, ElementaryFunctions functions) {
    this.sink = sink;
    this.wide = functions.wide();
  }

  private static Expr constant(int value) {
    return new Expr.BitsOf(new Int.Number(value & LOW));
  }

  private static Expr argument(KernelInteger integer) {
    return new Expr.BitsOf(integer.value());
  }

  private Expr cut(Fn fn, Expr a, Expr b) {
    var result = new Expr.Apply(fn, List.of(a, b));
    return wide ? apply(Fn.BITS_AND, result, new Expr.BitsOf(new Int.Number(LOW))) : result;
  }

  private Expr shifted(Expr x, int by) {
    return apply(Fn.BITS_XOR, x, apply(Fn.BITS_SHR, x, constant(by)));
  }

  private Expr mix(Expr x) {
    var a = sink.let(shifted(sink.let(x), 16));
    var b = sink.let(cut(Fn.BITS_MUL, a, constant(CounterRandom.MIX1)));
    var c = sink.let(shifted(b, 15));
    var d = sink.let(cut(Fn.BITS_MUL, c, constant(CounterRandom.MIX2)));
    return sink.let(shifted(d, 16));
  }

  /** The draw of an element of a stream, from [0, 1). */
  public Expr uniform(int stream, Int element) {
    return uniform(stream, new Expr.BitsOf(element), null);
  }

  /** The draw of an element that is counted from another one, of whose number there are the lower and the upper 32 bits. */
  public Expr uniform(int stream, Int element, Int low, Int high) {
    var from = new Expr.BitsOf(low);
    var count = sink.let(new Expr.BitsOf(element));
    var sum = sink.let(cut(Fn.BITS_ADD, from, count));
    var either = apply(Fn.BITS_AND, apply(Fn.BITS_OR, from, count), apply(Fn.BITS_XOR, sum, constant((int) LOW)));
    var carry = apply(Fn.BITS_SHR, apply(Fn.BITS_OR, apply(Fn.BITS_AND, from, count), either), constant(31));
    return uniform(stream, sum, cut(Fn.BITS_ADD, new Expr.BitsOf(high), carry));
  }

  /** @param high the upper 32 bits of an element's number; null if these are zero */
  private Expr uniform(int stream, Expr element, Expr high) {
    var key = mix(cut(Fn.BITS_ADD, argument(KernelInteger.SEED_LOW), constant(CounterRandom.GOLDEN)));
    key = mix(apply(Fn.BITS_XOR, key, argument(KernelInteger.SEED_HIGH)));
    key = mix(cut(Fn.BITS_ADD, key, cut(Fn.BITS_MUL, argument(KernelInteger.STEP), constant(CounterRandom.STEP))));
    key = mix(apply(Fn.BITS_XOR, key, constant(stream * CounterRandom.STREAM)));
    var second = mix(cut(Fn.BITS_ADD, key, constant(CounterRandom.SECOND)));
    var last = high == null ? second : apply(Fn.BITS_XOR, second, cut(Fn.BITS_MUL, high, constant(CounterRandom.HIGH)));
    var place = cut(Fn.BITS_ADD, cut(Fn.BITS_MUL, element, constant(CounterRandom.GOLDEN)), key);
    var bits = mix(apply(Fn.BITS_XOR, mix(place), last));
    var draw = sink.let(apply(Fn.BITS_SHR, bits, constant(8)));
    return wide ? double24(draw) : float24(draw);
  }

  /** 24 bits as the low bits of 2^52 + draw. */
  private Expr double24(Expr draw) {
    var raised = apply(Fn.FROM_BITS, apply(Fn.BITS_OR, draw, new Expr.BitsOf(new Int.Number(Double.doubleToRawLongBits(0x1p52)))));
    return apply(Fn.MUL, apply(Fn.SUB, raised, number(0x1p52)), number(0x1p-24));
  }

  /** A float's fraction has 23 bits: the upper 23 bits of the draw as a number from [1, 2), the last one apart. */
  private Expr float24(Expr draw) {
    var one = new Expr.BitsOf(new Int.Number(Float.floatToRawIntBits(1)));
    var upper = apply(Fn.SUB, apply(Fn.FROM_BITS, apply(Fn.BITS_OR, apply(Fn.BITS_SHR, draw, constant(1)), one)), number(1));
    var last = apply(Fn.BITS_SHL, apply(Fn.BITS_AND, draw, constant(1)), constant(22));
    var half = apply(Fn.SUB, apply(Fn.FROM_BITS, apply(Fn.BITS_OR, last, one)), number(1));
    return apply(Fn.FMA, half, number(0x1p-23), upper);
  }
}
