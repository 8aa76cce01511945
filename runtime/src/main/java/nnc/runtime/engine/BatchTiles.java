package nnc.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Slices;
import nnc.runtime.spec.Polynomials;

/** The slices that a batch is cut into at present, as equal as can be, and what a plan's calls over each of them are given. */
public final class BatchTiles {
  /** A slice of no more than this part of the planned size would read weights for too few examples. */
  private static final int SMALLEST = 4;

  private final Slices slices;
  private final int threads;
  private final int[] dims;
  /** Calls over slices of the larger size, and over those that are one example smaller, where the batch begins. */
  private final CallTable larger;
  private final CallTable smaller;
  /** By thread, the arguments of the calls over the slice that it is at. */
  private final int[][] arguments;

  /** Arguments that move from slice to slice, and by how many elements an example. */
  private final int[] moving;
  private final Poly[] rows;
  private final int[] steps;
  /** Arguments that each thread has of its own, and how far those of one thread are from the next one's. */
  private final int[] own;
  private final int distance;

  private final DrawNumbers draws;
  private long firstRow;

  private int count;
  private int size;
  /** How many slices are of the larger size. */
  private int larges;

  /**
   * Slices that {@link #evaluate} cuts.
   *
   * @param bases    of the plan's slots; of those that each thread has of its own, the first thread's
   * @param distance from there to the next thread's
   */
  public BatchTiles(Plan plan, int[] bases, int[] present, int threads, int distance) {
    slices = plan.slices();
    this.threads = threads;
    this.distance = distance;
    dims = present.clone();
    larger = new CallTable(plan, bases, dims);
    smaller = new CallTable(plan, bases, dims);
    arguments = new int[threads][larger.arguments.length];
    List<Integer> moves = new ArrayList<>();
    List<Poly> polys = new ArrayList<>();
    List<Integer> owns = new ArrayList<>();
    for (int i = slices.from(); i < slices.to(); i++) {
      List<Argument> given = plan.calls().get(i).arguments();
      for (int k = 0; k < given.size(); k++) {
        if (given.get(k) instanceof Argument.Slot slot && slices.own().contains(slot.slot())) {
          owns.add(larger.at[i] + k);
        } else if (given.get(k) instanceof Argument.Slot slot && slot.slot() < slices.rows().size()) {
          moves.add(larger.at[i] + k);
          polys.add(slices.rows().get(slot.slot()));
        }
      }
    }
    draws = new DrawNumbers(plan, larger.at, slices.from(), slices.to());
    own = array(owns);
    moving = array(moves);
    rows = polys.toArray(new Poly[0]);
    steps = new int[rows.length];
  }

  private static int[] array(List<Integer> list) {
    int[] array = new int[list.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = list.get(i);
    }
    return array;
  }

  /** Brings everything up to date that depends on the dimensions, and on the number of the batch's first row. */
  public void evaluate(int[] present, long firstRow) {
    draws.evaluate(present);
    from(firstRow);
    int examples = present[slices.dim()];
    count = count(examples);
    if (!cuts()) {
      return;
    }
    size = Math.ceilDiv(examples, count);
    larges = examples - count * (size - 1);
    System.arraycopy(present, 0, dims, 0, dims.length);
    for (int i = 0; i < steps.length; i++) {
      steps[i] = (int) Polynomials.value(rows[i], dims);
    }
    dims[slices.dim()] = size;
    larger.evaluate(dims, firstRow);
    dims[slices.dim()] = size - 1;
    smaller.evaluate(dims, firstRow);
  }

  /** Sets the number of the batch's first row. */
  public void from(long firstRow) {
    this.firstRow = firstRow;
  }

  /** Of what fits one slice, one; otherwise as many for each thread, if that does not leave them a small part of a slice. */
  private int count(int examples) {
    int least = Math.ceilDiv(examples, slices.size());
    int even = Math.ceilDiv(least, threads) * threads;
    return least < 2 || examples < even || examples / even < slices.size() / SMALLEST ? least : even;
  }

  /** Whether the batch is cut: otherwise the whole of it is no larger than a slice. */
  public boolean cuts() {
    return count > 1;
  }

  /** Whether there is a slice for each of several threads. */
  public boolean forks() {
    return threads > 1 && count >= threads;
  }

  public int count() {
    return count;
  }

  /** The calls over a slice, but for their arguments. */
  public CallTable table(int slice) {
    return slice < larges ? larger : smaller;
  }

  /** The arguments of the calls over a slice by a thread, until it asks for others; {@code shared} begins with those that all calls share. */
  public int[] arguments(int thread, int slice, int[] shared) {
    int[] given = arguments[thread];
    CallTable table = table(slice);
    System.arraycopy(table.arguments, 0, given, 0, given.length);
    System.arraycopy(shared, 0, given, 0, Kernels.FIRST);
    int first = slice * size - Math.max(0, slice - larges);
    for (int i = 0; i < moving.length; i++) {
      given[moving[i]] += first * steps[i];
    }
    for (int i = 0; i < own.length; i++) {
      given[own[i]] += thread * distance;
    }
    draws.set(given, firstRow, slices.dim(), first);
    return given;
  }
}
