package nnc.playground;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Role;

/** The slopes of the loss of some points by each parameter, by the program's own gradients. */
final class Gradients {
  private Gradients() {}

  /** By path; of several losses the sum. Nothing where the program has more inputs than a point and what belongs to it. */
  static Map<String, Tensor> of(PointProgram program, Model model, double[] points, double[] labels, int count, Threads threads) {
    Map<String, Tensor> slopes = new LinkedHashMap<>();
    for (var plan : program.gradients()) {
      var context = model.context(plan, count, threads);
      for (var input : context.inputs()) {
        if (!feed(input, program, points, labels, count)) {
          return Map.of();
        }
      }
      context.counters(1, 0);
      context.run();
      for (var role : new Role[] {Role.GRADIENT, Role.DECLARED_GRADIENT}) {
        context.results(role).forEach(result -> slopes.merge(result.name(), result.tensor(), Gradients::sum));
      }
    }
    return slopes;
  }

  private static boolean feed(Input input, PointProgram program, double[] points, double[] labels, int count) {
    if (input.name().equals(program.input())) {
      input.set(Arrays.copyOf(points, 2 * count));
      return true;
    }
    boolean isLabel = program.target().isPresent() && program.target().get().name().equals(input.name()) && input.place().shape().size() == 1 && labels.length >= count;
    if (isLabel) {
      input.set(Arrays.copyOf(labels, count));
    }
    return isLabel;
  }

  private static Tensor sum(Tensor a, Tensor b) {
    double[] values = a.toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] += b.get(i);
    }
    return new Tensor(a.shape(), values);
  }
}
