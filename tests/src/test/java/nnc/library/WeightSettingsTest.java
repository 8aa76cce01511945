package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Covers;
import nnc.Said;
import nnc.elaborate.Prelude;
import nnc.endtoend.Programs;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Initialiser;
import nnc.runtime.spec.ModelSpec.InitialiserKind;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.WeightKind;
import nnc.syntax.Ast;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How weights start, what is added to the loss for them and what they are held to: values that every layer takes and hands on. */
class WeightSettingsTest {
  private static final Offset<Double> EXACT = within(1e-12);
  private static final String INPUTS = """
      input h: float[N, 4]
      input k: int[N]
      input s: float[N, 4, 5]
      input p: float[N, 4, 4, 4]
      input t: float[N, 3, 4]
      input v: float[N, 1, 2, 2, 3]
      """;

  /** Of each layer of the library that has weights, a use with its settings at the bar. */
  private static final Map<String, String> USES = Stream.of(
      "dense(3, |)(h)", "prelu(|)(h)", "maxout(3, 2, |)(h)", "embedding(6, 3, |)(k)", "conv1d(3, 2, |)(s)", "conv2d(2, 2, |)(p)", "conv3d(2, 2, |)(v)",
      "conv_transpose1d(3, 2, |)(s)", "conv_transpose2d(2, 2, |)(p)", "conv_transpose3d(2, 2, |)(v)", "batch_norm(|)(h)", "batch_renorm(|)(h)", "layer_norm(|)(h)",
      "group_norm(2, |)(p)", "instance_norm(|)(p)", "weight_norm_dense(3, |)(h)", "cosine_dense(3, |)(h)", "rnn_cell(3, |)(h, zeros(N, 3))",
      "lstm_cell(3, |)(h, zeros(N, 3), zeros(N, 3))", "gru_cell(3, |)(h, zeros(N, 3))", "rnn(3, bidirectional = true, |)(t)",
      "lstm(3, bidirectional = true, |)(t)", "gru(3, bidirectional = true, |)(t)", "attention(2, |)(t, t, t)", "self_attention(2, |)(t)")
      .collect(Collectors.toMap(use -> use.substring(0, use.indexOf('(')), use -> use, (a, _) -> a, LinkedHashMap::new));

  // ---- all layers

  private static List<Ast.Layer> layers() {
    return Prelude.program().statements().stream().filter(Ast.Layer.class::isInstance).map(Ast.Layer.class::cast).toList();
  }

  private static List<String> settings(Ast.Layer layer) {
    return layer.hyper().stream().map(Ast.Parameter::name).filter(name -> name.endsWith("init")).map(name -> name.substring(0, name.length() - 4)).toList();
  }

  private static Stream<Ast.Layer> used() {
    return layers().stream().filter(layer -> USES.containsKey(layer.name()));
  }

  /** A layer that has parameters, or is made of layers that have, and is not in the table here fails. */
  @Test
  void theTableHasEveryLayerWithWeights() {
    var with = new TreeSet<String>();
    boolean more = true;
    while (more) {
      more = false;
      for (var layer : layers()) {
        var text = layer.body().toString();
        more |= (text.contains("Param[") || with.stream().anyMatch(other -> text.contains("Name[name=" + other + ","))) && with.add(layer.name());
      }
    }
    assertThat(USES.keySet()).containsExactlyInAnyOrderElementsOf(with);
  }

  /**
   * Each group of a layer's weights (its own, biases, recurrent ones, ...) starts in an interval of its own, is penalised with a rate of its own,
   * and is held below a bound of its own. All that the layer learns is in one of the intervals.
   */
  @ParameterizedTest
  @MethodSource("used")
  void everyWeightOfALayerTakesThem(Ast.Layer layer) {
    var prefixes = settings(layer);
    var given = new ArrayList<String>();
    for (int group = 0; group < prefixes.size(); group++) {
      double low = 0.5 + 0.2 * group;
      var prefix = prefixes.get(group);
      given.add("%sinit = uniform(%s, %s), %sregularize = l1(%s), %sconstrain = w => minimum(w, %s)"
          .formatted(prefix, low, low + 0.1, prefix, 0.1 + group, prefix, low + 0.05));
    }
    var call = USES.get(layer.name()).replace("|", String.join(", ", given));
    var model = load(INPUTS + (layer.name().equals("lstm_cell") ? "y, c = " + call + "\nloss mean(y + c)" : "y = " + call + "\nloss mean(y)")
        + "\ntrain { optimizer = sgd(0) }");
    var before = parameters(model);
    double penalty = 0;
    for (var values : before.values()) {
      int group = group(values);
      assertThat(group).isBetween(0, prefixes.size() - 1);
      assertThat(Arrays.stream(values)).allMatch(w -> w >= 0.5 + 0.2 * group && w < 0.6 + 0.2 * group);
      penalty += (0.1 + group) * Arrays.stream(values).sum();
    }
    assertThat(before.values().stream().map(WeightSettingsTest::group).distinct()).hasSize(prefixes.size());
    var context = step(model, 1);
    assertThat(context.result(Role.TERM, "penalty").get(0)).isCloseTo(penalty, within(1e-9));
    parameters(model).forEach((path, values) -> assertThat(values).as(path)
        .containsExactly(Arrays.stream(before.get(path)).map(w -> Math.min(w, 0.55 + 0.2 * group(before.get(path)))).toArray(), EXACT));
  }

  private static int group(double[] values) {
    return (int) Math.floor((values[0] - 0.5) / 0.2 + 1e-9);
  }

  private static Model load(String program) {
    return Compiler.load(Programs.compile(program, 64)).initialised(7);
  }

  private static Map<String, double[]> parameters(Model model) {
    var parameters = new LinkedHashMap<String, double[]>();
    model.spec().weights().stream().filter(w -> w.kind() == WeightKind.PARAMETER).forEach(w -> parameters.put(w.path(), model.weight(w.path()).toDoubles()));
    return parameters;
  }

  private static Context step(Model model, int number) {
    return step(model, number, 1);
  }

  private static Context step(Model model, int number, int threads) {
    var context = model.context("train", 6, new Threads(threads));
    var random = new Random(number);
    context.batch(6);
    for (var input : context.inputs()) {
      int size = 6 * input.name().chars().map(c -> switch (c) { case 'h' -> 4; case 'k' -> 1; case 's' -> 20; case 'p' -> 64; default -> 12; }).sum();
      input.set(random.doubles(size, -1, 1).map(v -> input.name().equals("k") ? Math.abs(Math.floor(3 * v)) : v).toArray());
    }
    context.counters(number, 0);
    context.run();
    return context;
  }

  // ---- initialisers

  private static String call(InitialiserKind kind) {
    return switch (kind) {
      case CONSTANT -> "constant(0.3)";
      case UNIFORM -> "uniform(-2, 3)";
      case NORMAL -> "normal(0.5, 2)";
      case TRUNCATED_NORMAL -> "truncated_normal(sd = 2)";
      case ORTHOGONAL -> "orthogonal(2)";
      case SPARSE -> "sparse(2)";
      case DATA_MEAN, DATA_DEVIATION, DATA_MEDIAN, DATA_MODE, DATA_CENTRE, DATA_PCA, DATA_IDF -> kind + "(h)";
      case DATA_ZCA -> "data_zca(h, 0)";
      case TABLE -> "[[1, 2], [3, 4], [5, 6], [7, 8]]";
      case ZEROS, ONES, GLOROT_UNIFORM, GLOROT_NORMAL, HE_UNIFORM, HE_NORMAL, LECUN_UNIFORM, LECUN_NORMAL, IDENTITY -> kind.toString();
    };
  }

  /** Those that are missing are of one shape, which is not that of a weight of [4, 2]: WhiteningTest and TermFrequencyTest have them. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"DATA_CENTRE", "DATA_ZCA", "DATA_IDF"})
  void eachIsAValue(InitialiserKind kind) {
    var model = load("""
        input h: float[N, 4]
        const start = %1$s
        layer own(units, init = %1$s)(x: float[..., D]) -> float[..., units] {
          param W: float[D, units] = init
          return x @ W
        }
        fn made(start = %1$s) = own(2, init = start)
        param direct: float[4, 2] = %1$s
        output y = own(2)(h) + own(2, %1$s)(h) + own(2, init = start)(h) + dense(2, init = start)(h) + dense(2, init = %1$s)(h) + made()(h) + h @ direct
        """.formatted(call(kind)));
    var starts = model.spec().weights().stream().filter(w -> w.shape().equals(List.of(4, 2))).map(w -> w.initialiser()).toList();
    assertThat(starts).hasSize(7).allMatch(starts.getFirst()::equals).allMatch(start -> start.kind() == kind);
  }

  /** What starts a parameter may be something else elsewhere: draws are drawn, and an orthogonal penalty is one. */
  @Test
  void whatHasTwoMeaningsKeepsThem() {
    var model = load("""
        input h: float[N, 4]
        noise = normal(0, 1)
        far = uniform(7, 8)
        param W: float[4, 2] = normal(0, 1)
        regularize orthogonal(0.5) on "W"
        loss mean(h @ W) + 0 * noise
        output y = sum(h) * 0 + far + 0 * -noise
        output same = noise - noise
        output less = 1 > far
        train { optimizer = sgd(0.1) }
        """);
    var context = model.context("predict", 1);
    context.batch(1);
    context.input("h").set(new double[4]);
    context.run();
    assertThat(context.output("y").tensor().toDoubles()[0]).isBetween(7.0, 8.0);
    assertThat(context.output("same").tensor().toDoubles()).containsExactly(0);
    assertThat(context.output("less").tensor().toDoubles()).containsExactly(0);
    var w = model.weight("W").toDoubles();
    double penalty = 0;
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        double product = i == j ? -1 : 0;
        for (int row = 0; row < 4; row++) {
          product += w[2 * row + i] * w[2 * row + j];
        }
        penalty += 0.5 * Math.abs(product);
      }
    }
    assertThat(step(model, 1).result(Role.TERM, "penalty").get(0)).isCloseTo(penalty, EXACT);
  }

  @Test
  void aNameOfTheProgramGoesBeforeTheLibrarys() {
    var model = load("const sparse = 3\nparam w: float[2] = sparse\noutput y = w");
    assertThat(model.spec().weights().getFirst().initialiser()).isEqualTo(new Initialiser(InitialiserKind.CONSTANT, List.of(3.0)));
  }

  // ---- penalties

  @Test
  void aPenaltyIsAFunctionOrSeveralAndCountsOnceForASharedLayer() {
    var model = load("""
        input h: float[N, 4]
        d = dense(4, init = orthogonal(2), regularize = [l2(0.5), w => 3 * max(w)], bias_init = constant(2), bias_regularize = b => sum(b^4))
        loss mean(h |> d |> d)
        train { optimizer = sgd(0) }
        """);
    var w = model.weight("d.W").toDoubles();
    double expected = Arrays.stream(w).map(v -> 0.25 * v * v).sum() + 3 * Arrays.stream(w).max().orElseThrow() + 4 * 16;
    assertThat(step(model, 1).result(Role.TERM, "penalty").get(0)).isCloseTo(expected, EXACT);
    assertThat(Arrays.stream(w).map(v -> v * v).sum()).isCloseTo(4 * 4, EXACT);
  }

  @Test
  void itsGradientIsAddedToTheLossesOwn() {
    var plain = gradient("");
    var penalised = gradient(", regularize = l1_l2(0.3, 0.7)");
    var w = load(program("")).weight("dense.W").toDoubles();
    for (int i = 0; i < w.length; i++) {
      assertThat(penalised[i]).isCloseTo(plain[i] + 0.3 * Math.signum(w[i]) + 0.7 * w[i], EXACT);
    }
  }

  private static String program(String settings) {
    return "input h: float[N, 4]\nloss mean(h |> dense(3, tanh" + settings + "))\ntrain { optimizer = sgd(0.1) }";
  }

  private static double[] gradient(String settings) {
    var model = load(program(settings));
    var context = model.context("gradient", 2);
    context.batch(2);
    context.input("h").set(new double[] {1, -2, 3, 0.5, 0, 1, -1, 2});
    context.run();
    return context.result(Role.GRADIENT, "dense.W").tensor().toDoubles();
  }

  // ---- constraints

  /** The norms of the units of {@code [4, 3]}, which are its columns. */
  private static double[] norms(double[] w) {
    var norms = new double[3];
    for (int i = 0; i < w.length; i++) {
      norms[i % 3] += w[i] * w[i];
    }
    return Arrays.stream(norms).map(Math::sqrt).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"adam(0.3)", "sgd(2)", "momentum(0.5)"})
  @Covers({"max_norm", "min_max_norm", "unit_norm", "non_negative"})
  void aConstraintHoldsAfterEveryStep(String optimizer) {
    var model = load("""
        input h: float[N, 4]
        short = dense(3, constrain = max_norm(0.4))
        one = dense(3, constrain = w => unit_norm(w, axis = 0))
        between = dense(3, constrain = min_max_norm(0.5, 0.6))
        positive = dense(3, constrain = [non_negative, max_norm(0.9)], bias_constrain = non_negative)
        rest = dense(3, constrain = max_norm(0.1))
        freeze "rest.*"
        loss mean((short(h) * one(h) + between(h) * positive(h) - 1 + rest(h))^2)
        train { optimizer = %s }
        """.formatted(optimizer));
    var rest = model.weight("rest.W").toDoubles();
    for (int number = 1; number <= 6; number++) {
      step(model, number);
      assertThat(Arrays.stream(norms(model.weight("short.W").toDoubles()))).allMatch(norm -> norm <= 0.4 + 1e-12);
      assertThat(Arrays.stream(norms(model.weight("one.W").toDoubles()))).allMatch(norm -> Math.abs(norm - 1) < 1e-12);
      assertThat(Arrays.stream(norms(model.weight("between.W").toDoubles()))).allMatch(norm -> norm >= 0.5 - 1e-12 && norm <= 0.6 + 1e-12);
      assertThat(Arrays.stream(norms(model.weight("positive.W").toDoubles()))).allMatch(norm -> norm <= 0.9 + 1e-12);
      assertThat(Arrays.stream(model.weight("positive.W").toDoubles())).allMatch(w -> w >= 0);
      assertThat(Arrays.stream(model.weight("positive.b").toDoubles())).allMatch(w -> w >= 0);
    }
    // what is not learned is not changed either
    assertThat(model.weight("rest.W").toDoubles()).isEqualTo(rest);
    assertThat(Arrays.stream(norms(rest))).anyMatch(norm -> norm > 0.1);
  }

  // ---- training

  private static final String TRAINED = """
      input point: float[N, 2]
      target label: float[N]
      z = point |> dense(8, tanh, init = orthogonal(1.5), regularize = l2(0.01), constrain = max_norm(1))
            |> dense(1, init = he_normal, bias_init = constant(0.1), bias_constrain = non_negative, regularize = [l1(0.01), orthogonal(0.01)])
      loss mse(z[:, 0], label)
      data { train = plane(64, seed = 3) }
      train { optimizer = adam(0.05)  batch = 16  epochs = %d }
      """;

  @TempDir
  Path folder;

  @Test
  void resumedItGivesTheSameBitsAndSaysThePenalty() {
    var whole = said(4, "--out", "whole.npz");
    assertThat(whole).contains("penalty ");
    said(2, "--out", "part.npz");
    said(4, "--resume", "part.npz");
    var resumed = Npz.read(folder.resolve("part.npz"));
    Npz.read(folder.resolve("whole.npz")).forEach((name, array) -> assertThat(resumed.get(name).toDoubles()).as(name).isEqualTo(array.toDoubles()));
  }

  private String said(int epochs, String... arguments) {
    var all = Stream.concat(Stream.of("train"), Stream.of(arguments).map(a -> a.endsWith(".npz") ? folder.resolve(a).toString() : a)).toArray(String[]::new);
    return Said.byNetwork(Compiler.load(Programs.compile(TRAINED.formatted(epochs), 32)), folder, all).all();
  }

  @Test
  void onThreadsItGivesTheSameBits() {
    var program = """
        input h: float[N, 4]
        loss mean(h |> dense(70, tanh, regularize = l1_l2(0.01, 0.02), constrain = min_max_norm(0.2, 0.5)) |> dense(3, constrain = max_norm(0.3)))
        train { optimizer = adam(0.1) }
        """;
    var one = load(program);
    var several = load(program);
    for (int number = 1; number <= 4; number++) {
      step(one, number, 1);
      step(several, number, 3);
    }
    parameters(one).forEach((path, values) -> assertThat(several.weight(path).toDoubles()).as(path).isEqualTo(values));
  }

  // ---- the page

  @Test
  void theProgramsOfThePageAreRight() throws IOException {
    var blocks = Files.readString(Path.of("../docs/weights.md")).split("```");
    for (int i = 1; i < blocks.length; i += 2) {
      assertThat(Programs.compile(blocks[i], 32).spec().plans()).as(blocks[i]).extracting(ModelSpec.Plan::name).containsAnyOf("train", "predict");
    }
  }

  @Test
  void thePageHasEverySettingOfEveryLayerAndEveryInitialiser() throws IOException {
    var page = Files.readString(Path.of("../docs/weights.md"));
    used().forEach(layer -> {
      assertThat(page).contains("`" + layer.name().replace("_cell", "") + "`");
      assertThat(settings(layer)).as(layer.name()).allMatch(prefix -> page.contains("`" + prefix + "init`"));
    });
    assertThat(InitialiserKind.values()).filteredOn(kind -> kind != InitialiserKind.TABLE).allMatch(kind -> page.contains("`" + kind));
  }
}
