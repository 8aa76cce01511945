package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import nnc.driver.CompiledProgram;
import nnc.optimizations.Optimization;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolutions and pooling of all shapes, forward and backward, at every width, compute what the interpreter says. */
class ConvolutionFormsTest {

  private static int one(Random random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Two convolutions, so that the first has a gradient by its result, with what usually surrounds them. */
  private static String program(Random random) {
    int rank = one(random, 1, 2, 2, 2);
    int groups = one(random, 1, 1, 1, 2, 3);
    int channels = groups * one(random, 1, 2, 3, 8, 9);
    int columns = groups * one(random, 1, 2, 5, 8, 17);
    var sizes = rank == 1 ? List.of(one(random, 5, 12, 33)) : List.of(one(random, 5, 6, 9), one(random, 5, 7, 16, 18));
    int kernel = one(random, 1, 2, 3, 5);
    int dilation = kernel <= 3 ? one(random, 1, 1, 2) : 1;
    int extent = (kernel - 1) * dilation + 1;
    int smallest = sizes.stream().mapToInt(size -> size / 2).min().orElseThrow();
    // wide enough for what pooling may leave
    int padding = Math.max(random.nextInt(extent + 1), Math.ceilDiv(extent - smallest, 2));
    int stride = one(random, 1, 1, 2, 3);
    var shape = new StringBuilder("N, " + channels);
    sizes.forEach(size -> shape.append(", ").append(size));
    var pooling = one(random, 0, 1) == 0 ? "" : rank == 1 ? " |> max_pool1d(2)" : one(random, 0, 1) == 0 ? " |> max_pool2d(2)" : " |> avg_pool2d(2)";
    return """
        input x: float[%s]
        h = x |> conv%dd(%d, kernel = 3, padding = 1, activation = relu, groups = %d)%s
        y = h |> conv%dd(%d, kernel = %d, padding = %d, stride = %d, dilation = %d, groups = %d)
        output out = tanh(y + 0.1)
        loss mean(y^2) + mean(sin(y))
        train { optimizer = momentum(0.1) }
        """.formatted(shape, rank, columns, groups, pooling, rank, groups * one(random, 1, 3, 16), kernel, padding, stride, dilation,
        groups);
  }

  @Property(tries = 4, seed = "20")
  void agreeWithTheInterpreter(@ForAll long seed) {
    var random = new Random(seed);
    var source = program(random);
    Agreement.check(Programs.compile(source, 64, Optimization.BATCH_LAST_LAYOUT), one(random, 1, 2, 5), 1e-8, seed);
    Agreement.check(Programs.compile(source, 64), one(random, 1, 2, 9), 1e-8, seed);
  }

  @Tag("slow")
  @Property(tries = 300, seed = "26")
  void agreeWithTheInterpreterForLong(@ForAll long seed) {
    agreeWithTheInterpreter(seed);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "x |> conv2d(70, kernel = 3, padding = 1)",
      "x |> conv2d(4, kernel = [1, 5], padding = [0, 2], activation = relu)",
      "x |> conv2d(40, kernel = 9, stride = [2, 1])",
      "x |> conv2d(12, kernel = 3, padding = 1, groups = 6)",
      "x |> conv2d(6, kernel = 3, padding = \"same\", dilation = 3)"})
  void inFloatToo(String layer) {
    var source = "input x: float[N, 6, 12, 20]\ny = " + layer + "\noutput out = y\nloss mean(y^2)\ntrain { optimizer = sgd(0.1) }\n";
    Agreement.check(Programs.compile(source, 32, Optimization.BATCH_LAST_LAYOUT), 3, 2e-4, 7);
    Agreement.check(Programs.compile(source, 32), 17, 2e-4, 7);
  }

  @org.junit.jupiter.api.Tag("slow")
  @ParameterizedTest
  @CsvSource({"16, 16, 12, 18, 3, 1", "20, 24, 7, 18, 4, 2", "8, 33, 7, 12, 3, 0", "16, 9, 8, 9, 5, 2", "24, 24, 6, 5, 2, 0"})
  void ofMoreChannels(int channels, int filters, int height, int width, int kernel, int padding) {
    ofManyChannels(channels, filters, height, width, kernel, padding);
  }

  /** Layers that are large enough for rows to be transformed; tiles that are not full, bands of rows, narrow panels; equal bits at all widths. */
  @ParameterizedTest
  @CsvSource({"16, 40, 9, 10, 3, 1", "32, 33, 8, 8, 3, 1", "12, 16, 9, 14, 5, 0", "32, 32, 6, 16, 5, 2"})
  void ofManyChannels(int channels, int filters, int height, int width, int kernel, int padding) {
    var source = """
        input x: float[N, %d, %d, %d]
        h = x |> conv2d(%d, kernel = %d, padding = %d, activation = relu)
        y = h |> conv2d(%d, kernel = %d, padding = %d)
        output out = y
        loss mean(y^2)
        train { optimizer = sgd(0.1) }
        """.formatted(channels, height, width, filters, kernel, padding, channels, kernel, padding);
    Agreement.check(Programs.compile(source, 64), 1, 1e-9, 7);
    var compiled = Programs.compile(source, 32);
    Agreement.check(compiled, 2, 2e-4, 7);
    var first = predicted("Scalar", compiled);
    for (var lanes : Agreement.vectors(first.length)) {
      assertThat(predicted(lanes, compiled)).as(lanes).isEqualTo(first);
    }
  }

  /** Convolutions of small pictures to many columns, whose rows are run through as one, with and without margins. */
  private static String ofSmallPictures(Random random) {
    int high = one(random, 1, 3, 5, 5);
    int wide = one(random, 3, 4, 5, 7);
    int dilation = one(random, 1, 1, 1, 2);
    int groups = one(random, 1, 1, 1, 2);
    int height = (high - 1) * dilation + one(random, 1, 5, 6, 10);
    int width = (wide - 1) * dilation + one(random, 3, 6, 9, 10, 11, 17);
    return """
        input x: float[N, %d, %d, %d]
        h = x |> conv2d(%d, kernel = 3, padding = 1, activation = relu)
        y = h |> conv2d(%d, kernel = [%d, %d], padding = [%d, %d], dilation = %d, groups = %d)
        output out = tanh(y)
        loss mean(y^2) + mean(sin(y))
        train { optimizer = momentum(0.1) }
        """.formatted(one(random, 1, 2, 6), height, width, groups * one(random, 2, 5, 8), groups * one(random, 6, 12, 20, 21, 37), high, wide,
        random.nextInt(high), one(random, 0, 0, 1, wide / 2, wide), dilation, groups);
  }

  @Property(tries = 4, seed = "21")
  void ofSmallPicturesAgreeWithTheInterpreter(@ForAll long seed) {
    var random = new Random(seed);
    var source = ofSmallPictures(random);
    Agreement.check(Programs.compile(source, 64, Optimization.BATCH_LAST_LAYOUT, Optimization.WINOGRAD), one(random, 1, 3), 1e-8, seed);
    var compiled = Programs.compile(source, 32, Optimization.BATCH_LAST_LAYOUT, Optimization.WINOGRAD);
    Agreement.check(compiled, 2, 5e-4, seed);
    var first = predicted("Scalar", compiled);
    for (var lanes : Agreement.vectors(first.length)) {
      assertThat(predicted(lanes, compiled)).as(lanes).isEqualTo(first);
    }
  }

  @Tag("slow")
  @Property(tries = 300, seed = "26")
  void ofSmallPicturesAgreeWithTheInterpreterForLong(@ForAll long seed) {
    ofSmallPicturesAgreeWithTheInterpreter(seed);
  }

  /** Threads share the columns of a small picture, and the rows of a larger one. */
  @ParameterizedTest
  @CsvSource({"6, 16, 14, 14, 5, 0", "6, 37, 13, 15, 5, 1", "1, 6, 28, 28, 5, 2", "3, 8, 30, 25, 3, 1", "8, 24, 7, 18, 3, 0", "9, 40, 7, 7, 1, 0", "5, 12, 24, 28, 1, 0"})
  void threadsShareAnExample(int channels, int filters, int height, int width, int kernel, int padding) {
    var source = """
        input x: float[N, %d, %d, %d]
        output out = x |> conv2d(%d, kernel = %d, padding = %d, activation = relu)
        """.formatted(channels, height, width, filters, kernel, padding);
    for (int precision : new int[] {32, 64}) {
      var compiled = Programs.compile(source, precision, Optimization.WINOGRAD);
      Agreement.check(compiled, 2, precision == 32 ? 2e-4 : 1e-9, 7);
      for (var lanes : List.of("Scalar", "512")) {
        var first = predicted(lanes, compiled);
        for (int count : new int[] {2, 3, 5}) {
          try (var threads = new Threads(count)) {
            assertThat(predicted(lanes, compiled, 1, threads)).as("%d threads", count).isEqualTo(Arrays.copyOf(first, first.length / 2));
            assertThat(predicted(lanes, compiled, 2, threads)).as("%d threads", count).isEqualTo(first);
          }
        }
      }
    }
  }

  @Test
  void plainSumsCanBeHad() {
    var source = "input x: float[N, 16, 12, 18]\noutput out = x |> conv2d(16, kernel = 3, padding = 1)\nloss mean(out^2)\ntrain { optimizer = sgd(0.1) }\n";
    var plain = Programs.compile(source, 32, Optimization.WINOGRAD);
    Agreement.check(plain, 1, 2e-4, 7);
    assertThat(predicted("512", plain)).isNotEqualTo(predicted("512", Programs.compile(source, 32)));
  }

  private static double[] predicted(String width, CompiledProgram compiled) {
    try (var one = new Threads(1)) {
      return predicted(width, compiled, 2, one);
    }
  }

  private static double[] predicted(String width, CompiledProgram compiled, int batch, Threads threads) {
    var model = Agreement.load(compiled, width).initialised(3);
    var context = model.context("predict", batch, threads);
    Agreement.feed(model, context, 3);
    context.run();
    return context.output("out").tensor().toDoubles();
  }
}
