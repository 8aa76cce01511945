package nnc.runtime.cli;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Output;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Text;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;

/** The outputs of runs over some rows each, put together as though all rows had been run at once. */
final class JoinedOutputs {
  private final Map<String, List<Tensor>> parts = new LinkedHashMap<>();

  private Context last;

  JoinedOutputs(Context context) {
    for (Output output : context.results(Role.OUTPUT)) {
      parts.put(output.name(), new ArrayList<>());
    }
  }

  /** Takes what the last run has given. */
  void add(Context context) {
    last = context;
    for (Output output : context.results(Role.OUTPUT)) {
      List<Tensor> list = parts.get(output.name());
      if (list.isEmpty() || output.rows() != Result.ALIKE) {
        list.add(output.tensor());
      }
    }
  }

  /** All outputs by name. */
  Map<String, Tensor> outputs() {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (Output output : last.results(Role.OUTPUT)) {
      outputs.put(output.name(), joined(output.name(), parts.get(output.name()), Math.max(0, output.rows())));
    }
    return outputs;
  }

  private static Tensor joined(String name, List<Tensor> parts, int axis) {
    Tensor first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    int[] shape = first.shape().clone();
    int before = 1;
    for (int i = 0; i < axis; i++) {
      before *= shape[i];
    }
    shape[axis] = 0;
    long size = 0;
    for (Tensor part : parts) {
      shape[axis] += part.shape()[axis];
      size += part.size();
    }
    if (size > Integer.MAX_VALUE - 8) {
      throw new Fault("output " + name + " has " + Text.grouped(size) + " elements, more than one array can hold", "predict fewer rows at a time");
    }
    Object data = Array.newInstance(first.data().getClass().getComponentType(), (int) size);
    int at = 0;
    for (int row = 0; row < before; row++) {
      for (Tensor part : parts) {
        int length = part.size() / before;
        System.arraycopy(part.data(), row * length, data, at, length);
        at += length;
      }
    }
    return new Tensor(shape, data);
  }
}
