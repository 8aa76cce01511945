package nnc.runtime.data;

import java.util.Arrays;

/** Columns for tests of other packages. */
public final class ColumnsForTest {
  private ColumnsForTest() {}

  /** Rows of zeros of some lengths. */
  public static Column ragged(String name, int[] lengths) {
    return Column.ragged(name, new int[0], new double[Arrays.stream(lengths).sum()], lengths);
  }
}
