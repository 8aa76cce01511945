package nnc.driver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Op;
import nnc.lower.Lowering;
import nnc.lower.PlanSizes;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;

/** What the runtime is told of a compiled program. */
public final class ModelSpecBuilder {
  private final String name;
  private final int precision;
  private final String source;
  private final Map<Purpose, Elaborated> elaborated;
  private final WeightLayout layout;

  public ModelSpecBuilder(String name, int precision, String source, Map<Purpose, Elaborated> elaborated, WeightLayout layout) {
    this.name = name;
    this.precision = precision;
    this.source = source;
    this.elaborated = elaborated;
    this.layout = layout;
  }

  /** @param formulas by the purpose whose batches they are for */
  public ModelSpec spec(List<ModelSpec.Plan> plans, Map<String, ModelSpec> formulas) {
    var any = elaborated.values().iterator().next();
    var train = elaborated.getOrDefault(Purpose.TRAIN, any);
    return new ModelSpec(name, precision, source, feeds(), layout.weights(), layout.size(), plans.stream().map(plan -> named(plan, any)).toList(),
        train.data(), train.training(), any.rows(), formulas);
  }

  /** A plan whose outputs say of whose classes they speak and what they are called outside, and whose values what they were made of. */
  private static ModelSpec.Plan named(ModelSpec.Plan plan, Elaborated program) {
    var results = plan.results().stream().map(result -> new ModelSpec.Result(result.role(), result.name(), result.kind(), result.place(), result.rows(),
        switch (result.role()) {
          case OUTPUT -> program.names().getOrDefault(result.name(), "");
          case VALUE -> program.origins().getOrDefault(result.name(), "");
          case LOSS, TERM, METRIC, GRADIENT, CHECK, SUM, PROD, MAX, MIN, ROWS, DECLARED_GRADIENT, CARRIED -> result.names();
        }, result.role() == ModelSpec.Role.OUTPUT ? program.aliases().getOrDefault(result.name(), "") : "")).toList();
    return new ModelSpec.Plan(plan.name(), plan.kernels(), plan.dims(), plan.quotients(), plan.batch(), plan.slots(), plan.bits(), plan.scratch(), plan.calls(), plan.prepared(), plan.tiling(),
        plan.learns(), plan.inputs(), plan.unread(), results, plan.counters(), plan.needs(), plan.repeats(), plan.branches());
  }

  /** Formulas as a model of their own, which is given floats: what was joined of whole numbers may be beyond 32 bits. */
  public static ModelSpec formulas(String name, int precision, Graph graph, ModelSpec.Plan plan, WeightLayout tables) {
    var feeds = new ArrayList<ModelSpec.Feed>();
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.Input(var part, _, var type)) {
        feeds.add(feed(new Elaborated.InputInfo(part, "", false, type.withKind(Kind.FLOAT), ColumnType.NUMBERS), 0));
      }
    }
    return new ModelSpec(name, precision, "", feeds, tables.weights(), tables.size(), List.of(plan), Map.of(), ModelSpec.Training.NONE,
        List.of(), Map.of());
  }

  private List<ModelSpec.Feed> feeds() {
    Map<String, Long> ranges = new LinkedHashMap<>();
    elaborated.values().forEach(program -> program.ranges().forEach((input, classes) -> ranges.merge(input, classes, Math::min)));
    var feeds = new ArrayList<ModelSpec.Feed>();
    for (var input : elaborated.values().iterator().next().inputs()) {
      feeds.add(feed(input, ranges.getOrDefault(input.name(), 0L)));
    }
    return feeds;
  }

  private static ModelSpec.Feed feed(Elaborated.InputInfo input, long high) {
    var type = input.type();
    var names = new TreeSet<String>();
    type.shape().forEach(dim -> names.addAll(dim.variables()));
    var dims = List.copyOf(names);
    var shape = type.shape().stream().map(dim -> PlanSizes.poly(dim, dims)).toList();
    return new ModelSpec.Feed(input.name(), input.alias(), input.target(), Lowering.kind(type), dims, shape, 0, high, input.column());
  }
}
