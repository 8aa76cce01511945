package nnc.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.graph.Op;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to be finite is finite. Oracle: compiled programs, run. */
class BoundsAnalysisTest {
  private static final String MASKED = """
      input x: float[N, T, T]
      i = expand(range(T), 1)
      j = expand(range(T), 0)
      output y = softmax(where(%s, x, -infinity))
      """;

  private static boolean isFinite(String mask) {
    var graph = Programs.compile(MASKED.formatted(mask), 32).stages().get("predict").elaborated();
    return !new BoundsAnalysis().of(graph.results().getFirst().node()).wild();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tril(ones(T, T)) > 0.5", "j <= i", "not (j > i)", "j < i + 1", "j == 0 or x > 0", "j <= i and (j == 0 or x > 0)", "tril(ones(T, T), 2) > 0.5"})
  void masksThatLeaveTheFirstPlaceInMakeNoNaN(String mask) {
    assertThat(isFinite(mask)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"j < i", "tril(ones(T, T), -1) > 0.5", "x > 0", "j > i", "j <= i and x > 0", "j != 0"})
  void masksThatMayLeaveNothingMayMakeNaN(String mask) {
    assertThat(isFinite(mask)).isFalse();
  }

  @Provide
  static Arbitrary<String> masks() {
    var places = Arbitraries.of("i", "j", "i + 1", "i - 1", "j + 1", "1 - j", "2", "0", "-i", "i - j", "cast(j <= i, \"int\")");
    var comparison = places.flatMap(a -> places.flatMap(b -> Arbitraries.of("<", "<=", "==", ">").map(by -> "(%s %s %s)".formatted(a, by, b))));
    var negated = comparison.map(c -> "(not " + c + ")");
    var either = Arbitraries.oneOf(comparison, negated);
    return either.flatMap(a -> either.flatMap(b -> Arbitraries.of("%s and %s", "%s or %s", "where(%s, %s, j < 3)").map(f -> f.formatted(a, b))));
  }

  @Property(tries = 80, seed = "11", shrinking = ShrinkingMode.OFF)
  void whatIsSaidToBeFiniteIs(@ForAll("masks") String mask) {
    var compiled = Programs.compile(MASKED.formatted("expand(" + mask + ", 0) and x == x"), 32);
    if (!isFinite(mask)) {
      return;
    }
    var model = Compiler.load(compiled).initialised(1);
    for (int t = 1; t <= 4; t++) {
      var context = model.context("predict", Map.of("N", 1, "T", t), Threads.shared());
      context.input("x").set(new double[t * t]);
      context.run();
      assertThat(Arrays.stream(context.output("y").tensor().toDoubles()).boxed()).as("%s with T = %s", mask, t).allMatch(Double::isFinite);
    }
  }

  /** What causal attention masks has a slope everywhere: the gradients guard nothing, and know of no element whether it was chosen. */
  @Test
  void causalAttentionNeedsNoGuards() {
    for (var minus : List.of("-infinity", "-1e30")) {
      var compiled = Programs.compile("""
          input x: float[N, T, 8]
          target y: float[N, T, 8]
          scores = x @ transpose(dense(8)(x), [0, 2, 1])
          h = softmax(where(tril(ones(T, T)) > 0.5, scores, %s)) @ x
          loss mse(dense(8)(layer_norm()(h) * h), y)
          train { optimizer = sgd(0.1) }
          """.formatted(minus), 32);
      var choices = compiled.stages().get("train").schedule().graph().nodes().stream().filter(node -> node.op() instanceof Op.Select).toList();
      assertThat(choices).as(minus).allMatch(choice -> choice.type().rank() == 3 || choice.type().rank() == 2);
      assertThat(choices.stream().filter(choice -> choice.type().rank() == 3)).as("scores and their gradient, under %s", minus).hasSize(2);
    }
  }
}
