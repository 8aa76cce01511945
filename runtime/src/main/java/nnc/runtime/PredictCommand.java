package nnc.runtime;

import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.ModelSpec.Feed;
import nnc.runtime.ModelSpec.Plan;
import nnc.runtime.ModelSpec.Poly;

/** {@code predict}: outputs for the arrays of a file, any number of rows, a few hundred at a time. */
final class PredictCommand {
  private PredictCommand() {}

  private static final int CHUNK = 256;

  static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--weights", "WEIGHTS", "what training has saved; not needed if they are bundled"),
      new Options.Flag("--in", "INPUTS", "an npz file with an array for each input"),
      new Options.Flag("--out", "OUTPUTS", "the npz file to write, with an array for each output"),
      new Options.Flag("--threads", "N", "at most that many (all processors)"));

  static int run(Session session, Options options, String[] arguments) {
    Path in = options.required("--in", "an npz file with an array for each input");
    Path out = options.required("--out", "the npz file to write");
    Model model = options.has("--weights") ? session.model().withWeights(options.path("--weights", null)) : session.model();
    model.requireWeights();
    Map<String, Tensor> inputs = Npz.read(in);
    try (var threads = new Threads(options.count("--threads", Runtime.getRuntime().availableProcessors(), 1))) {
      var rows = new Rows(model, inputs, in.toString());
      Context context = model.context("predict", rows.largest(), threads);
      double work = context.totalWork() * Math.ceil((double) rows.count / rows.chunk);
      if (work > Code.LARGE && session.canRelaunch()) {
        return session.again().run(arguments);
      }
      model.code("predict").expect(work);
      Npz.write(out, predict(context, rows, inputs));
    }
    session.out().println(options.has("--json") ? new Json().put("event", "saved").put("file", out.toString()).toString() : "saved " + out);
    return 0;
  }

  /** How the rows of the inputs are gone through. */
  private static final class Rows {
    private final Plan plan;
    private final Map<String, Integer> sizes = new HashMap<>();
    private final Map<String, Boolean> batched = new HashMap<>();
    private int count = 1;
    private int chunk = 1;
    private String batch;

    Rows(Model model, Map<String, Tensor> inputs, String origin) {
      plan = model.code("predict").plan;
      for (Feed feed : model.spec().inputs()) {
        if (plan.inputs().containsKey(feed.name())) {
          add(feed, inputs, origin);
        }
      }
      chunk = outputsByRow() ? Math.min(count, CHUNK) : count;
    }

    private void add(Feed feed, Map<String, Tensor> inputs, String origin) {
      List<Poly> declared = plan.inputs().get(feed.name()).shape();
      String type = Polys.text(feed.kind(), declared, plan.dims());
      Tensor tensor = inputs.get(feed.name());
      if (tensor == null) {
        throw new Fault(origin + ": no array " + feed.name() + " for input " + feed.name() + ": " + type + "; it has "
            + String.join(", ", inputs.keySet()));
      }
      int[] shape = Polys.fitRank(declared, tensor.shape());
      if (shape == null) {
        throw new Fault(origin + ": input " + feed.name() + ": " + tensor + " given, " + type + " declared");
      }
      for (int axis = 0; axis < shape.length; axis++) {
        int dim = Polys.dimension(declared.get(axis));
        if (dim >= 0) {
          String name = plan.dims().get(dim);
          Integer known = sizes.put(name, shape[axis]);
          if (known != null && known != shape[axis]) {
            throw new Fault(origin + ": input " + feed.name() + ": " + tensor + " given, but another input has " + name + " = " + known);
          }
          batch = axis == 0 && batch == null ? name : batch;
        }
      }
      boolean byRow = shape.length > 0 && batch != null && isBatch(declared.getFirst());
      batched.put(feed.name(), byRow);
      count = byRow ? shape[0] : count;
    }

    private boolean isBatch(Poly poly) {
      int dim = Polys.dimension(poly);
      return dim >= 0 && plan.dims().get(dim).equals(batch);
    }

    /** Whether every output has a row for each row of the inputs, so that a part of them can be computed alone. */
    private boolean outputsByRow() {
      for (var result : plan.results()) {
        List<Poly> shape = result.place().shape();
        if (result.role().equals("OUTPUT") && (shape.isEmpty() || !isBatch(shape.getFirst()))) {
          return false;
        }
      }
      return batch != null;
    }

    Map<String, Integer> largest() {
      Map<String, Integer> largest = new HashMap<>(sizes);
      if (batch != null) {
        largest.put(batch, chunk);
      }
      return largest;
    }
  }

  private static Map<String, Tensor> predict(Context context, Rows rows, Map<String, Tensor> inputs) {
    Map<String, List<Tensor>> parts = new LinkedHashMap<>();
    int from = 0;
    do {
      int count = Math.min(rows.chunk, rows.count - from);
      for (Input input : context.inputs()) {
        Tensor tensor = inputs.get(input.name());
        if (rows.batched.get(input.name())) {
          input.set(tensor, from, count);
        } else {
          input.set(tensor);
        }
      }
      context.run();
      for (Output output : context.results("OUTPUT")) {
        List<Tensor> list = parts.get(output.name());
        if (list == null) {
          list = new ArrayList<>();
          parts.put(output.name(), list);
        }
        list.add(output.tensor());
      }
      from += Math.max(1, count);
    } while (from < rows.count);
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (var part : parts.entrySet()) {
      outputs.put(part.getKey(), joined(part.getValue()));
    }
    return outputs;
  }

  /** Along the first axis. */
  private static Tensor joined(List<Tensor> parts) {
    Tensor first = parts.getFirst();
    if (parts.size() == 1) {
      return first;
    }
    int size = 0;
    int rows = 0;
    for (Tensor part : parts) {
      size = Math.addExact(size, part.size());
      rows += part.shape()[0];
    }
    Object data = Array.newInstance(first.data().getClass().getComponentType(), size);
    int at = 0;
    for (Tensor part : parts) {
      System.arraycopy(part.data(), 0, data, at, part.size());
      at += part.size();
    }
    int[] shape = Arrays.copyOf(first.shape(), first.shape().length);
    shape[0] = rows;
    return new Tensor(shape, data);
  }
}
