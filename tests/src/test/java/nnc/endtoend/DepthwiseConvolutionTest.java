package nnc.endtoend;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import nnc.optimizations.Optimization;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions that sum each channel by itself: maps of few and many positions, cut into bands, forward and backward, are what the interpreter says at every width. */
class DepthwiseConvolutionTest {

  private static int one(Random random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String program(Random random) {
    int channels = one(random, 7, 8, 12, 16, 24, 33, 40, 48);
    int high = one(random, 1, 2, 3, 5);
    int wide = one(random, 1, 2, 3, 5, 7);
    int dilation = one(random, 1, 1, 2);
    int up = random.nextInt(high + 1);
    int side = random.nextInt(wide + 2);
    int stride = one(random, 1, 2, 2, 3);
    int height = (high - 1) * dilation + one(random, 1, 3, 7, 13);
    int width = (wide - 1) * dilation + one(random, 1, 3, 7, 8, 14, 29);
    return """
        input x: float[N, 2, %d, %d]
        h = x |> conv2d(%d, kernel = 1, activation = tanh)
        y = h |> conv2d(%d, kernel = [%d, %d], padding = [%d, %d], stride = %d, dilation = %d, groups = %d%s)
        output out = tanh(y + 0.1)%s
        loss mean(y^2) + mean(sin(y))
        train { optimizer = momentum(0.1) }
        """.formatted(height, width, channels, channels, high, wide, up, side, stride, dilation, channels, one(random, 0, 1) == 0 ? "" : ", bias = false",
        one(random, 0, 1) == 0 ? "" : " * mean(y, axis = [2, 3], keep = true)");
  }

  @Property(tries = 4, seed = "41")
  void agreeWithTheInterpreter(@ForAll long seed) {
    var random = new Random(seed);
    Agreement.check(Programs.compile(program(random), 64, Optimization.BATCH_LAST_LAYOUT), one(random, 1, 2, 3), 1e-8, seed);
  }

  @Tag("slow")
  @Property(tries = 200, seed = "42")
  void agreeWithTheInterpreterForLong(@ForAll long seed) {
    agreeWithTheInterpreter(seed);
  }

  /** Maps of several bands, the last of which has fewer rows; and the same numbers at all widths, by any number of threads. */
  @ParameterizedTest
  @CsvSource({"20, 611, 11, 5, 2, 2", "16, 400, 5, 3, 1, 1", "9, 333, 7, 5, 1, 2"})
  void ofSeveralBands(int channels, int height, int width, int kernel, int stride, int padding) {
    var source = """
        input x: float[N, %d, %d, %d]
        output out = x |> conv2d(%d, kernel = %d, stride = %d, padding = %d, groups = %d, activation = relu)
        loss mean(out^2)
        train { optimizer = sgd(0.1) }
        """.formatted(channels, height, width, channels, kernel, stride, padding, channels);
    Agreement.check(Programs.compile(source, 64, Optimization.BATCH_LAST_LAYOUT), 1, 1e-9, 7);
    var compiled = Programs.compile(source, 32, Optimization.BATCH_LAST_LAYOUT);
    Agreement.checkBits(compiled, 2, "out");
  }
}
