package nnc.lower.gemm;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.least;
import static nnc.loops.Ints.most;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;

import java.util.List;
import java.util.function.Consumer;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.LoopNest;
import nnc.lower.gemm.GemmSums.Copied;
import nnc.lower.gemm.GemmSums.DepthBlock;

/** The loops of a product: over chunks of columns, blocks of rows and blocks of terms, with the packing where each begins. */
final class GemmLoops {
  private static final Int ZERO = new Int.Number(0);
  private static final Int ONE = new Int.Number(1);

  private final StatementBuilder sink;
  private final LoopNest nest;
  private final GemmOrientation gemm;
  private final GemmBlocking blocking;
  private final OperandPacking packing;
  private final GemmSums sums;

  GemmLoops(StatementBuilder sink, GemmOrientation gemm, GemmBlocking blocking, OperandPacking packing, GemmSums sums) {
    this.sink = sink;
    nest = new LoopNest(sink);
    this.gemm = gemm;
    this.blocking = blocking;
    this.packing = packing;
    this.sums = sums;
  }

  /** All terms, of which there are so many. */
  private IndexRange depth() {
    return new IndexRange(ZERO, AffineIndex.dim(gemm.depth()));
  }

  /** All columns of some rows. */
  void chunks(IndexRange rows) {
    new IndexRange(ZERO, AffineIndex.dim(gemm.columns())).cut(nest, blocking.nc(), "chunk", chunk -> paths(rows, chunk));
  }

  /** One chunk of columns by its number; the last may be narrower. */
  void chunk(Int.Var number, IndexRange rows) {
    int whole = gemm.columns().fixed() / blocking.nc();
    int rest = gemm.columns().fixed() % blocking.nc();
    if (whole > 0) {
      var body = sink.within(() -> paths(rows, new IndexRange(multiply(number, new Int.Number(blocking.nc())), new Int.Number(blocking.nc()))));
      once(rest == 0 ? ONE : least(ONE, most(ZERO, subtract(new Int.Number(whole), number))), body);
    }
    if (rest > 0) {
      var body = sink.within(() -> paths(rows, new IndexRange(new Int.Number((long) whole * blocking.nc()), new Int.Number(rest))));
      once(whole == 0 ? ONE : most(ZERO, subtract(number, new Int.Number(whole - 1))), body);
    }
  }

  /** Statements that are run once or not at all. */
  private void once(Int times, List<Stmt> body) {
    if (times.equals(ONE)) {
      body.forEach(sink::add);
    } else {
      sink.add(new Stmt.For("once", ZERO, times, LoopKind.SERIAL, body));
    }
  }

  /** Few rows read the right factor where it is, as do all where it lies as packed; otherwise its panels are packed for many. */
  private void paths(IndexRange rows, IndexRange chunk) {
    Runnable unpacked = () -> nest.apart(() -> unpacked(rows, chunk));
    Runnable blocks = () -> nest.apart(() -> rows.cut(nest, blocking.mc(), "block", block -> unpacked(block, chunk)));
    Runnable packed = () -> nest.apart(() -> packed(rows, chunk));
    boolean plain = gemm.isContiguous() && gemm.left() != null;
    if (packing.packedOperand != null) {
      nest.apart(() -> packedByDepth(rows, chunk));
    } else if (packing.panel == null) {
      (sums.areKept() ? blocks : unpacked).run();
    } else if (!plain || AffineIndex.positive(gemm.rows().plus(-GemmTuning.MIN_ROWS_TO_PACK))) {
      packed.run();
    } else if (gemm.rows().isConstant()) {
      unpacked.run();
    } else {
      var many = least(ONE, divide(rows.count(), GemmTuning.MIN_ROWS_TO_PACK));
      sink.add(new Stmt.For("thick", ZERO, many, LoopKind.SERIAL, sink.within(packed)));
      sink.add(new Stmt.For("thin", many, ONE, LoopKind.SERIAL, sink.within(unpacked)));
    }
  }

  private void unpacked(IndexRange rows, IndexRange chunk) {
    if (sums.haveTotals()) {
      sums.terms(rows.count(), chunk.count(), (from, to) -> depthBlocks(from, to, k -> sums.product(rows, chunk, k, null)));
    } else {
      sums.product(rows, chunk, new DepthBlock(depth(), Stmt.Prior.REPLACED, true), null);
    }
    sums.epilogue(rows, chunk);
  }

  /** A right factor of few terms is packed once for all rows. */
  private void packed(IndexRange rows, IndexRange chunk) {
    if (blocking.exceedsPackedKc(gemm)) {
      packedByDepth(rows, chunk);
      return;
    }
    if (gemm.depth().isConstant()) {
      packedOnce(rows, chunk);
      return;
    }
    var many = least(ONE, divide(subtract(AffineIndex.dim(gemm.depth()), ONE), blocking.packedKc()));
    sink.add(new Stmt.For("shallow", many, ONE, LoopKind.SERIAL, sink.within(() -> nest.apart(() -> packedOnce(rows, chunk)))));
    sink.add(new Stmt.For("deep", ZERO, many, LoopKind.SERIAL, sink.within(() -> nest.apart(() -> packedByDepth(rows, chunk)))));
  }

  private void packedOnce(IndexRange rows, IndexRange chunk) {
    var strides = packing.strides(blocking.packedMc(), blocking.packedKc());
    boolean packs = packing.arePackedByTiles(rows.count(), chunk.count());
    if (!packs) {
      packing.right(chunk, depth(), blocking.packedKc());
    }
    blocks(rows, blocking.packedMc(), packs, (block, packsThese) -> {
      packing.left(block, depth(), strides);
      depthBlocks(ZERO, AffineIndex.dim(gemm.depth()), k -> {
        var first = k.terms().first();
        var right = multiply(first, new Int.Number(packing.stride(chunk.count())));
        var copy = new Copied(multiply(first, strides.term()), strides, right, blocking.packedKc(), packsThese ? packing.origin(chunk.first(), first) : null);
        sums.product(block, chunk, k, copy);
      });
      sums.epilogue(block, chunk);
    });
  }

  /** Where the sums of all rows are kept the right factor is packed depth block by depth block, otherwise again for each block of rows. */
  private void packedByDepth(IndexRange rows, IndexRange chunk) {
    int few = packing.packedOperand != null && !blocking.exceedsPackedKc(gemm) ? blocking.packedMc() : blocking.mc();
    boolean packs = packing.arePackedByTiles(rows.count(), chunk.count());
    if (sums.areResult()) {
      depthBlocks(ZERO, AffineIndex.dim(gemm.depth()), k -> {
        if (!packs) {
          packing.right(chunk, k.terms(), blocking.kc());
        }
        blocks(rows, few, packs, (block, packsThese) -> block(block, chunk, k, packsThese));
      });
      return;
    }
    rows.cut(nest, few, "block", block -> {
      sums.terms(block.count(), chunk.count(), (from, to) -> depthBlocks(from, to, k -> {
        if (!packs) {
          packing.right(chunk, k.terms(), blocking.kc());
        }
        block(block, chunk, k, packs);
      }));
      sums.epilogue(block, chunk);
    });
  }

  private interface RowBlock {
    void accept(IndexRange rows, boolean packs);
  }

  /** Blocks of rows, of which the first packs the right factor if its tiles do. */
  private void blocks(IndexRange rows, int few, boolean packs, RowBlock work) {
    if (packs) {
      work.accept(new IndexRange(rows.first(), least(new Int.Number(few), rows.count())), true);
    }
    int done = packs ? few : 0;
    if (!(rows.count() instanceof Int.Number(var all)) || all > done) {
      var others = new IndexRange(add(rows.first(), new Int.Number(done)), subtract(rows.count(), new Int.Number(done)));
      others.cut(nest, few, "block", block -> work.accept(block, false));
    }
  }

  private void block(IndexRange rows, IndexRange chunk, DepthBlock k, boolean packs) {
    var strides = packing.strides(blocking.mc(), blocking.kc());
    packing.left(rows, k.terms(), strides);
    var first = k.terms().first();
    var right = packing.packedOperand == null ? ZERO : add(multiply(chunk.first(), AffineIndex.dim(gemm.depth())), multiply(first, new Int.Number(blocking.nr())));
    int panelTerms = packing.packedOperand == null ? blocking.kc() : gemm.depth().fixed();
    sums.product(rows, chunk, k, new Copied(ZERO, strides, right, panelTerms, packs ? packing.origin(chunk.first(), first) : null));
  }

  /** Blocks of the terms between two; the last one apart if something is done in it. */
  private void depthBlocks(Int from, Int to, Consumer<DepthBlock> work) {
    var all = subtract(to, from);
    var step = new Int.Number(blocking.kc());
    var done = multiply(new Int.Var("kb"), step);
    if (!sums.endInTiles()) {
      work.accept(depthBlock(from, least(step, all), Stmt.Prior.REPLACED));
      boolean equal = all instanceof Int.Number(var size) && size % blocking.kc() == 0;
      repeat(divide(add(all, new Int.Number(blocking.kc() - 1)), blocking.kc()),
          () -> work.accept(depthBlock(add(from, done), equal ? step : least(step, subtract(all, done)), sums.prior())));
      return;
    }
    int last = Math.ceilDiv(gemm.depth().fixed(), blocking.kc()) - 1;
    int before = last * blocking.kc();
    if (last > 0) {
      work.accept(depthBlock(ZERO, step, Stmt.Prior.REPLACED));
      repeat(new Int.Number(last), () -> work.accept(depthBlock(done, step, Stmt.Prior.CONTINUED)));
    }
    var end = new IndexRange(new Int.Number(before), new Int.Number(gemm.depth().fixed() - before));
    work.accept(new DepthBlock(end, last > 0 ? Stmt.Prior.CONTINUED : Stmt.Prior.REPLACED, true));
  }

  /** A block of terms behind which others may come. */
  private static DepthBlock depthBlock(Int first, Int count, Stmt.Prior prior) {
    return new DepthBlock(new IndexRange(first, count), prior, false);
  }

  /** The second block and those after it, of so many. */
  private void repeat(Int blocks, Runnable work) {
    if (!blocks.equals(ONE)) {
      sink.add(new Stmt.For("kb", ONE, blocks, LoopKind.SERIAL, sink.within(work)));
    }
  }
}
