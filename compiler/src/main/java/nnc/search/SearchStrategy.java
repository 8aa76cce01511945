package nnc.search;

import java.util.List;

/** Decides what is tried next. It knows nothing but results: the same results mean the same proposals, whoever ran them and when. */
public interface SearchStrategy {
  /**
   * A point to be trained.
   *
   * @param trial  the point's number in the search, from 1 on
   * @param epochs to train in all
   * @param from   of these the first so many were trained before; 0 for none
   */
  record Proposal(int trial, Point point, int epochs, int from) {
    TrialRun.Task task(long seed) {
      return new TrialRun.Task(trial, point, seed, epochs, from);
    }
  }

  /**
   * What to try now, all at once; nothing if the search is over.
   *
   * @param results of all proposals so far, in their order
   */
  List<Proposal> next(List<TrialResult> results);

  /** Whether proposals may be of trials that are trained on. */
  default boolean goesOn() {
    return false;
  }
}
