package nnc.runtime.train;

import java.util.List;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Weight;

/** Finds the computation that is first to give NaN or an infinity. */
final class NonFiniteDiagnosis {
  private NonFiniteDiagnosis() {}

  /**
   * What is first not finite.
   *
   * @param what with its place in the source or the data
   * @param hint what to do about it
   */
  record Found(String what, String hint) {}

  private static final String EXPLODED = "a lower rate or clip_norm in the train block helps where the gradients explode";

  /** Where each number that was computed is finite. */
  static final Found SUM = new Found("the sum of what was computed", EXPLODED);

  /**
   * Runs a step call by call, looking at what each has written; null if all of it is finite.
   *
   * @param feed   feeds the batch in question
   * @param feeder knows where it comes from
   */
  static Found firstNotFinite(Context context, Model model, Runnable feed, BatchFeeder feeder) {
    NumericArrays.fill(context.executor().memory(), 0, context.executor().arenaSize(), 0);
    feed.run();
    context.takeCarried();
    List<Input> inputs = context.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      boolean whole = input.feed().kind() == ModelSpec.ElementKind.INT;
      int at = whole ? -1 : NumericArrays.firstNotFinite(context.executor().memory(), input.base(), input.base() + input.size());
      if (at >= 0) {
        return inData(input.declaration(), feeder.value(i, at - input.base()), feeder.place(i, at - input.base()));
      }
    }
    for (Weight weight : model.spec().weights()) {
      boolean learned = weight.kind() == ModelSpec.WeightKind.PARAMETER;
      int at = learned ? NumericArrays.firstNotFinite(model.weights(), weight.offset(), weight.offset() + weight.size()) : -1;
      if (at >= 0) {
        return new Found("the weights: " + weight.path() + " is " + NumericArrays.get(model.weights(), at) + " before anything is computed",
            "start from weights that are numbers");
      }
    }
    return computed(context, model);
  }

  private static Found inData(String input, double value, String place) {
    return Double.isFinite(value)
        ? new Found("the data: " + input + " is " + value + " in " + place + ", which is beyond 32 bits", "scale the data, or compile with --precision f64")
        : new Found("the data: " + input + " is " + value + " in " + place, "leave that example out, or give it a number there");
  }

  private static Found computed(Context context, Model model) {
    context.executor().begin();
    List<Call> calls = context.executor().plan().calls();
    for (int i = 0; i < calls.size(); i++) {
      context.executor().call(i);
      String found = look(context, model, calls.get(i));
      if (found != null) {
        return new Found(found, EXPLODED);
      }
    }
    return null;
  }

  private static String look(Context context, Model model, Call call) {
    String place = model.spec().name() + ".nn:" + call.line() + (call.label().isEmpty() ? "" : ": " + call.label());
    for (Argument argument : call.arguments()) {
      if (argument instanceof Argument.Slot slot && !context.executor().plan().bits().contains(slot.slot())) {
        int from = context.executor().base(slot.slot());
        int at = NumericArrays.firstNotFinite(context.executor().memory(), from, from + context.executor().slotSize(slot.slot()));
        if (at >= 0) {
          return place + " gives " + NumericArrays.get(context.executor().memory(), at);
        }
      } else if (argument instanceof Argument.Offset offset) {
        Weight weight = weightAt(model.spec(), offset.offset());
        int at = weight == null ? -1 : NumericArrays.firstNotFinite(model.weights(), weight.offset(), weight.offset() + weight.size());
        if (at >= 0) {
          return place + " makes " + weight.path() + " " + NumericArrays.get(model.weights(), at);
        }
      }
    }
    return null;
  }

  /** What may change there: constants are what they are. */
  private static Weight weightAt(ModelSpec spec, int offset) {
    for (Weight weight : spec.weights()) {
      if (weight.kind() != ModelSpec.WeightKind.TABLE && weight.elements() == ModelSpec.ElementKind.FLOAT && weight.offset() <= offset && offset < weight.offset() + weight.size()) {
        return weight;
      }
    }
    return null;
  }
}
