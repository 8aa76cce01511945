package nnc.runtime;

import java.util.List;
import nnc.runtime.ModelSpec.Weight;
import nnc.runtime.data.Data;

/** Tells the network what training has come to, where its program asks: {@link ModelSpec#VALIDATION_LOSS}. */
final class Monitor {
  private Monitor() {}

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
      Memory.set(model.writable(), weight.offset(), Tally.loss(validated));
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
