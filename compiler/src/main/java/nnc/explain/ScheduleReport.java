package nnc.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.graph.GraphPrinter;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.lower.Lowering;
import nnc.machine.Machine;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Polynomials;
import nnc.schedule.Schedule;
import nnc.schedule.SchedulePrinter;
import nnc.schedule.cost.KernelCost;
import nnc.schedule.memory.MemoryPlan;

/** What a schedule decided, for people: kernels with their costs, what was fused or not and why, the memory plan. */
public final class ScheduleReport {

  /**
   * What is reported.
   *
   * @param plan      the runtime's view of it
   * @param calls     by kernel, the place of its call in the plan, which copies factors and adds up parts of columns besides
   * @param precision bits of an element
   * @param dims      sizes of the open dimensions that figures are told for
   * @param machine   whose times are predicted
   * @param nanos     measured times of the calls; empty if none were
   */
  public record Subject(Schedule schedule, MemoryPlan memory, ModelSpec.Plan plan, List<Integer> calls, int precision,
      ToLongFunction<String> dims, Machine machine, List<Double> nanos) {

    /** Costs of the kernels: of those that run over tiles, of all tiles together. */
    public List<KernelCost> costs() {
      var costs = KernelCost.of(schedule, memory, dims, precision, machine.cache());
      if (!cuts()) {
        return costs;
      }
      var tiles = KernelCost.of(schedule, memory, tileDims(), precision, machine.cache());
      return IntStream.range(0, costs.size()).mapToObj(kernel -> isTiled(kernel) ? tiles.get(kernel).times(tiles()) : costs.get(kernel)).toList();
    }

    /** Seconds that each kernel takes by the model. */
    public List<Double> predicted(List<KernelCost> costs) {
      return IntStream.range(0, costs.size()).mapToObj(kernel -> isTiled(kernel)
          ? tiles() * seconds(costs.get(kernel).times(1 / tiles()), kernel, tileDims()) : seconds(costs.get(kernel), kernel, dims)).toList();
    }

    private double seconds(KernelCost cost, int kernel, ToLongFunction<String> dims) {
      return forks(call(kernel), dims) ? cost.secondsOnAllThreads(machine) : cost.seconds(machine);
    }

    /** Whether the batch is larger than a tile. */
    private boolean cuts() {
      return plan.tiling().cut() && tiles() > 1;
    }

    /** How many tiles the batch is; not a whole number if the last is smaller. */
    private double tiles() {
      return (double) dims.applyAsLong(memory.tiles().batch()) / plan.tiling().size();
    }

    private ToLongFunction<String> tileDims() {
      return name -> name.equals(memory.tiles().batch()) ? plan.tiling().size() : dims.applyAsLong(name);
    }

    private boolean isTiled(int kernel) {
      return cuts() && calls.get(kernel) >= plan.tiling().from() && calls.get(kernel) < plan.tiling().to();
    }

    /** The call of a kernel. */
    public ModelSpec.Call call(int kernel) {
      return plan.calls().get(calls.get(kernel));
    }

    /** Measured nanoseconds of a kernel's call. */
    public double nanos(int kernel) {
      return nanos.get(calls.get(kernel));
    }

    private long value(ModelSpec.Poly poly, ToLongFunction<String> dims) {
      return Polynomials.value(poly, Polynomials.sizes(plan, plan.dims().stream().mapToInt(name -> (int) dims.applyAsLong(name)).toArray()));
    }

    private boolean forks(ModelSpec.Call call, ToLongFunction<String> dims) {
      var work = call.work();
      return machine.threads() > 1 && call.parallel() && value(work, dims) >= ModelSpec.Call.FORK;
    }

    /** What each kernel computes and stores, in the numbers of the graph's nodes. */
    public List<String> computes() {
      return schedule.kernels().stream().map(new SchedulePrinter(schedule.graph())::computes).toList();
    }
  }

  /** How many of the calls, decisions and buffers that are alike are shown: an unrolled recurrence has thousands. */
  private static final int MOST = 40;
  private static final int MOST_SLOTS = 400;

  private final Subject subject;
  private final Schedule schedule;
  private final MemoryPlan memory;
  private final SchedulePrinter printer;
  private final StringBuilder out = new StringBuilder();

  private ScheduleReport(Subject subject) {
    this.subject = subject;
    schedule = subject.schedule;
    memory = subject.memory;
    printer = new SchedulePrinter(schedule.graph());
  }

  public static String of(Subject subject) {
    var report = new ScheduleReport(subject);
    report.kernels();
    report.decisions();
    report.memory();
    return report.out.toString();
  }

  private void line(String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments).stripTrailing()).append('\n');
  }

  private String name(Node node) {
    return printer.name(node);
  }

  // ---- kernels

  private void kernels() {
    var costs = subject.costs();
    var seconds = subject.predicted(costs);
    var all = new Times(1e6 * seconds.stream().mapToDouble(Double::doubleValue).sum(), subject.nanos.stream().mapToDouble(Double::doubleValue).sum() / 1e3);
    line("kernels: predicted for %s", subject.machine);
    row(new Heading("call", "kernel", "form", "space"), List.of("MFLOP", "KiB", "FLOP/B", "predicted", "share"),
        List.of("measured", "share", "GFLOP/s", "of roof"), "computes");
    Map<Integer, Integer> alike = new LinkedHashMap<>();
    for (int i = 0; i < costs.size(); i++) {
      var kernel = schedule.kernels().get(i);
      var space = new Type(Kind.FLOAT, kernel.domain().shape()).toString().replace("float", "");
      if (count(alike, subject.call(i).kernel()) > MOST) {
        continue;
      }
      var heading = new Heading(subject.calls.get(i) + "", subject.call(i).kernel() + "", kernel.form().title(), space);
      row(heading, costs.get(i), new Times(1e6 * seconds.get(i), subject.nanos.isEmpty() ? 0 : subject.nanos(i) / 1e3), all, printer.computes(kernel));
    }
    row(new Heading("", "", "a step", ""), costs.stream().reduce(new KernelCost(0, 0, 0, 0), KernelCost::plus), all, all, "");
    alike.forEach((kernel, calls) -> {
      if (calls > MOST) {
        line("  of kernel %d the first %d calls are shown, and %d more are alike", kernel, MOST, calls - MOST);
      }
    });
    var prepared = subject.plan.prepared();
    var ofKernels = new HashSet<>(subject.calls);
    var besides = IntStream.range(0, subject.plan.calls().size()).filter(call -> !ofKernels.contains(call)).toArray();
    if (besides.length > 0) {
      line("  besides, factors copied as products read them, and totals of columns that are summed in parts, %s: %s",
          size(Lowering.besides(subject.plan, memory, subject.dims)), calls(besides));
    }
    if (prepared > 0) {
      line("  made only after the weights have changed: %s", calls(IntStream.range(0, prepared).toArray()));
    }
    subject.plan.branches().forEach(branches -> line("  side by side, each on a thread of its own, where that pays: calls %s", SchedulePrinter.stretches(branches)));
    if (subject.plan.tiling().cut()) {
      var tiles = subject.plan.tiling();
      line("  run over tiles of at most %d of %s, all of them over one before the next: calls %d to %d; figures are those of all tiles",
          tiles.size(), memory.tiles().batch(), tiles.from(), tiles.to() - 1);
    }
  }

  private static String calls(int[] numbers) {
    return (numbers.length == 1 ? "call " : "calls ") + IntStream.of(numbers).mapToObj(Integer::toString).collect(Collectors.joining(", "));
  }

  /** What a row of the table is about: a call, the number of its kernel, and what that runs over. */
  private record Heading(String call, String kernel, String form, String space) {}

  /** In microseconds. */
  private record Times(double predicted, double measured) {}

  private void row(Heading heading, KernelCost cost, Times own, Times all, String computes) {
    var predicted = List.of(fixed(cost.flops() / 1e6, 3), fixed(cost.bytes() / 1024, 1), fixed(cost.intensity(), 1), fixed(own.predicted, 1) + " us",
        fixed(100 * own.predicted / all.predicted, 1) + "%");
    var measured = List.of(fixed(own.measured, 1) + " us", fixed(100 * own.measured / all.measured, 1) + "%", fixed(cost.flops() / own.measured / 1e3, 1),
        fixed(100 * own.predicted / own.measured, 0) + "%");
    row(heading, predicted, measured, computes);
  }

  private void row(Heading heading, List<String> predicted, List<String> measured, String computes) {
    var about = "  %4s  %6s  %-11s  %-22s".formatted(heading.call, heading.kernel, heading.form, heading.space);
    var figures = "  %9s  %9s  %6s  %12s  %6s".formatted(predicted.toArray());
    var times = subject.nanos.isEmpty() ? "" : "  %12s  %6s  %7s  %7s".formatted(measured.toArray());
    line("%s", about + figures + times + "  " + computes);
  }

  /** What was not measured, as calls before the first step are not, has no ratio. */
  private static String fixed(double value, int digits) {
    return !Double.isFinite(value) ? "-" : String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private void decisions() {
    var refused = schedule.decisions().stream().filter(decision -> !decision.fused()).toList();
    line("");
    line("fusion: %d nodes joined the kernel of what they read; %d times one could not", schedule.decisions().size() - refused.size(), refused.size());
    Map<String, Integer> alike = new LinkedHashMap<>();
    for (var decision : refused) {
      var consumer = GraphPrinter.describe(decision.consumer().op());
      var producer = GraphPrinter.describe(decision.producer().op());
      if (count(alike, consumer + " does not join " + producer + ": " + decision.obstacle()) <= MOST) {
        line("  %s %s does not join %s %s: %s", name(decision.consumer()), consumer, name(decision.producer()), producer, decision.obstacle());
      }
    }
    alike.forEach((what, times) -> {
      if (times > MOST) {
        line("  %s: %d times more", what, times - MOST);
      }
    });
  }

  /** Counts one more of something; how many there are now. */
  private static <T> int count(Map<T, Integer> counts, T what) {
    return counts.merge(what, 1, Integer::sum);
  }

  // ---- memory

  private void memory() {
    line("");
    line("memory: %d buffers in %d slots, peak %s; %s if each had a place of its own", memory.slots().size(), memory.sizes().size(),
        size(memory.peak(subject.dims)), size(memory.slots().keySet().stream().mapToLong(node -> node.type().size().evaluate(subject.dims)).sum()));
    var buffers = new ArrayList<List<String>>();
    memory.sizes().forEach(_ -> buffers.add(new ArrayList<>()));
    memory.slots().forEach((node, slot) -> buffers.get(slot).add(name(node)));
    for (int slot = 0; slot < Math.min(MOST_SLOTS, buffers.size()); slot++) {
      long size = memory.size(slot, subject.dims);
      var names = buffers.get(slot);
      line("  slot %-3d %14s  %s%s%s", slot, size(size), String.join(" ", names.subList(0, Math.min(MOST, names.size()))),
          names.size() > MOST ? " and " + (names.size() - MOST) + " more" : "", memory.own().contains(slot) ? "  (of a tile)" : "");
    }
    if (buffers.size() > MOST_SLOTS) {
      line("  and %d slots more", buffers.size() - MOST_SLOTS);
    }
    kept();
  }

  /** What a step needs all in all: the slots, what lasts from step to step, and the threads' scratch. */
  private void kept() {
    Map<Object, Long> parameters = new HashMap<>();
    Map<Object, Long> states = new HashMap<>();
    Map<Object, Long> tables = new HashMap<>();
    for (var node : schedule.graph().nodes()) {
      switch (node.op()) {
        case Op.Parameter(var path, var type) -> parameters.put(path, type.size().evaluate(subject.dims));
        case Op.State(var path, var type) -> states.put(path, type.size().evaluate(subject.dims));
        case Op.Table table -> tables.put(table, table.type().size().evaluate(subject.dims));
        default -> { }
      }
    }
    long scratch = subject.value(subject.plan.scratch(), subject.dims) * subject.machine.threads();
    long slots = memory.peak(subject.dims) + (subject.cuts() ? memory.ofTile(subject.dims) * (subject.machine.threads() - 1) : 0);
    long copies = Lowering.besides(subject.plan, memory, subject.dims);
    line("peak of a step: %s: %s of slots, %s of copied factors and columns' parts, %s of parameters, %s of states, %s of tables, %s of scratch",
        size(slots + copies + sum(parameters) + sum(states) + sum(tables) + scratch), size(slots), size(copies), size(sum(parameters)),
        size(sum(states)), size(sum(tables)), size(scratch));
  }

  private static long sum(Map<Object, Long> sizes) {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  private String size(long elements) {
    return fixed(elements * (subject.precision / 8.0) / 1024, 1) + " KiB";
  }
}
