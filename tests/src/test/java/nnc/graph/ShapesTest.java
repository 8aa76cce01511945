package nnc.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.source.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Types of results. Oracle: elements counted one by one. */
class ShapesTest {
  private static int made;

  private static Node node(Type type) {
    return new Node(new Op.Input("x", false, type), Nodes.of(), type, Span.NONE, made++);
  }

  private static Type type(Kind kind, int... sizes) {
    return new Type(kind, Arrays.stream(sizes).mapToObj(Dim::of).toList());
  }

  private static Type floats(int... sizes) {
    return type(Kind.FLOAT, sizes);
  }

  /** Nothing where the operands do not fit. */
  private static Optional<Type> of(Op op, Type... operands) {
    try {
      return Optional.of(Shapes.of(op, Nodes.of(Arrays.stream(operands).map(ShapesTest::node).toArray(Node[]::new))));
    } catch (TypeFault e) {
      assertThat(e).hasMessageMatching(".*[a-z].*");
      return Optional.empty();
    }
  }

  private static int[] sizes(Random random, int rank, int most) {
    return IntStream.range(0, rank).map(_ -> 1 + random.nextInt(most)).toArray();
  }

  private static List<Integer> integers(int[] all) {
    return Arrays.stream(all).boxed().toList();
  }

  private static List<Dim> dims(int[] all) {
    return Arrays.stream(all).mapToObj(Dim::of).toList();
  }

  // ---- places

  @Property(tries = 400, seed = "26")
  void slicesStayInside(@ForAll Random random) {
    int rank = 1 + random.nextInt(3);
    int[] sizes = sizes(random, rank, 6);
    int[] start = IntStream.range(0, rank).map(_ -> random.nextInt(8) - 1).toArray();
    int[] count = IntStream.range(0, rank).map(_ -> random.nextInt(5)).toArray();
    int[] step = IntStream.range(0, rank).map(_ -> List.of(-2, -1, 1, 2, 3).get(random.nextInt(5))).toArray();
    boolean inside = IntStream.range(0, rank).allMatch(i -> IntStream.range(0, count[i]).map(k -> start[i] + k * step[i]).allMatch(at -> at >= 0 && at < sizes[i]));
    var slice = new Op.Slice(dims(start), dims(count), integers(step));
    assertThat(of(slice, floats(sizes))).isEqualTo(inside ? Optional.of(floats(count)) : Optional.empty());
    assertThat(of(slice, type(Kind.INT, sizes(random, rank + 1, 6)))).isEmpty();
  }

  @Property(tries = 200, seed = "26")
  void paddingIsCounted(@ForAll Random random) {
    int size = 1 + random.nextInt(5);
    int low = random.nextInt(3);
    int high = random.nextInt(3);
    int interior = random.nextInt(3);
    var all = new ArrayList<Integer>();
    IntStream.range(0, low).forEach(all::add);
    for (int i = 0; i < size; i++) {
      all.add(i);
      IntStream.range(0, i < size - 1 ? interior : 0).forEach(all::add);
    }
    IntStream.range(0, high).forEach(all::add);
    assertThat(of(new Op.Pad(List.of(Dim.of(low)), List.of(Dim.of(high)), List.of(interior), 0), type(Kind.BOOL, size))).contains(type(Kind.BOOL, all.size()));
  }

  private static int windows(int size, int window, int stride, int dilation) {
    return (int) IntStream.range(0, size).filter(at -> at % stride == 0 && at + (window - 1) * dilation < size).count();
  }

  @Property(tries = 300, seed = "26")
  void windowsThatFitAreCounted(@ForAll Random random) {
    int[] size = sizes(random, 3, 9);
    var window = integers(sizes(random, 2, 3));
    var stride = integers(sizes(random, 2, 3));
    var dilation = integers(sizes(random, 2, 2));
    int[] count = IntStream.range(0, 2).map(i -> windows(size[1 + i], window.get(i), stride.get(i), dilation.get(i))).toArray();
    var expected = floats(size[0], count[0], count[1], window.get(0), window.get(1));
    var found = of(new Op.Windows(window, stride, dilation), floats(size));
    assertThat(found).isEqualTo(count[0] > 0 && count[1] > 0 ? Optional.of(expected) : Optional.empty());
    if (found.isPresent()) {
      var fold = new Op.FoldWindows(dims(Arrays.copyOfRange(size, 1, 3)), window, stride, dilation);
      assertThat(of(fold, expected)).contains(floats(size));
      assertThat(of(fold, floats(size[0], count[0] + 1, count[1], window.get(0), window.get(1)))).isEmpty();
    }
    assertThat(of(new Op.Windows(window, stride, dilation), floats(size[0]))).isEmpty();
    assertThat(of(new Op.Windows(window, stride, dilation), floats(Arrays.copyOfRange(size, 1, 3))).map(Type::shape)).isEqualTo(found.map(type -> type.shape().subList(1, 5)));
  }

  @Property(tries = 200, seed = "26")
  void windowsOverOpenSizesAreAsManyAsAtEachSize(@ForAll Random random) {
    int window = 1 + random.nextInt(3);
    int stride = 1 + random.nextInt(3);
    int dilation = 1 + random.nextInt(2);
    int reach = (window - 1) * dilation + 1;
    for (var size : List.of(Dim.open("N").times(stride).plus(reach), Dim.open("N").plus(reach), Dim.open("N").times(3).plus(reach - 1))) {
      for (long n = 1; n < 9; n++) {
        long at = n;
        assertThat(Shapes.places(size, window, stride, dilation).evaluate(_ -> at)).isEqualTo(windows((int) size.evaluate(_ -> at), window, stride, dilation));
      }
    }
  }

  // ---- axes

  @Property(tries = 300, seed = "26")
  void ordersOfAxesAreThose(@ForAll Random random) {
    int[] sizes = sizes(random, 3, 6);
    var order = integers(IntStream.range(0, 3).map(_ -> random.nextInt(3)).toArray());
    boolean right = order.stream().distinct().count() == 3;
    assertThat(of(new Op.Transpose(order), floats(sizes)))
        .isEqualTo(right ? Optional.of(floats(order.stream().mapToInt(axis -> sizes[axis]).toArray())) : Optional.empty());
  }

  @Property(tries = 300, seed = "26")
  void reductionsLoseAxesAndBroadcastsHaveThem(@ForAll Random random) {
    int[] sizes = sizes(random, 3, 4);
    var axes = IntStream.range(0, 3).filter(_ -> random.nextBoolean()).boxed().toList();
    var rest = floats(IntStream.range(0, 3).filter(axis -> !axes.contains(axis)).map(axis -> sizes[axis]).toArray());
    for (var fn : ReduceFn.values()) {
      assertThat(of(new Op.Reduce(fn, axes), floats(sizes))).contains(rest);
      assertThat(of(new Op.Reduce(fn, axes), type(Kind.BOOL, sizes))).contains(rest.withKind(fn == ReduceFn.SUM ? Kind.INT : Kind.BOOL));
    }
    assertThat(of(new Op.Broadcast(dims(sizes), axes), rest)).contains(floats(sizes));
    assertThat(of(new Op.Broadcast(dims(sizes), axes), Shapes.with(floats(9, 9, 9), 0, Dim.of(8)))).isEmpty();
    int axis = random.nextInt(3);
    assertThat(of(new Op.ArgReduce(true, axis), floats(sizes))).contains(new Type(Kind.INT, Shapes.without(dims(sizes), List.of(axis))));
    assertThat(of(new Op.ArgSort(axis, false), floats(sizes))).contains(type(Kind.INT, sizes));
    assertThat(of(new Op.CumSum(axis, false), floats(sizes))).contains(floats(sizes));
  }

  @Property(tries = 300, seed = "26")
  void reshapesKeepTheNumberOfElements(@ForAll Random random) {
    int[] from = sizes(random, 1 + random.nextInt(3), 4);
    int[] to = sizes(random, 1 + random.nextInt(3), 4);
    boolean fits = Arrays.stream(from).reduce(1, (a, b) -> a * b) == Arrays.stream(to).reduce(1, (a, b) -> a * b);
    assertThat(of(new Op.Reshape(dims(to)), floats(from))).isEqualTo(fits ? Optional.of(floats(to)) : Optional.empty());
  }

  @Property(tries = 300, seed = "26")
  void partsAreJoinedThatAgreeBesides(@ForAll Random random) {
    int axis = random.nextInt(2);
    int[] a = sizes(random, 2, 2);
    int[] b = sizes(random, 2, 2);
    var sum = a.clone();
    sum[axis] += b[axis];
    assertThat(of(new Op.Concat(axis), floats(a), floats(b))).isEqualTo(a[1 - axis] == b[1 - axis] ? Optional.of(floats(sum)) : Optional.empty());
    assertThat(of(new Op.Concat(axis), floats(a), type(Kind.INT, a))).isEmpty();
    assertThat(of(new Op.Concat(axis), floats(a), floats(a[0], a[1], 1))).isEmpty();
  }

  /** NumPy's rule, said of one axis at a time. */
  @Property(tries = 400, seed = "26")
  void shapesStretchWhereTheyAreOne(@ForAll Random random) {
    var all = IntStream.range(0, 1 + random.nextInt(3)).mapToObj(_ -> sizes(random, random.nextInt(4), 3)).toList();
    int rank = all.stream().mapToInt(sizes -> sizes.length).max().orElseThrow();
    int[] expected = IntStream.range(0, rank).map(axis -> largest(all, rank, axis)).toArray();
    boolean fits = all.stream().allMatch(sizes -> IntStream.range(0, sizes.length).allMatch(i -> sizes[i] == 1 || sizes[i] == expected[i + rank - sizes.length]));
    var nodes = all.stream().map(sizes -> node(floats(sizes))).toList();
    if (fits) {
      assertThat(Shapes.broadcastShape("add", nodes)).isEqualTo(dims(expected));
    } else {
      assertThatThrownBy(() -> Shapes.broadcastShape("add", nodes)).isInstanceOf(TypeFault.class).hasMessageMatching("float.* do not fit together: .* differ");
    }
  }

  private static int largest(List<int[]> all, int rank, int axis) {
    return all.stream().mapToInt(sizes -> axis - rank + sizes.length < 0 ? 1 : sizes[axis - rank + sizes.length]).max().orElseThrow();
  }

  // ---- products

  @Property(tries = 300, seed = "26")
  void productsAgreeInDepthAndInWhatLeads(@ForAll Random random) {
    int[] x = sizes(random, 2 + random.nextInt(2), 2);
    int[] y = sizes(random, 2 + random.nextInt(2), 2);
    boolean fits = x.length == y.length && x[x.length - 1] == y[y.length - 2] && (x.length == 2 || x[0] == y[0]);
    var result = x.clone();
    result[x.length - 1] = y[y.length - 1];
    assertThat(of(new Op.MatMul(), floats(x), floats(y))).isEqualTo(fits ? Optional.of(floats(result)) : Optional.empty());
    assertThat(of(new Op.MatMul(), floats(2), floats(2))).isEmpty();
  }

  @Property(tries = 300, seed = "26")
  void lookUpsAgreeBesidesTheirAxis(@ForAll Random random) {
    int axis = random.nextInt(2);
    int[] x = sizes(random, 2, 3);
    int[] index = sizes(random, 2, 3);
    boolean fits = x[1 - axis] == index[1 - axis];
    assertThat(of(new Op.Gather(axis), floats(x), type(Kind.INT, index))).isEqualTo(fits ? Optional.of(floats(index)) : Optional.empty());
    assertThat(of(new Op.Gather(axis), floats(x), floats(x))).isEmpty();
    assertThat(of(new Op.Gather(axis), floats(x), type(Kind.INT, x[0], x[1], 1))).isEmpty();
    var sums = x.clone();
    sums[axis] = 7;
    assertThat(of(new Op.ScatterAdd(axis, Dim.of(7)), type(Kind.INT, x), floats(x))).contains(floats(sums));
  }

  /** The three roles are one relation: the types of any two give that of the third. */
  @Property(tries = 300, seed = "26")
  void convolutionsFitTogether(@ForAll Random random) {
    int groups = 1 + random.nextInt(2);
    int[] kernel = sizes(random, 2, 3);
    var window = new Op.Window(integers(sizes(random, 2, 2)), List.of(random.nextInt(2), 1), List.of(1, random.nextInt(2)), integers(sizes(random, 2, 2)), groups);
    int[] space = IntStream.range(0, 2).map(_ -> 3 + random.nextInt(5)).toArray();
    int channels = (1 + random.nextInt(2)) * groups;
    int filters = (1 + random.nextInt(2)) * groups;
    int[] count = IntStream.range(0, 2).map(i -> windows(space[i] + window.low().get(i) + window.high().get(i), kernel[i], window.stride().get(i), window.dilation().get(i))).toArray();
    var x = floats(3, channels, space[0], space[1]);
    var w = floats(filters, channels / groups, kernel[0], kernel[1]);
    var y = floats(3, filters, count[0], count[1]);
    var forward = new Op.Conv(window, Op.ConvRole.FORWARD, List.of(), false);
    boolean fits = count[0] > 0 && count[1] > 0;
    assertThat(of(forward, x, w)).isEqualTo(fits ? Optional.of(y) : Optional.empty());
    assertThat(of(forward, Shapes.with(x, 1, Dim.of(channels + 1)), w)).isEmpty();
    assertThat(of(forward, floats(3, channels, 5), w)).isEmpty();
    assertThat(of(forward, x, floats(filters, channels / groups, 1))).isEmpty();
    if (fits) {
      var back = new Op.Conv(window, Op.ConvRole.INPUT, dims(space), false);
      assertThat(of(back, y, w)).contains(x);
      assertThat(of(back, Shapes.with(y, 1, Dim.of(filters + 1)), w)).isEmpty();
      var filter = new Op.Conv(window, Op.ConvRole.FILTER, dims(kernel), false);
      assertThat(of(filter, x, y)).contains(w);
      assertThat(of(filter, Shapes.with(x, 0, Dim.of(4)), y)).isEmpty();
      assertThat(of(new Op.Conv(window, Op.ConvRole.FORWARD, List.of(), true), batchLast(x), w)).contains(batchLast(y));
      assertThat(of(new Op.Conv(window, Op.ConvRole.INPUT, dims(space), true), batchLast(y), w)).contains(batchLast(x));
      assertThat(of(new Op.Conv(window, Op.ConvRole.FILTER, dims(kernel), true), batchLast(x), batchLast(y))).contains(w);
    }
    assertThat(of(new Op.Conv(window, Op.ConvRole.FORWARD, List.of(), true), floats(), w)).isEmpty();
  }

  private static Type batchLast(Type type) {
    var shape = new ArrayList<>(type.shape());
    shape.addLast(shape.removeFirst());
    assertThat(Shapes.batchFirst(type.withShape(shape))).isEqualTo(type);
    return type.withShape(shape);
  }

  // ---- kinds

  @ParameterizedTest
  @EnumSource
  void functionsOfOneArgument(UnaryFn fn) {
    for (var kind : Kind.values()) {
      boolean fits = (fn == UnaryFn.NOT) == (kind == Kind.BOOL);
      var result = fn == UnaryFn.NOT || fn == UnaryFn.NEG || fn == UnaryFn.ABS || fn == UnaryFn.SIGN ? kind : Kind.FLOAT;
      assertThat(of(new Op.Unary(fn), type(kind, 2))).isEqualTo(fits ? Optional.of(type(result, 2)) : Optional.empty());
    }
  }

  @ParameterizedTest
  @EnumSource
  void functionsOfTwoArguments(BinaryFn fn) {
    boolean compares = List.of("LT", "LE", "EQ", "NE", "AND", "OR").contains(fn.name());
    assertThat(fn.compares()).isEqualTo(compares);
    for (var kind : Kind.values()) {
      boolean fits = fn.isOfWholeNumbers() ? kind == Kind.INT : kind == Kind.BOOL || fn != BinaryFn.AND && fn != BinaryFn.OR;
      var result = compares ? Kind.BOOL : fn == BinaryFn.DIV || fn == BinaryFn.POW ? Kind.FLOAT : kind;
      assertThat(of(new Op.Binary(fn), type(kind, 2), type(kind, 2))).isEqualTo(fits ? Optional.of(type(result, 2)) : Optional.empty());
      assertThat(of(new Op.Binary(fn), type(kind, 2), type(kind, 3))).isEmpty();
      assertThat(of(new Op.Binary(fn), type(kind, 2), type(kind == Kind.INT ? Kind.FLOAT : Kind.INT, 2))).isEmpty();
    }
  }

  @Test
  void choicesAreOfOneType() {
    var select = new Op.Select();
    assertThat(of(select, type(Kind.BOOL, 2), floats(2), floats(2))).contains(floats(2));
    assertThat(of(select, floats(2), floats(2), floats(2))).isEmpty();
    assertThat(of(select, type(Kind.BOOL, 3), floats(2), floats(2))).isEmpty();
    assertThat(of(select, type(Kind.BOOL, 2), floats(2), floats(3))).isEmpty();
    assertThat(of(select, type(Kind.BOOL, 2), floats(2), type(Kind.INT, 2))).isEmpty();
  }

  @Test
  void typesAreWrittenAsInPrograms() {
    assertThat(floats()).hasToString("float");
    assertThat(Type.of(Kind.INT, Dim.open("N"), Dim.of(3))).hasToString("int[N, 3]");
  }

  @Property(tries = 200, seed = "26")
  void equalShapesAreThoseWithEqualSizes(@ForAll Random random) {
    int[] a = sizes(random, random.nextInt(4), 2);
    int[] b = sizes(random, random.nextInt(4), 2);
    assertThat(Shapes.same(dims(a), dims(b))).isEqualTo(Arrays.equals(a, b));
    assertThat(floats(a).equals(floats(b))).isEqualTo(Arrays.equals(a, b));
    assertThat(floats(a)).isEqualTo(floats(a.clone())).hasSameHashCodeAs(floats(a.clone())).isNotEqualTo(type(Kind.INT, a));
    assertThat(floats(a).elements(_ -> 0)).isEqualTo(floats(a).size().fixed()).isEqualTo(Arrays.stream(a).asLongStream().reduce(1, (x, y) -> x * y));
    assertThat(floats(a).mayBeEmpty()).isFalse();
    assertThat(Type.of(Kind.FLOAT, Dim.of(3), Dim.open("N")).mayBeEmpty()).isFalse();
    assertThat(Type.of(Kind.FLOAT, Dim.of(3), Dim.open("N").plus(-1)).mayBeEmpty()).isTrue();
  }
}
