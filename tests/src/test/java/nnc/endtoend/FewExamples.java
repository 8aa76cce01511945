package nnc.endtoend;

import java.util.LinkedHashMap;
import java.util.function.Predicate;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Source;

/** A model's data cut to a few examples: whatever number of a source is larger is its count. */
final class FewExamples {
  private FewExamples() {}

  /** With the data of some roles alone. */
  static ModelSpec of(ModelSpec spec, int count, Predicate<String> roles) {
    var data = new LinkedHashMap<String, Source>();
    spec.data().forEach((role, source) -> {
      if (roles.test(role)) {
        data.put(role, cut(source, count));
      }
    });
    return new ModelSpec(spec.name(), spec.precision(), spec.source(), spec.inputs(), spec.weights(), spec.weightCount(), spec.plans(), data,
        spec.training(), spec.layers(), spec.formulas());
  }

  private static Source cut(Source source, int count) {
    var value = source.value() instanceof Number number && number.doubleValue() > count ? (Object) (double) count : source.value();
    return new Source(source.name(), source.arguments().stream().map(argument -> cut(argument, count)).toList(), source.named(), value, source.line());
  }
}
