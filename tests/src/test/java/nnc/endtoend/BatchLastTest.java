package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import nnc.driver.CompiledProgram;
import nnc.graph.Op;
import nnc.optimizations.Optimization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures with the batch as their last axis: which networks get them, and that whole sets, single vectors and parts of one agree with the oracle. */
class BatchLastTest {

  private static String lenet(String batch, String layer) {
    return """
        input  x: float[%s, 1, 12, 11]
        target y: int[%s]
        pooled = x / 255 |> conv2d(5, kernel = 3, padding = 1, activation = relu) |> %s |> max_pool2d(2)
        output z = pooled |> conv2d(4, kernel = 2) |> avg_pool2d([2, 1]) |> flatten |> dense(7, tanh) |> dense(3)
        loss cross_entropy(z, y)
        train { optimizer = adam(0.01)  batch = 16 }
        """.formatted(batch, batch, layer);
  }

  private static List<Op.Conv> convolutions(CompiledProgram compiled, String purpose) {
    return compiled.stages().get(purpose).schedule().graph().nodes().stream().map(node -> node.op()).filter(Op.Conv.class::isInstance).map(Op.Conv.class::cast).toList();
  }

  private static boolean isBatchLast(String source) {
    return convolutions(Programs.compile(source, 32), "train").stream().allMatch(Op.Conv::batchLast);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 83})
  void batchesOfAllSizesAgree(int batch) {
    var compiled = Programs.compile(lenet("N", "batch_norm |> dropout(0.2)"), 32);
    assertThat(convolutions(compiled, "train")).isNotEmpty().allMatch(Op.Conv::batchLast);
    Agreement.check(compiled, batch, 2e-4, batch);
  }

  @Test
  void inDoubleToo() {
    Agreement.check(Programs.compile(lenet("N", "conv2d(3, kernel = 3, stride = 2, padding = 1)"), 64), 11, 1e-9, 3);
    Agreement.check(Programs.compile(lenet("N", "conv2d(3, kernel = [1, 3], padding = [0, 2], dilation = 2)"), 64), 8, 1e-9, 3);
  }

  /** Taps that meet only margin are left out: rows and places at the edge of padding as wide as the kernel, and strides over it. */
  @ParameterizedTest
  @ValueSource(strings = {"kernel = 5, padding = 4", "kernel = 3, padding = 3, stride = 2", "kernel = 4, padding = [0, 3]", "kernel = 2, padding = 2, dilation = 3"})
  void marginsAreLeftOut(String settings) {
    var source = lenet("N", "conv2d(6, " + settings + ")");
    assertThat(isBatchLast(source)).isTrue();
    Agreement.check(Programs.compile(source, 64), 19, 1e-9, 5);
  }

  /** A picture of one row, which no window meets: all that is read is margin. */
  @Test
  void rowsThatNoWindowMeetsAreNotCopied() {
    var source = """
        input  x: float[N, 1, 1, 6]
        h = x |> conv2d(2, kernel = 1, stride = [7001, 1], padding = [3000, 0])
        output z = h |> conv2d(3, kernel = [1, 3])
        loss mean(z^2) + mean(sin(z))
        train { optimizer = sgd(0.1)  batch = 16 }
        """;
    Agreement.check(Programs.compile(source, 64), 19, 1e-9, 5);
    Agreement.check(Programs.compile(source, 64, Optimization.BATCH_LAST_LAYOUT), 5, 1e-9, 5);
  }

  /** Joined along channels and along the batch, chosen among channels, and under a margin too large for pictures to be copied. */
  @ParameterizedTest
  @ValueSource(strings = {"concat([h, sin(h)], axis = 1)", "concat([h[1:], h[:1]], axis = 0)", "where(expand(argmax(h, axis = 1), 1) > 1, h, 2 * h)",
      "h |> conv2d(2, kernel = 3, padding = 1500, stride = 1499)"})
  void whatElseHandlesPictures(String pictures) {
    var source = """
        input  x: float[N, 2, 5, 6]
        h = x |> conv2d(4, kernel = 2)
        output z = %s |> conv2d(3, kernel = [2, 1])
        loss mean(z^2)
        train { optimizer = sgd(0.1)  batch = 32 }
        """.formatted(pictures);
    assertThat(isBatchLast(source)).isTrue();
    Agreement.check(Programs.compile(source, 64), 9, 1e-9, 2);
  }

  @Test
  void theSameBitsAtAllWidths() {
    var compiled = Programs.compile(lenet("N", "batch_norm"), 32);
    var expected = updated(compiled, "Scalar");
    for (var width : List.of("128", "256", "512")) {
      assertThat(Arrays.equals(updated(compiled, width), expected)).as(width).isTrue();
    }
  }

  private static double[] updated(CompiledProgram compiled, String width) {
    var model = Agreement.load(compiled, width).initialised(3);
    var context = model.context("train", 67);
    Agreement.feed(model, context, 3);
    context.counters(1, 0);
    context.run();
    return model.spec().weights().stream().flatMapToDouble(weight -> Arrays.stream(model.weight(weight.path()).toDoubles())).toArray();
  }

  @Test
  void onlyWhereItPays() {
    assertThat(isBatchLast(lenet("N", "relu"))).isTrue();
    assertThat(convolutions(Programs.compile(lenet("N", "relu"), 32), "predict")).noneMatch(Op.Conv::batchLast);
    assertThat(isBatchLast(lenet("N", "relu").replace("batch = 16", "batch = 15"))).isFalse();
    assertThat(isBatchLast(lenet("N", "conv2d(25, kernel = 1)"))).isFalse();
    assertThat(isBatchLast(lenet("64", "relu"))).isFalse();
    assertThat(isBatchLast(lenet("N", "max_pool2d(3, stride = 1)"))).as("overlapping windows").isFalse();
  }
}
