package nnc.passes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.NominalSizes;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.ReduceFn;
import nnc.graph.Uses;

/** A loop without the products that are made of all of its turns at once, and these. */
final class MovedProducts {
  /** How many places more than there are turns a sequence may have of which all places are multiplied. */
  private static final int SPARE = 8;
  /** The most rows of a turn whose product takes about as long as reading the matrix: more keep the multipliers busy by themselves, and what follows them is at hand. */
  private static final int FEW_ROWS = 8;
  /** The most rows of a turn that are collected for a sum: of more a turn's own product is large, and what it is made of lies near. */
  private static final int MOST_ROWS = 256;

  private final Op.Loop op;
  private final List<Node> operands;
  private final GraphBuilder out;
  private final Uses uses;
  /** Of the body: what is the same in all turns, and what stands for it outside. */
  private final NodeSet same = new NodeSet();
  private final NodeMap<Node> outside = new NodeMap<>();
  /** Products of slices that each turn has for itself. */
  private final Map<Node, TurnSlice> before = new LinkedHashMap<>();
  /** By carried value, what is added to it each turn and can be added up behind the loop; and what cannot. */
  private final Map<Integer, List<Node>> sums = new HashMap<>();
  private final Map<Integer, List<Node>> rest = new HashMap<>();
  /** Results that are products, by place. */
  private final Map<Integer, Node> collectedProducts = new HashMap<>();
  /** What is collected besides what was, in order. */
  private final List<Node> collected = new ArrayList<>();
  /** Places of the body's results that stay. */
  private final List<Integer> kept = new ArrayList<>();
  private Node made;

  /**
   * A place of one axis of what is the same in all turns, another each turn, and all else of it.
   *
   * @param whole what it is a slice of
   * @param first the place that is read at the beginning or, if places fall, at the end
   */
  private record TurnSlice(Node slice, Node whole, int axis, boolean rises, Dim first) {}

  /** @param operands of the loop, in the graph that is built */
  MovedProducts(Op.Loop op, List<Node> operands, GraphBuilder out) {
    this.op = op;
    this.operands = operands;
    this.out = out;
    uses = new Uses(op.body());
    if (op.going() >= 0 || !op.turns().plus(-1).isNatural()) {
      // turns that are never run would be multiplied too, and of no turns at all there is nothing to multiply
      return;
    }
    op.body().nodes().stream().filter(this::isSame).forEach(same::add);
    for (var node : op.body().nodes()) {
      if (isMatrixProduct(node) && same.contains(node.operand(1)) && !same.contains(node) && slice(node.operand(0)) instanceof TurnSlice slice && isWorth(slice, node.operand(0))) {
        before.put(node, slice);
      }
    }
    for (int i = 0; i < op.carried(); i++) {
      sum(i);
    }
    for (int i = op.carried(); i < op.body().results().size(); i++) {
      var product = OpTraits.unreshaped(node(i));
      if (isMatrixProduct(product) && same.contains(product.operand(1)) && !same.contains(product) && !before.containsKey(product) && isReadByResultAlone(i) && isFixed(product.operand(0)) && isFew(product.operand(0))) {
        collectedProducts.put(i, product);
      }
    }
  }

  private Node node(int result) {
    return op.body().results().get(result).node();
  }

  boolean any() {
    return !before.isEmpty() || !sums.isEmpty() || !collectedProducts.isEmpty();
  }

  /** The loop that is left. */
  Node made() {
    return made;
  }

  // ---- what there is

  private boolean isSame(Node node) {
    return switch (node.op()) {
      case Op.Given(var place, _) -> place >= op.carried();
      case Op.Loop _, Op.LoopResult _, Op.Uniform _ -> false;
      default -> node.operands().stream().allMatch(same::contains) && !LoopBodies.mentions(node.op(), op.turn());
    };
  }

  private static boolean isMatrixProduct(Node node) {
    return node.op() instanceof Op.MatMul && node.type().rank() == 2;
  }

  /** Whether an array has the same shape in all turns. */
  private boolean isFixed(Node node) {
    return node.type().shape().stream().noneMatch(this::moves);
  }

  private boolean moves(Dim dim) {
    return !dim.isConstant() && dim.variables().contains(op.turn());
  }

  /** Null if a node is something else. */
  private TurnSlice slice(Node node) {
    var slice = OpTraits.unreshaped(node);
    if (!(slice.op() instanceof Op.Slice(var start, var count, var step)) || !same.contains(slice.operand(0))) {
      return null;
    }
    TurnSlice found = null;
    var whole = slice.operand(0);
    for (int axis = 0; axis < start.size(); axis++) {
      var from = start.get(axis);
      if (moves(from)) {
        var slope = from.with(op.turn(), Dim.open(op.turn()).plus(1)).minus(from);
        if (found != null || !count.get(axis).is(1) || !slope.is(1) && !slope.is(-1)) {
          return null;
        }
        found = new TurnSlice(slice, whole, axis, slope.is(1), from.with(op.turn(), slope.is(1) ? Dim.ONE : op.turns()));
      } else if (!from.is(0) || !count.get(axis).equals(whole.type().dim(axis)) || step.get(axis) != 1) {
        return null;
      }
    }
    return found;
  }

  /** Whether adding up in memory takes longer than collecting what is added up: an open number of rows is taken for a usual batch. */
  private static boolean isFewEnough(Node rows) {
    return NominalSizes.of(rows.type().dim(0)) <= MOST_ROWS;
  }

  private static boolean isFew(Node rows) {
    return rows.type().dim(0).isConstant() && rows.type().dim(0).fixed() <= FEW_ROWS;
  }

  /** Whether a left factor has rows of a sequence most places of which are multiplied. */
  private boolean isWorth(TurnSlice slice, Node left) {
    var shape = slice.whole.type().shape();
    var spare = shape.get(slice.axis).minus(op.turns());
    return isFew(left) && slice.axis < shape.size() - 1 && left.type().dim(1).equals(shape.getLast()) && spare.isConstant() && spare.fixed() <= SPARE;
  }

  /** Finds what is added to a carried value that no turn reads otherwise. */
  private void sum(int carry) {
    var next = node(carry);
    if (next.type().kind() != Kind.FLOAT || !(next.op() instanceof Op.Binary(var fn)) || fn != BinaryFn.ADD || !uses.of(next).isEmpty() || isResultElsewhere(next, carry)) {
      return;
    }
    int own = isGiven(next.operand(0), carry) ? 0 : 1;
    if (!isGiven(next.operand(own), carry) || uses.of(next.operand(own)).size() != 1 || isResultElsewhere(next.operand(own), -1)) {
      return;
    }
    var terms = new ArrayList<Node>();
    terms(next.operand(1 - own), terms);
    var moved = terms.stream().filter(this::isMovable).toList();
    if (!moved.isEmpty()) {
      sums.put(carry, moved);
      rest.put(carry, terms.stream().filter(term -> !moved.contains(term)).toList());
    }
  }

  private static boolean isGiven(Node node, int carry) {
    return node.op() instanceof Op.Given(var place, _) && place == carry;
  }

  private boolean isResultElsewhere(Node node, int place) {
    var results = op.body().results();
    for (int i = 0; i < results.size(); i++) {
      if (i != place && results.get(i).node() == node) {
        return true;
      }
    }
    return false;
  }

  private void terms(Node node, List<Node> terms) {
    if (node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.ADD && uses.isReadOnce(node)) {
      terms(node.operand(0), terms);
      terms(node.operand(1), terms);
    } else {
      terms.add(node);
    }
  }

  /** A product of matrices that differ from turn to turn, or a sum over the rows of what such a product has as its right factor; transposed, perhaps. */
  private boolean isMovable(Node term) {
    if (!uses.isReadOnce(term)) {
      return false;
    }
    if (term.op() instanceof Op.Transpose || term.op() instanceof Op.Reshape) {
      return isFixed(term) && isMovable(term.operand(0));
    }
    if (isMatrixProduct(term)) {
      return isFewEnough(term.operand(1)) && !same.contains(term.operand(0)) && !same.contains(term.operand(1)) && !before.containsKey(term) && isFixed(term.operand(0)) && isFixed(term.operand(1));
    }
    return term.op() instanceof Op.Reduce(var fn, var axes) && fn == ReduceFn.SUM && axes.equals(List.of(0)) && isFew(term.operand(0)) && isFixed(term.operand(0)) && !same.contains(term)
        && uses.of(term.operand(0)).stream().anyMatch(reader -> isMatrixProduct(reader) && reader.operand(1) == term.operand(0) && uses.isReadOnce(reader));
  }

  /** Whether only what is collected reads a product, and only here. */
  private boolean isReadByResultAlone(int result) {
    var node = node(result);
    if (!uses.of(node).isEmpty() || isResultElsewhere(node, result)) {
      return false;
    }
    while (node.op() instanceof Op.Reshape) {
      node = node.operand(0);
      if (!uses.isReadOnce(node)) {
        return false;
      }
    }
    return true;
  }

  // ---- the loop that is left

  /**
   * Makes it.
   *
   * @param read which of the loop's results are
   * @return what stands for each of these
   */
  Map<Integer, Node> loop(Set<Integer> read) {
    var carried = new ArrayList<Integer>();
    for (int i = 0; i < op.carried(); i++) {
      if (!sums.containsKey(i) || !rest.get(i).isEmpty()) {
        carried.add(i);
      }
    }
    kept.addAll(carried);
    for (int i = op.carried(); i < op.body().results().size(); i++) {
      if (!collectedProducts.containsKey(i)) {
        kept.add(i);
      }
    }
    sums.values().forEach(terms -> terms.forEach(this::collect));
    collectedProducts.values().forEach(product -> collectRows(product.operand(0)));
    var given = new ArrayList<>(carried.stream().map(operands::get).toList());
    given.addAll(operands.subList(op.carried(), operands.size()));
    var body = body(carried, given);
    made = out.loop(new Op.Loop(body, op.turn(), op.turns(), carried.size(), false, -1), given);
    Map<Integer, Node> stands = new HashMap<>();
    for (int i : read) {
      stands.put(i, stands(i));
    }
    return stands;
  }

  private Graph body(List<Integer> carried, List<Node> given) {
    var body = new GraphBuilder(op.body().nodes().size());
    var copies = new NodeMap<Node>();
    var needed = needed();
    for (var node : op.body().nodes()) {
      if (!needed.contains(node)) {
        continue;
      }
      body.at(node.span());
      out.at(node.span());
      if (node.op() instanceof Op.Given(var place, var type)) {
        copies.put(node, body.given(place < op.carried() ? carried.indexOf(place) : place - op.carried() + carried.size(), type));
      } else if (before.containsKey(node)) {
        var all = Compositions.matmul(out, byTurn(before.get(node)), outside(node.operand(1)));
        given.add(all);
        copies.put(node, part(node, body.given(given.size() - 1, all.type()), body));
      } else {
        copies.put(node, body.emit(node.op(), node.operands().stream().map(copies::get).toList()));
      }
    }
    var next = carried.stream().map(i -> rest.containsKey(i) ? body.add(copies.get(given(i)), copied(rest.get(i), copies, body)) : copies.get(node(i))).toList();
    var all = new ArrayList<Node>();
    kept.subList(carried.size(), kept.size()).forEach(i -> all.add(copies.get(node(i))));
    collected.forEach(node -> all.add(copies.get(node)));
    return body.finish(op.body().name(), LoopBodies.results(next, all));
  }

  /** What is left of a body without the products that are made elsewhere. */
  private NodeSet needed() {
    var needed = new NodeSet();
    for (int i : kept) {
      if (rest.containsKey(i)) {
        needed.add(given(i));
        rest.get(i).forEach(needed::add);
      } else {
        needed.add(node(i));
      }
    }
    collected.forEach(needed::add);
    for (var node : op.body().nodes().reversed()) {
      if (needed.contains(node) && !before.containsKey(node)) {
        needed.addAll(node.operands());
      }
    }
    return needed;
  }

  private Node given(int carry) {
    return node(carry).operand(isGiven(node(carry).operand(0), carry) ? 0 : 1);
  }

  private static Node copied(List<Node> terms, NodeMap<Node> copies, GraphBuilder body) {
    return terms.stream().map(copies::get).reduce(body::add).orElseThrow();
  }

  /** A sequence with its turns first: what a turn reads of its products then lies together. */
  private Node byTurn(TurnSlice slice) {
    var order = new ArrayList<>(IntStream.range(0, slice.whole.type().rank()).filter(axis -> axis != slice.axis).boxed().toList());
    order.addFirst(slice.axis);
    return out.transpose(outside(slice.whole), order);
  }

  /** A turn's rows of the products of all turns, [turns, ...]. */
  private Node part(Node product, Node all, GraphBuilder body) {
    var slice = before.get(product);
    var place = ((Op.Slice) slice.slice.op()).start().get(slice.axis);
    var start = new ArrayList<>(Collections.nCopies(all.type().rank(), Dim.ZERO));
    var count = new ArrayList<>(all.type().shape());
    start.set(0, place);
    count.set(0, Dim.ONE);
    return body.reshape(body.emit(new Op.Slice(List.copyOf(start), List.copyOf(count), Collections.nCopies(all.type().rank(), 1)), List.of(all)), product.type().shape());
  }

  /** What is the same in all turns, outside. */
  private Node outside(Node node) {
    var known = outside.get(node);
    if (known == null) {
      known = node.op() instanceof Op.Given(var place, _) ? operands.get(place) : out.emit(node.op(), node.operands().stream().map(this::outside).toList());
      outside.put(node, known);
    }
    return known;
  }

  // ---- what is collected

  private void collect(Node term) {
    if (isMatrixProduct(term)) {
      collectRows(isSwapped(term.operand(0)) ? term.operand(0).operand(0) : term.operand(0));
      collectRows(term.operand(1));
    } else if (term.op() instanceof Op.Reduce) {
      collectRows(term.operand(0));
    } else {
      collect(term.operand(0));
    }
  }

  private void collectRows(Node node) {
    if (wholeSlice(node) == null && place(node) < 0) {
      collected.add(node);
    }
  }

  private static boolean isSwapped(Node node) {
    return node.op() instanceof Op.Transpose && node.type().rank() == 2;
  }

  /** A sequence that has a row or more for each turn, and none besides; null if a node is something else. */
  private TurnSlice wholeSlice(Node node) {
    var slice = slice(node);
    return slice != null && slice.first.is(0) && slice.whole.type().dim(slice.axis).equals(op.turns()) ? slice : null;
  }

  /** Which result of the loop that is left collects a node; negative if none does. */
  private int place(Node node) {
    for (int i = 0; i < kept.size(); i++) {
      if (kept.get(i) >= op.carried() && node(kept.get(i)) == node) {
        return i;
      }
    }
    int more = collected.indexOf(node);
    return more < 0 ? -1 : kept.size() + more;
  }

  // ---- what stands behind the loop

  private Node stands(int result) {
    out.at(node(result).span());
    if (sums.containsKey(result)) {
      var begin = rest.get(result).isEmpty() ? operands.get(result) : out.result(made, kept.indexOf(result));
      return out.add(begin, sums.get(result).stream().map(this::total).reduce(out::add).orElseThrow());
    }
    var product = collectedProducts.get(result);
    if (product == null) {
      return out.result(made, kept.indexOf(result));
    }
    var shape = new ArrayList<>(node(result).type().shape());
    shape.addFirst(op.turns());
    return out.reshape(out.product(rows(product.operand(0), false), outside(product.operand(1))), shape);
  }

  /** What a term comes to, summed up over all turns. */
  private Node total(Node term) {
    return switch (term.op()) {
      case Op.MatMul _ -> {
        boolean backwards = falls(term.operand(0)) || falls(term.operand(1));
        yield out.product(columns(term.operand(0), backwards), rows(term.operand(1), backwards));
      }
      case Op.Reduce _ -> out.sum(rows(term.operand(0), falls(term.operand(0))), List.of(0));
      default -> out.emit(term.op(), List.of(total(term.operand(0))));
    };
  }

  /** Whether turns read a sequence from its end: its rows are taken as they lie then, and with them what the last turn has collected first. */
  private boolean falls(Node factor) {
    var slice = wholeSlice(isSwapped(factor) ? factor.operand(0) : factor);
    return slice != null && !slice.rises;
  }

  /**
   * The rows of all turns, those of a turn together.
   *
   * @param backwards whether those of the last turn come first
   */
  private Node rows(Node node, boolean backwards) {
    return out.reshape(all(node, backwards), List.of(op.turns().times(node.type().dim(0)), node.type().dim(1)));
  }

  /** The columns of all turns. */
  private Node columns(Node node, boolean backwards) {
    return isSwapped(node) ? out.swap(rows(node.operand(0), backwards))
        : out.reshape(out.transpose(all(node, backwards), List.of(1, 0, 2)), List.of(node.type().dim(0), op.turns().times(node.type().dim(1))));
  }

  /** What a node is in all turns, one behind the other: shape [turns, ...]. */
  private Node all(Node node, boolean backwards) {
    var slice = wholeSlice(node);
    if (slice == null) {
      return backwards ? out.resultBackwards(made, place(node)) : out.result(made, place(node));
    }
    var turns = byTurn(slice);
    var shape = new ArrayList<>(node.type().shape());
    shape.addFirst(op.turns());
    return out.reshape(slice.rises == backwards ? out.reverse(turns, 0) : turns, shape);
  }
}
