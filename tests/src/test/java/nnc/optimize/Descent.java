package nnc.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.Repeated;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** A program's training by one batch, step by step, with all parameters as one vector. */
final class Descent {
  final Model model;
  private final Map<String, double[]> fed;
  private final int batch;
  private int steps;
  /** Where the weights were in each run of the last step. */
  final List<double[]> visited = new ArrayList<>();

  private Descent(Model model, int batch, Map<String, double[]> fed) {
    this.model = model;
    this.batch = batch;
    this.fed = fed;
  }

  static Descent of(String program, int precision, int batch, Map<String, double[]> fed) {
    return new Descent(Compiler.load(Programs.compile(program, precision)).initialised(1), batch, fed);
  }

  /** A program without data: its loss is a function of its parameters {@code a: float[1, 2]}, {@code b: float} and {@code c: float[n - 3]}, joined as {@code x}. */
  static Descent of(String loss, String optimizer, double... start) {
    var rest = new StringBuilder();
    for (int i = 3; i < start.length; i++) {
      rest.append(i == 3 ? "" : ", ").append(text(start[i]));
    }
    return of("""
        input one: float[N]
        param a: float[1, 2] = [[%s, %s]]
        param b: float = %s
        param c: float[%d] = [%s]
        x = concat([reshape(a, [2]), reshape(b, [1]), c], axis = 0)
        loss %s + 0 * mean(one)
        train { optimizer = %s }
        """.formatted(text(start[0]), text(start[1]), text(start[2]), start.length - 3, rest, loss, optimizer), 64, 1, Map.of("one", new double[] {1}));
  }

  private static String text(double value) {
    return new java.math.BigDecimal(value).toPlainString();
  }

  private Context run(String plan, int number) {
    var context = model.context(plan, batch);
    context.batch(batch);
    context.inputs().forEach(input -> input.set(fed.get(input.name())));
    context.seed(1);
    context.counters(number, 0);
    context.run();
    return context;
  }

  /** One step; gives how many evaluations it took. */
  int step() {
    visited.clear();
    steps++;
    return Repeated.step(model, 0, () -> {
      visited.add(weights());
      run("train", steps);
    });
  }

  double loss() {
    return run("gradient", steps + 1).result(Role.LOSS, "loss").get(0);
  }

  /** In the order of the parameters. */
  double[] gradient() {
    var context = run("gradient", steps + 1);
    return joined(path -> context.result(Role.GRADIENT, path).tensor().toDoubles());
  }

  double[] weights() {
    return joined(path -> model.weight(path).toDoubles());
  }

  /** By path, all that is kept. */
  Map<String, double[]> kept() {
    var kept = new LinkedHashMap<String, double[]>();
    model.spec().weights().forEach(weight -> kept.put(weight.path(), model.weight(weight.path()).toDoubles()));
    return kept;
  }

  void set(double[] weights) {
    int at = 0;
    for (var weight : model.spec().weights()) {
      for (int i = 0; weight.kind() == WeightKind.PARAMETER && i < weight.size(); i++) {
        NumericArrays.set(model.writable(), weight.offset() + i, weights[at++]);
      }
    }
  }

  private double[] joined(java.util.function.Function<String, double[]> values) {
    var all = new ArrayList<Double>();
    for (var weight : model.spec().weights()) {
      if (weight.kind() == WeightKind.PARAMETER) {
        for (double value : values.apply(weight.path())) {
          all.add(value);
        }
      }
    }
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  static double[] minus(double[] x, double[] y) {
    var difference = new double[x.length];
    java.util.Arrays.setAll(difference, i -> x[i] - y[i]);
    return difference;
  }
}
