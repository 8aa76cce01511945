package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.endtoend.Programs;
import nnc.source.Diagnostics;
import nnc.source.WarningName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What compiles and is probably not meant. */
class WarningsTest {
  private static final String IMAGE = "input x: float[N, 6]\ntarget k: int[N]   # nnc: allow unused\ntarget t: float[N, 3]   # nnc: allow unused\n";

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
          to allow it: # nnc: allow redundant-layer
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

  private static final String COLUMN = "input x: float[N, 6]\ninput w: float[N]   # nnc: allow unused\ntarget t: float[N]   # nnc: allow unused\ntarget u: float[N, 4]   # nnc: allow unused\np = dense(1)(x)\nq = squeeze(p, 1)\ny = expand(t, 1)\n";

  @Test
  void aColumnAgainstARow() {
    assertThat(warnings("input p: float[N, 1]\ntarget t: float[N]\noutput p\nloss mse(p, t)")).isEqualTo("""
        test.nn:4:6: warning: float[N, 1] and float[N] become float[N, N]: each element of one meets several of the other
          4 | loss mse(p, t)
            |      ^^^^^^^^^
          hint: squeeze(x, 1) makes float[N] of float[N, 1], so that both have one shape
          hint: if that is meant, write the axes: expand(a, 1) - expand(b, 0)
          to allow it: # nnc: allow repeated-operands
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
          to allow it: # nnc: allow target-in-output
        """);
  }

  @Test
  void aTargetThatOnlyTrainingReads() {
    assertThat(warnings("input x: float[N, 6]\ntarget t: float[N, 6]\noutput y = if training then x - t else x\nloss mse(dense(6)(x), t)")).isEmpty();
  }

  // ---- names, by which warnings are allowed

  private static final String TWO = "input x: float[N, 6]\ninput w: float[N]%s\noutput y = x\n  |> dense(8)\n  |> dense(3)%s\n%s";

  @Test
  void oneIsAllowedOnItsLineOrInItsFile() {
    assertThat(warnings(TWO.formatted("", "", ""))).contains("# nnc: allow unused\n").contains("# nnc: allow redundant-layer\n");
    assertThat(warnings(TWO.formatted("  # nnc: allow unused", "", ""))).doesNotContain("nothing depends").contains("this layer follows another");
    assertThat(warnings(TWO.formatted("", "  # nnc: allow unused", ""))).contains("nothing depends");
    assertThat(warnings(TWO.formatted("", "", "# nnc: allow unused, redundant-layer"))).isEmpty();
    assertThat(warnings(TWO.formatted("", "", "#nnc:allow redundant-layer"))).contains("nothing depends").doesNotContain("this layer follows another");
  }

  @Test
  void aNameThatNoWarningHas() {
    assertThat(warnings("input x: float[N]\noutput y = x\n# nnc: allow unusd")).isEqualTo("""
        test.nn:3:14: warning: there is no warning called unusd
          3 | # nnc: allow unusd
            |              ^^^^^
          hint: did you mean unused?
          to allow it: # nnc: allow unknown-warning
        """);
  }

  /** What the page on warnings says of a name is there, and of each there is. */
  @Test
  void thePageHasAllNames() throws Exception {
    var page = Files.readString(Path.of("..", "docs", "warnings.md"));
    assertThat(WarningName.values()).allSatisfy(name -> assertThat(page).contains("`" + name.title() + "`"));
  }

  // ---- inputs that nothing needs, gradients that do not arrive

  @Test
  void anInputThatNothingDependsOn() {
    assertThat(warnings("input x: float[N, 2]\ninput w: float[N]\nh = 2 * w\noutput y = dense(1)(x)")).startsWith("test.nn:2:1: warning: nothing depends on the input w").containsOnlyOnce("warning: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "input x: float[N, 2]\ninput w: float[N]\noutput y = dense(1)(x)\nmetric m = mean(w)",
      "input row: int[N]\nx = uniform(0, 1, [N, 2])\noutput y = dense(1)(x)",
      "input x: float[3]\ninput row: int[N]\noutput y = zeros(N, 3) + x",
      "input x: float[N, 2]\ninput w: float[N, 2]\noutput y = dense(1)(if training then x + w else x)",
      "input row: int[N]\noutput y = zeros(3)"})
  void inputsThatAreUsed(String program) {
    assertThat(warnings(program)).isEmpty();
  }

  @Test
  void aParameterBehindAStep() {
    assertThat(warnings("input x: float[N, 6]\na = dense(3)(x)\nloss mean(dense(1)(stop_gradient(a)))\ntrain { optimizer = sgd(0.1) }"))
        .contains("test.nn:2:5: warning: no gradient reaches dense.W, dense.b: ").contains("blocked-gradient").containsOnlyOnce("warning: ");
  }

  // ---- how weights start

  private static String stack(int depth, String layer) {
    return "input x: float[N, 16]\nh = x\nfor i in 0..%d { h = %s(h) }\noutput y = dense(1)(h)".formatted(depth, layer);
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "30 === dense(16, sigmoid) === it vanishes",
      "12 === dense(16, relu, init = normal(0, 0.01)) === it vanishes",
      "12 === dense(16, relu, init = normal(0, 3)) === it explodes"})
  void gradientsOfAnotherScale(int depth, String layer, String message) {
    assertThat(warnings(stack(depth, layer))).startsWith("test.nn:3:").contains(message).contains("gradient-scale").contains("the last of them:").containsOnlyOnce("warning: ");
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "3 === dense(16, sigmoid)",
      "30 === dense(16, relu, init = he_normal)",
      "30 === dense(16, tanh)",
      "30 === compose(dense(16, sigmoid), layer_norm())",
      "30 === dense(16, relu, init = identity)"})
  void gradientsThatArrive(int depth, String layer) {
    assertThat(warnings(stack(depth, layer))).isEmpty();
  }

  @Test
  void aWayAroundKeepsGradients() {
    assertThat(warnings("input x: float[N, 16]\nh = x\nfor i in 0..30 { h = h + dense(16, sigmoid)(h) }\noutput y = dense(1)(h)")).isEmpty();
  }

  /** Of twelve layers each slope is a quarter or a little less, each sum of 64 weights of variance 2/128 keeps the scale, and the last layer has one unit: 2/65. */
  @Test
  void theScaleIsThatOfTheFormula() {
    var warning = warnings(stack(12, "dense(64, sigmoid)").replace("N, 16", "N, 64"));
    double expected = Math.log10(Double.parseDouble(warning.replaceAll("(?s).*expected to be (\\S+) times.*", "$1")));
    double steepest = 12 * Math.log10(0.25) + Math.log10(2.0 / 65) / 2;
    assertThat(expected).isBetween(steepest - 0.7, steepest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dense(64, tanh, init = normal(0, 2))", "dense(64, sigmoid, init = normal(0, 5))", "dense(64, init = normal(0, 9)) |> tanh"})
  void activationsThatStartSaturated(String layer) {
    assertThat(warnings("input x: float[N, 16]\nh = x |> " + layer + "\noutput y = dense(1)(h)")).contains("starts saturated").contains("saturated-start").containsOnlyOnce("warning: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dense(64, tanh)", "dense(64, tanh, init = he_normal)", "dense(64, sigmoid, init = normal(0, 1))", "dense(64, relu, init = normal(0, 1))"})
  void activationsThatStartWell(String layer) {
    assertThat(warnings("input x: float[N, 16]\nh = x |> " + layer + "\noutput y = dense(1)(h)")).isEmpty();
  }

  @Test
  void twoLayersOfZeros() {
    var program = "input x: float[N, 3]\nh = x |> dense(4, tanh, init = zeros)\noutput y = dense(1, init = %s)(h)";
    assertThat(warnings(program.formatted("zeros"))).startsWith("test.nn:3:").contains("start as zeros").contains("zero-start").containsOnlyOnce("warning: ");
    assertThat(warnings(program.formatted("glorot_uniform"))).isEmpty();
    assertThat(warnings("input x: float[N, 3]\noutput y = dense(1, init = zeros)(x)")).isEmpty();
  }

  // ---- rates and batches

  private static final String TRAINED = "input x: float[N, 2]\ntarget t: float[N]\nloss mse(dense(1)(x)[:, 0], t)\n";

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "adam(1) === the rate of adam is 1.00", "adam(1e-9) === hardly move", "sgd(100) === the rate of sgd is 100", "sgd(1e-8) === hardly move", "adam(5 * cosine_decay(100)) === the rate of adam is",
      "rmsprop(0.001 * warmup(100)) === ", "adam === ", "sgd(10) === ", "adam(0.1) === ", "momentum(0.01 * step_decay(1000, 0.1), 0.9) === "})
  void ratesOutOfTheUsual(String optimizer, String message) {
    var warnings = warnings(TRAINED + "train { optimizer = " + optimizer + " }");
    if (message == null || message.isEmpty()) {
      assertThat(warnings).isEmpty();
    } else {
      assertThat(warnings).startsWith("test.nn:4:9: warning: ").contains(message).contains("learning-rate").containsOnlyOnce("warning: ");
    }
  }

  @Test
  void batchesLargerThanTheData() {
    var program = "input point: float[N, 2]\ntarget label: float[N]\nloss mse(dense(1)(point)[:, 0], label)\ndata { train = spiral(50) }\ntrain { optimizer = sgd(0.1)  batch = %d }";
    assertThat(warnings(program.formatted(64))).startsWith("test.nn:5:").contains("a batch of 64 is more than the 50 examples").contains("batch-size").containsOnlyOnce("warning: ");
    assertThat(warnings(program.formatted(50))).isEmpty();
  }
}
