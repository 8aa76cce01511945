package nnc.schedule.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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

  /** Of loops that may run side by side nobody writes to a slot that another one uses. */
  @ParameterizedTest
  @ValueSource(strings = {"rnn", "lstm", "gru"})
  void branchesHaveSlotsOfTheirOwn(String layer) throws Exception {
    var program = "input x: float[N, T, 5]\ntarget z: float[N, T, 6]\noutput y = x |> %1$s(3, bidirectional = true) |> %1$s(3, bidirectional = true)\nloss mse(y, z)\ntrain { optimizer = adam(0.1) }\n"
        .formatted(layer);
    var stages = Compiler.compile("test.nn", program, CompilerOptions.standard()).stages();
    for (var stage : List.of(stages.get("predict"), stages.get("train"))) {
      assertThat(stage.schedule().branches()).isNotEmpty();
      check(stage.schedule(), stage.memory());
      stage.schedule().branches().forEach(branches -> checkApart(stage.schedule(), stage.memory(), branches));
    }
  }

  private static void checkApart(Schedule schedule, MemoryPlan memory, Schedule.Branches branches) {
    Map<Integer, Integer> written = new HashMap<>();
    for (int branch = 1; branch < branches.bounds().size(); branch++) {
      for (var kernel : schedule.kernels().subList(branches.bounds().get(branch - 1), branches.bounds().get(branch))) {
        for (var write : kernel.writes()) {
          assertThat(written.merge(memory.slots().get(Liveness.owner(schedule, write)), branch, (a, b) -> a.equals(b) ? a : -1)).as("%s", write).isEqualTo(branch);
        }
      }
    }
    assertThat(written).isNotEmpty();
    for (int branch = 1; branch < branches.bounds().size(); branch++) {
      for (var kernel : schedule.kernels().subList(branches.bounds().get(branch - 1), branches.bounds().get(branch))) {
        for (var node : reads(kernel, schedule)) {
          assertThat(written.getOrDefault(memory.slots().get(schedule.location(node).whole()), branch)).as("%s", node).isEqualTo(branch);
        }
      }
    }
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
