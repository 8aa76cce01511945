package nnc.elaborate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import nnc.analysis.Interval;
import nnc.analysis.IntervalAnalysis;
import nnc.differentiate.LoopGradient;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.LoopBodies;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;
import nnc.interpret.Interpreter;
import nnc.runtime.base.IndexText;
import nnc.source.Diagnostics;
import nnc.source.Span;

/**
 * Indices and labels that are no places of what they point into. Constants are a fault of the program; inputs are checked when they are fed; what
 * certainly lies inside costs nothing. All else is looked at in each run: the place that is read or written instead is inside, the graph says
 * whether there was anything to replace, and then no weight changes.
 */
final class IndexChecks {
  /** Elements of a constant index, with all that it is computed from, that are looked at when a program is checked. */
  private static final long LOOKED_AT = 1 << 22;

  /** Some node's elements are places of an axis of so many. */
  private record Use(Node index, Dim size) {}

  /** Where the source says so, and what it calls a place. */
  private record Mention(Span span, String what) {
    String place() {
      return Path.of(span.file()).getFileName() + ":" + span.line();
    }
  }

  /** What {@code one_hot} is given: labels that no gather reads. */
  record Labels(Node index, Dim classes, Node result, Span span) {}

  private final Graph whole;
  private final Graph graph;
  private final Map<Use, Mention> uses = new LinkedHashMap<>();
  private final Collection<Elaborated.InputInfo> inputs;
  private final Diagnostics diagnostics;
  private final Map<String, Long> classes = new LinkedHashMap<>();
  private IntervalAnalysis ranges;
  /** Of what bodies of loops are given, and of uses in them, which loop. */
  private final Map<Node, Body> given = new HashMap<>();
  private final Map<Use, Body> bodies = new HashMap<>();
  /** What is looked up in bodies and is the same in all turns, and the same thing where the loop is given it: it is looked at once. */
  private final Map<Use, Use> before = new HashMap<>();
  /** Of what is looked at for loops alone, numbers of turns that are all positive if it is looked up at all. */
  private final Map<Use, Set<Dim>> turns = new HashMap<>();
  private final Map<Node, Interval> carried = new HashMap<>();

  /** A loop whose body it is, and the one that it lies in; null for none. */
  private record Body(Node loop, Body outer) {
    Op.Loop op() {
      return (Op.Loop) loop.op();
    }
  }

  /** @param whole what a purpose computes; what no result needs is not looked at */
  IndexChecks(Graph whole, List<Labels> labels, Collection<Elaborated.InputInfo> inputs, Diagnostics diagnostics) {
    this.whole = whole;
    this.inputs = inputs;
    this.graph = whole.needed(node -> node.op() instanceof Op.Input);
    this.diagnostics = diagnostics;
    var live = new HashMap<Node, Labels>();
    labels.forEach(label -> live.put(label.result, label));
    collect(graph, live, null);
  }

  private void collect(Graph part, Map<Node, Labels> live, Body body) {
    for (var node : part.nodes()) {
      switch (node.op()) {
        case Op.Gather(var axis) -> use(new Use(root(node.operand(1)), node.operand(0).type().dim(axis)), new Mention(node.span(), "index"), body);
        case Op.ScatterAdd(_, var size) -> use(new Use(root(node.operand(0)), size), new Mention(node.span(), "index"), body);
        case Op.Given _ -> given.put(node, body);
        case Op.Loop loop -> collect(loop.body(), live, new Body(node, body));
        default -> {
          if (live.get(node) instanceof Labels(var index, var depth, _, var span)) {
            use(new Use(root(index), depth), new Mention(span, "label"), body);
          }
        }
      }
    }
  }

  private void use(Use use, Mention mention, Body body) {
    var needed = new LinkedHashSet<Dim>();
    var index = use.index;
    var home = body;
    while (home != null && isSameOf(home, index, use.size)) {
      needed.add(home.op().turns());
      index = root(home.loop.operand(((Op.Given) index.op()).place()));
      home = home.outer;
    }
    var looked = new Use(index, use.size);
    if (home != body) {
      before.put(use, looked);
    }
    if (uses.putIfAbsent(looked, mention) == null) {
      turns.put(looked, needed);
      if (home != null) {
        bodies.put(looked, home);
      }
    } else {
      turns.get(looked).retainAll(needed);
    }
  }

  /** Whether an index is the same in all turns of a loop, of which each that is run looks it up in an axis of the same size. */
  private static boolean isSameOf(Body body, Node index, Dim size) {
    boolean isSame = index.op() instanceof Op.Given(var place, _) && place >= body.op().carried() && body.op().going() < 0 && !mentions(size, body.op().turn());
    for (var around = body.outer; around != null && isSame; around = around.outer) {
      isSame = !mentions(body.op().turns(), around.op().turn());
    }
    return isSame;
  }

  private static boolean mentions(Dim size, String name) {
    return !size.isConstant() && size.variables().contains(name);
  }

  /** What has the same elements, each at least once. */
  private static Node root(Node node) {
    return node.op() instanceof Op.Broadcast || node.op() instanceof Op.Reshape || node.op() instanceof Op.Transpose ? root(node.operand(0)) : node;
  }

  /** By int input whose elements all are places of something, of how many: it is checked when it is fed. */
  Map<String, Long> classes() {
    return classes;
  }

  /** The graph in which nothing is read or written outside. Results of the role {@link Graph.Role#CHECK} tell whether anything would have been. */
  Graph checked() {
    promises();
    categories();
    ranges = new IntervalAnalysis(classes, this::given);
    var open = new LinkedHashMap<Use, Mention>();
    uses.forEach((use, mention) -> {
      if (!isInside(use, mention) && isSame(use, mention)) {
        open.put(use, mention);
      }
    });
    return open.isEmpty() ? whole : new Guards(open, null).run();
  }

  /** Whether the axis has as many places in all turns. */
  private boolean isSame(Use use, Mention mention) {
    for (var body = bodies.get(use); body != null; body = body.outer) {
      if (mentions(use.size, body.op().turn())) {
        diagnostics.error(mention.span, "an " + mention.what + " that is data points into an axis that has another size in each turn of a loop").hint("point into the whole axis, and let what lies outside count for nothing");
        return false;
      }
    }
    return true;
  }

  /** What a body is given: the same in all turns, or, of whole numbers, what holds at the beginning and behind each turn if it held before. */
  private Interval given(Node node) {
    var body = given.get(node);
    int place = ((Op.Given) node.op()).place();
    if (place >= body.op().carried()) {
      return ranges.of(body.loop.operand(place));
    }
    if (node.type().kind() != Kind.INT) {
      return Interval.ANY;
    }
    if (!carried.containsKey(node)) {
      carried.put(node, handed(node, body, place));
    }
    return carried.get(node);
  }

  private Interval handed(Node node, Body body, int place) {
    var next = body.op().body().results().get(place).node();
    var range = ranges.of(body.loop.operand(place));
    for (int round = 0; round < 2; round++) {
      var known = range;
      var wider = range.or(new IntervalAnalysis(classes, other -> other == node ? known : isSame(other, body) ? given(other) : Interval.ANY).of(next));
      if (wider.equals(range)) {
        return range;
      }
      range = wider;
    }
    return Interval.WHOLE;
  }

  /** Whether something is given to a body in all turns alike. */
  private boolean isSame(Node other, Body body) {
    return given.get(other) == body && ((Op.Given) other.op()).place() >= body.op().carried();
  }

  /** A category has so many classes, whatever it points into. */
  private void categories() {
    for (var input : inputs) {
      if (input.column().isText()) {
        classes.put(input.name(), (long) input.column().classes());
      }
    }
  }

  /**
   * An input that is an index as a whole is checked when it is fed; so is one of which slices are, if all into as many places: then what no slice
   * reads is held to be of their kind.
   */
  private void promises() {
    var sizes = new LinkedHashMap<String, List<Long>>();
    for (var use : uses.keySet()) {
      var node = use.index;
      boolean whole = true;
      for (var source = node; source != null; source = source(node)) {
        whole &= !(node.op() instanceof Op.Slice);
        node = source;
      }
      if (node.op() instanceof Op.Input(var name, _, var type) && type.kind() == Kind.INT && use.size.isConstant()) {
        long size = use.size.fixed();
        if (whole) {
          classes.merge(name, size, Math::min);
        } else {
          sizes.computeIfAbsent(name, _ -> new ArrayList<>()).add(size);
        }
      }
    }
    sizes.forEach((name, all) -> {
      if (all.stream().distinct().count() == 1) {
        classes.merge(name, all.getFirst(), Math::min);
      }
    });
  }

  /** What a node has elements of; null if it has its own. */
  private Node source(Node node) {
    if (node.op() instanceof Op.Slice || root(node) != node) {
      return node.operand(0);
    }
    return node.op() instanceof Op.Given(var place, _) && place >= given.get(node).op().carried() ? given.get(node).loop.operand(place) : null;
  }

  // ---- what is known now

  private boolean isInside(Use use, Mention mention) {
    var range = ranges.of(use.index);
    if (range.within(use.size)) {
      return true;
    }
    var constant = bodies.containsKey(use) ? null : constant(use.index);
    if (constant != null && use.size.isConstant()) {
      long size = use.size.fixed();
      int wrong = IntStream.range(0, constant.length).filter(i -> !(constant[i] >= 0 && constant[i] < size)).findFirst().orElse(-1);
      if (wrong >= 0) {
        fault(use, mention, mention.what + " " + IndexText.text(constant[wrong]) + (constant.length == 1 ? "" : " (element " + wrong + " of " + constant.length + ")"));
      }
      return true;
    }
    var name = ColumnTypes.input(use.index);
    if (use.size.isConstant() && declared(name) > use.size.fixed()) {
      diagnostics.error(mention.span, name + " has " + declared(name) + " classes, and this has places for " + use.size)
          .hint("class_count(" + name + ") is how many it has");
      return true;
    }
    if (range.outside(use.size)) {
      fault(use, mention, "each " + mention.what + " is " + (range.high() < 0 ? "at most " + IndexText.text(range.high()) : "at least " + IndexText.text(range.low())));
      return true;
    }
    return false;
  }

  /** The classes of a category; 0 of what is none. */
  private int declared(String name) {
    return inputs.stream().filter(input -> input.name().equals(name)).mapToInt(input -> input.column().classes()).findFirst().orElse(0);
  }

  private void fault(Use use, Mention mention, String what) {
    var size = use.size.isConstant() ? IndexText.places(mention.what, use.size.fixed()) : "an axis has places from 0 on";
    diagnostics.error(mention.span, what + ": " + size);
  }

  /** The elements of what constants alone make; null if others do, or too many. */
  private double[] constant(Node node) {
    var part = new Graph(graph.name(), graph.nodes(), List.of(new Graph.Result(Graph.Role.OUTPUT, "places", node))).needed(_ -> false);
    long elements = 0;
    for (var each : part.nodes()) {
      if (isGiven(each.op()) || !each.type().shape().stream().allMatch(Dim::isConstant)) {
        return null;
      }
      elements += each.type().elements(_ -> 0);
    }
    return elements > LOOKED_AT ? null : new Interpreter(Map.of(), _ -> new double[0], 0, 1, 0).run(part).get(node).values();
  }

  private static boolean isGiven(Op op) {
    return op instanceof Op.Input || op instanceof Op.Parameter || op instanceof Op.State || op instanceof Op.Counter || op instanceof Op.Uniform
        || op instanceof Op.Size;
  }

  // ---- what is known at run time

  /** An index that was looked up: of what a loop looks up what all turns did, one behind the other. */
  private record Found(Use use, Node places) {}

  /** The graph once more, or a body, with what is looked at in each run. */
  private final class Guards {
    private final Map<Use, Mention> open;
    /** The loop whose body it is; null of the graph itself. */
    private final Node loop;
    private final GraphBuilder b = new GraphBuilder(graph.nodes().size());
    private final NodeMap<Node> made = new NodeMap<>();
    private final Map<Use, Node> inside = new HashMap<>();
    private final List<Graph.Result> results = new ArrayList<>();
    private final List<Found> found = new ArrayList<>();
    /** By loop, from which of its results on they have moved, and by how many places. */
    private final Map<Node, int[]> moved = new HashMap<>();

    Guards(Map<Use, Mention> open, Node loop) {
      this.open = open;
      this.loop = loop;
    }

    Graph run() {
      copy(graph);
      var flags = new ArrayList<Node>();
      found.forEach(one -> flags.add(check(one, open.get(one.use))));
      var all = b.at(Span.NONE).less(b.constant(0), b.cast(flags.stream().reduce((x, y) -> b.binary(BinaryFn.MIN, x, y)).orElseGet(() -> b.constant(1, Kind.INT)), Kind.FLOAT));
      var own = graph.results().stream().map(result -> new Graph.Result(result.role(), result.name(),
          result.role() == Graph.Role.UPDATE ? update(result, all) : made.get(result.node()))).toList();
      results.addAll(0, own);
      return b.finish(graph.name(), results);
    }

    private void copy(Graph part) {
      for (var node : part.nodes()) {
        b.at(node.span());
        var in = new ArrayList<Node>(node.operands().with(made));
        switch (node.op()) {
          case Op.Gather(var axis) -> in.set(1, guarded(node.operand(1), node.operand(0).type().dim(axis)));
          case Op.ScatterAdd(_, var size) -> in.set(0, guarded(node.operand(0), size));
          default -> { }
        }
        made.put(node, switch (node.op()) {
          case Op.Loop inner -> new Guards(open, node).loop(inner, in, this);
          case Op.LoopResult(var index, var backwards, var type) when moved.get(node.operand(0)) instanceof int[] by && index >= by[0] -> b.emit(new Op.LoopResult(index + by[1], backwards, type), in);
          default -> b.keep(node, in);
        });
      }
      for (var use : open.keySet()) {
        var body = bodies.get(use);
        if ((body == null ? null : body.loop) == loop) {
          found.add(new Found(use, made.get(use.index)));
        }
      }
    }

    /** The loop with a guarded body, which collects what it has looked up; what reverse mode looks up again was looked at. */
    private Node loop(Op.Loop op, List<Node> in, Guards outside) {
      copy(op.body());
      if (found.isEmpty() && inside.isEmpty() && moved.isEmpty()) {
        return outside.b.keep(loop, in);
      }
      var told = LoopGradient.isBackward(op) ? List.<Found>of() : found;
      var all = new ArrayList<>(LoopBodies.results(op.body(), made));
      int at = op.saved() ? op.saved(0) : all.size();
      for (int i = 0; i < told.size(); i++) {
        var x = told.get(i).places;
        all.add(at + i, new Graph.Result(Graph.Role.OUTPUT, "places" + i, whileGoing(op, isTruncated(x) ? x.operand(0) : x)));
      }
      outside.moved.put(loop, new int[] {at, told.size()});
      var guarded = outside.b.loop(op.withBody(b.finish(op.body().name(), all)), in);
      for (int i = 0; i < told.size(); i++) {
        var places = outside.b.result(guarded, at + i);
        outside.found.add(new Found(told.get(i).use, isTruncated(told.get(i).places) ? outside.b.cast(places, Kind.INT) : places));
      }
      return guarded;
    }

    /** What is collected by turns that need not be run is zero. */
    private Node whileGoing(Op.Loop op, Node x) {
      if (op.going() < 0) {
        return x;
      }
      var going = made.get(op.body().nodes().stream().filter(node -> node.op() instanceof Op.Given(var place, _) && place == op.going()).findFirst().orElseThrow());
      return b.select(LoopBodies.any(going, b), x, b.like(x, 0));
    }

    /** An index whose elements are places, where it is not certain that they are. */
    private Node guarded(Node index, Dim size) {
      var use = new Use(root(index), size);
      return open.containsKey(before.getOrDefault(use, use)) ? views(index, inside.computeIfAbsent(use, this::clamped)) : made.get(index);
    }

    private Node views(Node index, Node clamped) {
      return root(index) == index ? clamped : b.emit(index.op(), List.of(views(index.operand(0), clamped)));
    }

    private Node clamped(Use use) {
      var x = made.get(use.index);
      var last = b.binary(BinaryFn.SUB, size(use.size), b.constant(1, Kind.INT));
      return b.binary(BinaryFn.MAX, b.binary(BinaryFn.MIN, x, last), b.constant(0, Kind.INT));
    }

    private Node size(Dim size) {
      return size.isConstant() ? b.constant(size.fixed(), Kind.INT) : b.cast(b.size(size), Kind.INT);
    }

    /** One where all elements are places, zero where one is not; and what is needed to say which. */
    private Node check(Found one, Mention mention) {
      b.at(mention.span);
      var use = one.use;
      var x = one.places;
      var fits = b.binary(BinaryFn.AND, b.binary(BinaryFn.LE, b.constant(0, Kind.INT), x), b.less(x, size(use.size)));
      var within = isTruncated(x) ? b.binary(BinaryFn.AND, fits, b.equal(x.operand(0), x.operand(0))) : fits;
      var flag = b.reduce(ReduceFn.MIN, b.cast(within, Kind.INT), IntStream.range(0, x.type().rank()).boxed().toList());
      for (var count : turns.getOrDefault(use, Set.of())) {
        // what no turn looks up may be anything
        flag = b.binary(BinaryFn.MAX, flag, b.cast(b.binary(BinaryFn.LE, size(count), b.constant(0, Kind.INT)), Kind.INT));
      }
      int number = results.size() / IndexText.PARTS;
      results.add(new Graph.Result(Graph.Role.CHECK, IndexText.name(number, "holds", mention.place(), mention.what), flag));
      results.add(new Graph.Result(Graph.Role.CHECK, IndexText.name(number, "given", mention.place(), mention.what), isTruncated(x) ? told(x) : x));
      results.add(new Graph.Result(Graph.Role.CHECK, IndexText.name(number, "size", mention.place(), mention.what), size(use.size)));
      return flag;
    }

    private static boolean isTruncated(Node x) {
      return x.op() instanceof Op.Cast && x.operand(0).type().kind() == Kind.FLOAT;
    }

    /** A float without its fraction as it was meant: of NaN, infinities and what 32 bits do not hold a whole number says nothing. */
    private Node told(Node truncated) {
      var x = truncated.operand(0);
      return b.select(b.less(b.unary(UnaryFn.ABS, x), b.constant(0x1p31)), b.cast(truncated, Kind.FLOAT), x);
    }

    private Node update(Graph.Result result, Node all) {
      var next = made.get(result.node());
      return b.select(all, next, weight(result.name(), next));
    }

    private Node weight(String path, Node next) {
      for (var node : graph.nodes()) {
        if (node.op() instanceof Op.Parameter(var own, _) && own.equals(path) || node.op() instanceof Op.State(var other, _) && other.equals(path)) {
          return made.get(node);
        }
      }
      return b.state(path, next.type());
    }
  }
}
