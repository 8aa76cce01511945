package nnc.runtime.cli;

import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.learn.TrainingRun;
import nnc.runtime.train.Progress;

/** Follows a training of the command line, beside what is printed of it. It reads weights between steps and changes none. */
public interface TrainingFollower {
  /** Who is told how it goes, in place of {@code progress}, whom it tells on. */
  Progress around(Progress progress);

  /** All is ready; the first step is to come. */
  void ready(TrainingRun run, Data data, Threads threads);

  /** Training is over, and what was learned is saved. Not called if it ends by a fault. */
  void ended();
}
