package nnc.lower.conv;

import static nnc.loops.Ints.add;
import static nnc.loops.Ints.divide;
import static nnc.loops.Ints.least;
import static nnc.loops.Ints.most;
import static nnc.loops.Ints.multiply;
import static nnc.loops.Ints.subtract;
import static nnc.lower.common.LoopNest.number;
import static nnc.lower.common.LoopNest.var;
import static nnc.lower.common.LoopNest.variable;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import nnc.graph.Dim;
import nnc.loops.Loop;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.Epilogue;
import nnc.lower.common.LoopNest;

/**
 * Inputs of a set of examples in the thread's scratch: {@code [row, position, channel, vector, lane]}, so that a row's taps and channels are
 * one run through memory; or {@code [vector, row, position, channel, lane]}. Rows are copied just before they are read for the first time, and
 * for all vectors of a set: what is copied lies side by side. Padding is left out where taps that meet it are.
 *
 * @param lanes   of a logical vector, each an example
 * @param vectors of a set
 * @param apart   whether each vector has inputs of its own
 * @param high    the rows that are there, {@code wide} the positions of a row
 */
record BatchLastStaging(ConvolutionGeometry conv, Epilogue epilogue, LoopNest nest, Loop.Buffer buffer, int lanes, int vectors, boolean apart, Kept high, Kept wide) {
  private static final Int ZERO = number(0);

  /**
   * What of an axis of the input is there.
   *
   * @param first that is there, from behind the padding on
   * @param count positions
   * @param cut   whether all others are padding, and left out
   */
  record Kept(ConvolutionGeometry.Axis axis, int first, int count, boolean cut) {
    static Kept all(ConvolutionGeometry.Axis axis) {
      return new Kept(axis, 0, axis.extent(), axis.full());
    }

    /** Without the padding, if that is all that was added to the source. */
    static Kept source(ConvolutionGeometry.Axis axis) {
      return axis.interior() == 1 ? new Kept(axis, axis.first() + axis.shift(), axis.end() - axis.first(), true) : all(axis);
    }

    /** The first of {@code iterations} from which on steps from {@code start} are no padding. */
    Int from(Int start, int step, int iterations) {
      return cut && !axis.full() ? clamp(divide(subtract(number(first + step - 1L), start), step), iterations) : ZERO;
    }

    /** Behind the last of {@code iterations} steps from {@code start} that is no padding. */
    Int to(Int start, int step, int iterations) {
      return cut && !axis.full() ? clamp(divide(subtract(number((long) first + count + step - 1), start), step), iterations) : number(iterations);
    }

    private static Int clamp(Int iteration, int iterations) {
      return least(most(iteration, ZERO), number(iterations));
    }
  }

  /**
   * Examples that are worked upon together.
   *
   * @param full whether they fill its vectors
   */
  record ExampleSet(Int first, boolean full) {}

  /** For products of positions with all vectors of a set. */
  static BatchLastStaging together(ConvolutionGeometry conv, Epilogue epilogue, int lanes) {
    return of(conv, epilogue, lanes, false, Kept.source(conv.wide()));
  }

  /** For sums over positions, a vector at a time. */
  static BatchLastStaging apart(ConvolutionGeometry conv, Epilogue epilogue, int lanes) {
    return of(conv, epilogue, lanes, true, Kept.all(conv.wide()));
  }

  private static BatchLastStaging of(ConvolutionGeometry conv, Epilogue epilogue, int lanes, boolean apart, Kept wide) {
    var high = Kept.source(conv.high());
    var buffer = epilogue.scratch(high.count * wide.count * conv.channels() * ConvolutionTuning.SET_VECTORS * lanes);
    return new BatchLastStaging(conv, epilogue, new LoopNest(epilogue.sink), buffer, lanes, ConvolutionTuning.SET_VECTORS, apart, high, wide);
  }

  /** Examples of a set. */
  int examples() {
    return vectors * lanes;
  }

  /** Elements from a vector to the next one's. */
  int vector() {
    return apart ? high.count * row() : lanes;
  }

  /** Elements from a row of the inputs to the next. */
  int row() {
    return wide.count * position();
  }

  /** Elements from a position of a row to the next. */
  int position() {
    return conv.channels() * channel();
  }

  /** Elements from a channel to the next. */
  int channel() {
    return apart ? lanes : examples();
  }

  AffineIndex example() {
    return AffineIndex.of(new AffineIndex.Atom.Var("n", conv.batch()));
  }

  /** All examples: in sets of several vectors, what is left in sets of one, and of that what is left. */
  void sets(BiConsumer<BatchLastStaging, ExampleSet> work) {
    sets(ZERO, AffineIndex.dim(conv.batch()), work);
  }

  /** Those from {@code begin} to before {@code end}, both multiples of a set, or the end the last. */
  void sets(Int begin, Int end, BiConsumer<BatchLastStaging, ExampleSet> work) {
    var narrow = new BatchLastStaging(conv, epilogue, nest, buffer, lanes, 1, apart, high, wide);
    var whole = divide(end, examples());
    var singles = divide(end, lanes);
    numbered(divide(begin, examples()), whole, true, work);
    narrow.numbered(multiply(whole, number(ConvolutionTuning.SET_VECTORS)), singles, true, work);
    narrow.numbered(singles, divide(add(end, number(lanes - 1)), lanes), false, work);
  }

  private void numbered(Int from, Int to, boolean full, BiConsumer<BatchLastStaging, ExampleSet> work) {
    var first = multiply(new Int.Var("set"), number(examples()));
    epilogue.sink.add(new Stmt.For("set", from, to, LoopKind.SERIAL, epilogue.sink.within(() -> work.accept(this, new ExampleSet(first, full)))));
  }

  /** Runs through the examples of a set in lanes, a vector after the other: {@code body} is given the vector. */
  List<Stmt> examples(ExampleSet set, Consumer<Int> body) {
    return examples(set, UnaryOperator.identity(), body);
  }

  /** As above, with loops that are gone through for each vector. */
  private List<Stmt> examples(ExampleSet set, UnaryOperator<List<Stmt>> loops, Consumer<Int> body) {
    var vector = vectors == 1 ? ZERO : new Int.Var("v");
    var from = add(set.first, multiply(vector, number(lanes)));
    var end = set.full ? add(from, number(lanes)) : AffineIndex.dim(conv.batch());
    var loop = loops.apply(List.of(new Stmt.For("n", from, end, LoopKind.VECTOR, epilogue.sink.within(() -> body.accept(vector)))));
    return vectors == 1 ? loop : List.of(new Stmt.For("v", ZERO, number(vectors), LoopKind.SERIAL, loop));
  }

  /** The lane of example {@code n}. */
  Int lane(ExampleSet set, Int vector) {
    return subtract(new Int.Var("n"), add(set.first, multiply(vector, number(lanes))));
  }

  // ---- rows

  /** Zeros wherever the inputs have padding, or gaps. */
  void margin() {
    if (!high.cut || !wide.cut) {
      clear();
    }
  }

  /** Zeros everywhere. */
  void clear() {
    nest.zero(buffer, high.count * wide.count * conv.channels() * examples());
  }

  /** Copies the source's rows that the result's row {@code from} shares with the row before it. */
  void shared(Int from, ExampleSet set) {
    var axis = conv.high();
    // ceil((from * step - shift) / interior)
    var begin = divide(add(multiply(from, number(axis.step())), number(axis.interior() - 1L - axis.shift())), axis.interior());
    copy(inside(begin), read(subtract(from, number(1))), set);
  }

  /** Copies the source's rows that a row of the result reads, and the one before it did not. */
  void next(Int y, ExampleSet set) {
    copy(read(subtract(y, number(1))), read(y), set);
  }

  /** Behind the last of the source's rows that a row of the result reads. */
  private Int read(Int y) {
    var axis = conv.high();
    var last = add(multiply(y, number(axis.step())), number((long) (axis.taps() - 1) * axis.tap() - axis.shift()));
    return inside(add(divide(last, axis.interior()), number(1)));
  }

  private Int inside(Int sourceRow) {
    return least(most(sourceRow, number(conv.high().first())), number(conv.high().end()));
  }

  private void copy(Int fromRow, Int toRow, ExampleSet set) {
    var across = conv.wide();
    // positions next to lanes: so what examples have side by side is transposed
    UnaryOperator<List<Stmt>> places = inner -> List.of(new Stmt.For("px", number(across.first()), number(across.end()), LoopKind.SERIAL, inner));
    var body = examples(set, places, vector -> epilogue.values.scoped(() -> {
      var y = var("py", conv.high().size());
      var x = variable("px", across.size());
      var channel = variable("pc", conv.channels());
      var element = epilogue.values.element(conv.source(), conv.at(example(), channel, y, x));
      var place = position(y, high).times(Dim.of(row())).plus(position(x, wide).times(Dim.of(position()))).plus(channel.times(Dim.of(channel())));
      var to = add(add(place.toInt(), multiply(vector, number(vector()))), lane(set, vector));
      epilogue.sink.add(new Stmt.Store(buffer, to, element));
    }));
    body = List.of(new Stmt.For("pc", ZERO, number(conv.channels()), LoopKind.SERIAL, body));
    epilogue.sink.add(new Stmt.Outline(List.of(), List.of(new Stmt.For("py", fromRow, toRow, LoopKind.SERIAL, body))));
  }

  private static AffineIndex position(AffineIndex source, Kept kept) {
    return source.times(Dim.of(kept.axis.interior())).plus(Dim.of(kept.axis.shift() - kept.first));
  }
}
