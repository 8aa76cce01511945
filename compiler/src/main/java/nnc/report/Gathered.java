package nnc.report;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Categories;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.train.BatchFeeder;

/**
 * An array of all examples of a part.
 *
 * @param shape  of one example
 * @param values one example behind the other
 */
public record Gathered(int[] shape, double[] values) {
  /** Enough for the kernels to be busy. */
  private static final int BATCH = 256;

  /** The outputs of these names, each example computed once. */
  public static Map<String, Gathered> outputs(Model model, Table table, List<String> names, long seed, Threads threads) {
    int batch = areApart(model) ? Math.min(BATCH, table.size()) : table.size();
    var feeder = new BatchFeeder(model, "predict", table, batch, threads);
    var context = feeder.context();
    context.seed(seed);
    context.executor().prepare();
    Map<String, Gathered> all = new HashMap<>();
    for (int from = 0; from < table.size(); from += batch) {
      int count = Math.min(batch, table.size() - from);
      feeder.feed(table.rows(), from, count);
      context.firstRow(from);
      context.run();
      for (var output : context.results(Role.OUTPUT)) {
        if (names.contains(output.name())) {
          all.computeIfAbsent(output.name(), _ -> empty(output, count, table.size())).take(output, from);
        }
      }
    }
    return all;
  }

  private static boolean areApart(Model model) {
    return model.code("predict").plan.results().stream().noneMatch(result -> result.role() == Role.OUTPUT && result.rows() == Result.MIXED);
  }

  private static Gathered empty(Output output, int rows, int all) {
    int[] shape = output.shape();
    if (shape.length == 0 || shape[0] != rows) {
      throw new Fault("output " + output.name() + ": its first axis does not count examples, so it cannot be compared with a target of each");
    }
    long size = (long) output.size() / rows * all;
    if (size > Integer.MAX_VALUE - 8) {
      throw new Fault("output " + output.name() + " has " + Text.grouped(size) + " elements, more than one array can hold", "evaluate fewer rows: --in FILE");
    }
    return new Gathered(Arrays.copyOfRange(shape, 1, shape.length), new double[(int) size]);
  }

  private void take(Output output, int row) {
    output.copyTo(values, row * width());
  }

  /** What an input or target is fed, as the network has it. */
  public static Gathered fed(Model model, Table table, Feed feed) {
    var column = Categories.coded(table.required(feed), feed, model.vocabulary(), table);
    var values = new double[Math.multiplyExact(table.size(), column.width())];
    column.gather(table.rows(), 0, table.size(), values, 0);
    for (int i = 0; i < values.length && model.spec().precision() == 32; i++) {
      values[i] = (float) values[i];
    }
    return new Gathered(column.shape(), values);
  }

  /** Elements of an example. */
  public int width() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }
}
