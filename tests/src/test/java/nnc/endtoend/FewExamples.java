package nnc.endtoend;

import java.util.LinkedHashMap;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Source;

/** A model's data cut to a few hundred examples: whatever number of a source is large is its count. */
final class FewExamples {
  static final int COUNT = 320;

  private FewExamples() {}

  static ModelSpec of(ModelSpec spec) {
    var data = new LinkedHashMap<String, Source>();
    spec.data().forEach((role, source) -> data.put(role, cut(source)));
    return new ModelSpec(spec.name(), spec.precision(), spec.source(), spec.inputs(), spec.weights(), spec.weightCount(), spec.plans(), data,
        spec.training(), spec.layers(), spec.formulas());
  }

  private static Source cut(Source source) {
    var value = source.value() instanceof Number number && number.doubleValue() > COUNT ? (Object) (double) COUNT : source.value();
    return new Source(source.name(), source.arguments().stream().map(FewExamples::cut).toList(), source.named(), value, source.line());
  }
}
