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

  /** Copies some channels of an example's input: what is no padding. Its loops have names that no others have. */
  void stage(Buffer staged, SourceRows source, Int fromChannel, Int toChannel) {
    var high = conv.high();
    int extent = conv.wide().extent();
    var channel = LoopNest.variable("pc", conv.channels());
    var body = sink.within(() -> rows(staged, source, 0, extent, (row, column) ->
        channel.times(Dim.of(high.extent())).plus(row).times(Dim.of(extent)).plus(column).toInt()));
    sink.add(new Stmt.For("pc", fromChannel, toChannel, LoopKind.SERIAL, body));
  }

  /** Runs through the channels {@code pc} of an input. */
  void channels(Runnable work) {
    sink.add(new Stmt.For("pc", LoopNest.number(0), LoopNest.number(conv.channels()), LoopKind.SERIAL, sink.within(work)));
  }

  /**
   * Copies some rows of the source in channel {@code pc}, what of each lies between two columns of the input, each element to the position of
   * its row and column in the input.
   */
  void rows(Buffer staged, SourceRows source, int fromColumn, int toColumn, BiFunction<AffineIndex, AffineIndex, Int> place) {
    var high = conv.high();
    var wide = conv.wide();
    var channel = LoopNest.variable("pc", conv.channels());
    var y = LoopNest.var("py", high.size());
    var body = sink.within(() -> values.scoped(() -> {
      var x = LoopNest.variable("px", wide.size());
      var element = values.element(conv.source(), conv.at(source.example(), source.group().times(Dim.of(conv.channels())).plus(channel), y, x));
      var row = y.times(Dim.of(high.interior())).plus(Dim.of(high.shift()));
      var column = x.times(Dim.of(wide.interior())).plus(Dim.of(wide.shift()));
      sink.add(new Stmt.Store(staged, place.apply(row, column), element));
    }));
    body = List.of(new Stmt.For("px", LoopNest.number(wide.first(fromColumn)), LoopNest.number(wide.end(fromColumn, toColumn)), LoopKind.VECTOR, body));
    sink.add(new Stmt.For("py", source.from(), source.to(), LoopKind.SERIAL, body));
  }
}
