package sentences;

import java.util.HashMap;
import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.base.Threads;

/** The compiled network on the class path: tokens to the mean of their vectors. One text at a time, by all threads of the process's team. */
final class SentenceNetwork {
  /** Which of the network's open sizes is the number of tokens; the other counts texts. */
  private static final int LENGTH = 1;

  private final Context context;
  private final Output hidden;
  private final int width;
  private float[] vectors = new float[0];

  /** @param longest how many tokens a text has at most */
  SentenceNetwork(int longest) {
    Model model = Model.load();
    Map<String, Integer> sizes = new HashMap<>();
    for (String name : model.spec().plans().getFirst().dims()) {
      sizes.put(name, sizes.size() == LENGTH ? longest : 1);
    }
    context = model.context("predict", sizes, Threads.shared());
    sizes.forEach(context::dim);
    hidden = context.output(model.spec().plans().getFirst().results().getFirst().name());
    width = hidden.shape()[2];
  }

  /** How many numbers a vector has. */
  int width() {
    return width;
  }

  /** The mean of the vectors of all tokens. */
  synchronized float[] mean(int[] tokens) {
    feed(tokens);
    context.run();
    if (vectors.length < tokens.length * width) {
      vectors = new float[tokens.length * width];
    }
    hidden.copyTo(vectors, 0);
    float[] mean = new float[width];
    for (int token = 0; token < tokens.length; token++) {
      for (int i = 0; i < width; i++) {
        mean[i] += vectors[token * width + i];
      }
    }
    for (int i = 0; i < width; i++) {
      mean[i] /= tokens.length;
    }
    return mean;
  }

  /** All of one text: no token is masked, and all are of the first kind. */
  private void feed(int[] tokens) {
    context.dim(LENGTH, tokens.length);
    for (Input input : context.inputs()) {
      int[] values = tokens;
      if (!input.name().equals("input_ids")) {
        values = new int[tokens.length];
        java.util.Arrays.fill(values, input.name().equals("attention_mask") ? 1 : 0);
      }
      input.set(values);
    }
  }

  /** Returns when code for the processor's vectors serves, or after so many seconds. */
  synchronized void warmUp(double seconds) {
    context.warmUp(seconds);
  }
}
