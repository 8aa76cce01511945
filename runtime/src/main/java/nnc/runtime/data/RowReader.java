package nnc.runtime.data;

/** The rows of a {@link Column} that are not in memory: read when they are asked for, by one thread at a time. */
public interface RowReader {
  /** How many there are. */
  int rows();

  /** Row {@code row}'s numbers, which stay until the next row is read. */
  double[] read(int row);
}
