package nnc.graph;

import java.util.List;
import java.util.Set;

/**
 * What a node does; its operands are the node's. Data only: what is known about an op (its type, meaning, gradient, lowering)
 * stands with that concern. {@code x}, {@code y} below are the operands in order.
 */
public sealed interface Op {

  // ---- sources: no operands

  /** An array that the user feeds, by its name in the source: an {@code input}, or a {@code target} if {@code target}. */
  record Input(String name, boolean target, Type type) implements Op {}

  /** A learnable array, by its path. */
  record Parameter(String path, Type type) implements Op {}

  /** A kept array that is not learned by gradient: a running average, an optimizer's memory; by its path. */
  record State(String path, Type type) implements Op {}

  /** A scalar that the training loop counts: {@code step} from 1, {@code epoch} from 0; a {@code float}. */
  record Counter(CounterKind counter) implements Op {}

  /** A scalar constant. */
  record Const(double value, Kind kind) implements Op {}

  /** A constant array, row-major. {@code equals} is by content. */
  record Table(Type type, List<Double> values) implements Op {}

  /** What an open dimension comes to: a number, a {@code float}. */
  record Size(Dim dim) implements Op {}

  /** {@code result[i0, i1, ...] = i_axis}; kind INT. */
  record Iota(List<Dim> shape, int axis) implements Op {}

  /**
   * Independent uniform draws from [0, 1), multiples of 2^-24; element {@code e} (its row-major place) depends on (seed, step,
   * stream, e) alone. {@code stream} keeps two draws of one program apart. {@code rows} is the open dimension whose examples, which the first axis
   * counts, number the elements on from run to run, so that an example has the same draws in whatever batch; empty if each run counts from zero.
   */
  record Uniform(int stream, List<Dim> shape, String rows) implements Op {
    /** The elements of an example; none if each run counts from zero. */
    public Dim row() {
      return rows.isEmpty() ? Dim.ZERO : Dim.product(shape).dividedBy(Dim.open(rows)).orElseThrow();
    }
  }

  /** In the body of a {@link Loop}: the loop's operand of this place, of a carried one what the turn before has left. */
  record Given(int place, Type type) implements Op {}

  // ---- repetition

  /**
   * The turns of a body one after the other. Operands are the carried values' beginnings, then whatever else the body is given. The body is a graph of its own, whose
   * sources are {@link Given}, and whose ops may have {@code turn}, an open dimension that counts turns from 1. Its results are the carried values' next
   * ones, then what is collected along a new first axis. What a loop comes to is told by {@link LoopResult}; as a node by itself it is a scalar nobody reads.
   *
   * @param turns   how many; none if that is negative
   * @param carried how many values each turn hands to the next
   * @param saved   whether what the body is given of the carried values is collected too, as its last results: reverse mode begins there
   * @param going   which carried value, a bool or some, says whether there is anything left to do: once none is true, no turn changes what is carried, and what turns collect is
   *                zero, so that none need be run; -1 if all are
   */
  record Loop(Graph body, String turn, Dim turns, int carried, boolean saved, int going) implements Op {
    /** The same loop of another body. */
    public Loop withBody(Graph other) {
      return new Loop(other, turn, turns, carried, saved, going);
    }

    /** The type of a result of the loop. */
    public Type type(int result) {
      var each = body.results().get(result).node().type();
      return result < carried ? each : each.collected(turns);
    }

    /** Whether turns may be left out where these of its results are read: what turns were given is wanted of all of them. */
    public boolean mayEnd(Set<Integer> read) {
      return going >= 0 && !(saved && read.stream().anyMatch(result -> result >= saved(0)));
    }

    /** Which result has what the body was given of a carried value, turn by turn. */
    public int saved(int carry) {
      return body.results().size() - carried + carry;
    }
  }

  /**
   * A result of a loop, its operand: of a carried value the last one, of others what all turns gave.
   *
   * @param backwards whether what the last turn gave comes first; never of a carried value
   */
  record LoopResult(int index, boolean backwards, Type type) implements Op {}

  // ---- pointwise: operands and result have one shape

  record Unary(UnaryFn fn) implements Op {}

  record Binary(BinaryFn fn) implements Op {}

  /** {@code where(condition, x, y)}: operands (bool, t, t). */
  record Select() implements Op {}

  /** To another kind. To INT truncates towards zero, NaN to zero, and what 32 bits do not hold to the nearest that they do; to BOOL is {@code x != 0}. */
  record Cast(Kind to) implements Op {}

  /**
   * The operand itself; its gradient is zero. Removed after differentiation.
   *
   * @param declared the function that declares another gradient, which {@link GraphBuilder#declared} has; empty if it is zero
   */
  record StopGradient(String declared) implements Op {}

  // ---- views: index arithmetic only

  /** New axes: {@code axes} (ascending, in the result) are those that the operand lacks; the operand's axes keep their order. */
  record Broadcast(List<Dim> shape, List<Integer> axes) implements Op {}

  /** The same elements in row-major order under another shape of equal size. */
  record Reshape(List<Dim> shape) implements Op {}

  /** Result axis {@code i} is operand axis {@code order[i]}. */
  record Transpose(List<Integer> order) implements Op {}

  /**
   * {@code result[i] = x[start + i * step]} on each axis, {@code count} elements. A negative step runs backwards.
   */
  record Slice(List<Dim> start, List<Dim> count, List<Integer> step) implements Op {}

  /**
   * {@code low} elements of {@code value} before, {@code high} after and {@code interior} between neighbours, on each axis.
   * None is negative.
   */
  record Pad(List<Dim> low, List<Dim> high, List<Integer> interior, double value) implements Op {}

  /** The operands one behind the other along {@code axis}. */
  record Concat(int axis) implements Op {}

  /**
   * Sliding windows over the last {@code size.length} axes: {@code [..., S1, S2] -> [..., O1, O2, size1, size2]},
   * {@code result[..., o1, o2, k1, k2] = x[..., o1 * stride1 + k1 * dilation1, o2 * stride2 + k2 * dilation2]},
   * {@code O = (S - (size - 1) * dilation - 1) / stride + 1} (floor).
   */
  record Windows(List<Integer> size, List<Integer> stride, List<Integer> dilation) implements Op {}

  // ---- sums and choices

  /** Over {@code axes} (ascending), which are dropped. SUM of BOOL counts as INT. Of INT sums and products wrap around. */
  record Reduce(ReduceFn fn, List<Integer> axes) implements Op {}

  /** The place of the largest (or smallest) element along {@code axis}, the lowest at a tie; of NaN, if there is one: it wins both ways; kind INT. */
  record ArgReduce(boolean largest, int axis) implements Op {}

  /** Running sums along {@code axis}, from the end if {@code reverse}. */
  record CumSum(int axis, boolean reverse) implements Op {}

  /** The order that sorts along {@code axis}: places, stable (ties by the lower index, also if descending); NaN is the largest; kind INT. */
  record ArgSort(int axis, boolean descending) implements Op {}

  /** The transpose of {@link Windows}: sums each window element back to its place; {@code space} are the S axes of its result. */
  record FoldWindows(List<Dim> space, List<Integer> size, List<Integer> stride, List<Integer> dilation) implements Op {}

  /** {@code torch.gather}: operands (x, index) of one rank, {@code result[..i..] = x[.., index[..i..], ..]} at {@code axis}; shape of the index. */
  record Gather(int axis) implements Op {}

  /**
   * The transpose of {@link Gather}: operands (index, values) of one shape; the result has {@code size} at {@code axis}, is zero,
   * and {@code result[.., index[..i..], ..] += values[..i..]}, in row-major order of i.
   */
  record ScatterAdd(int axis, Dim size) implements Op {}

  // ---- contractions: each is bilinear

  /** {@code [B..., M, K] @ [B..., K, P] -> [B..., M, P]}; equal leading dimensions (the builder broadcasts). */
  record MatMul() implements Op {}

  /**
   * Cross-correlation and its two transposes, channels before space. With {@code x: [N, C, S...]}, {@code w: [F, C / groups, K...]},
   * {@code y: [N, F, O...]}: FORWARD (x, w) -> y; INPUT (y, w) -> x; FILTER (x, y) -> w. {@code space} gives S for INPUT and K for FILTER.
   * Where {@code batchLast}, {@code x: [C, S..., N]} and {@code y: [F, O..., N]}; so the compiler may choose, no source can.
   */
  record Conv(Window window, ConvRole role, List<Dim> space, boolean batchLast) implements Op {}

  /** Padding is zeros: {@code low} before and {@code high} after each spatial axis. */
  record Window(List<Integer> stride, List<Integer> low, List<Integer> high, List<Integer> dilation, int groups) {}

  enum ConvRole { FORWARD, INPUT, FILTER }

  enum CounterKind { STEP, EPOCH }
}
