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
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.PanelLayout;
import nnc.lower.common.ScheduledKernel;
import nnc.schedule.Kernel;

/**
 * Convolutions, forward and by their input, of inputs that have the batch as their last axis, with what follows them. A logical vector
 * holds one position of as many examples: whatever the size of the inputs and the number of channels, no lane is idle, and filter rows that
 * meet only padding are left out. Blocks are rows of the result.
 */
public final class LowerBatchLastConvolution {
  private static final Int ZERO = number(0);

  private final Kernel kernel;
  private final ConvolutionGeometry conv;
  private final Epilogue epilogue;
  private final StatementBuilder sink;
  private final LoopNest nest;
  private final BatchLastStaging inputs;
  /** Columns that are summed together, and whose filters are copied before. */
  private final int chunk;
  private final Loop.Buffer packed;
  private final Loop.Buffer sums;

  private LowerBatchLastConvolution(ScheduledKernel scheduled, ConvolutionGeometry conv) {
    kernel = scheduled.kernel();
    this.conv = conv;
    epilogue = new Epilogue(scheduled);
    sink = epilogue.sink;
    nest = new LoopNest(sink);
    inputs = BatchLastStaging.together(conv, epilogue, scheduled.lanes());
    chunk = Math.min(conv.columns(), Math.max(1, ConvolutionTuning.PACKED_FILTER_ELEMENTS / (conv.taps() * conv.channels())));
    packed = epilogue.scratch(chunk * conv.taps() * conv.channels());
    sums = epilogue.scratch(chunk * conv.wide().out() * inputs.examples());
  }

  public static LoweredKernel lower(ScheduledKernel scheduled, ConvolutionGeometry conv) {
    return new LowerBatchLastConvolution(scheduled, conv).run();
  }

  private LoweredKernel run() {
    var body = sink.within(() -> nest.stretches(conv.columns(), chunk, "chunk", this::chunk));
    return epilogue.lowered("block", LoopKind.RANGE, body, Dim.of(conv.high().out()), kernel.domain().shape());
  }

  private void chunk(Int c0, int columns) {
    nest.apart(() -> pack(c0, columns));
    var from = KernelInteger.FROM.value();
    var to = KernelInteger.TO.value();
    inputs.sets((stage, set) -> {
      stage.margin();
      stage.shared(from, set);
      var y = new Int.Var("y");
      var body = sink.within(() -> {
        stage.next(y, set);
        row(stage, columns, y);
        nest.apart(() -> epilogue(stage, set, c0, columns));
      });
      sink.add(new Stmt.For("y", from, to, LoopKind.SERIAL, body));
    });
  }

  /** Copies filters: term behind term, those of all columns side by side. */
  private void pack(Int c0, int columns) {
    var terms = Stream.of(LoopNest.atom("ky", conv.high().taps()), LoopNest.atom("kx", conv.wide().taps()), LoopNest.atom("c", conv.channels()))
        .filter(term -> !term.extent().is(1)).toList();
    var panels = new PanelLayout(LoopNest.atom("col", conv.columns()), terms, columns, 1, from ->
        List.of(from.element(conv.other(), conv.weight(AffineIndex.ZERO, variable("col", conv.columns()), var("c", conv.channels()),
            var("ky", conv.high().taps()), var("kx", conv.wide().taps())))));
    panels.pack(sink, epilogue.values, new PanelLayout.Panel(packed, ZERO), c0, add(c0, number(columns)));
  }

  /** The sums of a row: positions that meet all taps, and those near the padding one by one. */
  private void row(BatchLastStaging stage, int columns, Int y) {
    var wide = stage.wide();
    var axis = conv.wide();
    int reach = (axis.taps() - 1) * axis.tap();
    int first = wide.cut() ? Math.clamp(Math.ceilDiv(wide.first(), axis.step()), 0, axis.out()) : 0;
    int end = wide.cut() ? Math.clamp(Math.floorDiv(wide.first() + wide.count() - 1 - reach, axis.step()) + 1, first, axis.out()) : axis.out();
    if (first < end) {
      product(stage, columns, y, number(first), end - first);
    }
    for (var edge : List.of(List.of(0, first), List.of(end, axis.out()))) {
      if (edge.getFirst() < edge.getLast()) {
        var body = sink.within(() -> product(stage, columns, y, new Int.Var("x"), 1));
        sink.add(new Stmt.For("x", number(edge.getFirst()), number(edge.getLast()), LoopKind.SERIAL, body));
      }
    }
  }

  /** Columns by some positions of a row that meet the same taps; the terms of a row of taps are one run where taps lie side by side. */
  private void product(BatchLastStaging stage, int columns, Int y, Int x, int places) {
    var down = Taps.of(stage.high(), y);
    var across = Taps.of(stage.wide(), x);
    int tap = conv.channels() * columns;
    int row = conv.wide().taps() * tap;
    var right = add(multiply(down.place, number(stage.row())), multiply(across.place, number(stage.position())));
    var wide = conv.wide();
    var rows = new Stmt.Depth(down.count, number(row), number((long) conv.high().tap() * stage.row()), conv.high().taps());
    var depth = wide.tap() == 1 || wide.taps() == 1
        ? List.of(rows, new Stmt.Depth(multiply(across.count, number(conv.channels())), number(columns), number(stage.channel()),
            wide.taps() * conv.channels()))
        : List.of(rows, new Stmt.Depth(across.count, number(tap), number((long) wide.tap() * stage.position()), wide.taps()),
            new Stmt.Depth(number(conv.channels()), number(columns), number(stage.channel())));
    int examples = stage.examples();
    sink.add(new Stmt.Product(new Stmt.Extent(number(columns), 1, number((long) places * examples), depth),
        new Stmt.Factor(packed, add(multiply(down.first, number(row)), multiply(across.first, number(tap))), number(1)),
        new Stmt.Factor(stage.buffer(), right, number((long) wide.step() * stage.position())),
        new Stmt.Factor(sums, multiply(x, number(examples)), number((long) wide.out() * examples)), Stmt.Prior.REPLACED,
        Stmt.RightOrder.panels(examples)));
  }

  /** The taps along an axis that a position of the result meets, {@code count} from {@code first} on, and where the first of them is. */
  private record Taps(Int first, Int count, Int place) {
    static Taps of(BatchLastStaging.Kept kept, Int out) {
      var axis = kept.axis();
      var start = multiply(out, number(axis.step()));
      var first = kept.from(start, axis.tap(), axis.taps());
      return new Taps(first, subtract(kept.to(start, axis.tap(), axis.taps()), first),
          subtract(add(start, multiply(first, number(axis.tap()))), number(kept.first())));
    }
  }

  private void epilogue(BatchLastStaging stage, BatchLastStaging.ExampleSet set, Int c0, int columns) {
    var place = conv.at(stage.example(), variable("col", conv.columns()), var("y", conv.high().out()), variable("x", conv.wide().out()));
    var column = multiply(subtract(new Int.Var("col"), c0), number((long) conv.wide().out() * stage.examples()));
    var sum = add(column, multiply(new Int.Var("x"), number(stage.examples())));
    var body = stage.examples(set, _ ->
        epilogue.stores(place, new Expr.Load(sums, add(sum, subtract(new Int.Var("n"), set.first())))).forEach(sink::add));
    body = List.of(new Stmt.For("x", ZERO, number(conv.wide().out()), LoopKind.SERIAL, body));
    sink.add(new Stmt.For("col", c0, add(c0, number(columns)), LoopKind.SERIAL, body));
  }
}
