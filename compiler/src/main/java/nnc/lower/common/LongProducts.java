package nnc.lower.common;

import java.util.ArrayList;
import java.util.List;
import nnc.loops.Ints;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;

/** Products of so many terms that these are summed some hundred at a time: the error grows with the terms of a part and the number of parts. */
public final class LongProducts {
  /** Terms of a part. */
  private static final int PART = 1 << 8;

  private LongProducts() {}

  /**
   * A product whose depth is known, as one statement or several that add up to it.
   *
   * @param most terms that are summed one after the other
   */
  public static void add(StatementBuilder sink, int most, Stmt.Product product) {
    var outermost = product.depth().getFirst();
    if (!(outermost.count() instanceof Int.Number(var count)) || terms(product.depth()) <= most) {
      sink.add(product);
      return;
    }
    long iterations = Math.clamp(PART / terms(within(product)), 1, count);
    add(sink, most, part(product, new Int.Number(0), iterations, product.prior()));
    var from = Ints.multiply(new Int.Var("iterations" + product.depth().size()), new Int.Number(iterations));
    if (count / iterations > 1) {
      var body = sink.within(() -> add(sink, most, part(product, from, iterations, Stmt.Prior.ADDED)));
      sink.add(new Stmt.For("iterations" + product.depth().size(), new Int.Number(1), new Int.Number(count / iterations), LoopKind.SERIAL, body));
    }
    if (count % iterations > 0) {
      add(sink, most, part(product, new Int.Number(count - count % iterations), count % iterations, Stmt.Prior.ADDED));
    }
  }

  private static List<Stmt.Depth> within(Stmt.Product product) {
    return product.depth().subList(1, product.depth().size());
  }

  private static long terms(List<Stmt.Depth> depth) {
    return depth.stream().mapToLong(loop -> loop.count() instanceof Int.Number(var count) ? count : Math.max(1, loop.most())).reduce(1, (a, b) -> a * b);
  }

  /** Some iterations of the outermost loop, which is left out if it has a single one and others are within. */
  private static Stmt.Product part(Stmt.Product product, Int from, long iterations, Stmt.Prior prior) {
    var outermost = product.depth().getFirst();
    var depth = new ArrayList<>(within(product));
    if (iterations > 1 || depth.isEmpty()) {
      depth.addFirst(new Stmt.Depth(new Int.Number(iterations), outermost.left(), outermost.right()));
    }
    var extent = new Stmt.Extent(product.rows(), product.extent().unit(), product.columns(), depth);
    return new Stmt.Product(extent, moved(product.left(), Ints.multiply(from, outermost.left())), moved(product.right(), Ints.multiply(from, outermost.right())),
        product.sums(), prior, product.order());
  }

  private static Stmt.Factor moved(Stmt.Factor factor, Int by) {
    return new Stmt.Factor(factor.buffer(), Ints.add(factor.start(), by), factor.step());
  }
}
