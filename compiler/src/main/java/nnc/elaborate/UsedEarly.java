package nnc.elaborate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.syntax.Ast;
import nnc.syntax.MentionedNames;

/** Why a name is not known where it is used, if a statement that comes later gives it a value: it stands too late, or the two need each other. */
final class UsedEarly {
  private UsedEarly() {}

  /**
   * A fault that says more, or the fault itself.
   *
   * @param at the place of the statement that failed
   */
  static ElaborationFault explained(ElaborationFault fault, List<Ast.Statement> statements, int at) {
    var name = fault.unknown();
    for (int later = at; later < statements.size() && !name.isEmpty(); later++) {
      if (Failed.names(statements.get(later)).contains(name)) {
        var circle = circle(statements.subList(at, later + 1), name);
        return !circle.isEmpty() ? circular(fault, statements.get(at), circle) : later == at ? fault : early(fault, statements.get(later));
      }
    }
    return fault;
  }

  private static ElaborationFault early(ElaborationFault fault, Ast.Statement later) {
    return fault.said(fault.unknown() + " is used before it has a value").note("it is given one here:", later.span())
        .hint("statements are carried out in their order: move that one up");
  }

  private static ElaborationFault circular(ElaborationFault fault, Ast.Statement failed, List<Ast.Statement> circle) {
    var needing = Failed.names(failed).getFirst();
    var name = fault.unknown();
    var explained = fault.said(circle.getFirst() == failed ? name + " is computed from itself: a network has no cycles"
        : needing + " is computed from " + name + ", and " + name + " from " + needing + ": a network has no cycles");
    circle.stream().filter(statement -> statement != failed).forEach(statement -> explained.note("on the way:", statement.span()));
    return explained.hint("what one step hands on to the next goes through a loop: h = zeros(N, 8), then for t in 0..T { h = cell(x[:, t], h) }");
  }

  /** From the last statement, which gives the name a value, back to the first, which needs it: each is computed from the next; none if there is no such way. */
  private static List<Ast.Statement> circle(List<Ast.Statement> statements, String name) {
    var first = statements.getFirst();
    if (statements.size() == 1) {
      return mentioned(first).contains(name) ? statements : List.of();
    }
    Map<Ast.Statement, Ast.Statement> readers = new IdentityHashMap<>();
    var open = new ArrayDeque<>(List.of(statements.getLast()));
    while (!open.isEmpty() && !readers.containsKey(first)) {
      var reader = open.pop();
      var needed = mentioned(reader);
      for (var maker : statements) {
        if (Failed.names(maker).stream().anyMatch(needed::contains) && readers.putIfAbsent(maker, reader) == null) {
          open.add(maker);
        }
      }
    }
    var circle = new ArrayList<Ast.Statement>();
    for (var at = readers.get(first); at != null; at = at == statements.getLast() ? null : readers.get(at)) {
      circle.addFirst(at);
    }
    return circle;
  }

  private static Set<String> mentioned(Ast.Statement statement) {
    return switch (statement) {
      case Ast.Bind bind -> MentionedNames.of(bind.value());
      case Ast.Const constant -> MentionedNames.of(constant.value());
      case Ast.Output output -> output.value().map(MentionedNames::of).orElse(Set.of());
      case Ast.Metric metric -> MentionedNames.of(metric.value());
      default -> Set.of();
    };
  }
}
