package nnc.onnx.export;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.onnx.export.OperatorGroup.Target;

/**
 * Operands of one shape as ONNX wants them where it stretches them itself: what is repeated along some axes is read as it was before, with axes of one element
 * in place of those.
 */
final class StretchedOperands {
  private final List<Node> bases = new ArrayList<>();
  private final List<List<Integer>> added = new ArrayList<>();

  /** @param missing by operand the axes along which it is repeated and read as it was before; none if it is read whole */
  private StretchedOperands(List<Node> operands, List<Set<Integer>> missing) {
    for (int i = 0; i < operands.size(); i++) {
      boolean whole = missing.get(i).isEmpty();
      var operand = operands.get(i);
      bases.add(whole ? operand : operand.operand(0));
      added.add(whole ? List.of() : inner(missing.get(i), operand.type().rank()));
    }
  }

  /** Leading axes need not be there at all. */
  private static List<Integer> inner(Set<Integer> missing, int rank) {
    int lead = 0;
    while (lead < rank && missing.contains(lead)) {
      lead++;
    }
    int from = lead;
    return missing.stream().filter(axis -> axis >= from).map(axis -> axis - from).sorted().toList();
  }

  /** Of operands that have the result's shape, which at least one of them keeps in each axis. */
  static StretchedOperands of(List<Node> operands) {
    return of(operands, IntStream.range(0, operands.getFirst().type().rank()).boxed().toList());
  }

  /** The same where only some axes are stretched: operands that are repeated along others too are read whole. */
  static StretchedOperands of(List<Node> operands, List<Integer> axes) {
    var missing = new ArrayList<Set<Integer>>();
    for (var operand : operands) {
      boolean stretches = operand.op() instanceof Op.Broadcast(_, var own) && axes.containsAll(own);
      missing.add(stretches ? new HashSet<>(((Op.Broadcast) operand.op()).axes()) : Set.of());
    }
    while (true) {
      var lost = axes.stream().filter(axis -> missing.stream().allMatch(own -> own.contains(axis))).findFirst();
      if (lost.isEmpty()) {
        return new StretchedOperands(operands, missing);
      }
      int nearest = IntStream.range(0, missing.size()).filter(i -> missing.get(i).contains(lost.get())).boxed()
          .min(java.util.Comparator.comparing(i -> missing.get(i).size())).orElseThrow();
      missing.set(nearest, Set.of());
    }
  }

  /** What is read. */
  List<Node> reads() {
    return bases;
  }

  /** The operands, from the values that are read. */
  List<String> write(Target target, List<String> in) {
    return IntStream.range(0, in.size()).mapToObj(i -> target.writer().unsqueeze(in.get(i), added.get(i))).toList();
  }
}
