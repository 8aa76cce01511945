package nnc.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import nnc.elaborate.Elaborator;
import nnc.elaborate.Prelude;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.RandomGraphs;
import nnc.graph.Type;
import nnc.interpret.Array;
import nnc.interpret.Interpreter;
import nnc.runtime.base.IndexText;
import nnc.source.Diagnostics;
import nnc.syntax.AstBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to be computed for each example by itself has the same bits for the others' absence. Oracle: the interpreter, on all rows and on parts of them. */
class BatchAxesTest {
  private static final int T = 3;
  /** Sizes for which every random graph makes sense. */
  private static final int[] PARTS = {2, 3, 2};
  private static final int ROWS = Arrays.stream(PARTS).sum();

  // ---- values

  private static Type type(Op op) {
    return switch (op) {
      case Op.Input(_, _, var type) -> type;
      case Op.Parameter(_, var type) -> type;
      case Op.State(_, var type) -> type;
      default -> throw new IllegalStateException(op.toString());
    };
  }

  private static double[] numbers(Op op, long seed) {
    var random = new Random(op.hashCode() * 31L + seed);
    var numbers = new double[(int) type(op).size().evaluate(name -> name.equals("N") ? ROWS : T)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = type(op).kind() == Kind.FLOAT ? random.nextGaussian() : random.nextInt(2);
    }
    return numbers;
  }

  /** Some rows of what is fed, all of what does not begin with the batch. */
  private static double[] rows(Op op, long seed, int from, int count) {
    var all = numbers(op, seed);
    boolean byRow = op instanceof Op.Input && type(op).rank() > 0 && type(op).dim(0).toString().equals("N");
    int row = all.length / ROWS;
    return byRow ? Arrays.copyOfRange(all, from * row, (from + count) * row) : all;
  }

  private static Map<Node, Array> values(Graph graph, long seed, int from, int count) {
    Map<Op, double[]> fed = new HashMap<>();
    return new Interpreter(Map.of("N", count, "T", T), op -> fed.computeIfAbsent(op, _ -> rows(op, seed, from, count)), seed, 2, 1, from).run(graph);
  }

  /** Of an array's elements those for a stretch of rows, which an axis counts. */
  private static double[] stretch(Array all, int axis, int from, int count) {
    int before = 1;
    for (int i = 0; i < axis; i++) {
      before *= all.shape()[i];
    }
    int row = all.values().length / before / ROWS;
    var found = new double[before * count * row];
    for (int i = 0; i < before; i++) {
      System.arraycopy(all.values(), (i * ROWS + from) * row, found, i * count * row, count * row);
    }
    return found;
  }

  /** Checks every value that is said to be apart, and gives their ops. */
  private static Set<Class<?>> check(Graph graph, long seed) {
    var examples = new BatchAxes(graph, "N");
    var whole = values(graph, seed, 0, ROWS);
    var apart = new HashSet<Class<?>>();
    int from = 0;
    for (int count : PARTS) {
      var part = values(graph, seed, from, count);
      for (var node : graph.nodes()) {
        int axis = examples.rows(node);
        if (axis != BatchAxes.MIXED) {
          var expected = axis == BatchAxes.ALIKE ? whole.get(node).values() : stretch(whole.get(node), axis, from, count);
          assertThat(part.get(node).values()).as("%s, rows %d to %d, axis %d", node, from, from + count - 1, axis).isEqualTo(expected);
        }
        if (axis >= 0) {
          apart.add(node.op().getClass());
        }
      }
      from += count;
    }
    return apart;
  }

  @Property(tries = 100, seed = "20")
  void whatIsApartDoesNotDependOnOtherRows(@ForAll @Size(min = 1, max = 25) List<@IntRange(max = 1 << 24) Integer> genes) {
    var graph = RandomGraphs.of(genes, false);
    try {
      check(graph, genes.hashCode());
    } catch (AssertionError e) {
      throw new AssertionError(e + "\n" + GraphPrinter.print(graph), e);
    }
  }

  @Tag("slow")
  @Property(tries = 20_000, seed = "26")
  void whatIsApartDoesNotDependOnOtherRowsForLong(@ForAll @Size(min = 1, max = 25) List<@IntRange(max = 1 << 24) Integer> genes) {
    whatIsApartDoesNotDependOnOtherRows(genes);
  }

  /** The property says something of nearly every op: random graphs have each of them apart. */
  @Test
  void randomGraphsHaveAllOpsApart() {
    var random = new Random(1);
    var met = new HashSet<Class<?>>();
    for (int i = 0; i < 150; i++) {
      var genes = new ArrayList<Integer>();
      for (int k = 0; k < 20; k++) {
        genes.add(random.nextInt(1 << 24));
      }
      met.addAll(check(RandomGraphs.of(genes, false), i));
    }
    assertThat(met).contains(Op.Input.class, Op.Iota.class, Op.Uniform.class, Op.Unary.class, Op.Binary.class, Op.Select.class, Op.Cast.class, Op.StopGradient.class,
        Op.Broadcast.class, Op.Reshape.class, Op.Transpose.class, Op.Slice.class, Op.Pad.class, Op.Concat.class, Op.Windows.class, Op.FoldWindows.class,
        Op.Reduce.class, Op.ArgReduce.class, Op.CumSum.class, Op.ArgSort.class, Op.Gather.class, Op.ScatterAdd.class, Op.MatMul.class, Op.Conv.class);
  }

  // ---- what is apart and what is not

  private static final String INPUTS = """
      input x: float[N, 6]
      input s: float[N, T, 2]
      input i: int[N, 3]
      input w: float[6]
      layer kept()(x: float[...]) { param W: float[6, 6] = normal(0, 1)  return W }
      W = kept()(x)
      """;

  private static Graph graph(String value) {
    return elaborated(INPUTS + "output y = " + value + "\n");
  }

  private static Graph elaborated(String source) {
    var faults = new Diagnostics();
    var program = AstBuilder.parse("test.nn", source, faults);
    var elaborated = Elaborator.elaborate(Prelude.program(), program, Elaborator.Purpose.PREDICT, Map.of(), faults, (_, _) -> program);
    assertThat(faults.hasErrors()).as(faults.render(Map.of("test.nn", source))).isFalse();
    return elaborated.graph();
  }

  private static int rows(String value) {
    var graph = graph(value);
    check(graph, 5);
    return new BatchAxes(graph, "N").rows(graph.results().getFirst().node());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "x @ W", "softmax(x)", "s @ transpose(s, [0, 2, 1])", "cumsum(x)", "sort(x)", "top_k(x, 2)", "reshape(s, [N, T * 2])",
      "reshape(s, [N * T, 2])", "reshape(x, [N, 2, 3])", "x + w", "x - mean(x, axis = 1, keep = true)", "range(6) * x", "take(W, i, axis = 0)",
      "gather(x, i, axis = 1)", "one_hot(i, 4)", "argmax(x)", "x[:, 1:5]", "reverse(x)", "pad(x, [0, 1], [0, 2], 0)", "concat([x, x], axis = 1)",
      "embedding(3, 4)(i)", "conv1d(2, kernel = 2)(reshape(x, [N, 2, 3]))", "full([N, 2], 0.5)", "zeros(N, 3)", "x ^ 0", "attention(2)(s, s, s)",
      "gru(3)(reshape(x, [N, 3, 2]))", "grad(sum(step(x)), x)", "grad(sum(tanh(x) * w), x)", "batch_norm()(x)", "x * shape(s)[1]", "normal(0, 1, [N, 3])",
      "x * bernoulli(0.5, shape(x))", "uniform(0, 1, [N, T]) + normal(0, 1)"})
  void rowsAreApart(String value) {
    assertThat(rows(value)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"transpose(x)", "transpose(s, [1, 0, 2])", "W @ transpose(x)", "stack([sum(x, axis = 1), max(x, axis = 1)], axis = 0)"})
  void rowsAreApartAlongAnotherAxis(String value) {
    assertThat(rows(value)).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"w * 2", "W @ W", "range(6)", "sum(w)", "full([T], 1.0)", "shape(s)[1] * 2"})
  void someIsTheSameForAllRows(String value) {
    assertThat(rows(value)).isEqualTo(BatchAxes.ALIKE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x - mean(x, axis = 0)", "cumsum(x, axis = 0)", "sort(x, axis = 0)", "sort_index(x, axis = 0)", "range(N)", "x + x[0:1]", "x[0]",
      "x @ transpose(x)", "softmax(x, axis = 0)", "reverse(x, axis = 0)", "concat([x, x], axis = 0)", "pad(x, [1, 0], [0, 0], 0)", "x / N", "sum(x)",
      "reshape(x, [2, N * 3])", "reshape(x, [6, N])", "reshape(transpose(x), [N, 6])", "take(x, i, axis = 0)", "take(x, i[:, 0], axis = 0)",
      "gather(x, i, axis = 0)", "argmax(x, axis = 0)", "expand(x, 1) - expand(x, 0)", "transpose(x) @ x", "x[N - 1]", "x + reshape(range(N), [N, 1])",
      "full([N, 2], 1 / N)", "grad(sum(x @ transpose(x)), x)", "grad(mean(x * x), x)", "x * (shape(x)[0] > 2)", "one_hot(i[:, 0], 6) @ transpose(x)",
      "sum(x, axis = 0)", "normal(0, 1, [N, N])", "normal(0, 1, [2, N])", "bernoulli(0.5, [T, N])"})
  void someMixesRows(String value) {
    assertThat(rows(value)).isEqualTo(BatchAxes.MIXED);
  }

  // ---- which dimension counts

  private static Batch batch(String source) {
    return Batch.of(elaborated(source));
  }

  @Test
  void theBatchIsTheFirstDimensionThatLetsAllBeCut() {
    var looked = batch("input table: float[V, 3]\ninput id: int[N]\noutput y = take(table, id, axis = 0)\n");
    assertThat(looked.name()).isEqualTo("N");
    // the output is followed by what is looked at in each run, whether ids are places
    assertThat(looked.rows()).startsWith(0).hasSize(1 + IndexText.PARTS);
    assertThat(batch("input a: float[M, 3]\ninput b: float[N, 3]\noutput y = a * 2\noutput z = tanh(a)\n")).isEqualTo(new Batch("M", List.of(0, 0)));
    assertThat(batch("input a: float[M, 3]\ninput b: float[N, 3]\noutput y = b @ transpose(a)\noutput z = b\n")).isEqualTo(new Batch("N", List.of(0, 0)));
    assertThat(batch("input a: float[M, 3]\noutput y = softmax(a, axis = 0)\noutput z = a\n")).isEqualTo(new Batch("M", List.of(BatchAxes.MIXED, 0)));
    assertThat(batch("input a: float[3]\noutput y = a\n").name()).isEmpty();
  }
}
