package nnc.diagram;

import java.util.List;
import java.util.stream.Collectors;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphPrinter;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.graph.UnaryFn;
import nnc.runtime.base.Text;

/** What diagrams say of tensors and of what makes them. */
final class Tensors {
  private Tensors() {}

  /** {@code N×28×28}; {@code int N} of other elements than floats. */
  static String shape(Type type) {
    var sizes = sizes(type.shape());
    return type.kind() == Kind.FLOAT ? sizes.isEmpty() ? "scalar" : sizes : sizes.isEmpty() ? type.kind().toString() : type.kind() + " " + sizes;
  }

  private static String sizes(List<Dim> shape) {
    return shape.stream().map(dim -> dim.toString().contains(" ") ? "(" + dim + ")" : dim.toString()).collect(Collectors.joining("×"));
  }

  /** A weight with its shape, by the last part of its path. */
  static String weight(String path, Type type) {
    return path.substring(path.lastIndexOf('.') + 1) + " " + shape(type);
  }

  /** The weight's path, or an empty text of other nodes. */
  static String path(Node node) {
    return switch (node.op()) {
      case Op.Parameter(var path, _) -> path;
      case Op.State(var path, _) -> path;
      default -> "";
    };
  }

  /** What an operation of the program itself does, in few signs: {@code / 255}, {@code +}, {@code @}. */
  static String operation(Node node) {
    if (node.op() instanceof Op.Binary(var fn)) {
      var left = constant(node.operand(0));
      var right = constant(node.operand(1));
      return (left.isEmpty() ? "" : left + " ") + sign(fn) + (right.isEmpty() ? "" : " " + right);
    } else if (node.op() instanceof Op.MatMul) {
      return "@";
    } else if (node.op() instanceof Op.Select) {
      return "where";
    } else if (node.op() instanceof Op.Unary(var fn) && fn == UnaryFn.NEG) {
      return "−";
    }
    var words = GraphPrinter.describe(node.op()).split(" ");
    return node.op() instanceof Op.Reduce ? words[1] : words[0];
  }

  /** A number, or a weight's name, behind what only repeats it; empty for other operands. */
  private static String constant(Node node) {
    return switch (node.op()) {
      case Op.Const(var value, _) -> value == Math.rint(value) && Math.abs(value) < 1e6 ? Long.toString((long) value) : Text.number(value);
      case Op.Broadcast _, Op.Cast _ -> constant(node.operand(0));
      case Op.Parameter(var path, _) -> path.substring(path.lastIndexOf('.') + 1);
      default -> "";
    };
  }

  private static String sign(BinaryFn fn) {
    return switch (fn) {
      case ADD -> "+";
      case SUB -> "−";
      case MUL -> "·";
      case DIV -> "/";
      case POW -> "^";
      case MIN -> "min";
      case MAX -> "max";
      case LT -> "<";
      case LE -> "≤";
      case EQ -> "=";
      case NE -> "≠";
      case AND -> "and";
      case OR -> "or";
      case FLOOR_DIV -> "div";
      case MOD -> "mod";
      case BIT_AND -> "&";
      case BIT_OR -> "|";
      case BIT_XOR -> "xor";
      case SHIFT_LEFT -> "<<";
      case SHIFT_RIGHT -> ">>";
    };
  }
}
