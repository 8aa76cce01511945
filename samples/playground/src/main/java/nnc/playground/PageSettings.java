package nnc.playground;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.base.Fault;

/**
 * What the page's controls say.
 *
 * @param data     what is learned
 * @param features what is made of a point's coordinates, by the names of {@link Feature}
 * @param layers   the units of each hidden layer
 * @param activation of the hidden layers
 * @param learning how
 */
record PageSettings(DataChoice data, List<Feature> features, List<Integer> layers, String activation, Learning learning) {
  static final List<String> ACTIVATIONS = List.of("relu", "tanh", "sigmoid", "identity");
  static final int MOST_LAYERS = 8, MOST_UNITS = 16;

  /**
   * How a network is trained.
   *
   * @param regularization {@code none}, {@code l1} or {@code l2}, of weights and not of biases
   * @param strength       of that
   * @param seed           of first weights and the order of examples
   */
  record Learning(double rate, String optimizer, String regularization, double strength, int batch, long seed) {
    static final List<String> OPTIMIZERS = List.of("sgd", "momentum", "adam", "rmsprop");
    static final List<String> REGULARIZATIONS = List.of("none", "l1", "l2");
    private static final int MOST_EXAMPLES = 1000;

    Learning {
      if (!(rate > 0 && rate <= 1000) || !(strength >= 0 && strength <= 1000)) {
        throw new Fault("a rate is above 0, one of regularization at least 0, and both at most 1000");
      }
      if (!OPTIMIZERS.contains(optimizer) || !REGULARIZATIONS.contains(regularization)) {
        throw new Fault("there is no optimizer " + optimizer + ", or no regularization " + regularization);
      }
      if (batch < 1 || batch > MOST_EXAMPLES) {
        throw new Fault("a batch has from 1 to " + MOST_EXAMPLES + " examples");
      }
    }

    Learning withRate(double other) {
      return new Learning(other, optimizer, regularization, strength, batch, seed);
    }
  }

  PageSettings {
    features = List.copyOf(features);
    layers = List.copyOf(layers);
    if (features.isEmpty() || features.stream().distinct().count() < features.size()) {
      throw new Fault("a network has at least one feature, and each once");
    }
    if (layers.size() > MOST_LAYERS || layers.stream().anyMatch(units -> units < 1 || units > MOST_UNITS)) {
      throw new Fault("a network has up to " + MOST_LAYERS + " hidden layers of 1 to " + MOST_UNITS + " neurons");
    }
    if (!ACTIVATIONS.contains(activation)) {
      throw new Fault("there is no activation " + activation + " here; there are " + String.join(", ", ACTIVATIONS));
    }
  }

  /** The first screen of TensorFlow Playground. */
  static PageSettings first() {
    return new PageSettings(new DataChoice("circle", 2, 0, 50, 1, null), List.of(Feature.X, Feature.Y), new ArrayList<>(List.of(4, 2)), "tanh",
        new Learning(0.03, "sgd", "none", 0, 10, 1));
  }

  PageSettings withRate(double rate) {
    return new PageSettings(data, features, layers, activation, learning.withRate(rate));
  }
}
