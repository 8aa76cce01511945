package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.optimizations.Optimization;

/**
 * Lays the pictures of a training step out with the batch as their last axis, {@code [C, H, W, N]} for {@code [N, C, H, W]}, where channels are
 * few: a vector then holds one place of several examples, and no lane is idle in convolutions, windows and sums over places. It is all or
 * nothing: where something else than convolutions, windows and arithmetic handles pictures, they stay as they are. What prediction runs is
 * never laid out so: it may be for a single example.
 */
public final class BatchLastLayout {
  /** Below this, lanes would be idle. */
  private static final int MIN_EXAMPLES = 16;

  /** From here on filters fill vectors by themselves, and transformed rows save multiplications. */
  private static final int MAX_CHANNELS = 24;

  /** Elements of a picture of which a thread should have a few dozen in its cache. */
  private static final int MAX_MAP_ELEMENTS = 1 << 15;

  public static final Pass PASS = new Pass(Optimization.BATCH_LAST_LAYOUT, BatchLastLayout::obstacle, graph -> {
    var batch = batch(graph);
    return batch == null ? graph : Rewrite.each(graph, (old, in, b) -> new BatchLastLayout(batch, b).turned(old, in));
  });

  private final Dim batch;
  private final GraphBuilder b;

  private BatchLastLayout(Dim batch, GraphBuilder b) {
    this.batch = batch;
    this.b = b;
  }

  // ---- whether it pays

  private static String obstacle(Graph graph, int examples) {
    if (!graph.learns()) {
      return "it may be run for a single example";
    }
    return examples > 0 && examples < MIN_EXAMPLES ? "a batch of " + examples + " is less than the " + MIN_EXAMPLES + " lanes of a vector" : "";
  }

  /** The dimension that is to be the last one; null if pictures shall stay as they are. */
  private static Dim batch(Graph graph) {
    Dim batch = null;
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.Conv conv) {
        var size = node.operand(0).type().dim(0);
        if (batch != null && !size.equals(batch) || !suits(node, conv)) {
          return null;
        }
        batch = size;
      }
    }
    var size = batch;
    return batch != null && graph.nodes().stream().allMatch(node -> isHandled(node, size)) ? batch : null;
  }

  private static boolean suits(Node node, Op.Conv conv) {
    boolean byFilter = conv.role() == Op.ConvRole.FILTER;
    var pictures = List.of(node.operand(0).type(), byFilter ? node.operand(1).type() : node.type());
    return conv.window().stride().size() == 2 && conv.window().groups() == 1 && pictures.stream().allMatch(type -> !type.dim(0).isConstant()
        && type.shape().stream().skip(1).allMatch(Dim::isConstant) && type.dim(1).fixed() <= MAX_CHANNELS
        && Dim.product(type.shape().subList(1, 4)).fixed() <= MAX_MAP_ELEMENTS);
  }

  private static boolean isPicture(Node node, Dim batch) {
    return node.type().rank() >= 3 && beginsWith(node, batch);
  }

  private static boolean beginsWith(Node node, Dim batch) {
    return node.type().rank() > 0 && node.type().dim(0).equals(batch);
  }

  /** A reshape that makes other axes of the batch, or the batch of other axes, would be one of elements that lie far apart. */
  private static boolean isHandled(Node node, Dim batch) {
    if (node.op() instanceof Op.Reshape && (isPicture(node, batch) || isPicture(node.operand(0), batch))) {
      return beginsWith(node, batch) && beginsWith(node.operand(0), batch);
    }
    return !isPicture(node, batch) || OpTraits.source(node.op()) || OpTraits.view(node.op()) || isTurned(node.op()) || node.op() instanceof Op.Uniform;
  }

  private static boolean isTurned(Op op) {
    return OpTraits.arithmetic(op) || op instanceof Op.Conv || op instanceof Op.Reduce || op instanceof Op.ArgReduce || op instanceof Op.Concat;
  }

  // ---- the turn

  /** A node that is computed with the batch last, as one that has it first; null if it stays. */
  private Node turned(Node old, List<Node> in) {
    return switch (old.op()) {
      case Op.Conv conv -> convolution(conv, in.get(0), in.get(1));
      case Op.Reduce reduce when isPicture(in.getFirst(), batch) -> reduced(reduce, in.getFirst());
      case Op.ArgReduce(var largest, var axis) when isPicture(in.getFirst(), batch) -> axis == 0 ? null
          : first(b.emit(new Op.ArgReduce(largest, axis - 1), List.of(last(in.getFirst()))));
      case Op.Concat(var axis) when isPicture(old, batch) ->
          first(b.emit(new Op.Concat(lastAxis(axis, old.type().rank())), in.stream().map(this::last).toList()));
      case Op.Reshape(var shape) when isFirst(in.getFirst()) && !shape.isEmpty() && shape.getFirst().equals(batch) ->
          first(b.reshape(in.getFirst().operand(0), last(shape)));
      default -> OpTraits.arithmetic(old.op()) && isPicture(old, batch) ? first(b.emit(old.op(), in.stream().map(this::last).toList())) : null;
    };
  }

  private Node convolution(Op.Conv conv, Node x, Node y) {
    var op = new Op.Conv(conv.window(), conv.role(), conv.space(), true);
    return conv.role() == Op.ConvRole.FILTER ? b.emit(op, List.of(last(x), last(y))) : first(b.emit(op, List.of(last(x), y)));
  }

  private Node reduced(Op.Reduce reduce, Node x) {
    var axes = reduce.axes().stream().map(axis -> lastAxis(axis, x.type().rank())).sorted().toList();
    var result = b.emit(new Op.Reduce(reduce.fn(), axes), List.of(last(x)));
    return reduce.axes().contains(0) ? result : first(result);
  }

  /** Where an axis is when the first has become the last. */
  private static int lastAxis(int axis, int rank) {
    return axis == 0 ? rank - 1 : axis - 1;
  }

  /** The view of {@code [..., N]} as {@code [N, ...]}. */
  private Node first(Node x) {
    return b.transpose(x, toFirst(x.type().rank()));
  }

  /** Whether a node is such a view. */
  private static boolean isFirst(Node x) {
    return x.op() instanceof Op.Transpose(var order) && order.equals(toFirst(order.size()));
  }

  private static List<Integer> toFirst(int rank) {
    return IntStream.range(0, rank).mapToObj(i -> lastAxis(i, rank)).toList();
  }

  private static List<Integer> toLast(int rank) {
    return IntStream.range(0, rank).mapToObj(i -> (i + 1) % rank).toList();
  }

  private static List<Dim> last(List<Dim> shape) {
    var turned = new ArrayList<>(shape.subList(1, shape.size()));
    turned.add(shape.getFirst());
    return turned;
  }

  /** What is {@code [N, ...]} as {@code [..., N]}: the node that it is a view of, or a view of it. */
  private Node last(Node x) {
    int rank = x.type().rank();
    return switch (x.op()) {
      case Op.Transpose _ when isFirst(x) -> x.operand(0);
      case Op.Broadcast(var shape, var axes) -> {
        var added = axes.stream().map(axis -> lastAxis(axis, rank)).sorted().toList();
        yield b.emit(new Op.Broadcast(last(shape), added), List.of(axes.contains(0) ? x.operand(0) : last(x.operand(0))));
      }
      case Op.Reshape(var shape) when shape.getFirst().equals(x.operand(0).type().dim(0)) -> b.reshape(last(x.operand(0)), last(shape));
      default -> b.transpose(x, toLast(rank));
    };
  }
}
