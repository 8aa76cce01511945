package nnc.onnx.export;

import java.util.List;
import java.util.stream.LongStream;
import nnc.graph.BinaryFn;
import nnc.graph.Kind;
import nnc.graph.Node;

/**
 * Bits of whole numbers, for which ONNX's version 17 has no operators of numbers with a sign: numbers as the 32 digits that they have to the base of 2, along an axis
 * of their own, and shifts as products and quotients by powers of 2.
 */
final class BitGroups {
  private BitGroups() {}

  private static final List<Long> POWERS = LongStream.range(0, 32).map(bit -> 1L << bit).boxed().toList();

  static OperatorGroup of(Node node, BinaryFn fn) {
    var operands = StretchedOperands.of(node.operands());
    return new OperatorGroup(operands.reads(), (target, in) -> {
      var values = operands.write(target, in);
      return switch (fn) {
        case SHIFT_LEFT, SHIFT_RIGHT -> shifted(target.writer(), values.get(0), values.get(1), fn == BinaryFn.SHIFT_LEFT);
        default -> joined(target.writer(), digits(target.writer(), values.get(0)), digits(target.writer(), values.get(1)), fn);
      };
    });
  }

  /** As a number from 0 to less than 2^32 has them: of a negative one those of its complement. */
  private static String digits(OnnxGraphWriter writer, String x) {
    var positive = writer.node("Mod", List.of(x, writer.whole(1L << 32)));
    var quotients = writer.node("Div", List.of(writer.unsqueeze(positive, List.of(-1)), writer.integers(POWERS)));
    return writer.node("Mod", List.of(quotients, writer.whole(2)));
  }

  private static String joined(OnnxGraphWriter writer, String a, String b, BinaryFn fn) {
    var digits = switch (fn) {
      case BIT_AND -> writer.node("Mul", List.of(a, b));
      case BIT_OR -> writer.node("Max", List.of(a, b));
      case BIT_XOR -> writer.node("Mod", List.of(writer.node("Add", List.of(a, b)), writer.whole(2)));
      default -> throw new IllegalArgumentException(fn + " is no function of bits");
    };
    var sum = writer.reduce("ReduceSum", writer.node("Mul", List.of(digits, writer.integers(POWERS))), List.of(-1));
    return PrimitiveGroups.wrapped(writer, sum);
  }

  /** By 0 to 31; by others all bits fall out, and from the right the sign stays. */
  private static String shifted(OnnxGraphWriter writer, String x, String by, boolean left) {
    var zero = writer.number(0, Kind.INT);
    var inside = writer.node("Clip", List.of(by, zero, writer.number(31, Kind.INT)));
    var power = writer.node("Gather", List.of(writer.integers(POWERS), inside));
    var isInside = writer.node("Equal", List.of(by, inside));
    if (left) {
      return writer.node("Where", List.of(isInside, PrimitiveGroups.wrapped(writer, writer.node("Mul", List.of(x, power))), zero));
    }
    var rest = writer.node("Mod", List.of(x, power));
    var quotient = writer.node("Div", List.of(writer.node("Sub", List.of(x, rest)), power));
    var sign = writer.node("Where", List.of(writer.node("Less", List.of(x, zero)), writer.number(-1, Kind.INT), zero));
    return writer.node("Where", List.of(isInside, quotient, sign));
  }
}
