package nnc.playground;

/** Something that was done to a network while it was trained, after so many steps: with these a link reproduces a run. */
sealed interface Change {
  /** How many steps had been done. */
  int step();

  /** Another learning rate. */
  record Rate(int step, double rate) implements Change {}

  /**
   * A weight was set.
   *
   * @param index its row-major place in the array of that path
   */
  record Edit(int step, String path, int index, double value) implements Change {}
}
