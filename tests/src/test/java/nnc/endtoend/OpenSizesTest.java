package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.loops.expand.Expansion;
import nnc.loops.expand.Width;
import nnc.lower.CallExtents;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs over pictures of open height and width compute what the same programs compute whose sizes are given as numbers. */
class OpenSizesTest {
  /** What depends on sizes in the order of its sums: it is switched off where bits are compared. */
  private static final Optimization[] BY_SIZE = {Optimization.WINOGRAD, Optimization.BATCH_LAST_LAYOUT};

  /** A program over sizes that are names or numbers; outputs are y and z, what is trained is the per-pixel error of y. */
  private static String program(Random random, String h, String v) {
    var text = new StringBuilder("input x: float[N, 3, %s, %s]\n".formatted(h, v));
    int channels = 3;
    var name = "x";
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      int filters = List.of(2, 4, 6, 17).get(random.nextInt(4));
      var step = switch (random.nextInt(16)) {
        case 0 -> "conv2d(%d, 3, padding = 1, activation = relu)".formatted(filters);
        case 1 -> "conv2d(%d, 3, stride = 2, padding = 1)".formatted(filters);
        case 2 -> "conv2d(%d, [2, 3], stride = [3, 2], padding = \"same\")".formatted(filters);
        case 3 -> "conv2d(%d, 3, padding = \"same\", dilation = 2)".formatted(filters);
        case 4 -> "conv2d(%d, 3, padding = 2, groups = %d)".formatted(2 * channels, channels);
        case 5 -> "conv_transpose2d(%d, 3, stride = 2, padding = 1, output_padding = 1)".formatted(filters);
        case 6 -> "conv_transpose2d(%d, 2, stride = 2)".formatted(filters);
        case 7 -> "max_pool2d(2)";
        case 8 -> "avg_pool2d(3, stride = 2, padding = 1, count_padding = false)";
        case 9 -> "max_pool2d(3, stride = 1, padding = 1)";
        case 10 -> "upsample2d(2)";
        case 11 -> "resize(scale = 2, mode = \"linear\")";
        case 12 -> "resize(scale = 1.5, mode = \"%s\", align_corners = true)".formatted(List.of("linear", "cubic", "nearest").get(random.nextInt(3)));
        case 13 -> "lp_pool(2, stride = 1)";
        case 14 -> "batch_norm()";
        default -> "group_norm(1)";
      };
      channels = step.startsWith("conv") ? step.contains("groups") ? 2 * channels : filters : channels;
      text.append("a%d = %s |> %s\n".formatted(i, name, step));
      name = "a" + i;
    }
    text.append("y = %s |> conv2d(2, 3, padding = 1)\noutput y = y\n".formatted(name));
    text.append("output z = ").append(switch (random.nextInt(5)) {
      case 0 -> "global_avg_pool(y)\n";
      case 1 -> "adaptive_max_pool2d(%s, 2)\n".formatted(name);
      case 2 -> "y[:, :, ::2, ::-1]\n";
      case 3 -> "concat([y, resize(x, size = shape(y)[2:])], axis = 1)\n";
      default -> "flatten(y)\n";
    });
    text.append("target t: float[N, 3, %s, %s]\n".formatted(h, v));
    text.append("goal = resize(t, size = shape(y)[2:])[:, 0:2]\nloss mse(y, goal)\ntrain { optimizer = sgd(0.1) }\n");
    return text.toString();
  }

  private record Sizes(int n, int h, int v) {
    Map<String, Integer> named() {
      return Map.of("N", n, "H", h, "V", v);
    }
  }

  /** All results of a run of each purpose, and the weights after it. */
  private static Map<String, double[]> run(CompiledProgram compiled, String width, int threads, Sizes sizes) {
    var all = new LinkedHashMap<String, double[]>();
    for (var purpose : List.of("predict", "train")) {
      var model = Agreement.load(compiled, width).initialised(3);
      var context = model.context(purpose, sizes.named(), new Threads(threads));
      set(context, sizes);
      context.counters(1, 0);
      for (var input : context.inputs()) {
        var random = new Random(input.name().hashCode());
        input.set(random.doubles(input.size(), -1, 1).map(value -> (float) value).toArray());
      }
      context.run();
      for (var role : List.of(Role.OUTPUT, Role.LOSS)) {
        context.results(role).forEach(result -> all.put(purpose + " " + result.name(), result.tensor().toDoubles()));
      }
      model.spec().weights().stream().filter(weight -> !weight.path().startsWith("table.")).forEach(weight -> all.put(purpose + " " + weight.path(), model.weight(weight.path()).toDoubles()));
    }
    return all;
  }

  private static void set(Context context, Sizes sizes) {
    context.executor().plan().dims().forEach(name -> context.dim(name, sizes.named().get(name)));
  }

  @Property(tries = 5, seed = "24")
  void openIsWhatClosedIs(@ForAll long seed) {
    var random = new Random(seed);
    int precision = random.nextBoolean() ? 32 : 64;
    var open = Programs.compile(program(new Random(seed), "H", "V"), precision, BY_SIZE);
    var width = Agreement.vectors(seed).getFirst();
    for (int i = 0; i < 2; i++) {
      var sizes = new Sizes(1 + random.nextInt(3), 6 + random.nextInt(12), 6 + random.nextInt(i == 0 ? 12 : 40));
      var text = program(new Random(seed), "" + sizes.h, "" + sizes.v);
      var expected = run(Programs.compile(text, precision, BY_SIZE), "Scalar", 1, sizes);
      var actual = run(open, "Scalar", 1, sizes);
      assertThat(differing(actual, expected, precision == 32 ? 1e-4 : 1e-11)).as("%s%n%s", sizes, text).isEmpty();
      assertThat(differing(run(open, width, 2, sizes), actual, 0)).as("bits of %s%n%s%s", sizes, text, width).isEmpty();
    }
  }

  /** What is further from what is expected than a part of the largest of the same array, or of one, and where first. */
  private static List<String> differing(Map<String, double[]> actual, Map<String, double[]> expected, double tolerance) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    return expected.keySet().stream().flatMap(name -> {
      var is = actual.get(name);
      var right = expected.get(name);
      assertThat(is).hasSameSizeAs(right);
      double allowed = tolerance * Math.max(1, Arrays.stream(right).map(Math::abs).max().orElse(0));
      return IntStream.range(0, is.length).filter(i -> !(Math.abs(is[i] - right[i]) <= allowed)).mapToObj(i -> name + "[" + i + "] " + is[i] + " is not " + right[i]).limit(1);
    }).toList();
  }

  @Tag("slow")
  @Property(tries = 150, seed = "26")
  void openIsWhatClosedIsForLong(@ForAll long seed) {
    openIsWhatClosedIs(seed);
  }

  /** Loads and stores of kernels over open sizes lie inside of their buffers, as lowered and as expanded for each width. */
  @ParameterizedTest
  @ValueSource(strings = {
      "x |> conv2d(17, 3, padding = 1, activation = relu) |> conv2d(2, [1, 3], padding = [0, 1])",
      "x |> conv2d(4, 3, padding = \"same\", dilation = 2) |> conv2d(20, 1)",
      "x |> conv2d(20, 3, stride = 2, padding = 1, activation = relu)",
      "x |> conv2d(3, 5, groups = 3, bias = false)",
      "x |> conv2d(6, 3, padding = 1) |> upsample2d(2) |> conv2d(6, 3, padding = 1)",
      "x |> resize(scale = 2, mode = \"linear\")"})
  void kernelsAreShownToStayInTheirBuffers(String y) {
    var compiled = Programs.compile("input x: float[N, 3, H, V]\noutput y = " + y, 32);
    compiled.stages().forEach((title, stage) -> {
      var extents = CallExtents.of(stage.lowered(), stage.memory(), compiled.spec().weights(), 32);
      extents.check(title);
      for (var width : Width.values()) {
        extents.check(Expansion.of(extents.lowered(), width, 32, Switches.ALL_ON), width, title);
      }
    });
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      conv2d(2, 5)(x)                                     | 4, 9 | test.nn:2: the kernel of a convolution over float[N, 3, H, V] needs H of at least 5, and H is 4
      conv2d(2, 3, stride = 2)(max_pool2d(x, 2))          | 5, 9 | test.nn:2: the kernel of a convolution over float[N, 3, floor(H/2), floor(V/2)] needs H of at least 6, and H is 5
      max_pool2d(x, 3)                                    | 9, 2 | test.nn:2: a window over float[N, 3, H, V] needs V of at least 3, and V is 2
      concat([x, upsample2d(max_pool2d(x, 2), 2)], axis = 1) | 7, 8 | test.nn:2: float[N, 3, 2*floor(H/2), 2*floor(V/2)] here meets a size of H, which needs 2*floor(H/2) and H to be the same, and H is 7
      x + upsample2d(max_pool2d(x, 2), 2)                 | 8, 5 | which needs 2*floor(V/2) and V to be the same, and V is 5
      reshape(x, [N, -1, 4])                              | 3, 3 | has 3*H*N*V elements here, which need to be 4*N*floor(3*H*V/4), and H is 3
      split(x, 2, axis = 3)[0]                            | 3, 5 | float[N, 3, H, V] here meets a size of 2*floor(V/2), which needs V and 2*floor(V/2) to be the same, and V is 5
      x[:, :, 0:4]                                        | 3, 5 | the slice 0:4 of an axis of H needs H of at least 4, and H is 3
      """)
  void whatDoesNotFitIsAFault(String y, String sizes, String fault) {
    var model = Agreement.load(Programs.compile("input x: float[N, 3, H, V]\noutput y = " + y, 32), "Scalar").initialised(1);
    var context = model.context("predict", Map.of("N", 1, "H", 16, "V", 16), new Threads(1));
    context.dim("N", 1);
    for (var wrong : List.of(true, false)) {
      int height = wrong ? Integer.parseInt(sizes.split(", ")[0]) : 16;
      int width = wrong ? Integer.parseInt(sizes.split(", ")[1]) : 16;
      context.dim("H", height);
      context.dim("V", width);
      context.input("x").set(new float[3 * height * width]);
      if (wrong) {
        assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessageContaining(fault);
      } else {
        context.run();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      x + x[:, :, 1:]             | float[N, 3, H, V] and float[N, 3, H - 1, V] do not fit together: H and H - 1 differ
      x + max_pool2d(x, 2)        | differ
      dense(3)(flatten(x))        | 'W'
      unique(x)                   | results whose size depends on the data are not offered
      x[x > 0]                    | how many rows a mask chooses depends on the data
      resize(x, scale = 0.123)    | a scale of an open size is a ratio of whole numbers
      """)
  void whatNeverFitsIsAFaultOfTheProgram(String y, String fault) {
    assertThat(Programs.faults("input x: float[N, 3, H, V]\noutput y = " + y)).contains(fault);
  }

  /** Beside ints a size is one, as a number is, and exact in 32 bits. */
  @ParameterizedTest
  @ValueSource(strings = {"x + T", "T - 1 - x", "x * T + x", "x == T", "x < T - 1", "minimum(x, T)", "maximum(T - 1, x)", "clamp(x, 0, T - 1)", "clamp(x, 1 - T, T)", "where(x > 2, x, T)",
      "where(x > 2, T, x)", "mod(x, T)", "floor_div(x, T)", "floor_div(T, x)", "bit_and(x, T)", "x - floor(T / 2)", "x / T", "gather(x, clamp(x, 0, T - 1), axis = 1)"})
  void sizesBesideIntsAreInts(String y) {
    double[] numbers = {-2147483648, 16777217, 3, 4, 5, 2147483647, 0, -7, 2, 33554435};
    var text = "input x: int[N, T]\noutput y = " + y;
    for (var width : List.of("Scalar", "256")) {
      assertThat(ofInts(text, width, numbers)).as("%s, %s", y, width).isEqualTo(ofInts("const T = 5\n" + text, width, numbers));
    }
  }

  /** An output's type and numbers. */
  private static String ofInts(String text, String width, double... numbers) {
    var context = Agreement.load(Programs.compile(text, 32), width).initialised(1).context("predict", Map.of("N", 2, "T", 5), new Threads(1));
    context.executor().plan().dims().forEach(name -> context.dim(name, name.equals("N") ? 2 : 5));
    context.input("x").set(numbers);
    context.run();
    var y = context.output("y").tensor();
    return y + " " + Arrays.toString(y.toDoubles());
  }

  /** What a trained network makes of a digit it makes of it wherever it stands on a page, but for what its border has to do with it. */
  @Test
  void aNetworkTrainedOnOneSizeServesAnother(@TempDir Path folder) throws Exception {
    Digits.write(folder, 256, 64);
    var weights = folder.resolve("restore.npz");
    var sample = Path.of("..", "samples", "restore.nn").toString();
    assertThat(Said.byCompiler("train", sample, "--data", folder.toString(), "--out", weights.toString(), "--seed", "1").code()).isZero();
    var digit = new Random(5).doubles(28 * 28, 0, 255).toArray();
    var page = new double[60 * 96];
    for (int i = 0; i < digit.length; i++) {
      page[(10 + i / 28) * 96 + 40 + i % 28] = digit[i];
    }
    var model = Agreement.load(Compiler.compile(Path.of(sample), CompilerOptions.standard()), "Scalar").withWeights(weights);
    var small = restored(model, digit, 28, 28);
    var large = restored(model, page, 60, 96);
    for (int y = 12; y < 16; y++) {
      for (int x = 12; x < 16; x++) {
        assertThat(large[(10 + y) * 96 + 40 + x]).isCloseTo(small[y * 28 + x], within(1e-3));
      }
    }
  }

  private static double[] restored(Model model, double[] image, int high, int wide) {
    var context = model.context("predict", Map.of("N", 1, "H", high, "V", wide), new Threads(1));
    context.input("image").set(new Tensor(new int[] {1, high, wide}, image));
    context.run();
    return context.output("restored").tensor().toDoubles();
  }

  /** With everything on, where a closed program may sum in another order. */
  @Property(tries = 4, seed = "25")
  void openAgreesWithTheInterpreter(@ForAll long seed) {
    Agreement.check(Programs.compile(program(new Random(seed), "H", "V"), 64), 6 + (int) Math.floorMod(seed, 7L), 1e-8, seed);
  }
}
