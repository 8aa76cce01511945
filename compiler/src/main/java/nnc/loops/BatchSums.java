package nnc.loops;

import static nnc.loops.Index.add;
import static nnc.loops.Index.least;
import static nnc.loops.Index.most;
import static nnc.loops.Index.multiply;
import static nnc.loops.Index.subtract;
import static nnc.loops.Nest.number;
import static nnc.loops.Nest.var;
import static nnc.loops.Nest.variable;

import java.util.List;
import nnc.graph.Dim;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;

/**
 * Filters summed where the batch is the last axis: each logical vector holds one place of as many examples, and every sum is as many partial
 * ones until all examples are through.
 */
final class BatchSums implements FilterSums {
  private static final Int ZERO = number(0);

  /** Elements in the first cache. */
  private static final int NEAR = 1 << 13;

  private final FilterWork work;
  private final Picture picture;
  private final Sink sink;
  private final Nest nest;
  private final BatchStage stage;
  private final int lanes;
  /** Rows of the result whose pictures and gradients lie in the first cache. */
  private final int band;
  private final Loop.Buffer gradient;
  private final Loop.Buffer sums;
  private final Loop.Buffer partial;

  BatchSums(FilterWork work) {
    this.work = work;
    picture = work.picture();
    sink = work.epilogue().sink;
    nest = work.nest();
    lanes = work.lanes();
    stage = BatchStage.of(picture, work.epilogue(), lanes);
    band = Math.clamp(NEAR / (stage.row() + work.chunk() * rowLength()), 1, picture.high().out());
    int each = picture.channels() * picture.taps();
    gradient = work.epilogue().scratch(work.chunk() * band * rowLength());
    sums = work.epilogue().scratch(each * work.stride());
    partial = work.epilogue().scratch(each * work.chunk() * lanes);
  }

  /** Elements of a filter's gradient in a row. */
  private int rowLength() {
    return picture.wide().out() * lanes;
  }

  @Override
  public Loop.Buffer sums() {
    return sums;
  }

  @Override
  public Int at(Int ky, Int kx, Int channel) {
    return multiply(work.term(ky, kx, channel), number(work.stride()));
  }

  @Override
  public void sum(Int c0, int columns) {
    int rows = picture.high().out();
    nest.zero(partial, picture.channels() * picture.taps() * work.chunk() * lanes);
    stage.margin(ZERO, number(rows));
    Runnable clear = () -> {
      nest.zero(stage.buffer(), picture.high().extent() * stage.row());
      nest.zero(gradient, work.chunk() * band * rowLength());
    };
    stage.blocks(clear, (first, end) -> {
      stage.shared(ZERO, first, end);
      nest.stretches(rows, band, "band", (y0, height) -> band(c0, columns, y0, height, first, end));
    });
    nest.apart(() -> work.fold(partial, sums, columns));
  }

  private void band(Int c0, int columns, Int y0, int height, Int first, Int end) {
    var oy = new Int.Var("oy");
    var rows = sink.within(() -> {
      stage.next(oy, first, end);
      nest.apart(() -> copyGradient(c0, columns, subtract(oy, y0), first, end));
    });
    sink.add(new Stmt.For("oy", y0, add(y0, number(height)), LoopKind.SERIAL, rows));
    sink.add(new Stmt.For("ky", work.fromRow(), work.toRow(), LoopKind.SERIAL, sink.within(() -> products(columns, y0, height))));
  }

  /** A row of the gradient, filter behind filter. */
  private void copyGradient(Int c0, int columns, Int row, Int first, Int end) {
    var values = work.epilogue().values;
    var body = sink.within(() -> values.scoped(() -> {
      var column = variable("col", picture.columns());
      var element = values.element(picture.other(),
          picture.at(stage.example(), column, var("oy", picture.high().out()), variable("ox", picture.wide().out())));
      var to = multiply(add(multiply(subtract(new Int.Var("col"), c0), number(band)), row), number(rowLength()));
      var place = add(add(to, multiply(new Int.Var("ox"), number(lanes))), subtract(new Int.Var("n"), first));
      sink.add(new Stmt.Store(gradient, place, element));
    }));
    body = List.of(new Stmt.For("n", first, end, LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("ox", ZERO, number(picture.wide().out()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
  }

  private void products(int columns, Int y0, int height) {
    int taps = picture.wide().taps();
    if (work.byChannels() || picture.wide().tap() != 1) {
      nest.loop("kx", taps, kx -> product(columns, y0, height, kx, work.fromChannel(), subtract(work.toChannel(), work.fromChannel())));
    } else {
      product(columns, y0, height, ZERO, ZERO, number((long) taps * picture.channels()));
    }
  }

  /** A row of taps, all of it or one tap's channels, with the rows of the gradient that do not meet only margin. */
  private void product(int columns, Int y0, int height, Int kx, Int channel, Int rows) {
    var ky = new Int.Var("ky");
    var high = picture.high();
    var wide = picture.wide();
    var tap = multiply(ky, number(high.tap()));
    var top = add(multiply(y0, number(high.step())), tap);
    var first = stage.from(top, high.step(), height);
    var count = subtract(stage.to(top, high.step(), height), first);
    var start = add(multiply(add(top, multiply(first, number(high.step()))), number(stage.row())),
        add(multiply(kx, number((long) wide.tap() * stage.place())), multiply(channel, number(lanes))));
    var depth = List.of(new Stmt.Depth(count, number((long) high.step() * stage.row()), number(rowLength())),
        new Stmt.Depth(number(wide.out()), number((long) wide.step() * stage.place()), number(lanes)));
    int sum = work.chunk() * lanes;
    sink.add(new Stmt.Product(rows, 1, number(columns), depth, new Stmt.Factor(stage.buffer(), start, number(lanes)),
        new Stmt.Factor(gradient, multiply(first, number(rowLength())), number((long) band * rowLength())),
        new Stmt.Factor(partial, multiply(work.term(ky, kx, channel), number(sum)), number(sum)), true, 0, lanes));
  }
}
