package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.least;
import static nnc.loops.Ints.most;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;
import static nnc.lower.common.LoopNest.var;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LongProducts;
import nnc.lower.common.LoopNest;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.PackedOperand;
import nnc.lower.common.PanelLayout;
import nnc.lower.common.ScheduledKernel;
import nnc.lower.common.ValueLowering;

/**
 * Convolutions, forward and by their input, over maps of open size, or of so large a one that an example's does not fit the cache. A tile of the result's
 * positions at a time is summed: what of the input it reads is copied with its padding into the thread's scratch, whose size is known since the tile's is, and
 * {@link Stmt.Product} does the rest, along columns or, where these are few, along the positions of a row. Tiles at the end are as narrow and as low as what is left.
 *
 * <pre>
 *   for rows y0 of a thread's by TALL               input of a tile: (h - 1) step + reach rows
 *     for positions x0 by WIDE                      . . . . . . . .
 *       copy input, zeros around it                 . x x x x x x x
 *       for panels of columns                       . x x x x x x x
 *         for rows of the tile: product             . x x x x x x x
 *         epilogue
 * </pre>
 */
public final class LowerTiledConvolution {
  private static final Int ZERO = new Int.Number(0);

  private final ScheduledKernel scheduled;
  private final OpenConvolution open;
  /** Of a tile. */
  private final ConvolutionGeometry conv;
  /** Whether positions lie along the vectors. */
  private final boolean along;
  private final int lanes;
  /** Columns that are summed together. */
  private final int panel;
  private final TileInput input;
  private final Epilogue epilogue;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final ValueLowering values;
  /** Whether the filters are the same at each run, and copied beforehand. */
  private final boolean packedBefore;
  /** Columns whose filters are copied at a time. */
  private final int chunk;
  private final AffineIndex example;
  private final AffineIndex group;
  private final Loop.Buffer staged;
  private final Loop.Buffer packed;
  private final Loop.Buffer sums;

  private LowerTiledConvolution(ScheduledKernel scheduled, OpenConvolution open, OperandReuse reuse) {
    this.scheduled = scheduled;
    this.open = open;
    lanes = scheduled.lanes();
    along = open.prefersPositions(lanes);
    conv = open.tile(lanes);
    panel = along ? Math.min(conv.columns(), ConvolutionTuning.PANEL_COLUMNS) : Math.min(Ints.roundUp(conv.columns(), lanes), 4 * lanes);
    input = new TileInput(open, conv);
    epilogue = new Epilogue(scheduled);
    sink = epilogue.sink;
    nest = new LoopNest(sink);
    values = epilogue.values;
    packedBefore = conv.groups() == 1 && reuse.isFixed(conv.other()) && PackedOperand.fits(Dim.of(conv.columns()), Dim.of(each()));
    int fitting = ConvolutionTuning.PACKED_FILTER_ELEMENTS / each() / panel * panel;
    chunk = packedBefore ? conv.columns() : Math.min(conv.columns(), Math.max(panel, fitting));
    example = AffineIndex.of(new AffineIndex.Atom.Var("n", scheduled.kernel().domain().shape().getFirst()));
    group = var("g", conv.groups());
    // a row's last products reach over its end
    staged = epilogue.scratch(input.size() + 4 * lanes * conv.wide().step());
    packed = packedBefore ? values.buffer(PackedOperand.of(scheduled, panels(), reuse.lifetime(conv.other()), PackedOperand.Search.NONE), Loop.Space.ARENA)
        : epilogue.scratch(Math.ceilDiv(chunk, panel) * panel * each());
    sums = epilogue.scratch(along ? panel * sumsOfColumn() : conv.high().out() * conv.wide().out() * panel);
  }

  public static LoweredKernel lower(ScheduledKernel scheduled, OpenConvolution open, OperandReuse reuse) {
    return new LowerTiledConvolution(scheduled, open, reuse).run();
  }

  /** Terms of each sum. */
  private int each() {
    return conv.channels() * conv.taps();
  }

  private int sumsOfColumn() {
    return conv.high().out() * conv.wide().out() + 2 * lanes;
  }

  // ---- the kernel

  private LoweredKernel run() {
    var body = sink.within(() -> {
      if (packedBefore) {
        examples(ZERO, conv.columns());
      } else {
        nest.loop("g", conv.groups(), _ -> nest.stretches(conv.columns(), chunk, "chunk", (c0, columns) -> {
          nest.apart(() -> pack(c0, columns));
          examples(c0, columns);
        }));
      }
    });
    var shape = scheduled.kernel().domain().shape();
    var dims = Stream.concat(shape.stream(), open.sizes().stream()).toList();
    return epilogue.lowered("block", LoopKind.RANGE, body, shape.getFirst().times(open.high().out()), dims);
  }

  /** The blocks are rows of the result: those of each example in tiles. */
  private void examples(Int c0, int columns) {
    var rows = AffineIndex.dim(open.high().out());
    var from = KernelInteger.FROM.value();
    var to = KernelInteger.TO.value();
    var body = sink.within(() -> {
      var before = multiply(new Int.Var("n"), rows);
      var first = most(ZERO, subtract(from, before));
      var count = subtract(least(rows, subtract(to, before)), first);
      input.each(sink, new TileInput.Part(first, count), (y, x) -> tile(c0, columns, y, x));
    });
    var last = divided(add(to, subtract(rows, number(1))), rows);
    sink.add(new Stmt.For("n", divided(from, rows), last, LoopKind.SERIAL, body));
  }

  private static Int divided(Int value, Int by) {
    return by instanceof Int.Number(var known) ? divide(value, known) : new Int.Apply(Loop.IntFn.DIV, value, by);
  }

  private void tile(Int c0, int columns, TileInput.Part y, TileInput.Part x) {
    input.copy(nest, values, staged, new SourceRows(example, group, ZERO, number(conv.channels())), y, x);
    nest.stretches(columns, panel, "panel", (start, width) -> {
      var body = sink.within(() -> products(width, multiply(start, number(each())), new Int.Var("row"), x.count()));
      sink.add(new Stmt.For("row", ZERO, y.count(), LoopKind.SERIAL, body));
      nest.apart(() -> epilogue(add(c0, start), width, y, x));
    });
  }

  // ---- filters

  /** The loops over a column's terms, in the order in which they lie. */
  private List<AffineIndex.Atom.Var> terms() {
    return Stream.of(LoopNest.atom("ky", conv.high().taps()), LoopNest.atom("c", conv.channels()), LoopNest.atom("kx", conv.wide().taps()))
        .filter(term -> !term.extent().is(1)).toList();
  }

  private List<Expr> filters(ValueLowering from) {
    var column = LoopNest.variable("col", conv.columns());
    return List.of(from.element(conv.other(),
        conv.weight(group, column, var("c", conv.channels()), var("ky", conv.high().taps()), var("kx", conv.wide().taps()))));
  }

  private PanelLayout panels() {
    return new PanelLayout(LoopNest.atom("col", conv.columns()), terms(), panel, 1, this::filters);
  }

  private void pack(Int c0, int columns) {
    nest.loop("p", Math.ceilDiv(columns, panel), p -> {
      var start = multiply(p, number(panel));
      var end = add(c0, columns % panel == 0 ? add(start, number(panel)) : least(add(start, number(panel)), number(columns)));
      panels().pack(sink, values, new PanelLayout.Panel(packed, multiply(start, number(each()))), add(c0, start), end);
    });
  }

  // ---- products

  /** The sums of a row of a tile. */
  private void products(int columns, Int filters, Int row, Int count) {
    var start = multiply(row, number((long) conv.high().step() * input.pitch()));
    Stmt.Product product;
    if (along) {
      var extent = new Stmt.Extent(number(columns), 1, count, depth());
      product = new Stmt.Product(extent, new Stmt.Factor(packed, filters, number(1)), new Stmt.Factor(staged, start, ZERO),
          new Stmt.Factor(sums, multiply(row, number(conv.wide().out())), number(sumsOfColumn())), Stmt.Prior.REPLACED);
    } else {
      // whole groups of positions: what lies behind the last one is summed too, and not used
      var rows = multiply(divide(add(count, number(OpenConvolution.POSITIONS - 1)), OpenConvolution.POSITIONS), number(OpenConvolution.POSITIONS));
      var extent = new Stmt.Extent(rows, OpenConvolution.POSITIONS, number(Ints.roundUp(columns, lanes)), depth());
      product = new Stmt.Product(extent, new Stmt.Factor(staged, start, number(conv.wide().step())), new Stmt.Factor(packed, filters, ZERO),
          new Stmt.Factor(sums, multiply(row, number((long) conv.wide().out() * panel)), number(panel)), Stmt.Prior.REPLACED);
    }
    LongProducts.add(sink, ConvolutionTuning.CHAIN_TERMS, product);
  }

  /** The loops over taps and channels, in the order that maps of known size have: {@link LowerConvolution}. */
  private List<Stmt.Depth> depth() {
    record Sum(int count, int inPicture, int inFilter) {}
    var high = conv.high();
    var wide = conv.wide();
    var sums = Stream.of(new Sum(high.taps(), high.tap() * input.pitch(), conv.channels() * wide.taps() * panel), new Sum(conv.channels(), input.plane(), wide.taps() * panel),
        new Sum(wide.taps(), wide.tap(), panel)).filter(sum -> sum.count > 1);
    boolean innermost = wide.taps() > 1 && wide.taps() <= ConvolutionTuning.UNROLLED_TAPS && (along || wide.step() == 1);
    var ordered = (innermost ? sums : sums.sorted(Comparator.comparingInt(Sum::count))).toList();
    var all = ordered.isEmpty() ? List.of(new Sum(1, 0, 0)) : ordered;
    return all.stream().map(sum -> new Stmt.Depth(number(sum.count), number(along ? sum.inFilter : sum.inPicture), number(along ? sum.inPicture : sum.inFilter))).toList();
  }

  /** What follows the sums, along the rows of the result. */
  private void epilogue(Int c0, int columns, TileInput.Part y, TileInput.Part x) {
    var column = LoopNest.variable("col", conv.columns());
    var own = subtract(new Int.Var("col"), c0);
    var row = subtract(new Int.Var("y"), y.from());
    var at = add(multiply(row, number(conv.wide().out())), subtract(new Int.Var("x"), x.from()));
    var element = along ? add(multiply(own, number(sumsOfColumn())), at) : add(multiply(at, number(panel)), own);
    var place = conv.at(example, group.times(Dim.of(conv.columns())).plus(column), AffineIndex.of(new AffineIndex.Atom.Var("y", open.high().out())),
        AffineIndex.of(new AffineIndex.Atom.Var("x", open.wide().out())));
    var body = epilogue.stores(place, new Expr.Load(sums, element));
    body = List.of(new Stmt.For("x", x.from(), x.end(), LoopKind.VECTOR, body));
    // what is read as columns is transposed best where columns and positions are neighbours
    body = along ? List.of(new Stmt.For("y", y.from(), y.end(), LoopKind.SERIAL, body)) : body;
    body = List.of(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
    sink.add(along ? body.getFirst() : new Stmt.For("y", y.from(), y.end(), LoopKind.SERIAL, body));
  }
}
