package nnc.lower.conv;

import java.util.List;
import java.util.function.BiFunction;
import nnc.graph.Dim;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.LoopNest;
import nnc.lower.common.ValueLowering;

/** Copies inputs to where a convolution reads them: what is no padding. */
record InputCopy(StatementBuilder sink, ValueLowering values, ConvolutionGeometry conv) {

  /**
   * Which elements of the source's rows are copied, as loop {@code px} counts them.
   *
   * @param source where in the source's row an element lies
   * @param place  where in the copy's row
   */
  record Columns(int from, int to, AffineIndex source, AffineIndex place) {
    /** All, each to its column of the input. */
    static Columns all(ConvolutionGeometry.Axis wide) {
      var x = LoopNest.variable("px", wide.size());
      return new Columns(wide.first(), wide.end(), x, x.times(Dim.of(wide.interior())).plus(Dim.of(wide.shift())));
    }

    /** What a tap meets, given its place in the input: each to the position of the result for which it does. */
    static Columns ofTap(ConvolutionGeometry.Axis wide, int tap) {
      if (wide.step() == 1) {
        var x = LoopNest.variable("px", wide.size());
        return new Columns(wide.first(tap), wide.end(tap, tap + wide.out()), x, x.times(Dim.of(wide.interior())).plus(Dim.of(wide.shift() - tap)));
      }
      // a step apart; there is nothing between the elements of a source
      int padding = wide.shift() - tap;
      int from = Math.max(0, Math.ceilDiv(padding, wide.step()));
      int to = Math.max(from, Math.min(wide.out(), Math.floorDiv(wide.size() - 1 + padding, wide.step()) + 1));
      var position = LoopNest.variable("px", wide.out());
      return new Columns(from, to, position.times(Dim.of(wide.step())).plus(Dim.of(-padding)), position);
    }
  }

  /** Copies some channels of an example's input: what is no padding. Its loops have names that no others have. */
  void stage(Buffer staged, SourceRows source, Int fromChannel, Int toChannel) {
    var high = conv.high();
    int extent = conv.wide().extent();
    var channel = LoopNest.variable("pc", conv.channels());
    var body = sink.within(() -> rows(staged, source, Columns.all(conv.wide()), (row, column) ->
        channel.times(Dim.of(high.extent())).plus(row).times(Dim.of(extent)).plus(column).toInt()));
    sink.add(new Stmt.For("pc", fromChannel, toChannel, LoopKind.SERIAL, body));
  }

  /** Runs through the channels {@code pc} of an input. */
  void channels(Runnable work) {
    sink.add(new Stmt.For("pc", LoopNest.number(0), LoopNest.number(conv.channels()), LoopKind.SERIAL, sink.within(work)));
  }

  /** Copies some columns of some rows of the source in channel {@code pc}, each element to the place of its row in the input and its column in the copy. */
  void rows(Buffer staged, SourceRows source, Columns columns, BiFunction<AffineIndex, AffineIndex, Int> place) {
    var high = conv.high();
    var channel = LoopNest.variable("pc", conv.channels());
    var y = LoopNest.var("py", high.size());
    var body = sink.within(() -> values.scoped(() -> {
      var at = conv.at(source.example(), source.group().times(Dim.of(conv.channels())).plus(channel), y, columns.source());
      var row = y.times(Dim.of(high.interior())).plus(Dim.of(high.shift()));
      var element = values.element(conv.source(), at);
      sink.add(new Stmt.Store(staged, place.apply(row, columns.place()), element));
    }));
    body = List.of(new Stmt.For("px", LoopNest.number(columns.from()), LoopNest.number(columns.to()), LoopKind.VECTOR, body));
    sink.add(new Stmt.For("py", source.from(), source.to(), LoopKind.SERIAL, body));
  }
}
