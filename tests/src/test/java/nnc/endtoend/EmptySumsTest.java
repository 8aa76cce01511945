package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.runtime.Context;
import nnc.runtime.base.Threads;

/** A sum of no terms is zero, and what is computed of it is computed: of products by matrices of no columns, in kernels of every kind, after runs that had terms. */
class EmptySumsTest {
  private static int one(Random random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Products, sums and what follows; what each element of the outputs is where T is zero. */
  private record Program(String text, Map<String, Double> expected) {}

  private static Program program(Random random) {
    int rows = one(random, 1, 4, 6, 64, 200);
    int columns = one(random, 1, 3, 4, 16, 40, 96);
    boolean tail = random.nextBoolean();
    var depth = tail ? "x[:, 1:]" : "x";
    var other = tail ? "y[1:]" : "y";
    return new Program("""
        param w: float[%2$d, 8] = normal(0, 1)
        input x: float[%1$d, T, 2]
        input y: float[T, %2$d]
        rest = %3$s[:, :, 0]
        product = rest @ %4$s
        output plain = product
        output followed = tanh(product) + 1
        output batched = einsum("rtk,td->rkd", %3$s, %4$s)
        output behind = product @ w
        output summed = sum(rest, axis = 1)
        output added = sum(%4$s, axis = 0)
        output transposed = transpose(rest @ %4$s, [1, 0])
        """.formatted(rows, columns, depth, other), Map.of("plain", 0., "followed", 1., "batched", 0., "behind", 0., "summed", 0., "added", 0., "transposed", 0.));
  }

  @Property(tries = 8, seed = "61")
  void areZero(@ForAll long seed) {
    var random = new Random(seed);
    var program = program(random);
    int least = program.text.contains("[:, 1:]") ? 1 : 0;
    var compiled = Programs.compile(program.text, one(random, 32, 64));
    try (var threads = new Threads(one(random, 1, 3))) {
      for (var width : Agreement.widths(seed)) {
        var model = Agreement.load(compiled, width).initialised(3);
        var context = model.context("predict", Map.of("T", 7), threads);
        for (int size : new int[] {7, least, 5, least}) {
          context.dim("T", size);
          Agreement.feed(model, context, size);
          context.run();
          if (size == least) {
            program.expected.forEach((name, value) -> assertThat(values(context, name)).as("%s by %s%n%s", name, width, program.text).containsOnly(value));
          }
        }
      }
    }
  }

  private static Double[] values(Context context, String output) {
    return Arrays.stream(context.output(output).tensor().toDoubles()).map(value -> value == 0 ? 0. : value).boxed().toArray(Double[]::new);
  }

  /** A step learns nothing of rows that have no places: whatever the optimizer, in the kernel of the product or behind it, gradients are zero. */
  @Property(tries = 6, seed = "62")
  void teachNothing(@ForAll long seed) {
    var random = new Random(seed);
    int inside = one(random, 3, 8, 40);
    int outside = one(random, 1, 5, 32, 64);
    var text = """
        param w: float[%d, %d] = normal(0, 1)
        param v: float[%d, 3] = normal(0, 1)
        input x: float[N, T, %d]
        h = tanh(x[:, 1:] @ w)
        output y = h @ v
        loss sum(y^2)
        train { optimizer = %s }
        """.formatted(inside, outside, outside, inside, List.of("adam(0.1)", "sgd(0.1)", "momentum(0.1)").get(random.nextInt(3)));
    var compiled = Programs.compile(text, one(random, 32, 64));
    try (var threads = new Threads(one(random, 1, 3))) {
      for (var width : Agreement.widths(seed)) {
        var model = Agreement.load(compiled, width).initialised(3);
        var context = model.context("train", Map.of("N", 4, "T", 6), threads);
        context.dim("N", 4);
        context.dim("T", 1);
        Agreement.feed(model, context, 1);
        var before = List.of(model.weight("w").toDoubles(), model.weight("v").toDoubles());
        context.counters(1, 0);
        context.run();
        assertThat(List.of(model.weight("w").toDoubles(), model.weight("v").toDoubles())).as("by %s%n%s", width, text).usingRecursiveComparison().isEqualTo(before);
      }
    }
  }
}
