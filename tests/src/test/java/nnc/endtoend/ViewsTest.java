package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.optimizations.Optimization;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Views of views, and what is put together from parts of one array. Oracles: the interpreter, and a plainer way to say the same. */
class ViewsTest {

  // ---- turned, reshaped and turned back

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
      "2, 2; transpose(repeat(transpose(x, [0, 2, 1]), 2, axis = 1), [0, 2, 1]); repeat(x, 2, axis = 2)",
      "12, 5; transpose(reshape(transpose(x, [0, 2, 1]), [N, 5, 3, 4]), [0, 2, 3, 1]); reshape(x, [N, 3, 4, 5])",
      "6, 8, 2; transpose(upsample2d(transpose(x, [0, 3, 1, 2]), [1, 2]), [0, 2, 3, 1]); repeat(x, 2, axis = 2)",
      "6, 8, 2; transpose(upsample2d(transpose(x, [0, 3, 1, 2]), 2), [0, 2, 3, 1]); repeat(repeat(x, 2, axis = 2), 2, axis = 1)"})
  void aWayThereAndBackIsTheShortOne(String shape, String value, String plain) {
    var compiled = Programs.compile("input x: float[N, %s]\noutput y = %s\noutput plain = %s\n".formatted(shape, value, plain), 32);
    for (var width : List.of("Scalar", "256")) {
      for (int batch : new int[] {1, 2, 3, 7, 33}) {
        var context = Agreement.load(compiled, width).context("predict", batch);
        Agreement.feed(Agreement.load(compiled, width), context, batch);
        context.run();
        assertThat(context.output("y").tensor().toDoubles()).as("%s, %d examples, %s", value, batch, width).isEqualTo(context.output("plain").tensor().toDoubles());
      }
    }
  }

  /** Gradients and trained weights go the same ways. */
  @Test
  void channelsLastIsTrained() {
    Agreement.check(Programs.compile("""
        input x: float[N, 12, 5]
        target t: float[N, 6, 4, 3]
        picture = reshape(transpose(x, [0, 2, 1]), [N, 5, 3, 4])
        wide = transpose(upsample2d(picture, [2, 1]), [0, 2, 3, 1]) |> dense(3, tanh)
        output y = wide
        loss mse(wide, t)
        train { optimizer = sgd(0.1) }
        """, 64), 3, 1e-9, 5);
  }

  // ---- a turned tensor and its own reduction

  @ParameterizedTest
  @ValueSource(strings = {
      "input x: float[N, 4, 3]\ns = transpose(x, [0, 2, 1])\noutput y = s - mean(s, axis = [1, 2], keep = true)\n",
      "input x: float[N, 4]\ns = transpose(x, [1, 0])\noutput y = s - mean(s)\n",
      "input x: float[N, 4]\ns = transpose(x, [1, 0])\noutput y = where(max(s) > 1, s, 0.5 * s) / (1 + sum(s * s))\n",
      "input x: float[N, 2, 3, 4]\ninput seed: float[N, 4, 2, 3]\nv = transpose(instance_norm()(x), [0, 3, 1, 2])\noutput g = grad(sum(v * seed), x)\n"})
  void aTurnedTensorMeetsItsOwnReduction(String source) {
    for (int batch : new int[] {1, 2, 17}) {
      Agreement.check(Programs.compile(source, 64), batch, 1e-9, batch);
      Agreement.check(Programs.compile(source, 32), batch, 1e-3, batch);
    }
  }

  // ---- parts that a scatter makes

  @ParameterizedTest
  @ValueSource(strings = {
      """
      input x: float[N, 4, 3]
      target y: int[N, 4]
      h = x |> dense(5, tanh)
      lp = log_softmax(h |> dense(6))
      total = 0
      for t in 0..4 { total = total - mean(gather(lp[:, t], expand(y[:, t], 1), axis = 1)) }
      loss total
      """,
      """
      input x: float[N, 3]
      target a: int[N, 1]
      target b: int[N, 1]
      h = x |> dense(12)
      p, q = split(h, 2, axis = -1)
      loss mean(gather(tanh(p), a, axis = 1)) + mean(gather(q, b, axis = 1))
      """,
      """
      input x: float[N, 6]
      h = x |> dense(6)
      loss mean(sort(h[:, 0:3])[:, 0] * 2 + sort(h[:, 3:6])[:, 1]^2)
      """,
      """
      input x: float[N, 8]
      target y: float[N]
      h = x |> dense(8)
      loss mse(sum(top_k(h[:, 0:4], 2), axis = 1) * sum(top_k(h[:, 4:8], 2), axis = 1), y)
      """})
  void gradientsOfChoicesFromPartsOfOneArray(String source) {
    var trained = source + "train { optimizer = sgd(0.1) }\n";
    Agreement.check(Programs.compile(trained, 64), 3, 1e-9, 4);
    Agreement.check(Programs.compile(trained, 64, Optimization.SUM_OF_PADS_TO_CONCAT), 3, 1e-9, 4);
  }

  /** Sums that are scattered, as a part of a whole, as the next value of a weight, and as both at once. */
  @Test
  void scatteredSumsGoWhereTheyAreWanted() {
    var b = new GraphBuilder();
    var index = b.input("i", new Type(Kind.INT, List.of(Dim.of(2), Dim.of(3))));
    var x = b.input("x", Type.floats(List.of(Dim.of(2), Dim.of(3))));
    b.parameter("p", Type.floats(List.of(Dim.of(2), Dim.of(5))));
    b.parameter("q", Type.floats(List.of(Dim.of(2), Dim.of(5))));
    var sums = b.scatterAdd(index, x, 1, Dim.of(5));
    var graph = b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "joined", b.concat(List.of(x, sums, x), 1)),
        new Graph.Result(Graph.Role.OUTPUT, "below", b.concat(List.of(sums, sums), 0)), new Graph.Result(Graph.Role.UPDATE, "p", sums),
        new Graph.Result(Graph.Role.UPDATE, "q", b.emit(new Op.Slice(List.of(Dim.of(1), Dim.ZERO), List.of(Dim.of(2), Dim.of(5)), List.of(-1, 1)), List.of(sums)))));
    Agreement.check(Bare.compile(graph, 64, true), 1, 1e-12, 3);
    Agreement.check(Bare.compile(graph, 64, false), 1, 1e-12, 3);
  }

  /** The next value of what is kept may be made of other elements of the old one, also of what is computed of these on the way: none is overwritten before. */
  @Test
  void whatIsKeptIsReadBeforeItIsOverwritten() {
    var type = Type.floats(List.of(Dim.of(3), Dim.of(6)));
    for (int axis = 0; axis < 2; axis++) {
      int size = type.dim(axis).fixed();
      var b = new GraphBuilder();
      var back = b.table(new Type(Kind.INT, type.shape()), IntStream.range(0, 18).mapToObj(i -> (double) ((i * i + 2) % size)).toList());
      var results = new ArrayList<Graph.Result>();
      for (int i = 0; i < 5; i++) {
        var old = b.parameter("p" + i, type);
        var part = b.div(old, b.constant(4));
        results.add(new Graph.Result(Graph.Role.UPDATE, "p" + i, switch (i) {
          case 0 -> b.gather(old, back, axis);
          case 1 -> b.gather(part, back, axis);
          case 2 -> b.add(old, b.exp(b.gather(b.neg(part), back, axis)));
          case 3 -> b.reverse(part, axis);
          default -> b.gather(b.add(part, b.constant(1)), b.cast(b.less(old, part), Kind.INT), axis);
        }));
      }
      var graph = b.finish("predict", results);
      Agreement.check(Bare.compile(graph, 64, true), 1, 1e-12, 3);
      Agreement.check(Bare.compile(graph, 64, false), 1, 1e-12, 3);
    }
  }

  // ---- what follows from weights and an open size

  /** What is computed once is computed anew where it depends on a size that has changed. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSizeIsWhatItIsInEachRun(boolean product) {
    var b = new GraphBuilder();
    var x = b.input("x", Type.floats(List.of(Dim.open("N"), Dim.open("T"), Dim.of(2))));
    var w = b.mul(b.parameter("w", Type.floats(List.of(Dim.of(2), Dim.of(3)))), b.size(Dim.open("T").plus(1)));
    var y = product ? Compositions.matmul(b, x, w) : b.mul(b.sum(w, List.of(1)), x);
    var plain = b.mul(product ? Compositions.matmul(b, x, b.parameter("w", Type.floats(List.of(Dim.of(2), Dim.of(3))))) : b.mul(x, b.sum(b.parameter("w", w.type()), List.of(1))),
        b.sum(b.full(List.of(Dim.open("T").plus(1)), 1, Kind.FLOAT), List.of(0)));
    var graph = b.finish("predict", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", y), new Graph.Result(Graph.Role.OUTPUT, "plain", plain)));
    try (var team = new Threads(1)) {
      var model = Agreement.load(Bare.compile(graph, 64, true), "Scalar").initialised(3);
      var context = model.context("predict", Map.of("N", 4, "T", 9), team);
      for (int size : new int[] {9, 2, 5}) {
        context.dim("T", size);
        Agreement.feed(model, context, size);
        context.run();
        var expected = context.output("plain").tensor().toDoubles();
        var actual = context.output("y").tensor().toDoubles();
        for (int i = 0; i < actual.length; i++) {
          assertThat(actual[i]).as("T = %d", size).isCloseTo(expected[i], offset(1e-12));
        }
      }
    }
  }
}
