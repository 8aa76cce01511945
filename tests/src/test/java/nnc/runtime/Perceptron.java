package nnc.runtime;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.engine.Kernels;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Initialiser;
import nnc.runtime.spec.ModelSpec.Layer;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.ModelSpec.Training;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;
import nnc.runtime.spec.Polynomials;
import nnc.runtime.spec.Setting;

/**
 * A network as the compiler would hand it over, written by hand: {@code score = point @ W + b} for {@code point: float[N, 2]}, trained
 * against {@code label: float[N]} by the logistic loss, with momentum 0.9.
 */
public final class Perceptron extends Kernels {
  private static final Poly N = new Poly(List.of(1L), List.of(List.of(0)));
  private static final Poly N2 = new Poly(List.of(2L), List.of(List.of(0)));
  private static final int POINT = 0, LABEL = 1, SCORE = 2, LOSS = 3, METRIC = 4, STEP_SLOT = 5;
  private static final int W = 12, B = 28, MEMORY = 44;

  private final double rate;

  Perceptron(double rate) {
    this.rate = rate;
  }

  public static Model model(Map<String, Source> data, Map<String, Object> settings) {
    return model(data, settings, 0.1);
  }

  public static Model model(Map<String, Source> data, Map<String, Object> settings, double rate) {
    return Model.of(spec(data, settings), name -> name.endsWith("Scalar") ? new Perceptron(rate) : null);
  }

  private static Map<Setting, Object> settings(Map<String, Object> named) {
    Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    named.forEach((name, value) -> settings.put(Setting.valueOf(name.toUpperCase(Locale.ROOT)), value));
    return settings;
  }

  static ModelSpec spec(Map<String, Source> data, Map<String, Object> settings) {
    var feeds = List.of(
        new Feed("point", "", false, ElementKind.FLOAT, List.of("N"), List.of(N, Polynomials.constant(2)), 0, 0, ColumnType.NUMBERS),
        new Feed("label", "", true, ElementKind.FLOAT, List.of("N"), List.of(N), 0, 0, ColumnType.NUMBERS));
    var weights = List.of(
        new Weight("dense.W", WeightKind.PARAMETER, ElementKind.FLOAT, List.of(2, 1), W, new Initialiser(ModelSpec.InitialiserKind.NORMAL, List.of(0.0, 0.5)), false),
        new Weight("dense.b", WeightKind.PARAMETER, ElementKind.FLOAT, List.of(1), B, new Initialiser(ModelSpec.InitialiserKind.ZEROS, List.of()), false),
        new Weight("optimizer.dense.W.m", WeightKind.OPTIMIZER, ElementKind.FLOAT, List.of(2, 1), MEMORY, new Initialiser(ModelSpec.InitialiserKind.ZEROS, List.of()), false));
    var layers = List.of(new Layer("dense", "dense", "[N, 1]", 3));
    return new ModelSpec("perceptron", 32, "logit = dense(1)(point)\n", feeds, weights, 60,
        List.of(plan("predict"), plan("evaluate"), plan("train")), data, new Training(settings(settings), 1, "", List.of("loss", "accuracy"), List.of(1)), layers, Map.of());
  }

  private static Plan plan(String name) {
    boolean labelled = !name.equals("predict");
    List<Call> calls = new ArrayList<>();
    calls.add(new Call(0, List.of(slot(POINT), slot(SCORE), offset(W), offset(B)), N, true, N2, "score", 7));
    Map<String, Place> inputs = new LinkedHashMap<>();
    inputs.put("point", new Place(POINT, List.of(N, Polynomials.constant(2))));
    List<Result> results = new ArrayList<>();
    if (labelled) {
      inputs.put("label", new Place(LABEL, List.of(N)));
      calls.add(new Call(name.equals("train") ? 2 : 1, List.of(slot(POINT), slot(LABEL), slot(SCORE), slot(LOSS), slot(METRIC),
          offset(W), offset(B), offset(MEMORY), new Argument.Value(N)), Polynomials.constant(1), false, N, "loss", 9));
      results.add(new Result(Role.LOSS, "loss", ElementKind.FLOAT, new Place(LOSS, List.of()), Result.JOINED, ""));
      results.add(new Result(Role.METRIC, "accuracy", ElementKind.FLOAT, new Place(METRIC, List.of()), Result.JOINED, ""));
    } else {
      results.add(new Result(Role.OUTPUT, "score", ElementKind.FLOAT, new Place(SCORE, List.of(N)), 0, ""));
    }
    var slots = List.of(N2, N, N, Polynomials.constant(1), Polynomials.constant(1), Polynomials.constant(1));
    return new Plan(name, name, List.of("N"), List.of(), 0, slots, List.of(), Polynomials.constant(5), calls, 0, ModelSpec.Tiling.NONE, name.equals("train"), inputs, Map.of(), results,
        Map.of("step", new Place(STEP_SLOT, List.of())), List.of(), List.of(), List.of());
  }

  private static Argument slot(int slot) {
    return new Argument.Slot(slot);
  }

  private static Argument offset(int offset) {
    return new Argument.Offset(offset);
  }

  @Override
  public void run(int kernel, Object weights, Object memory, int[] arguments, int at, int scratch, int from, int to) {
    float[] w = (float[]) weights;
    float[] m = (float[]) memory;
    if (kernel == 0) {
      score(w, m, arguments, at, from, to);
    } else {
      loss(w, m, arguments, at, kernel == 2);
    }
  }

  private static void score(float[] w, float[] m, int[] a, int at, int from, int to) {
    for (int i = from; i < to; i++) {
      m[a[at + 1] + i] = m[a[at] + 2 * i] * w[a[at + 2]] + m[a[at] + 2 * i + 1] * w[a[at + 2] + 1] + w[a[at + 3]];
    }
  }

  private void loss(float[] w, float[] m, int[] a, int at, boolean learn) {
    int n = a[at + 8];
    double loss = 0;
    double right = 0;
    double gradient0 = 0;
    double gradient1 = 0;
    double gradientB = 0;
    for (int i = 0; i < n; i++) {
      double score = m[a[at + 2] + i];
      double label = m[a[at + 1] + i];
      loss += Math.max(score, 0) - score * label + Math.log1p(Math.exp(-Math.abs(score)));
      right += score > 0 == label > 0.5 ? 1 : 0;
      double error = (1 / (1 + Math.exp(-score)) - label) / n;
      gradient0 += error * m[a[at] + 2 * i];
      gradient1 += error * m[a[at] + 2 * i + 1];
      gradientB += error;
    }
    m[a[at + 3]] = (float) (loss / n);
    m[a[at + 4]] = (float) (right / n);
    if (learn) {
      for (int i = 0; i < 2; i++) {
        w[a[at + 7] + i] = (float) (0.9 * w[a[at + 7] + i] + (i == 0 ? gradient0 : gradient1));
        w[a[at + 5] + i] -= (float) (rate * w[a[at + 7] + i]);
      }
      w[a[at + 6]] -= (float) (rate * gradientB);
    }
  }
}
