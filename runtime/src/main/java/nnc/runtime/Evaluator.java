package nnc.runtime;

import nnc.runtime.data.Table;

/** Runs the plan {@code evaluate} over a table. */
final class Evaluator {
  /** Enough for the kernels to be busy; a fixed number, so that the means do not depend on who asks. */
  static final int BATCH = 256;

  private final Table table;
  private final Feeder feeder;
  private final Means means;

  /** @param passes how often it will run, roughly */
  Evaluator(Model model, Table table, int passes, Threads threads) {
    this.table = table;
    feeder = new Feeder(model, "evaluate", table, Math.min(BATCH, table.size()), threads);
    means = new Means(feeder.context());
    model.code("evaluate").expect(feeder.context().totalWork() * Math.ceilDiv(table.size(), BATCH) * passes);
  }

  /** The seed of the random draws in the runs that follow; 0 at the beginning. */
  void seed(long seed) {
    feeder.context().seed(seed);
  }

  /** The means over all rows; valid until the next call. Ends early, with null, if {@code interrupt} asks for it. */
  Means run(Interrupt interrupt) {
    means.clear();
    int batch = Math.min(BATCH, table.size());
    for (int from = 0; from < table.size(); from += batch) {
      int count = Math.min(batch, table.size() - from);
      feeder.feed(table.rows(), from, count);
      feeder.context().firstRow(from);
      feeder.context().run();
      means.add(count);
      if (interrupt.requested()) {
        return null;
      }
    }
    return means;
  }
}
