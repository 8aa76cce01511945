package nnc.passes;

import static nnc.graph.BinaryFn.AND;
import static nnc.graph.BinaryFn.MAX;
import static nnc.graph.BinaryFn.MIN;
import static nnc.graph.BinaryFn.OR;

import java.util.List;
import java.util.function.Function;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.Type;
import nnc.graph.UnaryFn;
import org.junit.jupiter.api.Test;

/** The rules of the algebra one by one, and where they must not be used. */
class SimplifyTest {
  private static final Dim N = Dim.open("N");
  private static final List<Dim> SHAPE = List.of(N, Dim.of(4));

  private static Node x(GraphBuilder b) {
    return b.input("x", Type.floats(SHAPE));
  }

  private static Node y(GraphBuilder b) {
    return b.input("y", Type.floats(SHAPE));
  }

  private static Node p(GraphBuilder b) {
    return b.input("p", new Type(Kind.BOOL, SHAPE));
  }

  /** Three axes: one of them may be of one element. */
  private static Node cube(GraphBuilder b, int middle) {
    return b.input("cube", Type.floats(List.of(N, Dim.of(middle), Dim.of(4))));
  }

  private static Node bool(GraphBuilder b, boolean value) {
    return b.full(SHAPE, value ? 1 : 0, Kind.BOOL);
  }

  private static void becomes(Function<GraphBuilder, Node> before, Function<GraphBuilder, Node> after) {
    Rewritten.becomes(Simplify.PASS, before, after);
  }

  private static void stays(Function<GraphBuilder, Node> expression) {
    Rewritten.stays(Simplify.PASS, expression);
  }

  @Test
  void whatIsDoneAgain() {
    becomes(b -> b.neg(b.neg(x(b))), SimplifyTest::x);
    becomes(b -> b.not(b.not(p(b))), SimplifyTest::p);
    for (var fn : List.of(UnaryFn.ABS, UnaryFn.FLOOR, UnaryFn.CEIL, UnaryFn.ROUND, UnaryFn.SIGN)) {
      becomes(b -> b.unary(fn, b.unary(fn, x(b))), b -> b.unary(fn, x(b)));
      stays(b -> b.unary(fn, b.neg(x(b))));
    }
    stays(b -> b.exp(b.exp(x(b))));
    becomes(b -> b.emit(new Op.Cast(Kind.FLOAT), List.of(x(b))), SimplifyTest::x);
    stays(b -> b.cast(x(b), Kind.BOOL));
    becomes(b -> b.emit(new Op.Concat(1), List.of(x(b))), SimplifyTest::x);
    stays(b -> b.concat(List.of(x(b), x(b)), 0));
  }

  @Test
  void sumsAndProductsWithANumber() {
    becomes(b -> b.add(x(b), b.constant(0)), SimplifyTest::x);
    becomes(b -> b.add(b.constant(0), x(b)), SimplifyTest::x);
    becomes(b -> b.sub(x(b), b.constant(0)), SimplifyTest::x);
    stays(b -> b.sub(b.constant(0), x(b)));
    becomes(b -> b.mul(x(b), b.constant(1)), SimplifyTest::x);
    becomes(b -> b.mul(b.constant(1), x(b)), SimplifyTest::x);
    becomes(b -> b.mul(x(b), b.constant(-1)), b -> b.neg(x(b)));
    becomes(b -> b.mul(b.constant(-1), x(b)), b -> b.neg(x(b)));
    stays(b -> b.mul(x(b), b.constant(0)));
    becomes(b -> b.div(x(b), b.constant(1)), SimplifyTest::x);
    becomes(b -> b.div(x(b), b.constant(-1)), b -> b.neg(x(b)));
    stays(b -> b.div(b.constant(1), x(b)));
  }

  /** Constants meet if one of them is a power of two, and neither is near the ends: then the bits are the same. */
  @Test
  void constantsInProducts() {
    becomes(b -> b.mul(b.constant(0.5), b.mul(b.constant(2), x(b))), SimplifyTest::x);
    becomes(b -> b.mul(b.mul(x(b), b.constant(2)), b.constant(-0.5)), b -> b.neg(x(b)));
    becomes(b -> b.mul(b.constant(0.25), b.mul(x(b), b.constant(3))), b -> b.mul(x(b), b.constant(0.75)));
    becomes(b -> b.mul(b.mul(b.constant(0.3), x(b)), b.constant(4)), b -> b.mul(x(b), b.constant(1.2)));
    becomes(b -> b.mul(b.mul(b.mul(x(b), b.constant(3)), b.constant(2)), b.constant(2)), b -> b.mul(x(b), b.constant(12)));
    becomes(b -> b.div(b.mul(x(b), b.constant(2)), b.constant(2)), SimplifyTest::x);
    stays(b -> b.mul(b.mul(x(b), b.constant(3)), b.constant(5)));
    stays(b -> b.mul(b.mul(x(b), x(b)), b.constant(2)));
    stays(b -> b.mul(b.add(x(b), b.constant(2)), b.constant(2)));
    stays(b -> b.mul(b.mul(x(b), b.constant(0)), b.constant(2)));
    stays(b -> b.mul(b.mul(x(b), b.constant(Math.scalb(1, 60))), b.constant(0.5)));
    stays(b -> b.mul(b.mul(x(b), b.constant(1e30)), b.constant(2)));
    stays(b -> b.mul(b.mul(x(b), b.constant(Double.POSITIVE_INFINITY)), b.constant(2)));
    stays(b -> b.mul(b.mul(b.input("i", Type.of(Kind.INT, Dim.of(4))), b.constant(2, Kind.INT)), b.constant(2, Kind.INT)));
  }

  /** By a power of two, where its inverse is one too and neither is near the ends. */
  @Test
  void quotients() {
    for (int exponent : new int[] {-59, -1, 2, 59}) {
      becomes(b -> b.div(x(b), b.constant(Math.scalb(-1.0, exponent))), b -> b.mul(x(b), b.constant(Math.scalb(-1.0, -exponent))));
    }
    for (double divisor : new double[] {Math.scalb(1.0, 60), Math.scalb(1.0, -60), 3, 0.75, 0, Double.POSITIVE_INFINITY}) {
      stays(b -> b.div(x(b), b.constant(divisor)));
    }
  }

  private static Node correction(GraphBuilder b, int steps) {
    var s = b.counter(Op.CounterKind.STEP);
    for (int i = 0; i < steps; i++) {
      s = b.sub(b.constant(7), s);
    }
    return s;
  }

  @Test
  void whatFollowsFromTheStepAloneIsDividedByOnce() {
    for (int steps : new int[] {0, 6}) {
      becomes(b -> b.div(x(b), correction(b, steps)), b -> b.mul(x(b), b.div(b.constant(1), correction(b, steps))));
    }
    stays(b -> b.div(x(b), correction(b, 7)));
    stays(b -> b.div(x(b), b.input("s", Type.of(Kind.FLOAT))));
    stays(b -> b.div(x(b), b.add(b.input("s", Type.of(Kind.FLOAT)), correction(b, 1))));
    stays(b -> b.div(x(b), b.exp(b.constant(2))));
    stays(b -> b.div(b.input("s", Type.of(Kind.FLOAT)), correction(b, 1)));
    stays(b -> b.div(b.input("c", Type.of(Kind.FLOAT, N, Dim.ONE)), b.emit(new Op.Broadcast(List.of(N, Dim.ONE), List.of(0)),
        List.of(b.unary(UnaryFn.ABS, b.reshape(correction(b, 0), List.of(Dim.ONE)))))));
  }

  @Test
  void powers() {
    becomes(b -> b.pow(x(b), b.constant(1)), SimplifyTest::x);
    becomes(b -> b.pow(x(b), b.constant(0)), b -> b.like(x(b), 1));
    becomes(b -> b.pow(x(b), b.constant(2)), b -> b.mul(x(b), x(b)));
    becomes(b -> b.pow(x(b), b.constant(3)), b -> b.mul(b.mul(x(b), x(b)), x(b)));
    becomes(b -> b.pow(x(b), b.constant(-1)), b -> b.div(b.constant(1), x(b)));
    stays(b -> b.pow(b.unary(UnaryFn.ABS, x(b)), b.constant(0.5)));
    stays(b -> b.pow(b.constant(2), x(b)));
  }

  @Test
  void conditions() {
    for (var fn : List.of(AND, OR)) {
      boolean neutral = fn == AND;
      becomes(b -> b.binary(fn, p(b), bool(b, neutral)), SimplifyTest::p);
      becomes(b -> b.binary(fn, bool(b, neutral), p(b)), SimplifyTest::p);
      stays(b -> b.binary(fn, p(b), bool(b, !neutral)));
      stays(b -> b.binary(fn, bool(b, !neutral), p(b)));
      becomes(b -> twice(b, fn, p(b)), SimplifyTest::p);
      stays(b -> b.binary(fn, p(b), b.not(p(b))));
    }
    for (var fn : List.of(MIN, MAX)) {
      becomes(b -> twice(b, fn, x(b)), SimplifyTest::x);
      stays(b -> b.binary(fn, x(b), y(b)));
    }
    for (var fn : List.of(BinaryFn.LT, BinaryFn.EQ)) {
      stays(b -> twice(b, fn, x(b)));
    }
    becomes(b -> b.select(bool(b, true), x(b), y(b)), SimplifyTest::x);
    becomes(b -> b.select(bool(b, false), x(b), y(b)), SimplifyTest::y);
    becomes(b -> {
      var x = x(b);
      return b.select(p(b), x, x);
    }, SimplifyTest::x);
    stays(b -> b.select(p(b), x(b), y(b)));
  }

  private static Node twice(GraphBuilder b, BinaryFn fn, Node x) {
    return b.binary(fn, x, x);
  }

  @Test
  void reshapesAndTurns() {
    var flat = List.of(N.times(4));
    becomes(b -> b.emit(new Op.Reshape(SHAPE), List.of(x(b))), SimplifyTest::x);
    becomes(b -> b.reshape(b.reshape(x(b), flat), List.of(Dim.of(4), N)), b -> b.reshape(x(b), List.of(Dim.of(4), N)));
    becomes(b -> b.reshape(b.like(x(b), 5), flat), b -> b.full(flat, 5, Kind.FLOAT));
    stays(b -> b.reshape(x(b), flat));
    becomes(b -> b.transpose(b.transpose(cube(b, 3), List.of(1, 2, 0)), List.of(1, 0, 2)), b -> b.transpose(cube(b, 3), List.of(2, 1, 0)));
    becomes(b -> b.transpose(b.transpose(cube(b, 3), List.of(1, 2, 0)), List.of(2, 0, 1)), b -> cube(b, 3));
    becomes(b -> b.emit(new Op.Transpose(List.of()), List.of(b.constant(2))), b -> b.constant(2));
    becomes(b -> b.transpose(b.like(x(b), 5), List.of(1, 0)), b -> b.full(List.of(Dim.of(4), N), 5, Kind.FLOAT));
    becomes(b -> b.emit(new Op.Transpose(List.of(0, 1)), List.of(x(b))), SimplifyTest::x);
    becomes(b -> b.transpose(cube(b, 1), List.of(1, 0, 2)), b -> b.reshape(cube(b, 1), List.of(Dim.ONE, N, Dim.of(4))));
    stays(b -> b.transpose(cube(b, 1), List.of(1, 2, 0)));
    stays(b -> b.transpose(cube(b, 3), List.of(1, 0, 2)));
  }

  @Test
  void axesThatAreAdded() {
    var cube = List.of(Dim.of(2), N, Dim.of(3), Dim.of(4));
    becomes(b -> b.emit(new Op.Broadcast(SHAPE, List.of()), List.of(x(b))), SimplifyTest::x);
    becomes(b -> b.unreduce(b.unreduce(x(b), List.of(N, Dim.of(3), Dim.of(4)), List.of(1)), cube, List.of(0)), b -> b.unreduce(x(b), cube, List.of(0, 2)));
    becomes(b -> b.unreduce(b.unreduce(x(b), List.of(Dim.of(2), N, Dim.of(4)), List.of(0)), cube, List.of(2)), b -> b.unreduce(x(b), cube, List.of(0, 2)));
    becomes(b -> b.unreduce(x(b), List.of(N, Dim.ONE, Dim.of(4)), List.of(1)), b -> b.reshape(x(b), List.of(N, Dim.ONE, Dim.of(4))));
    stays(b -> b.unreduce(x(b), List.of(Dim.of(2), N, Dim.ONE, Dim.of(4)), List.of(0, 2)));
    stays(b -> b.unreduce(x(b), List.of(Dim.ONE, N, Dim.of(2), Dim.of(4)), List.of(0, 2)));
  }

  @Test
  void slices() {
    var zero = List.of(Dim.ZERO, Dim.ZERO);
    becomes(b -> b.emit(new Op.Slice(zero, SHAPE, List.of(1, 1)), List.of(x(b))), SimplifyTest::x);
    stays(b -> b.reverse(x(b), 1));
    becomes(b -> b.slice(b.slice(x(b), 1, Dim.of(3), Dim.of(3), -1), 1, Dim.of(1), Dim.of(2), 1), b -> b.slice(x(b), 1, Dim.of(2), Dim.of(2), -1));
    becomes(b -> b.slice(b.slice(x(b), 1, Dim.ZERO, Dim.of(2), 2), 1, Dim.of(1), Dim.of(2), -1), b -> b.slice(x(b), 1, Dim.of(2), Dim.of(2), -2));
    becomes(b -> b.slice(b.like(x(b), 5), 1, Dim.of(1), Dim.of(2), 1), b -> b.full(List.of(N, Dim.of(2)), 5, Kind.FLOAT));
    stays(b -> b.slice(x(b), 1, Dim.of(1), Dim.of(2), 1));
  }

  @Test
  void sums() {
    becomes(b -> b.emit(new Op.Reduce(ReduceFn.SUM, List.of()), List.of(x(b))), SimplifyTest::x);
    for (var fn : ReduceFn.values()) {
      becomes(b -> b.reduce(fn, cube(b, 1), List.of(1)), b -> b.reshape(cube(b, 1), SHAPE));
      stays(b -> b.reduce(fn, cube(b, 1), List.of(1, 2)));
      becomes(b -> b.reduce(fn, b.reduce(fn, cube(b, 3), List.of(1)), List.of(1)), b -> b.reduce(fn, cube(b, 3), List.of(1, 2)));
      becomes(b -> b.reduce(fn, b.reduce(fn, cube(b, 3), List.of(0)), List.of(1)), b -> b.reduce(fn, cube(b, 3), List.of(0, 2)));
      becomes(b -> b.reduce(fn, b.reduce(fn, cube(b, 3), List.of(2)), List.of(0)), b -> b.reduce(fn, cube(b, 3), List.of(0, 2)));
    }
    stays(b -> b.sum(b.max(cube(b, 3), List.of(1)), List.of(1)));
    stays(b -> b.sum(b.input("q", Type.of(Kind.BOOL, N, Dim.ONE)), List.of(1)));
    becomes(b -> b.sum(b.like(x(b), 5), List.of(1)), b -> b.full(List.of(N), 20, Kind.FLOAT));
    becomes(b -> b.sum(bool(b, true), List.of(0)), b -> b.broadcastTo(b.cast(b.size(N), Kind.INT), List.of(Dim.of(4))));
    becomes(b -> b.sum(b.like(x(b), 0.5), List.of(0)), b -> b.broadcastTo(b.mul(b.constant(0.5), b.size(N)), List.of(Dim.of(4))));
    stays(b -> b.max(b.like(x(b), 5), List.of(1)));
    stays(b -> b.sum(b.like(x(b), Double.POSITIVE_INFINITY), List.of(1)));
  }

  /** A product with one number everywhere, where that saves something. */
  @Test
  void productsWithANumber() {
    var w = Type.of(Kind.FLOAT, Dim.of(4), Dim.of(3));
    becomes(b -> b.product(b.like(x(b), 2), b.parameter("w", w)), b -> {
      var p = b.parameter("w", w);
      return b.unreduce(b.sum(b.mul(p, b.like(p, 2)), List.of(0)), List.of(N, Dim.of(3)), List.of(0));
    });
    becomes(b -> b.product(x(b), b.full(w.shape(), 1, Kind.FLOAT)), b -> b.unreduce(b.sum(x(b), List.of(1)), List.of(N, Dim.of(3)), List.of(1)));
    stays(b -> b.product(x(b), b.parameter("w", w)));
    stays(b -> b.product(x(b), b.full(List.of(Dim.of(4), Dim.ONE), 2, Kind.FLOAT)));
    stays(b -> b.product(b.full(List.of(Dim.ONE, Dim.of(4)), 2, Kind.FLOAT), b.parameter("w", w)));
    stays(b -> b.product(b.full(List.of(N, Dim.ONE), 2, Kind.FLOAT), b.input("row", Type.of(Kind.FLOAT, Dim.ONE, Dim.of(3)))));
  }
}
