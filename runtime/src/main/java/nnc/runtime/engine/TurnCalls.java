package nnc.runtime.engine;

import java.util.Arrays;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Repeat;
import nnc.runtime.spec.Polynomials;

/** Calls that are made turn by turn: what of them is another each turn. */
final class TurnCalls {
  /** The first of the calls, and the first behind them. */
  final int from;
  final int to;
  private final CallTable table;
  private final Poly count;
  /** The place among the sizes of what counts the turns. */
  private final int place;
  private final int[] changing;
  private final int[] blocks;
  /** What says whether another turn is made, and where that lies; null if all are. */
  private final Place going;
  private final int base;

  /** @param bases of the plan's slots */
  TurnCalls(Plan plan, int number, CallTable table, int[] bases) {
    Repeat repeat = plan.repeats().get(number);
    this.table = table;
    from = repeat.from();
    to = repeat.to();
    count = repeat.turns();
    going = repeat.going();
    base = going == null ? 0 : bases[going.slot()];
    place = Polynomials.turn(plan, number);
    changing = table.changing(from, to, place);
    int[] found = new int[to - from];
    int calls = 0;
    for (int call = from; call < to; call++) {
      if (Polynomials.mentions(plan.calls().get(call).blocks(), place)) {
        found[calls++] = call;
      }
    }
    blocks = Arrays.copyOf(found, calls);
  }

  /** How many turns there are at the present sizes. */
  int count(int[] dims) {
    return (int) Math.max(0, Polynomials.value(count, dims));
  }

  /** Whether another turn may change anything. */
  boolean goesOn(Object memory, int[] dims) {
    if (going == null) {
      return true;
    }
    long size = 1;
    for (int i = 0; i < going.shape().size(); i++) {
      size *= Polynomials.value(going.shape().get(i), dims);
    }
    for (int i = 0; i < size; i++) {
      if (NumericArrays.get(memory, base + i) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Has the calls be those of a turn. */
  void set(int[] dims, int turn) {
    dims[place] = turn;
    for (int i = 0; i < changing.length; i++) {
      table.evaluate(changing[i], dims);
    }
    for (int i = 0; i < blocks.length; i++) {
      table.evaluateBlocks(blocks[i], dims);
    }
  }
}
