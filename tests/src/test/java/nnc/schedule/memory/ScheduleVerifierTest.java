package nnc.schedule.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import nnc.Compiler;
import nnc.driver.CompiledStage;
import nnc.driver.CompilerOptions;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.schedule.Kernel;
import nnc.schedule.KernelForm;
import nnc.schedule.KernelReads;
import nnc.schedule.Schedule;
import nnc.schedule.batch.BatchTilingChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a schedule is found: schedules that are right, with one thing changed. Oracle: the liveness of buffers, and what changed. */
class ScheduleVerifierTest {
  private static final int MOST = 60;

  private static List<CompiledStage> stages(String sample) throws Exception {
    return List.copyOf(Compiler.compile(Path.of("..", "samples", sample + ".nn"), CompilerOptions.standard()).stages().values());
  }

  /** The fault that is found; null if there is none. */
  private static String fault(Schedule schedule, MemoryPlan memory) {
    try {
      ScheduleVerifier.check(schedule, memory);
      return null;
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  private static Schedule with(Schedule schedule, List<Kernel> kernels) {
    return new Schedule(schedule.graph(), kernels, schedule.stored(), schedule.decisions(), schedule.copies(), schedule.locations(), schedule.weightOnly(), schedule.repeats(), schedule.branches());
  }

  private static MemoryPlan with(MemoryPlan memory, Map<Node, Integer> slots) {
    return new MemoryPlan(slots, memory.sizes(), memory.tiles(), memory.own(), memory.rows());
  }

  /** Of many things to change, evenly spread ones. */
  private static <T> List<T> some(List<T> all) {
    var some = new ArrayList<T>();
    for (int i = 0; i < Math.min(all.size(), MOST); i++) {
      some.add(all.get((int) ((long) i * all.size() / Math.min(all.size(), MOST))));
    }
    return some;
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "lenet", "transformer"})
  void kernelsThatAreMissingOrTooEarlyAreFound(String sample) throws Exception {
    for (var stage : stages(sample)) {
      var schedule = stage.schedule();
      var memory = MemoryPlan.of(schedule);
      assertThatCode(() -> ScheduleVerifier.check(schedule, memory)).doesNotThrowAnyException();
      for (var kernel : some(schedule.kernels())) {
        var without = new ArrayList<>(schedule.kernels());
        without.remove(kernel);
        assertThat(fault(with(schedule, without), memory)).as("without %s", kernel.writes()).isNotNull();
        var made = new TreeSet<Integer>();
        // what is computed once comes before all else wherever it stands
        KernelReads.nodes(schedule, kernel).stream().filter(node -> !schedule.weightOnly().stored().contains(node) || schedule.weightOnly().kernels().contains(kernel))
            .forEach(node -> writers(schedule, node).forEach(made::add));
        if (!made.isEmpty() && kernel.form() != KernelForm.COUNTED) {
          without.add(made.first(), kernel);
          assertThat(fault(with(schedule, without), memory)).as("too early %s", kernel.writes()).isNotNull();
        }
      }
    }
  }

  /** The numbers of the kernels that store a node. */
  private static List<Integer> writers(Schedule schedule, Node node) {
    var writers = new ArrayList<Integer>();
    for (int k = 0; k < schedule.kernels().size(); k++) {
      if (schedule.kernels().get(k).writes().stream().anyMatch(write -> write.node() == node && write.target() instanceof Kernel.Target.Own)) {
        writers.add(k);
      }
    }
    return writers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "lenet", "transformer"})
  void buffersThatMeetInASlotAreFound(String sample) throws Exception {
    for (var stage : stages(sample)) {
      var schedule = stage.schedule();
      var plain = MemoryPlan.of(schedule);
      // slots as large as all: only who holds them when is looked at
      var all = Set.copyOf(plain.sizes().stream().flatMap(Set::stream).toList());
      var memory = new MemoryPlan(plain.slots(), plain.sizes().stream().map(_ -> all).toList(), plain.tiles(), plain.own(), plain.rows());
      var lives = Liveness.of(schedule);
      var nodes = List.copyOf(memory.slots().keySet());
      var pairs = new ArrayList<List<Node>>();
      nodes.forEach(a -> nodes.stream().filter(b -> a != b).forEach(b -> pairs.add(List.of(a, b))));
      for (var pair : some(pairs)) {
        var a = pair.getFirst();
        var b = pair.getLast();
        var slots = new LinkedHashMap<>(memory.slots());
        slots.put(a, slots.get(b));
        boolean meet = nodes.stream().anyMatch(other -> other != a && slots.get(other).equals(slots.get(a))
            && lives.first().get(a) <= lives.last().get(other) && lives.first().get(other) <= lives.last().get(a));
        assertThat(fault(schedule, with(memory, slots)) != null).as("%s in the slot of %s", a, b).isEqualTo(meet);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "lenet", "transformer"})
  void slotsThatAreTooSmallAreFound(String sample) throws Exception {
    for (var stage : stages(sample)) {
      for (int slot = 0; slot < stage.memory().sizes().size(); slot++) {
        int small = slot;
        for (var size : stage.memory().sizes().get(slot)) {
          var found = fault(stage.schedule(), sizes(stage.memory(), sizes -> {
            var less = new ArrayList<>(sizes);
            less.set(small, Set.copyOf(sizes.get(small).stream().filter(other -> !other.equals(size)).toList()));
            return less;
          }));
          // nobody writes or reads an input that is not used
          boolean used = stage.schedule().kernels().stream().anyMatch(kernel -> uses(stage, kernel, small, size));
          assertThat(found != null).as("slot %d without %s", slot, size).isEqualTo(used);
        }
      }
    }
  }

  private static boolean uses(CompiledStage stage, Kernel kernel, int slot, Dim size) {
    var owners = new ArrayList<Node>();
    KernelReads.nodes(stage.schedule(), kernel).forEach(node -> owners.add(stage.schedule().location(node).whole()));
    kernel.writes().forEach(write -> owners.add(Liveness.owner(stage.schedule(), write)));
    return owners.stream().anyMatch(node -> node != null && Integer.valueOf(slot).equals(stage.memory().slots().get(node))
        && (stage.memory().own().contains(slot) ? stage.memory().tiles().of(node.type().size()) : node.type().size()).equals(size));
  }

  private static MemoryPlan sizes(MemoryPlan memory, UnaryOperator<List<Set<Dim>>> change) {
    return new MemoryPlan(memory.slots(), change.apply(memory.sizes()), memory.tiles(), memory.own(), memory.rows());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "lenet"})
  void tilesThatTouchEachOtherAreFound(String sample) throws Exception {
    var schedule = Compiler.compile(Path.of("..", "samples", sample + ".nn"), CompilerOptions.standard()).stages().get("predict").schedule();
    var tiling = BatchTilingChoice.longest(schedule, 4);
    assertThat(tiling.kernels()).isPositive();
    var memory = MemoryPlan.of(schedule, tiling);
    assertThatCode(() -> ScheduleVerifier.check(schedule, memory)).doesNotThrowAnyException();
    var written = new TreeSet<Integer>();
    schedule.kernels().forEach(kernel -> kernel.writes().forEach(write -> written.add(memory.slots().get(Liveness.owner(schedule, write)))));
    var plans = new HashMap<String, Function<Integer, MemoryPlan>>();
    plans.put("a slot that all tiles share is of one alone, or the other way round", slot -> {
      var own = new TreeSet<>(memory.own());
      assertThat(own.remove(slot) || own.add(slot)).isTrue();
      return new MemoryPlan(memory.slots(), memory.sizes(), memory.tiles(), own, memory.rows());
    });
    plans.put("another row", slot -> {
      var rows = new ArrayList<>(memory.rows());
      rows.set(slot, rows.get(slot).plus(1));
      return new MemoryPlan(memory.slots(), memory.sizes(), memory.tiles(), memory.own(), rows);
    });
    for (int slot : written) {
      var own = memory.own().contains(slot);
      plans.forEach((what, plan) -> assertThat(fault(schedule, plan.apply(slot)) != null || own && what.equals("another row") || !inTiles(schedule, memory, slot))
          .as("%s: %d", what, slot).isTrue());
    }
    var late = with(memory, new LinkedHashMap<>(memory.slots()));
    schedule.kernels().getFirst().writes().forEach(write -> late.slots().put(write.node(), memory.slots().get(schedule.graph().results().getFirst().node())));
    assertThat(fault(schedule, late)).isNotNull();
  }

  private static boolean inTiles(Schedule schedule, MemoryPlan memory, int slot) {
    return schedule.kernels().subList(0, memory.tiles().kernels()).stream().filter(kernel -> !memory.tiles().isAlike(kernel) && !schedule.weightOnly().kernels().contains(kernel))
        .anyMatch(kernel -> kernel.writes().stream().anyMatch(write -> memory.slots().get(Liveness.owner(schedule, write)) == slot));
  }

  /** Of two loops side by side, a buffer of one in a slot that the other writes to; and branches that are none. */
  @Test
  void branchesThatMeetAreFound() throws Exception {
    var program = "input x: float[N, T, 5]\ntarget z: float[N, T, 3]\noutput y = x |> lstm(3, bidirectional = true) |> rnn(3)\nloss mse(y, z)\ntrain { optimizer = adam(0.1) }\n";
    int changed = 0;
    var stages = Compiler.compile("test.nn", program, CompilerOptions.standard()).stages();
    for (var stage : List.of(stages.get("predict"), stages.get("train"))) {
      var schedule = stage.schedule();
      var all = Set.copyOf(stage.memory().sizes().stream().flatMap(Set::stream).toList());
      var memory = new MemoryPlan(stage.memory().slots(), stage.memory().sizes().stream().map(_ -> all).toList(), stage.memory().tiles(), stage.memory().own(), stage.memory().rows());
      for (var branches : schedule.branches()) {
        var left = buffers(schedule, branches.bounds().get(0), branches.bounds().get(1));
        var right = buffers(schedule, branches.bounds().get(1), branches.bounds().get(2));
        for (var a : left) {
          for (var b : right) {
            var slots = new LinkedHashMap<>(memory.slots());
            slots.put(a, slots.get(b));
            assertThat(fault(schedule, with(memory, slots))).as("%s in the slot of %s", a, b).isNotNull();
            changed++;
          }
        }
      }
      var first = schedule.repeats().getFirst();
      var wrong = new Schedule.Branches(List.of(first.from(), first.to(), schedule.kernels().size()));
      assertThat(fault(new Schedule(schedule.graph(), schedule.kernels(), schedule.stored(), schedule.decisions(), schedule.copies(), schedule.locations(), schedule.weightOnly(), schedule.repeats(),
          List.of(wrong)), memory)).contains("branch");
    }
    assertThat(changed).isPositive();
  }

  private static Set<Node> buffers(Schedule schedule, int from, int to) {
    var owners = new LinkedHashSet<Node>();
    schedule.kernels().subList(from, to).forEach(kernel -> kernel.writes().forEach(write -> owners.add(Liveness.owner(schedule, write))));
    return owners;
  }

  @ParameterizedTest
  @ValueSource(strings = {"addition", "transformer"})
  void whatIsStoredElsewhereIsFound(String sample) throws Exception {
    int changed = 0;
    for (var stage : stages(sample)) {
      var schedule = stage.schedule();
      for (int k = 0; k < schedule.kernels().size(); k++) {
        for (var write : schedule.kernels().get(k).writes()) {
          Kernel.Target other = switch (write.target()) {
            case Kernel.Target.Part(var whole, var part, var from) -> new Kernel.Target.Part(whole, part, from.plus(1));
            case Kernel.Target.Update(var path) -> new Kernel.Target.Update(path + "x");
            case Kernel.Target.Own _, Kernel.Target.Place _, Kernel.Target.Transposed _ -> null;
          };
          if (other != null && changed++ < MOST) {
            var kernels = new ArrayList<>(schedule.kernels());
            var kernel = kernels.get(k);
            kernels.set(k, new Kernel(kernel.form(), kernel.domain(), kernel.nodes(), kernel.members(), kernel.writes().stream()
                .map(w -> w == write ? new Kernel.Write(w.node(), other) : w).toList()));
            assertThat(fault(with(schedule, kernels), stage.memory())).as("%s", other).isNotNull();
          }
        }
      }
      var moved = new LinkedHashMap<>(schedule.locations());
      moved.replaceAll((_, place) -> new Schedule.Location(place.whole(), place.offset().plus(1)));
      var elsewhere = new Schedule(schedule.graph(), schedule.kernels(), schedule.stored(), schedule.decisions(), schedule.copies(), moved, schedule.weightOnly(), schedule.repeats(), schedule.branches());
      assertThat(fault(elsewhere, stage.memory()) != null).isEqualTo(!moved.isEmpty());
    }
    assertThat(changed).isPositive();
  }
}
