package nnc.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.base.Integers;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Tiling;
import nnc.runtime.spec.Polynomials;

/**
 * The tiles that a batch is cut into at its present size, as equal as can be, and the arguments of a plan's calls over each of them.
 *
 * <pre>
 *   batch of 23, tiles of at most 6:   [ 0 .. 5 | 6 .. 11 | 12 .. 17 | 18 .. 22 ]   the larger ones first
 * </pre>
 */
public final class BatchTiles {
  /** A tile of no more than this part of the planned size would read weights for too few examples. */
  private static final int SMALLEST = 4;

  private final Plan plan;
  private final Tiling tiles;
  private final int threads;
  private final int[] dims;
  /** Calls over tiles of the larger size, and over those that are one example smaller, where the batch begins. */
  private final CallTable larger;
  private final CallTable smaller;
  /** By thread, the arguments of the calls over the tile that it is at. */
  private final int[][] arguments;

  /** Arguments that are offsets into buffers of the whole batch, and by how many elements an example moves them. */
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
  /** How many tiles are of the larger size. */
  private int largeTiles;

  /**
   * Tiles that {@link #evaluate} cuts.
   *
   * @param bases    of the plan's slots; of those that each thread has of its own, the first thread's
   * @param distance from there to the next thread's
   */
  public BatchTiles(Plan plan, int[] bases, int[] present, int threads, int distance) {
    this.plan = plan;
    tiles = plan.tiling();
    this.threads = threads;
    this.distance = distance;
    dims = present.clone();
    larger = new CallTable(plan, bases, dims);
    smaller = new CallTable(plan, bases, dims);
    arguments = new int[threads][larger.arguments.length];
    List<Integer> moves = new ArrayList<>();
    List<Poly> polys = new ArrayList<>();
    List<Integer> owns = new ArrayList<>();
    for (int i = tiles.from(); i < tiles.to(); i++) {
      List<Argument> moved = plan.calls().get(i).arguments();
      for (int k = 0; k < moved.size(); k++) {
        if (moved.get(k) instanceof Argument.Slot slot && tiles.own().contains(slot.slot())) {
          owns.add(larger.at[i] + k);
        } else if (moved.get(k) instanceof Argument.Slot slot && slot.slot() < tiles.rows().size()) {
          moves.add(larger.at[i] + k);
          polys.add(tiles.rows().get(slot.slot()));
        }
      }
    }
    draws = new DrawNumbers(plan, larger.at, tiles.from(), tiles.to());
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
    int examples = present[tiles.dim()];
    count = count(examples);
    if (!cuts()) {
      return;
    }
    size = Integers.ceilDiv(examples, count);
    largeTiles = examples - count * (size - 1);
    System.arraycopy(present, 0, dims, 0, dims.length);
    for (int i = 0; i < steps.length; i++) {
      steps[i] = (int) Polynomials.value(rows[i], dims);
    }
    dims[tiles.dim()] = size;
    Polynomials.divide(plan, dims);
    larger.evaluate(dims, firstRow);
    dims[tiles.dim()] = size - 1;
    Polynomials.divide(plan, dims);
    smaller.evaluate(dims, firstRow);
  }

  /** Sets the number of the batch's first row. */
  public void from(long firstRow) {
    this.firstRow = firstRow;
  }

  /** Of what fits one tile, one; otherwise as many for each thread, if that does not leave them a small part of a tile. */
  private int count(int examples) {
    int least = Integers.ceilDiv(examples, tiles.size());
    int even = Integers.ceilDiv(least, threads) * threads;
    return least < 2 || examples < even || examples / even < tiles.size() / SMALLEST ? least : even;
  }

  /** Whether the batch is cut: otherwise the whole of it is no larger than a tile. */
  public boolean cuts() {
    return count > 1;
  }

  /** Whether there is a tile for each of several threads. */
  public boolean forks() {
    return threads > 1 && count >= threads;
  }

  public int count() {
    return count;
  }

  /** The calls over a tile, but for their arguments. */
  public CallTable table(int tile) {
    return tile < largeTiles ? larger : smaller;
  }

  /** The arguments of the calls over a tile by a thread, until it asks for others; {@code shared} begins with those that all calls share. */
  public int[] arguments(int thread, int tile, int[] shared) {
    int[] moved = arguments[thread];
    CallTable table = table(tile);
    System.arraycopy(table.arguments, 0, moved, 0, moved.length);
    System.arraycopy(shared, 0, moved, 0, Kernels.FIRST);
    int first = tile * size - Math.max(0, tile - largeTiles);
    for (int i = 0; i < moving.length; i++) {
      moved[moving[i]] += first * steps[i];
    }
    for (int i = 0; i < own.length; i++) {
      moved[own[i]] += thread * distance;
    }
    draws.set(moved, firstRow, tiles.dim(), first);
    return moved;
  }
}
