package nnc.playground;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;
import nnc.runtime.spec.Polynomials;

/**
 * A compiled program whose examples are points of the plane, and what of it can be drawn.
 *
 * @param network  without weights
 * @param input    the name of what the points are fed to
 * @param target   of what belongs to a point
 * @param output   what is drawn over the plane
 * @param values   what layers and names come to, in the order in which they are computed; of each example one number or a row of them
 */
record PointProgram(CompiledProgram compiled, Model network, String input, Optional<Feed> target, Shown output, List<Shown> values) {
  /** Weights in all, and elementary operations of a step: beyond that the page would stand still. */
  private static final int MOST_WEIGHTS = 1_000_000;

  /**
   * What a plan gives for each example.
   *
   * @param units how many numbers
   * @param whole whether they are whole, as the number of a class is
   * @param from  of a layer, what it was applied to
   * @param matrix the path of the layer's weights, from the units of what it was applied to (rows) to its own (columns), if it has such
   * @param bias  of these units, if it has one
   */
  record Shown(String name, int units, boolean whole, String from, Optional<String> matrix, Optional<String> bias) {}

  /**
   * A program as the page can show it.
   *
   * @throws Fault if there is nothing that could be drawn over the plane
   */
  static PointProgram of(CompiledProgram compiled) {
    var spec = compiled.spec();
    if (spec.weightCount() > MOST_WEIGHTS) {
      throw new Fault("the network has " + spec.weightCount() + " weights, and the playground takes up to " + MOST_WEIGHTS);
    }
    if (spec.training().plans("train").stream().anyMatch(name -> spec.plans().stream().noneMatch(plan -> plan.name().equals(name))) || !spec.data().containsKey("train")) {
      throw new Fault("there is nothing to train: a program here has a loss, a data block and a train block");
    }
    var plan = spec.plans().stream().filter(one -> one.name().equals("predict")).findFirst()
        .orElseThrow(() -> new Fault("the program has no output: there is nothing to draw", "name what it predicts: output guess"));
    var input = input(spec, plan);
    var outputs = plan.results().stream().filter(result -> result.role() == Role.OUTPUT).map(result -> shown(result, plan)).flatMap(Optional::stream).toList();
    if (outputs.isEmpty()) {
      throw new Fault("no output of the program has a number, or a row of them, for each point");
    }
    var values = plan.results().stream().filter(result -> result.role() == Role.VALUE).map(result -> shown(result, plan)).flatMap(Optional::stream).toList();
    return new PointProgram(compiled, Compiler.load(compiled), input, spec.inputs().stream().filter(Feed::target).findFirst(), outputs.getFirst(), connected(values, spec));
  }

  private static String input(ModelSpec spec, Plan plan) {
    var read = spec.inputs().stream().filter(feed -> !feed.target() && plan.inputs().containsKey(feed.name())).toList();
    if (read.size() != 1 || plan.dims().size() != 1) {
      throw new Fault("a program here has one input, the points: input point: float[N, 2]");
    }
    var feed = read.getFirst();
    var shape = plan.inputs().get(feed.name()).shape();
    if (feed.kind() != ElementKind.FLOAT || shape.size() != 2 || !Polynomials.isConstant(shape.get(1)) || Polynomials.value(shape.get(1), new int[0]) != 2) {
      throw new Fault("input " + feed.name() + " has not two numbers for each example: a program here is drawn over the plane", "declare it as input "
          + feed.name() + ": float[N, 2]");
    }
    return feed.name();
  }

  private static Optional<Shown> shown(Result result, Plan plan) {
    var shape = result.place().shape();
    boolean byExample = !shape.isEmpty() && shape.size() <= 2 && Polynomials.dimension(shape.getFirst()) == plan.batch() && plan.batch() >= 0;
    if (!byExample || shape.size() == 2 && !Polynomials.isConstant(shape.get(1)) || result.kind() == ElementKind.BOOL) {
      return Optional.empty();
    }
    int units = shape.size() == 1 ? 1 : (int) Polynomials.value(shape.get(1), new int[0]);
    return units == 0 ? Optional.empty() : Optional.of(new Shown(result.name(), units, result.kind() == ElementKind.INT, result.role() == Role.VALUE ? result.names() : "",
        Optional.empty(), Optional.empty()));
  }

  /** With the weights of layers that lead from units to units. */
  private static List<Shown> connected(List<Shown> values, ModelSpec spec) {
    var connected = new ArrayList<Shown>();
    for (var value : values) {
      int before = value.from().isEmpty() ? 0 : spec.inputs().stream().anyMatch(feed -> feed.name().equals(value.from())) ? 2
          : values.stream().filter(other -> other.name().equals(value.from())).mapToInt(Shown::units).findFirst().orElse(0);
      var matrix = weight(spec, value.name() + ".W", List.of(before, value.units()));
      var bias = weight(spec, value.name() + ".b", List.of(value.units()));
      connected.add(new Shown(value.name(), value.units(), value.whole(), value.from(), matrix, bias));
    }
    return connected;
  }

  private static Optional<String> weight(ModelSpec spec, String path, List<Integer> shape) {
    return spec.weights().stream().filter(weight -> weight.path().equals(path) && weight.shape().equals(shape)).map(Weight::path).findFirst();
  }

  /** What training changes. */
  List<Weight> parameters() {
    return network.spec().weights().stream().filter(weight -> weight.kind() == WeightKind.PARAMETER).toList();
  }

  /** Whether the output tells of classes: by a score for each, or by their numbers. */
  boolean tellsClasses() {
    return output.units() > 1 || output.whole();
  }

  /** The plans that give gradients, those of all losses. */
  List<String> gradients() {
    return network.spec().training().plans("gradient").stream().filter(network::has).toList();
  }
}
