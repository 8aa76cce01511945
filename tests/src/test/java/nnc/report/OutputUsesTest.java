package nnc.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.elaborate.OutputUse;
import nnc.elaborate.OutputUse.Form;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Type;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What outputs are taken for, and which target each goes with. */
class OutputUsesTest {
  private static final Dim N = Dim.open("N");

  private static final String HEAD = "input x: float[N, 4]\ntarget kind: int[N]\ntarget so: float[N]\ntarget much: float[N]\nz = x |> dense(3)\nu = x |> dense(1) |> squeeze(1)\n";

  private static final Map<String, Type> TARGETS = new LinkedHashMap<>();

  static {
    TARGETS.put("kind", Type.of(Kind.INT, N));
    TARGETS.put("so", Type.of(Kind.FLOAT, N));
    TARGETS.put("much", Type.of(Kind.FLOAT, N));
  }

  private static List<OutputUse> outputs(String program) throws Exception {
    return new Compilation("p.nn", program, CompilerOptions.standard()).outputs();
  }

  private static String matched(String rest, Map<String, String> told) throws Exception {
    var all = new LinkedHashMap<>(TARGETS);
    all.put("x", Type.of(Kind.FLOAT, N, Dim.of(4)));
    return new Matching(TARGETS, all, told).of(outputs(HEAD + rest)).stream().map(one -> one.output().name() + ":" + one.with() + ":" + one.task().name().toLowerCase(java.util.Locale.ROOT))
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource(delimiterString = " => ", value = {
      "softmax(z) => SOFTMAX", "softmax(z, axis = 1) => SOFTMAX", "softmax(z, axis = 0) => OTHER", "sigmoid(u) => SIGMOID", "log_softmax(z) => LOG_SOFTMAX", "z => OTHER", "exp(z) => OTHER",
      "(softmax(z) + softmax(2 * z) + softmax(x |> dense(3))) / 3 => SOFTMAX", "0.25 * softmax(z) + softmax(-z) * 0.75 => SOFTMAX", "softmax(z) + softmax(2 * z) => OTHER", "2 * sigmoid(u) => OTHER",
      "1 - sigmoid(u) => OTHER", "sigmoid(z)[:, 0] => OTHER", "reshape(softmax(z), [-1, 1, 3]) => SOFTMAX", "reshape(softmax(z), [-1]) => OTHER", "expand(sigmoid(u), 1) => SIGMOID", "softmax(z) * sigmoid(u)[0] => OTHER"})
  void formsAreSeenInTheGraph(String value, Form form) throws Exception {
    assertThat(outputs(HEAD + "output o = " + value).getFirst().form()).isEqualTo(form);
  }

  @ParameterizedTest
  @CsvSource(delimiterString = " => ", value = {
      "output p = softmax(z)  loss cross_entropy(z, kind) => p:kind:scores",
      "output p = softmax(z)  output c = argmax(z)  loss cross_entropy(z, kind) => p:kind:scores c:kind:choice",
      "h = x |> dense(3)  v = h |> dense(3)  output h  output p = softmax(v)  loss cross_entropy(v, kind) => p:kind:scores",
      "output p = sigmoid(u)  loss binary_cross_entropy(u, so) => p:so:chance",
      "output p = u > 0  loss hinge(u, so) => p:so:decision",
      "output a = sigmoid(u)  v = x |> dense(1) |> squeeze(1)  output b = v  loss binary_cross_entropy(u, so) + 0.5 * mse(v, much) => a:so:chance b:much:amount",
      "output a = u  output b = softmax(z)  loss mean((u - much)^2) + cross_entropy(z, kind) => a:much:amount b:kind:scores",
      "output a = u  loss mean((u - much)^2 * so) => a:much:amount",
      "output a = 1000 * u  loss mse(u, much / 1000) => a:much:amount",
      "output a = sigmoid(u)  loss binary_cross_entropy(u, so, weights = much) => a:so:chance",
      "output a = u  metric far = mean(abs(u - much)) => a:much:amount",
      "output p = softmax(z)  loss cross_entropy(z, one_hot(kind, 3)) => p:kind:scores",
      "output p = softmax(z) => p:kind:scores"})
  void outputsGoWithWhatTheyAreComparedWith(String rest, String expected) throws Exception {
    assertThat(matched(rest, Map.of())).isEqualTo(expected);
  }

  @Test
  void whatIsOpenIsAsked() throws Exception {
    var both = "output a = u  loss mse(u, much) + mse(u, so)";
    assertThatThrownBy(() -> matched(both, Map.of())).isInstanceOf(Fault.class).hasMessage("output a may go with so or with much")
        .satisfies(fault -> assertThat(((Fault) fault).hint()).isEqualTo("say which: --match a=so"));
    assertThat(matched(both, Map.of("a", "much"))).isEqualTo("a:much:amount");
    assertThatThrownBy(() -> matched("output a = u", Map.of())).isInstanceOf(Fault.class).hasMessage("output a may go with kind or with so or with much");
    assertThatThrownBy(() -> matched("output a = reshape(x, [-1, 2, 2])", Map.of())).isInstanceOf(Fault.class)
        .hasMessage("no output goes with a target: the outputs are a: float[N, 2, 2]; the targets are kind: int[N], so: float[N], much: float[N]");
    assertThatThrownBy(() -> matched(both, Map.of("b", "much"))).isInstanceOf(Fault.class).hasMessage("--match b=...: there is no output b");
    assertThatThrownBy(() -> matched(both, Map.of("a", "mush"))).isInstanceOf(Fault.class).hasMessageContaining("there is no target or input mush; did you mean much?");
    assertThatThrownBy(() -> matched("output a = z  loss mse(z, 0)", Map.of("a", "much"))).isInstanceOf(Fault.class)
        .hasMessage("--match a=much: float[N, 3] cannot be compared with float[N]");
    assertThat(matched("output a = x |> dense(4)", Map.of("a", "x"))).isEqualTo("a:x:amount");
  }

  @Test
  void labelsThatDoNotCountAreKnown() throws Exception {
    var how = outputs(HEAD + "output p = softmax(z)  loss cross_entropy(z, kind, ignore = -1)").getFirst().compared();
    assertThat(how).hasSize(1);
    assertThat(how.getFirst().ignored()).hasValue(-1);
    assertThat(how.getFirst().by()).containsExactly("cross_entropy");
  }

  /** A program without targets is judged by its inputs: it makes them again. */
  @Test
  void inputsStandForTargetsWhereThereAreNone() throws Exception {
    var how = outputs("input x: float[N, 4]\noutput again = x |> dense(2) |> dense(4)\nloss mse(again, x)").getFirst().compared();
    assertThat(how.stream().map(OutputUse.Compared::with)).containsExactly("x");
  }
}
