package nnc.differentiate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import nnc.graph.BinaryFn;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.Type;
import nnc.graph.UnaryFn;
import nnc.interpret.Interpreter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of every op, and the gradient of that gradient, in a random direction; oracle: central differences in double. */
class GradientTest {

  /** A function of one array of a shape, whose elements are drawn from [low, high). */
  record Case(String name, List<Integer> shape, double low, double high, Body body) {
    @Override
    public String toString() {
      return name;
    }
  }

  interface Body {
    Node of(Node x, GraphBuilder b);
  }

  private static Case unary(UnaryFn fn, double low, double high) {
    return new Case(fn.toString(), List.of(3, 4), low, high, (x, b) -> b.unary(fn, x));
  }

  private static Case binary(BinaryFn fn, double low, double high) {
    return new Case(fn.toString(), List.of(2, 6), low, high, (x, b) -> b.binary(fn, half(x, b, 0), half(x, b, 1)));
  }

  private static Node half(Node x, GraphBuilder b, int which) {
    return b.at(x, 0, Dim.of(which));
  }

  private static Case of(String name, List<Integer> shape, Body body) {
    return new Case(name, shape, -2, 2, body);
  }

  private static List<Dim> dims(int... sizes) {
    return java.util.Arrays.stream(sizes).mapToObj(Dim::of).toList();
  }

  private static Case conv(String name, Op.ConvRole role, int groups, int stride, int dilation, int pad) {
    var window = new Op.Window(List.of(stride), List.of(pad), List.of(pad), List.of(dilation), groups);
    int channels = 2 * groups;
    int size = 9;
    int out = (size + 2 * pad - 2 * dilation - 1) / stride + 1;
    return of(name, List.of(3 * channels * size + channels * 2 * 3 + 3 * channels * out), (v, b) -> {
      var x = b.reshape(b.slice(v, 0, Dim.ZERO, Dim.of(3 * channels * size), 1), dims(3, channels, size));
      var w = b.reshape(b.slice(v, 0, Dim.of(3 * channels * size), Dim.of(channels * 2 * 3), 1), dims(channels, 2, 3));
      var y = b.reshape(b.slice(v, 0, Dim.of(3 * channels * size + channels * 6), Dim.of(3 * channels * out), 1), dims(3, channels, out));
      return switch (role) {
        case FORWARD -> b.conv(x, w, window, role, List.of());
        case INPUT -> b.conv(y, w, window, role, dims(size));
        case FILTER -> b.conv(x, y, window, role, dims(3));
      };
    });
  }

  private static Node roomy(Node v, GraphBuilder b, Op.ConvRole role) {
    var window = new Op.Window(List.of(2, 1), List.of(0, 0), List.of(0, 0), List.of(1, 1), 1);
    var few = b.reshape(b.slice(v, 0, Dim.ZERO, Dim.of(6), 1), dims(1, 1, 2, 3));
    var rest = b.slice(v, 0, Dim.of(6), Dim.of(14), 1);
    return role == Op.ConvRole.INPUT ? b.conv(few, b.reshape(b.slice(rest, 0, Dim.ZERO, Dim.of(4), 1), dims(1, 1, 2, 2)), window, role, dims(6, 4))
        : b.conv(b.reshape(rest, dims(1, 1, 7, 2)), b.reshape(b.slice(v, 0, Dim.ONE, Dim.of(2), 1), dims(1, 1, 2, 1)), window, role, dims(2, 2));
  }

  static Stream<Case> cases() {
    return Stream.of(
        unary(UnaryFn.NEG, -2, 2), unary(UnaryFn.ABS, 0.1, 2), unary(UnaryFn.SIGN, 0.1, 2), unary(UnaryFn.FLOOR, 0.1, 0.9), unary(UnaryFn.CEIL, 0.1, 0.9),
        unary(UnaryFn.ROUND, 0.1, 0.4), unary(UnaryFn.EXP, -2, 2), unary(UnaryFn.EXPM1, -2, 2), unary(UnaryFn.LOG, 0.5, 3), unary(UnaryFn.LOG1P, -0.5, 3),
        unary(UnaryFn.SQRT, 0.5, 3), unary(UnaryFn.SIN, -3, 3), unary(UnaryFn.COS, -3, 3), unary(UnaryFn.TANH, -2, 2), unary(UnaryFn.ERF, -2, 2),
        unary(UnaryFn.SIGMOID, -3, 3),
        new Case("not", List.of(4), 0.2, 0.8, (x, b) -> b.select(b.not(b.less(x, b.constant(0.5))), x, b.mul(x, x))),
        binary(BinaryFn.ADD, -2, 2), binary(BinaryFn.SUB, -2, 2), binary(BinaryFn.MUL, -2, 2), binary(BinaryFn.DIV, 0.5, 2), binary(BinaryFn.POW, 0.5, 2),
        binary(BinaryFn.MIN, -2, 2), binary(BinaryFn.MAX, -2, 2),
        new Case("power of a constant", List.of(5), -2, 2, (x, b) -> b.pow(x, b.constant(3))),
        of("sum", List.of(3, 4), (x, b) -> b.sum(b.mul(x, x), List.of(0))),
        of("max", List.of(3, 4), (x, b) -> b.reduce(ReduceFn.MAX, x, List.of(1))),
        of("min", List.of(3, 4), (x, b) -> b.reduce(ReduceFn.MIN, x, List.of(0))),
        of("prod", List.of(3, 4), (x, b) -> b.reduce(ReduceFn.PROD, x, List.of(1))),
        of("broadcast", List.of(3, 1), (x, b) -> b.broadcastTo(x, dims(2, 3, 5))),
        of("reshape", List.of(3, 4), (x, b) -> b.reshape(b.mul(x, x), dims(2, 6))),
        of("transpose", List.of(2, 3, 4), (x, b) -> b.transpose(x, List.of(2, 0, 1))),
        of("slice", List.of(7, 5), (x, b) -> b.slice(x, List.of(Dim.of(1), Dim.of(4)), dims(3, 2), List.of(2, -3))),
        of("pad", List.of(3, 4), (x, b) -> b.pad(x, dims(1, 0), dims(2, 1), List.of(1, 2), 3)),
        of("concat", List.of(2, 3), (x, b) -> b.concat(List.of(x, b.mul(x, x), b.exp(x)), 1)),
        of("windows", List.of(2, 7, 6), (x, b) -> b.windows(x, List.of(3, 2), List.of(2, 1), List.of(1, 2))),
        of("fold", List.of(2, 3, 2), (x, b) -> b.foldWindows(x, dims(7), List.of(2), List.of(2), List.of(1))),
        of("cumsum", List.of(2, 5), (x, b) -> b.cumSum(b.mul(x, x), 1)),
        of("sort", List.of(2, 5), (x, b) -> b.gather(x, b.argSortDescending(x, 1), 1)),
        of("gather", List.of(4, 3), (x, b) -> b.gather(x, b.table(new Type(Kind.INT, dims(2, 3)), List.of(3., 0., 1., 3., 3., 2.)), 0)),
        of("scatter", List.of(2, 3), (x, b) -> b.scatterAdd(b.table(new Type(Kind.INT, dims(2, 3)), List.of(3., 0., 1., 3., 3., 2.)), x, 0, Dim.of(4))),
        of("take", List.of(5, 3), (x, b) -> Compositions.take(b, x, b.table(new Type(Kind.INT, dims(2, 2)), List.of(4., 0., 0., 2.)), 0)),
        of("matmul", List.of(2, 3, 3), (x, b) -> Compositions.matmul(b, half(x, b, 0), half(x, b, 1))),
        of("batched matmul", List.of(2, 2, 3, 3), (x, b) -> Compositions.matmul(b, half(x, b, 0), b.swap(half(x, b, 1)))),
        of("softmax", List.of(3, 4), (x, b) -> Compositions.softmax(b, x, 1)), of("log softmax", List.of(3, 4), (x, b) -> Compositions.logSoftmax(b, x, 0)),
        of("logsumexp", List.of(3, 4), (x, b) -> Compositions.logSumExp(b, x, List.of(1))),
        of("stop gradient", List.of(3), (x, b) -> b.add(b.mul(x, x), b.stopGradient(b.constant(2)))),
        conv("conv", Op.ConvRole.FORWARD, 1, 1, 1, 0), conv("strided conv", Op.ConvRole.FORWARD, 2, 2, 1, 1), conv("dilated conv", Op.ConvRole.FORWARD, 1, 1, 2, 2),
        conv("conv by input", Op.ConvRole.INPUT, 2, 2, 1, 1), conv("conv by filter", Op.ConvRole.FILTER, 2, 2, 1, 1),
        // of one place less than there is room for
        of("conv by input with room", List.of(20), (v, b) -> roomy(v, b, Op.ConvRole.INPUT)), of("conv by filter with room", List.of(20), (v, b) -> roomy(v, b, Op.ConvRole.FILTER)));
  }

  private final Random random = new Random(11);

  /** A scalar from any result: the sum of its sines, so that second derivatives are not zero. */
  private static Node scalar(Node y, GraphBuilder b) {
    var all = java.util.stream.IntStream.range(0, y.type().rank()).boxed().toList();
    return b.sum(b.unary(UnaryFn.SIN, b.cast(y, Kind.FLOAT)), all);
  }

  private double[] draw(int size, double low, double high) {
    return random.doubles(size, low, high).toArray();
  }

  private static double[] run(Graph graph, double[] x, int result) {
    return new Interpreter(Map.of(), _ -> x, 1, 1, 0).run(graph).get(graph.results().get(result).node()).values();
  }

  private static double[] moved(double[] x, double[] direction, double by) {
    var result = x.clone();
    for (int i = 0; i < x.length; i++) {
      result[i] += by * direction[i];
    }
    return result;
  }

  private void check(Case c, boolean second) {
    var b = new GraphBuilder();
    var type = Type.floats(c.shape().stream().map(Dim::of).toList());
    var x = b.input("x", type);
    var y = scalar(c.body().of(x, b), b);
    if (second) {
      var first = Gradients.of(y, List.of(x), b).getFirst();
      if (first.isEmpty()) {
        return;
      }
      y = scalar(first.get(), b);
    }
    var gradient = Gradients.of(y, List.of(x), b).getFirst().orElse(b.like(x, 0));
    var graph = b.finish("test", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", y), new Graph.Result(Graph.Role.OUTPUT, "g", gradient)));
    for (int round = 0; round < 3; round++) {
      int size = type.size().fixed();
      var at = draw(size, c.low(), c.high());
      var direction = draw(size, -1, 1);
      double step = 1e-5;
      double numeric = (run(graph, moved(at, direction, step), 0)[0] - run(graph, moved(at, direction, -step), 0)[0]) / (2 * step);
      var g = run(graph, at, 1);
      double symbolic = 0;
      for (int i = 0; i < size; i++) {
        symbolic += g[i] * direction[i];
      }
      assertThat(Math.abs(symbolic - numeric)).as("%s: %s, and by differences %s", c.name(), symbolic, numeric).isLessThan(1e-6 * (1 + Math.abs(numeric)));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradient(Case c) {
    check(c, false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientOfTheGradient(Case c) {
    check(c, true);
  }

  /** A new op or function without a case fails here. */
  @Test
  void everyOpHasACase() {
    var seen = new TreeSet<String>();
    cases().forEach(c -> {
      var b = new GraphBuilder();
      c.body().of(b.input("x", Type.floats(c.shape().stream().map(Dim::of).toList())), b);
      b.nodes().forEach(node -> seen.add(switch (node.op()) {
        case Op.Unary(var fn) -> fn.name();
        case Op.Binary(var fn) -> fn.name();
        case Op.Reduce(var fn, _) -> fn.name() + "S";
        default -> node.op().getClass().getSimpleName();
      }));
    });
    var wanted = new ArrayList<String>();
    for (var fn : UnaryFn.values()) {
      wanted.add(fn.name());
    }
    for (var fn : BinaryFn.values()) {
      if (!fn.compares() && !fn.isOfWholeNumbers()) {
        wanted.add(fn.name());
      }
    }
    for (var fn : ReduceFn.values()) {
      wanted.add(fn.name() + "S");
    }
    // what has no operand, or is a step whatever it reads, has no gradient to check; that of a loop is held against its turns written out by OpenLoopsTest
    var without = List.of("Input", "Parameter", "State", "Counter", "Const", "Table", "Size", "Iota", "Uniform", "Unary", "Binary", "Reduce", "ArgReduce", "Cast", "Given", "Loop", "LoopResult");
    for (var type : Op.class.getPermittedSubclasses()) {
      if (!without.contains(type.getSimpleName())) {
        wanted.add(type.getSimpleName());
      }
    }
    assertThat(seen).as("ops and functions with a case in GradientTest").containsAll(wanted);
  }

  @Test
  void kinks() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT, Dim.of(2)));
    Map<String, Node> results = new HashMap<>();
    results.put("abs", b.unary(UnaryFn.ABS, x));
    results.put("tie", b.binary(BinaryFn.MAX, half(x, b, 0), half(x, b, 1)));
    results.put("max", b.reduce(ReduceFn.MAX, x, List.of(0)));
    Map<String, double[]> expected = Map.of("abs", new double[] {0, 0}, "tie", new double[] {0.5, 0.5}, "max", new double[] {0.5, 0.5});
    results.forEach((name, node) -> {
      var sum = node.type().rank() == 0 ? node : b.sum(node, List.of(0));
      var g = Gradients.of(sum, List.of(x), b).getFirst().orElseThrow();
      var graph = b.finish("test", List.of(new Graph.Result(Graph.Role.OUTPUT, "g", g)));
      assertThat(run(graph, new double[] {0, 0}, 0)).as(name).isEqualTo(expected.get(name));
    });
  }
}
