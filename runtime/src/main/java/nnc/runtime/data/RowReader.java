package nnc.runtime.data;

/** The rows of a {@link Column} that are not in memory: read when they are asked for. Several threads may ask at the same time. */
public interface RowReader {
  /** How many there are. */
  int rows();

  /**
   * Puts the numbers of a row one behind the other.
   *
   * @param memory {@code float[]} or {@code double[]}
   * @param to     where the first goes
   */
  void read(int row, Object memory, int to);
}
