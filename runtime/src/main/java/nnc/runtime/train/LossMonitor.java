package nnc.runtime.train;

import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.data.Data;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Weight;

/** Tells the network what training has come to, where its program asks: {@link ModelSpec#VALIDATION_LOSS}. */
final class LossMonitor {
  private LossMonitor() {}

  /** @throws Fault if the program asks for the validation loss and there is no validation data */
  static void check(Model model, Data data) {
    if (weight(model) != null && !data.has("validate")) {
      throw new Fault(model.spec().name() + ".nn: validation_loss() needs validation data",
          "hold a part back: data { validate = split(train, 0.1) }");
    }
  }

  static void tell(Model model, List<Figure> validated) {
    Weight weight = weight(model);
    if (weight != null && validated != null) {
      NumericArrays.set(model.writable(), weight.offset(), MetricTally.loss(validated));
    }
  }

  private static Weight weight(Model model) {
    for (Weight weight : model.spec().weights()) {
      if (weight.path().equals(ModelSpec.VALIDATION_LOSS)) {
        return weight;
      }
    }
    return null;
  }
}
