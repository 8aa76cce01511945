package nnc.loops.expand;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.loops.Ints;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;

/** A {@link Stmt.Product} whose terms lie along the vectors, in tiles of some rows by some columns whose partial sums stay in registers. */
final class DotProductTiles {
  private final Stmt.Product product;
  private final int lanes;
  private final int columns;
  private final int tall;
  private final int wide;

  DotProductTiles(Stmt.Product product, int lanes, int registers) {
    this.product = product;
    this.lanes = lanes;
    columns = (int) ((Int.Number) product.columns()).value();
    int rows = product.rows() instanceof Int.Number(var count) ? (int) count : product.extent().unit();
    int best = 1;
    for (int height = 2; height <= 6; height++) {
      best = cost(height, rows, registers) < cost(best, rows, registers) ? height : best;
    }
    tall = best;
    wide = widest(tall, registers);
  }

  /** Columns beside so many rows: equal shares of all that leave sums and factors in registers. */
  private int widest(int height, int registers) {
    int most = Math.clamp((registers - 2 - height) / (height + 1), 1, columns);
    return Math.ceilDiv(columns, Math.ceilDiv(columns, most));
  }

  /**
   * Roughly half cycles a term: two sums a cycle, or about one load, two for a left one that crosses a cache line; and no fewer sums than hide
   * an addition's latency.
   */
  private double cost(int height, int rows, int registers) {
    int width = widest(height, registers);
    int tiles = Math.ceilDiv(rows, height) * Math.ceilDiv(columns, width);
    return tiles * (double) Math.max(8, Math.max(height * width, 2 * (2 * height + width) / TileTuning.LOADS_PER_CYCLE));
  }

  List<Stmt> all() {
    var statements = new ArrayList<Stmt>();
    for (int first = 0; first < columns; first += wide) {
      int width = Math.min(wide, columns - first);
      for (var rows : TileProducts.rows(product, tall, 1)) {
        statements.add(tiles(rows, first, width));
      }
    }
    return statements;
  }

  /** Tiles one below the other, for each vector of the partial sums. */
  private Stmt tiles(TileProducts.Part rows, int column, int width) {
    var row = Ints.add(rows.from(), Ints.multiply(new Int.Var("tr"), number(rows.size())));
    var lane = product.order().lanes() == lanes ? number(0) : Ints.multiply(new Int.Var("tl"), number(lanes));
    var tile = tile(row, lane, rows.size(), column, width);
    var vectors = product.order().lanes() == lanes ? tile
        : new Stmt.For("tl", number(0), number(product.order().lanes() / lanes), LoopKind.SERIAL, List.of(tile));
    return new Stmt.For("tr", number(0), rows.count(), LoopKind.SERIAL, List.of(vectors));
  }

  private Stmt tile(Int row, Int lane, int height, int column, int width) {
    var arguments = new ArrayList<Stmt.Argument>();
    var left = Ints.add(Ints.multiply(row, product.left().step()), lane);
    var right = Ints.add(Ints.multiply(number(column), product.right().step()), lane);
    var sums = Ints.add(Ints.add(Ints.multiply(row, product.sums().step()), number((long) column * product.order().lanes())), lane);
    arguments.add(new Stmt.Argument("l", TileProducts.start(product.left(), left)));
    arguments.add(new Stmt.Argument("r", TileProducts.start(product.right(), right)));
    arguments.add(new Stmt.Argument("s", TileProducts.start(product.sums(), sums)));
    var leftStep = TileProducts.argument(arguments, "ls", product.left().step());
    var rightStep = TileProducts.argument(arguments, "rs", product.right().step());
    var sumsStep = TileProducts.argument(arguments, "ss", product.sums().step());
    var places = IntStream.range(0, width).mapToObj(v -> Ints.multiply(rightStep, number(v))).toList();
    var body = new MicroKernel(product, height, lanes, leftStep, places, sumsStep, product.depth(), null).body();
    return new Stmt.Outline(arguments, List.of(new Stmt.For("j", number(0), number(lanes), LoopKind.VECTOR, body)));
  }

  private static Int number(long value) {
    return new Int.Number(value);
  }
}
