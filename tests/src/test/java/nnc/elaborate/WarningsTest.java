package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.source.Diagnostics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What compiles and is probably not meant. */
class WarningsTest {
  private static final String IMAGE = "input x: float[N, 6]\ntarget k: int[N]\ntarget t: float[N, 3]\n";

  private static String warnings(String source) {
    return Programs.compile(source, 32).warnings().render(false);
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "z = dense(3)(x) loss cross_entropy(softmax(z), k) === test.nn:4:22 === cross_entropy takes scores and applies softmax itself, and these are what softmax gives",
      "z = dense(3)(x) loss cross_entropy(sigmoid(z), k) === test.nn:4:22 === the loss is binary_cross_entropy",
      "loss cross_entropy(dense(3, softmax)(x), k) === test.nn:4:6 === takes scores",
      "z = x |> dense(3, sigmoid) metric m = perplexity(z, k) loss cross_entropy(2 * z, k) === test.nn:4:39 === these are what sigmoid gives",
      "z = dense(3)(x) loss binary_cross_entropy(sigmoid(z), t) === test.nn:4:22 === binary_cross_entropy takes scores and applies sigmoid itself",
      "z = dense(3)(x) loss binary_cross_entropy(reshape(softmax(z), [N, 3, 1]), expand(t, 2)) === test.nn:4:22 === the loss is cross_entropy",
      "z = dense(3)(x) loss focal(sigmoid(z), t) === test.nn:4:22 === focal takes scores",
      "z = dense(3)(x) output p = sigmoid(z) loss cross_entropy(z, k) === test.nn:4:28 === the output p is sigmoid of scores that cross_entropy trains for softmax",
      "z = dense(3)(x) output p = softmax(z) loss binary_cross_entropy(z, t) === test.nn:4:28 === the output p is softmax of scores that binary_cross_entropy trains for sigmoid",
      "z = dense(1)(x) loss cross_entropy(z, k) === test.nn:4:22 === over a single class is always 0"})
  void activationsThatDoNotFitTheLoss(String program, String place, String message) {
    assertThat(warnings(IMAGE + program)).startsWith(place + ": warning: ").contains(message).contains("hint: ").containsOnlyOnce("warning: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "z = dense(3)(x) output p = softmax(z) loss cross_entropy(z, k)",
      "z = dense(3)(x) output p = sigmoid(z) loss binary_cross_entropy(z, t) metric error = mse(sigmoid(z), t)",
      "z = dense(1)(x) |> squeeze(1) output p = sigmoid(z) loss binary_cross_entropy(z, k)",
      "z = dense(3)(x) output p = sigmoid(z) loss mse(sigmoid(z), t)",
      "z = dense(3)(x) output p = z loss mse(z, t)",
      "z = dense(3)(x) a = softmax(z) output y = sum(a * z, axis = 1) loss cross_entropy(z, k)",
      "fn cross_entropy(p, labels) = mean(-log(p) * one_hot(labels, 3)) loss cross_entropy(softmax(dense(3)(x)), k)"})
  void theRowsOfTheLectureFit(String program) {
    assertThat(warnings(IMAGE + program)).isEmpty();
  }

  @Test
  void layersThatCollapse() {
    assertThat(warnings("input x: float[N, 6]\noutput y = x\n  |> dense(8)\n  |> dense(3)")).isEqualTo("""
        test.nn:4:6: warning: this layer follows another with no activation between: the two predict no more than one
          4 |   |> dense(3)
            |      ^^^^^^^^
          the other one:
          3 |   |> dense(8)
            |      ^^^^^^^^
          hint: put an activation such as relu between them, or leave one of them out
        """);
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "x |> dense(8) |> dense(8) |> dense(3) === 2",
      "x |> dense(8) |> batch_norm() |> dense(3) === 1",
      "x |> dense(8, bias = false) |> dropout(0.5) |> dense(3) === 1",
      "2 * dense(4)(x) |> dense(3) === 1",
      "expand(x, 1) |> dense(8) |> dense(3) === 1",
      "x |> dense(8, relu) |> dense(3) === 0",
      "x |> dense(2) |> dense(3) === 0",
      "x |> dense(8) |> layer_norm() |> dense(3) === 0",
      "x * dense(6)(x) |> dense(3) === 0",
      "expand(x, 1) |> dense(8) |> flatten |> dense(8, tanh) |> dense(3) === 1"})
  void onlyWhatIsNoMoreThanOneLayer(String expression, int count) {
    var warnings = warnings("input x: float[N, 6]\noutput y = " + expression);
    assertThat(warnings.lines().filter(line -> line.contains("warning: ")).count()).as(warnings).isEqualTo(count);
  }

  @Test
  void whatOthersReadIsNoLayerTooMany() {
    assertThat(warnings("input x: float[N, 6]\nh = dense(8)(x)\noutput code = h\noutput y = dense(3)(h)")).isEmpty();
    assertThat(warnings("input x: float[N, 6]\nh = dense(8)(x)\noutput y = relu(h) + dense(8)(h)")).isEmpty();
  }

  @Test
  void layersThatALoopStacks() {
    assertThat(warnings("input x: float[N, 6]\nfor i in 0..3 { x = dense(6)(x) }\noutput y = x")).containsOnlyOnce("warning: ").startsWith("test.nn:2:21: ");
  }

  @Test
  void aParameterThatTheLossDoesNotReach() {
    assertThat(warnings("input x: float[N, 6]\na = dense(3)(x)\nunused = dense(4)(x)\noutput y = a\nloss mean(a)\ntrain { optimizer = sgd(0.1) }"))
        .contains("test.nn:3:10: warning: the loss does not depend on dense_2.W, dense_2.b\n").containsOnlyOnce("warning: ");
  }

  @Test
  void samplesAreFreeOfThem() throws Exception {
    try (var files = Files.walk(Path.of("..", "samples"), 2)) {
      for (var file : files.filter(f -> f.toString().endsWith(".nn")).toList()) {
        assertThat(Compiler.check(file, Compiler.Options.standard()).faults()).as(file.toString()).isEmpty();
      }
    }
  }

  @Test
  void aFaultyProgramIsToldItsFaultsFirst() {
    assertThat(Programs.faults(IMAGE + "loss cross_entropy(softmax(dense(3)(x)), kk)")).contains("unknown name kk").doesNotContain("takes scores");
  }

  @Test
  void theyAreSaidOnceWhateverThePurposes() {
    assertThat(Programs.compile(IMAGE + "loss cross_entropy(dense(3, softmax)(x), k)\ntrain { optimizer = sgd(0.1) }", 32).warnings().faults())
        .hasSize(1).allMatch(warning -> warning.severity() == Diagnostics.Severity.WARNING);
  }

  @Test
  void columnsThatFeedNothing() {
    assertThat(warnings("input x: float[N, 2]\ntarget label: float[N]\nloss mse(dense(1)(x) |> squeeze(1), label)\n"
        + "data { train = csv(\"f\", x = [\"a\", \"b\"], lable = \"c\") }")).startsWith("test.nn:4:41: warning: ")
        .contains("csv: no input or target is called 'lable'; did you mean label?").containsOnlyOnce("warning: ");
  }
}
