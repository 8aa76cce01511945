package nnc.onnx.export;

import static nnc.onnx.export.NodePatterns.allBut;
import static nnc.onnx.export.NodePatterns.is;
import static nnc.onnx.export.NodePatterns.isNumber;
import static nnc.onnx.export.NodePatterns.number;
import static nnc.onnx.export.NodePatterns.numberOf;
import static nnc.onnx.export.NodePatterns.repeated;
import static nnc.onnx.export.NodePatterns.withNumber;

import java.util.List;
import java.util.Optional;
import nnc.graph.BinaryFn;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.UnaryFn;
import nnc.onnx.model.ElementType;

/** Activations that ONNX has a name for, and gelu as exporters write it. */
final class ActivationGroups {
  private final ElementType floats;

  /** @param floats what numbers are: those that an operator has as attributes are of 32 bits */
  ActivationGroups(ElementType floats) {
    this.floats = floats;
  }

  private boolean isExact(double attribute) {
    return floats == ElementType.FLOAT || (float) attribute == attribute;
  }

  Optional<OperatorGroup> of(Node node) {
    if (node.type().kind() != Kind.FLOAT) {
      return Optional.empty();
    }
    if (node.op() instanceof Op.Select) {
      return chosen(node);
    }
    return is(node, BinaryFn.MUL) ? gelu(node) : is(node, BinaryFn.ADD) ? softplus(node) : is(node, BinaryFn.DIV) ? softsign(node) : Optional.empty();
  }

  private Optional<OperatorGroup> chosen(Node node) {
    var condition = node.operand(0);
    if (is(condition, BinaryFn.LE)) {
      return held(node);
    }
    // x > 0 is 0 < x
    boolean positive = is(condition, BinaryFn.LT) && isNumber(condition.operand(0), 0) && condition.operand(1) == node.operand(1);
    return positive ? negativePart(node.operand(1), node.operand(2)) : Optional.empty();
  }

  /** {@code where(x <= 0, 0, x)}, and {@code where(x <= low, low, where(high <= x, high, x))}, of which one may be a hard sigmoid. */
  private Optional<OperatorGroup> held(Node node) {
    var x = node.operand(0).operand(0);
    var low = number(node.operand(0).operand(1));
    var least = number(node.operand(1));
    if (low.isEmpty() || least.isEmpty()) {
      return Optional.empty();
    }
    var rest = node.operand(2);
    if (rest == x) {
      return low.getAsDouble() == 0 && least.getAsDouble() == 0 ? Optional.of(OperatorGroup.of("Relu", List.of(x))) : Optional.empty();
    }
    boolean bounded = rest.op() instanceof Op.Select && is(rest.operand(0), BinaryFn.LE) && rest.operand(0).operand(1) == x
        && number(rest.operand(0).operand(0)).isPresent() && number(rest.operand(1)).isPresent();
    if (!bounded) {
      return Optional.empty();
    }
    double high = number(rest.operand(0).operand(0)).getAsDouble();
    double most = number(rest.operand(1)).getAsDouble();
    if (rest.operand(2) == x && least.getAsDouble() == low.getAsDouble() && most == high && low.getAsDouble() <= high) {
      return Optional.of(new OperatorGroup(List.of(x), (target, in) -> target.writer().node("Clip",
          List.of(in.getFirst(), target.writer().number(low.getAsDouble(), Kind.FLOAT), target.writer().number(high, Kind.FLOAT)))));
    }
    boolean hardSigmoid = isExact(1 / 6.0) && low.getAsDouble() == -3 && least.getAsDouble() == 0 && high == 3 && most == 1 && isSixth(rest.operand(2), x);
    return hardSigmoid ? Optional.of(OperatorGroup.of("HardSigmoid", List.of(x), Attributes.of("alpha", 1 / 6.0), Attributes.of("beta", 0.5))) : Optional.empty();
  }

  /** {@code x / 6 + 1 / 2}. */
  private static boolean isSixth(Node node, Node x) {
    var sixth = withNumber(node, BinaryFn.ADD);
    return sixth != null && numberOf(node) == 0.5 && is(sixth, BinaryFn.DIV) && sixth.operand(0) == x && isNumber(sixth.operand(1), 6);
  }

  /** What is x where that is positive, by what it is elsewhere. */
  private Optional<OperatorGroup> negativePart(Node x, Node other) {
    var scaled = withNumber(other, BinaryFn.MUL);
    if (scaled == x && isExact(numberOf(other))) {
      return Optional.of(OperatorGroup.of("LeakyRelu", List.of(x), Attributes.of("alpha", numberOf(other))));
    }
    var power = scaled == null ? other : scaled;
    if (is(power, UnaryFn.EXPM1) && isNegative(power.operand(0), x) && (scaled == null || isExact(numberOf(other)))) {
      return Optional.of(OperatorGroup.of("Elu", List.of(x), Attributes.of("alpha", scaled == null ? 1.0 : numberOf(other))));
    }
    for (int side = 0; side < 2 && is(other, BinaryFn.MUL) && x.type().rank() >= 2; side++) {
      var slope = repeated(other.operand(side), allBut(1, x.type().rank()));
      if (other.operand(1 - side) == x && slope != null && slope.type().rank() == 1) {
        return Optional.of(new OperatorGroup(List.of(x, slope), (target, in) -> target.writer().node("PRelu",
            List.of(in.get(0), target.writer().unsqueeze(in.get(1), spatial(x.type().rank()))))));
      }
    }
    return Optional.empty();
  }

  /** Where axes stand that follow a channel's. */
  private static List<Integer> spatial(int rank) {
    return java.util.stream.IntStream.range(1, rank - 1).boxed().toList();
  }

  private static boolean isPositive(Node condition, Node x) {
    return is(condition, BinaryFn.LT) && isNumber(condition.operand(0), 0) && condition.operand(1) == x;
  }

  /** {@code where(x > 0, 0, x)}. */
  private static boolean isNegative(Node node, Node x) {
    return node.op() instanceof Op.Select && isPositive(node.operand(0), x) && isNumber(node.operand(1), 0) && node.operand(2) == x;
  }

  /** {@code where(x > 0, x, 0) + log1p(exp(where(x > 0, -x, x)))}. */
  private static Optional<OperatorGroup> softplus(Node node) {
    var top = node.operand(0);
    if (!(top.op() instanceof Op.Select) || !isNumber(top.operand(2), 0) || !isPositive(top.operand(0), top.operand(1))) {
      return Optional.empty();
    }
    var x = top.operand(1);
    var log = node.operand(1);
    var exp = is(log, UnaryFn.LOG1P) ? log.operand(0) : null;
    var away = exp != null && is(exp, UnaryFn.EXP) ? exp.operand(0) : null;
    boolean found = away != null && away.op() instanceof Op.Select && isPositive(away.operand(0), x) && is(away.operand(1), UnaryFn.NEG)
        && away.operand(1).operand(0) == x && away.operand(2) == x;
    return found ? Optional.of(OperatorGroup.of("Softplus", List.of(x))) : Optional.empty();
  }

  /** {@code x / (1 + |x|)}. */
  private static Optional<OperatorGroup> softsign(Node node) {
    var size = withNumber(node.operand(1), BinaryFn.ADD);
    boolean found = size != null && numberOf(node.operand(1)) == 1 && is(size, UnaryFn.ABS) && size.operand(0) == node.operand(0);
    return found ? Optional.of(OperatorGroup.of("Softsign", List.of(node.operand(0)))) : Optional.empty();
  }

  /** {@code x / 2 * (1 + erf(x * sqrt(0.5)))}, said as runtimes know it. */
  private static Optional<OperatorGroup> gelu(Node node) {
    var half = withNumber(node.operand(0), BinaryFn.MUL);
    var wave = withNumber(node.operand(1), BinaryFn.ADD);
    if (half == null || wave == null || numberOf(node.operand(0)) != 0.5 || numberOf(node.operand(1)) != 1 || !is(wave, UnaryFn.ERF)) {
      return Optional.empty();
    }
    if (withNumber(wave.operand(0), BinaryFn.MUL) != half || numberOf(wave.operand(0)) != Math.sqrt(0.5)) {
      return Optional.empty();
    }
    return Optional.of(new OperatorGroup(List.of(half), (target, in) -> {
      var writer = target.writer();
      var x = in.getFirst();
      var erf = writer.node("Erf", List.of(writer.node("Div", List.of(x, writer.number(Math.sqrt(2), Kind.FLOAT)))));
      var gate = writer.node("Mul", List.of(x, writer.node("Add", List.of(erf, writer.number(1, Kind.FLOAT)))));
      return writer.node("Mul", List.of(gate, writer.number(0.5, Kind.FLOAT)));
    }));
  }
}
