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

  /** All but the highest bit, which is the sign. */
  private static final List<Long> POWERS = LongStream.range(0, 31).map(bit -> 1L << bit).boxed().toList();

  /** What numbers are multiplied by that are shifted to the left: of the last, as it is a number of 32 bits, the low bits of a product are the same. */
  private static final List<Long> FACTORS = LongStream.range(0, 32).map(bit -> 1 << bit).boxed().toList();

  static OperatorGroup of(Node node, BinaryFn fn) {
    var operands = StretchedOperands.of(node.operands());
    return new OperatorGroup(operands.reads(), (target, in) -> {
      var values = operands.write(target, in);
      return switch (fn) {
        case SHIFT_LEFT -> shiftedLeft(target.writer(), values.get(0), values.get(1));
        case SHIFT_RIGHT -> shiftedRight(target.writer(), values.get(0), values.get(1));
        default -> joined(target.writer(), values.get(0), values.get(1), fn);
      };
    });
  }

  /** The digits that are 1, by their places from the lowest on, the sign not among them: those of a negative number are its complement's. */
  private static String digits(OnnxGraphWriter writer, String x) {
    return writer.node("Mod", List.of(quotient(writer, writer.unsqueeze(x, List.of(-1)), writer.integers(POWERS)), writer.whole(2)));
  }

  /** Rounded down, by a divisor that is positive. */
  private static String quotient(OnnxGraphWriter writer, String x, String by) {
    return writer.node("Div", List.of(writer.node("Sub", List.of(x, writer.node("Mod", List.of(x, by)))), by));
  }

  /** 1 of what is negative, else 0. */
  private static String sign(OnnxGraphWriter writer, String x) {
    return writer.cast(writer.node("Less", List.of(x, writer.number(0, Kind.INT))), Kind.INT);
  }

  private static String joined(OnnxGraphWriter writer, String a, String b, BinaryFn fn) {
    var digits = combined(writer, digits(writer, a), digits(writer, b), fn);
    var sum = writer.reduce("ReduceSum", writer.node("Mul", List.of(digits, writer.integers(POWERS))), List.of(-1));
    var sign = combined(writer, sign(writer, a), sign(writer, b), fn);
    return writer.node("Add", List.of(sum, writer.node("Mul", List.of(sign, writer.number(Integer.MIN_VALUE, Kind.INT)))));
  }

  private static String combined(OnnxGraphWriter writer, String a, String b, BinaryFn fn) {
    return switch (fn) {
      case BIT_AND -> writer.node("Mul", List.of(a, b));
      case BIT_OR -> writer.node("Max", List.of(a, b));
      case BIT_XOR -> writer.node("Mod", List.of(writer.node("Add", List.of(a, b)), writer.whole(2)));
      default -> throw new IllegalArgumentException(fn + " is no function of bits");
    };
  }

  /** By 0 to 31; by others all bits fall out. */
  private static String shiftedLeft(OnnxGraphWriter writer, String x, String by) {
    var inside = writer.node("Clip", List.of(by, writer.number(0, Kind.INT), writer.number(31, Kind.INT)));
    var product = writer.node("Mul", List.of(x, writer.node("Gather", List.of(writer.integers(FACTORS), inside))));
    return writer.node("Where", List.of(writer.node("Equal", List.of(by, inside)), PrimitiveGroups.wrapped(writer, product), writer.number(0, Kind.INT)));
  }

  /** By 0 to 30; by others the sign is left. */
  private static String shiftedRight(OnnxGraphWriter writer, String x, String by) {
    var inside = writer.node("Clip", List.of(by, writer.number(0, Kind.INT), writer.number(30, Kind.INT)));
    var quotient = quotient(writer, x, writer.node("Gather", List.of(writer.integers(POWERS), inside)));
    return writer.node("Where", List.of(writer.node("Equal", List.of(by, inside)), quotient, writer.node("Neg", List.of(sign(writer, x)))));
  }
}
