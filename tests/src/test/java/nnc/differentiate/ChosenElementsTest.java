package nnc.differentiate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.graph.UnaryFn;
import nnc.interpret.Interpreter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A choice that takes some of what a linear function gives, behind a root whose slope at zero is infinite: by elements that reach nothing that is
 * taken nothing comes back. Oracle: the linear function's own gradient, element by element times the root's slope where it is not zero.
 */
class ChosenElementsTest {
  private static final int SIZE = 12;

  /** A linear function with positive coefficients of h: float[3, 4]. */
  record Case(String name, BodyOf body) {
    @Override
    public String toString() {
      return name;
    }
  }

  interface BodyOf {
    Node of(Node h, GraphBuilder b);
  }

  private static List<Dim> dims(int... sizes) {
    return IntStream.of(sizes).mapToObj(Dim::of).toList();
  }

  private static Node places(GraphBuilder b, int rows, int columns, int... places) {
    return b.table(new Type(Kind.INT, dims(rows, columns)), IntStream.of(places).mapToObj(place -> (double) place).toList());
  }

  private static Node series(Node h, GraphBuilder b) {
    return b.reshape(h, dims(3, 1, 4));
  }

  private static Node weights(GraphBuilder b, int... shape) {
    return b.full(dims(shape), 0.5, Kind.FLOAT);
  }

  private static Case convolution(String name, Op.ConvRole role, boolean byFirst, int groups) {
    var window = new Op.Window(List.of(2), List.of(1), List.of(0), List.of(1), groups);
    return new Case(name, (h, b) -> switch (role) {
      case FORWARD -> byFirst ? b.conv(b.reshape(h, dims(1, 2, 6)), weights(b, 2, 2 / groups, 2), window, role, List.of())
          : b.conv(weights(b, 2, 2 * groups, 7), b.reshape(h, dims(2, 2, 3)), window, role, List.of());
      case INPUT -> byFirst ? b.conv(b.reshape(h, dims(2, 2, 3)), weights(b, 2, 3, 2), window, role, dims(5))
          : b.conv(weights(b, 2, 2, 3), b.reshape(h, dims(2, 3, 2)), window, role, dims(5));
      case FILTER -> byFirst ? b.conv(b.reshape(h, dims(1, 2, 6)), weights(b, 1, 2, 3), window, role, dims(2))
          : b.conv(weights(b, 2, 2, 6), b.reshape(h, dims(2, 2, 3)), window, role, dims(2));
    });
  }

  static Stream<Case> cases() {
    return Stream.of(new Case("itself", (h, b) -> h), new Case("stretched", (h, b) -> b.unreduce(h, dims(2, 3, 2, 4), List.of(0, 2))),
        new Case("reshaped", (h, b) -> b.reshape(h, dims(2, 6))), new Case("turned", (h, b) -> b.transpose(b.reshape(h, dims(2, 3, 2)), List.of(1, 2, 0))),
        new Case("cut out", (h, b) -> b.slice(h, dims(2, 1), dims(2, 2), List.of(-2, 2))),
        new Case("padded", (h, b) -> b.pad(h, dims(1, 0), dims(0, 2), List.of(2, 1), 7)),
        new Case("joined", (h, b) -> b.concat(List.of(b.slice(h, 1, Dim.ONE, Dim.of(2), 1), weights(b, 3, 2), b.slice(h, 1, Dim.ZERO, Dim.of(3), 1)), 1)),
        new Case("summed", (h, b) -> b.sum(h, List.of(0))),
        new Case("running sums", (h, b) -> b.cumSum(h, 1)), new Case("running sums from the end", (h, b) -> b.cumSumReversed(h, 0)),
        new Case("product", (h, b) -> b.product(h, weights(b, 4, 2))), new Case("product from the left", (h, b) -> b.product(weights(b, 2, 3), h)),
        new Case("products", (h, b) -> b.product(b.reshape(h, dims(2, 3, 2)), weights(b, 2, 2, 3))),
        new Case("twice", (h, b) -> b.add(b.slice(h, 0, Dim.ZERO, Dim.of(2), 1), b.slice(h, 0, Dim.ONE, Dim.of(2), 1))),
        new Case("windows", (h, b) -> b.windows(h, List.of(2), List.of(2), List.of(1))),
        new Case("folded windows", (h, b) -> b.foldWindows(b.reshape(h, dims(2, 3, 2)), dims(7), List.of(2), List.of(2), List.of(2))),
        new Case("gathered", (h, b) -> b.gather(h, places(b, 2, 4, 0, 2, 2, 1, 1, 2, 0, 0), 0)),
        new Case("scattered", (h, b) -> b.scatterAdd(places(b, 3, 4, 0, 4, 2, 1, 1, 2, 3, 3, 0, 1, 2, 3), h, 1, Dim.of(5))),
        convolution("convolved", Op.ConvRole.FORWARD, true, 1), convolution("convolved in groups", Op.ConvRole.FORWARD, true, 2),
        convolution("convolved with", Op.ConvRole.FORWARD, false, 1), convolution("transposed convolution", Op.ConvRole.INPUT, true, 1),
        convolution("transposed convolution with", Op.ConvRole.INPUT, false, 1), convolution("filter of", Op.ConvRole.FILTER, true, 1),
        convolution("filter by", Op.ConvRole.FILTER, false, 1));
  }

  private static double[] gradient(Case c, UnaryFn before, int choices, double[] x, Random random) {
    var b = new GraphBuilder();
    var input = b.input("x", Type.floats(dims(3, 4)));
    var y = c.body().of(before == null ? input : b.unary(before, input), b);
    int size = y.type().size().fixed();
    var sum = IntStream.range(0, choices).mapToObj(_ -> {
      var taken = b.table(y.type(), IntStream.range(0, size).mapToObj(_ -> random.nextInt(3) == 0 ? 1. : 0.).toList());
      return b.sum(b.select(b.less(b.constant(0), taken), y, b.like(y, 0)), IntStream.range(0, y.type().rank()).boxed().toList());
    }).reduce((BinaryOperator<Node>) b::add).orElseThrow();
    var g = Gradients.of(sum, List.of(input), b).getFirst().orElse(b.like(input, 0));
    var graph = b.finish("test", List.of(new Graph.Result(Graph.Role.OUTPUT, "g", g)));
    return new Interpreter(Map.of(), _ -> x, 1, 1, 0).run(graph).get(g).values();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsNotTakenHasNoPart(Case c) {
    for (int seed = 0; seed < 20; seed++) {
      int choices = 1 + seed % 3;
      var random = new Random(seed);
      var x = IntStream.range(0, SIZE).mapToDouble(_ -> random.nextInt(3)).toArray();
      var linear = gradient(c, null, choices, x, new Random(seed + 1));
      var expected = IntStream.range(0, SIZE).mapToDouble(i -> linear[i] == 0 ? 0 : linear[i] / (2 * Math.sqrt(x[i]))).toArray();
      assertThat(gradient(c, UnaryFn.SQRT, choices, x, new Random(seed + 1))).as("%s, seed %s", c, seed).isEqualTo(expected);
    }
  }
}
