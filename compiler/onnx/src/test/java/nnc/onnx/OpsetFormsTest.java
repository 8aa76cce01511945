package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxJavaType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import nnc.onnx.translate.Settings;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What versions 18 to 23 of the operators have changed or added: models of one operator each, beside ONNX Runtime. */
class OpsetFormsTest {
  private static final OnnxJavaType LONG = OnnxJavaType.INT64;

  @TempDir
  Path folder;

  private static SmallModel at(int opset) {
    return new SmallModel(opset);
  }

  private static SmallModel resize(int opset, int large, Object... attributes) {
    return at(opset).input("x", 1, 2, 7, 9).list("sizes", 1, 2, large, large + 3).node("Resize", "x . . sizes -> y", attributes).outputs("y");
  }

  private static Map<String, SmallModel> models() {
    var models = new TreeMap<String, SmallModel>();
    for (var name : List.of("ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceSumSquare")) {
      models.put("18 " + name + " with axes as an input", at(18).input("x", 2, 3, 4).list("axes", 0, -1).node(name, "x axes -> y", "keepdims", 0).outputs("y"));
    }
    models.put("18 ReduceMean of no axes", at(18).input("x", 2, 3).list("axes").node("ReduceMean", "x axes -> y", "noop_with_empty_axes", 1).outputs("y"));
    models.put("18 Split into parts", at(18).input("x", 7, 2).node("Split", "x -> a b c", "num_outputs", 3).outputs("a", "b", "c"));
    models.put("18 Pad of some axes", at(18).input("x", 2, 3, 4).list("pads", 1, 2).list("axes", 2).node("Pad", "x pads . axes -> y", "mode", "reflect").outputs("y"));
    models.put("19 Pad around", at(19).input("x", 2, 3, 4).list("pads", 0, 1, 2, 0, 1, 1).node("Pad", "x pads -> y", "mode", "wrap").outputs("y"));
    models.put("18 ScatterElements max", at(18).input("x", 3, 4).input("i", LONG, new long[] {2, 4}, 0, 1, 2, 0, 0, 2, 1, 0).input("v", 2, 4)
        .node("ScatterElements", "x i v -> y", "reduction", "max").outputs("y"));
    models.put("18 ScatterElements mul", at(18).input("x", 3, 4).input("i", LONG, new long[] {3, 2}, 0, 0, -1, 1, 3, 2).input("v", 3, 2)
        .node("ScatterElements", "x i v -> y", "reduction", "mul", "axis", 1).outputs("y"));
    models.put("18 ScatterND min", at(18).input("x", 3, 4).input("i", LONG, new long[] {4, 1}, 0, 2, 0, 2).input("v", 4, 4).node("ScatterND", "x i v -> y", "reduction", "min").outputs("y"));
    models.put("18 Resize of some axes", at(18).input("x", 1, 2, 4, 5).list("sizes", 8, 10).node("Resize", "x . . sizes -> y", "axes", List.of(2, 3), "mode", "linear").outputs("y"));
    models.put("18 Resize, not larger", at(18).input("x", 1, 2, 7, 9).list("sizes", 12, 10).node("Resize", "x . . sizes -> y", "mode", "linear", "axes", List.of(2, 3),
        "keep_aspect_ratio_policy", "not_larger").outputs("y"));
    models.put("18 Resize, not smaller", at(18).input("x", 1, 2, 7, 9).list("sizes", 12, 10).node("Resize", "x . . sizes -> y", "mode", "nearest", "axes", List.of(2, 3),
        "keep_aspect_ratio_policy", "not_smaller").outputs("y"));
    models.put("18 Resize, linear with antialiasing", resize(18, 4, "mode", "linear", "antialias", 1));
    models.put("18 Resize, cubic with antialiasing", resize(18, 4, "mode", "cubic", "antialias", 1));
    models.put("19 Resize, symmetric halves", resize(19, 5, "mode", "linear", "coordinate_transformation_mode", "half_pixel_symmetric"));
    models.put("18 CenterCropPad", at(18).input("x", 5, 4, 3).list("shape", 2, 7).node("CenterCropPad", "x shape -> y", "axes", List.of(0, 1)).outputs("y"));
    models.put("18 Col2Im", at(18).input("x", 2, 12, 4).list("image", 5, 5).list("block", 2, 3).node("Col2Im", "x image block -> y", "strides", List.of(3, 2)).outputs("y"));
    models.put("18 LpPool", at(18).input("x", 1, 2, 6, 7).node("LpPool", "x -> y", "kernel_shape", List.of(2, 2), "dilations", List.of(2, 1), "p", 2).outputs("y"));
    models.put("18 Mish", at(18).input("x", 2, 5).node("Mish", "x -> y").outputs("y"));
    models.put("19 AveragePool with dilations", at(19).input("x", 1, 2, 7, 7).node("AveragePool", "x -> y", "kernel_shape", List.of(2, 2), "dilations", List.of(2, 2)).outputs("y"));
    models.put("20 Gelu", at(20).input("x", 2, 5).node("Gelu", "x -> a").node("Gelu", "x -> b", "approximate", "tanh").outputs("a", "b"));
    models.put("20 AffineGrid", at(20).input("x", 2, 2, 3).list("size", 2, 1, 3, 4).node("AffineGrid", "x size -> a").node("AffineGrid", "x size -> b", "align_corners", 1).outputs("a", "b"));
    models.put("20 DFT with the axis as an input", at(20).input("x", 2, 6, 3, 1).whole("axis", 1).node("DFT", "x . axis -> y").outputs("y"));
    models.put("20 GridSample linear", at(20).input("x", 1, 2, 4, 5).input("g", 1, 3, 3, 2).node("GridSample", "x g -> y", "mode", "linear").outputs("y"));
    models.put("20 ReduceMax of truth values", at(20).input("x", OnnxJavaType.BOOL, new long[] {2, 3}, 1, 0, 0, 0, 0, 0).list("axes", 1).node("ReduceMax", "x axes -> y").outputs("y:9"));
    models.put("21 GroupNormalization by channel", at(21).input("x", 2, 4, 3).weight("s", 4).weight("b", 4).node("GroupNormalization", "x s b -> y", "num_groups", 2).outputs("y"));
    models.put("21 QuantizeLinear to a type that is said", at(21).input("x", 2, 5).weight("s", new long[0], 0.01).node("QuantizeLinear", "x s -> q", "output_dtype", 3)
        .node("DequantizeLinear", "q s -> y").outputs("y"));
    models.put("23 RMSNormalization", at(23).input("x", 2, 3, 4).weight("s", 4).node("RMSNormalization", "x s -> y").outputs("y"));
    models.put("23 RotaryEmbedding", at(23).input("x", 2, 4, 3, 8).input("c", 5, 4).input("s", 5, 4).input("p", LONG, new long[] {2, 3}, 0, 1, 2, 4, 3, 1)
        .node("RotaryEmbedding", "x c s p -> a").node("RotaryEmbedding", "x c s p -> b", "interleaved", 1).outputs("a", "b"));
    models.put("23 RotaryEmbedding of rows", at(23).input("x", 2, 3, 16).input("c", 2, 3, 2).input("s", 2, 3, 2)
        .node("RotaryEmbedding", "x c s -> y", "num_heads", 2, "rotary_embedding_dim", 4).outputs("y"));
    models.put("23 Attention of heads", at(23).input("q", 2, 4, 3, 8).input("k", 2, 4, 5, 8).input("v", 2, 4, 5, 6).node("Attention", "q k v -> y").outputs("y"));
    models.put("23 Attention of rows, with a mask", at(23).input("q", 2, 3, 16).input("k", 2, 5, 16).input("v", 2, 5, 16).input("m", 3, 5)
        .node("Attention", "q k v m -> y", "q_num_heads", 2, "kv_num_heads", 2, "scale", 0.25, "softcap", 2.0).outputs("y"));
    models.put("23 Attention, causal", at(23).input("q", 2, 2, 4, 8).input("k", 2, 2, 4, 8).input("v", 2, 2, 4, 8).node("Attention", "q k v -> y", "is_causal", 1).outputs("y"));
    models.put("23 Attention with fewer heads of keys", at(23).input("q", 1, 4, 3, 8).input("k", 1, 2, 3, 8).input("v", 1, 2, 3, 8).node("Attention", "q k v -> y").outputs("y"));
    models.put("23 Attention that goes on", at(23).input("q", 1, 2, 1, 8).input("k", 1, 2, 1, 8).input("v", 1, 2, 1, 8).input("pk", 1, 2, 4, 8).input("pv", 1, 2, 4, 8)
        .node("Attention", "q k v . pk pv -> y nk nv").outputs("y", "nk", "nv"));
    return models;
  }

  static Stream<String> names() {
    return models().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void computesWhatOnnxRuntimeComputes(String name) throws Exception {
    models().get(name).agrees(folder);
  }

  /** What is not there is told, and not passed over. */
  @Test
  void scalesOfBlocksAreRefused() {
    var blocks = at(21).input("x", 2, 6).weight("s", 2, 3).node("QuantizeLinear", "x s -> q", "block_size", 2, "axis", 1).node("DequantizeLinear", "q s -> y", "block_size", 2, "axis", 1)
        .outputs("y");
    assertThatThrownBy(() -> OnnxImport.of(blocks.file(folder), Settings.NONE)).isInstanceOf(Fault.class).hasMessageContaining("QuantizeLinear 'the_QuantizeLinear0': each of its scales is for a block of 2 numbers");
  }

  private static SmallModel recurrence(String operator, int gates, String direction, Object... more) {
    int directions = direction.equals("bidirectional") ? 2 : 1;
    var attributes = Stream.concat(Stream.of("hidden_size", 4, "direction", direction), Stream.of(more)).toArray();
    return at(22).input("x", 5, 2, 3).weight("w", directions, 4L * gates, 3).weight("r", directions, 4L * gates, 4).weight("b", directions, 8L * gates)
        .node(operator, "x w r b -> y h", attributes).outputs("y", "h");
  }

  @Test
  void recurrencesAreLayersOfTheLibrary() throws Exception {
    assertThat(recurrence("LSTM", 4, "forward").agrees(folder).text()).contains("lstm(4)").doesNotContain("fn onnx_");
    assertThat(recurrence("LSTM", 4, "bidirectional").agrees(folder).text()).contains("lstm(4, bidirectional = true)");
    assertThat(recurrence("GRU", 3, "bidirectional", "linear_before_reset", 1).agrees(folder).text()).contains("gru(4, bidirectional = true)");
    assertThat(recurrence("RNN", 1, "forward").agrees(folder).text()).contains("rnn(4)");
  }

  /** One program for sequences of any length and batches of any size. */
  @ParameterizedTest
  @ValueSource(strings = {"RNN forward", "LSTM bidirectional", "GRU reverse", "LSTM reverse"})
  void recurrencesRunOverOpenLengths(String kind) throws Exception {
    var operator = kind.substring(0, kind.indexOf(' '));
    var program = openRecurrence(operator, kind.substring(kind.indexOf(' ') + 1), false)
        .agreesAt(folder, Stream.of(new int[] {5, 2}, new int[] {3, 4}, new int[] {40, 1}).map(size -> Map.of("T", size[0], "N", size[1])).toList());
    assertThat(program.text()).contains("float[T, N, 3]");
  }

  @Test
  void rowsOfSeveralLengthsNeedAKnownNumberOfSteps() {
    var model = openRecurrence("GRU", "forward", true);
    assertThatThrownBy(() -> OnnxImport.of(model.file(folder), Settings.NONE)).isInstanceOf(Fault.class).hasMessageContaining("rows of several lengths");
  }

  private static SmallModel openRecurrence(String operator, String direction, boolean lengths) {
    int gates = Map.of("RNN", 1, "LSTM", 4, "GRU", 3).get(operator);
    int directions = direction.equals("bidirectional") ? 2 : 1;
    var model = at(14).open("x", "T", lengths ? 2 : "N", 3).weight("w", directions, 4L * gates, 3).weight("r", directions, 4L * gates, 4).weight("b", directions, 8L * gates);
    if (lengths) {
      model.input("n", OnnxJavaType.INT32, new long[] {2}, 3, 1);
    }
    return model.node(operator, "x w r b" + (lengths ? " n" : "") + " -> y h", "hidden_size", 4, "direction", direction).outputs("y", "h");
  }

  /** What the library's layers do not say stays a function that the program has. */
  @Test
  void otherRecurrencesStayFunctions() throws Exception {
    assertThat(recurrence("LSTM", 4, "reverse").agrees(folder).text()).contains("fn onnx_lstm(");
    assertThat(recurrence("GRU", 3, "forward").agrees(folder).text()).contains("fn onnx_gru(");
    assertThat(recurrence("RNN", 1, "forward", "activations", List.of("Relu")).agrees(folder).text()).contains("fn onnx_rnn(");
    var states = at(14).input("x", 5, 2, 3).weight("w", 1, 16, 3).weight("r", 1, 16, 4).weight("b", 1, 32).input("h", 1, 2, 4).input("c", 1, 2, 4)
        .node("LSTM", "x w r b . h c -> y yh yc", "hidden_size", 4).outputs("y", "yh", "yc");
    assertThat(states.agrees(folder).text()).contains("fn onnx_lstm(");
  }
}
