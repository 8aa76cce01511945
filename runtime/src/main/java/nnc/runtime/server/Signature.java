package nnc.runtime.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Need;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Polynomials;

/**
 * What a network takes and gives, as requests call it, and whether requests may share a prediction.
 *
 * @param alone why each request is predicted by itself; empty if several may share a prediction
 */
record Signature(Plan plan, List<Incoming> inputs, List<Outgoing> outputs, String alone) {
  /** A size that is not known, or that a request may choose. */
  static final int OPEN = -1;

  /**
   * What is fed.
   *
   * @param shape as the plan's dimensions have it
   * @param type  what its elements are by the program; requests may send others that hold the same numbers
   */
  record Incoming(Feed feed, List<Poly> shape, Datatype type) {
    /** What it is called outside the program. */
    String name() {
      return feed.alias().isEmpty() ? feed.name() : feed.alias();
    }
  }

  /** What comes out. */
  record Outgoing(Result result, Datatype type) {
    String name() {
      return result.alias().isEmpty() ? result.name() : result.alias();
    }

    List<Poly> shape() {
      return result.place().shape();
    }
  }

  /**
   * Of a network that predicts.
   *
   * @throws Fault if it has no outputs
   */
  static Signature of(ModelSpec spec) {
    Plan plan = null;
    for (Plan one : spec.plans()) {
      plan = one.name().equals("predict") ? one : plan;
    }
    if (plan == null) {
      throw new Fault("the network " + spec.name() + " has no outputs to predict, and nothing to serve", "declare an output: output probability = ...");
    }
    List<Incoming> inputs = new ArrayList<>();
    for (Feed feed : spec.inputs()) {
      List<Poly> shape = plan.inputs().containsKey(feed.name()) ? plan.inputs().get(feed.name()).shape() : plan.unread().get(feed.name());
      if (!feed.target() && shape != null && (plan.inputs().containsKey(feed.name()) || decides(shape, plan))) {
        inputs.add(new Incoming(feed, shape, feed.column().isText() ? Datatype.BYTES : Datatype.of(feed.kind(), spec.precision())));
      }
    }
    List<Outgoing> outputs = new ArrayList<>();
    for (Result result : plan.results()) {
      if (result.role() == Role.OUTPUT) {
        outputs.add(new Outgoing(result, Datatype.of(result.kind(), spec.precision())));
      }
    }
    return new Signature(plan, List.copyOf(inputs), List.copyOf(outputs), alone(plan, inputs, outputs));
  }

  /** Whether an input whose values nothing depends on is the one that tells how many rows there are. */
  private static boolean decides(List<Poly> shape, Plan plan) {
    boolean told = plan.batch() < 0;
    for (var place : plan.inputs().values()) {
      for (Poly axis : place.shape()) {
        told |= Polynomials.dimension(axis) == plan.batch();
      }
    }
    boolean tells = false;
    for (Poly axis : shape) {
      tells |= Polynomials.dimension(axis) == plan.batch();
    }
    return !told && tells;
  }

  private static String alone(Plan plan, List<Incoming> inputs, List<Outgoing> outputs) {
    if (plan.batch() < 0 || inputs.isEmpty()) {
      return "no size of it counts rows";
    }
    for (Incoming input : inputs) {
      if (input.shape().isEmpty() || Polynomials.dimension(input.shape().get(0)) != plan.batch() || mentions(plan, input.shape().subList(1, input.shape().size()))) {
        return "its input " + input.name() + " has no axis of rows in the first place";
      }
    }
    for (Outgoing output : outputs) {
      int rows = output.result().rows();
      boolean byRow = rows == 0 && Polynomials.dimension(output.shape().get(0)) == plan.batch();
      if (!byRow && rows != Result.ALIKE || rows == Result.ALIKE && mentions(plan, output.shape())) {
        return "its output " + output.name() + " depends on several rows at once";
      }
    }
    if (plan.drawing() != null) {
      return "what it draws at random for a row follows from the row's number";
    }
    for (Need need : plan.needs()) {
      if (Polynomials.depends(plan, need.number(), plan.batch())) {
        return "it needs a certain number of rows";
      }
    }
    return "";
  }

  private static boolean mentions(Plan plan, List<Poly> shape) {
    for (Poly axis : shape) {
      if (Polynomials.depends(plan, axis, plan.batch())) {
        return true;
      }
    }
    return false;
  }

  /** The input that a request calls by a name, in the program or outside; null if there is none. */
  Incoming input(String name) {
    for (Incoming input : inputs) {
      if (input.feed().isCalled(name)) {
        return input;
      }
    }
    return null;
  }

  /** The output of a name; null if there is none. */
  Outgoing output(String name) {
    for (Outgoing output : outputs) {
      if (output.result().isCalled(name)) {
        return output;
      }
    }
    return null;
  }

  /** How many rows a request has by the sizes of its open dimensions; 1 where the network counts none. */
  int rows(int[] sizes) {
    return plan.batch() < 0 || sizes[plan.batch()] == OPEN ? 1 : sizes[plan.batch()];
  }

  /** The sizes of the open dimensions that a request's arrays have, {@link #OPEN} of what they do not tell. What does not fit is left to the run to refuse. */
  int[] sizes(Map<String, Tensor> arrays) {
    int[] sizes = new int[plan.dims().size()];
    Arrays.fill(sizes, OPEN);
    for (Incoming input : inputs) {
      Tensor array = arrays.get(input.feed().name());
      for (int axis = 0; array != null && array.shape().length == input.shape().size() && axis < array.shape().length; axis++) {
        int place = Polynomials.dimension(input.shape().get(axis));
        if (place >= 0) {
          sizes[place] = Math.max(sizes[place], array.shape()[axis]);
        }
      }
    }
    return sizes;
  }

  /** Whether all arrays have the shapes that these sizes give. */
  boolean fits(Map<String, Tensor> arrays, int[] sizes) {
    for (Incoming input : inputs) {
      Tensor array = arrays.get(input.feed().name());
      if (array == null || array.shape().length != input.shape().size()) {
        return false;
      }
      for (int axis = 0; axis < array.shape().length; axis++) {
        if (size(input.shape().get(axis), sizes) != array.shape()[axis]) {
          return false;
        }
      }
    }
    return true;
  }

  private int size(Poly axis, int[] sizes) {
    int[] all = Arrays.copyOf(sizes, sizes.length + plan.quotients().size());
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] < 0 && Polynomials.depends(plan, axis, i)) {
        return OPEN;
      }
      all[i] = Math.max(0, sizes[i]);
    }
    try {
      Polynomials.divide(plan, all);
      return Math.toIntExact(Polynomials.value(axis, all));
    } catch (ArithmeticException e) {
      return OPEN;
    }
  }

  /** A shape as metadata tells it: -1 for what a request chooses, and for what follows from it. */
  List<Integer> told(List<Poly> shape) {
    List<Integer> sizes = new ArrayList<>();
    for (Poly axis : shape) {
      sizes.add(Polynomials.isConstant(axis) ? (int) Polynomials.value(axis, new int[0]) : OPEN);
    }
    return sizes;
  }

  /** A shape as the program writes it. */
  String declared(Feed feed, List<Poly> shape) {
    return Polynomials.text(feed.kind(), shape, Polynomials.names(plan));
  }
}
