package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of inputs whose values nothing depends on the sizes count all the same: outputs have a row for each row fed. */
class UnreadInputsTest {
  private static final String INPUT = "input x: float[N, 5]\n";

  @TempDir
  Path folder;

  private static Model model(String source) {
    return Compiler.load(Programs.compile(source, 32)).initialised(1);
  }

  private static Tensor zeros(int... shape) {
    return new Tensor(shape, new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)]);
  }

  private Said said(String source, Map<String, Tensor> inputs, String... more) {
    var arguments = new ArrayList<>(List.of("predict", "--out", folder.resolve("out.npz").toString()));
    if (inputs != null) {
      Npz.write(folder.resolve("in.npz"), inputs);
      arguments.addAll(List.of("--in", folder.resolve("in.npz").toString()));
    }
    arguments.addAll(List.of(more));
    return Said.byNetwork(model(source), folder, arguments.toArray(String[]::new));
  }

  private Map<String, Tensor> predict(String source, Map<String, Tensor> inputs, String... more) {
    var said = said(source, inputs, more);
    assertThat(said.code()).as(said.all()).isZero();
    return Npz.read(folder.resolve("out.npz"));
  }

  // ---- predict

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"x ^ 0 | 5 | 1", "full([N, 2], 0.5) | 2 | 0.5", "grad(sum(step(x)), x) | 5 | 0", "zeros(N, 3) + 1 | 3 | 1",
      "where(x == x or x != x, 2, x) * 0 + full([N, 5], 2) | 5 | 2", "reshape(full([N * 4], 3), [N, 4]) | 4 | 3"})
  void rowsFollowFromWhatIsFed(String value, int width, double expected) {
    for (int rows : new int[] {1, 3, 256, 700}) {
      var y = predict(INPUT + "output y = " + value + "\n", Map.of("x", zeros(rows, 5))).get("y");
      assertThat(y.shape()).containsExactly(rows, width);
      assertThat(y.toDoubles()).containsOnly(expected);
    }
  }

  @Test
  void orFromTheCommandLine() {
    for (int rows : new int[] {1, 300}) {
      assertThat(predict(INPUT + "output y = full([N, 2], 0.5)\n", null, "--count", "" + rows).get("y").shape()).containsExactly(rows, 2);
      assertThat(predict(INPUT + "output y = x ^ 0\n", Map.of("x", zeros(rows, 5)), "--count", "" + rows).get("y").shape()).containsExactly(rows, 5);
    }
  }

  @Test
  void whatIsNotReadNeedNotBeGiven() {
    var source = "input x: float[N, 5]\ninput s: float[N, T]\ninput i: int[M]\noutput y = 2 * x\n";
    assertThat(predict(source, Map.of("x", zeros(3, 5))).get("y").shape()).containsExactly(3, 5);
    assertThat(predict(source, Map.of("x", zeros(3, 5), "s", zeros(3, 8))).get("y").shape()).containsExactly(3, 5);
  }

  @Test
  void whatIsGivenMustFit() {
    var source = "input x: float[N, 5]\ninput s: float[N, 2]\noutput y = 2 * x\n";
    assertThat(said(source, Map.of("x", zeros(3, 5), "s", zeros(4, 2))).err())
        .contains("in.npz: input s: float32[4, 2] given, but another input has N = 3");
    assertThat(said(source, Map.of("x", zeros(3, 5), "s", zeros(3, 7))).err()).contains("in.npz: input s: float32[3, 7] given, float[N, 2] declared");
    assertThat(said(source, Map.of("x", zeros(3, 5)), "--count", "4").err()).isEqualTo("error: --count 4, but the inputs have N = 3\n");
  }

  @Test
  void whatIsMissingIsSaid() {
    var source = "input x: float[N, 5]\ninput s: float[N, T]\noutput y = full([N, 2], 1)\noutput k = full([N, T], 1)\n";
    assertThat(said(source, null).err()).isEqualTo("error: the size of the open dimension N does not follow from the arrays given\n"
        + "  say how many rows to compute: --count N; or give x, s\n");
    assertThat(said(source, Map.of("x", zeros(3, 5))).err()).isEqualTo("error: the size of the open dimension T does not follow from the arrays given\n"
        + "  give s: nothing else of it is needed\n");
    assertThat(predict(source, Map.of("s", zeros(3, 7))).get("k").shape()).containsExactly(3, 7);
    assertThat(said(INPUT + "output y = 2 * x\n", null).code()).isEqualTo(2);
  }

  // ---- from Java

  @Test
  void aContextTakesWhatIsFedOrTheBatch() {
    var context = model(INPUT + "output y = x ^ 0\n").context("predict", 8);
    context.input("x").set(new float[15]);
    context.run();
    assertThat(context.output("y").shape()).containsExactly(3, 5);
    context.input("x").set(zeros(2, 5));
    context.run();
    assertThat(context.output("y").shape()).containsExactly(2, 5);
    context.input("x").set(new int[20]);
    context.input("x").set(7, 1.5);
    context.run();
    assertThat(context.output("y").shape()).containsExactly(4, 5);
    context.batch(6);
    context.run();
    assertThat(context.output("y").shape()).containsExactly(6, 5);
    assertThat(context.inputs()).isEmpty();
    assertThatThrownBy(() -> context.input("x").set(new float[7])).isInstanceOf(Fault.class).hasMessage("input x: 7 elements given, float[N, 5] has 5 an example");
    assertThatThrownBy(() -> context.input("x").set(zeros(3, 4))).hasMessage("input x: float32[3, 4] given, float[N, 5] declared");
    assertThatThrownBy(() -> context.input("x").set(zeros(9, 5))).hasMessage("N = 9: this context was made for at most 8");
  }

  @Test
  void sizesThatNothingIsMadeForNeedNoLimit() {
    var context = model("input x: float[N, 5]\ninput s: float[N, T]\noutput y = 2 * x\n").context("predict", Map.of("N", 3), Threads.shared());
    context.input("s").set(zeros(2, 1000));
    context.input("x").set(new float[10]);
    context.run();
    assertThat(context.output("y").shape()).containsExactly(2, 5);
    context.input("s").set(zeros(2, 1000));
    assertThatThrownBy(() -> context.input("x").set(zeros(3, 5))).hasMessageContaining("float32[3, 5] given, but another input of this run has N = 2");
    assertThatThrownBy(() -> model(INPUT + "output y = x ^ 0\n").context("predict", Map.of(), Threads.shared()))
        .hasMessage("no largest size given for the open dimension N");
  }

  // ---- training and evaluation

  @Test
  void aLossMayLeaveInputsUnread() {
    var source = """
        input x: float[N, 5]
        target t: float[N]
        layer level()(x: float[N, D]) { param b: float = zeros  return b + zeros(N) }
        y = level()(x)
        output y
        loss mse(y, t)
        metric rows = sum(ones(N)) / N
        data { train = npz("t.npz")  test = npz("t.npz") }
        train { optimizer = sgd(0.5)  batch = 4  epochs = 30 }
        """;
    Npz.write(folder.resolve("t.npz"), Map.of("t", new Tensor(new int[] {7}, new float[] {1, 2, 3, 4, 5, 6, 7})));
    var weights = folder.resolve("w.npz").toString();
    var trained = Said.byNetwork(model(source), folder, "train", "--out", weights);
    assertThat(trained.code()).as(trained.all()).isZero();
    var told = Said.byNetwork(model(source), folder, "evaluate", "--weights", weights, "--json");
    assertThat(told.all()).contains("\"rows\":1");
    assertThat(Npz.read(Path.of(weights)).get("level.b").get(0)).isBetween(3.0, 5.0);
  }
}
