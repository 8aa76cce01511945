package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import nnc.OneWidth;
import nnc.driver.CompiledProgram;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.interpret.Interpreter;
import nnc.passes.DeadCodeElimination;
import nnc.passes.Pipeline;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Role;

/** Runs a compiled program and its elaborated graph, interpreted in double, on the same random numbers. */
final class Agreement {
  private Agreement() {}

  private static final List<String> VECTORS = List.of("128", "256", "512");

  /** Scalar code, and {@link #vectors}. */
  static List<String> widths(long turn) {
    return Stream.concat(Stream.of("Scalar"), vectors(turn).stream()).toList();
  }

  /** The width of vectors that has its turn; all with {@code -Pslow}. */
  static List<String> vectors(long turn) {
    return Boolean.getBoolean("nnc.everyWidth") ? VECTORS : List.of(VECTORS.get((int) Math.floorMod(turn, (long) VECTORS.size())));
  }

  /** Compares all results of all purposes; {@code tolerance} is relative to one plus the value's size. */
  static void check(CompiledProgram compiled, int batch, double tolerance, long seed) {
    for (var width : widths(compiled.spec().source().hashCode() + (long) batch + compiled.spec().precision() / 32)) {
      compiled.stages().forEach((purpose, stage) -> compare(compiled, width, purpose, stage.elaborated(), batch, tolerance, seed));
    }
  }

  /** Compares what is predicted for some random examples: the same bits at all widths, by one thread and by three. */
  static void checkBits(CompiledProgram compiled, int batch, String output) {
    try (var one = new Threads(1); var three = new Threads(3)) {
      var first = predicted(compiled, "Scalar", batch, output, one);
      for (var width : vectors(first.length)) {
        assertThat(predicted(compiled, width, batch, output, one)).as(width).isEqualTo(first);
        assertThat(predicted(compiled, width, batch, output, three)).as(width).isEqualTo(first);
      }
    }
  }

  private static double[] predicted(CompiledProgram compiled, String width, int batch, String output, Threads threads) {
    var model = load(compiled, width).initialised(3);
    var context = model.context("predict", batch, threads);
    feed(model, context, 3);
    context.run();
    return context.output(output).tensor().toDoubles();
  }

  /** The model with one width's kernels. */
  static Model load(CompiledProgram compiled, String width) {
    return OneWidth.of(compiled.spec(), compiled.classes(), width);
  }

  /** Feeds random numbers to all inputs, and gives them by name. */
  static Map<String, double[]> feed(Model model, Context context, long seed) {
    var random = new Random(seed);
    Map<String, double[]> fed = new HashMap<>();
    for (var input : context.inputs()) {
      var feed = model.spec().inputs().stream().filter(f -> f.name().equals(input.name())).findFirst().orElseThrow();
      var values = new double[input.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = feed.kind() == ElementKind.FLOAT ? random.nextGaussian() : feed.kind() == ElementKind.BOOL ? random.nextInt(2)
            : random.nextInt((int) (feed.high() > 0 ? feed.high() : 5));
        values[i] = model.spec().precision() == 32 ? (float) values[i] : values[i];
        input.set(i, values[i]);
      }
      fed.put(input.name(), values);
    }
    return fed;
  }

  private static void compare(CompiledProgram compiled, String width, String stage, Graph graph, int batch, double tolerance, long seed) {
    boolean formulas = stage.endsWith("." + ModelSpec.MEASURES);
    var spec = formulas ? compiled.spec().formulas().get(stage.substring(0, stage.indexOf('.'))) : compiled.spec();
    var model = OneWidth.of(spec, compiled.classes(), width);
    compare(formulas ? model : model.initialised(seed), formulas ? ModelSpec.MEASURES : stage, graph, batch, tolerance, seed);
  }

  private static void compare(Model model, String purpose, Graph graph, int batch, double tolerance, long seed) {
    var context = model.context(purpose, batch);
    var fed = feed(model, context, seed);
    Map<String, double[]> weights = new HashMap<>();
    model.spec().weights().stream().filter(w -> !w.path().startsWith("table.")).forEach(w -> weights.put(w.path(), model.weight(w.path()).toDoubles()));
    context.seed(seed);
    context.counters(3, 1);
    context.run();
    Map<String, Integer> dims = new HashMap<>();
    graph.nodes().stream().flatMap(node -> node.op() instanceof Op.Size(var dim) ? Stream.of(dim) : node.type().shape().stream())
        .forEach(dim -> dim.variables().forEach(name -> dims.put(name, batch)));
    // loops are others without what nobody reads of them
    var needed = new Pipeline(List.of(DeadCodeElimination.PASS)).run(graph);
    var values = new Interpreter(dims, op -> switch (op) {
      // passes may have found that a value does not depend on an input: then whatever it is
      case Op.Input(var name, _, var type) -> fed.computeIfAbsent(name, _ -> new double[(int) type.size().evaluate(dims::get)]);
      case Op.Parameter(var path, _) -> weights.get(path);
      case Op.State(var path, _) -> weights.get(path);
      default -> throw new IllegalStateException(op.toString());
    }, seed, 3, 1).run(needed);
    for (var result : needed.results()) {
      var expected = values.get(result.node()).values();
      var actual = result.role() == Graph.Role.UPDATE ? model.weight(result.name()).toDoubles() : context.result(Role.valueOf(result.role().name()), result.name()).tensor().toDoubles();
      assertThat(actual.length).isEqualTo(expected.length);
      for (int i = 0; i < actual.length; i++) {
        double error = Math.abs(actual[i] - expected[i]) / (1 + Math.abs(expected[i]));
        assertThat(error <= tolerance || actual[i] == expected[i] || Double.isNaN(actual[i]) && Double.isNaN(expected[i]))
            .as("%s %s of %s [%d]: %s, and interpreted %s", result.role(), result.name(), purpose, i, actual[i], expected[i]).isTrue();
      }
    }
  }
}
