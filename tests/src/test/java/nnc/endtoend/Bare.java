package nnc.endtoend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nnc.analysis.Batch;
import nnc.bytecode.ProgramEmitter;
import nnc.driver.CompiledProgram;
import nnc.driver.CompiledStage;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.loops.LoopVerifier;
import nnc.loops.expand.Expansion;
import nnc.loops.expand.Width;
import nnc.lower.Lowering;
import nnc.lower.PlanSizes;
import nnc.lower.common.Origin;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.passes.Pipeline;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.schedule.BatchTiling;
import nnc.schedule.Fusion;
import nnc.schedule.batch.BatchTilingChoice;
import nnc.schedule.memory.MemoryPlan;
import nnc.schedule.memory.ScheduleVerifier;
import nnc.source.Diagnostics;

/** Compiles a graph that no program stands behind: {@code predict} is its only purpose. */
final class Bare {
  private static final int LINE = 16;

  private final Map<Origin.Kept, Integer> offsets = new HashMap<>();
  private final List<ModelSpec.Weight> weights = new ArrayList<>();
  private final Map<String, double[]> given;
  private int end = LINE;

  private Bare(Map<String, double[]> given) {
    this.given = given;
  }

  /**
   * How a graph is compiled.
   *
   * @param switches which optimizations are done
   * @param examples of the slices over which as many kernels as can be run; over the whole batch if that is zero
   * @param widths   of the kernels that are emitted
   */
  record Setup(int precision, Switches switches, int examples, Set<Width> widths) {
    Setup(int precision, Switches switches) {
      this(precision, switches, 0, EnumSet.allOf(Width.class));
    }
  }

  static CompiledProgram compile(Graph graph, int precision, boolean fusion) {
    return compile(graph, new Setup(precision, fusion ? Switches.ALL_ON : Switches.without(Optimization.FUSION)), Map.of());
  }

  /** With as many kernels as can be over slices of so many examples. */
  static CompiledProgram compileInSlices(Graph graph, int precision, int examples) {
    return compile(graph, new Setup(precision, Switches.ALL_ON, examples, EnumSet.allOf(Width.class)), Map.of());
  }

  /** @param given parameters and states as they start, by path; random where they are not there */
  static CompiledProgram compile(Graph graph, Setup setup, Map<String, double[]> given) {
    return new Bare(given).run(graph, setup);
  }

  private CompiledProgram run(Graph graph, Setup setup) {
    var switches = setup.switches;
    var optimised = Pipeline.STANDARD.run(graph, switches, 0, _ -> { });
    var schedule = Fusion.schedule(optimised, switches);
    var memory = MemoryPlan.of(schedule, setup.examples > 0 && switches.on(Optimization.BATCH_TILING) ? BatchTilingChoice.longest(schedule, setup.examples) : BatchTiling.NONE);
    ScheduleVerifier.check(schedule, memory);
    graph.nodes().forEach(node -> place(node.op()));
    schedule.graph().nodes().forEach(node -> place(node.op()));
    var lowered = Lowering.lower(schedule, graph, Batch.of(graph), memory, new Lowering.Target(setup.precision, "Predict", offsets::get, switches));
    LoopVerifier.check(lowered.kernels(), "lowered");
    Map<String, byte[]> classes = new LinkedHashMap<>();
    for (var width : setup.widths) {
      var expanded = LoopVerifier.check(Expansion.of(lowered.kernels(), width, setup.precision, switches), width.suffix());
      classes.put(width.file("Predict"), ProgramEmitter.emit("Predict", "graph.nn", expanded, width, setup.precision));
    }
    var spec = new ModelSpec("graph", setup.precision, "", feeds(graph), weights, end, List.of(lowered.plan()), Map.of(),
        ModelSpec.Training.NONE, List.of(), Map.of());
    return new CompiledProgram(spec, classes, Map.of(graph.name(), new CompiledStage(graph, schedule, memory, lowered, List.of(), List.of())),
        new Diagnostics());
  }

  private void place(Op op) {
    switch (op) {
      case Op.Parameter(var path, var type) -> place(new Origin.Weight(path), path, ModelSpec.WeightKind.PARAMETER, type, start(path, ModelSpec.InitialiserKind.NORMAL, 0, 1));
      case Op.State(var path, var type) -> place(new Origin.Weight(path), path, ModelSpec.WeightKind.STATE, type, start(path, ModelSpec.InitialiserKind.UNIFORM, 0.5, 1));
      case Op.Table table -> place(new Origin.Table(table), "table." + weights.size(), ModelSpec.WeightKind.TABLE, table.type(), new ModelSpec.Initialiser(ModelSpec.InitialiserKind.TABLE, table.values()));
      default -> { }
    }
  }

  private ModelSpec.Initialiser start(String path, ModelSpec.InitialiserKind otherwise, double first, double second) {
    return given.containsKey(path) ? new ModelSpec.Initialiser(ModelSpec.InitialiserKind.TABLE, Arrays.stream(given.get(path)).boxed().toList())
        : new ModelSpec.Initialiser(otherwise, List.of(first, second));
  }

  private void place(Origin.Kept key, String path, ModelSpec.WeightKind kind, Type type, ModelSpec.Initialiser initialiser) {
    if (offsets.putIfAbsent(key, end) == null) {
      weights.add(new ModelSpec.Weight(path, kind, Lowering.kind(type), type.shape().stream().map(Dim::fixed).toList(), end, initialiser, kind == ModelSpec.WeightKind.TABLE));
      end += (weights.getLast().size() + LINE - 1) / LINE * LINE + LINE;
    }
  }

  private static List<ModelSpec.Feed> feeds(Graph graph) {
    var feeds = new ArrayList<ModelSpec.Feed>();
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.Input(var name, var target, var type)) {
        var names = new TreeSet<String>();
        type.shape().forEach(dim -> names.addAll(dim.variables()));
        var dims = List.copyOf(names);
        feeds.add(new ModelSpec.Feed(name, "", target, Lowering.kind(type), dims, type.shape().stream().map(dim -> PlanSizes.poly(dim, dims)).toList(), 0, 0, ColumnType.NUMBERS));
      }
    }
    return feeds;
  }
}
