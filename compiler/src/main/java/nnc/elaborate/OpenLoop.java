package nnc.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.source.CompilerFault;
import nnc.syntax.Ast;

/**
 * A {@code for} whose turns are not counted at compile time, or that has a condition, becomes a loop of the graph. Its body is elaborated once, with the turn's number as an open dimension: what it binds
 * anew is carried from turn to turn, lists that it appends to are collected, and all else that it reads is the same in all turns.
 */
final class OpenLoop {
  private final Ast.For loop;
  private final Elaborator elaborator;
  private final Scope scope;
  private final Frame frame;
  private final Range range;
  /** Null if there is none, or if it never ends the loop. */
  private LoopCondition condition;
  /** What stands in the body for what is no tensor before a loop that might be unrolled. */
  private final Map<Node, Value> numbers = new LinkedHashMap<>();
  /** Where nodes of the body begin, and what counts its turns. */
  private int from;
  private String turn;

  /**
   * What a loop runs over.
   *
   * @param first the number of the first turn; of rows zero
   * @param rows  an array whose rows the loop runs over; null of numbers
   * @param site  of a range of numbers, which might be unrolled as well; null of others
   */
  private record Range(Dim first, Dim turns, Node rows, Rolling.Site site) {
    Range(Dim first, Dim turns, Node rows) {
      this(first, turns, rows, null);
    }
  }

  private OpenLoop(Ast.For loop, Range range, Elaborator elaborator, Scope scope, Frame frame) {
    this.loop = loop;
    this.range = range;
    this.elaborator = elaborator;
    this.scope = scope;
    this.frame = frame;
  }

  /** The loop, if it has a condition, or runs over a range with an open end or the rows of an array that has an open number of them; or if a range of numbers is to be rolled. */
  static Optional<OpenLoop> of(Ast.For loop, Elaborator elaborator, Scope scope, Frame frame) {
    return range(loop, elaborator, scope, frame).map(range -> new OpenLoop(loop, range, elaborator, scope, frame));
  }

  private static Optional<Range> range(Ast.For loop, Elaborator elaborator, Scope scope, Frame frame) {
    if (loop.range() instanceof Ast.Range(var from, var to, _)) {
      var first = elaborator.expressions().value(from, scope, frame);
      var end = elaborator.expressions().value(to, scope, frame);
      if (!(first instanceof Value.Size) && !(end instanceof Value.Size) && loop.condition().isEmpty()) {
        return numbers(loop, first, end, elaborator);
      }
      var begin = size(from, first);
      return Optional.of(new Range(begin, size(to, end).minus(begin), null));
    }
    if (loop.range() instanceof Ast.Name(var name, _) && scope.find(name) instanceof Value.Tensor(var node) && node.type().rank() > 0 && (loop.condition().isPresent() || !node.type().dim(0).isConstant())) {
      return Optional.of(new Range(Dim.ZERO, node.type().dim(0), node));
    }
    if (loop.condition().isPresent()) {
      throw new ElaborationFault(loop.range().span(), "a loop with a condition runs over a range, which says how many turns there are at most, or over the rows of an array").hint("for i in 0..n while going { ... }");
    }
    return Optional.empty();
  }

  /** A range of numbers, if it is not to be unrolled. */
  private static Optional<Range> numbers(Ast.For loop, Value first, Value end, Elaborator elaborator) {
    if (!(first instanceof Value.Num from && from.whole() && end instanceof Value.Num to && to.whole())) {
      return Optional.empty();
    }
    long turns = (long) (to.value() - from.value());
    return turns > Rolling.MOST ? Optional.empty()
        : elaborator.rolling.tried(loop, turns, elaborator.place()).map(site -> new Range(Dim.of((long) from.value()), Dim.of(turns), null, site));
  }

  private static Dim size(Ast.Expr expr, Value value) {
    return Convert.dim(value, () -> new ElaborationFault(expr.span(), "a loop runs over whole numbers, and this is " + value.describe()));
  }

  private GraphBuilder graph() {
    return elaborator.builder();
  }

  // ---- what is carried and collected

  /** A name that the body binds anew, what it stood for before the loop, and what stands for it at the beginning of a turn: a leaf a value. */
  private record Carry(String name, Value before, List<Node> begins, List<Node> given) {}

  /** A list that is empty before the loop, and what stands for it in the body. */
  private record Collected(String name, TurnList earlier) {}

  void run() {
    if (range.site == null) {
      elaborated();
      return;
    }
    int errors = elaborator.diagnostics().errors();
    try {
      elaborator.budget.bounded(() -> {
        elaborated();
        return true;
      });
    } catch (ElaborationFault | CompilerFault fault) {
      throw refused(fault.getMessage());
    }
    if (elaborator.diagnostics().errors() > errors) {
      throw refused(elaborator.diagnostics().faults().getLast().message());
    }
  }

  /** What is wrong with a body that is rolled may be right where it is unrolled. */
  private Rolling.Refused refused(String message) {
    var told = message.replace(" over an open length", "").replaceFirst("turn#\\d+( - 1)?", loop.names().getFirst());
    return new Rolling.Refused(range.site, told.contains(": ") ? told.substring(0, told.indexOf(": ")) : told);
  }

  private void elaborated() {
    loop.body().forEach(OpenLoop::refuse);
    Set<String> bound = new LinkedHashSet<>();
    bound(loop.body()).forEach(bound::add);
    bound.removeAll(loop.names());
    Map<String, Value> others = new LinkedHashMap<>();
    var carries = new ArrayList<Carry>();
    var lists = new ArrayList<Collected>();
    condition = LoopCondition.before(loop, elaborator, scope, frame).orElse(null);
    from = graph().nodes().size();
    turn = elaborator.beginLoop();
    frame.enterOpen();
    if (range.site != null) {
      elaborator.rolling.begin(turn, range.turns.fixed());
    }
    try {
      for (var name : bound) {
        var before = scope.find(name);
        if (before instanceof Value.Items(var items) && !(items instanceof TurnList) && items.isEmpty()) {
          var earlier = TurnList.of(name, loop.span());
          lists.add(new Collected(name, earlier));
          scope.bind(name, new Value.Items(earlier));
        } else if (before != null && isCarried(before)) {
          var carry = new Carry(name, before, new ArrayList<>(), new ArrayList<>());
          scope.bind(name, given(before, carry));
          carries.add(carry);
        } else if (before != null && !isFunction(before)) {
          others.put(name, before);
        }
      }
      bindItem();
      if (elaborator.execute(loop.body(), scope, frame) != null) {
        throw new ElaborationFault(loop.span(), "a loop over an open length cannot return: how many turns there are is known at run time only");
      }
      condition = condition != null && condition.ends() ? condition : null;
    } finally {
      frame.leaveOpen();
      elaborator.endLoop();
      if (range.site != null) {
        elaborator.rolling.end();
      }
    }
    others.forEach(this::requireSame);
    finish(carries, lists, bound);
  }

  private static boolean isCarried(Value value) {
    return switch (value) {
      case Value.Tensor _, Value.Num _, Value.Size _, Value.Bool _ -> true;
      case Value.Items(var items) -> !(items instanceof TurnList) && items.stream().allMatch(OpenLoop::isCarried);
      case Value.Tuple(var items) -> items.stream().allMatch(OpenLoop::isCarried);
      default -> false;
    };
  }

  /** What a name may have meant before, and what no turn hands on. */
  private static boolean isFunction(Value value) {
    return value instanceof Value.Primitive || value instanceof Value.Function || value instanceof Value.LayerClass;
  }

  private Value given(Value before, Carry carry) {
    return switch (before) {
      case Value.Items(var items) -> new Value.Items(items.stream().map(item -> given(item, carry)).toList());
      case Value.Tuple(var items) -> new Value.Tuple(items.stream().map(item -> given(item, carry)).toList());
      default -> {
        var begin = tensor(before, carry.name);
        var given = graph().given(0, begin.type());
        carry.begins.add(begin);
        carry.given.add(given);
        if (range.site != null && !(before instanceof Value.Tensor)) {
          elaborator.rolling.number(given);
          numbers.put(given, before);
        }
        yield new Value.Tensor(given);
      }
    };
  }

  private Node tensor(Value value, String name) {
    return Convert.tensor(value, graph(), () -> new ElaborationFault(loop.span(), name + " is carried from turn to turn of a loop over an open length, and is " + value.describe()));
  }

  private void bindItem() {
    if (loop.names().size() != 1) {
      throw new ElaborationFault(loop.span(), loop.names().size() + " names for one value a turn");
    }
    var place = Dim.open(turn).plus(-1);
    scope.bind(loop.names().getFirst(), range.rows == null ? new Value.Size(range.first.plus(place)) : new Value.Tensor(graph().at(range.rows, 0, place)));
  }

  private void requireSame(String name, Value before) {
    var after = scope.find(name);
    if (after != before && !after.equals(before) && !(after instanceof Value.Unknown)) {
      throw new ElaborationFault(loop.span(), name + " is " + before.describe() + " before the loop and " + after.describe() + " after a turn: over an open length only tensors are carried from turn to turn")
          .hint("give it a tensor of the right shape before the loop, such as zeros(...)");
    }
  }

  // ---- the loop

  private void finish(List<Carry> carries, List<Collected> lists, Set<String> bound) {
    var next = new ArrayList<List<Node>>();
    for (var carry : carries) {
      var leaves = new ArrayList<Node>();
      leaves(carry.before, scope.find(carry.name), carry, leaves);
      next.add(leaves);
    }
    var appended = new ArrayList<List<Node>>();
    var front = new ArrayList<Boolean>();
    for (var list : lists) {
      appended.add(appended(list, front));
    }
    if (elaborator.diagnostics().hasErrors()) {
      Failed.bind(loop, scope);
      return;
    }
    var carried = new LinkedHashMap<Node, Node>();
    var same = new LinkedHashMap<Node, Node>();
    var operands = new ArrayList<Node>();
    for (int i = 0; i < carries.size(); i++) {
      for (int k = 0; k < next.get(i).size(); k++) {
        var given = carries.get(i).given.get(k);
        var begin = carries.get(i).begins.get(k);
        if (next.get(i).get(k) == given) {
          same.put(given, begin);
        } else {
          carried.put(given, condition == null ? next.get(i).get(k) : condition.kept(next.get(i).get(k), turn, given, begin));
          operands.add(begin);
        }
      }
    }
    if (condition != null) {
      carried.put(condition.given(), condition.next());
      operands.add(condition.begin());
      appended.replaceAll(items -> items.stream().map(condition::collected).toList());
    }
    var collected = appended.stream().filter(items -> !items.isEmpty()).map(items -> Compositions.stack(graph(), items, 0)).toList();
    var cut = LoopBodies.cut(graph(), from, new LoopBodies.Turns(turn, range.turns, condition == null ? null : condition.given()), carried, same, collected);
    check(cut);
    if (range.site != null) {
      roll(cut, carried.size());
    }
    looked(cut);
    operands.addAll(cut.shared());
    var node = graph().at(loop.span()).loop(cut.loop(), operands);
    bound.forEach(name -> scope.bind(name, new Value.OfTurns(name + ", which each turn of a loop over an open length makes anew", range.site)));
    loop.names().forEach(name -> scope.bind(name, range.site == null ? new Value.OfTurns(name + ", which counts the turns of a loop over an open length")
        : new Value.Num(range.first.fixed() + range.turns.fixed() - 1)));
    int result = 0;
    for (var carry : carries) {
      var results = new ArrayList<Node>();
      for (int i = 0; i < carry.given.size(); i++) {
        results.add(same.containsKey(carry.given.get(i)) ? carry.begins.get(i) : graph().result(node, result++));
      }
      scope.bind(carry.name, value(carry.before, results, new ArrayList<>(carry.begins)));
    }
    result += condition == null ? 0 : 1;
    for (int i = 0; i < lists.size(); i++) {
      int many = appended.get(i).size();
      scope.bind(lists.get(i).name, many == 0 ? new Value.Items(List.of()) : list(rows(graph().result(node, result++), many, front.get(i))));
    }
  }

  private Value list(Node rows) {
    return range.site == null ? new Value.Tensor(rows) : new Value.Items(new CollectedList(graph(), rows));
  }

  /** What is said of a range of numbers that is rolled: it means what its turns mean one after the other, and is worth it. */
  private void roll(LoopBodies.Cut cut, int carried) {
    var body = cut.loop().body();
    var obstacle = RollableBody.obstacle(body, turn, elaborator.rolling);
    long count = range.turns.fixed();
    boolean products = RollableBody.carriesProducts(body, carried);
    var why = graph().nodes().subList(from, graph().nodes().size()).stream().anyMatch(node -> node.op() instanceof Op.Uniform)
        ? "its turns draw at random, each by draws of its own"
        : obstacle.isPresent() ? obstacle.get()
        : carried == 0 ? "no turn needs what another has made" : elaborator.rolling.better(products);
    if (!why.isEmpty()) {
      throw new Rolling.Refused(range.site, why);
    }
    for (var number : numbers.keySet()) {
      var given = cut.made().get(number);
      if (given != null && (!(numbers.get(number) instanceof Value.Num) || !RollableBody.isOnlyBesideFloats(cut.loop(), given))) {
        throw new Rolling.Refused(range.site, "it carries a number that is known when it is unrolled");
      }
    }
    elaborator.rolling.done(count, elaborator.place(), products ? "each turn multiplies what the one before has left" : "turns alike, one after the other");
  }

  /** What all turns have appended, a row each. */
  private Node rows(Node collected, int each, boolean front) {
    var shape = new ArrayList<>(collected.type().shape());
    shape.removeFirst();
    shape.set(0, range.turns.times(each));
    return graph().reshape(front ? graph().reverse(collected, 0) : collected, shape);
  }

  /** What is like a value that was before the loop; what no turn changes is that itself. */
  private static Value value(Value before, List<Node> leaves, List<Node> begins) {
    return switch (before) {
      case Value.Items(var items) -> new Value.Items(items.stream().map(item -> value(item, leaves, begins)).toList());
      case Value.Tuple(var items) -> new Value.Tuple(items.stream().map(item -> value(item, leaves, begins)).toList());
      default -> {
        var leaf = leaves.removeFirst();
        yield leaf == begins.removeFirst() ? before : new Value.Tensor(leaf);
      }
    };
  }

  private void leaves(Value before, Value after, Carry carry, List<Node> leaves) {
    if (after instanceof Value.Unknown) {
      return;
    }
    var many = items(before);
    if (many != null) {
      var now = items(after);
      if (now == null || now.size() != many.size()) {
        throw different(carry.name, before, after);
      }
      for (int i = 0; i < many.size(); i++) {
        leaves(many.get(i), now.get(i), carry, leaves);
      }
      return;
    }
    var begin = carry.begins.get(leaves.size()).type();
    var node = tensor(after, carry.name);
    boolean converted = range.site == null && begin.kind() != node.type().kind() && Calls.fits(begin.kind(), node.type().kind());
    var next = converted ? graph().cast(node, begin.kind()) : node;
    if (!next.type().equals(begin) || range.site != null && !(after instanceof Value.Tensor)) {
      throw different(carry.name, new Value.Tensor(carry.begins.get(leaves.size())), new Value.Tensor(node));
    }
    leaves.add(next);
  }

  private ElaborationFault different(String name, Value before, Value after) {
    return new ElaborationFault(loop.span(), name + " is " + before.describe() + " before the loop and " + after.describe() + " after a turn: what a loop over an open length carries keeps its type")
        .hint("give it the right shape before the loop, such as zeros(...)");
  }

  private static List<Value> items(Value value) {
    return value instanceof Value.Items(var items) ? items : value instanceof Value.Tuple(var items) ? items : null;
  }

  /** What a turn has appended to a list, behind what was there or in front of it. */
  private List<Node> appended(Collected list, List<Boolean> front) {
    var after = scope.find(list.name);
    if (after instanceof Value.Unknown) {
      return List.of();
    }
    if (!(items(after) instanceof TurnList now) || !now.name().equals(list.name) || !now.front().isEmpty() && !now.back().isEmpty()) {
      throw new ElaborationFault(loop.span(), list.name + " is a list, and a turn of a loop over an open length does something else with it than to append to it")
          .hint(list.name + " = " + list.name + " + [h]");
    }
    front.add(!now.front().isEmpty());
    return (now.front().isEmpty() ? now.back() : now.front()).stream().map(item -> tensor(item, list.name)).toList();
  }

  /** Labels that are looked at in a turn. */
  private void looked(LoopBodies.Cut cut) {
    for (var label : List.copyOf(elaborator.labels)) {
      if (cut.made().contains(label.index()) && cut.made().contains(label.result())) {
        elaborator.labels.add(new IndexChecks.Labels(cut.made().get(label.index()), label.classes(), cut.made().get(label.result()), label.span()));
      }
    }
  }

  // ---- what cannot be in a body

  private void check(LoopBodies.Cut cut) {
    for (var node : cut.loop().body().nodes()) {
      elaborator.mark(node.span());
      if (node.op() instanceof Op.StopGradient(var declared) && !declared.isEmpty()) {
        throw new ElaborationFault(node.span(), declared + " declares its own gradient, and is called in a loop over an open length, which is not offered").hint("call it on the whole sequence, outside of the loop");
      }
      LoopBodies.with(node.op(), this::straight);
    }
  }

  /** Places grow or fall evenly from turn to turn: then they are inside if the first and the last one are. */
  private Dim straight(Dim dim) {
    if (!dim.isConstant() && dim.variables().contains(turn)) {
      boolean inQuotient = dim.quotients().values().stream().anyMatch(quotient -> quotient.of().variables().contains(turn));
      var slope = inQuotient ? Dim.open(turn) : dim.with(turn, Dim.open(turn).plus(1)).minus(dim);
      if (slope.variables().contains(turn)) {
        throw new ElaborationFault(loop.span(), "a place or size in a loop over an open length is no multiple of " + loop.names().getFirst() + " and something added to it");
      }
    }
    return dim;
  }

  /** What a program says once cannot be said in each turn. */
  private static void refuse(Ast.Statement statement) {
    switch (statement) {
      case Ast.Bind _, Ast.Const _, Ast.Fn _, Ast.Layer _, Ast.Optimizer _, Ast.Return _, Ast.Param _, Ast.State _ -> { }
      case Ast.If(_, var then, var otherwise, _) -> {
        then.forEach(OpenLoop::refuse);
        otherwise.forEach(OpenLoop::refuse);
      }
      case Ast.For(_, _, _, var body, _) -> body.forEach(OpenLoop::refuse);
      case Ast.Import _, Ast.Input _, Ast.Output _, Ast.Loss _, Ast.Metric _, Ast.Regularize _, Ast.Constrain _, Ast.Freeze _, Ast.Data _, Ast.Train _, Ast.Assign _ ->
          throw new ElaborationFault(statement.span(), "this cannot stand in a loop over an open length: it would be said once a turn").hint("carry a value out of the loop, and say it behind");
    }
  }

  /** The names that a body gives a value. */
  static Stream<String> bound(List<Ast.Statement> body) {
    return body.stream().flatMap(statement -> switch (statement) {
      case Ast.Bind bind -> bind.names().stream();
      case Ast.If choice -> Stream.concat(bound(choice.then()), bound(choice.otherwise()));
      case Ast.For inner -> bound(inner.body()).filter(name -> !inner.names().contains(name));
      default -> Stream.of();
    });
  }
}
