package nnc.loops;

import static nnc.loops.Index.add;
import static nnc.loops.Index.multiply;
import static nnc.loops.Index.subtract;
import static nnc.loops.Nest.number;
import static nnc.loops.Nest.var;
import static nnc.loops.Nest.variable;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.schedule.Kernel;

/**
 * Convolutions, forward and by their input, of pictures that have the batch as their last axis, with what follows them. A logical vector
 * holds one place of as many examples: whatever the size of the pictures and the number of channels, no lane is idle, and filter rows that
 * meet only margin are left out. Blocks are rows of the result.
 */
final class LowerBatches {
  private static final Int ZERO = number(0);

  /** Elements of packed filters that a thread may have at a time. */
  private static final int FILTERS = 1 << 18;

  private final Kernel kernel;
  private final Picture picture;
  private final Epilogue epilogue;
  private final Sink sink;
  private final Nest nest;
  private final BatchStage stage;
  private final int lanes;
  /** Columns that are summed together, and whose filters are copied before. */
  private final int chunk;
  private final Loop.Buffer packed;
  private final Loop.Buffer sums;

  private LowerBatches(Kernel kernel, Picture picture, int precision, Set<Node> stored) {
    this.kernel = kernel;
    this.picture = picture;
    epilogue = new Epilogue(kernel, precision, stored);
    sink = epilogue.sink;
    nest = new Nest(sink);
    lanes = precision == 64 ? 8 : 16;
    stage = BatchStage.of(picture, epilogue, lanes);
    chunk = Math.min(picture.columns(), Math.max(1, FILTERS / terms()));
    packed = epilogue.scratch(chunk * terms());
    sums = epilogue.scratch(chunk * rowSums());
  }

  static Lowered lower(Kernel kernel, Picture picture, int precision, Set<Node> stored) {
    return new LowerBatches(kernel, picture, precision, stored).run();
  }

  /** Terms of a sum. */
  private int terms() {
    return picture.taps() * picture.channels();
  }

  /** Sums of a column in a row of the result. */
  private int rowSums() {
    return picture.wide().out() * lanes;
  }

  private Lowered run() {
    var body = sink.within(() -> nest.stretches(picture.columns(), chunk, "chunk", this::chunk));
    return epilogue.lowered("block", LoopKind.RANGE, body, Dim.of(picture.high().out()), kernel.domain().shape());
  }

  private void chunk(Int c0, int columns) {
    nest.apart(() -> pack(c0, columns));
    var from = new Int.Var("from");
    var to = new Int.Var("to");
    stage.margin(from, to);
    stage.blocks(() -> { }, (first, end) -> {
      stage.shared(from, first, end);
      var y = new Int.Var("y");
      var body = sink.within(() -> {
        stage.next(y, first, end);
        product(columns, y);
        nest.apart(() -> follow(c0, columns, first, end));
      });
      sink.add(new Stmt.For("y", from, to, LoopKind.SERIAL, body));
    });
  }

  /** Copies filters: term behind term, those of all columns side by side. */
  private void pack(Int c0, int columns) {
    var terms = Stream.of(Nest.atom("ky", picture.high().taps()), Nest.atom("kx", picture.wide().taps()), Nest.atom("c", picture.channels()))
        .filter(term -> !term.extent().is(1)).toList();
    Prepared.panel(sink, epilogue.values, packed, ZERO, "col", c0, add(c0, number(columns)), terms, columns, from ->
        List.of(from.element(picture.other(), picture.weight(Index.ZERO, variable("col", picture.columns()), var("c", picture.channels()),
            var("ky", picture.high().taps()), var("kx", picture.wide().taps())))));
  }

  /** The sums of a row: columns by places, the terms of a row of taps in one run where taps lie side by side. */
  private void product(int columns, Int y) {
    var high = picture.high();
    var wide = picture.wide();
    var top = multiply(y, number(high.step()));
    var first = stage.from(top, high.tap(), high.taps());
    var count = subtract(stage.to(top, high.tap(), high.taps()), first);
    int filterRow = wide.taps() * picture.channels() * columns;
    var start = multiply(add(top, multiply(first, number(high.tap()))), number(stage.row()));
    var down = new Stmt.Depth(count, number(filterRow), number((long) high.tap() * stage.row()));
    var across = wide.tap() == 1 || wide.taps() == 1
        ? List.of(down, new Stmt.Depth(number((long) wide.taps() * picture.channels()), number(columns), number(lanes)))
        : List.of(down, new Stmt.Depth(number(wide.taps()), number((long) picture.channels() * columns), number((long) wide.tap() * stage.place())),
            new Stmt.Depth(number(picture.channels()), number(columns), number(lanes)));
    var left = new Stmt.Factor(packed, multiply(first, number(filterRow)), number(1));
    var right = new Stmt.Factor(stage.buffer(), start, number((long) wide.step() * stage.place()));
    sink.add(new Stmt.Product(number(columns), 1, number(rowSums()), across, left, right, new Stmt.Factor(sums, ZERO, number(rowSums())), false, lanes, 0));
  }

  private void follow(Int c0, int columns, Int first, Int end) {
    var place = picture.at(stage.example(), variable("col", picture.columns()), var("y", picture.high().out()), variable("x", picture.wide().out()));
    var lane = subtract(new Int.Var("n"), first);
    var sum = add(add(multiply(subtract(new Int.Var("col"), c0), number(rowSums())), multiply(new Int.Var("x"), number(lanes))), lane);
    var body = epilogue.stores(place, new Expr.Load(sums, sum));
    body = List.of(new Stmt.For("n", first, end, LoopKind.VECTOR, body));
    body = List.of(new Stmt.For("x", ZERO, number(picture.wide().out()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
  }
}
