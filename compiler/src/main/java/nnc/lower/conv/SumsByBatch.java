package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;
import static nnc.lower.common.LoopNest.var;
import static nnc.lower.common.LoopNest.variable;

import java.util.List;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.math.ElementaryFunctions;
import nnc.lower.common.LoopNest;

/**
 * Filters summed where the batch is the last axis: a logical vector holds one position of as many examples, and every sum is as many partial
 * ones until all examples are through.
 */
final class SumsByBatch implements FilterGradientSums {
  private static final Int ZERO = number(0);

  private final FilterGradientWork work;
  private final ConvolutionGeometry conv;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final BatchLastStaging inputs;
  private final int lanes;
  private final int columns;
  /** Rows of the result whose inputs and gradients, of one vector of examples, lie in the first cache. */
  private final int band;
  private final Loop.Buffer gradient;
  private final Place sums;
  private final Loop.Buffer partial;
  private final Loop.Buffer folded;

  SumsByBatch(FilterGradientWork work) {
    this.work = work;
    conv = work.conv();
    sink = work.epilogue().sink;
    nest = work.nest();
    lanes = work.lanes();
    columns = conv.columns();
    inputs = BatchLastStaging.apart(conv, work.epilogue(), lanes);
    band = Math.clamp(ConvolutionTuning.L1_ELEMENTS / (inputs.row() + work.block() * (long) rowLength()), 1, conv.high().out());
    gradient = work.epilogue().scratch(inputs.vectors() * plane());
    sums = work.tapByTap();
    partial = work.epilogue().scratch(terms() * columns * lanes);
    folded = work.epilogue().scratch(lanes);
  }

  private int terms() {
    return conv.channels() * conv.taps();
  }

  /** Elements of a filter's gradient in a row. */
  private int rowLength() {
    return conv.wide().out() * lanes;
  }

  /** Elements of a vector's gradients. */
  private int plane() {
    return columns * band * rowLength();
  }

  @Override
  public Place place() {
    return sums;
  }

  @Override
  public void sum(Int c0, int all, Int begin, Int behind) {
    var own = work.fromColumn(c0);
    var end = work.toColumn(c0, all);
    int rows = conv.high().out();
    nest.zero(partial, terms() * columns * lanes);
    inputs.sets(begin, behind, (stage, set) -> {
      if (set.full()) {
        stage.margin();
      } else {
        stage.clear();
        nest.zero(gradient, plane());
      }
      stage.shared(ZERO, set);
      nest.stretches(rows, band, "band", (y0, height) -> band(stage, set, own, end, y0, height));
    });
    nest.apart(() -> fold(own, end));
  }

  private void band(BatchLastStaging stage, BatchLastStaging.ExampleSet set, Int own, Int end, Int y0, int height) {
    var oy = new Int.Var("oy");
    var rows = sink.within(() -> {
      stage.next(oy, set);
      nest.apart(() -> copyGradient(stage, set, own, end, subtract(oy, y0)));
    });
    sink.add(new Stmt.For("oy", y0, add(y0, number(height)), LoopKind.SERIAL, rows));
    nest.loop("v", stage.vectors(), vector -> nest.stretches(columns, work.block(), "block", KernelInteger.FROM.value(), KernelInteger.TO.value(), (column, width) -> {
      var taps = sink.within(() -> products(new Block(vector, column, width, y0, height)));
      sink.add(new Stmt.For("ky", ZERO, number(conv.high().taps()), LoopKind.SERIAL, taps));
    }));
  }

  /** A row of the gradient, filter behind filter. */
  private void copyGradient(BatchLastStaging stage, BatchLastStaging.ExampleSet set, Int own, Int end, Int row) {
    var values = work.epilogue().values;
    var body = stage.examples(set, vector -> values.scoped(() -> {
      var element = values.element(conv.other(), conv.at(stage.example(), variable("col", columns), var("oy", conv.high().out()),
          variable("ox", conv.wide().out())));
      var to = multiply(add(multiply(new Int.Var("col"), number(band)), row), number(rowLength()));
      var place = add(add(multiply(vector, number(plane())), to), add(multiply(new Int.Var("ox"), number(lanes)), stage.lane(set, vector)));
      sink.add(new Stmt.Store(gradient, place, element));
    }));
    body = List.of(new Stmt.For("ox", ZERO, number(conv.wide().out()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("col", own, end, LoopKind.SERIAL, body));
  }

  /**
   * Some columns of a vector's gradient, in some of its rows.
   *
   * @param y0 the first of {@code height} rows
   */
  private record Block(Int vector, Int column, int width, Int y0, int height) {}

  private void products(Block block) {
    int taps = conv.wide().taps();
    if (conv.wide().tap() == 1) {
      product(block, ZERO, taps * conv.channels());
    } else {
      nest.loop("kx", taps, kx -> product(block, kx, conv.channels()));
    }
  }

  /** Row {@code ky} of the taps, all of it or one tap's channels, by the rows of the gradient with which it does not meet only padding. */
  private void product(Block block, Int kx, int rows) {
    var ky = new Int.Var("ky");
    var high = conv.high();
    var wide = conv.wide();
    var top = add(multiply(block.y0, number(high.step())), multiply(ky, number(high.tap())));
    var first = inputs.high().from(top, high.step(), block.height);
    var count = subtract(inputs.high().to(top, high.step(), block.height), first);
    var place = subtract(add(top, multiply(first, number(high.step()))), number(inputs.high().first()));
    var start = add(multiply(place, number(inputs.row())), multiply(kx, number((long) wide.tap() * inputs.position())));
    var depth = List.of(new Stmt.Depth(count, number((long) high.step() * inputs.row()), number(rowLength())),
        new Stmt.Depth(number(wide.out()), number((long) wide.step() * inputs.position()), number(lanes)));
    int filter = band * rowLength();
    var right = add(multiply(block.vector, number(plane())), add(multiply(block.column, number(filter)), multiply(first, number(rowLength()))));
    var to = multiply(add(sums.at(ky, kx, ZERO), block.column), number(lanes));
    sink.add(new Stmt.Product(new Stmt.Extent(number(rows), 1, number(block.width), depth),
        new Stmt.Factor(inputs.buffer(), add(multiply(block.vector, number(inputs.vector())), start), number(lanes)),
        new Stmt.Factor(gradient, right, number(filter)), new Stmt.Factor(partial, to, number((long) columns * lanes)), Stmt.Prior.ADDED,
        Stmt.RightOrder.terms(lanes)));
  }

  /** Adds up the partial sums of each sum. */
  private void fold(Int own, Int end) {
    var q = add(multiply(new Int.Var("term"), number(columns)), new Int.Var("col"));
    var body = sink.within(() -> {
      var sum = sink.fresh();
      sink.add(new Stmt.Lanes(sum, 0, folded.offset()));
      var term = new Expr.Load(partial, add(multiply(q, number(lanes)), new Int.Var("i")));
      sink.add(new Stmt.For("i", ZERO, number(lanes), LoopKind.VECTOR,
          List.of(new Stmt.Assign(sum, ElementaryFunctions.apply(Loop.Fn.ADD, new Expr.Read(sum), term)))));
      sink.add(new Stmt.Store(sums.buffer(), q, sink.let(new Expr.Fold(Loop.Fn.ADD, sum))));
    });
    body = List.of(new Stmt.For("col", own, end, LoopKind.SERIAL, body));
    sink.add(new Stmt.For("term", ZERO, number(terms()), LoopKind.SERIAL, body));
  }
}
