package nnc.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.cli.Main;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.interpret.Interpreter;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code nnc weights}: what a program computes with the weights that it takes; oracle: the formulas of PyTorch's documentation, with the arrays as it keeps them. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class WeightsCommandTest {
  @TempDir
  Path folder;

  private final Map<String, Tensor> arrays = new LinkedHashMap<>();
  private final Random random = new Random(4);
  private String said = "";

  private int run(String... arguments) {
    var out = System.out;
    var err = System.err;
    var bytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      System.setErr(System.out);
      return Main.run(arguments);
    } finally {
      System.setOut(out);
      System.setErr(err);
      said = bytes.toString(StandardCharsets.UTF_8);
    }
  }

  private double[] drawn(int size) {
    return random.doubles(size, -1, 1).toArray();
  }

  private double[] array(String name, int... shape) {
    var values = drawn((int) Tensor.elements(shape));
    arrays.put(name, new Tensor(shape, values));
    return values;
  }

  private Path program(String text) throws Exception {
    return Files.writeString(folder.resolve("p.nn"), text);
  }

  private Path file() {
    var file = folder.resolve("w.safetensors");
    Safetensors.write(file, new java.util.TreeMap<>(arrays));
    return file;
  }

  private int take(String text, String... more) throws Exception {
    var arguments = new java.util.ArrayList<>(List.of("weights", file().toString(), "--for", program(text).toString(), "-o", folder.resolve("o.npz").toString()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  /** The output of a program with one input, by the weights that were taken. */
  private double[] computed(double[] x) throws Exception {
    var weights = Npz.read(folder.resolve("o.npz"));
    var graph = new Compilation(folder.resolve("p.nn"), CompilerOptions.standard()).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT).graph();
    var values = new Interpreter(Map.of("N", 1), op -> op instanceof Op.Input ? x : weights.get(OpTraits.path(op)).toDoubles(), 0, 1, 0).run(graph);
    return values.get(graph.results().stream().filter(result -> result.role() == Graph.Role.OUTPUT).findFirst().orElseThrow().node()).values();
  }

  private static double[] linear(double[] weight, double[] x, double[] bias) {
    var y = bias.clone();
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += weight[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private static void isNear(double[] actual, double[] wanted) {
    assertThat(actual).containsExactly(wanted, org.assertj.core.data.Offset.offset(1e-12));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** {@code y = x A' + b}, square: nothing but the kind of the layer says that it is transposed. */
  @Test
  void linearLayersAreTransposed() throws Exception {
    var w1 = array("0.weight", 3, 3);
    var b1 = array("0.bias", 3);
    var w2 = array("2.weight", 3, 3);
    var b2 = array("2.bias", 3);
    assertThat(take("input x: float[N, 3]\noutput y = x |> dense(3, relu) |> dense(3)\n")).as(said).isZero();
    assertThat(said).contains("square: that it is transposed follows from its layer", "0.weight transpose", "matched by their order alone");
    var x = drawn(3);
    var h = linear(w1, x, b1);
    for (int i = 0; i < 3; i++) {
      h[i] = Math.max(h[i], 0);
    }
    isNear(computed(x), linear(w2, h, b2));
  }

  /** {@code i, f, g, o} are chunks of {@code W_ih x + b_ih + W_hh h + b_hh}; {@code c' = f c + i g}, {@code h' = o tanh(c')}. */
  @Test
  void gatesOfAnLstmAreInTheirOrder() throws Exception {
    var wi = array("rnn.weight_ih_l0", 8, 3);
    var wh = array("rnn.weight_hh_l0", 8, 2);
    var bi = array("rnn.bias_ih_l0", 8);
    var bh = array("rnn.bias_hh_l0", 8);
    assertThat(take("input x: float[N, 3, 3]\nrnn = lstm(2, sequences = false)\noutput y = rnn(x)\n")).as(said).isZero();
    assertThat(said).contains("rnn.bias_ih_l0 + rnn.bias_hh_l0", "by name");
    var x = drawn(9);
    var h = new double[2];
    var c = new double[2];
    for (int t = 0; t < 3; t++) {
      var a = linear(wi, java.util.Arrays.copyOfRange(x, 3 * t, 3 * t + 3), bi);
      var b = linear(wh, h, bh);
      for (int k = 0; k < 2; k++) {
        c[k] = sigmoid(a[2 + k] + b[2 + k]) * c[k] + sigmoid(a[k] + b[k]) * Math.tanh(a[4 + k] + b[4 + k]);
        h[k] = sigmoid(a[6 + k] + b[6 + k]) * Math.tanh(c[k]);
      }
    }
    isNear(computed(x), h);
  }

  /** {@code r, z, n} are chunks; {@code n = tanh(W_in x + b_in + r (W_hn h + b_hn))}, {@code h' = (1 - z) n + z h}; the last state of both directions. */
  @Test
  void gatesOfAGruAreInTheirOrderInBothDirections() throws Exception {
    var last = new double[4];
    var x = drawn(9);
    for (int direction = 0; direction < 2; direction++) {
      var ending = direction == 0 ? "_l0" : "_l0_reverse";
      var wi = array("weight_ih" + ending, 6, 3);
      var wh = array("weight_hh" + ending, 6, 2);
      var bi = array("bias_ih" + ending, 6);
      var bh = array("bias_hh" + ending, 6);
      var h = new double[2];
      for (int step = 0; step < 3; step++) {
        int t = direction == 0 ? step : 2 - step;
        var a = linear(wi, java.util.Arrays.copyOfRange(x, 3 * t, 3 * t + 3), bi);
        var b = linear(wh, h, bh);
        for (int k = 0; k < 2; k++) {
          double z = sigmoid(a[2 + k] + b[2 + k]);
          h[k] = (1 - z) * Math.tanh(a[4 + k] + sigmoid(a[k] + b[k]) * b[4 + k]) + z * h[k];
        }
      }
      System.arraycopy(h, 0, last, 2 * direction, 2);
    }
    assertThat(take("input x: float[N, 3, 3]\noutput y = x |> gru(2, bidirectional = true, sequences = false)\n")).as(said).isZero();
    isNear(computed(x), last);
  }

  /** Of heads one: {@code softmax(q k' / sqrt(D)) v} with the three matrices one below the other. */
  @Test
  void attentionsMatricesAreParts() throws Exception {
    var in = array("attn.in_proj_weight", 6, 2);
    var inBias = array("attn.in_proj_bias", 6);
    var out = array("attn.out_proj.weight", 2, 2);
    var outBias = array("attn.out_proj.bias", 2);
    assertThat(take("input x: float[N, 2, 2]\nattn = self_attention(1)\noutput y = attn(x)\n")).as(said).isZero();
    assertThat(said).contains("attn.in_proj_weight[2:4] transpose");
    var x = drawn(4);
    var rows = new double[][] {linear(in, java.util.Arrays.copyOf(x, 2), inBias), linear(in, java.util.Arrays.copyOfRange(x, 2, 4), inBias)};
    var wanted = new double[4];
    for (int i = 0; i < 2; i++) {
      var score = new double[2];
      for (int j = 0; j < 2; j++) {
        score[j] = Math.exp((rows[i][0] * rows[j][2] + rows[i][1] * rows[j][3]) / Math.sqrt(2));
      }
      var mixed = new double[2];
      for (int j = 0; j < 2; j++) {
        mixed[0] += score[j] / (score[0] + score[1]) * rows[j][4];
        mixed[1] += score[j] / (score[0] + score[1]) * rows[j][5];
      }
      System.arraycopy(linear(out, mixed, outBias), 0, wanted, 2 * i, 2);
    }
    isNear(computed(x), wanted);
  }

  /** The example of docs/weights.md: what the page shows is what is printed. */
  @Test
  void thePagesExample() throws Exception {
    var page = Files.readString(Path.of("../../docs/weights.md"));
    var section = page.substring(page.indexOf("## Weights of other frameworks"));
    var shown = java.util.regex.Pattern.compile("(?s)```\n(.*?)```").matcher(section);
    assertThat(shown.find()).isTrue();
    array("conv.weight", 4, 1, 3, 3);
    array("conv.bias", 4);
    array("bn.weight", 4);
    array("bn.bias", 4);
    array("bn.running_mean", 4);
    array("bn.running_var", 4);
    arrays.put("bn.num_batches_tracked", new Tensor(new int[0], new long[] {7}));
    array("fc.weight", 10, 784);
    array("fc.bias", 10);
    assertThat(take(shown.group(1))).as(said).isZero();
    said.lines().filter(line -> line.contains("<-")).forEach(line -> assertThat(section).contains(line));
    // and back
    assertThat(run("weights", folder.resolve("o.npz").toString(), "--for", folder.resolve("p.nn").toString(), "-o", folder.resolve("back.safetensors").toString())).as(said).isZero();
    var again = Safetensors.read(folder.resolve("back.safetensors"));
    Npz.read(folder.resolve("o.npz")).forEach((name, tensor) -> assertThat(again.get(name).toDoubles()).isEqualTo(tensor.toDoubles()));
  }

  /** Ten blocks in the order in which people count; words of a path say more than the order. */
  @Test
  void blocksAreCountedAndWordsAreHeard() throws Exception {
    for (int i = 0; i < 11; i++) {
      array("layers." + i + ".weight", 3, 3);
    }
    assertThat(take("input x: float[N, 3]\nh = x\nfor i in 0..11 { h = h |> dense(3, bias = false) }\noutput y = h\n")).as(said).isZero();
    var weights = Npz.read(folder.resolve("o.npz"));
    var turned = ArrayOrigin.transposed("layers.10.weight").value(arrays, List.of(3, 3));
    assertThat(List.copyOf(weights.values()).getLast().toDoubles()).isEqualTo(turned.toDoubles());
    arrays.clear();
    array("a.self.query.weight", 3, 3);
    array("a.self.key.weight", 3, 3);
    assertThat(take("input x: float[N, 3]\nquery_part = dense(3, bias = false)\nkey_part = dense(3, bias = false)\noutput y = query_part(x) * key_part(x)\n")).as(said).isZero();
    assertThat(said).containsPattern("query_part.W .*<-  a.self.query.weight transpose  \\(by words").containsPattern("key_part.W .*<-  a.self.key.weight");
  }

  /** A sentence encoder under the names that Hugging Face's files have, and as a program that knows none of them. */
  @Test
  void anEncoderOfBlocksIsMatched() throws Exception {
    array("embeddings.LayerNorm.bias", 8);
    array("embeddings.LayerNorm.weight", 8);
    array("embeddings.position_embeddings.weight", 16, 8);
    array("embeddings.token_type_embeddings.weight", 2, 8);
    array("embeddings.word_embeddings.weight", 30, 8);
    arrays.put("embeddings.position_ids", new Tensor(new int[] {1, 16}, new long[16]));
    for (int i = 0; i < 3; i++) {
      var layer = "encoder.layer." + i + ".";
      for (var name : List.of("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")) {
        array(layer + name + ".weight", 8, 8);
        array(layer + name + ".bias", 8);
      }
      for (var name : List.of("attention.output.LayerNorm", "output.LayerNorm")) {
        array(layer + name + ".weight", 8);
        array(layer + name + ".bias", 8);
      }
      array(layer + "intermediate.dense.weight", 32, 8);
      array(layer + "intermediate.dense.bias", 32);
      array(layer + "output.dense.weight", 8, 32);
      array(layer + "output.dense.bias", 8);
    }
    array("pooler.dense.weight", 8, 8);
    array("pooler.dense.bias", 8);
    var text = """
        input ids: int[N, 4]
        layer block()(x: float[N, 4, D]) -> float[N, 4, D] {
          y = layer_norm(1e-12)(x + self_attention(2)(x))
          return layer_norm(1e-12)(y + (y |> dense(4 * D, gelu) |> dense(D)))
        }
        layer embed()(ids: int[N, 4]) -> float[N, 4, 8] {
          param places: float[16, 8] = normal(0, 0.02)
          param kinds: float[2, 8] = normal(0, 0.02)
          return layer_norm(1e-12)(embedding(30, 8)(ids) + places[0:4] + kinds[0])
        }
        x = embed()(ids)
        for i in 0..3 { x = block()(x) }
        output hidden = x
        """;
    assertThat(take(text)).isEqualTo(1);
    assertThat(said).contains("left over: pooler.dense.weight", "left over: pooler.dense.bias").doesNotContain("missing", "position_ids");
    assertThat(take(text, "--partial")).as(said).isZero();
    for (int i = 0; i < 3; i++) {
      var block = "block." + i + ".";
      var layer = "encoder.layer." + i + ".";
      assertThat(said).containsPattern(block + "self_attention.Wk .*<-  " + layer + "attention.self.key.weight transpose").containsPattern(block + "self_attention.Wo .*<-  " + layer + "attention.output.dense.weight")
          .containsPattern(block + "layer_norm.gamma .*<-  " + layer + "attention.output.LayerNorm.weight").containsPattern(block + "layer_norm_2.beta .*<-  " + layer + "output.LayerNorm.bias")
          .containsPattern(block + "dense.W .*<-  " + layer + "intermediate.dense.weight").containsPattern(block + "dense_2.b .*<-  " + layer + "output.dense.bias");
    }
    assertThat(said).containsPattern("embed.places .*<-  embeddings.position_embeddings.weight  \\(by shape").containsPattern("embed.*.W .*<-  embeddings.word_embeddings.weight");
  }

  @Test
  void aMapCountsBeforeAllElse() throws Exception {
    array("one.weight", 3, 3);
    array("two.weight", 3, 3);
    var text = "input x: float[N, 3]\noutput y = x |> dense(3, bias = false) |> dense(3, bias = false)\n";
    var map = folder.resolve("m.txt");
    assertThat(take(text, "--save-map", map.toString())).as(said).isZero();
    assertThat(Files.readAllLines(map)).containsExactly("one.weight = dense.W transpose", "two.weight = dense_2.W transpose");
    Files.writeString(map, "# the other way round, and as it lies\ntwo.weight = dense.W\none.weight = dense_2.W transpose\n");
    assertThat(take(text, "--map", map.toString())).as(said).isZero();
    assertThat(Npz.read(folder.resolve("o.npz")).get("dense.W").toDoubles()).isEqualTo(arrays.get("two.weight").toDoubles());
    Files.writeString(map, "two.weight = dense.V\n");
    assertThat(take(text, "--map", map.toString())).isEqualTo(1);
    assertThat(said).contains("m.txt:1", "dense.V", "dense.W");
    Files.writeString(map, "three.weight = dense.W\n");
    assertThat(take(text, "--map", map.toString())).isEqualTo(1);
    assertThat(said).contains("no array three.weight");
  }

  @Test
  void whatDoesNotFitIsToldAndNothingIsWritten() throws Exception {
    array("fc.weight", 4, 3);
    array("head.weight", 9, 9);
    var text = "input x: float[N, 3]\nparam s: float[5, 5] = ones\nfc = dense(4)\noutput y = fc(x) + sum(s)\n";
    assertThat(take(text)).isEqualTo(1);
    assertThat(said).contains("missing: s [5, 5]", "missing: fc.b [4]", "left over: head.weight", "--map", "--partial");
    assertThat(folder.resolve("o.npz")).doesNotExist();
    assertThat(run("weights", "a.safetensors")).isEqualTo(2);
    assertThat(run("weights", folder.resolve("a.pth").toString(), "--for", folder.resolve("p.nn").toString())).isEqualTo(1);
    assertThat(said).contains("safetensors.torch.save_file");
  }
}
