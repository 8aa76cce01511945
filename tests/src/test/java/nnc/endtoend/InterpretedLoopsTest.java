package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.graph.random.Coverage;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;
import nnc.loops.expand.Expansion;
import nnc.loops.expand.Width;
import nnc.optimizations.Switches;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loops are what is computed: every kernel, as lowered and as expanded for a width, verified, and interpreted with the bits of the emitted code. */
class InterpretedLoopsTest {
  private static final List<Width> WIDTHS = List.of(Width.V128, Width.V256, Width.V512);

  private static CompiledProgram sample(String name, int precision, Map<String, String> defines) throws Exception {
    return Compiler.compile(Path.of("..", "samples", name + ".nn"), new CompilerOptions(defines, precision, List.of(), List.of(), _ -> { }));
  }

  @ParameterizedTest
  @CsvSource({"linear, 32, V512", "spiral, 64, V256", "zoo, 32, V128", "addition, 32, V256"})
  void samples(String name, int precision, Width width) throws Exception {
    var defines = name.equals("addition") ? Map.of("hidden", "9") : Map.<String, String>of();
    InterpretedLoops.check(sample(name, precision, defines), 3, width, 7);
  }

  /** Products and convolutions of more examples than a block of their rows has. */
  @ParameterizedTest
  @CsvSource({"600, SCALAR", "700, V512"})
  void manyRows(int rows, Width width) {
    InterpretedLoops.check(Programs.compile(ROWS, 32), rows, width, 7);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"worked, 32, V512", "mlp, 32, V512", "mlp, 64, V256", "lenet, 32, V512", "lenet, 64, V128", "autoencoder, 32, V256",
      "transformer, 32, V512", "addition, 64, V128"})
  void largerSamples(String name, int precision, Width width) throws Exception {
    InterpretedLoops.check(sample(name, precision, Map.of()), 5, width, 7);
  }

  @Property(tries = 6, seed = "20")
  void randomNetworks(@ForAll long seed) {
    var random = new Random(seed);
    var source = RandomNetworksTest.program(random);
    int batch = List.of(1, 2, 3, 7, 17).get(random.nextInt(5));
    InterpretedLoops.check(Programs.compile(source, random.nextBoolean() ? 32 : 64), batch, WIDTHS.get(random.nextInt(WIDTHS.size())), seed);
  }

  @net.jqwik.api.Tag("slow")
  @Property(tries = 100, seed = "26")
  void randomNetworksForLong(@ForAll long seed) {
    randomNetworks(seed);
  }

  @Property(tries = 30, seed = "20")
  void randomGraphs(@ForAll long seed) {
    var random = new Random(seed);
    int precision = random.nextBoolean() ? 32 : 64;
    var drawn = DrawnRun.graph(random, List.of(1, 2, 3, 7).get(random.nextInt(4)), precision, new Coverage());
    var run = DrawnRun.draw(random, precision);
    var compiled = Bare.compile(drawn.graph(), run.setup(), drawn.given());
    InterpretedLoops.check(compiled, run.setup().switches(), run.width(), seed, (model, purpose) -> run.context(model, drawn));
  }

  @net.jqwik.api.Tag("slow")
  @Property(tries = 1000, seed = "26")
  void randomGraphsForLong(@ForAll long seed) {
    randomGraphs(seed);
  }

  private static final String ROWS = """
      input x: float[N, 2]
      target y: float[N]
      output z = x |> dense(16, tanh) |> dense(3) |> dense(1) |> squeeze(1)
      loss mse(z, y)
      train { optimizer = adam(0.01) }
      """;

  // ---- that it can fail

  private static final String SMALL = """
      input x: float[N, 6]
      output y = softmax(dense(9, tanh)(x)) * 2
      """;

  /** Kernels of which one is changed: a place moved, or a loop longer. */
  private record Mutant(boolean moves, List<Loop.Kernel> kernels) {}

  /** Each place that is written moved on by one, and each loop made a turn longer. */
  private static List<Mutant> mutants(List<Loop.Kernel> kernels) {
    var mutants = new ArrayList<Mutant>();
    for (int k = 0; k < kernels.size(); k++) {
      var kernel = kernels.get(k);
      int at = k;
      changed(kernel.body(), (moves, body) -> {
        var all = new ArrayList<>(kernels);
        all.set(at, new Loop.Kernel(kernel.arguments(), kernel.block(), kernel.kind(), body, kernel.scratch(), kernel.inDouble()));
        mutants.add(new Mutant(moves, all));
      });
    }
    return mutants;
  }

  private static void changed(List<Stmt> body, BiConsumer<Boolean, List<Stmt>> sink) {
    for (int i = 0; i < body.size(); i++) {
      int at = i;
      BiConsumer<Boolean, Stmt> one = (moves, now) -> {
        var all = new ArrayList<>(body);
        all.set(at, now);
        sink.accept(moves, all);
      };
      switch (body.get(i)) {
        case Stmt.Store(var buffer, var index, var value) -> one.accept(true, new Stmt.Store(buffer, Ints.add(index, new Int.Number(1)), value));
        case Stmt.For(var name, var from, var to, var kind, var inner) -> {
          one.accept(false, new Stmt.For(name, from, Ints.add(to, new Int.Number(1)), kind, inner));
          changed(inner, (moves, now) -> one.accept(moves, new Stmt.For(name, from, to, kind, now)));
        }
        case Stmt.Outline(var arguments, var inner) -> changed(inner, (moves, now) -> one.accept(moves, new Stmt.Outline(arguments, now)));
        case Stmt.Let _, Stmt.Lanes _, Stmt.Assign _, Stmt.Product _, Stmt.Nonzeros _, Stmt.Transpose _, Stmt.Line _ -> { }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"SCALAR, false", "V256, true"})
  void changedLoopsAreFound(Width width, boolean expanded) {
    var compiled = Programs.compile(SMALL, 32);
    var lowered = compiled.stages().get("predict").lowered().kernels();
    var kernels = expanded ? Expansion.of(lowered, width, 32, Switches.ALL_ON) : lowered;
    InterpretedLoops.Feed feed = (model, purpose) -> {
      var context = model.context(purpose, 5);
      Agreement.feed(model, context, 3);
      return context;
    };
    var right = InterpretedLoops.interpret(compiled, "predict", kernels, width.lanes(32), feed);
    var mutants = mutants(kernels);
    assertThat(mutants).hasSizeGreaterThan(5);
    var missed = mutants.stream().filter(mutant -> !isFound(compiled, mutant, width, feed, right)).toList();
    assertThat(missed).noneMatch(mutant -> mutant.moves);
    // a block or a tile more has no rows
    assertThat(missed.size()).isLessThan(mutants.size() / 3);
  }

  private static boolean isFound(CompiledProgram compiled, Mutant mutant, Width width, InterpretedLoops.Feed feed, Map<String, double[]> right) {
    try {
      var wrong = InterpretedLoops.interpret(compiled, "predict", mutant.kernels, width.lanes(32), feed);
      return right.keySet().stream().anyMatch(name -> !Arrays.equals(right.get(name), wrong.get(name)));
    } catch (AssertionError outside) {
      return true;
    }
  }
}
