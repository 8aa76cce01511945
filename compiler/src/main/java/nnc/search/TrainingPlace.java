package nnc.search;

import java.nio.file.Path;
import java.util.Map;
import nnc.runtime.train.Interrupt;

/** Where trials are trained that this process does not train itself. Safe for use by several threads. */
public interface TrainingPlace {
  /**
   * What is to be trained: a network's jar, on the data that its program names.
   *
   * @param base    where the program is; paths of data files start here
   * @param data    where data files are instead, or null
   * @param before  a weight file from whose training it goes on; null for new weights
   * @param role    of the data that it is evaluated on
   * @param threads of the training
   */
  record Order(byte[] jar, Path base, Path data, long seed, int epochs, byte[] before, String role, int threads) {}

  /**
   * What came of it.
   *
   * @param figures loss and metrics that are one number, by name
   * @param weights a weight file
   */
  record Learned(Map<String, Double> figures, byte[] weights) {}

  /**
   * Trains; null if it was interrupted.
   *
   * @throws nnc.runtime.base.Fault what a training in this process would throw, or that the place is gone
   */
  Learned train(Order order, Interrupt interrupt);
}
