package nnc.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Type;
import nnc.optimizations.Switches;
import nnc.passes.Legalize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parts of a concatenation whose buffers lie in it, and calls that differ by where they read and write alone. */
class BufferPlacesTest {

  private static final String RECURRENCE = """
      input  x: float[N, %d, 3]
      target y: float[N, 4]
      cell = %s
      h = zeros(N, 4)
      steps = []
      for t in 0..%d {
        h = cell(x[:, t], h)
        steps = steps + [h]
      }
      loss mse(mean(stack(steps, axis = %d), axis = %d), y)
      train { optimizer = adam(0.001)  batch = 8 }
      """;

  private static CompiledProgram compiled(String cell, int steps, int axis) throws Exception {
    return Compiler.compile("steps.nn", RECURRENCE.formatted(steps, cell, steps, axis, axis), CompilerOptions.standard());
  }

  @ParameterizedTest
  @CsvSource({"gru_cell(4), 0", "gru_cell(4), 1"})
  void stepsOfARecurrenceShareKernels(String cell, int axis) throws Exception {
    var few = compiled(cell, 6, axis);
    var many = compiled(cell, 12, axis);
    for (var purpose : List.of("evaluate", "train")) {
      var calls = many.stages().get(purpose).lowered().plan().calls().size();
      assertThat(calls).isGreaterThan(few.stages().get(purpose).lowered().plan().calls().size());
      assertThat(many.stages().get(purpose).lowered().kernels()).as(purpose).hasSameSizeAs(few.stages().get(purpose).lowered().kernels());
    }
  }

  private static Schedule schedule(GraphBuilder b, Node... results) {
    var outputs = new ArrayList<Graph.Result>();
    for (var node : results) {
      outputs.add(new Graph.Result(Graph.Role.OUTPUT, "y" + outputs.size(), node));
    }
    return Fusion.schedule(Legalize.PASS.run().apply(b.finish("predict", outputs)), Switches.ALL_ON);
  }

  private static List<Kernel.Target> targets(Schedule schedule) {
    return schedule.kernels().stream().flatMap(kernel -> kernel.writes().stream()).map(Kernel.Write::target).toList();
  }

  private static Node input(GraphBuilder b, String name, int width) {
    return b.input(name, Type.of(Kind.FLOAT, Dim.open("N"), Dim.of(width)));
  }

  @Test
  void rowsThatFollowOneAnotherLieInTheWhole() {
    var b = new GraphBuilder();
    var sums = sums(b);
    var schedule = schedule(b, b.exp(b.sum(b.concat(sums, 0), List.of(0))), b.exp(sums.getFirst()));
    assertThat(schedule.locations().values().stream().map(Schedule.Location::offset)).containsExactlyInAnyOrder(Dim.ZERO, Dim.open("N"));
    assertThat(targets(schedule)).noneMatch(Kernel.Target.Part.class::isInstance);
  }

  @Test
  void aPartThatIsAWholeLiesInTheOuterOne() {
    var b = new GraphBuilder();
    var x = input(b, "x", 3);
    var pairs = b.concat(List.of(b.exp(x), b.sqrt(x)), 1);
    var whole = b.concat(List.of(pairs, b.concat(List.of(b.log(x), b.neg(b.exp(x))), 1)), 0);
    var schedule = schedule(b, b.exp(b.sum(whole, List.of(0))));
    assertThat(schedule.locations()).hasSize(2);
    assertThat(schedule.kernels()).allMatch(kernel -> !kernel.nodes().isEmpty());
  }

  @Test
  void columnsLieApart() {
    var b = new GraphBuilder();
    var schedule = schedule(b, b.exp(b.sum(b.concat(sums(b), 1), List.of(0))));
    assertThat(schedule.locations()).isEmpty();
  }

  @Test
  void aResultHasABufferOfItsOwn() {
    var b = new GraphBuilder();
    var sums = sums(b);
    var result = b.exp(sums.getFirst());
    var schedule = schedule(b, b.exp(b.sum(b.concat(List.of(result, sums.getLast()), 0), List.of(0))), result);
    assertThat(schedule.locations()).hasSize(1).doesNotContainKey(result);
  }

  @Test
  void aPartThatOccursTwiceLiesInOnePlace() {
    var b = new GraphBuilder();
    var part = sums(b).getFirst();
    var schedule = schedule(b, b.exp(b.sum(b.concat(List.of(part, part), 0), List.of(0))));
    assertThat(schedule.locations()).hasSize(1);
    assertThat(targets(schedule)).filteredOn(Kernel.Target.Part.class::isInstance).hasSize(1);
  }

  private static List<Node> sums(GraphBuilder b) {
    return List.of(b.sumKept(input(b, "x", 6), List.of(1)), b.sumKept(input(b, "y", 5), List.of(1)));
  }
}
