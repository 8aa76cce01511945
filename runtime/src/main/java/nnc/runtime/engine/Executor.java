package nnc.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.Polynomials;

/**
 * Runs a plan's calls at the present sizes of its open dimensions, on memory of its own. A run allocates nothing.
 *
 * <pre>
 *   call 0 .. from     over the whole batch
 *   call from .. to    over tiles of it, one after the other or one a thread, where the batch is larger than a tile
 *   call to .. calls   over the whole batch
 * </pre>
 */
public final class Executor {
  /** The largest size of a dimension that nothing is made for. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** With up to 2^22 draws a row their numbers fit 62 bits. */
  private static final long MOST_ROWS = 1L << 40;

  /** How long is waited for vector code where much is to be done; what is not compiled by then follows kernel by kernel. */
  private static final long WORTH_WAITING_NS = 5_000_000_000L;

  /** Elements that are worth a fork to copy. */
  private static final int MANY = 1 << 14;

  private final WeightStore store;
  private final KernelSet code;
  private final Plan plan;
  private final Threads threads;
  private final int[] largest;
  private final int[] dims;
  private final Arena arena;
  private final Object memory;

  /** The calls over the whole batch; those over tiles of it, if it is large enough; and what is gone through at present. */
  private final CallTable table;
  private final BatchTiles tiles;
  private final Run order;
  private CallTable current;
  private int[] arguments;
  private final int stepSlot;
  private final int epochSlot;
  private final Part[] parts;
  private final TileByTile tileByTile = new TileByTile();

  private long firstRow;
  private final SizeConditions needs;
  private final ForkGrain grain;

  /** Whether vector code is not yet compiled for the present sizes. */
  private boolean scalar;
  private boolean vectorsKnown;

  /** The version of the weights that prepared calls have run for. */
  private int prepared = -1;

  /**
   * Allocates the memory.
   *
   * @param precision bits of an element
   * @param largest   the largest size of each open dimension, in the plan's order; {@link #UNLIMITED} of those that no memory depends on
   * @throws Fault if there is not so much
   */
  public Executor(WeightStore store, KernelSet code, int precision, int[] largest, Threads threads) {
    this.store = store;
    this.code = code;
    this.threads = threads;
    plan = code.plan;
    this.largest = Polynomials.sizes(plan, largest);
    code.load();
    dims = this.largest.clone();
    for (int i = 0; i < plan.dims().size(); i++) {
      dims[i] = dims[i] == UNLIMITED ? 1 : dims[i];
    }
    Polynomials.divide(plan, dims);
    arena = Arena.allocated(plan, precision, this.largest, threads.count());
    memory = arena.memory();
    table = new CallTable(plan, arena.bases, dims);
    parts = new Part[calls()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new Part(i);
    }
    order = new Run();
    tiles = Arena.isCut(plan, this.largest) ? new BatchTiles(plan, arena.bases, dims, threads.count(), arena.own) : null;
    over(table, table.arguments);
    stepSlot = counter("step");
    epochSlot = counter("epoch");
    needs = new SizeConditions(plan, dims);
    grain = new ForkGrain(plan, table, code, threads.count());
    evaluate();
  }

  private int counter(String name) {
    Place place = plan.counters().get(name);
    return place == null ? -1 : arena.bases[place.slot()];
  }

  /** Brings everything up to date that depends on the dimensions. */
  private void evaluate() {
    needs.evaluate();
    table.evaluate(dims, firstRow);
    if (tiles != null) {
      tiles.evaluate(dims, firstRow);
    }
  }

  // ---- what a run is fed

  /**
   * Sets open dimension {@code place}.
   *
   * @return whether it had another size
   * @throws Fault if it is larger than what the memory was made for
   */
  public boolean dim(int place, int size) {
    if (size == dims[place]) {
      return false;
    }
    if (size < 0 || size > largest[place]) {
      throw new Fault(plan.dims().get(place) + " = " + size + ": this context was made for at most " + largest[place]);
    }
    dims[place] = size;
    Polynomials.divide(plan, dims);
    evaluate();
    return true;
  }

  /** The sizes of the open dimensions at present, and behind them what quotients come to. Callers do not write to them. */
  public int[] dims() {
    return dims;
  }

  /** The seed of the random draws in the runs that follow. */
  public void seed(long seed) {
    table.arguments[Kernels.SEED_LOW] = (int) seed;
    table.arguments[Kernels.SEED_HIGH] = (int) (seed >>> 32);
  }

  /**
   * Which of all rows is the first one in the runs that follow; 0 at the beginning.
   *
   * @throws IllegalArgumentException if it is negative or beyond 2^40
   */
  public void firstRow(long row) {
    if (row < 0 || row > MOST_ROWS) {
      throw new IllegalArgumentException("row " + row + " is none of 0 to 2^40");
    }
    firstRow = row;
    table.from(row);
    if (tiles != null) {
      tiles.from(row);
    }
  }

  public long firstRow() {
    return firstRow;
  }

  /** Counts for schedules and random draws: {@code step} from 1, {@code epoch} from 0. */
  public void counters(int step, int epoch) {
    table.arguments[Kernels.STEP] = step;
    table.arguments[Kernels.EPOCH] = epoch;
  }

  // ---- running

  /**
   * Runs the plan on what its inputs' slots hold.
   *
   * @throws Fault if open dimensions are not as large as the network needs; then it has not run
   */
  public void run() {
    if (!needs.areMet()) {
      throw needs.fault();
    }
    if (!vectorsKnown && code.isWarm()) {
      vectorsKnown = true;
      grain.forget();
    }
    grain.begin();
    if (tiles != null && tiles.cuts() && tiles.forks() && code.forks() && grain.forks((long) table.totalWork())) {
      order.each(order, begin(), plan.tiling().from());
      threads.run(tileByTile, tiles.count());
      order.each(order, plan.tiling().to(), calls());
    } else {
      each(order);
    }
    grain.end();
  }

  /** Says that a run is about to begin: before much work is done, vector code begins to be compiled beside this thread. */
  public void spend() {
    if (code.spend(table.totalWork())) {
      warm();
    }
  }

  /** Says how much work there will be in all. */
  public void expect(double work) {
    code.expect(work);
  }

  /** Has vector code compiled beside the program, if much work is expected. */
  public void announce() {
    if (code.isLarge()) {
      warmUp(0);
    }
  }

  /** Waits some seconds for vector code, if so much work is expected that this saves time. */
  public void prepare() {
    if (code.isLarge()) {
      warmUp(WORTH_WAITING_NS);
    }
  }

  /**
   * Has vector code compiled, and waits for it.
   *
   * @param nanos how long at most
   */
  public void warmUp(long nanos) {
    if (code.begin()) {
      warm();
    }
    code.awaitWarm(nanos);
  }

  private void warm() {
    List<CallTable> tables = new ArrayList<>();
    tables.add(sized(dims));
    if (tiles != null) {
      int[] tile = dims.clone();
      tile[plan.tiling().dim()] = Math.min(dims[plan.tiling().dim()], plan.tiling().size());
      Polynomials.divide(plan, tile);
      tables.add(sized(tile));
    }
    code.covers(dims.clone());
    KernelWarmer.start(code, tables, store.weights(), memory instanceof double[], threads.count());
  }

  /** The calls at given sizes. */
  private CallTable sized(int[] sizes) {
    var sized = new CallTable(plan, arena.bases, sizes);
    sized.evaluate(sizes, 0);
    return sized;
  }

  /** What is done with each call of a run. */
  public interface Each {
    /** Call {@code i}, over the tile at hand. */
    void call(int i);
  }

  /** Goes through the calls of a run in their order: where the batch is cut, the calls over tiles once for each of them. */
  public void each(Each each) {
    int first = begin();
    if (tiles == null || !tiles.cuts()) {
      order.each(each, first, calls());
      return;
    }
    order.each(each, first, plan.tiling().from());
    for (int tile = 0; tile < tiles.count(); tile++) {
      over(tiles.table(tile), tiles.arguments(0, tile, table.arguments));
      order.each(each, plan.tiling().from(), plan.tiling().to());
    }
    over(table, table.arguments);
    order.each(each, plan.tiling().to(), calls());
  }

  private void over(CallTable table, int[] arguments) {
    current = table;
    this.arguments = arguments;
  }

  /**
   * What precedes the calls of a run.
   *
   * @return the first of them: those before have been made since the weights changed
   */
  public int begin() {
    scalar = !code.serves(dims);
    over(table, table.arguments);
    if (stepSlot >= 0) {
      NumericArrays.set(memory, stepSlot, table.arguments[Kernels.STEP]);
    }
    if (epochSlot >= 0) {
      NumericArrays.set(memory, epochSlot, table.arguments[Kernels.EPOCH]);
    }
    if (plan.learns()) {
      store.changed();
      return 0;
    }
    int first = prepared == store.version() ? plan.prepared() : 0;
    prepared = store.version();
    return first;
  }

  /** Runs call {@code i} of the plan alone, on this thread. */
  public void call(int i) {
    call(i, kernels(i));
  }

  /** Runs call {@code i} of the plan alone, on as many threads as {@link #run} would. */
  public void callAsInRun(int i) {
    call(kernels(i), i, code.forks() && grain.forks(code.work(table.kernels[i], current.work[i])));
  }

  /** Roughly how many elementary operations call {@code i} takes at the present dimensions, in all turns. */
  public double work(int i) {
    return table.turns(i) * table.work(i);
  }

  /** Runs call {@code i} of the plan alone, on this thread, by the given code. */
  public void call(int i, Kernels compiled) {
    call(compiled, i, false);
  }

  public int calls() {
    return table.kernels.length;
  }

  public int kernel(int call) {
    return table.kernels[call];
  }

  private void call(Kernels compiled, int i, boolean fork) {
    int count = current.blocks[i];
    if (count == 0) {
      return;
    }
    if (fork && count > 1) {
      threads.run(parts[i], count);
    } else {
      compiled.run(table.kernels[i], store.weights(), memory, arguments, table.at[i], arena.scratchStart, 0, count);
    }
  }

  /** What runs a call at present. */
  private Kernels kernels(int call) {
    return scalar ? code.scalar() : code.kernels(table.kernels[call]);
  }

  private int scratch(int thread) {
    return arena.scratchStart + thread * arena.scratchSize;
  }

  /** A call's blocks. One object a call: what workers read of it never changes, and so lies in their caches. */
  private final class Part implements Threads.Task {
    private final int call;

    Part(int call) {
      this.call = call;
    }

    @Override
    public void run(int thread, int from, int to) {
      kernels(call).run(table.kernels[call], store.weights(), memory, arguments, table.at[call], scratch(thread), from, to);
    }
  }

  /** A run: calls whose blocks are shared out, and branches side by side. */
  private final class Run extends CallOrder {
    Run() {
      super(plan, table, arena.bases, memory, dims, threads.count());
    }

    @Override
    public void call(int i) {
      callAsInRun(i);
    }

    @Override
    boolean takes(List<Integer> bounds) {
      return code.forks() && grain.takes(bounds);
    }

    @Override
    void fork(int branches) {
      threads.run(this, branches);
    }

    @Override
    void call(int thread, int call) {
      int count = table.blocks[call];
      if (count > 0) {
        kernels(call).run(table.kernels[call], store.weights(), memory, table.arguments, table.at[call], scratch(thread), 0, count);
      }
    }
  }

  /** The calls over tiles, each thread at a tile of its own. */
  private final class TileByTile implements Threads.Task {
    @Override
    public void run(int thread, int from, int to) {
      for (int tile = from; tile < to; tile++) {
        int[] arguments = tiles.arguments(thread, tile, table.arguments);
        int[] blocks = tiles.table(tile).blocks;
        for (int i = plan.tiling().from(); i < plan.tiling().to(); i++) {
          if (blocks[i] > 0) {
            kernels(i).run(table.kernels[i], store.weights(), memory, arguments, table.at[i], scratch(thread), 0, blocks[i]);
          }
        }
      }
    }
  }

  // ---- what there is

  /** Whether so many elements are better copied by all threads. */
  public boolean shares(int elements) {
    return elements >= MANY && threads.count() > 1;
  }

  /** Runs a task on the threads of a run. */
  public void share(Threads.Task task, int blocks) {
    threads.run(task, blocks);
  }

  public Plan plan() {
    return plan;
  }

  public SizeConditions needs() {
    return needs;
  }

  public Object memory() {
    return memory;
  }

  /** Parameters, states and tables, which the model's contexts share. */
  public Object weights() {
    return store.weights();
  }

  public int base(int slot) {
    return arena.bases[slot];
  }

  /** The size of a slot at the present dimensions. */
  public int slotSize(int slot) {
    return (int) Polynomials.value(plan.slots().get(slot), dims);
  }

  /** The elements of the arena: slots and scratch. */
  public int arenaSize() {
    return NumericArrays.length(memory);
  }

  /** Roughly how many elementary operations a run takes at the present dimensions. */
  public double totalWork() {
    return table.totalWork();
  }
}
