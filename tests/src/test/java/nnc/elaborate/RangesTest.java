package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import nnc.analysis.IntervalAnalysis;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.GraphPrinter;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.RandomGraphs;
import nnc.graph.Type;
import nnc.graph.UnaryFn;
import nnc.interpret.Interpreter;

/** No value lies outside of what is known of it; oracle: the interpreter. */
class RangesTest {
  private static final double[] AWKWARD = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.0, 1e30, -1e30};

  private static double[] numbers(Type type, int n, Random random) {
    return IntStream.range(0, (int) type.size().evaluate(_ -> n)).mapToDouble(_ -> type.kind() == Kind.INT ? random.nextInt(7)
        : random.nextInt(8) == 0 ? AWKWARD[random.nextInt(AWKWARD.length)] : 3 * random.nextGaussian()).toArray();
  }

  private static void holds(Graph graph, int n, long seed, Map<String, Long> classes) {
    var random = new Random(seed);
    var values = new Interpreter(Map.of("N", n, "T", n), op -> switch (op) {
      case Op.Input(_, _, var type) -> numbers(type, n, random);
      case Op.Parameter(_, var type) -> numbers(type, n, random);
      default -> throw new IllegalStateException(op.toString());
    }, 5, 2, 1).run(graph);
    var ranges = new IntervalAnalysis(classes);
    for (var node : graph.nodes()) {
      var range = ranges.of(node);
      for (double value : values.get(node).values()) {
        boolean inside = Double.isNaN(value) ? range.nan() : range.low() <= value && value <= range.high()
            && (range.top() == null || value <= range.top().evaluate(_ -> n));
        assertThat(inside).as("%s of %s, held to be %s%n%s", value, node, range, GraphPrinter.print(graph)).isTrue();
      }
    }
  }

  @Property(tries = 45, seed = "20")
  void hold(@ForAll @Size(min = 1, max = 20) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll @IntRange(min = 2, max = 5) int n, @ForAll long seed) {
    holds(RandomGraphs.of(genes, false), n, seed, Map.of("i", 7L));
  }

  /** Whole numbers and comparisons, as indices are made of. */
  @Property(tries = 300, seed = "20")
  void holdOfArithmeticOnPlaces(@ForAll @Size(min = 1, max = 25) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll @IntRange(min = 1, max = 9) int n,
      @ForAll long seed) {
    holds(new Arithmetic().of(genes), n, seed, Map.of("c", 7L));
  }

  private static final class Arithmetic {
    private final GraphBuilder b = new GraphBuilder();
    private final java.util.ArrayList<Node> pool = new java.util.ArrayList<>();
    private Random random = new Random(1);

    Graph of(List<Integer> genes) {
      var shape = List.of(Dim.open("N"));
      pool.add(b.input("c", new Type(Kind.INT, shape)));
      pool.add(b.input("i", new Type(Kind.INT, shape)));
      pool.add(b.input("x", Type.floats(shape)));
      pool.add(b.iota(shape, 0));
      pool.add(b.cast(b.broadcastTo(b.size(Dim.open("N").plus(-1)), shape), Kind.INT));
      pool.add(b.argSort(pool.get(2), 0));
      for (int gene : genes) {
        random = new Random(gene * 0x9E3779B97F4A7C15L);
        pool.add(step());
      }
      return b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", pool.getLast())));
    }

    private Node any() {
      return pool.get(pool.size() - 1 - Math.min(random.nextInt(pool.size()), random.nextInt(pool.size())));
    }

    private Node partner(Node x) {
      return random.nextBoolean() ? any() : b.like(x, random.nextInt(9) - 3);
    }

    private Node step() {
      var x = any();
      return switch (random.nextInt(8)) {
        case 0, 1 -> b.binary(List.of(BinaryFn.ADD, BinaryFn.SUB, BinaryFn.MUL).get(random.nextInt(3)), x, partner(x));
        case 2 -> b.binary(random.nextBoolean() ? BinaryFn.MIN : BinaryFn.MAX, x, partner(x));
        case 3 -> b.unary(List.of(UnaryFn.NEG, UnaryFn.ABS, UnaryFn.SIGN).get(random.nextInt(3)), x);
        case 4 -> b.cast(b.unary(List.of(UnaryFn.FLOOR, UnaryFn.CEIL, UnaryFn.ROUND).get(random.nextInt(3)), b.div(x, b.constant(1 + random.nextInt(4)))), Kind.INT);
        case 5 -> b.cast(x, random.nextBoolean() ? Kind.INT : Kind.FLOAT);
        case 6 -> b.concat(List.of(b.slice(x, 0, Dim.ZERO, Dim.ONE, 1), b.slice(any(), 0, Dim.ONE, Dim.open("N").plus(-1), 1)), 0);
        default -> chosen(x);
      };
    }

    private Node chosen(Node x) {
      var limit = partner(x);
      var one = b.binary(random.nextBoolean() ? BinaryFn.LT : BinaryFn.LE, x, limit);
      var other = b.binary(random.nextBoolean() ? BinaryFn.LT : BinaryFn.LE, partner(x), x);
      var condition = switch (random.nextInt(5)) {
        case 0 -> one;
        case 1 -> other;
        case 2 -> b.not(one);
        case 3 -> b.binary(BinaryFn.AND, one, other);
        default -> b.binary(BinaryFn.OR, one, b.not(other));
      };
      return random.nextBoolean() ? b.select(condition, x, partner(x)) : b.select(condition, partner(x), random.nextBoolean() ? x : b.select(other, limit, x));
    }
  }
}
