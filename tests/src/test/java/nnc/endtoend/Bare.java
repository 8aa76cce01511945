package nnc.endtoend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import nnc.Compiler;
import nnc.bytecode.ProgramEmitter;
import nnc.bytecode.Width;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.loops.Lowering;
import nnc.passes.Pipeline;
import nnc.runtime.ModelSpec;
import nnc.schedule.Batch;
import nnc.schedule.Fusion;
import nnc.schedule.MemoryPlan;
import nnc.schedule.Slices;
import nnc.source.Diagnostics;

/** Compiles a graph that no program stands behind: {@code predict} is its only purpose. */
final class Bare {
  private static final int LINE = 16;

  private final Map<Object, Integer> offsets = new HashMap<>();
  private final List<ModelSpec.Weight> weights = new ArrayList<>();
  private int end = LINE;

  private Bare() {}

  static Compiler.Compiled compile(Graph graph, int precision, boolean fusion) {
    return new Bare().run(graph, precision, fusion, 0);
  }

  /** With as many kernels as can be over slices of so many examples; over the whole batch if that is zero. */
  static Compiler.Compiled compileInSlices(Graph graph, int precision, int examples) {
    return new Bare().run(graph, precision, true, examples);
  }

  private Compiler.Compiled run(Graph graph, int precision, boolean fusion, int examples) {
    var optimised = Pipeline.STANDARD.run(graph);
    var schedule = Fusion.schedule(optimised, fusion);
    var memory = MemoryPlan.of(schedule, examples > 0 ? Slices.longest(schedule, examples) : Slices.NONE);
    graph.nodes().forEach(node -> place(node.op()));
    schedule.graph().nodes().forEach(node -> place(node.op()));
    var lowered = Lowering.lower(schedule, graph, Batch.of(graph), memory, precision, "Predict", offsets::get, true, true);
    Map<String, byte[]> classes = new LinkedHashMap<>();
    for (var width : Width.values()) {
      classes.put("nnc/model/Predict" + width.suffix() + ".class",
          ProgramEmitter.emit("nnc/model/Predict", "graph.nn", lowered.kernels(), width, precision));
    }
    var spec = new ModelSpec("graph", precision, "", feeds(graph), weights, end, List.of(lowered.plan()), Map.of(),
        new ModelSpec.Training(Map.of(), List.of()), List.of(), Map.of());
    return new Compiler.Compiled(spec, classes, Map.of(graph.name(), new Compiler.Stage(graph, optimised, schedule, memory, lowered, List.of())),
        new Diagnostics());
  }

  private void place(Op op) {
    switch (op) {
      case Op.Parameter(var path, var type) -> place(path, path, ModelSpec.WeightKind.PARAMETER, type, new ModelSpec.Initialiser("normal", List.of(0.0, 1.0)));
      case Op.State(var path, var type) -> place(path, path, ModelSpec.WeightKind.STATE, type, new ModelSpec.Initialiser("uniform", List.of(0.5, 1.0)));
      case Op.Table table -> place(table, "table." + weights.size(), ModelSpec.WeightKind.TABLE, table.type(), new ModelSpec.Initialiser("table", table.values()));
      default -> { }
    }
  }

  private void place(Object key, String path, ModelSpec.WeightKind kind, Type type, ModelSpec.Initialiser initialiser) {
    if (offsets.putIfAbsent(key, end) == null) {
      weights.add(new ModelSpec.Weight(path, kind, type.shape().stream().map(Dim::fixed).toList(), end, initialiser, kind == ModelSpec.WeightKind.TABLE));
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
        feeds.add(new ModelSpec.Feed(name, target, type.kind().toString(), dims, type.shape().stream().map(dim -> Lowering.poly(dim, dims)).toList(), 0, 0));
      }
    }
    return feeds;
  }
}
