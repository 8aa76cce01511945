package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import nnc.driver.CompiledProgram;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures that lie in bands of rows between convolutions: what is computed is the same, on any number of threads. */
class BandsTest {

  /** Rows of which bands are multiples of what is made at a time, or are not; strides, what else reads a picture, and pictures that leave the network. */
  @ParameterizedTest
  @CsvSource({"16, 16, 16, 1", "24, 12, 10, 1", "16, 20, 9, 2"})
  void ofAnyHeight(int channels, int height, int width, int stride) {
    var source = """
        input x: float[N, %1$d, %2$d, %3$d]
        a = x |> conv2d(%1$d, kernel = 3, padding = 1, bias = false) |> batch_norm() |> relu
        b = a |> conv2d(%1$d, kernel = 3, padding = 1, activation = relu)
        c = relu(a + (b |> conv2d(%1$d, kernel = 3, padding = 1)))
        d = c |> conv2d(%4$d, kernel = 3, padding = 1, stride = %5$d, activation = relu)
        e = d |> conv2d(%4$d, kernel = 3, padding = 1) |> sigmoid
        output out = concat([flatten(e), flatten(max_pool2d(c, 2)), flatten(mean(d, axis = 2))], axis = 1)
        output shown = b
        """.formatted(channels, height, width, channels + 5, stride);
    Agreement.check(Programs.compile(source, 64), 2, 1e-8, 7);
    var compiled = Programs.compile(source, 32);
    Agreement.check(compiled, 1, 5e-4, 7);
    var first = predicted("Scalar", compiled, 1);
    for (var lanes : Agreement.vectors(height + width + channels)) {
      assertThat(predicted(lanes, compiled, 1)).as(lanes).isEqualTo(first);
    }
    for (int count : new int[] {2, 3, 5}) {
      assertThat(predicted("512", compiled, count)).as("%d threads", count).isEqualTo(first);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"8, 32, 32, 2", "32, 8, 8, 1", "8, 17, 17, 1", "64, 8, 8, 1", "6, 24, 24, 2", "4, 56, 12, 2", "12, 28, 28, 1", "24, 14, 14, 2", "40, 7, 12, 1", "32, 19, 16, 1",
      "32, 27, 16, 1", "32, 18, 16, 2"})
  void ofAnyHeightOfMore(int channels, int height, int width, int stride) {
    ofAnyHeight(channels, height, width, stride);
  }

  private static double[] predicted(String width, CompiledProgram compiled, int count) {
    try (var threads = new Threads(count)) {
      var model = Agreement.load(compiled, width).initialised(3);
      var context = model.context("predict", 2, threads);
      Agreement.feed(model, context, 3);
      context.run();
      var both = context.output("out").tensor().toDoubles();
      context.batch(1);
      context.run();
      var one = context.output("out").tensor().toDoubles();
      assertThat(one).isEqualTo(Arrays.copyOf(both, both.length / 2));
      return both;
    }
  }
}
