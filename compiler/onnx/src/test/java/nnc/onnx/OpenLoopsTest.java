package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxJavaType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.onnx.translate.Settings;
import nnc.onnx.write.ImportedProgram;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loops and scans over an open number of turns become loops of the language: at several lengths what ONNX Runtime computes, by one program. */
class OpenLoopsTest {
  @TempDir
  Path folder;

  private static final List<Map<String, Integer>> SIZES = List.of(Map.of("N", 2, "T", 5), Map.of("N", 3, "T", 1), Map.of("N", 1, "T", 8));

  private ImportedProgram agrees(SmallModel model) throws Exception {
    return model.agreesAt(folder, SIZES);
  }

  private void refuses(SmallModel model, String... parts) throws Exception {
    var file = model.file(folder);
    assertThatThrownBy(() -> OnnxImport.of(file, Settings.NONE)).isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.getMessage() + "\n" + fault.hint()).contains(parts));
  }

  /** The cell h' = tanh(x w + h u + b), which also tells h'. Its weights are outside. */
  private static SmallModel cell() {
    return new SmallModel(17).takes("h", "row").node("MatMul", "row w -> a").node("MatMul", "h u -> c").node("Add", "a c -> s").node("Add", "s b -> z").node("Tanh", "z -> next")
        .node("Identity", "next -> told").outputs("next", "told");
  }

  private static SmallModel weights(SmallModel model) {
    return model.weight("w", 3, 4).weight("u", 4, 4).weight("b", 4);
  }

  /** Zeros for each row of a batch, [N, 4]. */
  private static SmallModel zeros(SmallModel model, String of) {
    return model.whole("zeroth", 0).list("first", 0).list("width", 4).node("Shape", of + " -> shape").node("Gather", "shape zeroth -> n").node("Unsqueeze", "n first -> n1")
        .node("Concat", "n1 width -> wanted", "axis", 0).node("ConstantOfShape", "wanted -> h0");
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 0, 1", "1, 1, 0, 0", "1, 1, 1, -1", "-2, 0, 1, 2"})
  void scanIsALoop(int axis, int backwards, int inFront, int along) throws Exception {
    var model = zeros(weights(new SmallModel(17).open("x", "N", "T", 3)), "x")
        .node("Scan", "h0 x -> last all", "body", cell(), "num_scan_inputs", 1, "scan_input_axes", List.of(axis), "scan_input_directions", List.of(backwards),
            "scan_output_axes", List.of(along), "scan_output_directions", List.of(inFront)).outputs("last", "all");
    var program = agrees(model);
    assertThat(program.text()).contains("for t in 0..T {", backwards == 1 ? "x[:, T - 1 - t]" : "x[:, t]", inFront == 1 ? "] + steps" : "= steps + [");
  }

  /** Several of each, of several axes and directions; a row without a state; an axis in front. */
  @Test
  void scanOfSeveralInputsStatesAndOutputs() throws Exception {
    var body = new SmallModel(17).takes("p", "q", "a", "b").node("Add", "p a -> p2").node("Mul", "q p -> m").node("Add", "m b -> q2").node("Sub", "p2 q -> y1").node("Mul", "a b -> y2")
        .node("ReduceMean", "y2 -> y3", "keepdims", 0).outputs("p2", "q2", "y1", "y2", "y3");
    var model = new SmallModel(17).open("x", "T", 3).open("z", 3, "T").input("p0", 3).input("q0", 3)
        .node("Scan", "p0 q0 x z -> p q ys1 ys2 ys3", "body", body, "num_scan_inputs", 2, "scan_input_axes", List.of(0, 1), "scan_input_directions", List.of(0, 1),
            "scan_output_axes", List.of(1, 0, 0), "scan_output_directions", List.of(0, 1, 0)).outputs("p", "q", "ys1", "ys2", "ys3");
    agrees(model);
    var stateless = new SmallModel(17).takes("a").node("Softmax", "a -> y").outputs("y");
    assertThat(agrees(new SmallModel(17).open("x", "T", "N").node("Scan", "x -> y", "body", stateless, "num_scan_inputs", 1).outputs("y")).text()).contains("for t in 0..T {");
  }

  @Test
  void opsetNineToo() throws Exception {
    var body = new SmallModel(9).takes("s", "a").node("Add", "s a -> s2").node("Identity", "s2 -> y").outputs("s2", "y");
    agrees(new SmallModel(9).open("x", "T", 3).input("s0", 3).node("Scan", "s0 x -> s y", "body", body, "num_scan_inputs", 1).outputs("s", "y"));
  }

  /** What does not depend on the turn stands before the loop, layers too. */
  @Test
  void whatIsTheSameInAllTurnsIsComputedOnce() throws Exception {
    var body = new SmallModel(17).takes("h", "row").node("MatMul", "c u -> d").node("Sigmoid", "d -> gate").node("Mul", "h gate -> kept").node("MatMul", "row w -> a").node("Add", "kept a -> next")
        .node("Identity", "next -> told").outputs("next", "told");
    var model = zeros(weights(new SmallModel(17).open("x", "N", "T", 3).open("c", "N", 4)), "x")
        .node("Scan", "h0 x -> last all", "body", body, "num_scan_inputs", 1, "scan_input_axes", List.of(1)).outputs("last", "all");
    var lines = agrees(model).text().lines().toList();
    int begin = lines.indexOf("for t in 0..T {");
    assertThat(lines.subList(0, begin)).anyMatch(line -> line.contains("sigmoid")).anyMatch(line -> line.contains(" = dense(4, bias = false)"));
    assertThat(lines.subList(begin, lines.size())).noneMatch(line -> line.contains("sigmoid") || line.contains("dense("));
  }

  private static SmallModel trips(SmallModel model, String of, int axis) {
    return model.truth("yes", true).whole("place", axis).node("Shape", of + " -> lengths").node("Gather", "lengths place -> trips");
  }

  /** Two values carried, one of which counts, and one collected; a turn reads its own number as place and as number. */
  @Test
  void loopOfASize() throws Exception {
    var body = new SmallModel(17).takes("i:7[]", "going:9[]", "h", "count:7[]").whole("one", 1).node("Gather", "x i -> row", "axis", 1).node("Add", "h row -> s").node("Cast", "i -> real", "to", 1)
        .node("Mul", "s real -> y").node("Sin", "s -> next").node("Add", "count one -> more").node("Mul", "more i -> product").node("Identity", "going -> on").outputs("on:9[]", "next", "product:7[]", "y");
    var model = trips(new SmallModel(17).open("x", "N", "T", 3).open("h0", "N", 3), "x", 1).whole("zero", 0)
        .node("Loop", "trips yes h0 zero -> last count all", "body", body).outputs("last", "count:7", "all");
    assertThat(agrees(model).text()).contains("for t in 0..T {", "x[:, t]", "cast(t, \"int\")");
  }

  /** The number of turns follows from a size; places that are computed of the turn's number; a value that no turn changes. */
  @Test
  void loopOfHalfASize() throws Exception {
    var body = new SmallModel(17).takes("i:7[]", "going:9[]", "h", "kept").whole("two", 2).node("Mul", "i two -> j").node("Gather", "x j -> row", "axis", 1).node("Mul", "row kept -> r").node("Add", "h r -> next")
        .node("Identity", "kept -> same").outputs("going:9[]", "next", "same");
    var model = trips(new SmallModel(17).open("x", "N", "T", 3).open("h0", "N", 3).open("k", "N", 3), "x", 1).whole("half", 2).node("Div", "trips half -> turns")
        .node("Loop", "turns . h0 k -> last same", "body", body).outputs("last", "same");
    assertThat(agrees(model).text()).contains("for t in 0..(floor(T/2)) {");
  }

  /** No turn at all: what is carried is what it was, and nothing is collected. */
  @Test
  void noTurns() throws Exception {
    var body = new SmallModel(17).takes("i:7[]", "going:9[]", "a", "b").node("Gather", "x i -> row", "axis", 1).node("Add", "row a -> y").outputs("going:9[]", "b", "a", "y");
    var model = trips(new SmallModel(17).open("x", "N", "T", 3).open("h0", "N", 3).open("h1", "N", 3), "x", 1).whole("one", 1).node("Sub", "trips one -> turns")
        .node("Loop", "turns . h0 h1 -> a b all", "body", body).node("ReduceSum", "all -> sum", "keepdims", 0).outputs("a", "b", "sum");
    assertThat(agrees(model).text()).contains("for t in 0..(T - 1) {", "h, h2 = [h2, h]");
  }

  /** A number of turns that would be negative is none. */
  @Test
  void fewerThanNoTurns() throws Exception {
    var body = new SmallModel(17).takes("i:7[]", "going:9[]", "a").node("Sin", "a -> b").outputs("going:9[]", "b");
    agrees(trips(new SmallModel(17).open("x", "N", "T", 3).open("h0", "N", 3), "x", 1).whole("three", 3).node("Sub", "trips three -> turns")
        .node("Loop", "turns . h0 -> a", "body", body).node("Size", "x -> all").outputs("a", "all:7"));
  }

  /** A function with a gradient of its own, which the language does not take in a loop; outside of it, it may stand. */
  @Test
  void roundingInALoop() throws Exception {
    var body = new SmallModel(17).takes("s", "a").node("Add", "s a -> s2").node("Cast", "s2 -> half", "to", 10).node("Cast", "half -> s3", "to", 1).outputs("s3");
    refuses(new SmallModel(17).open("x", "T", 3).input("s0", 3).node("Scan", "s0 x -> s", "body", body, "num_scan_inputs", 1).outputs("s"), "rounded to 16 bits within a loop", "give the size T with -D");
    var plain = new SmallModel(17).takes("s", "a").node("Add", "s a -> s2").node("Mul", "s2 rounded -> s3").outputs("s3");
    agrees(new SmallModel(17).open("x", "T", 3).input("s0", 3).node("Cast", "s0 -> half", "to", 10).node("Cast", "half -> rounded", "to", 1)
        .node("Scan", "s0 x -> s", "body", plain, "num_scan_inputs", 1).outputs("s"));
  }

  /** Loops in loops: the inner one over another size, reading both numbers, and what the outer one carries. */
  @Test
  void loopsNest() throws Exception {
    var inner = new SmallModel(17).takes("j:7[]", "on:9[]", "s").node("Gather", "x j -> other", "axis", 1).node("Mul", "other row -> pair").node("Add", "pair outer -> p").node("Tanh", "p -> t").node("Add", "s t -> s2")
        .outputs("on:9[]", "s2", "t");
    var outer = new SmallModel(17).takes("i:7[]", "going:9[]", "outer").node("Gather", "x i -> row", "axis", 1).node("Loop", "trips yes outer -> sum pairs", "body", inner).weight("tenth", new long[0], 0.1)
        .node("Mul", "sum tenth -> less").node("Sin", "less -> next").outputs("going:9[]", "next", "pairs");
    agrees(trips(new SmallModel(17).open("x", "N", "T", 3).open("h0", "N", 3), "x", 1).node("Loop", "trips yes h0 -> last all", "body", outer).outputs("last", "all"));
  }

  /** What the loop gives goes on, through layers that repeat. */
  @Test
  void layersBehindALoop() throws Exception {
    var model = zeros(weights(new SmallModel(17).open("x", "N", "T", 3)), "x").node("Scan", "h0 x -> last all", "body", cell(), "num_scan_inputs", 1, "scan_input_axes", List.of(1), "scan_output_axes", List.of(1));
    var before = "all";
    for (int i = 0; i < 3; i++) {
      model.weight("v" + i, 4, 4).node("MatMul", before + " v" + i + " -> m" + i).node("Relu", "m" + i + " -> r" + i).node("Add", "r" + i + " " + before + " -> k" + i).node("Softmax", "k" + i + " -> o" + i);
      before = "o" + i;
    }
    agrees(model.outputs("last", before));
  }

  /** A condition of data: so many turns at most, or until it no longer holds. */
  @ParameterizedTest
  @CsvSource({"open", "known", "none"})
  void conditionsOfDataAreAsked(String bound) throws Exception {
    var body = new SmallModel(17).takes("i:7[]", "going:9[]", "h", "count:7[]").whole("one", 1).weight("bound", new long[0], 4).weight("twice", new long[0], 1.5).node("Mul", "h twice -> next").node("ReduceSum", "next -> sum", "keepdims", 0)
        .node("Abs", "sum -> size").node("Less", "size bound -> on").node("Add", "count one -> more").outputs("on:9[]", "next", "more:7[]");
    var model = trips(new SmallModel(17).open("x", "N", "T", 3).open("h0", "N", 3), "x", 1).whole("zero", 0).whole("six", 6);
    var trips = bound.equals("open") ? "trips" : bound.equals("known") ? "six" : ".";
    assertThat(agrees(model.node("Loop", trips + " yes h0 zero -> last count", "body", body).node("Size", "x -> all").outputs("last", "count:7", "all:7")).text()).contains("while going {");
  }

  @Test
  void conditionsThatDoNotHoldAtFirst() throws Exception {
    var body = new SmallModel(17).takes("i:7[]", "going:9[]", "h").node("Sin", "h -> next").outputs("going:9[]", "next");
    for (double value : List.of(-1.0, 1.0)) {
      var model = trips(new SmallModel(17).open("x", "N", "T", 3).open("h0", "N", 3).input("level", OnnxJavaType.FLOAT, new long[0], value).weight("none", new long[0], 0), "x", 1)
          .node("Greater", "level none -> begins").node("Loop", "trips begins h0 -> last", "body", body).outputs("last");
      agrees(model);
    }
  }

  @Test
  void whatTheLanguageCannotSayIsRefused() throws Exception {
    var grows = new SmallModel(17).takes("i:7[]", "going:9[]", "h").node("Concat", "h h -> next", "axis", 1).outputs("going:9[]", "next");
    refuses(trips(new SmallModel(17).open("x", "N", "T", 3).open("h0", "N", 3), "x", 1).node("Loop", "trips yes h0 -> last", "body", grows).outputs("last"),
        "Loop", "it carries float[N, 3], of which a turn makes float[N, 6], and what a loop carries keeps its type; turns are unrolled of a known number of them: give the size T with -D");
    var same = new SmallModel(17).takes("i:7[]", "going:9[]", "h").node("Sin", "h -> next").outputs("going:9[]", "next");
    refuses(new SmallModel(17).open("h0", "N", 3).truth("yes", true).input("trips", OnnxJavaType.INT64, new long[0], 3).node("Loop", "trips yes h0 -> last", "body", same).outputs("last"),
        "how many turns it takes is known only when it runs: it follows from trips", "-D trips=VALUE");
    refuses(new SmallModel(17).open("h0", "N", 3).whole("many", 5000).node("Loop", "many . h0 -> last", "body", same).outputs("last"), "it takes 5000 turns, and more than 4096 are not unrolled");
    var collects = new SmallModel(17).takes("i:7[]", "going:9[]", "h").weight("bound", new long[0], 4).node("ReduceSum", "h -> sum", "keepdims", 0).node("Less", "sum bound -> on").node("Sin", "h -> next")
        .node("Identity", "next -> row").outputs("on:9[]", "next", "row");
    refuses(trips(new SmallModel(17).open("x", "N", "T", 3).open("h0", "N", 3), "x", 1).node("Loop", "trips yes h0 -> last rows", "body", collects).outputs("last", "rows"),
        "how many rows it collects is known only when it runs");
    var place = new SmallModel(17).takes("i:7[]", "going:9[]", "h").list("first", 0).whole("one", 1).node("Add", "i one -> j").node("Unsqueeze", "i first -> from").node("Unsqueeze", "j first -> to")
        .node("Slice", "x from to first -> part").node("Add", "h part -> next").outputs("going:9[]", "next");
    refuses(trips(new SmallModel(17).open("x", "T", 3).input("h0", 1, 3), "x", 0).node("Loop", "trips yes h0 -> last", "body", place).outputs("last"),
        "Slice", "where it starts is known only when it runs", "its body cannot be said for any turn; turns are unrolled of a known number of them: give the size T with -D");
    refuses(new SmallModel(17).open("h0", "N", 3).whole("five", 5).input("start", OnnxJavaType.BOOL, new long[0], 1).node("Loop", "five start h0 -> last", "body", grows).outputs("last"),
        "what a loop carries keeps its type", "-D start=VALUE");
    var pair = new SmallModel(17).takes("a", "b").node("Add", "a b -> y").outputs("y");
    refuses(new SmallModel(17).open("x", "T", 3).open("z", "S", 3).node("Scan", "x z -> y", "body", pair, "num_scan_inputs", 2).outputs("y"), "it scans axes of T and S places, which are to be one size: give it with -D");
    refuses(new SmallModel(17).input("x", 5000, 1).node("Scan", "x -> y", "body", new SmallModel(17).takes("a").node("Sin", "a -> y").outputs("y"), "num_scan_inputs", 1).outputs("y"),
        "it takes 5000 turns, and more than 4096 are not unrolled");
  }
}
