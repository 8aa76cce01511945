package nnc.lower.nest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.ReduceFn;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.math.ElementaryFunctions;
import nnc.loops.math.WholeArithmetic;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.BlockLoop;
import nnc.lower.common.LongSums;
import nnc.lower.common.LoopAxes;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.Origin;
import nnc.lower.common.ScheduledKernel;
import nnc.lower.common.StoreLowering;
import nnc.lower.common.ValueLowering;
import nnc.schedule.Kernel;
import nnc.schedule.KernelForm;

/**
 * Pointwise, reduction and row kernels, and plain contractions: loops over the axes that remain, and inside them, a level after the
 * other, loops over the reduced axes. A level computes all reductions whose operands are known by then; between levels stand the values
 * of a row.
 */
public final class LowerNest {
  final Kernel kernel;
  final StatementBuilder sink = new StatementBuilder();
  final Map<String, Origin> origins = new LinkedHashMap<>();
  final ValueLowering values;
  final LoopAxes axes;
  final String vector;
  /** Elements of a logical vector. */
  private final int group;
  final ReductionLevels levels;
  final Map<Node, Expr> rows = new HashMap<>();
  Map<Node, Expr> elements = new HashMap<>();
  private final Map<Node, Loop.Buffer> keptRows = new LinkedHashMap<>();
  /** Kept rows that a loop has computed: not every loop that could needs the element. */
  private final Set<Node> filled = new HashSet<>();
  int scratch;
  int level;

  private LowerNest(ScheduledKernel scheduled, LoopAxes axes, String vector) {
    kernel = scheduled.kernel();
    this.axes = axes;
    this.vector = vector;
    group = scheduled.lanes();
    this.levels = new ReductionLevels(kernel);
    this.values = scheduled.values(sink, origins, this::own);
  }

  /** Lowers a kernel, with neighbouring loops merged and the best axis in lanes. */
  public static LoweredKernel lower(ScheduledKernel scheduled, LoweredKernel.Phases phases) {
    var windows = LowerPaddedWindows.lower(scheduled);
    if (windows != null) {
      return windows;
    }
    var kernel = scheduled.kernel();
    var plain = LoopAxes.of(kernel.domain());
    var probe = new LowerNest(scheduled, plain, null);
    probe.run();
    var merged = plain.merged(probe.values);
    var loads = probe.values.loads;
    var stores = probe.values.used.stream().filter(index -> !loads.contains(index)).toList();
    var lanes = new VectorAxisChoice(kernel, probe.levels, merged, loads, stores, scheduled.learns());
    var chosen = new LowerNest(scheduled, merged, lanes.best());
    if (phases == LoweredKernel.Phases.ONE || !LowerColumnReduction.takesParts(chosen)) {
      return chosen.run();
    }
    return new LowerColumnReduction(chosen).parts(new LowerColumnReduction(new LowerNest(scheduled, merged, lanes.best())));
  }

  // ---- what is kept for the row

  /** Dear elements that a later loop needs again are kept for the row, if it has a fixed length and lies along the lanes. */
  private void keepRows() {
    boolean lanesInside = axes.inner().stream().anyMatch(v -> v.name().equals(vector)) || vector == null;
    if (!lanesInside || !axes.inner().stream().allMatch(v -> v.extent().isConstant())) {
      return;
    }
    int size = axes.inner().stream().mapToInt(v -> v.extent().fixed()).reduce(1, (a, b) -> a * b);
    for (var node : kernel.nodes()) {
      if (levels.full(node) && OpTraits.dear(node) && levels.usedAfter(node, levels.of(node)) && size <= 1 << 14 && !ownWrite(node)) {
        keptRows.put(node, new Loop.Buffer("row", Loop.Space.SCRATCH, scratch));
        scratch += (size + 31) / 16 * 16;
      }
    }
  }

  private boolean ownWrite(Node node) {
    return kernel.writes().stream().anyMatch(w -> w.node() == node && w.target() instanceof Kernel.Target.Own);
  }

  // ---- the kernel

  private LoweredKernel run() {
    keepRows();
    if (LowerColumnReduction.takes(this)) {
      return new LowerColumnReduction(this).run();
    }
    var body = sink.within(this::point);
    return nested(new ArrayList<>(axes.outer()), body);
  }

  /** The outer loops around what they do; the first is the one that threads share. */
  LoweredKernel nested(List<AffineIndex.Atom.Var> loops, List<Stmt> body) {
    String block = "block";
    var kind = LoopKind.SERIAL;
    var blocks = Dim.ONE;
    if (!loops.isEmpty()) {
      var first = loops.removeFirst();
      block = first.name();
      blocks = first.extent();
      kind = first.name().equals(vector) ? LoopKind.VECTOR : LoopKind.SERIAL;
    }
    for (var loop : loops.reversed()) {
      body = new ArrayList<>(List.of(new Stmt.For(loop.name(), new Int.Number(0), AffineIndex.dim(loop.extent()), kindOf(loop), body)));
    }
    return lowered(block, kind, body, blocks);
  }

  LoweredKernel lowered(String block, LoopKind kind, List<Stmt> body, Dim blocks) {
    return new LoweredKernel(kernel, new BlockLoop(block, kind, blocks, !axes.outer().isEmpty(), work()), body, Dim.of(scratch), origins, values.dims());
  }

  private LoopKind kindOf(AffineIndex.Atom.Var loop) {
    return loop.name().equals(vector) ? LoopKind.VECTOR : LoopKind.SERIAL;
  }

  private Dim work() {
    long weight = kernel.nodes().stream().mapToLong(node -> OpTraits.weight(node.op())).sum() + kernel.writes().size();
    return Dim.product(kernel.domain().shape()).times(Math.max(1, weight));
  }

  /** What is done at one index of the outer axes. */
  private void point() {
    int last = levels.last();
    if (kernel.domain().reduced().isEmpty()) {
      values.scoped(this::stores);
      return;
    }
    for (level = 0; level <= last; level++) {
      rowValues();
      var reductions = kernel.nodes().stream().filter(n -> OpTraits.reduces(n.op()) && levels.of(n) == level + 1).toList();
      var writes = kernel.writes().stream().filter(w -> levels.full(w.node()) && levels.of(w.node()) == level).toList();
      if (!reductions.isEmpty() || !writes.isEmpty()) {
        loop(reductions, writes);
      }
    }
    values.scoped(this::stores);
  }

  /** Values of the row that the next loop may read are computed before it. */
  private void rowValues() {
    for (var node : kernel.nodes()) {
      if (!levels.full(node) && !OpTraits.reduces(node.op()) && levels.of(node) <= level) {
        own(node, outerPlaces());
      }
    }
  }

  void stores() {
    store(kernel.writes().stream().filter(w -> !levels.full(w.node())).toList(), outerPlaces());
  }

  private List<AffineIndex> outerPlaces() {
    return kernel.domain().reduced().isEmpty() ? axes.indices() : ValueLowering.without(axes.indices(), kernel.domain().reduced());
  }

  /** One pass over the reduced axes. A long one makes partial results, which are folded if they stand in lanes and added to the totals. */
  private void loop(List<Node> reductions, List<Kernel.Write> writes) {
    boolean lanes = axes.inner().stream().anyMatch(v -> v.name().equals(vector));
    var cut = reductions.isEmpty() ? null : LongSums.cut(axes.inner(), lanes ? lanes() * LongSums.TERMS : LongSums.TERMS);
    if (cut == null) {
      var accumulators = reductions.stream().map(node -> start(node, lanes)).toList();
      around(axes.inner(), pass(reductions, accumulators, writes)).forEach(sink::add);
      for (int i = 0; i < reductions.size(); i++) {
        rows.put(reductions.get(i), sink.let(total(reductions.get(i), result(reductions.get(i), accumulators.get(i), lanes))));
      }
      return;
    }
    var totals = reductions.stream().map(node -> LongSums.Total.begin(combine(node), start(node), sink)).toList();
    var stretch = sink.within(() -> stretch(cut, reductions, writes, lanes, totals));
    around(axes.inner().subList(0, cut.place()), cut.around(stretch)).forEach(sink::add);
    for (int i = 0; i < reductions.size(); i++) {
      rows.put(reductions.get(i), sink.let(total(reductions.get(i), totals.get(i).value())));
    }
  }

  /** Lanes that sums stand in: no more than the axis along them is long. */
  private int lanes() {
    var extent = axes.inner().stream().filter(loop -> loop.name().equals(vector)).findFirst().orElseThrow().extent();
    return extent.isConstant() ? Math.min(group, extent.fixed()) : group;
  }

  /** A part of a long pass, added to the totals. */
  private void stretch(LongSums.Cut cut, List<Node> reductions, List<Kernel.Write> writes, boolean lanes, List<LongSums.Total> totals) {
    var accumulators = reductions.stream().map(node -> start(node, lanes)).toList();
    var inside = around(axes.inner().subList(cut.place() + 1, axes.inner().size()), pass(reductions, accumulators, writes));
    sink.add(cut.inside(kindOf(cut.loop()), inside));
    for (int i = 0; i < reductions.size(); i++) {
      totals.get(i).add(result(reductions.get(i), accumulators.get(i), lanes), sink);
    }
  }

  private List<Stmt> around(List<AffineIndex.Atom.Var> loops, List<Stmt> body) {
    for (var loop : loops.reversed()) {
      body = List.of(new Stmt.For(loop.name(), new Int.Number(0), AffineIndex.dim(loop.extent()), kindOf(loop), body));
    }
    return body;
  }

  /** What is done at one index of all axes. */
  private List<Stmt> pass(List<Node> reductions, List<String> accumulators, List<Kernel.Write> writes) {
    var outside = elements;
    var body = sink.within(() -> values.scoped(() -> {
      elements = new HashMap<>();
      for (int i = 0; i < reductions.size(); i++) {
        accumulate(reductions.get(i), accumulators.get(i));
      }
      store(writes, axes.indices());
      keptRows.forEach((node, buffer) -> {
        if (!filled.contains(node) && elements.containsKey(node) && levels.usedAfter(node, level)) {
          filled.add(node);
          sink.add(new Stmt.Store(buffer, rowPlace().toInt(), elements.get(node)));
        }
      });
    }));
    elements = outside;
    return body;
  }

  /** A new accumulator, a number or lanes. */
  private String start(Node node, boolean lanes) {
    var name = sink.fresh();
    if (lanes) {
      sink.add(new Stmt.Lanes(name, start(node), scratch));
      scratch += 16;
    } else {
      sink.add(new Stmt.Let(name, start(node)));
    }
    return name;
  }

  private Expr result(Node node, String accumulator, boolean lanes) {
    return lanes ? sink.let(new Expr.Fold(combine(node), accumulator)) : new Expr.Read(accumulator);
  }

  private AffineIndex rowPlace() {
    return AffineIndex.linear(axes.inner().stream().map(AffineIndex::of).toList(), axes.inner().stream().map(AffineIndex.Atom.Var::extent).toList());
  }

  static Expr start(Node node) {
    var fn = node.op() instanceof Op.Reduce(var reduce, _) ? reduce : ReduceFn.SUM;
    boolean whole = isWhole(node);
    double start = switch (fn) {
      case SUM -> 0;
      case PROD -> 1;
      case MAX -> whole ? Integer.MIN_VALUE : Double.NEGATIVE_INFINITY;
      case MIN -> whole ? Integer.MAX_VALUE : Double.POSITIVE_INFINITY;
    };
    return whole ? WholeArithmetic.number(start) : new Expr.Number(start);
  }

  /** Whether a reduction's elements are added up as bits: whole numbers, of which 64 bits hold all until the end. */
  static boolean isWhole(Node node) {
    return node.type().kind() == Kind.INT;
  }

  static Fn combine(Node node) {
    var fn = node.op() instanceof Op.Reduce(var reduce, _) ? reduce : ReduceFn.SUM;
    boolean whole = isWhole(node);
    return switch (fn) {
      case SUM -> whole ? Fn.BITS_ADD : Fn.ADD;
      case PROD -> whole ? Fn.BITS_MUL : Fn.MUL;
      case MAX -> whole ? Fn.BITS_MAX : Fn.MAX;
      case MIN -> whole ? Fn.BITS_MIN : Fn.MIN;
    };
  }

  /** What a reduction comes to, given all that was combined. */
  Expr total(Node node, Expr all) {
    return isWhole(node) ? values.whole().wrapped(all) : all;
  }

  private void accumulate(Node node, String accumulator) {
    sink.add(new Stmt.Assign(accumulator, next(node, new Expr.Read(accumulator))));
  }

  /** What a reduction has at the current indices, given what it had before. */
  Expr next(Node node, Expr sum) {
    return switch (node.op()) {
      case Op.Reduce _ -> {
        var x = node.operand(0);
        yield ElementaryFunctions.apply(combine(node), sum, isWhole(node) ? values.bits(x, axes.indices()) : values.element(x, axes.indices()));
      }
      case Op.FoldWindows fold -> ElementaryFunctions.apply(combine(node), sum, new ContractionTerms(values, axes.indices()).fold(node, fold));
      default -> {
        var factors = new ContractionTerms(values, axes.indices()).product(node);
        yield ElementaryFunctions.apply(Fn.FMA, factors.get(0), factors.get(1), sum);
      }
    };
  }

  void store(List<Kernel.Write> writes, List<AffineIndex> indices) {
    new StoreLowering(sink, values).store(writes, indices, kernel);
  }

  // ---- the kernel's own nodes

  /** The value of a member at the current indices; null of a node that is not one. Without indices: whether it is one. */
  private Expr own(Node node, List<AffineIndex> indices) {
    if (kernel.form() == KernelForm.COUNTED && node.op() instanceof Op.Counter(var counter)) {
      return new Expr.FromInt(switch (counter) {
        case STEP -> KernelInteger.STEP.value();
        case EPOCH -> KernelInteger.EPOCH.value();
      });
    }
    if (!kernel.members().contains(node)) {
      return null;
    }
    if (indices == null) {
      return new Expr.Number(0);
    }
    if (levels.full(node)) {
      return element(node);
    }
    var row = rows.get(node);
    if (row == null) {
      row = sink.let(values.compute(node, outerPlaces()));
      rows.put(node, row);
    }
    return row;
  }

  private Expr element(Node node) {
    var known = elements.get(node);
    if (known != null) {
      return known;
    }
    if (filled.contains(node)) {
      known = sink.let(ValueLowering.loaded(node.type().kind(), keptRows.get(node), rowPlace().toInt()));
    } else if (levels.of(node) < level && ownWrite(node)) {
      var access = values.arena(node, AffineIndex.linear(axes.indices(), node.type().shape()));
      known = sink.let(ValueLowering.loaded(node.type().kind(), access.buffer(), access.index().toInt()));
    } else {
      known = sink.let(values.compute(node, axes.indices()));
    }
    elements.put(node, known);
    return known;
  }
}
