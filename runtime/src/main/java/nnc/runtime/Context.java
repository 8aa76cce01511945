package nnc.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.engine.Arena;
import nnc.runtime.engine.BatchTiles;
import nnc.runtime.engine.CallTable;
import nnc.runtime.engine.IndexCheck;
import nnc.runtime.engine.KernelSet;
import nnc.runtime.engine.KernelWarmer;
import nnc.runtime.engine.Kernels;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.engine.SizeConditions;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.Polynomials;

/**
 * One plan of a model with memory of its own, made for a largest batch and ready for any smaller one; for one thread at a time. A run
 * allocates nothing. Feed every input before each run: a run may use an input's memory for other things once it is read.
 */
public final class Context {
  private static final Threads ALONE = new Threads(1);

  /** The largest size of a dimension that nothing is made for. */
  static final int UNLIMITED = Integer.MAX_VALUE;

  /** With up to 2^22 draws a row their numbers fit 62 bits. */
  private static final long MOST_ROWS = 1L << 40;

  private final Model model;
  private final KernelSet code;
  private final Plan plan;
  private final Threads threads;
  private final int[] largest;
  private final int[] dims;
  private final Input[] binders;

  private final Arena arena;
  private final Object memory;

  /** The calls over the whole batch; those over slices of it, if it is large enough; and what is gone through at present. */
  private final CallTable table;
  private final BatchTiles slicing;
  private CallTable current;
  private int[] arguments;
  private final Map<String, Input> inputs = new LinkedHashMap<>();
  private final Map<String, Input> unread = new LinkedHashMap<>();
  private final Input[] fed;
  private final List<Output> results = new ArrayList<>();
  private final int stepSlot;
  private final int epochSlot;
  private final Part[] parts;
  private final SliceBySlice sliceBySlice = new SliceBySlice();
  private final Each direct = new Each() {
    @Override
    public void call(int i) {
      callAsInRun(i);
    }
  };

  private long firstRow;
  private final IndexCheck[] checks;
  private final SizeConditions needs;

  /** The version of the weights that prepared calls have run for. */
  private int prepared = -1;

  /** @param largest the largest size of each open dimension, in the plan's order; {@link #UNLIMITED} of those that no memory depends on */
  Context(Model model, KernelSet code, int[] largest, Threads threads) {
    this.model = model;
    this.code = code;
    this.threads = threads;
    this.largest = largest.clone();
    plan = code.plan;
    code.load();
    dims = largest.clone();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = dims[i] == UNLIMITED ? 1 : dims[i];
    }
    binders = new Input[dims.length];
    boolean slices = plan.slices().cut() && largest[plan.slices().dim()] > plan.slices().size();
    arena = new Arena(plan, model.spec().precision(), this.largest, threads.count(), slices);
    memory = arena.memory;
    table = new CallTable(plan, arena.bases, dims);
    parts = new Part[calls()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new Part(i);
    }
    slicing = slices ? new BatchTiles(plan, arena.bases, dims, threads.count(), arena.own) : null;
    over(table, table.arguments);
    stepSlot = counter("step");
    epochSlot = counter("epoch");
    for (var feed : model.spec().inputs()) {
      Place place = plan.inputs().get(feed.name());
      if (place != null) {
        inputs.put(feed.name(), new Input(this, feed, place));
      } else if (plan.unread().containsKey(feed.name())) {
        unread.put(feed.name(), new Input(this, feed, new Place(Input.UNREAD, plan.unread().get(feed.name()))));
      }
    }
    List<Input> all = new ArrayList<>(inputs.values());
    all.addAll(unread.values());
    fed = all.toArray(new Input[0]);
    for (var result : plan.results()) {
      results.add(new Output(this, result));
    }
    checks = IndexCheck.of(this, results("CHECK"));
    needs = new SizeConditions(plan, dims);
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
    if (slicing != null) {
      slicing.evaluate(dims, firstRow);
    }
    for (Input input : fed) {
      input.evaluate(dims);
    }
    for (int i = 0; i < results.size(); i++) {
      results.get(i).evaluate(dims);
    }
  }

  // ---- dimensions

  /**
   * Sets the open dimension that counts examples for the runs that follow.
   *
   * @throws Fault if it is larger than what the context was made for
   */
  public void batch(int size) {
    if (plan.batch() >= 0) {
      dim(plan.batch(), size);
    }
  }

  /** Sets an open dimension by its name in the source. */
  public void dim(String name, int size) {
    int place = plan.dims().indexOf(name);
    if (place < 0) {
      throw new Fault("plan " + plan.name() + " has no open dimension " + name + "; it has " + plan.dims());
    }
    dim(place, size);
  }

  /** Sets open dimension {@code place}. */
  public void dim(int place, int size) {
    if (size == dims[place]) {
      return;
    }
    if (size < 0 || size > largest[place]) {
      throw new Fault(plan.dims().get(place) + " = " + size + ": this context was made for at most " + largest[place]);
    }
    dims[place] = size;
    evaluate();
  }

  /** The size of open dimension {@code place} at present. */
  public int size(int place) {
    return dims[place];
  }

  /** Sets a dimension because {@code input} has it; false if another input of the same run has another size there. */
  boolean bind(int place, int size, Input input) {
    if (dims[place] != size && binders[place] != null && binders[place] != input) {
      return false;
    }
    dim(place, size);
    binders[place] = binders[place] == null ? input : binders[place];
    return true;
  }

  /** Whether {@code input} may choose a dimension's size. */
  boolean free(int place, Input input) {
    return binders[place] == null || binders[place] == input;
  }

  /** Forgets what {@code input}, which was refused, has chosen. */
  void release(Input input) {
    for (int i = 0; i < binders.length; i++) {
      binders[i] = binders[i] == input ? null : binders[i];
    }
  }

  // ---- what goes in and comes out

  /**
   * The input or target of that name. One that nothing depends on may be set all the same: the sizes of open dimensions follow from it.
   *
   * @throws Fault if this plan has no such input
   */
  public Input input(String name) {
    Input input = inputs.containsKey(name) ? inputs.get(name) : unread.get(name);
    if (input == null) {
      throw new Fault("plan " + plan.name() + " has no input " + name + "; it has " + String.join(", ", inputs.keySet()));
    }
    return input;
  }

  /** All inputs and targets that this plan reads, in the order of the source. */
  public List<Input> inputs() {
    return List.copyOf(inputs.values());
  }

  /**
   * The output of that name.
   *
   * @throws Fault if there is none
   */
  public Output output(String name) {
    return result("OUTPUT", name);
  }

  /** A result by role and name, e.g. {@code GRADIENT} of a parameter's path. */
  public Output result(String role, String name) {
    for (int i = 0; i < results.size(); i++) {
      Output output = results.get(i);
      if (output.role().equals(role) && output.name().equals(name)) {
        return output;
      }
    }
    List<String> names = new ArrayList<>();
    for (var output : results(role)) {
      names.add(output.name());
    }
    throw new Fault("plan " + plan.name() + " has no " + role.toLowerCase() + " " + name + "; it has " + String.join(", ", names));
  }

  /** The results of a role, in order. */
  public List<Output> results(String role) {
    List<Output> found = new ArrayList<>();
    for (var output : results) {
      if (output.role().equals(role)) {
        found.add(output);
      }
    }
    return found;
  }

  /** The seed of the random draws in the runs that follow. */
  public void seed(long seed) {
    table.arguments[Kernels.SEED_LOW] = (int) seed;
    table.arguments[Kernels.SEED_HIGH] = (int) (seed >>> 32);
  }

  /**
   * Which of all rows is the first one in the runs that follow; 0 at the beginning. Where a plan predicts or evaluates, what is drawn at random for
   * a row follows from the seed and the row's number, so that batches which go on where the last one ended draw what one batch of all rows would.
   *
   * @throws IllegalArgumentException if it is negative or beyond 2^40
   */
  public void firstRow(long row) {
    if (row < 0 || row > MOST_ROWS) {
      throw new IllegalArgumentException("row " + row + " is none of 0 to 2^40");
    }
    firstRow = row;
    table.from(row);
    if (slicing != null) {
      slicing.from(row);
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
   * Runs the plan on what was fed.
   *
   * @throws Fault if open dimensions are not as large as the network needs, or an index that it computes is no place of what it points into;
   *               then the run has changed no weight
   */
  public void run() {
    model.requireWeights();
    for (int i = 0; i < fed.length; i++) {
      fed[i].requireRight();
    }
    if (!needs.areMet()) {
      end();
      throw needs.fault();
    }
    if (slicing != null && slicing.cuts() && slicing.forks() && code.forks()) {
      each(direct, begin(), plan.slices().from());
      threads.run(sliceBySlice, slicing.count());
      each(direct, plan.slices().to(), calls());
    } else {
      each(direct);
    }
    end();
    for (int i = 0; i < checks.length; i++) {
      checks[i].look();
    }
    if (!plan.learns() && code.spend(table.totalWork())) {
      warm();
    }
  }

  /** Looks, beside this thread, for code that is faster at the present dimensions. */
  private void warm() {
    int[] few = dims.clone();
    if (plan.slices().cut()) {
      few[plan.slices().dim()] = Math.min(few[plan.slices().dim()], plan.slices().size());
    }
    if (SizeConditions.unmet(plan, few) != null) {
      return;
    }
    var own = new Context(model, code, few, ALONE);
    KernelWarmer.start(code, own, new KernelWarmer.Feed() {
      @Override
      public void feed(Context context) {
        KernelWarmer.feedAnything(context);
      }
    });
  }

  /** What is done with each call of a run. */
  public interface Each {
    /** Call {@code i}, over the slice that has its turn. */
    void call(int i);
  }

  /** Goes through the calls of a run in their order: where the batch is cut, the calls over slices once for each of them. */
  public void each(Each each) {
    int first = begin();
    if (slicing == null || !slicing.cuts()) {
      each(each, first, calls());
      return;
    }
    each(each, first, plan.slices().from());
    for (int slice = 0; slice < slicing.count(); slice++) {
      over(slicing.table(slice), slicing.arguments(0, slice, table.arguments));
      each(each, plan.slices().from(), plan.slices().to());
    }
    over(table, table.arguments);
    each(each, plan.slices().to(), calls());
  }

  private void over(CallTable table, int[] arguments) {
    current = table;
    this.arguments = arguments;
  }

  private void each(Each each, int from, int to) {
    for (int i = from; i < to; i++) {
      each.call(i);
    }
  }

  /**
   * What precedes the calls of a run.
   *
   * @return the first of them: those before have been made since the weights changed
   */
  public int begin() {
    over(table, table.arguments);
    if (stepSlot >= 0) {
      NumericArrays.set(memory, stepSlot, table.arguments[Kernels.STEP]);
    }
    if (epochSlot >= 0) {
      NumericArrays.set(memory, epochSlot, table.arguments[Kernels.EPOCH]);
    }
    if (plan.learns()) {
      model.changed();
      return 0;
    }
    int first = prepared == model.version() ? plan.prepared() : 0;
    prepared = model.version();
    return first;
  }

  private void end() {
    for (int i = 0; i < binders.length; i++) {
      binders[i] = null;
    }
  }

  /** Runs call {@code i} of the plan alone, on this thread. */
  public void call(int i) {
    call(i, code.kernels(table.kernels[i]));
  }

  /** Runs call {@code i} of the plan alone, on as many threads as {@link #run} would. */
  public void callAsInRun(int i) {
    call(code.kernels(table.kernels[i]), i, code.forks(table.kernels[i], current.work[i]));
  }

  /** Roughly how many elementary operations call {@code i} takes at the present dimensions. */
  public double work(int i) {
    return Polynomials.value(plan.calls().get(i).work(), dims);
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
      compiled.run(table.kernels[i], model.weights(), memory, arguments, table.at[i], arena.scratchStart, 0, count);
    }
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
      code.kernels(table.kernels[call]).run(table.kernels[call], model.weights(), memory, arguments, table.at[call], scratch(thread), from, to);
    }
  }

  /** The calls over slices, each thread at a slice of its own. */
  private final class SliceBySlice implements Threads.Task {
    @Override
    public void run(int thread, int from, int to) {
      for (int slice = from; slice < to; slice++) {
        int[] given = slicing.arguments(thread, slice, table.arguments);
        int[] blocks = slicing.table(slice).blocks;
        for (int i = plan.slices().from(); i < plan.slices().to(); i++) {
          if (blocks[i] > 0) {
            code.kernels(table.kernels[i]).run(table.kernels[i], model.weights(), memory, given, table.at[i], scratch(thread), 0, blocks[i]);
          }
        }
      }
    }
  }

  // ---- for the runtime itself

  /** Elements fed that are worth a fork. */
  private static final int MANY = 1 << 14;

  /** Whether so many elements are better brought into place by all threads. */
  public boolean shares(int elements) {
    return elements >= MANY && threads.count() > 1;
  }

  /** Runs a task on this context's threads. */
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
    return model.weights();
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

  /** The dimensions by name, for messages. */
  String dimsText() {
    var text = new StringBuilder();
    for (int i = 0; i < dims.length; i++) {
      text.append(i == 0 ? "" : ", ").append(plan.dims().get(i)).append(" = ").append(dims[i]);
    }
    return text.toString();
  }

  /** A fed array's type as the source has it. */
  String text(Feed feed, Place place) {
    return Polynomials.text(feed.kind(), place.shape(), plan.dims());
  }

  /** A result's type. */
  String text(Result result) {
    return Polynomials.text(result.kind(), result.place().shape(), plan.dims());
  }
}
