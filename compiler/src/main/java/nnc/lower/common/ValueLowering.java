package nnc.lower.common;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Shapes;
import nnc.graph.UnaryFn;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.StatementBuilder;
import nnc.loops.math.ElementaryFunctions;
import nnc.loops.math.RandomDraws;
import nnc.loops.math.WholeArithmetic;

/** The value of a node at some indices: a load where it is stored, a computation where it is not, index arithmetic where it is a view. */
public final class ValueLowering {
  private record Key(Node node, List<AffineIndex> indices) {}

  private final StatementBuilder sink;
  private final ElementaryFunctions functions;
  private final WholeArithmetic whole;
  private final Set<Node> stored;
  /** Answers for the kernel's own nodes; null for others. */
  private final BiFunction<Node, List<AffineIndex>, Expr> own;
  private final Map<String, Origin> origins;
  private Map<Key, Expr> known = new HashMap<>();
  /** Every index that was used, for deciding which loops can be merged and which runs through lanes. */
  public final Set<AffineIndex> used = new LinkedHashSet<>();
  /** Offsets that were only taken apart into indices. What quotients they have is certain by the extents of loops: of others they would be others. */
  private final Set<AffineIndex> cut = new LinkedHashSet<>();
  public final List<AffineIndex> loads = new ArrayList<>();
  /** Null, or the mask, as 0 or 1, under which what is loaded may not be there at all. */
  private Expr present;

  public ValueLowering(StatementBuilder sink, int precision, Set<Node> stored, Map<String, Origin> origins, BiFunction<Node, List<AffineIndex>, Expr> own) {
    this.sink = sink;
    this.functions = new ElementaryFunctions(sink, precision);
    this.whole = new WholeArithmetic(sink, functions);
    this.stored = stored;
    this.origins = origins;
    this.own = own;
  }

  ElementaryFunctions functions() {
    return functions;
  }

  /** Arithmetic of whole numbers. */
  public WholeArithmetic whole() {
    return whole;
  }

  /** What is known stays known inside; what becomes known inside is forgotten after it. */
  public void scoped(Runnable work) {
    var outside = known;
    known = new HashMap<>(outside);
    try {
      work.run();
    } finally {
      known = outside;
    }
  }

  /** Whether everything goes through {@code second} and on with {@code first} as through one loop. */
  public boolean seamless(AffineIndex.Atom.Var first, AffineIndex.Atom.Var second) {
    return Stream.concat(used.stream(), cut.stream()).allMatch(index -> index.seamless(first, second));
  }

  /** The indices of the element at an offset. */
  List<AffineIndex> indices(AffineIndex offset, List<Dim> shape) {
    cut.add(offset);
    return AffineIndex.indices(offset, shape);
  }

  /** All factors and constants of the indices used. */
  public List<Dim> dims() {
    var all = new ArrayList<Dim>();
    used.forEach(index -> collect(index, all));
    return all;
  }

  /** Those of an index, and of what it divides. */
  private static void collect(AffineIndex index, List<Dim> all) {
    all.addAll(index.terms().values());
    all.add(index.constant());
    for (var atom : index.terms().keySet()) {
      switch (atom) {
        case AffineIndex.Atom.Div(var value, var by) -> {
          collect(value, all);
          all.add(by);
        }
        case AffineIndex.Atom.Mod(var value, var by) -> {
          collect(value, all);
          all.add(by);
        }
        case AffineIndex.Atom.Var _, AffineIndex.Atom.Element _ -> { }
      }
    }
  }

  // ---- buffers

  /** The buffer that stands for an origin, by the name that it has or is given here. */
  public Loop.Buffer buffer(Origin origin, Loop.Space space) {
    for (var entry : origins.entrySet()) {
      if (entry.getValue().equals(origin)) {
        return new Loop.Buffer(entry.getKey(), space, 0);
      }
    }
    var name = "b" + origins.size();
    origins.put(name, origin);
    return new Loop.Buffer(name, space, 0);
  }

  /** The kernel's argument for half of the number of the first element drawn. */
  private Loop.Int drawn(Op.Uniform draws, boolean high) {
    return new Loop.Int.Var(buffer(new Origin.Drawn(draws, high), Loop.Space.ARENA).name());
  }

  private AffineAccess access(Node node, AffineIndex offset) {
    return switch (node.op()) {
      case Op.Parameter(var path, _) -> new AffineAccess(buffer(new Origin.Weight(path).whole(), Loop.Space.WEIGHTS), offset);
      case Op.State(var path, _) -> new AffineAccess(buffer(new Origin.Weight(path).whole(), Loop.Space.WEIGHTS), offset);
      case Op.Table table -> anchored(new Origin.Table(table), offset, Loop.Space.WEIGHTS);
      default -> arena(node, offset);
    };
  }

  /**
   * A place in a node's buffer, counted from where the kernel meets the buffer first: the steps of a recurrence, each at another part of
   * what they share, are calls of one kernel.
   */
  public AffineAccess arena(Node node, AffineIndex offset) {
    return anchored(new Origin.Buffer(node), offset, Loop.Space.ARENA);
  }

  private AffineAccess anchored(Origin.Memory base, AffineIndex offset, Loop.Space space) {
    for (var entry : origins.entrySet()) {
      if (entry.getValue() instanceof Origin.Stretch(var known, var from) && known.equals(base)) {
        return new AffineAccess(new Loop.Buffer(entry.getKey(), space, 0), offset.plus(from.times(-1)));
      }
    }
    var from = space == Loop.Space.ARENA || offset.constant().isConstant() ? offset.constant() : Dim.ZERO;
    return new AffineAccess(buffer(new Origin.Stretch(base, from), space), offset.plus(from.times(-1)));
  }

  /** Counted from where the buffer begins, which is there even where there is no element in it. */
  private AffineAccess whole(Node node, AffineIndex offset) {
    return switch (node.op()) {
      case Op.Parameter _, Op.State _ -> access(node, offset);
      case Op.Table table -> new AffineAccess(buffer(new Origin.Stretch(new Origin.Table(table), Dim.ZERO), Loop.Space.WEIGHTS), offset);
      default -> new AffineAccess(buffer(new Origin.Stretch(new Origin.Buffer(node), Dim.ZERO), Loop.Space.ARENA), offset);
    };
  }

  private boolean inMemory(Node node) {
    return stored.contains(node) || switch (node.op()) {
      case Op.Input _, Op.Parameter _, Op.State _, Op.Counter _, Op.Table _, Op.Given _ -> true;
      default -> false;
    };
  }

  private Expr load(Node node, AffineIndex offset) {
    var access = present == null ? access(node, offset) : whole(node, offset);
    used.add(access.index());
    loads.add(access.index());
    var index = access.index().toInt();
    return loaded(node.type().kind(), access.buffer(), present == null ? index : Ints.multiply(index, new Loop.Int.FromBits(present)));
  }

  /** What lies in memory, as values of a kind are: a mask if BOOL, bits if INT, an element otherwise. */
  public static Expr loaded(Kind kind, Loop.Buffer buffer, Loop.Int index) {
    return switch (kind) {
      case FLOAT -> new Expr.Load(buffer, index);
      case INT -> new Expr.LoadBits(buffer, index);
      case BOOL -> ElementaryFunctions.maskOf(new Expr.Load(buffer, index));
    };
  }

  // ---- values

  /** The value at some indices: a mask if the node is BOOL, bits if it is INT, an element otherwise. */
  Expr value(Node node, List<AffineIndex> indices) {
    var mine = own.apply(node, indices);
    if (mine != null) {
      return mine;
    }
    if (inMemory(node)) {
      return memo(node, indices, () -> load(node, AffineIndex.linear(indices, node.type().shape())));
    }
    return derived(node, indices);
  }

  /** The value from the operands, also where the node has a buffer: it may be this kernel that fills it. */
  Expr derived(Node node, List<AffineIndex> indices) {
    return switch (node.op()) {
      case Op.Const(var value, var kind) -> constant(value, kind);
      case Op.Size(var dim) -> fromIndex(AffineIndex.of(dim));
      case Op.Iota(_, var axis) -> bitsOfIndex(indices.get(axis));
      case Op.Broadcast(_, var axes) -> value(node.operand(0), without(indices, axes));
      case Op.Reshape(var shape) -> reshaped(node, indices, shape);
      case Op.Transpose(var order) -> value(node.operand(0), permuted(indices, order));
      case Op.Slice(var start, _, var step) -> value(node.operand(0), stepped(indices, start, step));
      case Op.Pad(var low, _, var interior, var value) -> padded(node, indices, low, interior, value);
      case Op.Windows(var size, var stride, var dilation) -> value(node.operand(0), window(indices, stride, dilation));
      default -> memo(node, indices, () -> compute(node, indices));
    };
  }

  /** The value as an element, whatever its kind. */
  public Expr element(Node node, List<AffineIndex> indices) {
    var value = value(node, indices);
    return switch (node.type().kind()) {
      case FLOAT -> value;
      case INT -> whole.element(value);
      case BOOL -> ElementaryFunctions.elementOf(value);
    };
  }

  /** The value of a node that is INT or BOOL as bits. */
  public Expr bits(Node node, List<AffineIndex> indices) {
    var value = value(node, indices);
    return node.type().kind() == Kind.BOOL ? WholeArithmetic.of(value) : value;
  }

  private Expr memo(Node node, List<AffineIndex> indices, java.util.function.Supplier<Expr> work) {
    var key = new Key(node, indices);
    var found = known.get(key);
    if (found == null) {
      found = sink.let(work.get());
      known.put(key, found);
    }
    return found;
  }

  static Expr constant(double value, Kind kind) {
    return switch (kind) {
      case FLOAT -> new Expr.Number(value);
      case INT -> WholeArithmetic.number(value);
      case BOOL -> ElementaryFunctions.apply(Fn.NE, new Expr.Number(value), new Expr.Number(0));
    };
  }

  private Expr bitsOfIndex(AffineIndex index) {
    used.add(index);
    return new Expr.BitsOf(index.toInt());
  }

  private Expr fromIndex(AffineIndex index) {
    used.add(index);
    return index.terms().isEmpty() && index.constant().isConstant()
        ? new Expr.Number(index.constant().fixed()) : new Expr.FromInt(index.toInt());
  }

  public Expr compute(Node node, List<AffineIndex> indices) {
    return switch (node.op()) {
      case Op.Unary(var fn) -> fn == UnaryFn.NOT ? ElementaryFunctions.apply(Fn.NOT, value(node.operand(0), indices))
          : node.type().kind() == Kind.INT ? whole.unary(fn, value(node.operand(0), indices)) : functions.unary(fn, element(node.operand(0), indices));
      case Op.Binary(var fn) -> binary(node, fn, indices);
      case Op.Select() -> select(node, indices);
      case Op.Cast(var to) -> cast(node, to, indices);
      case Op.StopGradient _ -> value(node.operand(0), indices);
      case Op.Uniform(var stream, var shape, var rows) -> {
        var offset = AffineIndex.linear(indices, shape);
        used.add(offset);
        yield rows.isEmpty() ? new RandomDraws(sink, functions).uniform(stream, offset.toInt())
            : new RandomDraws(sink, functions).uniform(stream, offset.toInt(), drawn((Op.Uniform) node.op(), false), drawn((Op.Uniform) node.op(), true));
      }
      case Op.Gather(var axis) -> {
        var from = new ArrayList<>(indices);
        from.set(axis, AffineIndex.of(new AffineIndex.Atom.Element(bits(node.operand(1), indices), null)));
        yield value(node.operand(0), from);
      }
      case Op.Broadcast _, Op.Reshape _, Op.Transpose _, Op.Slice _, Op.Pad _, Op.Windows _, Op.Const _, Op.Size _, Op.Iota _ -> derived(node, indices);
      case Op.Input _, Op.Parameter _, Op.State _, Op.Counter _, Op.Table _, Op.Given _, Op.Loop _, Op.LoopResult _, Op.Concat _, Op.FoldWindows _, Op.Reduce _, Op.ArgReduce _, Op.CumSum _, Op.ArgSort _,
          Op.ScatterAdd _, Op.MatMul _, Op.Conv _ -> throw new IllegalStateException("not computed in place: " + node);
    };
  }

  private Expr binary(Node node, BinaryFn fn, List<AffineIndex> indices) {
    if (fn == BinaryFn.AND || fn == BinaryFn.OR) {
      return functions.binary(fn, value(node.operand(0), indices), value(node.operand(1), indices));
    }
    if (node.operand(0).type().kind() == Kind.INT) {
      return whole.binary(fn, value(node.operand(0), indices), value(node.operand(1), indices));
    }
    return functions.binary(fn, element(node.operand(0), indices), element(node.operand(1), indices));
  }

  private Expr select(Node node, List<AffineIndex> indices) {
    var condition = value(node.operand(0), indices);
    if (node.type().kind() == Kind.INT) {
      return ElementaryFunctions.apply(Fn.SELECT, condition, value(node.operand(1), indices), value(node.operand(2), indices));
    }
    var chosen = ElementaryFunctions.apply(Fn.SELECT, condition, element(node.operand(1), indices), element(node.operand(2), indices));
    return node.type().kind() == Kind.BOOL ? ElementaryFunctions.maskOf(chosen) : chosen;
  }

  private Expr cast(Node node, Kind to, List<AffineIndex> indices) {
    var x = node.operand(0);
    return switch (to) {
      case FLOAT -> element(x, indices);
      // a size has 32 bits, of which an element need not hold all
      case INT -> x.op() instanceof Op.Size(var dim) ? bitsOfIndex(AffineIndex.of(dim)) : x.type().kind() == Kind.FLOAT ? whole.truncated(value(x, indices)) : bits(x, indices);
      case BOOL -> switch (x.type().kind()) {
        case FLOAT -> ElementaryFunctions.maskOf(value(x, indices));
        case INT -> ElementaryFunctions.apply(Fn.BITS_NE, value(x, indices), WholeArithmetic.number(0));
        case BOOL -> value(x, indices);
      };
    };
  }

  // ---- views

  private Expr reshaped(Node node, List<AffineIndex> indices, List<Dim> shape) {
    var x = node.operand(0);
    if (Shapes.meet(x.type().shape(), shape)) {
      return value(x, indices);
    }
    var offset = AffineIndex.linear(indices, shape);
    // dense in memory the elements keep their order: no quotient is needed
    return inMemory(x) && own.apply(x, null) == null ? memo(x, List.of(offset), () -> load(x, offset)) : value(x, indices(offset, x.type().shape()));
  }

  public static List<AffineIndex> without(List<AffineIndex> indices, List<Integer> axes) {
    var rest = new ArrayList<AffineIndex>();
    for (int i = 0; i < indices.size(); i++) {
      if (!axes.contains(i)) {
        rest.add(indices.get(i));
      }
    }
    return rest;
  }

  private static List<AffineIndex> permuted(List<AffineIndex> indices, List<Integer> order) {
    var from = new ArrayList<>(indices);
    for (int i = 0; i < order.size(); i++) {
      from.set(order.get(i), indices.get(i));
    }
    return from;
  }

  private static List<AffineIndex> stepped(List<AffineIndex> indices, List<Dim> start, List<Integer> step) {
    var from = new ArrayList<AffineIndex>();
    for (int i = 0; i < indices.size(); i++) {
      from.add(indices.get(i).times(Dim.of(step.get(i))).plus(start.get(i)));
    }
    return from;
  }

  private static List<AffineIndex> window(List<AffineIndex> indices, List<Integer> stride, List<Integer> dilation) {
    int windows = stride.size();
    int lead = indices.size() - 2 * windows;
    var from = new ArrayList<>(indices.subList(0, lead));
    for (int w = 0; w < windows; w++) {
      from.add(indices.get(lead + w).times(Dim.of(stride.get(w))).plus(indices.get(lead + windows + w).times(Dim.of(dilation.get(w)))));
    }
    return from;
  }

  /** Outside of the operand the constant; the load is made there all the same, inside the array, and its value not used. */
  private Expr padded(Node node, List<AffineIndex> indices, List<Dim> low, List<Integer> interior, double value) {
    var x = node.operand(0);
    var from = new ArrayList<AffineIndex>();
    Expr inside = null;
    for (int i = 0; i < indices.size(); i++) {
      var off = indices.get(i).plus(low.get(i).times(-1));
      int step = interior.get(i) + 1;
      inside = and(inside, guard(off, Dim.of(step), x.type().dim(i)));
      from.add(off.dividedBy(Dim.of(step)));
    }
    if (inside == null) {
      return value(x, from);
    }
    var guarded = guarded(x, from, inside);
    var padding = constant(value, x.type().kind());
    if (x.type().kind() == Kind.BOOL) {
      var element = ElementaryFunctions.apply(Fn.SELECT, inside, ElementaryFunctions.elementOf(guarded), ElementaryFunctions.elementOf(padding));
      return ElementaryFunctions.maskOf(element);
    }
    return sink.let(ElementaryFunctions.apply(Fn.SELECT, inside, guarded, padding));
  }

  /**
   * The value at indices that may lie outside: there the first element is read instead; and of an operand that may be empty, whose first element may be
   * anywhere, the first of each buffer that is read for it.
   */
  public Expr guarded(Node x, List<AffineIndex> from, Expr inside) {
    var mask = sink.let(WholeArithmetic.of(inside));
    var safe = new ArrayList<AffineIndex>();
    for (int axis = 0; axis < from.size(); axis++) {
      var index = from.get(axis);
      used.add(index);
      safe.add(AffineIndex.of(new AffineIndex.Atom.Element(ElementaryFunctions.apply(Fn.BITS_MUL, mask, bitsOfIndex(index)), x.type().mayBeEmpty() ? null : x.type().dim(axis))));
    }
    var outside = present;
    present = x.type().mayBeEmpty() ? mask : null;
    var value = value(x, safe);
    present = outside;
    return value;
  }

  /** Whether {@code off} is a multiple of the step, and the quotient from [0, size): null if that is certain. */
  public Expr guard(AffineIndex off, Dim step, Dim size) {
    Expr inside = null;
    // certain by the extents of its loops: merged with others, they would be others
    used.add(off);
    if (!step.is(1) && !off.modulo(step).equals(AffineIndex.ZERO)) {
      inside = and(inside, ElementaryFunctions.apply(Fn.EQ, fromIndex(off.modulo(step)), new Expr.Number(0)));
    }
    if (!off.atLeastZero()) {
      inside = and(inside, ElementaryFunctions.apply(Fn.LE, new Expr.Number(0), fromIndex(off)));
    }
    var limit = size.plus(-1).times(step);
    if (!off.below(limit.plus(step))) {
      inside = and(inside, ElementaryFunctions.apply(Fn.LE, fromIndex(off), fromIndex(AffineIndex.of(limit))));
    }
    return inside == null ? null : sink.let(inside);
  }

  public static Expr and(Expr a, Expr b) {
    return a == null ? b : b == null ? a : ElementaryFunctions.apply(Fn.AND, a, b);
  }
}
