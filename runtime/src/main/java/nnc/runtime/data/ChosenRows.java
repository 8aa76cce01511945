package nnc.runtime.data;

/** Says which rows a part takes that is no plain share. */
interface ChosenRows {
  /**
   * The rows that a part takes.
   *
   * @param rows those that it may take some of
   */
  int[] taken(DataPart part, Table table, int[] rows);
}
