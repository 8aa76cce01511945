package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.Covers;
import nnc.driver.CompiledProgram;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arithmetic of whole numbers of 32 bits, in scalar code and at each width of vectors, in both precisions. Oracle: Java's int. */
@Covers("bit_not")
class WholeArithmeticTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");

  @TempDir
  Path folder;

  private static final Map<String, IntBinaryOperator> OF_TWO = new LinkedHashMap<>(Map.ofEntries(
      Map.entry("a + b", (a, b) -> a + b), Map.entry("a - b", (a, b) -> a - b), Map.entry("a * b", (a, b) -> a * b), Map.entry("minimum(a, b)", Math::min), Map.entry("maximum(a, b)", Math::max),
      Map.entry("cast(a < b, \"int\")", (a, b) -> a < b ? 1 : 0), Map.entry("cast(a <= b, \"int\")", (a, b) -> a <= b ? 1 : 0), Map.entry("cast(a == b, \"int\")", (a, b) -> a == b ? 1 : 0),
      Map.entry("cast(a != b, \"int\")", (a, b) -> a != b ? 1 : 0), Map.entry("where(a < b, a, b + 1)", (a, b) -> a < b ? a : b + 1),
      Map.entry("floor_div(a, b)", (a, b) -> b == 0 ? 0 : Math.floorDiv(a, b)), Map.entry("mod(a, b)", (a, b) -> b == 0 ? a : Math.floorMod(a, b)),
      Map.entry("bit_and(a, b)", (a, b) -> a & b), Map.entry("bit_or(a, b)", (a, b) -> a | b), Map.entry("bit_xor(a, b)", (a, b) -> a ^ b),
      Map.entry("shift_left(a, b)", (a, b) -> b < 0 || b > 31 ? 0 : a << b), Map.entry("shift_right(a, b)", (a, b) -> a >> (b < 0 || b > 31 ? 31 : b)),
      Map.entry("(a * 3 - b) * (b + 16777217) - a", (a, b) -> (a * 3 - b) * (b + 16_777_217) - a)));

  private static final Map<String, IntUnaryOperator> OF_ONE = new LinkedHashMap<>(Map.ofEntries(
      Map.entry("-a", a -> -a), Map.entry("abs(a)", a -> a < 0 ? -a : a), Map.entry("sign(a)", Integer::signum), Map.entry("a + 1", a -> a + 1), Map.entry("1 - a", a -> 1 - a),
      Map.entry("a * -1", a -> -a), Map.entry("a - 33554433", a -> a - 33_554_433), Map.entry("bit_not(a)", a -> ~a), Map.entry("shift_left(a, 5)", a -> a << 5),
      Map.entry("shift_right(a, 5)", a -> a >> 5), Map.entry("mod(a, 10)", a -> Math.floorMod(a, 10)), Map.entry("mod(a, 64)", a -> a & 63), Map.entry("mod(a, -7)", a -> Math.floorMod(a, -7)),
      Map.entry("floor_div(a, 10)", a -> Math.floorDiv(a, 10)), Map.entry("floor_div(a, 64)", a -> Math.floorDiv(a, 64)), Map.entry("floor_div(a, -3)", a -> Math.floorDiv(a, -3)),
      Map.entry("cast(a != 0, \"int\")", a -> a == 0 ? 0 : 1), Map.entry("cast(cast(a, \"bool\"), \"int\")", a -> a == 0 ? 0 : 1),
      Map.entry("stop_gradient(a)", a -> a), Map.entry("a + cast(a > 0, \"int\")", a -> a > 0 ? a + 1 : a)));

  /** Whole numbers about zero, about those that floats of 32 bits tell apart, about the last that there are, whose bits are no numbers as floats; and any. */
  private static int[] numbers(int count, long seed) {
    var random = new Random(seed);
    int[] edges = {0, 1, 1 << 24, 1 << 25, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7f80_0001, 0xff80_0001, 0xffc0_0000, 46_341, 65_536};
    return IntStream.range(0, count).map(i -> switch (i % 4) {
      case 0 -> random.nextInt(80) - 40;
      case 1 -> random.nextInt();
      default -> (random.nextBoolean() ? 1 : -1) * edges[random.nextInt(edges.length)] + random.nextInt(5) - 2;
    }).toArray();
  }

  private static Map<String, int[]> run(CompiledProgram compiled, String width, Map<String, int[]> fed) {
    var context = Agreement.load(compiled, width).initialised(1).context("predict", fed.values().iterator().next().length);
    fed.forEach((name, values) -> context.input(name).set(values));
    context.run();
    var results = new LinkedHashMap<String, int[]>();
    context.results(nnc.runtime.spec.ModelSpec.Role.OUTPUT).forEach(output -> results.put(output.name(), (int[]) output.tensor().data()));
    return results;
  }

  private static String program(Iterable<String> expressions, UnaryOperator<String> form) {
    var text = new StringBuilder("input a: int[N]\ninput b: int[N]\n");
    int i = 0;
    for (var expression : expressions) {
      text.append("output y").append(i++).append(" = ").append(form.apply(expression)).append('\n');
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void functions(int precision) {
    var a = numbers(403, 1);
    var b = numbers(403, 2);
    for (var off : List.of(Switches.ALL_ON, Switches.without(Optimization.FUSION))) {
      var two = Programs.compile(program(OF_TWO.keySet(), e -> e), precision, off.off().toArray(Optimization[]::new));
      var one = Programs.compile(program(OF_ONE.keySet(), e -> e + " + 0 * b"), precision, off.off().toArray(Optimization[]::new));
      for (var width : WIDTHS) {
        var ofTwo = run(two, width, Map.of("a", a, "b", b)).values().iterator();
        OF_TWO.forEach((text, oracle) -> same(ofTwo.next(), IntStream.range(0, a.length).map(i -> oracle.applyAsInt(a[i], b[i])).toArray(), text, width, a, b));
        var ofOne = run(one, width, Map.of("a", a, "b", b)).values().iterator();
        OF_ONE.forEach((text, oracle) -> same(ofOne.next(), Arrays.stream(a).map(oracle).toArray(), text, width, a, b));
      }
    }
  }

  private static void same(int[] actual, int[] expected, String text, String width, int[] a, int[] b) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("%s in %s of %d, %d", text, width, a[i], b[i]).isEqualTo(expected[i]);
    }
  }

  /** What the compiler computes is what code would. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void constants(int precision) {
    var a = numbers(97, 3);
    var b = numbers(97, 4);
    var compiled = Programs.compile(program(OF_TWO.keySet(), e -> e.replaceAll("\\bb\\b", table(b)).replaceAll("\\ba\\b", table(a)) + " + 0 * a[0] * b[0]"), precision);
    var results = run(compiled, "Scalar", Map.of("a", a, "b", b)).values().iterator();
    OF_TWO.forEach((text, oracle) -> same(results.next(), IntStream.range(0, a.length).map(i -> oracle.applyAsInt(a[i], b[i])).toArray(), text, "constants", a, b));
  }

  private static String table(int[] values) {
    return "cast(tensor([" + Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining(", ")) + "]), \"int\")";
  }

  /** Without a fraction; NaN is zero, and what is too large the nearest there is: as Java has it. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void castsOfFloats(int precision) {
    var x = new double[] {0.5, -0.5, 1.99, -1.99, 16_777_216, 2_147_483_520, -2_147_483_648.0, 2_147_483_648.0, 3e9, -3e9, 1e30, -1e30, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
        Double.NaN, -0.0, 123_456_792, 7, 8};
    var compiled = Programs.compile("input x: float[N]\noutput y = cast(x, \"int\")\noutput z = cast(x, \"int\") + 1\n", precision);
    for (var width : WIDTHS) {
      var context = Agreement.load(compiled, width).initialised(1).context("predict", x.length);
      context.input("x").set(x);
      context.run();
      assertThat(context.output("y").tensor().data()).as(width).isEqualTo(Arrays.stream(x).mapToInt(v -> precision == 32 ? (int) (float) v : (int) v).toArray());
      assertThat(context.output("z").tensor().data()).as(width).isEqualTo(Arrays.stream(x).mapToInt(v -> (precision == 32 ? (int) (float) v : (int) v) + 1).toArray());
    }
  }

  /** The nearest float, of all widths the same. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void castsToFloats(int precision) {
    var a = numbers(301, 5);
    var compiled = Programs.compile("input a: int[N]\noutput y = cast(a, \"float\")\noutput z = a / 2\noutput w = cast(range(N) * 100000007, \"float\")\n", precision);
    for (var width : WIDTHS) {
      var context = Agreement.load(compiled, width).initialised(1).context("predict", a.length);
      context.input("a").set(a);
      context.run();
      for (int i = 0; i < a.length; i++) {
        double near = precision == 32 ? (float) a[i] : a[i];
        assertThat(context.output("y").get(i)).isEqualTo(near);
        assertThat(context.output("z").get(i)).isEqualTo(near / 2);
        assertThat(context.output("w").get(i)).isEqualTo(precision == 32 ? (float) (i * 100_000_007) : i * 100_000_007);
      }
    }
  }

  private static final int ROW = 37;

  /** Sums and products wrap around, in rows, columns and all in one; what is chosen, ordered, looked up and added by places is what it was. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void manyNumbers(int precision) {
    var source = """
        input a: int[N, 37]
        input p: int[N, 37]
        output sums = sum(a, axis = 1)
        output columns = sum(a, axis = 0)
        output all = sum(a)
        output products = prod(a, axis = 1)
        output most = max(a, axis = 1)
        output least = min(a, axis = 0)
        output where_most = argmax(a, axis = 1)
        output running = cumsum(a, axis = 1)
        output back = cumsum(a, axis = 0, reverse = true)
        output ordered = sort(a, axis = 1)
        output falling = sort(a, axis = 1, descending = true)
        output picked = gather(a, mod(p, 37), axis = 1)
        output added = scatter_add(a, mod(p, 37), a, axis = 1)
        output joined = concat([a[:, 1:], a[:, :1]], axis = 1)
        output turned = transpose(a)
        output padded = pad(a, [0, 2], [0, 3], value = 16777217)
        output count = sum(a > 0)
        """;
    var compiled = Programs.compile(source, precision);
    for (int rows : new int[] {1, 5, 90}) {
      var a = numbers(rows * ROW, rows);
      var p = numbers(rows * ROW, rows + 1);
      for (var width : WIDTHS) {
        var context = Agreement.load(compiled, width).initialised(1).context("predict", rows);
        context.batch(rows);
        context.input("a").set(a);
        context.input("p").set(p);
        context.run();
        wanted(a, p, rows).forEach((name, expected) -> assertThat(context.output(name).tensor().data()).as("%s of %d rows in %s, %d bits", name, rows, width, precision).isEqualTo(expected));
      }
    }
  }

  private static Map<String, int[]> wanted(int[] a, int[] p, int rows) {
    var wanted = new LinkedHashMap<String, int[]>();
    wanted.put("sums", byRow(a, rows, row -> new int[] {Arrays.stream(row).sum()}));
    wanted.put("columns", IntStream.range(0, ROW).map(c -> IntStream.range(0, rows).map(r -> a[r * ROW + c]).sum()).toArray());
    wanted.put("all", new int[] {Arrays.stream(a).sum()});
    wanted.put("products", byRow(a, rows, row -> new int[] {Arrays.stream(row).reduce(1, (x, y) -> x * y)}));
    wanted.put("most", byRow(a, rows, row -> new int[] {Arrays.stream(row).max().orElseThrow()}));
    wanted.put("least", IntStream.range(0, ROW).map(c -> IntStream.range(0, rows).map(r -> a[r * ROW + c]).min().orElseThrow()).toArray());
    wanted.put("where_most", byRow(a, rows, row -> new int[] {IntStream.range(0, ROW).reduce(0, (x, y) -> row[y] > row[x] ? y : x)}));
    wanted.put("running", byRow(a, rows, row -> {
      Arrays.parallelPrefix(row, Integer::sum);
      return row;
    }));
    var back = a.clone();
    for (int i = (rows - 1) * ROW - 1; i >= 0; i--) {
      back[i] += back[i + ROW];
    }
    wanted.put("back", back);
    wanted.put("ordered", byRow(a, rows, row -> Arrays.stream(row).sorted().toArray()));
    wanted.put("falling", byRow(a, rows, row -> {
      var sorted = Arrays.stream(row).sorted().toArray();
      return IntStream.range(0, ROW).map(i -> sorted[ROW - 1 - i]).toArray();
    }));
    wanted.put("picked", IntStream.range(0, a.length).map(i -> a[i / ROW * ROW + Math.floorMod(p[i], ROW)]).toArray());
    var added = a.clone();
    for (int i = 0; i < a.length; i++) {
      added[i / ROW * ROW + Math.floorMod(p[i], ROW)] += a[i];
    }
    wanted.put("added", added);
    wanted.put("joined", byRow(a, rows, row -> IntStream.range(0, ROW).map(i -> row[(i + 1) % ROW]).toArray()));
    wanted.put("turned", IntStream.range(0, a.length).map(i -> a[i % rows * ROW + i / rows]).toArray());
    wanted.put("padded", byRow(a, rows, row -> IntStream.range(-2, ROW + 3).map(i -> i < 0 || i >= ROW ? 16_777_217 : row[i]).toArray()));
    wanted.put("count", new int[] {(int) Arrays.stream(a).filter(x -> x > 0).count()});
    return wanted;
  }

  private static int[] byRow(int[] a, int rows, UnaryOperator<int[]> function) {
    return IntStream.range(0, rows).boxed().flatMapToInt(r -> Arrays.stream(function.apply(Arrays.copyOfRange(a, r * ROW, (r + 1) * ROW)))).toArray();
  }

  /** A mean of whole numbers is one of floats: their sum would wrap around. */
  @Test
  void meansDoNotWrapAround() {
    var compiled = Programs.compile("input a: int[N]\noutput y = mean(a)\n", 64);
    var a = new int[] {2_000_000_000, 2_000_000_000, 2_000_000_003};
    var context = Compiler.load(compiled).initialised(1).context("predict", 3);
    context.input("a").set(a);
    context.run();
    assertThat(context.output("y").get(0)).isEqualTo(2_000_000_001.0);
  }

  /** States are exact too, in memory and in files. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void states(int precision) {
    var model = Compiler.load(Programs.compile("""
        layer counted()(x: float[N, D]) -> float[N, D] {
          state seen: int[2] = 16777216
          if training { seen <- seen + cast(tensor([1, -2000000000]), "int") }
          return x + 0 * cast(seen[0], "float")
        }
        input x: float[N, 1]
        target y: float[N, 1]
        p = x |> counted() |> dense(1)
        output p
        loss mse(p, y)
        train { optimizer = sgd(0.1) }
        """, precision)).initialised(1);
    var context = model.context("train", 1);
    for (int step = 1; step <= 3; step++) {
      context.input("x").set(0, 1);
      context.input("y").set(0, 1);
      context.counters(step, 0);
      context.run();
    }
    int[] seen = {16_777_219, 16_777_216 - 3 * 2_000_000_000};
    assertThat(model.weight("counted.seen").data()).isEqualTo(seen);
    model.save(folder.resolve("w.npz"));
    assertThat(Npz.read(folder.resolve("w.npz")).get("counted.seen").data()).isEqualTo(seen);
    assertThat(model.withWeights(folder.resolve("w.npz")).weight("counted.seen").data()).isEqualTo(seen);
  }
}
