package nnc.lower.gemm;

import static nnc.loops.Ints.least;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Op;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.expand.TileTuning;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.PackedOperand;
import nnc.lower.common.PanelLayout;
import nnc.lower.common.ScheduledKernel;
import nnc.schedule.Kernel;

/**
 * Convolutions of a single tap that neither step nor pad, forward and by their input: of each example a matrix product, whose columns are the picture's
 * positions.
 *
 * <pre>
 *                 channels                positions
 *               +----------+          +---------------+          +---------------+
 *      filters  |  weights |   by     | n: the input  |    =     | n: the result |
 *               +----------+          +---------------+          +---------------+
 * </pre>
 *
 * A picture that lies in bands ({@code nnc.passes.BandLayout}) is multiplied band by band. Threads share examples and bands; of a picture that is in one piece
 * its positions, or its rows, the filters, where positions are few.
 */
public final class LowerPointwiseConvolution {
  private static final Int ZERO = new Int.Number(0);
  private static final AffineIndex FIRST = AffineIndex.ZERO;
  private static final String BAND = "band";

  /** What threads share of an example. */
  private enum Share { BANDS, POSITIONS, FILTERS }

  /** A picture's sizes, and into how many bands its rows are cut. */
  private record Picture(Dim batch, int height, int width, int rank, int bands) {
    int positions() {
      return height / bands * width;
    }

    AffineIndex.Atom.Var example() {
      return new AffineIndex.Atom.Var("n", batch);
    }

    AffineIndex.Atom.Var band() {
      return new AffineIndex.Atom.Var(BAND, Dim.of(bands));
    }

    /** The element of a channel at a position of the band. */
    List<AffineIndex> at(AffineIndex channel, AffineIndex position) {
      var row = position.dividedBy(Dim.of(width)).plus(bands == 1 ? FIRST : AffineIndex.of(band()).times(Dim.of(height / bands)));
      var n = AffineIndex.of(example());
      return rank == 1 ? List.of(n, channel, position) : List.of(n, channel, row, position.modulo(Dim.of(width)));
    }

    Picture cut(int bands) {
      return new Picture(batch, height, width, rank, bands);
    }
  }

  private final Picture picture;
  private final Epilogue epilogue;
  private final GemmOrientation gemm;
  private final GemmBlocking blocking;
  private final Share share;
  private final GemmLoops loops;

  private LowerPointwiseConvolution(ScheduledKernel scheduled, Picture picture, OperandReuse reuse) {
    this.picture = picture;
    epilogue = new Epilogue(scheduled);
    var product = product(scheduled.kernel(), picture);
    int lanes = scheduled.lanes();
    var upright = GemmOrientation.of(product, false, epilogue);
    var transposed = GemmOrientation.of(product, true, epilogue);
    boolean prepared = isPrepared(product, reuse);
    gemm = prepared && (liesByChannels(upright) || transposed.cost(lanes, 0) < upright.cost(lanes, 1)) ? transposed : upright;
    share = picture.bands > 1 ? Share.BANDS : picture.positions() >= GemmTuning.MIN_POSITIONS_TO_SHARE ? Share.POSITIONS : Share.FILTERS;
    blocking = GemmBlocking.of(gemm, lanes, gemm.transposed(), sharesColumns(), epilogue.updates());
    var panels = new PanelLayout(gemm.columnAxis(), List.of(gemm.termAxis()), blocking.nr(), 1, from -> List.of(gemm.right(from)));
    var packedOperand = gemm.transposed()
        ? PackedOperand.of(scheduled, panels, reuse.lifetime(gemm.rightNode()), PackedOperand.Search.NONE) : null;
    var packing = new OperandPacking(epilogue, gemm, blocking, packedOperand, false);
    loops = new GemmLoops(epilogue.sink, gemm, blocking, packing, new GemmSums(epilogue, gemm, blocking, packing, null));
  }

  /** A kernel's product, if it begins with such a convolution of known sizes and nothing of it would have to be gathered; otherwise null. */
  public static LoweredKernel lower(ScheduledKernel scheduled, OperandReuse reuse) {
    var picture = picture(scheduled.kernel());
    if (picture == null) {
      return null;
    }
    var product = product(scheduled.kernel(), picture);
    if (isPrepared(product, reuse) && liesByChannels(GemmOrientation.of(product, false, new Epilogue(scheduled)))) {
      return new LowerPointwiseConvolution(scheduled, picture, reuse).run();
    }
    if (picture.positions() < GemmTuning.MIN_BAND_POSITIONS) {
      return null;
    }
    return IntStream.rangeClosed(1, picture.height).filter(bands -> picture.height % bands == 0).mapToObj(picture::cut)
        .takeWhile(cut -> cut.bands == 1 || cut.positions() >= GemmTuning.MIN_BAND_POSITIONS).filter(cut -> isEven(scheduled, cut)).findFirst()
        .map(cut -> new LowerPointwiseConvolution(scheduled, cut, reuse).run()).orElse(null);
  }

  private static Picture picture(Kernel kernel) {
    if (kernel.nodes().isEmpty() || !(kernel.nodes().getFirst().op() instanceof Op.Conv conv) || conv.role() == Op.ConvRole.FILTER || conv.batchLast()) {
      return null;
    }
    var node = kernel.nodes().getFirst();
    var window = conv.window();
    var type = node.type();
    int rank = window.stride().size();
    boolean plain = rank <= 2 && window.groups() == 1 && all(window.stride(), 1) && all(window.low(), 0) && all(window.high(), 0)
        && node.operand(1).type().shape().stream().allMatch(Dim::isConstant) && node.operand(1).type().shape().stream().skip(2).allMatch(taps -> taps.is(1))
        && type.shape().stream().skip(1).allMatch(Dim::isConstant);
    var sizes = type.shape();
    return !plain ? null : new Picture(sizes.getFirst(), rank == 1 ? 1 : sizes.get(2).fixed(), sizes.getLast().fixed(), rank, 1);
  }

  private static boolean all(List<Integer> sizes, int value) {
    return sizes.stream().allMatch(size -> size == value);
  }

  private static BatchedProduct product(Kernel kernel, Picture picture) {
    var node = kernel.nodes().getFirst();
    boolean forward = ((Op.Conv) node.op()).role() == Op.ConvRole.FORWARD;
    var taps = Collections.nCopies(picture.rank, FIRST);
    BatchedProduct.Indices weights = (row, term) -> {
      var at = new ArrayList<>(forward ? List.of(row, term) : List.of(term, row));
      at.addAll(taps);
      return at;
    };
    var axes = new ArrayList<>(List.of(picture.example()));
    if (picture.bands > 1) {
      axes.add(picture.band());
    }
    return new BatchedProduct(new BatchedProduct.Factor(node.operand(1), weights), new BatchedProduct.Factor(node.operand(0), picture::at),
        new BatchedProduct.Factor(node, picture::at), axes, node.type().dim(1), Dim.of(picture.positions()), node.operand(0).type().dim(1));
  }

  /** Whether all that is read and written along the positions lies side by side. */
  private static boolean isEven(ScheduledKernel scheduled, Picture picture) {
    var trial = new Epilogue(scheduled);
    var gemm = GemmOrientation.of(product(scheduled.kernel(), picture), false, trial);
    if (!gemm.isContiguous() || gemm.layout() != GemmOrientation.Layout.COLUMNS) {
      return false;
    }
    trial.stores(gemm.index(), new Expr.Number(0));
    return trial.values.loads.stream().noneMatch(index -> index.entangled().contains(GemmOrientation.COLUMN));
  }

  /** Whether an input or a result has its channels side by side, not its positions: {@code nnc.passes.ChannelsLastLayout}. */
  private static boolean liesByChannels(GemmOrientation upright) {
    return upright.layout() == GemmOrientation.Layout.ROWS || upright.right() != null && !upright.isContiguous() && upright.right().step(GemmOrientation.TERM).is(1);
  }

  /** Whether the weights are the same at each run, and may be copied beforehand. */
  private static boolean isPrepared(BatchedProduct product, OperandReuse reuse) {
    return reuse.isFixed(product.first().node()) && PackedOperand.fits(product.height(), product.depth());
  }

  private boolean sharesColumns() {
    return share == (gemm.transposed() ? Share.FILTERS : Share.POSITIONS);
  }

  // ---- threads

  private LoweredKernel run() {
    int parts = share == Share.BANDS ? picture.bands
        : sharesColumns() ? Math.ceilDiv(gemm.columns().fixed(), blocking.nc()) : Math.ceilDiv(gemm.rows().fixed(), TileTuning.MR_ROWS);
    var examples = epilogue.sink.within(() -> new LoopNest(epilogue.sink).parts(parts, this::part));
    return epilogue.lowered("block", LoopKind.RANGE, examples, picture.batch.times(parts), List.of(gemm.rows(), gemm.columns(), gemm.depth(), picture.batch));
  }

  /** Of an example some of the parts that threads share. */
  private void part(Int first, Int end) {
    var height = AffineIndex.dim(gemm.rows());
    var all = new IndexRange(ZERO, height);
    if (share == Share.BANDS) {
      each(BAND, first, end, () -> loops.chunks(all));
    } else if (sharesColumns()) {
      each("chunk", first, end, () -> loops.chunk(new Int.Var("chunk"), all));
    } else {
      var tile = new Int.Number(TileTuning.MR_ROWS);
      var row = multiply(first, tile);
      loops.chunks(new IndexRange(row, subtract(least(multiply(end, tile), height), row)));
    }
  }

  private void each(String name, Int first, Int end, Runnable work) {
    var sink = epilogue.sink;
    sink.add(new Stmt.For(name, first, end, LoopKind.SERIAL, sink.within(work)));
  }
}
