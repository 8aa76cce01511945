package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nnc.Covers;
import nnc.OneWidth;
import nnc.endtoend.Programs;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Texts that a network writes, beside all texts that it could write: the scores of a token follow from the two before it, by a table. */
class DecodingTest {
  private static final int V = 4;

  private static final String NETWORK = """
      input prompt: int[N, P]
      table = embedding(16, 4)
      fn next(token, before, place) {
        return 2 * table(before * 4 + token) * (1 + 0.1 * place), token
      }
      fn next_of(token, states, place) {
        scores, before = next(token, states[0], place)
        return scores, [before]
      }
      """;

  private static Model model(String program) {
    var compiled = Programs.compile(NETWORK + program, 64);
    return OneWidth.of(compiled.spec(), compiled.classes(), "Scalar").initialised(11);
  }

  private static Context run(Model model, int[][] prompts, int threads) {
    var context = model.context("predict", Map.of("N", prompts.length, "P", prompts[0].length), new Threads(threads));
    context.dim("N", prompts.length);
    context.dim("P", prompts[0].length);
    context.input("prompt").set(Arrays.stream(prompts).flatMapToInt(Arrays::stream).asDoubleStream().toArray());
    context.seed(1);
    context.run();
    return context;
  }

  /** The log-probabilities of the next token. */
  private static double[] next(Model model, int before, int token, int place) {
    var table = model.weight("table.W").toDoubles();
    var scores = IntStream.range(0, V).mapToDouble(v -> 2 * table[(before * V + token) * V + v] * (1 + 0.1 * place)).toArray();
    double all = Math.log(Arrays.stream(scores).map(Math::exp).sum());
    return Arrays.stream(scores).map(score -> score - all).toArray();
  }

  private record Text(List<Integer> tokens, double logP) {}

  /** All texts that can be written behind a prompt, the likeliest first; those that have ended have zeros behind. */
  private static List<Text> all(Model model, int[] prompt, int turns, int stop) {
    var texts = List.of(new Text(List.of(), 0));
    for (int t = 0; t < turns; t++) {
      var longer = new ArrayList<Text>();
      for (var text : texts) {
        if (text.tokens.contains(stop)) {
          longer.add(new Text(with(text.tokens, 0), text.logP));
          continue;
        }
        int place = prompt.length - 1 + t;
        int token = t > 0 ? text.tokens.getLast() : prompt[prompt.length - 1];
        int before = t > 1 ? text.tokens.get(t - 2) : t == 1 ? prompt[prompt.length - 1] : prompt.length > 1 ? prompt[prompt.length - 2] : 0;
        var logP = next(model, before, token, place);
        for (int v = 0; v < V; v++) {
          longer.add(new Text(with(text.tokens, v), text.logP + logP[v]));
        }
      }
      texts = longer;
    }
    return texts.stream().sorted(Comparator.comparingDouble((Text text) -> text.logP).reversed()).toList();
  }

  private static List<Integer> with(List<Integer> tokens, int token) {
    var more = new ArrayList<>(tokens);
    more.add(token);
    return more;
  }

  private static List<Integer> row(Context context, String output, int row, int length) {
    return Arrays.stream(context.output(output).tensor().toDoubles(), row * length, (row + 1) * length).mapToObj(value -> (int) value).toList();
  }

  private static List<Integer> greedy(Model model, int[] prompt, int turns, int stop) {
    var text = new ArrayList<Integer>();
    for (int t = 0; t < turns; t++) {
      if (text.contains(stop)) {
        text.add(0);
        continue;
      }
      var all = new ArrayList<>(Arrays.stream(prompt).boxed().toList());
      all.addAll(text);
      var logP = next(model, all.size() > 1 ? all.get(all.size() - 2) : 0, all.getLast(), all.size() - 1);
      text.add(IntStream.range(0, V).boxed().max(Comparator.comparingDouble(v -> logP[v])).orElseThrow());
    }
    return text;
  }

  @Test
  @Covers({"generate", "begun_with"})
  void theLikeliestTokenIsWritten() {
    for (int stop : new int[] {-1, 1, 3}) {
      var model = model("output text = generate(next, 0 * prompt[:, 0], prompt, 9" + (stop < 0 ? "" : ", stop = " + stop) + ")\n");
      for (int length : new int[] {1, 2, 5}) {
        var prompts = IntStream.range(0, 6).mapToObj(n -> IntStream.range(0, length).map(t -> (n * 7 + t * t) % V).toArray()).toArray(int[][]::new);
        var context = run(model, prompts, 1);
        for (int n = 0; n < prompts.length; n++) {
          assertThat(row(context, "text", n, 9)).as("stop %d, prompt %s", stop, Arrays.toString(prompts[n])).isEqualTo(greedy(model, prompts[n], 9, stop));
        }
      }
    }
  }

  private static final String BEAMS = "texts, scores = beam_search(next_of, [cast(zeros(N * %d), \"int\")], prompt, %d, %1$d%s)\noutput texts\noutput scores\n";

  /** So many texts are kept that none is lost: they are all texts in their order. */
  @Test
  @Covers({"beam_search", "ones_of"})
  void aBeamAsWideAsAllTextsIsExhaustive() {
    int turns = 3;
    int width = V * V * V;
    for (int stop : new int[] {-1, 2}) {
      var model = model(BEAMS.formatted(width, turns, stop < 0 ? "" : ", stop = " + stop));
      var prompts = new int[][] {{1, 3}, {0, 0}, {2, 1}};
      var context = run(model, prompts, 2);
      var scores = context.output("scores").tensor().toDoubles();
      for (int n = 0; n < prompts.length; n++) {
        var expected = all(model, prompts[n], turns, stop);
        for (int i = 0; i < width; i++) {
          if (i < expected.size()) {
            assertThat(row(context, "texts", n * width + i, turns)).as("text %d", i).isEqualTo(expected.get(i).tokens);
            assertThat(scores[n * width + i]).isCloseTo(expected.get(i).logP, org.assertj.core.data.Offset.offset(1e-12));
          } else {
            assertThat(scores[n * width + i]).isEqualTo(Double.NEGATIVE_INFINITY);
          }
        }
      }
    }
  }

  /** The definition, turn by turn: of all continuations those of the largest sums. A beam of one text is greedy. */
  @Test
  void aNarrowBeamKeepsTheBestOfEachTurn() {
    int turns = 6;
    int stop = 2;
    int[] prompt = {3, 1};
    var one = model(BEAMS.formatted(1, turns, ", stop = " + stop) + "output greedy = generate(next, 0 * prompt[:, 0], prompt, 6, stop = 2)\n");
    var context = run(one, new int[][] {prompt, {0, 2}}, 1);
    assertThat(context.output("texts").tensor().toDoubles()).isEqualTo(context.output("greedy").tensor().toDoubles());
    int width = 3;
    var model = model(BEAMS.formatted(width, turns, ", stop = " + stop));
    var beams = List.of(new Text(List.of(), 0));
    for (int t = 0; t < turns; t++) {
      var longer = new ArrayList<Text>();
      for (var text : beams) {
        boolean done = text.tokens.contains(stop);
        var all = new ArrayList<>(Arrays.stream(prompt).boxed().toList());
        all.addAll(text.tokens);
        var logP = next(model, all.get(all.size() - 2), all.getLast(), all.size() - 1);
        for (int v = 0; v < (done ? 1 : V); v++) {
          longer.add(new Text(with(text.tokens, v), text.logP + (done ? 0 : logP[v])));
        }
      }
      beams = longer.stream().sorted(Comparator.comparingDouble((Text text) -> text.logP).reversed()).limit(width).toList();
    }
    context = run(model, new int[][] {prompt}, 1);
    for (int i = 0; i < width; i++) {
      assertThat(row(context, "texts", i, turns)).isEqualTo(beams.get(i).tokens);
      assertThat(context.output("scores").tensor().toDoubles()[i]).isCloseTo(beams.get(i).logP, org.assertj.core.data.Offset.offset(1e-12));
    }
  }

  private static final String DRAWS = "input scores: float[N, 5]\noutput plain = sample(scores)\noutput cold = sample(scores, temperature = 0.5)\noutput few = sample(scores, top_k = 2)\n";
  private static final double[] SCORES = {1, -0.5, 2, Double.NEGATIVE_INFINITY, 0};

  private static double[][] drawn(int n, long seed, int threads) {
    var compiled = Programs.compile(DRAWS, 32);
    var context = OneWidth.of(compiled.spec(), compiled.classes(), threads == 1 ? "Scalar" : "256").context("predict", Map.of("N", n), new Threads(threads));
    context.batch(n);
    context.input("scores").set(IntStream.range(0, n).boxed().flatMapToDouble(_ -> Arrays.stream(SCORES)).toArray());
    context.seed(seed);
    context.run();
    return new double[][] {context.output("plain").tensor().toDoubles(), context.output("cold").tensor().toDoubles(), context.output("few").tensor().toDoubles()};
  }

  /** Frequencies are within five standard deviations of the probabilities; what cannot be is never drawn. */
  @Test
  @Covers("sample")
  void tokensAreDrawnAsOftenAsTheyAreLikely() {
    int n = 20_000;
    var draws = drawn(n, 3, 1);
    assertThat(drawn(n, 3, 3)).isDeepEqualTo(draws);
    assertThat(Arrays.equals(drawn(n, 4, 1)[0], draws[0])).isFalse();
    double[][] weights = {Arrays.stream(SCORES).map(Math::exp).toArray(), Arrays.stream(SCORES).map(score -> Math.exp(2 * score)).toArray(), {Math.exp(1), 0, Math.exp(2), 0, 0}};
    for (int i = 0; i < draws.length; i++) {
      double all = Arrays.stream(weights[i]).sum();
      for (int v = 0; v < SCORES.length; v++) {
        int token = v;
        double p = weights[i][v] / all;
        double share = Arrays.stream(draws[i]).filter(drawn -> drawn == token).count() / (double) n;
        assertThat(Math.abs(share - p)).as("token %d of draws %d", v, i).isLessThanOrEqualTo(5 * Math.sqrt(p * (1 - p) / n));
      }
    }
  }

  /** A text that is drawn is the same with the same seed, whatever the threads, and another with another. */
  @Tag("slow")
  @Test
  void textsAreDrawnBySeed() {
    var model = model("output text = generate(next, 0 * prompt[:, 0], prompt, 40, choose = scores => sample(scores, top_k = 3))\n");
    var prompts = new int[][] {{1}, {1}, {2}};
    var context = run(model, prompts, 1);
    var text = context.output("text").tensor().toDoubles();
    assertThat(run(model, prompts, 2).output("text").tensor().toDoubles()).isEqualTo(text);
    // examples draw for themselves
    assertThat(row(context, "text", 0, 40)).isNotEqualTo(row(context, "text", 1, 40));
    context.seed(2);
    context.run();
    assertThat(context.output("text").tensor().toDoubles()).isNotEqualTo(text);
  }
}
