package nnc.testkit;

import java.util.List;
import java.util.stream.Stream;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** Optimised code against plain code. */
final class Optimisation {
  private Optimisation() {}

  /** Relative to one plus the value's size: optimisation may change roundings, e.g. by another order of the terms of a sum. */
  private static final double TOLERANCE = 1e-8;

  static void check(Network network) {
    var training = network.model().spec().training();
    var plans = Stream.of(List.of("predict", "evaluate"), training.plans("gradient"), training.plans("train")).flatMap(List::stream).toList();
    for (var plan : plans) {
      var optimised = network.model(64);
      if (optimised.has(plan)) {
        compare(network, plan, optimised, network.unoptimisedModel(64));
      }
    }
  }

  private static void compare(Network network, String plan, Model optimised, Model plain) {
    var fast = run(network, plan, optimised);
    var slow = run(network, plan, plain);
    for (var role : List.of(Role.OUTPUT, Role.LOSS, Role.TERM, Role.METRIC, Role.GRADIENT, Role.SUM, Role.PROD, Role.MAX, Role.MIN, Role.ROWS)) {
      for (var result : fast.results(role)) {
        compare(network + ": " + plan + ": " + role.name().toLowerCase(java.util.Locale.ROOT) + " " + result.name(), result.tensor().toDoubles(),
            slow.result(role, result.name()).tensor().toDoubles());
      }
    }
    for (Weight weight : optimised.spec().weights()) {
      if (weight.kind() == WeightKind.PARAMETER || weight.kind() == WeightKind.STATE) {
        compare(network + ": " + plan + ": " + weight.path() + " after the step", optimised.weight(weight.path()).toDoubles(),
            plain.weight(weight.path()).toDoubles());
      }
    }
  }

  private static Context run(Network network, String plan, Model model) {
    var context = model.context(plan, network.batch());
    context.seed(network.seed());
    context.counters(1, 0);
    Feeds.random(context, model.spec(), network.seed()).forEach((name, tensor) -> context.input(name).set(tensor));
    context.run();
    return context;
  }

  private static void compare(String what, double[] fast, double[] slow) {
    for (int i = 0; i < fast.length; i++) {
      double error = Math.abs(fast[i] - slow[i]) / (1 + Math.abs(slow[i]));
      if (!(error <= TOLERANCE) && Double.compare(fast[i], slow[i]) != 0) {
        throw new AssertionError(what + " [" + i + "]: " + fast[i] + " optimised, " + slow[i] + " without optimisation");
      }
    }
  }
}
