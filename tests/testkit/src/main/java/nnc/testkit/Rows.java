package nnc.testkit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.Tensor;

/** A batch's rows against each row alone, bit by bit. */
final class Rows {
  private Rows() {}

  static void check(Network network) {
    var model = network.model();
    check(network.toString(), model, Feeds.random(model.context("predict", network.batch()), model.spec(), network.seed()));
  }

  static void check(String network, Model model, Map<String, Tensor> feeds) {
    var rows = Feeds.rows(model.spec(), feeds);
    var whole = model.context("predict", largest(feeds));
    var alone = model.context("predict", largest(feeds));
    run(whole, feeds);
    for (int row = 0; row < rows; row++) {
      var one = new HashMap<String, Tensor>();
      for (var feed : feeds.entrySet()) {
        one.put(feed.getKey(), Feeds.isByRow(model.spec(), feed.getKey()) ? row(feed.getValue(), row) : feed.getValue());
      }
      run(alone, one);
      for (var output : whole.results("OUTPUT")) {
        var all = output.tensor();
        if (all.shape().length > 0 && all.shape()[0] == rows) {
          compare(network, output.name(), row, row(all, row).toDoubles(), alone.output(output.name()).tensor().toDoubles());
        }
      }
    }
  }

  private static int largest(Map<String, Tensor> feeds) {
    return feeds.values().stream().flatMapToInt(tensor -> Arrays.stream(tensor.shape())).max().orElse(1);
  }

  private static void run(Context context, Map<String, Tensor> feeds) {
    context.inputs().forEach(input -> input.set(feeds.get(input.name())));
    context.run();
  }

  private static Tensor row(Tensor tensor, int row) {
    var shape = tensor.shape().clone();
    int size = tensor.size() / shape[0];
    shape[0] = 1;
    return new Tensor(shape, Arrays.copyOfRange(tensor.toDoubles(), row * size, (row + 1) * size));
  }

  private static void compare(String network, String output, int row, double[] together, double[] alone) {
    for (int i = 0; i < together.length; i++) {
      if (Double.compare(together[i], alone[i]) != 0) {
        throw new AssertionError(network + ": output " + output + ", row " + row + " [" + i + "]: " + together[i] + " in the batch, " + alone[i] + " alone");
      }
    }
  }
}
