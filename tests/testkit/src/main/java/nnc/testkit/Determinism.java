package nnc.testkit;

import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** Training with the same seed, again and on other numbers of threads. */
final class Determinism {
  private Determinism() {}

  private static final int STEPS = 3;

  static void check(Network network) {
    var first = train(network, 1);
    for (int threads = 1; threads <= 3; threads++) {
      var again = train(network, threads);
      for (var weight : first.spec().weights()) {
        if (weight.kind() != WeightKind.TABLE) {
          compare(network, weight.path(), threads, first.weight(weight.path()).toDoubles(), again.weight(weight.path()).toDoubles());
        }
      }
    }
  }

  private static Model train(Network network, int count) {
    var model = network.model();
    try (var threads = new Threads(count)) {
      var contexts = model.spec().training().plans("train").stream().map(plan -> model.context(plan, network.batch(), threads)).toList();
      for (int step = 1; step <= STEPS; step++) {
        for (var context : contexts) {
          context.seed(network.seed());
          Feeds.random(context, model.spec(), network.seed() + step).forEach((name, tensor) -> context.input(name).set(tensor));
          context.counters(step, 0);
          context.run();
        }
      }
    }
    return model;
  }

  private static void compare(Network network, String path, int threads, double[] first, double[] again) {
    for (int i = 0; i < first.length; i++) {
      if (Double.compare(first[i], again[i]) != 0) {
        throw new AssertionError(network + ": " + path + " [" + i + "] after " + STEPS + " steps: " + first[i] + " on one thread, " + again[i] + " on "
            + threads);
      }
    }
  }
}
