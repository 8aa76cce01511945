package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.graph.random.Coverage;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;
import nnc.loops.LoopPrinter;
import nnc.loops.bounds.BoundsVerifier.Exemption;
import nnc.loops.bounds.KernelExtents;
import nnc.loops.bounds.Promise;
import nnc.loops.expand.Expansion;
import nnc.loops.expand.Width;
import nnc.lower.CallExtents;
import nnc.optimizations.Switches;
import nnc.runtime.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kernels stay in their buffers for whatever sizes: shown of those of samples, before and after they are expanded; and what the interpreter of loops
 * sees outside is never shown to be inside.
 */
class KernelBoundsTest {

  private static CallExtents extents(CompiledProgram compiled, String title) {
    var stage = compiled.stages().get(title);
    boolean formulas = title.endsWith("." + ModelSpec.MEASURES);
    var spec = formulas ? compiled.spec().formulas().get(title.substring(0, title.indexOf('.'))) : compiled.spec();
    return CallExtents.of(stage.lowered(), stage.memory(), spec.weights(), spec.precision());
  }

  /** What is exempt, of all kernels of a program; an error if anything else is not shown. */
  static List<Exemption> shown(CompiledProgram compiled) {
    var exemptions = new ArrayList<Exemption>();
    for (var title : compiled.stages().keySet()) {
      var extents = extents(compiled, title);
      exemptions.addAll(extents.check(title));
      for (var width : Width.values()) {
        exemptions.addAll(extents.check(Expansion.of(extents.lowered(), width, extents.precision(), Switches.ALL_ON), width, title + " for " + width));
      }
    }
    return exemptions;
  }

  /** What is exempt: indices of the embedding and its gradient, and of rows that are drawn anew. */
  @ParameterizedTest
  @CsvSource({"linear, 32, 0", "worked, 32, 0", "spiral, 64, 0", "softmax, 32, 0", "zoo, 32, 0", "mlp, 32, 0", "autoencoder, 32, 0", "denoising, 32, 0",
      "addition, 32, 0", "lenet, 32, 0", "permuted, 32, 4", "transformer, 32, 8"})
  void samples(String name, int precision, int exempt) throws Exception {
    var compiled = Compiler.compile(Path.of("..", "samples", name + ".nn"), new CompilerOptions(Map.of(), precision, List.of(), List.of(), _ -> { }));
    var byPromise = new EnumMap<Promise, Integer>(Promise.class);
    shown(compiled).forEach(one -> byPromise.merge(one.promise(), 1, Integer::sum));
    assertThat(byPromise).isEqualTo(exempt == 0 ? Map.of() : Map.of(Promise.LOOKED_UP, exempt));
  }

  /** Blocks, tiles and what is left of them, of sizes that nothing divides. */
  @ParameterizedTest
  @CsvSource({"mlp, 21", "addition, 9"})
  void oddSizes(String name, String hidden) throws Exception {
    var compiled = Compiler.compile(Path.of("..", "samples", name + ".nn"), new CompilerOptions(Map.of("hidden", hidden), 64, List.of(), List.of(), _ -> { }));
    assertThat(shown(compiled)).isEmpty();
  }

  /** What reads places from memory: of all else nothing is promised. */
  private static boolean looksUp(Graph graph) {
    return graph.nodes().stream().anyMatch(node -> node.op() instanceof Op.Gather || node.op() instanceof Op.ScatterAdd || node.op() instanceof Op.ArgSort);
  }

  /** Of random graphs all kernels are shown to be right, at all widths, and but for those that look something up or sort by nothing but themselves. */
  @Test
  void randomGraphs() {
    var random = new Random(20);
    int kernels = 0;
    int promised = 0;
    for (int i = 0; i < 200; i++) {
      int precision = random.nextBoolean() ? 32 : 64;
      var drawn = DrawnRun.graph(random, 3, precision, new Coverage());
      var run = DrawnRun.draw(random, precision);
      var compiled = Bare.compile(drawn.graph(), run.setup(), drawn.given());
      var exempt = shown(compiled);
      var stage = compiled.stages().get(drawn.graph().name());
      if (!looksUp(stage.elaborated()) && !looksUp(stage.schedule().graph())) {
        assertThat(exempt).as("graph %d", i).isEmpty();
      }
      kernels += stage.lowered().kernels().size();
      promised += (int) exempt.stream().map(one -> one.access().replaceAll(" of .*", "")).distinct().count();
    }
    assertThat(promised).as("kernels with an access that is right by promise alone, of %d", kernels).isBetween(1, kernels / 5);
  }

  /** What is padded is loaded under a mask also where it has no elements, which then are nowhere: forwards, backwards and behind a start. */
  @ParameterizedTest
  @ValueSource(strings = {"cumsum(repeat(h[1:], 9000, axis = 1), axis = 1)", "reverse(cumsum(repeat(h[1:], 9000, axis = 1), axis = 1), axis = 1)",
      "reverse(cumsum(h[1:], axis = 1), axis = 0)", "repeat(h, 9000, axis = 1)[1:]"})
  void whatIsEmptyIsNotLoaded(String padded) {
    var compiled = Programs.compile("""
        input x: float[N, 3]
        h = cumsum(exp(x), axis = 1)
        output y = sum(pad(%s, [1, 0], [0, 0]), axis = 1)
        """.formatted(padded), 32);
    assertThat(shown(compiled)).isEmpty();
    for (var width : Width.values()) {
      var context = Agreement.load(compiled, width.suffix()).initialised(1).context("predict", 1);
      context.input("x").set(new float[] {1, 2, 3});
      context.run();
      assertThat(context.output("y").get(0)).isZero();
    }
  }

  // ---- faults

  private static final String SMALL = """
      input x: float[N, 6]
      output y = softmax(dense(9, tanh)(x)) * 2 + concat([x, x[:, 0:3]], axis = 1)
      """;

  /** A body with one thing changed in it. */
  private static void changed(List<Stmt> body, Consumer<List<Stmt>> sink) {
    for (int i = 0; i < body.size(); i++) {
      int at = i;
      Consumer<Stmt> one = now -> {
        var all = new ArrayList<>(body);
        all.set(at, now);
        sink.accept(all);
      };
      switch (body.get(i)) {
        case Stmt.Store(var buffer, var index, var value) -> {
          one.accept(new Stmt.Store(buffer, Ints.add(index, new Int.Number(1)), value));
          one.accept(new Stmt.Store(buffer, Ints.add(index, new Int.Number(-1)), value));
        }
        case Stmt.For(var name, var from, var to, var kind, var inner) -> {
          one.accept(new Stmt.For(name, from, Ints.add(to, new Int.Number(1)), kind, inner));
          one.accept(new Stmt.For(name, Ints.add(from, new Int.Number(-1)), to, kind, inner));
          changed(inner, now -> one.accept(new Stmt.For(name, from, to, kind, now)));
        }
        case Stmt.Outline(var arguments, var inner) -> {
          for (int a = 0; a < arguments.size(); a++) {
            var others = new ArrayList<>(arguments);
            others.set(a, new Stmt.Argument(arguments.get(a).name(), Ints.add(arguments.get(a).value(), new Int.Number(1))));
            one.accept(new Stmt.Outline(others, inner));
          }
          changed(inner, now -> one.accept(new Stmt.Outline(arguments, now)));
        }
        case Stmt.Product product -> {
          var left = product.left();
          var right = product.right();
          one.accept(product(product, new Stmt.Factor(left.buffer(), left.start(), right.step()), new Stmt.Factor(right.buffer(), right.start(), left.step()), product.sums()));
          one.accept(product(product, new Stmt.Factor(left.buffer(), left.start(), product.sums().step()), right, new Stmt.Factor(product.sums().buffer(), product.sums().start(), left.step())));
        }
        case Stmt.Let _, Stmt.Lanes _, Stmt.Assign _, Stmt.Nonzeros _, Stmt.Transpose _, Stmt.Line _ -> { }
      }
    }
  }

  private static Stmt product(Stmt.Product product, Stmt.Factor left, Stmt.Factor right, Stmt.Factor sums) {
    return new Stmt.Product(product.extent(), left, right, sums, product.prior(), product.order(), product.origin(), product.follow(), product.zeros());
  }

  private static List<List<Loop.Kernel>> mutants(List<Loop.Kernel> kernels) {
    var mutants = new ArrayList<List<Loop.Kernel>>();
    for (int k = 0; k < kernels.size(); k++) {
      var kernel = kernels.get(k);
      int at = k;
      changed(kernel.body(), body -> {
        var all = new ArrayList<>(kernels);
        all.set(at, new Loop.Kernel(kernel.arguments(), kernel.block(), kernel.kind(), body, kernel.scratch(), kernel.inDouble()));
        mutants.add(all);
      });
    }
    return mutants;
  }

  private static boolean isOutside(CompiledProgram compiled, List<Loop.Kernel> kernels, int rows, int lanes) {
    return isOutside(compiled, "predict", kernels, lanes, (model, purpose) -> {
      var context = model.context(purpose, rows);
      Agreement.feed(model, context, 3);
      return context;
    });
  }

  private static boolean isOutside(CompiledProgram compiled, String purpose, List<Loop.Kernel> kernels, int lanes, InterpretedLoops.Feed feed) {
    try {
      InterpretedLoops.interpret(compiled, purpose, kernels, lanes, feed);
      return false;
    } catch (AssertionError outside) {
      return true;
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SCALAR", "V256"})
  void whatLeavesItsBufferIsNeverShown(Width width) {
    var compiled = Programs.compile(SMALL, 32);
    var extents = extents(compiled, "predict");
    int outside = 0;
    for (var kernels : List.of(extents.lowered(), Expansion.of(extents.lowered(), width, 32, Switches.ALL_ON))) {
      for (var mutant : mutants(kernels)) {
        if (isOutside(compiled, mutant, 1, width.lanes(32)) || isOutside(compiled, mutant, 5, width.lanes(32))) {
          outside++;
          assertThatThrownBy(() -> extents.check(mutant, width, "mutant")).as(text(mutant, kernels)).isInstanceOf(IllegalStateException.class);
        }
      }
    }
    assertThat(outside).isGreaterThan(20);
  }

  /** Likewise of random graphs, of each a few faults. */
  @Property(tries = 40, seed = "20")
  void whatLeavesItsBufferInRandomGraphsIsNeverShown(@ForAll long seed) {
    var random = new Random(seed);
    var drawn = DrawnRun.graph(random, List.of(1, 2, 5).get(random.nextInt(3)), 64, new Coverage());
    var run = DrawnRun.draw(random, 64);
    var compiled = Bare.compile(drawn.graph(), run.setup(), drawn.given());
    var purpose = drawn.graph().name();
    var extents = extents(compiled, purpose);
    var mutants = mutants(Expansion.of(extents.lowered(), run.width(), 64, run.setup().switches()));
    for (int i = 0; i < Math.min(FAULTS, mutants.size()); i++) {
      var mutant = mutants.get(random.nextInt(mutants.size()));
      if (isOutside(compiled, purpose, mutant, run.width().lanes(64), (model, _) -> run.context(model, drawn))) {
        assertThatThrownBy(() -> extents.check(mutant, run.width(), "mutant")).as(text(mutant, extents.lowered())).isInstanceOf(IllegalStateException.class);
      }
    }
  }

  private static final int FAULTS = 6;

  private static String text(List<Loop.Kernel> kernels, List<Loop.Kernel> right) {
    return String.join("\n", kernels.stream().filter(kernel -> !right.contains(kernel)).map(LoopPrinter::print).toList());
  }

  /** Each buffer that is written to its end, one element shorter. */
  @Test
  void shorterBuffersAreFound() {
    var extents = extents(Programs.compile(SMALL, 32), "predict");
    int found = 0;
    for (int k = 0; k < extents.lowered().size(); k++) {
      for (var call : extents.calls().get(k)) {
        for (var name : call.places().keySet()) {
          var calls = new ArrayList<Set<KernelExtents>>(extents.calls());
          calls.set(k, new LinkedHashSet<>(List.of(shorter(call, name))));
          try {
            new CallExtents(extents.lowered(), calls, 32).check("predict");
          } catch (IllegalStateException e) {
            found++;
          }
        }
      }
    }
    // a slot has room for the largest of the buffers that share it
    assertThat(found).isGreaterThan(3);
  }

  private static KernelExtents shorter(KernelExtents call, String name) {
    var places = new HashMap<>(call.places());
    var place = places.get(name);
    places.put(name, new KernelExtents.Place(place.before(), place.sizes().stream().map(size -> size.plus(-1)).toList()));
    return new KernelExtents(call.sizes(), places, call.values(), call.blocks(), call.scratch());
  }
}
