package nnc.playground;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.learn.Evaluation;
import nnc.runtime.learn.TrainingRun;
import nnc.runtime.spec.ModelSpec.Role;

/**
 * Says what the page draws of a training at one moment: what the network predicts over the plane, what its units come to there, losses and weights. All is
 * computed by the program's own plans, of a copy of the weights, so that training goes on meanwhile. For one thread at a time.
 */
final class FrameMaker {
  /** Squares along a side: of the map of the output, and of the small ones of units. */
  static final int FINE = 100, COARSE = 30;

  /** Examples that gradients are told for. */
  private static final int MOST_EXAMPLES = 1000;

  /** Levels of a map. */
  private static final int LEVELS = 255;

  /**
   * What is wanted beside the usual.
   *
   * @param value a unit's layer or name, whose map is wanted in the large; empty if none is
   * @param unit  its number there
   * @param gradients whether the slopes of the loss by weights are wanted
   */
  record Wish(String value, int unit, boolean gradients) {
    static final Wish NONE = new Wish("", 0, false);
  }

  private final PointProgram program;
  private final PointData data;
  private final Plane plane;
  private final Model shown;
  private final Threads threads = new Threads(1);
  private final Context fine;
  private final Context coarse;
  private final float[] finePoints;
  private final float[] coarsePoints;
  private final Map<String, Evaluation> evaluations = new LinkedHashMap<>();
  private final boolean signed;

  FrameMaker(PointProgram program, TrainingRun run, PointData data) {
    this.program = program;
    this.data = data;
    plane = Plane.around(data.all());
    shown = run.model().copy();
    fine = shown.context("predict", FINE * FINE, threads);
    coarse = shown.context("predict", COARSE * COARSE, threads);
    finePoints = plane.grid(FINE);
    coarsePoints = plane.grid(COARSE);
    if (shown.has("evaluate")) {
      data.parts().forEach(part -> evaluations.put(part.name(), Evaluation.prepare(shown, run.examples(part.name()), threads)));
    }
    signed = isSigned();
  }

  Plane plane() {
    return plane;
  }

  /** Whether a single output has two sides of zero, as -1 and 1, where the labels are 0 and 1: known from what it gives before the first step. */
  private boolean isSigned() {
    float[] values = outputs(fine, finePoints);
    for (float value : values) {
      if (value < 0) {
        return true;
      }
    }
    return data.low() < 0;
  }

  /** The number that is drawn as the lowest colour, and that of the highest. */
  double[] scale() {
    boolean binary = data.low() >= 0 && data.high() <= 1;
    return signed && (binary || data.low() >= -1 && data.high() <= 1) ? new double[] {-1, 1} : new double[] {data.low(), data.high() > data.low() ? data.high() : data.low() + 1};
  }

  private float[] outputs(Context context, float[] points) {
    context.input(program.input()).set(points);
    context.run();
    var output = context.output(program.output().name());
    float[] values = new float[output.size()];
    output.copyTo(values, 0);
    return values;
  }

  /** What the page draws, as an object. */
  JsonObject frame(Snapshot snapshot, Wish wish) {
    shown.take(snapshot.model());
    var json = new JsonObject();
    json.addProperty("step", snapshot.step());
    json.addProperty("epoch", snapshot.epoch());
    json.addProperty("running", snapshot.running());
    json.addProperty("speed", Math.round(snapshot.speed()));
    json.add("figures", figures());
    json.add("weights", weights());
    float[] predicted = outputs(fine, finePoints);
    json.addProperty("output", Numbers64.bytes(program.tellsClasses() ? classes(predicted) : levels(predicted, 1, 0, scale()[0], scale()[1])));
    large(wish).ifPresent(map -> json.addProperty("large", map));
    json.add("units", units());
    if (wish.gradients()) {
      json.add("gradients", gradients());
    }
    return json;
  }

  // ---- numbers

  private JsonObject figures() {
    var json = new JsonObject();
    evaluations.forEach((part, evaluation) -> {
      var figures = new JsonObject();
      evaluation.figures().forEach((name, value) -> {
        if (value.size() == 1) {
          figures.add(name, number(value.get(0)));
        }
      });
      json.add(part, figures);
    });
    return json;
  }

  static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  private JsonObject weights() {
    var json = new JsonObject();
    program.parameters().forEach(weight -> json.addProperty(weight.path(), Numbers64.floats(shown.weight(weight.path()))));
    return json;
  }

  /** The slopes of the loss over the training data, by the weights. */
  private JsonObject gradients() {
    var part = data.parts().getFirst();
    return slopes(part.points(), part.labels(), Math.min(part.size(), MOST_EXAMPLES));
  }

  private JsonObject slopes(double[] points, double[] labels, int count) {
    var json = new JsonObject();
    for (var gradient : Gradients.of(program, shown, points, labels, count, threads).entrySet()) {
      json.addProperty(gradient.getKey(), Numbers64.floats(gradient.getValue()));
    }
    return json;
  }

  // ---- maps

  /** Small maps of all units, those of a layer one behind the other. */
  private JsonObject units() {
    coarse.input(program.input()).set(coarsePoints);
    coarse.run();
    var json = new JsonObject();
    for (var value : program.values()) {
      if (value.units() <= PageSettings.MOST_UNITS && !value.whole()) {
        float[] numbers = new float[COARSE * COARSE * value.units()];
        coarse.result(Role.VALUE, value.name()).copyTo(numbers, 0);
        byte[] maps = new byte[numbers.length];
        for (int unit = 0; unit < value.units(); unit++) {
          System.arraycopy(levels(numbers, value.units(), unit, -1, 1), 0, maps, unit * COARSE * COARSE, COARSE * COARSE);
        }
        json.addProperty(value.name(), Numbers64.bytes(maps));
      }
    }
    return json;
  }

  /** What was computed for the output's map holds the units too. */
  private Optional<String> large(Wish wish) {
    return program.values().stream().filter(value -> value.name().equals(wish.value()) && wish.unit() >= 0 && wish.unit() < value.units()).findFirst().map(value -> {
      float[] numbers = new float[FINE * FINE * value.units()];
      fine.result(Role.VALUE, value.name()).copyTo(numbers, 0);
      return Numbers64.bytes(levels(numbers, value.units(), wish.unit(), -1, 1));
    });
  }

  private static byte[] levels(float[] values, int width, int unit, double low, double high) {
    byte[] levels = new byte[values.length / width];
    for (int i = 0; i < levels.length; i++) {
      double share = (values[i * width + unit] - low) / (high - low);
      levels[i] = (byte) Math.round(LEVELS * Math.max(0, Math.min(1, share)));
    }
    return levels;
  }

  /** Of each place the class, and then of each how sure that is: 0 where no class is likelier than others. */
  private byte[] classes(float[] values) {
    int units = program.output().units();
    int places = values.length / units;
    byte[] out = new byte[2 * places];
    for (int i = 0; i < places; i++) {
      int best = 0;
      double sum = 0;
      for (int k = 0; k < units; k++) {
        best = values[i * units + k] > values[i * units + best] ? k : best;
        sum += Math.max(0, values[i * units + k]);
      }
      double share = sum > 0 ? values[i * units + best] / sum : 0;
      out[i] = (byte) (units == 1 ? Math.max(0, Math.round(values[i])) : best);
      out[places + i] = (byte) Math.round(LEVELS * (units == 1 ? 1 : Math.max(0, Math.min(1, (share - 1.0 / units) / (1 - 1.0 / units)))));
    }
    return out;
  }
}
