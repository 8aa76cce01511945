package nnc.lower.nest;

import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Op;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Stmt;
import nnc.loops.math.ElementaryFunctions;
import nnc.loops.math.WholeArithmetic;
import nnc.lower.common.LongSums;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.ScheduledKernel;

/**
 * Running sums, one addition an element. What each addition rounds off is summed beside (Ogita, Rump and Oishi 2005, Sum2), so that the last of many
 * thousand sums is as good as the first.
 */
public final class LowerScan {
  private LowerScan() {}

  public static LoweredKernel lower(ScheduledKernel scheduled) {
    var op = (Op.CumSum) scheduled.kernel().nodes().getFirst().op();
    var along = new AxisKernel(scheduled, op.axis());
    var sink = along.sink;
    if (along.isWhole()) {
      return along.lowered(() -> whole(along, op.reverse()), true, Dim.ZERO, NestTuning.SCAN_INSTRUCTIONS);
    }
    return along.lowered(() -> {
      var sum = new Expr.Read(sink.fresh());
      var lost = new Expr.Read(sink.fresh());
      sink.add(new Stmt.Let(sum.var(), new Expr.Number(0)));
      sink.add(new Stmt.Let(lost.var(), new Expr.Number(0)));
      sink.add(along.loop(() -> {
        var x = along.element(op.reverse());
        var next = sink.let(ElementaryFunctions.apply(Fn.ADD, sum, x));
        sink.add(new Stmt.Assign(lost.var(), sink.let(ElementaryFunctions.apply(Fn.ADD, lost, LongSums.roundedOff(sum, x, next, sink)))));
        sink.add(new Stmt.Assign(sum.var(), next));
        along.store(ElementaryFunctions.apply(Fn.ADD, next, lost), op.reverse());
      }));
    }, true, Dim.ZERO, NestTuning.SCAN_INSTRUCTIONS);
  }

  /** Of whole numbers nothing is rounded off. */
  private static void whole(AxisKernel along, boolean fromEnd) {
    var sink = along.sink;
    var sum = new Expr.Read(sink.fresh());
    sink.add(new Stmt.Let(sum.var(), WholeArithmetic.number(0)));
    sink.add(along.loop(() -> {
      sink.add(new Stmt.Assign(sum.var(), along.values.whole().binary(BinaryFn.ADD, sum, along.element(fromEnd))));
      along.store(sum, fromEnd);
    }));
  }
}
