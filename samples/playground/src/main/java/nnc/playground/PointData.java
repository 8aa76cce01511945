package nnc.playground;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import nnc.runtime.base.Tensor;
import nnc.runtime.learn.TrainingRun;
import nnc.runtime.spec.ModelSpec.ElementKind;

/**
 * The points of a program's data, and what belongs to them.
 *
 * @param parts   by name, {@code train} and {@code test} or what the program has of these
 * @param low     of the numbers that belong to points the smallest, {@code high} the largest
 * @param classes what classes are called; none if numbers belong to the points
 */
record PointData(List<Part> parts, double low, double high, List<String> classes) {
  /** More points are not drawn. */
  private static final int MOST_DRAWN = 2000;

  /**
   * Some examples.
   *
   * @param points x and y of each
   * @param labels one number each; none if the program has no target that is one
   */
  record Part(String name, double[] points, double[] labels) {
    int size() {
      return points.length / 2;
    }
  }

  static PointData of(PointProgram program, TrainingRun run) {
    var parts = new ArrayList<Part>();
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (var name : List.of("train", "validate", "test")) {
      if (run.has(name)) {
        var examples = run.examples(name);
        var labels = program.target().map(feed -> single(examples.values(run.model(), feed.name()))).orElse(new double[0]);
        parts.add(new Part(name, examples.values(run.model(), program.input()).toDoubles(), labels));
        for (double label : labels) {
          low = Math.min(low, label);
          high = Math.max(high, label);
        }
      }
    }
    return new PointData(parts, low <= high ? low : -1, low <= high ? high : 1, classes(program, run, high));
  }

  /** One number an example: that itself, or of a row of chances the place of the largest. */
  private static double[] single(Tensor values) {
    int count = values.shape()[0];
    int width = count == 0 ? 1 : values.size() / count;
    double[] labels = new double[count];
    for (int i = 0; i < count; i++) {
      int best = 0;
      for (int k = 1; k < width; k++) {
        best = values.get(i * width + k) > values.get(i * width + best) ? k : best;
      }
      labels[i] = width == 1 ? values.get(i) : best;
    }
    return labels;
  }

  private static List<String> classes(PointProgram program, TrainingRun run, double high) {
    var target = program.target();
    if (target.isEmpty() || target.get().kind() == ElementKind.FLOAT && !program.tellsClasses()) {
      return List.of();
    }
    var titles = run.model().vocabulary().titles(target.get());
    if (!titles.isEmpty()) {
      return titles;
    }
    int count = Math.max(Math.max(program.output().units(), 2), (int) high + 1);
    var numbers = new ArrayList<String>();
    for (int i = 0; i < Math.min(count, 256); i++) {
      numbers.add("class " + i);
    }
    return numbers;
  }

  /** All points, for the bounds of what is drawn. */
  double[] all() {
    return parts.stream().flatMapToDouble(part -> java.util.Arrays.stream(part.points)).toArray();
  }

  /** As the page draws them: of a large part the first ones, whose order is drawn by chance. */
  JsonObject json() {
    var json = new JsonObject();
    for (var part : parts) {
      int shown = Math.min(part.size(), MOST_DRAWN);
      var one = new JsonObject();
      one.addProperty("size", part.size());
      one.addProperty("points", Numbers64.floats(part.points, 2 * shown));
      one.addProperty("labels", Numbers64.floats(part.labels, Math.min(part.labels.length, shown)));
      json.add(part.name, one);
    }
    return json;
  }

  JsonArray classesJson() {
    var json = new JsonArray();
    classes.forEach(json::add);
    return json;
  }
}
