package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxJavaType;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import nnc.onnx.translate.Settings;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators of whole numbers, where floats of 32 bits would not tell these apart: number by number what ONNX Runtime computes. */
class ExactOperatorsTest {
  private static final OnnxJavaType INT = OnnxJavaType.INT32, BYTE = OnnxJavaType.UINT8;

  @TempDir
  Path folder;

  private final Random random = new Random(2);

  private double[] bytes(int count) {
    // mostly large ones, so that sums are
    return random.ints(count, 200, 256).asDoubleStream().toArray();
  }

  @Test
  void quotientsAreCutOff() throws Exception {
    double[] a = {16777217, -16777217, 7, -7, 2147483647, -2147483648, 100000001, -5};
    double[] b = {1, 2, -2, 2, 3, 7, -10, 5};
    new SmallModel(17).input("a", INT, new long[] {8}, a).input("b", INT, new long[] {8}, b).node("Div", "a b -> q").node("Mod", "a b -> r").outputs("q:6", "r:6").agrees(folder);
  }

  @Test
  void bitsAreThoseOfTheNumber() throws Exception {
    double[] a = {16777217, -16777217, 2147483647, -1, 0, 1431655765};
    double[] b = {5, 255, -16, 123456789, -7, 858993459};
    new SmallModel(18).input("a", INT, new long[] {6}, a).input("b", INT, new long[] {6}, b).node("BitwiseAnd", "a b -> x").node("BitwiseOr", "a b -> y")
        .node("BitwiseXor", "a b -> z").node("BitwiseNot", "a -> n").outputs("x:6", "y:6", "z:6", "n:6").agrees(folder);
    new SmallModel(18).input("a", BYTE, new long[] {4}, 1, 77, 200, 255).input("s", BYTE, new long[] {4}, 0, 1, 3, 7).node("BitShift", "a s -> l", "direction", "LEFT")
        .node("BitShift", "a s -> r", "direction", "RIGHT").node("BitwiseNot", "a -> n").outputs("l:2", "r:2", "n:2").agrees(folder);
  }

  @Test
  void sumsOfManyProductsAreExact() throws Exception {
    for (int count : List.of(200, 1000)) {
      new SmallModel(13).input("a", BYTE, new long[] {2, count}, bytes(2 * count)).input("b", BYTE, new long[] {count, 3}, bytes(3 * count))
          .input("za", BYTE, new long[0], 1).input("zb", BYTE, new long[0], 0).node("MatMulInteger", "a b za zb -> y").outputs("y:6").agrees(folder);
    }
    new SmallModel(13).input("x", BYTE, new long[] {1, 64, 4, 4}, bytes(1024)).input("w", BYTE, new long[] {2, 64, 3, 3}, bytes(1152)).node("ConvInteger", "x w -> y").outputs("y:6").agrees(folder);
  }

  @Test
  void whatWouldNotBeExactIsTold() {
    var model = new SmallModel(13).input("a", BYTE, new long[] {1, 5000}, bytes(5000)).input("b", BYTE, new long[] {5000, 1}, bytes(5000)).node("MatMulInteger", "a b -> y").outputs("y:6");
    assertThatThrownBy(() -> OnnxImport.of(model.file(folder), Settings.NONE)).isInstanceOf(Fault.class).hasMessageContaining("sums 5000 products");
    var table = new long[300];
    table[7] = 16777217;
    var large = new SmallModel(13).input("i", INT, new long[] {1}, 7).list("table", table).node("Gather", "table i -> y").outputs("y:7");
    assertThatThrownBy(() -> OnnxImport.of(large.file(folder), Settings.NONE)).isInstanceOf(Fault.class).hasMessageContaining("'table' has whole numbers beyond 16777216");
  }
}
