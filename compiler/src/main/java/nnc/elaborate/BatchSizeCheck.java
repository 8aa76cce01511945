package nnc.elaborate;

import java.util.Map;
import java.util.Optional;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Setting;
import nnc.source.Diagnostics;
import nnc.source.WarningName;

/** Whether a batch is larger than the data, as far as the program itself says how many examples there are: what is read is not known before it is. */
final class BatchSizeCheck {
  private BatchSizeCheck() {}

  /** Of each source that makes up as many examples as it is told, the place of their number among its arguments. */
  private static final Map<String, Integer> COUNTS = Map.of("xor", 0, "circle", 0, "plane", 0, "bumps", 0, "gauss", 0, "spiral", 0, "rows", 0, "addition", 1, "sorting", 2);

  static void tell(Objective objective, ModelSpec.Source train, ModelSpec.Training training, Diagnostics diagnostics) {
    var place = objective.train.stream().filter(setting -> setting.name().equals("batch")).findFirst();
    var count = train == null ? Optional.<Double>empty() : count(train);
    if (place.isPresent() && count.isPresent() && training.settings().get(Setting.BATCH) instanceof Number batch && batch.doubleValue() > count.get()) {
      diagnostics.warning(WarningName.BATCH_SIZE, place.get().span(), "a batch of " + batch.intValue() + " is more than the " + count.get().intValue() + " examples that there are to train on: "
          + "each epoch is a single step on all of them").hint("a smaller batch takes more steps for the same work; batch = " + count.get().intValue() + " says that all is meant");
    }
  }

  private static Optional<Double> count(ModelSpec.Source source) {
    var place = COUNTS.get(source.name());
    if (place == null) {
      return Optional.empty();
    }
    var said = source.named().containsKey("count") ? source.named().get("count") : place < source.arguments().size() ? source.arguments().get(place) : null;
    return said != null && said.value() instanceof Number number ? Optional.of(number.doubleValue()) : Optional.empty();
  }
}
