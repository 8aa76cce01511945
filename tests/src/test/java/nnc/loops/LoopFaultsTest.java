package nnc.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;
import nnc.loops.Loop.Stmt.RightOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of every statement each part is looked at: with one of them wrong it is refused, and by what words; as it is, and at the limits, it is accepted. */
class LoopFaultsTest {
  private static final Int ONE = new Int.Number(1);
  private static final Int NINE = new Int.Number(9);
  private static final Expr ZERO = new Expr.Number(0);
  private static final Expr MASK = new Expr.Apply(Fn.LT, List.of(ZERO, ZERO));
  private static final Buffer MEMORY = new Buffer("a", Space.ARENA, 0);
  private static final Buffer SCRATCH = new Buffer("s", Space.SCRATCH, 0);
  private static final Stmt.Factor FACTOR = new Stmt.Factor(MEMORY, ONE, ONE);

  /** Hands out the parts of a statement, of which one is wrong. */
  private static final class Parts {
    final int wrong;
    int handed;

    Parts(int wrong) {
      this.wrong = wrong;
    }

    private <T> T part(T right, T other) {
      return handed++ == wrong ? other : right;
    }

    Int integer() {
      return part(ONE, new Int.Var("nowhere"));
    }

    Buffer buffer() {
      return part(MEMORY, new Buffer("elsewhere", Space.WEIGHTS, 0));
    }

    Buffer scratch() {
      return part(SCRATCH, new Buffer("far", Space.SCRATCH, 17));
    }

    Stmt.Factor factor() {
      return new Stmt.Factor(buffer(), integer(), integer());
    }

    Expr element() {
      return part(ZERO, MASK);
    }

    Expr mask() {
      return part(MASK, ZERO);
    }

    Expr bits() {
      return part(new Expr.BitsOf(ONE), ZERO);
    }

    Stmt store() {
      return new Stmt.Store(buffer(), integer(), element());
    }

    Stmt let(Fn fn, Expr... arguments) {
      return new Stmt.Let("x", new Expr.Apply(fn, List.of(arguments)));
    }
  }

  private static Stmt.For loop(LoopKind kind, Stmt... body) {
    return new Stmt.For("j", ONE, NINE, kind, List.of(body));
  }

  private static Loop.Kernel kernel(Stmt... body) {
    return new Loop.Kernel(List.of("a"), "i", LoopKind.SERIAL, List.of(body), 16, false);
  }

  private static Loop.Kernel inDouble(Stmt body) {
    return new Loop.Kernel(List.of("a"), "i", LoopKind.SERIAL, List.of(body), 16, true);
  }

  private static Stmt.Product product(Int rows, int unit, List<Stmt.Depth> depth, RightOrder order) {
    return new Stmt.Product(new Stmt.Extent(rows, unit, ONE, depth), FACTOR, FACTOR, FACTOR, Stmt.Prior.REPLACED, order);
  }

  private static Stmt.Product product() {
    return product(ONE, 1, List.of(new Stmt.Depth(ONE, ONE, ONE)), RightOrder.COLUMNS);
  }

  private static Stmt.Product followed(String row, Stmt body) {
    return product().followedBy(new Stmt.Follow(row, ONE, "c", ONE, "sum", List.of(body)));
  }

  static Stream<Function<Parts, Stmt>> statements() {
    Stream<Function<Parts, Stmt>> whole = Stream.of(
        p -> new Stmt.Product(new Stmt.Extent(p.integer(), 1, p.integer(), List.of(new Stmt.Depth(p.integer(), p.integer(), p.integer()))), p.factor(), p.factor(), p.factor(),
            Stmt.Prior.ADDED, RightOrder.COLUMNS, p.factor(), new Stmt.Follow("r", p.integer(), "c", p.integer(), "sum", List.of(p.store())), new Stmt.Zeros(p.scratch(), p.factor())),
        p -> new Stmt.For("j", p.integer(), p.integer(), LoopKind.VECTOR, List.of(new Stmt.Nonzeros("k", p.integer(), p.buffer(), p.integer(), List.of(p.store())))),
        p -> new Stmt.Transpose(p.integer(), p.integer(), p.factor(), p.scratch(), p.scratch()),
        p -> new Stmt.Outline(List.of(new Stmt.Argument("g", p.integer())), List.of(p.store())),
        p -> new Stmt.Let("x", new Expr.Load(p.buffer(), p.integer())), p -> new Stmt.Let("x", new Expr.FromInt(new Int.Apply(IntFn.MIN, p.integer(), p.integer()))),
        p -> new Stmt.Let("x", new Expr.BitsOf(new Int.Apply(IntFn.ADD, p.integer(), p.integer()))),
        p -> new Stmt.Let("x", new Expr.Load(MEMORY, new Int.FromElement(p.element()))),
        p -> p.let(Fn.FMA, p.element(), p.element(), p.element()), p -> p.let(Fn.SELECT, p.mask(), p.element(), p.element()), p -> p.let(Fn.NOT, p.mask()),
        p -> p.let(Fn.TO_BITS, p.element()), p -> p.let(Fn.FROM_BITS, p.bits()), p -> p.let(Fn.BITS_SHL, p.bits(), p.bits()), p -> p.let(Fn.FAR_SIN, p.mask(), p.element(), p.element()));
    return Stream.of(whole, Stream.of(Fn.ADD, Fn.LE).<Function<Parts, Stmt>>map(fn -> p -> p.let(fn, p.element(), p.element())),
        Stream.of(Fn.AND, Fn.OR).<Function<Parts, Stmt>>map(fn -> p -> p.let(fn, p.mask(), p.mask())),
        Stream.of(Fn.NEG, Fn.SQRT).<Function<Parts, Stmt>>map(fn -> p -> p.let(fn, p.element()))).flatMap(all -> all);
  }

  @ParameterizedTest
  @MethodSource("statements")
  void eachPartIsLookedAt(Function<Parts, Stmt> statement) {
    var right = new Parts(-1);
    assertThat(LoopVerifier.check(kernel(statement.apply(right)), "kernel")).isNotNull();
    assertThat(right.handed).isPositive();
    for (int wrong = 0; wrong < right.handed; wrong++) {
      var changed = kernel(statement.apply(new Parts(wrong)));
      assertThatThrownBy(() -> LoopVerifier.check(List.of(changed), "Test")).as("part %s of%n%s", wrong, LoopPrinter.print(changed)).isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("kernel 0 of Test ");
    }
  }

  private static void refused(String words, Loop.Kernel kernel) {
    assertThatThrownBy(() -> LoopVerifier.check(kernel, "kernel")).as(LoopPrinter.print(kernel)).isInstanceOf(IllegalStateException.class).hasMessageContaining(words);
  }

  private static void accepted(Stmt... body) {
    assertThatCode(() -> LoopVerifier.check(kernel(body), "kernel")).as(Arrays.toString(body)).doesNotThrowAnyException();
  }

  @Test
  void products() {
    var depth = product().depth();
    refused("that 0 does not divide", kernel(product(ONE, 0, depth, RightOrder.COLUMNS)));
    refused("that 4 does not divide", kernel(product(new Int.Number(6), 4, depth, RightOrder.COLUMNS)));
    refused("sums over nothing", kernel(product(ONE, 1, List.of(), RightOrder.COLUMNS)));
    for (var order : List.of(new RightOrder(-1, 0), new RightOrder(0, -1), new RightOrder(4, 4))) {
      refused("has panels along terms", kernel(product(ONE, 1, depth, order)));
    }
    accepted(product(new Int.Number(8), 4, depth, RightOrder.panels(4)), product(new Int.Var("a"), 4, depth, RightOrder.terms(4)));
    refused("is in lanes, or in double", kernel(loop(LoopKind.VECTOR, product())));
    refused("is in lanes, or in double", inDouble(product()));
    refused("names row and column alike", kernel(followed("c", new Stmt.Let("x", ZERO))));
    refused("does more with a sum than compute and store", kernel(followed("r", loop(LoopKind.SERIAL))));
    refused("looks elsewhere", kernel(loop(LoopKind.VECTOR, new Stmt.Nonzeros("k", ONE, MEMORY, new Int.Apply(IntFn.ADD, ONE, new Int.Var("j")), List.of()))));
    refused("looks elsewhere", kernel(loop(LoopKind.VECTOR, new Stmt.Nonzeros("k", new Int.Apply(IntFn.ADD, new Int.Var("j"), ONE), MEMORY, ONE, List.of()))));
    refused("defines j again", kernel(loop(LoopKind.VECTOR, new Stmt.Nonzeros("j", ONE, MEMORY, ONE, List.of()))));
    refused("is not in lanes", kernel(new Stmt.Nonzeros("k", ONE, MEMORY, ONE, List.of())));
    // what a product's sums are called is gone behind it, and lanes are over
    var sum = new Stmt.Store(MEMORY, new Int.Apply(IntFn.ADD, new Int.Var("r"), new Int.Var("c")), new Expr.Read("sum"));
    accepted(followed("r", sum), followed("r", sum), product());
    refused("reads the whole number r", kernel(followed("r", sum), sum));
    refused("reads sum", kernel(followed("r", sum), new Stmt.Let("x", new Expr.Read("sum"))));
  }

  @Test
  void placesOfStatements() {
    refused("is in lanes", kernel(loop(LoopKind.VECTOR, new Stmt.Transpose(ONE, ONE, FACTOR, SCRATCH, SCRATCH))));
    refused("outside of scratch", kernel(new Stmt.Transpose(ONE, ONE, FACTOR, MEMORY, SCRATCH)));
    refused("outside of scratch", kernel(new Stmt.Transpose(ONE, ONE, FACTOR, SCRATCH, MEMORY)));
    refused("is of a line before the first", kernel(new Stmt.Line(-1)));
    accepted(new Stmt.Line(0));
    refused("is no kernel's outermost loop", kernel(loop(LoopKind.RANGE)));
    refused("is a loop over lanes in lanes, or in double", inDouble(loop(LoopKind.VECTOR)));
    refused("defines j again", kernel(loop(LoopKind.SERIAL, loop(LoopKind.SERIAL))));
    accepted(loop(LoopKind.VECTOR), loop(LoopKind.VECTOR));
    refused("is in lanes, or in double", inDouble(new Stmt.Outline(List.of(), List.of())));
    refused("is in lanes, or in double", kernel(loop(LoopKind.VECTOR, new Stmt.Outline(List.of(), List.of()))));
    refused("is given g twice", kernel(new Stmt.Outline(List.of(new Stmt.Argument("g", ONE), new Stmt.Argument("g", NINE)), List.of())));
    refused("has lanes in lanes, or in double", inDouble(new Stmt.Lanes("l", 0, 0)));
    refused("has lanes in lanes, or in double", kernel(loop(LoopKind.VECTOR, new Stmt.Lanes("l", 0, 0))));
    refused("folds in lanes, or by SUB", kernel(new Stmt.Lanes("l", 0, 0), new Stmt.Let("x", new Expr.Fold(Fn.SUB, "l"))));
    refused("folds in lanes, or by ADD", kernel(new Stmt.Lanes("l", 0, 0), loop(LoopKind.VECTOR, new Stmt.Let("x", new Expr.Fold(Fn.ADD, "l")))));
    refused("folds within a value", kernel(new Stmt.Lanes("l", 0, 0), new Stmt.Let("x", new Expr.Apply(Fn.NEG, List.of(new Expr.Fold(Fn.ADD, "l"))))));
    refused("defines l again", kernel(new Stmt.Lanes("l", 0, 0), new Stmt.Let("l", ZERO)));
    refused("adds another sort of value", kernel(new Stmt.Lanes("l", 0, 0), loop(LoopKind.VECTOR, new Stmt.Assign("l", MASK))));
    refused("assigns another sort of value to x", kernel(new Stmt.Let("x", ZERO), new Stmt.Assign("x", MASK)));
  }

  @Test
  void namesAndNumbers() {
    refused("has two arguments a", new Loop.Kernel(List.of("a", "a"), "i", LoopKind.SERIAL, List.of(), 0, false));
    refused("has two arguments " + KernelInteger.FROM.title(), new Loop.Kernel(List.of(KernelInteger.FROM.title()), "i", LoopKind.SERIAL, List.of(), 0, false));
    refused("has scratch -1", new Loop.Kernel(List.of(), "i", LoopKind.RANGE, List.of(), -1, false));
    refused("reads the whole number i", new Loop.Kernel(List.of("a"), "i", LoopKind.RANGE, List.of(new Stmt.Store(MEMORY, new Int.Var("i"), ZERO)), 0, false));
    refused("nobody says where a is", kernel(new Stmt.Store(new Buffer("a", Space.ARENA, 1), ONE, ZERO)));
    refused("uses scratch at -1 of 16", kernel(new Stmt.Store(new Buffer("s", Space.SCRATCH, -1), ONE, ZERO)));
    refused("uses scratch at 17 of 16", kernel(new Stmt.Lanes("l", 0, 9)));
    accepted(new Stmt.Lanes("l", 0, 8), new Stmt.Store(new Buffer("s", Space.SCRATCH, 16), ONE, ZERO));
    for (var fn : List.of(IntFn.DIV, IntFn.MOD)) {
      refused("divides by 0", kernel(new Stmt.Store(MEMORY, new Int.Apply(fn, NINE, new Int.Number(0)), ZERO)));
      accepted(new Stmt.Store(MEMORY, new Int.Apply(fn, NINE, ONE), ZERO));
    }
    accepted(new Stmt.Store(MEMORY, new Int.Apply(IntFn.MUL, NINE, new Int.Number(0)), ZERO));
    refused("more than 32 bits: 2147483648", kernel(new Stmt.Store(MEMORY, new Int.Number(1L << 31), ZERO)));
    refused("selects between", kernel(new Stmt.Let("x", new Expr.Apply(Fn.SELECT, List.of(MASK, MASK, MASK)))));
    refused("selects between", kernel(new Stmt.Let("x", new Expr.Apply(Fn.SELECT, List.of(MASK, ZERO)))));
    refused("gives FMA [ELEMENT, ELEMENT]", kernel(new Stmt.Let("x", new Expr.Apply(Fn.FMA, List.of(ZERO, ZERO)))));
    for (var by : List.of(new Int.Number(-1), new Int.Number(64))) {
      refused("shifts by more bits than there are", kernel(new Stmt.Let("x", new Expr.Apply(Fn.BITS_SHR, List.of(new Expr.BitsOf(ONE), new Expr.BitsOf(by))))));
    }
    accepted(Stream.of(0, 63).map(by -> (Stmt) new Stmt.Let("x" + by, new Expr.Apply(Fn.BITS_ASHR, List.of(new Expr.BitsOf(ONE), new Expr.BitsOf(new Int.Number(by)))))).toArray(Stmt[]::new));
  }
}
