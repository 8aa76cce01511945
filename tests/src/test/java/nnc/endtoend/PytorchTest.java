package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs with what PyTorch computes of them in double: outputs, losses, gradients, second derivatives, or the weights after a training. They are
 * in the folder {@code pytorch} of the one that {@code NNC_DATA} names, each a folder with a program and its arrays.
 */
class PytorchTest {
  /** Of each array's largest finite value. */
  private static final double TOLERANCE_64 = 1e-9, TOLERANCE_32 = 1e-5;

  /**
   * Arrays that are small because larger terms cancel, or that carry the rounding of values that do.
   *
   * @param arrays a pattern of names
   * @param in64   what the tolerance is of instead, in double
   * @param in32   the same in single precision; infinite where its numbers do not reach
   */
  private record Listed(String program, String arrays, double in64, double in32, String reason) {}

  private static final List<Listed> LISTED = List.of(
      new Listed("extreme_cumsum", "y", 0, Double.POSITIVE_INFINITY, "sums on the way are beyond single precision"),
      new Listed("loss_kl_60", "g_t", 1e-7, Double.POSITIVE_INFINITY,
          "one probability is 1 but for 1e-11, which a double of 1 has in five digits: both are some 3e-7 off what 60 digits give"),
      new Listed("loss_kl_60", "y|g_a", 0, Double.POSITIVE_INFINITY, "probabilities below the least float, of which a logarithm is taken"),
      new Listed("net_12", "g_l3_b", 1e-5, 1e-2, "0 but for rounding on both sides: a layer norm follows, which takes away what is added to all"),
      new Listed("net_12", "g_x|g_l3_W|g_l[145].*", 0, 5, "layer norms of three values, some of which lie close together: the slope is as steep as they are close"),
      new Listed("net_13", "g_x|g_l[123].*|g_l4_.*", 1e-5, 1e-2,
          "0 but for rounding on both sides: the softmax along the steps takes away what a layer norm of one channel leaves, which is its offset"),
      new Listed("net_33", "g_l6_bk", 1e-5, 1e-2, "0 but for rounding on both sides: a softmax takes away what a key's bias adds to all scores"),
      new Listed("net_57", "g_l[36]_bk", 1e-5, 1e-2, "0 but for rounding on both sides: a softmax takes away what a key's bias adds to all scores"),
      new Listed("net_36", "g_l[12]_.*|g_l5_.*", 0, 5e-2, "batch norms and layer norms take away offset and scale of what comes before"),
      new Listed("net_45", "g_x|g_l2_.*", 0, 3e-3, "a gate near 1, of which 1 - z is left"),
      new Listed("reduce_norm_axes", "h_x", 1e-5, 1e-2, "0 but for rounding on both sides: the gradient's length is the same for all x"),
      new Listed("reduce_prod_2", "h_x", 1e-5, 1e-2, "0, and so it is here, as a product of one factor is linear; PyTorch has 4e-16"),
      new Listed("shape_027", "lossv", 0, 1, "a mean of numbers of both signs, up to 1"),
      new Listed("shape_403", "lossv", 0, 1, "a mean of numbers of both signs, up to 1"),
      new Listed("shape_415", "lossv", 0, 1, "a mean of numbers of both signs, up to 1"),
      new Listed("shape_216", "g", 0, 1e-4, "slopes at small probabilities, less their mean, from which they hardly differ"));

  @TempDir
  static Path folder;

  @TestFactory
  Stream<DynamicTest> everyProgram() throws IOException {
    var data = System.getenv("NNC_DATA");
    var place = data == null ? null : Path.of(data, "pytorch");
    Assumptions.assumeTrue(place != null && Files.isDirectory(place), "NNC_DATA names no folder with pytorch in it");
    try (var cases = Files.list(place)) {
      var all = cases.filter(Files::isDirectory).sorted().toList();
      assertThat(all).isNotEmpty();
      return all.stream().filter(PytorchTest::isRun).map(one -> DynamicTest.dynamicTest(one.getFileName().toString(), one.toUri(), () -> check(one)));
    }
  }

  private static void check(Path one) throws Exception {
    var expected = Npz.read(one.resolve("expected.npz"));
    for (int precision : precisions(one)) {
      var compiled = Compiler.compile(one.resolve("program.nn"), new CompilerOptions(Map.of(), precision, List.of(), List.of(), _ -> { }));
      var plain = run(one, compiled, "Scalar", 1);
      if (hasItsTurn(one, precision)) {
        var wide = run(one, compiled, Integer.toString(FloatVector.SPECIES_PREFERRED.vectorBitSize()), 2);
        assertThat(bits(wide)).as("bits at the machine's width, on two threads, in f%d", precision).isEqualTo(bits(plain));
      }
      expected.forEach((name, right) -> compare(one.getFileName().toString(), name, plain.get(name), right, precision));
    }
  }

  /** Trainings, and every second of the others; all with {@code -Pslow}. */
  private static boolean isRun(Path one) {
    return Boolean.getBoolean("nnc.everyWidth") || one.getFileName().toString().startsWith("train_") || Math.floorMod(one.getFileName().toString().hashCode(), 8) < 4;
  }

  /** One of the two, by the program's name; both with {@code -Pslow}. */
  private static List<Integer> precisions(Path one) {
    return Boolean.getBoolean("nnc.everyWidth") ? List.of(64, 32) : List.of(Math.floorMod(one.getFileName().toString().hashCode(), 2) == 0 ? 64 : 32);
  }

  /** Every second program is run at the machine's width too; all with {@code -Pslow}. */
  private static boolean hasItsTurn(Path one, int precision) {
    return Boolean.getBoolean("nnc.everyWidth") || Math.floorMod(one.getFileName().toString().hashCode(), 4) == (precision == 64 ? 0 : 1);
  }

  private static Map<String, Tensor> run(Path one, CompiledProgram compiled, String width, int threads) {
    var model = Agreement.load(compiled, width);
    boolean trains = one.getFileName().toString().startsWith("train_");
    var out = folder.resolve(trains ? "weights.npz" : "out.npz").toString();
    var weights = one.resolve("weights.npz").toString();
    var said = trains
        ? Said.byNetwork(model, one, "train", "--init", weights, "--out", out, "--threads", "" + threads)
        : Files.exists(Path.of(weights))
            ? Said.byNetwork(model, one, "predict", "--weights", weights, "--in", one.resolve("inputs.npz").toString(), "--out", out, "--threads", "" + threads)
            : Said.byNetwork(model, one, "predict", "--in", one.resolve("inputs.npz").toString(), "--out", out, "--threads", "" + threads);
    assertThat(said.code()).as(said.all()).isZero();
    return Npz.read(Path.of(out));
  }

  private static Map<String, String> bits(Map<String, Tensor> arrays) {
    var bits = new TreeMap<String, String>();
    arrays.forEach((name, array) -> bits.put(name, Arrays.toString(array.toDoubles())));
    return bits;
  }

  private static void compare(String program, String name, Tensor actual, Tensor right, int precision) {
    assertThat(actual).as(name).isNotNull();
    assertThat(actual.shape()).as(name).isEqualTo(right.shape());
    var values = actual.toDoubles();
    // what is beyond single precision is infinite there
    var wanted = Arrays.stream(right.toDoubles()).map(value -> precision == 64 ? value : (float) value).toArray();
    double size = Math.max(Arrays.stream(wanted).map(Math::abs).filter(Double::isFinite).max().orElse(0), listed(program, name, precision));
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      worst = Math.max(worst, error(values[i], wanted[i]));
    }
    assertThat(worst).as("f%d %s: the largest error, where values are up to %s", precision, name, size)
        .isLessThanOrEqualTo((precision == 64 ? TOLERANCE_64 : TOLERANCE_32) * size);
  }

  /** Infinite where one is a number and the other is none; NaN meets NaN. */
  private static double error(double value, double wanted) {
    if (Double.isFinite(wanted) && Double.isFinite(value)) {
      return Math.abs(value - wanted);
    }
    return Double.compare(value, wanted) == 0 ? 0 : Double.POSITIVE_INFINITY;
  }

  private static double listed(String program, String name, int precision) {
    return LISTED.stream().filter(one -> one.program.equals(program) && name.matches(one.arrays)).mapToDouble(one -> precision == 64 ? one.in64 : one.in32)
        .max().orElse(0);
  }
}
