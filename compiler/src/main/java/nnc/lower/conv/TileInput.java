package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.least;
import static nnc.loops.Ints.most;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;

import java.util.List;
import nnc.graph.Dim;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.LoopNest;
import nnc.lower.common.ValueLowering;

/**
 * What a tile of positions reads of a map of whatever size: channel by channel, rows with their padding.
 *
 * @param open the map
 * @param conv of a tile
 */
record TileInput(OpenConvolution open, ConvolutionGeometry conv) {
  private static final Int ZERO = number(0);

  /** Some positions of an axis. */
  record Part(Int from, Int count) {
    Int end() {
      return add(from, count);
    }
  }

  /** Elements of a row. */
  int pitch() {
    return conv.wide().extent();
  }

  /** Elements of a channel. */
  int plane() {
    return conv.high().extent() * pitch();
  }

  int size() {
    return conv.channels() * plane();
  }

  interface Work {
    void of(Part y, Part x);
  }

  /** Tiles of all positions of a row, and of so many rows, the last of which may have fewer. */
  void each(StatementBuilder sink, Part rows, Work work) {
    var all = new Part(ZERO, AffineIndex.dim(open.wide().out()));
    cut(sink, rows, conv.high().out(), "tall", y -> cut(sink, all, conv.wide().out(), "broad", x -> work.of(y, x)));
  }

  private interface Stretch {
    void of(Part part);
  }

  private static void cut(StatementBuilder sink, Part all, int size, String name, Stretch work) {
    var start = multiply(new Int.Var(name), number(size));
    var body = sink.within(() -> work.of(new Part(add(all.from, start), least(number(size), subtract(all.count, start)))));
    sink.add(new Stmt.For(name, ZERO, divide(add(all.count, number(size - 1)), size), LoopKind.SERIAL, body));
  }

  /** Copies what a tile reads of some channels; around it there are zeros. */
  void copy(LoopNest nest, ValueLowering values, Buffer to, SourceRows channels, Part y, Part x) {
    if (open.hasPadding()) {
      nest.zero(to, size());
    }
    nest.apart(() -> {
      var sink = nest.sink();
      var body = sink.within(() -> values.scoped(() -> {
        var row = AffineIndex.of(new AffineIndex.Atom.Var("py", open.high().size()));
        var column = AffineIndex.of(new AffineIndex.Atom.Var("px", open.wide().size()));
        var channel = channels.group().times(Dim.of(conv.channels())).plus(LoopNest.variable("pc", conv.channels()));
        var element = values.element(conv.source(), conv.at(channels.example(), channel, row, column));
        var at = add(multiply(new Int.Var("pc"), number(plane())), add(multiply(place(conv.high(), "py", y), number(pitch())), place(conv.wide(), "px", x)));
        sink.add(new Stmt.Store(to, at, element));
      }));
      body = List.of(new Stmt.For("px", first(conv.wide(), x), end(conv.wide(), open.wide(), x), LoopKind.VECTOR, body));
      body = List.of(new Stmt.For("py", first(conv.high(), y), end(conv.high(), open.high(), y), LoopKind.SERIAL, body));
      sink.add(new Stmt.For("pc", channels.from(), channels.to(), LoopKind.SERIAL, body));
    });
  }

  /** Where an element of the source lies. */
  private static Int place(ConvolutionGeometry.Axis axis, String element, Part part) {
    var from = subtract(multiply(part.from, number(axis.step())), number(axis.shift()));
    return subtract(multiply(new Int.Var(element), number(axis.interior())), from);
  }

  /** The first element of the source that a tile reads. */
  private static Int first(ConvolutionGeometry.Axis axis, Part part) {
    var from = most(ZERO, subtract(multiply(part.from, number(axis.step())), number(axis.shift())));
    return axis.interior() == 1 ? from : divide(add(from, number(axis.interior() - 1)), axis.interior());
  }

  /** Behind the last one. */
  private static Int end(ConvolutionGeometry.Axis axis, OpenConvolution.Axis open, Part part) {
    int reach = (axis.taps() - 1) * axis.tap() + axis.interior() - axis.shift() - axis.step();
    var to = add(multiply(part.end(), number(axis.step())), number(reach));
    return least(AffineIndex.dim(open.size()), axis.interior() == 1 ? to : divide(most(ZERO, to), axis.interior()));
  }
}
