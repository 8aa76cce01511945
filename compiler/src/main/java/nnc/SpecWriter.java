package nnc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator.Purpose;
import nnc.loops.Lowering;
import nnc.runtime.ModelSpec;

/** What the runtime is told of a compiled program. */
final class SpecWriter {
  private final String name;
  private final int precision;
  private final String source;
  private final Map<Purpose, Elaborated> elaborated;
  private final Map<String, Compiler.Stage> stages;
  private final WeightLayout layout;

  SpecWriter(String name, int precision, String source, Map<Purpose, Elaborated> elaborated, Map<String, Compiler.Stage> stages, WeightLayout layout) {
    this.name = name;
    this.precision = precision;
    this.source = source;
    this.elaborated = elaborated;
    this.stages = stages;
    this.layout = layout;
  }

  ModelSpec spec() {
    var any = elaborated.values().iterator().next();
    var train = elaborated.getOrDefault(Purpose.TRAIN, any);
    var plans = stages.values().stream().map(stage -> stage.lowered().plan()).toList();
    return new ModelSpec(name, precision, source, feeds(), layout.weights(), layout.size(), plans, train.data(), train.training(), any.rows());
  }

  private List<ModelSpec.Feed> feeds() {
    Map<String, Long> ranges = new LinkedHashMap<>();
    elaborated.values().forEach(program -> program.ranges().forEach((input, classes) -> ranges.merge(input, classes, Math::min)));
    var feeds = new ArrayList<ModelSpec.Feed>();
    for (var input : elaborated.values().iterator().next().inputs()) {
      var names = new TreeSet<String>();
      input.type().shape().forEach(dim -> names.addAll(dim.variables()));
      var dims = List.copyOf(names);
      var shape = input.type().shape().stream().map(dim -> Lowering.poly(dim, dims)).toList();
      feeds.add(new ModelSpec.Feed(input.name(), input.target(), input.type().kind().toString(), dims, shape, 0, ranges.getOrDefault(input.name(), 0L)));
    }
    return feeds;
  }
}
