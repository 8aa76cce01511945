package nnc.loops;

import static nnc.loops.Index.add;
import static nnc.loops.Index.divide;
import static nnc.loops.Index.least;
import static nnc.loops.Index.most;
import static nnc.loops.Index.multiply;
import static nnc.loops.Index.subtract;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;
import nnc.schedule.Kernel;

/**
 * Matrix products with what follows them. Rows and columns are cut into blocks, the depth too; the right factor's columns are copied panel
 * by panel to where they lie side by side, and {@link Stmt.Product} sums a block of rows with a panel. What follows the product is
 * computed from a block's sums while they are near. Every sum adds its terms in the order of k, whatever the cut.
 */
final class LowerTiles {
  private static final Int ZERO = new Int.Number(0);
  private static final Int ONE = new Int.Number(1);

  private final Kernel kernel;
  private final Node product;
  private final Epilogue epilogue;
  private final Sink sink;
  private final Nest nest;
  private final Values values;
  private final List<Index.Atom.Var> batch = new ArrayList<>();
  private final List<Index> outer;
  private final List<Index> place;
  private final Facing facing;
  private final Blocking cut;
  /** Whether threads share the columns; otherwise the rows, or the first of the outer axes. */
  private final boolean byColumns;
  /** Whether the sums are the result itself. */
  private final boolean direct;
  private final Loop.Buffer panel;
  private final Loop.Buffer copied;
  private final Loop.Buffer sums;

  private LowerTiles(Kernel kernel, int precision, Set<Node> stored) {
    this.kernel = kernel;
    this.product = kernel.nodes().getFirst();
    epilogue = new Epilogue(kernel, precision, stored);
    sink = epilogue.sink;
    nest = new Nest(sink);
    values = epilogue.values;
    var shape = kernel.domain().shape();
    int rank = shape.size();
    for (int i = 0; i < rank - 3; i++) {
      batch.add(new Index.Atom.Var("n" + i, shape.get(i)));
    }
    outer = batch.stream().map(Index::of).toList();
    int group = precision == 64 ? 8 : 16;
    var upright = Facing.of(false, product, outer, shape.get(rank - 3), shape.get(rank - 2), shape.get(rank - 1), sink, values);
    var turned = Facing.of(true, product, outer, shape.get(rank - 3), shape.get(rank - 2), shape.get(rank - 1), sink, values);
    facing = turned.cost(group) < upright.cost(group) ? turned : upright;
    place = facing.place(outer);
    byColumns = batch.isEmpty() && splitsColumns(group);
    cut = Blocking.of(facing.rows(), facing.columns(), facing.depth(), group, !facing.even(), byColumns);
    direct = !facing.turned() && kernel.nodes().size() == 1 && kernel.writes().size() == 1
        && kernel.writes().getFirst().target() instanceof Kernel.Target.Own;
    panel = epilogue.scratch(cut.depth() * cut.panel());
    copied = facing.left() == null ? epilogue.scratch(cut.rows() * cut.depth()) : null;
    sums = direct ? null : epilogue.scratch(Math.max(cut.rows(), Blocking.THICK) * cut.columns());
  }

  /** A product that is not so narrow that plain loops serve it better. */
  static boolean takes(Kernel kernel) {
    if (kernel.nodes().isEmpty() || !(kernel.nodes().getFirst().op() instanceof Op.MatMul)) {
      return false;
    }
    var columns = kernel.domain().shape().get(kernel.domain().shape().size() - 2);
    return !columns.isConstant() || columns.fixed() >= 4;
  }

  static Lowered lower(Kernel kernel, int precision, Set<Node> stored) {
    return new LowerTiles(kernel, precision, stored).run();
  }

  /** The factor that is shared out is the larger one; weights that are updated are shared by rows, which are long stretches of memory. */
  private boolean splitsColumns(int group) {
    if (!facing.columns().isConstant() || facing.columns().fixed() < 8 * group) {
      return false;
    }
    boolean updates = kernel.writes().stream().anyMatch(w -> w.target() instanceof Kernel.Target.Update);
    long rows = Blocking.size(facing.rows());
    return !(updates && rows >= 8 * Blocking.TILE) && rows < facing.columns().fixed();
  }

  // ---- the kernel

  private Lowered run() {
    var height = Index.dim(facing.rows());
    if (!batch.isEmpty()) {
      var body = sink.within(() -> chunks(ZERO, height, unit(facing.rows())));
      for (int i = batch.size() - 1; i > 0; i--) {
        body = List.of(new Stmt.For(batch.get(i).name(), ZERO, Index.dim(batch.get(i).extent()), LoopKind.SERIAL, body));
      }
      return lowered(batch.getFirst().name(), LoopKind.SERIAL, body, batch.getFirst().extent());
    }
    if (byColumns) {
      int count = Math.ceilDiv(facing.columns().fixed(), cut.columns());
      var body = sink.within(() -> chunk(new Int.Var("chunk"), ZERO, height, unit(facing.rows())));
      return lowered("chunk", LoopKind.SERIAL, body, Dim.of(count));
    }
    var tiles = facing.rows().isConstant() ? Dim.of(Math.ceilDiv(facing.rows().fixed(), Blocking.TILE))
        : facing.rows().dividedBy(Dim.of(Blocking.TILE)).orElse(facing.rows());
    var grain = new Int.Number(tiles.equals(facing.rows()) ? 1 : Blocking.TILE);
    var first = multiply(new Int.Var("from"), grain);
    var count = subtract(least(multiply(new Int.Var("to"), grain), height), first);
    var body = sink.within(() -> chunks(first, count, unit(facing.rows())));
    return lowered("block", LoopKind.RANGE, body, tiles);
  }

  private Lowered lowered(String block, LoopKind kind, List<Stmt> body, Dim blocks) {
    return epilogue.lowered(block, kind, body, blocks, List.of(facing.rows(), facing.columns(), facing.depth()));
  }

  /** A number that divides the rows. */
  private static int unit(Dim rows) {
    return rows.dividedBy(Dim.of(Blocking.TILE)).isPresent() ? Blocking.TILE : 1;
  }

  // ---- chunks of columns

  /** All columns of some rows. */
  private void chunks(Int first, Int count, int unit) {
    stretches(ZERO, Index.dim(facing.columns()), cut.columns(), "chunk", (c0, width) -> paths(first, count, unit, c0, width));
  }

  /** One chunk of columns by its number; the last may be narrower. */
  private void chunk(Int.Var number, Int first, Int count, int unit) {
    int whole = facing.columns().fixed() / cut.columns();
    int rest = facing.columns().fixed() % cut.columns();
    if (whole > 0) {
      var body = sink.within(() -> paths(first, count, unit, multiply(number, new Int.Number(cut.columns())), new Int.Number(cut.columns())));
      only(rest == 0 ? ONE : least(ONE, most(ZERO, subtract(new Int.Number(whole), number))), body, "once");
    }
    if (rest > 0) {
      var body = sink.within(() -> paths(first, count, unit, new Int.Number((long) whole * cut.columns()), new Int.Number(rest)));
      only(whole == 0 ? ONE : most(ZERO, subtract(number, new Int.Number(whole - 1))), body, "once");
    }
  }

  /** Cuts a length into stretches of equal size and a shorter one. */
  private void stretches(Int from, Int length, int size, String var, BiConsumer<Int, Int> work) {
    var number = new Int.Number(size);
    if (!(length instanceof Int.Number(var all))) {
      var start = multiply(new Int.Var(var), number);
      var body = sink.within(() -> work.accept(add(from, start), least(number, subtract(length, start))));
      sink.add(new Stmt.For(var, ZERO, divide(add(length, new Int.Number(size - 1)), size), LoopKind.SERIAL, body));
      return;
    }
    var whole = divide(length, size);
    if (all >= size) {
      var start = add(from, multiply(whole.equals(ONE) ? ZERO : new Int.Var(var), number));
      only(whole, sink.within(() -> work.accept(start, number)), var);
    }
    if (all % size > 0) {
      work.accept(add(from, multiply(whole, number)), new Int.Number(all % size));
    }
  }

  /** A serial loop; one of a single turn is none. */
  private void only(Int times, List<Stmt> body, String var) {
    if (times.equals(ONE)) {
      body.forEach(sink::add);
    } else {
      sink.add(new Stmt.For(var, ZERO, times, LoopKind.SERIAL, body));
    }
  }

  /** Few rows read the right factor where it is; for many its panels are copied first. */
  private void paths(Int first, Int count, int unit, Int c0, Int width) {
    Runnable thin = () -> nest.apart(() -> thin(first, count, unit, c0, width));
    Runnable thick = () -> nest.apart(() -> thick(first, count, unit, c0, width));
    boolean plain = facing.even() && facing.left() != null;
    if (!plain || Index.positive(facing.rows().plus(-Blocking.THICK))) {
      thick.run();
    } else if (facing.rows().isConstant()) {
      thin.run();
    } else {
      var many = least(ONE, divide(count, Blocking.THICK));
      sink.add(new Stmt.For("thick", ZERO, many, LoopKind.SERIAL, sink.within(thick)));
      sink.add(new Stmt.For("thin", many, ONE, LoopKind.SERIAL, sink.within(thin)));
    }
  }

  private void thin(Int first, Int count, int unit, Int c0, Int width) {
    product(first, count, unit, c0, width, ZERO, Index.dim(facing.depth()), false, null);
    follow(first, count, c0, width);
  }

  private void thick(Int first, Int count, int unit, Int c0, Int width) {
    stretches(first, count, cut.rows(), "block", (r0, rows) -> {
      deep(r0, rows, unit, c0, width);
      follow(r0, rows, c0, width);
    });
  }

  /** The sums of a block of rows and a chunk of columns. */
  private void deep(Int r0, Int rows, int unit, Int c0, Int width) {
    var all = Index.dim(facing.depth());
    var step = new Int.Number(cut.depth());
    if (!(all instanceof Int.Number(var size))) {
      zero(r0, rows, c0, width);
      deeper(r0, rows, unit, c0, width, ZERO);
      return;
    }
    depthBlock(r0, rows, unit, c0, width, ZERO, least(all, step), false);
    if (size > cut.depth()) {
      deeper(r0, rows, unit, c0, width, ONE);
    }
  }

  /** Depth blocks that go on from the sums that are there. */
  private void deeper(Int r0, Int rows, int unit, Int c0, Int width, Int first) {
    var all = Index.dim(facing.depth());
    var step = new Int.Number(cut.depth());
    var k0 = multiply(new Int.Var("kb"), step);
    boolean equal = all instanceof Int.Number(var size) && size % cut.depth() == 0;
    var terms = equal ? step : least(step, subtract(all, k0));
    var body = sink.within(() -> depthBlock(r0, rows, unit, c0, width, k0, terms, true));
    sink.add(new Stmt.For("kb", first, divide(add(all, new Int.Number(cut.depth() - 1)), cut.depth()), LoopKind.SERIAL, body));
  }

  private void zero(Int r0, Int rows, Int c0, Int width) {
    var target = sums(List.of(Facing.ROW, Facing.COLUMN, Facing.TERM), List.of(r0, c0, ZERO), ZERO);
    var given = new Given();
    var start = given.of("s0", target.start());
    var count = given.of("rn", rows);
    var columns = given.of("cn", direct ? width : new Int.Number(cut.columns()));
    var to = add(add(start, multiply(new Int.Var("r"), target.step())), new Int.Var("c"));
    var along = new Stmt.For("c", ZERO, columns, LoopKind.VECTOR, List.of(new Stmt.Store(target.buffer(), to, new Expr.Number(0))));
    sink.add(new Stmt.Outline(given.list, List.of(new Stmt.For("r", ZERO, count, LoopKind.SERIAL, List.of(along)))));
  }

  private void depthBlock(Int r0, Int rows, int unit, Int c0, Int width, Int k0, Int terms, boolean adds) {
    if (facing.left() == null) {
      copyLeft(r0, rows, k0, terms);
    }
    stretches(c0, width, cut.panel(), "panel", (p0, columns) -> {
      int stride = columns instanceof Int.Number(var fixed) ? Blocking.round((int) fixed, cut.panel() / 2) : cut.panel();
      copyRight(p0, columns, k0, terms, stride);
      product(r0, rows, unit, p0, direct ? columns : new Int.Number(stride), k0, terms, adds, new Panel(stride, c0));
    });
  }

  // ---- copies

  /** A copied panel: how far apart its rows are, and the column at which the sums begin. */
  private record Panel(int stride, Int chunk) {}

  private void copyRight(Int p0, Int columns, Int k0, Int terms, int stride) {
    var given = new Given();
    var fromColumn = given.of("p0", p0);
    var toColumn = add(fromColumn, given.of("pn", columns));
    var fromTerm = given.of("k0", k0);
    var toTerm = add(fromTerm, given.of("kn", terms));
    var store = sink.within(() -> values.scoped(() -> {
      var element = facing.right(product, outer, values);
      var to = add(multiply(subtract(new Int.Var(Facing.TERM), fromTerm), new Int.Number(stride)), subtract(new Int.Var(Facing.COLUMN), fromColumn));
      sink.add(new Stmt.Store(panel, to, element));
    }));
    var across = new Stmt.For(Facing.COLUMN, fromColumn, toColumn, LoopKind.VECTOR, store);
    sink.add(new Stmt.Outline(given.list, List.of(new Stmt.For(Facing.TERM, fromTerm, toTerm, LoopKind.SERIAL, List.of(across)))));
  }

  private void copyLeft(Int r0, Int rows, Int k0, Int terms) {
    var given = new Given();
    var fromRow = given.of("r0", r0);
    var toRow = add(fromRow, given.of("rn", rows));
    var fromTerm = given.of("k0", k0);
    var toTerm = add(fromTerm, given.of("kn", terms));
    var store = sink.within(() -> values.scoped(() -> {
      var element = facing.left(product, outer, values);
      var to = add(multiply(subtract(new Int.Var(Facing.ROW), fromRow), new Int.Number(cut.depth())), subtract(new Int.Var(Facing.TERM), fromTerm));
      sink.add(new Stmt.Store(copied, to, element));
    }));
    var along = new Stmt.For(Facing.TERM, fromTerm, toTerm, LoopKind.VECTOR, store);
    sink.add(new Stmt.Outline(given.list, List.of(new Stmt.For(Facing.ROW, fromRow, toRow, LoopKind.SERIAL, List.of(along)))));
  }

  /** Integers that an outline is given; constants stand for themselves. */
  private static final class Given {
    final List<Stmt.Given> list = new ArrayList<>();

    Int of(String name, Int value) {
      if (value instanceof Int.Number) {
        return value;
      }
      list.add(new Stmt.Given(name, value));
      return new Int.Var(name);
    }
  }

  // ---- sums, and what follows

  private void product(Int r0, Int rows, int unit, Int c0, Int columns, Int k0, Int terms, boolean adds, Panel copy) {
    var loops = List.of(Facing.ROW, Facing.COLUMN, Facing.TERM);
    var at = List.of(r0, c0, k0);
    var first = facing.left();
    var l = first == null ? new Stmt.Factor(copied, ZERO, new Int.Number(cut.depth()))
        : new Stmt.Factor(first.buffer(), first.start(loops, at), Index.dim(first.step(Facing.ROW)));
    var second = facing.right();
    var r = copy != null ? new Stmt.Factor(panel, ZERO, ZERO) : new Stmt.Factor(second.buffer(), second.start(loops, at), ZERO);
    var depth = new Stmt.Depth(terms, first == null ? ONE : Index.dim(first.step(Facing.TERM)),
        copy != null ? new Int.Number(copy.stride) : Index.dim(second.step(Facing.TERM)));
    sink.add(new Stmt.Product(rows, unit, columns, List.of(depth), l, r, sums(loops, at, copy == null ? ZERO : subtract(c0, copy.chunk)), adds));
  }

  private Stmt.Factor sums(List<String> loops, List<Int> at, Int column) {
    if (!direct) {
      return new Stmt.Factor(sums, column, new Int.Number(cut.columns()));
    }
    var result = new Access(values.buffer(product, Space.ARENA), Index.linear(place, product.type().shape()));
    values.used.add(result.index());
    return new Stmt.Factor(result.buffer(), result.start(loops, at), Index.dim(result.step(Facing.ROW)));
  }

  /** What follows the product, along the result's rows. */
  private void follow(Int r0, Int rows, Int c0, Int columns) {
    if (direct) {
      return;
    }
    var given = new Given();
    var fromRow = given.of("r0", r0);
    var toRow = add(fromRow, given.of("rn", rows));
    var fromColumn = given.of("c0", c0);
    var toColumn = add(fromColumn, given.of("cn", columns));
    var element = add(multiply(subtract(new Int.Var(Facing.ROW), fromRow), new Int.Number(cut.columns())), subtract(new Int.Var(Facing.COLUMN), fromColumn));
    var body = epilogue.stores(place, new Expr.Load(sums, element));
    var along = facing.turned() ? new Stmt.For(Facing.ROW, fromRow, toRow, LoopKind.VECTOR, body)
        : new Stmt.For(Facing.COLUMN, fromColumn, toColumn, LoopKind.VECTOR, body);
    var all = facing.turned() ? new Stmt.For(Facing.COLUMN, fromColumn, toColumn, LoopKind.SERIAL, List.of(along))
        : new Stmt.For(Facing.ROW, fromRow, toRow, LoopKind.SERIAL, List.of(along));
    sink.add(new Stmt.Outline(given.list, List.of(all)));
  }
}
