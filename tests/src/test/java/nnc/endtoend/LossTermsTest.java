package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.RandomWeights;
import nnc.runtime.spec.ModelSpec.Role;

/** Losses and penalties are told apart, and the loss of training is what the loss of validation is; at a rate of 0 the weights stay the same. */
class LossTermsTest {
  private static final String NETWORK = """
      input point: float[N, 2]
      target label: float[N]
      hidden = point |> dense(3, tanh)
      logit = hidden |> dense(1) |> squeeze(1)
      spread = mean(hidden^2)
      %s
      data { train = circle(%d, noise = 0.2)  validate = circle(%2$d, noise = 0.2) }
      train { optimizer = sgd(0)  batch = %d  epochs = 2 }
      """;
  private static final List<String> LOSSES = List.of("binary_cross_entropy(logit, label)", "spread", "0.3 * mean(abs(logit))", "mae(logit, label)");
  private static final List<String> CALLED = List.of("binary_cross_entropy", "spread", "", "mae");
  private static final List<String> PENALTIES = List.of("l2(0.5) on \"*.W\"", "l1(0.1)", "(w => sum(w^4)) on \"dense.W\"");

  private Path folder;

  @BeforeProperty
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("terms");
  }

  @AfterProperty
  void removeFolder() throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Said train(String statements, int rows, int batch, String... options) {
    var model = Compiler.load(Programs.compile(NETWORK.formatted(statements, rows, batch), 32));
    var arguments = Stream.concat(Stream.of("train", "--out", folder.resolve("w.npz").toString()), Stream.of(options)).toArray(String[]::new);
    var said = Said.byNetwork(model, folder, arguments);
    assertThat(said.code()).as(said.all()).isZero();
    return said;
  }

  private static String statements(List<Integer> losses, int penalties) {
    var lines = losses.stream().map(i -> "loss " + LOSSES.get(i));
    return Stream.concat(lines, PENALTIES.stream().limit(penalties).map(penalty -> "regularize " + penalty)).collect(Collectors.joining("\n"));
  }

  @Property(tries = 12, seed = "26", shrinking = ShrinkingMode.OFF)
  void trainingAndValidationTellTheSame(@ForAll @Size(min = 1, max = 4) List<@IntRange(max = 3) Integer> losses, @ForAll @IntRange(max = 3) int penalties,
      @ForAll @IntRange(min = 2, max = 40) int rows, @ForAll @IntRange(min = 1, max = 50) int batch) {
    var said = train(statements(losses, penalties), rows, batch, "--json");
    var epoch = (Map<?, ?>) said.out().lines().map(JsonReader::read).filter(line -> ((Map<?, ?>) line).get("event").equals("epoch")).reduce((_, last) -> last).orElseThrow();
    var names = names(losses);
    assertThat(epoch.keySet().stream().map(Object::toString).filter(key -> key.matches("(loss|penalty).*"))).containsExactlyElementsOf(
        Stream.concat(names.stream(), penalties > 0 ? Stream.of("penalty") : Stream.of()).toList());
    for (var name : names) {
      assertThat((Double) epoch.get(name)).as(name).isEqualTo((Double) epoch.get("val_" + name), within(2e-6));
    }
    var parts = names.stream().skip(1).mapToDouble(name -> (Double) epoch.get(name)).sum();
    assertThat(losses.size() == 1 ? (Double) epoch.get("loss") : parts).isEqualTo((Double) epoch.get("loss"), within(2e-6));
  }

  /** The loss, and of several each: by its name, or its number where it has none of its own. */
  private static List<String> names(List<Integer> losses) {
    var own = IntStream.range(0, losses.size()).filter(_ -> losses.size() > 1).mapToObj(i -> {
      var called = CALLED.get(losses.get(i));
      return "loss." + (called.isEmpty() || losses.stream().filter(losses.get(i)::equals).count() > 1 ? "" + (i + 1) : called);
    });
    return Stream.concat(Stream.of("loss"), own).toList();
  }

  /** What is lowered is the sum of all, whose gradient each parameter follows. */
  @Property(tries = 8, seed = "26", shrinking = ShrinkingMode.OFF)
  void theSumIsWhatIsLowered(@ForAll @Size(min = 1, max = 3) List<@IntRange(max = 3) Integer> losses, @ForAll @IntRange(max = 3) int penalties) {
    var program = NETWORK.formatted(statements(losses, penalties), 8, 8);
    var model = RandomWeights.of(Compiler.load(Programs.compile(program, 64)), 5);
    var train = run(model, "train");
    var terms = train.results(Role.TERM).stream().collect(Collectors.toMap(output -> output.name(), output -> output.get(0)));
    double loss = terms.containsKey("loss") ? terms.get("loss") : train.result(Role.LOSS, "loss").get(0);
    double all = loss + terms.getOrDefault("penalty", 0.0);
    assertThat(train.result(Role.LOSS, "loss").get(0)).isEqualTo(all, within(1e-12));
    assertThat(run(model, "gradient").result(Role.LOSS, "loss").get(0)).isEqualTo(all, within(1e-12));
    assertThat(loss).isEqualTo(run(model, "evaluate").result(Role.LOSS, "loss").get(0), within(1e-12));
    double expected = PENALTIES.stream().limit(penalties).mapToDouble(penalty -> penalty(penalty, model)).sum();
    assertThat(terms.getOrDefault("penalty", 0.0)).isEqualTo(expected, within(1e-12));
  }

  private static double penalty(String penalty, Model model) {
    var pairs = Stream.of("dense.W", "dense.b", "dense_2.W", "dense_2.b").map(path -> Tuple.of(path, model.weight(path).toDoubles())).toList();
    return pairs.stream().mapToDouble(pair -> java.util.Arrays.stream(pair.get2()).map(w -> switch (penalty.substring(0, 2)) {
      case "l2" -> pair.get1().endsWith("W") ? 0.25 * w * w : 0;
      case "l1" -> 0.1 * Math.abs(w);
      default -> pair.get1().equals("dense.W") ? w * w * w * w : 0;
    }).sum()).sum();
  }

  private static nnc.runtime.Context run(Model model, String plan) {
    var context = model.context(plan, 8);
    context.batch(8);
    var random = new java.util.Random(2);
    context.inputs().forEach(input -> input.set(random.doubles(input.name().equals("point") ? 16 : 8).map(Math::rint).toArray()));
    context.run();
    return context;
  }

  @Example
  void textAndLogsHaveThem() throws IOException {
    var statements = statements(List.of(0, 1), 2);
    var said = train(statements, 10, 4, "--log", folder.resolve("log.csv").toString());
    var pattern = "(?s).*epoch 1/2  loss (\\S+)  loss.binary_cross_entropy (\\S+)  loss.spread (\\S+)  penalty (\\S+)  val_loss \\1  .*";
    assertThat(said.out()).matches(pattern);
    assertThat(Files.readAllLines(folder.resolve("log.csv")).getFirst()).isEqualTo("epoch,step,seconds,loss,loss.binary_cross_entropy,loss.spread,penalty,"
        + "val_loss,val_loss.binary_cross_entropy,val_loss.spread");
    assertThat(Said.byNetwork(Compiler.load(Programs.compile(NETWORK.formatted(statements, 10, 4), 32)), folder, "evaluate", "--weights",
        folder.resolve("w.npz").toString(), "--on", "validate").out()).contains("  loss.spread ").doesNotContain("penalty");
  }
}
