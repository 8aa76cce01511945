package nnc.runtime;

import java.util.Map;

/**
 * Where training stands; with the weights and the optimizer's memory all that it needs to go on to the same bits.
 *
 * @param epoch    the present epoch, from 0
 * @param step     steps done
 * @param place    examples of the present epoch that are done
 * @param rows     examples of an epoch
 * @param waited   epochs since the validation loss was lowest
 * @param bestLoss the lowest validation loss; infinite if there is none yet
 * @param sums     the present epoch's sums of loss and metrics
 */
record Position(int epoch, int step, int place, int rows, int batch, long seed, int waited, double bestLoss, double[] sums) {
  private static final String COUNTS = Weights.OWN + "position", BEST = Weights.OWN + "best_loss", SUMS = Weights.OWN + "sums";
  private static final int VERSION = 1;

  void write(Map<String, Tensor> arrays) {
    arrays.put(COUNTS, new Tensor(new int[] {8}, new long[] {VERSION, epoch, step, place, rows, batch, seed, waited}));
    arrays.put(BEST, new Tensor(new int[0], new double[] {bestLoss}));
    arrays.put(SUMS, new Tensor(new int[] {sums.length}, sums));
  }

  /** Reads it from a weight file's arrays. */
  static Position read(Map<String, Tensor> arrays, String origin) {
    Tensor counts = arrays.get(COUNTS);
    Tensor best = arrays.get(BEST);
    Tensor sums = arrays.get(SUMS);
    if (counts == null || best == null || sums == null || counts.size() != 8 || counts.get(0) != VERSION) {
      throw new Fault(origin + ": has no training position to resume from", "start from its weights with --init instead");
    }
    long[] values = (long[]) counts.data();
    return new Position((int) values[1], (int) values[2], (int) values[3], (int) values[4], (int) values[5], values[6], (int) values[7],
        best.get(0), sums.toDoubles());
  }
}
