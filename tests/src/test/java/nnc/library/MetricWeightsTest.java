package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import nnc.Compiler;
import nnc.endtoend.Programs;
import nnc.runtime.Model;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics of weighted examples; oracle: the metric without weights of examples that are there as often as they weigh. */
class MetricWeightsTest {
  private static final int N = 23;

  private static double value(Model model, List<double[]> rows) {
    var context = model.context("predict", rows.size());
    context.batch(rows.size());
    var names = List.of("score", "truth", "w");
    for (var input : context.inputs()) {
      for (int i = 0; i < rows.size(); i++) {
        input.set(i, rows.get(i)[names.indexOf(input.name())]);
      }
    }
    context.run();
    return context.output("value").get(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"precision(score > 0, truth > 0.5|)", "recall(score > 0, truth > 0.5|)", "specificity(score > 0, truth > 0.5|)", "f1(score > 0, truth > 0.5|)",
      "iou(score > 0, truth > 0.5|)", "roc_auc(score, truth > 0.5|)", "r2(score, truth|)"})
  void anExampleCountsAsOftenAsItWeighs(String metric) {
    var inputs = "input score: float[N]\ninput truth: float[N]\ninput w: float[N]\noutput value = ";
    var weighted = Compiler.load(Programs.compile(inputs + metric.replace("|", ", weights = w"), 64));
    var plain = Compiler.load(Programs.compile(inputs + metric.replace("|", "") + " + 0 * sum(w)", 64));
    for (int seed = 1; seed <= 5; seed++) {
      var random = new Random(seed);
      var rows = new ArrayList<double[]>();
      var repeated = new ArrayList<double[]>();
      for (int i = 0; i < N; i++) {
        int weight = random.nextInt(4);
        // scores with ties; what weighs nothing may be anything
        var row = new double[] {weight == 0 && metric.startsWith("r2") ? Double.NaN : random.nextInt(7) - 3, random.nextInt(2), weight};
        rows.add(row);
        for (int k = 0; k < weight; k++) {
          repeated.add(row);
        }
      }
      assertThat(value(weighted, rows)).isCloseTo(value(plain, repeated), within(1e-12));
      var halves = rows.stream().map(row -> new double[] {row[0], row[1], row[2] / 8}).toList();
      assertThat(value(weighted, halves)).as("weights below 1").isCloseTo(value(plain, repeated), within(1e-12));
    }
    var none = List.of(new double[] {1, 1, 0}, new double[] {-1, 0, 0});
    if (!metric.startsWith("r2")) {
      assertThat(value(weighted, none)).as("where all weigh nothing").isZero();
    }
  }
}
