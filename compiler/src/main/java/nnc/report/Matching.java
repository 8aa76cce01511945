package nnc.report;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import nnc.elaborate.OutputUse;
import nnc.elaborate.OutputUse.Compared;
import nnc.graph.Type;
import nnc.runtime.base.Fault;
import nnc.source.Suggestion;

/**
 * Which output goes with which target: as it is told; else as the program compares them; else by the categories whose classes an output speaks of; else by
 * types and shapes, where only one target fits.
 */
final class Matching {
  private final Map<String, Type> targets;
  private final Map<String, Type> all;
  private final Map<String, String> told;

  /**
   * @param targets types of all targets, by name
   * @param all     types of inputs too
   * @param told    by output, what it is to be compared with
   */
  Matching(Map<String, Type> targets, Map<String, Type> all, Map<String, String> told) {
    this.targets = targets;
    this.all = all;
    this.told = told;
  }

  /**
   * A comparison for each output that goes with something; those that are told alone, if any are.
   *
   * @throws Fault if none does, or the program leaves open which
   */
  List<OutputComparison> of(List<OutputUse> outputs) {
    var names = outputs.stream().map(OutputUse::name).toList();
    told.forEach((output, _) -> {
      if (!names.contains(output)) {
        throw new Fault("--match " + output + "=...: there is no output " + output + Suggestion.sentence(output, names), "the outputs are " + String.join(", ", names));
      }
    });
    var found = told.isEmpty() ? seen(outputs) : outputs.stream().filter(output -> told.containsKey(output.name())).map(this::told).toList();
    if (found.isEmpty()) {
      throw new Fault(outputs.isEmpty() ? "the program has no output to report on" : "no output goes with a target: the outputs are "
          + outputs.stream().map(output -> output.name() + ": " + output.type()).collect(Collectors.joining(", ")) + "; "
          + (targets.isEmpty() ? "there is no target" : "the targets are " + text(targets)),
          outputs.isEmpty() ? "declare one: output NAME = ..." : "say which does: --match " + outputs.getFirst().name() + "=TARGET");
    }
    return found;
  }

  private static String text(Map<String, Type> types) {
    return types.entrySet().stream().map(type -> type.getKey() + ": " + type.getValue()).collect(Collectors.joining(", "));
  }

  private OutputComparison told(OutputUse output) {
    var name = told.get(output.name());
    var type = all.get(name);
    if (type == null) {
      throw new Fault("--match " + output.name() + "=" + name + ": there is no target or input " + name + Suggestion.sentence(name, all.keySet()),
          "there are " + text(all));
    }
    var how = output.compared().stream().filter(compared -> compared.with().equals(name)).findFirst().orElse(plain(name));
    var comparison = new OutputComparison(output, type, how, "--match says so");
    if (comparison.task() == null) {
      throw new Fault("--match " + output.name() + "=" + name + ": " + output.type() + " cannot be compared with " + type,
          "classes are float[..., C] or int[...] against int[...]; all else has one shape");
    }
    return comparison;
  }

  private static Compared plain(String name) {
    return new Compared(name, Set.of(), OptionalDouble.empty(), false, false);
  }

  /** What the program itself says; what it compares with nothing is no prediction, unless that goes for all outputs. */
  private List<OutputComparison> seen(List<OutputUse> outputs) {
    var compared = outputs.stream().flatMap(output -> single(output, compared(output)).stream()).toList();
    if (!compared.isEmpty()) {
      return compared;
    }
    return outputs.stream().filter(output -> output.compared().isEmpty()).flatMap(output -> single(output, fitting(output)).stream()).toList();
  }

  private static List<OutputComparison> single(OutputUse output, List<OutputComparison> fitting) {
    var named = fitting.stream().filter(comparison -> comparison.with().equals(output.names())).toList();
    var itself = fitting.stream().filter(comparison -> comparison.how().asItIs()).toList();
    var left = !named.isEmpty() ? named : !itself.isEmpty() ? itself : fitting;
    if (left.size() > 1) {
      throw new Fault("output " + output.name() + " may go with " + left.stream().map(OutputComparison::with).collect(Collectors.joining(" or with ")),
          "say which: --match " + output.name() + "=" + left.getFirst().with());
    }
    return left;
  }

  private List<OutputComparison> compared(OutputUse output) {
    return output.compared().stream().map(how -> new OutputComparison(output, all.get(how.with()), how, by(how.by()))).filter(comparison -> comparison.task() != null).toList();
  }

  private static String by(Set<String> by) {
    return by.isEmpty() ? "the program compares them" : String.join(" and ", by) + (by.size() == 1 ? " compares them" : " compare them");
  }

  private List<OutputComparison> fitting(OutputUse output) {
    return targets.entrySet().stream().map(target -> new OutputComparison(output, target.getValue(), plain(target.getKey()),
        target.getKey().equals(output.names()) ? "it speaks of its classes" : "it is the only target of a type and shape that fit"))
        .filter(comparison -> comparison.task() != null).toList();
  }
}
