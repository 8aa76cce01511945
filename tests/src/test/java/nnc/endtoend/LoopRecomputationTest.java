package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.explain.Explanation;
import nnc.machine.Machine;
import nnc.optimizations.Optimization;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.engine.MemoryNeed;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.TrainingSettings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With a budget of memory loops keep every k-th state alone, and train as those that keep all. */
class LoopRecomputationTest {
  private static String bounded(String program) {
    return program.replace("train { ", "train { memory = \"1G\"  ");
  }

  private static boolean isSegmented(CompiledProgram compiled) {
    return compiled.stages().values().stream().flatMap(stage -> stage.changes().stream()).anyMatch(change -> change.pass() == Optimization.LOOP_RECOMPUTATION && change.before() != change.after());
  }

  /**
   * Both the same, at lengths whose roots are whole and that leave turns over: to the bit where turns add up in their order and compute again the same values, else to rounding: sums
   * of all turns at once are sums of a segment's turns then, and a product that is kept is rounded before it is added. The same bits at any width, on any number of threads.
   */
  private static void check(String program, int... lengths) {
    var plain = Programs.compile(program, 64);
    var bounded = Programs.compile(bounded(program), 64);
    var inOrder = Programs.compile(program, 64, Optimization.LOOP_PRODUCTS, Optimization.KEPT_TURN_VALUES);
    var boundedInOrder = Programs.compile(bounded(program), 64, Optimization.LOOP_PRODUCTS, Optimization.KEPT_TURN_VALUES);
    assertThat(isSegmented(bounded)).as(program).isTrue();
    assertThat(isSegmented(plain)).isFalse();
    for (int length : lengths) {
      var ordered = OpenLoopsTest.run(inOrder, "Scalar", 1, 3, length);
      assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(boundedInOrder, "Scalar", 1, 3, length), ordered, 0)).as("in order, length %d of%n%s", length, program).isEmpty();
      var expected = OpenLoopsTest.run(bounded, "Scalar", 1, 3, length);
      assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(plain, "Scalar", 1, 3, length), expected, 1e-11)).as("length %d of%n%s", length, program).isEmpty();
      for (var width : Agreement.vectors(length)) {
        assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(bounded, width, 2, 3, length), expected, 0)).as("by %s at length %d of%n%s", width, length, program).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomLoopsTrainAlike(long seed) {
    check(RandomLoopsTest.program(seed).formatted("T"), 2, 5, 11);
  }

  /** A state and another by it, conditions, draws, loops in loops, places and labels that are looked up, whole numbers that are carried, an output that all turns have collected. */
  static Stream<String> programs() {
    return Stream.of("""
        input x: float[N, T, 3]
        target z: float[N, T, 4]
        y = x |> lstm(4, bidirectional = true) |> dropout(0.3) |> gru(5) |> dense(4)
        output y
        loss mse(y, z)
        train { optimizer = adam(0.01) }
        """, """
        input x: float[N, T, 3]
        target z: float[N, 4]
        cell = rnn_cell(4)
        h = zeros(N, 4)
        for t in 0..T { h = dropout(cell(x[:, t], h), 0.4) }
        output h
        loss mse(h, z)
        train { optimizer = sgd(0.1)  clip_global_norm = 0.5  accumulate = 2 }
        """, """
        input x: float[N, T, 3]
        target z: float[N, 3]
        w = dense(3)
        s = x[:, 0]
        n = zeros(N)
        for t in 0..T while n < 7 {
          s = tanh(w(s) + x[:, t])
          n = n + 1 + mean(s, axis = 1)
        }
        output s
        loss mse(s, z)
        train { optimizer = sgd(0.1) }
        """, """
        input x: float[N, T, 3]
        target z: float[N, 3]
        w = dense(3)
        s = x[:, 0]
        k = 0
        for t in 0..30 while k < 20 {
          s = tanh(w(s) + mean(x, axis = 1))
          k = k + 1
        }
        output s
        loss mse(s, z)
        train { optimizer = sgd(0.1) }
        """, """
        input x: float[N, T, 3]
        target z: float[N, 3]
        w = dense(3)
        s = zeros(N, 3)
        all = []
        for t in 0..T {
          r = s
          for u in 0..T - 1 { r = tanh(w(r) + x[:, u] * x[:, T - 1 - t]) }
          s = s + r * (t + 1) / T
          all = all + [s]
        }
        y = s + mean(stack(all, axis = 1), axis = 1)
        output y
        loss mse(y, z)
        train { optimizer = sgd(0.1) }
        """, """
        input x: float[N, T, 5]
        target z: float[N, 3]
        s = zeros(N, 3)
        vectors = embedding(5, 3)
        for t in 0..T { s = tanh(vectors(argmax(x[:, t], axis = 1)) + 0.5 * s) }
        output s
        loss mse(s, z)
        train { optimizer = sgd(0.1) }
        """);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void loopsOfAnyKindDo(String program) {
    check(program, 1, 9, 20);
  }

  private static final String LONG = """
      input x: float[N, T, 1]
      target z: float[N, 1]
      y = x |> gru(50, sequences = false) |> dense(1)
      output y
      loss mse(y, z)
      train { optimizer = sgd(0.1) }
      """;

  /** What a training step takes for an example of some length, in numbers, besides what it takes for one of length 1. */
  private static double elements(CompiledProgram compiled, int length) {
    var one = new MemoryNeed(compiled.spec(), 1, Map.of("T", 1)).plans(1, "train");
    return (new MemoryNeed(compiled.spec(), 1, Map.of("T", length)).plans(1, "train") - one) / 4;
  }

  /** Of T states of 50 numbers and inputs of one each, some roots of T are kept and saved; without a budget all are. */
  @Test
  void statesTakeTheRootOfTheLength() {
    var without = new Optimization[] {Optimization.KEPT_TURN_VALUES, Optimization.LOOP_PRODUCTS};
    rootOfTheLength(Programs.compile(LONG, 32, without), Programs.compile(bounded(LONG), 32, without), 50, 5);
  }

  /** With states there are gates and their gradients: of a segment's turns, or of all. */
  @Test
  void keptValuesDoToo() {
    rootOfTheLength(Programs.compile(LONG, 32), Programs.compile(bounded(LONG), 32), 550, 3);
  }

  /**
   * @param each numbers of a turn, of which its state is 50
   * @param most roots of the length that there may be of them
   */
  private static void rootOfTheLength(CompiledProgram plain, CompiledProgram bounded, int each, int most) {
    for (int length : new int[] {100, 143, 144, 2000, 10_000, 40_000}) {
      assertThat(elements(plain, length)).isBetween(51.0 * (length - 2), (each + 1.0) * length + 100);
      assertThat(elements(bounded, length)).isBetween(length + 2 * 50 * Math.sqrt(length) - 400, length + most * each * Math.sqrt(length) + 100);
      // what is told is what is taken
      var context = Agreement.load(bounded, "Scalar").initialised(1).context("train", Map.of("N", 1, "T", length), new Threads(1));
      double told = new MemoryNeed(bounded.spec(), 1, Map.of("T", length)).plans(1, "train");
      assertThat(4.0 * context.executor().arenaSize()).isBetween(told, Math.max(told, 4 << 20));
    }
  }

  /** Every kernel stays in its buffers at all lengths, as far as those do that keep all states. */
  @Test
  void kernelsStayInTheirBuffers() {
    assertThat(KernelBoundsTest.shown(Programs.compile(LONG, 64))).isEmpty();
    assertThat(KernelBoundsTest.shown(Programs.compile(bounded(LONG), 64))).isEmpty();
  }

  /** What a step of plain descent by a rate of 1 takes from weights is what differences of the loss say. */
  @Test
  void gradientsAreDifferencesOfTheLoss() {
    var compiled = Programs.compile(bounded("""
        input x: float[N, T, 2]
        target z: float[N, 2]
        y = x |> lstm(3, sequences = false) |> dense(2)
        output y
        loss mse(y, z)
        train { optimizer = sgd(1) }
        """), 64);
    var model = Agreement.load(compiled, "Scalar").initialised(3);
    for (var path : List.of("lstm.forward.W", "lstm.forward.U", "lstm.forward.b")) {
      var before = model.weight(path).toDoubles();
      var after = model.copy();
      run(after, "train");
      var learned = after.weight(path).toDoubles();
      for (int i = 0; i < before.length; i += 5) {
        double slope = (lossWith(model, path, before, i, 1e-5) - lossWith(model, path, before, i, -1e-5)) / 2e-5;
        assertThat(before[i] - learned[i]).as("%s[%d]", path, i).isCloseTo(slope, within(1e-8 + 1e-5 * Math.abs(slope)));
      }
    }
  }

  private static double lossWith(Model model, String path, double[] weights, int place, double more) {
    var changed = model.copy();
    var values = weights.clone();
    values[place] += more;
    changed.set(path, new Tensor(model.weight(path).shape(), values));
    return run(changed, "evaluate");
  }

  /** The loss of one run. */
  private static double run(Model model, String purpose) {
    var context = model.context(purpose, Map.of("N", 4, "T", 13), new Threads(1));
    context.dim("N", 4);
    context.dim("T", 13);
    context.counters(1, 0);
    OpenLoopsTest.feed(context);
    context.run();
    return context.results(Role.LOSS).getFirst().tensor().toDoubles()[0];
  }

  @Test
  void gradientsOfGradientsKeepAll() {
    var program = """
        input x: float[N, T, 3]
        target z: float[N, 3]
        cell = rnn_cell(3)
        h = zeros(N, 3)
        for t in 0..T { h = cell(x[:, t], h) }
        g = grad(sum(h ^ 2), x) |> mean(axis = 1)
        output g
        loss mse(g, z)
        train { optimizer = sgd(0.1) }
        """;
    var bounded = Programs.compile(bounded(program), 64);
    assertThat(isSegmented(bounded)).isFalse();
    assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(bounded, "Scalar", 1, 3, 11), OpenLoopsTest.run(Programs.compile(program, 64), "Scalar", 1, 3, 11), 0)).isEmpty();
  }

  @Test
  void whatIsNoNumberOfBytesIsTold() {
    for (var wrong : List.of("\"lots\"", "\"2T\"", "\"\"", "0", "1.5", "\"-1G\"", "\"99999999999G\"")) {
      assertThat(Programs.faults(LONG.replace("train { ", "train { memory = " + wrong + "  "))).as(wrong)
          .contains("memory is a number of bytes, and this is ", "test.nn:6:9", "memory = \"512M\" or \"2G\"");
    }
    assertThat(Programs.faults(LONG.replace("train { ", "train { memory = true  "))).contains("memory is a number of bytes");
    for (var right : Map.of("\"512M\"", 512.0 * (1 << 20), "\"2g\"", 2.0 * (1 << 30), "\"64k\"", 65536.0, "1000000", 1e6, "\"1000\"", 1000.0).entrySet()) {
      var spec = Programs.compile(LONG.replace("train { ", "train { memory = " + right.getKey() + "  "), 32).spec();
      assertThat(TrainingSettings.of(spec).memory()).isEqualTo(right.getValue());
    }
    var spec = Programs.compile(LONG, 32).spec();
    assertThat(TrainingSettings.of(spec).memory()).isZero();
    assertThat(TrainingSettings.of(spec, Map.of(Setting.MEMORY, "1M")).memory()).isEqualTo(1 << 20);
    assertThatThrownBy(() -> TrainingSettings.of(spec, Map.of(Setting.MEMORY, "much"))).isInstanceOf(Fault.class).hasMessageContaining("memory must be a number of bytes");
  }

  /** What takes more than the budget all the same is refused, with what would fit. */
  @Test
  void moreIsRefused() {
    var need = new MemoryNeed(Programs.compile(bounded(LONG), 32).spec(), 1, Map.of("T", 10_000));
    assertThatCode(() -> need.requireWithin(need.all(32, "train"), 32, "train")).doesNotThrowAnyException();
    assertThatThrownBy(() -> need.requireWithin(need.all(20, "train"), 32, "train")).isInstanceOf(Fault.class).hasMessageContaining("training by 32 examples at a time takes ")
        .hasMessageContaining("memory allows ").satisfies(fault -> assertThat(((Fault) fault).hint()).startsWith("--batch 20 would fit; or allow more: memory = "));
  }

  private static double need(CompiledProgram compiled, int length) {
    return new MemoryNeed(compiled.spec(), 1, Map.of("T", length)).all(8, "train");
  }

  /** A budget of the command line has the program compiled for it; a jar that was not can only refuse, and says why it takes so much. */
  @ResourceLock(Resources.SYSTEM_OUT)
  @ResourceLock(Resources.SYSTEM_ERR)
  @Test
  void theCommandLineMaySayIt(@TempDir Path folder) throws Exception {
    var file = Files.writeString(folder.resolve("long.nn"), LONG.replace("T, 1]", "T]").replace("z: float[N, 1]", "z: float[N]").replace("x |> gru", "expand(x, 2) |> gru").replace("dense(1)", "dense(1) |> squeeze(1)")
        + "data { train = jsonl(\"rows.jsonl\") }\n");
    Files.writeString(folder.resolve("rows.jsonl"), ("{\"x\": [" + "1, ".repeat(399) + "2], \"z\": 1}\n").repeat(8));
    var out = folder.resolve("w.npz").toString();
    var options = CompilerOptions.standard();
    var bounded = Compiler.compile(file, options.withBudget("1G"));
    assertThat(isSegmented(bounded)).isTrue();
    assertThat(bounded.spec().training().settings()).containsEntry(Setting.MEMORY, "1G");
    var plain = Compiler.compile(file, options);
    assertThat(isSegmented(plain)).isFalse();
    double all = need(plain, 400), less = need(bounded, 400);
    assertThat(less).isLessThan(0.7 * all);
    var within = Long.toString((long) ((all + less) / 2));
    var said = Said.byCompiler("train", file.toString(), "--memory", within, "--threads", "1", "--out", out);
    assertThat(said.code()).as(said.all()).isZero();
    var jar = Said.byNetwork(Compiler.load(plain), folder, "train", "--memory", within, "--threads", "1", "--out", out);
    assertThat(jar.code()).isEqualTo(1);
    assertThat(jar.err()).contains("memory allows ", "allow more: memory = \"", "compiled without memory in its train block, it keeps the states of all turns");
    assertThat(Said.byCompiler("train", file.toString(), "--memory", "1k", "--threads", "1", "--out", out).err()).contains("memory allows 1.0 kB").doesNotContain("compiled without");
    assertThat(Said.byCompiler("train", file.toString(), "--memory", "lots", "--out", out).err()).contains("memory must be a number of bytes, such as \"512M\" or \"2G\", not lots");
  }

  @Test
  void explainTellsWhatIsKept() {
    var stage = Programs.compile(bounded(LONG), 32).stages().get("train");
    assertThat(new Explanation(stage, 32, 20, Machine.usual(32, 1), List.of()).text()).contains("over T turns, k = isqrt(T) at a time", "carries float[N, 50]", "without it saved: 50*N*T numbers",
        "T of 10000: 40.0 MB without it, 800.0 kB with it");
    assertThat(new Explanation(Programs.compile(LONG, 32).stages().get("train"), 32, 20, Machine.usual(32, 1), List.of()).text()).doesNotContain("recomputation");
  }

  @Tag("slow")
  @Test
  void manyDo() {
    for (long seed = 5; seed < 60; seed++) {
      check(RandomLoopsTest.program(seed).formatted("T"), 2, 3, 4, 16, 23);
    }
  }
}
