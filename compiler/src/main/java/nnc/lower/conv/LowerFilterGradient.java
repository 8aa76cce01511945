package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;
import static nnc.lower.common.LoopNest.var;
import static nnc.lower.common.LoopNest.variable;

import java.util.List;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LongSums;
import nnc.lower.common.LoopNest;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.ScheduledKernel;
import nnc.lower.common.TotalSums;
import nnc.lower.common.ValueLowering;
import nnc.schedule.Kernel;

/**
 * Convolutions by their filter, with what follows them: sums over the positions of all examples, some of these at a time, and the totals as the filter
 * lies in memory. Threads share the channels or the rows of taps.
 */
public final class LowerFilterGradient {
  private static final Int ZERO = number(0);

  private final Kernel kernel;
  private final ConvolutionGeometry conv;
  private final Epilogue epilogue;
  private final StatementBuilder sink;
  private final ValueLowering values;
  private final OpenConvolution open;
  private final boolean merged;
  private final AffineIndex group;
  private final FilterGradientWork work;
  private final FilterGradientSums sums;
  private final FilterGradientSums.Place place;
  /** The totals of the sums of some examples at a time; null if there are few. */
  private final TotalSums totals;
  private final Loop.Buffer line;

  /** @param open null where sizes are known, and no more than fits */
  private LowerFilterGradient(ScheduledKernel scheduled, ConvolutionGeometry conv, OpenConvolution open, boolean merged) {
    kernel = scheduled.kernel();
    this.conv = conv;
    this.open = open;
    this.merged = merged;
    epilogue = new Epilogue(scheduled);
    sink = epilogue.sink;
    values = epilogue.values;
    group = var("g", conv.groups());
    int lanes = scheduled.lanes();
    boolean flat = open == null && !conv.batchLast() && SumsOverPlane.takes(conv)
        && SumsOverPlane.cycles(conv, lanes, scheduled.switches()) < SumsByTap.cycles(conv, lanes, FilterGradientWork.chunk(conv, lanes));
    work = conv.batchLast() ? FilterGradientWork.ofBatches(conv, epilogue, group, lanes)
        : FilterGradientWork.of(conv, epilogue, group, lanes, flat ? SumsOverPlane.block(conv) : FilterGradientWork.block(conv.channels()));
    sums = open != null ? new SumsByTile(work, open) : conv.batchLast() ? new SumsByBatch(work) : flat ? new SumsOverPlane(work, scheduled.switches()) : new SumsByTap(work);
    place = sums.place();
    var cut = LongSums.cut(List.of(new AffineIndex.Atom.Var("n", conv.batch())), sums.examples());
    totals = cut == null ? null : new TotalSums(sink, cut, place.buffer(), 1, place.size(), epilogue::scratch);
    line = epilogue.scratch(conv.channels() * conv.taps());
  }

  public static LoweredKernel lower(ScheduledKernel scheduled, ConvolutionGeometry conv) {
    return lower(scheduled, conv, null);
  }

  /** Likewise of maps of open size, or of huge ones. */
  public static LoweredKernel lower(ScheduledKernel scheduled, OpenConvolution open) {
    return lower(scheduled, open.tile(scheduled.lanes()), open);
  }

  private static LoweredKernel lower(ScheduledKernel scheduled, ConvolutionGeometry conv, OpenConvolution open) {
    var apart = new LowerFilterGradient(scheduled, conv, open, false);
    var plain = apart.run();
    return apart.mergeable() ? new LowerFilterGradient(scheduled, conv, open, true).run() : plain;
  }

  /** Whether a filter's elements can be run through without a seam between channels and taps. */
  private boolean mergeable() {
    if (work.share() == FilterGradientWork.Share.ROWS) {
      return false;
    }
    var channel = LoopNest.atom("c", conv.channels());
    var row = LoopNest.atom("ky", conv.high().taps());
    var tap = LoopNest.atom("kx", conv.wide().taps());
    return conv.high().taps() == 1 ? values.seamless(channel, tap)
        : values.seamless(channel, row) && values.seamless(row, tap);
  }

  private LoweredKernel run() {
    var body = sink.within(() -> work.nest().loop("g", conv.groups(),
        _ -> work.nest().stretches(conv.columns(), work.chunk(), "chunk", this::chunk)));
    var dims = Stream.concat(kernel.domain().shape().stream(), open == null ? Stream.of() : open.sizes().stream()).toList();
    return epilogue.lowered("block", LoopKind.RANGE, body, Dim.of(work.blocks()), dims);
  }

  private void chunk(Int c0, int columns) {
    if (totals == null) {
      sums.sum(c0, columns, ZERO, AffineIndex.dim(conv.batch()));
    } else {
      totals.all(number(1), number(place.size()), (first, end) -> sums.sum(c0, columns, first, end));
    }
    work.nest().apart(() -> epilogue(c0, columns));
  }

  // ---- what follows

  private void epilogue(Int c0, int columns) {
    var body = sink.within(() -> {
      if (merged) {
        copyLine(c0);
        followLine();
      } else {
        followTaps(c0);
      }
    });
    sink.add(new Stmt.For("col", work.fromColumn(c0), work.toColumn(c0, columns), LoopKind.SERIAL, body));
  }

  private Int sum(Int c0) {
    return add(place.at(new Int.Var("ky"), new Int.Var("kx"), new Int.Var("c")), subtract(new Int.Var("col"), c0));
  }

  /** A filter's sums in the order in which it lies in memory. */
  private void copyLine(Int c0) {
    var tap = add(multiply(new Int.Var("ky"), number(conv.wide().taps())), new Int.Var("kx"));
    var to = add(multiply(new Int.Var("c"), number(conv.taps())), tap);
    List<Stmt> body = List.of(new Stmt.Store(line, to, new Expr.Load(place.buffer(), sum(c0))));
    body = List.of(new Stmt.For("c", work.fromChannel(), work.toChannel(), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("kx", ZERO, number(conv.wide().taps()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("ky", ZERO, number(conv.high().taps()), LoopKind.SERIAL, body));
  }

  private void followLine() {
    int each = conv.channels() * conv.taps();
    var body = stores(AffineIndex.ZERO, AffineIndex.ZERO, variable("q", each), new Expr.Load(line, new Int.Var("q")));
    var taps = number(conv.taps());
    sink.add(new Stmt.For("q", multiply(work.fromChannel(), taps), multiply(work.toChannel(), taps), LoopKind.VECTOR, body));
  }

  private void followTaps(Int c0) {
    var body = stores(variable("c", conv.channels()), var("ky", conv.high().taps()), variable("kx", conv.wide().taps()),
        new Expr.Load(place.buffer(), sum(c0)));
    body = List.of(new Stmt.For("kx", ZERO, number(conv.wide().taps()), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("ky", work.fromRow(), work.toRow(), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("c", work.fromChannel(), work.toChannel(), LoopKind.SERIAL, body));
  }

  private List<Stmt> stores(AffineIndex channel, AffineIndex ky, AffineIndex kx, Expr sum) {
    var filter = group.times(Dim.of(conv.columns())).plus(variable("col", conv.columns()));
    return epilogue.stores(conv.rank() == 1 ? List.of(filter, channel, kx) : List.of(filter, channel, ky, kx), sum);
  }
}
