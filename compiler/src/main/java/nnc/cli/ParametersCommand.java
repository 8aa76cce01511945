package nnc.cli;

import java.util.List;
import nnc.driver.Compilation;
import nnc.elaborate.Elaborator.Purpose;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.WeightKind;
import nnc.runtime.spec.Polynomials;

/**
 * {@code nnc parameters}: how many numbers a network of dense layers has, as lectures count and as libraries do. On slides each neuron that is drawn has a bias,
 * those of the input too; in a library the input has none.
 */
final class ParametersCommand implements Command {
  @Override
  public String name() {
    return "parameters";
  }

  @Override
  public String help() {
    return "Counts neurons, weights and biases as lectures do, beside the count of the summary.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("--json", "", "prints one JSON object"));
  }

  /**
   * What there is of what.
   *
   * @param inputs  neurons of the input
   * @param units   neurons of layers
   * @param weights lines between neurons
   * @param biases  that layers hold
   */
  private record Count(long inputs, long units, long weights, long biases) {
    long neurons() {
      return inputs + units;
    }

    long drawn() {
      return neurons() + weights;
    }

    long held() {
      return weights + biases;
    }
  }

  @Override
  public int run(CommandLine given) {
    return Faults.guard(given.has("--json"), () -> {
      var spec = new Compilation(SourceOptions.file(given), SourceOptions.of(given)).compile(List.of(Purpose.PREDICT)).spec();
      var count = count(spec);
      if (given.has("--json")) {
        System.out.println("{\"neurons\":%d,\"weights\":%d,\"biases\":%d,\"drawn\":%d,\"held\":%d}".formatted(count.neurons(), count.weights, count.biases, count.drawn(), count.held()));
        return 0;
      }
      System.out.println("neurons             " + count.neurons() + " (" + count.inputs + " of the input)");
      System.out.println("weights             " + count.weights);
      System.out.println("parameters drawn    " + count.drawn() + " (each neuron has a bias, as on slides)");
      System.out.println("parameters held     " + count.held() + " (" + count.biases + " biases: the input has none, as in the summary)");
      return 0;
    });
  }

  private static Count count(ModelSpec spec) {
    long inputs = 0;
    for (var input : spec.inputs()) {
      long size = input.target() ? 0 : 1;
      for (var dim : input.shape()) {
        size *= Polynomials.isConstant(dim) ? dim.factors().stream().mapToLong(Long::longValue).sum() : 1;
      }
      inputs += size;
    }
    long units = 0;
    long weights = 0;
    long biases = 0;
    for (var weight : spec.weights()) {
      if (weight.kind() == WeightKind.PARAMETER) {
        int dot = weight.path().lastIndexOf('.');
        var layer = dot < 0 ? "" : weight.path().substring(0, dot);
        boolean dense = spec.layers().stream().anyMatch(one -> one.path().equals(layer) && one.kind().equals("dense"));
        if (!dense) {
          throw new Fault(weight.path() + " is of no dense layer: where weights are shared or have another part, neurons that are drawn do not tell how many there are",
              "nnc summary counts the parameters of any network");
        }
        boolean bias = weight.shape().size() == 1;
        biases += bias ? weight.size() : 0;
        weights += bias ? 0 : weight.size();
        units += bias ? 0 : weight.shape().getLast();
      }
    }
    return new Count(inputs, units, weights, biases);
  }
}
