package nnc.runtime.data;

/** A row of texts. */
interface Fields {
  /** What stands in a field. */
  String text(int field);

  /** Where it stands, for messages: {@code d.csv:2:3}. */
  String place(int field);
}
