package nnc.runtime.train;

import java.util.Arrays;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Integers;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.engine.CounterRandom;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.train.TrainingSettings.Batching;

/**
 * In which order an epoch goes through the rows of a table, and where its batches end. It follows from seed and epoch alone.
 *
 * <p>Rows that differ in length are shuffled as others are, and then put together by their lengths, so that little of a batch is padding: within pools of so many
 * batches rows are sorted, cut into batches, and the batches of all pools shuffled. Which rows meet is so another matter in each epoch, and whether short
 * or long ones come next is left to chance.
 *
 * <p>Rows of which each goes on where another has ended are streams, and every epoch has the same order of them ({@link RowStreams}).
 */
public final class EpochOrder {
  /** The stream that an epoch's rows are shuffled by, at the epoch's number. */
  public static final int SHUFFLE = CounterRandom.stream("shuffle");

  /** Batches that rows are sorted within: padding is about one part in so many of how much lengths differ. */
  private static final int POOL = 64;

  private final Table table;
  private final long seed;
  private final Batching batching;
  /** Rows that a batch has at most, and at least if lengths decide how many it has. */
  private final int batch;
  private final int least;
  /** Whose lengths count; none if all rows are alike. */
  private final List<Column> ragged;
  private final int[] order;
  /** The epoch that it is the order of; -1 before the first. */
  private int arranged = -1;
  /** Behind the last place of each batch; null if all but the last have as many rows. */
  private int[] ends;

  /** @param least how many rows a batch needs */
  EpochOrder(ModelSpec spec, Table table, TrainingSettings settings, int least) {
    this.table = table;
    this.least = Math.max(1, least);
    seed = settings.seed();
    batching = settings.batching();
    batch = Math.min(batching.rows(), table.size());
    ragged = table.ragged(spec.inputs());
    order = table.rows().clone();
    if (batching.tokens() > 0) {
      requireRoom();
    }
    if (batching.streams()) {
      RowStreams.require(table, spec);
    }
  }

  /** The longest row has to fit as often as a batch needs rows, and when the last batch of a pool takes some of the one before it, that needs them too. */
  private void requireRoom() {
    if (ragged.isEmpty()) {
      throw new Fault("tokens = " + batching.tokens() + " bounds the places of batches whose rows differ in length, and those of " + table.origin() + " do not",
          "batch bounds the rows of a batch");
    }
    long longest = 0;
    for (int row : table.rows()) {
      longest = Math.max(longest, length(row));
    }
    long needed = longest * (least == 1 ? 1 : 2L * least);
    if (needed > batching.tokens()) {
      throw new Fault("tokens = " + batching.tokens() + ": the longest row of " + table.origin() + " has " + longest + " places"
          + (least == 1 ? "" : ", and a batch needs " + least + " rows"), "take at least tokens = " + needed);
    }
  }

  /** The length of a row that counts: the largest it has. */
  private int length(int row) {
    int length = 0;
    for (int i = 0; i < ragged.size(); i++) {
      length = Math.max(length, ragged.get(i).length(row));
    }
    return length;
  }

  /** Rows, in the order that was arranged last. */
  int[] rows() {
    return order;
  }

  /** How many rows the batch has that begins at a place. */
  int count(int place) {
    if (ends == null) {
      return Math.min(batch, order.length - place);
    }
    int found = Arrays.binarySearch(ends, place);
    return ends[found < 0 ? -found - 1 : found + 1] - place;
  }

  /** Whether a batch of the present epoch begins at a place, or the epoch ends there. */
  boolean begins(int place) {
    return place == 0 || place == order.length || (ends == null ? place % batch == 0 : Arrays.binarySearch(ends, place) >= 0);
  }

  /** How many batches the present epoch has. */
  int batches() {
    return ends == null ? (order.length + batch - 1) / batch : ends.length;
  }

  /** Arranges an epoch: its order is the table's own, shuffled unless the program says that it is not to be. */
  void arrange(int epoch) {
    if (epoch == arranged) {
      return;
    }
    arranged = epoch;
    if (batching.streams()) {
      RowStreams.arrange(table.rows(), batch, order);
      return;
    }
    System.arraycopy(table.rows(), 0, order, 0, order.length);
    if (batching.shuffle()) {
      CounterRandom.shuffle(order, seed, epoch, SHUFFLE);
    }
    if (ragged.isEmpty()) {
      return;
    }
    if (batching.tokens() > 0) {
      byTokens(epoch);
    } else if (batching.shuffle()) {
      byRows(epoch);
    }
  }

  /** Batches of as many rows each; what is left over, rows of any length, is the last one. */
  private void byRows(int epoch) {
    int whole = order.length / batch;
    for (int from = 0; from < whole; from += POOL) {
      sort(from * batch, Math.min(whole, from + POOL) * batch);
    }
    int[] bounds = new int[whole];
    for (int i = 0; i < whole; i++) {
      bounds[i] = (i + 1) * batch;
    }
    permute(bounds, epoch);
  }

  /** Batches of as many rows as places allow. */
  private void byTokens(int epoch) {
    int[] bounds = new int[order.length];
    int count = 0;
    int pool = batching.shuffle() ? (int) Math.min(order.length, (long) POOL * batch) : order.length;
    int to;
    for (int from = 0; from < order.length; from = to) {
      // too few for a batch go with the pool before them
      to = order.length - from - pool < least ? order.length : from + pool;
      if (batching.shuffle()) {
        sort(from, to);
      }
      int before = count;
      count = cut(from, to, bounds, count);
      if (count > before + 1) {
        bounds[count - 2] = Math.min(bounds[count - 2], to - Math.min(least, to - from));
      }
    }
    ends = Arrays.copyOf(bounds, count);
    if (batching.shuffle()) {
      permute(ends, epoch);
    }
  }

  /** Writes where batches of some rows end, from a place of the bounds on; gives the place behind the last. */
  private int cut(int from, int to, int[] bounds, int count) {
    int begun = from;
    int longest = 0;
    for (int i = from; i < to; i++) {
      int longer = Math.max(longest, length(order[i]));
      if (i > begun && (i - begun == batch || (long) longer * (i + 1 - begun) > batching.tokens())) {
        bounds[count++] = i;
        begun = i;
        longer = length(order[i]);
      }
      longest = longer;
    }
    bounds[count++] = to;
    return count;
  }

  /** Sorts rows by their lengths; those of one length stay as they were shuffled. */
  private void sort(int from, int to) {
    int[] lengths = new int[to - from];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = length(order[from + i]);
    }
    int[] sorted = Integers.order(lengths);
    int[] rows = Arrays.copyOfRange(order, from, to);
    for (int i = 0; i < sorted.length; i++) {
      order[from + i] = rows[sorted[i]];
    }
  }

  /** Puts batches into an order of their own; the bounds become those of that order. */
  private void permute(int[] bounds, int epoch) {
    int[] rows = order.clone();
    int[] old = bounds.clone();
    int[] turn = new int[bounds.length];
    for (int i = 0; i < turn.length; i++) {
      turn[i] = i;
    }
    CounterRandom.shuffle(turn, seed, epoch, CounterRandom.stream("batches"));
    int at = 0;
    for (int i = 0; i < turn.length; i++) {
      int from = turn[i] == 0 ? 0 : old[turn[i] - 1];
      System.arraycopy(rows, from, order, at, old[turn[i]] - from);
      at += old[turn[i]] - from;
      bounds[i] = at;
    }
  }
}
