package nnc.schedule.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.schedule.Kernel;
import nnc.schedule.Schedule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No buffer is overwritten while somebody still wants it; oracle: a walk over the kernels that notes who holds each slot. */
class MemoryPlanTest {

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "zoo", "transformer", "addition", "lenet"})
  void liveBuffersNeverShareASlot(String sample) throws Exception {
    var compiled = Compiler.compile(Path.of("..", "samples", sample + ".nn"), CompilerOptions.standard());
    compiled.stages().values().forEach(stage -> check(stage.schedule(), stage.memory()));
  }

  private static void check(Schedule schedule, MemoryPlan memory) {
    Map<Integer, Node> holder = new HashMap<>();
    memory.slots().forEach((node, slot) -> {
      if (node.op() instanceof Op.Input || node.op() instanceof Op.Counter) {
        assertThat(holder.put(slot, node)).isNull();
      }
    });
    for (var kernel : schedule.kernels()) {
      for (var node : reads(kernel, schedule)) {
        var owner = schedule.location(node).whole();
        assertThat(holder.get(memory.slots().get(owner))).as("%s is read, and its slot holds another", node).isEqualTo(owner);
      }
      for (var write : kernel.writes()) {
        switch (write.target()) {
          case Kernel.Target.Own _ -> hold(write.node(), schedule, memory, holder);
          case Kernel.Target.Part(var concat, _, _) -> hold(concat, schedule, memory, holder);
          case Kernel.Target.Place(var whole, _) -> hold(whole, schedule, memory, holder);
          case Kernel.Target.Transposed(var view) -> hold(view, schedule, memory, holder);
          case Kernel.Target.Update _ -> { }
        }
      }
    }
    for (var result : schedule.graph().results()) {
      if (result.role() != Graph.Role.UPDATE) {
        assertThat(holder.get(memory.slots().get(result.node()))).as(result.name()).isEqualTo(result.node());
      }
    }
  }

  private static void hold(Node written, Schedule schedule, MemoryPlan memory, Map<Integer, Node> holder) {
    var owner = schedule.location(written).whole();
    holder.put(memory.slots().get(owner), owner);
  }

  private static Set<Node> reads(Kernel kernel, Schedule schedule) {
    var found = new HashSet<Node>();
    kernel.nodes().forEach(node -> node.operands().forEach(operand -> collect(operand, kernel, schedule, found)));
    return found;
  }

  private static void collect(Node node, Kernel kernel, Schedule schedule, Set<Node> found) {
    if (kernel.members().contains(node)) {
      return;
    }
    if (schedule.stored().contains(node) || node.op() instanceof Op.Input || node.op() instanceof Op.Counter) {
      found.add(node);
    } else {
      node.operands().forEach(operand -> collect(operand, kernel, schedule, found));
    }
  }
}
