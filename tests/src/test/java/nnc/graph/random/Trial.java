package nnc.graph.random;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.UnaryFn;
import nnc.interpret.Array;
import nnc.interpret.Interpreter;

/**
 * The values of a graph's nodes while it is drawn, each computed twice: as it is, and with every result on the way a little off, zeros with
 * either sign. Where the two differ by more than a little, or in what is infinite or not a number, the value depends on how it is rounded, and
 * code that computes it otherwise need not agree: such a node has no value here, and what reads it has none (Vignes 1993, "A stochastic
 * arithmetic for reliable scientific computation").
 */
final class Trial {
  /** Elements of a node, and products that are added for one, at most. */
  private static final int LARGEST = 1500;
  private static final long MOST_WORK = 40_000;

  /** By how much more than a single result a value may be off. */
  private static final double ROOM = 300;

  private static final Set<UnaryFn> STEEP = Set.of(UnaryFn.SIGN, UnaryFn.FLOOR, UnaryFn.CEIL, UnaryFn.ROUND, UnaryFn.LOG, UnaryFn.LOG1P, UnaryFn.SQRT);

  /** Beyond this functions are steep and numbers whole. */
  private static final double HIGHEST = 1e4;

  /** What random draws and counters are in a run. */
  static final long SEED = 5;
  static final int STEP = 3;
  static final int EPOCH = 1;

  private final Map<String, Integer> dims;
  private final double noise;
  private final Random random;
  private final Interpreter interpreter;
  private final Map<Node, Array> exact = new HashMap<>();
  private final Map<Node, Array> shaken = new HashMap<>();

  /**
   * @param given the arrays of inputs, parameters and states, by name or path
   * @param noise by how much a result is off, relative to it
   */
  Trial(Map<String, Integer> dims, Map<String, double[]> given, double noise, long seed) {
    this.dims = dims;
    this.noise = noise;
    this.random = new Random(seed);
    this.interpreter = new Interpreter(dims, op -> given.get(name(op)), SEED, STEP, EPOCH);
  }

  static String name(Op op) {
    return switch (op) {
      case Op.Input(var name, _, _) -> name;
      case Op.Parameter(var path, _) -> path;
      case Op.State(var path, _) -> path;
      default -> throw new IllegalStateException(op.toString());
    };
  }

  Array value(Node node) {
    return exact.get(node);
  }

  boolean has(Node node) {
    return exact.containsKey(node);
  }

  /** Computes a node's value if it can and should have one. */
  void add(Node node) {
    if (!node.operands().stream().allMatch(exact::containsKey) || isLarge(node) || !isDefined(node)) {
      return;
    }
    var value = interpreter.value(node, node.operands().stream().map(exact::get).toList());
    var other = shake(node, interpreter.value(node, node.operands().stream().map(shaken::get).toList()));
    if (agree(node, value.values(), other.values(), ROOM * noise) && (!steps(node) || IntStream.range(0, 3).allMatch(_ -> isSure(node, value)))) {
      exact.put(node, value);
      shaken.put(node, other);
    }
  }

  /** Whether a small change of an operand may change the value by much: at steps, at poles and where there is no value any more. */
  private static boolean steps(Node node) {
    return node.type().kind() != Kind.FLOAT && node.operands().stream().anyMatch(Pool::isFloat) || switch (node.op()) {
      case Op.Unary(var fn) -> STEEP.contains(fn);
      case Op.Binary(var fn) -> fn == BinaryFn.DIV || fn == BinaryFn.POW;
      default -> false;
    };
  }

  /** Whether the value is nearly the same where operands that are rounded are off by all that they may be. */
  private boolean isSure(Node node, Array value) {
    var off = node.operands().stream().map(operand -> {
      var values = exact.get(operand).values().clone();
      var others = shaken.get(operand).values();
      for (int i = 0; i < values.length; i++) {
        values[i] += values[i] == others[i] || !Double.isFinite(values[i]) ? 0 : (random.nextBoolean() ? 1 : -1) * ROOM * noise * (1 + Math.abs(values[i]));
      }
      return new Array(exact.get(operand).shape(), values);
    }).toList();
    return agree(node, value.values(), interpreter.value(node, off).values(), 100 * ROOM * noise);
  }

  long size(Node node) {
    return node.type().shape().stream().mapToLong(dim -> dim.evaluate(dims::get)).reduce(1, (a, b) -> Math.min(a, 1 << 20) * b);
  }

  private boolean isLarge(Node node) {
    long size = size(node);
    boolean open = node.type().shape().stream().anyMatch(dim -> dim.evaluate(dims::get) < 1);
    return open || size > LARGEST || switch (node.op()) {
      case Op.MatMul() -> size * node.operand(0).type().shape().getLast().evaluate(dims::get) > MOST_WORK;
      case Op.Conv _ -> size(node.operand(0)) * size(node.operand(1)) > 50 * MOST_WORK;
      case Op.CumSum(var axis, _) -> size * node.type().dim(axis).evaluate(dims::get) > MOST_WORK;
      case Op.ArgSort(var axis, _) -> size * node.type().dim(axis).evaluate(dims::get) > MOST_WORK;
      default -> false;
    };
  }

  /** Whether the language says what a node is: places lie on their axis, whole numbers are made from numbers. */
  private boolean isDefined(Node node) {
    return switch (node.op()) {
      case Op.Gather(var axis) -> lie(node.operand(1), node.operand(0).type().dim(axis).evaluate(dims::get));
      case Op.ScatterAdd(_, var size) -> lie(node.operand(0), size.evaluate(dims::get));
      case Op.Cast(var to) -> to != Kind.INT || isFinite(node.operand(0));
      // powers of infinity and to infinity are what tests of functions are about
      case Op.Binary(var fn) -> fn != BinaryFn.POW || isFinite(node.operand(0)) && isFinite(node.operand(1));
      // a margin of zeros is as good as none
      case Op.Conv _ -> isFinite(node.operand(1));
      default -> true;
    };
  }

  boolean lie(Node places, long size) {
    for (double place : exact.get(places).values()) {
      if (!(place >= 0 && place < size)) {
        return false;
      }
    }
    return true;
  }

  private boolean isFinite(Node node) {
    for (double value : exact.get(node).values()) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** What is fed or computed in floating point is a little off, so that sums show what they lose; what is counted or only moved is what it is, and so are whole numbers that are fed. */
  private Array shake(Node node, Array value) {
    boolean rounds = node.type().kind() == Kind.FLOAT && switch (node.op()) {
      case Op.Input _, Op.Parameter _, Op.State _, Op.Unary _, Op.Binary _, Op.Reduce _, Op.CumSum _, Op.FoldWindows _, Op.ScatterAdd _, Op.MatMul _, Op.Conv _ -> true;
      default -> false;
    };
    if (!rounds) {
      return value;
    }
    var values = value.values().clone();
    boolean fed = node.operands().isEmpty();
    for (int i = 0; i < values.length; i++) {
      values[i] = fed && values[i] == Math.rint(values[i]) ? values[i] : values[i] == 0 ? random.nextBoolean() ? 0.0 : -0.0 : values[i] * (1 + noise * (2 * random.nextDouble() - 1));
    }
    return new Array(value.shape(), values);
  }

  private static boolean agree(Node node, double[] values, double[] others, double within) {
    double room = node.type().kind() == Kind.FLOAT ? within : 0;
    for (int i = 0; i < values.length; i++) {
      double a = values[i];
      double b = others[i];
      boolean alike = Double.isFinite(a) ? (node.type().kind() == Kind.INT || Math.abs(a) <= HIGHEST) && Math.abs(a - b) <= room * (1 + Math.abs(a)) : Double.compare(a, b) == 0;
      if (!alike) {
        return false;
      }
    }
    return true;
  }

  /** The share of elements that are no finite numbers. */
  double wild(Node node) {
    int wild = 0;
    var values = exact.get(node).values();
    for (double value : values) {
      wild += Double.isFinite(value) ? 0 : 1;
    }
    return wild / (double) values.length;
  }

  /** The largest whole number that a node has; negative if one is. */
  long most(Node node) {
    double most = 0;
    for (double value : exact.get(node).values()) {
      most = value < 0 ? Double.NEGATIVE_INFINITY : Math.max(most, value);
    }
    return most < 0 ? -1 : (long) most;
  }

  List<Integer> sizes(Node node) {
    return node.type().shape().stream().map(dim -> (int) dim.evaluate(dims::get)).toList();
  }
}
