package nnc.runtime.train;

import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.engine.CounterRandom;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;

/** Random inputs, where there is no data or none is wanted: floats from [-1, 1), whole numbers from their range, the same for the same seed. */
public final class RandomInputs {
  private final Context context;
  private final Input[] inputs;
  private final Object[] values;

  /** Makes the numbers for a context at its present dimensions. */
  public RandomInputs(Context context, long seed) {
    this.context = context;
    inputs = context.inputs().toArray(new Input[0]);
    values = new Object[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      feed(inputs[i], inputs[i].feed(), seed);
      values[i] = NumericArrays.copy(context.executor().memory(), inputs[i].base(), inputs[i].base() + inputs[i].size());
    }
  }

  /** Sets all inputs. */
  public void feed() {
    for (int i = 0; i < inputs.length; i++) {
      System.arraycopy(values[i], 0, context.executor().memory(), inputs[i].base(), inputs[i].size());
    }
  }

  private static void feed(Input input, Feed feed, long seed) {
    int key = CounterRandom.key(seed, 0, CounterRandom.stream(feed.name()));
    int second = CounterRandom.second(key);
    int classes = feed.high() > feed.low() ? (int) (feed.high() - feed.low()) : 2;
    for (int i = 0; i < input.size(); i++) {
      input.set(i, feed.kind() == ElementKind.FLOAT ? 2 * CounterRandom.uniform(key, second, i) - 1 : feed.low() + CounterRandom.below(classes, key, second, i));
    }
  }
}
