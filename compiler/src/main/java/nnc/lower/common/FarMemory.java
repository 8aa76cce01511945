package nnc.lower.common;

import java.util.ArrayList;
import java.util.List;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.expand.OutlineArguments;
import nnc.machine.Core;

/**
 * Weights that are fetched before tiles need them. A tile loads a line of them every few cycles and has few of them under way at once, as many as
 * the core's window of instructions holds: out of far memory it waits for each some hundred cycles. Loads that nothing waits for follow each
 * other as fast as memory has them.
 */
public final class FarMemory {
  /** Elements that do not stay in the second cache from one run to the next. */
  private static final int FAR_ELEMENTS = Core.L2_BYTES / 2 / Core.FLOAT_BYTES;
  /** Sums that lines are added to, which do not wait for each other. */
  private static final int SUMS = 4;

  private FarMemory() {}

  /** Whether an operand that was packed beforehand is far away when its turn comes. */
  public static boolean holds(PackedOperand operand) {
    return operand != null && operand.size() >= FAR_ELEMENTS;
  }

  /**
   * Reads an element of each cache line of a stretch, but for fewer lines at its end than there are sums.
   *
   * @param lanes elements of a line
   * @param room  of one element, for what keeps the loads from being left out
   */
  public static void fetch(StatementBuilder sink, Loop.Buffer buffer, Int start, Int elements, int lanes, Loop.Buffer room) {
    var arguments = new OutlineArguments();
    var from = arguments.of("from", start);
    var steps = Ints.divide(arguments.of("elements", elements), (long) SUMS * lanes);
    var place = Ints.add(from, Ints.multiply(new Int.Var("line"), new Int.Number((long) SUMS * lanes)));
    var body = new ArrayList<Stmt>();
    var lines = new ArrayList<Stmt>();
    Expr total = new Expr.Number(0);
    for (int i = 0; i < SUMS; i++) {
      var sum = new Expr.Read("sum" + i);
      var line = new Expr.Load(buffer, Ints.add(place, new Int.Number((long) i * lanes)));
      body.add(new Stmt.Let(sum.var(), new Expr.Number(0)));
      lines.add(new Stmt.Assign(sum.var(), new Expr.Apply(Fn.ADD, List.of(sum, line))));
      total = new Expr.Apply(Fn.ADD, List.of(total, sum));
    }
    body.add(new Stmt.For("line", new Int.Number(0), steps, LoopKind.SERIAL, lines));
    body.add(new Stmt.Store(room, new Int.Number(0), total));
    sink.add(new Stmt.Outline(arguments.list, body));
  }
}
