package nnc.runtime;

import nnc.runtime.ModelSpec.Feed;

/** Random inputs, where there is no data or none is wanted: floats from [-1, 1), whole numbers from their range, the same for the same seed. */
final class Noise {
  private final Context context;
  private final Input[] inputs;
  private final Object[] values;

  /** Makes the numbers for a context at its present dimensions. */
  Noise(Context context, long seed) {
    this.context = context;
    inputs = context.inputs().toArray(new Input[0]);
    values = new Object[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      feed(inputs[i], inputs[i].feed(), seed);
      values[i] = Memory.copy(context.memory(), inputs[i].base(), inputs[i].base() + inputs[i].size());
    }
  }

  /** Sets all inputs. */
  void feed() {
    for (int i = 0; i < inputs.length; i++) {
      System.arraycopy(values[i], 0, context.memory(), inputs[i].base(), inputs[i].size());
    }
  }

  private static void feed(Input input, Feed feed, long seed) {
    int key = Draw.key(seed, 0, Draw.stream(feed.name()));
    int second = Draw.second(key);
    int classes = feed.high() > feed.low() ? (int) (feed.high() - feed.low()) : 2;
    for (int i = 0; i < input.size(); i++) {
      input.set(i, feed.kind().equals("float") ? 2 * Draw.uniform(key, second, i) - 1 : feed.low() + Draw.below(classes, key, second, i));
    }
  }
}
