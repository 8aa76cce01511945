package nnc.onnx.export;

import static nnc.onnx.export.NodePatterns.allBut;
import static nnc.onnx.export.NodePatterns.bare;
import static nnc.onnx.export.NodePatterns.is;
import static nnc.onnx.export.NodePatterns.mean;
import static nnc.onnx.export.NodePatterns.numberOf;
import static nnc.onnx.export.NodePatterns.repeated;
import static nnc.onnx.export.NodePatterns.repeatedAlong;
import static nnc.onnx.export.NodePatterns.withNumber;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.UnaryFn;

/** Normalisation by channel with known statistics, and over an array's last axes with its own; each with or without factor and shift. */
final class NormalisationGroups {
  private NormalisationGroups() {}

  static Optional<OperatorGroup> of(Node node) {
    for (boolean shifts : is(node, BinaryFn.ADD) ? new boolean[] {true, false} : new boolean[] {false}) {
      for (int shiftSide = 0; shiftSide < (shifts ? 2 : 1); shiftSide++) {
        var product = shifts ? node.operand(1 - shiftSide) : node;
        var shift = shifts ? node.operand(shiftSide) : null;
        var group = scaled(product, shift);
        if (group.isPresent()) {
          return group;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<OperatorGroup> scaled(Node node, Node shift) {
    for (int side = 0; is(node, BinaryFn.MUL) && side < 2; side++) {
      var group = normalised(node.operand(1 - side), node.operand(side), shift);
      if (group.isPresent()) {
        return group;
      }
    }
    return normalised(node, null, shift);
  }

  /**
   * A quotient by a deviation.
   *
   * @param factor what it is multiplied by, repeated to its shape; null if it is not
   * @param shift  what is added to that; null if nothing is
   */
  private static Optional<OperatorGroup> normalised(Node quotient, Node factor, Node shift) {
    if (!is(quotient, BinaryFn.DIV) || !is(quotient.operand(0), BinaryFn.SUB)) {
      return Optional.empty();
    }
    var known = byChannel(quotient, factor, shift);
    return known.isPresent() ? known : byOwn(quotient, factor, shift);
  }

  // ---- (x - mean) / sqrt(variance + epsilon), with a value a channel

  private static Optional<OperatorGroup> byChannel(Node quotient, Node factor, Node shift) {
    int rank = quotient.type().rank();
    var axes = rank < 2 ? List.<Integer>of() : allBut(1, rank);
    var mean = channel(quotient.operand(0).operand(1), axes);
    var root = channel(quotient.operand(1), axes);
    if (rank < 2 || mean == null || root == null || !is(root, UnaryFn.SQRT)) {
      return Optional.empty();
    }
    var sum = bare(root.operand(0));
    var variance = withNumber(sum, BinaryFn.ADD);
    var gamma = channel(factor, axes);
    var beta = channel(shift, axes);
    if (variance == null || bare(variance).type().rank() != 1 || mean.type().rank() != 1 || factor != null && !isVector(gamma) || shift != null && !isVector(beta)) {
      return Optional.empty();
    }
    var x = quotient.operand(0).operand(0);
    var reads = new java.util.ArrayList<>(List.of(x, mean, bare(variance)));
    if (gamma != null) {
      reads.add(gamma);
    }
    if (beta != null) {
      reads.add(beta);
    }
    double epsilon = numberOf(sum);
    var size = List.of(x.type().dim(1));
    return Optional.of(new OperatorGroup(reads, (target, in) -> target.writer().node("BatchNormalization", List.of(in.get(0),
        gamma == null ? all(target, 1, size) : in.get(3), beta == null ? all(target, 0, size) : in.getLast(), in.get(1), in.get(2)),
        Attributes.of("epsilon", epsilon))));
  }

  private static Node channel(Node node, List<Integer> axes) {
    return node == null ? null : repeated(node, axes);
  }

  private static boolean isVector(Node node) {
    return node != null && node.type().rank() == 1;
  }

  private static String all(OperatorGroup.Target target, double value, List<Dim> shape) {
    long count = Dim.product(shape).fixed();
    return target.writer().array(shape.stream().map(size -> (long) size.fixed()).toList(), Collections.nCopies((int) count, value), Kind.FLOAT);
  }

  // ---- (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon), over the last axes

  private static Optional<OperatorGroup> byOwn(Node quotient, Node factor, Node shift) {
    var off = quotient.operand(0);
    var axes = repeatedAlong(off.operand(1));
    var x = off.operand(0);
    int rank = x.type().rank();
    var middle = axes.isEmpty() ? null : mean(repeated(off.operand(1), axes));
    if (middle == null || middle.x() != x || !middle.axes().equals(axes) || !axes.equals(IntStream.range(rank - axes.size(), rank).boxed().toList())) {
      return Optional.empty();
    }
    var size = x.type().shape().subList(rank - axes.size(), rank);
    double epsilon = epsilon(repeated(quotient.operand(1), axes), off, axes);
    if (!(epsilon > 0) || !size.stream().allMatch(Dim::isConstant)) {
      return Optional.empty();
    }
    var others = IntStream.range(0, rank - axes.size()).boxed().toList();
    var gamma = own(factor, others, size);
    var beta = own(shift, others, size);
    if (factor != null && gamma == null || shift != null && beta == null) {
      return Optional.empty();
    }
    var reads = new java.util.ArrayList<>(List.of(x));
    if (gamma != null) {
      reads.add(gamma);
    }
    if (beta != null) {
      reads.add(beta);
    }
    return Optional.of(new OperatorGroup(reads, (target, in) -> {
      var inputs = new java.util.ArrayList<>(List.of(in.getFirst(), gamma == null ? all(target, 1, size) : in.get(1)));
      if (beta != null) {
        inputs.add(in.getLast());
      }
      return target.writer().node("LayerNormalization", inputs, Attributes.of("axis", rank - axes.size()), Attributes.of("epsilon", epsilon));
    }));
  }

  /** What is multiplied or added by place in the normalised axes; null if it is something else. */
  private static Node own(Node node, List<Integer> others, List<Dim> size) {
    var values = node == null ? null : others.isEmpty() ? node : node.op() instanceof Op.Broadcast(_, var axes) && axes.equals(others) ? node.operand(0) : null;
    return values != null && values.type().shape().equals(size) ? values : null;
  }

  /**
   * The epsilon of a deviation {@code sqrt(mean((off s)^2) + epsilon s^2) / s}, where s is a power of two that keeps squares from overflowing, or one; NaN if it
   * is something else.
   */
  private static double epsilon(Node deviation, Node off, List<Integer> axes) {
    if (deviation == null) {
      return Double.NaN;
    }
    // a quotient by a power of two has become a product
    var grown = withNumber(deviation, BinaryFn.MUL);
    double grows = grown == null ? 1 : numberOf(deviation);
    var root = grown == null ? deviation : bare(grown);
    var sum = is(root, UnaryFn.SQRT) ? bare(root.operand(0)) : root;
    var spread = withNumber(sum, BinaryFn.ADD);
    var squares = spread == null || !is(root, UnaryFn.SQRT) ? null : mean(spread);
    if (squares == null || !squares.axes().equals(axes) || !is(squares.x(), BinaryFn.MUL) || squares.x().operand(0) != squares.x().operand(1)) {
      return Double.NaN;
    }
    var part = squares.x().operand(0);
    double shrinks = part == off ? 1 : withNumber(part, BinaryFn.MUL) == off ? numberOf(part) : Double.NaN;
    return shrinks * grows == 1 ? numberOf(sum) * grows * grows : Double.NaN;
  }
}
