package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
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
    return Programs.compile(source, 32).warnings().render();
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
        assertThat(Compiler.check(file, CompilerOptions.standard()).faults()).as(file.toString()).isEmpty();
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

  // ---- operands that are both repeated

  private static final String COLUMN = "input x: float[N, 6]\ninput w: float[N]\ntarget t: float[N]\ntarget u: float[N, 4]\np = dense(1)(x)\nq = squeeze(p, 1)\ny = expand(t, 1)\n";

  @Test
  void aColumnAgainstARow() {
    assertThat(warnings("input p: float[N, 1]\ntarget t: float[N]\noutput p\nloss mse(p, t)")).isEqualTo("""
        test.nn:4:6: warning: float[N, 1] and float[N] become float[N, N]: each element of one meets several of the other
          4 | loss mse(p, t)
            |      ^^^^^^^^^
          hint: squeeze(x, 1) makes float[N] of float[N, 1], so that both have one shape
          hint: if that is meant, write the axes: expand(a, 1) - expand(b, 0)
        """);
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "loss mae(p, t) === test.nn:8:6 === float[N, 1] and float[N] become float[N, N]",
      "loss mae(t, p) === test.nn:8:6 === float[N] and float[N, 1] become float[N, N]",
      "loss mean((p - t)^2) === test.nn:8:12 === float[N, 1] and float[N] become float[N, N]",
      "fn own(a, b) = mean(abs(a - b)) loss own(p, t) === test.nn:8:25 === become float[N, N]",
      "metric m = r2(p, t) === test.nn:8:12 === become float[N, N]",
      "metric m = f1(p > 0, t > 0) === test.nn:8:12 === bool[N, 1] and bool[N] become bool[N, N]",
      "metric m = mean(maximum(2 * p + 1, t)) === test.nn:8:17 === become float[N, N]",
      "metric m = mean(where(p > 0, t, 0)) === test.nn:8:17 === bool[N, 1] and float[N] become float[N, N]",
      "loss binary_cross_entropy(p |> relu, t) === test.nn:8:6 === become float[N, N]",
      "loss mse(x[:, :1], t) === test.nn:8:6 === become float[N, N]",
      "h = dense(4)(x) loss mse(dense(4)(reshape(x, [N, 6])), u) metric m = mean(dense(1)(reshape(x, [N, 6])) * w) === test.nn:8:75 === become float[N, N]",
      "loss mse(q, y) === test.nn:8:6 === float[N] and float[N, 1] become float[N, N]",
      "loss mean(huber(q, y)) === test.nn:8:11 === float[N] and float[N, 1] become float[N, N]",
      "input s: float[N, 1, 4] loss mse(s, u) === test.nn:8:30 === float[N, 1, 4] and float[N, 4] become float[N, N, 4]",
      "input s: float[N, 1, 6] loss mse(s |> dense(4), u) === test.nn:8:30 === float[N, 1, 4] and float[N, 4] become float[N, N, 4]",
      "input s: float[N, 4, 1] param b: float[4] = zeros metric m = mean(s + b) === test.nn:8:67 === float[N, 4, 1] and float[4] become float[N, 4, 4]"})
  void whatWouldLieAlongTheOtherIsNotRepeated(String program, String place, String message) {
    assertThat(warnings(COLUMN + program)).contains(place + ": warning: ").contains(message).contains("hint: ").containsOnlyOnce(" become ");
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "input s: float[N, 1, 4] loss mse(s, u) === squeeze(x, 1) makes float[N, 4] of float[N, 1, 4]",
      "input s: float[N, 1, 1] loss mse(s, t) === squeeze(x, [1, 2]) makes float[N] of float[N, 1, 1]",
      "input s: float[N, 4, 1] param b: float[4] = zeros metric m = mean(s + b) === reshape(x, [4, 1]) lays float[4] along float[N, 4, 1]"})
  void theRemedyFitsTheShapes(String program, String remedy) {
    assertThat(warnings(COLUMN + program)).contains("hint: " + remedy);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "loss mse(q, t)", "loss mse(p, y)", "loss mse(p, expand(t, 1))", "loss mse(p, reshape(t, [N, 1]))",
      "loss mean(abs(expand(q, 1) - t))", "loss mse(expand(q, 1), t)", "loss mse(expand(q, 1), expand(t, 0))",
      "fn apart(a, b) = abs(expand(a, 1) - b) loss mean(apart(q, t))",
      "fn apart(a, b) { c = expand(a, 1) return abs(c - b) } loss mean(apart(q, t))",
      "c = expand(q, 1) r = expand(t, 0) loss mean((c - r)^2)",
      "c = 2 * expand(w, 1) + 1 d = c - w output far = d", "c = expand(y, 1) same = c == t metric m = mean(same)",
      "output far = sum((expand(x, 1) - expand(x, 0))^2, axis = -1)",
      "output far = sum((expand(x, 1) - x)^2, axis = -1)", "output rest = x - mean(x, axis = 0, keep = true) - mean(x, axis = 1, keep = true)",
      "output m = norm(x, keep = true) * w", "metric a = roc_auc(q, t > 0)", "output s = self_attention(2)(expand(x, 1))",
      "param c: float[5] = zeros output phi = exp(-(x[:, :1] - c)^2)", "output y2 = x[:, :1] * x", "output y2 = p * x",
      "input mask: bool[N, 6] s = expand(x, 1) * expand(x, 2) output a = where(expand(mask, 1) and tril(ones(6, 6)) > 0, s, 0)",
      "mask = expand(expand(x > 0, 1), 1) causal = tril(ones(6, 6)) > 0 output a = where(mask and causal, 1, 0)",
      "output a = sequence_mask(cast(w, `int`), 6)", "output e = sum(tensor([[1], [2]]) * tensor([3, 4])) + 0 * w"})
  void axesThatAreWrittenAreMeant(String program) {
    assertThat(warnings(COLUMN + program.replace('`', '"'))).doesNotContain("become");
  }

  @Test
  void theyAreToldWhateverTheCommand() throws Exception {
    assertThat(Programs.compile(COLUMN + "loss mse(p, t)\ntrain { optimizer = sgd(0.1) }", 32).warnings().json())
        .startsWith("{\"severity\": \"warning\"").contains("\"line\": 8, \"column\": 6").contains("\"hints\": [\"squeeze(x, 1) makes float[N] of float[N, 1]").hasLineCount(1);
  }

  // ---- numbers that are names

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "input w: int[N, 8] output y = dense(3)(w) === test.nn:1:31",
      "input w: int[N, 8] h = w |> dense(3, relu) output y = h === test.nn:1:29",
      "input w: int[N] output y = expand(w, 1) |> dense(3) === test.nn:1:44",
      "input w: int[N, 8] output y = w[:, 2:] |> dense(3) === test.nn:1:43",
      "input w: int[N, 8] output y = expand(w, 2) |> lstm(3, sequences = false) === test.nn:1:47",
      "input w: int[N, 8] param W: float[8, 2] = zeros output y = w @ W === test.nn:1:60",
      "input w: int[N, T] output y = expand(w, 2) |> self_attention(1) === test.nn:1:47"})
  void wordsAreNoAmounts(String program, String place) {
    assertThat(warnings(program)).startsWith(place + ": warning: this layer multiplies the numbers of w, int[N").contains("hint: ").contains("embedding(classes, width)(w)")
        .contains("declare w as float");
  }

  @ParameterizedTest
  @ValueSource(strings = {"input w: int[N, 8] output y = w |> embedding(9, 2) |> flatten |> dense(3)", "input w: int[N] output y = one_hot(w, 9) |> dense(3)",
      "input w: float[N, 8] output y = dense(3)(w)", "input w: int[N, 8] output y = cast(w, `float`) |> dense(3)", "input w: int[N, 8] output y = w / 255 |> dense(3)",
      "input w: int[N, 28, 28] output y = w |> flatten |> dense(3)", "input w: bool[N, 8] output y = dense(3)(w)",
      "input w: int[N, 1, 8, 8] output y = w |> conv2d(2, kernel = 3)", "input w: int[N, 8] output y = w @ ones(8, 2)"})
  void amountsAreAmounts(String program) {
    assertThat(warnings(program.replace('`', '"'))).isEmpty();
  }

  // ---- outputs that know too much

  @Test
  void aTargetInAnOutput() {
    assertThat(warnings("input x: float[N, 6]\ntarget t: float[N, 6]\ne = x - t\noutput x2 = 2 * x\noutput y = relu(e)\nloss mean(e^2)")).isEqualTo("""
        test.nn:5:1: warning: the output y needs the target t: to predict, what should be predicted has to be given
          5 | output y = relu(e)
            | ^^^^^^^^^^^^^^^^^^
          hint: compute outputs from inputs alone, or declare t as an input if it is known by then
        """);
  }

  @Test
  void aTargetThatOnlyTrainingReads() {
    assertThat(warnings("input x: float[N, 6]\ntarget t: float[N, 6]\noutput y = if training then x - t else x\nloss mse(dense(6)(x), t)")).isEmpty();
  }
}
