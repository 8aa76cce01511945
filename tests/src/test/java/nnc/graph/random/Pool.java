package nnc.graph.random;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.graph.UnaryFn;

/** The nodes that a graph has so far, their values, and choices among them. */
final class Pool {
  private static final int RANK = 5;

  /** Of an element of data, in a graph that has such: not a number, or infinite. */
  private static final double WILD = 0.04;

  final GraphBuilder b = new GraphBuilder();
  final Random random;
  final boolean smooth;
  final Map<String, Integer> dims;
  final Trial trial;
  /** The arrays of inputs, parameters and states, by name or path. */
  final Map<String, double[]> given = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final boolean wild;
  private int tried;
  private int sources;

  /**
   * @param smooth whether all floats are to be differentiable in the inputs and parameters
   * @param noise  see {@link Trial}
   */
  Pool(Map<String, Integer> dims, boolean smooth, double noise, long seed) {
    this.dims = dims;
    this.smooth = smooth;
    this.random = new Random(seed);
    this.trial = new Trial(dims, given, noise, seed);
    this.wild = !smooth && chance(4);
  }

  // ---- choices

  boolean chance(int of) {
    return random.nextInt(of) == 0;
  }

  int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  @SafeVarargs
  final <T> T of(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  double number() {
    return of(0.0, 1.0, -1.0, 2.0, 0.5, -0.25, 3.0, 0.37, -1.9);
  }

  Dim size() {
    return chance(3) ? Dim.open(of("N", "T")) : Dim.of(of(1, 2, 3, 4, 6));
  }

  long evaluate(Dim dim) {
    return dim.evaluate(dims::get);
  }

  int axis(Node x) {
    return random.nextInt(x.type().rank());
  }

  /** Some axes, at least one of those that there are. */
  List<Integer> axes(Node x) {
    int one = axis(x);
    return IntStream.range(0, x.type().rank()).filter(i -> i == one || chance(3)).boxed().toList();
  }

  // ---- nodes

  /** Takes a node up if it has a value that tells something. */
  Node keep(Node node) {
    if (!has(node) || node.type().rank() > RANK || trial.wild(node) > 0.4 && !chance(20)) {
      return null;
    }
    if (!nodes.contains(node)) {
      nodes.add(node);
    }
    return node;
  }

  /** Whether a node has a value; all that was made since the last time is computed. */
  boolean has(Node node) {
    var made = b.nodes();
    for (; tried < made.size(); tried++) {
      trial.add(made.get(tried));
    }
    return trial.has(node);
  }

  List<Node> nodes() {
    return nodes;
  }

  /** An earlier node, rather a late one; null if none fits. */
  Node any(Predicate<Node> fit) {
    var fitting = nodes.stream().filter(fit).toList();
    int size = fitting.size();
    return size == 0 ? null : fitting.get(size - 1 - Math.min(random.nextInt(size), random.nextInt(size)));
  }

  Node any() {
    return any(_ -> true);
  }

  Node any(OpKind kind) {
    return any(node -> OpKind.of(node.op()).equals(kind));
  }

  static boolean isFloat(Node node) {
    return node.type().kind() == Kind.FLOAT;
  }

  static boolean isNumber(Node node) {
    return node.type().kind() != Kind.BOOL;
  }

  static boolean isRanked(Node node) {
    return node.type().rank() > 0;
  }

  /** A float of at least one axis. */
  Node ranked() {
    return any(node -> isFloat(node) && isRanked(node));
  }

  // ---- sources

  /** Where whole numbers are told apart that floats of 32 bits are not, and where they wrap around. */
  private static final List<Integer> EDGES = List.of(1 << 24, -(1 << 24), 1 << 25, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 16, 46_341);

  /** Stands for no limit of whole numbers. */
  static final int VAST = Integer.MAX_VALUE;

  private int whole(int limit) {
    return limit > 0 && limit < VAST ? random.nextInt(limit) : chance(4) ? random.nextInt() : of(EDGES) + random.nextInt(5) - 2;
  }

  /** @param limit of whole numbers, which are not negative; {@link #VAST} of those that are far from zero */
  double[] draw(Type type, int limit) {
    boolean whole = type.kind() == Kind.INT || chance(6);
    return IntStream.range(0, (int) evaluate(type.size())).mapToDouble(_ -> switch (type.kind()) {
      case BOOL -> random.nextInt(2);
      case INT -> whole(limit);
      case FLOAT -> wild && random.nextDouble() < WILD ? of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0)
          : whole ? random.nextInt(5) - 2 : (float) random.nextGaussian();
    }).toArray();
  }

  Node input(Type type, int limit) {
    var name = "x" + sources++;
    given.put(name, draw(type, limit));
    return chance(5) ? b.target(name, type) : b.input(name, type);
  }

  Node parameter(List<Dim> shape) {
    var path = "p" + sources++;
    var type = Type.floats(shape);
    given.put(path, draw(type, 1));
    return b.parameter(path, type);
  }

  Node state(List<Dim> shape) {
    var path = "q" + sources++;
    var type = Type.floats(shape);
    given.put(path, draw(type, 1));
    return b.state(path, type);
  }

  /** Draws, numbered by the rows of {@code N} where the first axis alone counts them. */
  Node uniform(List<Dim> shape) {
    boolean byRow = !shape.isEmpty() && shape.getFirst().dividedBy(Dim.open("N")).filter(Dim::isConstant).isPresent()
        && shape.stream().skip(1).noneMatch(dim -> dim.variables().contains("N"));
    return b.uniform(shape, byRow ? "N" : "");
  }

  Node table(Type type) {
    return b.table(type, IntStream.range(0, (int) evaluate(type.size()))
        .mapToObj(_ -> type.kind() == Kind.FLOAT ? number() : (double) (type.kind() == Kind.BOOL ? random.nextInt(2) : whole(limit()))).toList());
  }

  // ---- what fits

  /** A node of a type: one that there is, one made from it by a view or a cast, or a source. */
  Node like(Type type) {
    return like(type, _ -> true);
  }

  Node like(Type type, Predicate<Node> fit) {
    var known = any(node -> node.type().equals(type) && fit.test(node));
    if (known != null && !chance(6)) {
      return known;
    }
    var made = chance(2) ? viewed(type) : null;
    return made != null && has(made) && fit.test(made) ? made : source(type);
  }

  /** A node that a view brings to a type; null if none can be. */
  private Node viewed(Type type) {
    var shape = type.shape();
    var x = any(node -> node.type().kind() == type.kind() && !node.type().equals(type) && (fits(node, shape) || node.type().size().equals(type.size())));
    if (x == null) {
      return null;
    }
    return fits(x, shape) ? b.broadcastTo(x, shape) : b.reshape(x, shape);
  }

  private static boolean fits(Node x, List<Dim> shape) {
    int offset = shape.size() - x.type().rank();
    return offset >= 0 && IntStream.range(0, x.type().rank()).allMatch(i -> x.type().dim(i).is(1) || x.type().dim(i).equals(shape.get(offset + i)));
  }

  /** Of whole numbers that need not be places. */
  int limit() {
    return chance(3) ? VAST : 4;
  }

  /** A whole number. */
  int whole() {
    return whole(limit());
  }

  private Node source(Type type) {
    boolean fixed = type.shape().stream().allMatch(Dim::isConstant);
    return switch (type.kind()) {
      case FLOAT -> chance(5) ? b.full(type.shape(), number(), Kind.FLOAT) : chance(5) ? uniform(type.shape()) : fixed && !chance(3) ? parameter(type.shape()) : input(type, 1);
      case INT -> fixed && chance(2) ? table(type) : type.rank() > 0 && chance(3) ? b.iota(type.shape(), random.nextInt(type.rank())) : input(type, limit());
      case BOOL -> chance(2) ? input(type, 2) : b.binary(BinaryFn.LT, like(new Type(Kind.FLOAT, type.shape())), b.full(type.shape(), 0.137, Kind.FLOAT));
    };
  }

  /** Whole numbers of a shape below a limit. */
  Node places(List<Dim> shape, long limit) {
    var type = new Type(Kind.INT, shape);
    var known = any(node -> node.type().equals(type) && trial.lie(node, limit));
    return known != null && !chance(3) ? known
        : shape.stream().allMatch(Dim::isConstant) && chance(3)
            ? b.table(type, IntStream.range(0, (int) evaluate(type.size())).mapToObj(_ -> (double) random.nextInt((int) limit)).toList())
        : input(type, (int) Math.min(limit, 1000));
  }

  /** What may have grown is brought back, so that long graphs stay among numbers of moderate size. */
  Node calm(Node x) {
    return switch (random.nextInt(3)) {
      case 0 -> b.unary(UnaryFn.SIN, x);
      case 1 -> b.unary(UnaryFn.TANH, b.mul(x, b.constant(0.5)));
      default -> b.div(x, b.sqrt(b.add(b.mul(x, x), b.constant(1))));
    };
  }

  static boolean isSource(Op op) {
    return op instanceof Op.Input || op instanceof Op.Parameter || op instanceof Op.State;
  }
}
