package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.onnx.write.ImportedProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Operators over pictures whose height and width are open, imported with nothing decided: at several sizes what ONNX Runtime computes. */
class OpenSpaceTest {
  @TempDir
  Path folder;

  private static final List<Map<String, Integer>> SIZES = Stream.of(new int[] {8, 8}, new int[] {9, 14}, new int[] {13, 7}, new int[] {10, 11})
      .map(size -> Map.of("H", size[0], "V", size[1])).toList();

  private static SmallModel picture(int opset) {
    return new SmallModel(opset).open("x", 2, 3, "H", "V");
  }

  private ImportedProgram agrees(SmallModel model) throws Exception {
    return model.outputs("y").agreesAt(folder, SIZES);
  }

  static Stream<Arguments> windows() {
    return Stream.of(Arguments.of(3, 2), Arguments.of(1, 2), Arguments.of(2, 3), Arguments.of(3, 4), Arguments.of(2, 4), Arguments.of(5, 3));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void bordersFollowFromSizes(int kernel, int stride) throws Exception {
    for (var mode : List.of("SAME_UPPER", "SAME_LOWER")) {
      Object[] attributes = {"auto_pad", mode, "strides", List.of(stride, stride)};
      var program = agrees(picture(17).weight("w", 4, 3, kernel, kernel).weight("b", 4).node("Conv", "x w b -> y", attributes));
      if (mode.equals("SAME_UPPER")) {
        assertThat(program.text()).contains("conv2d(4, " + kernel);
      }
      // of longer steps ONNX Runtime's pools, other than its convolutions, cut off what lies in front of the first window
      if (stride <= kernel + 1) {
        agrees(picture(17).node("MaxPool", "x -> y", "auto_pad", mode, "kernel_shape", List.of(kernel, kernel), "strides", List.of(stride, stride)));
        agrees(picture(17).node("AveragePool", "x -> y", "auto_pad", mode, "kernel_shape", List.of(kernel, kernel), "strides", List.of(stride, stride)));
      }
    }
  }

  @Test
  void sameIsALayerOfKnownSizesToo() throws Exception {
    var program = new SmallModel(17).input("x", 1, 3, 8, 9).weight("w", 4, 3, 3, 3)
        .node("Conv", "x w -> y", "strides", List.of(2, 2), "pads", List.of(0, 1, 1, 1)).outputs("y").agrees(folder);
    assertThat(program.text()).contains("padding = \"same\"");
  }

  static Stream<Arguments> upwards() {
    return Stream.of(Arguments.of(3, 2, 0), Arguments.of(2, 2, 0), Arguments.of(3, 2, 1), Arguments.of(1, 2, 0), Arguments.of(2, 3, 0), Arguments.of(2, 3, 1), Arguments.of(3, 3, 1));
  }

  @ParameterizedTest
  @MethodSource("upwards")
  void poolsCountUpwards(int kernel, int stride, int border) throws Exception {
    Object[] attributes = {"ceil_mode", 1, "kernel_shape", List.of(kernel, kernel), "strides", List.of(stride, stride), "pads", List.of(border, border, border, border)};
    agrees(picture(17).node("MaxPool", "x -> y", attributes));
    agrees(picture(19).node("AveragePool", "x -> y", attributes));
    agrees(picture(19).node("AveragePool", "x -> y", Stream.concat(Stream.of(attributes), Stream.of("count_include_pad", 1)).toArray()));
  }

  static Stream<Arguments> scalings() {
    return Stream.of(Arguments.of(2.0, "nearest", "asymmetric", "floor"), Arguments.of(2.0, "nearest", "half_pixel", "round_prefer_floor"), Arguments.of(1.5, "nearest", "half_pixel", "round_prefer_ceil"),
        Arguments.of(0.5, "nearest", "asymmetric", "ceil"), Arguments.of(0.75, "nearest", "half_pixel", "floor"), Arguments.of(2.5, "nearest", "asymmetric", "round_prefer_floor"),
        Arguments.of(2.0, "linear", "half_pixel", ""), Arguments.of(0.5, "linear", "half_pixel", ""), Arguments.of(1.5, "linear", "asymmetric", ""), Arguments.of(2.0, "linear", "align_corners", ""),
        Arguments.of(3.0, "linear", "pytorch_half_pixel", ""), Arguments.of(2.0, "cubic", "half_pixel", ""), Arguments.of(0.5, "cubic", "asymmetric", ""), Arguments.of(0.25, "linear", "pytorch_half_pixel", ""));
  }

  @ParameterizedTest
  @MethodSource("scalings")
  void scalesOfOpenSizes(double scale, String mode, String coordinates, String rounding) throws Exception {
    var model = picture(17).weight("roi", new long[] {0}).weight("scales", new long[] {4}, 1, 1, scale, scale);
    agrees(rounding.isEmpty() ? model.node("Resize", "x roi scales -> y", "mode", mode, "coordinate_transformation_mode", coordinates)
        : model.node("Resize", "x roi scales -> y", "mode", mode, "coordinate_transformation_mode", coordinates, "nearest_mode", rounding));
  }

  @ParameterizedTest
  @MethodSource("scalings")
  void sizesOfAnotherArray(double scale, String mode, String coordinates, String rounding) throws Exception {
    // to the size of what a step of three leaves, or back from there
    for (boolean back : List.of(false, true)) {
      var model = picture(17).node("MaxPool", "x -> small", "kernel_shape", List.of(3, 3), "strides", List.of(3, 3), "ceil_mode", 1)
          .node("Shape", back ? "x -> shape" : "small -> shape").node("Identity", back ? "small -> from" : "x -> from");
      Object[] attributes = {"mode", mode, "coordinate_transformation_mode", coordinates};
      agrees(model.node("Resize", "from . . shape -> y", rounding.isEmpty() ? attributes : Stream.concat(Stream.of(attributes), Stream.of("nearest_mode", rounding)).toArray()));
    }
  }

  @Test
  void librarysWordsAreUsed() throws Exception {
    var scales = picture(17).weight("roi", new long[] {0}).weight("scales", new long[] {4}, 1, 1, 2, 2);
    assertThat(agrees(scales.node("Resize", "x roi scales -> y", "mode", "linear")).text()).contains("output y = resize(x, scale = 2, mode = \"linear\")");
    var repeats = picture(17).weight("roi", new long[] {0}).weight("scales", new long[] {4}, 1, 1, 2, 3);
    assertThat(agrees(repeats.node("Resize", "x roi scales -> y", "coordinate_transformation_mode", "asymmetric", "nearest_mode", "floor")).text()).contains("upsample2d(x, [2, 3])");
  }

  /** What exporters compute of shapes: halves by floats that are cut off, quotients of whole numbers, the rest of a division. */
  @Test
  void sizesAreComputedOfShapes() throws Exception {
    var model = picture(17).list("two", 2).list("four", 4).list("zero", 0).list("three", 3).weight("half", new long[] {1}, 0.5)
        .node("Shape", "x -> shape").node("Slice", "shape two four -> space").node("Slice", "shape zero two -> front")
        .node("Cast", "space -> real", "to", 1).node("Mul", "real half -> halves").node("Floor", "halves -> cut").node("Cast", "cut -> small", "to", 7)
        .node("Concat", "front small -> sizes", "axis", 0).node("Resize", "x . . sizes -> a", "mode", "linear")
        .node("Div", "space three -> thirds").node("Concat", "front thirds -> others", "axis", 0).node("Resize", "x . . others -> b", "mode", "linear")
        .node("Mod", "space three -> rest").node("Sub", "space rest -> even").node("Div", "even three -> again").node("Concat", "front again -> same", "axis", 0)
        .node("Resize", "x . . same -> c", "mode", "linear").node("Sub", "b c -> none").outputs("a", "b", "none");
    model.agreesAt(folder, SIZES);
  }

  @Test
  void transposedConvolutionsGrowByTheirStep() throws Exception {
    for (var mode : List.of("SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET")) {
      agrees(picture(17).weight("w", 3, 2, 3, 3).node("ConvTranspose", "x w -> y", "auto_pad", mode, "strides", List.of(2, 2)));
    }
  }

  /** A detector of text in small: what becomes smaller by steps is brought back to the size of what was before, whatever rounding has cut off. */
  @Test
  void aDetectorOfOpenSize() throws Exception {
    var model = picture(17).weight("w1", 8, 3, 3, 3).weight("w2", 8, 8, 3, 3).weight("w3", 8, 8, 1, 1).weight("w4", 8, 1, 2, 2).list("two", 2).list("four", 4).list("batch", 2, 8)
        .node("Conv", "x w1 -> c1", "strides", List.of(2, 2), "pads", List.of(1, 1, 1, 1)).node("HardSigmoid", "c1 -> h1", "alpha", 0.2, "beta", 0.5)
        .node("Conv", "h1 w2 -> c2", "strides", List.of(2, 2), "auto_pad", "SAME_UPPER").node("GlobalAveragePool", "c2 -> pooled").node("Conv", "pooled w3 -> gate")
        .node("Sigmoid", "gate -> open").node("Mul", "c2 open -> seen").node("Shape", "h1 -> shape").node("Slice", "shape two four -> space").node("Concat", "batch space -> wanted", "axis", 0)
        .node("Resize", "seen . . wanted -> wide", "coordinate_transformation_mode", "asymmetric", "nearest_mode", "floor").node("Add", "wide h1 -> joined")
        .node("ConvTranspose", "joined w4 -> full", "strides", List.of(2, 2)).node("Sigmoid", "full -> y");
    assertThat(agrees(model).text()).contains("conv_transpose2d", "conv2d(8, 3, stride = 2, bias = false, padding = \"same\")");
  }
}
