package nnc.runtime;

import java.util.List;
import nnc.runtime.ModelSpec.Argument;
import nnc.runtime.ModelSpec.Call;
import nnc.runtime.ModelSpec.Weight;

/** Finds the computation that is first to give NaN or an infinity. */
final class Diagnosis {
  private Diagnosis() {}

  /**
   * Runs a step call by call, looking at what each has written.
   *
   * @param feed feeds the batch in question
   * @return what is first not finite, and where in the source it stands
   */
  static String firstNotFinite(Context context, Model model, Runnable feed) {
    Memory.fill(context.memory(), 0, context.arenaSize(), 0);
    feed.run();
    for (Input input : context.inputs()) {
      int at = Memory.firstNotFinite(context.memory(), input.base(), input.base() + input.size());
      if (at >= 0) {
        int row = (at - input.base()) / Math.max(1, input.size() / Math.max(1, input.shape()[0]));
        return "the data: " + input.declaration() + " is " + Memory.get(context.memory(), at) + " in example " + row + " of the batch";
      }
    }
    context.begin();
    List<Call> calls = context.plan().calls();
    for (int i = 0; i < calls.size(); i++) {
      context.call(i);
      String found = look(context, model, calls.get(i));
      if (found != null) {
        return found;
      }
    }
    return "the sum of what was computed";
  }

  private static String look(Context context, Model model, Call call) {
    String place = model.spec().name() + ".nn:" + call.line() + (call.label().isEmpty() ? "" : ": " + call.label());
    for (Argument argument : call.arguments()) {
      if (argument instanceof Argument.Slot slot) {
        int from = context.base(slot.slot());
        int at = Memory.firstNotFinite(context.memory(), from, from + context.slotSize(slot.slot()));
        if (at >= 0) {
          return place + " gives " + Memory.get(context.memory(), at);
        }
      } else if (argument instanceof Argument.Offset offset) {
        Weight weight = weightAt(model.spec(), offset.offset());
        int at = weight == null ? -1 : Memory.firstNotFinite(model.weights(), weight.offset(), weight.offset() + weight.size());
        if (at >= 0) {
          return place + " makes " + weight.path() + " " + Memory.get(model.weights(), at);
        }
      }
    }
    return null;
  }

  private static Weight weightAt(ModelSpec spec, int offset) {
    for (Weight weight : spec.weights()) {
      if (weight.offset() <= offset && offset < weight.offset() + weight.size()) {
        return weight;
      }
    }
    return null;
  }
}
