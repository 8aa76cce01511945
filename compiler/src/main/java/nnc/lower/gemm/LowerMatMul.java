package nnc.lower.gemm;

import static nnc.loops.Ints.least;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;

import java.util.List;
import nnc.graph.Dim;
import nnc.graph.NominalSizes;
import nnc.graph.Op;
import nnc.loops.KernelInteger;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.expand.TileTuning;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.PackedOperand;
import nnc.lower.common.PanelLayout;
import nnc.lower.common.ScheduledKernel;
import nnc.optimizations.Optimization;
import nnc.schedule.Kernel;
import nnc.schedule.batch.BatchTilingChoice;

/**
 * Matrix products with their epilogue: the loops around the micro-kernel. Rows, columns and depth are blocked ({@link GemmBlocking}), factors
 * packed ({@link OperandPacking}), and {@link Stmt.Product} sums a block of rows by panels of columns. The epilogue is computed from a block's
 * sums while they are in the cache. Every sum adds its terms in the order of k, whatever the blocks; of many terms it adds partial sums of some
 * hundred.
 *
 * <pre>
 *   for a chunk of nc columns
 *     for a depth block of kc terms            pack right: kc x nc
 *       for a block of mc rows                 pack left: mc x kc, where needed
 *         Product: mc x nc sums                tiles of mr rows by nr columns
 *   epilogue of each block of rows
 * </pre>
 */
public final class LowerMatMul {
  private static final Int ZERO = new Int.Number(0);

  private final Epilogue epilogue;
  private final BatchedProduct product;
  private final GemmOrientation gemm;
  private final GemmBlocking blocking;
  /** Whether threads share the columns; otherwise the rows, or the first of the batch axes. */
  private final boolean byColumns;
  private final GemmLoops loops;

  private LowerMatMul(ScheduledKernel scheduled, OperandReuse reuse) {
    epilogue = new Epilogue(scheduled);
    product = BatchedProduct.of(scheduled.kernel());
    int lanes = scheduled.lanes();
    var upright = GemmOrientation.of(product, false, epilogue);
    var transposed = GemmOrientation.of(product, true, epilogue);
    gemm = transposed.cost(lanes, share(transposed, reuse)) < upright.cost(lanes, share(upright, reuse)) ? transposed : upright;
    byColumns = product.batchAxes().isEmpty() && splitsColumns(scheduled.precision(), reuse);
    boolean skips = scheduled.switches().on(Optimization.ZERO_SKIPPING);
    var zeros = skips && ZeroSkipping.isWorthLookingFor(gemm, lanes) ? epilogue.scratch(TileTuning.ZERO_SCRATCH_ELEMENTS) : null;
    boolean prepared = isPackedBefore(gemm, reuse);
    blocking = GemmBlocking.of(gemm, lanes, prepared, byColumns, epilogue.updates());
    boolean isSparse = zeros != null;
    var panels = new PanelLayout(gemm.columnAxis(), List.of(gemm.termAxis()), blocking.nr(), 1, from -> List.of(gemm.right(from)));
    var packedOperand = !prepared ? null
        : PackedOperand.of(scheduled, panels, reuse.lifetime(gemm.rightNode()), isSparse ? PackedOperand.Search.FAULTS : PackedOperand.Search.NONE);
    var packing = new OperandPacking(epilogue, gemm, blocking, packedOperand, isSparse);
    loops = new GemmLoops(epilogue.sink, gemm, blocking, packing, new GemmSums(epilogue, gemm, blocking, packing, zeros));
  }

  /** Whether products, or runs, share a copy of the right factor. */
  private boolean isPackedBefore(GemmOrientation gemm, OperandReuse reuse) {
    return product.batchAxes().isEmpty() && PackedOperand.fits(gemm.columns(), gemm.depth()) && reuse.share(gemm.rightNode()) < 1;
  }

  private double share(GemmOrientation gemm, OperandReuse reuse) {
    return isPackedBefore(gemm, reuse) ? reuse.share(gemm.rightNode()) : 1;
  }

  /** A product that is not so narrow that plain loops serve it better. */
  public static boolean takes(Kernel kernel) {
    if (kernel.nodes().isEmpty() || !(kernel.nodes().getFirst().op() instanceof Op.MatMul)) {
      return false;
    }
    var columns = kernel.domain().shape().get(kernel.domain().shape().size() - 2);
    return !columns.isConstant() || columns.fixed() >= 4;
  }

  public static LoweredKernel lower(ScheduledKernel scheduled, OperandReuse reuse) {
    return new LowerMatMul(scheduled, reuse).run();
  }

  /**
   * The factor that is shared out is the larger one, of equal ones that which each thread would copy as a whole. Weights that are updated are
   * shared by rows, which are long stretches of memory, unless that saves too few copies; and so are the steps of a recurrence that learns,
   * for which weights are copied once: a thread then reads of each step what it has computed of the one before.
   */
  private boolean splitsColumns(int precision, OperandReuse reuse) {
    boolean isStep = isPackedBefore(gemm, reuse) && !reuse.isFixed(gemm.rightNode());
    if (isStep || !BatchTilingChoice.isWide(gemm.columns(), precision)) {
      return false;
    }
    long rows = NominalSizes.of(gemm.rows());
    boolean prefersRows = epilogue.updates() && rows >= 8 * TileTuning.MR_ROWS;
    return rows * (prefersRows ? 2 : 1) <= gemm.columns().fixed();
  }

  private LoweredKernel run() {
    var height = AffineIndex.dim(gemm.rows());
    var sink = epilogue.sink;
    var all = new IndexRange(ZERO, height);
    var batchAxes = product.batchAxes();
    if (!batchAxes.isEmpty()) {
      var body = sink.within(() -> loops.chunks(all));
      for (int i = batchAxes.size() - 1; i > 0; i--) {
        body = List.of(new Stmt.For(batchAxes.get(i).name(), ZERO, AffineIndex.dim(batchAxes.get(i).extent()), LoopKind.SERIAL, body));
      }
      return lowered(batchAxes.getFirst().name(), LoopKind.SERIAL, body, batchAxes.getFirst().extent());
    }
    if (byColumns) {
      int count = Math.ceilDiv(gemm.columns().fixed(), blocking.nc());
      var body = sink.within(() -> loops.chunk(new Int.Var("chunk"), all));
      return lowered("chunk", LoopKind.SERIAL, body, Dim.of(count));
    }
    var tiles = gemm.rows().isConstant() ? Dim.of(Math.ceilDiv(gemm.rows().fixed(), TileTuning.MR_ROWS))
        : gemm.rows().dividedBy(Dim.of(TileTuning.MR_ROWS)).orElse(gemm.rows());
    var grain = new Int.Number(tiles.equals(gemm.rows()) ? 1 : TileTuning.MR_ROWS);
    var first = multiply(KernelInteger.FROM.value(), grain);
    var count = subtract(least(multiply(KernelInteger.TO.value(), grain), height), first);
    var body = sink.within(() -> loops.chunks(new IndexRange(first, count)));
    return lowered("block", LoopKind.RANGE, body, tiles);
  }

  private LoweredKernel lowered(String block, LoopKind kind, List<Stmt> body, Dim blocks) {
    return epilogue.lowered(block, kind, body, blocks, List.of(gemm.rows(), gemm.columns(), gemm.depth()));
  }
}
