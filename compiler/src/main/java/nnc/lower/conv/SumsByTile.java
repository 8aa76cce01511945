package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;

import java.util.List;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.expand.TileTuning;
import nnc.lower.common.AffineIndex;

/**
 * Of maps of open size, or of huge ones, sums over a tile of positions at a time, tap by tap: channels as rows of a product, filters along the vectors. A tile's
 * sums begin at zero and are added to those before.
 */
final class SumsByTile implements FilterGradientSums {
  private final FilterGradientWork work;
  private final OpenConvolution open;
  private final ConvolutionGeometry conv;
  private final TileInput input;
  private final StatementBuilder sink;
  private final Loop.Buffer staged;
  private final Loop.Buffer gradient;
  private final Place sums;

  SumsByTile(FilterGradientWork work, OpenConvolution open) {
    this.work = work;
    this.open = open;
    conv = work.conv();
    input = new TileInput(open, conv);
    sink = work.epilogue().sink;
    staged = work.epilogue().scratch(input.size());
    gradient = work.epilogue().scratch(conv.positions() * work.stride());
    sums = work.tapByTap();
  }

  /** An example has any number of positions. */
  @Override
  public int examples() {
    return 1;
  }

  @Override
  public Place place() {
    return sums;
  }

  @Override
  public void sum(Int c0, int columns, Int first, Int end) {
    work.nest().zero(sums.buffer(), sums.size());
    var rows = new TileInput.Part(number(0), AffineIndex.dim(open.high().out()));
    var body = sink.within(() -> input.each(sink, rows, (y, x) -> {
      var channels = new SourceRows(work.example(), work.group(), work.fromChannel(), work.toChannel());
      input.copy(work.nest(), work.epilogue().values, staged, channels, y, x);
      work.nest().apart(() -> stageGradient(c0, columns, y, x));
      products(columns, y, x);
    }));
    sink.add(new Stmt.For("n", first, end, LoopKind.SERIAL, body));
  }

  /** The positions as rows, the filters side by side. */
  private void stageGradient(Int c0, int columns, TileInput.Part y, TileInput.Part x) {
    var values = work.epilogue().values;
    var body = sink.within(() -> values.scoped(() -> {
      var row = add(multiply(subtract(new Int.Var("oy"), y.from()), number(conv.wide().out())), subtract(new Int.Var("ox"), x.from()));
      var element = work.gradient(AffineIndex.of(new AffineIndex.Atom.Var("oy", open.high().out())), AffineIndex.of(new AffineIndex.Atom.Var("ox", open.wide().out())));
      sink.add(new Stmt.Store(gradient, add(multiply(row, number(work.stride())), subtract(new Int.Var("col"), c0)), element));
    }));
    body = List.of(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("ox", x.from(), x.end(), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("oy", y.from(), y.end(), LoopKind.SERIAL, body));
  }

  private void products(int columns, TileInput.Part y, TileInput.Part x) {
    var high = conv.high();
    var wide = conv.wide();
    var down = new Stmt.Depth(y.count(), number((long) high.step() * input.pitch()), number((long) wide.out() * work.stride()), high.out());
    var across = new Stmt.Depth(x.count(), number(wide.step()), number(work.stride()), wide.out());
    var rows = subtract(work.toChannel(), work.fromChannel());
    int unit = work.byChannels() && conv.channels() % TileTuning.MR_ROWS == 0 ? TileTuning.MR_ROWS : 1;
    var extent = new Stmt.Extent(rows, unit, number(Ints.roundUp(columns, work.lanes())), high.out() == 1 ? List.of(across) : List.of(down, across));
    var ky = new Int.Var("ky");
    var body = sink.within(() -> work.nest().loop("kx", wide.taps(), kx -> {
      var start = add(add(multiply(work.fromChannel(), number(input.plane())), multiply(ky, number((long) high.tap() * input.pitch()))), multiply(kx, number(wide.tap())));
      sink.add(new Stmt.Product(extent, new Stmt.Factor(staged, start, number(input.plane())), new Stmt.Factor(gradient, number(0), number(0)),
          new Stmt.Factor(sums.buffer(), sums.at(ky, kx, work.fromChannel()), number(work.stride())), Stmt.Prior.ADDED));
    }));
    sink.add(new Stmt.For("ky", work.fromRow(), work.toRow(), LoopKind.SERIAL, body));
  }
}
