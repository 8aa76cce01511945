package nnc.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Type;
import nnc.optimizations.Switches;
import nnc.passes.Legalize;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arithmetic of one shape that has nothing to do with each other shares kernels, as the scales of normalized channels do, but not so many that their method is beyond the JIT. */
class IndependentChainsTest {
  /** What a kernel computes, loads and stores for an element; its method has twice as much, for whole vectors and the last one. */
  private static final int MOST = 60;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 22, 100})
  void shareKernelsOfModerateSize(int chains) {
    var b = new GraphBuilder();
    var type = Type.of(Kind.FLOAT, Dim.of(64));
    var results = new ArrayList<Graph.Result>();
    for (int i = 0; i < chains; i++) {
      var scale = b.div(b.input("gain" + i, type), b.sqrt(b.add(b.input("variance" + i, type), b.full(type.shape(), 1e-5, Kind.FLOAT))));
      results.add(new Graph.Result(Graph.Role.OUTPUT, "scale" + i, scale));
      results.add(new Graph.Result(Graph.Role.OUTPUT, "shift" + i, b.sub(b.input("bias" + i, type), b.mul(b.input("mean" + i, type), scale))));
    }
    var schedule = Fusion.schedule(Legalize.PASS.run().apply(b.finish("predict", results)), Switches.ALL_ON);
    for (var kernel : schedule.kernels()) {
      int loads = (int) kernel.nodes().stream().flatMap(node -> node.operands().stream()).filter(operand -> !kernel.members().contains(operand)).distinct().count();
      assertThat(kernel.nodes().size() + loads + kernel.writes().size()).as("of %d chains", chains).isLessThanOrEqualTo(MOST);
    }
    assertThat(schedule.kernels().size()).as("kernels").isLessThanOrEqualTo(2 + chains / 2);
  }
}
