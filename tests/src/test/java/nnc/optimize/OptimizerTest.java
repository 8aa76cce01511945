package nnc.optimize;

import java.util.function.Supplier;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import nnc.Covers;

/** Every optimizer against its recursion, written down step by step in plain double arithmetic as torch.optim documents it. */
@Covers({"sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "amsgrad", "adamw", "nadam", "lion"})
class OptimizerTest {
  private static final int TRIES = 4;
  private static final int SIZE = Run.SIZE;

  private static void check(String settings, Supplier<Run.Reference> reference) {
    Run.compare("optimizer = " + settings, reference, Run::unchanged, settings.hashCode());
  }

  private static Run.Reference sgd(double rate) {
    return (w, g, _) -> {
      for (int i = 0; i < w.length; i++) {
        w[i] -= rate * g[i];
      }
    };
  }

  /** torch.optim.SGD with momentum, dampening 0. */
  private static Run.Reference momentum(double rate, double memory, boolean nesterov) {
    var v = new double[SIZE];
    return (w, g, _) -> {
      for (int i = 0; i < w.length; i++) {
        v[i] = memory * v[i] + g[i];
        w[i] -= rate * (nesterov ? g[i] + memory * v[i] : v[i]);
      }
    };
  }

  private static Run.Reference adagrad(double rate, double epsilon) {
    var sum = new double[SIZE];
    return (w, g, _) -> {
      for (int i = 0; i < w.length; i++) {
        sum[i] += g[i] * g[i];
        w[i] -= rate * g[i] / (Math.sqrt(sum[i]) + epsilon);
      }
    };
  }

  private static Run.Reference adadelta(double rate, double decay, double epsilon) {
    var squares = new double[SIZE];
    var changes = new double[SIZE];
    return (w, g, _) -> {
      for (int i = 0; i < w.length; i++) {
        squares[i] = decay * squares[i] + (1 - decay) * g[i] * g[i];
        double delta = Math.sqrt(changes[i] + epsilon) / Math.sqrt(squares[i] + epsilon) * g[i];
        changes[i] = decay * changes[i] + (1 - decay) * delta * delta;
        w[i] -= rate * delta;
      }
    };
  }

  private static Run.Reference rmsprop(double rate, double decay, double epsilon, double memory, boolean centered) {
    var squares = new double[SIZE];
    var means = new double[SIZE];
    var v = new double[SIZE];
    return (w, g, _) -> {
      for (int i = 0; i < w.length; i++) {
        squares[i] = decay * squares[i] + (1 - decay) * g[i] * g[i];
        means[i] = decay * means[i] + (1 - decay) * g[i];
        double spread = centered ? squares[i] - means[i] * means[i] : squares[i];
        double step = g[i] / (Math.sqrt(spread) + epsilon);
        v[i] = memory * v[i] + step;
        w[i] -= rate * (memory > 0 ? v[i] : step);
      }
    };
  }

  private enum Kind { ADAM, AMSGRAD, ADAMW }

  private static Run.Reference adam(Kind kind, double rate, double beta1, double beta2, double epsilon, double decay) {
    var m = new double[SIZE];
    var v = new double[SIZE];
    var top = new double[SIZE];
    return (w, g, step) -> {
      for (int i = 0; i < w.length; i++) {
        double d = kind == Kind.ADAMW ? g[i] : g[i] + decay * w[i];
        double start = kind == Kind.ADAMW ? w[i] - rate * decay * w[i] : w[i];
        m[i] = beta1 * m[i] + (1 - beta1) * d;
        v[i] = beta2 * v[i] + (1 - beta2) * d * d;
        top[i] = Math.max(top[i], v[i]);
        double square = (kind == Kind.AMSGRAD ? top[i] : v[i]) / (1 - Math.pow(beta2, step));
        w[i] = start - rate * m[i] / (1 - Math.pow(beta1, step)) / (Math.sqrt(square) + epsilon);
      }
    };
  }

  private static Run.Reference nadam(double rate, double beta1, double beta2, double epsilon, double decay) {
    var m = new double[SIZE];
    var v = new double[SIZE];
    double[] product = {1};
    return (w, g, step) -> {
      double now = beta1 * (1 - 0.5 * Math.pow(0.96, step * 0.004));
      double next = beta1 * (1 - 0.5 * Math.pow(0.96, (step + 1) * 0.004));
      product[0] *= now;
      for (int i = 0; i < w.length; i++) {
        double d = g[i] + decay * w[i];
        m[i] = beta1 * m[i] + (1 - beta1) * d;
        v[i] = beta2 * v[i] + (1 - beta2) * d * d;
        double root = Math.sqrt(v[i] / (1 - Math.pow(beta2, step))) + epsilon;
        w[i] -= rate * (1 - now) / (1 - product[0]) * d / root + rate * next / (1 - product[0] * next) * m[i] / root;
      }
    };
  }

  /** Chen et al. 2023. */
  private static Run.Reference lion(double rate, double beta1, double beta2, double decay) {
    var m = new double[SIZE];
    return (w, g, _) -> {
      for (int i = 0; i < w.length; i++) {
        double sign = Math.signum(beta1 * m[i] + (1 - beta1) * g[i]);
        w[i] -= rate * (sign + decay * w[i]);
        m[i] = beta2 * m[i] + (1 - beta2) * g[i];
      }
    };
  }

  @Example
  void defaultsAreThoseOfTorch() {
    check("sgd(0.1)", () -> sgd(0.1));
    check("momentum(0.1)", () -> momentum(0.1, 0.9, false));
    check("nesterov(0.1)", () -> momentum(0.1, 0.9, true));
    check("adagrad()", () -> adagrad(0.01, 1e-10));
    check("adadelta()", () -> adadelta(1, 0.9, 1e-6));
    check("rmsprop()", () -> rmsprop(0.01, 0.9, 1e-8, 0, false));
    check("adam", () -> adam(Kind.ADAM, 0.001, 0.9, 0.999, 1e-8, 0));
    check("amsgrad()", () -> adam(Kind.AMSGRAD, 0.001, 0.9, 0.999, 1e-8, 0));
    check("adamw()", () -> adam(Kind.ADAMW, 0.001, 0.9, 0.999, 1e-8, 0.01));
    check("nadam()", () -> nadam(0.002, 0.9, 0.999, 1e-8, 0));
    check("lion()", () -> lion(0.0001, 0.9, 0.99, 0));
  }

  @Property(tries = TRIES, seed = "26", shrinking = ShrinkingMode.OFF)
  void momentumOfAnyMemory(@ForAll @Scale(5) @DoubleRange(min = 1e-4, max = 0.5) double rate, @ForAll @Scale(5) @DoubleRange(min = 0, max = 0.99) double memory) {
    check("momentum(%s, memory = %s)".formatted(plain(rate), plain(memory)), () -> momentum(rate, memory, false));
    check("nesterov(%s, %s)".formatted(plain(rate), plain(memory)), () -> momentum(rate, memory, true));
  }

  @Property(tries = TRIES, seed = "26", shrinking = ShrinkingMode.OFF)
  void decayingSquares(@ForAll @Scale(5) @DoubleRange(min = 1e-4, max = 0.5) double rate, @ForAll @Scale(5) @DoubleRange(min = 0, max = 0.99) double decay,
      @ForAll @Scale(5) @DoubleRange(min = 1e-5, max = 0.1) double epsilon, @ForAll @Scale(5) @DoubleRange(min = 0.01, max = 0.95) double memory) {
    check("adagrad(%s, %s)".formatted(plain(rate), plain(epsilon)), () -> adagrad(rate, epsilon));
    check("adadelta(%s, %s, %s)".formatted(plain(rate), plain(decay), plain(epsilon)), () -> adadelta(rate, decay, epsilon));
    check("rmsprop(%s, %s, %s, %s)".formatted(plain(rate), plain(decay), plain(epsilon), plain(memory)), () -> rmsprop(rate, decay, epsilon, memory, false));
  }

  @Example
  void centredSquares() {
    check("rmsprop(0.02, decay = 0.8, epsilon = 0.001, centered = true)", () -> rmsprop(0.02, 0.8, 0.001, 0, true));
    check("rmsprop(0.02, decay = 0.8, epsilon = 0.001, momentum = 0.6, centered = true)", () -> rmsprop(0.02, 0.8, 0.001, 0.6, true));
  }

  @Property(tries = TRIES, seed = "26", shrinking = ShrinkingMode.OFF)
  void adams(@ForAll @Scale(5) @DoubleRange(min = 1e-4, max = 0.5) double rate, @ForAll @Scale(5) @DoubleRange(min = 0, max = 0.99) double beta1,
      @ForAll @Scale(5) @DoubleRange(min = 0.5, max = 0.9999) double beta2, @ForAll @LongRange(min = 0, max = 3) long size) {
    double epsilon = Math.pow(10, -2 - 2 * size);
    double decay = size * 0.05;
    var arguments = "(%s, %s, %s, %s, %s)".formatted(plain(rate), plain(beta1), plain(beta2), plain(epsilon), plain(decay));
    check("adam" + arguments, () -> adam(Kind.ADAM, rate, beta1, beta2, epsilon, decay));
    check("amsgrad" + arguments, () -> adam(Kind.AMSGRAD, rate, beta1, beta2, epsilon, decay));
    check("adamw" + arguments, () -> adam(Kind.ADAMW, rate, beta1, beta2, epsilon, decay));
    check("nadam" + arguments, () -> nadam(rate, beta1, beta2, epsilon, decay));
    check("lion(%s, %s, %s, %s)".formatted(plain(rate), plain(beta1), plain(beta2), plain(decay)), () -> lion(rate, beta1, beta2, decay));
  }

  /** As the language writes numbers. */
  private static String plain(double value) {
    return new java.math.BigDecimal(value).toPlainString();
  }
}
