package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import nnc.driver.CompiledProgram;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Type;
import nnc.lower.Lowering;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.spec.ModelSpec;
import org.junit.jupiter.api.Test;

/** What follows from the weights alone is computed again whenever they change, and never else. */
class PreparedTest {
  private static final String NETWORK = """
      input  x: float[N, 2, 6, 6]
      target y: float[N, 3]
      output z = x |> conv2d(%d, kernel = 3, padding = 1) |> batch_norm() |> relu |> flatten |> dense(20, tanh) |> dense(3)
      loss mse(z, y)
      train { optimizer = momentum(0.05, 0.9)  batch = 4 }
      """;

  private static final String RECURRENCE = """
      input  x: float[N, %d, 3]
      target y: float[N, 5]
      cell = lstm_cell(5)
      h = zeros(N, 5)
      c = zeros(N, 5)
      for t in 0..%d { h, c = cell(x[:, t], h, c) }
      loss mse(h, y)
      train { optimizer = adam(0.001)  batch = 4 }
      """;

  private static double[] predict(Model model, Context context) {
    Agreement.feed(model, context, 5);
    context.run();
    return context.output("z").tensor().toDoubles();
  }

  @Property(tries = 6, seed = "26", shrinking = ShrinkingMode.OFF)
  void predictionsFollowTheWeights(@ForAll @IntRange(min = 1, max = 40) int filters, @ForAll @IntRange(min = 1, max = 5) int batch) {
    var model = Agreement.load(Programs.compile(NETWORK.formatted(filters), 32), "512").initialised(3);
    var old = model.context("predict", batch);
    var before = predict(model, old);
    assertThat(predict(model, old)).isEqualTo(before);
    var train = model.context("train", 4);
    Agreement.feed(model, train, 9);
    train.counters(1, 0);
    train.run();
    var after = predict(model, old);
    assertThat(after).isNotEqualTo(before).isEqualTo(predict(model, model.context("predict", batch)));
  }

  @Test
  void onlyPlansThatLearnNothingPrepare() {
    var spec = Programs.compile(NETWORK.formatted(4), 32).spec();
    for (var plan : spec.plans()) {
      assertThat(plan.prepared() > 0).as(plan.name()).isEqualTo(Set.of("predict", "evaluate").contains(plan.name()));
      assertThat(plan.learns()).as(plan.name()).isNotEqualTo(plan.prepared() > 0);
    }
  }

  /** Whatever it is called: such a run is not tried beside others to find the fastest code. */
  @Test
  void aPlanThatReplacesAWeightLearns() {
    var b = new GraphBuilder();
    var w = b.parameter("w", Type.of(Kind.FLOAT, Dim.of(3)));
    var y = new Graph.Result(Graph.Role.OUTPUT, "y", b.exp(w));
    var update = new Graph.Result(Graph.Role.UPDATE, "w", b.neg(w));
    assertThat(Bare.compile(b.finish("predict", List.of(y)), 32, true).spec().plans().getFirst().learns()).isFalse();
    assertThat(Bare.compile(b.finish("predict", List.of(y, update)), 32, true).spec().plans().getFirst().learns()).isTrue();
  }

  @Test
  void copiesCountAsMemory() {
    var stage = Programs.compile("input x: float[N, 40]\noutput y = x |> dense(50, relu) |> dense(5)", 32).stages().get("predict");
    assertThat(Lowering.besides(stage.lowered().plan(), stage.memory(), _ -> 0)).as("panels of 16 columns").isEqualTo(40 * 64 + 50 * 16);
  }

  private static long copies(CompiledProgram compiled) {
    return compiled.spec().plans().stream().filter(plan -> plan.name().equals("train")).flatMap(plan -> plan.calls().stream())
        .map(ModelSpec.Call::label).filter(label -> label.startsWith("copies a factor")).count();
  }

  @Test
  void stepsOfARecurrenceShareCopies() {
    var few = copies(Programs.compile(RECURRENCE.formatted(5, 5), 32));
    assertThat(few).isPositive().isEqualTo(copies(Programs.compile(RECURRENCE.formatted(9, 9), 32)));
  }

  /** Also the first convolution's normalisation, which is folded by the same kernel as all others, is done with its sums. */
  @Test
  void normalisationsFollowTheirConvolutions() {
    var block = " |> conv2d(8, kernel = 3, padding = 1, bias = false) |> batch_norm() |> relu";
    var compiled = Programs.compile("input x: float[N, 8, 6, 6]\noutput z = x" + block.repeat(3) + "\n", 32);
    var plan = compiled.stages().get("predict").lowered().plan();
    assertThat(plan.calls().size() - plan.prepared()).isEqualTo(3);
  }
}
