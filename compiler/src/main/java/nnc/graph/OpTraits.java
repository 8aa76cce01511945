package nnc.graph;

import java.util.List;
import java.util.stream.IntStream;

/** What the scheduler asks about ops. */
public final class OpTraits {
  private OpTraits() {}

  /** Has a place in memory before the program runs. */
  public static boolean source(Op op) {
    return op instanceof Op.Input || op instanceof Op.Parameter || op instanceof Op.State || op instanceof Op.Counter || op instanceof Op.Table
        || op instanceof Op.Given;
  }

  /** Index arithmetic in the reader, or a number. */
  public static boolean view(Op op) {
    return switch (op) {
      case Op.Broadcast _, Op.Reshape _, Op.Transpose _, Op.Slice _, Op.Pad _, Op.Windows _, Op.Const _, Op.Size _, Op.Iota _ -> true;
      default -> false;
    };
  }

  /** What is behind a node's reshapes: the same elements in the same order. */
  public static Node unreshaped(Node node) {
    while (node.op() instanceof Op.Reshape) {
      node = node.operand(0);
    }
    return node;
  }

  public static boolean pointwise(Op op) {
    return switch (op) {
      case Op.Unary _, Op.Binary _, Op.Select _, Op.Cast _, Op.Uniform _, Op.Gather _, Op.StopGradient _ -> true;
      default -> false;
    };
  }

  /** Computes an element from the operands' elements at the same place. */
  public static boolean arithmetic(Op op) {
    return op instanceof Op.Unary || op instanceof Op.Binary || op instanceof Op.Select || op instanceof Op.Cast;
  }

  /** Combines many elements to one. */
  public static boolean reduces(Op op) {
    return op instanceof Op.Reduce || contracts(op) || op instanceof Op.FoldWindows;
  }

  public static boolean contracts(Op op) {
    return op instanceof Op.MatMul || op instanceof Op.Conv;
  }

  /** Has a kernel of its own, in which elements follow from those before them. */
  public static boolean alone(Op op) {
    return op instanceof Op.ScatterAdd || op instanceof Op.CumSum || op instanceof Op.ArgSort || op instanceof Op.Loop;
  }

  /** Whether something may be another at each run although the weights are the same: by itself, or with the size of an open dimension. */
  public static boolean varies(Node node) {
    return switch (node.op()) {
      case Op.Input _, Op.Counter _, Op.Uniform _, Op.Size _, Op.Given _, Op.Loop _, Op.LoopResult _ -> true;
      default -> !node.type().shape().stream().allMatch(Dim::isConstant);
    };
  }

  /** The path of a parameter or state; null of other ops. */
  public static String path(Op op) {
    return switch (op) {
      case Op.Parameter(var path, _) -> path;
      case Op.State(var path, _) -> path;
      default -> null;
    };
  }

  /** Elements of a scatter's result of which some additions are summed up first. */
  private static final int SMALL_SCATTER_ELEMENTS = 1 << 16;

  /** Adds to so large an array that values are added to its elements one by one: of a smaller one many may meet in an element, and their sums are kept apart. */
  public static boolean scattersWide(Node node) {
    return node.op() instanceof Op.ScatterAdd && (!node.type().size().isConstant() || node.type().size().fixed() > SMALL_SCATTER_ELEMENTS);
  }

  /** Put together by those who make its parts, each element from one: a concatenation, or windows that lie side by side without a gap. */
  public static boolean assembled(Node node) {
    return node.op() instanceof Op.Concat || node.op() instanceof Op.FoldWindows(var space, var size, var stride, var dilation)
        && size.equals(stride) && dilation.stream().allMatch(d -> d == 1) && covered(node, space, size);
  }

  private static boolean covered(Node fold, List<Dim> space, List<Integer> size) {
    var x = fold.operand(0).type();
    int lead = x.rank() - 2 * space.size();
    return IntStream.range(0, space.size()).allMatch(i -> x.dim(lead + i).times(size.get(i)).equals(space.get(i)));
  }

  /** Roughly how many instructions an element takes. */
  public static int weight(Op op) {
    return switch (op) {
      case Op.Unary(var fn) -> weight(fn);
      case Op.Binary(var fn) -> weight(fn);
      case Op.Uniform _ -> 24;
      case Op.Reduce _, Op.FoldWindows _ -> 8;
      case Op.Gather _ -> 6;
      case Op.CumSum _ -> 8;
      case Op.ArgSort _ -> 100;
      default -> 1;
    };
  }

  private static int weight(BinaryFn fn) {
    return switch (fn) {
      case POW -> 90;
      case FLOOR_DIV, MOD -> 30;
      case DIV, SHIFT_LEFT, SHIFT_RIGHT -> 4;
      case ADD, SUB, MUL, MIN, MAX, LT, LE, EQ, NE, AND, OR, BIT_AND, BIT_OR, BIT_XOR -> 1;
    };
  }

  private static int weight(UnaryFn fn) {
    return switch (fn) {
      case EXP, SIGMOID -> 24;
      case LOG, LOG1P, EXPM1 -> 32;
      case TANH -> 40;
      case SIN, COS, ERF -> 48;
      case FLOOR, CEIL, ROUND, SIGN -> 6;
      case SQRT -> 4;
      case NEG, ABS, NOT -> 1;
    };
  }

  /** A value so dear that a row keeps it rather than compute it again. */
  public static boolean dear(Node node) {
    return weight(node.op()) >= 20;
  }

  /** The constant that a node is everywhere; NaN if it is none. */
  public static double value(Node v) {
    while (v.op() instanceof Op.Broadcast || v.op() instanceof Op.Reshape) {
      v = v.operand(0);
    }
    return v.op() instanceof Op.Const(var value, _) ? value : Double.NaN;
  }
}
