package nnc.runtime.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.engine.MemoryNeed;
import nnc.runtime.engine.WholeNumbers;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Polynomials;

/** How a prediction goes through the rows of its inputs: in parts, where each row is computed by itself. */
final class PredictionRows {
  /** Enough for the kernels to be busy. */
  private static final int PART = 256;

  private final Plan plan;
  private final List<Feed> feeds = new ArrayList<>();
  private final Map<String, Integer> sizes = new HashMap<>();
  private final int count;
  private final int part;

  /**
   * The rows of a file's arrays.
   *
   * @param given    how many there are, as the user says; 0 if that follows from the inputs
   * @param together how many to compute at once; 0 for what suits the network
   */
  PredictionRows(Model model, Npz.Arrays inputs, String origin, int given, int together) {
    plan = model.code("predict").plan;
    for (Feed feed : model.spec().inputs()) {
      if (plan.inputs().containsKey(feed.name())) {
        feeds.add(feed);
        Tensor array = required(feed, inputs, origin);
        add(feed, plan.inputs().get(feed.name()).shape(), array, origin);
        check(feed, array, origin);
      } else if (plan.unread().containsKey(feed.name()) && inputs.read().containsKey(feed.name())) {
        add(feed, plan.unread().get(feed.name()), inputs.get(feed.name()), origin);
      }
    }
    count = count(given, plan.batch() >= 0 && model.code("predict").needs(plan.batch()));
    for (int dim = 0; dim < plan.dims().size(); dim++) {
      if (!sizes.containsKey(plan.dims().get(dim)) && model.code("predict").needs(dim)) {
        throw unknown(plan.dims().get(dim), dim == plan.batch(), model.spec().inputs());
      }
    }
    part = Math.min(count, together > 0 ? together : isApart() ? MemoryNeed.together(model.spec(), "predict", sizes, PART) : count);
    if (part < count) {
      requireParts();
    }
  }

  /** Refuses whole numbers that an input does not allow, saying where they are: in a run there would only be the number of an example. */
  private static void check(Feed feed, Tensor given, String origin) {
    for (int i = 0; feed.kind() == ElementKind.INT && i < given.size(); i++) {
      String fault = given.data() instanceof long[] longs ? WholeNumbers.fault(feed, longs[i]) : WholeNumbers.fault(feed, given.get(i));
      if (fault != null) {
        int[] places = new int[given.shape().length];
        int rest = i;
        for (int axis = places.length - 1; axis >= 0; axis--) {
          places[axis] = rest % given.shape()[axis];
          rest /= given.shape()[axis];
        }
        throw new Fault("input " + feed.name() + ": " + fault + " in " + origin + ": array " + feed.name() + Arrays.toString(places));
      }
    }
  }

  private Tensor required(Feed feed, Npz.Arrays inputs, String origin) {
    Tensor tensor = inputs.get(feed.name());
    if (tensor == null) {
      throw new Fault(origin + ": no array " + feed.name() + " for input " + feed.name() + ": "
          + Polynomials.text(feed.kind(), plan.inputs().get(feed.name()).shape(), plan.dims()) + "; it has " + inputs.names());
    }
    return tensor;
  }

  private void add(Feed feed, List<Poly> declared, Tensor tensor, String origin) {
    int[] shape = Polynomials.fitRank(declared, tensor.shape());
    boolean fits = shape != null;
    for (int axis = 0; fits && axis < shape.length; axis++) {
      fits = !Polynomials.isConstant(declared.get(axis)) || Polynomials.value(declared.get(axis), new int[0]) == shape[axis];
    }
    if (!fits) {
      throw new Fault(origin + ": input " + feed.name() + ": " + tensor + " given, " + Polynomials.text(feed.kind(), declared, plan.dims()) + " declared");
    }
    for (int axis = 0; axis < shape.length; axis++) {
      int dim = Polynomials.dimension(declared.get(axis));
      if (dim >= 0) {
        String name = plan.dims().get(dim);
        Integer known = sizes.put(name, shape[axis]);
        if (known != null && known != shape[axis]) {
          throw new Fault(origin + ": input " + feed.name() + ": " + tensor + " given, but another input has " + name + " = " + known);
        }
      }
    }
  }

  /** How many rows there are: one where nothing depends on it. */
  private int count(int given, boolean isNeeded) {
    if (plan.batch() < 0) {
      return 1;
    }
    String name = plan.dims().get(plan.batch());
    Integer known = given == 0 ? sizes.get(name) : sizes.put(name, given);
    if (given > 0 && known != null && known != given) {
      throw new Fault("--count " + given + ", but the inputs have " + name + " = " + known);
    }
    return !isNeeded ? 1 : given > 0 ? given : known == null ? 1 : known;
  }

  private Fault unknown(String name, boolean isBatch, List<Feed> all) {
    List<String> having = new ArrayList<>();
    for (Feed feed : all) {
      if (plan.unread().containsKey(feed.name()) && feed.dims().contains(name)) {
        having.add(feed.name());
      }
    }
    return new Fault("the size of the open dimension " + name + " does not follow from the arrays given",
        (isBatch ? "say how many rows to compute: --count N" : "give " + String.join(", ", having) + ": nothing else of it is needed")
            + (isBatch && !having.isEmpty() ? "; or give " + String.join(", ", having) : ""));
  }

  /** Whether each row can be computed without the others. */
  private boolean isApart() {
    for (Result result : plan.results()) {
      if (result.role() == Role.OUTPUT && result.rows() == Result.MIXED) {
        return false;
      }
    }
    return uncut() == null;
  }

  /** An input that has the batch elsewhere than as its first axis; null if there is none. */
  private String uncut() {
    for (Feed feed : feeds) {
      Place input = plan.inputs().get(feed.name());
      List<Poly> shape = input.shape();
      if (mentionsBatch(isByRow(input) ? shape.subList(1, shape.size()) : shape)) {
        return "input " + feed.name() + ": " + Polynomials.text(feed.kind(), shape, plan.dims());
      }
    }
    return null;
  }

  private boolean mentionsBatch(List<Poly> shape) {
    for (Poly size : shape) {
      if (Polynomials.mentions(size, plan.batch())) {
        return true;
      }
    }
    return false;
  }

  /** Refuses to cut what cannot be put together again. */
  private void requireParts() {
    String whole = uncut();
    for (Result result : plan.results()) {
      List<Poly> shape = result.place().shape();
      if (result.role() == Role.OUTPUT && result.rows() == Result.MIXED && (!isByRow(result.place()) || mentionsBatch(shape.subList(1, shape.size())))) {
        whole = "output " + result.name() + ": " + Polynomials.text(result.kind(), shape, Polynomials.names(plan));
      }
    }
    if (whole != null) {
      throw new Fault("--batch " + part + " for " + count + " rows: " + whole + " cannot be cut into batches", "leave out --batch");
    }
  }

  /** Whether an array has a row for each example. */
  boolean isByRow(Place array) {
    return plan.batch() >= 0 && !array.shape().isEmpty() && Polynomials.dimension(array.shape().get(0)) == plan.batch();
  }

  int count() {
    return count;
  }

  /** How many of them are computed at once. */
  int part() {
    return part;
  }

  /** The largest size of each open dimension in a run. */
  Map<String, Integer> largest() {
    Map<String, Integer> largest = new HashMap<>(sizes);
    if (plan.batch() >= 0) {
      largest.put(plan.dims().get(plan.batch()), part);
    }
    return largest;
  }
}
