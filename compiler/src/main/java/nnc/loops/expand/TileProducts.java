package nnc.loops.expand;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.loops.Ints;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;

/**
 * A {@link Stmt.Product} in register tiles of mr rows by some vectors, whose sums stay in registers while the depth is run through. A tile's loop
 * is a method of its own that is given where its three arrays begin, so products with equal strides share it.
 */
public final class TileProducts {
  private final Stmt.Product product;
  private final int lanes;
  private final int registers;
  private final List<Stmt> statements = new ArrayList<>();

  private TileProducts(Stmt.Product product, int lanes, int registers) {
    this.product = product;
    this.lanes = lanes;
    this.registers = registers;
  }

  /** A product's tiles for a machine with vectors of so many elements, and so many registers for them. */
  public static List<Stmt> of(Stmt.Product product, int lanes, int registers) {
    if (product.order().lanes() > 0) {
      return new DotProductTiles(product, lanes, registers).all();
    }
    return ZeroSkippingTiles.takes(product, lanes) ? new ZeroSkippingTiles(product, lanes, registers).all() : dense(product.skipping(null), lanes, registers);
  }

  /** Tiles for all terms; or, of a product whose {@link Stmt.Product#zeros} are left out, of one row. */
  static List<Stmt> dense(Stmt.Product product, int lanes, int registers) {
    var tiles = new TileProducts(product, lanes, registers);
    tiles.columns();
    return tiles.statements;
  }

  /** A number of equal tiles in one direction: {@code count} times {@code size}, from {@code from} on. */
  record Part(Int from, Int count, int size) {}

  // ---- the cut

  /** Columns first: the right factor's columns of a tile stay near while all rows pass. */
  private void columns() {
    if (product.columns() instanceof Int.Number(var columns)) {
      int vectors = (int) (columns / lanes);
      int rest = (int) (columns % lanes);
      for (var part : across(vectors, widest(vectors))) {
        if (leavesRows(part)) {
          var rows = rows(part);
          rows(part, rows.subList(0, rows.size() - 1), null);
          int all = (int) ((Int.Number) part.count()).value() * part.size();
          across(all, TileTuning.ROW_TILE_VECTORS).forEach(row -> rows(row, List.of(rows.getLast()), null));
        } else {
          rows(part, null);
        }
      }
      if (rest > 0) {
        rows(new Part(number((long) vectors * lanes), number(1), 1), number(rest));
      }
    } else {
      var wide = Ints.divide(product.columns(), 2L * lanes);
      rows(new Part(number(0), wide, 2), null);
      var done = Ints.multiply(wide, number(2L * lanes));
      var left = Ints.subtract(product.columns(), done);
      rows(new Part(done, number(1), 1), Ints.least(left, number(lanes)));
      rows(new Part(Ints.add(done, number(lanes)), number(1), 1), Ints.most(Ints.subtract(left, number(lanes)), number(0)));
    }
  }

  /**
   * Whether an unknown number of rows may leave some that have tiles of one row each. These tiles are wider: two vectors of sums would wait for one another, and such a
   * row, which may be a service's single example, takes as long as its right factor takes to be read.
   */
  private boolean leavesRows(Part columns) {
    return !(product.rows() instanceof Int.Number) && product.zeros() == null && columns.size() == 2 && columns.from().equals(number(0)) && columns.count() instanceof Int.Number(var count) && count > 1
        && rows(columns).getLast().size() == 1;
  }

  /** So many vectors in tiles of {@code widest} and one for the rest; but two and three stand side by side where one would be left beside four. */
  private List<Part> across(int vectors, int widest) {
    var parts = new ArrayList<Part>();
    int panel = product.order().panel() / lanes;
    int wide = inPanels(Math.max(1, widest), vectors, panel);
    int rest = vectors % wide;
    boolean split = wide == TileTuning.NR_VECTORS && rest == 1 && vectors > wide && panel <= 2;
    int whole = vectors / wide - (split ? 1 : 0);
    int done = 0;
    for (var part : new int[][] {{whole, wide}, {split ? 1 : 0, 2}, {split ? 1 : 0, 3}, {split || rest == 0 ? 0 : 1, rest}}) {
      if (part[0] > 0) {
        parts.add(new Part(number((long) done * lanes), number(part[0]), part[1]));
      }
      done += part[0] * part[1];
    }
    return parts;
  }

  /** No more vectors than make whole panels, or whole parts of one; where a single tile has all it begins where a panel does. */
  private static int inPanels(int wide, int all, int panel) {
    if (panel == 0 || wide >= all) {
      return wide;
    }
    int most = wide;
    while (most % panel > 0 && panel % most > 0) {
      most--;
    }
    return most;
  }

  /** Vectors side by side: as many as few rows leave room for, otherwise four, or two of a machine with few registers. */
  private int widest(int vectors) {
    if (product.zeros() != null) {
      return Math.min(vectors, TileTuning.ROW_TILE_VECTORS);
    }
    int rows = product.rows() instanceof Int.Number(var count) ? (int) Math.min(count, 64) : 64;
    if (rows < 4) {
      return fitting(rows, vectors);
    }
    return registers < 32 || vectors < 3 || product.order().panel() > 0 ? 2 : Math.min(vectors, TileTuning.NR_VECTORS);
  }

  /** The most vectors beside so many rows that sums and factors stay in registers. */
  private int fitting(int rows, int vectors) {
    int most = 1;
    while (most < vectors && rows * (most + 1) + rows + most + 1 <= registers - 2) {
      most++;
    }
    return most;
  }

  /**
   * Cycles for a multiplication of a large product's vectors, roughly: two may be done a cycle if four cycles' worth stand in a tile, and
   * about one load.
   *
   * @param rows       of the product
   * @param vectors    side by side
   * @param loads      for a vector of the right factor: two where it crosses a cache line
   * @param iterations of the innermost loop over terms
   */
  public static double pace(int rows, int vectors, int loads, int iterations) {
    int width = Math.min(vectors, TileTuning.NR_VECTORS);
    int tall = tallest(width, iterations);
    double height = (double) rows / Math.ceilDiv(rows, tall);
    return Math.max(Math.max(0.5, 4 / (height * width)), (height + loads * width) / (height * width) / TileTuning.LOADS_PER_CYCLE);
  }

  /** The most rows that a tile of so many vectors can have. */
  private int tallest(int vectors) {
    if (product.zeros() != null) {
      return 1;
    }
    if (registers < 32) {
      return vectors > 2 ? 2 : vectors > 1 && !fillsRegisters() ? 4 : 6;
    }
    var innermost = product.depth().getLast().count();
    return tallest(vectors, product.depth().size() > 1 && innermost instanceof Int.Number(var iterations) ? (int) iterations : Integer.MAX_VALUE);
  }

  /**
   * Whether sixteen registers hold the sums of six rows by two vectors, which takes fewer loads for a multiplication than four rows and leaves a
   * multiplication's latency unseen: the loop over many terms must have nothing else to keep. Of few terms the sums are stored as often.
   */
  private boolean fillsRegisters() {
    return product.depth().size() == 1 && product.depth().getFirst().count() instanceof Int.Number(var terms) && terms > TileTuning.SHORT_SUM_TERMS
        && product.origin() == null && product.follow() == null;
  }

  /** As few rows less as let the innermost loop be written out, if that is a few. */
  private static int tallest(int vectors, int iterations) {
    int most = switch (vectors) {
      case 1 -> 16;
      case 2 -> 8;
      case 3, 4 -> 6;
      default -> Math.max(1, (30 - vectors) / (vectors + 1));
    };
    int low = most;
    while (low > TileTuning.MIN_ROWS && !MicroKernel.unrolls(iterations, low, vectors)) {
      low--;
    }
    return MicroKernel.unrolls(iterations, low, vectors) ? low : most;
  }

  private List<Part> rows(Part columns) {
    return rows(product, tallest(columns.size()), columns.size());
  }

  private void rows(Part columns, Int mask) {
    rows(columns, rows(columns), mask);
  }

  /** Rows of some columns, which stay near meanwhile; the first tile fetches them if they are not there yet. */
  private void rows(Part columns, List<Part> rows, Int mask) {
    var body = new ArrayList<Stmt.For>();
    boolean fetched = product.origin() == null;
    for (var part : rows) {
      if (!fetched) {
        body.add(tiles(new Part(part.from(), number(1), part.size()), columns, mask, product.origin()));
        part = new Part(Ints.add(part.from(), number(part.size())), Ints.subtract(part.count(), number(1)), part.size());
        fetched = true;
      }
      if (!part.count().equals(number(0))) {
        body.add(tiles(part, columns, mask, null));
      }
    }
    if (!writesMost(columns)) {
      statements.add(new Stmt.For("tc", number(0), columns.count(), LoopKind.SERIAL, List.copyOf(body)));
      return;
    }
    for (var part : body) {
      var beside = new Stmt.For("tc", number(0), columns.count(), LoopKind.SERIAL, part.body());
      statements.add(new Stmt.For(part.var(), part.from(), part.to(), part.kind(), List.of(beside)));
    }
  }

  /** Of short sums beside each other more is written than read: they had better be written in the order in which they lie, all columns of some rows. */
  private boolean writesMost(Part columns) {
    return product.zeros() == null && product.origin() == null && product.depth().size() == 1 && product.depth().getFirst().count() instanceof Int.Number(var iterations)
        && iterations <= TileTuning.SHORT_SUM_TERMS && columns.count() instanceof Int.Number(var count) && count > 4;
  }

  /**
   * A product's rows in tiles of {@code tall} rows at most: no more than it takes, of two heights at most where the number of rows is known.
   *
   * @param vectors of a tile's row
   */
  static List<Part> rows(Stmt.Product product, int tall, int vectors) {
    var parts = new ArrayList<Part>();
    if (product.rows() instanceof Int.Number(var count)) {
      int tiles = Math.ceilDiv((int) count, tall);
      int low = (int) count / tiles;
      int higher = (int) count % tiles;
      if (higher > 0) {
        parts.add(new Part(number(0), number(higher), low + 1));
      }
      parts.add(new Part(number((long) higher * (low + 1)), number(tiles - higher), low));
      return parts;
    }
    Int done = number(0);
    for (int size : heights(tall, vectors)) {
      var count = Ints.divide(Ints.subtract(product.rows(), done), size);
      parts.add(new Part(done, count, size));
      if (product.extent().unit() % size == 0 && tall % size == 0) {
        break;
      }
      done = Ints.add(done, Ints.multiply(count, number(size)));
    }
    return parts;
  }

  /**
   * For a number of rows that is not known: the tallest tile, and smaller ones for what it leaves. Sums of fewer than four rows by two vectors
   * wait for each other, so that four rows take no longer than two.
   */
  private static int[] heights(int tall, int vectors) {
    if (tall > 8) {
      return new int[] {tall, 8, 4, 1};
    } else if (tall > 6) {
      return new int[] {tall, 4, 1};
    } else if (tall > 4) {
      return vectors > 2 ? new int[] {tall, 2, 1} : new int[] {tall, 4, 2, 1};
    }
    return tall > 1 ? new int[] {tall, 1} : new int[] {1};
  }

  private static Int number(long value) {
    return new Int.Number(value);
  }

  // ---- one tile

  private Stmt.For tiles(Part rows, Part columns, Int mask, Stmt.Factor origin) {
    return new Stmt.For("tr", number(0), rows.count(), LoopKind.SERIAL, List.of(tile(rows, columns, mask, origin)));
  }

  private Stmt tile(Part rows, Part columns, Int mask, Stmt.Factor origin) {
    var column = Ints.add(columns.from(), Ints.multiply(new Int.Var("tc"), number((long) columns.size() * lanes)));
    var row = Ints.add(rows.from(), Ints.multiply(new Int.Var("tr"), number(rows.size())));
    var arguments = new ArrayList<Stmt.Argument>();
    arguments.add(new Stmt.Argument("l", start(product.left(), Ints.multiply(row, product.left().step()))));
    arguments.add(new Stmt.Argument("r", start(product.right(), place(columns))));
    arguments.add(new Stmt.Argument("s", start(product.sums(), Ints.add(Ints.multiply(row, product.sums().step()), column))));
    var leftStep = argument(arguments, "ls", product.left().step());
    var sumsStep = argument(arguments, "ss", product.sums().step());
    var depth = new ArrayList<Stmt.Depth>();
    for (int d = 0; d < product.depth().size(); d++) {
      var loop = product.depth().get(d);
      var count = argument(arguments, "n" + d, loop.count());
      depth.add(new Stmt.Depth(loop.most() > 0 ? Ints.least(count, number(loop.most())) : count, argument(arguments, "dl" + d, loop.left()),
          argument(arguments, "dr" + d, loop.right())));
    }
    var lanesUsed = mask == null ? number(lanes) : argument(arguments, "m", mask);
    var panelStep = product.order().panel() > 0 ? argument(arguments, "ps", product.right().step()) : number(0);
    var vectors = IntStream.range(0, columns.size()).mapToObj(v -> apart((long) v * lanes, panelStep)).toList();
    if (origin != null) {
      arguments.add(new Stmt.Argument("o", start(origin, column)));
    }
    if (product.follow() != null) {
      arguments.add(new Stmt.Argument("fr", Ints.add(product.follow().fromRow(), row)));
      arguments.add(new Stmt.Argument("fc", Ints.add(product.follow().fromColumn(), column)));
    }
    var originStep = origin == null ? null : argument(arguments, "os", origin.step());
    var body = new MicroKernel(product, rows.size(), lanes, leftStep, vectors, sumsStep, depth, originStep).body();
    return new Stmt.Outline(arguments, List.of(new Stmt.For("j", number(0), lanesUsed, LoopKind.VECTOR, body)));
  }

  /** The offset at which a tile of some columns begins in the right factor. */
  private Int place(Part columns) {
    long wide = (long) columns.size() * lanes;
    long from = columns.from() instanceof Int.Number(var first) ? first : 0;
    if (product.order().panel() == 0) {
      return Ints.add(columns.from(), Ints.multiply(new Int.Var("tc"), number(wide)));
    }
    if (from % product.order().panel() == 0 && wide % product.order().panel() == 0) {
      var panels = Ints.multiply(new Int.Var("tc"), number(wide / product.order().panel()));
      return Ints.multiply(Ints.add(number(from / product.order().panel()), panels), product.right().step());
    }
    var column = Ints.add(number(from), Ints.multiply(new Int.Var("tc"), number(wide)));
    var panel = Ints.divide(column, product.order().panel());
    var within = Ints.subtract(column, Ints.multiply(panel, number(product.order().panel())));
    return Ints.add(Ints.multiply(panel, product.right().step()), within);
  }

  /** The offset of a column from the beginning of a panel. */
  private Int apart(long column, Int panelStep) {
    int panel = product.order().panel();
    return panel == 0 ? number(column) : Ints.add(Ints.multiply(panelStep, number(column / panel)), number(column % panel));
  }

  /** A constant stays one; anything else is passed. */
  static Int argument(List<Stmt.Argument> arguments, String name, Int value) {
    if (value instanceof Int.Number) {
      return value;
    }
    arguments.add(new Stmt.Argument(name, value));
    return new Int.Var(name);
  }

  /** The offset that a tile is given: in scratch from the scratch's beginning, elsewhere from the array's. */
  static Int start(Stmt.Factor factor, Int offset) {
    var place = Ints.add(factor.start(), offset);
    return factor.buffer().space() == Space.SCRATCH ? Ints.add(place, number(factor.buffer().offset()))
        : Ints.add(new Int.Var(factor.buffer().name()), place);
  }
}
