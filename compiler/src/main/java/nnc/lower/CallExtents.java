package nnc.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.loops.Loop;
import nnc.loops.bounds.BoundsVerifier;
import nnc.loops.bounds.BoundsVerifier.Exemption;
import nnc.loops.bounds.KernelExtents;
import nnc.loops.bounds.KernelExtents.Place;
import nnc.loops.bounds.KernelExtents.Sizes;
import nnc.loops.bounds.Polynomial;
import nnc.loops.expand.Width;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.Polynomials;
import nnc.schedule.memory.MemoryPlan;

/**
 * What the calls of a plan give their kernels: how much of which slot or weight, and what numbers.
 *
 * @param lowered the kernels of the plan
 * @param calls   of each kernel, its calls that differ
 */
public record CallExtents(List<Loop.Kernel> lowered, List<Set<KernelExtents>> calls, int precision) {

  /** @param weights those that the plan's kernels may read */
  public static CallExtents of(Lowering.Result lowered, MemoryPlan memory, List<ModelSpec.Weight> weights, int precision) {
    var reader = new Reader(lowered.plan(), memory, weights);
    var calls = new ArrayList<Set<KernelExtents>>();
    lowered.kernels().forEach(_ -> calls.add(new LinkedHashSet<>()));
    for (int i = 0; i < lowered.plan().calls().size(); i++) {
      int kernel = lowered.plan().calls().get(i).kernel();
      calls.get(kernel).add(reader.of(i, lowered.kernels().get(kernel)));
    }
    return new CallExtents(lowered.kernels(), calls, precision);
  }

  /** Throws if an access of a kernel is not shown to stay in its buffer; what is right by promise alone. */
  public List<Exemption> check(String title) {
    return check(lowered, 1, title, kernel -> true);
  }

  /** Likewise of kernels that were expanded for a width, where that has changed them. */
  public List<Exemption> check(List<Loop.Kernel> expanded, Width width, String title) {
    return check(expanded, width.lanes(precision), title, kernel -> expanded.get(kernel) != lowered.get(kernel));
  }

  private List<Exemption> check(List<Loop.Kernel> kernels, int lanes, String title, IntPredicate wanted) {
    var exemptions = new ArrayList<Exemption>();
    for (int i = 0; i < kernels.size(); i++) {
      for (var extents : wanted.test(i) ? calls.get(i) : Set.<KernelExtents>of()) {
        exemptions.addAll(BoundsVerifier.check(kernels.get(i), "kernel " + i + " of " + title, extents, lanes, precision));
      }
    }
    return exemptions;
  }

  /** @param weights those that the plan's kernels may read */
  private record Reader(ModelSpec.Plan plan, MemoryPlan memory, List<ModelSpec.Weight> weights) {

    KernelExtents of(int number, Loop.Kernel kernel) {
      var call = plan.calls().get(number);
      var tiling = plan.tiling();
      boolean tiled = tiling.cut() && number >= tiling.from() && number < tiling.to();
      Map<String, Place> places = new HashMap<>();
      Map<String, Polynomial> values = new HashMap<>();
      for (int i = 0; i < kernel.arguments().size(); i++) {
        var name = kernel.arguments().get(i);
        switch (call.arguments().get(i)) {
          case Argument.Slot(var slot, var offset) -> places.put(name, new Place(polynomial(offset), slot(slot, tiled)));
          case Argument.Offset(var offset) -> places.put(name, weight(offset));
          case Argument.Value(var value) -> values.put(name, polynomial(value));
          case Argument.Drawn _ -> { }
        }
      }
      var most = IntStream.range(0, plan.dims().size()).mapToObj(dim -> tiled && dim == tiling.dim() ? OptionalLong.of(tiling.size()) : OptionalLong.empty()).toList();
      var quotients = plan.quotients().stream().map(one -> new KernelExtents.Quotient(polynomial(one.of()), one.by())).toList();
      var sizes = new Sizes(most, quotients, turns(), plan.needs().stream().map(need -> polynomial(need.number())).toList());
      return new KernelExtents(sizes, places, values, polynomial(call.blocks()), polynomial(plan.scratch()));
    }

    /** How many turns there are, by what counts them: of repeats that are counted by the same name, one after the other, each has as many. */
    private List<Polynomial> turns() {
      var turns = new TreeMap<Integer, Polynomial>();
      for (int i = 0; i < plan.repeats().size(); i++) {
        turns.putIfAbsent(Polynomials.turn(plan, i), polynomial(plan.repeats().get(i).turns()));
      }
      return List.copyOf(turns.values());
    }

    /** The weight that a place in the weights array is in. */
    private Place weight(int offset) {
      var own = weights.stream().filter(weight -> weight.offset() <= offset && offset < weight.offset() + weight.size()).findFirst().orElseThrow();
      return new Place(Polynomial.of(offset - own.offset()), List.of(Polynomial.of(own.size())));
    }

    /** What a slot's buffers have; in a tile, where it holds a whole batch, those of the tile's examples. */
    private List<Polynomial> slot(int slot, boolean tiled) {
      if (slot >= memory.sizes().size()) {
        return List.of(polynomial(plan.slots().get(slot)));
      }
      var row = memory.rows().get(slot);
      return tiled && !row.is(0) ? List.of(polynomial(row).times(Polynomial.variable(plan.tiling().dim())))
          : memory.sizes().get(slot).stream().map(this::polynomial).toList();
    }

    private Polynomial polynomial(Dim dim) {
      return polynomial(new PlanSizes(Polynomials.names(plan)).poly(dim));
    }

    private static Polynomial polynomial(ModelSpec.Poly poly) {
      var sum = Polynomial.ZERO;
      for (int i = 0; i < poly.factors().size(); i++) {
        sum = sum.plus(Polynomial.term(poly.factors().get(i), poly.places().get(i).stream().mapToInt(place -> place).toArray()));
      }
      return sum;
    }
  }
}
