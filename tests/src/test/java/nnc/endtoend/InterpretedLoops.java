package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.bytecode.MemoryLoader;
import nnc.driver.CompiledProgram;
import nnc.driver.CompiledStage;
import nnc.graph.Graph;
import nnc.loops.Loop;
import nnc.loops.Loop.Space;
import nnc.loops.LoopInterpreter;
import nnc.loops.LoopPrinter;
import nnc.loops.LoopVerifier;
import nnc.loops.expand.Expansion;
import nnc.loops.expand.Width;
import nnc.lower.CallExtents;
import nnc.optimizations.Switches;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.engine.Executor;
import nnc.runtime.engine.Kernels;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Polynomials;

/** A program's kernels, interpreted before and after they are expanded for a width, beside the code that they are emitted as. */
final class InterpretedLoops {
  private InterpretedLoops() {}

  /** A context of a model's that is fed and ready to run. */
  interface Feed {
    Context of(Model model, String purpose);
  }

  /** Each purpose gives the same bits interpreted and emitted; every access stays where its buffer is. */
  static void check(CompiledProgram compiled, int batch, Width width, long seed) {
    check(compiled, Switches.ALL_ON, width, seed, (model, purpose) -> {
      var context = model.context(purpose, batch);
      Agreement.feed(model, context, seed);
      context.seed(seed);
      context.counters(3, 1);
      return context;
    });
  }

  /** @param switches by which the program was compiled */
  static void check(CompiledProgram compiled, Switches switches, Width width, long seed, Feed feed) {
    compiled.stages().forEach((title, stage) -> {
      boolean formulas = title.endsWith("." + ModelSpec.MEASURES);
      var spec = formulas ? compiled.spec().formulas().get(title.substring(0, title.indexOf('.'))) : compiled.spec();
      var purpose = formulas ? ModelSpec.MEASURES : title;
      var loader = new MemoryLoader(compiled.classes());
      var emitted = run(spec, purpose, stage, name -> name.endsWith("Scalar") ? loader.apply(name.replace("Scalar", width.suffix())) : null, seed, feed);
      var lowered = LoopVerifier.check(stage.lowered().kernels(), title);
      var extents = CallExtents.of(stage.lowered(), stage.memory(), spec.weights(), spec.precision());
      extents.check(title);
      for (var other : Width.values()) {
        var kernels = LoopVerifier.check(Expansion.of(lowered, other, spec.precision(), switches), title + " for " + other);
        extents.check(kernels, other, title + " for " + other);
      }
      same(emitted, run(spec, purpose, stage, interpreted(spec, stage, lowered, 1), seed, feed), title + " as lowered");
      var expanded = Expansion.of(lowered, width, spec.precision(), switches);
      int lanes = width.lanes(spec.precision());
      same(emitted, run(spec, purpose, stage, interpreted(spec, stage, expanded, lanes), seed, feed), title + " as expanded for " + width);
    });
  }

  /** What a program's only purpose computes by some kernels, interpreted in so many lanes. */
  static Map<String, double[]> interpret(CompiledProgram compiled, String purpose, List<Loop.Kernel> kernels, int lanes, Feed feed) {
    var stage = compiled.stages().get(purpose);
    return run(compiled.spec(), purpose, stage, interpreted(compiled.spec(), stage, kernels, lanes), 1, feed);
  }

  private interface Code {
    Kernels of(String name);

    /** Told before the first run on whose memory it works. */
    default void on(Executor executor) {}
  }

  private static Code interpreted(ModelSpec spec, CompiledStage stage, List<Loop.Kernel> kernels, int lanes) {
    return new Code() {
      private Executor executor;

      @Override
      public Kernels of(String name) {
        return !name.endsWith("Scalar") ? null : new LoopInterpreter(kernels, spec.precision(), lanes,
            (kernel, arguments, at, scratch) -> new Fences(spec, stage, executor, kernel, at, scratch)::access);
      }

      @Override
      public void on(Executor own) {
        executor = own;
      }
    };
  }

  private static Map<String, double[]> run(ModelSpec spec, String purpose, CompiledStage stage, Code code, long seed, Feed feed) {
    var made = Model.of(spec, code::of);
    var model = spec.weights().isEmpty() ? made : made.initialised(seed);
    var context = feed.of(model, purpose);
    code.on(context.executor());
    context.run();
    return results(model, context, stage.elaborated());
  }

  private static Map<String, double[]> results(Model model, Context context, Graph graph) {
    var results = new LinkedHashMap<String, double[]>();
    for (var result : graph.results()) {
      results.put(result.role() + " " + result.name(), result.role() == Graph.Role.UPDATE ? model.weight(result.name()).toDoubles()
          : context.result(Role.valueOf(result.role().name()), result.name()).tensor().toDoubles());
    }
    return results;
  }

  /** The same bits; but for the sign of a zero, which a term left out for being zero may have had. */
  private static void same(Map<String, double[]> emitted, Map<String, double[]> interpreted, String what) {
    emitted.forEach((name, values) -> {
      var others = interpreted.get(name);
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i] == others[i] || Double.isNaN(values[i]) && Double.isNaN(others[i]))
            .as("%s: %s [%d] is %s, and emitted %s", what, name, i, others[i], values[i]).isTrue();
      }
    });
  }

  /** Where a call may read and write: in its arguments' slots and weights, each by its own name, and in its scratch. */
  private static final class Fences {
    private record Field(Space space, int from, int to) {
      boolean has(Space other, int place) {
        return space == other && place >= from && place < to;
      }
    }

    private final Loop.Kernel kernel;
    private final Map<String, Field> fields = new HashMap<>();
    private final Field aside;
    /** By place in the arena or, negative, in the weights: the name that it was written by. */
    private final Map<Integer, String> written = new HashMap<>();

    Fences(ModelSpec spec, CompiledStage stage, Executor executor, Loop.Kernel kernel, int at, int scratch) {
      this.kernel = kernel;
      int next = Kernels.FIRST;
      int call = 0;
      while (next != at) {
        next += executor.plan().calls().get(call++).arguments().size();
      }
      // calls without arguments share a place: whichever it is has none
      var given = kernel.arguments().isEmpty() ? List.<Argument>of() : atLeast(executor, call, kernel).arguments();
      for (int i = 0; i < kernel.arguments().size(); i++) {
        var name = kernel.arguments().get(i);
        switch (given.get(i)) {
          case Argument.Slot(var slot, _) -> fields.put(name, new Field(Space.ARENA, executor.base(slot), executor.base(slot) + size(stage, executor, slot)));
          case Argument.Offset(var offset) -> spec.weights().stream().filter(w -> w.offset() <= offset && offset < w.offset() + w.size()).findFirst()
              .ifPresent(w -> fields.put(name, new Field(Space.WEIGHTS, w.offset(), w.offset() + w.size())));
          case Argument.Value _, Argument.Drawn _ -> { }
        }
      }
      int size = kernel.scratch() > 0 ? kernel.scratch() : (int) Polynomials.value(executor.plan().scratch(), executor.dims());
      aside = new Field(Space.SCRATCH, scratch, scratch + size);
    }

    /** Without the room behind it that vectors may read. */
    private static int size(CompiledStage stage, Executor executor, int slot) {
      var dims = executor.plan().dims();
      return slot < stage.memory().sizes().size() ? (int) stage.memory().size(slot, name -> executor.dims()[dims.indexOf(name)]) : executor.slotSize(slot);
    }

    private static ModelSpec.Call atLeast(Executor executor, int call, Loop.Kernel kernel) {
      var found = executor.plan().calls().get(call);
      return found.arguments().isEmpty() && !kernel.arguments().isEmpty() ? atLeast(executor, call + 1, kernel) : found;
    }

    void access(Loop.Buffer buffer, int base, int place, boolean write) {
      var own = fields.get(buffer.name());
      boolean named = own != null && kernel.arguments().contains(buffer.name());
      boolean inside = buffer.space() == Space.SCRATCH ? aside.has(Space.SCRATCH, place) : named ? own.has(buffer.space(), place)
          : fields.values().stream().anyMatch(field -> field.has(buffer.space(), place));
      if (!inside) {
        throw new AssertionError("%s %s at %d, from %d on, outside of %s%n%s".formatted(write ? "writes" : "reads", buffer, place, base,
            named ? own : fields + " and " + aside, LoopPrinter.print(kernel)));
      }
      if (named) {
        int key = buffer.space() == Space.WEIGHTS ? -1 - place : place;
        var writer = write ? written.put(key, buffer.name()) : written.get(key);
        if (writer != null && !writer.equals(buffer.name())) {
          throw new AssertionError("uses by the name " + buffer.name() + " what it has written by the name " + writer + "\n" + LoopPrinter.print(kernel));
        }
      }
    }
  }
}
