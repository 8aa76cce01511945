package nnc.runtime.learn;

import java.util.Map;

/**
 * Examples that are not in memory together, such as files on a disk. It is asked for them one after the other, in the order in which they are trained
 * on, by one thread at a time: by one of its own for the next batch, while the present one is trained on.
 */
public interface ExampleSource {
  /** How many there are; the same at each call. */
  int size();

  /** The shape of one example by the names of inputs and targets, none for a number; the same at each call. */
  Map<String, int[]> shapes();

  /**
   * Puts the numbers of an example into arrays by name, each row-major in its shape. The arrays are used again for the next example, and hold what the
   * one before had. What this throws ends training as what a listener throws does, but for what was learned: {@link TrainingRun#model} has it.
   *
   * @param example its number, from 0 on; the same numbers each time that it is asked for
   */
  void read(int example, Map<String, double[]> into);
}
