package nnc.lower;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import nnc.analysis.Batch;
import nnc.analysis.SizeNeeds;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.loops.Loop;
import nnc.lower.SharedKernels.Shared;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.Origin;
import nnc.lower.common.PackedOperand;
import nnc.optimizations.Switches;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Polynomials;
import nnc.schedule.Kernel;
import nnc.schedule.Schedule;
import nnc.schedule.memory.MemoryPlan;
import nnc.source.CompilerFault;
import nnc.source.Span;

/** A schedule as loop kernels, equal ones once, and the plan that calls them. */
public final class Lowering {

  /** Where what is kept lies in the weights array. */
  public interface Offsets {
    int of(Origin.Kept kept);
  }

  /**
   * What is made of a schedule.
   *
   * @param precision bits of an element
   * @param className the emitted class's name without package and width
   * @param offsets   where what is kept lies in the weights array
   */
  public record Target(int precision, String className, Offsets offsets, Switches switches) {}

  /**
   * A lowered plan.
   *
   * @param sources which of the schedule's kernels each loop kernel came from first
   * @param calls   by kernel of the schedule, the place of its call in the plan
   */
  public record Result(ModelSpec.Plan plan, List<Loop.Kernel> kernels, List<Kernel> sources, List<Integer> calls) {}

  private final Schedule schedule;
  private final Graph elaborated;
  private final Batch batch;
  private final MemoryPlan memory;
  private final Offsets offsets;
  private final OperandReuse reuse;
  private final PlanSizes sizes;
  private final SharedKernels shared;
  private final List<ModelSpec.Call> prepared = new ArrayList<>();
  /** Calls that precede those over tiles of the batch, those, and the ones behind them. */
  private final List<ModelSpec.Call> before = new ArrayList<>();
  private final List<ModelSpec.Call> tiled = new ArrayList<>();
  private final List<ModelSpec.Call> calls = new ArrayList<>();
  /** Where factors are copied that the kernel at hand reads: what it has for all examples alike is there before the tiles. */
  private List<ModelSpec.Call> current = calls;
  /** Slots of prepared factors, by what is called to fill them; and how large they are. */
  private final Map<Copy, Integer> copies = new LinkedHashMap<>();
  /** Sizes of the slots behind those of the memory plan: of prepared factors, and of what kernels leave for their second phases. */
  private final List<Set<Dim>> besides = new ArrayList<>();
  /** The slots of partial results that second phases read, by branch: in each they are all the same, as each phase is run right behind its first. How large they are. */
  private final Map<Integer, Integer> partials = new TreeMap<>();
  private final Set<Dim> partialSizes = new LinkedHashSet<>();

  private final CallStretches stretches;

  /**
   * A call of a copying kernel, but for where it copies to.
   *
   * @param keeps whether it copies nothing but weights
   */
  private record Copy(int kernel, List<List<Object>> reads, boolean keeps) {}

  private Lowering(Schedule schedule, Graph elaborated, Batch batch, MemoryPlan memory, Target target, List<String> dims) {
    this.schedule = schedule;
    this.elaborated = elaborated;
    this.batch = batch;
    this.memory = memory;
    this.offsets = target.offsets;
    reuse = new OperandReuse(schedule);
    stretches = new CallStretches(schedule);
    sizes = new PlanSizes(dims);
    shared = new SharedKernels(new KernelLowering(schedule, reuse, target.precision, target.switches), sizes, this::leave);
  }

  /**
   * @param elaborated the graph before all passes, with inputs that nothing reads any more
   * @param batch      what counts its examples, and how its results depend on them
   */
  public static Result lower(Schedule schedule, Graph elaborated, Batch batch, MemoryPlan memory, Target target) {
    var sizes = new HashSet<Dim>();
    for (var node : schedule.graph().nodes()) {
      for (var dim : node.type().shape()) {
        if (!dim.isConstant()) {
          sizes.add(dim);
        }
      }
      switch (node.op()) {
        case Op.Size(var dim) -> sizes.add(dim);
        case Op.Slice(var start, var count, _) -> {
          sizes.addAll(start);
          sizes.addAll(count);
        }
        case Op.Pad(var low, var high, _, _) -> {
          sizes.addAll(low);
          sizes.addAll(high);
        }
        default -> { }
      }
    }
    var names = new TreeSet<String>();
    sizes.forEach(dim -> names.addAll(dim.variables()));
    var dims = new LinkedHashSet<>(names);
    unread(schedule.graph(), elaborated).forEach(input -> input.type().shape().forEach(dim -> dims.addAll(dim.variables())));
    var needs = SizeNeeds.of(elaborated.needed(node -> node.op() instanceof Op.Input));
    needs.forEach(need -> dims.addAll(need.size().variables()));
    needs.forEach(need -> sizes.add(need.size()));
    schedule.repeats().forEach(repeat -> dims.addAll(repeat.turns().variables()));
    schedule.repeats().forEach(repeat -> sizes.add(repeat.turns()));
    var turns = new LinkedHashSet<String>();
    schedule.repeats().forEach(repeat -> turns.add(repeat.turn()));
    dims.removeAll(turns);
    var quotients = PlanSizes.quotients(sizes);
    var open = List.copyOf(dims);
    dims.addAll(quotients.keySet());
    dims.addAll(turns);
    return new Lowering(schedule, elaborated, batch, memory, target, List.copyOf(dims)).run(target.className, open, quotients, needs);
  }

  private Result run(String className, List<String> dims, Map<String, Dim.Quotient> quotients, List<SizeNeeds.Need> needed) {
    var needs = needed.stream().map(need -> new ModelSpec.Need(sizes.poly(need.size()), place(need.span()) + need.text())).toList();
    var called = new ArrayList<ModelSpec.Call>();
    for (int place = 0; place < schedule.kernels().size(); place++) {
      var kernel = schedule.kernels().get(place);
      if (stretches.begin(place, calls.size())) {
        forget();
      }
      boolean amongTiles = called.size() < memory.tiles().kernels();
      current = amongTiles ? before : calls;
      var phases = placed(kernel, () -> calls(kernel, amongTiles ? LoweredKernel.Phases.ONE : LoweredKernel.Phases.ONE_OR_TWO));
      called.add(phases.getFirst());
      var list = schedule.weightOnly().kernels().contains(kernel) ? prepared : !amongTiles ? calls : memory.tiles().isAlike(kernel) ? before : tiled;
      list.addAll(phases);
      if (stretches.end(place + 1, calls.size())) {
        forget();
      }
    }
    // of many slots, few differ
    Map<Set<Dim>, ModelSpec.Poly> rooms = new HashMap<>();
    var slots = new ArrayList<>(memory.sizes().stream()
        .map(all -> rooms.computeIfAbsent(all, _ -> sizes.poly(PlanSizes.largest(all).plus(NumericArrays.SLOT_SPARE).growing()))).toList());
    besides.forEach(all -> slots.add(sizes.poly(PlanSizes.largest(all).growing())));
    var all = new ArrayList<>(prepared);
    all.addAll(before);
    all.addAll(tiled);
    all.addAll(calls);
    Map<String, ModelSpec.Place> inputs = new LinkedHashMap<>();
    Map<String, ModelSpec.Place> counters = new LinkedHashMap<>();
    for (var node : schedule.graph().nodes()) {
      switch (node.op()) {
        case Op.Input(var name, _, _) -> inputs.put(name, place(node));
        case Op.Counter(var counter) -> counters.put(counter.name().toLowerCase(java.util.Locale.ROOT), place(node));
        default -> { }
      }
    }
    Map<String, List<ModelSpec.Poly>> unread = new LinkedHashMap<>();
    unread(schedule.graph(), elaborated).forEach(input -> unread.put(input.name(), input.type().shape().stream().map(sizes::poly).toList()));
    var divisions = quotients.entrySet().stream()
        .map(one -> new ModelSpec.Quotient(one.getKey(), sizes.poly(one.getValue().of()), Math.toIntExact(one.getValue().by()))).toList();
    int untiled = prepared.size() + before.size() + tiled.size();
    var plan = new ModelSpec.Plan(schedule.graph().name(), className, dims, divisions, sizes.place(batch.name()), slots, bits(), shared.scratch(), all, prepared.size(),
        tiles(prepared.size() + before.size()), schedule.weightOnly().learns(), inputs, unread, results(), counters, needs, repeats(untiled), branches(untiled));
    var places = new IdentityHashMap<ModelSpec.Call, Integer>();
    all.forEach(call -> places.put(call, places.size()));
    return new Result(plan, shared.kernels(), shared.sources(), called.stream().map(places::get).toList());
  }

  /** Of what is copied in each turn or branch, or before, nobody else has a copy: it may be another by then, or not be there yet. */
  private void forget() {
    copies.keySet().removeIf(copy -> !copy.keeps());
  }

  private List<ModelSpec.Repeat> repeats(int from) {
    return schedule.repeats().stream().map(repeat -> new ModelSpec.Repeat(repeat.turn(), sizes.poly(repeat.turns()), from + stretches.from(repeat), from + stretches.to(repeat),
        repeat.going() == null ? null : place(repeat.going()))).toList();
  }

  private List<List<Integer>> branches(int from) {
    return schedule.branches().stream().map(branches -> stretches.bounds(branches).stream().map(bound -> from + bound).toList()).toList();
  }

  /** Work on a kernel; what goes wrong is told with the kernel's place. */
  private static <T> T placed(Kernel kernel, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException | StackOverflowError e) {
      throw CompilerFault.at(main(kernel).span(), e);
    }
  }

  /** Slots of whole numbers; and that of columns' parts, which may be some. */
  private List<Integer> bits() {
    var bits = new TreeSet<Integer>();
    memory.slots().forEach((node, slot) -> {
      if (node.type().kind() == Kind.INT) {
        bits.add(slot);
      }
    });
    bits.addAll(partials.values());
    return List.copyOf(bits);
  }

  /** Inputs of which no value is read; none of the targets, where outputs are all that is computed. */
  private static List<Op.Input> unread(Graph graph, Graph elaborated) {
    var read = graph.nodes().stream().map(Node::op).filter(Op.Input.class::isInstance).collect(java.util.stream.Collectors.toSet());
    boolean predicts = graph.results().stream().allMatch(result -> switch (result.role()) {
      case OUTPUT, VALUE, CHECK -> true;
      case LOSS, TERM, METRIC, SUM, PROD, MAX, MIN, ROWS, UPDATE, GRADIENT, DECLARED_GRADIENT, CARRIED -> false;
    });
    return elaborated.nodes().stream().map(Node::op).filter(op -> op instanceof Op.Input(_, var target, _) && !(target && predicts) && !read.contains(op))
        .map(Op.Input.class::cast).toList();
  }

  private List<ModelSpec.Result> results() {
    var results = new ArrayList<ModelSpec.Result>();
    for (int i = 0; i < schedule.graph().results().size(); i++) {
      var result = schedule.graph().results().get(i);
      if (result.role() != Graph.Role.UPDATE) {
        results.add(new ModelSpec.Result(role(result.role()), result.name(), kind(result.node().type()), place(result.node()),
            batch.rows().get(i), ""));
      }
    }
    return results;
  }

  private static ModelSpec.Role role(Graph.Role role) {
    return switch (role) {
      case OUTPUT -> ModelSpec.Role.OUTPUT;
      case VALUE -> ModelSpec.Role.VALUE;
      case LOSS -> ModelSpec.Role.LOSS;
      case TERM -> ModelSpec.Role.TERM;
      case METRIC -> ModelSpec.Role.METRIC;
      case GRADIENT -> ModelSpec.Role.GRADIENT;
      case DECLARED_GRADIENT -> ModelSpec.Role.DECLARED_GRADIENT;
      case CHECK -> ModelSpec.Role.CHECK;
      case SUM -> ModelSpec.Role.SUM;
      case PROD -> ModelSpec.Role.PROD;
      case MAX -> ModelSpec.Role.MAX;
      case MIN -> ModelSpec.Role.MIN;
      case ROWS -> ModelSpec.Role.ROWS;
      case CARRIED -> ModelSpec.Role.CARRIED;
      case UPDATE -> throw new IllegalArgumentException("updates are written in place");
    };
  }

  /** What elements are, in the runtime's terms. */
  public static ModelSpec.ElementKind kind(Type type) {
    return switch (type.kind()) {
      case FLOAT -> ModelSpec.ElementKind.FLOAT;
      case INT -> ModelSpec.ElementKind.INT;
      case BOOL -> ModelSpec.ElementKind.BOOL;
    };
  }

  /** The tiles that calls run over, from that of place {@code from} on. */
  private ModelSpec.Tiling tiles(int from) {
    var tiles = memory.tiles();
    return tiles.kernels() == 0 ? ModelSpec.Tiling.NONE : new ModelSpec.Tiling(sizes.place(tiles.batch()), tiles.size(), from, from + tiled.size(),
        List.copyOf(memory.own()), memory.rows().stream().map(sizes::poly).toList());
  }

  private static String place(Span span) {
    return span.equals(Span.NONE) ? "" : Path.of(span.file()).getFileName() + ":" + span.line() + ": ";
  }

  private ModelSpec.Place place(Node node) {
    return new ModelSpec.Place(memory.slots().get(schedule.location(node).whole()), node.type().shape().stream().map(sizes::poly).toList());
  }

  /** A kernel's call; behind it that of its second phase, if it has one. */
  private List<ModelSpec.Call> calls(Kernel kernel, LoweredKernel.Phases phases) {
    var signature = KernelSignature.of(kernel, schedule.stored(), reuse);
    var like = shared.of(kernel, signature, phases);
    var first = like.call(arguments(like, signature, kernel), label(kernel), line(kernel));
    var second = like.second();
    return second == null ? List.of(first) : List.of(first, second.call(arguments(second, signature, kernel), "totals of " + label(kernel), line(kernel)));
  }

  private List<ModelSpec.Argument> arguments(Shared model, KernelSignature signature, Kernel kernel) {
    var arguments = new ArrayList<ModelSpec.Argument>();
    for (var origin : model.lowered().origins().values()) {
      var own = counterpart(origin, model.signature(), signature);
      arguments.add(origin instanceof PackedOperand like && own instanceof PackedOperand factor
          ? new ModelSpec.Argument.Slot(copy(factor, shared.copying(like), kernel)) : argument(own));
    }
    arguments.addAll(model.sizes());
    return arguments;
  }

  /** The slots of partial results are at least so large. */
  private void leave(Dim size) {
    partials();
    partialSizes.add(size);
  }

  /** The slot of partial results of the branch at hand. */
  private int partials() {
    return partials.computeIfAbsent(stretches.branch(), _ -> slot(partialSizes));
  }

  private int slot(Set<Dim> sizes) {
    besides.add(sizes);
    return memory.sizes().size() + besides.size() - 1;
  }

  /** What stands in a kernel for what another one, which is like it, reads or writes. */
  private static Origin counterpart(Origin origin, KernelSignature of, KernelSignature in) {
    if (of == in) {
      return origin;
    }
    return switch (origin) {
      case Origin.Own own -> own;
      case Origin.Drawn drawn -> drawn;
      case PackedOperand factor -> {
        var origins = new LinkedHashMap<>(factor.copy().origins());
        origins.replaceAll((_, read) -> counterpart(read, of, in));
        yield factor.reading(origins);
      }
      case Origin.Stretch(var base, var offset) -> {
        int place = of.place(base);
        yield new Origin.Stretch(in.origins.get(place), offset.plus(in.anchors.get(place).minus(of.anchors.get(place))));
      }
    };
  }

  /** What the runtime is told of an origin, but for copies of operands, whose slots are found as they are made. */
  private ModelSpec.Argument argument(Origin origin) {
    return switch (origin) {
      case Origin.Stretch(Origin.Buffer(var node), var offset) -> {
        var place = schedule.location(node);
        yield new ModelSpec.Argument.Slot(memory.slots().get(place.whole()), sizes.poly(place.offset().plus(offset)));
      }
      case Origin.Stretch(Origin.Kept kept, var offset) -> new ModelSpec.Argument.Offset(offsets.of(kept) + offset.fixed());
      case Origin.Drawn(var draws, var high) -> new ModelSpec.Argument.Drawn(sizes.place(draws.rows()), sizes.poly(draws.row()), high);
      case Origin.Own own when own == Origin.Own.PARTIALS -> new ModelSpec.Argument.Slot(partials());
      case Origin.Own _, PackedOperand _ -> throw new IllegalStateException("a copy has no slot yet");
    };
  }

  /** The slot of a factor's copy, which is made here if no product before has needed it. */
  private int copy(PackedOperand factor, Shared copying, Kernel reader) {
    var reads = factor.copy().origins().values().stream().filter(origin -> origin != Origin.Own.PACKED).map(origin -> key(argument(origin))).toList();
    boolean keeps = factor.copy().origins().values().stream().allMatch(origin -> origin == Origin.Own.PACKED || origin instanceof Origin.Stretch(Origin.Kept _, _));
    return copies.computeIfAbsent(new Copy(copying.number(), reads, keeps), _ -> {
      int slot = slot(Set.of(Dim.of(factor.size())));
      var arguments = new ArrayList<ModelSpec.Argument>();
      for (var origin : factor.copy().origins().values()) {
        arguments.add(origin == Origin.Own.PACKED ? new ModelSpec.Argument.Slot(slot) : argument(origin));
      }
      arguments.addAll(copying.sizes());
      var call = copying.call(arguments, "copies a factor of " + label(reader), line(reader));
      if (!factor.isFixed() && keeps && stretches.areOpen()) {
        calls.add(stretches.precede(), call);
      } else {
        (factor.isFixed() ? prepared : current).add(call);
      }
      return slot;
    });
  }

  /** An argument by content. How the runtime's own records are compared the JVM works out at every start, which takes longer than lowering. */
  private static List<Object> key(ModelSpec.Argument argument) {
    return switch (argument) {
      case ModelSpec.Argument.Slot(var slot, var offset) -> List.of(slot, offset.factors(), offset.places());
      case ModelSpec.Argument.Offset(var offset) -> List.of(offset);
      case ModelSpec.Argument.Drawn(var dim, var row, var high) -> List.of(dim, row.factors(), row.places(), high);
      case ModelSpec.Argument.Value(var value) -> List.of(value.factors(), value.places());
    };
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

  /** Elements of the slots that a plan has besides those of its memory plan: of factors copied as products read them, and of columns' parts. */
  public static long besides(ModelSpec.Plan plan, MemoryPlan memory, ToLongFunction<String> dims) {
    int[] values = Polynomials.sizes(plan, plan.dims().stream().mapToInt(name -> (int) dims.applyAsLong(name)).toArray());
    return plan.slots().stream().skip(memory.sizes().size()).mapToLong(slot -> Polynomials.value(slot, values)).sum();
  }
}
