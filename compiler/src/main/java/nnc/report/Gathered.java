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
import nnc.runtime.train.AlikeRows;
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
    boolean apart = areApart(model);
    int batch = apart ? Math.min(BATCH, table.size()) : table.size();
    var alike = apart ? AlikeRows.of(model, "predict", table, batch) : AlikeRows.together(table);
    var feeder = new BatchFeeder(model, "predict", table, batch, threads);
    var context = feeder.context();
    context.seed(seed);
    context.executor().prepare();
    Map<String, Gathered> all = new HashMap<>();
    boolean ragged = !table.ragged(model.spec().inputs()).isEmpty();
    int next;
    for (int from = 0; from < table.size(); from = next) {
      int count = alike.count(from);
      next = from + count;
      feeder.feed(alike.rows(), from, count);
      context.firstRow(alike.place(from));
      context.run();
      for (var output : context.results(Role.OUTPUT)) {
        if (names.contains(output.name())) {
          if (ragged && output.isOpen(1)) {
            throw new Fault("output " + output.declaration() + " has as many places as each row, and is compared with nothing row by row",
                "a report is of outputs with one value a row; metrics under a mask are told by evaluate without it");
          }
          var gathered = all.computeIfAbsent(output.name(), _ -> empty(output, count, table.size()));
          for (int i = 0; i < count; i++) {
            gathered.take(output, i, alike.place(from + i));
          }
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

  private void take(Output output, int place, int row) {
    for (int i = 0; i < width(); i++) {
      values[row * width() + i] = output.get(place * width() + i);
    }
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
