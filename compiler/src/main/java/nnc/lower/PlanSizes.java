package nnc.lower;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.lower.common.AffineIndex;
import nnc.runtime.spec.ModelSpec;

/** Sizes in the runtime's terms: polynomials in a plan's open dimensions, and behind these in the quotients that it has of them. */
public final class PlanSizes {
  private final List<String> dims;
  private final Map<Dim, ModelSpec.Poly> polys = new HashMap<>();

  /** @param dims the open dimensions, and behind them the names of quotients; the runtime knows them by place */
  PlanSizes(List<String> dims) {
    this.dims = dims;
  }

  /** The quotients that occur in sizes and those that these are made of, each behind what it is made of. */
  static Map<String, Dim.Quotient> quotients(Collection<Dim> sizes) {
    var found = new LinkedHashMap<String, Dim.Quotient>();
    sizes.stream().flatMap(size -> size.quotients().entrySet().stream()).sorted(Map.Entry.comparingByKey()).forEach(quotient -> {
      quotients(List.of(quotient.getValue().of())).forEach(found::putIfAbsent);
      found.putIfAbsent(quotient.getKey(), quotient.getValue());
    });
    return found;
  }

  /** The place of an open dimension; -1 if the plan has none of that name. */
  int place(String name) {
    return dims.indexOf(name);
  }

  /** At least as large as each: the sum of those that no other is certain to exceed. */
  static Dim largest(Set<Dim> sizes) {
    var top = sizes.stream().filter(size -> sizes.stream().noneMatch(other -> other != size && !other.equals(size) && AffineIndex.positive(other.minus(size)))).toList();
    return top.stream().reduce(Dim.ZERO, Dim::plus);
  }

  ModelSpec.Poly poly(Dim dim) {
    var known = polys.get(dim);
    if (known == null) {
      known = poly(dim, dims);
      polys.put(dim, known);
    }
    return known;
  }

  /** A dimension in the runtime's terms; {@code dims} has the names of its variables by place. */
  public static ModelSpec.Poly poly(Dim dim, List<String> dims) {
    return new ModelSpec.Poly(List.copyOf(dim.terms().values()),
        dim.terms().keySet().stream().map(names -> names.stream().map(dims::indexOf).toList()).toList());
  }
}
