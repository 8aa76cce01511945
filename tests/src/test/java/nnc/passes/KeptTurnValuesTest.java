package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.endtoend.Programs;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What turns keep for those of their gradient; that it changes no value is told by PassTest, RandomLoopsTest and OpenLoopsTest. */
class KeptTurnValuesTest {

  private static List<Op.Loop> loops(String cell, Optimization... without) {
    var program = """
        input x: float[N, T, 24]
        target z: float[N, 64]
        y = x |> %s(64, sequences = false)
        output y
        loss mse(y, z)
        train { optimizer = sgd(0.1) }
        """.formatted(cell);
    var off = new ArrayList<>(List.of(without));
    off.add(Optimization.LOOP_RECOMPUTATION);
    return loops(Pipeline.STANDARD.run(Programs.compile(program, 32).stages().get("train").elaborated(), Switches.ALL_ON.butWithout(off), 0, _ -> { }));
  }

  private static List<Op.Loop> loops(Graph graph) {
    return graph.nodes().stream().filter(node -> node.op() instanceof Op.Loop).map(node -> (Op.Loop) node.op()).toList();
  }

  private static long products(Op.Loop loop) {
    return loop.body().nodes().stream().filter(node -> node.op() instanceof Op.MatMul).count();
  }

  /** The turns of a gradient multiply what comes from the turn behind them, and nothing else: neither states again nor weights' gradients. */
  @ParameterizedTest
  @CsvSource({"rnn, 2, 3", "lstm, 2, 3", "gru, 2, 3"})
  void gradientsMultiplyOnce(String cell, long forward, long computedAgain) {
    var kept = loops(cell);
    assertThat(kept).hasSize(2);
    assertThat(products(kept.getFirst())).isEqualTo(forward);
    assertThat(products(kept.getLast())).isEqualTo(1);
    assertThat(products(loops(cell, Optimization.KEPT_TURN_VALUES).getLast())).isEqualTo(computedAgain);
  }

  /** Of an LSTM the activated gates are kept, not the sums before them, from which the activations would be computed again. */
  @Test
  void activationsAreKeptRatherThanSums() {
    var body = loops("lstm").getFirst().body();
    var collected = body.results().subList(loops("lstm").getFirst().carried(), body.results().size());
    assertThat(collected).extracting(Graph.Result::node).noneMatch(node -> node.op() instanceof Op.MatMul || node.type().dim(node.type().rank() - 1).is(256));
  }

  /** What is chosen costs no more than any other choice from which all that is needed can be computed. */
  @Test
  void theChoiceCostsLeast() {
    var random = new Random(5);
    for (int round = 0; round < 300; round++) {
      var b = new GraphBuilder();
      var values = new ArrayList<Node>();
      var begin = b.input("x", new Type(Kind.FLOAT, List.of(Dim.of(2))));
      for (int i = 0; i < 8; i++) {
        var left = values.isEmpty() || random.nextInt(4) == 0 ? begin : values.get(random.nextInt(values.size()));
        var right = values.isEmpty() || random.nextInt(4) == 0 ? begin : values.get(random.nextInt(values.size()));
        values.add(b.emit(new Op.Binary(BinaryFn.SUB), List.of(left, right)));
      }
      var needed = new NodeSet();
      values.stream().filter(_ -> random.nextInt(3) == 0).forEach(needed::add);
      var costs = new HashMap<Node, long[]>();
      values.forEach(value -> costs.put(value, new long[] {random.nextInt(5) == 0 ? KeptOrComputed.NEVER : random.nextInt(20), random.nextInt(20)}));
      var kept = KeptOrComputed.kept(values, needed, value -> costs.get(value)[0], value -> costs.get(value)[1]);
      long best = Long.MAX_VALUE;
      for (int choice = 0; choice < 1 << values.size(); choice++) {
        var set = new NodeSet();
        for (int i = 0; i < values.size(); i++) {
          if ((choice >> i & 1) == 1) {
            set.add(values.get(i));
          }
        }
        best = Math.min(best, cost(values, needed, set, costs));
      }
      assertThat(cost(values, needed, kept, costs)).as("round %d", round).isEqualTo(best);
    }
  }

  /** Of a choice: what is kept, and the computing of all that is needed and not kept, or that such is computed of. */
  private static long cost(List<Node> values, NodeSet needed, NodeSet kept, Map<Node, long[]> costs) {
    var there = new NodeSet();
    long cost = 0;
    for (var value : values.reversed()) {
      if (kept.contains(value)) {
        cost = Math.min(KeptOrComputed.NEVER, cost + costs.get(value)[0]);
      } else if (needed.contains(value) || there.contains(value)) {
        cost += costs.get(value)[1];
        value.operands().forEach(there::add);
      }
    }
    return Math.min(cost, KeptOrComputed.NEVER);
  }
}
