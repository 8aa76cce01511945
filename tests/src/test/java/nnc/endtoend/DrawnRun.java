package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import nnc.driver.CompiledProgram;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.random.Coverage;
import nnc.graph.random.DrawnGraphs;
import nnc.graph.random.Shrinking;
import nnc.loops.expand.Width;
import nnc.optimizations.Switches;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Role;

/**
 * How a drawn graph is compiled and run.
 *
 * @param width   beside scalar code
 * @param threads that share the work
 */
record DrawnRun(Bare.Setup setup, Width width, int threads) {
  /** Sizes of the first open dimension: one example, few, and more than vectors and blocks hold. */
  static final List<Integer> BATCHES = List.of(1, 2, 3, 7, 33, 257);

  /** A graph at a size of {@code N}, and at another one of {@code T}. */
  static DrawnGraphs.Drawn graph(Random random, int batch, int precision, Coverage coverage) {
    int other = 1 + random.nextInt(5);
    return DrawnGraphs.draw(random.nextLong(), Map.of("N", batch, "T", other == batch ? other + 1 : other), precision, coverage);
  }

  /** Fails with the smallest part of a graph that does. */
  void check(DrawnGraphs.Drawn drawn, int number) {
    if (!fault(drawn, number).isEmpty()) {
      var smallest = Shrinking.of(drawn, graph -> !fault(graph, number).isEmpty());
      throw new AssertionError("graph %d, %s%n%s%s".formatted(number, this, Shrinking.text(smallest), fault(smallest, number)));
    }
  }

  /** One switch off, or none, or all; sometimes in slices, on several threads. */
  static DrawnRun draw(Random random, int precision) {
    var all = List.copyOf(new TreeSet<>(Switches.ALL_OFF.off()));
    var switches = switch (random.nextInt(5)) {
      case 0, 1 -> Switches.ALL_ON;
      case 2, 3 -> Switches.without(all.get(random.nextInt(all.size())));
      default -> Switches.ALL_OFF;
    };
    return of(switches, precision, random);
  }

  static DrawnRun of(Switches switches, int precision, Random random) {
    var width = Width.values()[1 + random.nextInt(Width.values().length - 1)];
    return new DrawnRun(new Bare.Setup(precision, switches, random.nextInt(3) > 0 ? 0 : 1 + random.nextInt(5), EnumSet.of(Width.SCALAR, width)), width,
        random.nextInt(4) > 0 ? 1 : 2 + random.nextInt(2));
  }

  /** What is wrong with the code of a graph; empty if nothing is. What it computes at other sizes before must not change what it computes then. */
  String fault(DrawnGraphs.Drawn drawn, long seed) {
    try {
      var compiled = Bare.compile(drawn.graph(), setup, drawn.given());
      var runs = Stream.of(before(drawn, seed), drawn).filter(Objects::nonNull).toList();
      var plain = results(compiled, runs, Width.SCALAR);
      var lanes = results(compiled, runs, width);
      for (int i = 0; i < runs.size(); i++) {
        compare(runs.get(i), plain.get(i), setup.precision() == 64 ? 1e-8 : 5e-3);
        for (var name : plain.get(i).keySet()) {
          assertThat(Arrays.equals(lanes.get(i).get(name), plain.get(i).get(name))).as("%s in vectors of %s is the same as in scalar code", name, width.suffix()).isTrue();
        }
      }
      return "";
    } catch (Exception | AssertionError e) {
      return e.toString().lines().limit(12).reduce("", (a, b) -> a + b + "\n") + at(e);
    }
  }

  /** A run at other sizes, for some graphs that keep their weights; null for others. */
  private DrawnGraphs.Drawn before(DrawnGraphs.Drawn drawn, long seed) {
    var random = new Random(seed);
    boolean learns = drawn.graph().results().stream().anyMatch(result -> result.role() == Graph.Role.UPDATE);
    var sizes = Map.of("N", 1 + random.nextInt(5), "T", 1 + random.nextInt(5));
    return random.nextInt(3) > 0 || learns ? null : drawn.at(sizes, setup.precision(), seed);
  }

  private static String at(Throwable e) {
    var text = new StringBuilder();
    for (int i = 0; e instanceof RuntimeException && i < Math.min(6, e.getStackTrace().length); i++) {
      text.append("  at ").append(e.getStackTrace()[i]).append('\n');
    }
    return text.toString();
  }

  /** Of runs one after the other, in one context. */
  private List<Map<String, double[]>> results(CompiledProgram compiled, List<DrawnGraphs.Drawn> runs, Width width) {
    try (var team = new Threads(threads)) {
      var model = Agreement.load(compiled, width.suffix()).initialised(1);
      Map<String, Integer> largest = new HashMap<>();
      runs.forEach(run -> run.dims().forEach((name, size) -> largest.merge(name, size, Math::max)));
      var context = model.context(runs.getFirst().graph().name(), largest, team);
      return runs.stream().map(run -> results(model, context, run)).toList();
    }
  }

  /** A context of the sizes of a run, fed with what it is given. */
  Context context(Model model, DrawnGraphs.Drawn run) {
    var context = model.context(run.graph().name(), run.dims(), new Threads(1));
    feed(model, context, run);
    return context;
  }

  private static void feed(Model model, Context context, DrawnGraphs.Drawn run) {
    model.spec().plans().getFirst().dims().forEach(dim -> context.dim(dim, run.dims().get(dim)));
    context.inputs().forEach(input -> input.set(run.given().get(input.name())));
    context.seed(DrawnGraphs.SEED);
    context.counters(DrawnGraphs.STEP, DrawnGraphs.EPOCH);
  }

  private static Map<String, double[]> results(Model model, Context context, DrawnGraphs.Drawn run) {
    feed(model, context, run);
    context.run();
    var results = new LinkedHashMap<String, double[]>();
    for (var result : run.graph().results()) {
      results.put(result.role() + " " + result.name(), result.role() == Graph.Role.UPDATE ? model.weight(result.name()).toDoubles()
          : context.result(Role.valueOf(result.role().name()), result.name()).tensor().toDoubles());
    }
    return results;
  }

  private static void compare(DrawnGraphs.Drawn run, Map<String, double[]> results, double tolerance) {
    for (var result : run.graph().results()) {
      var name = result.role() + " " + result.name();
      var actual = results.get(name);
      var expected = run.values().get(result.node());
      assertThat(actual.length).as(name).isEqualTo(expected == null ? actual.length : expected.length);
      for (int i = 0; expected != null && i < actual.length; i++) {
        double room = result.node().type().kind() == Kind.INT ? 0 : tolerance;
        boolean same = Math.abs(actual[i] - expected[i]) <= room * (1 + Math.abs(expected[i])) || actual[i] == expected[i]
            || Double.isNaN(actual[i]) && Double.isNaN(expected[i]);
        assertThat(same).as("%s [%d] at %s: %s, and interpreted %s", name, i, run.dims(), actual[i], expected[i]).isTrue();
      }
    }
  }

  @Override
  public String toString() {
    return "in %d bits, %s, in slices of %d examples, scalar and in vectors of %s, on %d threads".formatted(setup.precision(), setup.switches(),
        setup.examples(), width.suffix(), threads);
  }
}
