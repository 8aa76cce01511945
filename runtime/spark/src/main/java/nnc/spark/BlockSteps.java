package nnc.spark;

import java.io.Serializable;
import nnc.runtime.engine.CounterRandom;
import nnc.runtime.train.EpochOrder;

/**
 * Which rows are trained on in which step of an epoch, and by which task. A step's rows are a block; as many blocks as the program accumulates are a round, after which weights
 * change. Steps are counted from 1 through all epochs, and rounds go on from one epoch to the next: all as one machine does.
 *
 * @param rows  of an epoch
 * @param block rows of a step
 * @param round steps of a round
 * @param parts tasks, each with blocks of a round that follow each other
 */
record BlockSteps(int rows, int block, int round, int parts) implements Serializable {
  /** Steps of an epoch. */
  int steps() {
    return (rows + block - 1) / block;
  }

  /** The number of an epoch's first step. */
  int first(int epoch) {
    return Math.addExact(Math.multiplyExact(epoch, steps()), 1);
  }

  /** The task that computes a step. */
  int owner(int step) {
    return (int) ((long) ((step - 1) % round) * parts / round);
  }

  /** The last step of a step's round, or of the epoch if that ends before. */
  int end(int step, int epoch) {
    return Math.min(step - 1 - (step - 1) % round + round, first(epoch) + steps() - 1);
  }

  /** Whether weights change after a step. */
  boolean isRoundEnd(int step) {
    return step % round == 0;
  }

  /** Rows of a step. */
  int size(int step, int epoch) {
    return Math.min(block, rows - (step - first(epoch)) * block);
  }

  /** The step of an epoch that has the row at a place of its order. */
  int step(int place, int epoch) {
    return first(epoch) + place / block;
  }

  /**
   * By row, its place in an epoch's order: that of {@code nnc train}, whatever rows lie on which executor.
   */
  static int[] places(int rows, boolean shuffle, long seed, int epoch) {
    int[] order = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
    if (shuffle) {
      CounterRandom.shuffle(order, seed, epoch, EpochOrder.SHUFFLE);
    }
    int[] places = new int[rows];
    for (int i = 0; i < rows; i++) {
      places[order[i]] = i;
    }
    return places;
  }
}
