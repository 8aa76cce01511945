package nnc.runtime.train;

import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Integers;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Table;
import nnc.runtime.engine.Executor;
import nnc.runtime.engine.MemoryNeed;
import nnc.runtime.spec.ModelSpec.Result;

/**
 * Runs the plan {@code evaluate} over a table: in batches, where losses and metrics of these can be joined to those of all rows. Rows of one batch have the same
 * lengths, so that what is told does not depend on what is made of padding; where they cannot be joined all rows are one batch, padded to the longest. Where rows carry a state
 * to the next ones the table is one stream, row by row.
 */
public final class Evaluator {
  /** Enough for the kernels to be busy, where rows are not long; a fixed number, so that roundings do not depend on who asks. */
  private static final int BATCH = 256;

  private final Table table;
  private final int batch;
  private final AlikeRows alike;
  private final BatchFeeder feeder;
  private final MetricTally tally;
  private final Executor executor;

  /** @param passes how often it will run, roughly */
  public Evaluator(Model model, Table table, int passes, Threads threads) {
    this.table = table;
    boolean streams = model.code("evaluate").plan.carries();
    if (streams) {
      RowStreams.require(table, model.spec());
    }
    boolean joined = areJoined(model);
    if (streams && !joined) {
      throw new Fault(model.spec().name() + ".nn: a loss or metric is made of all rows together, and rows carry a state from one to the next", "take a mean over rows");
    }
    int most = streams ? 1 : joined ? Math.min(BATCH, table.size()) : table.size();
    batch = joined ? MemoryNeed.together(model.spec(), "evaluate", BatchFeeder.largest(model, "evaluate", table, most), most) : most;
    alike = joined ? AlikeRows.of(model, "evaluate", table, batch) : AlikeRows.together(table);
    feeder = new BatchFeeder(model, "evaluate", table, batch, threads);
    tally = new MetricTally(model, feeder.context(), table.size(), threads);
    executor = feeder.context().executor();
    executor.expect(executor.totalWork() * Integers.ceilDiv(table.size(), batch) * passes);
  }

  private static boolean areJoined(Model model) {
    for (Result result : model.code("evaluate").plan.results()) {
      if (result.rows() == Result.MIXED) {
        return false;
      }
    }
    return true;
  }

  /** What it runs over. */
  public Table table() {
    return table;
  }

  /** The seed of the random draws in the runs that follow; 0 at the beginning. */
  public void seed(long seed) {
    feeder.context().seed(seed);
  }

  /** Has the code compiled that {@link #run} will need, if it will have much to do, while other things go on. */
  void announce() {
    executor.announce();
  }

  /** What all rows come to. Ends early, with null, if {@code interrupt} asks for it. */
  public List<Figure> run(Interrupt interrupt) {
    executor.prepare();
    tally.clear();
    feeder.context().restart();
    int count;
    for (int from = 0; from < table.size(); from += count) {
      count = alike.count(from);
      feeder.feed(alike.rows(), from, count);
      feeder.context().firstRow(alike.place(from));
      feeder.context().run();
      tally.add(count);
      if (interrupt.requested()) {
        return null;
      }
    }
    return tally.figures();
  }
}
