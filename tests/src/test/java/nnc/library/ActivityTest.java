package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.runtime.Model;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Penalties of what layers give; oracle: the same as a loss of its own. */
class ActivityTest {
  private static final String HEAD = "input x: float[N, 3, 8]\ntarget y: float[N]\n";
  private static final String END = "\nz = h |> flatten |> dense(1) |> squeeze(1)\noutput z\nloss mse(z, y)\ntrain { optimizer = sgd(0.1) }";

  private static Model stepped(String program, double[] told) {
    var model = Compiler.load(Programs.compile(program, 64)).initialised(1);
    var context = model.context("train", 6);
    for (int step = 1; step <= 3; step++) {
      context.batch(step == 3 ? 4 : 6);
      var random = new Random(step);
      context.inputs().forEach(input -> {
        for (int i = 0; i < input.size(); i++) {
          input.set(i, random.nextGaussian());
        }
      });
      context.counters(step, 0);
      context.run();
      told[step - 1] = context.results(Role.LOSS).getFirst().get(0);
      context.results(Role.TERM).stream().filter(term -> term.name().equals("penalty")).forEach(term -> told[2 + term.size()] = term.get(0));
    }
    return model;
  }

  private static void assertAlike(String penalised, String loss) {
    double[] told = new double[4];
    double[] expected = new double[4];
    var actual = stepped(HEAD + penalised + END, told);
    var other = stepped(HEAD + loss + END, expected);
    for (var weight : actual.spec().weights()) {
      var values = actual.weight(weight.path()).toDoubles();
      var wanted = other.weight(weight.path()).toDoubles();
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).as(weight.path()).isCloseTo(wanted[i], within(1e-12));
      }
    }
    for (int i = 0; i < 3; i++) {
      assertThat(told[i]).isCloseTo(expected[i], within(1e-12));
    }
    assertThat(told[3]).as("the penalty is told").isPositive();
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "h = x |> dense(4, relu, activity = l1(0.3)) === h = x |> dense(4, relu)  loss activity_l1(h, 0.3)",
      "h = x |> dense(4, tanh, activity = l2(0.3)) === h = x |> dense(4, tanh)  loss activity_l2(h, 0.3)",
      "h = x |> conv1d(4, kernel = 3, activity = l1_l2(0.1, 0.2)) === h = x |> conv1d(4, kernel = 3)  loss activity_l1(h, 0.1)  loss activity_l2(h, 0.2)",
      "h = x |> conv_transpose1d(4, kernel = 3, activity = l2(0.1)) === h = x |> conv_transpose1d(4, kernel = 3)  loss activity_l2(h, 0.1)",
      "h = x |> maxout(4, 2, activity = l1(0.1)) === h = x |> maxout(4, 2)  loss activity_l1(h, 0.1)",
      "h = x |> weight_norm_dense(4, activity = l1(0.1)) === h = x |> weight_norm_dense(4)  loss activity_l1(h, 0.1)",
      "h = x |> cosine_dense(4, activity = l1(0.1)) === h = x |> cosine_dense(4)  loss activity_l1(h, 0.1)",
      "h = expand(x, 1) |> conv2d(2, kernel = 3, activity = l2(0.1)) === h = expand(x, 1) |> conv2d(2, kernel = 3)  loss activity_l2(h, 0.1)",
      "h = expand(x, 1) |> conv_transpose2d(2, kernel = 3, activity = l2(0.1)) === h = expand(x, 1) |> conv_transpose2d(2, kernel = 3)  loss activity_l2(h, 0.1)",
      "h = x |> gru(3) |> activity([l1(0.1), h => sum(h^4)]) === h = x |> gru(3)  loss activity_l1(h, 0.1)  loss sum(h^4) / shape(h)[0]",
      "d = dense(8, activity = l2(0.1))  h = x |> d |> d === d = dense(8)  a = d(x)  h = d(a)  loss activity_l2(a, 0.1)  loss activity_l2(h, 0.1)"})
  void isTheMeanOverExamplesOfTheFunction(String penalised, String loss) {
    assertAlike(penalised, loss);
  }

  @Test
  void predictionsAndEvaluationsHaveNone() {
    var with = Programs.compile(HEAD + "h = x |> dense(4, relu, activity = l1(0.3))" + END, 32);
    var without = Programs.compile(HEAD + "h = x |> dense(4, relu)" + END, 32);
    for (var plan : new String[] {"predict", "evaluate"}) {
      assertThat(with.stages().get(plan).lowered().kernels()).isEqualTo(without.stages().get(plan).lowered().kernels());
    }
    assertThat(with.spec().training().figures()).containsExactly("loss", "penalty");
  }

  /** A step that learns nothing that the activity depends on is as without it. */
  @Test
  void ofSeveralStepsThoseThatLearnWhatItDependsOn() {
    var steps = """
        input x: float[N, 3, 8]
        target y: float[N]
        a = x |> flatten |> dense(4, tanh%s)
        b = x |> flatten |> dense(1) |> squeeze(1)
        loss first = mse(sum(a, axis = 1), y)
        loss second = mse(b, y)
        train { step { loss = first on "dense.*" } step { loss = second on "dense_2.*" }  optimizer = sgd(0.1) }
        """;
    var with = Programs.compile(steps.formatted(", activity = l1(0.3)"), 32);
    var without = Programs.compile(steps.formatted(""), 32);
    assertThat(with.stages().get("train").lowered().kernels()).isNotEqualTo(without.stages().get("train").lowered().kernels());
    assertThat(with.stages().get("train.2").lowered().kernels()).isEqualTo(without.stages().get("train.2").lowered().kernels());
  }

  @Test
  void whatIsNoPenaltyIsRefused() {
    assertThat(Programs.faults(HEAD + "h = x |> dense(4, activity = 0.1)" + END)).startsWith("test.nn:3:").contains("penalty is a penalty of what a layer gives, such as l1(0.0001)")
        .doesNotContainPattern("nnc:\\w+\\.nn");
    assertThat(Programs.faults(HEAD + "h = x |> activity(h => h)" + END)).startsWith("test.nn:3:").contains("activity: a penalty is a scalar, and this is float[N, 3, 8]");
    assertThat(Programs.faults(HEAD + "h = x |> activity(l1)" + END)).startsWith("test.nn:3:").contains("l1 gives a function of an array when it is called with its numbers")
        .contains("write l1(rate)");
  }
}
