package nnc.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nnc.analysis.Batch;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Type;
import nnc.lower.Lowering;
import nnc.optimizations.Switches;
import nnc.passes.Legalize;
import nnc.schedule.cost.KernelCost;
import nnc.schedule.memory.MemoryPlan;
import org.junit.jupiter.api.Test;

/** Chains of a hundred thousand nodes are scheduled without recursion along them, and what is alike in them is lowered once. */
class LongChainsTest {
  private static final int LENGTH = 100_000;

  private static Schedule schedule(GraphBuilder b, Node y) {
    return Fusion.schedule(Legalize.PASS.run().apply(b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", y)))), Switches.ALL_ON);
  }

  @Test
  void ofArithmetic() {
    var b = new GraphBuilder();
    var y = b.input("x", Type.of(Kind.FLOAT, Dim.open("N"), Dim.of(7)));
    for (int i = 0; i < LENGTH; i++) {
      y = i % 2 == 0 ? b.exp(y) : b.neg(y);
    }
    var schedule = schedule(b, y);
    var memory = MemoryPlan.of(schedule);
    assertThat(memory.sizes()).as("slots").hasSizeLessThan(5);
    var lowered = Lowering.lower(schedule, schedule.graph(), Batch.of(schedule.graph()), memory, new Lowering.Target(32, "Chain", _ -> 0, Switches.ALL_ON));
    assertThat(lowered.plan().calls()).hasSizeGreaterThan(LENGTH / 100);
    assertThat(lowered.kernels()).hasSizeLessThan(5);
  }

  @Test
  void ofViews() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT, Dim.of(3), Dim.of(3)));
    var y = b.exp(x);
    for (int i = 0; i < LENGTH; i++) {
      y = b.swap(y);
    }
    var schedule = schedule(b, Compositions.matmul(b, y, x));
    var memory = MemoryPlan.of(schedule);
    assertThat(memory.slots()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(schedule.kernels()).hasSize(2);
    assertThat(KernelCost.of(schedule, memory, _ -> 1, 32, 1e6).getLast().bytes()).as("both factors and the product").isEqualTo(3 * 9 * 4);
  }

  @Test
  void ofFactorsThatSumsHaveInCommon() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT, Dim.of(3)));
    var left = x;
    var right = x;
    for (int i = 0; i < LENGTH / 2; i++) {
      left = b.mul(left, b.exp(x));
      right = b.mul(right, b.exp(x));
    }
    assertThat(schedule(b, b.add(left, right)).kernels()).isNotEmpty();
  }
}
