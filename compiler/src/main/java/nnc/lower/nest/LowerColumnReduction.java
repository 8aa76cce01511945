package nnc.lower.nest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.NominalSizes;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.loops.Ints;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.math.ElementaryFunctions;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.BlockLoop;
import nnc.lower.common.LongSums;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.Origin;

/**
 * Columns that are reduced side by side: whole rows are added one after the other, and the sums lie in scratch meanwhile. The order of
 * additions is that of a column alone, or of a part of it where threads share the rows.
 */
final class LowerColumnReduction {
  private final LowerNest nest;
  private final StatementBuilder sink;
  private final AffineIndex.Atom.Var column;
  private final List<Node> reductions;
  private final Map<Node, Loop.Buffer> sums = new LinkedHashMap<>();
  /** Of long columns the totals of partial sums, and what rounding took from them; the columns of each lie as those of the sums. */
  private final Map<Node, Loop.Buffer> totals = new LinkedHashMap<>();
  private final Map<Node, Loop.Buffer> lost = new LinkedHashMap<>();
  private final Int first = new Int.Var("c0");
  private final Int end = Ints.add(first, new Int.Var("cn"));
  /** What a method is given of the columns at hand. */
  private List<Stmt.Argument> arguments;

  LowerColumnReduction(LowerNest nest) {
    this.nest = nest;
    sink = nest.sink;
    column = nest.axes.outer().getLast();
    reductions = nest.kernel.nodes().stream().filter(node -> OpTraits.reduces(node.op())).toList();
    allocate(sums);
  }

  private void allocate(Map<Node, Loop.Buffer> buffers) {
    for (var node : reductions) {
      buffers.put(node, new Loop.Buffer("scratch", Loop.Space.SCRATCH, nest.scratch));
      nest.scratch += NestTuning.COLUMN_SUMS;
    }
  }

  /**
   * Whether whole rows of columns are better added one after the other than column by column, down all rows: lanes lie outside of the
   * reduced axes, one pass does, and nothing is computed once a column before it.
   */
  static boolean takes(LowerNest nest) {
    var outer = nest.axes.outer();
    if (outer.isEmpty() || nest.axes.inner().isEmpty() || !outer.getLast().name().equals(nest.vector)) {
      return false;
    }
    var width = outer.getLast().extent();
    var levels = nest.levels;
    return width.isConstant() && width.fixed() >= NestTuning.COLUMN_SUMS / 8 && nest.kernel.nodes().stream().allMatch(node ->
        OpTraits.reduces(node.op()) ? node.op() instanceof Op.Reduce && levels.of(node) == 1 : levels.full(node) == (levels.of(node) == 0));
  }

  /**
   * Whether threads share the rows of columns, of which there are more: a thread has most likely computed the rows itself that it reads, and
   * what it writes beside is a long stretch of memory. Parts have as many rows however many threads there are, so that sums are the same.
   */
  static boolean takesParts(LowerNest nest) {
    if (!takes(nest) || nest.axes.outer().size() > 1 || nest.axes.inner().size() > 1) {
      return false;
    }
    var rows = nest.axes.inner().getFirst().extent();
    return !rows.isConstant() && rows.dividedBy(Dim.of(NestTuning.COLUMN_PART_ROWS)).isPresent() && NominalSizes.of(rows) > nest.axes.outer().getFirst().extent().fixed();
  }

  /** Whole columns, which threads share. */
  LoweredKernel run() {
    var others = nest.axes.outer().subList(0, nest.axes.outer().size() - 1);
    if (!others.isEmpty()) {
      return nest.nested(new ArrayList<>(others), chunks(new Int.Number(0), AffineIndex.dim(column.extent()), () -> whole(nest.axes.inner(), this::next)));
    }
    return nest.lowered("block", LoopKind.RANGE, ofThread(() -> whole(nest.axes.inner(), this::next)), column.extent());
  }

  /** The sums of each {@link NestTuning#COLUMN_PART_ROWS} rows, left in the arena; {@code second} adds them up, and does what follows. */
  LoweredKernel parts(LowerColumnReduction second) {
    var row = nest.axes.inner().getFirst();
    var count = row.extent().dividedBy(Dim.of(NestTuning.COLUMN_PART_ROWS)).orElseThrow();
    var from = Ints.multiply(new Int.Var("part"), new Int.Number(NestTuning.COLUMN_PART_ROWS));
    var body = chunks(new Int.Number(0), AffineIndex.dim(column.extent()), () -> {
      apart(this::begin);
      var to = Ints.add(from, new Int.Number(NestTuning.COLUMN_PART_ROWS));
      sink.add(new Stmt.Outline(arguments, List.of(new Stmt.For(row.name(), from, to, LoopKind.SERIAL, across(this::next)))));
      apart(this::leave);
    });
    var partials = count.times(reductions.size()).times(column.extent());
    return nest.lowered("part", LoopKind.SERIAL, body, count).followedBy(new LoweredKernel.SecondPhase(second.totals(count), partials));
  }

  private LoweredKernel totals(Dim parts) {
    var body = ofThread(() -> whole(List.of(new AffineIndex.Atom.Var("part", parts)), this::add));
    var dims = nest.values.dims();
    dims.add(parts);
    var work = parts.times(reductions.size()).times(column.extent());
    return new LoweredKernel(nest.kernel, new BlockLoop("block", LoopKind.RANGE, column.extent(), true, work), body, Dim.of(nest.scratch), nest.origins, dims);
  }

  // ---- passes

  /** The columns of a thread. */
  private List<Stmt> ofThread(Runnable work) {
    var from = KernelInteger.FROM.value();
    return chunks(from, Ints.subtract(KernelInteger.TO.value(), from), work);
  }

  private List<Stmt> chunks(Int from, Int count, Runnable work) {
    var size = new Int.Number(NestTuning.COLUMN_SUMS);
    var start = Ints.multiply(new Int.Var("chunk"), size);
    arguments = List.of(new Stmt.Argument("c0", Ints.add(from, start)), new Stmt.Argument("cn", Ints.least(size, Ints.subtract(count, start))));
    var chunks = Ints.divide(Ints.add(count, new Int.Number(NestTuning.COLUMN_SUMS - 1)), NestTuning.COLUMN_SUMS);
    return List.of(new Stmt.For("chunk", new Int.Number(0), chunks, LoopKind.SERIAL, sink.within(work)));
  }

  /** What is done across the columns, in a method of its own. */
  private void apart(Runnable work) {
    sink.add(new Stmt.Outline(arguments, across(work)));
  }

  /** All columns from end to end, and what follows. */
  private void whole(List<AffineIndex.Atom.Var> loops, Runnable row) {
    var cut = LongSums.cut(loops, LongSums.TERMS);
    apart(this::begin);
    if (cut == null) {
      sink.add(new Stmt.Outline(arguments, around(loops, across(row))));
    } else {
      stretches(cut, loops, row);
    }
    apart(this::behind);
  }

  private static List<Stmt> around(List<AffineIndex.Atom.Var> loops, List<Stmt> body) {
    for (var loop : loops.reversed()) {
      body = List.of(new Stmt.For(loop.name(), new Int.Number(0), AffineIndex.dim(loop.extent()), LoopKind.SERIAL, body));
    }
    return body;
  }

  /** Long columns: where there is more than a stretch its sums are added to the totals. */
  private void stretches(LongSums.Cut cut, List<AffineIndex.Atom.Var> loops, Runnable row) {
    allocate(totals);
    allocate(lost);
    cut.ifLong(sink, () -> apart(() -> reductions.forEach(node -> {
      store(totals, node, LowerNest.start(node));
      store(lost, node, new Expr.Number(0));
    })));
    var stretch = sink.within(() -> {
      sink.add(new Stmt.Outline(arguments, List.of(cut.inside(LoopKind.SERIAL, around(loops.subList(cut.place() + 1, loops.size()), across(row))))));
      cut.ifLong(sink, () -> apart(this::flush));
    });
    around(loops.subList(0, cut.place()), cut.around(stretch)).forEach(sink::add);
    cut.ifLong(sink, () -> apart(() -> reductions.forEach(node ->
        store(sums, node, LowerNest.combine(node) == Fn.ADD ? ElementaryFunctions.apply(Fn.ADD, load(totals, node), load(lost, node)) : load(totals, node)))));
  }

  /** Adds the sums to the totals and begins anew. */
  private void flush() {
    for (var node : reductions) {
      var total = load(totals, node);
      var part = load(sums, node);
      var next = sink.let(ElementaryFunctions.apply(LowerNest.combine(node), total, part));
      if (LowerNest.combine(node) == Fn.ADD) {
        store(lost, node, ElementaryFunctions.apply(Fn.ADD, load(lost, node), LongSums.roundedOff(total, part, next, sink)));
      }
      store(totals, node, next);
      store(sums, node, LowerNest.start(node));
    }
  }

  private void begin() {
    reductions.forEach(node -> store(sums, node, LowerNest.start(node)));
  }

  /** Adds a row. */
  private void next() {
    nest.level = 0;
    nest.elements = new HashMap<>();
    var next = reductions.stream().map(node -> sink.let(nest.next(node, load(sums, node)))).toList();
    nest.store(nest.kernel.writes().stream().filter(w -> nest.levels.full(w.node())).toList(), nest.axes.indices());
    for (int i = 0; i < next.size(); i++) {
      store(sums, reductions.get(i), next.get(i));
    }
  }

  /** Leaves the sums of a part in the room. */
  private void leave() {
    reductions.forEach(node -> sink.add(new Stmt.Store(room(), inRoom(node), load(sums, node))));
  }

  /** Adds the sums of a part to those of the parts before it. */
  private void add() {
    for (var node : reductions) {
      var more = sink.let(loaded(node, room(), inRoom(node)));
      store(sums, node, sink.let(ElementaryFunctions.apply(LowerNest.combine(node), load(sums, node), more)));
    }
  }

  /** What follows from the sums. */
  private void behind() {
    nest.level = 1;
    reductions.forEach(node -> nest.rows.put(node, sink.let(nest.total(node, load(sums, node)))));
    nest.stores();
  }

  private List<Stmt> across(Runnable work) {
    return List.of(new Stmt.For(column.name(), first, end, LoopKind.VECTOR, sink.within(() -> nest.values.scoped(work))));
  }

  private Expr load(Map<Node, Loop.Buffer> buffers, Node node) {
    return sink.let(loaded(node, buffers.get(node), at()));
  }

  private static Expr loaded(Node node, Loop.Buffer buffer, Int at) {
    return LowerNest.isWhole(node) ? new Expr.LoadBits(buffer, at) : new Expr.Load(buffer, at);
  }

  private void store(Map<Node, Loop.Buffer> buffers, Node node, Expr value) {
    sink.add(new Stmt.Store(buffers.get(node), at(), value));
  }

  private Int at() {
    return Ints.subtract(new Int.Var(column.name()), first);
  }

  private Loop.Buffer room() {
    return nest.values.buffer(Origin.Own.PARTIALS, Loop.Space.ARENA);
  }

  /** Where the room has a part's sum: behind each other the parts, in a part the reductions. */
  private Int inRoom(Node node) {
    int width = column.extent().fixed();
    var part = Ints.multiply(new Int.Var("part"), new Int.Number((long) reductions.size() * width));
    return Ints.add(Ints.add(part, new Int.Number((long) reductions.indexOf(node) * width)), new Int.Var(column.name()));
  }
}
