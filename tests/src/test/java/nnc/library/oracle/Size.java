package nnc.library.oracle;

import java.util.List;

/**
 * How large the arrays of a program are.
 *
 * @param batch rows
 * @param n     what else may be of any size, as a row's length
 */
record Size(int batch, int n) {
  /** Each size as a row's length and as a number of rows: below, at and above those of vectors and tiles. */
  static final List<Size> ALL = List.of(new Size(127, 1), new Size(65, 2), new Size(31, 3), new Size(33, 5), new Size(17, 7), new Size(7, 17),
      new Size(5, 31), new Size(3, 33), new Size(2, 65), new Size(129, 3), new Size(1, 127), new Size(2, 129));

  /** At most this: where a formula's loops would take long. */
  int upTo(int most) {
    return Math.min(n, most);
  }
}
