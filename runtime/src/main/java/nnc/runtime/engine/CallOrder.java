package nnc.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Plan;

/**
 * Goes through the calls of a plan: those of repeats turn by turn, those of branches in their order, or in a run side by side where that pays.
 *
 * <pre>
 *   call 0 .. 4                 in their order
 *   repeat    4 .. 9            as often as it says
 *   branches  9 .. 20 .. 31     each by a thread of its own, in its order, with the repeats in it
 * </pre>
 */
abstract class CallOrder implements Executor.Each, Threads.Task {
  private final Object memory;
  private final int[] dims;
  /** Repeats and branches, outer ones before those that lie in them: of each number there is one or the other. */
  private final TurnCalls[] turns;
  private final List<List<Integer>> branches = new ArrayList<>();
  /** The number of the branches that run side by side. */
  private int forked;
  /** By thread, sizes in which turns of its branches are counted. */
  private final int[][] sizes;

  /**
   * @param bases of the plan's slots
   * @param dims  the sizes at present, in which turns are counted
   */
  CallOrder(Plan plan, CallTable table, int[] bases, Object memory, int[] dims, int threads) {
    this.memory = memory;
    this.dims = dims;
    int repeats = plan.repeats().size();
    turns = new TurnCalls[repeats + plan.branches().size()];
    sizes = new int[turns.length > repeats ? threads : 0][dims.length];
    int repeat = 0;
    for (int i = 0; i < turns.length; i++) {
      List<Integer> next = i - repeat < plan.branches().size() ? plan.branches().get(i - repeat) : null;
      if (repeat < repeats && (next == null || isFirst(plan, repeat, next))) {
        turns[i] = new TurnCalls(plan, repeat++, table, bases);
        next = null;
      }
      branches.add(next);
    }
  }

  /** Whether a repeat begins before branches, or as they do and ends no earlier: one that lies in a branch is shorter. */
  private static boolean isFirst(Plan plan, int repeat, List<Integer> branches) {
    int from = plan.repeats().get(repeat).from();
    return from < branches.get(0) || from == branches.get(0) && plan.repeats().get(repeat).to() >= branches.get(branches.size() - 1);
  }

  /** Makes a call of a run on one of several threads that are at branches. */
  abstract void call(int thread, int call);

  /** Whether branches are better run side by side at present. */
  abstract boolean takes(List<Integer> bounds);

  /** Runs so many branches on several threads. */
  abstract void fork(int branches);

  /** Runs some of the branches that run side by side. */
  @Override
  public void run(int thread, int from, int to) {
    System.arraycopy(dims, 0, sizes[thread], 0, dims.length);
    each(null, thread, branches.get(forked).get(from), branches.get(forked).get(to), forked + 1);
  }

  /** Goes through some calls; if it is this that is done with each, it is a run. */
  void each(Executor.Each each, int from, int to) {
    each(each, 0, from, to, 0);
  }

  /**
   * @param each   what is done with each call; null in branches
   * @param region the first repeat or branches that may lie among the calls
   */
  private void each(Executor.Each each, int thread, int from, int to, int region) {
    int at = from;
    for (int r = region; r < turns.length; r++) {
      TurnCalls turn = turns[r];
      List<Integer> bounds = branches.get(r);
      int begin = turn == null ? bounds.get(0) : turn.from;
      int end = turn == null ? bounds.get(bounds.size() - 1) : turn.to;
      if (begin >= at && end <= to) {
        calls(each, thread, at, begin);
        if (turn != null) {
          int[] own = each == null ? sizes[thread] : dims;
          int last = turn.count(own);
          for (int number = 1; number <= last && turn.goesOn(memory, own); number++) {
            turn.set(own, number);
            each(each, thread, begin, end, r + 1);
          }
        } else if (each == this && takes(bounds)) {
          forked = r;
          fork(bounds.size() - 1);
        } else {
          each(each, thread, begin, end, r + 1);
        }
        at = end;
      }
    }
    calls(each, thread, at, to);
  }

  private void calls(Executor.Each each, int thread, int from, int to) {
    for (int i = from; i < to; i++) {
      if (each == null) {
        call(thread, i);
      } else {
        each.call(i);
      }
    }
  }
}
