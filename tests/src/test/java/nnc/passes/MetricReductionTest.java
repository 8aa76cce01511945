package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import nnc.graph.BinaryFn;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Graph.Role;
import nnc.graph.GraphBuilder;
import nnc.graph.GraphPrinter;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.RandomGraphs;
import nnc.graph.ReduceFn;
import nnc.graph.Type;
import nnc.graph.UnaryFn;
import nnc.graph.Verifier;
import nnc.interpret.Array;
import nnc.interpret.Interpreter;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;

/**
 * Metrics of random graphs, cut into batches of random sizes, are those of all rows at once. Oracle: the interpreter on the graph that is not cut.
 */
class MetricReductionTest {
  private static final int PLACES = 3;
  private static final Map<String, Integer> COUNTS = new TreeMap<>();

  // ---- metrics

  /** Closes the values of a random graph to metrics: none has an axis of open size. */
  private static final class Metrics {
    private final Random random;
    private final GraphBuilder b = new GraphBuilder();
    private final List<Node> pool;

    Metrics(Graph graph, long seed) {
      random = new Random(seed);
      graph.nodes().forEach(node -> b.keep(node, node.operands()));
      // draws differ from batch to batch
      var drawn = new java.util.HashSet<Node>();
      graph.nodes().forEach(node -> {
        if (node.op() instanceof Op.Uniform || node.operands().stream().anyMatch(drawn::contains)) {
          drawn.add(node);
        }
      });
      pool = graph.nodes().stream().filter(node -> !drawn.contains(node) && node.type().rank() > 0 && isOpen(node.type().shape())).toList();
    }

    private static boolean isOpen(List<Dim> shape) {
      return shape.stream().anyMatch(dim -> !dim.isConstant());
    }

    private Node floats() {
      return b.cast(pool.get(pool.size() - 1 - Math.min(random.nextInt(pool.size()), random.nextInt(pool.size()))), Kind.FLOAT);
    }

    private List<Integer> open(Node x) {
      return IntStream.range(0, x.type().rank()).filter(axis -> !x.type().dim(axis).isConstant() || random.nextInt(3) == 0).boxed().toList();
    }

    private Node closed(Node x, ReduceFn fn) {
      return b.reduce(fn, x, open(x));
    }

    private Node mean(Node x) {
      return Compositions.mean(b, x, open(x));
    }

    private Node scalar(Node x) {
      return Compositions.mean(b, x, IntStream.range(0, x.type().rank()).boxed().toList());
    }

    /** Away from zero. */
    private Node size(Node x) {
      return b.add(b.unary(UnaryFn.ABS, x), b.constant(0.5));
    }

    private Node metric() {
      var x = floats();
      return switch (random.nextInt(14)) {
        case 0, 1 -> mean(x);
        case 2 -> closed(x, ReduceFn.SUM);
        case 3 -> closed(b.unary(UnaryFn.SIN, x), random.nextBoolean() ? ReduceFn.MAX : ReduceFn.MIN);
        case 4 -> closed(b.unary(UnaryFn.COS, b.mul(b.constant(0.01), x)), ReduceFn.PROD);
        case 5 -> b.div(closed(x, ReduceFn.SUM), b.size(Dim.product(x.type().shape())));
        case 6 -> b.div(scalar(b.mul(x, b.unary(UnaryFn.SIN, x))), size(scalar(x)));
        case 7 -> deviation(x);
        case 8 -> ranked(x);
        case 9 -> Compositions.matmul(b, turned(x), matrix(x));
        case 10 -> mean(b.emit(new Op.CumSum(axis(x), random.nextBoolean()), List.of(x)));
        case 11 -> mean(b.cast(b.less(x, b.reverse(x, axis(x))), Kind.FLOAT));
        case 12 -> b.add(mean(x), b.constant(random.nextInt(3)));
        default -> b.sub(b.mul(b.constant(0.5), scalar(x)), scalar(floats()));
      };
    }

    private int axis(Node x) {
      return random.nextInt(x.type().rank());
    }

    private Node deviation(Node x) {
      var axes = open(x);
      var off = b.sub(x, Compositions.meanKept(b, x, axes));
      return b.sqrt(b.add(Compositions.mean(b, b.mul(off, off), axes), b.constant(0.1)));
    }

    private Node ranked(Node x) {
      int axis = axis(x);
      return switch (random.nextInt(3)) {
        case 0 -> mean(b.cast(b.emit(new Op.ArgReduce(random.nextBoolean(), axis), List.of(x)), Kind.FLOAT));
        case 1 -> mean(b.mul(b.gather(x, b.emit(new Op.ArgSort(axis, random.nextBoolean()), List.of(x)), axis), b.unary(UnaryFn.SIN, b.cast(b.iota(x.type().shape(), axis), Kind.FLOAT))));
        default -> mean(b.mul(b.cast(b.emit(new Op.ArgSort(axis, random.nextBoolean()), List.of(x)), Kind.FLOAT), b.unary(UnaryFn.SIN, x)));
      };
    }

    private Node matrix(Node x) {
      return b.reshape(x, List.of(x.type().dim(0), Dim.product(x.type().shape().subList(1, x.type().rank()))));
    }

    private Node turned(Node x) {
      return b.swap(matrix(b.unary(UnaryFn.TANH, x)));
    }

    private Node combined() {
      var one = metric();
      return switch (random.nextInt(9)) {
        case 0 -> b.exp(b.unary(UnaryFn.SIN, one));
        case 1 -> b.div(one, size(scalar(metric())));
        case 2 -> b.binary(BinaryFn.MAX, one, scalar(metric()));
        case 3 -> b.mul(one, b.unary(UnaryFn.NEG, scalar(metric())));
        case 4 -> b.div(one, b.size(Dim.open("N").times(random.nextBoolean() ? Dim.open("N") : Dim.of(2)).plus(random.nextInt(2))));
        case 5 -> b.add(b.neg(one), b.mul(b.size(Dim.open("N").times(Dim.open(random.nextBoolean() ? "N" : "T"))), b.constant(random.nextInt(2))));
        default -> one;
      };
    }

    private Graph finish(int count) {
      var results = new ArrayList<Graph.Result>();
      while (results.size() < count) {
        var node = combined();
        if (!isOpen(node.type().shape()) && node.type().size().fixed() < 200) {
          results.add(new Graph.Result(Role.METRIC, "m" + results.size(), b.cast(node, Kind.FLOAT)));
        } else {
          results.add(new Graph.Result(Role.METRIC, "m" + results.size(), scalar(b.cast(node, Kind.FLOAT))));
        }
      }
      return b.finish("evaluate", results);
    }
  }

  // ---- meaning

  private static double[] values(Map<String, double[]> given, Op op, int rows) {
    return switch (op) {
      case Op.Input(var name, _, var type) -> given.computeIfAbsent(name, _ -> numbers(name, type.kind(), (int) type.size().evaluate(dims(rows)::get)));
      case Op.Parameter(var path, var type) -> numbers(path, type.kind(), type.size().fixed());
      default -> throw new IllegalStateException(op.toString());
    };
  }

  private static double[] numbers(String name, Kind kind, int size) {
    var random = new Random(name.hashCode());
    return IntStream.range(0, size).mapToDouble(_ -> kind == Kind.INT ? random.nextInt(5) : random.nextGaussian()).toArray();
  }

  private static Map<String, Integer> dims(int rows) {
    return Map.of("N", rows, "T", PLACES);
  }

  private static Map<String, double[]> results(Graph graph, Map<String, double[]> given, int rows) {
    var needed = graph.needed(_ -> false);
    Map<Node, Array> values = new Interpreter(dims(rows), op -> values(given, op, rows), 5, 2, 1).run(needed);
    var results = new LinkedHashMap<String, double[]>();
    graph.results().forEach(result -> results.put(result.name(), values.get(result.node()).values()));
    return results;
  }

  private static Map<String, double[]> slice(Map<String, double[]> given, int rows, int from, int count) {
    var slice = new HashMap<String, double[]>();
    given.forEach((name, all) -> slice.put(name, java.util.Arrays.copyOfRange(all, all.length / rows * from, all.length / rows * (from + count))));
    return slice;
  }

  /** All batches together, by what the roles of their results say. */
  private static Map<String, double[]> joined(MetricReduction.Cut cut, Map<String, double[]> given, List<Integer> counts) {
    int rows = counts.stream().mapToInt(i -> i).sum();
    var joined = new LinkedHashMap<String, double[]>();
    int from = 0;
    for (int count : counts) {
      var batch = results(cut.batch(), slice(given, rows, from, count), count);
      for (var result : cut.batch().results()) {
        joined.merge(result.name(), weighted(result.role(), batch.get(result.name()), (double) count / rows), (a, b) -> join(result.role(), a, b));
      }
      from += count;
    }
    return joined;
  }

  private static double[] weighted(Role role, double[] values, double share) {
    return role == Role.METRIC ? java.util.Arrays.stream(values).map(v -> v * share).toArray() : values;
  }

  private static double[] join(Role role, double[] a, double[] b) {
    if (role == Role.ROWS) {
      return IntStream.range(0, a.length + b.length).mapToDouble(i -> i < a.length ? a[i] : b[i - a.length]).toArray();
    }
    return IntStream.range(0, a.length).mapToDouble(i -> switch (role) {
      case METRIC, SUM -> a[i] + b[i];
      case PROD -> a[i] * b[i];
      case MAX -> Math.max(a[i], b[i]);
      case MIN -> Math.min(a[i], b[i]);
      default -> throw new IllegalStateException(role.toString());
    }).toArray();
  }

  @Property(tries = 400, seed = "20", shrinking = ShrinkingMode.OFF)
  void batchesComeToWhatAllRowsDo(@ForAll @Size(min = 1, max = 14) List<@IntRange(max = 1 << 24) Integer> genes,
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 2, max = 7) Integer> counts) {
    var graph = new Metrics(RandomGraphs.of(genes, false), genes.hashCode()).finish(4);
    int rows = counts.stream().mapToInt(i -> i).sum();
    var given = new HashMap<String, double[]>();
    var expected = results(graph, given, rows);
    var cut = MetricReduction.evaluation(graph, "N", genes.size() % 2 == 0 ? Switches.ALL_ON : Switches.ALL_OFF);
    Verifier.check(cut.batch(), "cut");
    if (!cut.exact()) {
      COUNTS.merge("all at once", 1, Integer::sum);
      assertThat(cut.batch()).isSameAs(graph);
      return;
    }
    cut.batch().results().forEach(result -> COUNTS.merge(result.role().toString(), 1, Integer::sum));
    var all = joined(cut, given, counts);
    cut.formula().ifPresent(formula -> {
      Verifier.check(formula, "cut");
      all.putAll(results(formula, all, rows));
    });
    expected.forEach((name, values) -> assertSame(all.get(name), values, name, graph, cut));
  }

  @Example
  void whatMetricsHaveInCommonIsKeptOnceUnlessThatIsOff() {
    var b = new GraphBuilder();
    var x = b.input("x", Type.of(Kind.FLOAT, Dim.open("N")));
    var results = Stream.of("first", "second")
        .map(name -> new Graph.Result(Role.METRIC, name, b.sqrt(Compositions.mean(b, b.mul(x, x), List.of(0))))).toList();
    var graph = b.finish("evaluate", results);
    var once = MetricReduction.evaluation(graph, "N", Switches.ALL_ON).batch().results();
    var twice = MetricReduction.evaluation(graph, "N", Switches.without(Optimization.COMMON_SUBEXPRESSIONS)).batch().results();
    assertThat(twice).hasSize(2 * once.size());
  }

  private static void assertSame(double[] actual, double[] expected, String name, Graph graph, MetricReduction.Cut cut) {
    assertThat(actual.length).isEqualTo(expected.length);
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]) <= 1e-9 * (1 + Math.abs(expected[i])) || Double.compare(actual[i], expected[i]) == 0)
          .as("%s[%d] is %s, and of all rows %s%n%s%n%s%n%s", name, i, actual[i], expected[i], GraphPrinter.print(graph), GraphPrinter.print(cut.batch()),
              cut.formula().map(GraphPrinter::print).orElse("")).isTrue();
    }
  }

  @AfterContainer
  static void everyKindWasThere() {
    assertThat(COUNTS.keySet()).contains("METRIC", "SUM", "PROD", "MAX", "MIN", "ROWS", "all at once");
  }
}
