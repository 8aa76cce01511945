package nnc.endtoend;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Convolutions of one tap, which are matrix products over positions, and pooling of padded pictures compute what the interpreter says, at every width. */
class PointwiseConvolutionTest {
  private static int one(Random random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A bottleneck with its way around, or a chain over a sequence: pictures lie in bands between convolutions, or in one piece where rows do not divide. */
  private static String network(Random random) {
    if (one(random, 0, 1, 2) == 0) {
      return """
          input x: float[N, %d, %d]
          h = x |> conv1d(%d, kernel = 1, activation = relu) |> conv1d(%d, kernel = 1, bias = false)
          """.formatted(one(random, 1, 3, 16), one(random, 32, 45, 600), one(random, 2, 5, 40), one(random, 1, 8, 33));
    }
    int channels = one(random, 3, 8, 20);
    return """
        input x: float[N, %1$d, %2$d, %3$d]
        h = relu(x + (x |> conv2d(%4$d, kernel = 1) |> batch_norm() |> relu |> conv2d(%4$d, kernel = %5$d, padding = %6$d) |> relu |> conv2d(%1$d, kernel = 1)))
        """.formatted(channels, one(random, 4, 7, 8, 24), one(random, 8, 9, 28), one(random, 1, 4, 36), one(random, 1, 3), 0).replace("padding = 0", "padding = \"same\"");
  }

  @Property(tries = 6, seed = "31")
  void agreesWithTheInterpreter(@ForAll long seed) {
    var random = new Random(seed);
    var source = network(random) + "output out = tanh(h + 0.1)\nloss mean(h^2) + mean(sin(h))\ntrain { optimizer = momentum(0.1) }\n";
    Agreement.check(Programs.compile(source, 64), one(random, 1, 2, 5), 1e-8, seed);
  }

  @Property(tries = 8, seed = "32")
  void paddedWindowsAgreeWithTheInterpreter(@ForAll long seed) {
    var random = new Random(seed);
    int taps = one(random, 2, 3, 5);
    var pool = one(random, 0, 1) == 0 ? "max_pool2d" : "avg_pool2d";
    var source = """
        input x: float[N, %d, %d, %d]
        h = relu(x - 0.1) |> %s(%d, stride = %d, padding = %d)
        output out = h * 2 - 1
        loss mean(h^2)
        train { optimizer = sgd(0.1) }
        """.formatted(one(random, 1, 3), one(random, 5, 6, 17), one(random, 5, 8, 40), pool, taps, one(random, 1, 2, 3), one(random, 1, taps / 2));
    Agreement.check(Programs.compile(source, 64), one(random, 1, 2, 5), 1e-8, seed);
  }
}
