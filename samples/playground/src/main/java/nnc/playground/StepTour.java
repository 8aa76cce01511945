package nnc.playground;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.learn.Learner;
import nnc.runtime.spec.ModelSpec.Role;

/**
 * One step of training in full, for one example: what each unit comes to on the way forward, what each edge adds to it, the loss, its slope by each weight on
 * the way back, and the weights after the step. All by the program's own plans, of a copy of the network.
 */
final class StepTour {
  private static final Threads ALONE = new Threads(1);

  private StepTour() {}

  /**
   * The tour by one example.
   *
   * @param step how many steps the network has been trained
   */
  static JsonObject of(PointProgram program, Model trained, PointData.Part part, int example, int step) {
    if (example < 0 || example >= part.size()) {
      throw new Fault("the " + part.name() + " data have " + part.size() + " examples: there is no example " + example);
    }
    if (part.labels().length <= example) {
      throw new Fault("nothing belongs to a point of this program: a step cannot be shown for one");
    }
    var model = trained.copy();
    double[] point = {part.points()[2 * example], part.points()[2 * example + 1]};
    double[] label = {part.labels()[example]};
    var json = new JsonObject();
    json.addProperty("part", part.name());
    json.addProperty("example", example);
    json.addProperty("x", point[0]);
    json.addProperty("y", point[1]);
    json.addProperty("label", label[0]);
    forward(program, model, point, json);
    json.add("weights", arrays(program, model));
    var slopes = new JsonObject();
    Gradients.of(program, model, point, label, 1, ALONE).forEach((path, slope) -> slopes.add(path, list(slope)));
    json.add("gradients", slopes);
    backward(program, model, point, label, step, json);
    return json;
  }

  private static void forward(PointProgram program, Model model, double[] point, JsonObject json) {
    var context = model.context("predict", 1, ALONE);
    context.input(program.input()).set(point);
    context.run();
    var values = new JsonObject();
    Map<String, Tensor> known = new java.util.HashMap<>(Map.of(program.input(), new Tensor(new int[] {1, 2}, point)));
    for (var value : program.values()) {
      var given = context.result(Role.VALUE, value.name()).tensor();
      known.put(value.name(), given);
      values.add(value.name(), list(given));
    }
    json.add("values", values);
    json.add("output", list(context.output(program.output().name()).tensor()));
    var terms = new JsonObject();
    for (var value : program.values()) {
      if (value.matrix().isPresent()) {
        terms.add(value.name(), terms(known.get(value.from()), model.weight(value.matrix().get())));
      }
    }
    json.add("terms", terms);
  }

  /** What each edge adds: the value that it comes from times its weight, row by row as the weights are. */
  private static JsonArray terms(Tensor from, Tensor matrix) {
    var json = new JsonArray();
    int columns = matrix.shape()[1];
    for (int i = 0; i < matrix.size(); i++) {
      json.add(FrameMaker.number(from.get(i / columns) * matrix.get(i)));
    }
    return json;
  }

  /** One step with the example as its batch. */
  private static void backward(PointProgram program, Model model, double[] point, double[] label, int step, JsonObject json) {
    var sizes = new java.util.HashMap<String, Integer>();
    model.spec().plans().forEach(plan -> plan.dims().forEach(dim -> sizes.put(dim, 1)));
    try {
      var learner = Learner.of(model, sizes, ALONE).startAt(step);
      for (var name : learner.names()) {
        learner.set(name, name.equals(program.input()) ? point : label);
      }
      learner.step();
      json.add("loss", FrameMaker.number(learner.figure("loss")));
      json.add("after", arrays(program, model));
    } catch (Fault e) {
      json.addProperty("note", "a step with one example cannot be taken: " + Experiment.said(e));
    }
  }

  private static JsonObject arrays(PointProgram program, Model model) {
    var json = new JsonObject();
    program.parameters().forEach(weight -> json.add(weight.path(), list(model.weight(weight.path()))));
    return json;
  }

  private static JsonArray list(Tensor values) {
    var json = new JsonArray();
    for (int i = 0; i < values.size(); i++) {
      json.add(FrameMaker.number(values.get(i)));
    }
    return json;
  }
}
