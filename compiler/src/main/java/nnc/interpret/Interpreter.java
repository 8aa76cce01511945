package nnc.interpret;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Erf;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.UnaryFn;
import nnc.runtime.engine.CounterRandom;

/**
 * The meaning of every op, in double precision, one element after the other: slow, obvious, the oracle for everything else. Whole numbers have
 * 32 bits and wrap around.
 */
public final class Interpreter {
  private final Map<String, Integer> dims;
  private final Function<Op, double[]> sources;
  private final Position at;
  private final ScalarArithmetic arithmetic;
  /** What a loop's body is given at a turn. */
  private final List<Array> given;
  /** What loops have come to. */
  private final Map<Node, List<Array>> loops = new HashMap<>();

  /** Where in a training random draws are made, and of which rows. */
  private record Position(long seed, int step, int epoch, long firstRow) {}

  /** As below, for the first rows of all. */
  public Interpreter(Map<String, Integer> dims, Function<Op, double[]> sources, long seed, int step, int epoch) {
    this(dims, sources, seed, step, epoch, 0);
  }

  /**
   * @param dims    sizes of the open dimensions
   * @param sources the arrays of inputs, parameters and states, row-major
   * @param firstRow which of all rows the first one is, for draws that are numbered by rows
   */
  public Interpreter(Map<String, Integer> dims, Function<Op, double[]> sources, long seed, int step, int epoch, long firstRow) {
    this(dims, sources, new Position(seed, step, epoch, firstRow), ScalarArithmetic.DOUBLE, List.of());
  }

  private Interpreter(Map<String, Integer> dims, Function<Op, double[]> sources, Position at, ScalarArithmetic arithmetic, List<Array> given) {
    this.given = given;
    this.arithmetic = arithmetic;
    this.dims = dims;
    this.sources = sources;
    this.at = at;
  }

  /** For what depends on constants alone, with a meaning of numbers of one's own. */
  public static Interpreter ofConstants(ScalarArithmetic arithmetic) {
    return new Interpreter(Map.of(), _ -> new double[0], new Position(0, 1, 0, 0), arithmetic, List.of());
  }

  /** For a turn of a loop. */
  Interpreter within(String turn, int number, List<Array> given) {
    var inner = new HashMap<>(dims);
    inner.put(turn, number);
    return new Interpreter(inner, sources, at, arithmetic, given);
  }

  int size(Dim dim) {
    return (int) dim.evaluate(dims::get);
  }

  /** The value of every node. */
  public Map<Node, Array> run(Graph graph) {
    Map<Node, Array> values = new HashMap<>();
    for (var node : graph.nodes()) {
      values.put(node, value(node, node.operands().stream().map(values::get).toList()));
    }
    return values;
  }

  private int[] shape(Node node) {
    return node.type().shape().stream().mapToInt(d -> (int) d.evaluate(dims::get)).toArray();
  }

  /** The value of a node whose operands have the values given. */
  public Array value(Node node, List<Array> in) {
    var shape = shape(node);
    boolean whole = !node.operands().isEmpty() && node.operand(0).type().kind() == Kind.INT;
    return switch (node.op()) {
      case Op.Input _, Op.Parameter _, Op.State _ -> new Array(shape, sources.apply(node.op()));
      case Op.Counter(var counter) -> Array.of(shape, _ -> counter == Op.CounterKind.STEP ? at.step : at.epoch);
      case Op.Const(var value, var kind) -> Array.of(shape, _ -> stated(kind, value));
      case Op.Table(var type, var values) -> new Array(shape, values.stream().mapToDouble(value -> stated(type.kind(), value)).toArray());
      case Op.Size(var dim) -> Array.of(shape, _ -> dim.evaluate(dims::get));
      case Op.Iota(_, var axis) -> Array.of(shape, i -> i[axis]);
      case Op.Uniform uniform -> uniform(shape, uniform.stream(), at.firstRow * uniform.row().evaluate(dims::get));
      case Op.Given(var place, _) -> given.get(place);
      case Op.Loop loop -> {
        loops.put(node, new LoopMeaning(this, loop).run(in));
        yield Array.of(shape, _ -> 0);
      }
      case Op.LoopResult(var index, var backwards, _) -> {
        var result = loops.get(node.operand(0)).get(index);
        yield backwards ? Array.of(shape, i -> result.at(fromTheLast(i, shape))) : result;
      }
      case Op.Unary(var fn) -> in.get(0).map(x -> whole ? WholeMeaning.unary(fn, (int) x) : arithmetic.unary(fn, x));
      case Op.Binary(var fn) -> Array.of(shape, i -> whole ? WholeMeaning.binary(fn, (int) in.get(0).at(i), (int) in.get(1).at(i))
          : arithmetic.binary(fn, in.get(0).at(i), in.get(1).at(i)));
      case Op.Select() -> Array.of(shape, i -> in.get(0).at(i) != 0 ? in.get(1).at(i) : in.get(2).at(i));
      case Op.Cast(var to) -> in.get(0).map(x -> cast(to, x, whole));
      case Op.StopGradient _ -> in.get(0);
      case Op.Broadcast(_, var axes) -> Array.of(shape, i -> in.get(0).at(Array.without(i, axes)));
      case Op.Reshape _ -> new Array(shape, in.get(0).values());
      case Op.Transpose(var order) -> Structure.transpose(shape, order, in.get(0));
      case Op.Slice(var start, _, var step) -> Structure.slice(shape, start.stream().mapToInt(d -> (int) d.evaluate(dims::get)).toArray(), step, in.get(0));
      case Op.Pad(var low, _, var interior, var value) ->
          Structure.pad(shape, low.stream().mapToInt(d -> (int) d.evaluate(dims::get)).toArray(), interior, value, in.get(0));
      case Op.Concat(var axis) -> Structure.concat(shape, axis, in);
      case Op.Windows(var size, var stride, var dilation) -> Structure.windows(shape, size, stride, dilation, in.get(0));
      case Op.FoldWindows(_, var size, var stride, var dilation) -> wrapped(node, Structure.fold(shape, size, stride, dilation, in.get(0)));
      case Op.Reduce(var fn, var axes) -> node.type().kind() == Kind.INT ? WholeMeaning.reduce(shape, fn, axes, in.get(0)) : Structure.reduce(shape, fn, axes, in.get(0));
      case Op.ArgReduce(var largest, var axis) -> Structure.argReduce(shape, largest, axis, in.get(0));
      case Op.CumSum(var axis, var reverse) -> wrapped(node, Structure.cumSum(axis, reverse, in.get(0)));
      case Op.ArgSort(var axis, var descending) -> Structure.argSort(axis, descending, in.get(0));
      case Op.Gather(var axis) -> Structure.gather(axis, in.get(0), in.get(1));
      case Op.ScatterAdd(var axis, _) -> wrapped(node, Structure.scatterAdd(shape, axis, in.get(0), in.get(1)));
      case Op.MatMul() -> Contraction.product(shape, in.get(0), in.get(1));
      case Op.Conv conv -> Contraction.convolution(shape, conv, in.get(0), in.get(1));
    };
  }

  /** A number as it is stated: one of floats as its arithmetic has it. */
  private double stated(Kind kind, double value) {
    return kind == Kind.FLOAT ? arithmetic.rounded(value) : value;
  }

  /** The index of what is in the place of an index where the first axis is turned round. */
  private static int[] fromTheLast(int[] index, int[] shape) {
    var other = index.clone();
    other[0] = shape[0] - 1 - index[0];
    return other;
  }

  /** Sums of whole numbers, which doubles hold exactly, brought back to 32 bits. */
  private static Array wrapped(Node node, Array sums) {
    return node.type().kind() == Kind.INT ? sums.map(sum -> (int) (long) sum) : sums;
  }

  private Array uniform(int[] shape, int stream, long first) {
    var values = new double[Array.size(shape)];
    int key = CounterRandom.key(at.seed, at.step, stream);
    int second = CounterRandom.second(key);
    for (int e = 0; e < values.length; e++) {
      values[e] = CounterRandom.uniform(key, second, first + e);
    }
    return new Array(shape, values);
  }

  /** A scalar function. */
  public static double unary(UnaryFn fn, double x) {
    return switch (fn) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND -> Math.rint(x);
      case EXP -> Math.exp(x);
      case EXPM1 -> Math.expm1(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case SQRT -> Math.sqrt(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TANH -> Math.tanh(x);
      case ERF -> Erf.of(x);
      case SIGMOID -> x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
      case NOT -> x == 0 ? 1 : 0;
    };
  }

  /** A scalar function of two. */
  public static double binary(BinaryFn fn, double x, double y) {
    return switch (fn) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      // Java's own makes NaN of 1^NaN, 1^inf and (-1)^inf, which annex F of C and the emitted code have as 1
      case POW -> x == 1 || x == -1 && Double.isInfinite(y) ? 1 : Math.pow(x, y);
      case MIN -> Math.min(x, y);
      case MAX -> Math.max(x, y);
      case LT -> x < y ? 1 : 0;
      case LE -> x <= y ? 1 : 0;
      case EQ -> x == y ? 1 : 0;
      case NE -> x != y ? 1 : 0;
      case AND -> x != 0 && y != 0 ? 1 : 0;
      case OR -> x != 0 || y != 0 ? 1 : 0;
      case FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> WholeMeaning.binary(fn, (int) x, (int) y);
    };
  }

  private double cast(Kind to, double x, boolean whole) {
    return switch (to) {
      case FLOAT -> whole ? arithmetic.rounded(x) : x;
      case INT -> (int) x;
      case BOOL -> x != 0 ? 1 : 0;
    };
  }
}
