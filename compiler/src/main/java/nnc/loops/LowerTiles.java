package nnc.loops;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.schedule.Kernel;

/**
 * Matrix products with what follows them. A tile of some rows by some vectors of columns is summed in registers, its columns taken from
 * equal parts of the matrix's width; a row tile's sums go to scratch, and the nodes that follow are computed from there while it is in
 * the nearest cache. Every sum adds its terms in the order of k, whatever the tile.
 */
final class LowerTiles {
  /** Rows of a tile: with two vectors of columns its sums and factors fit 32 registers. */
  private static final int ROWS = 8;
  /** A tile of sums in scratch must not be larger. */
  private static final int WIDEST = 1 << 13;

  private final Kernel kernel;
  private final Node product;
  private final Sink sink = new Sink();
  private final Map<String, Object> origins = new LinkedHashMap<>();
  private final Values values;
  private final Map<Node, Expr> known = new HashMap<>();
  private List<Index> places = List.of();
  private final Dim rows;
  private final int columns;
  private final Dim depth;
  private final List<Index.Atom.Var> batch = new ArrayList<>();
  private final Loop.Buffer sums = new Loop.Buffer("sums", Loop.Space.SCRATCH, 0);

  private LowerTiles(Kernel kernel, int precision, Set<Node> stored) {
    this.kernel = kernel;
    this.product = kernel.nodes().getFirst();
    this.values = new Values(sink, precision, stored, origins, this::own);
    var shape = kernel.domain().shape();
    int rank = shape.size();
    this.rows = shape.get(rank - 3);
    this.columns = shape.get(rank - 2).fixed();
    this.depth = shape.get(rank - 1);
    for (int i = 0; i < rank - 3; i++) {
      batch.add(new Index.Atom.Var("n" + i, shape.get(i)));
    }
  }

  /** A product whose number of columns is known and fits the scratch. */
  static boolean takes(Kernel kernel) {
    if (kernel.nodes().isEmpty() || !(kernel.nodes().getFirst().op() instanceof Op.MatMul)) {
      return false;
    }
    var columns = kernel.domain().shape().get(kernel.domain().shape().size() - 2);
    return columns.isConstant() && columns.fixed() >= 4 && columns.fixed() <= WIDEST;
  }

  static Lowered lower(Kernel kernel, int precision, Set<Node> stored) {
    return new LowerTiles(kernel, precision, stored).run();
  }

  private Lowered run() {
    var work = Dim.product(kernel.domain().shape()).times(2);
    int scratch = ROWS * columns + 64;
    if (batch.isEmpty()) {
      var body = sink.within(() -> allRows(new Int.Var("from"), new Int.Var("to")));
      return new Lowered("row", LoopKind.RANGE, body, scratch, origins, rows, true, work, values.dims(), kernel);
    }
    var body = sink.within(() -> allRows(new Int.Number(0), Index.dim(rows)));
    for (int i = batch.size() - 1; i > 0; i--) {
      body = List.of(new Stmt.For(batch.get(i).name(), new Int.Number(0), Index.dim(batch.get(i).extent()), LoopKind.SERIAL, body));
    }
    return new Lowered(batch.getFirst().name(), LoopKind.SERIAL, body, scratch, origins, batch.getFirst().extent(), true, work, dims(), kernel);
  }

  private List<Dim> dims() {
    var all = new ArrayList<>(values.dims());
    all.add(rows);
    all.add(depth);
    return all;
  }

  /** Whole tiles, then the rows that are left one by one. */
  private void allRows(Int from, Int to) {
    int tile = rows.isConstant() ? Math.min(ROWS, rows.fixed()) : ROWS;
    var count = new Int.Apply(Loop.IntFn.DIV, new Int.Apply(Loop.IntFn.SUB, to, from), new Int.Number(tile));
    var last = new Int.Apply(Loop.IntFn.ADD, from, new Int.Apply(Loop.IntFn.MUL, count, new Int.Number(tile)));
    var whole = new Index.Atom.Var("t", rows);
    if (tile > 1) {
      var body = sink.within(() -> {
        // the tile's first row is t * tile + from
        var first = Index.of(whole).times(Dim.of(tile)).plus(start(from));
        tile(first, tile, 2);
      });
      sink.add(new Stmt.For("t", new Int.Number(0), count, LoopKind.SERIAL, body));
    }
    var one = new Index.Atom.Var("r", rows);
    var body = sink.within(() -> tile(Index.of(one), 1, 8));
    sink.add(new Stmt.For("r", tile > 1 ? last : from, to, LoopKind.SERIAL, body));
  }

  private Index start(Int from) {
    return from instanceof Int.Var(var name) ? Index.of(new Index.Atom.Var(name, rows)) : Index.ZERO;
  }

  /** Some rows of the result. */
  private void tile(Index first, int count, int most) {
    int parts = 1;
    for (int candidate : new int[] {8, 4, 2}) {
      if (parts == 1 && candidate <= most && columns % candidate == 0 && columns / candidate >= 16) {
        parts = candidate;
      }
    }
    int chosen = parts;
    sink.add(new Stmt.Outline(sink.within(() -> products(first, count, chosen))));
    sink.add(new Stmt.Outline(sink.within(() -> follow(first, count))));
  }

  private List<Index> at(Index row, Index column) {
    var list = new ArrayList<Index>();
    batch.forEach(axis -> list.add(Index.of(axis)));
    list.add(row);
    list.add(column);
    return list;
  }

  /** The sums of a tile: for each vector of columns a loop over k. */
  private void products(Index first, int count, int parts) {
    int width = columns / parts;
    var column = new Index.Atom.Var("p", Dim.of(width));
    var k = new Index.Atom.Var("k", depth);
    var accumulators = new String[count][parts];
    var body = sink.within(() -> {
      for (var row : accumulators) {
        for (int v = 0; v < row.length; v++) {
          row[v] = sink.fresh();
          sink.add(new Stmt.Let(row[v], new Expr.Number(0)));
        }
      }
      var inner = sink.within(() -> values.scoped(() -> terms(first, accumulators, column, k, width)));
      sink.add(new Stmt.For("k", new Int.Number(0), Index.dim(depth), LoopKind.SERIAL, inner));
      for (int i = 0; i < count; i++) {
        for (int v = 0; v < accumulators[i].length; v++) {
          sink.add(new Stmt.Store(sums, Index.of(column).plus(Dim.of(i * columns + v * width)).toInt(), new Expr.Read(accumulators[i][v])));
        }
      }
    });
    sink.add(new Stmt.For("p", new Int.Number(0), new Int.Number(width), LoopKind.VECTOR, body));
  }

  private void terms(Index first, String[][] accumulators, Index.Atom.Var column, Index.Atom.Var k, int width) {
    int parts = accumulators[0].length;
    var right = new Expr[parts];
    for (int v = 0; v < parts; v++) {
      right[v] = values.element(product.operand(1), at(Index.of(k), Index.of(column).plus(Dim.of(v * width))));
    }
    for (int i = 0; i < accumulators.length; i++) {
      var left = values.element(product.operand(0), at(first.plus(Dim.of(i)), Index.of(k)));
      for (int v = 0; v < parts; v++) {
        var sum = accumulators[i][v];
        sink.add(new Stmt.Assign(sum, Elementary.apply(Fn.FMA, left, right[v], new Expr.Read(sum))));
      }
    }
  }

  /** What follows the product, row by row. */
  private void follow(Index first, int count) {
    var column = new Index.Atom.Var("q", Dim.of(columns));
    var row = new Index.Atom.Var("i", Dim.of(count));
    var number = count == 1 ? Index.ZERO : Index.of(row);
    places = at(first.plus(number), Index.of(column));
    var body = sink.within(() -> values.scoped(() -> {
      known.clear();
      known.put(product, sink.let(new Expr.Load(sums, number.times(Dim.of(columns)).plus(Index.of(column)).toInt())));
      kernel.writes().forEach(write -> new Writes(sink, values).store(write, places, kernel));
    }));
    Stmt loop = new Stmt.For("q", new Int.Number(0), new Int.Number(columns), LoopKind.VECTOR, body);
    sink.add(count == 1 ? loop : new Stmt.For("i", new Int.Number(0), new Int.Number(count), LoopKind.SERIAL, List.of(loop)));
  }

  /** The kernel's own nodes at the place that is being stored. */
  private Expr own(Node node, List<Index> at) {
    if (!kernel.members().contains(node)) {
      return null;
    }
    if (at == null) {
      return new Expr.Number(0);
    }
    var value = known.get(node);
    if (value == null) {
      value = sink.let(values.compute(node, places));
      known.put(node, value);
    }
    return value;
  }
}
