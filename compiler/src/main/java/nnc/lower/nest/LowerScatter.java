package nnc.lower.nest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.loops.math.ElementaryFunctions;
import nnc.loops.math.WholeArithmetic;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.BlockLoop;
import nnc.lower.common.LongSums;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.Origin;
import nnc.lower.common.ScheduledKernel;
import nnc.lower.common.TotalSums;
import nnc.lower.common.ValueLowering;
import nnc.schedule.Kernel;

/**
 * Additions to elements whose index is known at run time only: the result is cleared, then each value is added in row-major order. Of many additions to a small
 * result some at a time are added up, for all of them may meet in one element. What is added to a weight is added to what it is: in place nothing else of it is
 * touched, elsewhere it is copied first.
 */
public final class LowerScatter {
  private final Kernel kernel;
  private final Node node;
  private final int axis;
  private final StatementBuilder sink = new StatementBuilder();
  private final Map<String, Origin> origins = new LinkedHashMap<>();
  private final ValueLowering values;
  private final Loop.Buffer result;
  /** What is added to: the result itself, or what it begins as; null if that is zero. */
  private final Loop.Buffer base;
  private final List<AffineIndex.Atom.Var> loops = new ArrayList<>();
  private int scratch;

  private LowerScatter(ScheduledKernel scheduled) {
    kernel = scheduled.kernel();
    node = kernel.nodes().getFirst();
    axis = ((Op.ScatterAdd) node.op()).axis();
    values = scheduled.values(sink, origins, (_, _) -> null);
    if (kernel.writes().getFirst().target() instanceof Kernel.Target.Update(var path)) {
      result = values.buffer(new Origin.Weight(path).whole(), Loop.Space.WEIGHTS);
    } else {
      result = values.buffer(new Origin.Stretch(new Origin.Buffer(kernel.nodes().getLast()), Dim.ZERO), Loop.Space.ARENA);
    }
    base = kernel.nodes().size() == 1 ? null
        : values.buffer(new Origin.Weight(OpTraits.path(kernel.nodes().getLast().operand(0).op())).whole(), Loop.Space.WEIGHTS);
    var shape = node.operand(1).type().shape();
    for (int i = 0; i < shape.size(); i++) {
      loops.add(new AffineIndex.Atom.Var("i" + i, shape.get(i)));
    }
  }

  public static LoweredKernel lower(ScheduledKernel scheduled) {
    return new LowerScatter(scheduled).run();
  }

  private LoweredKernel run() {
    var addition = sink.within(this::add);
    var size = node.type().size();
    var cut = cut();
    var body = sink.within(() -> {
      if (cut == null) {
        begin();
        sink.add(nest(new Int.Number(0), AffineIndex.dim(loops.get(axis).extent()), addition));
        return;
      }
      new TotalSums(sink, cut, result, 1, size.fixed(), this::scratch).all(new Int.Number(1), AffineIndex.dim(size), (from, to) -> {
        begin();
        sink.add(nest(from, to, addition));
      });
    });
    // the loops are the values', of which nothing else need be known
    var dims = values.dims();
    loops.forEach(loop -> dims.add(loop.extent()));
    var shape = node.operand(1).type().shape();
    return new LoweredKernel(kernel, new BlockLoop("block", LoopKind.SERIAL, Dim.ONE, false, Dim.product(shape)), body, Dim.of(scratch), origins, dims);
  }

  /** Where the additions along the axis are cut; null if they are few or the result is large. */
  private LongSums.Cut cut() {
    if (isWhole() || OpTraits.scattersWide(node) || TotalSums.areFew(loops.get(axis))) {
      return null;
    }
    return LongSums.cut(List.of(loops.get(axis)), Math.max(LongSums.TERMS, NestTuning.SCATTER_ADDITIONS * node.type().shape().get(axis).fixed()));
  }

  private Loop.Buffer scratch(int size) {
    var buffer = new Loop.Buffer("scratch", Loop.Space.SCRATCH, scratch);
    scratch += Ints.roundUp(size, 16);
    return buffer;
  }

  private void add() {
    var indices = new ArrayList<>(loops.stream().map(AffineIndex::of).toList());
    var target = new ArrayList<>(indices);
    target.set(axis, AffineIndex.of(new AffineIndex.Atom.Element(values.bits(node.operand(0), indices), null)));
    var offset = AffineIndex.linear(target, node.type().shape()).toInt();
    var before = loaded(result, offset);
    var sum = isWhole() ? values.whole().binary(BinaryFn.ADD, before, values.bits(node.operand(1), indices))
        : ElementaryFunctions.apply(Loop.Fn.ADD, before, values.element(node.operand(1), indices));
    sink.add(new Stmt.Store(result, offset, sum));
  }

  private boolean isWhole() {
    return node.type().kind() == Kind.INT;
  }

  private Expr loaded(Loop.Buffer buffer, Int at) {
    return isWhole() ? new Expr.LoadBits(buffer, at) : new Expr.Load(buffer, at);
  }

  /** All additions whose index along the axis is between two. */
  private Stmt nest(Int from, Int to, List<Stmt> body) {
    for (int i = loops.size() - 1; i >= 0; i--) {
      var loop = loops.get(i);
      var kind = i == loops.size() - 1 && axis != i ? LoopKind.VECTOR : LoopKind.SERIAL;
      body = List.of(new Stmt.For(loop.name(), i == axis ? from : new Int.Number(0), i == axis ? to : AffineIndex.dim(loop.extent()), kind, body));
    }
    return body.getFirst();
  }

  /** Sets what is added to. */
  private void begin() {
    if (!result.equals(base)) {
      var z = new Int.Var("z");
      var first = base != null ? loaded(base, z) : isWhole() ? WholeArithmetic.number(0) : new Expr.Number(0);
      sink.add(new Stmt.For("z", new Int.Number(0), AffineIndex.dim(node.type().size()), LoopKind.VECTOR, List.of(new Stmt.Store(result, z, first))));
    }
  }
}
