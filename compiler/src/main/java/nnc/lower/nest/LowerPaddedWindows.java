package nnc.lower.nest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.math.ElementaryFunctions;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.ScheduledKernel;
import nnc.schedule.Kernel;

/**
 * Reductions of windows of a padded picture, as pooling has them. Each plane is copied to where its padding stands already, so that windows at the border are
 * as all others; of each row those elements side by side that lie a stride apart. Positions lie along the vectors.
 *
 * <pre>
 *   a row, padded       its copy, windows two apart        windows of three taps
 *   . a b c d e .       . b d .   a c e                    first taps  . b d    second  a c e    third  b d .
 * </pre>
 */
final class LowerPaddedWindows {
  private final Epilogue epilogue;
  private final LoopNest nest;
  private final Node reduction;
  private final Node picture;
  private final double padding;
  /** The axes before those of space. */
  private final List<Dim> leading;
  private final Dim planes;
  private final List<Axis> axes;
  private final Loop.Buffer copy;

  /**
   * An axis of space.
   *
   * @param out    results
   * @param size   of the picture
   * @param padded the same with its padding
   * @param low    padding before it
   */
  private record Axis(String name, int out, int size, int padded, int low, int taps, int stride, int dilation) {
    AffineIndex result() {
      return LoopNest.var(name, out);
    }

    AffineIndex source() {
      return LoopNest.var(name, size);
    }

    AffineIndex copied() {
      return source().plus(Dim.of(low));
    }

    AffineIndex tapped() {
      return result().times(Dim.of(stride)).plus(LoopNest.var("k" + name, taps).times(Dim.of(dilation)));
    }

    /** Elements of a phase: those that lie a stride apart. */
    int pitch() {
      return Math.ceilDiv(padded, stride);
    }
  }

  private LowerPaddedWindows(ScheduledKernel scheduled) {
    epilogue = new Epilogue(scheduled);
    nest = new LoopNest(epilogue.sink);
    reduction = scheduled.kernel().nodes().getFirst();
    var padded = reduction.operand(0).operand(0);
    var pad = (Op.Pad) padded.op();
    padding = pad.value();
    picture = padded.operand(0);
    var windows = (Op.Windows) reduction.operand(0).op();
    int rank = windows.size().size();
    int lead = picture.type().rank() - rank;
    leading = picture.type().shape().subList(0, lead);
    planes = Dim.product(leading);
    axes = IntStream.range(0, rank).mapToObj(i -> new Axis(i == rank - 1 ? "x" : "y" + i, reduction.type().dim(lead + i).fixed(), picture.type().dim(lead + i).fixed(),
        padded.type().dim(lead + i).fixed(), pad.low().get(lead + i).fixed(), windows.size().get(i), windows.stride().get(i), windows.dilation().get(i))).toList();
    copy = epilogue.scratch(elements(axes) + 2 * scheduled.lanes());
  }

  /** The loops of a kernel that begins with such a reduction, if a plane is no larger than {@link NestTuning#PLANE_ELEMENTS} and lies row by row; otherwise null. */
  static LoweredKernel lower(ScheduledKernel scheduled) {
    if (!takes(scheduled)) {
      return null;
    }
    var trial = new LowerPaddedWindows(scheduled);
    trial.body();
    boolean even = trial.epilogue.values.loads.stream().allMatch(load -> !load.entangled().contains("x") && !load.entangled().contains("*") && load.factor("x").isConstant()
        && load.factor("x").fixed() <= trial.axes.getLast().stride);
    return even ? new LowerPaddedWindows(scheduled).run() : null;
  }

  private static boolean takes(ScheduledKernel scheduled) {
    var kernel = scheduled.kernel();
    var reduction = kernel.nodes().isEmpty() ? null : kernel.nodes().getFirst();
    if (reduction == null || !(reduction.op() instanceof Op.Reduce(_, var reduced)) || reduction.type().kind() != Kind.FLOAT
        || !(reduction.operand(0).op() instanceof Op.Windows(var taps, _, _)) || !(reduction.operand(0).operand(0).op() instanceof Op.Pad pad)) {
      return false;
    }
    var windows = reduction.operand(0);
    var padded = windows.operand(0);
    int rank = windows.type().rank();
    int lead = padded.type().rank() - taps.size();
    boolean overTaps = reduced.equals(IntStream.range(rank - taps.size(), rank).boxed().toList()) && taps.stream().reduce(1, (a, b) -> a * b) <= NestTuning.WINDOW_TAPS;
    boolean inSpace = IntStream.range(0, lead).allMatch(axis -> pad.low().get(axis).is(0) && pad.high().get(axis).is(0)) && pad.interior().stream().allMatch(step -> step == 0);
    boolean known = padded.type().shape().stream().skip(lead).allMatch(Dim::isConstant) && padded.operand(0).type().shape().stream().skip(lead).allMatch(Dim::isConstant);
    return overTaps && inSpace && known && size(padded, taps.size()) <= NestTuning.PLANE_ELEMENTS && !scheduled.stored().contains(windows)
        && !scheduled.stored().contains(padded) && isAlone(kernel, reduction);
  }

  private static int size(Node padded, int rank) {
    var shape = padded.type().shape();
    long size = shape.subList(shape.size() - rank, shape.size()).stream().mapToLong(Dim::fixed).reduce(1, Math::multiplyExact);
    return (int) Math.min(size, Integer.MAX_VALUE);
  }

  /** Whether nothing else is reduced, and nothing of the windows themselves is computed or stored. */
  private static boolean isAlone(Kernel kernel, Node reduction) {
    return kernel.nodes().stream().skip(1).noneMatch(node -> OpTraits.reduces(node.op())) && kernel.nodes().stream().allMatch(node -> node.type().shape().equals(reduction.type().shape()))
        && kernel.writes().stream().allMatch(write -> kernel.members().contains(write.node()));
  }

  private LoweredKernel run() {
    return epilogue.lowered("block", LoopKind.RANGE, body(), planes, List.of(planes));
  }

  private List<Stmt> body() {
    var sink = epilogue.sink;
    return sink.within(() -> {
      nest.fill(copy, elements(axes), padding);
      var plane = sink.within(() -> {
        for (int phase = 0; phase < axes.getLast().stride; phase++) {
          copyPhase(phase);
        }
        nest.apart(() -> along(Axis::out, axes.getLast().out, this::reduce));
      });
      sink.add(new Stmt.For("plane", KernelInteger.FROM.value(), KernelInteger.TO.value(), LoopKind.SERIAL, plane));
    });
  }

  /** Copies of each row what lies a stride apart. */
  private void copyPhase(int phase) {
    var last = axes.getLast();
    int first = Math.max(0, Math.ceilDiv(last.low - phase, last.stride));
    int count = Math.max(0, Math.floorDiv(last.size - 1 + last.low - phase, last.stride) + 1 - first);
    if (count > 0) {
      var place = LoopNest.var(last.name, count).plus(Dim.of(first));
      nest.apart(() -> along(Axis::size, count, () -> {
        var element = epilogue.values.element(picture, place(Axis::source, place.times(Dim.of(last.stride)).plus(Dim.of(phase - last.low))));
        epilogue.sink.add(new Stmt.Store(copy, inCopy(Axis::copied, phase, place), element));
      }));
    }
  }

  /** Loops over the axes of space, along the last of them in lanes. */
  private void along(ToIntFunction<Axis> count, int positions, Runnable work) {
    var body = epilogue.sink.within(() -> epilogue.values.scoped(work));
    body = List.of(new Stmt.For(axes.getLast().name, LoopNest.number(0), LoopNest.number(positions), LoopKind.VECTOR, body));
    for (var axis : axes.subList(0, axes.size() - 1).reversed()) {
      body = List.of(new Stmt.For(axis.name, LoopNest.number(0), LoopNest.number(count.applyAsInt(axis)), LoopKind.SERIAL, body));
    }
    body.forEach(epilogue.sink::add);
  }

  /** A row's taps are written out, for each has its phase. */
  private void reduce() {
    var sink = epilogue.sink;
    var last = axes.getLast();
    var result = sink.fresh();
    sink.add(new Stmt.Let(result, LowerNest.start(reduction)));
    var taps = sink.within(() -> {
      for (int tap = 0; tap < last.taps; tap++) {
        int from = tap * last.dilation;
        var read = sink.let(new Expr.Load(copy, inCopy(Axis::tapped, from % last.stride, last.result().plus(Dim.of(from / last.stride)))));
        sink.add(new Stmt.Assign(result, ElementaryFunctions.apply(LowerNest.combine(reduction), new Expr.Read(result), read)));
      }
    });
    for (var axis : axes.subList(0, axes.size() - 1).reversed()) {
      taps = axis.taps == 1 ? taps : List.of(new Stmt.For("k" + axis.name, LoopNest.number(0), LoopNest.number(axis.taps), LoopKind.SERIAL, taps));
    }
    taps.forEach(sink::add);
    epilogue.stores(place(Axis::result, last.result()), new Expr.Read(result)).forEach(sink::add);
  }

  /** An element of a picture, given its place along the last axis. */
  private List<AffineIndex> place(Function<Axis, AffineIndex> along, AffineIndex last) {
    var place = new ArrayList<>(AffineIndex.indices(AffineIndex.of(new AffineIndex.Atom.Var("plane", planes)), leading));
    axes.subList(0, axes.size() - 1).forEach(axis -> place.add(along.apply(axis)));
    place.add(last);
    return place;
  }

  private Loop.Int inCopy(Function<Axis, AffineIndex> along, int phase, AffineIndex last) {
    var row = AffineIndex.ZERO;
    for (var axis : axes.subList(0, axes.size() - 1)) {
      row = row.times(Dim.of(axis.padded)).plus(along.apply(axis));
    }
    var phases = axes.getLast();
    return row.times(Dim.of(phases.stride)).plus(Dim.of(phase)).times(Dim.of(phases.pitch())).plus(last).toInt();
  }

  /** Elements of a plane's copy. */
  private static int elements(List<Axis> axes) {
    return axes.subList(0, axes.size() - 1).stream().mapToInt(Axis::padded).reduce(axes.getLast().pitch() * axes.getLast().stride, Math::multiplyExact);
  }
}
