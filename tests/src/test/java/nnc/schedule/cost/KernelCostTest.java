package nnc.schedule.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import nnc.Compiler;
import nnc.driver.CompiledStage;
import nnc.driver.CompilerOptions;
import nnc.endtoend.Programs;
import nnc.machine.Machine;
import nnc.optimizations.Switches;
import nnc.schedule.BatchTiling;
import nnc.schedule.Fusion;
import nnc.schedule.memory.MemoryPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kernels cost; oracle: counting by hand. */
class KernelCostTest {
  private static final double HUGE = 1e12;

  private static List<KernelCost> costs(CompiledStage stage, int batch, double cache) {
    return KernelCost.of(stage.schedule(), stage.memory(), _ -> batch, 32, cache);
  }

  private static KernelCost only(String source, int batch) {
    var costs = costs(Programs.compile(source, 32).stages().get("predict"), batch, HUGE);
    assertThat(costs).hasSize(1);
    return costs.getFirst();
  }

  @Test
  void aProductIsTwoOperationsAMultiplyAdd() {
    var cost = only("input x: float[N, 30]\ny = x |> dense(20)\noutput y", 8);
    assertThat(cost.products()).isEqualTo(2 * 8 * 30 * 20);
    assertThat(cost.others()).as("the bias").isEqualTo(8 * 20);
    assertThat(cost.bytes()).isEqualTo(4 * (8 * 30 + 30 * 20 + 20 + 8 * 20));
    assertThat(cost.intensity()).isCloseTo((2 * 8 * 30 * 20 + 8 * 20) / cost.bytes(), within(1e-12));
  }

  @Test
  void aConvolutionCountsItsWindowsAndGroups() {
    var cost = only("input x: float[N, 4, 9, 9]\ny = x |> conv2d(6, kernel = 3, groups = 2, bias = false)\noutput y", 5);
    assertThat(cost.products()).isEqualTo(2.0 * 5 * 6 * 7 * 7 * 2 * 3 * 3);
    assertThat(cost.bytes()).isEqualTo(4 * (5 * 4 * 9 * 9 + 6 * 2 * 3 * 3 + 5 * 6 * 7 * 7));
  }

  @Test
  void viewsAreReadAsFarAsTheyAreSeen() {
    assertThat(only("input x: float[N, 100]\ny = 2 * x[:, 10:20]\noutput y", 8).bytes()).as("a part").isEqualTo(4 * (8 * 10 + 8 * 10));
    assertThat(only("input x: float[N, 1]\ny = x * ones(N, 50)\noutput y", 8).bytes()).as("stretched").isEqualTo(4 * (8 + 8 * 50));
    assertThat(only("input x: float[N, 10]\ny = x * x + x\noutput y", 8).bytes()).as("thrice").isEqualTo(4 * (8 * 10 + 8 * 10));
  }

  @Test
  void lookUpsAndSparseUpdatesCostTheRowsThatTheyTouch() {
    assertThat(only("input id: int[N]\ny = embedding(50000, 8)(id)\noutput y", 16).bytes()).as("indices, rows, result").isEqualTo(4 * (16 + 2 * 16 * 8));
    var source = "input id: int[N]\nloss sum(embedding(%d, 8)(id)^2)\ntrain { optimizer = %s }";
    var few = costs(Programs.compile(source.formatted(40_000, "sgd(0.1)"), 32).stages().get("train"), 16, HUGE);
    var many = costs(Programs.compile(source.formatted(4_000_000, "sgd(0.1)"), 32).stages().get("train"), 16, HUGE);
    assertThat(many).as("of a table of any size").isEqualTo(few);
    assertThat(many.stream().mapToDouble(KernelCost::bytes).sum()).isBetween(4.0 * 5 * 16 * 8, 4.0 * 12 * 16 * 8);
    assertThat(many.stream().mapToDouble(KernelCost::flops).sum()).isLessThan(20 * 16 * 8);
    var whole = costs(Programs.compile(source.formatted(40_000, "momentum(0.1)"), 32).stages().get("train"), 16, HUGE);
    assertThat(whole.stream().mapToDouble(KernelCost::bytes).sum()).as("momentum moves all rows").isGreaterThan(4.0 * 4 * 40_000 * 8);
  }

  @Test
  void whatIsComputedAgainCounts() throws Exception {
    var noisy = Programs.compile("input x: float[N, 10]\ntarget t: float[N, 10]\nparam w: float[10] = ones\nloss sum((w * dropout(x, 0.5) - t)^2)\n"
        + "train { optimizer = sgd(0.1) }", 32).stages().get("train");
    assertThat(costs(noisy, 8, HUGE).getFirst().others()).as("a draw an element").isGreaterThan(24 * 8 * 10);
  }

  @Test
  void timeIsTheLongerOfComputingAndMoving() {
    var machine = new Machine(2, 1e9, 1e8, 1e7, 1000, 1e-6, 5e-6);
    assertThat(new KernelCost(1e6, 0, 1e3, 0).seconds(machine)).isCloseTo(1e-3 + 1e-6, within(1e-12));
    assertThat(new KernelCost(0, 1e6, 1e3, 0).seconds(machine)).as("an addition is no multiply-add").isCloseTo(2e-3 + 1e-6, within(1e-12));
    assertThat(new KernelCost(1e3, 0, 1e6, 1e6).seconds(machine)).isCloseTo(0.11 + 1e-6, within(1e-12));
    assertThat(new KernelCost(1e6, 0, 0, 0).secondsOnAllThreads(machine)).isCloseTo(5e-4 + 6e-6, within(1e-12));
    assertThat(KernelCost.of(Fusion.schedule(new nnc.graph.Graph("none", List.of(), List.of()), Switches.ALL_ON),
        new MemoryPlan(java.util.Map.of(), List.of(), BatchTiling.NONE, java.util.Set.of(), List.of()), _ -> 1, 32, 1000)).isEmpty();
  }

  @Test
  void measuredTimesStandBesidePredictedOnes() {
    var stage = Programs.compile("input x: float[N, 30]\ny = x |> dense(20)\noutput y", 32).stages().get("predict");
    var machine = new Machine(1, 1e9, 1e9, 1e9, 0, 0, 0);
    assertThat(new nnc.explain.Explanation(stage, 32, 100, machine, List.of(0.0, 243_200.0)).text()).as("122000 operations, other ones twice: 124 us")
        .containsPattern(" 124\\.0 us  100\\.0%\\s+243\\.2 us  100\\.0%\\s+0\\.5\\s+51%");
  }

  /** The report of an unrolled recurrence is not as long as its steps are many; what is told to programs is. */
  @Test
  void ofCallsThatAreAlikeTheFirstAreShown() throws Exception {
    var stage = Programs.compile("input x: float[N, 300, 2]\nh = lstm(3)(x)\noutput y = h[:, 299]", 32).stages().get("predict");
    var explanation = new nnc.explain.Explanation(stage, 32, 8, Machine.usual(32, 1), List.of());
    var text = explanation.text();
    var report = text.substring(text.indexOf("kernels: predicted"));
    assertThat(report.lines().count()).isLessThan(900);
    assertThat(report).containsPattern("of kernel \\d+ the first 40 calls are shown, and 2\\d\\d more are alike")
        .containsPattern("add: other spaces: .*: \\d+ times more");
    assertThat(explanation.json().lines().count()).isEqualTo(1 + stage.schedule().kernels().size());
  }

  /** A kernel a call; a larger cache brings nothing from memory that a smaller one would not; what is moved is the same. */
  @ParameterizedTest
  @ValueSource(strings = {"mlp", "zoo", "transformer", "lenet", "addition"})
  void theCacheDecidesOnlyWhereBytesComeFrom(String sample) throws Exception {
    for (var stage : Compiler.compile(Path.of("..", "samples", sample + ".nn"), CompilerOptions.standard()).stages().values()) {
      var none = costs(stage, 16, 0);
      assertThat(none).hasSameSizeAs(stage.schedule().kernels());
      var before = none;
      for (double cache = 1 << 10; cache < HUGE; cache *= 16) {
        var costs = costs(stage, 16, cache);
        for (int i = 0; i < costs.size(); i++) {
          assertThat(costs.get(i).bytes()).isCloseTo(none.get(i).bytes(), within(1e-6));
          assertThat(costs.get(i).far()).isLessThanOrEqualTo(before.get(i).far());
        }
        before = costs;
      }
      assertThat(none).allMatch(cost -> cost.near() == 0);
      assertThat(before).as("in a step after others all is there").allMatch(cost -> cost.far() == 0);
    }
  }
}
