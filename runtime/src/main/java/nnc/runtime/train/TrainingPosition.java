package nnc.runtime.train;

import java.util.Arrays;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Integers;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.WeightFile;

/**
 * Where training stands; with the weights and the optimizer's memory all that it needs to go on to the same bits.
 *
 * @param epoch the present epoch, from 0
 * @param step  steps done
 * @param place examples of the present epoch that are done
 * @param rows  examples of an epoch
 * @param tokens places that bound the examples of a batch; 0 if nothing but their number does
 * @param watch what {@link EarlyStopping#state} says of the validation data
 * @param sums  the present epoch's sums of loss and metrics
 */
public record TrainingPosition(int epoch, int step, int place, int rows, int batch, int tokens, long seed, double[] watch, double[] sums) {
  private static final String COUNTS = WeightFile.POSITION, WATCH = WeightFile.OWN + "watch", SUMS = WeightFile.OWN + "sums";
  private static final int VERSION = 2;

  private long[] counts() {
    return tokens == 0 ? new long[] {VERSION, epoch, step, place, rows, batch, seed} : new long[] {VERSION, epoch, step, place, rows, batch, seed, tokens};
  }

  /** Of what {@link #counts} gave. */
  private static TrainingPosition of(long[] values, double[] watch, double[] sums) {
    int tokens = values.length == 8 ? (int) values[7] : 0;
    return new TrainingPosition((int) values[1], (int) values[2], (int) values[3], (int) values[4], (int) values[5], tokens, values[6], watch, sums);
  }

  /** What weights tell of the training that they are from; null if they tell nothing. */
  public static TrainingPosition recorded(Map<String, long[]> record) {
    long[] values = record.get(COUNTS);
    return values == null || values.length != 7 && values.length != 8 || values[0] != VERSION ? null : of(values, new double[0], new double[0]);
  }

  void record(Map<String, long[]> record) {
    record.put(COUNTS, counts());
  }

  void write(Map<String, Tensor> arrays) {
    arrays.put(COUNTS, new Tensor(new int[] {counts().length}, counts()));
    arrays.put(WATCH, new Tensor(new int[] {watch.length}, watch));
    arrays.put(SUMS, new Tensor(new int[] {sums.length}, sums));
  }

  /** Reads it from a weight file's arrays. */
  public static TrainingPosition read(Map<String, Tensor> arrays, String origin) {
    Tensor counts = arrays.get(COUNTS);
    Tensor watch = arrays.get(WATCH);
    Tensor sums = arrays.get(SUMS);
    if (counts == null || watch == null || sums == null || counts.size() != 7 && counts.size() != 8 || counts.get(0) != VERSION) {
      throw new Fault(origin + ": has no training position to resume from", "start from its weights with --init instead");
    }
    if (!(counts.data() instanceof long[] values) || !(watch.data() instanceof double[] watched) || watched.length != 0 && watched.length != 3
        || !(sums.data() instanceof double[] summed)) {
      throw damaged(origin, counts + ", " + watch + " and " + sums);
    }
    for (int i = 1; i < values.length; i++) {
      if (i != 6 && (values[i] < 0 || values[i] > Integer.MAX_VALUE)) {
        throw damaged(origin, Arrays.toString(values));
      }
    }
    var position = of(values, watched, summed);
    if (!position.agrees()) {
      throw damaged(origin, "step " + position.step + " is not that of example " + position.place + " of " + position.rows + " in epoch "
          + (position.epoch + 1) + " with batch " + position.batch);
    }
    return position;
  }

  private static Fault damaged(String origin, String what) {
    return new Fault(origin + ": array " + COUNTS + ": no position that training could be at: " + what, "start from its weights with --init instead");
  }

  /** Whether as many steps are done as there are in the epochs and the examples that are; where places bound batches, as many as there are at least. */
  private boolean agrees() {
    if (tokens > 0) {
      return batch >= 1 && rows >= 1 && place <= rows && step >= (long) epoch * Integers.ceilDiv(rows, batch) + Integers.ceilDiv(place, batch)
          && step <= (long) epoch * rows + place;
    }
    if (batch < 1 || rows < 1 || place > rows || place % batch != 0 && place < rows) {
      return false;
    }
    int used = Math.min(batch, rows);
    return step == (long) epoch * Integers.ceilDiv(rows, used) + Integers.ceilDiv(place, used);
  }
}
