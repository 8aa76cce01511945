package nnc.elaborate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Shapes;
import nnc.graph.Type;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.WarningName;

/**
 * Operations that repeat both operands although one could lie along the other: {@code [N, 1]} and {@code [N]} become {@code [N, N]}, every element of one
 * with every element of the other. Who wants that writes the axis of 1 ({@code expand}, {@code reshape}, {@code keep = true}, a table); between a
 * prediction and a target it is written in the same statement or for both, since an axis that was given to one of them before is what makes the mistake.
 */
final class Crossing {
  /** Functions that give a tensor the axes that are written in their call. */
  private static final Set<String> SHAPING = Set.of("expand", "reshape", "broadcast", "tensor");

  /** Functions that take their tensors element by element. */
  private static final Map<String, List<String>> POINTWISE = Map.of("where", List.of("condition", "a", "b"), "minimum", List.of("a", "b"),
      "maximum", List.of("a", "b"), "pow", List.of("a", "b"), "clamp", List.of("x", "low", "high"));

  /** Two shapes that met, in the user's text. */
  private record Pair(Type x, Type y, Type result, Span place) {}

  /** One axis of a node. */
  private record Axis(Node node, int number) {}

  private final Map<Node, Integer> written = new HashMap<>();
  private final Set<Pair> pairs = new LinkedHashSet<>();
  private int statement;

  /** Another statement begins, of the program itself or of a function. */
  void begins(boolean ofProgram) {
    statement += ofProgram ? 1 : 0;
  }

  /** Notes what a primitive has made, and of what. */
  void called(String name, Scope arguments, Value result, Span place) {
    var given = arguments.own();
    boolean keeps = given.get("keep") instanceof Value.Bool(var keep) && keep;
    if ((keeps || SHAPING.contains(name)) && result instanceof Value.Tensor(var made)) {
      written.put(made, statement);
    }
    var parts = new ArrayList<Node>();
    for (var part : POINTWISE.getOrDefault(name, List.of())) {
      if (given.get(part) instanceof Value.Tensor(var node)) {
        parts.forEach(other -> met(other, node, place));
        parts.add(node);
      }
    }
  }

  /** Notes that two tensors were taken element by element. */
  void met(Node x, Node y, Span place) {
    int rank = Math.max(x.type().rank(), y.type().rank());
    var repeatsX = repeated(x, y, rank);
    var repeatsY = repeated(y, x, rank);
    if (repeatsX.isEmpty() || repeatsY.isEmpty() || !liesAlong(x, y) && !liesAlong(y, x)) {
      return;
    }
    int ofX = written(x, repeatsX, rank);
    int ofY = written(y, repeatsY, rank);
    if (ofX < 0 && ofY < 0 || (ofX < 0 || ofY < 0) && Math.max(ofX, ofY) < statement && isTruthAndGuess(x, y)) {
      var kind = x.type().kind() == Kind.FLOAT ? Kind.FLOAT : y.type().kind();
      pairs.add(new Pair(x.type(), y.type(), new Type(kind, Shapes.broadcastShape("", List.of(x, y))), place));
    }
  }

  /** Axes of the result along which only the other operand has elements. */
  private static List<Integer> repeated(Node node, Node other, int rank) {
    return IntStream.range(0, rank).filter(axis -> dim(node, axis, rank).is(1) && !dim(other, axis, rank).is(1)).boxed().toList();
  }

  private static Dim dim(Node node, int axis, int rank) {
    int own = axis - rank + node.type().rank();
    return own < 0 ? Dim.ONE : node.type().dim(own);
  }

  /** Whether all axes of a node but those of 1 are some of the other's, in their order. */
  private static boolean liesAlong(Node node, Node other) {
    int at = 0;
    var mine = filled(node.type());
    for (var dim : filled(other.type())) {
      at += at < mine.size() && mine.get(at).equals(dim) ? 1 : 0;
    }
    return at == mine.size();
  }

  private static List<Dim> filled(Type type) {
    return type.shape().stream().filter(dim -> !dim.is(1)).toList();
  }

  // ---- where an axis of 1 comes from

  /** The last statement that has written one of these axes; -1 if none has. */
  private int written(Node node, List<Integer> axes, int rank) {
    var open = new ArrayDeque<Axis>();
    axes.stream().map(axis -> axis - rank + node.type().rank()).filter(own -> own >= 0).forEach(own -> open.add(new Axis(node, own)));
    var seen = new HashSet<>(open);
    int last = -1;
    while (!open.isEmpty()) {
      var axis = open.remove();
      last = Math.max(last, written.getOrDefault(axis.node, -1));
      sources(axis).stream().filter(source -> source.node.type().dim(source.number).is(1)).filter(seen::add).forEach(open::add);
    }
    return last;
  }

  /** The axes of operands that an axis is, as far as that shows. */
  private static List<Axis> sources(Axis axis) {
    var node = axis.node;
    int number = axis.number;
    return switch (node.op()) {
      case Op.Unary _, Op.Binary _, Op.Select _, Op.Cast _, Op.StopGradient _, Op.CumSum _, Op.ArgSort _, Op.Slice _, Op.Pad _, Op.Concat _, Op.Windows _ ->
          node.operands().stream().filter(operand -> number < operand.type().rank()).map(operand -> new Axis(operand, number)).toList();
      case Op.Gather _ -> List.of(new Axis(node.operand(1), number));
      case Op.Transpose(var order) -> List.of(new Axis(node.operand(0), order.get(number)));
      case Op.Broadcast(_, var added) -> added.contains(number) ? List.of()
          : List.of(new Axis(node.operand(0), number - (int) added.stream().filter(other -> other < number).count()));
      case Op.Reduce(_, var gone) -> List.of(new Axis(node.operand(0),
          IntStream.range(0, node.operand(0).type().rank()).filter(i -> !gone.contains(i)).skip(number).findFirst().orElseThrow()));
      case Op.ArgReduce(_, var gone) -> List.of(new Axis(node.operand(0), number < gone ? number : number + 1));
      case Op.MatMul _ -> List.of(new Axis(node.operand(number == node.type().rank() - 1 ? 1 : 0), number));
      case Op.Reshape _ -> reshaped(node, number);
      case Op.Input _, Op.Parameter _, Op.State _, Op.Const _, Op.Table _, Op.Size _, Op.Counter _, Op.Iota _, Op.Uniform _, Op.Given _, Op.Loop _, Op.LoopResult _, Op.FoldWindows _, Op.ScatterAdd _,
          Op.Conv _ -> List.of();
    };
  }

  /** The axis with as many elements before it; of a product of rows, which are laid out one below the other for it, the axis of the rows' own shape. */
  private static List<Axis> reshaped(Node node, int number) {
    var from = node.operand(0);
    var before = Dim.product(node.type().shape().subList(0, number));
    var same = IntStream.range(0, from.type().rank()).filter(i -> from.type().dim(i).is(1) && Dim.product(from.type().shape().subList(0, i)).equals(before))
        .mapToObj(i -> new Axis(from, i)).toList();
    boolean rows = same.isEmpty() && from.op() instanceof Op.MatMul && from.operand(0).op() instanceof Op.Reshape;
    return rows ? List.of(new Axis(from.operand(0).operand(0), number)) : same;
  }

  // ---- what is compared

  private static boolean isTruthAndGuess(Node x, Node y) {
    var a = givenTo(x);
    var b = givenTo(y);
    return isTruth(a) && !b.isEmpty() && b.stream().noneMatch(Crossing::isTarget) || isTruth(b) && !a.isEmpty() && a.stream().noneMatch(Crossing::isTarget);
  }

  private static boolean isTruth(Set<Op> given) {
    return !given.isEmpty() && given.stream().allMatch(Crossing::isTarget);
  }

  private static boolean isTarget(Op op) {
    return op instanceof Op.Input(_, var target, _) && target;
  }

  /** Inputs, targets and what is learned, of all that a node is computed from. */
  private static Set<Op> givenTo(Node node) {
    var found = new HashSet<Op>();
    var seen = new HashSet<Node>(Set.of(node));
    var open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      var next = open.remove();
      if (next.op() instanceof Op.Input || next.op() instanceof Op.Parameter || next.op() instanceof Op.State) {
        found.add(next.op());
      }
      next.operands().stream().filter(seen::add).forEach(open::add);
    }
    return found;
  }

  // ---- what is told

  void tell(Diagnostics diagnostics) {
    for (var pair : pairs) {
      boolean firstIsLong = filled(pair.x).size() > filled(pair.y).size() || filled(pair.x).size() == filled(pair.y).size() && pair.x.rank() >= pair.y.rank();
      diagnostics.warning(WarningName.REPEATED_OPERANDS, pair.place, pair.x + " and " + pair.y + " become " + pair.result + ": each element of one meets several of the other")
          .hint(firstIsLong ? remedy(pair.x, pair.y) : remedy(pair.y, pair.x)).hint("if that is meant, write the axes: expand(a, 1) - expand(b, 0)");
    }
  }

  /** How each element of one meets that of the other, which has as many axes at least. */
  private static String remedy(Type wide, Type narrow) {
    if (filled(wide).equals(filled(narrow))) {
      var ones = IntStream.range(0, wide.rank()).filter(i -> wide.dim(i).is(1)).boxed().toList();
      return "squeeze(x, " + (ones.size() == 1 ? ones.getFirst() : ones) + ") makes " + wide.withShape(filled(wide)) + " of " + wide + ", so that both have one shape";
    }
    var shape = new ArrayList<Dim>();
    var rest = new ArrayDeque<>(filled(narrow));
    for (var dim : wide.shape()) {
      boolean own = dim.equals(rest.peek());
      if (own || !shape.isEmpty()) {
        shape.add(own ? rest.remove() : Dim.ONE);
      }
    }
    return "reshape(x, " + shape + ") lays " + narrow + " along " + wide;
  }
}
