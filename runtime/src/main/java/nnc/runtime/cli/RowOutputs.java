package nnc.runtime.cli;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.Context;
import nnc.runtime.Output;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.spec.ModelSpec.Role;

/** What was predicted for rows that may differ in length, each by itself: outputs have as many places for a row as the row has. */
final class RowOutputs {
  private final List<Output> outputs;
  /** By row and output, with an axis of 1 for the row before its own. */
  private final Tensor[][] rows;

  /** Room for so many rows of what a context gives. */
  RowOutputs(Context context, int count) {
    outputs = new ArrayList<>(context.results(Role.OUTPUT));
    rows = new Tensor[count][outputs.size()];
    for (Output output : outputs) {
      if (!output.isByRow()) {
        throw new Fault("output " + output.declaration() + " has no row for each example", "of rows that differ in length, outputs begin with the axis that counts them");
      }
    }
  }

  /**
   * Takes what the last run has given.
   *
   * @param places which of all rows those of the batch are
   */
  void take(int[] places) {
    for (int i = 0; i < outputs.size(); i++) {
      Tensor all = outputs.get(i).tensor();
      for (int k = 0; k < places.length; k++) {
        rows[places[k]][i] = row(all, k);
      }
    }
  }

  private static Tensor row(Tensor all, int row) {
    int[] shape = all.shape().clone();
    int width = shape[0] == 0 ? 0 : all.size() / shape[0];
    shape[0] = 1;
    Object data = Array.newInstance(all.data().getClass().getComponentType(), width);
    System.arraycopy(all.data(), row * width, data, 0, width);
    return new Tensor(shape, data);
  }

  int count() {
    return rows.length;
  }

  List<Output> outputs() {
    return outputs;
  }

  /** What an output has of a row, with an axis of 1 before its own. */
  Tensor get(int row, int output) {
    return rows[row][output];
  }

  /** A row's outputs, those of any length as lists. */
  List<NamedOutput> named(int row) {
    List<NamedOutput> named = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      named.add(new NamedOutput(outputs.get(i), rows[row][i], isOfAnyLength(outputs.get(i))));
    }
    return named;
  }

  /** Whether an output has another size for each row: on its second axis, as inputs have. */
  static boolean isOfAnyLength(Output output) {
    return output.isOpen(1);
  }

  /** An output of all rows one behind the other, and of one of any length the lengths: two arrays, or one. */
  static List<Tensor> joined(Output output, List<Tensor> rows) {
    int[] first = rows.get(0).shape();
    int[] lengths = new int[rows.size()];
    int size = 0;
    for (int i = 0; i < lengths.length; i++) {
      int[] own = rows.get(i).shape();
      for (int axis = isOfAnyLength(output) ? 2 : 1; axis < own.length; axis++) {
        if (own[axis] != first[axis]) {
          throw new Fault("output " + output.declaration() + ": rows differ on axis " + axis + ", and one array of all has them one behind the other on axis 1 alone",
              "write JSON lines, where each row has its own shape: --out FILE.jsonl");
        }
      }
      lengths[i] = first.length < 2 ? 1 : rows.get(i).shape()[1];
      size = Math.addExact(size, rows.get(i).size());
    }
    Object data = Array.newInstance(rows.get(0).data().getClass().getComponentType(), size);
    int at = 0;
    int places = 0;
    for (int i = 0; i < lengths.length; i++) {
      System.arraycopy(rows.get(i).data(), 0, data, at, rows.get(i).size());
      at += rows.get(i).size();
      places += lengths[i];
    }
    if (!isOfAnyLength(output)) {
      int[] shape = first.clone();
      shape[0] = rows.size();
      return List.of(new Tensor(shape, data));
    }
    int[] shape = Arrays.copyOfRange(first, 1, first.length);
    shape[0] = places;
    return List.of(new Tensor(shape, data), new Tensor(new int[] {lengths.length}, lengths));
  }
}
