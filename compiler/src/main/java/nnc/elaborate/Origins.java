package nnc.elaborate;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.source.Span;

/**
 * What tensors that do not fit are, and where they come from, in the program's own words: a note each with its type and the text that made it. What stands
 * in the call itself is seen there.
 */
final class Origins {
  /** More would hide what is meant. */
  private static final int MOST = 3;

  private Origins() {}

  /** Does work on values; a fault in it says where these come from, unless it has been said. */
  static <T> T told(List<Value> given, Elaborator elaborator, String callee, Supplier<T> work) {
    try {
      return work.get();
    } catch (ElaborationFault fault) {
      throw told(fault, given, elaborator, callee);
    }
  }

  /** The same fault with the places of what was given. Faults in the library are placed where the program called it. */
  static ElaborationFault told(ElaborationFault fault, List<Value> given, Elaborator elaborator, String callee) {
    if (fault.isPlaced() || LibraryText.has(fault.span().file())) {
      return fault;
    }
    var nodes = given.stream().flatMap(Origins::nodes).distinct().toList();
    nodes.stream().filter(node -> isElsewhere(node, fault.span())).limit(MOST).forEach(node -> fault.note(text(node, elaborator), node.span()));
    ShapeHints.of(callee, nodes, elaborator).forEach(fault::hint);
    return fault.placed();
  }

  private static Stream<Node> nodes(Value value) {
    return switch (value) {
      case Value.Tensor(var node) -> Stream.of(node);
      case Value.Gaps(var node) -> Stream.of(node);
      case Value.Items(var items) -> items.stream().limit(MOST).flatMap(Origins::nodes);
      case Value.Tuple(var items) -> items.stream().limit(MOST).flatMap(Origins::nodes);
      case null, default -> Stream.of();
    };
  }

  /** Whether a node is computed, by other text of the program than that which is marked. */
  private static boolean isElsewhere(Node node, Span marked) {
    var made = node.span();
    boolean constant = node.op() instanceof Op.Const || node.op() instanceof Op.Table || node.op() instanceof Op.Size;
    boolean within = made.file().equals(marked.file()) && made.line() == marked.line() && made.endLine() == marked.endLine()
        && made.column() >= marked.column() && made.endColumn() <= marked.endColumn();
    return !constant && made.line() > 0 && !within && !LibraryText.has(made.file());
  }

  private static String text(Node node, Elaborator elaborator) {
    var names = elaborator.namesOf(node);
    return switch (node.op()) {
      case Op.Input(var name, var target, _) -> name + " is " + node.type() + (target ? ", a target:" : ":");
      case Op.Parameter(var path, _) -> path + " is " + node.type() + ":";
      default -> (names.isEmpty() ? "this is " : names.getFirst() + " is ") + node.type() + ":";
    };
  }
}
