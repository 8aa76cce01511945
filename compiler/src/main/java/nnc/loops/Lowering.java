package nnc.loops;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.runtime.ModelSpec;
import nnc.schedule.Form;
import nnc.schedule.Kernel;
import nnc.schedule.MemoryPlan;
import nnc.schedule.Schedule;

/** A schedule as loop kernels, equal ones once, and the plan that calls them. */
public final class Lowering {

  /** Where what is kept lies in the weights array: of a parameter's or state's path, of a table by its op. */
  public interface Offsets {
    int of(Object weight);
  }

  /** @param sources which of the schedule's kernels each loop kernel came from first */
  public record Result(ModelSpec.Plan plan, List<Loop.Kernel> kernels, List<Kernel> sources) {}

  private final Schedule schedule;
  private final MemoryPlan memory;
  private final Offsets offsets;
  private final List<String> dims;
  private final Map<Loop.Kernel, Integer> numbers = new LinkedHashMap<>();
  private final Map<Dim, ModelSpec.Poly> polys = new HashMap<>();
  private final Map<Likeness, Shared> lowered = new HashMap<>();
  private final List<Loop.Kernel> kernels = new ArrayList<>();
  private final List<Kernel> sources = new ArrayList<>();
  private final List<ModelSpec.Call> calls = new ArrayList<>();
  private int scratch;

  private Lowering(Schedule schedule, MemoryPlan memory, Offsets offsets, List<String> dims) {
    this.schedule = schedule;
    this.memory = memory;
    this.offsets = offsets;
    this.dims = dims;
  }

  /** @param className the emitted class's name without package and width */
  public static Result lower(Schedule schedule, MemoryPlan memory, int precision, String className, Offsets offsets) {
    var sizes = new HashSet<Dim>();
    for (var node : schedule.graph().nodes()) {
      for (var dim : node.type().shape()) {
        if (!dim.isConstant()) {
          sizes.add(dim);
        }
      }
      if (node.op() instanceof Op.Size(var dim)) {
        sizes.add(dim);
      }
    }
    var names = new TreeSet<String>();
    sizes.forEach(dim -> names.addAll(dim.variables()));
    return new Lowering(schedule, memory, offsets, List.copyOf(names)).run(precision, className);
  }

  private Result run(int precision, String className) {
    for (var kernel : schedule.kernels()) {
      call(kernel, precision);
    }
    var slots = memory.sizes().stream().map(sizes -> poly(largest(sizes).plus(32))).toList();
    Map<String, ModelSpec.Place> inputs = new LinkedHashMap<>();
    Map<String, ModelSpec.Place> counters = new LinkedHashMap<>();
    for (var node : schedule.graph().nodes()) {
      switch (node.op()) {
        case Op.Input(var name, _, _) -> inputs.put(name, place(node));
        case Op.Counter(var counter) -> counters.put(counter.name().toLowerCase(java.util.Locale.ROOT), place(node));
        default -> { }
      }
    }
    var results = schedule.graph().results().stream().filter(result -> result.role() != Graph.Role.UPDATE)
        .map(result -> new ModelSpec.Result(result.role().name(), result.name(), result.node().type().kind().toString(), place(result.node()))).toList();
    var plan = new ModelSpec.Plan(schedule.graph().name(), className, dims, slots, scratch, calls, inputs, results, counters);
    return new Result(plan, kernels, sources);
  }

  private Lowered lowered(Kernel kernel, int precision) {
    var stored = schedule.stored();
    if (kernel.form() == Form.SCATTER) {
      return LowerScatter.lower(kernel, precision, stored);
    }
    if (LowerTiles.takes(kernel)) {
      return LowerTiles.lower(kernel, precision, stored);
    }
    var picture = Picture.of(kernel);
    if (picture == null) {
      return LowerNest.lower(kernel, precision, stored);
    }
    return ((Op.Conv) kernel.nodes().getFirst().op()).role() == Op.ConvRole.FILTER ? LowerFilter.lower(kernel, picture, precision, stored)
        : LowerConvolution.lower(kernel, picture, precision, stored);
  }

  private ModelSpec.Place place(Node node) {
    return new ModelSpec.Place(memory.slots().get(schedule.place(node).whole()), node.type().shape().stream().map(this::poly).toList());
  }

  /** At least as large as each: the sum of those that no other is certain to exceed. */
  private static Dim largest(java.util.Set<Dim> sizes) {
    var top = sizes.stream().filter(size -> sizes.stream().noneMatch(other -> other != size && !other.equals(size) && Index.positive(other.minus(size)))).toList();
    return top.stream().reduce(Dim.ZERO, Dim::plus);
  }

  private ModelSpec.Poly poly(Dim dim) {
    return polys.computeIfAbsent(dim, size -> poly(size, dims));
  }

  /** A dimension in the runtime's terms; {@code dims} names its variables by place. */
  public static ModelSpec.Poly poly(Dim dim, List<String> dims) {
    return new ModelSpec.Poly(List.copyOf(dim.terms().values()),
        dim.terms().keySet().stream().map(names -> names.stream().map(dims::indexOf).toList()).toList());
  }

  /** A kernel that has been lowered, as those that are like it call it. */
  private record Shared(int number, Likeness likeness, Lowered lowered, List<ModelSpec.Argument> sizes, ModelSpec.Poly blocks, ModelSpec.Poly work) {}

  private void call(Kernel kernel, int precision) {
    var likeness = Likeness.of(kernel, schedule.stored());
    var shared = lowered.get(likeness);
    if (shared == null) {
      shared = shared(likeness, lowered(kernel, precision));
      lowered.put(likeness, shared);
    }
    var arguments = new ArrayList<ModelSpec.Argument>();
    for (var origin : shared.lowered.origins().values()) {
      arguments.add(argument(counterpart(origin, shared.likeness, likeness)));
    }
    arguments.addAll(shared.sizes);
    calls.add(new ModelSpec.Call(shared.number, arguments, shared.blocks, shared.lowered.parallel(), shared.work, label(kernel), line(kernel)));
  }

  /** What stands in a kernel for what another one, which is like it, reads or writes. */
  private static Object counterpart(Object origin, Likeness of, Likeness in) {
    if (of == in) {
      return origin;
    }
    int place = of.place(origin instanceof Values.Stretch(var node, _) ? node : origin);
    var other = in.origins.get(place);
    return origin instanceof Values.Stretch(_, var offset)
        ? new Values.Stretch((Node) other, offset.plus(in.anchors.get(place).minus(of.anchors.get(place)))) : other;
  }

  private Shared shared(Likeness likeness, Lowered lowered) {
    var sizes = new TreeSet<String>();
    lowered.kernel().domain().shape().forEach(dim -> sizes.addAll(dim.variables()));
    lowered.origins().values().stream().filter(Values.Stretch.class::isInstance)
        .forEach(stretch -> ((Values.Stretch) stretch).node().type().shape().forEach(dim -> sizes.addAll(dim.variables())));
    lowered.dims().forEach(dim -> sizes.addAll(dim.variables()));
    var names = new ArrayList<>(lowered.origins().keySet());
    sizes.forEach(name -> names.add(Index.argument(name)));
    var kernel = new Loop.Kernel(names, lowered.block(), lowered.kind(), lowered.body(), lowered.scratch());
    scratch = Math.max(scratch, lowered.scratch());
    var number = numbers.computeIfAbsent(Canonical.withoutLines(kernel), _ -> {
      kernels.add(kernel);
      sources.add(lowered.kernel());
      return kernels.size() - 1;
    });
    var values = sizes.stream().<ModelSpec.Argument>map(name -> new ModelSpec.Argument.Value(poly(Dim.open(name)))).toList();
    return new Shared(number, likeness, lowered, values, poly(lowered.blocks()), poly(lowered.work()));
  }

  private ModelSpec.Argument argument(Object origin) {
    if (!(origin instanceof Values.Stretch(var node, var offset))) {
      return new ModelSpec.Argument.Offset(offsets.of(origin));
    }
    var place = schedule.place(node);
    return new ModelSpec.Argument.Slot(memory.slots().get(place.whole()), poly(place.offset().plus(offset)));
  }

  private static Node main(Kernel kernel) {
    return kernel.nodes().isEmpty() ? kernel.writes().getFirst().node() : kernel.nodes().getFirst();
  }

  private static int line(Kernel kernel) {
    return main(kernel).span().line();
  }

  /** The first and the last node of a kernel, in words. */
  static String label(Kernel kernel) {
    var first = GraphPrinter.describe(main(kernel).op());
    return kernel.nodes().size() > 1 ? first + " .. " + GraphPrinter.describe(kernel.nodes().getLast().op()) : first;
  }
}
