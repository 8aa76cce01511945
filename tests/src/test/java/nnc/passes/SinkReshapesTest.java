package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import org.junit.jupiter.api.Test;

/** What reshapes sink through, one by one, and what they stay before. */
class SinkReshapesTest {
  private static final Dim N = Dim.open("N");
  private static final Dim FOUR = Dim.of(4);
  private static final List<Dim> WHOLE = List.of(N.times(3), FOUR);
  private static final List<Dim> PARTS = List.of(N, Dim.of(3), FOUR);

  private static Node floats(GraphBuilder b, String name, List<Dim> shape) {
    return b.input(name, Type.floats(shape));
  }

  /** Something that a kernel computes. */
  private static Node rows(GraphBuilder b) {
    return b.exp(floats(b, "x", WHOLE));
  }

  private static Node cut(GraphBuilder b, Node rows) {
    return b.reshape(rows, PARTS);
  }

  private static Node cut(GraphBuilder b) {
    return cut(b, rows(b));
  }

  private static void becomes(Function<GraphBuilder, Node> before, Function<GraphBuilder, Node> after) {
    Rewritten.becomes(SinkReshapes.PASS, before, after);
  }

  private static void stays(Function<GraphBuilder, Node> expression) {
    Rewritten.stays(SinkReshapes.PASS, expression);
  }

  @Test
  void arithmetic() {
    becomes(b -> b.neg(cut(b)), b -> cut(b, b.neg(rows(b))));
    becomes(b -> b.stopGradient(cut(b)), b -> cut(b, b.stopGradient(rows(b))));
    becomes(b -> b.exp(b.neg(cut(b))), b -> cut(b, b.exp(b.neg(rows(b)))));
    becomes(b -> b.reshape(cut(b), List.of(N, Dim.of(12))), b -> b.reshape(rows(b), List.of(N, Dim.of(12))));
    stays(b -> b.neg(cut(b, floats(b, "x", WHOLE))));
    stays(b -> b.neg(cut(b, b.slice(floats(b, "x", List.of(N.times(3), Dim.of(5))), 1, Dim.ONE, FOUR, 1))));
    stays(b -> b.neg(b.reshape(b.exp(floats(b, "x", PARTS)), WHOLE)));
    stays(b -> b.cumSum(cut(b), 1));
  }

  /** The cut of fewest axes is undone, the other with it. */
  @Test
  void twoCuts() {
    var flat = List.of(N.times(12));
    becomes(b -> b.add(cut(b), b.reshape(b.exp(floats(b, "y", flat)), PARTS)),
        b -> cut2(b, b.add(b.reshape(rows(b), flat), b.exp(floats(b, "y", flat)))));
    becomes(b -> b.add(b.reshape(b.exp(floats(b, "y", flat)), PARTS), cut(b)),
        b -> cut2(b, b.add(b.exp(floats(b, "y", flat)), b.reshape(rows(b), flat))));
  }

  private static Node cut2(GraphBuilder b, Node flat) {
    return b.reshape(flat, PARTS);
  }

  @Test
  void whatStandsBeside() {
    becomes(b -> b.add(cut(b), floats(b, "y", PARTS)), b -> cut(b, b.add(rows(b), b.reshape(floats(b, "y", PARTS), WHOLE))));
    becomes(b -> b.add(cut(b), floats(b, "v", List.of(FOUR))), b -> cut(b, b.add(rows(b), floats(b, "v", List.of(FOUR)))));
    becomes(b -> b.add(cut(b), b.cast(b.iota(PARTS, 2), Kind.FLOAT)), b -> cut(b, b.add(rows(b), b.cast(b.iota(WHOLE, 1), Kind.FLOAT))));
    becomes(b -> b.add(cut(b), b.cast(b.iota(PARTS, 1), Kind.FLOAT)), b -> cut(b, b.add(rows(b), b.cast(b.reshape(b.iota(PARTS, 1), WHOLE), Kind.FLOAT))));
    becomes(b -> b.add(cut(b), b.uniform(PARTS)), b -> cut(b, b.add(rows(b), b.uniform(WHOLE))));
    // of an axis that is part of another one: stretched as before
    becomes(b -> b.add(cut(b), b.unreduce(floats(b, "m", List.of(N, FOUR)), PARTS, List.of(1))),
        b -> cut(b, b.add(rows(b), b.reshape(b.unreduce(floats(b, "m", List.of(N, FOUR)), PARTS, List.of(1)), WHOLE))));
    becomes(b -> b.add(cut(b), product(b)), b -> cut(b, b.add(rows(b), b.reshape(product(b), WHOLE))));
    stays(b -> b.add(cut(b), b.neg(product(b))));
  }

  private static Node product(GraphBuilder b) {
    return b.product(floats(b, "p", PARTS), floats(b, "q", List.of(N, FOUR, FOUR)));
  }

  /** Cheap arithmetic may be done once more in the other shape, so much of it. */
  @Test
  void arithmeticBeside() {
    becomes(b -> b.add(cut(b), negatives(b, floats(b, "y", PARTS), 8)), b -> cut(b, b.add(rows(b), negatives(b, b.reshape(floats(b, "y", PARTS), WHOLE), 8))));
    stays(b -> b.add(cut(b), negatives(b, floats(b, "y", PARTS), 9)));
    stays(b -> b.add(cut(b), b.exp(floats(b, "y", PARTS))));
    stays(b -> b.add(cut(b), b.neg(b.exp(floats(b, "y", PARTS)))));
  }

  private static Node negatives(GraphBuilder b, Node x, int count) {
    for (int i = 0; i < count; i++) {
      x = b.neg(x);
    }
    return x;
  }

  /** What parts are reduced to is added to them in the kernel that reduces them. */
  @Test
  void sumsOverParts() {
    stays(b -> b.add(cut(b), b.unreduce(b.max(floats(b, "y", PARTS), List.of(1)), PARTS, List.of(1))));
    stays(b -> b.add(cut(b), b.unreduce(negatives(b, b.max(floats(b, "y", PARTS), List.of(1)), 8), PARTS, List.of(1))));
    stays(b -> b.add(cut(b), b.unreduce(b.cast(b.argMax(floats(b, "y", PARTS), 1), Kind.FLOAT), PARTS, List.of(1))));
    stays(b -> b.add(cut(b), b.unreduce(b.transpose(b.max(floats(b, "t", List.of(N, Dim.of(3), FOUR)), List.of(1)), List.of(0, 1)), PARTS, List.of(1))));
    stays(b -> b.add(cut(b), b.unreduce(b.reshape(b.max(floats(b, "y", PARTS), List.of(1)), List.of(N, FOUR)), PARTS, List.of(1))));
    stays(b -> b.add(cut(b), b.unreduce(b.add(floats(b, "m", List.of(N, FOUR)), b.max(floats(b, "y", PARTS), List.of(1))), PARTS, List.of(1))));
    Function<GraphBuilder, Node> far = b -> b.unreduce(negatives(b, b.max(floats(b, "y", PARTS), List.of(1)), 9), PARTS, List.of(1));
    becomes(b -> b.add(cut(b), far.apply(b)), b -> cut(b, b.add(rows(b), b.reshape(far.apply(b), WHOLE))));
    Function<GraphBuilder, Node> other = b -> b.unreduce(b.max(floats(b, "z", List.of(N, Dim.of(5), FOUR)), List.of(1)), PARTS, List.of(1));
    becomes(b -> b.add(cut(b), other.apply(b)), b -> cut(b, b.add(rows(b), b.reshape(other.apply(b), WHOLE))));
    Function<GraphBuilder, Node> running = b -> b.unreduce(b.cumSum(b.max(floats(b, "y", PARTS), List.of(1)), 1), PARTS, List.of(1));
    becomes(b -> b.add(cut(b), running.apply(b)), b -> cut(b, b.add(rows(b), b.reshape(running.apply(b), WHOLE))));
  }

  @Test
  void reductions() {
    becomes(b -> b.sum(cut(b), List.of(2)), b -> b.reshape(b.sum(rows(b), List.of(1)), List.of(N, Dim.of(3))));
    becomes(b -> b.sum(cut(b), List.of(0, 1)), b -> b.sum(rows(b), List.of(0)));
    becomes(b -> b.argMax(cut(b), 2), b -> b.reshape(b.argMax(rows(b), 1), List.of(N, Dim.of(3))));
    stays(b -> b.sum(cut(b), List.of(1)));
    stays(b -> b.argMax(cut(b), 1));
    stays(b -> b.sum(b.reshape(rows(b), List.of(N, Dim.of(3), Dim.ONE, FOUR)), List.of(2)));
    stays(b -> b.argMax(b.reshape(rows(b), List.of(N, Dim.of(3), Dim.ONE, FOUR)), 2));
    stays(b -> b.sum(rows(b), List.of(1)));
  }

  private static Node with(GraphBuilder b, Node x, int axis) {
    var shape = new ArrayList<>(x.type().shape());
    shape.add(axis, Dim.of(2));
    return b.unreduce(x, shape, List.of(axis));
  }

  @Test
  void axesThatAreAdded() {
    for (int axis : new int[] {0, 2, 3}) {
      becomes(b -> with(b, cut(b), axis), b -> {
        var added = with(b, rows(b), Math.max(0, axis - 1));
        var shape = new ArrayList<>(PARTS);
        shape.add(axis, Dim.of(2));
        return b.reshape(added, shape);
      });
    }
    stays(b -> with(b, cut(b), 1));
    // an axis of one element at the end of the whole
    becomes(b -> with(b, b.reshape(b.exp(floats(b, "x", List.of(N.times(3), Dim.ONE))), List.of(N, Dim.of(3), Dim.ONE)), 0),
        b -> b.reshape(with(b, b.exp(floats(b, "x", List.of(N.times(3), Dim.ONE))), 0), List.of(Dim.of(2), N, Dim.of(3), Dim.ONE)));
    becomes(b -> with(b, b.reshape(b.exp(floats(b, "x", List.of(N.times(6), Dim.ONE))), List.of(N, Dim.of(3), Dim.of(2))), 3),
        b -> b.reshape(with(b, b.exp(floats(b, "x", List.of(N.times(6), Dim.ONE))), 1), List.of(N, Dim.of(3), Dim.of(2), Dim.of(2))));
  }

  @Test
  void axesOfOneElement() {
    becomes(b -> b.neg(b.reshape(rows(b), List.of(N, Dim.of(3), FOUR, Dim.ONE))), b -> b.reshape(b.neg(rows(b)), List.of(N, Dim.of(3), FOUR, Dim.ONE)));
    becomes(b -> b.neg(b.reshape(rows(b), List.of(Dim.ONE, N.times(3), FOUR))), b -> b.reshape(b.neg(rows(b)), List.of(Dim.ONE, N.times(3), FOUR)));
    stays(b -> b.neg(b.reshape(rows(b), List.of(N.times(2), Dim.of(3), Dim.of(2)))));
    stays(b -> b.emit(new Op.CumSum(0, false), List.of(cut(b))));
  }
}
