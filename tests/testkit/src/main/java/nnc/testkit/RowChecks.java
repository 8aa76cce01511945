package nnc.testkit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;

/** A batch's rows against each row alone, bit by bit. */
final class RowChecks {
  private RowChecks() {}

  static void check(Network network) {
    var model = network.model();
    check(network.toString(), model, Feeds.random(model.context("predict", network.batch()), model.spec(), network.seed()));
  }

  static void check(String network, Model model, Map<String, Tensor> feeds) {
    var plan = plan(model);
    var whole = model.context("predict", largest(feeds));
    var alone = model.context("predict", largest(feeds));
    run(whole, feeds);
    int rows = rows(plan, feeds);
    for (int row = 0; row < rows; row++) {
      var one = new HashMap<String, Tensor>();
      for (var feed : feeds.entrySet()) {
        one.put(feed.getKey(), isByRow(plan, plan.inputs().get(feed.getKey())) ? row(feed.getValue(), 0, row, rows) : feed.getValue());
      }
      alone.firstRow(row);
      run(alone, one);
      for (var output : whole.results(Role.OUTPUT)) {
        var all = output.tensor();
        int axis = output.rows() == Result.MIXED && all.shape().length > 0 && all.shape()[0] == rows ? 0 : output.rows();
        if (axis >= 0) {
          compare(network, output.name(), row, row(all, axis, row, rows).toDoubles(), alone.output(output.name()).tensor().toDoubles());
        }
      }
    }
  }

  /** Whether the compiler says of every output that its rows do not depend on each other. */
  static boolean areApart(Model model) {
    return plan(model).results().stream().noneMatch(result -> result.rows() == Result.MIXED);
  }

  private static Plan plan(Model model) {
    return model.spec().plans().stream().filter(plan -> plan.name().equals("predict")).findFirst().orElseThrow();
  }

  /** Whether an array has a row for each example. */
  private static boolean isByRow(Plan plan, Place array) {
    if (plan.batch() < 0 || array.shape().isEmpty()) {
      return false;
    }
    var first = array.shape().getFirst();
    return first.factors().equals(List.of(1L)) && first.places().equals(List.of(List.of(plan.batch())));
  }

  private static int rows(Plan plan, Map<String, Tensor> feeds) {
    return feeds.entrySet().stream().filter(feed -> isByRow(plan, plan.inputs().get(feed.getKey()))).mapToInt(feed -> feed.getValue().shape()[0])
        .findFirst().orElse(0);
  }

  private static int largest(Map<String, Tensor> feeds) {
    return feeds.values().stream().flatMapToInt(tensor -> Arrays.stream(tensor.shape())).max().orElse(1);
  }

  private static void run(Context context, Map<String, Tensor> feeds) {
    context.inputs().forEach(input -> input.set(feeds.get(input.name())));
    context.run();
  }

  /** What stands for a row along an axis. */
  private static Tensor row(Tensor tensor, int axis, int row, int rows) {
    var shape = tensor.shape().clone();
    int before = Arrays.stream(shape).limit(axis).reduce(1, (x, y) -> x * y);
    int size = tensor.size() / before / rows;
    var all = tensor.toDoubles();
    var values = new double[before * size];
    for (int i = 0; i < before; i++) {
      System.arraycopy(all, (i * rows + row) * size, values, i * size, size);
    }
    shape[axis] /= rows;
    return new Tensor(shape, values);
  }

  private static void compare(String network, String output, int row, double[] together, double[] alone) {
    for (int i = 0; i < together.length; i++) {
      if (Double.compare(together[i], alone[i]) != 0) {
        throw new AssertionError(network + ": output " + output + ", row " + row + " [" + i + "]: " + together[i] + " in the batch, " + alone[i] + " alone");
      }
    }
  }
}
