package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;

/**
 * Losses and metrics of data that comes in batches, the last of them of any size, are those of all its rows, in evaluation and, where weights
 * stay as they are, in training. Oracle: each metric's formula, over all rows in a loop.
 */
class ExactMetricsTest {
  private static final int CLASSES = 3;
  private static final String NETWORK = """
      input score: float[N]
      input logits: float[N, 3]
      target positive: int[N]
      target label: int[N]
      target mask: float[N]
      param w: float = ones
      s = score * w
      z = logits * w
      output s
      guess = s > 0
      truth = positive == 1
      loss cross_entropy(z, label, weights = [1, 2, 5])
      metric auc = roc_auc(s, truth)
      metric accuracy = mean(argmax(z) == label)
      metric top2 = top_k_accuracy(z, label, 2)
      metric precision = precision(guess, truth)
      metric recall = recall(guess, truth)
      metric f1 = f1(guess, truth)
      metric iou = iou(guess, truth)
      metric specificity = specificity(guess, truth)
      metric perplexity = perplexity(z, label)
      metric r2 = r2(s, mask + score / 2)
      metric masked = sum(mask * s^2) / sum(mask)
      metric worst = max(abs(s))
      metric many = sum(cast(guess, float))
      metric confusion = confusion_matrix(argmax(z), label, 3)
      metric recalls = sum(one_hot(argmax(z), 3) * one_hot(label, 3), axis = 0) / maximum(sum(one_hot(label, 3), axis = 0), 1)
      data { train = npz("rows.npz")  test = npz("rows.npz") }
      train { optimizer = sgd(0)  batch = 16  epochs = 1 }
      """;

  private final Map<Integer, Model> models = new LinkedHashMap<>();
  private Path folder;
  private int rows;
  private float[] score;
  private float[] logits;
  private float[] mask;
  private int[] positive;
  private int[] label;

  private Model model(int precision) {
    return models.computeIfAbsent(precision, bits -> Compiler.load(Programs.compile(NETWORK, bits)));
  }

  @BeforeProperty
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("metrics");
  }

  @AfterProperty
  void removeFolder() throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Scores have few digits, so that many are equal, and rows come class by class, so that batches differ. */
  private void draw(int count, long seed) {
    var random = new Random(seed);
    rows = count;
    score = new float[rows];
    logits = new float[CLASSES * rows];
    mask = new float[rows];
    positive = new int[rows];
    label = new int[rows];
    for (int i = 0; i < rows; i++) {
      positive[i] = i < random.nextInt(rows + 1) ? 0 : 1;
      label[i] = CLASSES * i / rows;
      score[i] = Math.round(10 * (random.nextGaussian() + positive[i])) / 10f;
      mask[i] = i % 300 < 200 ? random.nextInt(2) : 1;
      for (int c = 0; c < CLASSES; c++) {
        logits[CLASSES * i + c] = (float) (random.nextGaussian() + (c == label[i] ? 1 : 0));
      }
    }
    mask[rows - 1] = 1;
    Npz.write(folder.resolve("rows.npz"), Map.of("score", new Tensor(new int[] {rows}, score), "logits", new Tensor(new int[] {rows, CLASSES}, logits),
        "positive", new Tensor(new int[] {rows}, positive), "label", new Tensor(new int[] {rows}, label), "mask", new Tensor(new int[] {rows}, mask)));
  }

  // ---- formulas

  private double sum(IntToDoubleFunction of) {
    return IntStream.range(0, rows).mapToDouble(of).sum();
  }

  private double count(IntPredicate what) {
    return IntStream.range(0, rows).filter(what).count();
  }

  private boolean guess(int i) {
    return score[i] > 0;
  }

  private boolean truth(int i) {
    return positive[i] == 1;
  }

  private long ahead(int i) {
    return IntStream.range(0, CLASSES).filter(c -> logits[CLASSES * i + c] > logits[CLASSES * i + label[i]]).count();
  }

  private int chosen(int i) {
    return IntStream.range(0, CLASSES).reduce((a, b) -> logits[CLASSES * i + b] > logits[CLASSES * i + a] ? b : a).orElseThrow();
  }

  private double surprise(int i) {
    return Math.log(IntStream.range(0, CLASSES).mapToDouble(c -> Math.exp(logits[CLASSES * i + c])).sum()) - (double) logits[CLASSES * i + label[i]];
  }

  private double auc() {
    double won = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        won += truth(i) && !truth(j) ? score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0 : 0;
      }
    }
    return won / Math.max(1, count(this::truth) * count(i -> !truth(i)));
  }

  private double r2() {
    double mean = sum(i -> mask[i] + score[i] / 2.0) / rows;
    return 1 - sum(i -> Math.pow(mask[i] + score[i] / 2.0 - score[i], 2)) / sum(i -> Math.pow(mask[i] + score[i] / 2.0 - mean, 2));
  }

  private Map<String, double[]> expected() {
    double[] weights = {1, 2, 5};
    double hits = count(i -> guess(i) && truth(i));
    double guesses = count(this::guess);
    double truths = count(this::truth);
    var told = new LinkedHashMap<String, double[]>();
    told.put("loss", new double[] {sum(i -> weights[label[i]] * surprise(i)) / sum(i -> weights[label[i]])});
    told.put("auc", new double[] {auc()});
    told.put("accuracy", new double[] {count(i -> chosen(i) == label[i]) / rows});
    told.put("top2", new double[] {count(i -> ahead(i) < 2) / rows});
    told.put("precision", new double[] {hits / Math.max(1, guesses)});
    told.put("recall", new double[] {hits / Math.max(1, truths)});
    told.put("f1", new double[] {2 * hits / Math.max(1, guesses + truths)});
    told.put("iou", new double[] {hits / Math.max(1, guesses + truths - hits)});
    told.put("specificity", new double[] {count(i -> !guess(i) && !truth(i)) / Math.max(1, rows - truths)});
    told.put("perplexity", new double[] {Math.exp(sum(this::surprise) / rows)});
    told.put("r2", new double[] {r2()});
    told.put("masked", new double[] {sum(i -> mask[i] * Math.pow(score[i], 2)) / sum(i -> mask[i])});
    told.put("worst", new double[] {IntStream.range(0, rows).mapToDouble(i -> Math.abs(score[i])).max().orElseThrow()});
    told.put("many", new double[] {guesses});
    told.put("confusion", IntStream.range(0, CLASSES * CLASSES)
        .mapToDouble(k -> count(i -> label[i] == k / CLASSES && chosen(i) == k % CLASSES) / rows).toArray());
    told.put("recalls", IntStream.range(0, CLASSES)
        .mapToDouble(c -> count(i -> label[i] == c && chosen(i) == c) / Math.max(1, count(i -> label[i] == c))).toArray());
    return told;
  }

  // ---- what is told

  private List<Map<?, ?>> run(Model model, String... arguments) {
    var said = Said.byNetwork(model, folder, Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    return said.out().lines().<Map<?, ?>>map(line -> (Map<?, ?>) JsonReader.read(line)).toList();
  }

  private static Map<?, ?> event(List<Map<?, ?>> lines, String event) {
    return lines.stream().filter(line -> line.get("event").equals(event)).findFirst().orElseThrow();
  }

  private static Stream<Double> flat(Object value) {
    return value instanceof List<?> list ? list.stream().flatMap(ExactMetricsTest::flat) : Stream.of(value == null ? Double.NaN : (Double) value);
  }

  private void assertTold(Map<?, ?> line, int precision) {
    expected().forEach((name, values) -> {
      var actual = flat(line.get(name)).toList();
      assertThat(actual).as(name).hasSize(values.length);
      for (int k = 0; k < values.length; k++) {
        double tolerance = (precision == 32 ? 3e-6 : 1e-12) * (1 + Math.abs(values[k]));
        boolean same = Math.abs(actual.get(k) - values[k]) <= tolerance || !Double.isFinite(values[k]) && actual.get(k).isNaN();
        assertThat(same).as("%s of %d rows: %s, and by its formula %s", name, rows, actual.get(k), values[k]).isTrue();
      }
    });
  }

  @Property(tries = 12, seed = "26", shrinking = ShrinkingMode.OFF)
  void evaluationTellsWhatAllRowsComeTo(@ForAll @LongRange(max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 800) int count,
      @ForAll boolean single, @ForAll @IntRange(min = 1, max = 3) int threads) {
    draw(count, seed);
    int precision = single ? 32 : 64;
    run(model(precision), "train", "--epochs", "0", "--out", folder.resolve("w.npz").toString());
    assertTold(event(run(model(precision), "evaluate", "--weights", folder.resolve("w.npz").toString(), "--threads", "" + threads), "results"), precision);
  }

  @Example
  void aLastBatchOfOneRowIsAmongThem() {
    for (int count : new int[] {1, 2, 257, 513}) {
      evaluationTellsWhatAllRowsComeTo(count, count, true, 1);
    }
  }

  @Property(tries = 12, seed = "26", shrinking = ShrinkingMode.OFF)
  void soDoesAnEpochWhoseWeightsStay(@ForAll @LongRange(max = 1 << 20) long seed, @ForAll @IntRange(min = 1, max = 200) int count,
      @ForAll @IntRange(min = 1, max = 70) int batch, @ForAll boolean single) {
    draw(count, seed);
    int precision = single ? 32 : 64;
    var lines = run(model(precision), "train", "--batch", "" + batch, "--out", folder.resolve("w.npz").toString());
    assertTold(event(lines, "epoch"), precision);
    assertTold(event(lines, "results"), precision);
  }
}
