package nnc.spark;

import org.apache.spark.TaskContext;

/** Which row is at hand, for messages: Spark's rows have no numbers but within their partition. */
final class RowPlace {
  private long row;

  /** Goes to a row of this task's partition, from 0 on. */
  void at(long number) {
    row = number;
  }

  String text() {
    TaskContext task = TaskContext.get();
    return "row " + row + (task == null ? "" : " of partition " + task.partitionId());
  }
}
