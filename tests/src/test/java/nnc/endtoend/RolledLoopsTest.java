package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.Compilation;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.elaborate.Elaborator.Rolled;
import nnc.elaborate.LoopChoice;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loops over ranges of numbers: rolled they compute what they compute unrolled, and what could not is unrolled. */
class RolledLoopsTest {
  private static CompiledProgram compile(String program, int precision, Rolled rolled) {
    try {
      return new Compilation("test.nn", program, new CompilerOptions(Map.of(), precision, List.of(), List.of(), _ -> { })).rolling(rolled).compile(List.of(Purpose.values()));
    } catch (FaultyProgram e) {
      throw new AssertionError(e.getMessage() + "\n" + program, e);
    }
  }

  private static List<LoopChoice> choices(CompiledProgram compiled) {
    return compiled.stages().values().stream().flatMap(stage -> stage.loops().stream()).distinct().toList();
  }

  private static boolean isRolled(CompiledProgram compiled) {
    return choices(compiled).stream().anyMatch(LoopChoice::rolled);
  }

  /** That predictions and losses are the same but for rounding, or to the bit, and weights after some steps but for rounding. */
  private static void same(String program, int precision, int length, double tolerance) {
    var rolled = compile(program, precision, Rolled.WHERE_POSSIBLE);
    var unrolled = compile(program, precision, Rolled.NONE);
    var is = OpenLoopsTest.run(rolled, "Scalar", 1, 3, length);
    assertThat(OpenLoopsTest.differingBetween(is, OpenLoopsTest.run(unrolled, "Scalar", 1, 3, length), tolerance)).as("%s%n%s", choices(rolled), program).isEmpty();
    for (var width : Agreement.vectors(length)) {
      assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(rolled, width, 2, 3, length), is, 0)).as("bits by %s%n%s", width, program).isEmpty();
    }
  }

  private static void random(long seed) {
    for (int length : new int[] {1, 5}) {
      var program = new RandomLoopsTest.Drawn(seed).program().formatted(length);
      same(program, 64, length, 1e-11);
      same(program, 32, length, 2e-4);
      var rolled = compile(program, 64, Rolled.WHERE_POSSIBLE);
      // of sums over examples none is rolled, and none without turns
      assertThat(isRolled(rolled) || program.contains("m = m + transpose") || choices(rolled).stream().allMatch(choice -> choice.turns() < 1))
          .as("%s%n%s", choices(rolled), program).isTrue();
      Agreement.check(rolled, 3, 1e-9, seed);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void randomLoopsAreWhatTheyAreUnrolled(long seed) {
    random(seed);
  }

  @Tag("slow")
  @Test
  void manyAre() {
    for (long seed = 3; seed < 60; seed++) {
      random(seed);
    }
  }

  static Stream<String> layers() {
    return OpenLoopsTest.programs();
  }

  @ParameterizedTest
  @MethodSource("layers")
  void layersAreWhatTheyAreUnrolled(String program) {
    same(program.formatted("4"), 64, 4, 1e-10);
  }

  /** Where each turn's sums are of the same terms in the same order, bits are the same; weights' gradients are summed otherwise. */
  @ParameterizedTest
  @CsvSource({"rnn, 32", "lstm, 32", "gru, 64", "lstm, 64"})
  void predictionsHaveTheBitsOfUnrolledOnes(String layer, int precision) {
    var program = """
        input x: float[N, 9, 5]
        output all = x |> %1$s(20)
        output last = x |> %1$s(7, bidirectional = true, sequences = false)
        """.formatted(layer);
    var rolled = compile(program, precision, Rolled.WHERE_POSSIBLE);
    assertThat(choices(rolled)).isNotEmpty().allMatch(LoopChoice::rolled);
    assertThat(OpenLoopsTest.differing(predicted(rolled), predicted(compile(program, precision, Rolled.NONE)), 0)).isEmpty();
  }

  private static Map<String, double[]> predicted(CompiledProgram compiled) {
    var context = Agreement.load(compiled, "256").initialised(3).context("predict", 6);
    context.batch(6);
    for (var input : context.inputs()) {
      input.set(new Random(5).doubles(input.size(), -1, 1).toArray());
    }
    context.run();
    var all = new LinkedHashMap<String, double[]>();
    compiled.stages().get("predict").elaborated().results().forEach(result -> all.put(result.name(), context.output(result.name()).tensor().toDoubles()));
    return all;
  }

  // ---- what has to stay unrolled

  private static String recurrence(String before, String body, String behind) {
    return """
        input x: float[N, 6, 3]
        target z: float[N, 3]
        param w: float[3, 3] = normal(0.5)
        h = x[:, 0]
        %s
        for t in 0..6 { %s }
        %s
        output y = h
        loss mse(h, z)
        train { optimizer = sgd(0.1) }
        """.formatted(before, body, behind);
  }

  static Stream<String> kept() {
    return Stream.of(
        // its number is asked for
        recurrence("", "h = if t == 0 then h else tanh(h @ w)", ""),
        recurrence("", "h = if t != 3 then tanh(h @ w) else h", ""),
        recurrence("", "h = if t > 2 then h @ w else h", ""),
        recurrence("", "h = if [t, 1] == [2, 1] then h @ w else h", ""),
        recurrence("", "h = if mod(t, 2) == 0 then h @ w else tanh(h)", ""),
        recurrence("", "h = if is_number(t) then h @ w else h", ""),
        recurrence("", "h = if text(t) == \"2\" then h @ w else h", ""),
        recurrence("", "h = h @ w + 0.1 * t", ""),
        recurrence("", "h = h @ w + t", ""),
        recurrence("", "h = h @ w * (t / 4)", ""),
        recurrence("", "h = h @ w + sum(ones(t + 1))", ""),
        recurrence("", "h = h @ w + mean(x[:, 0:t + 1], axis = 1)", ""),
        recurrence("many = [0.5, 0.1, 2, 1, 0.2, 0.3]", "h = h @ w * many[t]", ""),
        recurrence("", "for u in 0..t { h = h @ w + 0.1 }", ""),
        // places are counted from the end, or cut
        recurrence("", "h = tanh(h @ w) + x[:, t - 1]", ""),
        recurrence("", "h = tanh(h @ w) + sum(x[:, t:t + 2], axis = 1)", ""),
        recurrence("keys = zeros(N, 6, 3)", "h = tanh(h @ w)\n keys = put(keys, h, t, axis = 1)", "h = sum(keys, axis = 1)"),
        // what figures of whole data are made of by other means
        recurrence("m = 0", "h = tanh(h @ w)\n m = m + mean(h)", "h = h * m"),
        recurrence("m = zeros(3, 3)", "h = tanh(h @ w)\n m = m + transpose(h, [1, 0]) @ h", "h = h @ m"),
        recurrence("", "h = tanh(cumsum(h @ w, axis = 0))", ""),
        recurrence("", "h = tanh(reverse(h @ w, axis = 0))", ""),
        recurrence("", "for u in 0..6 { h = sort(tanh(h @ w), axis = 0) }", ""),
        // what turns make for themselves
        recurrence("", "h = h |> dense(3, tanh)", ""),
        recurrence("", "h = h @ w + uniform(-1, 1, shape(h))", ""),
        recurrence("", "h = h |> batch_norm()", ""),
        recurrence("", "block = compose(dense(3), tanh)\n h = block(h)", ""),
        recurrence("fn own(x) = x |> dense(3, tanh)\nblock = compose(own, tanh)", "h = block(h)", ""),
        // what reaches beyond a turn
        recurrence("", "h = tanh(h @ w)\n h = h - 0.1 * grad(sum(h), w)[0]", ""),
        recurrence("", "h = activity(tanh(h @ w), l2(0.1))", ""),
        // types and numbers that change
        recurrence("g = x[:, 0]", "g = concat([g, x[:, t]], axis = 1)", "h = h + g[:, 3:6]"),
        recurrence("k = 0", "k = k + 1\n h = h @ w", "h = h * k"),
        recurrence("k = 0", "h = h @ w + k\n k = k + 0.3", ""),
        recurrence("k = 2", "h = h @ w * 1\n i = cast(h > 0, \"int\")\n k = k + sum(i)", "h = h + k"),
        recurrence("first = true", "h = if first then h @ w else tanh(h)\n first = false", ""),
        recurrence("s = 0", "s = s + x[:, t]\n h = tanh(h @ w)", "h = h + s"),
        // lists that are more than collected, names that are read behind
        recurrence("all = []", "h = h @ w + len(all)\n all = all + [h]", ""),
        recurrence("all = []", "h = if all == [] then h else h @ w\n all = all + [h]", ""),
        recurrence("all = [x[:, 0]]", "h = h @ w\n all = all + [h]", "h = mean(stack(all, axis = 1), axis = 1)"),
        recurrence("", "g = h @ w\n h = tanh(g)", "h = h + g"),
        recurrence("", "const k = 3\n h = h @ w / k", "h = h * k"));
  }

  @ParameterizedTest
  @MethodSource("kept")
  void whatItsNumberMattersToStaysUnrolled(String program) {
    assertThat(choices(compile(program, 64, Rolled.WHERE_POSSIBLE)).stream().filter(choice -> choice.turns() == 6)).as(program).isNotEmpty().noneMatch(LoopChoice::rolled);
    same(program, 64, 6, 1e-14);
  }

  static Stream<String> rolled() {
    return Stream.of(
        recurrence("", "h = tanh(h @ w) + x[:, t] - x[:, 5 - t]", "h = h * t"),
        recurrence("total = 0", "h = tanh(h @ w)\n total = total + mean(w * w)", "h = h * total"),
        recurrence("k = 3", "h = tanh(h @ w) / k", "h = h * k"),
        recurrence("", "h = if true then tanh(h @ w) else h |> dense(3)", ""),
        recurrence("all = []", "h = tanh(h @ w)\n all = all + [h, x[:, t]]", "h = all[3] + all[-1] * len(all) + sum(stack(all, axis = 1), axis = 1)"),
        recurrence("all = []", "h = tanh(h @ w)\n all = [h] + all", "h = concat(all, axis = 1)[:, 2:5] + (all + [x[:, 0]])[-1]"),
        recurrence("all = []", "h = tanh(h @ w)\n all = all + [h]", "for one in all { h = h + one }"),
        recurrence("", "for u in 0..6 { h = tanh(h @ w + x[:, u] * x[:, t]) }", "h = h + u"),
        recurrence("f = dense(3)", "h = tanh(f(h))", ""));
  }

  @ParameterizedTest
  @MethodSource("rolled")
  void whatIsAlikeInAllTurnsIsRolled(String program) {
    var compiled = compile(program, 64, Rolled.WHERE_POSSIBLE);
    assertThat(choices(compiled).stream().filter(choice -> choice.turns() == 6)).as(program).isNotEmpty().allMatch(LoopChoice::rolled);
    same(program, 64, 6, 1e-12);
  }

  /** A loop that has to be unrolled leaves the others as they are, and names of weights. */
  @Test
  void eachLoopIsForItself() {
    var program = recurrence("", "h = tanh(h @ w)", "for t in 0..6 { h = h |> dense(3, tanh) }\nfor t in 0..6 { h = tanh(h @ w) + x[:, t] }");
    var compiled = compile(program, 64, Rolled.WHERE_POSSIBLE);
    assertThat(compiled.stages().get("predict").loops().stream().map(LoopChoice::rolled)).containsExactly(true, false, true);
    assertThat(compiled.spec().weights().stream().map(weight -> weight.path()))
        .containsExactlyElementsOf(compile(program, 64, Rolled.NONE).spec().weights().stream().map(weight -> weight.path()).toList());
    same(program, 64, 6, 1e-12);
  }

  // ---- which are

  private static final String LSTM = """
      input x: float[N, %1$d, 8]
      target y: float[N, 1]
      p = x |> lstm(16, sequences = false) |> dense(1)
      output p
      loss mse(p, y)
      train { optimizer = adam(0.001)  batch = 32 }
      """;

  /** Of each purpose, whether its loops are rolled. */
  private static Map<Purpose, Boolean> choices(String program, String... without) throws FaultyProgram {
    var elaborated = new Compilation("test.nn", program, new CompilerOptions(Map.of(), 32, List.of(without), List.of(), _ -> { })).elaborate(List.of(Purpose.values()));
    var all = new EnumMap<Purpose, Boolean>(Purpose.class);
    elaborated.forEach((purpose, made) -> {
      assertThat(made.loops()).isNotEmpty();
      all.put(purpose, made.loops().stream().anyMatch(LoopChoice::rolled));
    });
    return all;
  }

  private static Map<Purpose, Boolean> of(boolean predicts, boolean learns) {
    return Map.of(Purpose.PREDICT, predicts, Purpose.EVALUATE, predicts, Purpose.TRAIN, learns, Purpose.GRADIENT, learns);
  }

  /** Predictions are from a thousand turns on, what learns only if a limit refuses it unrolled. */
  @Test
  void longRecurrencesAreRolledAndShortOnesAreNot() throws FaultyProgram {
    assertThat(choices(LSTM.formatted(20))).isEqualTo(of(false, false));
    assertThat(choices(LSTM.formatted(999))).isEqualTo(of(false, false));
    assertThat(choices(LSTM.formatted(1000))).isEqualTo(of(true, false));
    assertThat(choices(LSTM.formatted(12_000))).isEqualTo(of(true, true));
    assertThat(choices(LSTM.formatted(200_000))).isEqualTo(of(true, true));
    assertThat(choices(LSTM.formatted(1000), "roll")).isEqualTo(of(false, false));
    assertThat(choices("input x: float[N, 1000, 2]\nh = x[:, 0]\nfor t in 0..1000 { h = h * 0.5 + x[:, t] }\noutput h\n")).containsEntry(Purpose.PREDICT, false);
  }

  /** A program without a loss keeps nothing for gradients, whatever it is compiled for. */
  @Test
  void whatHasNoLossIsRolledForAllPurposes() throws FaultyProgram {
    var predicts = LSTM.formatted(1000).replaceAll("(target|loss|train) .*\n", "");
    assertThat(choices(predicts)).isEqualTo(of(true, true));
    assertThat(choices(predicts + "fn judged(a) { loss sum(a)  return a }\noutput q = judged(p)\n")).isEqualTo(of(true, false));
  }

  /** What is rolled since it is too much otherwise is small, and trains. */
  @Test
  void whatIsBeyondALimitTrains() {
    var compiled = Programs.compile(LSTM.formatted(12_000), 32);
    compiled.stages().forEach((purpose, stage) -> assertThat(stage.elaborated().nodes().size()).as(purpose).isLessThan(500));
    var context = Agreement.load(compiled, "256").initialised(3).context("train", 2);
    context.batch(2);
    OpenLoopsTest.feed(context);
    context.counters(1, 0);
    context.run();
    assertThat(context.results(Role.LOSS)).isNotEmpty().allSatisfy(result -> assertThat(result.tensor().toDoubles()).matches(all -> Arrays.stream(all).allMatch(Double::isFinite)));
  }

  /** Of loops that gradients are taken of by the program none is rolled, and turns that are not alike are as many as they may be. */
  @Test
  void whatCannotBeIsNotRolledBeyondLimitsEither() throws FaultyProgram {
    var differentiated = recurrence("", "h = tanh(h @ w)", "h = h + sum(grad(sum(h), w))");
    assertThat(choices(compile(differentiated, 64, Rolled.WHERE_POSSIBLE))).isNotEmpty().noneMatch(LoopChoice::rolled);
    assertThat(Programs.faults("input x: float[N, 3]\nfor t in 0..120000 { x = x |> dense(3) }\noutput x\n")).contains("test.nn:2").contains("limit").doesNotContain("open length");
    assertThat(Programs.faults("input x: float[N, 3]\nfor t in 0..2000000 { x = tanh(x) }\noutput x\n")).contains("test.nn:2").contains("a range of 2000000 is too long");
  }

  /** What a program is told that has faults is what it is told unrolled. */
  @Test
  void faultsAreThoseOfTurnsWrittenOut() {
    assertThat(Programs.faults("""
        input x: float[N, 1600, 3]
        h = x[:, 0]
        for t in 0..1600 { h = h @ zeros(4, 3) }
        output h
        """)).contains("test.nn:3").doesNotContain("open length").doesNotContain("turn#");
  }

  // ---- training goes on

  /** Weights have the same names: a checkpoint of either form is gone on with by the other, and comes to the same but for rounding. */
  @Test
  void checkpointsOfOneFormAreResumedByTheOther(@TempDir Path folder) throws IOException {
    var program = """
        input x: float[N, 6, 3]
        target z: float[N, 4]
        h = x |> gru(4, sequences = false)
        output h
        loss mse(h, z)
        data { train = npz("data.npz") }
        train { optimizer = adam(0.01)  batch = 8  epochs = 4  seed = 3 }
        """;
    var random = new Random(1);
    Npz.write(folder.resolve("data.npz"), Map.of("x", new Tensor(new int[] {40, 6, 3}, random.doubles(40 * 18).toArray()),
        "z", new Tensor(new int[] {40, 4}, random.doubles(160).toArray())));
    var rolled = Compiler.load(compile(program, 64, Rolled.WHERE_POSSIBLE));
    var unrolled = Compiler.load(compile(program, 64, Rolled.NONE));
    var whole = train(unrolled, folder, "whole.npz");
    for (var both : List.of(List.of(rolled, unrolled), List.of(unrolled, rolled), List.of(rolled, rolled))) {
      train(both.getFirst(), folder, "half.npz", "--epochs", "2");
      var resumed = train(both.getLast(), folder, "end.npz", "--resume", folder.resolve("half.npz").toString());
      assertThat(OpenLoopsTest.differing(resumed, whole, 1e-9)).isEmpty();
    }
  }

  private static Map<String, double[]> train(Model model, Path folder, String name, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--out", folder.resolve(name).toString()));
    arguments.addAll(Arrays.asList(more));
    var said = Said.byNetwork(model, folder, arguments.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    var all = new TreeMap<String, double[]>();
    var trained = model.withWeights(folder.resolve(name));
    trained.spec().weights().stream().filter(weight -> !weight.path().startsWith("table.")).forEach(weight -> all.put(weight.path(), trained.weight(weight.path()).toDoubles()));
    return all;
  }
}
