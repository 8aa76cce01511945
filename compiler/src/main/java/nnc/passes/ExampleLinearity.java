package nnc.passes;

import nnc.analysis.BatchAxes;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;

/**
 * How values without an axis for the examples grow with them: which are sums over the examples and which are means, so that the mean over
 * several batches, each counted by its examples, is the value for all of them at once.
 */
final class ExampleLinearity {
  private enum Growth {
    /** The same for any examples. */
    CONSTANT,
    /** A fixed number times how many examples there are. */
    COUNT,
    /** A sum over the examples of something that each has by itself. */
    SUM,
    /** Such a sum by the number of examples. */
    MEAN,
    /** Anything else. */
    OTHER
  }

  private final BatchAxes examples;
  private final String batch;
  private final NodeMap<Growth> growths = new NodeMap<>();

  /** @param batch the open dimension that counts examples */
  ExampleLinearity(Graph graph, String batch, BatchAxes examples) {
    this.examples = examples;
    this.batch = batch;
    for (var node : graph.nodes()) {
      growths.put(node, growth(node));
    }
  }

  /** Whether a value for several batches is the mean of its values for each, counted by their examples. */
  boolean isMean(Node node) {
    return isMean(growths.get(node));
  }

  /** How a reduction over the examples, of what each has by itself, joins those of several batches; null if this is none. */
  ReduceFn joins(Node node) {
    return switch (node.op()) {
      case Op.Size(var dim) -> isOfAnyLength(dim) ? ReduceFn.SUM : null;
      case Op.Reduce(var fn, var axes) -> axes.contains(examples.rows(node.operand(0))) ? fn : null;
      case Op.MatMul() -> examples.rows(node.operand(0)) == node.operand(0).type().rank() - 1
          && examples.rows(node.operand(1)) == node.operand(1).type().rank() - 2 ? ReduceFn.SUM : null;
      case Op.ScatterAdd(var along, var size) -> examples.rows(node.operand(0)) == along && examples.rows(node.operand(1)) == along
          && !mentions(size) ? ReduceFn.SUM : null;
      default -> null;
    };
  }

  /** Whether a size is the number of examples by what may be another one in each batch, as lengths are: how many elements there are of all is a sum over batches. */
  private boolean isOfAnyLength(Dim dim) {
    return dim.dividedBy(Dim.open(batch)).filter(rest -> !mentions(rest) && !rest.isConstant()).isPresent();
  }

  private boolean mentions(Dim dim) {
    return dim.variables().contains(batch);
  }

  private Growth growth(Node node) {
    if (examples.isAlike(node)) {
      return Growth.CONSTANT;
    }
    if (node.type().shape().stream().anyMatch(this::mentions)) {
      return Growth.OTHER;
    }
    if (!(node.op() instanceof Op.Size) && joins(node) == ReduceFn.SUM) {
      return Growth.SUM;
    }
    return switch (node.op()) {
      case Op.Size(var dim) -> dim.dividedBy(Dim.open(batch)).filter(rest -> !mentions(rest)).isEmpty() ? Growth.OTHER
          : isOfAnyLength(dim) ? Growth.SUM : Growth.COUNT;
      case Op.Unary(var fn) when fn == UnaryFn.NEG -> of(node, 0);
      case Op.Cast(var to) when to == Kind.FLOAT -> of(node, 0);
      case Op.Slice(var start, _, _) when start.stream().anyMatch(this::mentions) -> Growth.OTHER;
      case Op.StopGradient _, Op.Reshape _, Op.Transpose _, Op.Broadcast _, Op.Slice _ -> of(node, 0);
      case Op.Reduce(var fn, _) when fn == ReduceFn.SUM -> of(node, 0);
      case Op.Binary(var fn) -> binary(fn, of(node, 0), of(node, 1));
      default -> Growth.OTHER;
    };
  }

  private Growth of(Node node, int operand) {
    return growths.get(node.operand(operand));
  }

  private static Growth binary(BinaryFn fn, Growth x, Growth y) {
    return switch (fn) {
      case ADD, SUB -> sum(x, y);
      case MUL -> x == Growth.CONSTANT ? y : y == Growth.CONSTANT ? x : Growth.OTHER;
      case DIV -> y == Growth.CONSTANT ? x : y == Growth.COUNT ? ratio(x) : Growth.OTHER;
      case POW, MIN, MAX, LT, LE, EQ, NE, AND, OR, FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> Growth.OTHER;
    };
  }

  private static Growth sum(Growth x, Growth y) {
    return x == y ? x : isSum(x) && isSum(y) ? Growth.SUM : isMean(x) && isMean(y) ? Growth.MEAN : Growth.OTHER;
  }

  /** Of a value by a count of the examples. */
  private static Growth ratio(Growth x) {
    return switch (x) {
      case COUNT -> Growth.CONSTANT;
      case SUM -> Growth.MEAN;
      case CONSTANT, MEAN, OTHER -> Growth.OTHER;
    };
  }

  private static boolean isSum(Growth growth) {
    return growth == Growth.SUM || growth == Growth.COUNT;
  }

  private static boolean isMean(Growth growth) {
    return growth == Growth.MEAN || growth == Growth.CONSTANT;
  }
}
