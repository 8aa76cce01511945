package nnc.elaborate;

import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.runtime.ModelSpec;
import nnc.source.Span;

/** How parameters may start: names, and how many numbers each takes. */
final class Initialisers {
  private Initialisers() {}

  private record Count(int least, int most) {}

  private static final Map<String, Count> COUNTS = Map.ofEntries(
      Map.entry("zeros", new Count(0, 0)), Map.entry("ones", new Count(0, 0)), Map.entry("constant", new Count(1, 1)),
      Map.entry("uniform", new Count(2, 2)), Map.entry("normal", new Count(0, 2)), Map.entry("truncated_normal", new Count(0, 2)),
      Map.entry("glorot_uniform", new Count(0, 0)), Map.entry("glorot_normal", new Count(0, 0)), Map.entry("he_uniform", new Count(0, 0)),
      Map.entry("he_normal", new Count(0, 0)), Map.entry("lecun_normal", new Count(0, 0)), Map.entry("orthogonal", new Count(0, 1)),
      Map.entry("sparse", new Count(1, 1)), Map.entry("identity", new Count(0, 0)));

  static final Set<String> NAMES = COUNTS.keySet();

  static ModelSpec.Initialiser of(String name, List<Double> numbers, Span span) {
    var count = COUNTS.get(name);
    if (numbers.size() < count.least || numbers.size() > count.most) {
      throw new Fault(span, "the initialiser " + name + " takes " + (count.least == count.most ? count.least : count.least + " to " + count.most)
          + " numbers, and has " + numbers.size());
    }
    return new ModelSpec.Initialiser(name, numbers);
  }
}
