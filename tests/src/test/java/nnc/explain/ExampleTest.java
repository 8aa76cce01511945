package nnc.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.WeightKind;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One example on its way through a network; oracles: the numbers that lectures work out, formulas, and differences of the loss. */
@ResourceLock(Resources.SYSTEM_OUT)
class ExampleTest {
  private static final Path WORKED = Path.of("..", "samples", "worked.nn");

  @TempDir
  Path folder;

  private static Said explain(String... arguments) {
    return Said.byCompiler(Stream.concat(Stream.of("explain"), Stream.of(arguments)).toArray(String[]::new));
  }

  private Path program(String text) throws IOException {
    return Files.writeString(folder.resolve("p.nn"), text);
  }

  /** Of each event the numbers of a line of JSON, by stage and what they are of. */
  private static Map<String, double[]> numbers(String json, String event) {
    var found = new LinkedHashMap<String, double[]>();
    var line = Pattern.compile("\\{\"event\":\"" + event + "\",\"stage\":\"([^\"]*)\",\"of\":\"([^\"]*)\",.*\"values\":\\[([^\\]]*)\\]\\}");
    json.lines().map(line::matcher).filter(Matcher::matches).forEach(match -> found.put(match.group(1) + "/" + match.group(2),
        match.group(3).isEmpty() ? new double[0] : Arrays.stream(match.group(3).split(",")).mapToDouble(Double::parseDouble).toArray()));
    return found;
  }

  /** The slide: (7, 1, -4) becomes (79, -70, 9, -26), (38, 21, -96, -35), (0, 24, -54, 17), (3, -1, 1), (0.866, 0.015, 0.117), the last cut. */
  @Test
  void theLecturesNumbers() {
    var said = explain("--numbers", "--json", WORKED.toString(), "--feed", "x=7,1,-4");
    var values = numbers(said.out(), "value");
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(values.get("h1/z")).containsExactly(79, -70, 9, -26);
    assertThat(values.get("h1/h1")).containsExactly(79, 0, 9, 0);
    assertThat(values.get("h2/z")).containsExactly(38, 21, -96, -35);
    assertThat(values.get("h3/z")).containsExactly(0, 24, -54, 17);
    assertThat(values.get("f/f")).containsExactly(3, -1, 1);
    double total = Math.exp(3) + Math.exp(-1) + Math.exp(1);
    assertThat(values.get("probability/probability")).containsExactly(new double[] {Math.exp(3) / total, Math.exp(-1) / total, Math.exp(1) / total}, within(1e-15));
    assertThat(explain("--numbers", WORKED.toString(), "--feed", "x=7,1,-4").out()).contains("0.8668  0.0159  0.1173\n").contains("no loss");
  }

  private static final String NETWORK = """
      input  x: float[N, 3]
      target t: float[N, 2]
      h = dense(4, sigmoid)(x)
      y = dense(2, sigmoid)(h)
      loss sum((y - t)^2) / 2
      """;

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  /** delta = (y - t) y (1 - y), dE/dW = h delta, and so on; oracle: loops. */
  @Test
  void gradientsAreTheDeltaRules() throws IOException {
    var said = explain("--numbers", "--json", program(NETWORK).toString(), "--feed", "x=0.5,-1,2", "--feed", "t=1,0", "--seed", "3");
    var values = numbers(said.out(), "value");
    var gradients = numbers(said.out(), "gradient");
    double[] x = {0.5, -1, 2};
    double[] t = {1, 0};
    var w = values.get("dense: dense/W");
    var v = values.get("dense_2: dense/W");
    var h = new double[4];
    for (int j = 0; j < 4; j++) {
      h[j] = sigmoid(x[0] * w[j] + x[1] * w[4 + j] + x[2] * w[8 + j]);
    }
    var back = new double[4];
    for (int k = 0; k < 2; k++) {
      double y = sigmoid(h[0] * v[k] + h[1] * v[2 + k] + h[2] * v[4 + k] + h[3] * v[6 + k]);
      double delta = (y - t[k]) * y * (1 - y);
      assertThat(gradients.get("dense_2: dense/z")[k]).isCloseTo(delta, within(1e-12));
      for (int j = 0; j < 4; j++) {
        back[j] += delta * v[2 * j + k];
        assertThat(gradients.get("dense_2: dense/W")[2 * j + k]).isCloseTo(delta * h[j], within(1e-12));
      }
    }
    for (int j = 0; j < 4; j++) {
      assertThat(gradients.get("dense: dense/h")[j]).isCloseTo(back[j], within(1e-12));
      for (int i = 0; i < 3; i++) {
        assertThat(gradients.get("dense: dense/W")[4 * i + j]).isCloseTo(back[j] * h[j] * (1 - h[j]) * x[i], within(1e-12));
      }
    }
  }

  // ---- any network

  private Path inputs(Map<String, Tensor> arrays) {
    var file = folder.resolve("in.npz");
    Npz.write(file, arrays);
    return file;
  }

  private static Tensor drawn(int seed, double scale, int... shape) {
    return new Tensor(shape, new Random(seed).doubles(Arrays.stream(shape).reduce(1, (a, b) -> a * b)).map(u -> scale * u).toArray());
  }

  private double loss(String json) {
    return numbers(json, "value").get("loss/loss")[0];
  }

  /** Of convolutions, of recurrences and of attention: some elements of each parameter are moved, and the loss with them. */
  @ParameterizedTest
  @CsvSource({"lenet, ''", "addition, hidden=5", "transformer, ''"})
  void gradientsAreDifferencesOfTheLoss(String name, String define) throws Exception {
    var file = Path.of("..", "samples", name + ".nn");
    Map<String, String> defines = define.isEmpty() ? Map.of() : Map.of(define.split("=")[0], define.split("=")[1]);
    var model = Compiler.load(Compiler.compile(file, new CompilerOptions(defines, 64, List.of(), List.of(), _ -> { }))).initialised(4);
    var arrays = new HashMap<String, Tensor>();
    model.spec().inputs().forEach(input -> {
      int[] shape = input.shape().stream().mapToInt(size -> size.places().stream().anyMatch(places -> !places.isEmpty()) ? 1 : (int) (long) size.factors().stream().reduce(0L, Long::sum)).toArray();
      var numbers = drawn(2, input.high() > 0 ? input.high() : 1, shape).toDoubles();
      arrays.put(input.name(), new Tensor(shape, Arrays.stream(numbers).map(input.kind() == ElementKind.FLOAT ? u -> u : Math::floor).toArray()));
    });
    var weights = folder.resolve("w.npz");
    model.save(weights);
    var arguments = new ArrayList<>(List.of("--numbers", "--json", "--precision", "f64", file.toString(), "--in", inputs(arrays).toString(), "--weights", weights.toString()));
    if (!define.isEmpty()) {
      arguments.addAll(List.of("-D", define));
    }
    var said = explain(arguments.toArray(String[]::new));
    assertThat(said.code()).as(said.err()).isZero();
    var gradients = numbers(said.out(), "gradient");
    var random = new Random(6);
    int compared = 0;
    for (var weight : model.spec().weights().stream().filter(one -> one.kind() == WeightKind.PARAMETER).limit(2).toList()) {
      int dot = weight.path().lastIndexOf('.');
      var gradient = gradients.entrySet().stream().filter(one -> one.getKey().replaceAll(", \\d+ of \\d+", "").matches(Pattern.quote(weight.path().substring(0, dot)) + ": [^/]*/"
          + Pattern.quote(weight.path().substring(dot + 1)))).findFirst().orElseThrow(() -> new AssertionError(weight.path() + " in " + gradients.keySet())).getValue();
      int place = random.nextInt(weight.size());
      var values = model.weight(weight.path()).toDoubles();
      double[] losses = new double[2];
      for (int side = 0; side < 2; side++) {
        var moved = values.clone();
        moved[place] += side == 0 ? 1e-7 : -1e-7;
        var other = model.copy();
        other.set(weight.path(), new Tensor(model.weight(weight.path()).shape(), moved));
        other.save(weights);
        losses[side] = loss(explain(arguments.toArray(String[]::new)).out());
      }
      assertThat(gradient[place]).as(weight.path() + " " + place).isCloseTo((losses[0] - losses[1]) / 2e-7, within(1e-5));
      compared++;
    }
    assertThat(compared).isPositive();
  }

  // ---- blame

  @Test
  void theLecturesBlame() {
    var said = explain("--blame", Path.of("..", "samples", "lectures", "blame.nn").toString(), "--feed", "x=0.5556,-0.4167", "--feed", "y=1.1389");
    assertThat(said.out()).isEqualTo("""
        for loss to fall by 0.1
          p must rise by 0.05   (d loss / d p = -2)
        for p to rise by 0.05
          neuron.w1 must rise by 0.09   (d p / d neuron.w1 = 0.556)
          neuron.w2 must fall by 0.12   (d p / d neuron.w2 = -0.417)
        """);
  }

  private static final Pattern CULPRIT = Pattern.compile("\\{\"event\":\"blame\",\"of\":\"([^\"]*)\",\"wanted\":(.*),\"by\":\"([^\"]*)\",\"derivative\":(.*),\"change\":(.*)\\}");

  /** Who does what each level says of a parameter moves that level's number by what was wanted, to first order; oracle: the numbers with that weight changed. */
  @Test
  void changesDoWhatTheySay() throws Exception {
    var file = program(NETWORK);
    var model = Compiler.load(Compiler.compile(file, new CompilerOptions(Map.of(), 64, List.of(), List.of(), _ -> { }))).initialised(2);
    var weights = folder.resolve("w.npz");
    model.save(weights);
    String[] given = {"--json", "--precision", "f64", file.toString(), "--feed", "x=0.5,-1,2", "--feed", "t=1,0", "--weights", weights.toString()};
    var blamed = explain(Stream.concat(Stream.of("--blame", "--by", "0.000001"), Stream.of(given)).toArray(String[]::new));
    var culprits = blamed.out().lines().map(CULPRIT::matcher).filter(Matcher::matches).toList();
    String[] numbers = Stream.concat(Stream.of("--numbers"), Stream.of(given)).toArray(String[]::new);
    var before = numbers(explain(numbers).out(), "value");
    int compared = 0;
    for (var culprit : culprits) {
      var of = culprit.group(1).equals("loss") ? "loss/loss" : culprit.group(1).startsWith("z_y") ? "dense_2: dense/z" : culprit.group(1).startsWith("z_h") ? "dense: dense/z" : "";
      if (culprit.group(3).startsWith("dense") && !of.isEmpty()) {
        int element = of.startsWith("loss") ? 0 : Integer.parseInt(culprit.group(1).replaceAll(".*\\[|\\]", ""));
        var path = culprit.group(3).replaceAll("\\[.*", "");
        var indices = Arrays.stream(culprit.group(3).replaceAll(".*\\[|\\]", "").split(", ")).mapToInt(Integer::parseInt).toArray();
        var changed = model.copy();
        var values = model.weight(path).toDoubles();
        int[] shape = model.weight(path).shape();
        values[indices.length == 1 ? indices[0] : indices[0] * shape[1] + indices[1]] += Double.parseDouble(culprit.group(5));
        changed.set(path, new Tensor(shape, values));
        changed.save(weights);
        double moved = numbers(explain(numbers).out(), "value").get(of)[element] - before.get(of)[element];
        double wanted = Double.parseDouble(culprit.group(2));
        assertThat(moved).as(culprit.group()).isCloseTo(wanted, within(1e-3 * Math.abs(wanted)));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(5);
  }

  @Test
  void whatNothingMoves() throws IOException {
    var said = explain("--blame", program("input x: float[N, 2]\nh = dense(2, relu, init = zeros)(x)\nloss sum(dense(1, init = zeros)(h)^2)").toString(), "--feed", "x=1,2");
    assertThat(said.out()).contains("nothing moves").contains("all derivatives are 0");
  }

  // ---- forms

  @Test
  void otherForms() throws Exception {
    var latex = explain("--numbers", "--as", "latex", WORKED.toString(), "--feed", "x=7,1,-4").out();
    assertThat(latex).startsWith("\\documentclass").endsWith("\\end{document}\n").contains("\\mathrm{z} = \\begin{pmatrix} 79 \\\\ -70 \\\\ 9 \\\\ -26 \\end{pmatrix}");
    var markdown = explain("--numbers", "--as", "markdown", program(NETWORK).toString(), "--feed", "x=1,1,1", "--feed", "t=0,0").out();
    assertThat(markdown).contains("## Backward").contains("### dense_2: dense").contains("$$ \\frac{\\partial\\,\\mathrm{loss}}{\\partial\\,\\mathrm{z}} = \\begin{pmatrix}");
    var file = folder.resolve("x.svg");
    assertThat(explain("--numbers", "--as", "svg", "-o", file.toString(), program(NETWORK).toString(), "--feed", "x=1,1,1", "--feed", "t=0,0").out()).isEmpty();
    var svg = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(Files.readString(file).getBytes(StandardCharsets.UTF_8)));
    var texts = svg.getElementsByTagName("text");
    var lines = new ArrayList<String>();
    for (int i = 0; i < texts.getLength(); i++) {
      lines.add(texts.item(i).getTextContent());
    }
    assertThat(lines).anyMatch(line -> line.startsWith("d loss / d W")).anyMatch(line -> line.startsWith("y = sigmoid(z)"));
  }

  @Test
  void rowsOfArraysAndOfData() throws IOException {
    var file = program("input point: float[N, 2]\ntarget label: float[N]\nloss mse(dense(1)(point)[:, 0], label)\ndata { train = spiral(10, seed = 1) }\n");
    var first = explain("--numbers", "--json", file.toString());
    var third = explain("--numbers", "--json", file.toString(), "--example", "3");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(numbers(first.out(), "value").get("inputs/point")).hasSize(2).isNotEqualTo(numbers(third.out(), "value").get("inputs/point"));
    var in = inputs(Map.of("point", new Tensor(new int[] {2, 2}, new double[] {1, 2, 3, 4}), "label", new Tensor(new int[] {2}, new double[] {5, 6})));
    var second = explain("--numbers", "--json", file.toString(), "--in", in.toString(), "--example", "2");
    assertThat(numbers(second.out(), "value").get("inputs/point")).containsExactly(3, 4);
    assertThat(explain("--numbers", file.toString(), "--in", in.toString(), "--example", "3").err()).contains("the file has 2 rows");
    assertThat(explain("--numbers", file.toString(), "--example", "11").err()).contains("the data has 10 rows");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "x=1,2 => the input x is float[N, 3], of which one example has 3 numbers, and --feed has 2",
      "x=1,2,a => takes numbers with commas between",
      "y=1 => the program has no input of this name",
      "k=7 => int from 0 to 2",
      "k=0.5 => and 0.5 is given",
      "k=1 => there are no numbers for the input x"})
  void exampleThatDoesNotFit(String row) throws IOException {
    var feed = row.split(" => ");
    var given = feed[0].startsWith("k=0") || feed[0].startsWith("k=7") ? new String[] {"--feed", "x=1,2,3"} : new String[0];
    var said = explain(Stream.concat(Stream.of("--numbers", program("input x: float[N, 3]\ntarget k: int[N]\nloss cross_entropy(dense(3)(x), k)").toString(), "--feed", feed[0]), Stream.of(given))
        .toArray(String[]::new));
    assertThat(said.code()).isPositive();
    assertThat(said.err()).contains(feed[1]);
  }

  @Test
  void whatCannotBeTold() throws IOException {
    assertThat(explain("--numbers", WORKED.toString()).err()).contains("there is no example").contains("--feed");
    assertThat(explain("--numbers", "--blame", WORKED.toString()).code()).isEqualTo(2);
    assertThat(explain("--numbers", "--as", "pdf", WORKED.toString(), "--feed", "x=1,2,3").err()).contains("--as is text, markdown, latex or svg");
    assertThat(explain("--blame", WORKED.toString(), "--feed", "x=1,2,3").err()).contains("no loss");
    assertThat(explain("--blame", "--by", "-1", WORKED.toString(), "--feed", "x=1,2,3").err()).contains("above 0");
    assertThat(explain("--gradient", WORKED.toString()).err()).contains("no loss");
    assertThat(explain("--numbers", program("input x: float[N]\noutput y = x + sum(uniform(0, 1, [2000, 2000]) @ uniform(0, 1, [2000, 2000]))").toString(), "--feed", "x=1").err()).contains("multiplications");
    assertThat(explain("--numbers", program("input point: float[N, 2] output y = dense(1)(standardize()(point)) data { train = spiral(9) }").toString(), "--feed", "point=1,1").err())
        .contains("which training learns from the data");
  }

  /** What the page shows is what the commands say. */
  @TestFactory
  Stream<DynamicTest> thePage() throws IOException {
    var blocks = Pattern.compile("```\\n\\./nnc (explain [^\\n]*)\\n\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("..", "docs", "example.md"))).results().toList();
    assertThat(blocks).hasSizeGreaterThan(3);
    return blocks.stream().map(block -> DynamicTest.dynamicTest(block.group(1), () ->
        assertThat(Said.byCompiler(block.group(1).replace("samples/", "../samples/").split(" ")).out()).isEqualTo(block.group(2))));
  }
}
