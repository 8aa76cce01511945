package nnc.explain.example;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nnc.elaborate.Traced;
import nnc.elaborate.Traced.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;

/**
 * What values are called: as the program calls them; of layers {@code z_} and the path is the weighted sum, {@code a_} and the path what the activation makes
 * of it. A name that has stood for several values is numbered from the second on.
 */
final class ValueNames {
  private final Map<String, Node> byName = new LinkedHashMap<>();
  private final NodeMap<String> byNode = new NodeMap<>();
  private final NodeSet sums = new NodeSet();

  private ValueNames() {}

  static ValueNames of(List<Traced.Step> steps) {
    var names = new ValueNames();
    steps.stream().filter(step -> step.kind() == Kind.NAME).forEach(step -> names.name(step.name(), step.value()));
    var activated = new NodeSet();
    steps.stream().filter(step -> step.kind() == Kind.ACTIVATION).forEach(step -> activated.add(step.value()));
    for (var step : steps) {
      switch (step.kind()) {
        case ACTIVATION -> {
          names.name("a_" + (step.name().isEmpty() ? step.made() : step.name()), step.value());
          names.name("z_" + names.of(step.value()).orElseThrow().replaceFirst("^a_", ""), step.of());
          names.sums.add(step.of());
        }
        case LAYER -> {
          if (!activated.contains(step.value())) {
            names.name("z_" + step.name(), step.value());
            names.sums.add(step.value());
          }
        }
        case NAME -> { }
      }
    }
    return names;
  }

  private void name(String wanted, Node value) {
    if (byNode.contains(value) || value.op() instanceof Op.Parameter) {
      return;
    }
    var name = wanted;
    for (int i = 2; byName.containsKey(name); i++) {
      name = wanted + "_" + i;
    }
    byName.put(name, value);
    byNode.put(value, name);
  }

  /** Values by their names, those of the program first. */
  Map<String, Node> byName() {
    return byName;
  }

  Optional<String> of(Node value) {
    return Optional.ofNullable(byNode.get(value));
  }

  /** Whether it is what an activation is applied to, or what a layer gives without one: the weighted sum of a neuron. */
  boolean isSum(Node value) {
    return sums.contains(value);
  }
}
