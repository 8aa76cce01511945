package nnc.image;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.cli.ModelMain;
import nnc.runtime.files.NetworkJar;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.ModelSpec.WeightKind;
import nnc.runtime.spec.Polynomials;

/**
 * What is done in an image while Java records which classes it loads: the network tells of itself, predicts and trains, on a few rows that
 * mean nothing. It is in the image's jar, as Java wants the same class path ever after, and knows the runtime alone.
 */
final class ImageRehearsal {
  /** Elementary operations, and weights, that are too many to be gone through for this. */
  private static final double MOST_WORK = 5e9, MOST_WEIGHTS = 3e7;

  private static final int ROWS = 4, SIZE = 16;
  private static final String ARRAYS = "rows.npz", WEIGHTS = "weights.npz";

  private ImageRehearsal() {}

  /** @param arguments a folder to write to */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    var silence = new PrintStream(OutputStream.nullOutputStream());
    System.setOut(silence);
    System.setErr(silence);
    var folder = Path.of(arguments[0]);
    ModelMain.main(new String[] {"summary"});
    try {
      rehearse(Model.load(), folder, silence);
    } catch (Fault | ArithmeticException | OutOfMemoryError e) {
      // a network of unusual inputs or size: what was loaded until here is recorded
    }
    System.exit(0);
  }

  private static void rehearse(Model model, Path folder, PrintStream silence) {
    var spec = model.spec();
    if (spec.weightCount() > MOST_WEIGHTS) {
      return;
    }
    Npz.write(folder.resolve(ARRAYS), arrays(spec));
    Npz.write(folder.resolve(WEIGHTS), weights(model.initialised(1)));
    if (isLight(spec, "train")) {
      ModelMain.run(new String[] {"train", "--epochs", "1", "--batch", "2", "--out", folder.resolve("trained.npz").toString()},
          Model.of(fromFile(spec), NetworkJar.own()), folder, "", silence, silence);
    }
    if (isLight(spec, "predict")) {
      ModelMain.main(new String[] {"predict", "--weights", folder.resolve(WEIGHTS).toString(), "--in", folder.resolve(ARRAYS).toString(), "--out",
          folder.resolve("outputs.npz").toString()});
    }
  }

  /** Whether the network has such a plan, and it takes moments. */
  private static boolean isLight(ModelSpec spec, String name) {
    for (var plan : spec.plans()) {
      if (plan.name().equals(name)) {
        double work = 0;
        for (var call : plan.calls()) {
          work += Polynomials.value(call.work(), Polynomials.sizes(plan, sizes(plan.dims())));
        }
        return work <= MOST_WORK;
      }
    }
    return false;
  }

  private static Map<String, Tensor> weights(Model model) {
    var arrays = new LinkedHashMap<String, Tensor>();
    for (var weight : model.spec().weights()) {
      if (weight.kind() == WeightKind.PARAMETER || weight.kind() == WeightKind.STATE) {
        arrays.put(weight.path(), model.weight(weight.path()));
      }
    }
    return arrays;
  }

  /** The same network with all its data from the file of {@link #arrays}. */
  private static ModelSpec fromFile(ModelSpec spec) {
    var text = new Source("text", List.of(), Map.of(), ARRAYS, 0);
    var data = new LinkedHashMap<String, Source>();
    for (var role : spec.data().keySet()) {
      data.put(role, new Source("npz", List.of(text), Map.of(), null, 0));
    }
    data.putIfAbsent("train", new Source("npz", List.of(text), Map.of(), null, 0));
    return new ModelSpec(spec.name(), spec.precision(), spec.source(), spec.inputs(), spec.weights(), spec.weightCount(), spec.plans(), data,
        spec.training(), spec.layers(), spec.formulas());
  }

  /** The first open dimension is the batch as a rule. */
  private static int[] sizes(List<String> dims) {
    var sizes = new int[dims.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = i == 0 ? ROWS : SIZE;
    }
    return sizes;
  }

  private static Map<String, Tensor> arrays(ModelSpec spec) {
    var arrays = new LinkedHashMap<String, Tensor>();
    for (var feed : spec.inputs()) {
      arrays.put(feed.name(), array(feed));
    }
    return arrays;
  }

  private static Tensor array(Feed feed) {
    var shape = new int[feed.shape().size()];
    int size = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = Math.toIntExact(Polynomials.value(feed.shape().get(axis), sizes(feed.dims())));
      size = Math.multiplyExact(size, shape[axis]);
    }
    long classes = feed.high() > feed.low() ? feed.high() - feed.low() : 2;
    var values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = feed.kind() == ElementKind.FLOAT ? i % 7 / 7f : feed.low() + i % classes;
    }
    return new Tensor(shape, values);
  }
}
