package nnc.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.base.Tensor;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;

/** Inputs that a network allows: of its shapes, whole numbers of their range. */
public final class Feeds {
  private Feeds() {}

  /** What stands for any whole number where the program sets no bound. */
  private static final int ANY = 3;
  /** Arrays up to this size are generated element by element, and shrink so. */
  private static final int SMALL = 64;

  /** Arrays for all inputs of a context at its present dimensions, by name. */
  static Map<String, Tensor> random(Context context, ModelSpec spec, long seed) {
    var random = new Random(seed);
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    for (var input : context.inputs()) {
      var values = new double[input.size()];
      var feed = feed(spec, input.name());
      for (int i = 0; i < values.length; i++) {
        values[i] = isFloat(feed) ? (float) random.nextGaussian() : feed.low() + random.nextInt(classes(feed));
      }
      feeds.put(input.name(), new Tensor(input.shape(), values));
    }
    return feeds;
  }

  /**
   * Arrays for all inputs of a network's predictions, by name: of one to {@code rows} examples, and as large in every other open dimension.
   * Floats are from -4 to 4, zeros and ends among them.
   */
  public static Arbitrary<Map<String, Tensor>> of(Network network, int rows) {
    return Arbitraries.integers().between(1, rows).flatMap(count -> {
      var model = network.model();
      var context = model.context("predict", count);
      Arbitrary<Map<String, Tensor>> all = Arbitraries.of(Map.of());
      for (var input : context.inputs()) {
        all = Combinators.combine(all, of(input, feed(model.spec(), input.name()))).as((feeds, tensor) -> {
          var more = new LinkedHashMap<>(feeds);
          more.put(input.name(), tensor);
          return more;
        });
      }
      return all;
    });
  }

  private static Arbitrary<Tensor> of(Input input, Feed feed) {
    var shape = input.shape();
    int size = input.size();
    if (size > SMALL) {
      return Arbitraries.longs().map(seed -> {
        var random = new Random(seed);
        return new Tensor(shape, random.doubles(size).map(u -> isFloat(feed) ? (float) (8 * u - 4) : feed.low() + Math.floor(u * classes(feed))).toArray());
      });
    }
    if (isFloat(feed)) {
      return Arbitraries.floats().between(-4, 4).array(float[].class).ofSize(size).map(values -> new Tensor(shape, values));
    }
    return Arbitraries.integers().between((int) feed.low(), (int) feed.low() + classes(feed) - 1).array(int[].class).ofSize(size)
        .map(values -> new Tensor(shape, values));
  }

  private static boolean isFloat(Feed feed) {
    return feed.kind() == ElementKind.FLOAT;
  }

  private static int classes(Feed feed) {
    return feed.kind() == ElementKind.BOOL ? 2 : feed.high() > feed.low() ? (int) (feed.high() - feed.low()) : ANY;
  }

  private static Feed feed(ModelSpec spec, String name) {
    return spec.inputs().stream().filter(feed -> feed.name().equals(name)).findFirst().orElseThrow();
  }

  /** Checks that each row of these inputs is predicted as it would be alone. */
  public static void checkRows(Network network, Map<String, Tensor> feeds) {
    RowChecks.check(network.toString(), network.model(), feeds);
  }
}
