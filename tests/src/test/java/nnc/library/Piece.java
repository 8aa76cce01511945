package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.RandomWeights;
import nnc.runtime.Told;
import nnc.runtime.spec.ModelSpec.Role;

/** A piece of the library in a small program of its own, compiled in double, with random weights. */
public final class Piece {
  private final Model model;
  private final Map<String, double[]> fed = new LinkedHashMap<>();
  private int batch = 1;

  private Piece(Model model) {
    this.model = model;
  }

  /** Compiles a program; its weights follow from the seed. */
  public static Piece of(String source, long seed) {
    return new Piece(RandomWeights.of(Compiler.load(Programs.compile(source, 64)), seed));
  }

  /** What the next runs are fed; the batch is that of the last call. */
  public Piece feed(int batch, String name, double... values) {
    this.batch = batch;
    fed.put(name, values);
    return this;
  }

  /** Feeds normal numbers, and gives them. */
  public double[] feed(int batch, String name, int size, Random random) {
    double[] values = normal(size, random);
    feed(batch, name, values);
    return values;
  }

  public double[] weight(String path) {
    return model.weight(path).toDoubles();
  }

  public double[] predict(String output) {
    return run("predict", 1).output(output).tensor().toDoubles();
  }

  /** A metric's value. */
  public double evaluate(String metric) {
    return Told.by(model, run("evaluate", 1), batch).get(metric)[0];
  }

  /** Runs one step of training; gives the loss before it. */
  public double train(int step, int epoch) {
    var context = run("train", step, epoch);
    return context.result(Role.LOSS, "loss").get(0);
  }

  /** The loss as training sees it, noise and all, without a step. */
  public double trainedLoss() {
    return run("gradient", 1).result(Role.LOSS, "loss").get(0);
  }

  /** The gradient of the loss by a parameter. */
  public double[] gradient(String path) {
    return run("gradient", 1).result(Role.GRADIENT, path).tensor().toDoubles();
  }

  private Context run(String plan, int step) {
    return run(plan, step, 0);
  }

  private Context run(String plan, int step, int epoch) {
    var context = model.context(plan, batch);
    context.batch(batch);
    context.inputs().forEach(input -> input.set(fed.get(input.name())));
    context.seed(11);
    context.counters(step, epoch);
    context.run();
    return context;
  }

  public static double[] normal(int size, Random random) {
    var values = new double[size];
    Arrays.setAll(values, _ -> random.nextGaussian());
    return values;
  }

  /** Compares element by element; the tolerance is relative to one plus the size of what is expected. */
  public static void assertClose(double[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      boolean equal = Double.compare(actual[i], expected[i]) == 0 || Math.abs(actual[i] - expected[i]) <= tolerance * (1 + Math.abs(expected[i]));
      assertThat(equal).as("[%d] is %s, and should be %s", i, actual[i], expected[i]).isTrue();
    }
  }
}
